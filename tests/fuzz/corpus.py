"""The seeds: documents of this repository, read when the fuzzer begins, and those in `seeds/`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from tests.conftest import ROOT

from snaplint.lint import pages, rulebook
from snaplint.schemas import schema

if TYPE_CHECKING:
    from tests.fuzz.case import Content

SEEDS = os.path.join(os.path.dirname(__file__), "seeds")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Project:
    """A preflight file as data, and the files that it names, by their paths from its folder."""

    data: dict[str, Any]
    files: dict[str, Content]


@cache
def projects() -> tuple[Project, ...]:
    """Return the preflight files of the examples, of the tests, and of the cases on the pages of the rules."""
    found = [Project(case, {}) for case in _cases()]
    for folder in ("examples", os.path.join("tests", "report", "project")):
        for where, _, names in sorted(os.walk(ROOT / folder)):
            found += [_project(where, name) for name in sorted(names) if name.endswith(".snaplint.yaml")]
    found += [Project(data, {}) for data in kept("preflights.json")]
    return tuple(found)


def _cases() -> list[dict[str, Any]]:
    found = []
    for rule in rulebook.builtin_rules():
        for case in pages.cases(rule):
            data = _yaml(pages._completed(rule, case.text))
            if isinstance(data, dict):
                found.append(data)
    return found


def _project(folder: str, name: str) -> Project:
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        data = _yaml(file.read())
    files: dict[str, Content] = {}
    for where, _, names in os.walk(folder):
        for each in names:
            if each.endswith(".json"):
                path = os.path.join(where, each)
                with open(path, "rb") as answer:
                    files[os.path.relpath(path, folder)] = _json(answer.read())
    return Project(data, files)


def _json(raw: bytes) -> Content:
    """Return the data of a JSON file, or its bytes if it is not JSON."""
    try:
        data = json.loads(raw)
    except ValueError:
        return raw
    return data if isinstance(data, dict | list) else raw


@cache
def lines() -> tuple[dict[str, Any], ...]:
    """Return lines of `snaplint simulate`: the examples, and the cases of the policy engine."""
    with open(ROOT / "examples" / "simulate.jsonl", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    for where, _, names in sorted(os.walk(ROOT / "tests" / "iam" / "cases")):
        for name in sorted(names):
            with open(os.path.join(where, name), encoding="utf-8") as file:
                found += [_line(case) for case in _yaml(file.read())]
    return tuple(found)


def _line(case: dict[str, Any]) -> dict[str, Any]:
    beside = {name: value for name, value in case["request"].items() if name in ("unknown", "foreign")}
    request = {name: value for name, value in case["request"].items() if name not in beside}
    return {"id": case["name"], "request": request, **beside, **case.get("policies", {})}


def _yaml(text: str) -> Any:
    """Return YAML as data that JSON has too: a date, as in `Version: 2012-10-17` without quotes, becomes text."""
    return json.loads(json.dumps(yaml.load(text, _LOADER), default=str))  # noqa: S506  # both are safe loaders


@cache
def kept(name: str) -> Any:
    """Return a file of `seeds/`."""
    with open(os.path.join(SEEDS, name), encoding="utf-8") as file:
        return json.load(file)


@cache
def names_of_schemas() -> dict[str, tuple[str, ...]]:
    """Return the names that each definition of the schemas has, the whole document under ""."""
    found: dict[str, tuple[str, ...]] = {}
    for form in ("preflight", "simulate"):
        whole = schema(form)
        parts = {"": whole, **{name: part for name, part in whole["definitions"].items() if isinstance(part, dict)}}
        for name, part in parts.items():
            found[name] = (*found.get(name, ()), *part.get("properties", ()))
    return found

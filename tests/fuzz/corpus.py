"""The seeds: documents of this repository, read when the fuzzer begins, and those in `seeds/`."""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import yaml
from tests.conftest import ROOT

from snaplint.lint import pages, rulebook
from snaplint.schemas import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from tests.fuzz.case import Content

SEEDS = os.path.join(os.path.dirname(__file__), "seeds")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


T = TypeVar("T")


class Ring(Generic[T]):
    """Values from which a generator chooses, so that with a value more or less nearly every choice stays the same.

    So a case that is added to a page of a rule changes a few of the inputs, and not all of them.
    """

    def __init__(self) -> None:
        self._at: list[int] = []
        self._values: list[T] = []

    def __len__(self) -> int:
        return len(self._values)

    def add(self, value: T, mark: str) -> None:
        """Add a value, unless there is one with the same mark."""
        place = int.from_bytes(hashlib.sha256(mark.encode("utf-8", "surrogatepass")).digest()[:8])
        index = bisect_left(self._at, place)
        if index == len(self._at) or self._at[index] != place:
            self._at.insert(index, place)
            self._values.insert(index, value)

    def choose(self, rng: Random) -> T:
        """Return the value that follows a random place."""
        return self._values[bisect_left(self._at, rng.getrandbits(64)) % len(self._at)]


def _ring(values: Iterable[T], mark: Callable[[T], object]) -> Ring[T]:
    made = Ring[T]()
    for each in values:
        made.add(each, json.dumps(mark(each), sort_keys=True, default=repr))
    return made


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
def ring_of_projects() -> Ring[Project]:
    """Return the projects, to choose from."""
    return _ring(projects(), lambda project: [project.data, project.files])


@cache
def ring_of_lines() -> Ring[dict[str, Any]]:
    """Return the lines, to choose from."""
    return _ring(lines(), lambda line: line)


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

"""The families of inputs. `case(seed)` makes the input of a seed, the same each time."""

from __future__ import annotations

import json
import os
from random import Random
from typing import TYPE_CHECKING, Any

from tests.fuzz import corpus
from tests.fuzz.case import Case, text_of
from tests.fuzz.mutate import copied, mutated, pools
from tests.fuzz.texts import YamlWriter, damaged
from tests.fuzz.values import TEXTS, anything

from snaplint.cli.options import CHECK_OPTIONS
from snaplint.lint import rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fuzz.case import Content

MAIN, SECOND = "a.snaplint.json", "b.snaplint.json"
CHECK = ("check", "--format", "json")


def case(seed: int) -> Case:
    """Return the input of a seed."""
    rng = Random(seed)  # to be repeated, not to be secret
    made = rng.choices(list(_FAMILIES.values()), [weight for _, weight in _WEIGHED])[0](rng)
    return Case(made.family, made.argv, made.files, made.stdin, seed)


# -- preflight files
# ------------------------------------------------------------------------------------------------------------------


def _project(rng: Random) -> Case:
    """Make a preflight file, or two of one run, and the files that they name."""
    seed = corpus.ring_of_projects().choose(rng)
    data, files = copied(seed.data), _files(rng, seed.files)
    _extended(rng, data)
    mutated(rng, data, "preflight")
    if rng.random() < 0.2:
        _moved(rng, data, files)
    files[MAIN] = data
    if rng.random() < 0.1:
        other = copied(rng.choice((data, corpus.ring_of_projects().choose(rng).data)))
        mutated(rng, other, "preflight", 2)
        return Case("project", (*CHECK, MAIN, SECOND), {**files, SECOND: other})
    return Case("project", (*CHECK, MAIN), files)


def _files(rng: Random, kept: Mapping[str, Content]) -> dict[str, Content]:
    files: dict[str, Content] = {}
    for name, content in kept.items():
        if isinstance(content, bytes) or rng.random() < 0.5:
            files[name] = content
        else:
            changed = copied(content)
            mutated(rng, changed, "policy", 2)
            files[name] = changed
    return files


def _extended(rng: Random, data: dict[str, Any]) -> None:
    """Give a preflight file more of what a seed of one rule leaves out, so that many parts meet."""
    full = rng.choice(corpus.kept("preflights.json"))
    for section in ("caller", "organization", "snapshots", "buckets", "account_public_access_block"):
        if section not in data and section in full and rng.random() < 0.4:
            data[section] = copied(full[section])
    if rng.random() < 0.4:
        _same_names(rng, data)


def _same_names(rng: Random, data: dict[str, Any]) -> None:
    """Give the buckets and snapshots of a file the names that its requests have."""
    requests = [each for each in data.get("requests") or () if isinstance(each, dict)]
    for section, member in (("buckets", "TargetBucket"), ("snapshots", "SourceSnapshotName")):
        items = data.get(section)
        names = [each[member] for each in requests if isinstance(each.get(member), str)]
        if isinstance(items, dict) and items and names:
            items[rng.choice(names)] = copied(rng.choice(list(items.values())))


def _moved(rng: Random, data: dict[str, Any], files: dict[str, Content]) -> None:
    """Put the value of one fact into a file of its own, or the snapshots and buckets into a facts file."""
    if rng.random() < 0.2:
        sections = [name for name in ("snapshots", "buckets", "caller", "organization") if name in data]
        facts: dict[str, Any] = {name: data.pop(name) for name in sections if rng.random() < 0.7}
        files["facts.json"] = {"version": 1, **facts, **({"snaplint": "1.0"} if rng.random() < 0.3 else {})}
        data["facts"] = "facts.json"
        return
    name = rng.choice(("fact.json", "sub/fact.json", "policy.json", "loop.json"))
    holders = [data.get("caller"), data, *_objects(data.get("buckets")), *_objects(data.get("snapshots"))]
    holder = rng.choice([each for each in holders if isinstance(each, dict)])
    movable = [key for key, value in holder.items() if isinstance(value, dict | list)]
    if movable:
        key = rng.choice(movable)
        files[name], holder[key] = holder[key], name


def _objects(value: object) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _text(rng: Random) -> Case:
    """Make a preflight file, in JSON or YAML, or a file that it names, with faults in its text."""
    project = _project(rng)
    data = project.files[MAIN]
    kind = rng.choice(("yaml", "yaml", "json", "named", "none"))
    files = {name: content for name, content in project.files.items() if name != MAIN}
    if kind == "named" and len(files) > 0:
        name = rng.choice(list(files))
        files[name] = damaged(rng, text_of(name, files[name]))
        files[MAIN] = data
        return Case("text", (*CHECK, MAIN), files)
    is_yaml = kind == "yaml"
    raw = YamlWriter(rng).text(data).encode("utf-8", "surrogatepass") if is_yaml else text_of(MAIN, data)
    name = {"yaml": "a.snaplint.yaml", "none": "request"}.get(kind, MAIN)
    files[name] = damaged(rng, raw)
    if rng.random() < 0.1:
        stdin = files.pop(name)
        assert isinstance(stdin, bytes)
        return Case("text", (*CHECK, "-"), files, stdin)
    return Case("text", (*CHECK, name), files)


# -- lines of `simulate`
# ------------------------------------------------------------------------------------------------------------------


def _simulate(rng: Random) -> Case:
    lines: list[Any] = []
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        line = copied(corpus.ring_of_lines().choose(rng))
        if rng.random() < 0.3:
            other = corpus.ring_of_lines().choose(rng)
            line |= {name: copied(value) for name, value in other.items() if name not in ("id", "request")}
        if rng.random() < 0.3:
            line.setdefault("unknown", []).extend(
                rng.sample(("aws:SourceIp", "aws:SourceVpc", "s3:*", "aws:*", "s3:prefix"), 2)
            )
        mutated(rng, line, "line", 4)
        if rng.random() < 0.1:
            line = damaged(rng, json.dumps(line).encode()).decode("utf-8", "replace").replace("\n", " ")
        lines.append(line)
    return Case("simulate", ("simulate", "lines.jsonl"), {"lines.jsonl": lines})


# -- command lines, settings, rules, names of files, files of requests
# ------------------------------------------------------------------------------------------------------------------

_ARGUMENTS = (
    "check", "simulate", "rules", "explain", "schema", "init", "--help", "-h", "--version", "--", "-", ".", "..",
    "a.snaplint.json", "lines.jsonl", "missing", "sub", "rules/own", "test", "preflight", "report", "config", "rule",
    "bucket-not-owned", "json", "text", "--explain", "--why", "--cases", "-vq", "-qv", "--strict=1", "--format=",
    "--format=xml", "--color", "always", "--fail-on", "warning", "info", "--config", "/dev/zero", "snaplint.toml",
    "--rules", "rules", "/dev/null", "@a", "--no-", "--f", "../outside.json", "/etc/passwd", "--exclude", "*.json",
    "--all", "-o",
)  # fmt: skip


def _command(rng: Random) -> Case:
    names = [name for option in CHECK_OPTIONS for name in option.names]
    argv: list[str] = [rng.choice(("check", "check", "simulate", "explain", "rules", "schema", "init"))]
    for _ in range(rng.randrange(5)):
        argv.append(rng.choice((rng.choice(_ARGUMENTS), rng.choice(names), rng.choice(TEXTS))))
        if rng.random() < 0.1:
            argv[-1] += "=" + rng.choice(TEXTS)
    if rng.random() < 0.1:
        del argv[0]
    never = {"demo", "audit", "collect"}
    # a search of the whole machine would take for ever
    argv = [each for each in argv if "\0" not in each and each not in never and (not each or each.strip("/"))]
    files: dict[str, Content] = {
        MAIN: copied(corpus.ring_of_projects().choose(rng).data),
        "sub/x.snaplint.yaml": b"version: 1\n",
    }
    files["lines.jsonl"] = [copied(corpus.ring_of_lines().choose(rng))]
    stdin = text_of(MAIN, files[MAIN]) if rng.random() < 0.5 else b""
    return Case("command", tuple(argv), files, stdin)


def _settings(rng: Random) -> Case:
    table = copied(rng.choice(corpus.kept("settings.json")))
    for _ in range(rng.randrange(3)):
        name = rng.choice(
            (*table, "rules", "exclude", "strict", "fail-on", "allow-outside", "select", rng.choice(TEXTS))
        )
        table[name] = (
            anything(rng) if rng.random() < 0.6 else rng.choice((True, "rules", ["rules"], ["*"], ["../rules"]))
        )
    name = rng.choice(("snaplint.toml", "pyproject.toml"))
    raw = _toml(table, "tool.snaplint" if name == "pyproject.toml" else "").encode("utf-8", "surrogatepass")
    if rng.random() < 0.4:
        raw = damaged(rng, raw)
    argv = rng.choice(((*CHECK, MAIN), (*CHECK, "."), (*CHECK, "--config", name, MAIN), (*CHECK[:1], "--strict", MAIN)))
    return Case("settings", argv, {name: raw, MAIN: copied(corpus.ring_of_projects().choose(rng).data)})


def _toml(table: dict[str, Any], header: str) -> str:
    pairs = "".join(f"{json.dumps(name)} = {_toml_value(value)}\n" for name, value in table.items())
    return f"[{header}]\n{pairs}" if header else pairs


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if value is None:
        return "2026-11-01"
    return {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(text := json.dumps(value), text)


def _rules(rng: Random) -> Case:
    rule = rng.choice(rulebook.builtin_rules())
    with open(os.path.join(rulebook.rules_dir(), rule.id, rulebook.RULE_FILE), encoding="utf-8") as file:
        data = corpus._yaml(file.read())
    page = rulebook.page(rule).encode()
    if rng.random() < 0.5:
        data["id"] = "own-rule"
    mutated(rng, data, "rule", 4)
    raw = YamlWriter(rng).text(data).encode("utf-8", "surrogatepass")
    if rng.random() < 0.25:
        raw = damaged(rng, raw)
    if rng.random() < 0.25:
        page = damaged(rng, page)
    name = rng.choice((str(data.get("id")), "own-rule", rng.choice(TEXTS)))
    files: dict[str, Content] = {
        f"rules/{name}/{rulebook.RULE_FILE}": raw,
        f"rules/{name}/{rulebook.PAGE_FILE}": page,
        MAIN: copied(corpus.ring_of_projects().choose(rng).data),
    }
    argv = rng.choice(
        ((*CHECK, "--rules", "rules", MAIN), ("rules", "test", "rules"), ("check", "--rules", "rules", "-v", MAIN))
    )
    return Case("rules", argv, files)


def _names(rng: Random) -> Case:
    """Give files names that are hostile, and name them, search for them, and refer to them."""
    name = rng.choice((rng.choice(TEXTS), rng.choice(_ARGUMENTS), "a" * 300, "\udcff\udcfe")) + rng.choice(
        (".snaplint.json", "", "/x")
    )
    data = copied(corpus.ring_of_projects().choose(rng).data)
    if rng.random() < 0.3 and isinstance(data.get("caller"), dict):
        data["caller"]["policies"] = [name]
    argv = rng.choice(((*CHECK, "."), ("check", "."), ("check", "--", name), ("check", name), ("check", "-v", MAIN)))
    files: dict[str, Content] = {name: copied(rng.choice((data, pools().value(rng, "policy"), {}))), MAIN: data}
    return Case(
        "names",
        tuple(each for each in argv if "\0" not in each),
        {each: content for each, content in files.items() if isinstance(content, dict)},
    )


def _requests(rng: Random) -> Case:
    requests = [pools().value(rng, "request") for _ in range(rng.randrange(4))]
    whole: Any = rng.choice((requests, {"requests": requests}, copied(corpus.ring_of_projects().choose(rng).data)))
    mutated(rng, whole, rng.choice(("requests", "preflight")), 4)
    if rng.random() < 0.4 and isinstance(whole, list):
        return Case("requests", ("requests", "r.jsonl"), {"r.jsonl": whole})
    raw = text_of("", whole) if rng.random() < 0.5 else YamlWriter(rng).text(whole).encode("utf-8", "surrogatepass")
    if rng.random() < 0.5:
        raw = damaged(rng, raw)
    return Case("requests", ("requests", "r"), {"r": raw})


_WEIGHED: tuple[tuple[Callable[[Random], Case], int], ...] = (
    (_project, 56),
    (_text, 17),
    (_simulate, 15),
    (_command, 4),
    (_settings, 2),
    (_rules, 3),
    (_names, 2),
    (_requests, 1),
)
_FAMILIES = {make.__name__: make for make, _ in _WEIGHED}

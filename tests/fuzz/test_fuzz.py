"""The share of the fuzzer in every run of the tests: some thousand inputs, and each input that once broke a promise.

`make fuzz N=200000` tries many more; CONTRIBUTING.md says how to keep what it finds.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import warnings
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import PATIENCE, command, environment
from tests.fuzz import corpus, lines
from tests.fuzz.case import Case, from_json, text_of, to_json
from tests.fuzz.families import CHECK, MAIN, SECOND, case
from tests.fuzz.harness import CANARY, Run, Sandbox
from tests.fuzz.judged import Report
from tests.fuzz.minimise import minimised
from tests.fuzz.mutate import copied
from tests.fuzz.relations import PROJECT, files_apart, findings, reported, sound
from tests.fuzz.run import has, try_seed

from snaplint.lint import pages
from snaplint.lint.notes import _Notes as NoteRules
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.fuzz.relations import Finding, Relation

    from snaplint.findings.result import Note

_FOUND = os.path.join(os.path.dirname(__file__), "found")
_SHARES, _INPUTS = 8, 400
_AS_COMMANDS = 40
"""How many inputs are also run as processes, which takes a hundred times as long."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.close()


@pytest.mark.parametrize("share", range(_SHARES))
def test_inputs(share: int, sandbox: Sandbox) -> None:
    for seed in range(share * _INPUTS, (share + 1) * _INPUTS):
        _, found = try_seed(seed, sandbox)
        assert found == [], f"make fuzz N=1 SEED={seed}"


@pytest.mark.parametrize("name", sorted(os.listdir(_FOUND)))
def test_what_was_found_stays_mended(name: str, sandbox: Sandbox) -> None:
    with open(os.path.join(_FOUND, name), encoding="utf-8") as file:
        kept = from_json(json.load(file))
    assert findings(kept, sandbox.run, every=True) == []


@pytest.mark.parametrize("seed", range(9_000, 9_000 + _AS_COMMANDS))
def test_process_prints_the_same(seed: int, sandbox: Sandbox) -> None:
    made = case(seed)
    run = sandbox.run(made)
    if made.family == "requests":  # not a command
        return
    # the order of sets differs from process to process, and nothing that is printed may depend on it
    extra = {"PYTHONHASHSEED": str(seed % 2 + 1), "AWS_SECRET_ACCESS_KEY": CANARY}
    sandbox.put(made)
    done = subprocess.run(
        command(*made.argv),
        cwd=sandbox.folder,
        env=environment(extra),
        input=made.stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    assert (done.returncode, out, err) == (run.code, run.out, run.err)


# The fuzzer itself: the same input for a seed, and a finding for each promise that is broken
# ------------------------------------------------------------------------------------------------------------------


PROJECT_SEEDS = [seed for seed in range(200) if case(seed).family == "project"][:12]
LINE_SEEDS = [seed for seed in range(200) if case(seed).family == "simulate"][:12]


def kinds(found: Iterable[Finding]) -> set[str]:
    return {each.relation for each in found}


@pytest.mark.parametrize("seed", range(60))
def test_seed_makes_the_same_input_each_time(seed: int) -> None:
    assert to_json(case(seed)) == to_json(case(seed))


@pytest.mark.parametrize("seed", range(60))
def test_kept_input_is_the_input(seed: int) -> None:
    made = case(seed)
    kept = from_json(json.loads(json.dumps(to_json(made))))
    assert [text_of(name, content) for name, content in kept.files.items()] == [
        text_of(name, content) for name, content in made.files.items()
    ]
    assert (kept.argv, kept.stdin, kept.seed, kept.family) == (made.argv, made.stdin, made.seed, made.family)


def test_seeds_reach_every_verdict_of_every_rule(sandbox: Sandbox) -> None:
    reached: set[tuple[str, str]] = set()
    for project in corpus.projects():
        made = Case("project", (*CHECK, MAIN), {**project.files, MAIN: project.data})
        for each in Report(sandbox.run(made)).words():
            reached |= set(each.items())
    expected = {
        (rule.id, word)
        for rule in builtin_rules()
        for word, section in (("fails", "Fails"), ("passes", "Passes"), ("cannot-tell", "Cannot tell"))
        if any(each.section == section for each in pages.cases(rule))
    }
    assert expected - reached == set()


@pytest.mark.parametrize(
    ("run", "relation"),
    [
        (Run(3, "", "Traceback", raised="Traceback\nKeyError: 1"), "traceback"),
        (Run(-1, "", "", slow="for ever"), "slow"),
        (Run(7, "", ""), "exit code"),
        (Run(0, "", "", broken=("open /etc/passwd",)), "outside"),
        (Run(0, f"{{{CANARY}}}", ""), "secret"),
        (Run(0, "\x1b[2J", ""), "control character"),
        (Run(0, "", "a\u202eb"), "control character"),
    ],
)
def test_unsound_run_is_found(run: Run, relation: str) -> None:
    assert kinds(sound(run)) == {relation}


@pytest.mark.parametrize(
    ("body", "relation"),
    [
        (lambda: 1 // 0, "traceback"),
        (lambda: bytearray(8 << 30), "traceback"),
        (lambda: open("../outside.json", encoding="utf-8").close(), "outside"),
        (lambda: subprocess.run(["true"], check=False), "outside"),
        (lambda: socket.getaddrinfo("127.0.0.1", 9), "outside"),
        (lambda: print(os.environ["AWS_SECRET_ACCESS_KEY"]), "secret"),
        (lambda: [each for each in itertools.repeat(0) if each], "slow"),
        (lambda: warnings.warn("old", DeprecationWarning, stacklevel=1), "traceback"),
    ],
)
def test_what_a_run_does_is_found(
    body: Callable[[], object], relation: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def main(_argv: list[str]) -> int:
        body()
        return 0

    monkeypatch.setattr("snaplint.cli.main", main)
    monkeypatch.setattr("tests.fuzz.harness.BUDGET", 0.2)
    assert relation in kinds(sound(sandbox.run(case(PROJECT_SEEDS[0]))))


def _results(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [verdict for result in report["results"] for verdict in result["verdicts"]]


def _with_place(report: dict[str, Any], **place: int) -> None:
    places = [verdict["location"] for verdict in _results(report) if verdict.get("location")]
    assert places, "no verdict of this report has a place"
    for each in places:
        each |= place


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "verdict twice": (
        lambda report: report["results"][0]["verdicts"].append(_results(report)[0]),
        "one verdict a rule",
    ),
    "rule missing": (lambda report: report["results"][0]["verdicts"].pop(), "one verdict a rule"),
    "outcome": (lambda report: report["results"][0].update(outcome="not-applicable"), "outcome"),
    "sums": (lambda report: report["summary"].update(passes=1_000), "summary"),
    "member": (lambda report: report.update(more=1), "json"),
    "line": (lambda report: _with_place(report, end_line=100_000), "place"),
    "column": (lambda report: _with_place(report, column=100_000, end_column=100_001), "place"),
    "end": (lambda report: _with_place(report, end_line=1, end_column=1), "place"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_wrong_report_is_found(forgery: str, sandbox: Sandbox) -> None:
    change, relation = FORGERIES[forgery]
    made = Case("project", (*CHECK, MAIN), {MAIN: copied(corpus.kept("preflights.json")[0])})
    run = sandbox.run(made)
    assert list(reported(made, run)) == []
    whole = json.loads(run.out)
    change(whole)
    assert relation in kinds(reported(made, replace(run, out=json.dumps(whole))))


SURER = {"passes": "fails", "fails": "passes", "cannot-tell": "passes", "not-applicable": "fails"}


def _other_words(run: Run) -> Run:
    """Return a run of a program that gives every other verdict another word, or another decision."""
    if run.out.startswith('{"schema_version"'):
        whole = json.loads(run.out)
        for verdict in _results(whole):
            verdict["verdict"] = SURER[verdict["verdict"]]
        return replace(run, out=json.dumps(whole), code=5)
    return replace(run, out=run.out.replace("Denied", "denied").replace("Allowed", "ImplicitlyDenied"), code=5)


@pytest.mark.parametrize("relation", [relation for relation, _ in PROJECT], ids=lambda each: each.__name__)
def test_relation_of_projects_finds_other_verdicts(relation: Relation, sandbox: Sandbox) -> None:
    data = copied(corpus.kept("preflights.json")[0])
    made = Case("project", (*CHECK, MAIN, SECOND), {MAIN: data, SECOND: copied(data)})
    if relation is not files_apart:
        made = Case("project", (*CHECK, MAIN), {MAIN: data})
    base = sandbox.run(made)
    assert list(relation(made, base, sandbox.run, Random(1))) == []
    assert list(relation(made, base, lambda other: _other_words(sandbox.run(other)), Random(1)))


@pytest.mark.parametrize("relation", [relation for relation, _ in lines.RELATIONS], ids=lambda each: each.__name__)
def test_relation_of_lines_finds_other_decisions(relation: Relation, sandbox: Sandbox) -> None:
    for each in corpus.lines():
        line = copied(each)
        line["request"]["context"] = {"zz:of-no-policy": "x"}
        made = Case("simulate", ("simulate", lines.LINES), {lines.LINES: [line]})
        base = sandbox.run(made)
        if '"Allowed"' in base.out:
            break
    assert list(relation(made, base, sandbox.run, Random(1))) == []
    wrong = _other_words(base)
    assert list(relation(made, wrong, lambda other: _other_words(sandbox.run(other)), Random(1))) or list(
        relation(made, base, lambda other: _other_words(sandbox.run(other)), Random(1))
    )


def test_input_is_made_smaller(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = NoteRules._unused

    def broken(self: NoteRules) -> Iterator[Note]:
        if "archive" in self._facts.buckets:
            raise KeyError
        yield from judge(self)

    monkeypatch.setattr(NoteRules, "_unused", broken)
    made = Case("project", (*CHECK, MAIN), {MAIN: copied(corpus.kept("preflights.json")[0]), "x.json": {"a": 1}})
    (found,) = findings(made, sandbox.run)
    assert found.signature == "traceback: KeyError lint/notes.py notes"
    smaller = minimised(made, has(found.signature, sandbox.run))
    assert list(smaller.files) == [MAIN]
    data = smaller.files[MAIN]
    assert isinstance(data, dict)
    assert set(data) == {"version", "account", "region", "requests", "buckets"}
    assert list(data["buckets"]) == ["archive"]

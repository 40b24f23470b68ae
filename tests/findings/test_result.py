from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.report.fakes import request, verdict

from snaplint.base.source import Fault
from snaplint.findings.result import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.findings.result import Result


def test_nothing_fails_if_everything_passes() -> None:
    tally = Tally()
    tally.add(request(verdict("a", "passes"), verdict("b", "not-applicable")))
    assert tally.failing == frozenset()
    assert (tally.requests, tally.passes, tally.not_applicable, tally.fails, tally.cannot_tell) == (1, 1, 1, 0, 0)


def test_a_severity_fails_only_if_a_verdict_with_it_fails() -> None:
    tally = Tally()
    tally.add(request(verdict("a", "passes", severity="error"), verdict("b", "fails", severity="warning")))
    assert tally.failing == {"warning"}
    tally.add(request(verdict("a", "fails", severity="error"), verdict("b", "fails", severity="info")))
    assert tally.failing == {"error", "warning", "info"}
    assert (tally.requests, tally.fails, tally.errors, tally.warnings, tally.infos) == (2, 3, 1, 1, 1)


def test_strict_rejects_undetermined_errors_and_documented_conditions() -> None:
    tally = Tally()
    guess = verdict("a", "cannot-tell", certainty="inferred", severity="warning")
    tally.add(request(guess, verdict("b", "passes", certainty="documented")))
    assert tally.documented_undetermined == 0
    tally.add(request(verdict("a", "cannot-tell", certainty="documented", severity="info")))
    assert tally.documented_undetermined == 1
    tally.add(request(verdict("a", "cannot-tell", certainty="inferred", severity="error")))
    assert (tally.documented_undetermined, tally.cannot_tell) == (2, 3)


def test_faults_are_counted_and_their_files_once() -> None:
    tally = Tally()
    passing = request(verdict("a", "passes"))
    stream: list[Result | Fault] = [
        Fault("a.json", 1, 1, "m"),
        passing,
        Fault("a.json", 2, 1, "m"),
        Fault("b.json", 1, 1, "m"),
    ]
    assert list(tally.counting(stream)) == stream
    assert (tally.requests, tally.faults, tally.unusable) == (1, 3, {"a.json", "b.json"})


def test_assumed_is_true_once_a_verdict_with_an_assumption_has_passed() -> None:
    tally = Tally()
    tally.add(request(verdict("a", "passes"), verdict("b", "cannot-tell", assumes=("x",))))
    assert not tally.assumed
    tally.add(request(verdict("a", "passes", assumes=("x",))))
    assert tally.assumed


def test_results_are_counted_as_they_pass_and_not_before() -> None:
    tally = Tally()
    drawn: list[str] = []

    def producer() -> Iterator[Result]:
        for name in ("first", "second"):
            drawn.append(name)
            yield request(verdict("a", "fails"))

    stream = tally.counting(producer())
    next(stream)
    assert (drawn, tally.requests) == (["first"], 1)
    with pytest.raises(AssertionError, match="not drained"):
        _ = tally.failing
    assert len(list(stream)) == 1
    assert (drawn, tally.requests) == (["first", "second"], 2)
    assert tally.failing == {"error"}

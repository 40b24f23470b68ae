"""The input of every report: results, the files that they came from, and their counts.

A run is one stream of `Reported`: a `Result` for each request, a `Fault` for each input error, and the notes. Reports
take the items one at a time and keep no result, so a run with a million requests needs no more memory than a run with
one.
"""

from __future__ import annotations

from snaplint.base.breakage import Breakage
from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, parted
from snaplint.findings.verdict import CANNOT_TELL, FAILS, NOT_APPLICABLE, PASSES, fails_strict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snaplint.base.source import Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.rule import Severity
    from snaplint.findings.verdict import Verdict


class Result(NamedTuple):
    """One request and the verdict of every rule.

    `request` holds the unchanged members, and `operation`. `source` is None for a request that was checked from Python.
    Then there is no file, and no verdict has a location.
    """

    request: Mapping[str, object]
    route: Route
    verdicts: tuple[Verdict, ...]
    source: Locator | None = None


class Note(NamedTuple):
    """A note about a place in a file. It is neither a verdict nor an input error.

    `rule` is the ID of its kind. A note of severity `warning` counts for `--fail-on warning`.
    """

    rule: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str


Reported = Result | Fault | Note
"""What a run consists of."""


def results_and_faults(stream: Iterable[Reported]) -> tuple[list[Result], list[Fault]]:
    """Return the results and the input errors of a run without its notes, each in the order of the stream."""
    items, faults = parted(stream)
    return [each for each in items if isinstance(each, Result)], faults


class Tally:
    """The counts of requests, verdicts and input errors.

    `errors`, `warnings` and `infos` divide `fails` by severity. `documented_undetermined` counts the undetermined
    verdicts that `--strict` does not accept (`fails_strict`). `assumed` is True once a rule passes on an assumption.
    `noted` counts the notes by severity, and `unusable` the paths of the files with an input error. `breakage` is
    the exception of the first error of snaplint, None if there was none.
    """

    __slots__ = (
        "_is_counting",
        "assumed",
        "breakage",
        "cannot_tell",
        "documented_undetermined",
        "errors",
        "fails",
        "faults",
        "infos",
        "not_applicable",
        "noted",
        "passes",
        "requests",
        "unusable",
        "warnings",
    )

    def __init__(self) -> None:
        self.requests = self.fails = self.passes = self.cannot_tell = self.not_applicable = 0
        self.errors = self.warnings = self.infos = self.documented_undetermined = self.faults = 0
        self.assumed = self._is_counting = False
        self.noted: dict[str, int] = {}
        self.unusable: set[str] = set()
        self.breakage: Exception | None = None

    def add(self, result: Result) -> None:
        """Count one request and its verdicts."""
        self.requests += 1
        for verdict in result.verdicts:
            word = verdict.verdict
            if word == PASSES:
                self.passes += 1
                if verdict.assumes:
                    self.assumed = True
            elif word == NOT_APPLICABLE:
                self.not_applicable += 1
            elif word == CANNOT_TELL:
                self.cannot_tell += 1
                self.documented_undetermined += fails_strict(verdict)
            elif word == FAILS:
                self._add_failure(verdict.severity)

    def _add_failure(self, severity: str) -> None:
        self.fails += 1
        if severity == "error":
            self.errors += 1
        elif severity == "warning":
            self.warnings += 1
        else:
            self.infos += 1

    def add_fault(self, fault: Fault) -> None:
        """Count one input error, and its file; keep the exception if it is the first error of snaplint."""
        self.faults += 1
        self.unusable.add(fault.path)
        if isinstance(fault, Breakage) and self.breakage is None:
            self.breakage = fault.error

    def counting(self, stream: Iterable[Reported]) -> Iterator[Reported]:
        """Yield the same stream, and count each item as it passes: the counts are complete when it is drained."""
        self._is_counting = True
        for each in stream:
            if isinstance(each, Fault):
                self.add_fault(each)
            elif isinstance(each, Note):
                self.noted[each.severity] = self.noted.get(each.severity, 0) + 1
            else:
                self.add(each)
            yield each
        self._is_counting = False

    @property
    def failing(self) -> frozenset[str]:
        """The severities of the failures and notes, for the exit code."""
        assert not self._is_counting, "the stream of `counting` is not drained: failures may be missing"  # noqa: S101
        counts = (("error", self.errors), ("warning", self.warnings), ("info", self.infos))
        return frozenset(severity for severity, count in counts if count).union(self.noted)

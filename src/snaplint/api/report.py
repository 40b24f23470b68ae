"""What the functions for Python return: a report of one request, and a report of files."""

from __future__ import annotations

from snaplint.api.arguments import require_choice, require_flag
from snaplint.base.breakage import broken_check
from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault
from snaplint.base.version import __version__
from snaplint.base.wording import counted, listed
from snaplint.findings.result import Note, Result, Tally
from snaplint.findings.verdict import CANNOT_TELL, FAILS, PASSES, BrokenVerdict, fails_strict, worst

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.result import Reported
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Outcome, Verdict
    from snaplint.report.causes import Entry

_PYTHON = "<python>"
_MOST_NAMED = 3
"""How many failed rules the `repr` of a report names."""


class Report(NamedTuple):
    """Every rule's verdict on one request, and the notes on the names in it.

    A report is true if nothing failed and nothing is undetermined that AWS documents or that would be an error.
    `strict` says that nothing was assumed. `route` and `source` are the place of a request that a file holds.
    """

    request: Mapping[str, object]
    verdicts: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()
    strict: bool = False
    route: Route = ()
    source: Locator | None = None

    def __bool__(self) -> bool:
        """Return True if the call may be made: see the class."""
        return not self.failed and not self.broken and not any(map(fails_strict, self.verdicts))

    def __repr__(self) -> str:
        """Return the outcome, the rules that failed, and counts."""
        return f"<snaplint.Report {_in_short(self.outcome, self.verdicts)}>"

    @property
    def outcome(self) -> Outcome:
        """The worst verdict of all rules: `fails`, `cannot-tell`, `passes` or `not-applicable`."""
        return worst(self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The failing verdicts of every severity."""
        return _of(self.verdicts, FAILS)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The failing verdicts of severity error: if there is one, AWS would refuse the call."""
        return tuple(verdict for verdict in self.failed if verdict.severity == "error")

    @property
    def undetermined(self) -> tuple[Verdict, ...]:
        """The undetermined verdicts; their `depends_on` names the facts that they need."""
        return _of(self.verdicts, CANNOT_TELL)

    @property
    def cannot_tell(self) -> tuple[Verdict, ...]:
        """The same as `undetermined`."""
        return self.undetermined

    @property
    def broken(self) -> tuple[BrokenVerdict, ...]:
        """The undetermined verdicts of rules whose check raised an exception, which is their `error`."""
        return tuple(verdict for verdict in self.verdicts if isinstance(verdict, BrokenVerdict))

    @property
    def causes(self) -> tuple[Entry, ...]:
        """What is to blame for the failing and undetermined verdicts, in causal order, and what to change."""
        return _causes([self._result])

    def verdict(self, rule: str) -> Verdict:
        """Return the verdict of the rule with this id. Raise KeyError if there is no such rule."""
        for verdict in self.verdicts:
            if verdict.rule.id == rule:
                return verdict
        raise KeyError(rule)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as data for JSON: the request's member of `results` in a JSON report, `causes` and `notes`.

        `snaplint schema report` prints the JSON Schema of a JSON report, which has the same three members.
        """
        whole = _as_data(self.render("json"))
        if not whole["results"]:
            raise RuntimeError(whole["errors"][-1]["message"])
        return {**whole["results"][0], "causes": whole["causes"], "notes": whole["notes"]}

    def render(self, format: str = "text", *, verbose: bool = False) -> str:  # noqa: A002  # the word of the command
        """Return the report as `snaplint check` prints it: `format` is `text`, without colours, or `json`.

        `verbose` also lists the rules that pass and those that do not apply.
        """
        stream: list[Reported] = [self._result]
        stream += [broken_check(_PYTHON, broken.rule.id, broken.error) for broken in self.broken[:1]]
        rules = [verdict.rule for verdict in self.verdicts]
        return _rendered([*stream, *self.notes], rules, format, strict=self.strict, verbose=verbose)

    @property
    def _result(self) -> Result:
        return Result(self.request, self.route, self.verdicts, self.source)


class FilesReport:
    """The reports of all requests in files, in order, and what is reported about the files themselves.

    Iterating over it yields a `Report` for each request. `faults` are the input errors, and `notes` the notes on names
    in the files. It is true if there is a request, every report is true, and there is no input error.
    """

    __slots__ = ("_rules", "_stream", "faults", "notes", "reports", "strict")

    def __init__(self, stream: Iterable[Reported], rules: Sequence[Rule], *, strict: bool) -> None:
        self._stream = tuple(stream)
        self._rules = tuple(rules)
        self.strict = strict
        self.reports = tuple(
            Report(each.request, each.verdicts, (), strict, each.route, each.source)
            for each in self._stream
            if isinstance(each, Result)
        )
        self.faults = tuple(each for each in self._stream if isinstance(each, Fault))
        self.notes = tuple(each for each in self._stream if isinstance(each, Note))

    def __iter__(self) -> Iterator[Report]:
        """Return an iterator over the reports."""
        return iter(self.reports)

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self.reports)

    def __getitem__(self, index: int) -> Report:
        """Return the report of one request."""
        return self.reports[index]

    def __bool__(self) -> bool:
        """Return True if every call may be made: see the class."""
        return bool(self.reports) and not self.faults and all(self.reports)

    def __repr__(self) -> str:
        """Return the number of requests, the outcome, the rules that failed, and counts."""
        requests = counted(len(self.reports), "request")
        unusable = f", {counted(len(self.faults), 'input error')}" if self.faults else ""
        verdicts = tuple(verdict for report in self.reports for verdict in report.verdicts)
        return f"<snaplint.FilesReport of {requests}: {_in_short(self.outcome, verdicts)}{unusable}>"

    @property
    def outcome(self) -> Outcome:
        """The worst verdict of all rules on all requests."""
        return worst([verdict for report in self.reports for verdict in report.verdicts])

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The failing verdicts of all requests, of every severity."""
        return tuple(verdict for report in self.reports for verdict in report.failed)

    @property
    def undetermined(self) -> tuple[Verdict, ...]:
        """The undetermined verdicts of all requests."""
        return tuple(verdict for report in self.reports for verdict in report.undetermined)

    @property
    def causes(self) -> tuple[Entry, ...]:
        """What is to blame for the input errors and verdicts, in causal order; a cause may have many requests."""
        return _causes(self._stream)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON report as data; `snaplint schema report` prints its JSON Schema."""
        return _as_data(self.render("json"))

    def render(self, format: str = "text", *, verbose: bool = False) -> str:  # noqa: A002  # the word of the command
        """Return the report as `snaplint check` prints it: `format` is `text`, without colours, or `json`.

        `verbose` also lists the rules that pass and those that do not apply.
        """
        return _rendered(self._stream, self._rules, format, strict=self.strict, verbose=verbose)


def _of(verdicts: Iterable[Verdict], word: Outcome) -> tuple[Verdict, ...]:
    return tuple([verdict for verdict in verdicts if verdict.verdict == word])


def _in_short(outcome: Outcome, verdicts: Iterable[Verdict]) -> str:
    """Return an outcome with the rules that failed: `fails: bucket-not-owned failed, 3 undetermined, 20 pass`."""
    tally, failed = Tally(), list(dict.fromkeys(verdict.rule.id for verdict in _of(verdicts, FAILS)))
    tally.add(Result({}, (), tuple(verdicts)))
    words = [f"{listed(failed, most=_MOST_NAMED)} failed"] if failed else []
    words += [f"{tally.cannot_tell:,} undetermined"] if tally.cannot_tell else []
    words += [counted(tally.passes, PASSES, "pass")] if tally.passes else []
    return f"{outcome}: {', '.join(words)}" if words else outcome


def _causes(stream: Iterable[Reported]) -> tuple[Entry, ...]:
    from snaplint.report.causes import Causes

    causes = Causes()
    for each in stream:
        if isinstance(each, Result):
            causes.add(each)
        elif isinstance(each, Fault):
            causes.add_fault(each)
    return tuple(causes.entries())


def _rendered(stream: Iterable[Reported], rules: Sequence[Rule], name: str, *, strict: bool, verbose: bool) -> str:
    """Return the text of a report in a format. Raise InvalidArgument for a format that does not exist."""
    from snaplint.report.registry import REPORTERS, reporter
    from snaplint.report.run import Run
    from snaplint.report.terminal import Style

    require_choice("format", name, tuple(REPORTERS))
    require_flag("verbose", verbose)
    tally = Tally()
    run = Run(__version__, tuple(rules), Style(), verbose, False, strict, tally)
    return "".join(reporter(name).chunks(tally.counting(stream), run))


def _as_data(text: str) -> dict[str, Any]:
    import json

    data: dict[str, Any] = json.loads(text)
    return data

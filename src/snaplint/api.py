"""The Python API: `check` checks every condition of one request, and `Checker` those of many."""

from __future__ import annotations

from threading import Lock

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, Unreadable, parted
from snaplint.findings.verdict import CANNOT_TELL, FAILS, BrokenVerdict, worst
from snaplint.lint.checker import RequestChecker
from snaplint.lint.notes import notes
from snaplint.lint.rulebook import builtin_rules
from snaplint.operations.proposed import ProposedRequest
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from snaplint.findings.result import Note
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.read.preflight import Preflight
    from snaplint.syntax.document import Document


_MOST_NOTED = 1024
"""How many requests a checker remembers the notes of."""


class Report(NamedTuple):
    """Every rule's verdict on one request, and the notes on the names in it."""

    request: Mapping[str, object]
    verdicts: tuple[Verdict, ...]
    notes: tuple[Note, ...] = ()

    @property
    def outcome(self) -> str:
        """The worst verdict of all rules: `fails`, `cannot-tell`, `passes` or `not-applicable`."""
        return worst(self.verdicts)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The failing verdicts of severity error: if there is one, AWS would refuse the call."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == FAILS and verdict.severity == "error")

    @property
    def cannot_tell(self) -> tuple[Verdict, ...]:
        """The undetermined verdicts; their `depends_on` names the facts that they need."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == CANNOT_TELL)

    @property
    def broken(self) -> tuple[BrokenVerdict, ...]:
        """The undetermined verdicts of rules whose check raised an exception, which is their `error`."""
        return tuple(verdict for verdict in self.verdicts if isinstance(verdict, BrokenVerdict))

    def verdict(self, rule: str) -> Verdict:
        """Return the verdict of the rule with this id. Raise KeyError if there is no such rule."""
        for verdict in self.verdicts:
            if verdict.rule.id == rule:
                return verdict
        raise KeyError(rule)


class InvalidFacts(ValueError):
    """The facts or the caller do not have the form of a preflight file; `faults` lists each error."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the messages of all faults."""
        return "; ".join(fault.message for fault in self.faults)


class Checker:
    """Checks requests against the same facts, which are read and compiled once.

    `facts` has the members `account` and `region`, and may have `organization`, `snapshots` and `buckets`; `caller` has
    `arn`, `policies` and so on. Both have the form of a preflight file: a missing member is unknown, and None is known
    not to exist. Paths in them are relative to the working directory, and the files are read when the checker is
    created. `rules` replaces the built-in rules. With `strict`, nothing is assumed. Raises InvalidFacts if facts or
    caller do not have that form. Several threads may use one checker; their calls run one at a time.
    """

    def __init__(
        self,
        facts: Mapping[str, Any],
        caller: Mapping[str, Any] | None = None,
        rules: Iterable[Rule] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        preflight = _preflight(facts, caller)
        judged_by = builtin_rules() if rules is None else tuple(rules)
        self._checker = RequestChecker(preflight.facts, preflight.caller, judged_by, strict=strict)
        self._preflight = preflight._replace(named={})  # facts of a program are not there for one request
        self._notes: dict[tuple[object, ...], tuple[Note, ...]] = {}
        self._lock = Lock()

    def check(self, request: Mapping[str, Any]) -> Report:
        """Check every condition of one proposed request, and return the report.

        `request` has the members of the call, and `operation` if it is not the default one. Errors in the request are
        verdicts, not exceptions, and so are those of snaplint in a check: `Report.broken`.
        """
        proposed = ProposedRequest(request)
        with self._lock:
            verdicts = self._checker.check(proposed)
            noted = self._noted(proposed)
        return Report({"operation": proposed.operation.name, **request}, verdicts, noted)

    def _noted(self, proposed: ProposedRequest) -> tuple[Note, ...]:
        """Return the notes on one request; requests that use the same names share them."""
        names = (proposed.operation.name, proposed.source, proposed.target, proposed.bucket)
        if names not in self._notes:
            if len(self._notes) >= _MOST_NOTED:
                self._notes.clear()
            self._notes[names] = tuple(notes(self._preflight._replace(requests=(proposed,))))
        return self._notes[names]


def check(
    request: Mapping[str, Any],
    facts: Mapping[str, Any],
    caller: Mapping[str, Any] | None = None,
    *,
    rules: Iterable[Rule] | None = None,
    strict: bool = False,
) -> Report:
    """Check every condition of one proposed request: `Checker(facts, caller, rules, strict=strict).check(request)`.

    For several requests with the same facts, a `Checker` is much faster.
    """
    return Checker(facts, caller, rules, strict=strict).check(request)


def _preflight(facts: Mapping[str, Any], caller: Mapping[str, Any] | None) -> Preflight:
    """Return facts and caller, read as a preflight file with an unused request. Raise InvalidFacts."""
    data = {"version": 1, **facts, "requests": [{}], **({} if caller is None else {"caller": caller})}
    found, faults = parted(read_preflight(_document(data), Files(), form="python"))
    if faults:
        raise InvalidFacts(faults)
    (preflight,) = found
    return preflight


def _document(data: object) -> Document:
    """Return values from Python as a document; dates, which answers of boto3 contain, become text.

    Raise InvalidFacts for values that JSON cannot represent.
    """
    import json

    try:
        return parse("<python>", json.dumps(data, indent=1, default=str).encode())
    except Unreadable as error:
        raise InvalidFacts([Fault("<python>", error.line, error.column, error.message)]) from None
    except (TypeError, ValueError, RecursionError) as error:  # a key that is not text, or a value that contains itself
        raise InvalidFacts([Fault("<python>", 1, 1, str(error).lower())]) from None

"""Snaplint from Python: `check` answers every condition of one request."""

from __future__ import annotations

from threading import Lock

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, Unreadable, parted
from snaplint.findings.verdict import CANNOT_TELL, FAILS, worst
from snaplint.lint.checker import RequestChecker
from snaplint.lint.rulebook import builtin_rules
from snaplint.operations.proposed import ProposedRequest
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.read.preflight import Preflight
    from snaplint.syntax.document import Document


class Report(NamedTuple):
    """Every rule's verdict on one request."""

    request: Mapping[str, object]
    verdicts: tuple[Verdict, ...]

    @property
    def outcome(self) -> str:
        """The worst of the verdicts: `fails`, `cannot-tell`, `passes` or `not-applicable`."""
        return worst(self.verdicts)

    @property
    def failing(self) -> tuple[Verdict, ...]:
        """The verdicts of severity error that fail: any of them, and AWS would refuse the call."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == FAILS and verdict.severity == "error")

    @property
    def cannot_tell(self) -> tuple[Verdict, ...]:
        """The verdicts that could not be given; `depends_on` names what would settle them."""
        return tuple(verdict for verdict in self.verdicts if verdict.verdict == CANNOT_TELL)

    def verdict(self, rule: str) -> Verdict:
        """The verdict of a rule by its id; KeyError where there is no such rule."""
        for verdict in self.verdicts:
            if verdict.rule.id == rule:
                return verdict
        raise KeyError(rule)


class InvalidFacts(ValueError):
    """The facts or the caller are not of the form of a preflight file; `faults` lists each place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """What is wrong with each place."""
        return "; ".join(fault.message for fault in self.faults)


class Checker:
    """Checks requests against one world: facts and policies are read and compiled once, and kept between the calls.

    `facts` holds `account` and `region`, and may hold `organization`, `snapshots` and `buckets`; `caller` holds `arn`,
    `policies` and so on: both in the words of a preflight file, where left out means unknown and None means known not
    to exist. Paths in them are relative to the working directory, and are read when the checker is made. `rules`
    replaces the built-in ones, `strict` refuses to assume. Raises InvalidFacts where facts or caller are not of that
    form. A checker may be used from several threads; they wait for each other.
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
        self._lock = Lock()

    def check(self, request: Mapping[str, Any]) -> Report:
        """Answer every condition of one proposed request.

        `request` holds the members of the call, and `operation` where it is not the default one. Faults of the request
        are verdicts, not exceptions.
        """
        proposed = ProposedRequest(request)
        with self._lock:
            verdicts = self._checker.check(proposed)
        return Report({"operation": proposed.operation.name, **request}, verdicts)


def check(
    request: Mapping[str, Any],
    facts: Mapping[str, Any],
    caller: Mapping[str, Any] | None = None,
    *,
    rules: Iterable[Rule] | None = None,
    strict: bool = False,
) -> Report:
    """Answer every condition of one proposed request: `Checker(facts, caller, rules, strict=strict).check(request)`.

    For more than one request with the same facts, a `Checker` saves most of the time.
    """
    return Checker(facts, caller, rules, strict=strict).check(request)


def _preflight(facts: Mapping[str, Any], caller: Mapping[str, Any] | None) -> Preflight:
    """Read facts and caller as a preflight file with a request that is not looked at. Raises InvalidFacts."""
    data = {"version": 1, **facts, "requests": [{}], **({} if caller is None else {"caller": caller})}
    found, faults = parted(read_preflight(_document(data), Files(), form="python"))
    if faults:
        raise InvalidFacts(faults)
    (preflight,) = found
    return preflight


def _document(data: object) -> Document:
    """Values from Python as a document: what boto3 answers holds dates, which become text.

    Raises InvalidFacts for what no JSON can hold.
    """
    import json

    try:
        return parse("<python>", json.dumps(data, indent=1, default=str).encode())
    except Unreadable as error:
        raise InvalidFacts([Fault("<python>", error.line, error.column, error.message)]) from None
    except (TypeError, ValueError, RecursionError) as error:  # a key that is no text, a value that holds itself
        raise InvalidFacts([Fault("<python>", 1, 1, str(error).lower())]) from None

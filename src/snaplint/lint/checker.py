"""Requests against one world: what is compiled for one request is kept for the next."""

from __future__ import annotations

from snaplint.checks.export.access import Access
from snaplint.checks.export.proposal import Proposal
from snaplint.lint.engine import judge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.facts import Caller, Facts
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.operations.proposed import ProposedRequest


class RequestChecker:
    """Checks requests by the same facts, caller and rules.

    It owns all that is remembered between requests; facts and requests stay plain values. `strict` refuses to assume.
    """

    __slots__ = ("_access", "_caller", "_facts", "_rules", "_strict")

    def __init__(self, facts: Facts, caller: Caller, rules: Sequence[Rule], *, strict: bool = False) -> None:
        self._facts = facts
        self._caller = caller
        self._rules = rules
        self._strict = strict
        self._access = Access(facts, caller)

    def check(self, request: ProposedRequest) -> tuple[Verdict, ...]:
        """Return one verdict a rule, in the order of the rules."""
        proposal = Proposal(request, self._facts, self._caller, self._access)
        return judge(self._rules, proposal, strict=self._strict)

"""Checks of several requests against the same facts: what is compiled for one request is reused for the next."""

from __future__ import annotations

from snaplint.base.breakage import lacks_memory
from snaplint.checks.export.access import Access
from snaplint.checks.export.proposal import Proposal
from snaplint.lint.engine import broken, judge
from snaplint.lint.kept import KeptVerdicts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.checks.earlier import Earlier
    from snaplint.facts import Caller, Facts
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.operations.proposed import ProposedRequest


class RequestChecker:
    """Checks requests with the same facts, caller and rules.

    All caches between requests are here; facts and requests are plain values. With `strict`, nothing is assumed. Each
    request is also checked against those in `earlier`, and then added to them; without it, each is checked by itself.
    """

    __slots__ = ("_access", "_caller", "_earlier", "_facts", "_kept", "_rules", "_strict")

    def __init__(
        self,
        facts: Facts,
        caller: Caller,
        rules: Sequence[Rule],
        *,
        strict: bool = False,
        earlier: Earlier | None = None,
    ) -> None:
        self._facts = facts
        self._caller = caller
        self._rules = rules
        self._strict = strict
        self._earlier = earlier
        self._access = Access(facts, caller)
        self._kept = KeptVerdicts()

    def check(self, request: ProposedRequest) -> tuple[Verdict, ...]:
        """Return one verdict per rule, in the order of the rules.

        A rule whose check raises an exception is undetermined. So is every rule if what they share raises one.
        """
        self._access.begin_request()
        try:
            proposal = self.proposal(request)
            verdicts = judge(self._rules, proposal, strict=self._strict, kept=self._kept.of(proposal))
            if self._earlier is not None:
                self._earlier.add(request, proposal.keys, refused=proposal.cannot_write)
        except Exception as error:
            if lacks_memory(error):
                raise
            return tuple([broken(rule, request.route, error) for rule in self._rules])
        return verdicts

    def proposal(self, request: ProposedRequest) -> Proposal:
        """Return the request with the facts that it is checked with."""
        return Proposal(request, self._facts, self._caller, self._access, self._earlier)

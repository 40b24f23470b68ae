"""The statements that one requester's action can meet, and the hits they would make: worked out once, asked often.

Whom a statement names and which actions does not hang on resource or context, and neither does the slot it counts in.
So for each requester and action there is a short list; a request runs down it and asks of each statement only whether
resource and conditions match.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.decision.decide import Hit
from snaplint.iam.document.statement import ALLOW, DENY
from snaplint.iam.terms import channels
from snaplint.iam.terms.truth import UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from snaplint.iam.asked.principal import Principal
    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.layers import Layer, Plan
    from snaplint.iam.document.covering import Covers
    from snaplint.iam.document.statement import Statement

_EVERYBODY = ((YES, channels.DIRECT),)


class Candidate(NamedTuple):
    """A statement about the action that covers, or may cover, the requester; and the hits it makes if it matches.

    `match` is None for a statement on every resource and under no condition: it matches whatever is asked.
    """

    match: Callable[[Request], int] | None
    certain: tuple[Hit, ...]
    possible: tuple[Hit, ...]


class Candidates:
    """All statements about one action, in the order of the plan's layers.

    Requesters whom a statement covers alike share its `Candidate`: a new one costs no more than a look at each.
    """

    __slots__ = ("_entries",)

    def __init__(self, plan: Plan, action: str) -> None:
        self._entries = [
            _Entry(layer, number, statement, channel, named, everybody=_hits_everybody(statement, bounded=plan.bounded))
            for layer, channel in plan.layers
            for number, policy in enumerate(layer.policies)
            for statement, named in policy.candidates(action)
        ]

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, principal: Principal) -> tuple[Candidate, ...]:
        """The statements that may have a say in what `principal` asks."""
        found = (entry.of(principal) for entry in self._entries)
        return tuple(candidate for candidate in found if candidate is not None)


def covers(statement: Statement, principal: Principal, *, bounded: bool) -> Covers:
    """Whether the statement is about the requester, and how far a grant reaches; empty where it is not.

    `bounded` says that a permissions boundary binds the requester.
    """
    if statement.principal_element is None or _hits_everybody(statement, bounded=bounded):
        return _EVERYBODY
    return statement.principal_element.covers(principal)


def _hits_everybody(statement: Statement, *, bounded: bool) -> bool:
    """Whether the statement is about every requester, whatever principals it names."""
    # A Deny with NotPrincipal hits every principal that has a permissions boundary, whatever it lists.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    element = statement.principal_element
    return element is None or (element.excluded and bounded and statement.effect != ALLOW)


class _Entry:
    """A statement in its place, and its candidates by how it covers the requester."""

    __slots__ = ("_element", "_known", "_place", "_statement")

    def __init__(
        self, layer: Layer, number: int, statement: Statement, channel: int, named: int, *, everybody: bool
    ) -> None:
        self._place = (layer, number, statement, channel, named)
        self._statement = statement
        self._element = None if everybody else statement.principal_element
        self._known: dict[Covers, Candidate] = {}

    def of(self, principal: Principal) -> Candidate | None:
        """The candidate for this requester; None where the statement is not about them."""
        covered = _EVERYBODY if self._element is None else self._element.covers(principal)
        if not covered:
            return None
        found = self._known.get(covered)
        if found is None:
            certain, possible = (tuple(_hits(*self._place, match, covered)) for match in (YES, UNKNOWN))
            match = None if self._statement.unconditional else self._statement.match
            found = self._known[covered] = Candidate(match, certain, possible)
        return found


def _hits(
    layer: Layer, number: int, statement: Statement, channel: int, named: int, match: int, covered: Covers
) -> Iterator[Hit]:
    """What it comes to if resource and conditions answer `match`; of an effect nobody can read, both."""
    for truth, reach in covered:
        ceiling = min(named, truth)
        if statement.effect is not DENY:
            place = reach if layer.name == "resource" else channel
            yield Hit(layer, number, statement, min(match, ceiling), ceiling, place)
        if statement.effect is not ALLOW:
            yield Hit(layer, number, statement, min(match, ceiling), ceiling, channels.DENY)

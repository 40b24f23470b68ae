"""The statements that can apply to an action of a principal, with the hits they make if they match.

Which principals and actions a statement matches does not depend on the resource or the context, nor does the channel in
which it counts. So these statements are listed once for each principal and action, and a request compares only resource
and conditions with each of them.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.decision.decide import Hit
from snaplint.iam.document.resource_element import MANY
from snaplint.iam.document.statement import ALLOW, DENY
from snaplint.iam.terms import channels
from snaplint.iam.terms.beginnings import Beginnings
from snaplint.iam.terms.pattern import HOLE
from snaplint.iam.terms.truth import UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from snaplint.iam.asked.principal import Principal
    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.layers import Layer, Plan
    from snaplint.iam.document.covering import Covers
    from snaplint.iam.document.statement import Statement

_MOST_FOUND = 1 << 18
"""How many candidates are kept together for the resources that begin alike."""
_EVERYONE = ((YES, channels.DIRECT),)
_PERHAPS = ((UNKNOWN, channels.DIRECT),)


class Position(NamedTuple):
    """A statement in its layer.

    `policy` is the index of its policy, `channel` the channel of the layer, and `named` says whether it matches the
    action.
    """

    layer: Layer
    policy: int
    statement: Statement
    channel: int
    named: int


class Candidate(NamedTuple):
    """A statement that matches, or may match, action and principal.

    `match` compares resource and conditions; it is None if the statement applies to every resource and has no
    conditions. `certain` are the hits if it answers YES, `possible` those if it answers UNKNOWN: both are empty until
    `hits` is asked for them.
    """

    match: Callable[[Request], int] | None
    certain: list[Hit]
    possible: list[Hit]
    position: Position
    covers: Covers

    def hits(self, truth: int) -> list[Hit]:
        """Return the hits if resource and conditions answer YES or UNKNOWN."""
        found = self.certain if truth == YES else self.possible
        if not found:
            found.extend(self._hits(truth))
        return found

    def _hits(self, match: int) -> Iterator[Hit]:
        """Yield an Allow, a Deny, or both if the effect cannot be read."""
        layer, policy, statement, channel, named = self.position
        for truth, reach in self.covers:
            ceiling = min(named, truth)
            if statement.effect is not DENY:
                counted_in = reach if layer.name == "resource" else channel
                yield Hit(layer, policy, statement, min(match, ceiling), ceiling, counted_in)
            if statement.effect is not ALLOW:
                yield Hit(layer, policy, statement, min(match, ceiling), ceiling, channels.DENY)


class CandidateIndex(tuple["Candidate", ...]):
    """Candidates, looked up by how the resource begins if there are many: policies may name thousands of buckets."""

    _beginnings: Beginnings | None = None
    _found: dict[tuple[int, ...], tuple[Candidate, ...]]
    _room: int

    def near(self, resource: str) -> tuple[Candidate, ...]:
        """Return the candidates whose resources can match, in their order."""
        if len(self) <= MANY:
            return self
        if self._beginnings is None:
            self._beginnings = Beginnings(map(_beginnings_of, self))
            self._found, self._room = {}, _MOST_FOUND
        known, hole, _ = resource.partition(HOLE)
        places = self._beginnings.places(known, whole=not hole)
        found = self._found.get(places)
        if found is None:
            numbers = {number for place in places for number in self._beginnings.numbers[place]}
            found = tuple([self[number] for number in sorted(numbers)])
            self._room -= 1 + len(places) + len(found)
            if self._room < 0:
                self._found.clear()
                self._room = _MOST_FOUND
            self._found[places] = found
        return found


def _beginnings_of(candidate: Candidate) -> Iterable[str]:
    element = candidate.position.statement.resource_element
    return ("",) if element is None else element.beginnings


class Candidates:
    """All statements that match, or may match, one action, in the order of the plan's layers.

    Principals that a statement matches in the same way share its `Candidate`, so another principal costs little.
    Candidates have no reference to this, so that a simulator is freed at once when it is no longer used.
    """

    __slots__ = ("_bounded", "_entries", "_made")

    def __init__(self, plan: Plan, action: str) -> None:
        self._bounded = plan.bounded
        self._entries: list[tuple[Position, Candidate | None]] = []
        """Each statement, with its candidate if that is the same for every principal."""
        self._made: dict[tuple[int, Covers], Candidate] = {}
        """The other candidates, by the number of their statement and by how it matches the principal."""
        for layer, channel in plan.layers:
            for number, policy in enumerate(layer.policies):
                for statement, named in policy.candidates(action):
                    position = Position(layer, number, statement, channel, named)
                    everyone = _applies_to_everyone(statement, bounded=plan.bounded)
                    self._entries.append((position, _candidate(position, _EVERYONE) if everyone else None))

    def __len__(self) -> int:
        return len(self._entries)

    def of(self, principal: Principal) -> CandidateIndex:
        """Return the statements that match, or may match, the principal, each with its hits."""
        found: list[Candidate] = []
        for number, (position, candidate) in enumerate(self._entries):
            if candidate is None:
                covered = covers(position.statement, principal, bounded=self._bounded)
                if not covered:
                    continue
                candidate = self._made.get((number, covered))
                if candidate is None:
                    candidate = self._made[number, covered] = _candidate(position, covered)
            found.append(candidate)
        return CandidateIndex(found)


def _candidate(position: Position, covered: Covers) -> Candidate:
    match = None if position.statement.unconditional else position.statement.match
    return Candidate(match, [], [], position, covered)


def covers(statement: Statement, principal: Principal, *, bounded: int) -> Covers:
    """Return whether the statement matches the principal, and in which channels an Allow counts; empty if it does not.

    `bounded` says whether the principal has a permissions boundary. A Deny with NotPrincipal denies every principal
    that has one, whichever it lists.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    element = statement.principal_element
    if element is None:
        return _EVERYONE
    covered = element.covers(principal)
    if not _denies_the_bounded(statement) or covered == _EVERYONE:
        return covered
    return _EVERYONE if bounded == YES else _PERHAPS if bounded == UNKNOWN else covered


def _applies_to_everyone(statement: Statement, *, bounded: int) -> bool:
    """Return True if the statement matches every principal, whichever it names."""
    return statement.principal_element is None or (bounded == YES and _denies_the_bounded(statement))


def _denies_the_bounded(statement: Statement) -> bool:
    element = statement.principal_element
    return element is not None and element.excluded and statement.effect != ALLOW


def unread_boundary(hit: Hit, plan: Plan) -> tuple[str, ...]:
    """Return what would determine the permissions boundary, if it is unknown whether that makes a Deny match."""
    if plan.bounded != UNKNOWN or not _denies_the_bounded(hit.statement):
        return ()
    return tuple(name for layer, _ in plan.layers if layer.name == "boundary" for name in layer.policies[0].unread)

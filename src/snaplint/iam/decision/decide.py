"""From what every layer said to a decision: a table, read from top to bottom.

What the layers said arrives in *slots*: the strongest Allow of the identity policies, the strongest Allow of the
resource side by how far it reaches, then of everything that limits the requester (boundary, session policy), then of
everything that limits everybody (endpoint policy, SCPs, RCPs, public access block).

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from enum import StrEnum

from snaplint.base.record import NamedTuple
from snaplint.iam.document.covering import DELEGATED, DIRECT, LIMITED
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.compared import Comparison
    from snaplint.iam.decision.layers import Layer, Plan
    from snaplint.iam.document.statement import Statement


class Outcome(StrEnum):
    """The four decisions."""

    Allowed = "Allowed"
    ImplicitlyDenied = "ImplicitlyDenied"
    ExplicitlyDenied = "ExplicitlyDenied"
    Depends = "Depends"


class Reason:
    """One statement that decided, or that the decision hangs on: what a report may say of it, and `as_json`.

    It looks things up when asked, so that deciding costs nothing that nobody reads. Reasons are equal if they name the
    same statement, whatever was asked.
    """

    __slots__ = ("_layer", "_request", "_statement", "policy")

    def __init__(self, layer: Layer, policy: int, statement: Statement, request: Request) -> None:
        self._layer = layer
        self.policy = policy
        """The place of its policy in its layer or, of SCPs and RCPs, in its level."""
        self._statement = statement
        self._request = request

    @property
    def layer(self) -> str:
        """`identity`, `resource`, `acl`, `boundary`, `session`, `endpoint`, `scp` or `rcp`."""
        return self._layer.name

    @property
    def level(self) -> int | None:
        """The level of an SCP or RCP, counted from the root."""
        return self._layer.level

    @property
    def statement(self) -> int:
        """Its index in its policy, or that of an ACL's grant; -1 for a policy nobody has read."""
        return self._statement.index

    @property
    def sid(self) -> str | None:
        """Its `Sid`."""
        return self._statement.sid

    @property
    def effect(self) -> str | None:
        """`Allow` or `Deny`; None where that cannot be read."""
        return self._statement.effect

    @property
    def route(self) -> Route:
        """Where it stands in its document."""
        return self._statement.route

    @property
    def tested(self) -> tuple[tuple[str, str], ...]:
        """The operator and key of each of its conditions, as the policy wrote them."""
        return tuple((test.operator, test.name) for test in self._statement.tests)

    @property
    def conditions(self) -> tuple[Comparison, ...]:
        """Its conditions, each with the values compared and the result."""
        from snaplint.iam.decision.compared import comparisons  # only explanations ask

        return comparisons(self._statement, self._request)

    def asked(self, request: Request) -> Reason:
        """The same reason beside another request."""
        return Reason(self._layer, self.policy, self._statement, request)

    def as_json(self) -> dict[str, object]:
        """The form in which `snaplint simulate` prints it; `conditions` only where the statement has some."""
        found: dict[str, object] = {"layer": self.layer}
        if self.level is not None:
            found["level"] = self.level
        found |= {
            "policy": self.policy,
            "statement": self.statement if self.statement >= 0 else None,
            "sid": self.sid,
            "effect": self.effect,
        }
        if self._statement.tests:
            found["conditions"] = [each.as_json() for each in self.conditions]
        return found

    def _same(self) -> tuple[object, ...]:
        return self.layer, self.level, self.policy, self.statement, self.sid, self.effect, self.route

    def __eq__(self, other: object) -> bool:
        return self._same() == other._same() if isinstance(other, Reason) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._layer.name, self._layer.level, self.policy, self._statement.index))

    def __repr__(self) -> str:
        return f"<Reason {self._layer.label} {self.policy}.{self.statement} {self.effect} {self.sid!r}>"


class Decision(NamedTuple):
    """What the engine answers.

    `because`: the statements that allowed, or that denied, or that a `Depends` hangs on. `blocked_by`: the layers
    whose missing Allow denied (`identity`, `resource`, `boundary`, `session`, `endpoint`, `scp[1]`, `rcp[0]`,
    `block_public_access`). `depends_on`: the context keys and other facts that would settle it, sorted.
    """

    decision: Outcome
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The form in which `snaplint simulate` prints it, but for the id."""
        return {
            "decision": str(self.decision),
            "because": [each.as_json() for each in self.because],
            "blocked_by": list(self.blocked_by),
            "depends_on": list(self.depends_on),
        }


IDENTITY = 0
"""The first slot; `DELEGATED`, `LIMITED` and `DIRECT` are the three after it."""
FIRST_LIMIT = 4

SAME = "same account"
NAMED = "same account, and the resource must allow"
CROSS = "cross-account"
OUTSIDE = "no account of the requester's"


class Hit(NamedTuple):
    """A statement that matches, or may match: in which slot it counts, and as what."""

    layer: Layer
    policy: int
    statement: Statement
    truth: int
    ceiling: int
    slot: int
    deny: bool


def granted(relation: str, slots: Sequence[int], limit: int) -> int:
    """Whether identity and resource side together grant; `limit` is what boundary and session policy leave."""
    identity, delegated, limited, direct = slots[:FIRST_LIMIT]
    if relation == SAME:
        inside = identity if identity > limited else limited
        inside = inside if inside < limit else limit
        return direct if direct > inside else inside
    if relation == OUTSIDE:
        return max(direct, limited, delegated)
    if relation == CROSS:
        return min(max(direct, limited, delegated), identity, limit)
    return max(direct, min(max(limited, min(delegated, identity)), limit))


def allowed(plan: Plan, slots: Sequence[int]) -> int:
    """Whether everything that has to allow does."""
    found = granted(plan.relation, slots, limits(plan, slots))
    for truth in slots[plan.guards :]:
        if truth < found:
            found = truth
    return found


def limits(plan: Plan, slots: Sequence[int]) -> int:
    """What boundary and session policy leave."""
    return YES if plan.guards == FIRST_LIMIT else min(slots[FIRST_LIMIT : plan.guards])


def settle(plan: Plan, slots: Sequence[int], deny: int) -> Outcome:
    """The decision: read from top to bottom. A Deny that only may match leaves an implicit denial as it is."""
    if deny == YES:
        return Outcome.ExplicitlyDenied
    allow = allowed(plan, slots)
    if allow == NO:
        return Outcome.ImplicitlyDenied
    if allow == YES and deny == NO:
        return Outcome.Allowed
    return Outcome.Depends


def tally(plan: Plan, hits: Sequence[Hit]) -> tuple[list[int], int]:
    """The slots and the strongest Deny."""
    slots = list(plan.start)
    deny = NO
    for hit in hits:
        truth = hit.truth
        if hit.deny:
            if truth > deny:
                deny = truth
        elif truth > slots[hit.slot]:
            slots[hit.slot] = truth
    if plan.public is not None and slots[plan.public] == NO and any(hit.layer.name == "acl" for hit in hits):
        # RestrictPublicBuckets is about access by a public policy; whether a grant of the ACL survives, nobody says.
        slots[plan.public] = UNKNOWN
    return slots, deny


def blockers(plan: Plan, slots: Sequence[int]) -> Iterator[str]:
    """The layers that gave no Allow where one was wanted."""
    if granted(plan.relation, slots, limits(plan, slots)) == NO:
        identity, delegated, limited, direct = slots[:FIRST_LIMIT]
        resource = max(delegated, limited, direct)
        missing = identity == NO and (plan.relation == CROSS or limited == NO)
        if missing and plan.relation != OUTSIDE and not (plan.relation == NAMED and resource == NO):
            yield "identity"
        needed = plan.relation != SAME or (missing and plan.has_resource)
        if needed and resource == NO:
            yield "resource"
        yield from (plan.names[slot] for slot in range(FIRST_LIMIT, plan.guards) if slots[slot] == NO)
    yield from (plan.names[slot] for slot in range(plan.guards, len(slots)) if slots[slot] == NO)


_USEFUL = {
    SAME: frozenset({IDENTITY, LIMITED, DIRECT}),
    NAMED: frozenset({IDENTITY, LIMITED, DIRECT, DELEGATED}),
    CROSS: frozenset({IDENTITY, LIMITED, DIRECT, DELEGATED}),
    OUTSIDE: frozenset({IDENTITY, LIMITED, DIRECT, DELEGATED}),
}
"""The slots whose Allows make a grant, by how requester and resource are related."""
_BEYOND_LIMITS = frozenset({DIRECT})
"""The same inside one account, where boundary or session policy do not allow."""


def granting(plan: Plan, slots: Sequence[int], hits: Sequence[Hit]) -> list[Hit]:
    """The Allow hits that make the grant; what merely lets it pass (boundary, SCP, ...) is left out."""
    limited = plan.relation in (SAME, NAMED) and limits(plan, slots) != YES
    useful = _BEYOND_LIMITS if limited else _USEFUL[plan.relation]
    return [hit for hit in hits if not hit.deny and hit.truth == YES and hit.slot in useful]


def in_order(needs: Iterable[str]) -> tuple[str, ...]:
    """What `depends_on` lists: sorted, and a key that policies spell in two ways once."""
    return tuple(sorted({need.lower(): need for need in sorted(needs)}.values()))


def reason(hit: Hit, request: Request) -> Reason:
    """What a report says of a hit."""
    return Reason(hit.layer, hit.policy, hit.statement, request)

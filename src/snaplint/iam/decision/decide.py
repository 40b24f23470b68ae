"""From the statements that match to a decision: AWS's evaluation logic as a table.

Every statement that matches, or may match, is a `Hit` and counts in one channel. `tally` takes the strongest hit of
each channel, `granted` and `settle` turn these answers into an outcome.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.decision.answer import ALLOWED, DEPENDS, EXPLICITLY_DENIED, IMPLICITLY_DENIED, Decision, Reason
from snaplint.iam.decision.relation import CROSS_ACCOUNT, RESOURCE_MUST_ALLOW, SAME_ACCOUNT
from snaplint.iam.terms.channels import DELEGATED, DENY, DIRECT, FIRST_LIMIT, IDENTITY, LIMITED
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Outcome
    from snaplint.iam.decision.layers import Layer, Plan
    from snaplint.iam.decision.relation import Relation
    from snaplint.iam.document.statement import Statement


class Hit(NamedTuple):
    """A statement that matches or may match, and the channel in which it counts.

    `ceiling` is the most that `truth` can be, whatever becomes known about resource and conditions.
    """

    layer: Layer
    policy: int
    statement: Statement
    truth: int
    ceiling: int
    channel: int

    def matched(self, truth: int) -> Hit:
        """Return the hit of a statement whose resource and conditions match as `truth` says."""
        # Not `_replace`, which is slow: this runs in every world that is tried.
        truth = truth if truth < self.ceiling else self.ceiling
        return Hit(self.layer, self.policy, self.statement, truth, self.ceiling, self.channel)

    def reason(self, request: Request) -> Reason:
        """Return the statement as a reason of a decision."""
        return Reason(self.layer, self.policy, self.statement, request)


OWNER = "resource_account"
PARTS = ("aws:PrincipalArn", "aws:userid", OWNER)
"""What tells the questions of a request apart, as `depends_on` lists it, in the order of `Question.parts`."""


SOLE: tuple[object, ...] = (None, None, None)
"""The parts of a question that is the only one."""


class Question(NamedTuple):
    """A request with the plan for it and its hits. `parts` tell it from the other questions of the same request."""

    plan: Plan
    hits: Sequence[Hit]
    request: Request
    parts: tuple[object, ...]


def differing(questions: Sequence[Question], answers: Sequence[object]) -> list[str]:
    """Return the parts of which a change alone changes the answer, or all parts that vary if there is no such part."""
    varying: list[str] = []
    found: list[str] = []
    for place, name in enumerate(PARTS if len(questions) > 1 else ()):
        if len({question.parts[place] for question in questions}) > 1:
            varying.append(name)
            ends: dict[tuple[object, ...], set[object]] = {}
            for question, answer in zip(questions, answers, strict=True):
                rest = (*question.parts[:place], *question.parts[place + 1 :])
                ends.setdefault(rest, set()).add(answer)
            if any(len(each) > 1 for each in ends.values()):
                found.append(name)
    return found if found or len(set(answers)) == 1 else varying


class Slots:
    """The answers of the channels, as `granted` and `settle` read them.

    `deny`, `identity`, `delegated`, `limited` and `direct` are the answers of the channels of these names. `limits` is
    the weakest answer of permissions boundaries and session policies, `guards` the weakest of endpoint policies, SCPs,
    RCPs and Block Public Access; both are YES if there are none.
    """

    __slots__ = ("by_channel", "delegated", "deny", "direct", "guards", "identity", "limited", "limits")

    def __init__(self, by_channel: list[int], first_guard: int) -> None:
        self.by_channel = by_channel
        self.deny, self.identity, self.delegated, self.limited, self.direct = by_channel[:FIRST_LIMIT]
        self.limits = min(by_channel[FIRST_LIMIT:first_guard]) if first_guard > FIRST_LIMIT else YES
        self.guards = min(by_channel[first_guard:]) if len(by_channel) > first_guard else YES


def tally(plan: Plan, hits: Sequence[Hit]) -> Slots:
    """Return the answers of all channels: each starts as the plan says and takes the strongest of its hits."""
    answers = list(plan.start)
    for hit in hits:
        if hit.truth > answers[hit.channel]:
            answers[hit.channel] = hit.truth
    if plan.public is not None and answers[plan.public] == NO and any(hit.layer.name == "acl" for hit in hits):
        # RestrictPublicBuckets restricts access by a public policy. AWS does not document what becomes of an ACL grant.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        answers[plan.public] = UNKNOWN
    return Slots(answers, plan.first_guard)


def granted(relation: Relation, slots: Slots) -> int:
    """Return whether identity policies and resource side together grant the request."""
    if relation is SAME_ACCOUNT:
        # An Allow on one side is enough. Permissions boundary and session policy limit the identity policies and an
        # Allow to the role or user behind a session, but not an Allow to the principal itself. An Allow to the account
        # grants nothing that the account's identity policies do not.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
        # That is max(direct, min(max(identity, limited), limits)), written as comparisons for speed.
        inside = slots.identity if slots.identity > slots.limited else slots.limited
        inside = inside if inside < slots.limits else slots.limits
        return slots.direct if slots.direct > inside else inside
    if relation is RESOURCE_MUST_ALLOW:
        # As above, but identity policies have an effect only if the resource's policy allows the account.
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
        return max(slots.direct, min(max(slots.limited, min(slots.delegated, slots.identity)), slots.limits))
    resource_side = max(slots.direct, slots.limited, slots.delegated)
    if relation is CROSS_ACCOUNT:
        # Both accounts must allow: the account of the resource, in any form of the principal, and the principal's
        # account by identity policies, within permissions boundary and session policy.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
        return min(resource_side, slots.identity, slots.limits)
    # No account has policies that could allow or limit the principal, so the resource side decides alone (inferred).
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    return resource_side


def settle(plan: Plan, slots: Slots) -> Outcome:
    """Return the outcome. The rows are tried from top to bottom."""
    if slots.deny == YES:
        # An explicit Deny overrides every Allow.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        return EXPLICITLY_DENIED
    # Every layer that limits everyone must allow as well: endpoint policies, each level of SCPs and RCPs, and the
    # Block Public Access.
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
    allow = granted(plan.relation, slots)
    if slots.guards < allow:
        allow = slots.guards
    if allow == NO:
        # Without an Allow the request is denied, so a Deny that may match makes no difference.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        return IMPLICITLY_DENIED
    if allow == YES and slots.deny == NO:
        return ALLOWED
    return DEPENDS


def blockers(plan: Plan, slots: Slots) -> Iterator[str]:
    """Yield the names of the layers whose missing Allow denies the request."""
    answers = slots.by_channel
    if granted(plan.relation, slots) == NO:
        yield from _missing_sides(plan, slots)
        # Each boundary must allow, and one of the session policies.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
        yield from (plan.names[channel] for channel in range(FIRST_LIMIT, plan.first_guard) if answers[channel] == NO)
    yield from (plan.names[channel] for channel in range(plan.first_guard, len(answers)) if answers[channel] == NO)


def _missing_sides(plan: Plan, slots: Slots) -> Iterator[str]:
    """Yield `identity` and `resource` where that side does not allow and its Allow is needed.

    The pages are those of the same relations in `granted`.
    """
    no_resource = max(slots.delegated, slots.limited, slots.direct) == NO
    # An Allow of the resource side to the role or user behind a session needs no identity policy.
    no_inside = slots.identity == NO and slots.limited == NO
    if plan.relation is SAME_ACCOUNT:
        # Either side would be enough: the resource side is named only if there is a resource policy.
        identity, resource = no_inside, no_inside and no_resource and plan.has_resource
    elif plan.relation is RESOURCE_MUST_ALLOW:
        # Without an Allow of the resource's policy the identity policies have no effect.
        identity, resource = no_inside and not no_resource, no_resource
    elif plan.relation is CROSS_ACCOUNT:
        identity, resource = slots.identity == NO, no_resource
    else:
        identity, resource = False, no_resource
    if identity:
        yield "identity"
    if resource:
        yield "resource"


_GRANTING = frozenset({IDENTITY, DELEGATED, LIMITED, DIRECT})
_GRANTING_IN_SAME_ACCOUNT = frozenset({IDENTITY, LIMITED, DIRECT})
_GRANTING_BEYOND_LIMITS = frozenset({DIRECT})
"""The channels whose Allows grant, as `granted` combines them; the last where the limits do not allow."""


def granting(plan: Plan, slots: Slots, hits: Sequence[Hit]) -> list[Hit]:
    """Return the Allows that grant the request, without those that only permit the grant (boundary, SCP, ...)."""
    if slots.limits != YES and plan.relation in (SAME_ACCOUNT, RESOURCE_MUST_ALLOW):
        channels = _GRANTING_BEYOND_LIMITS
    else:
        channels = _GRANTING_IN_SAME_ACCOUNT if plan.relation is SAME_ACCOUNT else _GRANTING
    return [hit for hit in hits if hit.truth == YES and hit.channel in channels]


def denying(hits: Sequence[Hit]) -> list[Hit]:
    """Return the Denies that match."""
    return [hit for hit in hits if hit.channel == DENY and hit.truth == YES]


class Ruling(NamedTuple):
    """What the requests that match the same statements have in common: the outcome, and what explains it.

    `doubtful` says that the request is denied, but a Deny that may match would deny it explicitly.
    """

    outcome: Outcome
    hits: Sequence[Hit] = ()
    blocked_by: tuple[str, ...] = ()
    doubtful: bool = False

    def decision(self, request: Request) -> Decision:
        """Return the decision of one of these requests."""
        outcome, hits, blocked_by, _ = self
        return Decision(
            outcome, tuple([Reason(hit.layer, hit.policy, hit.statement, request) for hit in hits]), blocked_by
        )


def ruling_of(plan: Plan, hits: Sequence[Hit]) -> Ruling | None:
    """Return how a request with these hits is decided; None if it depends on what is unknown."""
    slots = tally(plan, hits)
    outcome = settle(plan, slots)
    if outcome is DEPENDS:
        return None
    if outcome is ALLOWED:
        return Ruling(outcome, granting(plan, slots, hits))
    if outcome is EXPLICITLY_DENIED:
        return Ruling(outcome, denying(hits))
    return Ruling(outcome, (), tuple(blockers(plan, slots)), slots.deny == UNKNOWN)

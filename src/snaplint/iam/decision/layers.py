"""The layers of policies. They differ only in data: which principals they apply to, and whether they allow by default.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.availability import (
    ACCOUNT,
    ANONYMOUS,
    CANONICAL,
    FEDERATED,
    INSIDERS,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
)
from snaplint.iam.terms import channels
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.iam.asked.principal import Principal
    from snaplint.iam.decision.relation import Relation
    from snaplint.iam.document.policy import Policy

EVERYONE = INSIDERS | {SERVICE, CANONICAL, ANONYMOUS}
_WITH_POLICIES = frozenset({USER, ROLE, SESSION, FEDERATED})

APPLIES_TO: dict[str, frozenset[str]] = {
    "identity": _WITH_POLICIES,
    "resource": EVERYONE,
    "boundary": _WITH_POLICIES,
    "session": _WITH_POLICIES,
    "endpoint": EVERYONE,
    # Service principals, anonymous callers and AWS's own accounts do not belong to the organization.
    "scp": INSIDERS,
    "rcp": EVERYONE,
    "acl": EVERYONE,
}
"""The kinds of principals that a layer applies to."""

LIMITS = ("boundary", "session")
GUARDS = ("endpoint", "scp", "rcp")


class Layer(NamedTuple):
    """Policies of which one must allow. `level` is that of SCPs and RCPs, counted from the root."""

    name: str
    policies: tuple[Policy, ...]
    level: int | None = None

    @property
    def label(self) -> str:
        """The name of the layer in `blocked_by`."""
        return self.name if self.level is None else f"{self.name}[{self.level}]"

    def start(self) -> int:
        """Return YES if the layer allows without a statement that matches: a level of RCPs that lists no Allow.

        `RCPFullAWSAccess` is attached to every level and cannot be detached, so such a level allows everything.
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
        """
        if self.name != "rcp":
            return NO
        return NO if any(policy.has_allow for policy in self.policies) else YES


class Plan(NamedTuple):
    """How requests of one kind are decided: the layers that apply, and the channel in which each layer counts."""

    relation: Relation
    layers: tuple[tuple[Layer, int], ...]
    start: tuple[int, ...]
    """The answer of each channel before any statement matches."""
    first_guard: int
    """The first channel that limits everyone."""
    names: tuple[str, ...]
    """The name of each channel as a decision lists it in `blocked_by`."""
    has_resource: bool
    bounded: int
    """Whether the principal has a permissions boundary."""
    public: int | None
    """The channel of Block Public Access; None if it does not apply."""


def applies(layer: Layer, principal: Principal, *, rcps: bool) -> bool:
    """Return True if the layer applies to the principal; `rcps` says whether RCPs apply to the action.

    SCPs and RCPs do not apply to service-linked roles. They are taken to apply to a role that may be one.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    if layer.name in ("scp", "rcp") and (principal.linked == YES or (layer.name == "rcp" and not rcps)):
        return False
    return principal.kind in APPLIES_TO[layer.name]


def is_bounded(layers: Iterable[Layer]) -> int:
    """Return whether one of the layers is a permissions boundary: UNKNOWN if none of the boundaries was read."""
    boundaries = [policy for layer in layers if layer.name == "boundary" for policy in layer.policies]
    return max((UNKNOWN if policy.unread else YES for policy in boundaries), default=NO)


def plan_for(
    layers: tuple[Layer, ...],
    principal: Principal,
    relation: Relation,
    *,
    rcps: bool,
    public: int | None,
    barred: bool = False,
) -> Plan:
    """Return the plan for a kind of principal.

    `rcps` says whether RCPs apply to the action. `public` is what Block Public Access answers unless an ACL grant
    matches; None if it does not apply. `barred` says that AWS refuses the action to the root user.
    """
    bound = [layer for layer in layers if applies(layer, principal, rcps=rcps)]
    # The root user of the account may do everything that no policy denies.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
    start = [NO] * channels.FIRST_LIMIT
    if principal.kind in (ROOT, ACCOUNT):
        start[channels.IDENTITY] = YES
    names = ["deny", "identity", "resource", "resource", "resource"]
    placed: list[tuple[Layer, int]] = [
        (layer, channels.IDENTITY) for layer in bound if layer.name in ("identity", "resource")
    ]
    for layer in (layer for layer in bound if layer.name in LIMITS):
        placed.append((layer, len(start)))
        start.append(layer.start())
        names.append(layer.label)
    if principal.kind == FEDERATED and not any(layer.name == "session" for layer in bound):
        # A GetFederationToken session without a session policy has no permissions.
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        start.append(NO)
        names.append("session")
    first_guard = len(start)
    for layer in (layer for layer in bound if layer.name in GUARDS):
        placed.append((layer, len(start)))
        start.append(layer.start())
        names.append(layer.label)
    public_channel = None
    if public is not None:
        public_channel = len(start)
        start.append(public)
        names.append("block_public_access")
    if barred:
        start.append(NO)
        names.append("root_user")
    has_resource = any(layer.name == "resource" for layer in bound)
    bounded = is_bounded(bound)
    return Plan(relation, tuple(placed), tuple(start), first_guard, tuple(names), has_resource, bounded, public_channel)

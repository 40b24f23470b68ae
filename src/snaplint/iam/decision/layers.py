"""The layers of policies, all alike: what differs (whom a layer binds, what it starts from) is data.

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
from snaplint.iam.document.statement import ALLOW
from snaplint.iam.terms import channels
from snaplint.iam.terms.truth import NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.asked.principal import Principal
    from snaplint.iam.decision.relation import Relation
    from snaplint.iam.document.policy import Policy

EVERYBODY = INSIDERS | {SERVICE, CANONICAL, ANONYMOUS}
_WITH_POLICIES = frozenset({USER, ROLE, SESSION, FEDERATED})

BINDS: dict[str, frozenset[str]] = {
    "identity": _WITH_POLICIES,
    "resource": EVERYBODY,
    "boundary": _WITH_POLICIES,
    "session": _WITH_POLICIES,
    "endpoint": EVERYBODY,
    # Service principals, anonymous requesters and accounts of AWS's own belong to no account of the organization.
    "scp": INSIDERS,
    "rcp": EVERYBODY,
    "acl": EVERYBODY,
}
"""Whom a layer binds, by the kind of requester."""

LIMITS = ("boundary", "session")
GUARDS = ("endpoint", "scp", "rcp")


class Layer(NamedTuple):
    """Policies that are read as one: any Allow among them will do. `level` counts SCP and RCP levels from the root."""

    name: str
    policies: tuple[Policy, ...]
    level: int | None = None

    @property
    def label(self) -> str:
        """How a decision names the layer when it blocks."""
        return self.name if self.level is None else f"{self.name}[{self.level}]"

    def start(self) -> int:
        """What the layer says before any of its statements does.

        `RCPFullAWSAccess` is attached everywhere and cannot be detached, so a level that lists no Allow holds it
        all the same.
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
        """
        if self.name != "rcp":
            return NO
        return NO if any(each.effect == ALLOW for policy in self.policies for each in policy.statements) else YES


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
    bounded: bool
    """A permissions boundary binds the requester."""
    public: int | None
    """The channel of the public access block."""


NO_LAYER = Layer("", ())


def binds(layer: Layer, principal: Principal, *, rcps: bool) -> bool:
    """Whether the layer has a say in the request."""
    if layer.name in ("scp", "rcp") and (principal.linked or (layer.name == "rcp" and not rcps)):
        return False
    return principal.kind in BINDS[layer.name]


def plan(
    layers: tuple[Layer, ...], principal: Principal, relation: Relation, *, rcps: bool, public: int | None
) -> Plan:
    """Lay out the channels. `public` is what the public access block starts from, None where it has no say."""
    bound = [layer for layer in layers if binds(layer, principal, rcps=rcps)]
    # The account's root user may do everything that is not taken away.
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
    has_resource = any(layer.name == "resource" for layer in bound)
    bounded = any(layer.name == "boundary" for layer in bound)
    return Plan(relation, tuple(placed), tuple(start), first_guard, tuple(names), has_resource, bounded, public_channel)

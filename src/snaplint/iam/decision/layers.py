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
from snaplint.iam.terms.truth import NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.asked.principal import Principal
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
    """How to judge one sort of request: the layers that bind it, each with its slot, and what the slots start from."""

    relation: str
    layers: tuple[tuple[Layer, int], ...]
    start: tuple[int, ...]
    guards: int
    """The first slot that limits everybody."""
    names: tuple[str, ...]
    has_resource: bool
    bounded: bool
    """A permissions boundary binds the requester."""
    public: int | None
    """The slot of the public access block."""


NO_LAYER = Layer("", ())


def binds(layer: Layer, who: Principal, *, rcps: bool) -> bool:
    """Whether the layer has a say in the request."""
    if layer.name in ("scp", "rcp") and (who.linked or (layer.name == "rcp" and not rcps)):
        return False
    return who.kind in BINDS[layer.name]


def plan(layers: tuple[Layer, ...], who: Principal, relation: str, *, rcps: bool, public: int | None) -> Plan:
    """Lay out the slots. `public` is what the public access block starts from, None where it has no say."""
    bound = [layer for layer in layers if binds(layer, who, rcps=rcps)]
    # The account's root user may do everything that is not taken away.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
    start = [YES if who.kind in (ROOT, ACCOUNT) else NO, NO, NO, NO]
    names = ["identity", "resource", "resource", "resource"]
    placed: list[tuple[Layer, int]] = [(layer, 0) for layer in bound if layer.name in ("identity", "resource")]
    for layer in (layer for layer in bound if layer.name in LIMITS):
        placed.append((layer, len(start)))
        start.append(layer.start())
        names.append(layer.label)
    if who.kind == FEDERATED and not any(layer.name == "session" for layer in bound):
        # A GetFederationToken session without a session policy has no permissions.
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        start.append(NO)
        names.append("session")
    guards = len(start)
    for layer in (layer for layer in bound if layer.name in GUARDS):
        placed.append((layer, len(start)))
        start.append(layer.start())
        names.append(layer.label)
    slot = None
    if public is not None:
        slot = len(start)
        start.append(public)
        names.append("block_public_access")
    has_resource = any(layer.name == "resource" for layer in bound)
    bounded = any(layer.name == "boundary" for layer in bound)
    return Plan(relation, tuple(placed), tuple(start), guards, tuple(names), has_resource, bounded, slot)

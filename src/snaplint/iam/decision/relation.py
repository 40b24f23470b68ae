"""How the principal and the resource of a request are related.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from enum import IntEnum, auto

from snaplint.iam.asked.services import resource_must_allow, without_resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.asked.request import Request


class Relation(IntEnum):
    """How principal and resource are related, which decides whose policies must allow.

    The members are integers because they are part of dictionary keys on the hot path, where those of a plain `Enum`
    are slow to hash.
    """

    SAME_ACCOUNT = auto()
    RESOURCE_MUST_ALLOW = auto()
    """The same account, but the resource's own policy must allow in any case: KMS keys and role trust policies."""
    CROSS_ACCOUNT = auto()
    NO_ACCOUNT = auto()
    """The principal belongs to no account: a service, a canonical user ID or an anonymous caller."""


# The members as global names: in Python 3.11 they are slow to look up on the class.
SAME_ACCOUNT, RESOURCE_MUST_ALLOW, CROSS_ACCOUNT, NO_ACCOUNT = Relation


def relation_of(request: Request) -> Relation | None:
    """Return how principal and resource are related; None if the account that owns the resource is not known."""
    account = request.principal.account
    if account is None:
        return NO_ACCOUNT
    if request.account is None:
        if not without_resource(request.resource):
            return None
    elif request.account != account:
        return CROSS_ACCOUNT
    return RESOURCE_MUST_ALLOW if resource_must_allow(request.action, request.resource) else SAME_ACCOUNT

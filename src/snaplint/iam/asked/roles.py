"""The ARN of the role of a session, as far as the ARN of the session determines it: the latter lacks the path.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.arn import LINKED_PATH
from snaplint.iam.terms.truth import YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class RoleFields(Protocol):
        """What is needed to know of a session or role."""

        partition: str
        account: str | None
        name: str
        linked: int


SSO_PATH = "aws-reserved/sso.amazonaws.com/"
"""The path of the roles of IAM Identity Center, which is followed by the Region unless that is us-east-1.

https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""
_SSO_NAME = "AWSReservedSSO_"
_SSO_HOME = "us-east-1"
_OF_A_REGION = "abcdefghijklmnopqrstuvwxyz0123456789-"


class RoleArns(NamedTuple):
    """The ARNs that a role can have: `plain`, or one with more between `prefix` and `suffix`.

    `inner` are the characters of what is between them; None for any. `plain` is None if there must be more.
    """

    plain: str | None
    prefix: str
    suffix: str
    inner: str | None = None

    def match(self, arn: str) -> bool:
        """Return True if the role can have this ARN."""
        if arn == self.plain:
            return True
        if not arn.startswith(self.prefix) or not arn.endswith(self.suffix):
            return False
        inner = arn[len(self.prefix) : -len(self.suffix)]
        if not inner:
            return False
        return self.inner is None or not (inner.strip(self.inner) or inner == _SSO_HOME)


def role_arns(role: RoleFields) -> RoleArns:
    """Return the ARNs that a role can have of which partition, account and name are known."""
    head, name = f"arn:{role.partition}:iam::{role.account}:role/", role.name
    if role.linked == YES:
        return RoleArns(None, f"{head}{LINKED_PATH}", f"/{name}")
    if is_of_identity_center(name):
        prefix = f"{head}{SSO_PATH}"
        # us-east-1 is in the partition `aws`, so in the others there is always a Region.
        return RoleArns(f"{prefix}{name}" if role.partition == "aws" else None, prefix, f"/{name}", inner=_OF_A_REGION)
    return RoleArns(f"{head}{name}", head, f"/{name}")


def is_of_identity_center(name: str) -> bool:
    """Return True for the name of a role that IAM Identity Center creates: `AWSReservedSSO_PERMISSION-SET_SUFFIX`.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    permission_set, underscore, suffix = name.removeprefix(_SSO_NAME).rpartition("_")
    return name.startswith(_SSO_NAME) and bool(permission_set and underscore) and suffix.isalnum()


def looks_linked(name: str) -> bool:
    """Return True for the name that AWS gives service-linked roles. A role of yours may have such a name too.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    """
    return name.startswith("AWSServiceRoleFor")

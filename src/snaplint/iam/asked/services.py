"""Where single services differ from the general rules, each exception with its AWS page."""

from __future__ import annotations

from snaplint.iam.catalog.services import RCP_SERVICES, WITHOUT_RESOURCE
from snaplint.iam.terms.arn import parse_arn
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.iam.terms.states import Hidden, Reading


def asked_resource(action: str, partition: str) -> str:
    """Return the resource that policies are compared with if the request has `*`; the action is in lower case.

    For an action of `WITHOUT_RESOURCE` it is the literal `arn:<partition>:s3:::*`, which both forms that policies use
    match, and the ARN of a bucket does not.
    """
    return f"arn:{partition or 'aws'}:s3:::*" if action in WITHOUT_RESOURCE else "*"


def without_resource(resource: str) -> bool:
    """Return True if a request names no resource: it concerns the principal's own account (inferred)."""
    return resource == "*" or resource.endswith(":::*")


API_NAMES = {
    "s3:initiatemultipartupload": "s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:uploadpart": "s3:PutObject",
    "s3:completemultipartupload": "s3:PutObject",
    "s3:uploadpartcopy": "s3:PutObject",
    "s3:copyobject": "s3:PutObject",
    "s3:headobject": "s3:GetObject",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:listparts": "s3:ListMultipartUploadParts",
    "s3:listmultipartuploads": "s3:ListBucketMultipartUploads",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:headbucket": "s3:ListBucket",
    "s3:listbuckets": "s3:ListAllMyBuckets",
}
"""Names of S3 API calls that are not actions, with the action that authorises each. S3 refuses them in bucket policies.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


def rcps_apply(action: str) -> bool:
    """Return True if RCPs apply to the action, which is in lower case.

    They do not apply to services without RCP support, to `kms:RetireGrant`, and to AWS managed KMS keys. The latter
    cannot be recognized by the ARN of a key, so they are not exempted here.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#actions-not-restricted-by-rcps
    """
    return action.partition(":")[0] in RCP_SERVICES and action != "kms:retiregrant"


def root_may_call(action: str) -> bool:
    """Return True unless the root user of an account can never call the action, which is in lower case.

    A role cannot be assumed by the root user, whatever its trust policy says.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-console.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
    """
    return action != "sts:assumerole"


def resource_must_allow(action: str, resource: str) -> bool:
    """Return True if the resource's own policy must allow even in the same account: KMS keys and role trust policies.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    if not action.startswith(("kms:", "sts:")):
        return False
    service, arn = action.partition(":")[0], parse_arn(resource)
    if arn is None:
        return False
    return (service, arn.service, arn.resource.partition("/")[0]) in (("kms", "kms", "key"), ("sts", "iam", "role"))


OWNER_KEYS = ("aws:resourceaccount", "s3:resourceaccount")
"""The keys whose value is the account that owns the resource: twelve digits.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html (s3:ResourceAccount)
"""

_SSE = "s3:x-amz-server-side-encryption"
_SSE_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_KMS = ("aws:kms", "aws:kms:dsse")

LITERALS: dict[str, tuple[str, ...]] = {_SSE: ("AES256", *_KMS)}
"""Values of a key that `possible` distinguishes, whether or not a policy mentions them."""

LINKED_KEYS = frozenset({_SSE, _SSE_KEY})
"""The keys that `possible` reads."""


def possible(reading: Callable[[str], Reading | None]) -> bool:
    """Return True if a request can have these values together; `reading` returns those of a key, None if unknown.

    S3 accepts a KMS key ID only with the encryption `aws:kms` or `aws:kms:dsse`.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (x-amz-server-side-encryption-aws-kms-key-id)
    """
    key, encryption = reading(_SSE_KEY), reading(_SSE)
    if not key or encryption is None:
        return True
    return any(_may_be(item, name) for item in encryption for name in _KMS)


def _may_be(item: str | Hidden, name: str) -> bool:
    return item == name if isinstance(item, str) else item.equals(name) != NO

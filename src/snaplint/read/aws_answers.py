"""Outputs of the AWS CLI: for each, the route to the part that snaplint uses, or the fact in it.

A fact has three equivalent forms in a preflight file: the document itself, a path to it, and the unchanged output of
the command that reads it. Output shapes:
https://docs.aws.amazon.com/cli/latest/reference/
(s3api, iam, organizations, and those that describe snapshots).
"""

from __future__ import annotations

from snaplint.base.wording import did_you_mean, listed, nearest
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.iam.document.acl import ENABLED, ENFORCED, PERMISSIONS
from snaplint.operations.partitions import REGIONS, is_region, near_region
from snaplint.read.spelling import as_boolean, in_aws_spelling

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route

POLICY_WRAPPERS: tuple[Route, ...] = (
    ("PolicyVersion", "Document"),  # iam get-policy-version
    ("PolicyDocument",),  # iam get-role-policy, get-user-policy, get-group-policy
    ("Policy", "Content"),  # organizations describe-policy
    ("Policy",),  # s3api get-bucket-policy, kms get-key-policy
    ("Document",),  # PolicyVersion of get-policy-version
    ("Content",),  # Policy of describe-policy
)

_REGION_ANSWERS = "the output of get-bucket-location (LocationConstraint) or head-bucket (BucketRegion)"
_ENCRYPTION = "an object with SSEAlgorithm, or the output of get-bucket-encryption"

ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup")
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html (modelled)"""

OWNERSHIPS = (ENFORCED, *ENABLED)
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_OwnershipControlsRule.html (documented)"""


class UnexpectedAnswer(Exception):
    """A value is not the expected answer of AWS: what is `expected`, and the route inside the value to the fault."""

    def __init__(self, expected: str, route: Route = ()) -> None:
        super().__init__(expected)
        self.expected = expected
        self.route = route


def policy_route(value: object) -> Route:
    """Return the route to the policy in a value: `()` for a policy itself, else inside the output of the AWS CLI."""
    if isinstance(value, dict) and "Statement" not in value:
        for route in POLICY_WRAPPERS:
            inner: Any = value
            for step in route:
                inner = inner.get(step) if isinstance(inner, dict) else None
            # an object without statements under `Policy` is the description that iam get-policy prints
            if isinstance(inner, str) or (isinstance(inner, dict) and (route != ("Policy",) or "Statement" in inner)):
                return route
    return ()


def region(value: object) -> str:
    """Return the Region from the output of get-bucket-location or head-bucket, or the value itself.

    In the former, `EU` is eu-west-1, and null is us-east-1; old answers have an empty text for null.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    if isinstance(value, dict):
        member = next((name for name in ("LocationConstraint", "BucketRegion") if name in value), None)
        if member is None:
            raise UnexpectedAnswer(f"a Region or {_REGION_ANSWERS}")
        found = value[member]
        if member == "LocationConstraint" and found in (None, "", "EU"):
            return "eu-west-1" if found else "us-east-1"
        if not isinstance(found, str) or not is_region(found):
            raise UnexpectedAnswer(f"a Region or {_REGION_ANSWERS}", (member,))
        return found
    if value in (None, "None"):
        raise UnexpectedAnswer(
            "a Region such as us-east-1, not null, which the AWS CLI prints for us-east-1 as for a wrong --query: "
            f"use {_REGION_ANSWERS}"
        )
    text = value.strip().lower() if isinstance(value, str) else ""
    if text == "eu":
        return "eu-west-1"
    if text not in REGIONS:
        near = did_you_mean(near_region(text)) if text else ""
        raise UnexpectedAnswer(f"a Region such as us-east-1, or {_REGION_ANSWERS}{near}")
    return text


def ownership(value: object) -> str:
    """Return Object Ownership from the output of get-bucket-ownership-controls, or the value itself."""
    given = value
    if isinstance(value, dict):
        rule = next(_rules(value.get("OwnershipControls")), None)
        value = rule.get("ObjectOwnership") if rule is not None else None
    value = in_aws_spelling(value, OWNERSHIPS)
    if not isinstance(value, str) or value not in OWNERSHIPS:
        near = did_you_mean(nearest(given, OWNERSHIPS)) if isinstance(given, str) else ""
        raise UnexpectedAnswer(f"{listed(OWNERSHIPS, 'or')}, or the output of get-bucket-ownership-controls{near}")
    return value


def encryption_route(value: Mapping[str, Any]) -> Route | None:
    """Return the route to the default encryption in the output of get-bucket-encryption; `()` if that is the value.

    None if no rule has a default, as in a configuration that only blocks an encryption type. S3 then encrypts with its
    own keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html
    """
    if isinstance(value.get("SSEAlgorithm"), str):
        return ()
    rules = list(_rules(value.get("ServerSideEncryptionConfiguration")))
    for index, rule in enumerate(rules):
        default = rule.get("ApplyServerSideEncryptionByDefault")
        if isinstance(default, dict) and isinstance(default.get("SSEAlgorithm"), str):
            return ("ServerSideEncryptionConfiguration", "Rules", index, "ApplyServerSideEncryptionByDefault")
        if default is not None:
            raise UnexpectedAnswer(_ENCRYPTION)
    if not any("BlockedEncryptionTypes" in rule for rule in rules):
        raise UnexpectedAnswer(_ENCRYPTION)
    return None


def encryption(value: Mapping[str, Any], *, is_answer: bool) -> Mapping[str, Any]:
    """Return a default encryption in AWS's spelling; an empty key ID means that there is none.

    An answer of AWS may have an algorithm that is new.
    """
    algorithm = in_aws_spelling(value["SSEAlgorithm"], ALGORITHMS)
    if algorithm not in ALGORITHMS and not is_answer:
        near = did_you_mean(nearest(str(algorithm), ALGORITHMS))
        raise UnexpectedAnswer(f"an object with an SSEAlgorithm: {listed(ALGORITHMS, 'or')}{near}", ("SSEAlgorithm",))
    key = {} if value.get("KMSMasterKeyID") else {"KMSMasterKeyID": None}
    return {**value, **key, "SSEAlgorithm": algorithm}


def _rules(configuration: object) -> Iterator[Mapping[str, Any]]:
    rules = configuration.get("Rules") if isinstance(configuration, dict) else None
    yield from (rule for rule in rules if isinstance(rule, dict)) if isinstance(rules, list) else ()


def object_lock_route(value: Mapping[str, Any]) -> Route:
    """Return the route to the configuration in the output of get-object-lock-configuration; `()` if it is the value.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
    """
    inner = value.get("ObjectLockConfiguration", value)
    rule = inner.get("Rule", {}) if isinstance(inner, dict) else None
    retention = rule.get("DefaultRetention", {}) if isinstance(rule, dict) else None
    named = isinstance(inner, dict) and (inner is not value or not inner or "ObjectLockEnabled" in inner)
    if not named or not isinstance(retention, dict):
        raise UnexpectedAnswer("an object with ObjectLockEnabled, or the output of get-object-lock-configuration")
    return () if inner is value else ("ObjectLockConfiguration",)


def public_access_block_route(value: Mapping[str, Any]) -> Route:
    """Return the route to the four settings in the output of get-public-access-block; `()` if they are the value."""
    inner = value.get("PublicAccessBlockConfiguration", value)
    if not isinstance(inner, dict) or not all(
        isinstance(as_boolean(inner.get(name, False)), bool) for name in BLOCK_PUBLIC_ACCESS
    ):
        raise UnexpectedAnswer(
            "an object with the four settings, each true or false, or the output of get-public-access-block"
        )
    odd = next((name for name in inner if name not in BLOCK_PUBLIC_ACCESS), None)
    if odd is not None:
        raise UnexpectedAnswer(f"an object with {listed(BLOCK_PUBLIC_ACCESS)}", (odd,))
    return () if inner is value else ("PublicAccessBlockConfiguration",)


_GRANTEES = ("ID", "URI", "EmailAddress")
"""The members that say who a grantee is. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Grantee.html"""


def acl(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the output of get-bucket-acl, if its grants have the form of AWS, with permissions in AWS's spelling."""
    grants = value.get("Grants")
    if not isinstance(grants, list):
        raise UnexpectedAnswer("the output of get-bucket-acl: Owner and Grants")
    for index, grant in enumerate(grants):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if not isinstance(grantee, dict) or not isinstance(grant.get("Permission"), str):
            raise UnexpectedAnswer("a grant: Grantee and Permission", ("Grants", index))
        names = [grantee[name] for name in _GRANTEES if grantee.get(name) is not None]
        if not names or not all(isinstance(name, str) and name for name in names):
            raise UnexpectedAnswer(f"a grantee with {listed(_GRANTEES, 'or')}", ("Grants", index, "Grantee"))
    if all(grant["Permission"] in PERMISSIONS for grant in grants):
        return value
    return {**value, "Grants": [_spelt(grant, index) for index, grant in enumerate(grants)]}


def _spelt(grant: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    """Return a grant with its permission in AWS's spelling."""
    permission = in_aws_spelling(grant["Permission"], PERMISSIONS)
    if permission not in PERMISSIONS:
        near = did_you_mean(nearest(str(permission), PERMISSIONS))
        place = ("Grants", index, "Permission")
        raise UnexpectedAnswer(f"a grant with the Permission {listed(PERMISSIONS, 'or')}{near}", place)
    return {**grant, "Permission": permission}

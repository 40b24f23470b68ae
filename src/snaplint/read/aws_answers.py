"""Outputs of the AWS CLI: for each, the route to the part that snaplint uses, or the fact in it.

A fact has three equivalent forms in a preflight file: the document itself, a path to it, and the unchanged output of
the command that reads it. Output shapes:
https://docs.aws.amazon.com/cli/latest/reference/
(s3api, iam, organizations, and those that describe snapshots).
"""

from __future__ import annotations

from snaplint.base.wording import listed
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.operations.partitions import is_region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from snaplint.base.source import Route

POLICY_WRAPPERS: tuple[Route, ...] = (
    ("PolicyVersion", "Document"),  # iam get-policy-version
    ("PolicyDocument",),  # iam get-role-policy, get-user-policy, get-group-policy
    ("Policy", "Content"),  # organizations describe-policy
    ("Policy",),  # s3api get-bucket-policy
)

OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")


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
            if isinstance(inner, str | dict):
                return route
    return ()


def region(value: object) -> str:
    """Return the Region from the output of get-bucket-location: null is us-east-1, `EU` is eu-west-1.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    """
    if isinstance(value, dict):
        if "LocationConstraint" not in value:
            raise UnexpectedAnswer("a Region or the output of get-bucket-location (LocationConstraint)")
        value = value["LocationConstraint"]
        if value is None:
            return "us-east-1"
    if value == "EU":
        return "eu-west-1"
    if not isinstance(value, str) or not is_region(value):
        raise UnexpectedAnswer("a Region such as us-east-1, or the output of get-bucket-location (LocationConstraint)")
    return value


def ownership(value: object) -> str:
    """Return Object Ownership from the output of get-bucket-ownership-controls, or the value itself."""
    expected = f"{listed(OWNERSHIPS, 'or')}, or the output of get-bucket-ownership-controls"
    if isinstance(value, dict):
        rule = _first_rule(value.get("OwnershipControls"))
        value = rule.get("ObjectOwnership") if rule is not None else None
    if not isinstance(value, str) or value not in OWNERSHIPS:
        raise UnexpectedAnswer(expected)
    return value


def encryption_route(value: Mapping[str, Any]) -> Route:
    """Return the route to the default encryption in the output of get-bucket-encryption; `()` if that is the value."""
    if isinstance(value.get("SSEAlgorithm"), str):
        return ()
    rule = _first_rule(value.get("ServerSideEncryptionConfiguration"))
    default = rule.get("ApplyServerSideEncryptionByDefault") if rule is not None else None
    if not isinstance(default, dict) or not isinstance(default.get("SSEAlgorithm"), str):
        raise UnexpectedAnswer("an object with SSEAlgorithm, or the output of get-bucket-encryption")
    return ("ServerSideEncryptionConfiguration", "Rules", 0, "ApplyServerSideEncryptionByDefault")


def _first_rule(configuration: object) -> Mapping[str, Any] | None:
    rules = configuration.get("Rules") if isinstance(configuration, dict) else None
    return rules[0] if isinstance(rules, list) and rules and isinstance(rules[0], dict) else None


def public_access_block_route(value: Mapping[str, Any]) -> Route:
    """Return the route to the four settings in the output of get-public-access-block; `()` if they are the value."""
    inner = value.get("PublicAccessBlockConfiguration", value)
    if not isinstance(inner, dict) or not all(isinstance(inner.get(name, False), bool) for name in BLOCK_PUBLIC_ACCESS):
        raise UnexpectedAnswer(
            "an object with the four settings, each true or false, or the output of get-public-access-block"
        )
    odd = next((name for name in inner if name not in BLOCK_PUBLIC_ACCESS), None)
    if odd is not None:
        raise UnexpectedAnswer(f"an object with {listed(BLOCK_PUBLIC_ACCESS)}", (odd,))
    return () if inner is value else ("PublicAccessBlockConfiguration",)


def acl(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the output of get-bucket-acl, if its grants have the form of AWS."""
    grants = value.get("Grants")
    if not isinstance(grants, list):
        raise UnexpectedAnswer("the output of get-bucket-acl: Owner and Grants")
    for index, grant in enumerate(grants):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if not isinstance(grantee, dict) or not isinstance(grant.get("Permission"), str):
            raise UnexpectedAnswer("a grant: Grantee and Permission", ("Grants", index))
    return value

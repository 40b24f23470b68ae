"""Whether S3 considers a bucket policy public.

A policy is public unless each of its Allow statements is restricted to a principal or, by one of a list of condition
keys, to a fixed value, which has no wildcard or variable.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

from snaplint.iam.document.operators import parse_operator
from snaplint.iam.document.statement import DENY
from snaplint.iam.terms.truth import NO, UNKNOWN, any_of
from snaplint.iam.terms.values import network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.document.policy import Policy
    from snaplint.iam.document.statement import Statement

_FIXING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalservicename",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)
_ACCESS_POINT = "s3:dataaccesspointarn"
_WIDEST = {4: 32 - 8, 6: 128 - 32}
"""The most host bits that a fixed range of `aws:SourceIp` has, by IP version: /8 and /32."""


def is_public(policy: Policy | None) -> int:
    """Return whether the bucket policy is public; UNKNOWN if a statement that determines it cannot be read."""
    return any_of(_statement(statement) for statement in policy.statements) if policy is not None else NO


def _statement(statement: Statement) -> int:
    if statement.effect == DENY:
        return NO
    element = statement.principal_element
    if element is None or element.faulty:
        return UNKNOWN
    wide = element.excluded or any(entry.value == "*" or entry.type == "Federated" for entry in element.entries)
    if not wide or any(_fixes(*condition) for condition in statement.conditions):
        return NO
    return statement.cap


def _fixes(operator: str, key: str, values: tuple[str, ...]) -> bool:
    parsed = parse_operator(operator)
    if (
        parsed is None
        or parsed.operator.negated
        or parsed.if_exists
        or parsed.quantifier == "ForAllValues"
        or not values
    ):
        return False
    if parsed.operator.family == "ip":
        ranges = [network(value) for value in values] if key.lower() == "aws:sourceip" else [None]
        return all(range_ is not None and range_.host <= _WIDEST[range_.version] for range_ in ranges)
    if parsed.operator.family not in ("equals", "fold", "like", "arn") or key.lower() not in _FIXING:
        return False
    if key.lower() == _ACCESS_POINT:
        # The name of the access point may be a wildcard if its account is fixed.
        values = tuple(":".join(value.split(":")[:5]) if value.count(":") >= 5 else "*" for value in values)
    return not any(character in value for value in values for character in "*?$")

"""When S3 calls a bucket policy public.

A policy is public unless each of its Allow statements is tied to a fixed value, one without wildcard or variable: a
principal, or one of a list of condition keys.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

from snaplint.iam.document.operators import parse_operator
from snaplint.iam.document.statement import DENY
from snaplint.iam.terms.truth import NO, UNKNOWN
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
"""How many host bits a range of `aws:SourceIp` may have and still be fixed: /8 and /32."""


def is_public(policy: Policy | None) -> int:
    """Whether the bucket policy is public; `UNKNOWN` where a statement that decides it cannot be read."""
    return max((_statement(statement) for statement in policy.statements), default=NO) if policy is not None else NO


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
    found = parse_operator(operator)
    if found is None or found.operator.negated or found.if_exists or found.quantifier == "ForAllValues" or not values:
        return False
    if found.operator.family == "ip":
        ranges = [network(value) for value in values] if key.lower() == "aws:sourceip" else [None]
        return all(range_ is not None and range_.host <= _WIDEST[range_.version] for range_ in ranges)
    if found.operator.family not in ("equals", "fold", "like", "arn") or key.lower() not in _FIXING:
        return False
    if key.lower() == _ACCESS_POINT:
        # The name of the access point may be a wildcard, as long as its account is fixed.
        values = tuple(":".join(value.split(":")[:5]) if value.count(":") >= 5 else "*" for value in values)
    return not any(character in value for value in values for character in "*?$")

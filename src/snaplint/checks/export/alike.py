"""Requests that differ only in the name of the target: their rights are the same unless a policy tells the names apart.

A policy tells names apart if one of its statements names a part of what they stand for: `arn:aws:s3:::exports/daily-*`
names some object keys of a bucket, `arn:aws:s3:::exports/*` names all of them.
"""

from __future__ import annotations

from snaplint.facts import Bucket
from snaplint.iam import HOLE
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.checks.export.proposal import Proposal
    from snaplint.iam import Policy

MOST_STATEMENTS = 100
"""With more statements than this, it is not worth asking all of them, for every bucket, which names they tell apart."""


def have_same_grants(proposal: Proposal) -> bool:
    """Return True if the service that writes has the same rights at the bucket whatever the target is called."""
    bucket = proposal.bucket
    if not isinstance(bucket, Bucket) or not isinstance(bucket.region, str):
        return False
    return _all_alike(proposal.access.policies_at(bucket), [_objects(bucket.name, bucket.region)])


def have_same_rights(proposal: Proposal) -> bool:
    """Return True if the caller has the same rights, at S3 and for the call, whatever the target is called."""
    region, account, operation = proposal.facts.region, proposal.facts.account, proposal.operation
    target, bucket = operation.member("target"), proposal.bucket
    if not isinstance(region, str) or not isinstance(account, str) or target is None or target.condition_key:
        return False
    prefixes = [operation.arn("", region, account)]
    policies = [*proposal.access.policies_of_caller()]
    if proposal.request.is_export:
        prefixes.append(_objects(str(proposal.request.bucket), region))
        policies += proposal.access.policies_at(bucket) if isinstance(bucket, Bucket) else ()
    return _all_alike(policies, prefixes)


def _objects(bucket: str, region: str) -> str:
    return f"arn:{partition(region)}:s3:::{bucket}/"


def _all_alike(policies: Iterable[Policy], prefixes: list[str]) -> bool:
    statements = [statement for policy in policies for statement in policy.statements]
    if len(statements) > MOST_STATEMENTS or any(HOLE in prefix for prefix in prefixes):
        return False
    elements = [each.resource_element for each in statements if each.resource_element is not None]
    return all(element.same_below(prefix) for element in elements for prefix in prefixes)

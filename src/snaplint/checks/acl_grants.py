"""The grants of a bucket ACL that were meant for ElastiCache.

Canonical user IDs and what each permission allows:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html
"""

from __future__ import annotations

from typing import NamedTuple

from snaplint import elasticache
from snaplint.verdict import Blame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.facts import Bucket


class Grant(NamedTuple):
    """One grant: its number in the ACL, from 0, the grantee's ID or e-mail address, and the permission."""

    number: int
    grantee: str
    permission: str


def grants_to_elasticache(bucket: Bucket) -> Iterator[Grant]:
    """Grants to any of the accounts that ElastiCache's guides have named, in whichever partition."""
    grants = bucket.acl.get("Grants") if isinstance(bucket.acl, dict) else None
    for index, grant in enumerate(grants if isinstance(grants, list) else ()):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if not isinstance(grantee, dict):
            continue
        name = grantee.get("ID") or grantee.get("EmailAddress")
        if name in elasticache.EXPORT_CANONICAL_IDS or name == elasticache.OLD_GRANTEE_EMAIL:
            yield Grant(index, str(name), str(grant.get("Permission")))


def with_ids(acl: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ACL with the old e-mail address of ElastiCache's account as the canonical user ID that it stands for."""
    return {**acl, "Grants": [_with_id(grant) for grant in acl.get("Grants") or []]}


def _with_id(grant: Any) -> Any:
    grantee = grant.get("Grantee") if isinstance(grant, dict) else None
    if isinstance(grantee, dict) and grantee.get("EmailAddress") == elasticache.OLD_GRANTEE_EMAIL:
        return {**grant, "Grantee": {"ID": elasticache.COMMERCIAL_ID, "Type": "CanonicalUser"}}
    return grant


def as_blame(bucket: Bucket, grant: Grant) -> Blame:
    """A grant as a place to look at."""
    route = (*bucket.route, "acl", "Grants", grant.number)
    return Blame(route, "bucket ACL", f"grants {grant.permission} to `{shortened(grant.grantee)}`")


def misdirected(bucket: Bucket, permission: str, expected: str) -> Iterator[Blame]:
    """Grants of a permission to an account that ElastiCache does not use here."""
    for grant in grants_to_elasticache(bucket):
        if (
            grant.permission in (permission, "FULL_CONTROL")
            and shortened(grant.grantee) not in expected
            and "@" not in grant.grantee
        ):
            blame = as_blame(bucket, grant)
            yield blame._replace(text=f"{blame.text}, which ElastiCache does not use here")


def shortened(grantee: str) -> str:
    """The beginning of a canonical user ID, enough to tell ElastiCache's few apart; an e-mail address in full."""
    return grantee if "@" in grantee else f"{grantee[:8]}…"

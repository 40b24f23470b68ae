"""The grants of a bucket ACL that were meant for the service that writes.

Canonical user IDs and what each permission allows:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.findings.verdict import Blame
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.facts import Bucket
    from snaplint.operations.export_service import ExportService


class Grant(NamedTuple):
    """One grant: its number in the ACL, from 0, the grantee's ID or e-mail address, and the permission."""

    number: int
    grantee: str
    permission: str


def grants_to(writer: ExportService, bucket: Bucket) -> Iterator[Grant]:
    """Yield the grants to any of the accounts that AWS's guides have named for a service, in whichever partition."""
    grants = bucket.acl.get("Grants") if isinstance(bucket.acl, dict) else None
    for index, grant in enumerate(grants if isinstance(grants, list) else ()):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if not isinstance(grantee, dict):
            continue
        name = grantee.get("ID") or grantee.get("EmailAddress")
        if isinstance(name, str) and writer.is_account(name):
            yield Grant(index, name, str(grant.get("Permission")))


class Held(NamedTuple):
    """Whether an account holds a permission by the bucket ACL: YES, NO, or UNKNOWN, which depends on `needs`."""

    truth: int
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()


def held(bucket: Bucket, writer: ExportService, identifier: str, permission: str) -> Held:
    """Whether the ACL gives a permission (or FULL_CONTROL) to a canonical user ID, and ACLs are enabled.

    They are disabled only where the ownership controls say BucketOwnerEnforced; a bucket known to have none has not
    disabled them (inferred from https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).
    """
    if bucket.ownership == "BucketOwnerEnforced" or bucket.acl is None:
        return Held(NO)
    ownership = bucket.ownership.needs if isinstance(bucket.ownership, Unknown) else ()
    if isinstance(bucket.acl, Unknown):
        return Held(UNKNOWN, needs=(*bucket.acl.needs, *ownership))
    grants = [
        as_blame(bucket, grant)
        for grant in grants_to(writer, bucket)
        if grant.permission in (permission, "FULL_CONTROL") and writer.is_same_account(grant.grantee, identifier)
    ]
    if not grants:
        return Held(NO)
    return Held(UNKNOWN if ownership else YES, tuple(grants), ownership)


def as_blame(bucket: Bucket, grant: Grant) -> Blame:
    """A grant as a place to look at."""
    route = (*bucket.route, "acl", "Grants", grant.number)
    return Blame(route, "bucket ACL", f"grants {grant.permission} to `{shortened(grant.grantee)}`")


def misdirected(bucket: Bucket, writer: ExportService, permission: str, expected: tuple[str, ...]) -> Iterator[Blame]:
    """Yield the grants of a permission to an account of the service's that is none of the `expected`."""
    for grant in grants_to(writer, bucket):
        wrong = not any(writer.is_same_account(grant.grantee, identifier) for identifier in expected)
        if wrong and grant.permission in (permission, "FULL_CONTROL"):
            blame = as_blame(bucket, grant)
            yield blame._replace(text=f"{blame.text}, which {writer.name} does not use here")


def shortened(grantee: str) -> str:
    """The beginning of a canonical user ID, enough to tell a service's few apart; an e-mail address in full."""
    return grantee if "@" in grantee else f"{grantee[:8]}…"

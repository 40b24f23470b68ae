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


class WriterGrant(NamedTuple):
    """One grant to the service: its index in the ACL (`number`), the grantee's ID or e-mail address, the permission."""

    number: int
    grantee: str
    permission: str


def grants_to(writer: ExportService, bucket: Bucket) -> Iterator[WriterGrant]:
    """Yield the ACL's grants to any account that AWS's guides have named for the service, in any partition."""
    grants = bucket.acl.get("Grants") if isinstance(bucket.acl, dict) else None
    for index, grant in enumerate(grants if isinstance(grants, list) else ()):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if not isinstance(grantee, dict):
            continue
        name = grantee.get("ID") or grantee.get("EmailAddress")
        if isinstance(name, str) and writer.has_account(name):
            yield WriterGrant(index, name, str(grant.get("Permission")))


class AclAnswer(NamedTuple):
    """Whether the bucket ACL grants an account a permission: YES, NO, or UNKNOWN, which depends on `needs`."""

    truth: int
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()


def granted_by_acl(bucket: Bucket, writer: ExportService, canonical_id: str, permission: str) -> AclAnswer:
    """Return whether the ACL grants the account a permission (or FULL_CONTROL) and ACLs are enabled.

    Only BucketOwnerEnforced disables ACLs; a bucket known to have no ownership controls has not disabled them
    (inferred from https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).
    """
    if bucket.ownership == "BucketOwnerEnforced" or bucket.acl is None:
        return AclAnswer(NO)
    ownership = bucket.ownership.needs if isinstance(bucket.ownership, Unknown) else ()
    if isinstance(bucket.acl, Unknown):
        return AclAnswer(UNKNOWN, needs=(*bucket.acl.needs, *ownership))
    grants = [
        as_blame(bucket, grant)
        for grant in grants_to(writer, bucket)
        if grant.permission in (permission, "FULL_CONTROL") and writer.is_same_account(grant.grantee, canonical_id)
    ]
    if not grants:
        return AclAnswer(NO)
    return AclAnswer(UNKNOWN if ownership else YES, tuple(grants), ownership)


def as_blame(bucket: Bucket, grant: WriterGrant) -> Blame:
    """Return a grant as a blame at its route."""
    route = (*bucket.route, "acl", "Grants", grant.number)
    return Blame(route, "bucket ACL", f"grants {grant.permission} to `{shortened(grant.grantee)}`")


def misdirected(bucket: Bucket, writer: ExportService, permission: str, expected: tuple[str, ...]) -> Iterator[Blame]:
    """Yield the grants of a permission to an account of the service that is none of the `expected` ones."""
    for grant in grants_to(writer, bucket):
        wrong = not any(writer.is_same_account(grant.grantee, canonical_id) for canonical_id in expected)
        if wrong and grant.permission in (permission, "FULL_CONTROL"):
            blame = as_blame(bucket, grant)
            yield blame._replace(text=f"{blame.text}, which {writer.name} does not use in {bucket.region}")


def shortened(grantee: str) -> str:
    """Return the first 8 characters of a canonical user ID, which distinguish a service's few; e-mails in full."""
    return grantee if "@" in grantee else f"{grantee[:8]}…"

"""The grants of a bucket ACL that were meant for the service that writes.

Canonical user IDs and what each permission allows:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.findings.verdict import Blame
from snaplint.iam.document.acl import ENFORCED, EVERYONE, GRANTED_TO_OTHERS
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snaplint.facts import Bucket
    from snaplint.operations.export_service import ExportService


class WriterGrant(NamedTuple):
    """One grant that the service has: its index in the ACL, the grantee and the permission.

    The grantee is an account's ID or e-mail address, or the URI of a group.
    """

    number: int
    grantee: str
    permission: str


def grants_to(writer: ExportService, bucket: Bucket) -> Iterator[WriterGrant]:
    """Yield the ACL's grants to any account that AWS's guides have named for the service, in any partition."""
    for index, grantee, permission in _grants(bucket):
        name = grantee.get("ID") or grantee.get("EmailAddress")
        if isinstance(name, str) and writer.has_account(name):
            yield WriterGrant(index, name, permission)


def grants_to_everyone(bucket: Bucket) -> Iterator[WriterGrant]:
    """Yield the ACL's grants to the groups that contain every account, and so the service's."""
    for index, grantee, permission in _grants(bucket):
        uri = grantee.get("URI")
        if isinstance(uri, str) and uri in EVERYONE:
            yield WriterGrant(index, uri, permission)


def _grants(bucket: Bucket) -> Iterator[tuple[int, Mapping[str, object], str]]:
    """Yield the index, the grantee and the permission of each grant of the ACL, as far as it is provided."""
    grants = bucket.acl.get("Grants") if isinstance(bucket.acl, dict) else None
    for index, grant in enumerate(grants if isinstance(grants, list) else ()):
        grantee = grant.get("Grantee") if isinstance(grant, dict) else None
        if isinstance(grantee, dict):
            yield index, grantee, str(grant.get("Permission"))


class AclAnswer(NamedTuple):
    """Whether the bucket ACL grants an account a permission: YES, NO, or UNKNOWN, which depends on `needs`.

    `assumes` names facts that are not provided and are assumed to have no effect.
    """

    truth: int
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()


def granted_by_acl(bucket: Bucket, writer: ExportService, canonical_id: str, permission: str) -> AclAnswer:
    """Return whether the ACL grants the account, or a group that contains it, a permission or FULL_CONTROL."""
    own = [
        as_blame(bucket, grant)
        for grant in grants_to(writer, bucket)
        if grant.permission in (permission, "FULL_CONTROL")
        and writer.is_same_account(grant.grantee, canonical_id)
        and not _is_refused(bucket, grant.grantee)
    ]
    return _in_effect(bucket, own) if own else granted_to_groups(bucket, permission)


def granted_to_groups(bucket: Bucket, permission: str) -> AclAnswer:
    """Return whether the ACL grants everyone a permission or FULL_CONTROL, and Block Public Access does not ignore it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
    """
    grants = [
        as_blame(bucket, grant)
        for grant in grants_to_everyone(bucket)
        if grant.permission in (permission, "FULL_CONTROL")
    ]
    ignored = ignores_groups(bucket)
    answer = _in_effect(bucket, [] if ignored else grants)
    if answer.truth == NO or not grants:
        return answer
    if ignored is not None:
        return answer._replace(assumes=bucket.assumes)
    return AclAnswer(UNKNOWN, answer.because, (*answer.needs, *needs_of_block(bucket)))


def ignores_groups(bucket: Bucket) -> bool | None:
    """Return whether Block Public Access ignores the ACL's grants to everyone; None if that is not known."""
    block = bucket.public_access_block
    if isinstance(block, Unknown):
        return None
    ignored = False if block is None else block.get("IgnorePublicAcls")
    return ignored if isinstance(ignored, bool) else None


def may_grant_to_everyone(bucket: Bucket, action: str) -> bool:
    """Return True if the ACL is unknown, and could grant an action to every account."""
    return (
        isinstance(bucket.acl, Unknown)
        and action.lower() in GRANTED_TO_OTHERS
        and bucket.ownership != ENFORCED
        and not ignores_groups(bucket)
    )


def needs_of_block(bucket: Bucket) -> tuple[str, ...]:
    """Return what would supply the settings of Block Public Access that are not provided."""
    block = bucket.public_access_block
    return block.needs if isinstance(block, Unknown) else (f"buckets.{bucket.name}.public_access_block",)


def _in_effect(bucket: Bucket, grants: list[Blame]) -> AclAnswer:
    """Return whether grants of the ACL are in effect, and whether there may be any if the ACL is not known.

    Only BucketOwnerEnforced disables ACLs; a bucket known to have no ownership controls has not disabled them
    (inferred from https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).
    """
    if bucket.ownership == "BucketOwnerEnforced" or bucket.acl is None:
        return AclAnswer(NO)
    ownership = bucket.ownership.needs if isinstance(bucket.ownership, Unknown) else ()
    if isinstance(bucket.acl, Unknown):
        return AclAnswer(UNKNOWN, needs=(*bucket.acl.needs, *ownership))
    if not grants:
        return AclAnswer(NO)
    return AclAnswer(UNKNOWN if ownership else YES, tuple(grants), ownership)


def _is_refused(bucket: Bucket, grantee: str) -> bool:
    """Return True for an e-mail address in an ACL that is only proposed: S3 refuses to set it since October 2025.

    Answers of get-bucket-acl always have the owner. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
    """
    return "@" in grantee and isinstance(bucket.acl, dict) and "Owner" not in bucket.acl


def names_account(bucket: Bucket, canonical_id: str) -> bool:
    """Return True if an Allow of the bucket policy names this canonical user ID."""
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return False
    return any(
        statement.effect == "Allow" and ("CanonicalUser", canonical_id) in statement.principals
        for statement in bucket.policy.compiled("resource").statements
    )


def as_blame(bucket: Bucket, grant: WriterGrant) -> Blame:
    """Return a grant as a blame at its route."""
    route = (*bucket.route, "acl", "Grants", grant.number)
    return Blame(route, "bucket ACL", f"grants {grant.permission} to `{shortened(grant.grantee)}`")


def misdirected(bucket: Bucket, writer: ExportService, permission: str, expected: tuple[str, ...]) -> Iterator[Blame]:
    """Yield the grants of a permission to an account of the service that is none of the `expected` ones."""
    for grant in grants_to(writer, bucket):
        wrong = not any(writer.is_same_account(grant.grantee, canonical_id) for canonical_id in expected)
        refused = _is_refused(bucket, grant.grantee)
        if (wrong or refused) and grant.permission in (permission, "FULL_CONTROL"):
            blame = as_blame(bucket, grant)
            why = f"which {writer.name} does not use in {bucket.region}"
            if refused:
                why = "which S3 refuses since 1 October 2025: name the canonical user ID"
            yield blame._replace(text=f"{blame.text}, {why}")
    yield from _misdirected_by_policy(bucket, writer, expected)


def _misdirected_by_policy(bucket: Bucket, writer: ExportService, expected: tuple[str, ...]) -> Iterator[Blame]:
    """Yield the Allows of the bucket policy that name an account of the service by another canonical user ID."""
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return
    for statement in bucket.policy.compiled("resource").statements:
        for kind, name in statement.principals if statement.effect == "Allow" else ():
            if kind == "CanonicalUser" and writer.has_account(name) and name not in expected:
                text = f"names `{shortened(name)}`, which {writer.name} does not use in {bucket.region}"
                route = (*bucket.route, "policy", *statement.route, "Principal")
                yield Blame(route, "bucket policy", text, statement.sid, "Allow")


def shortened(grantee: str) -> str:
    """Return the first 8 characters of a canonical user ID, which distinguish a service's few; a group by its name."""
    if grantee in EVERYONE:
        return grantee.rpartition("/")[2]
    return grantee if "@" in grantee else f"{grantee[:8]}…"

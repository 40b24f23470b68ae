"""The service that writes an export to a bucket: its names in bucket policies and ACLs, and the rights it needs."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.partitions import dns_suffix, is_opt_in, partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET_ACTIONS = frozenset(
    (
        "s3:ListBucket",
        "s3:GetBucketAcl",
        "s3:ListBucketMultipartUploads",
        "s3:GetBucketLocation",
        "s3:ListBucketVersions",
    )
)
"""The S3 actions used here whose resource is the bucket; the others apply to its objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


class ExportService(NamedTuple):
    """A service that writes exports, as data.

    `name` is the service in messages. `host` is the part of its service principal between Region and suffix. `word` is
    a part of every principal, right or wrong, that is meant for the service. `permissions` maps the permissions in
    AWS's messages to one action each, in the order of the messages. `actions` is the whole grant that AWS documents.
    `accounts` maps a Region or, failing that, a partition to the canonical user IDs of the service's accounts, the
    expected one first. `emails` maps e-mail addresses of such accounts to canonical user IDs. `resources` is a template
    of `partition`, `region` and `account` for the beginning of the ARNs of its resources. `called_via` are the names
    that it may have in `aws:CalledVia`; empty if they are not known.
    """

    name: str
    host: str
    word: str
    permissions: Mapping[str, str]
    actions: tuple[str, ...]
    accounts: Mapping[str, tuple[str, ...]]
    emails: Mapping[str, str]
    resources: str
    called_via: tuple[str, ...] = ()

    def principals(self, region: str) -> tuple[str, ...]:
        """Return the names of which one is the service principal that writes in a Region.

        There is one if the partition's suffix is `amazonaws.com` (documented). For other partitions AWS does not
        publish whether the name has the partition's own suffix or `amazonaws.com`. Both are returned, and a grant to
        one of them may be a grant to the wrong one.
        """
        own = f"{region}.{self.host}.{dns_suffix(region)}"
        common = f"{region}.{self.host}.amazonaws.com"
        return (own,) if own == common else (own, common)

    def canonical_ids(self, region: str, opt_in: bool | None = None) -> tuple[str, ...]:
        """Return the canonical user IDs to which a bucket ACL may grant in a Region, the expected one first.

        There is none in Regions that an account has to enable: for those, AWS documents the bucket policy alone.
        `opt_in` is AWS's answer for the Region; with None, the table of Regions decides.
        """
        if partition(region) == "aws" and (is_opt_in(region) if opt_in is None else opt_in):
            return ()
        return self.accounts.get(region) or self.accounts.get(partition(region), ())

    def has_account(self, grantee: str) -> bool:
        """Return True if a grantee of an ACL is one of the service's accounts, in any partition."""
        return grantee in self.emails or any(grantee in known for known in self.accounts.values())

    def is_same_account(self, grantee: str, identifier: str) -> bool:
        """Return True if a grantee is the account with this canonical user ID, by its ID or its e-mail address."""
        return grantee == identifier or self.emails.get(grantee) == identifier

    def is_meant_by(self, kind: str, name: str) -> bool:
        """Return True if an entry of a Principal element is meant for the service, rightly or wrongly named."""
        return kind == "Service" and self.word in name.lower()

    def source_prefix(self, region: str, account: str) -> str:
        """Return the beginning of the ARNs of the resources for which the service may act."""
        return self.resources.format(partition=partition(region), region=region, account=account)

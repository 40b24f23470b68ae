"""The service that writes an export into a bucket: the names under which policies and ACLs let it in, and its needs."""

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
"""The S3 actions used here whose resource is the bucket; all others act on its objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


class ExportService(NamedTuple):
    """A service that writes exports, as data.

    `name` is the service in prose. `host` is the part of its service principal between Region and suffix, and `word`
    a part of every name, right or wrong, that was written with the service in mind. `permissions` maps the permissions
    of AWS's messages to the action that stands for each, in the order of the messages; `actions` is the grant that AWS
    documents, whole. `accounts` holds the canonical user IDs of its accounts by Region or else by partition, the
    expected one first; `emails` the e-mail form of some. `resources` begins the ARNs of its resources.
    """

    name: str
    host: str
    word: str
    permissions: Mapping[str, str]
    actions: tuple[str, ...]
    accounts: Mapping[str, tuple[str, ...]]
    emails: Mapping[str, str]
    resources: str

    def principals(self, region: str) -> tuple[str, ...]:
        """Return the service principals that may write in a Region, the expected one first.

        One name where the partition's suffix is `amazonaws.com` (documented). Elsewhere AWS does not publish whether
        the name takes the partition's own suffix or `amazonaws.com`: both come back, and only the first may be relied
        on.
        """
        own = f"{region}.{self.host}.{dns_suffix(region)}"
        common = f"{region}.{self.host}.amazonaws.com"
        return (own,) if own == common else (own, common)

    def canonical_ids(self, region: str, opt_in: bool | None = None) -> tuple[str, ...]:
        """Return the canonical user IDs that a bucket ACL may grant to in a Region, the expected one first.

        None in Regions that an account has to enable first: AWS documents the policy alone for those. `opt_in` is what
        AWS says of the Region; None goes by the table of Regions.
        """
        if partition(region) == "aws" and (is_opt_in(region) if opt_in is None else opt_in):
            return ()
        return self.accounts.get(region) or self.accounts.get(partition(region), ())

    def has_account(self, grantee: str) -> bool:
        """True if a grantee of an ACL is one of the service's accounts, in whichever partition."""
        return grantee in self.emails or any(grantee in known for known in self.accounts.values())

    def is_same_account(self, grantee: str, identifier: str) -> bool:
        """True if a grantee is the account with this canonical user ID, by the ID or by its e-mail address."""
        return grantee == identifier or self.emails.get(grantee) == identifier

    def is_meant_by(self, kind: str, name: str) -> bool:
        """True if an entry of a Principal element was written with the service in mind, rightly or wrongly."""
        return kind == "Service" and self.word in name.lower()

    def source_prefix(self, region: str, account: str) -> str:
        """Return what the ARN of a resource for which the service may act begins with."""
        return self.resources.format(partition=partition(region), region=region, account=account)

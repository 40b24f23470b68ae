"""The buckets: whether they exist, which account owns them, and each setting that can make an export fail.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

import re
from functools import partial

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import Gone, Unread, contradiction
from snaplint.collect.documents import document, plain
from snaplint.collect.identity import caller_identity
from snaplint.collect.kms import key_policy
from snaplint.collect.own_buckets import own_bucket
from snaplint.collect.paging import names_more
from snaplint.collect.prefetch import Prefetch
from snaplint.collect.public_access import block
from snaplint.collect.read_table import TABLE
from snaplint.operations.partitions import partition
from snaplint.read import aws_answers
from snaplint.read.aws_answers import UnexpectedAnswer
from snaplint.read.tags import abac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from snaplint.collect.aws_reads import Answer, AwsReads

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]\Z")
_RESERVED_ENDINGS = ("--x-s3", "-s3alias", "--ol-s3", ".mrap", "--table-s3")
"""Endings that S3 reserves for directory buckets, table buckets and aliases of access points.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


class Head(NamedTuple):
    """The answer for a bucket that exists: its Region, if S3 names it, and whether only a redirect names it."""

    region: str | None
    is_redirect: bool = False


class BucketFacts:
    """Reads one bucket, and the keys in it under each of the prefixes."""

    def __init__(self, reads: AwsReads, name: str, prefixes: Iterable[str]) -> None:
        self.name = name
        self._reads = reads
        self._prefixes = sorted(set(prefixes))
        self._settings: dict[str, Callable[[], object]] = {
            "region": self.region,
            "account": self.account,
            "policy": self.policy,
            "acl": self.acl,
            "ownership": self.ownership,
            "encryption": self.encryption,
            "encryption_key_policy": self.encryption_key_policy,
            "public_access_block": self.public_access_block,
            "object_lock": self.object_lock,
            "tags": self.tags,
            "abac": self.abac,
            "keys": self.keys,
        }
        if not self._prefixes:  # an empty list would mean that the bucket is empty
            del self._settings["keys"]

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetch of whether the bucket exists; it returns those of the settings."""
        return [Prefetch(f"bucket {self.name}", self._prefetch_settings)] if _may_be_a_bucket(self.name) else []

    def _prefetch_settings(self) -> list[Prefetch]:
        if not self.exists():
            return []
        listings = [Prefetch(f"keys of {self.name}", partial(self._listing, prefix)) for prefix in self._prefixes]
        settings = ((field, read) for field, read in self._settings.items() if field != "keys")
        return [*(Prefetch(f"{field} of {self.name}", read) for field, read in settings), *listings]

    def facts(self) -> object:
        """Return the bucket's facts; None if it does not exist."""
        if not _may_be_a_bucket(self.name):
            return {"unknown": f"`{self.name}` is not the name of a general purpose bucket, and was not looked up"}
        try:
            if not self.exists():
                return None
            return {field: self._reads.fact(read) for field, read in self._settings.items()}
        except Gone as gone:
            return {"unknown": self._gone_meanwhile(gone)}
        except Unread as unread:
            if unread.refused is not None:  # none of the settings was read
                unread.refused = unread.refused._replace(opens=_SETTINGS)
            return self._reads.unknown(unread)

    def _gone_meanwhile(self, gone: Gone) -> str:
        """Return why it is unknown whether there is a bucket of which one read answers that there is none.

        It may have been deleted between two reads.
        """
        try:
            shown = "HeadBucket answers that it exists" if self._head() is not None else _LISTED
        except Unread:
            shown = _LISTED if self._is_listed() else "GetBucketLocation answers where it is"
        return contradiction(f"bucket `{self.name}`", shown, f"{gone.operation} that there is no such bucket")

    # -- existence and Region

    def exists(self) -> bool:
        """Return True if the bucket exists, in whichever account. Raises Unread, or Gone.

        A deleted bucket may still be listed for a while:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel

        A refusal alone does not show that the bucket exists:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html ("a generic 400 Bad Request, 403 Forbidden,
        or 404 Not Found")
        """
        try:
            head = self._head()
        except Unread as unread:
            if self._is_listed():
                return True
            try:
                self._location()
            except Gone:
                return False
            except Unread:
                raise unread from None
            return True
        if head is None and self._is_listed():
            missing = "HeadBucket answers that there is no such bucket"
            raise Unread(contradiction(f"bucket `{self.name}`", missing, _LISTED))
        return head is not None

    def region(self) -> str:
        """Return the bucket's Region. Raises Unread, also if two reads name different Regions."""
        named = self._named_regions()
        regions = [*dict.fromkeys(named.values())]
        if len(regions) > 1:
            first, second = (next(read for read in named if named[read] == region) for region in regions[:2])
            here, there = f"{first} answers that it is in {regions[0]}", f"{second} that it is in {regions[1]}"
            raise Unread(contradiction(f"the Region of bucket `{self.name}`", here, there))
        return regions[0] if regions else self._location()

    def _head(self, **expected: str) -> Head | None:
        """Return what HeadBucket answers; None if there is no such bucket. Raises Unread.

        S3 names the Region even if it refuses the read or redirects it.
        """
        try:
            answer = self._reads.one("s3:HeadBucket", Bucket=self.name, **expected)
        except Unread as unread:
            if unread.error.status == 404:
                return None
            if unread.error.status in _OF_S3 and self._is_region(unread.region) and not expected:
                return Head(unread.region, is_redirect=unread.error.kind != "refused")
            raise
        region = answer.get("BucketRegion")
        return Head(region if self._is_region(region) else None)

    def _is_listed(self) -> bool:
        try:
            return own_bucket(self._reads, self.name) is not None
        except Unread:
            return False

    def _named_regions(self) -> dict[str, str]:
        """Return the Regions that the reads name, by the operation. Raises Gone.

        HeadBucket and ListBuckets are sent in any case. GetBucketLocation is sent too if HeadBucket names the Region
        only in a redirect.
        """
        named: dict[str, str] = {}
        try:
            head = self._head()
        except Unread:
            head = None
        if head is not None and head.region:
            named["HeadBucket"] = head.region
            if head.is_redirect:
                try:
                    named["GetBucketLocation"] = self._location()
                except Gone:
                    raise
                except Unread:
                    pass  # one Region is named
        try:
            listed = own_bucket(self._reads, self.name)
        except Unread:
            return named
        if listed is not None and listed.region is not None and self._is_region(listed.region):
            named["ListBuckets"] = listed.region
        return named

    def _location(self) -> str:
        """Return the Region that GetBucketLocation answers. Raises Unread.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
        """
        answer = self._read("s3:GetBucketLocation", region=self._reads.connection.region)
        region: str = self._fitting("s3:GetBucketLocation", aws_answers.region, answer)
        if not self._is_in_partition(region):
            raise self._reads.unparsable("s3:GetBucketLocation", Bucket=self.name)
        return region

    def _is_region(self, text: object) -> bool:
        return _is_region(text) and self._is_in_partition(str(text))

    def _is_in_partition(self, region: str) -> bool:
        """Return True for a Region in the partition of the call, which sees the buckets of no other.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
        """
        return partition(region) == self._reads.connection.partition

    # -- the owner

    def account(self) -> object:
        """Return the account that owns the bucket, or `{"other_than": account}`. Raises Unread.

        ListBuckets names all buckets of the caller's account. If it fails, `_is_owned_by` is the second way:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
        """
        account = caller_identity(self._reads).account
        try:
            is_own = own_bucket(self._reads, self.name) is not None
        except Unread as unread:
            is_own = self._is_owned_by(account, unread)
        return account if is_own else {"other_than": account}

    def _is_owned_by(self, account: str, unread: Unread) -> bool:
        """Return True if S3 answers a HeadBucket with this ExpectedBucketOwner, False if it refuses only that.

        Raises `unread`, why ListBuckets failed, if HeadBucket shows neither.
        """
        try:
            self._reads.one("s3:HeadBucket", Bucket=self.name)
        except Unread:
            raise unread from None
        try:
            self._reads.one("s3:HeadBucket", Bucket=self.name, ExpectedBucketOwner=account)
        except Unread as other:
            if other.error.status == 403:
                return False
            raise unread from None
        return True

    # -- settings

    def policy(self) -> object:
        """Return the bucket policy; None if there is none. Raises Unread."""
        answer = self._read("s3:GetBucketPolicy")
        return None if answer is None else document(answer["Policy"], "s3:GetBucketPolicy")

    def acl(self) -> object:
        """Return the ACL. Raises Unread."""
        answer = self._read("s3:GetBucketAcl") or {}
        acl: Any = plain({member: answer.get(member) for member in ("Owner", "Grants")})
        for item in (acl, *acl["Grants"]):
            # display names may be names of people; S3 has mostly stopped sending them
            for member in ("Owner", "Grantee"):
                if isinstance(item.get(member), dict):
                    item[member].pop("DisplayName", None)
        return self._fitting("s3:GetBucketAcl", aws_answers.acl, acl)

    def ownership(self) -> object:
        """Return Object Ownership; None if it was never set, so that ACLs are in effect. Raises Unread."""
        answer = self._read("s3:GetBucketOwnershipControls")
        return None if answer is None else self._fitting("s3:GetBucketOwnershipControls", aws_answers.ownership, answer)

    def encryption(self) -> dict[str, Any] | None:
        """Return the default encryption; None if there is none. Raises Unread."""
        answer = self._read("s3:GetBucketEncryption")
        if answer is None:
            return None
        rule: Any = answer
        route = self._fitting("s3:GetBucketEncryption", aws_answers.encryption_route, answer)
        if route is None:
            return None
        for step in route:
            rule = rule[step]
        if rule["SSEAlgorithm"] not in aws_answers.ALGORITHMS:
            raise self._reads.unparsable("s3:GetBucketEncryption", Bucket=self.name)
        return {member: rule[member] for member in ("SSEAlgorithm", "KMSMasterKeyID") if rule.get(member)}

    def encryption_key_policy(self) -> object:
        """Return the policy of the KMS key in the default encryption; None if there is no such key. Raises Unread."""
        encryption = self.encryption()
        if encryption is None or not encryption["SSEAlgorithm"].startswith("aws:kms"):
            return None
        return key_policy(self._reads, encryption.get("KMSMasterKeyID"), self.region())

    def public_access_block(self) -> object:
        """Return the bucket's Block Public Access settings; None if they were never set. Raises Unread."""
        name = "s3:GetPublicAccessBlock"
        return block(self._reads, name, self._read(name), Bucket=self.name)

    def object_lock(self) -> object:
        """Return the Object Lock configuration; None if the bucket has none. Raises Unread."""
        name = "s3:GetObjectLockConfiguration"
        answer = self._read(name)
        if answer is None:
            return None
        self._fitting(name, aws_answers.object_lock_route, answer)
        if answer["ObjectLockConfiguration"].get("ObjectLockEnabled") != "Enabled":  # AWS's always has it
            raise self._reads.unparsable(name, Bucket=self.name)
        return plain(answer["ObjectLockConfiguration"])

    def tags(self) -> object:
        """Return the bucket's tags; None if it has none. Raises Unread.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
        """
        answer = self._read("s3:GetBucketTagging")
        if answer is None:
            return None
        return self._reads.tags(answer["TagSet"], "s3:GetBucketTagging", Bucket=self.name)

    def abac(self) -> object:
        """Return whether policies see the tags. Raises Unread.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html
        """
        answer = self._read("s3:GetBucketAbac")
        return None if answer is None else self._fitting("s3:GetBucketAbac", abac, answer)

    # -- keys

    def keys(self) -> list[object]:
        """Return the keys under each prefix, in the form of list-objects-v2. Raises Unread.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
        """
        return [self._listing(prefix) for prefix in self._prefixes]

    def _listing(self, prefix: str) -> dict[str, object]:
        name = "s3:ListObjectsV2"
        pages = self._bucket_read(partial(self._reads.pages, most=TABLE[name].pages), name, self._home(), Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents") or []]
        asked = {"Bucket": self.name, "Prefix": prefix}
        if not all(key.startswith(prefix) for key in keys):
            raise self._reads.about_another(name, **asked)
        if sum(page.get("KeyCount", 0) for page in pages) > len(keys):
            raise self._reads.unparsable(name, **asked)
        return {"Prefix": prefix, "Contents": [{"Key": key} for key in keys], "IsTruncated": names_more(pages[-1])}

    # -- how a bucket is read

    def _home(self) -> str | None:
        """Return the bucket's Region, to which reads must be sent; None to rely on redirects."""
        return next(iter(self._named_regions().values()), None)

    def _read(self, name: str, region: str | None = None) -> Answer | None:
        answer: Answer | None = self._bucket_read(self._reads.read, name, region or self._home())
        return answer

    def _bucket_read(self, read: Callable[..., Any], name: str, region: str | None, **params: str) -> Any:
        return read(name, region=region, Bucket=self.name, **params)

    def _fitting(self, name: str, read: Callable[[Any], Any], answer: object) -> Any:
        """Return `read(answer)`: a facts file must not contain what snaplint cannot read back. Raises Unread."""
        try:
            return read(answer)
        except UnexpectedAnswer:
            raise self._reads.unparsable(name, Bucket=self.name) from None


_LISTED = "ListBuckets lists it"
_SETTINGS = tuple(
    dict.fromkeys(read.right for read in TABLE.values() if read.service == "s3" and "Bucket" in read.resource)
)
"""The rights of the reads of a bucket that is known to exist."""
_OF_S3 = (301, 302, 307, 400, 403)
"""The statuses of errors in which S3 names the Region of a bucket."""


def _is_region(text: object) -> bool:
    """Return True for the name of a Region."""
    try:
        return isinstance(text, str) and aws_answers.region(text) == text
    except UnexpectedAnswer:
        return False


def _may_be_a_bucket(name: str) -> bool:
    """Return True if the name can be that of a general purpose bucket: botocore accepts ARNs of access points too."""
    return _NAME.match(name) is not None and not name.endswith(_RESERVED_ENDINGS)

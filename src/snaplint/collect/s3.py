"""The buckets: whether they are there, whose they are, and every setting that an export can stumble over.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

import re
from functools import partial

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import Gone, Unread
from snaplint.collect.documents import document, plain
from snaplint.collect.identity import caller_identity
from snaplint.collect.kms import key_policy
from snaplint.collect.prefetch import Prefetch
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.read import aws_answers
from snaplint.read.aws_answers import Unfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from snaplint.collect.aws_reads import Answer, AwsReads

MOST_PAGES = 10
"""Pages of a listing that are read, a thousand keys each; a longer one is told as cut short."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]\Z")
_OTHERS = ("--x-s3", "-s3alias", "--ol-s3", ".mrap", "--table-s3")
"""Endings that S3 keeps for what is no general purpose bucket: directory and table buckets, aliases of access points.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


class Head(NamedTuple):
    """A bucket that is there, and its Region if S3 names it."""

    region: str | None


def public_access_block(reads: AwsReads) -> dict[str, bool] | None:
    """The account's Block Public Access settings; None where it never set any. Raises Unread.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """
    name = "s3control:GetPublicAccessBlock"
    return _block(reads, name, reads.read(name, AccountId=caller_identity(reads).account))


def _block(reads: AwsReads, name: str, answer: Answer | None, **asked: str) -> dict[str, bool] | None:
    if answer is None:
        return None
    given = answer["PublicAccessBlockConfiguration"]
    if not any(isinstance(given.get(each), bool) for each in BLOCK_PUBLIC_ACCESS):
        raise reads.unparsable(name, **asked)
    return {each: given.get(each) is True for each in BLOCK_PUBLIC_ACCESS}


def own_buckets(reads: AwsReads) -> dict[str, str | None]:
    """Every general purpose bucket of the account with its Region, if the answer holds that. Raises Unread.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
    """
    return {each.get("Name"): each.get("BucketRegion") for each in reads.listed("s3:ListBuckets", "Buckets")}


class BucketFacts:
    """Reads one bucket, and the keys in it under each of the prefixes."""

    def __init__(self, reads: AwsReads, name: str, prefixes: Iterable[str]) -> None:
        self.name = name
        self._reads = reads
        self._prefixes = sorted(set(prefixes))
        self._parts: dict[str, Callable[[], object]] = {
            "region": self.region,
            "account": self.account,
            "policy": self.policy,
            "acl": self.acl,
            "ownership": self.ownership,
            "encryption": self.encryption,
            "encryption_key_policy": self.encryption_key_policy,
            "public_access_block": self.public_access_block,
            "keys": self.keys,
        }
        if not self._prefixes:  # an empty list would say that the bucket is empty
            del self._parts["keys"]

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetch of whether the bucket exists, which leads to those of its settings."""
        return [Prefetch(f"bucket {self.name}", self._prefetch_settings)] if _may_be_a_bucket(self.name) else []

    def _prefetch_settings(self) -> list[Prefetch]:
        if not self.exists():
            return []
        listings = [Prefetch(f"keys of {self.name}", partial(self._listing, prefix)) for prefix in self._prefixes]
        parts = ((field, read) for field, read in self._parts.items() if field != "keys")
        return [*(Prefetch(f"{field} of {self.name}", read) for field, read in parts), *listings]

    def facts(self) -> object:
        """The bucket's facts: None where it does not exist."""
        if not _may_be_a_bucket(self.name):
            return {"unknown": f"`{self.name}` is not the name of a general purpose bucket, and was not looked up"}
        try:
            if not self.exists():
                return None
            return {field: self._reads.fact(read) for field, read in self._parts.items()}
        except Gone:
            return None
        except Unread as unread:
            return self._reads.unknown(unread)

    # -- whether and where

    def exists(self) -> bool:
        """Whether there is such a bucket, whoever's it is. Raises Unread, or Gone.

        A refusal alone does not say that there is something to refuse:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html ("a generic 400 Bad Request, 403 Forbidden,
        or 404 Not Found")
        """
        try:
            return self._head() is not None
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

    def region(self) -> str:
        """The bucket's Region. Raises Unread."""
        return self._named_region() or self._location()

    def _head(self, **expected: str) -> Head | None:
        """The bucket as HeadBucket shows it, None where it says that there is none. Raises Unread.

        S3 names the Region even where it refuses or sends elsewhere.
        """
        try:
            answer = self._reads.one("s3:HeadBucket", Bucket=self.name, **expected)
        except Unread as unread:
            if unread.error.status == 404:
                return None
            if _is_region(unread.region) and not expected:
                return Head(unread.region)
            raise
        region = answer.get("BucketRegion")
        return Head(region if _is_region(region) else None)

    def _is_listed(self) -> bool:
        try:
            return self.name in own_buckets(self._reads)
        except Unread:
            return False

    def _named_region(self) -> str | None:
        """The Region, where a read that was made anyway names it."""
        try:
            head = self._head()
        except Unread:
            head = None
        if head is not None and head.region:
            return head.region
        try:
            listed = own_buckets(self._reads).get(self.name)
        except Unread:
            return None
        return listed if _is_region(listed) else None

    def _location(self) -> str:
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html"""
        answer = self._asked("s3:GetBucketLocation", region=self._reads.connection.region)
        region: str = self._fitting("s3:GetBucketLocation", aws_answers.region, answer)
        return region

    # -- whose

    def account(self) -> object:
        """The account that owns the bucket, or which one does not: ListBuckets names all that an account has.

        Where that is refused, S3 can be asked to refuse a bucket of anybody else:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
        """
        account = caller_identity(self._reads).account
        try:
            ours = self.name in own_buckets(self._reads)
        except Unread as unread:
            ours = self._answers_only(account, unread)
        return account if ours else {"other_than": account}

    def _answers_only(self, account: str, unread: Unread) -> bool:
        """Whether the bucket answers us if it must be the account's; `unread` is why nothing better is known."""
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
        """The bucket policy; None where there is none. Raises Unread."""
        answer = self._asked("s3:GetBucketPolicy")
        return None if answer is None else document(answer["Policy"], "s3:GetBucketPolicy")

    def acl(self) -> object:
        """The ACL. Raises Unread."""
        answer = self._asked("s3:GetBucketAcl") or {}
        listed: Any = plain({member: answer.get(member) for member in ("Owner", "Grants")})
        for holder in (listed, *listed["Grants"]):
            # names of people, which S3 has mostly stopped to send
            for named in ("Owner", "Grantee"):
                if isinstance(holder.get(named), dict):
                    holder[named].pop("DisplayName", None)
        return self._fitting("s3:GetBucketAcl", aws_answers.acl, listed)

    def ownership(self) -> object:
        """Object Ownership; None where it was never set, so that ACLs count. Raises Unread."""
        answer = self._asked("s3:GetBucketOwnershipControls")
        return None if answer is None else self._fitting("s3:GetBucketOwnershipControls", aws_answers.ownership, answer)

    def encryption(self) -> dict[str, Any] | None:
        """The default encryption; None where there is none. Raises Unread."""
        answer = self._asked("s3:GetBucketEncryption")
        if answer is None:
            return None
        found: Any = answer
        for step in self._fitting("s3:GetBucketEncryption", aws_answers.encryption_route, answer):
            found = found[step]
        return {member: found[member] for member in ("SSEAlgorithm", "KMSMasterKeyID") if found.get(member)}

    def encryption_key_policy(self) -> object:
        """The policy of the key behind the default encryption; None where no KMS key is. Raises Unread."""
        encryption = self.encryption()
        if encryption is None or not encryption["SSEAlgorithm"].startswith("aws:kms"):
            return None
        return key_policy(self._reads, encryption.get("KMSMasterKeyID"), self.region())

    def public_access_block(self) -> object:
        """The four settings; None where they were never set. Raises Unread."""
        name = "s3:GetPublicAccessBlock"
        return _block(self._reads, name, self._asked(name), Bucket=self.name)

    # -- keys

    def keys(self) -> list[object]:
        """The keys under each prefix, in the form of list-objects-v2. Raises Unread.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
        """
        return [self._listing(prefix) for prefix in self._prefixes]

    def _listing(self, prefix: str) -> dict[str, object]:
        pages = self._bucket_read(
            partial(self._reads.pages, most=MOST_PAGES), "s3:ListObjectsV2", self._home(), Prefix=prefix
        )
        keys = [{"Key": item["Key"]} for page in pages for item in page.get("Contents") or []]
        return {"Prefix": prefix, "Contents": keys, "IsTruncated": bool(pages[-1]["IsTruncated"])}

    # -- how it is asked

    def _home(self) -> str | None:
        """The bucket's Region for the reads that must be sent there; None leaves it to redirects."""
        return self._named_region()

    def _asked(self, name: str, region: str | None = None) -> Answer | None:
        answer: Answer | None = self._bucket_read(self._reads.read, name, region or self._home())
        return answer

    def _bucket_read(self, read: Callable[..., Any], name: str, region: str | None, **params: str) -> Any:
        return read(name, region=region, Bucket=self.name, **params)

    def _fitting(self, name: str, read: Callable[[Any], Any], answer: object) -> Any:
        """What a reader of answers makes of one, so that a facts file never holds what cannot be read back."""
        try:
            return read(answer)
        except Unfit:
            raise self._reads.unparsable(name, Bucket=self.name) from None


def _is_region(text: object) -> bool:
    try:
        return isinstance(text, str) and aws_answers.region(text) == text
    except Unfit:
        return False


def _may_be_a_bucket(name: str) -> bool:
    """Whether a name can be looked up as a bucket's at all: botocore would take an ARN for an access point."""
    return _NAME.match(name) is not None and not name.endswith(_OTHERS)

"""The list of the buckets of the caller's account."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.collect.aws_reads import AwsReads


MOST_BUCKETS = 10_000
"""The largest page of ListBuckets. S3 names the Regions in pages only, and refuses a listing without a page size to an
account that may have more buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/list-buckets.html"""


class Listed(NamedTuple):
    """A bucket in the list of the account's buckets, with its Region if S3 names it."""

    region: str | None


def own_buckets(reads: AwsReads) -> dict[str, str | None]:
    """Return all general purpose buckets of the account with their Regions, None if not in the answer. Raises Unread.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
    """
    return _regions(reads, reads.listed("s3:ListBuckets", "Buckets", MaxBuckets=MOST_BUCKETS))


def own_bucket(reads: AwsReads, name: str) -> Listed | None:
    """Return the account's bucket of this name; None if it has none. Raises Unread.

    A bucket that is in the part of the list that could be read is one of the account's; another may be in the rest.
    """
    listed, rest = reads.listed_so_far("s3:ListBuckets", "Buckets", MaxBuckets=MOST_BUCKETS)
    regions = _regions(reads, listed)
    if name in regions:
        return Listed(regions[name])
    if rest is not None:
        raise rest
    return None


def _regions(reads: AwsReads, buckets: Iterable[Mapping[str, str]]) -> dict[str, str | None]:
    """Return the Regions of buckets by their names. Raises Unread if a bucket has no name, or two Regions."""
    regions: dict[str, str | None] = {}
    for each in buckets:
        name, region = reads.text(each, "Name", "s3:ListBuckets"), each.get("BucketRegion")
        if regions.setdefault(name, region) != region:
            raise reads.unparsable("s3:ListBuckets")
    return regions

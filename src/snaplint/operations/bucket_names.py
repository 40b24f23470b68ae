"""What the name of a bucket says by itself: whether AWS reserves it, and the account regional namespace that it is in.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html (documented)
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.partitions import REGIONS

_PREFIXES = {
    "xn--": "",
    "sthree-": "",
    "amzn-s3-demo-": " for the examples in its documentation",
}
_SUFFIXES = {
    "-s3alias": " for aliases of access points",
    "--ol-s3": " for aliases of Object Lambda Access Points",
    ".mrap": " for Multi-Region Access Points",
    "--x-s3": " for directory buckets",
    "--table-s3": " for table buckets",
}
"""The beginnings and ends that no general purpose bucket can have, and what AWS reserves them for."""

WITHOUT_NAMESPACES = frozenset({"me-south-1", "me-central-1"})
"""Regions without account regional namespaces.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html (documented)
"""

_ACCOUNT_DIGITS = 12


class Namespace(NamedTuple):
    """An account regional namespace: the account that alone can create buckets in it, and its Region."""

    account: str
    region: str


def reserved(name: str) -> str | None:
    """Return why AWS does not let a general purpose bucket have this name, as a predicate, or None."""
    for prefix, purpose in _PREFIXES.items():
        if name.startswith(prefix):
            return f"begins with `{prefix}`, which AWS reserves{purpose}"
    for suffix, purpose in _SUFFIXES.items():
        if name.endswith(suffix):
            return f"ends with `{suffix}`, which AWS reserves{purpose}"
    return None


def namespace(name: str) -> Namespace | None:
    """Return the account regional namespace that a bucket's name is in, or None.

    The name has the form PREFIX-ACCOUNT-REGION-an. Before March 2026 any account could create a bucket with such a
    name, so who owns the bucket is inferred.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
    """
    if not name.endswith("-an"):
        return None
    head = name.removesuffix("-an")
    for region in REGIONS - WITHOUT_NAMESPACES:
        if not head.endswith(f"-{region}"):
            continue
        prefix, _, account = head.removesuffix(f"-{region}").rpartition("-")
        if prefix and len(account) == _ACCOUNT_DIGITS and account.isascii() and account.isdecimal():
            return Namespace(account, region)
    return None

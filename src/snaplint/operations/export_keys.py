"""The object keys that the export of a snapshot writes: NAME-0001.rdb, one file for each shard."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SHARDS = 500
"""The most shards of a cluster: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html (documented)."""


def spellings(target: str) -> tuple[str, ...]:
    """Return the possible spellings of an export's name in S3: as in the request, and in lower case.

    The page of CopySnapshot says that the name is "stored as a lowercase string"; AWS does not document whether the
    object key is lower-cased too.
    """
    lower = target.lower()
    return (target,) if lower == target else (target, lower)


def object_key(target: str, shard: int | str) -> str:
    """Return the key of one shard's file: NAME-0001.rdb.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html; four digits for shards are observed.
    """
    return f"{target}-{shard:0>4}.rdb"


def object_keys(target: str, shards: int) -> Iterator[str]:
    """Yield the keys that an export with this many shards writes."""
    return (object_key(target, number) for number in range(1, shards + 1))


def is_node_group(text: str) -> bool:
    """Return True if a text can be the ID of a node group: one to four digits.

    NodeGroupId of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_NodeGroupConfiguration.html
    """
    return 1 <= len(text) <= 4 and text.isascii() and text.isdecimal()


def exported_name(key: str) -> str | None:
    """Return the name of the export that may have written a key: the part before -NNNN.rdb.

    None if the key has no such end. NNNN may be the ID of a node group, which can exceed the number of shards.
    """
    name, dash, rest = key.rpartition("-")
    number = rest.removesuffix(".rdb")
    if not dash or rest == number or len(number) != 4 or not is_node_group(number):
        return None
    return name

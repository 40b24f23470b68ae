"""The object keys that an export will write."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.unknown import Unknown


class Keys(NamedTuple):
    """The object keys an export will write, as far as the shard count is known.

    `spellings` are the ways the name may be spelt in the bucket, `writer` is the service that writes them, `shards` the
    number of files or Unknown, and `groups` the node group ids of the snapshot, which may number the files instead of a
    running number.
    """

    spellings: tuple[str, ...]
    writer: str
    shards: int | Unknown
    groups: tuple[str, ...] = ()

"""The object keys that an export will write."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.unknown import Unknown


class ExportKeys(NamedTuple):
    """The object keys that an export will write, as far as the number of shards is known.

    `spellings` are the possible spellings of the name in the bucket. `writer` is the service that writes the keys.
    `shards` is the number of files, or Unknown. `groups` are the node group IDs of the snapshot, or Unknown: the files
    may be numbered by them instead of by a running number, which AWS does not document.
    """

    spellings: tuple[str, ...]
    writer: str
    shards: int | Unknown
    groups: tuple[str, ...] | Unknown = ()

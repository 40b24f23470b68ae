"""The snapshots that the requests name, as source or as the target of a plain copy.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeSnapshots.html
"""

from __future__ import annotations

from functools import partial

from snaplint.collect.documents import plain
from snaplint.collect.pool import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from snaplint.collect.reader import Reader

FEW = 20
"""So many snapshots are asked for one by one; for more, one listing of all is quicker."""

_NAME = "elasticache:DescribeSnapshots"


class SnapshotFacts:
    """Reads snapshots by name. ElastiCache keeps names in lower case, so that of a name does not matter."""

    def __init__(self, reader: Reader, names: Iterable[str]) -> None:
        self._reader = reader
        # an empty name would ask for all snapshots
        self.names = sorted({name for name in names if name})
        self._few = len({name.lower() for name in self.names}) <= FEW

    def tasks(self) -> list[Task]:
        """The reads that tell all of them."""
        if not self._few:
            return [Task("snapshots", self._all)]
        return [Task(f"snapshot {name}", partial(self._one, name)) for name in self.names]

    def facts(self) -> dict[str, object]:
        """The section `snapshots`: the answer as AWS gave it, or None for one that does not exist."""
        read = self._one if self._few else self._among_all
        return {name: self._reader.fact(partial(read, name)) for name in self.names}

    def _one(self, name: str) -> object:
        asked = name.lower()
        answer = self._reader.read(_NAME, SnapshotName=asked, ShowNodeGroupConfig=True)
        if answer is None:
            return None
        found = [item for item in answer["Snapshots"] if _named(item) == asked]
        if not found:  # a name that is not there is an error, never an empty list
            raise self._reader.unparsable(_NAME, SnapshotName=asked)
        return {"Snapshots": plain(found[:1])}

    def _among_all(self, name: str) -> object:
        item = self._all().get(name.lower())
        return None if item is None else {"Snapshots": [plain(item)]}

    def _all(self) -> dict[str, Any]:
        listed = self._reader.listed(_NAME, "Snapshots", ShowNodeGroupConfig=True, MaxRecords=50)
        return {_named(item): item for item in listed}


def _named(item: object) -> str:
    return str(item.get("SnapshotName", "")).lower() if isinstance(item, dict) else ""

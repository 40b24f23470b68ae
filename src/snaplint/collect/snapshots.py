"""The snapshots that the requests name, as source or as the target of a plain copy.

How to read them is data of the operation (`operation.source`).
"""

from __future__ import annotations

from functools import partial

from snaplint.collect.documents import plain
from snaplint.collect.prefetch import Prefetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from snaplint.collect.aws_reads import AwsReads
    from snaplint.operations.operation import Source

FEW = 20
"""The largest number of snapshots that are read one by one. For more, one listing of all snapshots is quicker."""


class SnapshotFacts:
    """Reads snapshots by name, in the form in which AWS stores the names."""

    def __init__(self, reads: AwsReads, source: Source, names: Iterable[str]) -> None:
        self._reads = reads
        self._source = source
        self.section = source.section
        # a read with an empty name would return all snapshots
        self.names = sorted({name for name in names if name})
        self._few = len({source.stored(name) for name in self.names}) <= FEW

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetches of all snapshots."""
        if not self._few:
            return [Prefetch("snapshots", self._all)]
        return [Prefetch(f"snapshot {name}", partial(self._one, name)) for name in self.names]

    def facts(self) -> dict[str, object]:
        """Return the section: for each name the answer as AWS returned it, or None if there is no such snapshot."""
        read = self._one if self._few else self._among_all
        return {name: self._reads.fact(partial(read, name)) for name in self.names}

    def _one(self, name: str) -> object:
        source = self._source
        stored = source.stored(name)
        by_name: dict[str, Any] = {source.name: stored}
        answer = self._reads.read(source.read, **by_name, **source.options)
        if answer is None:
            return None
        matches = [item for item in answer[source.items] if self._name_of(item) == stored]
        if not matches:  # AWS answers an error if there is no such name, never an empty list
            raise self._reads.unparsable(source.read, **by_name)
        return {source.items: plain(matches[:1])}

    def _among_all(self, name: str) -> object:
        item = self._all().get(self._source.stored(name))
        return None if item is None else {self._source.items: [plain(item)]}

    def _all(self) -> dict[str, Any]:
        source = self._source
        listed = self._reads.listed(source.read, source.items, **source.options, MaxRecords=source.page)
        return {self._name_of(item): item for item in listed}

    def _name_of(self, item: object) -> str:
        return self._source.stored(str(item.get(self._source.name, ""))) if isinstance(item, dict) else ""

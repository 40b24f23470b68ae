"""The snapshots that the requests name, as source or as the target of a plain copy.

How to read them is data of the operation (`operation.source`).
"""

from __future__ import annotations

import re
from functools import partial

from snaplint.collect.aws_errors import Unread, contradiction
from snaplint.collect.documents import plain
from snaplint.collect.identity import caller_identity
from snaplint.collect.prefetch import Prefetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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
            return [Prefetch("snapshots", self._prefetch_all)]
        return [Prefetch(f"snapshot {name}", partial(self._one, name)) for name in self.names]

    def _prefetch_all(self) -> list[Prefetch]:
        items, _ = self._all()
        stored = {name: self._source.stored(name) for name in self.names}
        return [
            Prefetch(f"tags of snapshot {name}", partial(self._tags, items[stored[name]]))
            for name in self.names
            if self._source.tags is not None and stored[name] in items
        ]

    def facts(self) -> dict[str, object]:
        """Return the section: for each name the answer as AWS returned it, and the tags.

        None for a name if there is no such snapshot.
        """
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
        if len(matches) != 1:  # AWS answers an error if there is no such name, never an empty list
            raise self._reads.unparsable(source.read, **by_name)
        return self._with_tags(matches[0])

    def _among_all(self, name: str) -> object:
        items, rest = self._all()
        item = items.get(self._source.stored(name))
        if item is None and rest is not None:
            raise rest
        return None if item is None else self._with_tags(item)

    def _with_tags(self, item: Mapping[str, Any]) -> dict[str, object]:
        self._require_own(item)
        described: dict[str, object] = {self._source.items: [plain(item)]}
        if self._source.tags is not None:
            described["tags"] = self._reads.fact(partial(self._tags, item))
        return described

    def _require_own(self, item: Mapping[str, Any]) -> None:
        """Raise Unread if the ARN of a snapshot is in another account or Region: AWS describes only the caller's own.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
        """
        if "ARN" not in item:
            return
        parts = str(item["ARN"]).split(":", 5)
        if len(parts) < 6 or self._source.stored(re.split("[:/]", parts[5])[-1]) != self._name_of(item):
            raise self._reads.about_another(self._source.read, **{self._source.name: self._name_of(item)})
        if parts[1] != self._reads.connection.partition:
            raise self._reads.about_another(self._source.read, **{self._source.name: self._name_of(item)})
        own = (self._reads.connection.region, caller_identity(self._reads).account)
        if (parts[3], parts[4]) != own:
            operation = self._source.read.partition(":")[2]
            first = f"{operation} answers that it is in account {parts[4]} and Region {parts[3]}"
            second = f"the call was sent to {own[0]} as account {own[1]}"
            raise Unread(contradiction(f"snapshot `{self._name_of(item)}`", first, second))

    def _tags(self, item: Mapping[str, Any]) -> dict[str, str]:
        """Return the tags of a snapshot. Raises Unread."""
        read = self._source.tags
        if read is None:
            return {}
        parameter = {read.parameter: self._reads.text(item, "ARN", self._source.read)}
        return self._reads.tags(self._reads.one(read.read, **parameter)[read.items], read.read, **parameter)

    def _all(self) -> tuple[dict[str, Any], Unread | None]:
        """Return the snapshots that could be listed, and why the rest could not, if it could not. Raises Unread."""
        source = self._source
        listed, rest = self._reads.listed_so_far(source.read, source.items, **source.options, MaxRecords=source.page)
        return {self._name_of(item): item for item in listed}, rest

    def _name_of(self, item: object) -> str:
        return self._source.stored(str(item.get(self._source.name, ""))) if isinstance(item, dict) else ""

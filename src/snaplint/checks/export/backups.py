"""The manual backups of each cluster, and when they were created."""

from __future__ import annotations

from bisect import bisect_left

from snaplint.facts import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.base.source import Route
    from snaplint.operations.operation import Source

    Cluster = tuple[str, str]


class Backups:
    """The known manual backups of one cluster: how many there are, and when they were created, as far as it is known.

    `times` are in seconds since 1970, the oldest first.
    """

    __slots__ = ("_created", "number", "times")

    def __init__(self, created: Iterable[tuple[float | None, Route]]) -> None:
        every = list(created)
        self.number = len(every)
        timed = [(time, index, route) for index, (time, route) in enumerate(every) if time is not None]
        self._created = sorted(timed, key=lambda each: each[:2])
        self.times = [time for time, *_ in self._created]

    def since(self, time: float) -> list[Route]:
        """Return the routes of those that were created at a time or later, in the order in which they are given."""
        newest = self._created[bisect_left(self.times, time) :]
        return [route for _, _, route in sorted(newest, key=lambda each: each[1])]


def manual_backups(snapshots: Iterable[object], source: Source) -> dict[Cluster, Backups]:
    """Return the manual backups of every cluster that snapshots name."""
    found: dict[Cluster, list[tuple[float | None, Route]]] = {}
    for each in snapshots:
        if isinstance(each, Snapshot) and each.field(source.backup.origin) == source.backup.manual:
            found.setdefault(cluster_of(each, source), []).append((_created(each, source), each.route))
    return {cluster: Backups(created) for cluster, created in found.items()}


def cluster_of(snapshot: Snapshot, source: Source) -> Cluster:
    """Return the field that names the cluster of a snapshot, and its value; empty if it is not known."""
    for field in source.backup.clusters:
        value = snapshot.field(field)
        if isinstance(value, str) and value:
            return field, value
    return "", ""


def _created(snapshot: Snapshot, source: Source) -> float | None:
    """Return when the newest part of a snapshot was created, in seconds since 1970; None if it is not known."""
    nodes = snapshot.field(source.shards.nodes)
    parts = [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    times = (_seconds(part.get(source.backup.created)) for part in parts)
    return max((time for time in times if time is not None), default=None)


def _seconds(value: object) -> float | None:
    """Return a time in an answer of AWS (ISO 8601, or a number of seconds) in seconds since 1970, or None."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return None
    from datetime import UTC, datetime

    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()

"""What a check is given: the request, what is known of the world, and who asks."""

from __future__ import annotations

from typing import NamedTuple

from snaplint import elasticache
from snaplint.facts import Bucket, Facts, Snapshot
from snaplint.unknown import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.checks.access import Access
    from snaplint.checks.routes import Grants
    from snaplint.copy_snapshot import CopySnapshot
    from snaplint.facts import Caller
    from snaplint.source import Route


class Keys(NamedTuple):
    """The object keys an export will write, as far as the shard count is known.

    `spellings` are the ways the name may be spelt in the bucket, `shards` the number of files or Unknown, and
    `groups` the node group ids of the snapshot, which may number the files instead of a running number.
    """

    spellings: tuple[str, ...]
    shards: int | Unknown
    groups: tuple[str, ...] = ()


class Proposal:
    """One proposed request with the facts around it.

    `access` answers who may do what, and is shared by all requests of a file.
    """

    __slots__ = ("access", "caller", "facts", "grants", "request")

    def __init__(self, request: CopySnapshot, facts: Facts, caller: Caller, access: Access) -> None:
        self.request = request
        self.facts = facts
        self.caller = caller
        self.access = access
        self.grants: Grants | Unknown | None = None  # both routes, once the first rule has asked for them

    def route(self, member: str) -> Route:
        """Where a member of the request stands."""
        return self.request.to(member)

    @property
    def source(self) -> Snapshot | Unknown | None:
        """What is known of the source snapshot."""
        name = self.request.source
        return name if isinstance(name, Unknown) else self.facts.snapshot(name)

    @property
    def bucket(self) -> Bucket | Unknown | None:
        """What is known of the target bucket."""
        name = self.request.bucket
        return name if isinstance(name, Unknown) else self.facts.bucket(name)

    @property
    def keys(self) -> Keys | Unknown:
        """The keys an export will write, or Unknown where the request has no target name."""
        target = self.request.target
        if isinstance(target, Unknown):
            return target
        snapshot = self.source
        if not isinstance(snapshot, Snapshot):
            name = self.request.source
            fact = f"snapshots.{name}.NumNodeGroups"
            return Keys(elasticache.spellings(target), Unknown("the number of shards is not known", (fact,)))
        return Keys(elasticache.spellings(target), _shards(snapshot), _groups(snapshot))


def _shards(snapshot: Snapshot) -> int | Unknown:
    count = snapshot.field("NumNodeGroups")
    if isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return count
    nodes = snapshot.field("NodeSnapshots")
    if isinstance(nodes, list) and nodes:
        return len(_groups(snapshot)) or len(nodes)
    why = f"the number of shards of snapshot `{snapshot.name}` is not known"
    return Unknown(why, (f"snapshots.{snapshot.name}.NumNodeGroups",))


def _groups(snapshot: Snapshot) -> tuple[str, ...]:
    nodes = snapshot.field("NodeSnapshots")
    if not isinstance(nodes, list):
        return ()
    found = (node.get("NodeGroupId") for node in nodes if isinstance(node, dict))
    return tuple(dict.fromkeys(group for group in found if isinstance(group, str)))

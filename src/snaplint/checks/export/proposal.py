"""What a check is given: the request, what is known of the world, and who asks."""

from __future__ import annotations

from snaplint import elasticache
from snaplint.base.unknown import Unknown
from snaplint.checks.export.keys import Keys
from snaplint.facts import Bucket, Facts, Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.access import Access
    from snaplint.checks.export.grant_paths import Grants
    from snaplint.copy_snapshot import CopySnapshot
    from snaplint.facts import Caller


class Proposal:
    """One proposed request with the facts around it.

    `bucket` and `source` are what is known of the target bucket and of the source snapshot. `access` answers who may do
    what, and is shared by all requests of a file; `grants` holds both routes once the first rule has asked for them.
    """

    __slots__ = ("_keys", "access", "bucket", "caller", "facts", "grants", "request", "source")

    def __init__(self, request: CopySnapshot, facts: Facts, caller: Caller, access: Access) -> None:
        self.request = request
        self.facts = facts
        self.caller = caller
        self.access = access
        bucket, source = request.bucket, request.source
        self.bucket: Bucket | Unknown | None = bucket if isinstance(bucket, Unknown) else facts.bucket(bucket)
        self.source: Snapshot | Unknown | None = source if isinstance(source, Unknown) else facts.snapshot(source)
        self.grants: Grants | Unknown | None = None
        self._keys: Keys | Unknown | None = None

    def route(self, member: str) -> Route:
        """Where a member of the request stands."""
        return self.request.to(member)

    @property
    def keys(self) -> Keys | Unknown:
        """The keys an export will write, or Unknown where the request has no target name."""
        if self._keys is None:
            self._keys = self._expected_keys()
        return self._keys

    def _expected_keys(self) -> Keys | Unknown:
        target = self.request.target
        if isinstance(target, Unknown):
            return target
        spellings = elasticache.spellings(target)
        if isinstance(self.source, Snapshot):
            return Keys(spellings, _shards(self.source), _groups(self.source))
        fact = f"snapshots.{self.request.source}.NumNodeGroups"
        return Keys(spellings, Unknown("the number of shards is not known", (fact,)))


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

"""What a check is given: the request, what is known of the world, and who asks."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.keys import ExportKeys
from snaplint.facts import Bucket, Facts, Snapshot
from snaplint.operations.export_keys import spellings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.access import Access
    from snaplint.facts import Caller
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation, Shards
    from snaplint.operations.proposed import ProposedRequest


class Proposal:
    """One proposed request with the facts around it.

    `bucket` and `source` are what is known of the target bucket and of the source snapshot. `access` answers who may do
    what, and is shared by all requests that are checked by the same facts.
    """

    __slots__ = ("_keys", "access", "bucket", "caller", "facts", "request", "source")

    def __init__(self, request: ProposedRequest, facts: Facts, caller: Caller, access: Access) -> None:
        self.request = request
        self.facts = facts
        self.caller = caller
        self.access = access
        bucket, source = request.bucket, request.source
        self.bucket: Bucket | Unknown | None = bucket if isinstance(bucket, Unknown) else facts.bucket(bucket)
        self.source: Snapshot | Unknown | None = source if isinstance(source, Unknown) else facts.snapshot(source)
        self._keys: ExportKeys | Unknown | None = None

    @property
    def operation(self) -> Operation:
        """The operation that is proposed."""
        return self.request.operation

    @property
    def writer(self) -> ExportService:
        """The service that writes the export."""
        return self.request.operation.writer

    def at(self, role: str) -> Route:
        """Return the route of the member that has a role, or of the request where that is left out."""
        return self.request.at(role)

    @property
    def keys(self) -> ExportKeys | Unknown:
        """The keys an export will write, or Unknown where the request has no target name."""
        if self._keys is None:
            self._keys = self._expected_keys()
        return self._keys

    def _expected_keys(self) -> ExportKeys | Unknown:
        target = self.request.target
        if isinstance(target, Unknown):
            return target
        told = self.operation.source.shards
        if isinstance(self.source, Snapshot):
            source = self.source
            return ExportKeys(spellings(target), self.writer.name, _shards(source, told), _groups(source, told))
        fact = f"snapshots.{self.request.source}.{told.number}"
        return ExportKeys(spellings(target), self.writer.name, Unknown("the number of shards is not known", (fact,)))


def _shards(snapshot: Snapshot, told: Shards) -> int | Unknown:
    count = snapshot.field(told.number)
    if isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return count
    nodes = snapshot.field(told.nodes)
    if isinstance(nodes, list) and nodes:
        return len(_groups(snapshot, told)) or len(nodes)
    why = f"the number of shards of snapshot `{snapshot.name}` is not known"
    return Unknown(why, (f"snapshots.{snapshot.name}.{told.number}",))


def _groups(snapshot: Snapshot, told: Shards) -> tuple[str, ...]:
    nodes = snapshot.field(told.nodes)
    if not isinstance(nodes, list):
        return ()
    found = (node.get(told.shard) for node in nodes if isinstance(node, dict))
    return tuple(dict.fromkeys(group for group in found if isinstance(group, str)))

"""The input of a check: the request, the facts about the account, and the caller."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.keys import ExportKeys
from snaplint.checks.export.shards import shards_and_groups
from snaplint.facts import Bucket, Facts, Snapshot
from snaplint.facts.model import NotOurs
from snaplint.operations.export_keys import spellings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.earlier import Earlier
    from snaplint.checks.export.access import Access
    from snaplint.facts import Caller
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation
    from snaplint.operations.proposed import ProposedRequest


class Proposal:
    """One proposed request with the facts that it is checked with.

    `bucket` and `source` are the facts about the target bucket and the source snapshot. `access` evaluates policies and
    is shared by all requests that are checked with the same facts. `earlier` holds the earlier requests of the run;
    None if the request is checked by itself.
    """

    __slots__ = ("_keys", "_routes", "access", "bucket", "caller", "earlier", "facts", "request", "source")

    def __init__(
        self, request: ProposedRequest, facts: Facts, caller: Caller, access: Access, earlier: Earlier | None = None
    ) -> None:
        self.request = request
        self.facts = facts
        self.caller = caller
        self.access = access
        self.earlier = earlier
        bucket, source = request.bucket, request.source
        self.bucket: Bucket | Unknown | None = bucket if isinstance(bucket, Unknown) else facts.bucket(bucket)
        self.source: Snapshot | Unknown | None = source if isinstance(source, Unknown) else facts.snapshot(source)
        self._keys: ExportKeys | Unknown | None = None
        self._routes: dict[str, Route] = {}

    @property
    def operation(self) -> Operation:
        """The proposed operation."""
        return self.request.operation

    @property
    def writer(self) -> ExportService:
        """The service that writes the export."""
        return self.request.operation.writer

    def at(self, role: str) -> Route:
        """Return the route of the member that has a role, or of the request if that member is missing."""
        route = self._routes.get(role)
        if route is None:
            route = self._routes[role] = self.request.at(role)
        return route

    @property
    def cannot_write(self) -> bool:
        """True for an export to a bucket that does not exist, or is not in the Region or the account of the call."""
        if not self.request.is_export or isinstance(self.bucket, Unknown):
            return False
        if self.bucket is None or isinstance(self.bucket.account, NotOurs):
            return True
        pairs = ((self.bucket.region, self.facts.region), (self.bucket.account, self.facts.account))
        return any(isinstance(own, str) and isinstance(call, str) and own != call for own, call in pairs)

    @property
    def keys(self) -> ExportKeys | Unknown:
        """The keys that an export will write; Unknown if the request has no target name."""
        if self._keys is None:
            self._keys = self._expected_keys()
        return self._keys

    def _expected_keys(self) -> ExportKeys | Unknown:
        target = self.request.target
        if isinstance(target, Unknown):
            return target
        fields = self.operation.source.shards
        if isinstance(self.source, Snapshot):
            return ExportKeys(spellings(target), self.writer.name, *shards_and_groups(self.source, fields))
        source = self.request.source
        needs = source.needs if isinstance(source, Unknown) else (f"snapshots.{source}.{fields.number}",)
        shards = Unknown("the number of shards is not known", needs)
        return ExportKeys(spellings(target), self.writer.name, shards, shards)

"""Everything that some requests need to know, read from AWS and written in the form of a preflight file."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.collect.aws_errors import Refused, Unread
from snaplint.collect.aws_reads import AwsReads
from snaplint.collect.documents import plain
from snaplint.collect.identity import CallerFacts, caller_identity
from snaplint.collect.organizations import OrganizationFacts
from snaplint.collect.prefetch import Prefetch, run_prefetches
from snaplint.collect.s3 import BucketFacts, own_buckets, public_access_block
from snaplint.collect.snapshots import SnapshotFacts
from snaplint.operations.export_keys import spellings
from snaplint.operations.proposed import ProposedRequest
from snaplint.operations.registry import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from snaplint.collect.connection import Connection

VERSION = 1
OPT_STATUSES = ("ENABLED", "ENABLING", "DISABLING", "DISABLED", "ENABLED_BY_DEFAULT")
"""https://docs.aws.amazon.com/accounts/latest/reference/API_GetRegionOptStatus.html"""


class Collected(NamedTuple):
    """What was learnt: the facts in the form of a preflight file, the refusals that left some unknown, and whether it
    was cut short."""

    facts: dict[str, object]
    refused: tuple[Refused, ...]
    interrupted: bool


def collect(
    requests: Sequence[Mapping[str, object]],
    connection: Connection,
    *,
    progress: Callable[[str, int, int], None] | None = None,
    workers: int = 8,
    no_session_policy: bool = False,
) -> Collected:
    """Read from AWS all that the checks of some requests need to know.

    Only reads are sent, each once however many requests need it, up to `workers` at a time. What could not be read is
    in the facts as `{"unknown": why}`; so is, after Ctrl-C, all that was not read by then. `progress` is told what
    was read last, how many reads are done, and how many there are so far. `no_session_policy` is the caller's word
    that the session it calls with has no session policy. Raises NotConnected where AWS does not know the caller.
    """
    reads = AwsReads(connection)
    request_facts = RequestFacts(requests, reads, no_session_policy=no_session_policy)
    interrupted = False
    try:
        # alone at first: if AWS does not accept the credentials, no other read is sent
        run_prefetches([Prefetch("caller", request_facts.identify_caller)], 1, progress)
        run_prefetches(request_facts.prefetch(), workers, progress)
    except KeyboardInterrupt:
        interrupted = True
        reads.close()
    facts = request_facts.facts()
    return Collected(facts, reads.refused, interrupted)


class RequestFacts:
    """The facts that some requests need: `prefetch` fills the cache of reads, and `facts` is made from it."""

    def __init__(self, requests: Sequence[Mapping[str, object]], reads: AwsReads, *, no_session_policy: bool) -> None:
        self._requests = requests
        self._reads = reads
        self._caller = CallerFacts(reads, no_session_policy=no_session_policy)
        self._organization = OrganizationFacts(reads)
        proposed = [ProposedRequest(each) for each in requests]
        exports = [each for each in proposed if each.is_export]
        copies = [each for each in proposed if not each.is_export]
        self._snapshots = _described(
            reads, (*((each, each.source) for each in proposed), *((each, each.target) for each in copies))
        )
        prefixes = _prefixes(exports)
        self._buckets = [BucketFacts(reads, name, prefixes[name]) for name in sorted(prefixes)]

    def identify_caller(self) -> None:
        """Find out who calls. Raises NotConnected; all else is a fact that stays unknown."""
        caller_identity(self._reads)

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetches that need no more than the caller's identity; they lead to all others.

        When all are done, `facts` sends nothing.
        """
        prefetches = [Prefetch("identity of the caller", self._caller.prefetch), *self._organization.prefetch()]
        for snapshots in self._snapshots:
            prefetches.extend(snapshots.prefetch())
        if self._buckets:
            prefetches.append(Prefetch("buckets of the account", lambda: own_buckets(self._reads)))
            prefetches.append(Prefetch("Block Public Access of the account", lambda: public_access_block(self._reads)))
            prefetches.append(Prefetch("status of the Region", self._opt_status))
        for bucket in self._buckets:
            prefetches.extend(bucket.prefetch())
        return prefetches

    def facts(self) -> dict[str, object]:
        """The facts, from the answers to the reads."""
        fact = self._reads.fact
        facts: dict[str, object] = {
            "version": VERSION,
            "account": fact(lambda: caller_identity(self._reads).account),
            "region": self._reads.connection.region,
            "caller": self._caller_facts(),
            "organization": self._organization.facts(),
            "requests": plain(self._requests),
            **_sections(self._snapshots),
            "buckets": {bucket.name: bucket.facts() for bucket in self._buckets},
        }
        if self._buckets:
            facts["account_public_access_block"] = fact(lambda: public_access_block(self._reads))
            facts["region_opt_status"] = fact(self._opt_status)
        return facts

    def _caller_facts(self) -> dict[str, object]:
        caller = self._caller.facts()
        try:
            organization = self._organization.identifier()
        except Unread:
            return caller
        context = caller.get("context")
        if organization is not None and isinstance(context, dict):
            context["aws:PrincipalOrgID"] = organization
        return caller

    def _opt_status(self) -> str:
        name, region = "account:GetRegionOptStatus", self._reads.connection.region
        status = self._reads.text(self._reads.one(name, RegionName=region), "RegionOptStatus", name)
        if status not in OPT_STATUSES:
            raise self._reads.unparsable(name)
        return status


def _described(reads: AwsReads, named: Iterable[tuple[ProposedRequest, str | Unknown]]) -> list[SnapshotFacts]:
    """Return a reader of snapshots for each call that describes some of those that requests name."""
    sources = {DEFAULT.source.read: DEFAULT.source}
    names: dict[str, list[str]] = {DEFAULT.source.read: []}
    for request, name in named:
        source = request.operation.source
        sources.setdefault(source.read, source)
        if isinstance(name, str):
            names.setdefault(source.read, []).append(name)
    return [SnapshotFacts(reads, sources[read], found) for read, found in names.items()]


def _sections(described: Iterable[SnapshotFacts]) -> dict[str, object]:
    """Return the sections of a preflight file that describe snapshots."""
    sections: dict[str, dict[str, object]] = {}
    for snapshots in described:
        sections.setdefault(snapshots.section, {}).update(snapshots.facts())
    return dict(sections)


def _prefixes(exports: Sequence[ProposedRequest]) -> dict[str, set[str]]:
    """The target buckets, with the prefixes of all keys the exports may write: both spellings of each name."""
    prefixes: dict[str, set[str]] = {}
    for export in exports:
        if isinstance(export.bucket, Unknown):
            continue
        of_bucket = prefixes.setdefault(export.bucket, set())
        target = export.target
        # a name that no export can have is not looked for
        longest = export.operation.names.export
        if isinstance(target, str) and 0 < len(target) <= longest and _encodes(target):
            of_bucket.update(f"{spelling}-" for spelling in spellings(target))
    return prefixes


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""Read from AWS all facts that requests depend on, and return them in the form of a preflight file."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.base.version import __version__
from snaplint.collect.aws_errors import Refused, Unread
from snaplint.collect.aws_reads import AwsReads
from snaplint.collect.documents import plain
from snaplint.collect.identity import CALLER, CallerFacts, caller_identity
from snaplint.collect.organizations import KINDS, OrganizationFacts
from snaplint.collect.own_buckets import own_buckets
from snaplint.collect.prefetch import Prefetch, run_prefetches
from snaplint.collect.public_access import public_access_block
from snaplint.collect.s3 import BucketFacts
from snaplint.collect.snapshots import SnapshotFacts
from snaplint.operations.export_keys import spellings
from snaplint.operations.partitions import REGIONS
from snaplint.operations.proposed import ProposedRequest
from snaplint.operations.registry import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from snaplint.collect.connection import Connection
    from snaplint.collect.deadline import Deadline

VERSION = 1
OPT_STATUSES = ("ENABLED", "ENABLING", "DISABLING", "DISABLED", "ENABLED_BY_DEFAULT")
"""https://docs.aws.amazon.com/accounts/latest/reference/API_GetRegionOptStatus.html"""


class Collected(NamedTuple):
    """Facts in the form of a preflight file, the refusals that left some of them unknown, and whether Ctrl-C ended the
    reads.

    `unheard` says why AWS answered none of the reads and refused none; "" otherwise. If `is_blank`, no read was
    answered: what is not refused is unknown for other reasons.
    """

    facts: dict[str, object]
    refused: tuple[Refused, ...]
    interrupted: bool
    unheard: str = ""
    is_blank: bool = False


def collect(
    requests: Sequence[Mapping[str, object]],
    connection: Connection,
    *,
    progress: Callable[[str, int, int], None] | None = None,
    workers: int = 8,
    no_session_policy: bool = False,
    deadline: Deadline | None = None,
) -> Collected:
    """Read from AWS all facts that the checks of the requests depend on.

    Only reads are sent, each once however many requests need it, and at most `workers` at a time. A fact that could not
    be read is `{"unknown": why}`; so is each fact that was not read before Ctrl-C, or before the deadline (by default
    300 seconds from now). `progress` is called after each prefetch with its label, the number of those done, and the
    number known so far. `no_session_policy` states that the caller's session has no session policy. Raises NotConnected
    if AWS does not accept the credentials.
    """
    reads = AwsReads(connection, deadline)
    request_facts = RequestFacts(requests, reads, no_session_policy=no_session_policy)
    interrupted = False
    try:
        # alone at first: if AWS does not accept the credentials, no other read is sent
        run_prefetches([Prefetch("caller", request_facts.identify_caller)], 1, progress)
        reads.give_up_if_dead()
        run_prefetches(request_facts.prefetch(), workers, progress)
    except KeyboardInterrupt:
        interrupted = True
        reads.close()
    facts = request_facts.facts()
    return Collected(facts, reads.refused, interrupted, reads.unheard, reads.is_blank)


class RequestFacts:
    """The facts that requests depend on: `prefetch` fills the cache of reads, and `facts` builds on that cache."""

    def __init__(self, requests: Sequence[Mapping[str, object]], reads: AwsReads, *, no_session_policy: bool) -> None:
        self._requests = requests
        self._reads = reads
        self._caller = CallerFacts(reads, no_session_policy=no_session_policy)
        self._organization = OrganizationFacts(reads)
        proposed = [ProposedRequest(each) for each in requests]
        exports = [each for each in proposed if each.is_export]
        copies = [each for each in proposed if not each.is_export]
        self._snapshots = _snapshots(
            reads, (*((each, each.source) for each in proposed), *((each, each.target) for each in copies))
        )
        prefixes = _prefixes(exports)
        self._buckets = [BucketFacts(reads, name, prefixes[name]) for name in sorted(prefixes)]

    def identify_caller(self) -> None:
        """Read who the caller is. Raises NotConnected, and Unread if the read fails for another reason."""
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
        """Return the facts, from the answers to the reads."""
        fact = self._reads.fact
        facts: dict[str, object] = {
            "version": VERSION,
            "snaplint": __version__,
            "account": fact(lambda: caller_identity(self._reads).account),
            "region": self._reads.connection.region,
            "caller": self._reads.section(self._caller_facts, CALLER),
            "organization": self._reads.section(self._organization.facts, KINDS),
            "requests": plain(self._requests),
            **_sections(self._snapshots),
            "buckets": {bucket.name: fact(bucket.facts) for bucket in self._buckets},
        }
        if self._buckets:
            facts["account_public_access_block"] = fact(lambda: public_access_block(self._reads))
            facts["region_opt_status"] = fact(self._opt_status)
        elif facts["region"] not in REGIONS:  # AWS has answered, so there is such a Region
            facts["region_opt_status"] = {"unknown": "it is not read for a copy without a bucket"}
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


def _snapshots(reads: AwsReads, named: Iterable[tuple[ProposedRequest, str | Unknown]]) -> list[SnapshotFacts]:
    """Return a `SnapshotFacts` for each AWS call that describes snapshots in the requests.

    `named` pairs each request with the name of a snapshot.
    """
    sources = {DEFAULT.source.read: DEFAULT.source}
    names: dict[str, list[str]] = {DEFAULT.source.read: []}
    for request, name in named:
        source = request.operation.source
        sources.setdefault(source.read, source)
        if isinstance(name, str):
            names.setdefault(source.read, []).append(name)
    return [SnapshotFacts(reads, sources[read], of_read) for read, of_read in names.items()]


def _sections(snapshot_facts: Iterable[SnapshotFacts]) -> dict[str, object]:
    """Return the sections of a preflight file that describe snapshots."""
    sections: dict[str, dict[str, object]] = {}
    for snapshots in snapshot_facts:
        sections.setdefault(snapshots.section, {}).update(snapshots.facts())
    return dict(sections)


def _prefixes(exports: Sequence[ProposedRequest]) -> dict[str, set[str]]:
    """Return the target buckets with the prefixes of all keys that the exports may write: both spellings of a name."""
    prefixes: dict[str, set[str]] = {}
    for export in exports:
        if isinstance(export.bucket, Unknown):
            continue
        of_bucket = prefixes.setdefault(export.bucket, set())
        target = export.target
        # a name that no export can have would only cost a listing
        longest = export.operation.names.export
        if isinstance(target, str) and 0 < len(target) <= longest and _encodes(target):
            of_bucket.update(f"{spelling}-" for spelling in spellings(target))
    return prefixes


def _encodes(text: str) -> bool:
    """Return True if the text can be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

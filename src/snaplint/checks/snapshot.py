"""Checks of the source snapshot, and of the snapshot a plain copy would make.

Fields: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html
"""

from __future__ import annotations

from snaplint import elasticache
from snaplint.base.unknown import Unknown
from snaplint.checks.registry import check
from snaplint.checks.values import PARAMS, expectation
from snaplint.findings.verdict import CannotTell, Fails, NotApplicable, Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.proposal import Proposal
    from snaplint.facts import Snapshot
    from snaplint.findings.verdict import Finding

_NAMES = {"enum": ["SourceSnapshotName", "TargetSnapshotName"]}


@check("snapshot.exists", "member", "exists", member=_NAMES, exists={"type": "boolean"})
def exists(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """The snapshot that a member names exists, or (`exists: false`) does not."""
    member, wanted = params["member"], params["exists"]
    route = proposal.route(member)
    name = proposal.request.name(member)
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    found = proposal.facts.snapshot(name)
    if isinstance(found, Unknown):
        yield CannotTell(route, found.why, found.needs, values=(name,))
    elif (found is not None) is not wanted:
        text = f"there is no snapshot `{name}`" if wanted else f"a snapshot `{name}` exists already"
        yield Fails(route, text, values=(name,))
    else:
        yield Passes(route, f"snapshot `{name}` exists" if wanted else f"no snapshot is called `{name}` yet")


@check("snapshot.setting", "field", field={"enum": elasticache.SNAPSHOT_FIELDS}, **PARAMS)
def setting(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """A field of the source snapshot is as the rule wants it: `absent`, `equals`, `in`, `like`, `unlike`."""
    snapshot = yield from _source(proposal)
    if snapshot is None:
        return
    field = params["field"]
    value = snapshot.field(field)
    route = _field_route(proposal, snapshot, field)
    if isinstance(value, Unknown):
        yield CannotTell(route, value.why, value.needs)
        return
    if value is None and "absent" not in params:
        yield CannotTell(route, f"snapshot `{snapshot.name}` has no `{field}`", (f"snapshots.{snapshot.name}.{field}",))
        return
    fault = expectation(params, value)
    if fault:
        yield Fails(route, f"the `{field}` of snapshot `{snapshot.name}` {fault}")
    else:
        yield Passes(route, f"the `{field}` of snapshot `{snapshot.name}` is as it should be")


@check("snapshot.not-tiered")
def not_tiered(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """The source snapshot is not of a cluster with data tiering, which only r6gd node types have.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html
    """
    snapshot = yield from _source(proposal)
    if snapshot is None:
        return
    tiering, node_type = snapshot.field("DataTiering"), snapshot.field("CacheNodeType")
    if tiering == "enabled":
        yield Fails(
            _field_route(proposal, snapshot, "DataTiering"), f"snapshot `{snapshot.name}` has data tiering enabled"
        )
    elif isinstance(node_type, str) and node_type.startswith("cache.r6gd."):
        text = f"snapshot `{snapshot.name}` is of `{node_type}` nodes, which always use data tiering"
        yield Fails(_field_route(proposal, snapshot, "CacheNodeType"), text)
    elif tiering == "disabled" or isinstance(node_type, str) or not isinstance(tiering, Unknown):
        yield Passes(_field_route(proposal, snapshot, "DataTiering"), f"snapshot `{snapshot.name}` has no data tiering")
    else:
        yield CannotTell(_field_route(proposal, snapshot, "DataTiering"), tiering.why, tiering.needs)


def _source(proposal: Proposal) -> Generator[Finding, None, Snapshot | None]:
    """The source snapshot; where there is none to look at, the finding that says so is yielded and None returned."""
    route = proposal.route("SourceSnapshotName")
    snapshot = proposal.source
    if isinstance(snapshot, Unknown):
        yield CannotTell(route, snapshot.why, snapshot.needs)
        return None
    if snapshot is None:
        yield NotApplicable(route, f"there is no snapshot `{proposal.request.source}` to look at")
    return snapshot


def _field_route(proposal: Proposal, snapshot: Snapshot, field: str) -> tuple[str | int, ...]:
    """The field where it is written, else the name in the request."""
    return (*snapshot.route, field) if field in snapshot.fields else proposal.route("SourceSnapshotName")

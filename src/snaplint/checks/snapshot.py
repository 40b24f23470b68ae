"""Checks of the source snapshot, and of the snapshot that a plain copy would create.

The operation's source defines their fields (`operation.source.fields`).
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import did_you_mean, nearest
from snaplint.checks.registry import check
from snaplint.checks.repairs import another_name
from snaplint.checks.values import PARAMS, expectation, show, value_in_words
from snaplint.facts import Snapshot
from snaplint.findings.cause import REQUEST
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding

_ROLES = ("source", "target")
_MEMBERS = (member for operation in operations().values() for member in operation.members if member.role in _ROLES)
_NAMES = {"enum": [*_ROLES, *dict.fromkeys(member.name for member in _MEMBERS)]}
_FIELDS = {"enum": list(dict.fromkeys(field for each in operations().values() for field in each.source.fields))}


@check("snapshot.exists", "member", "exists", blames=REQUEST, member=_NAMES, exists={"type": "boolean"})
def exists(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the snapshot that a member names exists, or does not exist (`exists: false`).

    `member` is a role, `source` or `target`, or the name of a member. An earlier request of the run may create the
    snapshot.
    """
    role, wanted = params["member"], params["exists"]
    role = role if role in _ROLES else proposal.operation.role(role)
    if proposal.operation.member(role) is None:
        yield NotApplicable(proposal.request.route, f"{proposal.operation.api_name} has no member `{params['member']}`")
        return
    route = proposal.at(role)
    name = proposal.request.name(role)
    if isinstance(name, Unknown):
        yield CannotTell(route, name.why, name.needs)
        return
    found = proposal.facts.snapshot(name)
    if isinstance(found, Snapshot):
        if wanted:
            yield Passes(route, f"snapshot `{name}` exists")
        else:
            yield Fails(route, f"snapshot `{name}` already exists", values=(name,), repair=another_name(proposal))
        return
    pending = None
    if wanted and found is None:
        from snaplint.checks.collisions import not_yet  # only for a snapshot that does not exist

        pending = not_yet(proposal, role, name)
    if not wanted and not proposal.request.is_export:
        from snaplint.checks.collisions import same_name  # only for plain copies

        yield from same_name(proposal, name)
    if pending is not None:
        yield pending
    elif isinstance(found, Unknown):
        yield CannotTell(route, found.why, found.needs, _shown_by(found), values=(name,))
    elif wanted:
        yield Fails(route, f"snapshot `{name}` does not exist{_where(proposal)}{_near(proposal, name)}", values=(name,))
    else:
        yield Passes(route, f"snapshot `{name}` does not exist")


def _where(proposal: Proposal) -> str:
    """Return where AWS looks for the snapshots of the call, as far as that is known: ` in us-east-1 of account …`."""
    region, account = proposal.facts.region, proposal.facts.account
    place = "" if isinstance(region, Unknown) else f" in {region}"
    return place if isinstance(account, Unknown) else f"{place} {'of' if place else 'in'} account {account}"


def _near(proposal: Proposal, name: str) -> str:
    """Return the suggestion of a snapshot that exists and has a similar name, or ""."""
    known = (found.name for found in proposal.facts.snapshots.values() if isinstance(found, Snapshot))
    return did_you_mean(nearest(name, known, cutoff=0.75))


@check("snapshot.setting", "field", field=_FIELDS, reads="source", **PARAMS)
def setting(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that a field of the source snapshot is as the rule requires: `absent`, `equals`, `in`, `like`, `unlike`."""
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
        yield Passes(route, f"the `{field}` of snapshot `{snapshot.name}` {value_in_words(value)}")


@check("snapshot.not-tiered", reads="source")
def not_tiered(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the source snapshot is not from a cluster with data tiering, which some node types always use."""
    snapshot = yield from _source(proposal)
    if snapshot is None:
        return
    says = proposal.operation.source.tiering
    tiering, node_type = snapshot.field(says.field), snapshot.field(says.node_type)
    route = _field_route(proposal, snapshot, says.field)
    if tiering == says.on:
        yield Fails(route, f"snapshot `{snapshot.name}` has data tiering enabled")
    elif isinstance(node_type, str) and node_type.startswith(says.nodes):
        text = f"snapshot `{snapshot.name}` is from `{node_type}` nodes, which always use data tiering"
        yield Fails(_field_route(proposal, snapshot, says.node_type), text)
    elif tiering in (says.off, None) or isinstance(node_type, str):
        yield Passes(route, f"snapshot `{snapshot.name}` has no data tiering")
    elif isinstance(tiering, Unknown):
        yield CannotTell(route, tiering.why, tiering.needs)
    else:
        either = f"neither `{says.on}` nor `{says.off}`"
        why = f"the `{says.field}` of snapshot `{snapshot.name}` is `{show(tiering)}`, {either}"
        yield CannotTell(route, why, (f"snapshots.{snapshot.name}.{says.field}",))


def _source(proposal: Proposal) -> Generator[Finding, None, Snapshot | None]:
    """Return the source snapshot. If it is unknown or does not exist, yield that finding and return None."""
    route = proposal.at("source")
    snapshot = proposal.source
    if isinstance(snapshot, Unknown):
        yield CannotTell(route, snapshot.why, snapshot.needs, _shown_by(snapshot))
        return None
    if snapshot is None:
        yield NotApplicable(route, f"snapshot `{proposal.request.source}` does not exist")
    return snapshot


def _shown_by(unknown: Unknown) -> tuple[Blame, ...]:
    """Return a blame for the value which shows that the facts are not about the snapshot that the call finds."""
    return (Blame(unknown.route, "snapshot", "not the snapshot of the call"),) if unknown.route else ()


def _field_route(proposal: Proposal, snapshot: Snapshot, field: str) -> Route:
    """Return the route of the field, or of the snapshot's name in the request if the field is not provided."""
    return (*snapshot.route, field) if field in snapshot.fields else proposal.at("source")

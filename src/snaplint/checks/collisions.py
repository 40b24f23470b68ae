"""Findings about requests of one run that write the same object key or create a snapshot of the same name.

The later request fails, if the earlier one succeeds. AWS's pages about an existing key or snapshot are those of the
operation (`operation.docs`).
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.earlier import is_counted, is_numbered
from snaplint.checks.repairs import another_name
from snaplint.findings.cause import COLLISION, Cause
from snaplint.findings.verdict import Blame, CannotTell, Fails
from snaplint.operations.export_keys import object_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.checks.earlier import EarlierRequest
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.rule import Certainty


def same_key(proposal: Proposal, found: EarlierRequest) -> Iterator[Fails | CannotTell]:
    """Yield the finding about an earlier request of the run that exports to the same object key."""
    name, target = proposal.request.bucket, proposal.request.target
    if isinstance(name, Unknown) or isinstance(target, Unknown):
        return
    key = object_key(target, 1)
    written = f"exports to `{key}` in bucket `{name}`"
    undocumented = ""
    if not found.same_case:
        written = f"exports to bucket `{name}`, under a name that differs from `{target}` in letter case only"
        undocumented = "the object key is in lower case"
    elif not (found.numbered and is_numbered(proposal.keys)):
        undocumented = "files are numbered by node group"
    because = (_blame(found, written),)
    route, values, text = proposal.at("target"), (name, key), f"an earlier request of this run {written}"
    certainty: Certainty | None
    if found.needs or undocumented:
        why = f", and AWS does not document whether {undocumented}" if undocumented else ""
        certainty = "inferred" if undocumented else None
        whole = f"{text}{_whether(found, 'bucket')}{why}"
        yield CannotTell(
            route,
            whole,
            found.needs,
            because,
            values,
            certainty=certainty,
            undocumented=(f"AWS does not document whether {undocumented}",) if undocumented else (),
        )
    else:
        certainty = None if found.counted and is_counted(proposal.keys) else "inferred"
        causes = (_cause(proposal, found, text, target),)
        yield Fails(route, text, because, values, certainty=certainty, causes=causes)


def same_name(proposal: Proposal, name: str) -> Iterator[Fails | CannotTell]:
    """Yield the finding if a plain copy has the name of its source, or an earlier request of the run creates it."""
    route, stored = proposal.at("target"), proposal.operation.source.stored
    source = proposal.request.source
    if proposal.source is not None and isinstance(source, str) and stored(source) == stored(name):
        own = Blame(proposal.at("source"), "request", f"`{source}` is the source of the copy")
        text = f"snapshot `{name}` already exists: it is the source of the copy"
        yield Fails(route, text, (own,), (name,), repair=another_name(proposal))
        return
    found = proposal.earlier.creates(proposal.request, "target") if proposal.earlier is not None else None
    if found is None:
        return
    created = f"creates snapshot `{name}`"
    because, text = (_blame(found, created),), f"an earlier request of this run {created}"
    if found.needs:
        yield CannotTell(route, f"{text}{_whether(found, 'account and Region')}", found.needs, because, (name,))
    else:
        yield Fails(route, text, because, (name,), causes=(_cause(proposal, found, text, name),))


def not_yet(proposal: Proposal, role: str, name: str) -> CannotTell | None:
    """Return the finding if a snapshot that does not exist yet is created by an earlier request of the run."""
    found = proposal.earlier.creates(proposal.request, role) if proposal.earlier is not None else None
    if found is None:
        return None
    because = _blame(found, f"creates snapshot `{name}`")
    text = f"snapshot `{name}` does not exist yet: an earlier request of this run creates it"
    needs = (*found.needs, f"snapshots.{name}")
    return CannotTell(proposal.at(role), f"{text}{_whether(found, 'account and Region')}", needs, (because,), (name,))


def _cause(proposal: Proposal, found: EarlierRequest, text: str, name: str) -> Cause:
    """Return the earlier request as the cause, once for all later ones that use the same name."""
    return Cause(COLLISION, text, found.route, "request", source=found.source, name=name, repair=another_name(proposal))


def _blame(found: EarlierRequest, text: str) -> Blame:
    return Blame(found.route, "request", f"{text}, if it succeeds", source=found.source)


def _whether(found: EarlierRequest, where: str) -> str:
    """Return what decides whether two requests meet, as the end of a sentence; empty if they do."""
    if not found.needs:
        return ""
    return (
        f"; whether that is the same {where} depends on {listed(f'`{need}`' for need in found.needs)} of both requests"
    )

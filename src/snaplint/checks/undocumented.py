"""Checks of states in which AWS does not document what becomes of the call.

The severity of their rules is `warning` or `info`. A fact that is not provided does not concern them: nothing about the
call depends on it for certain.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import counted
from snaplint.checks.registry import USED, check
from snaplint.facts import Bucket, Snapshot
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding


@check("bucket.without-retention", reads="bucket", bucket=USED)
def without_retention(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that Object Lock gives new objects in the target bucket no default retention.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    route, bucket = proposal.at("bucket"), proposal.bucket
    if not isinstance(bucket, Bucket):
        yield NotApplicable(route, "nothing is known about the bucket")
        return
    lock = bucket.object_lock
    if isinstance(lock, Unknown):
        yield _not_provided(route, lock)
        return
    rule = (lock or {}).get("Rule")
    retention = rule.get("DefaultRetention") if isinstance(rule, dict) else None
    if not retention:
        yield Passes(route, f"bucket `{bucket.name}` has no default retention")
        return
    place = (*bucket.route, "object_lock", "Rule", "DefaultRetention")
    text = f"bucket `{bucket.name}` locks every new object{_period(retention)}"
    blame = Blame(place, "bucket", "the default retention of Object Lock")
    yield Fails(route, f"{text}, and AWS does not document whether {proposal.writer.name} can write to it", (blame,))


def _not_provided(route: Route, fact: Unknown) -> Finding:
    """Return the finding about a fact that is unknown: undetermined if the input gives a reason for it."""
    return CannotTell(route, fact.why, fact.needs) if fact.unreadable else NotApplicable(route, fact.why)


def _period(retention: Mapping[str, object]) -> str:
    """Return the period of a default retention and its mode: ` for 30 days (GOVERNANCE)`."""
    units = (("Days", "day"), ("Years", "year"))
    periods = [
        f" for {counted(number, unit)}" for name, unit in units if isinstance(number := retention.get(name), int)
    ]
    mode = retention.get("Mode")
    return "".join(periods) + (f" ({mode})" if isinstance(mode, str) else "")


@check("snapshot.without", "field", "words", reads="source", field={"type": "string"}, words={"type": "string"})
def without(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the source snapshot has no value in a field; `words` says what it has otherwise."""
    route, snapshot, field = proposal.at("source"), proposal.source, params["field"]
    if not isinstance(snapshot, Snapshot):
        yield NotApplicable(route, "nothing is known about the snapshot")
        return
    if field not in snapshot.fields:
        yield NotApplicable(route, f"snapshot `{snapshot.name}` names no `{field}`")
    elif snapshot.fields[field] in (None, ""):
        yield Passes(route, f"snapshot `{snapshot.name}` has no `{field}`")
    else:
        text = f"snapshot `{snapshot.name}` {params['words']}"
        yield Fails((*snapshot.route, field), f"{text}, and AWS does not document whether it can be exported")


@check("snapshot.below-quota", "most", most={"type": "integer", "minimum": 1})
def below_quota(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the `most` newest known manual backups of the source's cluster were not created within 24 hours.

    The quota is among the backup constraints in the service's guide, which the rule links.
    """
    route, source, most = proposal.at("target"), proposal.source, params["most"]
    if not isinstance(source, Snapshot):
        yield NotApplicable(route, "nothing is known about the snapshot")
        return
    from snaplint.checks.export.backups import cluster_of  # only for plain copies

    cluster = field, name = cluster_of(source, proposal.operation.source)
    backups = proposal.access.backups(proposal.operation).get(cluster)
    if not field or backups is None or backups.number < most:
        yield NotApplicable(route, f"fewer than {most} manual backups of the cluster are known")
    elif len(backups.times) < most:
        yield NotApplicable(route, f"the times of fewer than {most} manual backups of the cluster are known")
    elif backups.times[-1] - backups.times[-most] <= _DAY:
        text = f"{most} manual backups of `{name}` were created within 24 hours, which reaches the quota of a node"
        newest = tuple(Blame(place, "snapshot", "a manual backup") for place in backups.since(backups.times[-most]))
        yield Fails(route, f"{text}; AWS does not document whether a copy counts towards it", newest)
    elif len(backups.times) < backups.number:
        yield NotApplicable(route, "the times of some manual backups of the cluster are not known")
    else:
        yield Passes(route, f"the newest {most} known manual backups of `{name}` were not created within 24 hours")


_DAY = 24 * 60 * 60

"""Checks of what the bucket policy or the bucket ACL allows the service that writes.

The operation names its principals and the action of each permission (`operation.writer`).
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.bucket import target
from snaplint.checks.export.acl_grants import misdirected
from snaplint.checks.export.answers import (
    certainty_of,
    condition_keys,
    depends_on,
    needs_of,
    undetermined,
    undocumented_in,
    whatever,
)
from snaplint.checks.export.grant_paths import ACL, GrantPath, Grants
from snaplint.checks.export.granting import grants
from snaplint.checks.registry import USED, check
from snaplint.facts import Bucket
from snaplint.findings.cause import WRONG_PRINCIPAL
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.answers import Answer
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.cause import Cause
    from snaplint.findings.verdict import Finding
    from snaplint.operations.export_service import ExportService


_PERMISSIONS = list(dict.fromkeys(name for each in operations().values() for name in each.writer.permissions))


@check("service.granted", "permission", reads="grants", bucket=USED, permission={"enum": _PERMISSIONS})
def granted(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the service holds READ, WRITE or READ_ACP on the bucket, by the better of the two grant paths."""
    bucket = yield from target(proposal)
    if bucket is None:
        return
    permission = params["permission"]
    route = proposal.at("bucket")
    if permission not in proposal.writer.permissions:
        yield NotApplicable(route, f"{proposal.writer.name} does not need {permission} permission")
        return
    both = grants(proposal, bucket)
    if isinstance(both, Unknown):
        yield CannotTell(route, both.why, both.needs, values=(bucket.name,))
        return
    truth = both.verdict(permission)
    if truth == YES:
        path = both.holder(permission)
        answer = path.answers[permission]
        document = "bucket policy" if path is both.policy else "bucket ACL"
        text = f"the {document} grants {permission} (`{answer.action}`) to {path.identity}"
        assumed = dict.fromkeys(name for each in path.answers.values() for name in each.assumes)
        yield Passes(route, text, answer.because, (*_assumed(proposal), *assumed))
    elif truth == NO:
        blames, causes = _blames(proposal, both, permission), _causes(proposal, bucket, both, (permission,))
        yield Fails(route, _failure_text(both, permission), blames, (bucket.name,), causes=causes)
    else:
        finding = _undetermined(proposal, both, permission)
        yield finding._replace(
            because=_blames(proposal, both, permission), values=(bucket.name,), assumes=_assumed(proposal)
        )


def _causes(proposal: Proposal, bucket: Bucket, both: Grants, permissions: Iterable[str]) -> tuple[Cause, ...]:
    """Return what keeps these permissions, or these actions, from the service."""
    from snaplint.checks.export.grant_causes import causes_of_lack  # only for what fails

    actions = [proposal.writer.permissions.get(each, each) for each in permissions]
    misnamed = [(blame, name) for name, blame in _misnamed(bucket, proposal.writer)]
    return causes_of_lack(proposal, bucket, both, actions, misnamed)


def _assumed(proposal: Proposal) -> tuple[str, ...]:
    """Return the only layer that applies to the service itself, if it is among those that are not provided."""
    return tuple(name for name in proposal.facts.organization.assumes if name == "organization.rcps")


def _blames(proposal: Proposal, both: Grants, permission: str) -> tuple[Blame, ...]:
    """Return what keeps the permission from the service, each place once, the better grant path first.

    If a path is denied without a Deny, these are the statements that nearly grant the permission, those that misname
    the service, and the ACL's grants to an account that is not the service's in this Region.
    """
    answers = (both.better.answers[permission], both.other.answers[permission])
    blames = [blame for answer in answers if answer.truth != YES for blame in answer.because]
    bucket = proposal.bucket
    if isinstance(bucket, Bucket) and both.policy.answers[permission].truth == NO:
        blames += [blame for _, blame in _misnamed(bucket, proposal.writer)]
    if isinstance(bucket, Bucket) and both.acl.answers[permission].truth == NO:
        expected = proposal.writer.canonical_ids(str(bucket.region))
        blames += misdirected(bucket, proposal.writer, permission, expected)
    return tuple({blame.route: blame for blame in reversed(blames)}.values())[::-1]


def _failure_text(both: Grants, permission: str) -> str:
    policy, acl = both.policy, both.acl
    answer = policy.answers[permission]
    if answer.explicit:
        return f"{policy.identity} is denied `{answer.action}` on `{answer.place}`{_and_acl(acl, permission)}"
    return f"{_no_allow(policy, answer)}{_and_acl(acl, permission)}"


def _no_allow(policy: GrantPath, answer: Answer) -> str:
    if policy.absent:
        return f"{policy.absent}, so nothing allows `{answer.action}` to {policy.identity}"
    what = f"`{answer.action}` on `{answer.place}`"
    if answer.whatever:
        return f"the bucket policy does not allow {what} to {policy.identity}{whatever((answer,))}"
    return f"no statement of the bucket policy allows {what} to {policy.identity}"


def _and_acl(acl: GrantPath, permission: str) -> str:
    if acl.absent:
        return f", and {acl.absent}"
    if acl.answers[permission].explicit:
        return f", and {acl.identity} is denied it too"
    if acl.answers[permission].truth == NO:
        return f", and the bucket ACL grants no {permission} to {acl.identity}"
    return ""


def _undetermined(proposal: Proposal, both: Grants, permission: str) -> CannotTell:
    """Return why a permission is undetermined, and what would settle it."""
    route = proposal.at("bucket")
    if both.halves:
        halves = "the bucket policy grants one part and the bucket ACL the rest"
        text = f"{halves}, and AWS does not document whether the two add up"
        return CannotTell(route, text, certainty="inferred")
    answers = both.deciding(permission)
    service, action = proposal.writer.name, proposal.writer.permissions[permission]
    if any(path.answers[permission].truth == YES for path in both.paths):
        text = f"`{action}` is granted, but whether {service} uses that grant depends on"
    else:
        text = f"whether {service} is allowed `{action}` depends on"
    return _open(route, f"{text} {depends_on(answers)}", answers)._replace(certainty=certainty_of(answers))


def _open(route: Route, text: str, answers: list[Answer]) -> CannotTell:
    """Return a finding that depends on answers about the service, whose requests AWS does not document."""
    return CannotTell(
        route,
        text,
        needs_of(answers),
        undocumented=undocumented_in(answers),
        undocumented_keys=condition_keys(answers),
    )


@check(
    "service.allowed",
    "actions",
    reads="grants",
    bucket=USED,
    actions={"type": "array", "items": {"type": "string"}, "minItems": 1},
)
def allowed(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the writer's service principal is allowed these S3 actions, if the service uses the policy path."""
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route, service = proposal.at("bucket"), proposal.writer.name
    both = grants(proposal, bucket)
    if isinstance(both, Unknown):
        yield CannotTell(route, both.why, both.needs)
    elif both.effective_path == ACL:
        yield NotApplicable(
            route, f"{service} is granted access by the bucket ACL, for which these actions are not checked"
        )
    elif both.policy.grants_nothing:
        yield NotApplicable(route, f"the bucket policy grants {service} no permission, so there is no incomplete grant")
    else:
        answers = [both.policy.ask(action) for action in params["actions"]]
        yield _incomplete(proposal, bucket, both, answers)


def _incomplete(proposal: Proposal, bucket: Bucket, both: Grants, answers: list[Answer]) -> Finding:
    route, who = proposal.at("bucket"), both.policy.identity
    denied = [answer for answer in answers if answer.truth == NO]
    if denied and both.effective_path is None:
        # these actions are not checked on the ACL path, and which path the service uses depends on both paths
        answers = both.undetermined
        text = (
            f"whether {proposal.writer.name} uses the bucket policy or the bucket ACL depends on {depends_on(answers)}"
        )
        return _open(route, text, answers)
    if denied and not both.policy.grants_something:
        # without any grant, there is no incomplete one
        answers = [answer for answer in both.policy.answers.values() if answer.truth == UNKNOWN]
        text = (
            f"whether the bucket policy grants {proposal.writer.name} any permission depends on {depends_on(answers)}"
        )
        return _open(route, text, answers)
    if denied:
        named = listed(f"`{answer.action}`" for answer in denied)
        blames = tuple(dict.fromkeys(blame for answer in denied for blame in answer.because))
        causes = _causes(proposal, bucket, both, [answer.action for answer in denied])
        return Fails(route, f"{who} is not allowed {named} by the bucket policy", blames, causes=causes)
    named = listed(f"`{answer.action}`" for answer in answers)
    passes = Passes(route, f"the bucket policy also grants {named}", assumes=_assumed(proposal))
    return undetermined(route, who, answers) or passes


@check("service.principal-named", reads="bucket", blames=WRONG_PRINCIPAL, bucket=USED)
def principal_named(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that a bucket policy that is meant to grant the service access names the service principal that it uses.

    AWS treats a wrong name as plain text: the statement matches no principal.
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route, service = proposal.at("bucket"), proposal.writer.name
    meant = list(_meant_principals(bucket, proposal.writer))
    if not meant and not isinstance(bucket.policy, Unknown):
        name = f"bucket `{bucket.name}`"
        unnamed = f"no statement of the policy of {name} names {service}"
        yield NotApplicable(route, f"{name} has no policy" if bucket.policy is None else unnamed)
        return
    unknown = [fact for fact in (bucket.region, bucket.policy) if isinstance(fact, Unknown)]
    if unknown:
        yield CannotTell(route, unknown[0].why, needs_of(unknown))
        return
    expected = proposal.writer.principals(str(bucket.region))
    shown = [f"`{name}`" for name in expected]
    named = {name for _, name, _ in meant}
    if named.issuperset(expected):
        yield Passes(route, f"the bucket policy names {listed(shown)}")
    elif not named.isdisjoint(expected):
        why = f"AWS does not document whether {service} writes as {listed(shown, 'or')} in {bucket.region}"
        yield CannotTell(
            route, why, because=tuple(blame for *_, blame in meant), certainty="inferred", undocumented=(why,)
        )
    else:
        from snaplint.checks.export.grant_causes import misnaming  # only for what fails

        for place, name, blame in meant:
            wrong = f"`{name}` is not the service principal for exports in {bucket.region}"
            text = f"{wrong}: {service} writes as {listed(shown, 'or')}"
            yield Fails(place, text, (blame,), causes=(misnaming(proposal, bucket, blame, name),))


def _misnamed(bucket: Bucket, writer: ExportService) -> Iterator[tuple[str, Blame]]:
    """Yield the statements that are meant for the service and misname it, each after the wrong name."""
    expected = writer.principals(str(bucket.region))
    for place, name, blame in _meant_principals(bucket, writer):
        if name not in expected:
            wrong = f"which is not {writer.name}'s service principal for exports in {bucket.region}"
            yield name, blame._replace(route=place, text=f"names `{name}`, {wrong}")


def _meant_principals(bucket: Bucket, writer: ExportService) -> Iterator[tuple[Route, str, Blame]]:
    """Yield the principals of Allow statements that are meant for the service, rightly or wrongly named.

    Each comes as its route, its name, and the statement's blame.
    """
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return
    for statement in bucket.policy.compiled("resource").statements:
        for kind, name in statement.principals:
            if statement.effect == "Allow" and writer.is_meant_by(kind, name):
                place = (*bucket.route, "policy", *statement.route)
                yield (
                    (*place, "Principal"),
                    name,
                    Blame(place, "bucket policy", f"names `{name}`", statement.sid, "Allow"),
                )

"""Checks of what ElastiCache itself may do in the bucket, by the bucket policy or by the bucket ACL.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html#backups-exporting-grant-access
"""

from __future__ import annotations

from snaplint import elasticache
from snaplint.base.unknown import Unknown
from snaplint.checks.bucket import target
from snaplint.checks.export.acl_grants import misdirected
from snaplint.checks.export.grant_paths import ACL, Grants, WayIn
from snaplint.checks.export.granting import grants
from snaplint.checks.export.identity import doubt, hangs_on
from snaplint.checks.export.words import ALLOWED, DENIED, DEPENDS
from snaplint.checks.registry import check
from snaplint.checks.values import listed
from snaplint.facts import Bucket
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.identity import Answer
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding


@check("service.granted", "permission", permission={"enum": list(elasticache.PERMISSIONS)})
def granted(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """ElastiCache holds one of the permissions READ, WRITE, READ_ACP on the bucket, by the better of the two routes."""
    bucket = yield from target(proposal)
    if bucket is None:
        return
    permission = params["permission"]
    route = proposal.route("TargetBucket")
    both = grants(proposal, bucket)
    if isinstance(both, Unknown):
        yield CannotTell(route, both.why, both.needs, values=(bucket.name,))
        return
    match both.verdict(permission):
        case "allowed":
            way = both.holder(permission)
            answer = way.answers[permission]
            granting = "bucket policy" if way is both.policy else "bucket ACL"
            text = f"the {granting} grants {permission} (`{answer.action}`) to {way.identity}"
            yield Passes(route, text, answer.because, _assumed(proposal))
        case "denied":
            yield Fails(route, _lacks(both, permission), _blames(proposal, both, permission), (bucket.name,))
        case _:
            text, needs = _doubt(both, permission)
            blames = _blames(proposal, both, permission)
            yield CannotTell(route, text, needs, blames, (bucket.name,), _assumed(proposal))


def _assumed(proposal: Proposal) -> tuple[str, ...]:
    """Of the layers that were left out, the only one that binds ElastiCache itself."""
    return tuple(name for name in proposal.facts.organization.assumes if name == "organization.rcps")


def _blames(proposal: Proposal, both: Grants, permission: str) -> tuple[Blame, ...]:
    """What stands between ElastiCache and the permission, each place once, the better route first.

    Where a route is denied without a Deny, these are the statements that nearly grant it, those that name ElastiCache
    wrongly, and the ACL's grants to an account that is not ElastiCache's here.
    """
    answers = (both.better.answers[permission], both.other.answers[permission])
    blames = [blame for answer in answers if answer.word != ALLOWED for blame in answer.because]
    bucket = proposal.bucket
    if isinstance(bucket, Bucket) and both.policy.answers[permission].word == DENIED:
        blames += _misnamed(bucket)
    if isinstance(bucket, Bucket) and both.acl.answers[permission].word == DENIED:
        blames += misdirected(bucket, permission, elasticache.canonical_ids(str(bucket.region)))
    return tuple({blame.route: blame for blame in reversed(blames)}.values())[::-1]


def _lacks(both: Grants, permission: str) -> str:
    policy, acl = both.policy, both.acl
    answer = policy.answers[permission]
    if answer.explicit:
        return f"{policy.identity} is denied `{answer.action}` on `{answer.place}`{_and_acl(acl, permission)}"
    return f"{_no_allow(policy, answer)}{_and_acl(acl, permission)}"


def _no_allow(policy: WayIn, answer: Answer) -> str:
    if policy.absent:
        return f"{policy.absent}, so nothing allows `{answer.action}` to {policy.identity}"
    what = f"`{answer.action}` on `{answer.place}`"
    return f"no statement of the bucket policy allows {what} to {policy.identity}"


def _and_acl(acl: WayIn, permission: str) -> str:
    if acl.absent:
        return f", and {acl.absent}"
    if acl.answers[permission].explicit:
        return f", and {acl.identity} is denied it too"
    if acl.answers[permission].word == DENIED:
        return f", and the bucket ACL grants no {permission} to {acl.identity}"
    return ""


def _doubt(both: Grants, permission: str) -> tuple[str, tuple[str, ...]]:
    """Why a permission cannot be told, and what would settle it."""
    if both.halves:
        halves = "the bucket policy grants one part and the bucket ACL the rest"
        return f"{halves}: AWS does not say whether halves add up", ()
    ways = (both.policy, both.acl)
    own = [way.answers[permission] for way in ways if way.answers[permission].word == DEPENDS]
    answers = own or [answer for way in ways for answer in way.answers.values() if answer.word == DEPENDS]
    needs = tuple(dict.fromkeys(need for answer in answers for need in answer.needs))
    action = elasticache.PERMISSIONS[permission]
    if any(way.answers[permission].word == ALLOWED for way in ways):
        text = f"`{action}` is granted, but perhaps not by the route that ElastiCache takes: that hangs on"
    else:
        text = f"whether ElastiCache is allowed `{action}` hangs on"
    return f"{text} {hangs_on(answers)}", needs


@check("service.allowed", "actions", actions={"type": "array", "items": {"type": "string"}, "minItems": 1})
def allowed(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """ElastiCache's service principal may do these S3 actions in the bucket, where the export goes by the policy
    route."""
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route = proposal.route("TargetBucket")
    both = grants(proposal, bucket)
    if isinstance(both, Unknown):
        yield CannotTell(route, both.why, both.needs)
    elif both.route_taken == ACL:
        yield NotApplicable(route, "ElastiCache is let in as a canonical user, for whom these actions are not asked")
    elif both.policy.grants_nothing:
        yield NotApplicable(route, "the bucket policy grants ElastiCache nothing that could be completed")
    else:
        answers = [both.policy.ask(action) for action in params["actions"]]
        yield _incomplete(proposal, both, answers)


def _incomplete(proposal: Proposal, both: Grants, answers: list[Answer]) -> Finding:
    route, who = proposal.route("TargetBucket"), both.policy.identity
    denied = [answer for answer in answers if answer.word == DENIED]
    if denied and both.route_taken is None:
        # by the ACL route they would not be asked: whether that is taken hangs on what both routes hang on
        ways = [answer for way in (both.policy, both.acl) for answer in way.answers.values() if answer.word == DEPENDS]
        needs = tuple(dict.fromkeys(need for answer in ways for need in answer.needs))
        return CannotTell(route, f"whether ElastiCache writes by the bucket policy hangs on {hangs_on(ways)}", needs)
    if denied:
        named = listed(f"`{answer.action}`" for answer in denied)
        blames = tuple(dict.fromkeys(blame for answer in denied for blame in answer.because))
        return Fails(route, f"{who} is not allowed {named} by the bucket policy", blames)
    named = listed(f"`{answer.action}`" for answer in answers)
    passes = Passes(route, f"the bucket policy grants {named} as well", assumes=_assumed(proposal))
    return doubt(route, who, answers) or passes


@check("service.principal-named")
def principal_named(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """The bucket policy that means to let ElastiCache in names the service principal that ElastiCache uses.

    A wrong name is a plain string to AWS: the statement matches nobody.
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route = proposal.route("TargetBucket")
    for fact in (bucket.region, bucket.policy):
        if isinstance(fact, Unknown):
            yield CannotTell(route, fact.why, fact.needs)
            return
    expected, *others = elasticache.service_principals(str(bucket.region))
    meant = list(_meant(bucket))
    if not meant:
        yield NotApplicable(route, f"no statement of the policy of bucket `{bucket.name}` names ElastiCache")
    elif any(name == expected for _, name, _ in meant):
        yield Passes(route, f"the bucket policy names `{expected}`")
    elif any(name in others for _, name, _ in meant):
        yield CannotTell(route, f"AWS does not say whether ElastiCache is called `{others[0]}` or `{expected}` here")
    else:
        for place, name, blame in meant:
            yield Fails(
                place, f"`{name}` is not ElastiCache's name here: snapshots are written by `{expected}`", (blame,)
            )


def _misnamed(bucket: Bucket) -> Iterator[Blame]:
    """Statements that were written for ElastiCache and name it wrongly."""
    expected = elasticache.service_principals(str(bucket.region))
    for place, name, blame in _meant(bucket):
        if name not in expected:
            yield blame._replace(route=place, text=f"allows it to `{name}`, which is not ElastiCache's name here")


def _meant(bucket: Bucket) -> Iterator[tuple[tuple[str | int, ...], str, Blame]]:
    """Principals in Allow statements that were written with ElastiCache in mind, right or wrong."""
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return
    for statement in bucket.policy.compiled("resource").statements:
        for kind, name in statement.principals:
            if statement.effect == "Allow" and kind == "Service" and "elasticache" in name.lower():
                place = (*bucket.route, "policy", *statement.route)
                yield (
                    (*place, "Principal"),
                    name,
                    Blame(place, "bucket policy", f"allows it to `{name}`", statement.sid, "Allow"),
                )

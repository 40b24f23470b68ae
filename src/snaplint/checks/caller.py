"""Checks of the caller's rights: to make the call, and the S3 rights that the service checks on the caller's behalf.

The operation lists the rights that a call needs (`operation.needs`), each with the page it is from.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.export.acl_grants import may_grant_to_everyone
from snaplint.checks.export.answers import condition_keys, needs_of, undetermined, whatever
from snaplint.checks.export.contexts import can_be_provided, of_the_request
from snaplint.checks.export.identity import LABELS
from snaplint.checks.registry import check
from snaplint.facts import Bucket, Snapshot
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes
from snaplint.iam.terms.truth import NO, UNKNOWN
from snaplint.operations.operation import Need
from snaplint.operations.partitions import partition
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.answers import Answer
    from snaplint.checks.export.identity import Identity
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.cause import Cause
    from snaplint.findings.rule import Certainty
    from snaplint.findings.verdict import Finding
    from snaplint.iam import Context
    from snaplint.operations.operation import Operation

_ACTION = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "pattern": "^[a-z0-9-]+:[A-Za-z0-9]+$"},
        "resource": {"enum": ["bucket", "keys", "buckets", "source-snapshot", "target-snapshot"]},
        "when": {"enum": ["export", "copy", "tags"]},
    },
    "required": ["action", "resource"],
    "additionalProperties": False,
}
_AT_S3 = ("bucket", "keys", "buckets")


_NEEDS = sorted({name for operation in operations().values() for name in operation.needs})


@check(
    "caller.allowed",
    ("needs", "actions"),
    reads="rights",
    needs={"enum": _NEEDS},
    actions={"type": "array", "items": _ACTION, "minItems": 1},
)
def allowed(proposal: Proposal, params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the caller is allowed each action that the operation lists under `needs`, or the rule under `actions`.

    In `actions`, `resource` is what the action is evaluated on: `bucket` is the target bucket, `keys` is every key that
    the export will write, `buckets` is all buckets (for actions without a resource type). `when` limits the action to
    some requests.
    """
    route = proposal.request.route
    needs = [need for need in wanted(params, proposal.operation) if _applies(proposal, need)]
    if not needs:
        yield NotApplicable(route, "the request needs none of these actions")
        return
    answers: list[Answer] = []
    for need in needs:
        answer = _ask(proposal, need)
        if isinstance(answer, Unknown):
            yield CannotTell(route, answer.why, (*answer.needs, *_needed_beside_caller(proposal, needs)))
            return
        answers.append(answer)
    yield _verdict(proposal, answers, needs)


def _needed_beside_caller(proposal: Proposal, needs: list[Need]) -> tuple[str, ...]:
    """Return which policies are needed as well, if it is not known which principal makes the call."""
    if not isinstance(proposal.caller.arn, Unknown):
        return ()
    facts: list[object] = [proposal.caller.policies]
    if any(need.resource in ("bucket", "keys") for need in needs):
        bucket = _bucket(proposal)
        facts += [bucket] if isinstance(bucket, Unknown) else [bucket.policy, bucket.account]
    return needs_of(fact for fact in facts if isinstance(fact, Unknown))


def wanted(params: Mapping[str, Any], operation: Operation) -> tuple[Need, ...]:
    """Return the rights that a rule with this check requires, from its parameters."""
    if "needs" in params:
        return operation.needs.get(params["needs"], ())
    return tuple(Need(entry["action"], entry["resource"], entry.get("when", "")) for entry in params["actions"])


def rights(proposal: Proposal, params: Mapping[str, Any]) -> list[tuple[Need, Answer | Unknown]]:
    """Return the rights that a rule with this check requires for the request, each with the answer it rests on."""
    needs = [need for need in wanted(params, proposal.operation) if _applies(proposal, need)]
    asked = [_ask(proposal, need) for need in needs]
    answers = [answer for answer in asked if not isinstance(answer, Unknown)]
    if len(answers) < len(asked):  # the rule is undetermined
        return list(zip(needs, asked, strict=True))
    answers, assumed = _with_unknown_acl(proposal, answers)
    assuming = [each._replace(assumes=(*each.assumes, *assumed)) if each.truth == NO else each for each in answers]
    return list(zip(needs, assuming, strict=True))


def asked_as(proposal: Proposal, need: Need) -> tuple[Identity, Context | None] | Unknown:
    """Return the identity that is asked for a right, and the context of the request if it is not the identity's own."""
    region = proposal.facts.region
    if isinstance(region, Unknown):
        return region
    if need.resource in _AT_S3:
        bucket = None if need.resource == "buckets" else _bucket(proposal)
        if isinstance(bucket, Unknown):
            return bucket
        at_s3 = proposal.access.caller_at(bucket, region, proposal.operation)
        return at_s3 if isinstance(at_s3, Unknown) else (at_s3, None)
    calling = proposal.access.calling(region, proposal.operation)
    if isinstance(calling, Unknown):
        return calling
    return calling, _request_context(proposal, calling, is_source=need.resource == "source-snapshot")


def _applies(proposal: Proposal, need: Need) -> bool:
    request = proposal.request
    if need.resource in _AT_S3 and not request.is_export:
        return False
    match need.when:
        case "export":
            return request.is_export
        case "copy":
            return not request.is_export
        case "tags":
            return bool(request.tags)
        case _:
            return True


def _ask(proposal: Proposal, need: Need) -> Answer | Unknown:
    region = proposal.facts.region
    if isinstance(region, Unknown):
        return region
    if need.resource in ("source-snapshot", "target-snapshot"):
        return _ask_service(proposal, need, region)
    bucket = _bucket(proposal)
    if isinstance(bucket, Unknown):
        return bucket
    s3 = f"arn:{partition(region)}:s3:::"
    if need.resource == "buckets":
        identity = proposal.access.caller_at(None, region, proposal.operation)
        # an action without a resource type is matched by `*` and by the literal arn:aws:s3:::*, as in the guide
        return identity if isinstance(identity, Unknown) else identity.may_at_bucket(need.action, f"{s3}*")
    identity = proposal.access.caller_at(bucket, region, proposal.operation)
    if isinstance(identity, Unknown):
        return identity
    arn = f"{s3}{bucket.name}"
    if need.resource == "bucket":
        return identity.may_at_bucket(need.action, arn)
    keys = proposal.keys
    return keys if isinstance(keys, Unknown) else identity.may_on_keys(need.action, arn, keys)


def _bucket(proposal: Proposal) -> Bucket | Unknown:
    """Return the target bucket for evaluating the caller's rights.

    A bucket that does not exist has no policy and would be the caller's own. If nothing is known about the bucket,
    every field is Unknown.
    """
    bucket = proposal.bucket
    if isinstance(bucket, Bucket):
        return bucket
    name = proposal.request.bucket
    if isinstance(name, Unknown):
        return name
    if isinstance(bucket, Unknown):
        return Bucket.unread(name, ("buckets", name), bucket)
    missing = Bucket.unread(name, ("buckets", name), Unknown("the bucket does not exist"))
    return missing._replace(policy=None, account=proposal.facts.account)


def _ask_service(proposal: Proposal, need: Need, region: str) -> Answer | Unknown:
    """Return whether the caller may make the call itself, on the ARN of the source or of the target snapshot."""
    name = proposal.request.source if need.resource == "source-snapshot" else proposal.request.target
    account = proposal.facts.account
    identity = proposal.access.calling(region, proposal.operation)
    unknown = next((fact for fact in (name, account, identity) if isinstance(fact, Unknown)), None)
    if unknown is not None or isinstance(name, Unknown) or isinstance(identity, Unknown):
        return unknown or Unknown("the request is incomplete")
    arn = proposal.operation.arn(name, region, str(account))
    is_source = need.resource == "source-snapshot"
    answer = identity.may(need.action, arn, _request_context(proposal, identity, is_source=is_source))
    if not (is_source and answer.needs):
        return answer
    from snaplint.checks.export.tag_keys import with_snapshot_tags  # only for what is undetermined

    return answer._replace(needs=with_snapshot_tags(answer.needs, proposal.source))


def _request_context(proposal: Proposal, identity: Identity, *, is_source: bool) -> Context | None:
    """Return the identity's context with the condition keys of the call's members, or None if they add none.

    These are aws:RequestTag, aws:TagKeys and the keys that the operation gives its members; and aws:ResourceTag if
    `is_source` is True, so that the resource is the source snapshot, and its tags are known.
    """
    request = proposal.request
    pairs = [tag for tag in request.tags if isinstance(tag, dict) and isinstance(tag.get("Key"), str)]
    known: dict[str, object] = {f"aws:RequestTag/{tag['Key']}": str(tag.get("Value") or "") for tag in pairs}
    if pairs:
        known["aws:TagKeys"] = [tag["Key"] for tag in pairs]
    unknown = []
    for member in proposal.operation.members:
        value = request.members.get(member.name)
        if member.condition_key and isinstance(value, str) and value:
            known[member.condition_key] = value
        elif member.condition_key and value == "":  # AWS does not document whether an empty member sets the key
            unknown.append(member.condition_key)
    absent = of_the_request(proposal.operation)
    has_tags = is_source and isinstance(proposal.source, Snapshot) and not isinstance(proposal.source.tags, Unknown)
    if has_tags:
        from snaplint.checks.export.tag_keys import RESOURCE_TAG, of_snapshot

        tags = of_snapshot(proposal.source) or {}
        provided = {key.lower() for key in proposal.caller.context}
        known.update((key, value) for key, value in tags.items() if key.lower() not in provided)
        absent = (*absent, f"{RESOURCE_TAG}*")
    if not known and not unknown and not has_tags:
        return None
    return identity.context.extended(known, absent=absent, unknown=unknown)


def _verdict(proposal: Proposal, answers: list[Answer], needs: list[Need]) -> Finding:
    route = proposal.request.route
    who = f"`{proposal.caller.arn}`"
    answers, assumed = _with_unknown_acl(proposal, answers)
    lacking = [answer for answer in answers if answer.truth == NO]
    if lacking:
        because = tuple(dict.fromkeys(blame for answer in lacking for blame in _blames(proposal, answer)))
        actions = listed(f"`{answer.action}`" for answer in lacking)
        text = f"{who} is not allowed {actions}{whatever(lacking)}"
        certainty: Certainty | None = "inferred" if _is_inferred(answers, needs) else None
        causes = _causes(proposal, answers, needs)
        return Fails(route, text, because, certainty=certainty, assumes=assumed, causes=causes)
    finding = undetermined(route, who, answers, _not_to_be_provided(proposal, answers, needs))
    if finding is not None:
        return finding._replace(assumes=_assumed(proposal, needs))
    allowing = tuple(dict.fromkeys(blame for answer in answers for blame in answer.because))
    return Passes(route, f"{who} is allowed every action that it needs", allowing, _assumed(proposal, needs))


def _with_unknown_acl(proposal: Proposal, answers: list[Answer]) -> tuple[list[Answer], tuple[str, ...]]:
    """Return the answers, and the bucket ACL if they assume that it grants nothing to everyone.

    An ACL that is not provided is assumed to have no such grant, if the failure rests on that. With one that is
    provided and could not be read, an action that it could grant is undetermined.
    """
    bucket = proposal.bucket
    acl = bucket.acl if isinstance(bucket, Bucket) else None
    if not isinstance(bucket, Bucket) or not isinstance(acl, Unknown):
        return answers, ()
    lacking = [answer for answer in answers if answer.truth == NO]
    granted = [answer for answer in lacking if _may_be_granted(bucket, answer)]
    if acl.unreadable:
        needs = acl.needs
        return [each._replace(truth=UNKNOWN, needs=needs) if each in granted else each for each in answers], ()
    return answers, acl.needs if granted and len(granted) == len(lacking) else ()


def _may_be_granted(bucket: Bucket, answer: Answer) -> bool:
    """Return True if a grant of the unknown ACL could allow an action that no policy allows."""
    own = all(layer in ("identity", "resource") for layer in answer.blocked_by)
    return not answer.explicit and own and may_grant_to_everyone(bucket, answer.action)


def _not_to_be_provided(proposal: Proposal, answers: list[Answer], needs: list[Need]) -> Iterator[str]:
    """Yield the condition keys of the requests that the service makes for the caller, on which an answer depends."""
    for answer, need in zip(answers, needs, strict=True):
        for key in condition_keys([answer]):
            if not can_be_provided(key, proposal.operation, at_s3=need.resource in _AT_S3):
                yield key


def _causes(proposal: Proposal, answers: list[Answer], needs: list[Need]) -> tuple[Cause, ...]:
    """Return what keeps the rights from the caller; the causes tell of all rights that the operation lists."""
    from snaplint.checks.export.caller_causes import Lack, causes_of_lacks  # only for what fails

    asked: dict[Need, Answer | Unknown] = dict(zip(needs, answers, strict=True))
    # the same order whichever rule asks
    every = dict.fromkeys((*(need for each in proposal.operation.needs.values() for need in each), *needs))
    for need in every:
        if need not in asked and _applies(proposal, need):
            asked[need] = _ask(proposal, need)
    lacks = [
        Lack(need, answer, _layers_without_allow(proposal, need, answer))
        for need in every
        if not isinstance(answer := asked.get(need), Unknown | None) and answer.truth == NO
    ]
    if not proposal.cannot_write:
        return causes_of_lacks(proposal, lacks, needs)
    at_bucket = [lack for lack in lacks if lack.need.resource in ("bucket", "keys")]
    elsewhere = [lack for lack in lacks if lack not in at_bucket]
    pointless = [cause._replace(of_bucket=True) for cause in causes_of_lacks(proposal, at_bucket, needs)]
    return (*causes_of_lacks(proposal, elsewhere, needs), *pointless)


def _layers_without_allow(proposal: Proposal, need: Need, answer: Answer) -> Iterator[tuple[Route, str]]:
    """Yield each layer in which an Allow has to be added: in the caller's own account, its policies are enough.

    For a right that is denied, these are the layers in which an Allow would be missing without that Deny.
    """
    if answer.explicit:
        from snaplint.checks.export.what_if import without_any_deny

        without = _ask(without_any_deny(proposal), need)
        if isinstance(without, Unknown) or without.truth != NO or without.explicit:
            return
        answer = without
    by = answer.blocked_by or ("identity",)
    bucket = proposal.bucket
    own = not isinstance(bucket, Bucket) or bucket.account == proposal.facts.account
    for layer in by:
        if layer != "resource" or "identity" not in by or not own:
            yield _layer(layer, answer, proposal)


def _is_inferred(answers: list[Answer], needs: list[Need]) -> bool:
    """Return True if AWS documents the need, but not that the call fails in this way.

    For the right to list all buckets, AWS documents the message for a statement that is scoped to a bucket; that a Deny
    or no statement at all has the same message is inferred.
    """
    pairs = [(answer, need) for answer, need in zip(answers, needs, strict=True) if answer.truth == NO]
    return all(need.resource == "buckets" and (answer.explicit or not answer.because) for answer, need in pairs)


def _assumed(proposal: Proposal, needs: list[Need]) -> tuple[str, ...]:
    """Return the layers that are not provided and would apply to these actions.

    RCPs apply to S3 and not to the call itself:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
    """
    names = proposal.caller.assumes + proposal.facts.organization.assumes
    at_s3 = any(need.resource in _AT_S3 for need in needs)
    return tuple(name for name in names if at_s3 or name != "organization.rcps")


def _blames(proposal: Proposal, answer: Answer) -> Iterator[Blame]:
    """Yield what refuses one action: the Deny, the layers in which nothing allows it, or what may apply together."""
    if answer.explicit:
        for blame in answer.because:
            yield blame._replace(text=f"denies `{answer.action}` on `{answer.place}`")
        return
    if answer.whatever:
        yield from answer.because
        return
    by = answer.blocked_by or ("identity",)
    if "identity" in by or "resource" in by:
        yield from answer.because
    for layer in by:
        if not answer.because or layer not in ("identity", "resource"):
            route, label = _layer(layer, answer, proposal)
            yield Blame(route, label, f"no statement allows `{answer.action}` on `{answer.place}`")


def _layer(name: str, answer: Answer, proposal: Proposal) -> tuple[Route, str]:
    """Return the route of an engine layer in a preflight file, and AWS's word for it."""
    kind, _, level = name.partition("[")
    match kind:
        case "boundary":
            return ("caller", "boundary"), LABELS["boundary"]
        case "session":
            return ("caller", "session_policies"), LABELS["session"]
        case "scp" | "rcp":
            return ("organization", f"{kind}s", int(level.rstrip("]") or 0)), LABELS[kind]
        case "resource" if not answer.action.startswith("s3:"):
            # a snapshot has no resource policy that could allow a caller of another account
            return ("caller", "arn"), "caller of another account"
        case "resource":
            # for cross-account access the bucket policy must allow the action too
            return ("buckets", str(proposal.request.bucket), "policy"), LABELS["resource"]
        case _:
            return ("caller", "policies"), LABELS["identity"]

"""Why a request has its verdicts, from the same answers of the policy engine that the verdicts are made of."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks import caller
from snaplint.checks.earlier import Earlier
from snaplint.checks.export.answers import depends_on
from snaplint.checks.export.granting import asked, canonical_ids, grants
from snaplint.checks.export.identity import LABELS, layer_route
from snaplint.facts import Bucket
from snaplint.findings.result import Result
from snaplint.findings.verdict import NOT_APPLICABLE
from snaplint.findings.why import Branch, Right, Seen, Way, Why
from snaplint.iam.terms.pattern import HOLE
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.lint.checker import RequestChecker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.base.source import Place, Route
    from snaplint.checks.export.answers import Answer
    from snaplint.checks.export.grant_paths import GrantPath, Grants
    from snaplint.checks.export.identity import AnyIdentity
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.iam import Context
    from snaplint.iam.explain.explain import ExplainedLayer
    from snaplint.operations.operation import Need
    from snaplint.read.preflight import Preflight

ASSUMED, OPEN, NONE = "not provided and assumed to have no effect", "not provided", "none"
"""Why a layer limits nothing, or what it may do if nothing is assumed."""
_CALLER, _SERVICE = "caller.allowed", ("service.granted", "service.allowed")


_RESOURCES = {
    "bucket": "the bucket",
    "keys": "the keys of the export",
    "buckets": "all buckets",
    "source-snapshot": "the source snapshot",
    "target-snapshot": "the target snapshot",
}
"""The resources of rights in words, for those that are not known."""


class Asked(NamedTuple):
    """A request of a preflight file, by its number from 0, and the place of it."""

    preflight: Preflight
    number: int
    place: Place


def requests_of(preflights: Iterable[Preflight]) -> list[Asked]:
    """Return the requests of files with their places."""
    return [
        Asked(each, number, each.source.place(request.route))
        for each in preflights
        for number, request in enumerate(each.requests)
    ]


def at_line(requests: Sequence[Asked], line: int | None) -> Asked | None:
    """Return the last request that begins at or before a line, or the only one; None if there is none."""
    if len(requests) == 1:
        return requests[0]
    before = [each for each in requests if line is not None and each.place.span.line <= line]
    return max(before, key=lambda each: each.place.span.line, default=None)


def why(chosen: Asked, rules: Sequence[Rule], *, strict: bool = False) -> Why:
    """Judge a request as a check of its file does, and return its verdicts with what decided them."""
    preflight, number, _ = chosen
    earlier = Earlier()
    earlier.begin(preflight.facts, preflight.source)
    checker = RequestChecker(preflight.facts, preflight.caller, rules, strict=strict, earlier=earlier)
    for request in preflight.requests[:number]:  # the others that it is compared with
        checker.check(request)
    request = preflight.requests[number]
    proposal = checker.proposal(request)
    verdicts = checker.check(request)
    members = {"operation": request.operation.name, **request.members}
    result = Result(members, request.route, verdicts, preflight.source)
    branches = [each for each in (_of_caller(proposal, verdicts), _of_service(proposal, verdicts)) if each.verdicts]
    return Why(
        result,
        tuple(_under_strict(branch) if strict else branch for branch in branches),
        tuple(each for each in verdicts if each.rule.check not in (_CALLER, *_SERVICE)),
    )


def _about(verdicts: Iterable[Verdict], *checks: str) -> tuple[Verdict, ...]:
    return tuple(each for each in verdicts if each.rule.check in checks and each.verdict != NOT_APPLICABLE)


def _under_strict(branch: Branch) -> Branch:
    """Return a branch in which a right that rests on an assumption is undetermined."""
    return branch._replace(rights=tuple(_right_under_strict(right) for right in branch.rights))


def _right_under_strict(right: Right) -> Right:
    ways = tuple(_way_under_strict(way) for way in right.ways)
    changed = any(after.truth != way.truth == right.truth for way, after in zip(right.ways, ways, strict=True))
    return right._replace(ways=ways, truth=UNKNOWN if changed else right.truth)


def _way_under_strict(way: Way) -> Way:
    """Return a way that assumes nothing: an Allow depends on every layer that is not provided."""
    layers = tuple(label for label, reason in way.absent if reason == ASSUMED)
    facts = tuple(f"`{fact}`" for fact in way.assumes)
    rests_on = (*layers, *facts) if way.truth == YES else facts if way.truth == NO else ()
    absent = (*((label, OPEN if label in layers else reason) for label, reason in way.absent),)
    way = way._replace(absent=(*absent, *((fact, OPEN) for fact in facts)), assumes=())
    if not rests_on:
        return way
    return way._replace(truth=UNKNOWN, depends_on=f"what is not provided: {listed(rests_on)}")


# -- the caller
# ------------------------------------------------------------------------------------------------------------------


def _of_caller(proposal: Proposal, verdicts: Iterable[Verdict]) -> Branch:
    about = _about(verdicts, _CALLER)
    required: dict[Need, list[str]] = {}
    answers: dict[Need, Answer | Unknown] = {}
    for verdict in about:
        for need, answer in caller.rights(proposal, verdict.rule.params):
            required.setdefault(need, []).append(verdict.rule.id)
            answers.setdefault(need, answer)
    arn = proposal.caller.arn
    name = "the caller" if isinstance(arn, Unknown) else f"the caller `{arn}`"
    return Branch(name, about, tuple(_right(proposal, need, answers[need], required[need]) for need in required))


def _right(proposal: Proposal, need: Need, answer: Answer | Unknown, rules: Sequence[str]) -> Right:
    if isinstance(answer, Unknown):
        way = Way("", UNKNOWN, text=answer.why)
        return Right(need.action, _RESOURCES[need.resource], UNKNOWN, tuple(rules), (way,))
    way = Way("", answer.truth, depends_on=_depends(answer), assumes=answer.assumes)
    identity = caller.asked_as(proposal, need)
    if not isinstance(identity, Unknown):
        layers = _layers(*identity, answer, proposal.bucket)
        way = way._replace(layers=layers, absent=tuple(_absent_of_caller(proposal, need)))
    return Right(answer.action, f"`{answer.place}`", answer.truth, tuple(rules), (way,))


def _absent_of_caller(proposal: Proposal, need: Need) -> Iterator[tuple[str, str]]:
    """Yield the layers that the caller does not have, or that are assumed to have no effect."""
    own, organization = proposal.caller, proposal.facts.organization
    layers = [
        ("caller.boundary", LABELS["boundary"], own.boundary is None),
        ("caller.session_policies", LABELS["session"], own.session_policies == ()),
        ("organization.scps", f"{LABELS['scp']}s", organization.scps == ()),
    ]
    if need.action.startswith("s3:"):
        layers.append(("organization.rcps", f"{LABELS['rcp']}s", organization.rcps == ()))
    yield from _absent(layers, (*own.assumes, *organization.assumes))


def _absent(layers: Iterable[tuple[str, str, bool]], assumed: Sequence[str]) -> Iterator[tuple[str, str]]:
    for fact, label, is_absent in layers:
        if is_absent:
            yield label, ASSUMED if fact in assumed else NONE


# -- the service
# ------------------------------------------------------------------------------------------------------------------


def _of_service(proposal: Proposal, verdicts: Iterable[Verdict]) -> Branch:
    about = _about(verdicts, *_SERVICE)
    name = f"the service {proposal.writer.name}"
    bucket = proposal.bucket
    both = grants(proposal, bucket) if about and isinstance(bucket, Bucket) else None
    if not isinstance(bucket, Bucket) or both is None or isinstance(both, Unknown):
        return Branch(name, about, ())
    rights: dict[str, Right] = {}
    for verdict in about:
        for right in _required(proposal, bucket, both, verdict.rule):
            known = rights.get(right.action)
            rights[right.action] = right if known is None else known._replace(rules=(*known.rules, *right.rules))
    return Branch(name, about, tuple(rights.values()))


def _required(proposal: Proposal, bucket: Bucket, both: Grants, rule: Rule) -> Iterator[Right]:
    """Yield the rights that a rule requires of the service: a permission on either path, or actions on the policy's."""
    permission = rule.params.get("permission")
    if permission is None:
        for action in rule.params["actions"]:
            answer = both.policy.ask(action)
            ways = tuple(_by_policy(proposal, bucket, both, action))
            yield Right(action, f"`{answer.place}`", answer.truth, (rule.id,), ways)
    elif permission in proposal.writer.permissions:
        answer = both.policy.answers[permission]
        by_acl = _by_acl(proposal, bucket, both.acl, both.acl.answers[permission])
        ways = (*_by_policy(proposal, bucket, both, answer.action), by_acl)
        yield Right(answer.action, f"`{answer.place}`", both.verdict(permission), (rule.id,), ways)


def _by_policy(proposal: Proposal, bucket: Bucket, both: Grants, action: str) -> Iterator[Way]:
    """Yield the way by the bucket policy, for each service principal that may be the writer."""
    region, keys = bucket.region, proposal.keys
    if isinstance(region, Unknown) or isinstance(keys, Unknown):
        return
    names = proposal.writer.principals(region)
    for name in names:
        identity = proposal.access.service(bucket, proposal.writer, name)
        # with one principal, this is the answer of the path
        answer = both.policy.ask(action) if len(names) == 1 else asked(identity, action, bucket, region, keys)
        yield Way(
            f"by the bucket policy, as {identity.name}",
            answer.truth,
            _layers(identity, None, answer, bucket),
            absent=tuple(_absent_of_bucket(proposal, bucket)),
            depends_on=_depends(answer),
        )


def _absent_of_bucket(proposal: Proposal, bucket: Bucket) -> Iterator[tuple[str, str]]:
    organization = proposal.facts.organization
    layers = (
        (f"buckets.{bucket.name}.policy", LABELS["resource"], bucket.policy is None),
        ("organization.rcps", f"{LABELS['rcp']}s", organization.rcps == ()),
    )
    yield from _absent(layers, organization.assumes)


def _by_acl(proposal: Proposal, bucket: Bucket, path: GrantPath, answer: Answer) -> Way:
    """Return the way by the bucket ACL, with the layers of policies only where the ACL grants something."""
    name = f"by the bucket ACL, as {path.identity}"
    if path.absent and answer.truth == NO:
        return Way("by the bucket ACL", NO, text=path.absent)
    by_grant = tuple(blame for blame in answer.because if blame.layer == LABELS["acl"])
    layers: tuple[Seen, ...] = ()
    if answer.truth != NO or answer.explicit:
        identities = [proposal.access.canonical(bucket, each) for each in canonical_ids(proposal, str(bucket.region))]
        # it is evaluated as if the ACL granted it everything, so the ACL is left out here
        every = _layers(identities[0], None, answer, bucket) if identities else ()
        layers = tuple(each for each in every if each.layer.name != "acl")
    text = "" if by_grant or layers or answer.truth != NO else "the ACL does not grant it"
    absent = tuple(_absent_of_bucket(proposal, bucket)) if answer.truth != NO or answer.explicit else ()
    # the account is the writer only if it has every permission, so each rests on what any of them assumes
    assumed = dict.fromkeys(fact for each in path.answers.values() for fact in each.assumes)
    return Way(name, answer.truth, layers, by_grant, absent, text, _depends(answer), tuple(assumed))


# -- answers
# ------------------------------------------------------------------------------------------------------------------


def _depends(answer: Answer) -> str:
    return depends_on([answer]) if answer.truth == UNKNOWN else ""


def _layers(identity: AnyIdentity, context: Context | None, answer: Answer, bucket: object) -> tuple[Seen, ...]:
    """Return the layers that an answer of an identity is made of."""
    if not answer.resource:
        return ()
    # a key whose number is not known is in the answer as people write it
    head, number, tail = answer.resource.rpartition("-NNNN.")
    resource = f"{head}-{HOLE * 4}.{tail}" if number else answer.resource
    route = bucket.route if isinstance(bucket, Bucket) else ("buckets",)
    explained = identity.explained(answer.action, resource, context)
    return tuple(Seen(layer, tuple(_routes(layer, route))) for layer in explained.layers if layer.applies)


def _routes(layer: ExplainedLayer, bucket: Route) -> Iterator[Route]:
    for each in layer.statements:
        yield (*layer_route(bucket, layer.name, layer.level, each.policy, each.statement), *each.route)

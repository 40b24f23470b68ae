"""Why the service that writes an export lacks a permission on the bucket, as causes, and what to change.

A repair is tried before it is given: it makes the permission pass, in a world that is changed in no other place.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.export.acl_grants import as_blame, grants_to, shortened
from snaplint.checks.export.alike import have_same_grants
from snaplint.checks.export.grant_paths import ACL
from snaplint.checks.export.granting import asked, grants
from snaplint.checks.export.identity import LABELS
from snaplint.checks.export.what_if import only_allow_at, statement_at, with_bucket, with_condition, without_denies
from snaplint.facts import Bucket
from snaplint.findings.blame import Blame, statement_in_words
from snaplint.findings.cause import ACL as ACL_GRANT
from snaplint.findings.cause import DENY, MISSING_GRANT, RCP, WRONG_PRINCIPAL, Cause, Repair
from snaplint.iam.terms.truth import NO, YES
from snaplint.operations.export_service import BUCKET_ACTIONS
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.checks.export.answers import Answer
    from snaplint.checks.export.grant_paths import GrantPath, Grants
    from snaplint.checks.export.proposal import Proposal

    _Found = tuple[Cause, frozenset[str]]


def causes_of_lack(
    proposal: Proposal, bucket: Bucket, both: Grants, actions: Sequence[str], misnamed: Iterable[tuple[Blame, str]]
) -> tuple[Cause, ...]:
    """Return what keeps the service from these actions, which are denied on both grant paths.

    `misnamed` are the statements that are meant for the service, each with the wrong name in it. The causes tell of all
    documented actions of the service, so that the rules about them have the same causes.
    """

    def look() -> list[_Found]:
        return _found(proposal, bucket, both, tuple(dict.fromkeys((*proposal.writer.actions, *actions))), misnamed)

    mine, key = set(actions), (bucket.name, proposal.writer.name, *actions)
    found = proposal.access.causes(key, look) if have_same_grants(proposal) else look()
    return tuple(cause for cause, concerned in found if concerned & mine)


def _found(
    proposal: Proposal, bucket: Bucket, both: Grants, every: tuple[str, ...], misnamed: Iterable[tuple[Blame, str]]
) -> list[_Found]:
    """Return everything that keeps an action from the service, each with those actions."""
    if both.effective_path == ACL and not both.policy.grants_something:
        return _by_acl(proposal, bucket, both)
    if both.policy.grants_nothing and not any(answer.explicit for answer in both.policy.answers.values()):
        astray = _astray(proposal, bucket)
        if astray is not None:
            return [(astray, frozenset(every))]
    answers = {action: both.policy.ask(action) for action in every}
    denied = {action: answer for action, answer in answers.items() if answer.truth == NO}
    found = list(_denials(proposal, bucket, both.policy, denied))
    absent = _never_allowed(proposal, bucket, denied)
    for blame, wrong in misnamed:
        alone = only_allow_at(proposal, bucket, _index(blame))
        granted = frozenset(action for action in absent if _would_allow(alone, wrong, action))
        if granted:
            found.append((misnaming(proposal, bucket, blame, wrong), granted))
            absent = [action for action in absent if action not in granted]
    if absent:
        found.append((_missing(proposal, bucket, both, absent, answers), frozenset(absent)))
    return found


def _denials(proposal: Proposal, bucket: Bucket, path: GrantPath, denied: Mapping[str, Answer]) -> Iterator[_Found]:
    """Yield each Deny that applies, with the actions that it denies."""
    blames: dict[Route, Blame] = {}
    actions: dict[Route, list[str]] = {}
    for action, answer in denied.items():
        if answer.explicit:
            for blame in answer.because:
                blames.setdefault(blame.route, blame)
                actions.setdefault(blame.route, []).append(action)
    for route, blame in blames.items():
        what = listed(f"`{action}`" for action in actions[route])
        text = f"{statement_in_words(blame)} denies {what} to {path.identity}"
        repair = _exemption(proposal, bucket, blame, actions[route], path)
        kind = RCP if blame.layer == LABELS["rcp"] else DENY
        cause = _of_blame(kind, text, blame, repair)
        yield cause._replace(label=f"denies {what}"), frozenset(actions[route])


def _of_blame(kind: str, text: str, blame: Blame, repair: Repair | None, name: str = "") -> Cause:
    return Cause(kind, text, blame.route, blame.layer, blame.sid, blame.effect, blame.source, name, repair)


def _exemption(proposal: Proposal, bucket: Bucket, blame: Blame, actions: list[str], path: GrantPath) -> Repair:
    """Return how to exempt the service from a Deny of the bucket policy, if a condition does that; else what to narrow.

    aws:PrincipalServiceName is in every direct request of a service, and StringNotEquals also matches without it:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename
    """
    what = listed(f"`{action}`" for action in actions)
    names = _service_names(proposal, bucket)
    narrow = Repair(f"narrow or remove the statement, so that it does not deny {what} to {path.identity}")
    index = blame.route[-1]
    policy = bucket.policy
    if blame.layer != LABELS["resource"] or not isinstance(index, int) or policy is None or isinstance(policy, Unknown):
        return narrow
    condition = _exempting(statement_at(policy, index).get("Condition"), [name.strip("`") for name in names])
    if condition is None:
        return narrow
    changed = bucket._replace(policy=with_condition(policy, index, condition))
    both = grants(with_bucket(proposal, changed), changed)
    if isinstance(both, Unknown):
        return narrow
    then = both.policy if path.identity == both.policy.identity else both.acl
    if any(_denies(then.ask(action), blame.route) for action in actions):
        return narrow
    from json import dumps

    text = f"exempt {proposal.writer.name} from the Deny: make this its Condition"
    return Repair(text, dumps({"Condition": condition}, indent=2))


def _denies(answer: Answer, route: Route) -> bool:
    return answer.truth != YES and any(blame.route == route for blame in answer.because)


def _exempting(condition: object, names: list[str]) -> dict[str, object] | None:
    """Return a Condition that no longer matches requests of these services; None if it cannot be extended."""
    if condition is None:
        condition = {}
    if not isinstance(condition, dict):
        return None
    operator, key = "StringNotEquals", "aws:PrincipalServiceName"
    tests = condition.get(operator, {})
    if not isinstance(tests, dict) or any(name.lower() == key.lower() for name in tests):
        return None
    return {**condition, operator: {**tests, key: names if len(names) > 1 else names[0]}}


def _service_names(proposal: Proposal, bucket: Bucket) -> list[str]:
    return [f"`{name}`" for name in proposal.writer.principals(str(bucket.region))]


def _never_allowed(proposal: Proposal, bucket: Bucket, denied: dict[str, Answer]) -> list[str]:
    """Return the actions that nothing allows, whatever is denied."""
    plain = [action for action, answer in denied.items() if not answer.explicit]
    explicit = [action for action, answer in denied.items() if answer.explicit]
    if explicit:
        world = without_denies(proposal, bucket)
        both = grants(world, world.bucket)  # type: ignore[arg-type]  # `with_bucket` sets it
        if not isinstance(both, Unknown):
            plain += [action for action in explicit if both.policy.ask(action).truth == NO]
    return [action for action in denied if action in plain]


def _index(blame: Blame) -> int:
    """Return the index of a statement that a blame is about, or of which it names the Principal."""
    return next((step for step in reversed(blame.route) if isinstance(step, int)), 0)


def _would_allow(proposal: Proposal, name: str, action: str) -> bool:
    """Return True if the bucket policy allows the action to another service principal, by name."""
    keys, bucket = proposal.keys, proposal.bucket
    if not isinstance(bucket, Bucket) or isinstance(bucket.region, Unknown) or isinstance(keys, Unknown):
        return False
    identity = proposal.access.service(bucket, proposal.writer, name)
    return asked(identity, action, bucket, bucket.region, keys).truth == YES


def misnaming(proposal: Proposal, bucket: Bucket, blame: Blame, wrong: str) -> Cause:
    """Return a statement as the cause: it is meant for the service, and names another service principal."""
    right = _service_names(proposal, bucket)
    text = f"`{wrong}` is not the service principal for exports in {bucket.region}: {proposal.writer.name} writes as"
    repair = Repair(f"replace `{wrong}` in the Principal of the statement with {listed(right)}")
    statement = blame.route[:-1] if blame.route[-1] == "Principal" else blame.route
    text = f"{text} {listed(right, 'or')}"
    cause = _of_blame(WRONG_PRINCIPAL, text, blame._replace(route=statement), repair, wrong)
    return cause._replace(label=f"names `{wrong}`")


def _missing(proposal: Proposal, bucket: Bucket, both: Grants, absent: list[str], answers: dict[str, Answer]) -> Cause:
    """Return the Allow that is missing in the bucket policy, with the whole statement to add."""
    from json import dumps

    what = listed(f"`{action}`" for action in absent)
    names = [name.strip("`") for name in _service_names(proposal, bucket)]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": names if len(names) > 1 else names[0]},
        "Action": absent if len(absent) > 1 else absent[0],
        "Resource": _resources(bucket, absent),
    }
    near = next((blame for action in absent for blame in answers[action].because if blame.effect == "Allow"), None)
    route = (*bucket.route, "policy")
    if bucket.policy is None:
        text = f"bucket `{bucket.name}` has no policy, so nothing allows {what} to {both.policy.identity}"
        repair = Repair("attach this policy to the bucket", dumps(_document(statement), indent=2))
        return Cause(MISSING_GRANT, text, route, LABELS["resource"], repair=repair)
    text = f"no statement of the bucket policy allows {what} to {both.policy.identity}"
    repair = Repair("add this statement to the bucket policy", dumps(statement, indent=2))
    if near is None:
        label = f"nothing here allows {what}"
        return Cause(MISSING_GRANT, text, route, LABELS["resource"], repair=repair, label=label)
    place = near._replace(route=near.route[:-1])
    return _of_blame(MISSING_GRANT, text, place, repair)._replace(label=near.text)


def _document(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _resources(bucket: Bucket, actions: list[str]) -> str | list[str]:
    arn = f"arn:{partition(str(bucket.region))}:s3:::{bucket.name}"
    resources = [arn] * any(action in BUCKET_ACTIONS for action in actions)
    resources += [f"{arn}/*"] * any(action not in BUCKET_ACTIONS for action in actions)
    return resources if len(resources) > 1 else resources[0]


def _astray(proposal: Proposal, bucket: Bucket) -> Cause | None:
    """Return the grants of an ACL that would be enough if they were to the service's account in the bucket's Region.

    None if the ACL has no such grants, or if they are not enough.
    """
    writer, acl = proposal.writer, bucket.acl
    expected = writer.canonical_ids(str(bucket.region))
    if not expected or not isinstance(acl, dict):
        return None
    astray = [grant for grant in grants_to(writer, bucket) if grant.grantee not in expected]
    if len({grant.grantee for grant in astray}) != 1:
        return None
    grantee = astray[0].grantee
    grants_of = acl["Grants"]
    changed = [_to(each, expected[0]) if _is_to(each, grantee) else each for each in grants_of]
    world = bucket._replace(acl={**acl, "Grants": changed})
    both = grants(with_bucket(proposal, world), world)
    if isinstance(both, Unknown) or any(truth != YES for truth in both.acl.truths):
        return None
    refused = "which S3 refuses since 1 October 2025" if grantee in writer.emails else ""
    why = refused or f"which {writer.name} does not use in {bucket.region}"
    text = f"the bucket ACL grants to `{shortened(grantee)}`, {why}"
    repair = Repair(f"replace this grantee in the bucket ACL with the canonical user ID `{expected[0]}`")
    first = as_blame(bucket, astray[0])
    cause = Cause(ACL_GRANT, text, first.route, LABELS["acl"], name=grantee, repair=repair)
    return cause._replace(compared=(first._replace(text=f"grants to `{shortened(grantee)}`"),))


def _is_to(grant: object, grantee: str) -> bool:
    """Return True if an item of `Grants` is to this grantee, by canonical user ID or e-mail address."""
    to = grant.get("Grantee") if isinstance(grant, dict) else None
    return isinstance(to, dict) and grantee in (to.get("ID"), to.get("EmailAddress"))


def _to(grant: Mapping[str, object], identifier: str) -> dict[str, object]:
    return {**grant, "Grantee": {"Type": "CanonicalUser", "ID": identifier}}


def _by_acl(proposal: Proposal, bucket: Bucket, both: Grants) -> list[_Found]:
    """Return what keeps permissions from the service at a bucket whose ACL grants it a part of what it needs."""
    lacking = {permission: answer for permission, answer in both.acl.answers.items() if answer.truth == NO}
    absent = {permission: answer.action for permission, answer in lacking.items() if not answer.explicit}
    denied = {each.action: each for each in lacking.values()}
    acl, path = bucket.acl, both.acl
    if absent and isinstance(acl, dict):  # what a grant does not mend, because a Deny refuses it too
        added = _as_grants(list(absent), proposal.writer.canonical_ids(str(bucket.region))[0])
        bucket = bucket._replace(acl={**acl, "Grants": [*acl["Grants"], *added]})
        proposal = with_bucket(proposal, bucket)
        then = grants(proposal, bucket)
        if not isinstance(then, Unknown):
            path = then.acl
            denied = {answer.action: answer for answer in path.answers.values() if answer.truth == NO}
    found = list(_denials(proposal, bucket, path, denied))
    if absent:
        text = f"the bucket ACL grants no {listed(absent, 'or')} to {both.acl.identity}"
        identifier = proposal.writer.canonical_ids(str(bucket.region))[0]
        advice = f"add {listed(absent)} for the canonical user ID `{identifier}` to the bucket ACL"
        repair = Repair(advice, _grants(list(absent), identifier))
        cause = Cause(ACL_GRANT, text, (*bucket.route, "acl"), LABELS["acl"], repair=repair)
        found.append((cause, frozenset(absent.values())))
    return found


def _as_grants(permissions: list[str], identifier: str) -> list[dict[str, object]]:
    """Return grants of these permissions, as items of `Grants`."""
    grantee = {"Type": "CanonicalUser", "ID": identifier}
    return [{"Grantee": grantee, "Permission": permission} for permission in permissions]


def _grants(permissions: list[str], identifier: str) -> str:
    """Return the grants to add, as JSON."""
    from json import dumps

    return dumps(_as_grants(permissions, identifier), indent=2)

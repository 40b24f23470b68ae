"""What is where a policy is expected: a policy (even one that AWS would refuse), or something else, by its name."""

from __future__ import annotations

from snaplint.base.wording import clipped, listed, nearest, noun
from snaplint.read.aws_answers import UnexpectedAnswer, policy_route
from snaplint.read.recognise.forms import is_intrinsic, recognised
from snaplint.read.recognise.texts import Other
from snaplint.read.slots import BUCKET, KEY, PERMISSIONS, RCP, SCP, names_in, slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.read.slots import Slot

_ORGANIZATIONS_TYPES = {"SERVICE_CONTROL_POLICY": SCP, "RESOURCE_CONTROL_POLICY": RCP}
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html"""

_ELEMENTS = frozenset(("statement", "effect", "action", "notaction", "resource", "notresource"))
_ALIKE = 0.8
_MOST_NAMES = 3


def require_policy(answer: object, inner: Route, data: object, route: Route) -> None:
    """Raise UnexpectedAnswer unless the value at a route is a policy of the expected kind.

    `data` is the part of `answer` at the route `inner`. A policy that AWS would refuse is a policy here.
    """
    expected = slot(route)
    other = _wrapped_otherwise(answer, data, expected) if inner and isinstance(answer, dict) else None
    if other is None:
        other = _no_policy(data)
    if other is not None:
        raise UnexpectedAnswer(instead(expected, other, route))


def require_policies(values: list[Any], route: Route) -> None:
    """Raise UnexpectedAnswer unless a list, in place of one policy of several, is a list of policies."""
    if not all(isinstance(each, dict) and ("Statement" in each or policy_route(each)) for each in values):
        # a list of statements is judged as the policy that it is meant to be
        require_policy(values, (), values, route)


def instead(expected: Slot, other: Other, route: Route, what: str | None = None) -> str:
    """Return what must be at a route and what is there instead, with the commands that print what is expected.

    `what` is what messages call that, by default as the slot does.
    """
    advice = expected.advice({**names_in(route), **other.names})
    return f"{what or expected.what}, not {other.name}{f'; {advice}' if advice else ''}"


def described(value: object) -> Other | None:
    """Return what a value that is not the expected fact is called, and what it names; None if it is not recognised."""
    if isinstance(value, dict) and "Statement" in value:
        return Other("a policy")
    if isinstance(value, dict) and policy_route(value):
        return Other(_wrapper(value)[0])
    form = recognised(value)
    return None if form is None else Other(form.name, form.names(value))  # type: ignore[arg-type]  # an object, as it has a form


def _no_policy(data: object) -> Other | None:
    """Return what a value without a wrapper is; None if it is a policy, or meant to be one."""
    if isinstance(data, list):
        is_statements = bool(data) and all(isinstance(each, dict) and "Effect" in each for each in data)
        return None if is_statements else Other("a list" if data else "an empty list")
    if not isinstance(data, dict):
        return Other(noun(data))
    if "Statement" in data:
        return _not_for_requests(data)
    known = described(data)
    if known is not None or _is_meant_as_policy(data):
        return known
    names = listed((f"`{clipped(str(name))}`" for name in data), most=_MOST_NAMES)
    return Other(f"an object with {names} and without `Statement`")


def _is_meant_as_policy(data: Mapping[str, Any]) -> bool:
    """Return True for an object with an element of a policy, perhaps misspelt; AWS refuses the empty object too."""
    return not data or any(
        name == "Version" or name.lower() in _ELEMENTS or nearest(name, ("Statement",), _ALIKE) is not None
        for name in data
    )


def _not_for_requests(policy: Mapping[str, Any]) -> Other | None:
    """Return what a document with statements is, if it is a trust policy or a part of a template."""
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    if statements and all(_is_of_trust(each) for each in statements):
        return Other("the trust policy of a role, which gives no permissions")
    intrinsic = next(_intrinsics(statements), None)
    return None if intrinsic is None else Other(f"part of a CloudFormation template, with `{intrinsic}` in it")


def _is_of_trust(statement: object) -> bool:
    """Return True for a statement of a trust policy: it has a principal and only actions of STS, and no resource.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if not isinstance(statement, dict) or "Principal" not in statement or "Resource" in statement:
        return False
    actions = statement.get("Action")
    actions = actions if isinstance(actions, list) else [actions]
    return bool(actions) and all(isinstance(each, str) and each.lower().startswith("sts:") for each in actions)


def _intrinsics(value: object) -> Iterator[str]:
    """Yield the names of the intrinsic functions in a value; documents are nested at most `MAX_DEPTH` levels deep."""
    if is_intrinsic(value) and "Condition" not in value:  # type: ignore[operator]  # an object
        yield next(iter(value))  # type: ignore[call-overload]
    elif isinstance(value, dict):
        for each in value.values():
            yield from _intrinsics(each)
    elif isinstance(value, list):
        for each in value:
            yield from _intrinsics(each)


def _wrapped_otherwise(answer: Mapping[str, Any], data: object, expected: Slot) -> Other | None:
    """Return what an output of the AWS CLI with a policy is, if the policy is of another kind than expected."""
    name, kinds = _wrapper(answer)
    if BUCKET in kinds and expected.kind in PERMISSIONS and not _has_principal(data):
        return None  # no command prints this, but a user may have written it
    return None if expected.kind in kinds else Other(name)


_ANY_KIND = frozenset((*PERMISSIONS, SCP, RCP, BUCKET, KEY))


def _wrapper(answer: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """Return what messages call an output of the AWS CLI with a policy, and of which kinds the policy can be."""
    if "PolicyDocument" in answer:
        owner = next((kind for kind in ("Role", "User", "Group") if f"{kind}Name" in answer), None)
        if owner is None:
            return "an object with a policy under `PolicyDocument`", _ANY_KIND
        return f"the output of `aws iam get-{owner.lower()}-policy`", PERMISSIONS
    if "PolicyVersion" in answer or "Document" in answer:
        return "the output of `aws iam get-policy-version`", PERMISSIONS
    policy = answer.get("Policy", answer)
    if isinstance(policy, dict) and "Content" in policy:
        return _of_organizations(policy)
    if "RevisionId" in answer:
        return "the output of `aws lambda get-policy`", frozenset()
    if "PolicyName" in answer:
        return "the output of `aws kms get-key-policy`", frozenset((KEY,))
    return "the output of `aws s3api get-bucket-policy`", frozenset((BUCKET, KEY))


def _of_organizations(policy: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    summary = policy.get("PolicySummary")
    kind = summary.get("Type") if isinstance(summary, dict) else None
    name = "the output of `aws organizations describe-policy`"
    if not isinstance(kind, str):
        return name, frozenset(_ORGANIZATIONS_TYPES.values())
    kinds = (_ORGANIZATIONS_TYPES[kind],) if kind in _ORGANIZATIONS_TYPES else ()
    return f"{name} for a policy of type {clipped(kind)}", frozenset(kinds)


def _has_principal(data: object) -> bool:
    statements = data.get("Statement") if isinstance(data, dict) else None
    statements = statements if isinstance(statements, list) else [statements]
    return any(isinstance(each, dict) and "Principal" in each for each in statements)

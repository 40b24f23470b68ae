"""Missing facts in words, by their names under `depends_on`, and the commands that print them."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.checks.export.answers import is_condition_key
from snaplint.lint.elements import element_in
from snaplint.read.slots import names_in, slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal

_NOUNS = {
    "region": "the Region",
    "account": "the account",
    "policy": "the policy",
    "acl": "the ACL",
    "ownership": "the Object Ownership setting",
    "encryption": "the default encryption",
    "encryption_key_policy": "the policy of the default encryption key",
    "object_lock": "the Object Lock configuration",
    "public_access_block": "the Block Public Access settings",
    "keys": "the list of object keys",
    "tags": "the tags",
    "abac": "the setting of attribute-based access control",
}
"""The facts about a bucket."""

_WHOLE = ("region", "policy", "acl", "ownership", "encryption", "public_access_block", "keys")
"""The facts about a bucket that the usual policies need; the others are asked for where they matter."""

_OTHERS = {
    "account": "the account of the call",
    "region": "the Region of the call",
    "account_public_access_block": "Block Public Access of the account",
    "region_opt_status": "whether the account had to enable the Region of the call",
    "caller.arn": "the caller",
    "caller.role_arn": "the ARN of the caller's role",
    "caller.policies": "the identity policies of the caller",
    "caller.boundary": "the permissions boundary of the caller",
    "caller.session_policies": "the session policies of the caller",
    "organization.scps": "the organization's SCPs",
    "organization.rcps": "the organization's RCPs",
}
_POLICIES_OF = "aws organizations list-policies-for-target --target-id ACCOUNT --filter"
_COMMANDS = {
    "account": "aws sts get-caller-identity",
    "region_opt_status": "aws account get-region-opt-status --region-name REGION",
    "caller.arn": "aws sts get-caller-identity",
    "caller.role_arn": "aws iam get-role --role-name ROLE",
    "caller.policies": "aws iam get-account-authorization-details",
    "caller.boundary": "aws iam get-role --role-name ROLE",
    "organization.scps": f"{_POLICIES_OF} SERVICE_CONTROL_POLICY",
    "organization.rcps": f"{_POLICIES_OF} RESOURCE_CONTROL_POLICY",
}
"""The commands that print facts for which `slots` has none, or one that prints a single policy."""


_PLURALS = ("settings", "tags", "policies", "SCPs", "RCPs")


class MissingFact(NamedTuple):
    """A fact that is not known: its name, a sentence about it, and the commands that print it."""

    name: str
    text: str
    commands: tuple[str, ...]


def missing_fact(need: str, proposal: Proposal) -> MissingFact:
    """Return what is missing: a fact, or a condition key of the caller. A member of a fact is missing with the fact.

    An element of a policy is not missing: the policy is provided, and no command would print another one.
    """
    if element := element_in(need, proposal.request.bucket):
        holder, name = element
        policy, _ = _noun_and_commands(holder, _route(holder, proposal))
        return MissingFact(need, f"`{name}` in {policy} cannot be evaluated as it is written", ())
    route = () if is_condition_key(need) else _route(need, proposal)
    if route[:1] == ("buckets",) and len(route) > 3:
        need, route = f"buckets.{route[1]}.{route[2]}", route[:3]
    return MissingFact(need, *_sentence(need, route, proposal))


def _sentence(need: str, route: Route, proposal: Proposal) -> tuple[str, tuple[str, ...]]:
    reason = proposal.facts.reasons.get(need)
    what, commands = _noun_and_commands(need, route)
    if reason is None and len(route) == 2:
        return f"nothing is known about {what}", commands
    verb = "are" if what.partition(" of ")[0].endswith(_PLURALS) else "is"
    return f"{what} {verb} not provided" if reason is None else f"{what} {verb} unknown: {reason}", commands


def _noun_and_commands(need: str, route: Route) -> tuple[str, tuple[str, ...]]:
    if need in _OTHERS:
        return _OTHERS[need], (_COMMANDS[need],) if need in _COMMANDS else ()
    if is_condition_key(need):
        return f"the condition key `{need}` of the caller's request", ()
    if not route:
        return f"`{need}`", ()
    section, name, *rest = route
    if section != "buckets":
        thing = f"snapshot `{name}`"
        field = ".".join(str(step) for step in rest)
        return (f"the `{field}` of {thing}" if rest else thing), _commands(route[:2])
    thing = f"bucket `{name}`"
    if not rest:
        return thing, tuple(command for field in _WHOLE for command in _commands((*route, field)))
    return f"{_NOUNS.get(str(rest[0]), f'the `{rest[0]}`')} of {thing}", _commands(route)


def _commands(route: Route) -> tuple[str, ...]:
    return tuple(command for command, _ in slot(route).filled(names_in(route)))


def _route(need: str, proposal: Proposal) -> Route:
    """Return the route of a fact about a bucket or a snapshot of the request, whose name may contain dots; else ()."""
    request = proposal.request
    section = request.operation.source.section
    for holder, name in (("buckets", request.bucket), (section, request.source), (section, request.target)):
        prefix = f"{holder}.{name}"
        if isinstance(name, str) and (need == prefix or need.startswith(f"{prefix}.")):
            rest = need[len(prefix) + 1 :]
            return (holder, name, *(rest.split(".") if rest else ()))
    return ()

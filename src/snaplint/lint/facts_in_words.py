"""Missing facts in words, by their names under `depends_on`, and the commands that print them."""

from __future__ import annotations

from snaplint.checks.export.answers import is_condition_key
from snaplint.read.slots import names_in, slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal

_NOUNS = {
    "region": "the Region",
    "account": "the account",
    "policy": "the bucket policy",
    "acl": "the bucket ACL",
    "ownership": "the Object Ownership setting",
    "encryption": "the default encryption",
    "encryption_key_policy": "the policy of the default encryption key",
    "object_lock": "the Object Lock configuration",
    "public_access_block": "the Block Public Access settings",
    "keys": "the list of object keys",
    "tags": "the tags",
    "abac": "whether attribute-based access control is enabled",
}
"""The facts about a bucket."""

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


def fact_in_words(need: str, proposal: Proposal) -> tuple[str, tuple[str, ...]]:
    """Return a sentence that a fact, or a condition key of the caller, is not known, and the commands that print it."""
    reason = proposal.facts.reasons.get(need)
    what, commands = _noun_and_commands(need, proposal)
    verb = "are" if what.partition(" of ")[0].endswith(_PLURALS) else "is"
    return f"{what} {verb} not provided" if reason is None else f"{what} {verb} unknown: {reason}", commands


def _noun_and_commands(need: str, proposal: Proposal) -> tuple[str, tuple[str, ...]]:
    if need in _OTHERS:
        return _OTHERS[need], (_COMMANDS[need],) if need in _COMMANDS else ()
    if is_condition_key(need):
        return f"the condition key `{need}` of the caller's request", ()
    route = _route(need, proposal)
    if not route:
        return f"`{need}`", ()
    section, name, *rest = route
    commands = tuple(
        command for command, _ in slot(route[:3] if section == "buckets" else route[:2]).filled(names_in(route))
    )
    if section != "buckets":
        thing = f"snapshot `{name}`"
        return (f"`{'.'.join(map(str, rest))}` of {thing}" if rest else thing), commands
    thing = f"bucket `{name}`"
    if not rest:
        return thing, tuple(command for command, _ in slot((*route, "region")).filled(names_in(route)))
    field, *inner = rest
    noun = _NOUNS.get(str(field), f"`{field}`")
    return f"{noun}{f' (`{inner[0]}`)' if inner else ''} of {thing}", commands


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

"""The IAM policy that would allow the reads that AWS refused, and those that would follow from them."""

from __future__ import annotations

from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.collect.aws_errors import Refused

_MANAGED = ("iam:GetPolicy", "iam:GetPolicyVersion")
_OF_GROUPS = ("iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies")
_KEY_POLICY = ("kms:DescribeKey", "kms:GetKeyPolicy")
_DOWN = ("organizations:DescribePolicy", "organizations:ListPoliciesForTarget", "organizations:ListParents")

OPENS: dict[str, tuple[str, ...]] = {
    **{f"iam:List{kind}Policies": (f"iam:Get{kind}Policy",) for kind in ("User", "Role", "Group")},
    **{f"iam:ListAttached{kind}Policies": _MANAGED for kind in ("User", "Role", "Group")},
    "iam:ListGroupsForUser": (*_OF_GROUPS, *_MANAGED),
    # the permissions boundary is a managed policy
    "iam:GetUser": _MANAGED,
    "iam:GetRole": _MANAGED,
    "iam:GetPolicy": _MANAGED[1:],
    "s3:GetEncryptionConfiguration": _KEY_POLICY,
    "kms:DescribeKey": _KEY_POLICY[1:],
    **{each.source.read: (each.source.tags.read,) for each in operations().values() if each.source.tags is not None},
    "organizations:DescribeOrganization": (*_DOWN, "organizations:ListRoots"),
    "organizations:ListRoots": _DOWN,
    "organizations:ListParents": _DOWN[:2],
    "organizations:ListPoliciesForTarget": _DOWN[:1],
}
"""For each read, the reads that were not tried if it was refused: they read what it would have listed."""


def reading_policy(refused: Sequence[Refused]) -> dict[str, object]:
    """Return the smallest IAM policy that allows the refused reads and those that depend on their answers.

    It has one statement for all actions on the same resources. A role whose path could not be read is named in both
    forms that its ARN may have, with a path and without one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    pathless = {each.resource for each in refused if each.action == "iam:GetRole"}
    resources: dict[str, set[str]] = {}
    for each in refused:
        for action in _opened(each):
            of_action = resources.setdefault(action, set())
            of_action.update(_resources(action, each.resource))
            if each.resource in pathless and each.resource in of_action:
                of_action.add(each.resource.replace(":role/", ":role/*/", 1))
    actions: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(resources):
        actions.setdefault(tuple(sorted(resources[action])), []).append(action)
    statements = [
        {"Effect": "Allow", "Action": allowed, "Resource": list(where)} for where, allowed in sorted(actions.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _opened(refused: Refused) -> tuple[str, ...]:
    """Return the right of a refused read, and the rights of the reads that were not tried because of it."""
    first = (refused.action, *refused.opens)
    return (*first, *(action for each in first for action in OPENS.get(each, ())))


def _resources(action: str, resource: str) -> tuple[str, ...]:
    """Return the resources that an action reads after a read of `resource`: a name that is not known is `*`."""
    parts = resource.split(":", 5)
    if action in _KEY_POLICY and parts[2:3] == ["s3"]:  # the key may be in another account
        return (f"arn:{parts[1]}:kms:*:*:key/*",)
    if len(parts) != 6 or parts[2] != "iam" or parts[5].startswith("policy/"):
        return (resource,)
    if action in _MANAGED:  # customer managed and AWS managed policies
        return tuple(f"arn:{parts[1]}:iam::{owner}:policy/*" for owner in (parts[4], "aws"))
    if action in _OF_GROUPS and parts[5].startswith("user/"):
        return (f"arn:{parts[1]}:iam::{parts[4]}:group/*",)
    return (resource,)

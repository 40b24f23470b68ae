"""The policy that somebody would have to be given, to read all that could not be read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.collect.faults import Refused


def reading_policy(refused: Sequence[Refused]) -> dict[str, object]:
    """The smallest IAM policy that allows exactly the reads that were refused: one statement for all actions on the
    same resources, none for none.

    A role whose path could not be read is named in both forms an ARN may have, with a path and without one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    pathless = {each.resource for each in refused if each.action == "iam:GetRole"}
    resources: dict[str, set[str]] = {}
    for each in refused:
        of_action = resources.setdefault(each.action, set())
        of_action.add(each.resource)
        if each.resource in pathless:
            of_action.add(each.resource.replace(":role/", ":role/*/", 1))
    actions: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(resources):
        actions.setdefault(tuple(sorted(resources[action])), []).append(action)
    statements = [
        {"Effect": "Allow", "Action": allowed, "Resource": list(where)} for where, allowed in sorted(actions.items())
    ]
    return {"Version": "2012-10-17", "Statement": statements}

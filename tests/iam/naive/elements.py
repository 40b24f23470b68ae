"""Action, Resource and their opposites.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from typing import Any

from tests.iam.naive.text import Token, Values, matches, several, substituted, wild


def action_applies(statement: dict[str, Any], action: str) -> bool:
    """Return True if the statement matches the action; service and name are not case-sensitive.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    """
    element = "Action" if "Action" in statement else "NotAction"
    listed = any(matches(wild(entry.lower()), action.lower()) for entry in several(statement[element]))
    return listed == (element == "Action")


def resource_applies(statement: dict[str, Any], resource: str, values: Values, version: str | None) -> bool:
    """Return True if the statement matches the resource.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
    """
    element = "Resource" if "Resource" in statement else "NotResource"
    listed = any(_covers(entry, resource, values, version) for entry in several(statement[element]))
    return listed == (element == "Resource")


def _covers(entry: str, resource: str, values: Values, version: str | None) -> bool:
    """An ARN with wildcards: in the five parts before the resource a wildcard stays within its part.

    A `*` at the end of a part may match across colons, which no pattern here needs. Variables are in the last part.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html
    """
    if entry == "*":
        return True
    *head, tail = entry.split(":", 5)
    *start, end = resource.split(":", 5)
    last: list[Token] = substituted(tail, version, values, wildcards=True)
    if len(head) != 5 or len(start) != 5:
        return False
    return all(matches(wild(a), b) for a, b in zip(head, start, strict=True)) and matches(last, end)

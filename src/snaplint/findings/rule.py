"""A rule: the contents of its rule.yaml, as a record."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    Severity = Literal["error", "warning", "info"]
    Certainty = Literal["documented", "modelled", "observed", "inferred"]

SEVERITIES = ("error", "warning", "info")
"""The possible costs of a failure, worst first."""


class Rule(NamedTuple):
    """One rule; rules/schema.json describes each member.

    `params` are the check's parameters (`with` in the file). `message` and `code` are the error that the call
    would return. `folder` contains the rule's page; it is empty for a built-in rule, whose page is found by its ID.
    """

    id: str
    title: str
    operations: tuple[str, ...]
    applies: str
    severity: Severity
    certainty: Certainty
    check: str
    params: Mapping[str, Any]
    message: str | None
    code: str | None
    solution: str
    docs: tuple[str, ...]
    since: str
    folder: str = ""


def rule_from(data: Mapping[str, Any], folder: str = "") -> Rule:
    """Return a rule from the contents of its rule.yaml, which must be valid by rules/schema.json."""
    predicts = data.get("predicts", {})
    return Rule(
        id=data["id"],
        title=data["title"],
        operations=tuple(data["operations"]),
        applies=data["applies"],
        severity=data["severity"],
        certainty=data["certainty"],
        check=data["check"],
        params=data.get("with", {}),
        message=predicts.get("message"),
        code=predicts.get("code"),
        solution=data["solution"],
        docs=tuple(data["docs"]),
        since=data["since"],
        folder=folder,
    )

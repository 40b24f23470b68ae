"""Quick checks for the usual forms of facts, so that `check` imports the modules for unusual ones only if needed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.base.source import Route


def is_answer(value: Any, inner: Route) -> bool:
    """Return True if a value with a policy at the route `inner` is an answer of AWS, which has saved the policy.

    An input of put-bucket-policy and a resource of a template have the same members, and more or fewer names.
    """
    if inner == ("PolicyDocument",):
        return "PolicyName" in value
    return bool(inner) and "Bucket" not in value


def is_plain_path(text: str) -> bool:
    """Return True if a text can be nothing but a path; a quick check for the usual names of files."""
    return text.endswith((".json", ".yaml", ".yml")) and text[0] not in "{[%~" and ":" not in text


def is_plain_setting(text: str) -> bool:
    """Return True if a text can be nothing but a Region, an account or a setting; a quick check."""
    return text.replace("-", "").replace("_", "").isalnum() and text not in ("null", "None")


def is_plain_answer(answer: Any, inner: Route, route: Route) -> bool:
    """Return True for the usual answers of AWS with a policy of the kind that a route needs; a quick check."""
    if not inner:
        return True
    if route[0] == "buckets":
        return inner == ("Policy",) and all(name in ("Policy", "ResponseMetadata") for name in answer)
    return route[0] == "caller" and inner in (("PolicyVersion", "Document"), ("PolicyDocument",))


def is_plain_policy(data: Any) -> bool:
    """Return True for a policy that is not a trust policy and has nothing of a template; a quick check."""
    statements = data.get("Statement") if isinstance(data, dict) else None
    if isinstance(statements, dict):
        statements = [statements]
    return isinstance(statements, list) and all(_is_plain_statement(each) for each in statements)


def _is_plain_statement(statement: Any) -> bool:
    if not isinstance(statement, dict) or ("Principal" in statement and "Resource" not in statement):
        return False
    principal = statement.get("Principal")
    values = [statement.get("Resource"), statement.get("Action"), statement.get("NotResource")]
    values += principal.values() if isinstance(principal, dict) else ()
    return not any(
        isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))
        for value in values
    )


def looks_like_a_path(text: str) -> bool:
    """Return True if a text is a path rather than a Region or a setting, which have no slash and no full stop."""
    return "/" in text or "." in text

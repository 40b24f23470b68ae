"""Parameters of a rule for one value, shared by `request.matches`, `snapshot.setting` and `bucket.setting`."""

from __future__ import annotations

from snaplint.base.wording import clipped, listed
from snaplint.iam.terms.pattern import glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_TEXTS = {"type": "array", "items": {"type": "string"}, "minItems": 1}

PARAMS: dict[str, Any] = {
    "absent": {"type": "boolean", "description": "true: the value must be absent; false: it must be present"},
    "equals": {"description": "the value must be this"},
    "in": {"type": "array", "minItems": 1, "description": "the value must be one of these"},
    "like": {**_TEXTS, "description": "the value must match one of these patterns of * and ?"},
    "unlike": {**_TEXTS, "description": "the value must match none of these patterns of * and ?"},
}
"""The parameters, each with its JSON Schema.

All that a rule gives must be true. A value that is absent fulfils every parameter except `absent: false`.
"""


def show(value: object) -> str:
    """Return a value as a user would write it, clipped."""
    return clipped(_text(value))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, default=str)


def value_in_words(value: object) -> str:
    """Return what a value is, as the rest of a sentence that begins with its name: "is `redis`", "is not set"."""
    return "is not set" if value is None else f"is `{show(value)}`"


def expectation(params: Mapping[str, Any], value: object) -> str | None:
    """Return how a value breaks the parameters, as the rest of a sentence that begins with its name, or None."""
    if value is None:
        return "is missing" if params.get("absent") is False else None
    if params.get("absent"):
        return "is set"
    if "equals" in params and value != params["equals"]:
        return f"is `{show(value)}`, not `{show(params['equals'])}`"
    if "in" in params and value not in params["in"]:
        return f"is `{show(value)}`, not {_either(params['in'])}"
    text = _text(value)
    if "like" in params and not any(glob(pattern).matches(text) for pattern in params["like"]):
        return f"is `{show(value)}`, which does not match {_either(params['like'])}"
    hit = next((pattern for pattern in params.get("unlike", ()) if glob(pattern).matches(text)), None)
    return f"is `{show(value)}`, which matches `{hit}`" if hit is not None else None


def _either(choices: list[object]) -> str:
    return listed((f"`{show(choice)}`" for choice in choices), "or")

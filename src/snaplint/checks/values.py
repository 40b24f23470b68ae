"""What a rule may ask of one value, shared by `request.matches`, `snapshot.setting` and `bucket.setting`."""

from __future__ import annotations

from snaplint.iam.terms.pattern import glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_TEXTS = {"type": "array", "items": {"type": "string"}, "minItems": 1}

PARAMS: dict[str, object] = {
    "absent": {"type": "boolean", "description": "true: the value must be left out; false: it must be there"},
    "equals": {"description": "the value must be this"},
    "in": {"type": "array", "minItems": 1, "description": "the value must be one of these"},
    "like": {**_TEXTS, "description": "the value must match one of these patterns of * and ?"},
    "unlike": {**_TEXTS, "description": "the value must match none of these patterns of * and ?"},
}
"""The parameters, each with its JSON Schema.

Those given must all hold; all but `absent` hold of a value that is left out.
"""

_NAMES = {dict: "an object", list: "a list", str: "text", bool: "a truth value", int: "a number", float: "a number"}


def describe(value: object) -> str:
    """A value's type in a user's words."""
    return "null" if value is None else _NAMES.get(type(value), "something else")


def show(value: object) -> str:
    """A value as a user would write it, shortened."""
    text = _text(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _text(value: object) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, default=str)


def expectation(params: Mapping[str, Any], value: object) -> str | None:
    """What is wrong with a value by these parameters, as the rest of a sentence that begins with its name; None if
    nothing is."""
    if value is None:
        return "is not given" if params.get("absent") is False else None
    if params.get("absent"):
        return "is given"
    if "equals" in params and value != params["equals"]:
        return f"is `{show(value)}`, not `{show(params['equals'])}`"
    if "in" in params and value not in params["in"]:
        return f"is `{show(value)}`, not {_either(params['in'])}"
    text = _text(value)
    if "like" in params and not any(glob(pattern).matches(text) for pattern in params["like"]):
        return f"is `{show(value)}`, which is not like {_either(params['like'])}"
    hit = next((pattern for pattern in params.get("unlike", ()) if glob(pattern).matches(text)), None)
    return f"is `{show(value)}`, which is like `{hit}`" if hit is not None else None


def _either(choices: list[object]) -> str:
    return listed((f"`{show(choice)}`" for choice in choices), "or")


def listed(items: Iterable[str], word: str = "and") -> str:
    """Items as a sentence lists them, each once: `a`, `b` and `c`."""
    each = list(dict.fromkeys(items))
    return f" {word} ".join(filter(None, (", ".join(each[:-1]), *each[-1:])))

"""Values that a user wrote by hand, in AWS's spelling: another letter case is read, a misspelt value is reported."""

from __future__ import annotations

from snaplint.base.wording import clipped, did_you_mean, listed, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from snaplint.operations.operation import Source


def in_aws_spelling(value: object, values: Iterable[str]) -> object:
    """Return the one of AWS's values that differs from a text only in letter case or outer spaces; else the value."""
    if not isinstance(value, str):
        return value
    folded = value.strip().lower()
    return next((each for each in values if each.lower() == folded), value)


def as_boolean(value: object) -> object:
    """Return the boolean that a text such as `True`, as Python and YAML 1.1 write it, stands for; else the value."""
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def snapshot_fields(fields: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """Return the fields of a snapshot in AWS's spelling; an empty text means that the snapshot has no such field."""
    spelt: dict[str, Any] = {}
    for name, value in fields.items():
        if name == source.tiering.node_type and isinstance(value, str):
            value = value.strip().lower()
        value = in_aws_spelling(value, source.values.get(name, ()))
        spelt[name] = None if value == "" else value
    return spelt


def misspelt(fields: Mapping[str, Any], source: Source) -> dict[str, str]:
    """Return the fields of a snapshot whose values AWS does not have, with what is wrong with each.

    Of a field to which AWS may add values, only a value that is like one of those known counts.
    """
    problems: dict[str, str] = {}
    for name, value in fields.items():
        if not isinstance(value, str):
            continue
        if name == source.tiering.node_type:
            if not value.startswith(source.node_prefix):
                whole = clipped(f"{source.node_prefix}{value}")
                problems[name] = f"`{name}` is `{clipped(value)}`, no node type{did_you_mean(whole)}"
            continue
        values = source.values.get(name, ())
        if not values or value in values:
            continue
        near = nearest(value, values)
        if near is not None:
            problems[name] = f"`{name}` is `{clipped(value)}`, a value that AWS does not have{did_you_mean(near)}"
        elif name in source.closed:
            expected = listed((f"`{each}`" for each in values), "or")
            problems[name] = f"`{name}` must be {expected}, not `{clipped(value)}`"
    return problems

"""The faults of data that does not match its schema: a route and a message for each of jsonschema's errors."""

from __future__ import annotations

from snaplint.base.source import MOST_FAULTS, Key
from snaplint.base.wording import LONGEST, NOUNS, clipped, did_you_mean, listed, nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from jsonschema.exceptions import ValidationError

    from snaplint.base.source import Route


_TYPES = {bool: ("boolean",), int: ("integer", "number"), float: ("number",)}
"""The types of JSON Schema that a value of Python has."""


def explain(
    schema: Mapping[str, Any],
    data: object,
    name: str = "the file",
    *,
    shown: Callable[[object], str] | None = None,
) -> Iterator[tuple[Route, str]]:
    """Yield the faults that jsonschema finds, at most `MOST_FAULTS`: the route of each and a message.

    Messages call the document itself `name`. With `shown`, they also state the value that is there, as `shown` returns
    it. The member `expects` of a schema says what belongs in its place ("a policy, or the path of one").
    """
    from itertools import islice

    from snaplint.base.schema_errors import validator

    first = islice(validator(schema).iter_errors(data), MOST_FAULTS)
    errors = sorted(first, key=lambda error: [str(step) for step in error.absolute_path])
    yield from islice((fault for error in errors for fault in _worded(error, name, shown)), MOST_FAULTS)


def _worded(error: ValidationError, name: str, shown: Callable[[object], str] | None) -> Iterator[tuple[Route, str]]:
    route: Route = tuple(error.absolute_path)
    place = f"`{'.'.join(clipped(str(step)) for step in route)}`" if route else name
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    instance: Any = error.instance
    wanted: Any = error.validator_value
    if "propertyNames" in list(error.schema_path)[-2:-1]:
        # jsonschema reports the keyword that the name breaks, and the place of the object that has it
        yield (*route, Key(instance)), f"`{clipped(instance)}` is not {schema.get('expects', 'a valid name')}"
        return
    match error.validator:
        case "additionalProperties" | "required" if list(schema.get("properties", {})) == ["unknown"]:
            # an object with other members is not meant as `{"unknown": why}`
            yield route, f"{place} must be {schema['expects']}"
        case "additionalProperties":
            for key in instance:
                if key not in schema.get("properties", {}):
                    yield (*route, Key(key)), _unknown_key(key, list(schema.get("properties", {})))
        case "required":
            missing = [key for key in wanted if key not in instance]
            # jsonschema reports each missing key by itself; the message names it
            key = next(key for key in missing if f"'{key}'" in error.message)
            yield route, f"{place} has no `{key}`"
        case _:
            expected = (schema.get("expects") or _expected(error)) + _without_quotes(error)
            found = f"; this is {shown(instance)}" if shown is not None else ""
            yield route, f"{place} must be {expected}{found}"


def _expected(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            names: list[str] = wanted if isinstance(wanted, list) else [wanted]
            return listed((NOUNS[name] for name in names), "or")
        case "enum":
            return listed((f"`{choice}`" for choice in wanted), "or")
        case "const":
            return f"`{wanted}`"
        case "minItems" | "minLength" | "minProperties":
            return "filled in: it is empty" if wanted == 1 else f"{wanted} long at least"
        case _:
            return f"valid: {error.message}"


def _without_quotes(error: ValidationError) -> str:
    """Return the end of a message about text that would be right without its quotes: `"1"` in place of 1."""
    if not isinstance(error.instance, str) or len(error.instance) > LONGEST:
        return ""
    from json import loads

    try:
        meant = loads(error.instance.lower())
    except ValueError:
        return ""
    if not isinstance(meant, (bool, int, float)):
        return ""
    wanted: Any = error.validator_value
    if error.validator == "const":
        return ", without quotes" if type(meant) is type(wanted) and meant == wanted else ""
    types = _TYPES.get(type(meant), ())
    fits = error.validator == "type" and any(
        each in types for each in ([wanted] if isinstance(wanted, str) else wanted)
    )
    return ", without quotes" if fits else ""


def _unknown_key(key: str, known: list[str]) -> str:
    hint = did_you_mean(nearest(key, known)) or f"; expected {listed((f'`{name}`' for name in known), 'or')}"
    return f"unknown key `{clipped(key)}`{hint}"

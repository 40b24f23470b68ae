"""Whether data is of the form of a preflight file (or of a facts file), by its JSON Schema."""

from __future__ import annotations

from functools import cache

from snaplint.base.schema import accepts, explain
from snaplint.operations.registry import operations
from snaplint.schemas import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.base.schema import Test
    from snaplint.base.source import Fault
    from snaplint.read.source_map import SourceMap


def form_faults(data: object, source: SourceMap, form: str) -> list[Fault]:
    """Return the places where data departs from the schema of a `form`: `preflight`, `facts`, or `python`.

    `source` has the places of the data. The last form is for facts from a program, which may leave out the account and
    the Region. The usual case, no fault, costs one quick check; jsonschema is asked only for data that it refuses.
    """
    if _quick(form)(data):
        return []
    problems = explain(_schema(form), data)
    return list(dict.fromkeys(source.fault(route, message) for route, message in problems))


@cache
def _schema(form: str) -> dict[str, Any]:
    whole = schema("preflight")
    # the file says it for editors; a new operation is one new module
    whole["definitions"]["request"]["properties"]["operation"]["enum"] = list(operations())
    if form == "facts":
        return {"definitions": whole["definitions"], **whole["definitions"]["facts"]}
    return {**whole, "required": ["version", "requests"]} if form == "python" else whole


@cache
def _quick(form: str) -> Test:
    return accepts(_schema(form))

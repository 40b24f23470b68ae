"""The form of a preflight file or a facts file, checked against its JSON Schema."""

from __future__ import annotations

from functools import cache

from snaplint.base.schema import accepts
from snaplint.operations.registry import operations
from snaplint.schemas import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.base.schema import Test
    from snaplint.base.source import Fault
    from snaplint.read.source_map import SourceMap


def form_faults(data: object, source: SourceMap, form: str) -> list[Fault]:
    """Return the faults of data by the schema of a `form`: `preflight`, `facts`, or `python`.

    `source` has the places of the data. In the form `python`, for facts from a program, the account and the Region are
    optional. Valid data takes only the fast check of `accepts`; jsonschema is used for invalid data.
    """
    if _quick(form)(data):
        return []
    from snaplint.base.schema_faults import explain

    problems = explain(_schema(form), data)
    return list(dict.fromkeys(source.fault(route, message) for route, message in problems))


@cache
def _schema(form: str) -> dict[str, Any]:
    whole = schema("preflight")
    # the enum in the file is for editors; a new operation is one new module, and no schema is edited
    whole["definitions"]["request"]["properties"]["operation"]["enum"] = list(operations())
    if form == "facts":
        return {"definitions": whole["definitions"], **whole["definitions"]["facts"]}
    return {**whole, "required": ["version", "requests"]} if form == "python" else whole


@cache
def _quick(form: str) -> Test:
    return accepts(_schema(form))

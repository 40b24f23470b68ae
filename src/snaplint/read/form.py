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
    other = _other_document(data)
    if other is not None:
        return [source.fault((), f"this must be a {form} file, not {other}{_HINTS.get(form, '')}")]
    from snaplint.base.schema_faults import explain

    problems = explain(_schema(form), data)
    return list(dict.fromkeys(source.fault(route, message) for route, message in problems))


_HINTS = {"preflight": "; `snaplint init` writes one to fill in", "facts": "; `snaplint collect` writes one"}
_OWN = ("requests", "buckets", "snapshots", "caller", "organization")


def _other_document(data: object) -> str | None:
    """Return what invalid data is called if it is recognised as another document; None if it is not."""
    if isinstance(data, dict) and any(name in data for name in _OWN):
        return None
    from snaplint.read.policy_forms import described  # only for an unusual input

    other = described(data)
    return None if other is None else other.name.partition(", ")[0]  # without what it lacks as a policy


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

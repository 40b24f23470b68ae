"""Whether a document is of the form of a preflight file (or of a facts file), by its JSON Schema."""

from __future__ import annotations

from functools import cache

from snaplint.base.schema import accepts, explain
from snaplint.base.source import Fault
from snaplint.operations.registry import operations
from snaplint.schemas import schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.base.schema import Test
    from snaplint.syntax.document import Document


def form_faults(document: Document, form: str) -> list[Fault]:
    """The places where a document departs from the schema of a `form`: `preflight`, `facts`, or `python`.

    The last is for facts from a program, which may leave out the account and the Region. The usual case, no fault,
    costs one quick check; jsonschema is asked only for a document that it refuses.
    """
    if _quick(form)(document.data):
        return []
    found = (
        Fault(document.path, *document.span(route)[:2], message)
        for route, message in explain(_schema(form), document.data)
    )
    return list(dict.fromkeys(found))


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

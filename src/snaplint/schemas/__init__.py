"""The JSON Schemas that snaplint publishes, by name: `snaplint schema NAME` prints them."""

from __future__ import annotations

from snaplint.base import resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = ("config", "preflight", "report", "rule", "simulate")


def text(name: str) -> str:
    """Return the text of a schema: `config`, `preflight`, `report` or `simulate`. That of rules is in `rules/`."""
    return resources.text("schemas", f"{name}-v1.schema.json")


def schema(name: str) -> dict[str, Any]:
    """Return a schema, parsed. Each call parses it again, so that the caller may change it."""
    import json

    parsed: dict[str, Any] = json.loads(text(name))
    return parsed

"""`--requests FILE`: many requests in one file."""

from __future__ import annotations

from snaplint.cli.inputs import STDIN, Unusable, content
from snaplint.copy_snapshot import MEMBERS, OPERATION
from snaplint.read.document import parse
from snaplint.source import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_requests(path: str) -> list[dict[str, object]]:
    """The requests in a file, `-` for standard input.

    The file holds a list of them, one a line (JSON lines), a single one, or is a preflight file.

    Raises Unusable.
    """
    shown = "standard input" if path == STDIN else f"`{path}`"
    raw = content(path)
    lines = _lines(raw)
    if lines:
        found = [_data(line, "a.json", f"line {number} of {shown}") for number, line in lines]
    else:
        found = _listed(_data(raw, path, shown), shown)
    if not found:
        raise Unusable(f"{shown} holds no request")
    for number, request in enumerate(found, 1):
        if not isinstance(request, dict):
            raise Unusable(f"request {number} of {shown} is not an object of members")
        if request.get("operation", OPERATION) != OPERATION:
            raise Unusable(f"request {number} of {shown} has another operation than `{OPERATION}`")
    return found


def _lines(raw: bytes) -> list[tuple[int, bytes]]:
    """The numbered lines of JSON lines; [] for anything else: one object to a line, and more than one line."""
    lines = [(number, line.strip()) for number, line in enumerate(raw.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    each = all(line.startswith(b"{") and line.endswith(b"}") for _, line in lines)
    return lines if each and len(lines) > 1 else []


def _data(raw: bytes, path: str, shown: str) -> Any:
    try:
        return parse(path, raw).data
    except Unreadable as error:
        raise Unusable(f"{shown}, line {error.line}, column {error.column}: {error.message}") from None


def _listed(data: Any, shown: str) -> list[Any]:
    if isinstance(data, dict):
        if "requests" in data:
            data = data["requests"]
        elif not data.keys().isdisjoint(MEMBERS):
            data = [data]
    if not isinstance(data, list):
        raise Unusable(f"{shown} holds neither a list of requests nor a preflight file")
    return data

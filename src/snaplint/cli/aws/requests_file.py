"""`--requests FILE`: many requests in one file."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.source import Unreadable
from snaplint.cli.inputs import STDIN, Unusable, content
from snaplint.operations.registry import proposing
from snaplint.syntax.document import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.operations.operation import Operation

MOST_TOLD = 10
"""So many broken lines are told one by one."""


class Asked(NamedTuple):
    """Requests, and the Region and account that they are about where a preflight file says so."""

    requests: list[dict[str, object]]
    region: str | None = None
    account: str | None = None


def read_requests(path: str, operation: Operation) -> Asked:
    """Return the requests of one operation in a file, `-` for standard input.

    The file holds a list of them, one a line (JSON lines), a single one, or is a preflight file.

    Raises Unusable.
    """
    shown = "standard input" if path == STDIN else f"`{path}`"
    raw = content(path)
    lines = _lines(raw)
    data = _of_lines(lines, shown) if lines else _data(raw, path, shown)
    found = _listed(data, operation, shown)
    if not found:
        raise Unusable(f"{shown} holds no request")
    for number, request in enumerate(found, 1):
        if not isinstance(request, dict):
            raise Unusable(f"request {number} of {shown} is not an object of members")
        if request.get("operation", operation.name) != operation.name:
            raise Unusable(f"request {number} of {shown} has another operation than `{operation.name}`")
    return Asked(
        [proposing(operation, request) for request in found], _stated(data, "region"), _stated(data, "account")
    )


def _stated(data: Any, name: str) -> str | None:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None


def _lines(raw: bytes) -> list[tuple[int, bytes]]:
    """The numbered lines of JSON lines; [] for anything else.

    No other form has more lines after a first one that is an object, or begins every line with one; so lines that are
    broken are still told by their numbers.
    """
    lines = [(number, line.strip()) for number, line in enumerate(raw.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    if len(lines) < 2:
        return []
    first = lines[0][1]
    whole = first.startswith(b"{") and first.endswith(b"}")
    return lines if whole or all(line.startswith(b"{") for _, line in lines) else []


def _of_lines(lines: list[tuple[int, bytes]], shown: str) -> list[Any]:
    """What JSON lines hold; all that are broken are told at once."""
    found, broken = [], []
    for number, line in lines:
        try:
            found.append(parse("a.json", line).data)
        except Unreadable as error:
            broken.append(f"line {number} of {shown}, column {error.column}: {error.message}")
    if broken:
        more = f"; and {len(broken) - MOST_TOLD} more lines" if len(broken) > MOST_TOLD else ""
        raise Unusable("; ".join(broken[:MOST_TOLD]) + more)
    return found


def _data(raw: bytes, path: str, shown: str) -> Any:
    try:
        return parse(path, raw).data
    except Unreadable as error:
        raise Unusable(f"{shown}, line {error.line}, column {error.column}: {error.message}") from None


def _listed(data: Any, operation: Operation, shown: str) -> list[Any]:
    if isinstance(data, dict):
        if "requests" in data:
            data = data["requests"]
        elif not data.keys().isdisjoint(member.name for member in operation.members):
            data = [data]
    if not isinstance(data, list):
        raise Unusable(f"{shown} holds neither a list of requests nor a preflight file")
    return data

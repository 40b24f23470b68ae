"""`--requests FILE`: many requests in one file."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.source import Unreadable
from snaplint.base.wording import counted
from snaplint.cli.inputs import STDIN, Unusable, content
from snaplint.operations.registry import with_operation
from snaplint.read.usual import looks_like_a_path
from snaplint.syntax.document import parse
from snaplint.syntax.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.operations.operation import Operation

_BLANK = " \t\x0b\x0c"

MAX_LINES = 10
"""The number of invalid lines that are reported; the rest are only counted."""


class RequestsFile(NamedTuple):
    """Requests, and the Region and account that they are for, if a preflight file states them.

    `path` and `text` are those of the file. The requests are at `base`, in a list, in JSON `lines` (their offsets in
    the text), or as the only one. `replaced` are the members that the command line sets instead.
    """

    requests: list[dict[str, object]]
    region: str | None = None
    account: str | None = None
    path: str = ""
    text: str = ""
    base: Route = ()
    is_list: bool = True
    lines: Sequence[tuple[int, int]] = ()
    replaced: Sequence[str] = ()

    def route(self, number: int) -> Route:
        """Return the route of a request in the file."""
        return (*self.base, number) if self.is_list or self.lines else self.base


def read_requests(path: str, operation: Operation) -> RequestsFile:
    """Return the requests of one operation in a file, or on standard input for `-`.

    The file contains a list of requests, one request a line (JSON lines) or a single request, or is a preflight file.

    Raises Unusable.
    """
    shown = "standard input" if path == STDIN else f"`{path}`"
    raw = content(path)
    lines = _lines(raw)
    data = _of_lines(lines, shown) if lines else _data(raw, path, shown)
    requests = _requests(data, operation, shown)
    if not requests:
        raise Unusable(f"{shown} contains no request")
    for number, request in enumerate(requests, 1):
        if not isinstance(request, dict):
            raise Unusable(f"request {number} of {shown} is not an object")
        if request.get("operation", operation.name) != operation.name:
            raise Unusable(f"request {number} of {shown} is for another operation than `{operation.name}`")
    text = decode(raw)
    return RequestsFile(
        [with_operation(operation, request) for request in requests],
        _region(data),
        _text(data, "account"),
        "<stdin>" if path == STDIN else path,
        text,
        ("requests",) if isinstance(data, dict) and "requests" in data else (),
        not isinstance(data, dict) or "requests" in data,
        _extents(text) if lines else (),
    )


def _text(data: Any, name: str) -> str | None:
    """Return the member `name` of a preflight file if it is text."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None


def _region(data: Any) -> str | None:
    """Return the Region of a preflight file; None if the file has the path of another file instead."""
    region = _text(data, "region")
    return None if region is None or looks_like_a_path(region) else region


def _lines(raw: bytes) -> list[tuple[int, bytes]]:
    """Return the lines of JSON lines with their numbers; [] for any other form.

    Only JSON lines have a whole object in the first of several lines, or `{` at the start of every line. So the form is
    recognised even if some lines are invalid, and these are reported by their numbers.
    """
    lines = [(number, line.strip()) for number, line in enumerate(raw.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    if len(lines) < 2:
        return []
    first = lines[0][1]
    is_object = first.startswith(b"{") and first.endswith(b"}")
    return lines if is_object or all(line.startswith(b"{") for _, line in lines) else []


def _extents(text: str) -> list[tuple[int, int]]:
    """Return the offsets of the lines that `_lines` returns, in the text of the file."""
    import re

    extents = []
    for match in re.finditer(r"[^\r\n]+", text):
        line = match[0].lstrip(_BLANK)
        if line:
            begin = match.end() - len(line)
            extents.append((begin, begin + len(line.rstrip(_BLANK))))
    return extents


def _of_lines(lines: list[tuple[int, bytes]], shown: str) -> list[Any]:
    """Return the values of JSON lines. Raises Unusable, which reports all invalid lines at once."""
    values, broken = [], []
    for number, line in lines:
        try:
            values.append(parse("a.json", line).data)
        except Unreadable as error:
            broken.append(f"line {number} of {shown}, column {error.column}: {error.message}")
    if broken:
        more = len(broken) - MAX_LINES
        raise Unusable("; ".join(broken[:MAX_LINES]) + (f"; and {counted(more, 'more line')}" if more > 0 else ""))
    return values


def _data(raw: bytes, path: str, shown: str) -> Any:
    try:
        return parse(path, raw).data
    except Unreadable as error:
        raise Unusable(f"{shown}, line {error.line}, column {error.column}: {error.message}") from None


def _requests(data: Any, operation: Operation, shown: str) -> list[Any]:
    """Return the list of requests in the data of a file. Raises Unusable."""
    if isinstance(data, dict):
        if "requests" in data:
            data = data["requests"]
        elif not data.keys().isdisjoint(member.name for member in operation.members):
            data = [data]
    if not isinstance(data, list):
        raise Unusable(f"{shown} is neither a list of requests nor a preflight file")
    return data

"""A request in few words, and the places of many."""

from __future__ import annotations

from snaplint.operations.proposed import ProposedRequest
from snaplint.report.terminal import sanitise, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.base.source import Fault, Place

MOST_PLACES = 3
"""How many places of requests are shown; the others are counted."""


def title(members: Mapping[str, object]) -> str:
    """Return a request in few words: what is copied, and where to."""
    request = ProposedRequest(members)
    source, target, bucket = (_name(request.value(role)) for role in ("source", "target", "bucket"))
    if request.is_export:
        return f"{target} -> {bucket if '://' in bucket else 's3://' + bucket}"
    return f"{source} -> {target}"


def _name(value: object) -> str:
    """Return a member of the request as it appears in a title; `?` if it is missing or not text."""
    if value is None:
        return "?"
    return sanitise(value) or '""' if isinstance(value, str) else "?"


def location(place: Place) -> str:
    """Return a place in the form that editors and terminals recognise: `path:line:column`."""
    return f"{sanitise(place.path)}:{place.span.line}:{place.span.column}"


def shown_location(place: Place, fault: Fault | None) -> str:
    """Return the place of an input error; that of a path that cannot be opened has no line.

    The path may be any argument of the command line: a URL is masked.
    """
    position = f":{place.span.line}:{place.span.column}" if fault is None else fault.position
    return f"{shown(place.path)}{position}"


def lines_of(places: Iterable[Place | None], number: int) -> str:
    """Return the places of the first of `number` requests: `a.yaml:5, 8, b.yaml:3, …`; "" if no file has them."""
    words: list[str] = []
    path: str | None = None
    number_shown = 0
    for place in places:
        if place is not None:
            line = str(place.span.line)
            words.append(line if place.path == path else f"{sanitise(place.path)}:{line}")
            path = place.path
            number_shown += 1
    return ", ".join([*words, "…"] if words and number_shown < number else words)

"""The lines below a frame: ` = label: text`, wrapped, and the statements that a verdict is based on."""

from __future__ import annotations

from snaplint.report.terminal import sanitise, wrap
from snaplint.report.title import location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.verdict import Blame
    from snaplint.report.terminal import Style

_COUNTED = {"Statement": "statement", "Grants": "grant"}


def note(label: str, text: str, style: Style, columns: int = 1, *, url: str = "") -> list[str]:
    """Return a note, ` = label: text`, wrapped; without a label ` = text`. The text is a link if `url` is given.

    Continuation lines are indented to the text if at least 30 columns remain, else to the label.
    """
    head = f"{' ' * columns} {style.paint('gutter', '=')}"
    used = columns + 3
    if label:
        head = f"{head} {style.paint('strong', label + ':')}"
        used += len(label) + 2
    indent = used if style.width - used >= 30 else columns + 3
    first, *rest = wrap(sanitise(text), style.width, indent=indent, used=used)
    if url:
        return [
            f"{head} {style.link(url, first)}".rstrip(),
            *(" " * indent + style.link(url, line[indent:]) for line in rest),
        ]
    return [f"{head} {first}".rstrip(), *rest]


def because(blame: Blame, source: Locator | None) -> str:
    """Return what a verdict is based on in words, with its place."""
    place = blame.place(source)
    text = f"{blame_label(blame)}: {blame.text}" if blame.text else blame_label(blame)
    return f"{text} ({location(place)})" if place else text


def blame_label(blame: Blame) -> str:
    """Return a statement or fact in words, such as `bucket policy statement 3 "DenyOutsideVpc" (Deny)`, from 1."""
    words = blame.layer + _numbered(blame.route)
    if blame.sid:
        words += f' "{blame.sid}"'
    return f"{words} ({blame.effect})" if blame.effect else words


def _numbered(route: Route) -> str:
    for index in range(len(route) - 1, -1, -1):
        name = _COUNTED.get(str(route[index]))
        if name:
            number = route[index + 1] if index + 1 < len(route) else None
            return f" {name} {number + 1}" if isinstance(number, int) else f" {name}"
    return ""

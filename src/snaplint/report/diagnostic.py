"""One failing verdict in full: the message, its place, its causes, AWS's answer, and the solution."""

from __future__ import annotations

from snaplint.report.frame import frame, gutter
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Place, Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.verdict import Blame, Verdict
    from snaplint.report.terminal import Style

MOST_BLAMES = 3
"""How many causes are shown; the rest are counted."""

CERTAINTY = {
    "modelled": "stated by AWS's API model, not by its user guide",
    "observed": "seen in practice; AWS does not document it",
    "inferred": "inferred from other facts; AWS does not document it",
}
"""The text for each certainty below `documented`."""

_COUNTED = {"Statement": "statement", "Grants": "grant"}


def diagnostic(verdict: Verdict, source: Locator | None, style: Style) -> list[str]:
    """Return the lines for one failing verdict."""
    place = source.place(verdict.route) if source else None
    blames = [(blame, blame.place(source)) for blame in verdict.because[:MOST_BLAMES]]
    columns = gutter([place, *(where for _, where in blames)])
    lines = _headline(verdict, style)
    if source and place:
        lines += _framed(source, place, style, columns, verdict.severity, "^")
    shown = {place}
    for blame, where in blames:
        text = f"{blame_label(blame)}: {blame.text}" if blame.text else blame_label(blame)
        lines += note("because", text, style, columns)
        file = blame.locator(source)
        if file and where and where not in shown:
            shown.add(where)
            lines += _framed(file, where, style, columns, "gutter", "-")
    if len(verdict.because) > MOST_BLAMES:
        lines += note("because", f"and {len(verdict.because) - MOST_BLAMES} more", style, columns)
    return lines + _notes(verdict, style, columns)


def _headline(verdict: Verdict, style: Style) -> list[str]:
    tag = f"{verdict.severity}[{sanitise(verdict.rule.id)}]"
    first, *rest = wrap(sanitise(verdict.message), style.width, indent=2, used=len(tag) + 2)
    head = f"{style.paint(verdict.severity, tag)}{style.paint('strong', ': ' + first if first else ':')}"
    return [head, *(f"  {style.paint('strong', line[2:])}" for line in rest)]


def _framed(source: Locator, place: Place, style: Style, columns: int, role: str, mark: str) -> list[str]:
    """Return an arrow with a place, and the frame of that place."""
    arrow = f"{' ' * columns}{style.paint('gutter', '-->')} {location(place)}"
    rows = frame(source, place, style, columns=columns, role=role, mark=mark)
    return [arrow, *rows, style.paint("gutter", f"{' ' * columns} |")] if rows else [arrow]


def _notes(verdict: Verdict, style: Style, columns: int) -> list[str]:
    """Return the lines below the frames: AWS's answer, certainty, solution, documentation."""
    lines: list[str] = []
    answer = ": ".join(filter(None, (verdict.code, verdict.predicts)))
    if answer:
        lines += note("AWS would answer", answer, style, columns)
    if verdict.certainty in CERTAINTY:
        lines += note("certainty", CERTAINTY[verdict.certainty], style, columns)
    if verdict.rule.solution:
        lines += note("solution", verdict.rule.solution, style, columns)
    if verdict.rule.docs:
        lines += note("docs", verdict.rule.docs[0], style, columns, url=verdict.rule.docs[0])
    return lines


def note(label: str, text: str, style: Style, columns: int = 1, *, url: str = "") -> list[str]:
    """Return a note below a verdict, ` = label: text`, wrapped; the text is a link if `url` is given.

    Continuation lines are indented to the text if at least 30 columns remain, else to the label.
    """
    used = columns + len(label) + 5
    indent = used if style.width - used >= 30 else columns + 3
    first, *rest = wrap(sanitise(text), style.width, indent=indent, used=used)
    head = f"{' ' * columns} {style.paint('gutter', '=')} {style.paint('strong', label + ':')}"
    if url:
        return [
            f"{head} {style.link(url, first)}".rstrip(),
            *(" " * indent + style.link(url, line[indent:]) for line in rest),
        ]
    return [f"{head} {first}".rstrip(), *rest]


def blame_label(blame: Blame) -> str:
    """Return a cause in words, such as `bucket policy statement 3 "DenyOutsideVpc" (Deny)`, counted from 1."""
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


def location(place: Place) -> str:
    """Return a place in the form that editors and terminals recognise: `path:line:column`."""
    return f"{sanitise(place.path)}:{place.span.line}:{place.span.column}"

"""The places of one cause in their files: what is to blame, and what it is compared with, each with its own words."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.report.frame import frame, gutter
from snaplint.report.title import location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.base.source import Place
    from snaplint.findings.locator import Locator
    from snaplint.report.causes import CauseEntry
    from snaplint.report.terminal import Style

MOST_COMPARED = 3
"""How many values that the one to blame is compared with are shown."""


class Spot(NamedTuple):
    """A place to show: `role` is its colour, and `label` its words."""

    file: Locator
    place: Place
    role: str
    mark: str
    label: str


def spots(entry: CauseEntry) -> list[Spot]:
    """Return the places of a cause: the one to blame first. There is none if no file has it."""
    found: list[Spot] = []
    if entry.place is not None and entry.source is not None:
        found.append(Spot(entry.source, entry.place, entry.severity, "^", entry.cause.label))
    seen = {entry.place}
    for blame in entry.cause.compared[:MOST_COMPARED]:
        file, place = blame.locator(entry.file), blame.place(entry.file)
        if file is not None and place is not None and place not in seen:
            seen.add(place)
            found.append(Spot(file, place, "gutter", "-", blame.text or blame.layer))
    return found


def columns_for(entry: CauseEntry, shown: Iterable[Spot]) -> int:
    """Return the width of the gutter of a cause."""
    return gutter([entry.place, *(spot.place for spot in shown)])


def snippets(shown: list[Spot], style: Style, columns: int) -> list[str]:
    """Return the frames, file by file; those of one file are in the order of its lines."""
    by_path: dict[str, list[Spot]] = {}
    for spot in shown:
        by_path.setdefault(spot.place.path, []).append(spot)
    lines: list[str] = []
    for arrow, spots_in_file in zip(["-->", *[":::"] * len(by_path)], by_path.values(), strict=False):
        lines += [f"{' ' * columns}{style.paint('gutter', arrow)} {location(spots_in_file[0].place)}"]
        lines += _rows(spots_in_file, style, columns)
    return lines


def _rows(spots_in_file: list[Spot], style: Style, columns: int) -> list[str]:
    """Return the frames of places in one file, with `...` for the lines between them."""
    rows: list[str] = []
    last: Spot | None = None
    for spot in sorted(spots_in_file, key=lambda spot: spot.place.span):
        framed = frame(spot.file, spot.place, style, columns=columns, role=spot.role, mark=spot.mark, label=spot.label)
        if last is not None and framed:
            gap = spot.place.span.line - last.place.span.end_line
            framed = framed[2:] if gap <= 0 and framed[1] in rows else framed[1:]
            if gap > 1:
                rows.append(style.paint("gutter", "..."))
        rows += framed
        last = spot if framed else last
    return [*rows, style.paint("gutter", f"{' ' * columns} |")] if rows else []

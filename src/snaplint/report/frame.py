"""Code frames in the style of rustc: the line of a place, its number in a gutter, and marks below the place.

A file may contain tabs, wide and combining characters, lines of a megabyte and terminal escapes. The marks are still
below the right characters, the line fits the width, and no raw character of the file reaches the terminal.
"""

from __future__ import annotations

from snaplint.report.terminal import column_width, columns_of, sanitise, visible, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Place
    from snaplint.findings.locator import Locator
    from snaplint.report.terminal import Style

    Cells = list[tuple[str, int]]

TAB = 4
TALLEST = 8
"""How many lines of a block are shown, enough for a policy statement. A taller block loses its middle, not its end."""


def gutter(places: list[Place | None]) -> int:
    """Return the width of the largest line number of these places, so that all frames of one verdict line up."""
    return max((len(str(_last(place))) for place in places if place), default=1)


def frame(
    source: Locator, place: Place, style: Style, *, columns: int, role: str, mark: str = "^", label: str = ""
) -> list[str]:
    """Return the lines of the frame of a place; [] if its text is not available.

    `columns` is the width of the gutter, `role` the colour of the marks, and `mark` the character that draws them. A
    place of several lines is marked on its first line, or as a block if its first line only opens it (`{`). `label` is
    what stands after the marks.
    """
    first, last = place.span.line, _last(place)
    lines = source.lines(place.path, first, min(last, first + TALLEST - 1))
    if not lines:
        return []
    bar = style.paint("gutter", f"{' ' * columns} |")
    room = style.width - columns - 3
    if last > first and len(lines) == min(last - first + 1, TALLEST) and _bare(lines[0], place.span.column):
        rows, before, marks = _block(source, place, lines, style, columns, role, mark)
    else:
        end = place.span.end_column if place.span.end_line == first else len(lines[0].rstrip()) + 1
        text, before, marked = window(lines[0], place.span.column - 1, end - 1, room)
        rows, marks = [_numbered(first, columns, text, style)], mark * marked
    return [bar, *rows, *_marked(bar, before, marks, sanitise(label), room, style, role)]


def _marked(bar: str, before: int, marks: str, label: str, room: int, style: Style, role: str) -> list[str]:
    """Return the row of the marks with the label after it, or below it if there is no room."""
    row = f"{bar} {' ' * before}"
    if not label or before + len(marks) + 1 + columns_of(label) <= room:
        return [row + style.paint(role, f"{marks} {label}".rstrip())]
    indent = min(before, max(0, room - 40))
    lines = wrap(label, room, indent=indent, used=indent)
    lines[0] = " " * indent + lines[0]
    return [row + style.paint(role, marks), *(f"{bar} {style.paint(role, line)}" for line in lines if line.strip())]


def _last(place: Place) -> int:
    """Return the last line on which a place has text: an end at column 1 belongs to the line above."""
    span = place.span
    return span.end_line - 1 if span.end_line > span.line and span.end_column <= 1 else span.end_line


def _bare(line: str, column: int) -> bool:
    """Return True if a line has nothing but opening brackets from `column` on."""
    return not line[column - 1 :].strip("{[( \t\r")


def _numbered(number: int, columns: int, text: str, style: Style) -> str:
    return f"{style.paint('gutter', f'{number:>{columns}} |')} {text}".rstrip()


def _block(
    source: Locator, place: Place, lines: list[str], style: Style, columns: int, role: str, mark: str
) -> tuple[list[str], int, str]:
    """Return the frame of a place of several lines: a rail on its left, which ends below its last character.

    The rows come with the indent of the row of marks, and the marks.
    """
    first, last = place.span.line, _last(place)
    numbers = list(range(first, first + len(lines)))
    if last >= first + TALLEST:
        lines = [*lines[: TALLEST - 2], *(source.lines(place.path, last, last) or [""])]
        numbers = [*numbers[: TALLEST - 2], last]
    texts, ends_at = _fitted(place, lines, style.width - columns - 5)
    rows = []
    for index, (number, text) in enumerate(zip(numbers, texts, strict=False)):
        if index and number > numbers[index - 1] + 1:
            rows.append(f"{style.paint('gutter', '...'.ljust(columns + 2))} {style.paint(role, '|')}")
        rail = style.paint(role, "|" if index else "/")
        rows.append(_numbered(number, columns, f"{rail} {text}", style))
    return rows, 0, "|" + "_" * ends_at + mark


def _fitted(place: Place, lines: list[str], room: int) -> tuple[list[str], int]:
    """Return the lines of a block, cut to `room` columns (the margin first), and the column in which it ends."""
    span = place.span
    end = span.end_column - 1 if span.end_column > 1 else len(lines[-1].rstrip())
    ends_at = _sum(_cells(lines[-1][: min(end, room)]))
    texts = [_shown(line.rstrip()[: 2 * room]) for line in lines]
    if any(columns_of(text) > room for text in texts):
        margin = min((len(text) - len(text.lstrip(" ")) for text in texts if text), default=0)
        texts, ends_at = [text[margin:] for text in texts], ends_at - margin
    return [window(text, 0, 0, room)[0] for text in texts], max(1, min(ends_at, room))


def window(line: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """Return the part of a line around its characters `start` to `end` that fits `room` columns.

    The result is the text, the number of columns before the marks, and the number of marks: at least one, also after
    the end of the line. `…` replaces what was cut off.
    """
    line = line[: max(len(line.rstrip()), min(end, len(line)))]
    start = min(max(start, 0), len(line))
    end = min(max(end, start), len(line))
    if len(line) < room and line.isascii() and line.isprintable():
        return line, start, max(1, end - start)  # the usual case: nothing to escape or cut
    if end > start + room or _sum(_cells(line[: 2 * room])) > room:
        margin = min(len(line) - len(line.lstrip(" \t")), start)  # the margin is cut first
        line, start, end = line[margin:], start - margin, end - margin
    low = max(0, start - room)  # a line may be a megabyte long: read only what can be shown
    cells = _cells(line[low : start + room])
    start, end, beyond = start - low, min(end - low, len(cells)), start + room < len(line)
    left, right = _cut(cells, start, end, room, bool(low), beyond)
    cut_left, cut_right = left > 0 or low > 0, right < len(cells) or beyond
    text = "…" * cut_left + "".join(text for text, _ in cells[left:right]) + "…" * cut_right
    return text, cut_left + _sum(cells[left:start]), max(1, _sum(cells[start : min(end, right)]))


def _cut(cells: Cells, start: int, end: int, room: int, before: bool, beyond: bool) -> tuple[int, int]:
    """Return the range of cells to show: all, or a part from the start if that includes the marks, or around them."""
    behind = start == len(cells)  # a mark after the last character needs a column of its own
    if not before and not beyond and _sum(cells) + behind <= room:
        return 0, len(cells)
    marked = max(1, _sum(cells[start:end]))
    if not before and _sum(cells[:start]) + marked < room:
        return 0, _reach(cells, 0, room - 1)
    spare = (room - 2 - marked) // 2 if marked + 2 <= room else room // 4
    if not beyond:
        spare = max(spare, room - 1 - _sum(cells[start:]) - behind)
    left = start
    while left and spare >= cells[left - 1][1]:
        left -= 1
        spare -= cells[left][1]
    while left < start and not cells[left][1]:
        left += 1  # a combining character must not follow the `…`
    whole = not beyond and _sum(cells[left:]) + behind <= room - 1
    return left, len(cells) if whole else _reach(cells, left, room - 2)


def _reach(cells: Cells, left: int, room: int) -> int:
    """Return the end of the longest run of cells from `left` on that fits `room` columns."""
    right = left
    while right < len(cells) and room >= cells[right][1]:
        room -= cells[right][1]
        right += 1
    return right


def _cells(text: str) -> Cells:
    """Return the text to show for each character of a line, and its width in columns."""
    cells: Cells = []
    column = 0
    for character in text:
        if character == "\t":
            shown, width = " " * (TAB - column % TAB), TAB - column % TAB
        else:
            shown = visible(character)
            width = column_width(shown) if len(shown) == 1 else len(shown)
        cells.append((shown, width))
        column += width
    return cells


def _shown(text: str) -> str:
    return text if text.isascii() and text.isprintable() else "".join(shown for shown, _ in _cells(text))


def _sum(cells: Cells) -> int:
    return sum(width for _, width in cells)

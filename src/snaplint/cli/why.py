"""`snaplint explain --why FILE[:LINE]`: print how one request of a file was decided."""

from __future__ import annotations

import os
import re
import sys

from snaplint.base.source import parted
from snaplint.base.wording import counted, did_you_mean, nearest
from snaplint.cli.inputs import STDIN, Unusable
from snaplint.lint.why import at_line, requests_of, why
from snaplint.read.preflights import preflights
from snaplint.report import terminal
from snaplint.report.formats.text import fault_line
from snaplint.report.terminal import Style, shown
from snaplint.report.why import text
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.findings.rule import Rule
    from snaplint.lint.why import Asked

_MOST_LISTED = 20
_PLACES = (re.compile(r"(.+):([0-9]{1,9}):?", re.DOTALL), re.compile(r"(.+):([0-9]{1,9}):[0-9]{1,9}:?", re.DOTALL))
"""A file with a line, and one with a line and a column, as reports print them."""


def explain(
    place: str, rules: Mapping[str, Rule], *, only: str = "", strict: bool = False, allow_outside: bool = False
) -> bool:
    """Print the tree for the request at a place, and the input errors of its file; return True if there are none.

    `only` is the id of a rule, and then the tree has nothing else. Raises Unusable if no request is meant.
    """
    if only and only not in rules:
        near = did_you_mean(nearest(only, rules)) or "; `snaplint rules` lists them"
        raise Unusable(f"there is no rule `{shown(only)}`{near}")
    path, line = parted_place(place)
    found, faults = parted(preflights([path], Files(allow_outside=allow_outside)))
    for fault in faults:
        print(fault_line(fault, Style()), file=sys.stderr)
    asked = [each for each in requests_of(found) if each.place.path in (path, "<stdin>")] or requests_of(found)
    chosen = at_line(asked, line)
    if chosen is None:
        if not asked and faults:
            return False
        raise Unusable(_choice(path, asked))
    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = terminal.detect(os.environ, isatty=isatty, columns=columns)
    sys.stdout.write(text(why(chosen, tuple(rules.values()), strict=strict), style, only))
    return not faults


def parted_place(place: str) -> tuple[str, int | None]:
    """Return the path and the line of `FILE[:LINE[:COLUMN]]`; of several readings, the one whose file exists."""
    readings: list[tuple[str, int | None]] = [(place, None)]
    readings += [(match[1], int(match[2])) for match in (form.fullmatch(place) for form in _PLACES) if match]
    readings = [(STDIN if path == "<stdin>" else path, line) for path, line in readings]
    return next((each for each in readings if each[0] == STDIN or os.path.lexists(each[0])), readings[-1])


def _choice(path: str, asked: Sequence[Asked]) -> str:
    """Return the message that asks for the line of a request."""
    name = shown(path)
    if not asked:
        return f"`{name}` has no request"
    lines = [f"`{name}` has {counted(len(asked), 'request')}: name one by its line"]
    for each in asked[:_MOST_LISTED]:
        request = each.preflight.requests[each.number]
        lines.append(f"  {name}:{each.place.span.line}  {shown(str(request.target))}")
    if len(asked) > _MOST_LISTED:
        lines.append(f"  and {len(asked) - _MOST_LISTED:,} more")
    return "\n".join(lines)

"""The parts of a text report about its causes; a run in which everything passes does not load them."""

from __future__ import annotations

from snaplint.findings.cause import INPUT
from snaplint.findings.verdict import FAILS
from snaplint.report.block import block, direct_rules, in_requests, word
from snaplint.report.terminal import sanitise, shown, told, wrap
from snaplint.report.title import location, shown_location, title
from snaplint.report.undetermined import commands, undetermined
from snaplint.report.whole import written_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.report.causes import CauseEntry
    from snaplint.report.run import Run
    from snaplint.report.terminal import Style

MOST_ALIKE = 3
"""How many causes of the same rules are shown in full; of the others, there is one line each."""
MOST_LINES = 100
"""How many such lines are shown."""


def is_open(entry: CauseEntry) -> bool:
    """Return True for a cause that leaves conditions undetermined and makes none fail."""
    return entry.verdict != FAILS and entry.cause.kind != INPUT


def blocks(entries: Iterable[CauseEntry], run: Run, *, alone: bool) -> list[list[str]]:
    """Return a section for each cause that makes a condition fail, and for each input error.

    Causes of the same rules share a section after the third, and so do input errors of a file.
    """
    sections: list[list[str]] = []
    alike: dict[object, int] = {}
    tails: dict[object, list[str]] = {}
    for entry in entries:
        where = entry.place.path if entry.cause.kind == INPUT and entry.place is not None else ""
        kind = (entry.cause.kind, where, tuple(direct_rules(entry)))
        alike[kind] = alike.get(kind, 0) + 1
        if run.verbose or alike[kind] <= MOST_ALIKE:
            sections.append(written_cause(entry, run, lambda each: block(each, run.style, alone=alone)))
            continue
        if kind not in tails:
            sections.append(tails.setdefault(kind, []))
        if alike[kind] <= MOST_ALIKE + MOST_LINES:
            tails[kind] += written_cause(entry, run, lambda each: [quiet_line(each, run.style)])
    for same, tail in tails.items():
        more = alike[same] - MOST_ALIKE - MOST_LINES
        if more > 0:
            tail += wrap(f"… and {more:,} more like these (--quiet lists one a line)", run.style.width, indent=2)
    return sections


def about_undetermined(entries: list[CauseEntry], run: Run, *, alone: bool) -> list[str]:
    """Return the section about what is undetermined; [] if nothing is."""
    return undetermined(entries, run.style, alone=alone, verbose=run.verbose)


def about_commands(entries: list[CauseEntry], style: Style) -> list[str]:
    """Return the section with the commands that print the missing facts; [] if none is missing."""
    return commands(entries, style, collect=_collect(entries))


def pointer(entries: list[CauseEntry], run: Run) -> list[str]:
    """Return the section that names the command which prints how the only request was decided.

    Return [] without a file, and for one whose path cannot be typed as it is printed.
    """
    place = next((place for entry in entries for place in entry.places if place is not None), None)
    if place is None or place.path.startswith(("<", "-")) or shown(place.path) != place.path:
        return []
    from shlex import quote

    strict = " --strict" if run.strict else ""
    command = f"snaplint explain{strict} --why {quote(f'{place.path}:{place.span.line}')}"
    return [*wrap("this command prints how each condition was decided:", run.style.width), f"  {command}"]


def _collect(entries: list[CauseEntry]) -> str:
    """Return the command that reads all facts about the requests of a file; "" if they are not in one file."""
    paths = {place.path if place is not None else "" for entry in entries for place in entry.places}
    operations = {str(entry.first.get("operation")) for entry in entries if entry.first is not None}
    path = paths.pop() if len(paths) == 1 else ""
    if not path or path.startswith("<") or len(operations) != 1:
        return ""
    from shlex import quote

    from snaplint.operations.registry import operation_named

    command = operation_named(operations.pop()).command[-1]
    return f"snaplint collect {command} --requests {quote(path)} -o facts.snaplint.json"


def quiet_lines(entries: Iterable[CauseEntry], run: Run) -> Iterator[str]:
    """Yield one line for each cause: with `strict`, also for the undetermined ones that the run does not accept."""
    for entry in entries:
        if not is_open(entry) or (run.strict and entry.is_strict):
            yield from written_cause(entry, run, lambda each: [quiet_line(each, run.style)])


def quiet_line(entry: CauseEntry, style: Style) -> str:
    """Return a cause in one line, in the form that editors parse; without a file it begins with the title."""
    if entry.cause.kind == INPUT:
        where = shown_location(entry.place, entry.cause.fault) if entry.place is not None else "-"
        return f"{where}: {style.paint('error', 'error')}: {told(entry.message)}"
    where = title(entry.first) if entry.first is not None else "-"
    if entry.place is not None:
        where = location(entry.place)
    role = "unknown" if is_open(entry) else entry.severity
    tag = f"{'undetermined' if is_open(entry) else word(entry.severity)}[{', '.join(direct_rules(entry))}]"
    text = f"{where}: {style.paint(role, tag)}: {sanitise(entry.message)}"
    return text if len(entry.requests) <= 1 else f"{text}; {in_requests(entry)}"

"""What is undetermined, by what would settle it: facts first, then what AWS does not document, then commands."""

from __future__ import annotations

from snaplint.base.wording import counted
from snaplint.findings.cause import UNDOCUMENTED
from snaplint.report.notes import because, note
from snaplint.report.terminal import sanitise, wrap
from snaplint.report.title import lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.report.causes import CauseEntry
    from snaplint.report.terminal import Style

_BY_TRIAL = "a trial export settles what AWS does not document"
MOST_FACTS = 8
"""How many groups are listed one by one; the others are counted, unless the report is verbose."""
MOST_BLAMES = 2
"""How many statements with a condition are shown of a group."""
MOST_COMMANDS = 8
"""How many commands are listed."""


def undetermined(entries: list[CauseEntry], style: Style, *, alone: bool, verbose: bool) -> list[str]:
    """Return the lines about undetermined causes: first those for which `--strict` fails, those of many verdicts first.

    If it is `alone`, the report is about one request.
    """
    ordered = sorted(entries, key=lambda entry: (not entry.is_strict, -entry.verdicts))
    facts = _grouped(entry for entry in ordered if entry.cause.kind != UNDOCUMENTED)
    behaviour = _grouped(entry for entry in ordered if entry.cause.kind == UNDOCUMENTED)
    lines = _listed(facts, style, alone=alone, verbose=verbose)
    if behaviour:
        lines += _listed(behaviour, style, alone=alone, verbose=verbose)
        lines += note("", _BY_TRIAL, style)
    return lines


def _grouped(entries: Iterable[CauseEntry]) -> list[list[CauseEntry]]:
    """Return entries that the same rules need for the same requests together."""
    groups: dict[tuple[object, ...], list[CauseEntry]] = {}
    for entry in entries:
        groups.setdefault((frozenset(entry.rules), entry.requests.tobytes()), []).append(entry)
    return list(groups.values())


def _listed(groups: list[list[CauseEntry]], style: Style, *, alone: bool, verbose: bool) -> list[str]:
    shown = groups if verbose or len(groups) <= MOST_FACTS + 1 else groups[:MOST_FACTS]
    lines: list[str] = []
    for group in shown:
        texts = "; ".join(sanitise(entry.message) for entry in group)
        lines += _question(f"{texts}: {_reach(group[0], alone=alone)}", style)
        blames = dict.fromkeys(because(blame, entry.file) for entry in group for blame in entry.cause.compared)
        for text in list(blames)[:MOST_BLAMES]:
            lines += note("because", text, style)
    rest = [entry for group in groups[len(shown) :] for entry in group]
    if rest:
        rules = dict.fromkeys(sanitise(rule) for entry in rest for rule in entry.rules)
        lines += _question(f"{len(rest):,} more (--verbose lists them): {', '.join(rules)}", style)
    return lines


def _reach(entry: CauseEntry, *, alone: bool) -> str:
    """Return which conditions an entry leaves undetermined, and for how many requests."""
    number = len(entry.requests)
    where = lines_of(entry.places, number) if number == 1 else ""
    words = counted(len(entry.rules), "condition")
    if not alone:
        words += f" in {where or counted(number, 'request')}"
    return f"{words} ({', '.join(map(sanitise, entry.rules))})"


def _question(text: str, style: Style) -> list[str]:
    first, *rest = wrap(text, style.width, indent=2, used=2)
    return [f"{style.paint('unknown', '?')} {first}", *rest]


def commands(entries: Iterable[CauseEntry], style: Style, *, collect: str) -> list[str]:
    """Return the commands that print the missing facts, each once; `collect` is one that reads all of them, or ""."""
    each = list(dict.fromkeys(command for entry in entries for command in entry.cause.settle))
    if not each:
        return []
    lines = wrap("these commands print the missing facts:", style.width)
    lines += [f"  {sanitise(command)}" for command in each[:MOST_COMMANDS]]
    if len(each) > MOST_COMMANDS:
        lines.append(f"  … and {len(each) - MOST_COMMANDS:,} more")
    if collect:
        lines += [*wrap("this one reads all of them:", style.width), f"  {sanitise(collect)}"]
    return lines

"""One cause in full: what is to blame and where, what it breaks, what AWS would answer, and what to change."""

from __future__ import annotations

from snaplint.base.wording import counted
from snaplint.findings.cause import INPUT
from snaplint.findings.rule import SEVERITIES
from snaplint.findings.verdict import FAILS
from snaplint.operations.registry import operations
from snaplint.report.notes import note
from snaplint.report.snippets import columns_for, snippets, spots
from snaplint.report.terminal import columns_of, sanitise, told, wrap
from snaplint.report.title import lines_of, shown_location, title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.report.causes import CauseEntry, Effect
    from snaplint.report.terminal import Style

CERTAINTY = {
    "modelled": "stated by AWS's API model, not by its user guide",
    "observed": "seen in practice; AWS does not document it",
    "inferred": "inferred from other facts; AWS does not document it",
}
"""The text for each certainty below `documented`."""

AWS_ADVISES = frozenset(text for operation in operations().values() for text in operation.docs.solutions)
"""The solutions that are AWS's own words; the others are ours."""
MOST_ADVICE = 3
"""How many solutions are shown."""


def block(entry: CauseEntry, style: Style, *, alone: bool) -> list[str]:
    """Return the lines of one cause. If it is `alone`, the report is about one request and does not repeat it."""
    if entry.cause.kind == INPUT:
        return _input_error(entry, style, alone=alone)
    shown = spots(entry)
    columns = columns_for(entry, shown)
    lines = [*headline(_tag(entry), entry.severity, entry.message, style), *snippets(shown, style, columns)]
    if not alone:
        lines += note("", in_requests(entry), style, columns)
    for label, rules in _also(entry):
        lines += note(f"also {label} because of it", ", ".join(rules), style, columns)
    return lines + _advice(entry, style, columns)


def headline(tag: str, role: str, message: str, style: Style) -> list[str]:
    """Return a tag such as `error[a-rule]` and a message, wrapped. Both are painted after they are wrapped."""
    *tags, last = wrap(tag, style.width, indent=2)
    used = columns_of(last) + 2
    first, *rest = wrap(sanitise(message), style.width, indent=2, used=used)
    head = f"{style.paint(role, last)}{style.paint('strong', ': ' + first if first else ':')}"
    return [*(style.paint(role, line) for line in tags), head, *(style.paint("strong", line) for line in rest)]


def word(severity: str) -> str:
    """Return what the report calls a severity: an `info` is a note."""
    return "note" if severity == "info" else severity


def direct_rules(entry: CauseEntry) -> list[str]:
    """Return the rules that fail by themselves, the most severe ones first; all rules of an undetermined cause."""
    rules = list(entry.rules.items())
    direct = [(name, effect) for name, effect in rules if effect.verdict == FAILS and not effect.follows]
    ordered = sorted(direct or rules, key=lambda each: SEVERITIES.index(each[1].severity))
    return [sanitise(name) for name, _ in ordered]


def _tag(entry: CauseEntry) -> str:
    return f"{word(entry.severity)}[{', '.join(direct_rules(entry))}]"


def in_requests(entry: CauseEntry) -> str:
    """Return the requests of a cause: how many, and where the first ones are; or the title of the only one."""
    number = len(entry.requests)
    where = lines_of(entry.places, number)
    text = f"in {counted(number, 'request')}"
    if number == 1 and entry.first is not None:
        text = f"in {title(entry.first)}"
    return f"{text} ({where})" if where else text


def _also(entry: CauseEntry) -> list[tuple[str, list[str]]]:
    """Return the rules that only follow from the cause: those that fail, and those that it leaves undetermined."""
    named = set(direct_rules(entry))
    others = [(sanitise(name), effect) for name, effect in entry.rules.items()]
    fails = [name for name, effect in others if effect.verdict == FAILS and name not in named]
    undetermined = [name for name, effect in others if effect.verdict != FAILS and name not in named]
    return [(label, rules) for label, rules in (("fails", fails), ("undetermined", undetermined)) if rules]


def _input_error(entry: CauseEntry, style: Style, *, alone: bool) -> list[str]:
    """Return an input error, and the conditions that it makes undetermined."""
    lines = [f"{style.paint('error', 'error')}: {style.paint('strong', told(entry.message))}"]
    columns = columns_for(entry, ())
    if entry.place is not None:
        lines.append(f"{' ' * columns}{style.paint('gutter', '-->')} {shown_location(entry.place, entry.cause.fault)}")
    if entry.rules:
        where = "" if alone else f" {in_requests(entry)}"
        rules = ", ".join(map(sanitise, entry.rules))
        words = counted(len(entry.rules), "condition is", "conditions are")
        lines += note("", f"{words} undetermined because of it{where}: {rules}", style, columns)
    return lines


def _advice(entry: CauseEntry, style: Style, columns: int) -> list[str]:
    """Return what AWS would answer and advises, what to change, how certain that is, and where AWS says so."""
    lines: list[str] = []
    for answer in _answers(entry):
        lines += note("AWS would answer", answer, style, columns)
    solutions = [text for text in entry.advises if text in AWS_ADVISES or not entry.repairs]
    for text in solutions[:MOST_ADVICE]:
        lines += note("AWS advises" if text in AWS_ADVISES else "solution", text, style, columns)
    for repair in entry.repairs:
        lines += note("repair", f"{repair.text}:" if repair.paste else repair.text, style, columns)
        lines += [f"{' ' * (columns + 3)}{sanitise(line)}" for line in repair.paste.splitlines()]
    for text in _certainties(entry.rules):
        lines += note("certainty", text, style, columns)
    for url in entry.docs:
        lines += note("docs", url, style, columns, url=url)
    return lines


def _answers(entry: CauseEntry) -> Iterable[str]:
    answers = [": ".join(filter(None, answer)) for answer in entry.answers]
    return [*answers, *([f"and {entry.more_answers:,} more like these"] if entry.more_answers else [])]


def _certainties(rules: dict[str, Effect]) -> list[str]:
    """Return how certain the failures are; with the rules, if it is not the same for all."""
    by_certainty: dict[str, list[str]] = {}
    for name, effect in rules.items():
        if effect.verdict == FAILS and not effect.follows:
            by_certainty.setdefault(effect.certainty, []).append(sanitise(name))
    if len(by_certainty) == 1:
        return [CERTAINTY[certainty] for certainty in by_certainty if certainty in CERTAINTY]
    return [
        f"{', '.join(names)}: {CERTAINTY[certainty]}"
        for certainty, names in by_certainty.items()
        if certainty in CERTAINTY
    ]

"""Verdicts that could not be determined, grouped by the missing fact: one entry for all rules that need the same."""

from __future__ import annotations

from snaplint.base.wording import listed
from snaplint.report.diagnostic import MOST_BLAMES, blame_label, location, note
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.locator import Locator
    from snaplint.findings.verdict import Blame, Verdict
    from snaplint.report.terminal import Style

NAMED = 2
"""How many rules the first line of an entry names; if there are more, it counts them and a line below lists them."""


def undetermined(verdicts: list[Verdict], source: Locator | None, style: Style) -> list[str]:
    """Return the lines for the undetermined verdicts of one request, in the order of the first rule of each entry."""
    groups: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts:
        key = (verdict.message, verdict.depends_on, verdict.because, verdict.assumes)
        groups.setdefault(key, []).append(verdict)
    return [line for group in groups.values() for line in _entry(group, source, style)]


def _entry(group: list[Verdict], source: Locator | None, style: Style) -> list[str]:
    rules = [sanitise(verdict.rule.id) for verdict in group]
    verdict = group[0]
    subject = listed(f"`{rule}`" for rule in rules) if len(rules) <= NAMED else f"{len(rules)} conditions"
    sentence = f"{subject} {'is' if len(rules) == 1 else 'are'} undetermined: {sanitise(verdict.message)}"
    first, *rest = wrap(sentence, style.width, indent=2, used=2)
    mark = style.paint("unknown", "?")
    lines = [f"{mark} {first}", *rest]
    if len(rules) > NAMED:
        lines += note("conditions", ", ".join(rules), style)
    for blame in verdict.because[:MOST_BLAMES]:
        lines += note("because", _blame(blame, source), style)
    if len(verdict.because) > MOST_BLAMES:
        lines += note("because", f"and {len(verdict.because) - MOST_BLAMES} more", style)
    if verdict.assumes:
        lines += note("assumes", f"no effect from {', '.join(verdict.assumes)}", style)
    if verdict.depends_on:
        lines += note("depends on", ", ".join(verdict.depends_on), style)
    return lines


def _blame(blame: Blame, source: Locator | None) -> str:
    place = blame.place(source)
    text = f"{blame_label(blame)}: {blame.text}" if blame.text else blame_label(blame)
    return f"{text} ({location(place)})" if place else text

"""What cannot be told of a request, in short: one entry for all the rules that want for the same thing."""

from __future__ import annotations

from snaplint.report.diagnostic import MOST_BLAMES, blame_label, location, note
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.result import Locator
    from snaplint.findings.verdict import Blame, Verdict
    from snaplint.report.terminal import Style

NAMED = 2
"""How many rules an entry names in its first line; more are listed below it."""


def undetermined(verdicts: list[Verdict], source: Locator | None, style: Style) -> list[str]:
    """The lines for the verdicts of one request that cannot be told, in the order of the first rule of each entry."""
    alike: dict[tuple[object, ...], list[Verdict]] = {}
    for verdict in verdicts:
        key = (verdict.message, verdict.depends_on, verdict.because, verdict.assumes)
        alike.setdefault(key, []).append(verdict)
    return [line for group in alike.values() for line in _entry(group, source, style)]


def _entry(group: list[Verdict], source: Locator | None, style: Style) -> list[str]:
    rules = [sanitise(verdict.rule.id) for verdict in group]
    told = group[0]
    subject = " and ".join(rules) if len(rules) <= NAMED else f"{len(rules)} conditions"
    first, *rest = wrap(f"{subject} cannot be told: {sanitise(told.message)}", style.width, indent=2, used=2)
    mark = style.paint("unknown", "?")
    lines = [f"{mark} {first}", *rest]
    if len(rules) > NAMED:
        lines += note("conditions", ", ".join(rules), style)
    for blame in told.because[:MOST_BLAMES]:
        lines += note("because", _blame(blame, source), style)
    if len(told.because) > MOST_BLAMES:
        lines += note("because", f"and {len(told.because) - MOST_BLAMES} more", style)
    if told.assumes:
        lines += note("assumes", f"nothing is added by {', '.join(told.assumes)}", style)
    if told.depends_on:
        lines += note("settled by", ", ".join(told.depends_on), style)
    return lines


def _blame(blame: Blame, source: Locator | None) -> str:
    place = source.place(blame.route) if source else None
    text = f"{blame_label(blame)}: {blame.text}" if blame.text else blame_label(blame)
    return f"{text} ({location(place)})" if place else text

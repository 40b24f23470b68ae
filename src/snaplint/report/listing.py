"""`--verbose`: every verdict of one request, one line each, and what it is based on."""

from __future__ import annotations

from snaplint.findings.verdict import CANNOT_TELL, FAILS, NOT_APPLICABLE, PASSES
from snaplint.report.notes import because, note
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.locator import Locator
    from snaplint.findings.result import Result
    from snaplint.findings.verdict import Verdict
    from snaplint.report.terminal import Style

_MARKS = {FAILS: "x", CANNOT_TELL: "?", PASSES: "ok", NOT_APPLICABLE: "--"}
_CLAIMS = {FAILS: " fails", CANNOT_TELL: " is undetermined", PASSES: "", NOT_APPLICABLE: " does not apply"}
_ROLES = {CANNOT_TELL: "unknown", PASSES: "ok", NOT_APPLICABLE: "faint"}


def listing(result: Result, style: Style) -> list[str]:
    """Return the lines for every verdict of a request, the failures first."""
    return [
        line
        for word in _MARKS
        for verdict in result.verdicts
        if verdict.verdict == word
        for line in _lines(verdict, result.source, style)
    ]


def _lines(verdict: Verdict, source: Locator | None, style: Style) -> list[str]:
    mark = _MARKS[verdict.verdict]
    text = sanitise(verdict.rule.id) + _CLAIMS[verdict.verdict]
    if verdict.message:
        text += f": {sanitise(verdict.message)}"
    first, *rest = wrap(text, style.width, indent=len(mark) + 1, used=len(mark) + 1)
    lines = [f"{style.paint(_ROLES.get(verdict.verdict, verdict.severity), mark)} {first}", *rest]
    if verdict.verdict in (FAILS, CANNOT_TELL):
        for blame in verdict.because:
            lines += note("because", because(blame, source), style)
        if verdict.assumes:
            lines += note("assumes", f"no effect from {', '.join(verdict.assumes)}", style)
        if verdict.depends_on:
            lines += note("depends on", ", ".join(verdict.depends_on), style)
    return lines

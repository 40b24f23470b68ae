"""The last line of a text report. It never says more than was found out: what cannot be told is no success."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.result import Tally


def summary(tally: Tally) -> tuple[str, str]:
    """Return the role of the line (a key of `terminal.COLOURS`), which tells how good the news is, and the line."""
    role, text = _news(tally)
    unread = len(tally.unusable)
    if unread:
        text += f"; {_count(unread, 'file', 'files')} could not be used"
        role = "error"
    return role, text


def _news(tally: Tally) -> tuple[str, str]:
    if not tally.requests:
        return "warning", "nothing was checked: there are no requests"
    requests = _count(tally.requests, "request", "requests")
    untold = f"{tally.cannot_tell} cannot be told"
    if tally.fails:
        parts = [_failures(tally), *([untold] if tally.cannot_tell else []), *other_counts(tally)]
        return "error" if tally.errors else "warning", f"{requests}: {', '.join(parts)}"
    if tally.cannot_tell:
        return "unknown", "; ".join(
            [f"{requests}: nothing fails, but {untold}", *filter(None, [", ".join(other_counts(tally))])]
        )
    if not tally.passes:
        return "warning", f"{requests}: nothing was checked: no condition applies"
    holds = "the only condition holds" if tally.passes == 1 else f"all {tally.passes} conditions hold"
    parts = [holds + " on the assumptions above" * tally.assumed, *other_counts(tally)[1:]]
    return "success", f"{requests}: {', '.join(parts)}"


def other_counts(tally: Tally) -> list[str]:
    """What passes and what does not apply, in words."""
    words = [_count(tally.passes, "passes", "pass")] if tally.passes else []
    return words + ([_count(tally.not_applicable, "does not apply", "do not apply")] if tally.not_applicable else [])


def _failures(tally: Tally) -> str:
    kinds = ((tally.errors, "error", "errors"), (tally.warnings, "warning", "warnings"), (tally.infos, "info", "infos"))
    listed = ", ".join(_count(number, one, many) for number, one, many in kinds if number)
    return f"{_count(tally.fails, 'fails', 'fail')} ({listed})"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

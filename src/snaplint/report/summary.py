"""The last line of a text report. It claims no more than was determined: an undetermined condition is not a success."""

from __future__ import annotations

from snaplint.base.wording import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.result import Tally


def summary(tally: Tally, *, quiet: bool = False) -> tuple[str, str]:
    """Return the role of the line, a key of `terminal.COLOURS`, and the line.

    With `quiet` it stands alone, and does not refer to the assumptions that the report otherwise lists.
    """
    role, text = _role_and_text(tally, " on assumptions" if quiet else " on the assumptions above")
    unusable = len(tally.unusable)
    if unusable:
        text += f"; {counted(unusable, 'file')} could not be used"
        role = "error"
    return role, text


def _role_and_text(tally: Tally, on_assumptions: str) -> tuple[str, str]:
    if not tally.requests:
        # a file that could not be used may well contain requests
        return "warning", "nothing was checked" + ("" if tally.unusable else ": there are no requests")
    requests = counted(tally.requests, "request")
    undetermined = [_undetermined(tally)] if tally.cannot_tell else []
    if tally.fails:
        parts = [_failures(tally), *undetermined, *other_counts(tally)]
        return "error" if tally.errors else "warning", f"{requests}: {', '.join(parts)}"
    if undetermined:
        return "unknown", f"{requests}: {', '.join(['no failures', *undetermined, *other_counts(tally)])}"
    if not tally.passes:
        return "warning", f"{requests}: nothing was checked: no condition applies"
    passes = "the only condition passes" if tally.passes == 1 else f"all {tally.passes:,} conditions pass"
    parts = [passes + on_assumptions * tally.assumed, *other_counts(tally)[1:]]
    return "success", f"{requests}: {', '.join(parts)}"


def other_counts(tally: Tally) -> list[str]:
    """Return how many conditions pass and how many do not apply, in words; a count of 0 is left out."""
    words = [counted(tally.passes, "passes", "pass")] if tally.passes else []
    return words + ([counted(tally.not_applicable, "does not apply", "do not apply")] if tally.not_applicable else [])


def _undetermined(tally: Tally) -> str:
    """Return how many conditions are undetermined, and how many of these are documented."""
    return f"{tally.cannot_tell:,} undetermined ({tally.documented_undetermined:,} documented)"


def _failures(tally: Tally) -> str:
    kinds = ((tally.errors, "error"), (tally.warnings, "warning"), (tally.infos, "info"))
    severities = ", ".join(counted(number, kind) for number, kind in kinds if number)
    return f"{counted(tally.fails, 'failure')} ({severities})"

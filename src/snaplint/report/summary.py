"""The last line of a text report. It claims no more than was determined: an undetermined condition is not a success."""

from __future__ import annotations

from snaplint.base.wording import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.result import Tally


def summary(
    tally: Tally, causes: int = 0, *, fail_on: str = "error", quiet: bool = False, is_blank: bool = False
) -> tuple[str, str]:
    """Return the role of the line, a key of `terminal.COLOURS`, and the line.

    `causes` is the number of causes of the failures. A failure or note of severity `info` is a note, unless the run
    fails on it. With `quiet` the line does not refer to the assumptions that the report otherwise lists.
    With `is_blank` it says that no fact could be read, which may be why nothing fails.
    """
    on_assumptions = " on assumptions" if quiet else " on the assumptions above"
    no_failures = "no fact could be read from AWS" if is_blank else "no failures"
    role, text = _role_and_text(tally, causes, fail_on, on_assumptions, no_failures)
    unusable = len(tally.unusable)
    if unusable:
        text += f"; {counted(unusable, 'file')} could not be used"
        role = "error"
    return role, text


def _role_and_text(tally: Tally, causes: int, fail_on: str, on_assumptions: str, no_failures: str) -> tuple[str, str]:
    warnings = tally.warnings + tally.noted.get("warning", 0)
    notes = tally.infos + tally.noted.get("info", 0)
    failing_notes = notes if fail_on == "info" else 0
    noted = [counted(notes, "note")] if notes and not failing_notes else []
    if not tally.requests:
        # a file that could not be used may well contain requests
        return "warning", "nothing was checked" + ("" if tally.unusable else ": there are no requests")
    requests = counted(tally.requests, "request")
    undetermined = [_undetermined(tally)] if tally.cannot_tell else []
    failures = _failures(tally.errors, warnings, failing_notes, causes)
    if failures:
        parts = [failures, *noted, *undetermined, *_other_counts(tally)]
        return "error" if tally.errors else "warning", f"{requests}: {', '.join(parts)}"
    if undetermined or tally.infos:
        role = "unknown" if undetermined else "info"
        return role, f"{requests}: {', '.join([no_failures, *noted, *undetermined, *_other_counts(tally)])}"
    if not tally.passes:
        return "warning", f"{requests}: nothing was checked: no condition applies"
    passes = "the only condition passes" if tally.passes == 1 else f"all {tally.passes:,} conditions pass"
    parts = [passes + on_assumptions * tally.assumed, *noted, *_other_counts(tally)[1:]]
    return "success", f"{requests}: {', '.join(parts)}"


def _other_counts(tally: Tally) -> list[str]:
    """Return how many conditions pass and how many do not apply, in words; a count of 0 is left out."""
    words = [counted(tally.passes, "passes", "pass")] if tally.passes else []
    return words + ([counted(tally.not_applicable, "does not apply", "do not apply")] if tally.not_applicable else [])


def _undetermined(tally: Tally) -> str:
    """Return how many conditions are undetermined, and how many of these are documented."""
    return f"{tally.cannot_tell:,} undetermined ({tally.documented_undetermined:,} documented)"


def _failures(errors: int, warnings: int, notes: int, causes: int) -> str:
    """Return the number of failures, of each severity, and of their causes if there are fewer; "" without failures."""
    kinds = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    number = errors + warnings + notes
    if not number:
        return ""
    severities = ", ".join(counted(each, kind) for each, kind in kinds if each)
    from_causes = f" from {counted(causes, 'cause')}" if 0 < causes < number else ""
    return f"{counted(number, 'failure')} ({severities}){from_causes}"

"""A run of `snaplint check` without a file to check: why there is none, in words and as a note."""

from __future__ import annotations

from snaplint.base.wording import counted, listed
from snaplint.findings.result import Note
from snaplint.read.discover import discover, excluded_by
from snaplint.read.registry import suffixes
from snaplint.report.terminal import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.cli.options import Options

EXCLUDED = "everything-excluded"
_MOST = 10
"""How many paths or patterns a message lists; more are counted."""


def everything_excluded(options: Options, exclude: Sequence[str], *, allow_outside: bool) -> Note | None:
    """Return a note that says which patterns exclude all that the command line names; None if they exclude nothing."""
    patterns: dict[str, None] = {}
    for path in discover(options.paths, allow_outside=allow_outside) if exclude else ():
        pattern = excluded_by(path, exclude) if isinstance(path, str) else None
        if pattern is not None:
            patterns[pattern] = None
    if not patterns:
        return None
    by = _some([f"`{each}`" for each in patterns], "pattern", "or")
    message = f"nothing was checked: everything in {_where(options)} is excluded by {by}"
    return Note(EXCLUDED, "info", options.paths[0], 1, 1, message)


def nothing_found(options: Options) -> str:
    """Return the message for paths in which no file has the name of an input."""
    names = listed((f"*{suffix}" for suffix in suffixes()), "or")
    return f"nothing to check in {_where(options)}: no file is named {names}"


def _where(options: Options) -> str:
    return _some([f"`{shown(path)}`" for path in dict.fromkeys(options.paths)], "path", "and")


def _some(items: list[str], one: str, word: str) -> str:
    return listed(items, word) if len(items) <= _MOST else counted(len(items), one)

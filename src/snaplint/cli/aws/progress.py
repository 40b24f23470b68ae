"""The progress of reads on standard error: a bar on a terminal, elsewhere lines if the user asks for them."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from snaplint.base.wording import clipped
from snaplint.report.terminal import sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    ShowProgress = Callable[[str, int, int], None]
    """Called after each read: what was read, how many reads are done, and how many are known so far."""

_LABEL = 40
"""The longest label, so that the line fits a terminal: a line that wraps cannot be overwritten."""


@contextmanager
def progress(*, bar: bool, lines: bool) -> Iterator[ShowProgress | None]:
    """Yield the function to call after each read, or None if no progress is shown.

    `bar` permits a bar, which is drawn on a terminal only and is erased at the end. `lines` prints a line for each read
    if there is no bar. The bar is that of rich, if rich is installed (the extra `progress`).
    """
    if bar and sys.stderr.isatty():
        with _bar() as show:
            yield show
    elif lines:
        yield _line
    else:
        yield None


def _line(what: str, done: int, total: int) -> None:
    sys.stderr.write(f"read {done} of {total}: {sanitise(what)}\n")


@contextmanager
def _bar() -> Iterator[ShowProgress]:
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    except ImportError:
        with _plain_bar() as show:
            yield show
        return
    columns = (
        TextColumn("reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("reading", total=None, what="")
        yield lambda what, done, total: drawn.update(task, completed=done, total=total, what=sanitise(what))


@contextmanager
def _plain_bar() -> Iterator[ShowProgress]:
    """Draw one plain line that is overwritten, if rich is not installed, without escape sequences."""
    width = 0

    def draw(line: str) -> None:
        nonlocal width
        sys.stderr.write(f"\r{line}{' ' * (width - len(line))}")
        sys.stderr.flush()
        width = len(line)

    def show(what: str, done: int, total: int) -> None:
        draw(f"reading from AWS: {done} of {total}, {clipped(sanitise(what), _LABEL)}")

    try:
        yield show
    finally:
        draw("")
        sys.stderr.write("\r")
        sys.stderr.flush()

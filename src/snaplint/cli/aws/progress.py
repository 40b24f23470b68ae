"""What a run over the network is doing, on standard error: a bar on a terminal, lines elsewhere if they are wanted."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from snaplint.report.terminal import sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Heard = Callable[[str, int, int], None]
    """Called after each read: what was read, how many reads are done, and how many are known of so far."""


@contextmanager
def progress(*, bar: bool, lines: bool) -> Iterator[Heard | None]:
    """What to call after each read, or None where nobody wants to know.

    `bar` permits a bar, which is drawn on a terminal only and leaves nothing behind; `lines` asks for a line for each
    read where there is no bar. The bar is rich's, if rich is installed (the extra `progress`).
    """
    if bar and sys.stderr.isatty():
        with _bar() as heard:
            yield heard
    elif lines:
        yield _line
    else:
        yield None


def _line(what: str, done: int, total: int) -> None:
    sys.stderr.write(f"read {done} of {total}: {sanitise(what)}\n")


@contextmanager
def _bar() -> Iterator[Heard]:
    try:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    except ImportError:
        with _plain_bar() as heard:
            yield heard
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
def _plain_bar() -> Iterator[Heard]:
    """One line that is written over, for terminals without rich."""

    def heard(what: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r\x1b[Kreading {done}/{total}  {sanitise(what)[:50]}")
        sys.stderr.flush()

    try:
        yield heard
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

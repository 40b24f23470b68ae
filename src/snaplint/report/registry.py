"""The formats of a report, as a table: `report/formats/` has one module for each, and a new one is one new file.

The module is named as `--format` names it. Its function `chunks` makes the report, and `FOR` says in the help what the
format is for.
"""

from __future__ import annotations

import snaplint.report.formats as package
from snaplint.base import rooms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from snaplint.base.source import Fault
    from snaplint.findings.result import Result
    from snaplint.report.run import Run

    class Reporter(Protocol):
        """A module in `report/formats/`. A module without `FOR` is named in the help, and nothing is said of it."""

        FOR: str

        def chunks(self, stream: Iterable[Result | Fault], run: Run) -> Iterator[str]:
            """Return the report as pieces of text, in order.

            The stream is drawn one item at a time as the pieces are taken, so that a report over a million requests
            needs no more memory than a report over one.
            """


_FIRST = ("text", "json")
"""The formats that are named first wherever all are listed; the others follow by name."""


def _order(entry: tuple[str, str]) -> tuple[int, str]:
    name, _ = entry
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


REPORTERS = dict(sorted(rooms.table(package).items(), key=_order))
"""The module of each format by its name; none of them is imported before it is used."""


def reporter(name: str) -> Reporter:
    """Return the reporter of a format, a key of `REPORTERS`."""
    made: Reporter = rooms.module(REPORTERS[name])
    return made


def format_help() -> str:
    """Return the names of all formats, each with what it is for."""
    return ", ".join(f"{name} {getattr(reporter(name), 'FOR', '')}".strip() for name in REPORTERS)

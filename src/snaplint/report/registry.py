"""The table of report formats: each module in `report/formats/` is one format, and a new format is one new file.

A module has the name that `--format` takes. Its function `chunks` makes the report, and its constant `FOR` describes
the format in the help.
"""

from __future__ import annotations

import snaplint.report.formats as package
from snaplint.base import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from snaplint.findings.result import Reported
    from snaplint.report.run import Run

    class Reporter(Protocol):
        """A module in `report/formats/`. A module without `FOR` appears in the help without a description."""

        FOR: str

        def chunks(self, stream: Iterable[Reported], run: Run) -> Iterator[str]:
            """Yield the report as pieces of text, in order.

            It draws the stream one item at a time, so that a report about a million requests needs no more memory than
            a report about one.
            """


_FIRST = ("text", "json")
"""The formats that come first in every list; the others follow by name."""


def _order(entry: tuple[str, str]) -> tuple[int, str]:
    name, _ = entry
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


REPORTERS = dict(sorted(tables.table(package).items(), key=_order))
"""The module of each format by name; a module is imported when it is first used."""


def reporter(name: str) -> Reporter:
    """Return the reporter of a format, a key of `REPORTERS`."""
    made: Reporter = tables.module(REPORTERS[name])
    return made


def format_help() -> str:
    """Return the names of all formats with their descriptions, for the help of `--format`."""
    return ", ".join(f"{name} {getattr(reporter(name), 'FOR', '')}".strip() for name in REPORTERS)

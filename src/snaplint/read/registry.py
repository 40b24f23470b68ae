"""The table of readers: `read/formats/` has one module for each, so a new reader is one new file.

The reader of preflight files is asked first, since every run needs it; the others are imported only for files that it
does not recognise.
"""

from __future__ import annotations

import snaplint.read.formats as package
from snaplint.base import tables
from snaplint.read.formats import preflight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.read.reader import Reader

HEAD = 1 << 16
"""How many bytes of a file its reader gets to recognise it."""

READERS = tables.table(package)
"""The full name of each reader's module by its short name."""


def reader(name: str) -> Reader:
    """Return a reader by its name, a key of `READERS`, imported on first use."""
    made: Reader = tables.module(READERS[name])
    return made


def recognised(path: str, raw: bytes) -> Reader | None:
    """Return the reader that recognises a file by its name and content; None if there is none."""
    head = raw[:HEAD]
    if preflight.recognises(path, head):
        return preflight
    others = (reader(name) for name in READERS if name != preflight.name)
    return next((each for each in others if each.recognises(path, head)), None)


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the files that a reader may recognise."""
    return tuple(dict.fromkeys(suffix for name in READERS for suffix in reader(name).suffixes))

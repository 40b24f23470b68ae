"""The readers, as a table: `read/formats/` has one module for each, and a new one is one new file.

Every run reads preflight files, so that their reader is asked first, and the others only where it does not recognise a
file.
"""

from __future__ import annotations

import snaplint.read.formats as package
from snaplint.base import tables
from snaplint.read.formats import preflight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.read.reader import Reader

HEAD = 1 << 16
"""How many bytes of a file a reader sees to recognise it."""

READERS = tables.table(package)
"""The module of each reader by its name; only that of preflight files is imported before it is used."""


def reader(name: str) -> Reader:
    """Return a reader by its name, a key of `READERS`."""
    made: Reader = tables.module(READERS[name])
    return made


def recognised(path: str, raw: bytes) -> Reader | None:
    """Return the reader of a file by its name and its content; None where no reader recognises it."""
    head = raw[:HEAD]
    if preflight.recognises(path, head):
        return preflight
    others = (reader(name) for name in READERS if name != preflight.name)
    return next((each for each in others if each.recognises(path, head)), None)


def suffixes() -> tuple[str, ...]:
    """Return how the files are called that any reader may recognise."""
    return tuple(dict.fromkeys(suffix for name in READERS for suffix in reader(name).suffixes))

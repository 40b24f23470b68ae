"""Files to preflights: each file is opened, its reader chosen, and what the reader translates read as a preflight."""

from __future__ import annotations

import os

from snaplint.base.source import Fault, Unreadable
from snaplint.read.formats import preflight as fallback
from snaplint.read.preflight import read_preflight
from snaplint.read.registry import recognised
from snaplint.syntax.document import parse
from snaplint.syntax.files import STDIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.read.preflight import Preflight
    from snaplint.read.reader import Reader
    from snaplint.syntax.document import Document
    from snaplint.syntax.files import Files


def preflights(
    paths: Iterable[str], files: Files, *, named: Sequence[str] | None = None
) -> Iterator[Preflight | Fault]:
    """Yield what the files say, one file at a time, and a fault for what cannot be read; a fault never stops the rest.

    A file that no reader recognises is read as a preflight file if a user named it, and passed over if it was only
    found. `named` holds the paths that the user named; without it, every path counts as named.
    """
    meant = None if named is None else frozenset(map(_whole, named))
    for path in paths:
        shown = "<stdin>" if path == STDIN else path
        try:
            opened = _opened(path, shown, files, is_named=meant is None or _whole(path) in meant)
        except Unreadable as error:
            yield Fault(shown, error.line, error.column, error.message)
            continue
        if opened is not None:
            yield from _read(*opened, files)


def _whole(path: str) -> str:
    """Return a path by which the same file is known however it was spelled."""
    return path if path == STDIN else os.path.abspath(path)


def _opened(path: str, shown: str, files: Files, *, is_named: bool) -> tuple[Reader, Document] | None:
    """Return the reader of a file and the file as a document; None for a file that is passed over.

    Raises Unreadable where the file cannot be read, or is not of the reader's syntax.
    """
    raw = files.content(path)
    reader = recognised(shown, raw) or (fallback if is_named else None)
    return None if reader is None else (reader, parse(shown, raw, reader.syntax))


def _read(reader: Reader, document: Document, files: Files) -> Iterator[Preflight | Fault]:
    """Yield what a reader makes of one document."""
    for each in reader.translate(document):
        if isinstance(each, Fault):
            yield each
        else:
            yield from read_preflight(document, files, each)

"""Files to preflights: open each file, choose its reader, and read the reader's translation as a preflight file."""

from __future__ import annotations

import os

from snaplint.base.breakage import unbroken
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
    """Yield the preflights of the files, one file at a time, and a fault for what cannot be read.

    A file that no reader recognises is read as a preflight file if a user named it, and skipped if it was found in a
    folder. `named` holds the paths that the user named; without it, every path counts as named.
    """
    meant = None if named is None else frozenset(map(_whole, named))
    for path in paths:
        shown = "<stdin>" if path == STDIN else path
        yield from unbroken(shown, _of_file(path, shown, files, meant))


def _of_file(path: str, shown: str, files: Files, meant: frozenset[str] | None) -> Iterator[Preflight | Fault]:
    """Yield the preflights of one file, and its faults."""
    try:
        opened = _opened(path, shown, files, is_named=meant is None or _whole(path) in meant)
    except Unreadable as error:
        from snaplint.syntax.near_path import did_you_mean_path  # only for a file that cannot be read

        fault = error.fault(shown)
        yield fault if path == STDIN else fault._replace(message=fault.message + did_you_mean_path(path))
        return
    if opened is not None:
        yield from _read(*opened, files)


def _whole(path: str) -> str:
    """Return the absolute path, which is the same for every spelling; `-` stays as it is."""
    return path if path == STDIN else os.path.abspath(path)


def _opened(path: str, shown: str, files: Files, *, is_named: bool) -> tuple[Reader, Document] | None:
    """Return the reader of a file and the file as a document; None for a file to skip.

    Raises Unreadable if the file cannot be read or is not in the syntax of the reader.
    """
    raw = files.content(path, is_named=is_named)
    reader = recognised(shown, raw) or (fallback if is_named else None)
    return None if reader is None else (reader, parse(shown, raw, reader.syntax))


def _read(reader: Reader, document: Document, files: Files) -> Iterator[Preflight | Fault]:
    """Yield the preflights that a reader finds in one document, and its faults."""
    for each in reader.translate(document):
        if isinstance(each, Fault):
            yield each
        else:
            yield from read_preflight(document, files, each)

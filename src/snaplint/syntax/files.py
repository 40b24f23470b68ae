"""Files by name, each read once, and the rule that a file may name only files inside its project."""

from __future__ import annotations

import os

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, Unreadable
from snaplint.syntax.document import MAX_BYTES, Document, parse
from snaplint.syntax.project import is_inside, outside, project_root
from snaplint.syntax.reading import beginning, beginning_of_input

STDIN = "-"
MOST_DOCUMENTS = 256
"""How many parsed files are kept: enough for those that preflight files share, in a bounded amount of memory."""

HEAD = 4_096
"""How many bytes of a malformed file are kept, to recognise what it is."""


class BrokenFile(NamedTuple):
    """A file that is no document: the fault in it, and its first bytes, at most `HEAD`."""

    fault: Fault
    head: bytes


class Files:
    """Reads the files of one run, each once.

    With `allow_outside`, a file may name files outside its project.
    """

    def __init__(self, *, allow_outside: bool = False) -> None:
        self.allow_outside = allow_outside
        self.reported: set[Fault] = set()
        """The faults reported so far, so that a file that many others name is reported once."""
        self._documents: dict[str, Document | tuple[Unreadable, bytes]] = {}
        self._roots: dict[str, str | None] = {}

    def content(self, path: str, *, is_named: bool = False) -> bytes:
        """Return the bytes of a file of the run (`-` is standard input), at most `MAX_BYTES` + 1.

        With `is_named`, which says that the user named it, it may be a pipe or a device. Raises Unreadable.
        """
        if path == STDIN:
            return beginning_of_input(MAX_BYTES + 1)
        return beginning(path, MAX_BYTES + 1, is_named=is_named)

    def named(self, name: str, base: str) -> Document | BrokenFile:
        """Return the file that the file `base` names, relative to it.

        Raises Unreadable if there is no such file, or none that may be read.
        """
        folder = "" if base == "<stdin>" else os.path.dirname(base)
        shown = os.path.normpath(os.path.join(folder, name))
        if "\0" in name:
            raise Unreadable("a path cannot have a NUL character")
        real = os.path.realpath(shown)
        if not self.allow_outside:
            self._require_inside(real, name, folder)
        known = self._documents.get(real)
        if known is None:
            if len(self._documents) >= MOST_DOCUMENTS:
                self._documents.clear()
            known = self._documents[real] = self._load(shown, name)
        if isinstance(known, tuple):
            error, head = known
            return BrokenFile(error.fault(shown), head)
        return known

    def _load(self, shown: str, name: str) -> Document | tuple[Unreadable, bytes]:
        try:
            raw = beginning(shown, MAX_BYTES + 1)
        except Unreadable as error:
            raise Unreadable(f"cannot read `{name}`: {error.message}") from error
        try:
            return parse(shown, raw)
        except Unreadable as error:
            return error, raw[:HEAD]

    def _require_inside(self, real: str, name: str, folder: str) -> None:
        folder = os.path.realpath(folder or os.curdir)
        if folder not in self._roots:
            self._roots[folder] = project_root(folder)
        if not is_inside(real, self._roots[folder]):
            raise Unreadable(f"`{name}` is {outside(self._roots[folder])}; --allow-outside permits that")

"""Files of a run that have been checked: one is read again if a later request collides with a request in it."""

from __future__ import annotations

import os

from snaplint.base.source import Place, Span, Unreadable, parted
from snaplint.read.preflights import preflights
from snaplint.syntax.text import Lines, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array

    from snaplint.base.source import Route
    from snaplint.findings.locator import Locator
    from snaplint.read.preflight import Preflight
    from snaplint.syntax.files import Files

_KEPT = 8
"""How many texts are kept for the frames of a report."""


class Reopener:
    """Returns a locator for a file that has been checked, which needs a few bytes until it is asked for a place."""

    __slots__ = ("_files", "_path", "_position", "_texts")

    def __init__(self, files: Files) -> None:
        self._files = files
        self._path = ""
        self._position = 0
        self._texts: dict[str, Lines] = {}

    def locator(self, preflight: Preflight) -> Locator:
        """Return a locator for the requests of a preflight; a file that cannot be read twice is kept as it is."""
        document = preflight.source.root
        self._position = self._position + 1 if document.path == self._path else 0
        self._path = document.path
        if not os.path.isfile(document.path):  # standard input, or a pipe
            return preflight.source
        return Reopened(self, document.path, self._position, hash(document.text))

    def preflight(self, path: str, position: int) -> Preflight | None:
        """Return the preflight at a position in a file, read again; None if it is not there any more."""
        found, _ = parted(preflights([path], self._files))
        return found[position] if position < len(found) else None

    def text(self, path: str) -> Lines | None:
        """Return the text of a file; None if it cannot be read any more."""
        known = self._texts.get(path)
        if known is None:
            try:
                known = Lines(decode(self._files.content(path)))
            except Unreadable:
                return None
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            self._texts[path] = known
        return known


class Reopened:
    """The places of the requests of one file, which is read again, once, for the first of them."""

    __slots__ = ("_hash", "_path", "_position", "_reopener", "_spans")

    def __init__(self, reopener: Reopener, path: str, position: int, text_hash: int) -> None:
        self._reopener = reopener
        self._path = path
        self._position = position
        self._hash = text_hash
        self._spans: array[int] | None = None

    def place(self, route: Route) -> Place | None:
        """Return the place of the request at `route`; None if the file has changed meanwhile."""
        if self._spans is None:
            self._spans = self._read()
        number = route[1]
        if not isinstance(number, int) or number * 4 >= len(self._spans):
            return None
        return Place(self._path, Span(*self._spans[number * 4 : number * 4 + 4]))

    def lines(self, path: str, first: int, last: int) -> list[str]:
        """Return the lines `first` to `last` of the file, counted from 1, both included."""
        text = self._reopener.text(path)
        return [] if text is None else [text.line(number) for number in range(first, last + 1)]

    def _read(self) -> array[int]:
        from array import array

        spans = array("L")
        preflight = self._reopener.preflight(self._path, self._position)
        if preflight is not None and hash(preflight.source.root.text) == self._hash:
            for request in preflight.requests:
                spans.extend(preflight.source.root.span(request.route))
        return spans

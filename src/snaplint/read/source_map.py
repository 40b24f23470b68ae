"""One tree out of several files: a preflight file with the documents that it names hung in at their routes."""

from __future__ import annotations

from snaplint.source import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.read.document import Document
    from snaplint.source import Route


class SourceMap:
    """Turns a route through a preflight file into a place, in whichever file holds the value."""

    __slots__ = ("_files", "_mounts", "root")

    def __init__(self, root: Document) -> None:
        self.root = root
        self._mounts: dict[Route, tuple[Document, Route]] = {}
        self._files = {root.path: root}

    def mount(self, route: Route, document: Document, inner: Route = ()) -> None:
        """Hang `document`, or the part of it at `inner`, in at `route`."""
        self._mounts[route] = (document, inner)
        self._files.setdefault(document.path, document)

    def is_mounted(self, route: Route) -> bool:
        """Whether something was hung in at this very route."""
        return route in self._mounts

    def find(self, route: Route) -> tuple[Document, Route]:
        """The document that holds a route, and the route within it."""
        for length in range(len(route), 0, -1):
            mounted = self._mounts.get(route[:length])
            if mounted is not None:
                document, inner = mounted
                return document, (*inner, *route[length:])
        return self.root, route

    def place(self, route: Route) -> Place:
        """The place of the value at `route`, or of the last value on the way that is there."""
        document, inner = self.find(route)
        return Place(document.path, document.span(inner))

    def lines(self, path: str, first: int, last: int) -> list[str]:
        """The lines `first` to `last` of one of the files, counted from 1, both included."""
        document = self._files.get(path)
        return [] if document is None else [document.line(number) for number in range(first, last + 1)]

"""A preflight file with the documents that it names, mounted at their routes."""

from __future__ import annotations

from snaplint.base.source import Fault, Key, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.syntax.document import Document


_REMEMBERED = 1024


class SourceMap:
    """Turns a route through a preflight file into a place in the file that has the value."""

    __slots__ = ("_files", "_mounts", "_places", "root")

    def __init__(self, root: Document) -> None:
        self.root = root
        self._mounts: dict[Route, tuple[Document, Route]] = {}
        self._files = {root.path: root}
        self._places: dict[Route, Place] = {}

    def mount(self, route: Route, document: Document, inner: Route = ()) -> None:
        """Mount `document`, or the part of it at `inner`, at `route`."""
        self._mounts[route] = (document, inner)
        self._places.clear()
        self._files.setdefault(document.path, document)

    def find(self, route: Route) -> tuple[Document, Route]:
        """Return the document that has the value at a route, and the route there."""
        if route and isinstance(route[-1], Key):
            # the key of a mounted value is in another document, so the place is that of the value
            mounted = self._mounts.get((*route[:-1], route[-1].name))
            if mounted is not None:
                return mounted
        for length in range(len(route), -1, -1):
            mounted = self._mounts.get(route[:length])
            if mounted is not None:
                document, inner = mounted
                return document, (*inner, *route[length:])
        return self.root, route

    def place(self, route: Route) -> Place:
        """Return the place of the value at `route`, or of the last value on the way that exists."""
        # the verdicts of one request share a few routes, and requests share the statements that decide them
        place = self._places.get(route)
        if place is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            document, inner = self.find(route)
            place = self._places[route] = Place(document.path, document.span(inner))
        return place

    def fault(self, route: Route, message: str) -> Fault:
        """Return a fault at the place of the value at `route`."""
        place = self.place(route)
        return Fault(place.path, place.span.line, place.span.column, message)

    def lines(self, path: str, first: int, last: int) -> list[str]:
        """Return the lines `first` to `last` of one of the files, counted from 1, both included."""
        document = self._files.get(path)
        return [] if document is None else [document.line(number) for number in range(first, last + 1)]

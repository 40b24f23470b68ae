"""A file that was read: its plain data, and the lines of what is reported about it."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.source import Span, Unreadable
from snaplint.syntax import json_text
from snaplint.syntax.text import MAX_BYTES, MAX_DEPTH, Lines, Malformed, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from snaplint.base.source import Route

    class Places(Protocol):
        """Where the values of a document stand, as offsets in its text."""

        def extent(self, route: Route) -> tuple[int, int]:
            """Return the first character of the value at a route, and the one behind it.

            A route that leaves the data gives the last value on its way that is there.
            """

        def within(self, route: Route, value: str) -> Callable[[int], int] | None:
            """From offsets in the string at a route to offsets in the text; None where no such map is known."""


__all__ = ["JSON", "MAX_BYTES", "MAX_DEPTH", "YAML", "Document", "Syntax", "embedded", "parse"]


class Syntax(NamedTuple):
    """A way to read a text, open to any: `JSON` and `YAML` stand below, and a reader may bring its own.

    `load` returns the plain data that a text holds, or raises `text.Malformed` at its first fault. `places` is asked
    only when something is reported, and only about a text that was loaded: it says where the values stand.
    """

    name: str
    load: Callable[[str], Any]
    places: Callable[[str], Places]


def _load_yaml(text: str) -> Any:
    from snaplint.syntax import yaml_text  # PyYAML takes half as long to import as a check takes

    return yaml_text.load(text)


def _yaml_places(text: str) -> Places:
    from snaplint.syntax import yaml_places

    return yaml_places.YamlPlaces(text)


JSON = Syntax("json", json_text.load, json_text.JsonPlaces)
YAML = Syntax("yaml", _load_yaml, _yaml_places)


class Document:
    """Plain data (`dict`, `list`, `str`, `int`, `float`, `bool`, `None`) and, when asked, the places it came from.

    `path` is as it is shown to people, `text` the whole file without a byte order mark, `syntax` the name of its
    syntax ("json", "yaml", or that of a reader's own).
    Values that a YAML alias names are shared: do not change `data` in place.
    """

    __slots__ = ("_find", "_lines", "_places", "data", "path", "syntax", "text")

    def __init__(
        self,
        path: str,
        text: str,
        data: Any,
        syntax: Syntax,
        places: Places | None = None,
        lines: Lines | None = None,
    ) -> None:
        self.path = path
        self.text = text
        self.data = data
        self.syntax = syntax.name
        self._find = syntax.places
        self._places = places
        self._lines = lines

    def span(self, route: Route) -> Span:
        """The place of the value at `route`, or of the key where the last step is a `source.Key`.

        A route that leaves the document gives the place of the last value on its way that is there.
        """
        start, end = self.places().extent(route)
        return Span(*self.lines().place(start), *self.lines().place(end))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end; empty for a line that is not there."""
        return self.lines().line(number)

    def places(self) -> Places:
        """The offsets behind the spans, for readers of what is embedded in this document."""
        if self._places is None:
            self._places = self._find(self.text)
        return self._places

    def lines(self) -> Lines:
        """The lines behind the spans."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines


def parse(path: str, raw: bytes, syntax: Syntax | None = None) -> Document:
    """Return one file as a document.

    Where no `syntax` is given it is JSON or YAML, by the suffix, and by the first character where that does not say.

    Raises `source.Unreadable` at the first fault: more than `MAX_BYTES`, not text, not the syntax, a key twice,
    nesting over `MAX_DEPTH`, and all else that the `load` of the syntax refuses.
    """
    text = decode(raw)
    try:
        data, syntax = _load(path, text) if syntax is None else (syntax.load(text), syntax)
    except Malformed as fault:
        raise _unreadable(fault, Lines(text), lambda offset: offset) from None
    return Document(path, text, data, syntax)


def embedded(parent: Document, route: Route) -> Document:
    """The JSON text that a string of another document holds, such as `{"Policy": "<escaped JSON>"}` of the AWS CLI.

    The routes of the new document begin at the inner value, its spans are places in the text of `parent`: exact
    where the parent is JSON or holds the string as it reads, else those of the whole string.
    Raises `source.Unreadable` with a place in the parent for a fault in the inner text, or where there is no string.
    """
    inner = _value(parent.data, route)
    if not isinstance(inner, str):
        raise Unreadable("expected a JSON text in a string", *parent.lines().place(parent.places().extent(route)[0]))
    places = _EmbeddedPlaces(parent, route, inner)
    try:
        data = json_text.load(inner)
    except Malformed as fault:
        raise _unreadable(fault, parent.lines(), places.outer) from None
    return Document(parent.path, parent.text, data, JSON, places, parent.lines())


class _EmbeddedPlaces:
    """Where the values of an embedded JSON text stand in the text around it; nothing is looked up unasked."""

    __slots__ = ("_inner", "_map", "_parent", "_route", "_text")

    def __init__(self, parent: Document, route: Route, text: str) -> None:
        self._parent = parent
        self._route = route
        self._text = text
        self._inner: json_text.JsonPlaces | None = None
        self._map: Callable[[int], int] | None = None

    def extent(self, route: Route) -> tuple[int, int]:
        outward = self._outward()
        if outward is None:
            return self._parent.places().extent(self._route)
        start, end = self._json().extent(route)
        return outward(start), outward(end)

    def within(self, route: Route, value: str) -> Callable[[int], int] | None:
        outward = self._outward()
        if outward is None:
            return None
        inward = self._json().within(route, value)
        return lambda offset: outward(inward(offset))

    def outer(self, offset: int) -> int:
        """From an offset in the embedded text to one around it: where the string begins, if no more is known."""
        outward = self._outward()
        return self._parent.places().extent(self._route)[0] if outward is None else outward(offset)

    def _outward(self) -> Callable[[int], int] | None:
        if self._map is None:
            self._map = self._parent.places().within(self._route, self._text)
        return self._map

    def _json(self) -> json_text.JsonPlaces:
        if self._inner is None:
            self._inner = json_text.JsonPlaces(self._text)
        return self._inner


def _load(path: str, text: str) -> tuple[Any, Syntax]:
    name = path.lower()
    looks_like_json = text.lstrip()[:1] in ("{", "[")
    is_yaml = name.endswith((".yaml", ".yml"))
    if name.endswith(".json") or (looks_like_json and not is_yaml):
        return JSON.load(text), JSON
    if looks_like_json:
        # JSON indented by tabs is no YAML, whatever the file is called.
        try:
            return json_text.quick_load(text), JSON
        except Malformed:
            pass
    return YAML.load(text), YAML


def _unreadable(fault: Malformed, lines: Lines, outer: Callable[[int], int]) -> Unreadable:
    message = fault.message
    if fault.see is not None:
        words, offset = fault.see
        message = f"{message} ({words} {lines.place(outer(offset))[0]})"
    return Unreadable(message, *lines.place(outer(fault.at)))


def _value(data: Any, route: Route) -> Any:
    """The value at a route, or None where the route leaves the data."""
    for step in route:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data

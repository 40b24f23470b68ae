"""One file as plain data, with the places of its values for reports."""

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
        """The places of the values of a document, as offsets in its text."""

        def extent(self, route: Route) -> tuple[int, int]:
            """Return the offset of the first character of the value at a route, and of the one after the value.

            For a route that leaves the data, those of the last value on the way that exists.
            """

        def within(self, route: Route, value: str) -> Callable[[int], int] | None:
            """Return a function from offsets in the string at a route to offsets in the text; None if there is none."""


__all__ = ["JSON", "MAX_BYTES", "MAX_DEPTH", "YAML", "Document", "Syntax", "embedded", "parse"]


class Syntax(NamedTuple):
    """How to parse a text: `JSON`, `YAML`, or a syntax that a reader defines.

    `load` returns the plain data of a text, or raises `text.Malformed` at its first fault. `places` returns the places
    of the values. It is called only for a text that `load` has accepted, and only when something is reported.
    """

    name: str
    load: Callable[[str], Any]
    places: Callable[[str], Places]


def _load_yaml(text: str) -> Any:
    from snaplint.syntax import yaml_text  # importing PyYAML takes half as long as a check

    return yaml_text.load(text)


def _yaml_places(text: str) -> Places:
    from snaplint.syntax import yaml_places

    return yaml_places.YamlPlaces(text)


JSON = Syntax("json", json_text.load, json_text.JsonPlaces)
YAML = Syntax("yaml", _load_yaml, _yaml_places)


class Document:
    """Plain data (`dict`, `list`, `str`, `int`, `float`, `bool`, `None`) and, on demand, the places of its values.

    `path` is the path to show, `text` the whole file without a byte order mark, `syntax` the name of its syntax
    ("json", "yaml", or one that a reader defines).
    Values that YAML aliases refer to are shared: do not change `data` in place.
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
        """Return the place of the value at `route`, or of the key if the last step is a `source.Key`.

        For a route that leaves the document, that of the last value on the way that exists.
        """
        start, end = self.places().extent(route)
        return Span(*self.lines().place(start), *self.lines().place(end))

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 1, without its line end; empty for a line that does not exist."""
        return self.lines().line(number)

    def places(self) -> Places:
        """Return the offsets of the values, which texts embedded in this document need too."""
        if self._places is None:
            self._places = self._find(self.text)
        return self._places

    def lines(self) -> Lines:
        """Return the lines of the text."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines


def parse(path: str, raw: bytes, syntax: Syntax | None = None) -> Document:
    """Parse one file.

    Without `syntax` it is JSON or YAML: by the suffix, or by the first character if the suffix is neither.

    Raises `source.Unreadable` at the first fault: more than `MAX_BYTES`, not text, not the syntax, a key twice,
    nesting over `MAX_DEPTH`, or whatever else the `load` of the syntax refuses.
    """
    text = decode(raw)
    try:
        data, syntax = _load(path, text) if syntax is None else (syntax.load(text), syntax)
    except Malformed as fault:
        raise _unreadable(fault, Lines(text), lambda offset: offset) from None
    return Document(path, text, data, syntax)


def embedded(parent: Document, route: Route, decoded: str | None = None) -> Document:
    """Parse the JSON text in a string of another document, such as `{"Policy": "<escaped JSON>"}` of the AWS CLI.

    `decoded` is the JSON text if the string has it in another encoding, such as percent-encoded policies of IAM's API.
    Routes of the new document begin at the inner value. Its spans are places in the text of `parent`: exact if the
    parent is JSON or has the string without escapes, else (and for text in another encoding) those of the whole string.
    Raises `source.Unreadable` with a place in the parent for a fault in the inner text, or if there is no string.
    """
    inner = _value(parent.data, route)
    if not isinstance(inner, str):
        raise Unreadable("expected a JSON text in a string", *parent.lines().place(parent.places().extent(route)[0]))
    text = inner if decoded is None else decoded
    places = _EmbeddedPlaces(parent, route, text, is_verbatim=decoded is None)
    try:
        data = json_text.load(text)
    except Malformed as fault:
        raise _unreadable(fault, parent.lines(), places.outer) from None
    return Document(parent.path, parent.text, data, JSON, places, parent.lines())


class _EmbeddedPlaces:
    """The places of the values of an embedded JSON text in the text around it, looked up on demand."""

    __slots__ = ("_inner", "_is_verbatim", "_map", "_parent", "_route", "_text")

    def __init__(self, parent: Document, route: Route, text: str, *, is_verbatim: bool) -> None:
        self._parent = parent
        self._route = route
        self._text = text
        self._is_verbatim = is_verbatim
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
        """Convert an offset in the embedded text to one in the text around it, by default that of the string."""
        outward = self._outward()
        return self._parent.places().extent(self._route)[0] if outward is None else outward(offset)

    def _outward(self) -> Callable[[int], int] | None:
        if self._map is None and self._is_verbatim:
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
        # JSON that is indented with tabs is not YAML, even in a .yaml file
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
    """Return the value at a route, or None if the route leaves the data."""
    for step in route:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data

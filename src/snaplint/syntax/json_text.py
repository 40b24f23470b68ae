"""JSON: values by the C scanner of the standard library, places by a second look at only what is asked for."""

from __future__ import annotations

import json

from snaplint.base.source import Key
from snaplint.syntax.text import MAX_DEPTH, Malformed, integer, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable
    from typing import Any, NoReturn

    from snaplint.base.source import Route

_SPACE = " \t\n\r"


def load(text: str) -> Any:
    """The value that a JSON text holds.

    Raises `Malformed` at the first fault: what no JSON text may hold, and beyond that a key that is given twice,
    half of a surrogate pair, NaN and the infinities, numbers without bounds, nesting deeper than `MAX_DEPTH`.
    """
    try:
        return quick_load(text)
    except Malformed as refused:
        raise (_first_fault(text) or refused) from None


def quick_load(text: str) -> Any:
    """Return what `load` returns, but look at a text that is not JSON only once: its `Malformed` names no place."""
    start = len(text) - len(text.lstrip(_SPACE))
    try:
        data, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        raise Malformed("not JSON", 0) from None
    if text[end:].strip(_SPACE) or _too_deep(text, start, end, data):
        raise Malformed("not JSON", 0)
    if _may_hold_surrogates(text) and _first_fault(text) is not None:
        raise Malformed("not JSON", 0)
    return data


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members


def _constant(_name: str) -> NoReturn:
    raise ValueError("not a number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=integer, parse_float=real, parse_constant=_constant)
_skip: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # typeshed leaves it out


def _too_deep(text: str, start: int, end: int, data: Any, depth: int = 0) -> bool:
    """Whether the value written between two offsets, itself so deep, nests too deep; most hold too few brackets."""
    if text.count("[", start, end) + text.count("{", start, end) <= MAX_DEPTH - depth:
        return False
    level = [data] if isinstance(data, (dict, list)) else []
    for _ in range(MAX_DEPTH - depth):
        level = [
            value
            for holder in level
            for value in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(value, (dict, list))
        ]
    return bool(level)


def _may_hold_surrogates(text: str) -> bool:
    """Whether a string could hold half of a surrogate pair: only an escape can write one."""
    return "\\ud" in text or "\\uD" in text


def _first_fault(text: str) -> Malformed | None:
    from snaplint.syntax.json_fault import first_fault

    return first_fault(text, None if _may_hold_surrogates(text) else _sound_end)


def _sound_end(text: str, start: int, depth: int) -> int | None:
    """The end of the list or object that begins at `start`, inside so many others; None where it has a fault."""
    try:
        data, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return None if _too_deep(text, start, end, data, depth) else end


class JsonPlaces:
    """Where the values of a JSON text stand. The text must have been loaded: here it is taken to be sound.

    Each list and object that a route leads through is looked at once, its members skipped by the C scanner, and
    remembered by its offset; what no route leads through costs nothing.
    """

    __slots__ = ("_lists", "_objects", "_root", "_spaces", "text")

    def __init__(self, text: str) -> None:
        import re

        self.text = text
        self._root = len(text) - len(text.lstrip(_SPACE))
        self._spaces: Any = re.compile(r"[ \t\n\r]*").match
        self._objects: dict[int, dict[str, tuple[int, int]]] = {}
        self._lists: dict[int, array[int]] = {}

    def extent(self, route: Route) -> tuple[int, int]:
        """The offsets of the first character of the value at `route` and of the one behind it.

        A `Key` as the last step gives the key. Where the route leaves the document, the last value that is there.
        """
        start = self._root
        for step in route:
            if self.text[start] == "{" and isinstance(step, (str, Key)):
                found = self._members(start).get(str(step))
                if found is None:
                    break
                start = found[0] if isinstance(step, Key) else found[1]
            elif self.text[start] == "[" and isinstance(step, int) and 0 <= step < len(items := self._items(start)):
                start = items[step]
            else:
                break
        return start, _skip(self.text, start)[1]

    def within(self, route: Route, _value: str) -> Callable[[int], int]:
        """From an offset in the string at `route`, as it reads without escapes, to the offset in the text."""
        start, end = self.extent(route)
        return Unescaped(self.text, start + 1, end - 1).offset

    def _members(self, start: int) -> dict[str, tuple[int, int]]:
        """Where the keys of the object at `start` begin, and their values."""
        members = self._objects.get(start)
        if members is not None:
            return members
        members = self._objects[start] = {}
        text = self.text
        at = self._behind_space(start + 1)
        while text[at] != "}":
            key, end = _skip(text, at)
            value = self._behind_space(self._behind_space(end) + 1)
            members[key] = (at, value)
            at = self._next(_skip(text, value)[1])
        return members

    def _items(self, start: int) -> array[int]:
        """Where the values of the list at `start` begin."""
        items = self._lists.get(start)
        if items is not None:
            return items
        from array import array

        items = self._lists[start] = array("L")
        text = self.text
        at = self._behind_space(start + 1)
        while text[at] != "]":
            items.append(at)
            at = self._next(_skip(text, at)[1])
        return items

    def _next(self, at: int) -> int:
        """Where the next member begins, or the closing bracket stands."""
        at = self._behind_space(at)
        return self._behind_space(at + 1) if self.text[at] == "," else at

    def _behind_space(self, at: int) -> int:
        if self.text[at] not in _SPACE:
            return at
        end: int = self._spaces(self.text, at).end()
        return end


class Unescaped:
    """A string of a JSON text between its quotes: offsets in what it says, mapped to offsets in the text."""

    __slots__ = ("_escapes", "_said", "_written", "end", "text")

    STRIDE = 32

    def __init__(self, text: str, start: int, end: int) -> None:
        import re

        pair = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
        self._escapes = re.compile(pair + r"|\\u[0-9a-fA-F]{4}|\\.").finditer
        self.text = text
        self.end = end
        # Every so many escapes: where the text behind one begins, as said and as written.
        self._said = [0]
        self._written = [start]
        said, written = 0, start
        for number, escape in enumerate(self._escapes(text, start, end), 1):
            said += escape.start() - written + 1
            written = escape.end()
            if number % self.STRIDE == 0:
                self._said.append(said)
                self._written.append(written)

    def offset(self, offset: int) -> int:
        """Where in the text the character stands that is said at `offset`."""
        from bisect import bisect_right

        near = bisect_right(self._said, offset) - 1
        said, written = self._said[near], self._written[near]
        for escape in self._escapes(self.text, written, self.end):
            plain = escape.start() - written
            if offset <= said + plain:
                break
            said += plain + 1
            written = escape.end()
        return min(written + offset - said, self.end)

"""JSON: values from the C scanner of the standard library, places from a second scan of only the parts in question."""

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
    """Return the value of a JSON text.

    Raises `Malformed` at the first fault: invalid JSON, and also a key that is given twice, half of a surrogate pair,
    NaN and the infinities, numbers longer than `MAX_DIGITS` or too large, and nesting deeper than `MAX_DEPTH`.
    """
    try:
        return quick_load(text)
    except Malformed as refused:
        raise (_first_fault(text) or refused) from None


def quick_load(text: str) -> Any:
    """Return what `load` returns, but scan an invalid text only once: the `Malformed` that it raises has no place."""
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
_skip: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # typeshed lacks it


def _too_deep(text: str, start: int, end: int, data: Any, depth: int = 0) -> bool:
    """Return True if the value between two offsets, itself at `depth`, is nested deeper than `MAX_DEPTH`."""
    if text.count("[", start, end) + text.count("{", start, end) <= MAX_DEPTH - depth:
        return False  # the usual case: too few brackets
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
    """Return True if a string may have half of a surrogate pair, which only an escape can write."""
    return "\\ud" in text or "\\uD" in text


def _first_fault(text: str) -> Malformed | None:
    from snaplint.syntax.json_fault import first_fault

    return first_fault(text, None if _may_hold_surrogates(text) else _sound_end)


def _sound_end(text: str, start: int, depth: int) -> int | None:
    """Return the end of the list or object that begins at `start`, inside `depth` others; None if it has a fault."""
    try:
        data, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return None if _too_deep(text, start, end, data, depth) else end


class JsonPlaces:
    """The places of the values of a JSON text, which `load` must have accepted.

    Each list and object on a route is scanned once, with the C scanner to skip its members, and cached by its offset.
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
        """Return the offset of the first character of the value at `route`, and of the one after the value.

        Those of the key if the last step is a `Key`; those of the last value on the way if the route leaves the data.
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
        """Return a function from offsets in the string at `route`, without its escapes, to offsets in the text."""
        start, end = self.extent(route)
        return Unescaped(self.text, start + 1, end - 1).offset

    def _members(self, start: int) -> dict[str, tuple[int, int]]:
        """Return where each key of the object at `start` begins, and where its value begins."""
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
        """Return where the values of the list at `start` begin."""
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
        """Return where the next member begins, or the offset of the closing bracket."""
        at = self._behind_space(at)
        return self._behind_space(at + 1) if self.text[at] == "," else at

    def _behind_space(self, at: int) -> int:
        if self.text[at] not in _SPACE:
            return at
        end: int = self._spaces(self.text, at).end()
        return end


class Unescaped:
    """A string of a JSON text: maps offsets in its value to offsets in the text between its quotes."""

    __slots__ = ("_escapes", "_text_offsets", "_value_offsets", "end", "text")

    STRIDE = 32

    def __init__(self, text: str, start: int, end: int) -> None:
        import re

        pair = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
        self._escapes = re.compile(pair + r"|\\u[0-9a-fA-F]{4}|\\.").finditer
        self.text = text
        self.end = end
        # Behind every `STRIDE` escapes: the offset in the value, and the offset in the text.
        self._value_offsets = [0]
        self._text_offsets = [start]
        in_value, in_text = 0, start
        for number, escape in enumerate(self._escapes(text, start, end), 1):
            in_value += escape.start() - in_text + 1
            in_text = escape.end()
            if number % self.STRIDE == 0:
                self._value_offsets.append(in_value)
                self._text_offsets.append(in_text)

    def offset(self, offset: int) -> int:
        """Return the offset in the text of the character at `offset` in the value."""
        from bisect import bisect_right

        near = bisect_right(self._value_offsets, offset) - 1
        in_value, in_text = self._value_offsets[near], self._text_offsets[near]
        for escape in self._escapes(self.text, in_text, self.end):
            plain = escape.start() - in_text
            if offset <= in_value + plain:
                break
            in_value += plain + 1
            in_text = escape.end()
        return min(in_text + offset - in_value, self.end)

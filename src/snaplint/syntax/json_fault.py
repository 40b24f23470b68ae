"""The first fault of a JSON text: imported only for a text that the C scanner has refused.

The scanner is a loop with its own stack, because a text may be nested a million levels deep.
"""

from __future__ import annotations

import json
import re

from snaplint.base.record import NamedTuple
from snaplint.syntax.text import MAX_DEPTH, MAX_DIGITS, Malformed, integer, quoted, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    SoundEnd = Callable[[str, int, int], int | None]

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[^\s,:\[\]{}\"]+")
# All parts of a string except surrogates, which need a look at two escapes at a time. The bound limits the memory of
# the matcher; possessive repeats would do so too, but match wrongly before Python 3.11.5.
_PLAIN = re.compile(r'(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})){0,500}')
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_UNICODE = re.compile(r"\\u[0-9a-fA-F]{4}")
_CLOSING = {"{": "}", "[": "]"}
_LITERALS = ("true", "false", "null")
_MEANT = {"True": "true", "False": "false", "None": "null", "nil": "null", "undefined": "null"}
_NOT_NUMBERS = ("NaN", "Infinity", "-Infinity", "+Infinity", "-NaN", "+NaN")
_SHORT_ESCAPES = {"\t": "\\t", "\b": "\\b", "\f": "\\f"}


# Down to this depth valid values are skipped whole; each level may scan the text after it once more.
_SHORT_CUTS = 4


class _Open(NamedTuple):
    """A bracket that is not closed yet; for a brace, also the keys so far and their offsets."""

    bracket: str
    at: int
    keys: dict[str, int]


def first_fault(text: str, sound_end: SoundEnd | None = None) -> Malformed | None:
    """Return the first fault of a text, or None if it is valid.

    `sound_end(text, offset, depth)` is a shortcut: it returns the end of the list or object that begins at an offset,
    inside `depth` others, or None if that has a fault.
    """
    try:
        _scan(text, sound_end)
    except Malformed as fault:
        return fault
    return None


def _scan(text: str, sound_end: SoundEnd | None) -> None:
    stack: list[_Open] = []
    at = _skip(text, 0)
    if at == len(text):
        raise Malformed("empty file", 0)
    while True:
        bracket = text[at : at + 1]
        if bracket not in ("{", "["):
            at = _scalar(text, at, stack)
        elif sound_end and 0 < len(stack) <= _SHORT_CUTS and (end := sound_end(text, at, len(stack))) is not None:
            at = end
        else:
            if len(stack) == MAX_DEPTH:
                raise Malformed(f"nested more than {MAX_DEPTH} deep", at)
            stack.append(_Open(bracket, at, {}))
            at = _skip(text, at + 1)
            if not text.startswith(_CLOSING[bracket], at):
                at = _key(text, at, stack) if bracket == "{" else at
                continue
        following = _behind_value(text, at, stack)
        if following is None:
            return
        at = following


def _behind_value(text: str, at: int, stack: list[_Open]) -> int | None:
    """Close the brackets that end here, and return where the next value begins, or None at the end of the text."""
    while True:
        at = _skip(text, at)
        if not stack:
            break
        closing = _CLOSING[stack[-1].bracket]
        if text.startswith(closing, at):
            stack.pop()
            at += 1
            continue
        if not text.startswith(",", at):
            _no_comma(text, at, stack)
        comma, at = at, _skip(text, at + 1)
        if text.startswith(closing, at):
            wanted = "key" if closing == "}" else "value"
            raise Malformed(f"expected a {wanted} after `,`; remove the trailing comma", comma)
        return _key(text, at, stack) if closing == "}" else at
    if at < len(text):
        _no_comment(text, at)
        raise Malformed(f"text after the end of the document: {_found(text, at)}", at)
    return None


def _key(text: str, at: int, stack: list[_Open]) -> int:
    """Read a key and its colon, and return where its value begins."""
    if not text.startswith('"', at):
        _no_key(text, at, stack)
    end = _string(text, at)
    key = text[at + 1 : end - 1]
    if "\\" in key:
        key = json.loads(text[at:end])
    keys = stack[-1].keys
    if key in keys:
        raise Malformed(f"the key {quoted(key)} is given twice", at, ("the first is on line", keys[key]))
    keys[key] = at
    colon = _skip(text, end)
    if not text.startswith(":", colon):
        _ended(text, colon, stack)
        _no_comment(text, colon)
        raise Malformed(f"expected `:` after the key {quoted(key)}, found {_found(text, colon)}", colon)
    value = _skip(text, colon + 1)
    if text[value : value + 1] in ("}", "]", ","):
        raise Malformed(f"expected a value after `:`, found {_found(text, value)}", value)
    return value


def _string(text: str, at: int) -> int:
    """Return the offset after the closing quote of the string that opens at `at`."""
    opening, at = at, at + 1
    while True:
        plain = _end(_PLAIN.match(text, at))
        if plain > at:
            at = plain
            continue
        sign = text[at : at + 1]
        if sign == '"':
            return at + 1
        if sign == "":
            raise Malformed("the string is never closed", opening)
        if sign == "\\":
            at = _escape(text, at, opening)
        elif sign in "\r\n":
            raise Malformed("the string is not closed at the end of its line; write a line break as `\\n`", at)
        else:
            written = _SHORT_ESCAPES.get(sign, f"\\u{ord(sign):04x}")
            raise Malformed(f"control character U+{ord(sign):04X} in a string; write it as `{written}`", at)


def _escape(text: str, at: int, opening: int) -> int:
    if (pair := _PAIR.match(text, at)) is not None:
        return pair.end()
    if at + 1 == len(text):
        raise Malformed("the string is never closed", opening)
    if _UNICODE.match(text, at) is not None:
        raise Malformed(f"{quoted(text[at : at + 6])} is half of a surrogate pair, which is not a character", at)
    if text[at + 1] == "u":
        raise Malformed("`\\u` needs four hexadecimal digits", at)
    raise Malformed(f"{quoted(text[at : at + 2])} is not an escape of JSON; write a backslash as `\\\\`", at)


def _scalar(text: str, at: int, stack: list[_Open]) -> int:
    if text.startswith('"', at):
        return _string(text, at)
    word = _WORD.match(text, at)
    if word is None:
        _ended(text, at, stack)
        raise Malformed(f"expected a value, found {_found(text, at)}", at)
    token = word.group()
    if token in _LITERALS:
        return word.end()
    number = _NUMBER.fullmatch(token)
    if number is None:
        _no_scalar(text, at, token)
    try:
        _ = real(token) if number.group(1) or number.group(2) else integer(token)
    except ValueError:
        if len(token) > MAX_DIGITS:
            raise Malformed(f"a number of {len(token)} characters; the limit is {MAX_DIGITS}", at) from None
        raise Malformed(f"the number {quoted(token)} is too large", at) from None
    return word.end()


def _no_scalar(text: str, at: int, token: str) -> NoReturn:
    _no_comment(text, at)
    if token[0] in "'`\u2018\u2019\u201c\u201d":
        raise Malformed(f"strings need double quotes, found {_found(text, at)}", at)
    if token in _NOT_NUMBERS:
        raise Malformed(f"{quoted(token)} is not a number of JSON", at)
    if token in _MEANT:
        raise Malformed(f"{quoted(token)} is not a value of JSON; write `{_MEANT[token]}`", at)
    if token[0] in "+-.0123456789":
        raise Malformed(f"{quoted(token)} is not a number of JSON; put text in double quotes", at)
    raise Malformed(f"expected a value, found {quoted(token)}; put text in double quotes", at)


def _no_key(text: str, at: int, stack: list[_Open]) -> NoReturn:
    _ended(text, at, stack)
    _no_comment(text, at)
    word = _WORD.match(text, at)
    if word is None or word.group()[0] == "'":
        raise Malformed(f"expected a key in double quotes, found {_found(text, at)}", at)
    raise Malformed(f"expected a key in double quotes, found {quoted(word.group())}", at)


def _no_comma(text: str, at: int, stack: list[_Open]) -> NoReturn:
    _ended(text, at, stack)
    _no_comment(text, at)
    opened = stack[-1]
    closing = _CLOSING[opened.bracket]
    if text[at] in "]}":
        raise Malformed(
            f"expected `,` or `{closing}`, found `{text[at]}`", at, (f"the `{opened.bracket}` is on line", opened.at)
        )
    raise Malformed(f"expected `,` or `{closing}`, found {_found(text, at)}; is a comma missing?", at)


def _ended(text: str, at: int, stack: list[_Open]) -> None:
    if at == len(text) and stack:
        raise Malformed(f"the `{stack[-1].bracket}` is never closed", stack[-1].at)


def _no_comment(text: str, at: int) -> None:
    if text.startswith(("//", "/*", "#"), at):
        raise Malformed("JSON has no comments", at)


def _found(text: str, at: int) -> str:
    return quoted(text[at]) if at < len(text) else "the end of the text"


def _skip(text: str, at: int) -> int:
    return _end(_SPACE.match(text, at))


def _end(match: re.Match[str] | None) -> int:
    assert match is not None  # noqa: S101  # both patterns match the empty text
    return match.end()

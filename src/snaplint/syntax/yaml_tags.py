"""Tags and directives of a YAML text: `!name`, `!handle!name`, `!<name>`, `%YAML`, and `%TAG`."""

from __future__ import annotations

import re

from snaplint.syntax.yaml_cursor import BLANK, BLANK_OR_END, BREAK_OR_END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.syntax.yaml_cursor import Cursor

_NAME = re.compile("[0-9A-Za-z_-]*")
_HANDLE = re.compile("![0-9A-Za-z_-]*!?")
_DIGITS = re.compile("[0-9]*")
_URI = re.compile(r"[0-9A-Za-z_;/?:@&=+$.!~*'()-]*")
_WHOLE_URI = re.compile(r"[0-9A-Za-z_;/?:@&=+$.!~*'(),\[\]-]*")
_OCTET = re.compile("%[0-9A-Fa-f]{2}")
_MOST_DIGITS = 9

_NO_TAG = "expected the name of a tag; put text that begins with `!` in quotes"
_NO_OCTET = "`%` in a tag needs two hexadecimal digits"
NO_UTF_8 = "the escapes in the tag are not UTF-8"
_NO_VERSION = "expected a version, as in `%YAML 1.2`"
_NO_HANDLE = "expected a handle and a prefix, as in `%TAG !e! tag:example.com,2026:`"
_BEHIND_DIRECTIVE = "expected the end of the line after the directive"


def tag(cursor: Cursor, *, in_brackets: bool) -> tuple[str, bytes]:
    """Read a tag, and return its handle (empty if it has none) and the rest with its escapes resolved."""
    start = cursor.at
    if cursor.sign(1) == "<":
        cursor.at += 2
        handle, suffix = "", _uri(cursor, start, _WHOLE_URI)
        cursor.expect((">",), "expected `>` at the end of the tag", start)
        cursor.at += 1
    else:
        handle = cursor.skip(_HANDLE)
        if handle.endswith("!") and len(handle) > 1:
            suffix = _uri(cursor, start, _URI)
        else:
            suffix = _uri(cursor, start, _URI, handle)
            handle = "!" if suffix else ""
            suffix = suffix or b"!"
    if not (in_brackets and cursor.sign() == ","):
        cursor.expect(BLANK_OR_END, "expected a space after the tag; put text that begins with `!` in quotes", start)
    return handle, suffix


def _uri(cursor: Cursor, start: int, allowed: re.Pattern[str], head: str = "") -> bytes:
    """Read the characters of a tag, and return them after `head`, which was read before, without its `!`."""
    pieces = [head[1:].encode()]
    while True:
        piece = cursor.skip(allowed)
        octets = _octets(cursor, start) if cursor.sign() == "%" else b""
        if not piece and not octets:
            break
        pieces += [piece.encode(), octets]
    if not head and not any(pieces):
        raise cursor.fault(_NO_TAG, cursor.at, start)
    return b"".join(pieces)


def _octets(cursor: Cursor, start: int) -> bytes:
    """Read the escapes of one character."""
    found = b""
    width = 1
    while len(found) < width:
        octet = cursor.skip(_OCTET)
        if not octet:
            raise cursor.fault(_NO_OCTET, cursor.at, start)
        code = int(octet[1:], 16)
        if not found:
            width = _width(code)
        if width == 0 or (found and code & 0xC0 != 0x80):
            raise cursor.fault(NO_UTF_8, cursor.at - 3, start)
        found += bytes([code])
    return found


def _width(code: int) -> int:
    """Return the number of octets in a character with this first octet; 0 for an invalid one."""
    if code < 0x80:
        return 1
    return next((width for width, mask, lead in _LEADS if code & mask == lead), 0)


_LEADS = ((2, 0xE0, 0xC0), (3, 0xF0, 0xE0), (4, 0xF8, 0xF0))


def directive(cursor: Cursor) -> tuple[str, object]:
    """Read a directive and the rest of its line; return "YAML" and a version, or "TAG" and a handle with its prefix."""
    start = cursor.at
    cursor.at += 1
    name = cursor.skip(_NAME)
    if not name:
        raise cursor.fault(
            "expected the name of a directive; put text that begins with `%` in quotes", cursor.at, start
        )
    cursor.expect(BLANK_OR_END, "the name of a directive is letters and digits", start)
    if name not in _DIRECTIVES:
        raise cursor.fault(
            "a directive is `%YAML` or `%TAG`; put text that begins with `%` in quotes", cursor.at, start
        )
    cursor.skip_blanks()
    value = _DIRECTIVES[name](cursor, start)
    cursor.skip_blanks()
    cursor.skip_comment()
    cursor.expect(BREAK_OR_END, _BEHIND_DIRECTIVE, start)
    if cursor.sign():
        cursor.skip_break()
    return name, value


def _version(cursor: Cursor, start: int) -> tuple[int, int]:
    major = _number(cursor, start)
    cursor.expect((".",), _NO_VERSION, start)
    cursor.at += 1
    return major, _number(cursor, start)


def _number(cursor: Cursor, start: int) -> int:
    first = cursor.at
    digits = cursor.skip(_DIGITS)
    if not digits:
        raise cursor.fault(_NO_VERSION, first, start)
    if len(digits) > _MOST_DIGITS:
        raise cursor.fault(_NO_VERSION, first + _MOST_DIGITS, start)
    return int(digits)


def _handle_and_prefix(cursor: Cursor, start: int) -> tuple[str, bytes]:
    first = cursor.at
    handle = cursor.skip(_HANDLE)
    if not handle.endswith("!"):
        raise cursor.fault(_NO_HANDLE, cursor.at if handle else first, start)
    cursor.expect(BLANK, _NO_HANDLE, start)
    cursor.skip_blanks()
    prefix = _uri(cursor, start, _WHOLE_URI)
    cursor.expect(BLANK_OR_END, _NO_HANDLE, start)
    return handle, prefix


_DIRECTIVES: dict[str, Callable[[Cursor, int], object]] = {"YAML": _version, "TAG": _handle_and_prefix}

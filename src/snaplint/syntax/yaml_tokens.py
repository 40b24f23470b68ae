"""The tokens of a YAML text from our own scanner, whose faults have our own words and places.

It returns the same tokens at the same places as libyaml, and looks no further ahead: only until it is known whether
the last token begins a key.
"""

from __future__ import annotations

import re
from collections import deque

from snaplint.base.record import NamedTuple
from snaplint.syntax.text import Malformed, quoted
from snaplint.syntax.yaml_cursor import BLANK, BLANK_OR_END, BREAK, BREAKS, Cursor
from snaplint.syntax.yaml_scalars import NO_INDENTING_TAB, block_scalar, plain_scalar, quoted_scalar, skip_plain_gap
from snaplint.syntax.yaml_tags import directive, tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, ClassVar

    Readers = Mapping[str, Callable[["Tokens"], None]]

MAX_KEY = 1024
"""How many characters may be between the beginning of a key without `?` and its `:`."""

_BYTE_ORDER_MARK = "\ufeff"
_SPACES = re.compile(" *")
_BLANKS = re.compile("[ \t]*")
# The bound limits the memory of the matcher.
_EMPTY_LINES = re.compile(f"(?: *(?:#[^{BREAKS}]*)?\n){{1,200}}")
_NAME = re.compile("[0-9A-Za-z_-]*")
_BEHIND_A_NAME = BLANK_OR_END | frozenset("?:,]}%@`")
_NO_PLAIN_BEGINNING = frozenset("\t-?:,[]{}#&*!|>'\"%@`")
_NO_NAME = 'expected a name after `*` or `&`; put text that begins with one of them in quotes, as in `"*"`'
_NO_COLON = "expected `:` after the key"
_NO_MAPPING = "a mapping cannot begin here; does text with `: ` need quotes, or is the indentation wrong?"


class Token(NamedTuple):
    """One token: its kind, the offsets of its first character and of the one after it, and its value."""

    kind: str
    start: int
    end: int
    value: Any = None
    style: str | None = None


class _Key(NamedTuple):
    """Where a key may have begun: the offset, the column, the number of its token, and whether it is required."""

    start: int
    column: int
    number: int
    required: bool


class Tokens:
    """The tokens of a text from its beginning, or from the place of `start_inside`.

    Raises `Malformed` at the first fault, which may be while the token before it is read: whether that one begins a
    key depends on what follows.
    """

    def __init__(self, text: str) -> None:
        self.cursor = Cursor(text)
        self._ready: deque[Token] = deque()
        self._taken = 0
        self._is_sure = False  # that the next token is not a key
        self._ended = False
        # The columns of the open blocks; for what is around all brackets, and for each open bracket, the key that may
        # have begun there; how many of these keys, from the first on, are too far away to matter.
        self._indents = [-1]
        self._keys: list[_Key | None] = [None]
        self._stale = 0
        self._may_begin_key = True

    def start_inside(
        self, at: int, columns: Sequence[int], brackets: int, *, is_new: bool, is_behind_plain: bool
    ) -> None:
        """Start at an offset inside open levels: blocks that begin in `columns`, and in the innermost block `brackets`.

        If `is_new`, the innermost level has just begun. Otherwise a value in it has just ended, and with
        `is_behind_plain` that value may be a plain scalar.
        """
        cursor = self.cursor
        cursor.move_to(at)
        self._indents = [-1, *columns]
        self._keys = [None] * (brackets + 1)
        if is_behind_plain:
            self._may_begin_key = skip_plain_gap(cursor, self._indents[-1])
        else:
            begins_line = not cursor.text[cursor.line : at].strip(" \t" + _BYTE_ORDER_MARK)
            self._may_begin_key = is_new or (begins_line and not brackets)

    def peek(self) -> Token:
        """Return the next token without taking it."""
        if not self._is_sure:
            while (not self._ready or self._may_become_key()) and not self._ended:
                self._fetch()
            self._is_sure = True
        return self._ready[0]

    def take(self) -> Token:
        """Return the next token and move on."""
        token = self.peek()
        self._ready.popleft()
        self._taken += 1
        self._is_sure = False
        return token

    def _may_become_key(self) -> bool:
        """Return True if the next token may still turn out to begin a key."""
        self._forget_stale_keys()
        key = self._keys[self._stale]
        return key is not None and key.number == self._taken

    # Keys and blocks

    def _forget_stale_keys(self) -> None:
        """Drop keys that are too far away: a key without `?` ends on its line, and within `MAX_KEY` characters."""
        cursor = self.cursor
        while True:
            key = self._keys[self._stale]
            if key is not None and key.start >= cursor.line and key.start + MAX_KEY >= cursor.at:
                return
            self._drop_key(self._stale)
            if self._stale == len(self._keys) - 1:
                return
            self._stale += 1

    def _drop_key(self, level: int = -1) -> None:
        key = self._keys[level]
        self._keys[level] = None
        if key is not None and key.required:
            raise self.cursor.fault(_NO_COLON, self.cursor.at, key.start)

    def _note_key(self) -> None:
        """Note that a key may begin here."""
        if not self._may_begin_key:
            return
        cursor = self.cursor
        self._drop_key()
        required = len(self._keys) == 1 and self._indents[-1] == cursor.column
        self._keys[-1] = _Key(cursor.at, cursor.column, self._taken + len(self._ready), required)

    def _indent(self, column: int, kind: str, at: int, number: int | None = None) -> None:
        """Begin a block at a column that is further in than the open ones."""
        if len(self._keys) == 1 and self._indents[-1] < column:
            self._indents.append(column)
            self._ready.insert(len(self._ready) if number is None else number - self._taken, Token(kind, at, at))

    def _unindent(self, column: int) -> None:
        """End the blocks that are further in than a column."""
        while len(self._keys) == 1 and self._indents[-1] > column:
            self._indents.pop()
            self._ready.append(Token("block end", self.cursor.at, self.cursor.at))

    # One token

    def _fetch(self) -> None:
        self._skip_to_token()
        self._forget_stale_keys()
        cursor = self.cursor
        if len(self._keys) == 1:
            self._unindent(cursor.column)
        sign = cursor.sign()
        if cursor.at == cursor.line and self._begins_line(sign):
            return
        if not sign:
            self._end()
        elif sign in self._SIGNS and self._is_sign(sign):
            self._SIGNS[sign](self)
        elif sign in self._SCALARS and not (sign in "|>" and self._in_brackets):
            self._SCALARS[sign](self)
        elif sign not in _NO_PLAIN_BEGINNING or (sign in "-?:" and cursor.sign(1) not in BLANK):
            self._plain()
        else:
            raise self._no_token(sign)

    def _begins_line(self, sign: str) -> bool:
        """Read a directive or the mark of a document, which begin a line, and return True if there was one."""
        cursor = self.cursor
        if sign == "%":
            self._leave_blocks()
            start = cursor.at
            name, value = directive(cursor)
            self._ready.append(Token(name, start, cursor.at, value))
        elif cursor.marks_document():
            self._leave_blocks()
            self._sign(cursor.text[cursor.at : cursor.at + 3])
        else:
            return False
        return True

    def _is_sign(self, sign: str) -> bool:
        """Return True if one of the characters `[]{},-?:` is a token here and does not begin a scalar."""
        return sign in "[]{}," or self.cursor.sign(1) in BLANK_OR_END or (sign != "-" and self._in_brackets)

    @property
    def _in_brackets(self) -> bool:
        return len(self._keys) > 1

    def _skip_to_token(self) -> None:
        cursor = self.cursor
        while True:
            sign = cursor.sign()
            if (sign == "#" or sign in BREAK) and cursor.skip_lines(_EMPTY_LINES):
                self._may_begin_key = self._may_begin_key or not self._in_brackets
            elif sign == " " or (sign == "\t" and (self._in_brackets or not self._may_begin_key)):
                cursor.skip(_SPACES if self._may_begin_key and not self._in_brackets else _BLANKS)
            elif sign == "#":
                cursor.skip_line()
            elif sign == _BYTE_ORDER_MARK and cursor.at == cursor.line:
                cursor.at += 1
            elif sign in BREAK:
                cursor.skip_break()
                if not self._in_brackets:
                    self._may_begin_key = True
            else:
                return

    def _no_token(self, sign: str) -> Malformed:
        if sign == "\t":
            return self.cursor.fault(NO_INDENTING_TAB, self.cursor.at)
        return self.cursor.fault(
            f"{quoted(sign)} cannot begin a value; put text that begins with it in quotes", self.cursor.at
        )

    def _end(self) -> None:
        cursor = self.cursor
        self._leave_blocks()
        cursor.line = cursor.at  # no key continues after the end
        self._ready.append(Token("end", cursor.at, cursor.at))
        self._ended = True

    def _leave_blocks(self) -> None:
        self._unindent(-1)
        self._drop_key()
        self._may_begin_key = False

    def _sign(self, kind: str) -> None:
        start = self.cursor.at
        self.cursor.at += len(kind)
        self._ready.append(Token(kind, start, self.cursor.at))

    def _open(self) -> None:
        self._note_key()
        self._keys.append(None)
        self._may_begin_key = True
        self._sign(self.cursor.sign())

    def _close(self) -> None:
        self._drop_key()
        if self._in_brackets:
            self._keys.pop()
            self._stale = min(self._stale, len(self._keys) - 1)
        self._may_begin_key = False
        self._sign(self.cursor.sign())

    def _comma(self) -> None:
        self._drop_key()
        self._may_begin_key = True
        self._sign(",")

    def _dash(self) -> None:
        cursor = self.cursor
        if not self._in_brackets:
            if not self._may_begin_key:
                raise cursor.fault("a list item cannot begin here; put it on its own line", cursor.at)
            self._indent(cursor.column, "block sequence", cursor.at)
        self._drop_key()
        self._may_begin_key = True
        self._sign("-")

    def _question(self) -> None:
        cursor = self.cursor
        if not self._in_brackets:
            if not self._may_begin_key:
                raise cursor.fault("a key cannot begin here; put it on its own line", cursor.at)
            self._indent(cursor.column, "block mapping", cursor.at)
        self._drop_key()
        self._may_begin_key = not self._in_brackets
        self._sign("?")

    def _colon(self) -> None:
        key, cursor = self._keys[-1], self.cursor
        if key is not None:
            self._ready.insert(key.number - self._taken, Token("?", key.start, key.start))
            self._indent(key.column, "block mapping", key.start, key.number)
            self._keys[-1] = None
            self._may_begin_key = False
        else:
            if not self._in_brackets:
                if not self._may_begin_key:
                    raise cursor.fault(_NO_MAPPING, cursor.at)
                self._indent(cursor.column, "block mapping", cursor.at)
            self._may_begin_key = not self._in_brackets
        self._sign(":")

    def _name(self) -> None:
        self._note_key()
        self._may_begin_key = False
        cursor = self.cursor
        start, kind = cursor.at, cursor.sign()
        cursor.at += 1
        name = cursor.skip(_NAME)
        cursor.expect(_BEHIND_A_NAME if name else (), _NO_NAME, start)
        self._ready.append(Token(kind, start, cursor.at, name))

    def _tag(self) -> None:
        self._note_key()
        self._may_begin_key = False
        start = self.cursor.at
        value = tag(self.cursor, in_brackets=self._in_brackets)
        self._ready.append(Token("!", start, self.cursor.at, value))

    def _block(self) -> None:
        self._drop_key()
        self._may_begin_key = True
        start, style = self.cursor.at, self.cursor.sign()
        value, end = block_scalar(self.cursor, self._indents[-1])
        self._ready.append(Token("scalar", start, end, value, style))

    def _quoted(self) -> None:
        self._note_key()
        self._may_begin_key = False
        start, style = self.cursor.at, self.cursor.sign()
        value = quoted_scalar(self.cursor)
        self._ready.append(Token("scalar", start, self.cursor.at, value, style))

    def _plain(self) -> None:
        self._note_key()
        self._may_begin_key = False
        start = self.cursor.at
        value, end, broken = plain_scalar(self.cursor, self._indents[-1], in_brackets=self._in_brackets)
        self._may_begin_key = broken
        self._ready.append(Token("scalar", start, end, value))

    _SIGNS: ClassVar[Readers] = {
        "[": _open,
        "{": _open,
        "]": _close,
        "}": _close,
        ",": _comma,
        "-": _dash,
        "?": _question,
        ":": _colon,
    }
    _SCALARS: ClassVar[Readers] = {
        "*": _name,
        "&": _name,
        "!": _tag,
        "|": _block,
        ">": _block,
        "'": _quoted,
        '"': _quoted,
    }

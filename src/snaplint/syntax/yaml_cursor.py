"""A position in a YAML text, which the parsers of tokens, scalars and tags move forward."""

from __future__ import annotations

import re

from snaplint.syntax.text import Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

BREAKS = "\n\r\x85\u2028\u2029"
BREAK = frozenset(BREAKS)
BREAK_OR_END = BREAK | {""}
BLANK = frozenset(" \t")
BLANK_OR_END = BLANK | BREAK_OR_END

_LINE_FEEDS = re.compile("\n*")
_LINE_END = re.compile("[\r\n]")
_BLANKS = re.compile("[ \t]*")
_REST_OF_LINE = re.compile(f"[^{BREAKS}]*")


class Cursor:
    """An offset in a text, and the offset at which its line begins."""

    __slots__ = ("at", "line", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 0

    def move_to(self, at: int) -> None:
        """Move to any offset."""
        self.at = at
        self.line = 1 + max(self.text.rfind(sign, 0, at) for sign in BREAKS)

    @property
    def column(self) -> int:
        """The number of characters before this one in its line."""
        return self.at - self.line

    def sign(self, ahead: int = 0) -> str:
        """Return the character `ahead` of this offset; empty after the end of the text."""
        at = self.at + ahead
        return self.text[at : at + 1]

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Skip what matches a pattern, and return it; it may be empty."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def skip_blanks(self) -> str:
        """Skip spaces and tabs, and return them."""
        return self.skip(_BLANKS)

    def skip_comment(self) -> None:
        """Skip a comment, if one begins here, up to the end of its line."""
        if self.text.startswith("#", self.at):
            self.skip(_REST_OF_LINE)

    def skip_line(self) -> str:
        """Skip the rest of the line without its end, and return it."""
        return self.skip(_REST_OF_LINE)

    def skip_break(self) -> str:
        """Skip one line end, and return what it means in a scalar."""
        sign = self.text[self.at]
        self.at += 2 if self.text.startswith("\r\n", self.at) else 1
        self.line = self.at
        return sign if sign in "\u2028\u2029" else "\n"

    def skip_breaks(self) -> str:
        """Skip one line end and the line feeds after it, of which there may be millions."""
        first = self.skip_break()
        others = self.skip(_LINE_FEEDS)
        self.line = self.at
        return first + others

    def skip_lines(self, pattern: re.Pattern[str]) -> str:
        """Skip what matches a pattern of whole lines, and return it."""
        lines = self.skip(pattern)
        if lines:
            self.line = self.at
        return lines

    def marks_document(self) -> bool:
        """Return True if `---` or `...` is here, at the beginning of a line."""
        return (
            self.at == self.line
            and self.text.startswith(("---", "..."), self.at)
            and self.text[self.at + 3 : self.at + 4] in BLANK_OR_END
        )

    def expect(self, allowed: Container[str], message: str, begun: int | None) -> None:
        """Raise a fault with a message unless one of the allowed characters is here."""
        if self.sign() not in allowed:
            raise self.fault(message, self.at, begun)

    def fault(self, message: str, at: int, begun: int | None = None) -> Malformed:
        """Return a fault at an offset, which refers to the line of `begun` if that is an earlier one."""
        is_earlier = begun is not None and _LINE_END.search(self.text, begun, at) is not None
        return Malformed(message, at, ("it begins on line", begun) if begun is not None and is_earlier else None)

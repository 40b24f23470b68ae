"""A place in a YAML text that moves forward: what the readers of tokens, scalars, and tags share."""

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
    """An offset in a text, and where its line begins."""

    __slots__ = ("at", "line", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 0

    def move_to(self, at: int) -> None:
        """Moves to an offset, wherever it is."""
        self.at = at
        self.line = 1 + max(self.text.rfind(sign, 0, at) for sign in BREAKS)

    @property
    def column(self) -> int:
        """How many characters stand before this one in its line."""
        return self.at - self.line

    def sign(self, ahead: int = 0) -> str:
        """The character so far ahead; empty behind the end of the text."""
        at = self.at + ahead
        return self.text[at : at + 1]

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Passes over what fits a pattern, which may be nothing, and returns it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def skip_blanks(self) -> str:
        """Passes over spaces and tabs."""
        return self.skip(_BLANKS)

    def skip_comment(self) -> None:
        """Passes over a comment, if one begins here, up to the end of its line."""
        if self.text.startswith("#", self.at):
            self.skip(_REST_OF_LINE)

    def skip_line(self) -> str:
        """Passes over the rest of the line, without its end."""
        return self.skip(_REST_OF_LINE)

    def skip_break(self) -> str:
        """Passes over one end of a line, and returns what it stands for in a scalar."""
        sign = self.text[self.at]
        self.at += 2 if self.text.startswith("\r\n", self.at) else 1
        self.line = self.at
        return sign if sign in "\u2028\u2029" else "\n"

    def skip_breaks(self) -> str:
        """Passes over one end of a line and the line feeds behind it, of which there may be millions."""
        first = self.skip_break()
        others = self.skip(_LINE_FEEDS)
        self.line = self.at
        return first + others

    def skip_lines(self, pattern: re.Pattern[str]) -> str:
        """Passes over what fits a pattern of whole lines, and returns it."""
        lines = self.skip(pattern)
        if lines:
            self.line = self.at
        return lines

    def marks_document(self) -> bool:
        """Whether `---` or `...` stands here, at the beginning of a line."""
        return (
            self.at == self.line
            and self.text.startswith(("---", "..."), self.at)
            and self.text[self.at + 3 : self.at + 4] in BLANK_OR_END
        )

    def expect(self, allowed: Container[str], message: str, begun: int | None) -> None:
        """Raises the fault that a message names unless one of the allowed characters stands here."""
        if self.sign() not in allowed:
            raise self.fault(message, self.at, begun)

    def fault(self, message: str, at: int, begun: int | None = None) -> Malformed:
        """A fault at an offset; where what is at fault begins on an earlier line, that line is named."""
        is_earlier = begun is not None and _LINE_END.search(self.text, begun, at) is not None
        return Malformed(message, at, ("it begins on line", begun) if begun is not None and is_earlier else None)

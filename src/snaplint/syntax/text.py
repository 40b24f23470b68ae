"""Text before any syntax: bytes become characters, offsets become lines and columns, and faults keep their offset."""

from __future__ import annotations

from bisect import bisect_left

from snaplint.base.source import Unreadable
from snaplint.base.wording import clipped

MAX_BYTES = 16 * 1024 * 1024
"""The largest file that is read: the largest document that AWS itself takes is a hundredth of it."""

MAX_DEPTH = 100
"""How many lists and mappings may hold one another, so that whoever walks the data may recurse."""

MAX_DIGITS = 500
"""The longest number, in characters: the time to convert one grows with the square of its length."""

_SHOWN = 60


class Malformed(Exception):
    """The text is not in its syntax, or exceeds a limit of snaplint: the first fault, at an offset in the text.

    Raised by the `load` of a syntax and nothing else. `see` names a second place: ("the first is on line", offset).
    """

    def __init__(self, message: str, at: int, see: tuple[str, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.see = see


class Lines:
    """Lines and columns of a text, counted from 1; LF, CR and CRLF end a line.

    The text is counted in blocks and only as far as somebody asks: a line table of sixteen million empty lines
    would need more memory than everything else together.
    """

    __slots__ = ("_ends", "_has_cr", "_last", "_starts", "text")

    BLOCK = 1 << 12

    def __init__(self, text: str) -> None:
        self.text = text
        self._has_cr = "\r" in text
        self._ends = [0]  # line ends before each block
        self._starts = [0]  # where the line begins that each block begins in
        self._last = (1, 0)  # the line looked up last, and where it begins: whoever asks for one asks for the next

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of the character at `offset`; beyond the text, of its end."""
        offset = max(0, min(offset, len(self.text)))
        block = offset // self.BLOCK
        self._count_up_to(block)
        line = self._ends[block] + self._line_ends(block * self.BLOCK, offset)
        return line + 1, offset - self._line_start(block, offset) + 1

    def line(self, number: int) -> str:
        """The text of a line without its end; empty for a line that is not there."""
        start = self._offset_of_line(number)
        if start is None:
            return ""
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        if self._has_cr and (carriage := self.text.find("\r", start, end)) >= 0:
            end = carriage
        return self.text[start:end]

    def _count_up_to(self, block: int) -> None:
        for known in range(len(self._ends) - 1, block):
            start, end = known * self.BLOCK, (known + 1) * self.BLOCK
            self._ends.append(self._ends[known] + self._line_ends(start, end))
            self._starts.append(self._line_start(known, end))

    def _line_ends(self, start: int, end: int) -> int:
        count = self.text.count("\n", start, end)
        if self._has_cr:
            # A CRLF counts where its LF stands, even where `end` or a block parts the two.
            count += self.text.count("\r", start, end) - self.text.count("\r\n", start, end + 1)
        return count

    def _line_start(self, block: int, offset: int) -> int:
        begin = block * self.BLOCK
        found = self.text.rfind("\n", begin, offset)
        if self._has_cr:
            parted = self.text.startswith("\r\n", offset - 1) if offset else False
            found = max(found, self.text.rfind("\r", begin, offset - 1 if parted else offset))
        return found + 1 if found >= 0 else self._starts[block]

    def _offset_of_line(self, number: int) -> int | None:
        if number <= 1:
            return 0 if number == 1 else None
        self._count_up_to(len(self.text) // self.BLOCK)
        block = bisect_left(self._ends, number - 1) - 1
        offset, ahead = block * self.BLOCK, number - 1 - self._ends[block]
        known, begin = self._last
        if 0 <= number - known < ahead:
            offset, ahead = begin, number - known
        for _ in range(ahead):
            after = self._after_line_end(offset)
            if after is None:
                return None
            offset = after
        self._last = (number, offset)
        return offset

    def _after_line_end(self, offset: int) -> int | None:
        feed = self.text.find("\n", offset)
        if self._has_cr:
            carriage = self.text.find("\r", offset, feed if feed >= 0 else len(self.text))
            if carriage >= 0:
                return carriage + (2 if feed == carriage + 1 else 1)
        return feed + 1 if feed >= 0 else None


def decode(raw: bytes) -> str:
    """The characters of a file: UTF-8, or UTF-16 with a byte order mark; the mark itself is left out.

    Raises `Unreadable` at the first byte that is not text: one that does not decode, or a NUL.
    """
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"larger than {MAX_BYTES // (1024 * 1024)} MiB")
    encoding, name, body = _encoding(raw)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding)
        line, column = Lines(before).place(len(before))
        byte = f"byte 0x{body[error.start]:02x}"
        raise Unreadable(f"not {name} text: {byte} cannot be decoded; use UTF-8", line, column) from None
    if (nul := text.find("\0")) >= 0:
        line, column = Lines(text).place(nul)
        raise Unreadable("a NUL character: this is not text, or not UTF-8", line, column)
    return text


def _encoding(raw: bytes) -> tuple[str, str, bytes]:
    # The mark of UTF-32 LE begins with that of UTF-16 LE, so it is looked for first.
    if raw.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise Unreadable("encoded in UTF-32; use UTF-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        return "utf-8", "UTF-8", raw[3:]
    if raw.startswith(b"\xff\xfe"):
        return "utf-16-le", "UTF-16", raw[2:]
    if raw.startswith(b"\xfe\xff"):
        return "utf-16-be", "UTF-16", raw[2:]
    return "utf-8", "UTF-8", raw


def integer(token: str) -> int:
    """The value of a JSON integer; ValueError for one of more than `MAX_DIGITS` characters."""
    if len(token) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(token)


def real(token: str) -> float:
    """The value of a JSON number with a fraction or an exponent; ValueError where it is too long or too large."""
    value = float(token) if len(token) <= MAX_DIGITS else float("inf")
    if value in (float("inf"), float("-inf")):
        raise ValueError("too large")
    return value


def quoted(text: str) -> str:
    """What a user wrote, between backticks: one line, cut where it is long, with nothing a terminal would obey."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in clipped(text, _SHOWN))
    return f"`{''.join(shown)}`"

"""Text, of any syntax: from bytes to characters, from offsets to lines and columns, and faults with an offset."""

from __future__ import annotations

from bisect import bisect_left

from snaplint.base.source import Unreadable
from snaplint.base.wording import clipped

MAX_BYTES = 16 * 1024 * 1024
"""The largest file that snaplint reads: a hundred times the largest document that AWS accepts."""

MAX_DEPTH = 100
"""How deep lists and mappings may be nested, so that functions may recurse through the data."""

MAX_DIGITS = 500
"""The longest number, in characters: the time to convert one grows with the square of its length."""

_SHOWN = 60


class Malformed(Exception):
    """A text is not in its syntax, or exceeds a limit of snaplint: the first fault, at an offset in the text.

    Only the `load` of a syntax raises it. `see` is a second place and its introduction: ("the first is on line", 12).
    """

    def __init__(self, message: str, at: int, see: tuple[str, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.see = see


class Lines:
    """Lines and columns of a text, counted from 1; LF, CR and CRLF end a line.

    Lines are counted in blocks and only as far as needed: a table of sixteen million empty lines would need more
    memory than everything else together.
    """

    __slots__ = ("_ends", "_has_cr", "_last", "_starts", "text")

    BLOCK = 1 << 12

    def __init__(self, text: str) -> None:
        self.text = text
        self._has_cr = "\r" in text
        self._ends = [0]  # line ends before each block
        self._starts = [0]  # for each block, where the line at its beginning starts
        self._last = (1, 0)  # the last line looked up and its offset: the next look-up is often the next line

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the character at `offset`, or of the end of the text if that is before."""
        offset = max(0, min(offset, len(self.text)))
        block = offset // self.BLOCK
        self._count_up_to(block)
        line = self._ends[block] + self._line_ends(block * self.BLOCK, offset)
        return line + 1, offset - self._line_start(block, offset) + 1

    def line(self, number: int) -> str:
        """Return the text of a line without its end; empty for a line that does not exist."""
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
            # a CRLF counts at its LF, even if `end` or the end of a block is between the two
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
    """Decode a file: UTF-8, or UTF-16 with a byte order mark. The result does not include the mark.

    Raises `Unreadable` for more than `MAX_BYTES`, and at the first byte that cannot be decoded or NUL character.
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
    # first UTF-32: its little-endian mark begins with that of UTF-16
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
    """Return the value of a JSON integer. Raises ValueError for more than `MAX_DIGITS` characters."""
    if len(token) > MAX_DIGITS:
        raise ValueError("too many digits")
    return int(token)


def real(token: str) -> float:
    """Return the value of a JSON number with fraction or exponent. Raises ValueError if it is too long or large."""
    value = float(token) if len(token) <= MAX_DIGITS else float("inf")
    if value in (float("inf"), float("-inf")):
        raise ValueError("too large")
    return value


def quoted(text: str) -> str:
    """Return a text of the user in backticks: on one line, clipped, and with control characters escaped."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in clipped(text, _SHOWN))
    return f"`{''.join(shown)}`"

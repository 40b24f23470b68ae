"""The scalars of a YAML text: plain, quoted, and in blocks. For each its end, its value, and its faults."""

from __future__ import annotations

import re
from io import StringIO

from snaplint.syntax.yaml_cursor import BLANK, BLANK_OR_END, BREAK, BREAK_OR_END, BREAKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.syntax.yaml_cursor import Cursor

_PLAIN = re.compile(f"[^ \t{BREAKS}:]*")
_PLAIN_IN_BRACKETS = re.compile(f"[^ \t{BREAKS}:,\\[\\]{{}}]*")
_NOT_BEHIND_A_COLON = frozenset(",?[]{}")
_IN_DOUBLE_QUOTES = re.compile(f'[^{BREAKS}"\\\\]*')
_IN_SINGLE_QUOTES = re.compile(f"[^{BREAKS}']*")
# Lines before one that is neither empty nor the mark of a document. The bound limits the memory of the matcher.
_NO_MARK = f"(?!---|\\.\\.\\.)(?=[ \t]*[^ \t{BREAKS}])"
_LINES_IN_DOUBLE_QUOTES = re.compile(f'(?:[^{BREAKS}"\\\\]+\n{_NO_MARK}){{1,200}}')
_LINES_IN_SINGLE_QUOTES = re.compile(f"(?:[^{BREAKS}']+\n{_NO_MARK}){{1,200}}")
_ESCAPES = dict(zip('0abtnvfre_NLP\t /"\\', '\0\a\b\t\n\v\f\r\x1b\xa0\x85\u2028\u2029\t /"\\', strict=True))
_DIGITS = {"x": re.compile("[0-9A-Fa-f]{2}"), "u": re.compile("[0-9A-Fa-f]{4}"), "U": re.compile("[0-9A-Fa-f]{8}")}

NO_INDENTING_TAB = "a tab cannot indent YAML; use spaces"
_NO_SPACE = "expected a space after `:`; in brackets, put text with a `:` in quotes"
_NO_ESCAPE = "this is not an escape of YAML; in double quotes, write a backslash as `\\\\`"
_NO_CHARACTER = "half of a surrogate pair, or not a character; write the character itself"
_NO_INDENTATION = "the indentation after `|` or `>` is a digit from 1 to 9"
_BEHIND_HEADER = "expected the end of the line after `|` or `>`; the text begins on the next line"


def plain_scalar(cursor: Cursor, indent: int, *, in_brackets: bool) -> tuple[str, int, bool]:
    """Read a scalar without quotes in a block with the indentation `indent`.

    Return its text, the offset after it, and whether the cursor has moved to another line.
    """
    start = end = cursor.at
    text = StringIO()
    gap, broken = "", False
    while not cursor.marks_document() and cursor.sign() != "#":
        while words := _plain_words(cursor, start, in_brackets=in_brackets):
            text.write(gap)
            text.write(words)
            gap, end, broken = "", cursor.at, False
        if cursor.sign() not in BLANK and cursor.sign() not in BREAK:
            break
        gap, broken = _plain_gap(cursor, start, indent)
        if not in_brackets and cursor.column <= indent:
            break
    return text.getvalue(), end, broken


def _plain_words(cursor: Cursor, start: int, *, in_brackets: bool) -> str:
    words = cursor.skip(_PLAIN_IN_BRACKETS if in_brackets else _PLAIN)
    if cursor.sign() == ":":
        after = cursor.sign(1)
        if in_brackets and after in _NOT_BEHIND_A_COLON:
            raise cursor.fault(_NO_SPACE, cursor.at, start)
        if after not in BLANK_OR_END:
            cursor.at += 1
            words += ":"
    return words


def skip_plain_gap(cursor: Cursor, indent: int) -> bool:
    """Skip the blanks and line ends after a plain scalar, and return True if a line ended."""
    return _plain_gap(cursor, cursor.at, indent)[1]


def _plain_gap(cursor: Cursor, start: int, indent: int) -> tuple[str, bool]:
    """Skip the blanks and line ends between two words, and return what they mean and whether a line ended."""
    gap = cursor.skip_blanks()
    if cursor.sign() not in BREAK:
        return gap, False
    lines: list[str] = []
    first = cursor.skip_break()
    while True:
        blanks = cursor.at
        cursor.skip_blanks()
        tab = cursor.text.find("\t", blanks, cursor.at)
        if 0 <= tab <= cursor.line + indent:
            raise cursor.fault(NO_INDENTING_TAB, tab, start)
        if cursor.sign() not in BREAK:
            return _folded(first, "".join(lines)), True
        lines.append(cursor.skip_breaks())


def _folded(first: str, others: str) -> str:
    """Return what line ends inside a scalar mean: one is a space, of several the first is dropped."""
    return (others or " ") if first == "\n" else first + others


def quoted_scalar(cursor: Cursor) -> str:
    """Read a quoted scalar, and return its text."""
    start, quote = cursor.at, cursor.sign()
    cursor.at += 1
    text = StringIO()
    while True:
        if cursor.marks_document():
            raise cursor.fault("the quoted text is not closed before the document ends", cursor.at, start)
        if cursor.sign() == "":
            raise cursor.fault("the quoted text is never closed", cursor.at, start)
        text.write(_quoted_lines(cursor, quote))
        is_escaped = _quoted_line(cursor, quote, start, text)
        if cursor.sign() == quote:
            cursor.at += 1
            return text.getvalue()
        text.write(_quoted_gap(cursor, is_escaped=is_escaped))


def _quoted_lines(cursor: Cursor, quote: str) -> str:
    """Read many lines of words at once, and return them: the text after a quote that is never closed may be long."""
    lines = cursor.skip_lines(_LINES_IN_DOUBLE_QUOTES if quote == '"' else _LINES_IN_SINGLE_QUOTES)
    if not lines:
        return ""
    cursor.skip_blanks()
    first, *others = lines.split("\n")
    return " ".join([first.rstrip(" \t"), *(line.strip(" \t") for line in others)])


def _quoted_line(cursor: Cursor, quote: str, start: int, text: StringIO) -> bool:
    """Read up to the end of a line, of the scalar, or of the text; return True after an escaped line end."""
    pattern = _IN_DOUBLE_QUOTES if quote == '"' else _IN_SINGLE_QUOTES
    while True:
        words = cursor.skip(pattern)
        text.write(words.rstrip(" \t") if cursor.sign() in BREAK else words)
        if quote == "'" and cursor.text.startswith("''", cursor.at):
            cursor.at += 2
            text.write("'")
        elif quote == '"' and cursor.sign() == "\\":
            if cursor.sign(1) in BREAK:
                cursor.at += 1
                cursor.skip_break()
                return True
            text.write(_escape(cursor, start))
        else:
            return False


def _escape(cursor: Cursor, start: int) -> str:
    """Read an escape, and return its character."""
    sign = cursor.sign(1)
    if sign in _ESCAPES:
        cursor.at += 2
        return _ESCAPES[sign]
    if sign not in _DIGITS:
        raise cursor.fault(_NO_ESCAPE, cursor.at, start)
    cursor.at += 2
    first = cursor.at
    digits = cursor.skip(_DIGITS[sign])
    if not digits:
        raise cursor.fault("the escape needs more hexadecimal digits", first, start)
    code = int(digits, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise cursor.fault(_NO_CHARACTER, first, start)
    return chr(code)


def _quoted_gap(cursor: Cursor, *, is_escaped: bool) -> str:
    """Skip line ends and blanks inside quotes at the end of a line, and return what they mean."""
    if not is_escaped and cursor.sign() not in BREAK:
        return ""
    lines: list[str] = []
    first = "" if is_escaped else cursor.skip_break()
    while True:
        cursor.skip_blanks()
        if cursor.sign() not in BREAK:
            return _folded(first, "".join(lines))
        lines.append(cursor.skip_breaks())


def block_scalar(cursor: Cursor, indent: int) -> tuple[str, int]:
    """Read a scalar after `|` or `>` in a block with the indentation `indent`; return its text and its end."""
    start, is_folded = cursor.at, cursor.sign() == ">"
    cursor.at += 1
    keep, increment = _header(cursor, start)
    wanted = max(indent, 0) + increment if increment else 0
    text = StringIO()
    lines, end, wanted = _block_breaks(cursor, start, wanted, indent)
    broken, was_blank = "", False
    while cursor.column == wanted and cursor.sign():
        is_blank = cursor.sign() in BLANK
        if is_folded and broken == "\n" and not was_blank and not is_blank:
            text.write(lines or " ")
        else:
            text.write(broken + lines)
        was_blank = is_blank
        text.write(cursor.skip_line() if is_folded else _block_rows(cursor, wanted))
        broken = cursor.skip_break() if cursor.sign() else ""
        lines, end, wanted = _block_breaks(cursor, start, wanted, indent)
    text.write({"-": "", "": broken, "+": broken + lines}[keep])
    return text.getvalue(), end


def _block_rows(cursor: Cursor, wanted: int) -> str:
    """Read the rest of a line and many lines after it at once, without the end of the last one."""
    rows = cursor.skip_lines(re.compile(f"(?:[^{BREAKS}]+\n {{{wanted}}}(?=[^{BREAKS}])){{1,200}}"))
    cursor.line = cursor.at - wanted if rows else cursor.line
    return rows.replace("\n" + " " * wanted, "\n") + cursor.skip_line()


def _header(cursor: Cursor, start: int) -> tuple[str, int]:
    """Read the header of a block after its sign; return `-`, `+` or nothing, and the indentation or 0."""
    keep, increment = "", 0
    for _ in range(2):
        sign = cursor.sign()
        if sign in ("+", "-") and not keep:
            keep = sign
        elif sign.isdecimal() and sign.isascii() and not increment:
            increment = int(sign)
            if not increment:
                raise cursor.fault(_NO_INDENTATION, cursor.at, start)
        else:
            break
        cursor.at += 1
    cursor.skip_blanks()
    cursor.skip_comment()
    cursor.expect(BREAK_OR_END, _BEHIND_HEADER, start)
    if cursor.sign():
        cursor.skip_break()
    return keep, increment


def _block_breaks(cursor: Cursor, start: int, wanted: int, indent: int) -> tuple[str, int, int]:
    """Skip indentation and empty lines; return the ends of those lines, the offset after them, and the indentation.

    If `wanted` is 0, the indentation is that of the deepest line up to the first one with text.
    """
    lines: list[str] = []
    end, deepest = cursor.at, 0
    while True:
        while (not wanted or cursor.column < wanted) and cursor.sign() == " ":
            cursor.at += 1
        deepest = max(deepest, cursor.column)
        if (not wanted or cursor.column < wanted) and cursor.sign() == "\t":
            raise cursor.fault(NO_INDENTING_TAB, cursor.at, start)
        if cursor.sign() not in BREAK:
            return "".join(lines), end, wanted or max(deepest, indent + 1, 1)
        lines.append(cursor.skip_breaks())
        end = cursor.at

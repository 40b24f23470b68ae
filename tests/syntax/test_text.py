"""From bytes to characters, from offsets to lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.base.source import Unreadable
from snaplint.syntax.text import MAX_BYTES, Lines, decode, quoted

UNTIMED = settings(deadline=None)


def slow_places(text: str) -> list[tuple[int, int]]:
    """Return the line and column of each character and of the end, counted one character at a time."""
    places = []
    line, column = 1, 1
    for index, char in enumerate(text):
        places.append((line, column))
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            line, column = line + 1, 1
        else:
            column += 1
    return [*places, (line, column)]


def slow_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("aé😀\n".encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + "aé😀\n".encode(), id="UTF-8 with a mark"),
        pytest.param(b"\xff\xfe" + "aé😀\n".encode("utf-16-le"), id="UTF-16 LE"),
        pytest.param(b"\xfe\xff" + "aé😀\n".encode("utf-16-be"), id="UTF-16 BE"),
    ],
)
def test_the_encodings_that_are_read(raw: bytes) -> None:
    assert decode(raw) == "aé😀\n"


@pytest.mark.parametrize(
    ("raw", "line", "column", "words"),
    [
        pytest.param(b"a\nb\xffc", 2, 2, "not UTF-8 text: byte 0xff", id="a byte that is no UTF-8"),
        pytest.param("é\r\né".encode() + b"\xe9", 2, 2, "byte 0xe9", id="Latin-1 behind UTF-8"),
        pytest.param(b"a: \xed\xa0\x80", 1, 4, "not UTF-8 text", id="an encoded surrogate"),
        pytest.param(b"\xef\xbb\xbfab\x80", 1, 3, "byte 0x80", id="behind a mark"),
        pytest.param(b"\xff\xfea\0\n\0\x00\xd8b\0", 2, 1, "not UTF-16 text", id="half a pair in UTF-16"),
        pytest.param(b"\xff\xfea\0b", 1, 2, "not UTF-16 text", id="half a unit of UTF-16"),
        pytest.param(b"a\nbc\0d", 2, 3, "NUL", id="NUL"),
        pytest.param("{}".encode("utf-16-le"), 1, 2, "NUL", id="UTF-16 without a mark"),
        pytest.param("{}".encode("utf-32"), 1, 1, "UTF-32", id="UTF-32"),
        pytest.param(b" " * (MAX_BYTES + 1), 1, 1, "larger than 16 MiB", id="too large"),
    ],
)
def test_bytes_that_are_no_text_have_a_place(raw: bytes, line: int, column: int, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(raw)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message


def test_a_file_of_the_largest_size_is_read() -> None:
    assert len(decode(b" " * MAX_BYTES)) == MAX_BYTES


@UNTIMED
@given(st.text(alphabet="\r\nab😀"), st.integers(1, 5))
def test_places_and_lines_agree_with_a_walk(text: str, block: int) -> None:
    class Small(Lines):
        BLOCK = block

    places = slow_places(text)
    lines = Small(text)
    assert [lines.place(offset) for offset in range(len(text) + 1)] == places
    assert [Small(text).place(offset) for offset in range(len(text) + 1)] == places
    expected = slow_lines(text)
    assert [Small(text).line(number + 1) for number in range(len(expected))] == expected
    assert lines.line(0) == ""
    assert lines.line(len(expected) + 1) == ""


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300_000))
def test_places_across_blocks(offset: int) -> None:
    text = "a\r\nbc\n\r" * 43_000
    assert Lines(text).place(offset) == slow_places(text[: offset + 2])[min(offset, len(text))]


def test_an_offset_beyond_the_text_is_its_end() -> None:
    assert Lines("a\nbc").place(99) == (2, 3)
    assert Lines("a\nbc").place(-1) == (1, 1)


def test_what_is_quoted_is_one_tame_line() -> None:
    assert quoted("a b") == "`a b`"
    assert quoted("\x1b[31m\n\u202e") == r"`\x1b[31m\n\u202e`"
    assert quoted("x" * 100) == "`" + "x" * 59 + "…`"

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.fakes import Files, place_of

from snaplint.base.source import Place, Span
from snaplint.report.frame import frame, gutter, window
from snaplint.report.terminal import Style, columns_of, visible

PLAIN = Style(width=60)


def framed(text: str, start: str, end: str | None = None, *, width: int = 60) -> list[str]:
    place = place_of("x.json", text, start, end)
    return frame(Files({"x.json": text}, {}), place, PLAIN._replace(width=width), columns=2, role="error")


def at_columns(line: str, first: int, last: int) -> list[str]:
    return frame(Files({"x": line}, {}), Place("x", Span(1, first, 1, last)), PLAIN, columns=1, role="error")


def test_a_file_that_is_not_to_be_had_has_no_frame() -> None:
    assert frame(Files({}, {}), Place("gone", Span(1, 1, 1, 2)), PLAIN, columns=1, role="error") == []


def test_a_line_that_is_not_there_has_no_frame() -> None:
    assert frame(Files({"x": "one"}, {}), Place("x", Span(9, 1, 9, 2)), PLAIN, columns=1, role="error") == []


def test_marks_stand_under_the_place() -> None:
    assert framed("region: eu-west-1\n", "eu-west-1") == [
        "   |",
        " 1 | region: eu-west-1",
        "   |         ^^^^^^^^^",
    ]


def test_an_empty_place_is_marked_once_also_behind_the_end_of_the_line() -> None:
    assert at_columns("policy:", 8, 8)[1:] == ["1 | policy:", "  |        ^"]
    assert at_columns("", 1, 1)[1:] == ["1 |", "  | ^"]


def test_tabs_are_widened_and_the_marks_with_them() -> None:
    assert framed('\t"a":\t"b"', '"b"')[1:] == [' 1 |     "a":    "b"', "   |             ^^^"]


def test_wide_characters_take_two_columns() -> None:
    assert framed("日本: wert", "wert")[1:] == [" 1 | 日本: wert", "   |       ^^^^"]
    assert framed("a: 日本", "日本")[1:] == [" 1 | a: 日本", "   |    ^^^^"]


def test_combining_characters_take_none() -> None:
    assert framed("cafe\u0301: wert", "wert")[1:] == [" 1 | cafe\u0301: wert", "   |       ^^^^"]


def test_escapes_are_shown_and_counted() -> None:
    assert framed("\x1b[2J: wert", "wert")[1:] == [" 1 | \\x1b[2J: wert", "   |          ^^^^"]


def test_a_place_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert framed("Sid: A  \nEffect: Deny\n", "Sid", "Deny")[1:] == [" 1 | Sid: A", "   | ^^^^^^"]


def test_a_place_that_ends_before_the_first_column_ends_on_the_line_above() -> None:
    text = "- Sid: A\n- Sid: B\n"
    assert framed(text, "Sid: A\n")[1:] == [" 1 | - Sid: A", "   |   ^^^^^^"]


def test_a_place_that_opens_with_a_brace_alone_is_drawn_as_a_block() -> None:
    text = '[\n  {\n    "Sid": "A",\n    "Effect": "Deny"\n  }, {}\n]'
    assert framed(text, "{", "}") == [
        "   |",
        " 2 | /   {",
        ' 3 | |     "Sid": "A",',
        ' 4 | |     "Effect": "Deny"',
        " 5 | |   }, {}",
        "   | |___^",
    ]


def test_a_tall_block_loses_its_middle_and_not_its_end() -> None:
    text = "{\n" + "".join(f'  "k{number}": {number},\n' for number in range(1, 20)) + '  "end": 0}'
    assert framed(text, "{", "}") == [
        "   |",
        " 1 | / {",
        ' 2 | |   "k1": 1,',
        ' 3 | |   "k2": 2,',
        ' 4 | |   "k3": 3,',
        ' 5 | |   "k4": 4,',
        ' 6 | |   "k5": 5,',
        "...  |",
        '21 | |   "end": 0}',
        "   | |___________^",
    ]


def test_a_block_too_wide_loses_its_margin_first() -> None:
    text = " " * 30 + "{\n" + " " * 32 + '"Effect": "Deny"\n' + " " * 30 + "}"
    assert framed(text, "{", "}", width=40)[1:] == [
        " 1 | / {",
        ' 2 | |   "Effect": "Deny"',
        " 3 | | }",
        "   | |_^",
    ]


def test_a_line_too_wide_loses_its_margin_first() -> None:
    assert framed(" " * 30 + "TargetBucket: exports", "exports", width=40)[1:] == [
        " 1 | TargetBucket: exports",
        "   |               ^^^^^^^",
    ]


def test_a_long_line_is_cut_on_both_sides_of_the_place() -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"s3:*"}]}'
    assert framed(text, '"Deny"', width=40)[1:] == [
        ' 1 | …"A","Effect":"Deny","Action":"s3:…',
        "   |               ^^^^^^",
    ]


def test_a_megabyte_in_one_line_is_looked_at_only_around_the_place() -> None:
    line = "x" * 500_000 + "HERE" + "y" * 500_000
    text, before, marked = window(line, 500_000, 500_004, 40)
    assert text[before : before + marked] == "HERE"
    assert columns_of(text) <= 40


@given(
    st.text(st.sampled_from("ab \t日é\u0301\x1b\u202e\ud800{}🎉"), max_size=120),
    st.integers(0, 130),
    st.integers(0, 130),
    st.integers(20, 80),
)
def test_marks_stand_under_the_first_character_whatever_the_line(line: str, start: int, length: int, room: int) -> None:
    text, before, marked = window(line, start, start + length, room)
    assert columns_of(text) <= room
    assert marked >= 1
    assert before + marked <= room
    assert all(visible(character) == character for character in text)
    if start < len(line.rstrip()) and line[start] not in "\t\u0301":
        ahead, shown = 0, visible(line[start])
        while columns_of(text[:ahead]) < before or text[ahead] == "\u0301":
            ahead += 1
        assert columns_of(text[:ahead]) == before
        assert text[ahead : ahead + len(shown)] == shown


@pytest.mark.parametrize(
    ("spans", "columns"),
    [
        ([], 1),
        ([Span(9, 1, 9, 2)], 1),
        ([Span(9, 1, 10, 2)], 2),
        ([Span(9, 1, 10, 1)], 1),
        ([Span(7, 1, 7, 1), Span(1234, 1, 1234, 2)], 4),
    ],
)
def test_the_gutter_is_as_wide_as_the_greatest_line_number(spans: list[Span], columns: int) -> None:
    assert gutter([None, *(Place("x", span) for span in spans)]) == columns

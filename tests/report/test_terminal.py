from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint.report.terminal import Style, columns_of, detect, sanitise, wrap

ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("\x1b\x9b\x00\x7f\u202e\u2066\u200b\u2028\ud800\ufeff"))


@pytest.mark.parametrize(
    ("environ", "isatty", "color", "expected"),
    [
        pytest.param({}, False, "auto", False, id="a pipe"),
        pytest.param({"TERM": "dumb"}, True, "auto", False, id="a dumb terminal"),
        pytest.param({"NO_COLOR": "1", "TERM": "xterm"}, True, "auto", False, id="NO_COLOR"),
        pytest.param({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, "auto", False, id="NO_COLOR wins over FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "0"}, False, "auto", False, id="FORCE_COLOR=0 forces nothing"),
        pytest.param({"FORCE_COLOR": ""}, False, "auto", False, id="FORCE_COLOR empty"),
        pytest.param({"FORCE_COLOR": "1", "TERM": "xterm"}, True, "never", False, id="--color never wins"),
        pytest.param({"TERM": "xterm"}, True, "auto", True, id="a terminal"),
        pytest.param({}, True, "auto", True, id="a terminal without a name, as on Windows"),
        pytest.param({"NO_COLOR": ""}, True, "auto", True, id="NO_COLOR empty means nothing"),
        pytest.param({"FORCE_COLOR": "1"}, False, "auto", True, id="FORCE_COLOR"),
        pytest.param({"CLICOLOR": "0"}, True, "auto", False, id="CLICOLOR=0"),
        pytest.param({"CLICOLOR": "1"}, True, "auto", True, id="CLICOLOR=1"),
        pytest.param({"CLICOLOR": "1"}, False, "auto", False, id="CLICOLOR=1 and no terminal"),
        pytest.param({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, True, "auto", True, id="CLICOLOR=0 and forced"),
        pytest.param({"CLICOLOR": "0"}, True, "always", True, id="CLICOLOR=0 and always"),
        pytest.param({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, False, "auto", True, id="CLICOLOR_FORCE"),
        pytest.param({"NO_COLOR": "1"}, False, "always", True, id="--color always wins"),
    ],
)
def test_colour(environ: dict[str, str], isatty: bool, color: str, expected: bool) -> None:
    assert detect(environ, isatty=isatty, color=color).color is expected


@pytest.mark.parametrize(
    ("environ", "isatty", "expected"),
    [
        pytest.param({"TERM": "xterm-256color"}, True, False, id="an unknown terminal"),
        pytest.param({"TERM_PROGRAM": "Apple_Terminal"}, True, False, id="one that shows them raw"),
        pytest.param({"VTE_VERSION": "4600"}, True, False, id="an old VTE"),
        pytest.param({"VTE_VERSION": "²"}, True, False, id="a VTE with a strange number"),
        pytest.param({"TERM_PROGRAM": "iTerm.app"}, False, False, id="a pipe"),
        pytest.param({"TERM_PROGRAM": "iTerm.app", "NO_COLOR": "1"}, True, False, id="plain text asked for"),
        pytest.param({"WT_SESSION": "x", "TMUX": "/tmp/x"}, True, False, id="inside tmux"),  # noqa: S108  # a name only
        pytest.param({"WT_SESSION": "x", "TERM": "screen-256color"}, True, False, id="inside screen"),
        pytest.param({"TERM_PROGRAM": "iTerm.app"}, True, True, id="iTerm"),
        pytest.param({"TERM": "xterm-kitty"}, True, True, id="kitty"),
        pytest.param({"VTE_VERSION": "7006"}, True, True, id="GNOME Terminal"),
        pytest.param({"WT_SESSION": "x"}, True, True, id="Windows Terminal"),
        pytest.param({"FORCE_HYPERLINK": "1"}, False, True, id="FORCE_HYPERLINK"),
    ],
)
def test_links(environ: dict[str, str], isatty: bool, expected: bool) -> None:
    assert detect(environ, isatty=isatty).hyperlinks is expected
    assert detect(environ, isatty=isatty, hyperlinks="never").hyperlinks is False
    assert detect(environ, isatty=isatty, hyperlinks="always").hyperlinks is True


@pytest.mark.parametrize(
    ("environ", "columns", "expected"),
    [
        pytest.param({}, None, 100, id="unknown"),
        pytest.param({}, 0, 100, id="zero, as some CI runners say"),
        pytest.param({}, 72, 72, id="measured"),
        pytest.param({"COLUMNS": "64"}, 72, 64, id="COLUMNS wins"),
        pytest.param({"COLUMNS": "wide"}, 72, 72, id="COLUMNS without a number"),
        pytest.param({"COLUMNS": "-5"}, 72, 72, id="COLUMNS below zero"),
        pytest.param({"COLUMNS": "9" * 5000}, 72, 72, id="COLUMNS without end"),
        pytest.param({}, 3, 30, id="too narrow"),
        pytest.param({}, 400, 140, id="too wide to read"),
    ],
)
def test_width(environ: dict[str, str], columns: int | None, expected: int) -> None:
    assert detect(environ, isatty=True, columns=columns).width == expected


def test_without_colour_nothing_is_painted() -> None:
    assert Style(color=False).paint("error", "words") == "words"
    assert Style(color=True).paint("error", "") == ""
    assert Style(color=True).paint("error", "words") == "\x1b[1;31mwords\x1b[0m"


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "https://example.org/\x1b]0;title\x07", "https://example.org/é", "javascript:alert(1)", ""],
)
def test_a_doubtful_address_is_never_a_link(url: str) -> None:
    assert Style(hyperlinks=True).link(url, "words") == "words"


def test_a_link() -> None:
    assert Style(hyperlinks=False).link("https://example.org", "words") == "words"
    linked = Style(hyperlinks=True).link("https://example.org", "words")
    assert linked == "\x1b]8;;https://example.org\x1b\\words\x1b]8;;\x1b\\"


@pytest.mark.parametrize("text", ["", "plain", "größer 日本語 🎉", "e\u0301", "back\\slash"])
def test_what_is_plainly_visible_stays(text: str) -> None:
    assert sanitise(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\x00\x7fb", "a\\x00\\x7fb"),
        ("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree"),
        ("\u202egro.live", "\\u202egro.live"),
        ("\u2066\u2069", "\\u2066\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("a\xa0b", "a\\xa0b"),
        ("\u3164", "\\u3164"),
    ],
)
def test_what_is_not_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert sanitise(text) == shown


@given(ANY_TEXT)
def test_sanitised_text_holds_nothing_that_steers_or_hides(text: str) -> None:
    clean = sanitise(text)
    assert not {unicodedata.category(character) for character in clean} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert sanitise(clean) == clean
    clean.encode("utf-8")


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("Ａ", 2), ("é", 1)])
def test_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_short_text_is_not_wrapped() -> None:
    assert wrap("a few words", 40, indent=4, used=10) == ["a few words"]


def test_text_is_wrapped_at_spaces_with_an_indent() -> None:
    assert wrap("one two three four", 9, indent=2) == ["one two", "  three", "  four"]


def test_a_word_that_fits_no_line_is_not_cut() -> None:
    arn = "arn:aws:iam::111122223333:role/exporter"
    assert wrap(f"role {arn} may", 20, indent=2) == ["role", f"  {arn}", "  may"]


def test_a_first_line_without_room_is_left_empty() -> None:
    assert wrap("words and more", 16, indent=2, used=14) == ["", "  words and more"]


def test_a_word_that_fits_nowhere_stays_beside_its_label() -> None:
    assert wrap("x" * 50, 30, indent=10, used=12) == ["x" * 50]


def test_wide_characters_are_counted_as_two() -> None:
    assert wrap("日本 日本 日本", 10) == ["日本 日本", "日本"]


@given(ANY_TEXT, st.integers(10, 60), st.integers(0, 8), st.integers(0, 20))
def test_wrapping_loses_nothing_and_overflows_only_by_one_word(text: str, width: int, indent: int, used: int) -> None:
    clean = sanitise(text)
    first, *rest = wrap(clean, width, indent, used)
    lines = [first, *(line[indent:] for line in rest)]
    # a first line without room is empty, and so is one whose word is: a text may begin with a space
    without_first = lines[1:] if rest and not first else lines
    assert clean in (" ".join(lines), " ".join(without_first))
    assert used + columns_of(first) <= width or " " not in first
    assert all(columns_of(line) <= width or " " not in line[indent:] for line in rest)

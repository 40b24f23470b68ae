"""The pattern matcher against a slow one, and against every digit a hole can be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint.iam import HOLE, NO, UNKNOWN, YES, matches_glob
from snaplint.iam.pattern import glob

PATTERNS = st.text(alphabet="ab1*?:", max_size=8)
TEXTS = st.text(alphabet="ab1:", max_size=8)


def slow(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return slow(pattern[1:], text) or (bool(text) and slow(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and slow(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
def test_agrees_with_the_slow_matcher(pattern: str, text: str) -> None:
    assert matches_glob(pattern, text) is slow(pattern, text)


@given(PATTERNS, TEXTS.flatmap(lambda text: st.lists(st.integers(0, len(text)), max_size=2).map(lambda at: (text, at))))
def test_a_hole_is_every_digit(pattern: str, holed: tuple[str, list[int]]) -> None:
    text, places = holed
    for place in places:
        text = text[:place] + HOLE + text[place:]
    found = glob(pattern).truth(text)
    filled = []
    for digits in product("0123456789", repeat=text.count(HOLE)):
        rest = iter(digits)
        filled.append(slow(pattern, "".join(next(rest) if character == HOLE else character for character in text)))
    if found == YES:
        assert all(filled)
    elif found == NO:
        assert not any(filled)
    if all(filled) and len(filled) == 1:
        assert found == YES


@given(
    PATTERNS, st.text(alphabet="ab", max_size=3), st.text(alphabet="ab", max_size=5), st.text(alphabet="ab", max_size=3)
)
def test_a_text_of_which_the_ends_are_known(pattern: str, prefix: str, middle: str, suffix: str) -> None:
    could = glob(pattern).could_match(prefix, suffix)
    matches = slow(pattern, prefix + middle + suffix)
    assert could == UNKNOWN or (could == YES) is matches


@pytest.mark.parametrize("pattern", ["a*" * 40 + "b", "*a" * 200 + "?", "?*" * 300 + "b", "*" * 500 + "b"])
def test_no_pattern_blows_up(pattern: str) -> None:
    # Backtracking would need longer than the age of the universe for this.
    assert matches_glob(pattern, "a" * 20_000) is ("?" in pattern and not pattern.endswith("b"))


def test_a_pattern_cannot_name_the_hole() -> None:
    assert glob(f"a{HOLE}").truth(f"a{HOLE}") == NO

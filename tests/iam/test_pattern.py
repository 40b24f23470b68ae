"""The pattern matcher against a slow one, and against every digit a hole can be."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snaplint.iam import HOLE, NO, UNKNOWN, YES, matches_glob
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.beginnings import Beginnings
from snaplint.iam.terms.pattern import Glob, glob, tokens

PATTERNS = st.text(alphabet="ab12*?:", max_size=8)
TEXTS = st.text(alphabet="ab12:", max_size=8)


def slow(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return slow(pattern[1:], text) or (bool(text) and slow(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and slow(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
def test_agrees_with_the_slow_matcher(pattern: str, text: str) -> None:
    assert matches_glob(pattern, text) is slow(pattern, text)


def test_all_short_ones_agree_with_the_slow_matcher() -> None:
    # Beginning and end of a pattern may not overlap: `ab*ba` does not match `aba`, which random texts rarely are.
    patterns = ["".join(signs) for length in range(6) for signs in product("ab*?", repeat=length)]
    texts = ["".join(signs) for length in range(5) for signs in product("ab", repeat=length)]
    for pattern in patterns:
        made = Glob(tokens(pattern))
        assert [made.matches(text) for text in texts] == [slow(pattern, text) for text in texts], pattern


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


@pytest.mark.parametrize(
    ("pattern", "truth"),
    [
        ("p1*", NO),
        ("p2*", YES),
        ("p2-3*", UNKNOWN),
        ("p2-31*", UNKNOWN),
        ("p1-3*", NO),
        ("*4.rdb", YES),
        ("*5.rdb", NO),
        ("*1-04.rdb", UNKNOWN),
        ("*1-05.rdb", NO),
        ("p?-3*", UNKNOWN),
    ],
)
def test_digits_that_are_known_are_compared(pattern: str, truth: int) -> None:
    assert glob(pattern).truth(f"p2-{HOLE}{HOLE}-04.rdb") == truth


@given(st.lists(st.lists(TEXTS, max_size=2), max_size=8), TEXTS, st.booleans())
@example([["a"], ["ab"], ["abb"], ["b"], [""]], "aba", True)
def test_beginnings_are_found(items: list[list[str]], known: str, whole: bool) -> None:
    index = Beginnings(items)
    found = {number for place in index.places(known, whole=whole) for number in index.numbers[place]}

    def fits(text: str) -> bool:
        return known.startswith(text) or (not whole and text.startswith(known))

    assert found == {number for number, texts in enumerate(items) if any(map(fits, texts))}


@given(
    PATTERNS, st.text(alphabet="ab", max_size=3), st.text(alphabet="ab", max_size=5), st.text(alphabet="ab", max_size=3)
)
def test_a_text_of_which_the_ends_are_known(pattern: str, prefix: str, middle: str, suffix: str) -> None:
    could = glob(pattern).could_match(prefix, suffix)
    matches = slow(pattern, prefix + middle + suffix)
    assert could == UNKNOWN or (could == YES) is matches


ARN_PARTS = st.sampled_from(("aws", "s3", "s3", "*", "s*", "?3", "", "1", "2"))
ARN_ENDS = st.text(alphabet="ab1*?:/", max_size=6)
SHORT_TEXTS = ["".join(signs) for size in range(4) for signs in product(f"ab1:{HOLE}", repeat=size)]


@given(st.lists(ARN_PARTS, min_size=3, max_size=4), ARN_ENDS, st.sampled_from(("1", "2", "a")), TEXTS)
@example(["aws", "s3", "", "1"], "a*", "2", "")  # with a hole, all digits are compared as equal
@example(["aws", "s*", "", "2"], "b*", "1", "a")  # a wildcard may match across the colons
def test_what_begins_alike_and_is_matched_alike(parts: list[str], end: str, account: str, beginning: str) -> None:
    pattern = ArnPattern(tokens(":".join(("arn", *parts, end))), crossing=True)
    for prefix in (f"arn:aws:s3::{account}:{beginning}", f"arn:s3:s3:s3:{account}:{beginning}"):
        if pattern.same_below(prefix):
            assert len({pattern.truth(prefix + text) for text in SHORT_TEXTS}) == 1


@pytest.mark.parametrize(
    ("pattern", "same"),
    [
        ("*", True),
        ("arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:*:s3:::b/*", True),
        ("arn:aws:s3:::c/*", True),
        ("arn:aws:s3:::b/k*", False),
        ("arn:aws:s3:::b/k", False),
        ("arn:aws:s3:::b/*.rdb", False),
        ("arn:aws:s3:::*k", False),
    ],
)
def test_which_patterns_match_all_keys_of_a_bucket_alike(pattern: str, same: bool) -> None:
    assert ArnPattern(tokens(pattern), crossing=True).same_below("arn:aws:s3:::b/") is same


@given(
    st.text(alphabet="ab*?", max_size=6),
    st.text(alphabet="ab", max_size=3),
    st.text(alphabet="ab", max_size=3),
    st.sampled_from((None, "a", "ab")),
)
def test_known_ends_decide_exactly(pattern: str, prefix: str, suffix: str, inner: str | None) -> None:
    signs = "abz" if inner is None else inner
    middles = ["".join(some) for size in range(6) for some in product(signs, repeat=size)]
    matching = [slow(pattern, f"{prefix}{middle}{suffix}") for middle in middles]
    could = glob(pattern).could_match(prefix, suffix, inner)
    if could == YES:
        assert all(matching)
    if could == NO:
        assert not any(matching)
    if not any(matching) and len(pattern) < 6:
        assert could == NO
    if all(matching) and inner is None and pattern.count("?") < 4:
        assert could == YES


@pytest.mark.parametrize("pattern", ["a*" * 40 + "b", "*a" * 200 + "?", "?*" * 300 + "b", "*" * 500 + "b"])
def test_no_pattern_blows_up(pattern: str) -> None:
    # With backtracking this would take practically forever.
    assert matches_glob(pattern, "a" * 20_000) is ("?" in pattern and not pattern.endswith("b"))


def test_a_pattern_cannot_name_the_hole() -> None:
    assert glob(f"a{HOLE}").truth(f"a{HOLE}") == NO


class Counted(str):
    """A text that counts how often it is read."""

    __slots__ = ("steps",)

    def __init__(self, _text: str) -> None:
        self.steps = 0

    def find(self, *arguments: Any) -> int:
        self.steps += 1
        return super().find(*arguments)

    def startswith(self, *arguments: Any) -> bool:
        self.steps += 1
        return super().startswith(*arguments)

    def __getitem__(self, place: Any) -> str:
        found = super().__getitem__(place)
        self.steps += len(found)
        return found


KILOBYTES_20 = [
    "*" * 20_000 + "b",
    "a*" * 10_000 + "b",
    "*" + "a?" * 2500 + "b*",
    ("*" + "a?" * 2000 + "b") * 5,
    "*a" + "?a" * 9 + "b*",
    "?" * 1000 + "*" + "a?" * 2500 + "b*" + "?" * 1000,
    "*" + "".join(chr(0x4E00 + place) + "?" for place in range(4000)) + "*",
    "*" + "ab?" * 3000 + "*",
]


@pytest.mark.parametrize("pattern", KILOBYTES_20)
@pytest.mark.parametrize("letters", ["a", "ab", "aab", "ba"])
def test_the_steps_grow_with_the_sum_of_the_lengths(pattern: str, letters: str) -> None:
    compiled = glob(pattern)
    text = Counted(letters * (10_000 // len(letters)))
    compiled.matches(text)
    # At most a few reads of each position. The product of the lengths would be more than a hundred million.
    assert 0 < text.steps < 12 * (len(pattern) + len(text))


LONG_CHUNKS = st.lists(st.text(alphabet="ab?", min_size=1, max_size=40), min_size=1, max_size=3)


@given(LONG_CHUNKS, st.text(alphabet="ab", max_size=120), st.booleans())
def test_long_chunks_agree_with_the_plain_search(chunks: list[str], text: str, starred: bool) -> None:
    pattern = "*" + "*".join(chunks) + ("*" if starred else "")
    place = 0
    found = True
    for number, chunk in enumerate(chunks):
        places = range(place, len(text) - len(chunk) + 1)
        if number == len(chunks) - 1 and not starred:
            places = range(max(place, len(text) - len(chunk)), len(text) - len(chunk) + 1)
        fits = [at for at in places if all(c in ("?", text[at + i]) for i, c in enumerate(chunk))]
        if not fits:
            found = False
            break
        place = fits[0] + len(chunk)
    assert matches_glob(pattern, text) is found


def test_a_long_chunk_is_found_at_its_leftmost_place() -> None:
    chunk = "?".join("abcdefghijkl")
    text = chunk.replace("?", "-")
    assert matches_glob(f"*{chunk}*", f"xx{text}yy")
    assert matches_glob(f"*{chunk}*{chunk}", f"xx{text}y{text}")
    assert not matches_glob(f"*{chunk}*{chunk}", f"xx{text}y{text[1:]}")
    assert not matches_glob(f"*{chunk}*{chunk}", f"xx{text}")

"""The kinds of values that tests distinguish: every kind that occurs has a sample, and no other kind has."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.iam.document import variables
from snaplint.iam.document.typed_comparisons import comparison
from snaplint.iam.document.variables import MOST_PLACES, fill, fillings
from snaplint.iam.terms import kinds as kinds_module
from snaplint.iam.terms.arn import ArnPattern, parse_arn
from snaplint.iam.terms.kinds import (
    ARN,
    MOST_CHARACTERS,
    MOST_STATES,
    Pattern,
    kinds_of_address,
    kinds_of_text,
    spelled,
)
from snaplint.iam.terms.pattern import Glob, matches_glob, tokens
from snaplint.iam.terms.truth import NO, YES
from snaplint.iam.terms.values import address, contains, network, template

_WILD = st.text("ab*?", max_size=5)
_TEXTS = ["".join(letters) for size in range(5) for letters in product("abc", repeat=size)]


def like(*patterns: str, **more: Any) -> list[Pattern]:
    return [Pattern.of(tokens(pattern), **more) for pattern in patterns]


@settings(max_examples=300, deadline=None)
@given(st.lists(_WILD, max_size=4))
def test_each_text_is_of_a_kind_and_each_kind_has_a_text(patterns: list[str]) -> None:
    kinds = kinds_of_text(like(*patterns))
    assert kinds is not None
    for sample, answers in kinds:
        assert answers == tuple(matches_glob(pattern, sample) for pattern in patterns)
    known = [answers for _, answers in kinds]
    assert len(set(known)) == len(known)
    assert {tuple(matches_glob(pattern, text) for pattern in patterns) for text in _TEXTS} <= set(known)


@settings(max_examples=200, deadline=None)
@given(st.lists(_WILD, max_size=3), st.lists(st.text("ab", max_size=3), max_size=8))
def test_a_sample_is_no_listed_text_if_the_kind_has_another(patterns: list[str], listed: list[str]) -> None:
    for sample, answers in kinds_of_text(like(*patterns), listed) or ():
        if sample in listed:
            alike = [text for text in _TEXTS if tuple(matches_glob(each, text) for each in patterns) == answers]
            assert all("c" not in text for text in alike)


def test_letter_case_makes_kinds_of_its_own() -> None:
    kinds = kinds_of_text([*like("Ab", fold=True), *like("aB", "ab")])
    assert kinds is not None
    assert {answers for _, answers in kinds} == {
        (False, False, False),
        (True, True, False),
        (True, False, True),
        (True, False, False),
    }


_ARNS = ("arn:aws:s3:::b", "arn:aws:s3:::b*", "arn:*:iam::*:user/???", "arn:aws:iam::1*:role/*", "arn:aws:*:::b")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(_ARNS), max_size=4, unique=True))
def test_wildcards_of_arns_match_within_a_part(patterns: list[str]) -> None:
    kinds = kinds_of_text([*like(*patterns, arn=True), ARN])
    assert kinds is not None
    for sample, (*answers, is_arn) in kinds:
        assert is_arn == (parse_arn(sample) is not None)
        compiled = [ArnPattern(tokens(pattern), crossing=False) for pattern in patterns]
        assert [bool(each.truth(sample)) and is_arn for each in compiled] == answers


def test_texts_inside_a_pattern() -> None:
    inside = Pattern.of(["AROA", 0, ":night"], inner="XY")
    kinds = kinds_of_text(like("*X*", "*Y*", "*Z*"), inside=inside)
    assert kinds is not None
    assert {answers for _, answers in kinds} == {(x, y, False) for x in (False, True) for y in (False, True)}
    assert all(sample.startswith("AROA") and sample.endswith(":night") for sample, _ in kinds)


def test_too_many_kinds_are_not_listed() -> None:
    assert kinds_of_text(like(*(f"*w{number}*" for number in range(20)))) is None
    # The number of kinds counts, not that of the patterns.
    assert len(kinds_of_text(like(*(f"w{number:03}/*" for number in range(MOST_STATES // 20)))) or ()) == 201


_RANGES = st.sampled_from(
    ("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16", "0.0.0.0/0", "192.0.2.1", "::/0", "2001:db8::/32")
)
_ADDRESSES = ("10.1.2.3", "10.2.0.1", "10.200.0.1", "192.0.2.1", "192.0.2.2", "203.0.113.9", "2001:db8::1", "fe80::1")


@given(st.lists(_RANGES, max_size=6, unique=True))
def test_each_address_is_of_a_kind_and_each_kind_has_an_address(ranges: list[str]) -> None:
    networks = [found for found in map(network, ranges) if found is not None]
    found = kinds_of_address(networks)
    known = {tuple(contains(range_, one) for range_ in networks) for one in found}
    assert len(known) <= len(ranges) + 1
    for text in _ADDRESSES:
        one = address(text)
        assert one is not None
        assert tuple(contains(range_, one) for range_ in networks) in known
    assert [address(spelled(one)) for one in found] == found


_PARTS = st.lists(st.sampled_from(("a", "b", "/", "*", "?", "${x}", "${y}", "${x, 'a'}")), max_size=5)


@settings(max_examples=300, deadline=None)
@given(_PARTS, st.text("ab/", max_size=4))
def test_a_value_that_makes_a_template_match_is_listed(parts: list[str], text: str) -> None:
    compiled = template("".join(parts), variables=True, wildcards=True)
    found = fillings(compiled, text)
    assert found is not None
    for x, y in product(("", "a", "b", "ab", "/", "a/", "zz"), repeat=2):
        value = fill(compiled, {"x": (x,), "y": (y,)})
        if value is not None and Glob(value).matches(text):
            assert x in found.get("x", [x])
            assert y in found.get("y", [y])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b/x/y/z", {"aws:username": ["x", "x/y"]}),
        ("b/x", {"aws:username": []}),
        ("c/x/y", {"aws:username": []}),
    ],
)
def test_fillings(text: str, expected: dict[str, list[str]]) -> None:
    assert fillings(template("b/${aws:username}/*", variables=True, wildcards=True), text) == expected


def test_too_many_fillings_are_not_listed() -> None:
    assert fillings(template("*${x}*", variables=True, wildcards=True), "a" * 100) is None


# -- the work does not grow with the square of what is compared --------------------------------------------------------


@pytest.mark.parametrize(("count", "length"), [(3000, 6000), (2, MOST_PLACES), (MOST_PLACES, 2)])
def test_a_long_template_is_not_compared_place_by_place(
    count: int, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = 0
    plain = variables._before

    def counted(part: Any, text: str, ends: set[int]) -> set[int]:
        nonlocal places
        found = plain(part, text, ends)
        places += len(found)
        return found

    monkeypatch.setattr(variables, "_before", counted)
    parts = template("-".join(["${aws:RequestTag/k}"] * count), variables=True, wildcards=True)
    assert fillings(parts, "a-" * (length // 2)) is None
    assert places <= MOST_PLACES


def test_a_whole_variable_has_one_filling_however_long_the_text_is() -> None:
    parts = template("${aws:RequestTag/K}", variables=True, wildcards=True)
    assert fillings(parts, "a" * 10 * MOST_PLACES) == {"aws:requesttag/k": ["a" * 10 * MOST_PLACES]}


_CJK = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))


@pytest.mark.parametrize(
    "patterns",
    [
        ["*".join(_CJK[:500])],
        ["*".join(_CJK)],
        [f"{sign}*" for sign in _CJK],
        ["?" * 2000, *(f"*{sign}" for sign in _CJK[:400])],
    ],
    ids=["500 characters", "3000 characters", "a pattern for each", "beside any characters"],
)
def test_patterns_of_many_characters_are_not_tried_in_every_state(
    patterns: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0
    plain = kinds_module._Joint.follow

    def counted(self: Any, state: int) -> Any:
        nonlocal tried
        tried += len(self.alphabet)
        return plain(self, state)

    monkeypatch.setattr(kinds_module._Joint, "follow", counted)
    kinds_of_text(like(*patterns))
    assert tried <= MOST_CHARACTERS


_LISTED_RANGES = st.lists(
    st.builds("10.{}.{}.0/{}".format, st.integers(0, 3), st.integers(0, 3), st.integers(6, 24))
    | st.builds("2001:db8:{:x}::/{}".format, st.integers(0, 3), st.integers(30, 48)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(_LISTED_RANGES, st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_an_address_is_looked_up_in_the_ranges(ranges: list[str], one: int, other: int, v6: bool) -> None:
    item = f"2001:db8:{one:x}::{other}" if v6 else f"10.{one}.{other}.7"
    found, test = address(item), comparison("ip", "", [(text, None) for text in ranges])
    networks = [network(text) for text in ranges]
    assert found is not None
    inside = any(each is not None and contains(each, found) for each in networks)
    assert (test.text(item, {}) == YES) == inside  # type: ignore[arg-type]  # an address needs no states


def test_a_list_of_many_ranges_is_looked_up_by_size() -> None:
    ranges = [f"10.{number >> 8}.{number & 255}.0/24" for number in range(10_000)]
    test = comparison("ip", "", [(text, None) for text in ranges])
    assert len(test._by_size) == 1  # type: ignore[attr-defined]
    assert test.text("10.39.15.9", {}) == YES  # type: ignore[arg-type]
    assert test.text("10.39.16.9", {}) == NO  # type: ignore[arg-type]

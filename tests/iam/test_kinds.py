"""The kinds of values that tests distinguish: every kind that occurs has a sample, and no other kind has."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.iam.document.variables import fill, fillings
from snaplint.iam.terms.arn import ArnPattern, parse_arn
from snaplint.iam.terms.kinds import ARN, MOST_STATES, Pattern, kinds_of_address, kinds_of_text, spelled
from snaplint.iam.terms.pattern import Glob, matches_glob, tokens
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

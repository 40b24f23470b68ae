"""The phrases that messages share."""

from __future__ import annotations

import errno
import os
from difflib import SequenceMatcher, get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint.base.wording import LONGEST, clipped, counted, did_you_mean, listed, nearest, noun, os_reason


def test_a_list_of_one_or_two_has_no_comma() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"], "or") == "a or b"


def test_a_list_names_each_item_once() -> None:
    assert listed(["a", "b", "a", "c"]) == "a, b and c"


def test_a_long_list_is_cut_and_says_so() -> None:
    assert listed("abcde", most=5) == "a, b, c, d and e"
    assert listed("abcdefg", most=5) == "a, b, c, d, e and 2 more"


def test_one_is_singular_and_all_else_plural() -> None:
    assert [counted(number, "character") for number in (0, 1, 2)] == ["0 characters", "1 character", "2 characters"]
    assert counted(1_234, "passes", "pass") == "1,234 pass"
    assert counted(1, "passes", "pass") == "1 passes"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({}, "an object"),
        ([], "a list"),
        ((), "a list"),
        ("", "text"),
        (True, "a boolean"),
        (1, "a number"),
        (0.5, "a number"),
        (None, "null"),
        (object(), "no JSON value"),
    ],
)
def test_every_json_type_has_one_noun(value: object, word: str) -> None:
    assert noun(value) == word


def test_a_clipped_text_is_never_longer_than_asked() -> None:
    assert clipped("x" * LONGEST) == "x" * LONGEST
    assert clipped("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"
    assert clipped("abcdef", 3) == "ab…"


def test_nothing_is_suggested_for_a_name_unlike_all() -> None:
    assert nearest("zebra", ["region", "account"]) is None
    assert did_you_mean(None) == ""


def test_a_near_name_is_found_in_any_case_and_shown_as_it_is_written() -> None:
    assert nearest("TARGETBUKET", ["TargetBucket", "KmsKeyId"]) == "TargetBucket"
    assert did_you_mean("TargetBucket") == "; did you mean `TargetBucket`?"


def test_a_name_that_differs_in_case_only_needs_no_likeness() -> None:
    assert nearest("REGION", ["region"], cutoff=1) == "region"


def test_a_name_that_is_too_long_is_not_searched_for() -> None:
    name = "region" + "n" * LONGEST
    assert nearest(name, ["region" + "n" * (LONGEST - 1)]) is None
    assert nearest(name.upper(), [name]) == name


def test_a_reason_of_the_operating_system_is_in_lower_case() -> None:
    assert os_reason(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "x")) == "no such file or directory"
    assert os_reason(ValueError("Embedded null byte")) == "embedded null byte"
    assert os_reason(OSError("Read timed out")) == "read timed out"


@given(st.text("abcA-", max_size=8), st.lists(st.text("abcA-", max_size=8), max_size=5), st.floats(0.1, 1))
def test_the_nearest_name_is_the_one_of_difflib(name: str, names: list[str], cutoff: float) -> None:
    folded = {each.lower(): each for each in names}
    lowered = name.lower()
    alike = get_close_matches(lowered, folded, len(folded), cutoff) if folded else []
    if lowered in folded:
        alike = [lowered]

    def rank(each: str) -> tuple[float, bool, str]:
        return SequenceMatcher(None, each, lowered).ratio(), lowered in each, each

    assert nearest(name, names, cutoff) == (folded[max(alike, key=rank)] if alike else None)


def test_of_names_that_are_equally_alike_the_one_with_the_name_as_a_part_is_nearest() -> None:
    assert nearest("Status", ["tags", "SnapshotStatus"]) == "SnapshotStatus"


def test_the_nearest_of_a_thousand_similar_names_is_found() -> None:
    names = [f"orders-nightly-{number}" for number in range(1_000)]
    assert nearest("orders-nightlx-777", names) == "orders-nightly-777"
    assert nearest("orders-nightlx-777", [f"{name}-{again}" for name in names for again in range(3)]) is None

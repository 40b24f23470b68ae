"""Names of Regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint import schemas
from snaplint.operations.partitions import DEFAULT_REGIONS, REGIONS, is_region, near_region

if TYPE_CHECKING:
    from collections.abc import Iterator


def patterns(value: Any) -> Iterator[str]:
    """Yield the pattern of each `region` in a schema."""
    if isinstance(value, dict):
        region = value.get("region")
        if isinstance(region, dict) and "pattern" in region:
            yield region["pattern"]
        for each in value.values():
            yield from patterns(each)


PATTERN, *WIDER = sorted(set(patterns(schemas.schema("preflight"))), key=len)


@pytest.mark.parametrize("name", ["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-12"])
def test_names_of_regions(name: str) -> None:
    assert is_region(name)


def test_a_region_may_also_be_the_path_of_a_file() -> None:
    (wider,) = WIDER
    assert wider == f"{PATTERN}|[./]"


@given(st.text("abé-1٢A \n", max_size=12) | st.from_regex(PATTERN) | st.text(max_size=12))
def test_the_form_is_that_of_the_schema(text: str) -> None:
    assert is_region(text) is bool(re.fullmatch(PATTERN.strip("^$"), text))


def test_every_listed_region_has_the_form_of_one() -> None:
    assert all(map(is_region, REGIONS))
    assert DEFAULT_REGIONS < REGIONS


@pytest.mark.parametrize("name", ["us-est-1", "us-esat-1", "us-east-9", "us-east-1a"])
def test_names_that_no_region_has(name: str) -> None:
    assert name not in REGIONS


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("us-est-1", "us-east-1"),
        ("us-esat-1", "us-east-1"),
        ("us-east-9", "us-east-1"),
        ("us-wset-2", "us-west-2"),
        ("eu-cental-1", "eu-central-1"),
        ("US-GOV-WEST-2", "us-gov-west-1"),
        ("cn-nothwest-1", "cn-northwest-1"),
        ("mars", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_the_region_that_was_probably_meant(text: str, near: str | None) -> None:
    assert near_region(text) == near

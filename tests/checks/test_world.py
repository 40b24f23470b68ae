"""The base case that other tests change: nothing fails, nothing is undetermined, nothing is assumed."""

from __future__ import annotations

import pytest
from tests.checks.world import good, judged, plain_copy


@pytest.mark.parametrize("region", ["us-east-1", "ap-east-1", "us-gov-west-1"])
def test_every_rule_passes_or_does_not_apply(region: str) -> None:
    found = judged(good(region), strict=True)
    assert {name: each.message for name, each in found.items() if each.verdict in ("fails", "cannot-tell")} == {}
    assert [name for name, each in found.items() if each.assumes or each.depends_on] == []


def test_every_rule_passes_or_does_not_apply_to_a_plain_copy() -> None:
    data = plain_copy()
    data["snapshots"]["orders-2026-11"] = None
    found = judged(data, strict=True)
    assert {name: each.message for name, each in found.items() if each.verdict in ("fails", "cannot-tell")} == {}

"""Whole reports compared with tests/report/golden/, which tests/report/regenerate.py writes."""

from __future__ import annotations

import pytest
from tests.report.regenerate import FOLDER, GOLDEN


@pytest.mark.parametrize("name", GOLDEN)
def test_a_report_reads_as_its_golden_file(name: str) -> None:
    assert GOLDEN[name]() == (FOLDER / name).read_bytes().decode("utf-8")


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(GOLDEN)

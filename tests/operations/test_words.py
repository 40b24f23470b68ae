"""The names of an operation are in its module: no other module of the package names a single service's things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.conftest import ROOT

from snaplint.operations.registry import operations

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ROOT / "src" / "snaplint"
ALLOWED = ("operations/", "iam/catalog/", "iam/document/hints.py", "lint/builtin_rules.py", "demo/")
"""Code that has to name services: operations, AWS's catalog and its hints, generated rules, the demo."""

WORDS = re.compile(
    r"copy[-_]?snapshot|target[-_]?bucket|(source|target)[-_]?snapshot[-_]?name|elasticache|memorydb", re.I
)


def modules() -> list[str]:
    names = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
    return [name for name in names if not name.startswith(ALLOWED)]


def found(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{path.name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if WORDS.search(line)]


@pytest.mark.parametrize("name", modules())
def test_no_other_module_contains_the_words(name: str) -> None:
    assert found(SOURCE / name) == []


def test_the_words_would_be_found() -> None:
    assert found(SOURCE / "operations" / "copy_snapshot.py")
    operation = operations()["elasticache:CopySnapshot"]
    for name in (operation.name, *(operation.member_name(role) for role in ("source", "target", "bucket"))):
        assert WORDS.search(name), name


def test_every_exception_exists() -> None:
    assert [name for name in ALLOWED if not (SOURCE / name).exists()] == []

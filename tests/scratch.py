"""A copy of the program with one file more: what a new entry of a table takes is that file and nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, text: str) -> dict[str, str]:
    """Copy snaplint into a folder and write one file more, its name relative to the package.

    Returned is the environment in which `python -m snaplint` is that copy.
    """
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rules", folder / "rules")
    added = folder / "src" / "snaplint" / name
    assert not added.exists()
    added.write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder / "src")}

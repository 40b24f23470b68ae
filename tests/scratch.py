"""A copy of the program with one additional file, to show that a new table entry needs no other change."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, text: str) -> dict[str, str]:
    """Copy snaplint into a folder and add a file, whose name is relative to the package.

    Return the environment in which `python -m snaplint` runs the copy.
    """
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rules", folder / "rules")
    added = folder / "src" / "snaplint" / name
    assert not added.exists()
    added.write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder / "src")}

"""The table of a package: its modules, and nothing else in its folder."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.conftest import PATIENCE, ROOT, environment

from snaplint.base.tables import modules

if TYPE_CHECKING:
    from pathlib import Path


def test_modules_and_nothing_else(tmp_path: Path) -> None:
    others = ("__init__.py", "_own.py", ".#text.py", "notes.md", "text.py~", ".py")
    for name in ("text.py", "json.py", "json.pyc", *others):
        (tmp_path / name).touch()
    (tmp_path / "__pycache__").mkdir()
    assert modules(str(tmp_path)) == ("json", "text")


def test_a_package_of_compiled_files_alone_checks(tmp_path: Path) -> None:
    package = tmp_path / "snaplint"
    shutil.copytree(ROOT / "src" / "snaplint", package, ignore=shutil.ignore_patterns("__pycache__"))
    assert compileall.compile_dir(str(package), legacy=True, quiet=1)
    for source in package.rglob("*.py"):
        source.unlink()
    (package / "operations" / ".#copy_snapshot.py").touch()  # what an editor leaves beside a file that it has open
    done = subprocess.run(
        [sys.executable, "-m", "snaplint", "check", "--format", "json", str(ROOT / "examples" / "ready")],
        cwd=tmp_path,
        env=environment({"PYTHONPATH": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")

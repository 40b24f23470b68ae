"""The built wheel, and a virtual environment with only this wheel, created once for all tests here."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 300
"""Seconds for pip, which may have to download."""


def run(*arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program that must succeed."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    # built with the packages of this environment, without a download
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", "wheel", *options, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return variables that limit every pip to the versions of this environment, and virtualenv to its bundled wheels.

    A new release of a package must not make a test fail.
    """
    folder = tmp_path_factory.mktemp("pinned")
    versions = run(sys.executable, "-m", "pip", "freeze", "--exclude-editable", cwd=folder).stdout
    path = folder / "constraints.txt"
    path.write_text(versions, encoding="utf-8")
    # up to pip 25.2 the first variable also limits build dependencies, from 25.3 on the second does
    return {
        "PIP_CONSTRAINT": str(path),
        "PIP_BUILD_CONSTRAINT": str(path),
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


@pytest.fixture(scope="session")
def installed(wheel: Path, pinned: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `bin` folder of an environment with the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", folder, cwd=folder)
    options = ("--quiet", "--disable-pip-version-check")
    env = {**os.environ, **pinned}
    run(folder / "bin" / "python", "-m", "pip", "install", *options, wheel, cwd=folder, env=env)
    return folder / "bin"

"""Fixtures for all tests: a cleaned environment, and snaplint run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
SCRUBBED = ("AWS_", "CLICOLOR", "GIT_", "PIP_REQUIRE", "PRE_COMMIT", "SNAPLINT_", "XDG_")
"""Prefixes of variables that change what is read or printed on one machine and not on another."""
ALONE = frozenset(
    [
        "BOTO_CONFIG",
        "CI",
        "COLUMNS",
        "DOMTERM",
        "FORCE_COLOR",
        "FORCE_HYPERLINK",
        "GITHUB_ACTIONS",
        "KONSOLE_VERSION",
        "LINES",
        "NO_COLOR",
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "STY",
        "TERM",
        "TERM_PROGRAM",
        "TMUX",
        "VTE_VERSION",
        "WT_SESSION",
    ]
)
PATIENCE = 120
"""Seconds after which a process counts as hanging."""

# On a busy machine any example may take seconds. Without --hypothesis-profile=random each run tries the same examples:
# a change is judged by what it changes, not by what chance adds to its run.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", untimed)
settings.register_profile("repeatable", untimed, derandomize=True)
settings.load_profile("repeatable")


def is_scrubbed(name: str) -> bool:
    return name.startswith(SCRUBBED) or name in ALONE


@pytest.fixture(autouse=True)
def _scrubbed_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in [name for name in os.environ if is_scrubbed(name)]:
        monkeypatch.delenv(name)
    # without the credentials and the git and pip settings of the user who runs the tests
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Ended(Protocol):
    """An ended process: subprocess.CompletedProcess with text."""

    returncode: int
    stdout: str
    stderr: str


class Run(Protocol):
    """Runs snaplint with arguments."""

    def __call__(
        self,
        *arguments: str,
        cwd: str | os.PathLike[str] | None = None,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
    ) -> Ended: ...


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for snaplint in a separate process."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **(extra or {})}


def command(*arguments: str) -> list[str]:
    """Return the command line that runs snaplint from this checkout."""
    return [sys.executable, "-m", "snaplint", *arguments]


@pytest.fixture
def run_snaplint() -> Run:
    """Return a function that runs `snaplint ARGUMENT ...` as a process and captures its output."""

    def run(
        *arguments: str,
        cwd: str | os.PathLike[str] | None = None,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command(*arguments),
            cwd=cwd or ROOT,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            env=environment(env),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        # decoded byte by byte, so that invalid UTF-8 stays visible
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


@pytest.fixture
def snaplint_here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return the same in this process: faster, and a test can patch it."""
    import gc

    from snaplint.cli import main

    def run(
        *arguments: str,
        cwd: str | os.PathLike[str] | None = None,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(cwd or ROOT)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = main(list(arguments))
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(list(arguments), code, out, err)

    yield run
    gc.enable()

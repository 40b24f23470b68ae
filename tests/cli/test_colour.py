"""Colour and width: by option, by environment, and on a real pseudo-terminal."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

import pytest
from tests.conftest import PATIENCE, ROOT, command, environment

from snaplint.report.terminal import columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Run

RED = "\x1b[1;31m"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        pytest.param([], {}, id="a-pipe"),
        pytest.param(["--color", "auto"], {"TERM": "xterm-256color"}, id="a-pipe-of-a-terminal"),
        pytest.param(["--color", "never"], {"FORCE_COLOR": "1"}, id="never-wins"),
        pytest.param([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, id="no-color-wins"),
        pytest.param([], {"FORCE_COLOR": "0"}, id="force-color-0"),
        pytest.param([], {"FORCE_COLOR": ""}, id="force-color-empty"),
        pytest.param(["--color", "always", "--format", "json"], {"FORCE_COLOR": "1"}, id="json-has-none"),
    ],
)
def test_no_colour(run_snaplint: Run, arguments: list[str], env: Mapping[str, str]) -> None:
    run = run_snaplint("check", *arguments, "examples/first-try", env=env)
    assert run.returncode == 1
    assert "\x1b" not in run.stdout + run.stderr
    assert "service-lacks-write" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        pytest.param(["--color", "always"], {}, id="always"),
        pytest.param(["--color=always"], {"NO_COLOR": "1", "TERM": "dumb"}, id="always-wins"),
        pytest.param([], {"FORCE_COLOR": "1"}, id="force-color"),
        pytest.param([], {"CLICOLOR_FORCE": "1"}, id="clicolor-force"),
        pytest.param([], {"FORCE_COLOR": "1", "NO_COLOR": ""}, id="no-color-empty"),
    ],
)
def test_colour(run_snaplint: Run, arguments: list[str], env: Mapping[str, str]) -> None:
    run = run_snaplint("check", *arguments, "examples/first-try", env=env)
    assert run.returncode == 1
    assert RED in run.stdout
    assert "\x1b]8" not in run.stdout  # a pipe does not open links


def test_colour_changes_nothing_but_colour(run_snaplint: Run) -> None:
    plain = run_snaplint("check", "examples/first-try", "examples/unsure")
    coloured = run_snaplint("check", "--color", "always", "examples/first-try", "examples/unsure")
    assert ESCAPE.sub("", coloured.stdout) == plain.stdout


def on_terminal(columns: int, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[str, int]:
    """Return what snaplint writes to a terminal of this width, and its exit code."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    read = bytearray()
    try:
        while chunk := _read(leader):
            read += chunk
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    return read.decode().replace("\r\n", "\n"), code


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 1 << 16)
    except OSError as error:  # the error of Linux after the other end has closed
        if error.errno != errno.EIO:
            raise
        return b""


@pytest.mark.parametrize("columns", [40, 100])
def test_terminal_gets_colour_and_lines_that_fit(columns: int) -> None:
    text, code = on_terminal(columns, "check", "examples/first-try", "examples/unsure")
    assert code == 1
    assert RED in text
    plain = ESCAPE.sub("", text)
    assert "\x1b" not in plain
    assert "error[bucket-outside-region]" in plain
    # only commands, the summary and text without a space may exceed the width: names, ARNs, links
    commands = ("  aws ", "  snaplint ", "2 requests: ")
    too_long = [line for line in plain.split("\n") if columns_of(line) > columns and not line.startswith(commands)]
    assert [line for line in too_long if max(map(len, line.split())) < columns / 2] == []


def test_wide_terminal_breaks_fewer_lines_than_a_narrow_one() -> None:
    narrow, wide = (on_terminal(columns, "check", "examples/first-try")[0].count("\n") for columns in (40, 100))
    assert wide < narrow


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal_may_refuse_colour(env: Mapping[str, str]) -> None:
    text, code = on_terminal(100, "check", "examples/first-try", env=env)
    assert code == 1
    assert "\x1b" not in text


def test_terminal_of_no_width_does_no_harm() -> None:
    text, code = on_terminal(0, "check", "examples/first-try")
    assert code == 1
    assert "error" in text


@pytest.mark.parametrize("columns", ["0", "-5", "abc", "1", "99999999999999999999", "１００"])
def test_odd_columns_do_no_harm(run_snaplint: Run, columns: str) -> None:
    run = run_snaplint("check", "examples/first-try", env={"COLUMNS": columns})
    assert (run.returncode, run.stderr) == (1, "")
    assert "error[bucket-outside-region]" in run.stdout


def test_columns_overrides_the_width(run_snaplint: Run) -> None:
    narrow = run_snaplint("check", "examples/unsure", env={"COLUMNS": "50"}).stdout
    wide = run_snaplint("check", "examples/unsure", env={"COLUMNS": "120"}).stdout
    assert narrow.split() == wide.split()
    assert narrow.count("\n") > wide.count("\n")

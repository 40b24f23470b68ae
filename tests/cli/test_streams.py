"""Pipes, signals and encodings."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import ELSEWHERE, HEAD, READY
from tests.conftest import PATIENCE, ROOT, command, environment

if TYPE_CHECKING:
    from tests.conftest import Run

MANY = HEAD + "requests:\n" + "  - {SourceSnapshotName: a, TargetSnapshotName: b, TargetBucket: c}\n" * 2000


@pytest.mark.parametrize("form", [["--verbose"], ["--format", "json"]], ids=["text", "json"])
@pytest.mark.parametrize("lines", [0, 1])
def test_reader_that_goes_away_is_no_fault(tmp_path: Path, form: list[str], lines: int) -> None:
    (tmp_path / "a.snaplint.yaml").write_text(MANY)
    shell = f'"$@" 2>err | head -n {lines} >/dev/null'
    done = subprocess.run(
        ["bash", "-c", f"{shell}; echo ${{PIPESTATUS[0]}}", "bash", *command("check", *form, ".")],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (tmp_path / "err").read_text() == ""
    assert done.stdout.strip() == "141"


def test_pipe_that_is_closed_from_the_start(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command("check", "examples/first-try"),
        cwd=ROOT,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    assert (done.stderr, done.returncode) == (b"", 141)


@pytest.mark.parametrize(
    "arguments", [["explain", "service-lacks-write"], ["rules"], ["schema", "preflight"], ["init", "-"]]
)
def test_other_commands_bear_a_closed_pipe(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command(*arguments), env=environment(), stdout=writing, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
    )
    os.close(writing)
    assert (done.stderr, done.returncode) == (b"", 141)


def test_interrupt_while_reading_standard_input_ends_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("check", "-"),
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until_asleep(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert (out, err, process.returncode) == (b"", b"", 130)


def wait_until_asleep(pid: int) -> None:
    """Wait until the process reads its standard input: asleep twice in a row, with no processor time used."""
    deadline = time.monotonic() + PATIENCE
    before: list[str] = []
    while time.monotonic() < deadline:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        state, spent = fields[0], fields[11:13]  # proc(5)
        if state == "S" and spent == before and spent != ["0", "0"]:
            return
        before = spent
        time.sleep(0.2)
    raise AssertionError("the process never waited for its standard input")


# encodings of the output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "arguments",
    [["init", "-"], ["explain", "service-lacks-read"], ["explain", "tag-invalid"], ["rules"], ["schema", "preflight"]],
    ids=" ".join,
)
def test_no_encoding_is_too_poor(run_snaplint: Run, encoding: str, arguments: list[str]) -> None:
    run = run_snaplint(*arguments, env={"PYTHONIOENCODING": encoding})
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("form", ["text", "json"])
def test_report_in_ascii_holds_every_name_as_an_escape(run_snaplint: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "café.snaplint.yaml").write_text(ELSEWHERE.replace("orders-2026-11", "bestellungen-für-日本"))
    run = run_snaplint("check", "--format", form, ".", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"})
    assert run.returncode == 1
    assert run.stdout.isascii()
    assert "\\u65e5\\u672c" in run.stdout
    assert run.stderr == ""


def test_report_in_utf8_shows_the_names_as_they_are(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "café.snaplint.yaml").write_text(READY.replace("orders-2026-11", "bestellungen-für-日本"))
    run = run_snaplint("check", ".", cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
    assert "café.snaplint.yaml:5  bestellungen-für-日本 -> s3://acme-exports" in run.stdout


@pytest.mark.parametrize("arguments", [["check", "examples/first-try"], ["simulate", "examples/simulate.jsonl"]])
def test_full_disk_is_said_and_is_nobodys_fault(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*arguments),
            cwd=ROOT,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert (done.stderr, done.returncode) == ("snaplint: no space left on device\n", 2)

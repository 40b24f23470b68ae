"""A check opens no socket, starts no process, writes no file, and imports no library that could."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, write
from tests.conftest import PATIENCE, ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

WATCH = """\
import sys

def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.")):
        raise AssertionError(f"{event}{arguments}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise AssertionError(f"{event}{arguments}")

sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python ends with an error at the first socket, process or written file."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH)
    return {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT / "src"))), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.parametrize(
    "program", ["import socket; socket.socket()", "open('x', 'w')", "import os; os.system('true')"]
)
def test_the_watch_bites(watched: dict[str, str], tmp_path: Path, program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(watched),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert b"AssertionError" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["check", "examples"], 1),
        (["check", "--format", "json", "--strict", "examples/unsure"], 4),
        (["check", "--rules", "examples/house-rules", "examples/ready"], 0),
        (["check", "README.md"], 2),
        (["rules", "test", "examples/house-rules"], 0),
        (["explain", "service-lacks-write"], 0),
        (["schema", "preflight"], 0),
        (["init", "-"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_no_socket_no_process_no_write(
    run_snaplint: Run, watched: dict[str, str], arguments: list[str], expected: int
) -> None:
    run = run_snaplint(*arguments, env=watched)
    assert (run.returncode, run.stderr) == (expected, "")


def test_refused_file_opens_no_socket_either(run_snaplint: Run, watched: dict[str, str], tmp_path: Path) -> None:
    # errors come from jsonschema, which could fetch references
    remote = READY.replace(
        "version: 1", '$schema: "http://127.0.0.1:9/x.json"\n$ref: "http://127.0.0.1:9/"\nversion: 1'
    )
    write(tmp_path, a_snaplint_yaml=remote)
    run = run_snaplint("check", ".", cwd=tmp_path, env=watched)
    assert (run.returncode, run.stderr) == (2, "")
    assert "unknown key `$ref`" in run.stdout


LOADED = """\
import sys
from snaplint.cli import main
code = main(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


def loaded(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r})\n{LOADED}", *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode in (0, 1)
    return set(done.stderr.split())


HEAVY = {"boto3", "botocore", "jsonschema", "moto", "socket", "ssl", "urllib.request", "http.client", "asyncio"}
SLOW = {
    "argparse",
    "dataclasses",
    "difflib",
    "inspect",
    "logging",
    "subprocess",
    "textwrap",
    "tempfile",
    "importlib.metadata",
}
UNUSUAL = {"snaplint.read.notations", "snaplint.read.policy_forms", "snaplint.read.slots"}
"""Modules for unusual forms of facts; the last one also has the commands that print missing facts."""


@pytest.mark.parametrize("folder", ["examples/ready", "examples/first-try", "examples/unsure", "examples/acl"])
def test_plain_check_loads_neither_aws_nor_jsonschema(folder: str) -> None:
    found = loaded("check", folder)
    assert "snaplint.lint.engine" in found
    missing = {"snaplint.read.slots"} if folder in ("examples/unsure", "examples/acl") else set()
    assert not found & (HEAVY | SLOW | UNUSUAL - missing)


def test_check_of_json_loads_no_yaml(tmp_path: Path) -> None:
    from tests.cli.world import as_json

    (tmp_path / "a.snaplint.json").write_text(as_json(READY))
    assert "yaml" not in loaded("check", str(tmp_path))

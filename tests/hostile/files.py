"""Hostile files, and runs of snaplint on them."""

from __future__ import annotations

import json
import resource
import subprocess
from typing import TYPE_CHECKING

from tests.conftest import PATIENCE, command, environment

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = 1 << 30
"""Bytes of address space for a process on a hostile file: a small multiple of what an ordinary file needs."""


def confined(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run snaplint with little memory and limited time; its output is raw bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=limit,  # there are no threads here
    )


def problems(folder: Path, *arguments: str) -> list[tuple[str, int, int, str]]:
    """Return the input errors of a run; it must end with exit code 2 and an empty stderr, in text as in JSON."""
    arguments = arguments or (".",)
    text = confined(folder, "check", *arguments)
    assert (text.returncode, text.stderr) == (2, b"")
    run = confined(folder, "check", "--format", "json", *arguments)
    assert (run.returncode, run.stderr) == (2, b"")
    found = [(each["path"], each["line"], each["column"], each["message"]) for each in json.loads(run.stdout)["errors"]]
    said = text.stdout.decode()
    assert [path for path, *_ in found if f"{path}\n" not in said and f"{path}:" not in said] == []
    assert said.count("error: ") >= min(len(found), 100)
    return found

"""The command lines of README for names that come from elsewhere check every file, whatever its name."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY
from tests.conftest import PATIENCE, ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for line in re.findall(r"`([^`]*snaplint check[^`]*)`", README) if re.search(r" -- \*| --$", line)]
RUN = [line for line in LINES if line.startswith(("snaplint", "git"))]
NAMES = [
    b"--exclude=*.snaplint.yaml",
    b"--config=x.snaplint.yaml",
    b"--help.snaplint.yaml",
    b"--.snaplint.yaml",
    b"-q.snaplint.yaml",
    b"-.snaplint.yaml",
    b"a b.snaplint.yaml",
    b" .snaplint.yaml",
    b"a\nb.snaplint.yaml",
    b"\n.snaplint.yaml",
    b"\"'`$(touch owned).snaplint.yaml",
    b"a\\b;|&<>.snaplint.yaml",
    b"caf\xe9.snaplint.yaml",
    b"\x1b]0;title\x07.snaplint.yaml",
    b"[x]?.snaplint.yaml",
    b"@args.snaplint.yaml",
]
WHO = {f"GIT_{role}_{what}": "test@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
SHIM = '#!/bin/sh\ncommand=$1; shift\nexec {python} -P -m snaplint "$command" --format json "$@"\n'


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a shell in which `snaplint` prints JSON."""
    programs = folder.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "snaplint").write_text(SHIM.format(python=shlex.quote(sys.executable)))
    (programs / "snaplint").chmod(0o755)
    env = environment({"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull, **WHO})
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True, timeout=PATIENCE, check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository in which every file was good in the last commit, and is broken now."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for text in (READY, "{"):
        for name in NAMES:
            with open(os.path.join(os.fsencode(folder), name), "w", encoding="utf-8") as file:
                file.write(text)
        if text == READY:
            done = shell("git init --quiet && git add --all && git commit --quiet -m start", folder)
            assert done.returncode == 0, done.stderr
    return folder


def test_readme_has_a_line_for_globs_and_one_for_xargs() -> None:
    assert any("*.snaplint.yaml" in line and "xargs" not in line for line in RUN)
    assert any("xargs -0" in line for line in RUN)


@pytest.mark.parametrize("line", RUN)
def test_every_file_is_checked_whatever_its_name(repository: Path, line: str) -> None:
    done = shell(line, repository)
    assert done.stderr == b""
    assert done.returncode in (2, 123)  # xargs has a code of its own for a failure
    found = {each["path"] for each in json.loads(done.stdout)["errors"]}
    assert found == {os.fsdecode(name) for name in NAMES}
    assert not (repository / "owned").exists()
    assert b"\x1b" not in done.stdout

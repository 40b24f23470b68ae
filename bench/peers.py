"""The tools that snaplint is compared with: each is installed in a folder below .bench/ and runs as its own process.

None of their code is in this repository or part of snaplint: PMapper and iam-simulate are under the AGPL. The benchmark
skips a tool that cannot be installed (no network, no node), and says so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".bench"
DRIVERS = ROOT / "bench" / "drivers"


def venv(name: str, *packages: str) -> Path | None:
    """Return the folder of the programs of a virtual environment with these packages; None if installing fails."""
    folder = SCRATCH / name
    programs = folder / "bin"
    commands = [
        [sys.executable, "-m", "venv", str(folder)],
        [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", *packages],
    ]
    return programs if _installed(folder, packages, commands) else None


def npm(name: str, *packages: str) -> Path | None:
    """Return a node_modules folder with these packages; None if installing fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        print(f"{name}: skipped, because node or npm is missing")
        return None
    folder = SCRATCH / name
    command = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), *packages]
    return folder / "node_modules" if _installed(folder, packages, [command]) else None


def _installed(folder: Path, packages: tuple[str, ...], commands: list[list[str]]) -> bool:
    """Run the commands unless they succeeded before for the same packages, and return True on success."""
    done = folder / "done"
    if done.exists() and done.read_text() == "\n".join(packages):
        return True
    folder.mkdir(parents=True, exist_ok=True)
    for command in commands:
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        if process.returncode:
            last = (process.stderr.strip() or process.stdout.strip()).splitlines()[-1:]
            print(f"{folder.name}: skipped, because it could not be installed: {' '.join(last)}")
            return False
    done.write_text("\n".join(packages))
    return True


class Driver:
    """A warm process that runs a workload once at its start, and then on demand."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def started(self) -> dict[str, Any] | None:
        """Return what the process reports at its start; None if it fails."""
        line = self._line()
        found: dict[str, Any] | None = json.loads(line) if line else None
        return found

    def seconds(self, times: int) -> float:
        """Return the processor time, in seconds, of this many runs of the workload."""
        assert self._process.stdin is not None  # noqa: S101  # it is a pipe
        self._process.stdin.write(f"{times}\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout.readline()

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

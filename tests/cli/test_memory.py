"""A limit of memory: reads need no more than the size of a file, and a lack of memory is not an internal error."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.test_breakage import LINE
from tests.cli.world import READY, write
from tests.conftest import PATIENCE, ROOT, environment

from snaplint.syntax.bounded import at_most

if TYPE_CHECKING:
    from pathlib import Path


class Asked(io.BytesIO):
    """A stream that notes the most that it was asked for at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0
        self.most = max(self.most, size)
        return super().read(size)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000, 1_000_000, 1_000_001, 2_000_000])
def test_a_read_asks_for_no_more_than_the_file_needs(size: int) -> None:
    stream = Asked(bytes(size))
    assert len(at_most(stream, 1_000_001)) == min(size, 1_000_001)
    assert stream.most <= max(size, 65_536)


def limited(kilobytes: int, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of this Python with a limit of its address space."""
    return subprocess.run(
        ["sh", "-c", f'ulimit -v {kilobytes} && exec "$@"', "sh", sys.executable, *command],
        env=environment({"PYTHONPATH": str(ROOT / "src")}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def least(*command: str, stdin: str = "") -> int:
    """Return the least limit, in kilobytes and to about a megabyte, under which a command succeeds."""
    return next(
        limit for limit in range(8_000, 400_000, 1_000) if limited(limit, *command, stdin=stdin).returncode == 0
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the address space")
@pytest.mark.parametrize("form", ["yaml", "simulate"])
def test_lack_of_memory_is_said(tmp_path: Path, form: str) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    lines = "".join(json.dumps({"id": number, **LINE}) + "\n" for number in range(20))
    commands = {
        "yaml": ("check", str(tmp_path / "a.snaplint.yaml")),
        "simulate": ("simulate",),
    }
    stdin = lines if form == "simulate" else ""
    command = ("-m", "snaplint", *commands[form])
    starts, enough = least("-c", "import snaplint.cli"), least(*command, stdin=stdin)
    assert enough - starts < 16_000, "a small file needs no 16 MB"
    refused = 0
    for limit in range(starts + 1_000, enough, 600):
        run = limited(limit, *command, stdin=stdin)
        assert run.returncode in (0, 2), run.stderr
        assert "this is an error in snaplint" not in run.stderr
        refused += run.returncode == 2 and "memory" in run.stdout + run.stderr
    assert refused

"""The server ends with the tests, even if they are killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

from tests.conftest import PATIENCE, ROOT
from tests.oracle.server import running

if TYPE_CHECKING:
    from pathlib import Path

_KILLED = """
import sys, time
from pathlib import Path
from tests.oracle.server import running
with running(Path(sys.argv[1])) as address:
    print(address, flush=True)
    time.sleep(3600)
"""


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/_ministack/health", timeout=PATIENCE).close()  # noqa: S310 - loopback
    except OSError:
        return False
    return True


def test_server_ends_with_its_block_and_servers_do_not_clash(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        assert one != two
        assert answers(one)
        assert answers(two)
    assert not answers(one)
    assert not answers(two)


def test_server_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    path = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert answers(address)
    process.kill()
    process.communicate()
    end = time.monotonic() + PATIENCE
    while answers(address) and time.monotonic() < end:
        time.sleep(0.05)
    assert not answers(address)

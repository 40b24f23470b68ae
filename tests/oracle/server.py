"""ministack, an emulator of AWS that enforces IAM policies, as a process of its own on a free port of the loopback.

It is installed beside the other packages and not among them, because it pins its own botocore (`make oracle`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLED = Path(sys.prefix) / "ministack"
TRIES = 5

_PROGRAM = """
import os, sys, threading
def end():
    sys.stdin.read()  # until the tests end, however they do
    os._exit(0)
threading.Thread(target=end, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
"""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server that keeps its files in `folder`, and yield its address; it ends with the block."""
    assert INSTALLED.is_dir(), f"{INSTALLED} is missing: run `make {Path(sys.prefix).name}/ministack.done`"
    for _ in range(TRIES):
        port = _free_port()
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-s", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=_environment(folder, port),
        )
        try:
            address = f"http://127.0.0.1:{port}"
            if _is_up(process, address):
                yield address
                return
        finally:
            process.kill()
            process.communicate()
            log.close()
    raise AssertionError((folder / "log").read_text(errors="replace"))


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Return an environment without the user's settings and without Docker, with policies enforced."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(INSTALLED),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "DOCKER_HOST": f"unix://{folder}/none",
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": "s3,iam,sts",
        "LOG_LEVEL": "ERROR",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_up(process: subprocess.Popen[bytes], address: str) -> bool:
    """Wait until the server answers; False if it has ended, such as when another process has taken the port."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_ministack/health", timeout=PATIENCE):  # noqa: S310 - loopback
                return True
        except OSError:
            time.sleep(0.05)
    return False

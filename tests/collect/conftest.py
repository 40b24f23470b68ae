"""moto's AWS as a separate process, without the environment of the user who runs the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from tests.collect.fake_aws import FakeAws
from tests.collect.replay import Replay, recorded_replays
from tests.conftest import PATIENCE, is_scrubbed

from snaplint.collect.collector import RequestFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "111122223333"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def moto_process() -> Iterator[str]:
    """Yield the address of moto's server: https://docs.getmoto.org/en/latest/docs/server_mode.html"""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not is_scrubbed(name)}
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**environment, "MOTO_ACCOUNT_ID": ACCOUNT},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not answers(url):
                assert process.poll() is None, "moto's server ended"
                assert time.monotonic() < until, "moto's server does not answer"
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()


@pytest.fixture
def moto(moto_process: str) -> str:
    """Return the address of moto's server, which is empty."""
    request = urllib.request.Request(f"{moto_process}/moto-api/reset", method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        return moto_process


@pytest.fixture
def aws(moto: str) -> Iterator[FakeAws]:
    """Yield the fake server in front of moto."""
    with FakeAws(moto) as fake:
        yield fake


@pytest.fixture(scope="module")
def replays(moto_process: str) -> dict[str, Replay]:
    """Return the replays of a user and of a role, which have recorded every right answer."""
    return recorded_replays(moto_process)


@pytest.fixture(autouse=True)
def facts_send_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail every test in which `facts()` needs a read that the prefetch has not made."""
    facts = RequestFacts.facts

    def checked(self: RequestFacts) -> dict[str, object]:
        prefetched = set(self._reads._cache)
        made = facts(self)
        forgotten = sorted(str(read) for read in self._reads._cache.keys() - prefetched)
        assert not forgotten, f"not prefetched: {forgotten}"
        return made

    monkeypatch.setattr(RequestFacts, "facts", checked)

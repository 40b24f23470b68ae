"""Bounded reads of files: what is refused unless the user named it, and what is refused always."""

from __future__ import annotations

import os
import stat
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from snaplint.base.source import Unreadable
from snaplint.syntax import reading

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path | str, most: int = 100, *, is_named: bool = False) -> str:
    with pytest.raises(Unreadable) as caught:
        reading.whole(str(path), most, is_named=is_named)
    return caught.value.message


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_file_of_at_most_the_limit_is_read_whole(tmp_path: Path, size: int, is_named: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert reading.whole(str(path), size, is_named=is_named) == b"x" * size
    assert reading.beginning(str(path), size + 1, is_named=is_named) == b"x" * size
    assert reading.beginning(str(path), size // 2, is_named=is_named) == b"x" * (size // 2)


@pytest.mark.parametrize("is_named", [False, True])
def test_larger_file_is_refused_without_reading_it(tmp_path: Path, is_named: bool) -> None:
    path = tmp_path / "file"
    path.touch()
    os.truncate(path, 1 << 40)
    assert refused(path, 2 << 20, is_named=is_named) == "larger than 2 MiB"


def test_pipe_is_read_only_if_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refused(path) == "it is not a regular file"  # without a writer to wait for
    writer = threading.Thread(target=path.write_bytes, args=(b"text",))
    writer.start()
    assert reading.whole(str(path), 100, is_named=True) == b"text"
    writer.join()


def test_device_is_read_only_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    assert refused(tmp_path / "link") == refused("/dev/zero") == "it is not a regular file"
    assert refused("/dev/zero", 1 << 20, is_named=True) == "larger than 1 MiB"


@pytest.mark.parametrize("is_named", [False, True])
def test_what_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path, is_named: bool) -> None:
    assert refused(tmp_path, is_named=is_named) == "it is a folder"
    assert refused(tmp_path / "gone", is_named=is_named) == "no such file or directory"
    assert refused("a\0b", is_named=is_named) == "it is not a possible path"
    assert refused("a\ud800b", is_named=is_named) == "it is not a possible path"
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    assert refused(tmp_path / "socket", is_named=is_named).startswith(
        "no such device" if is_named else "it is not a regular file"
    )


def test_pipe_put_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.touch()
    before = os.stat(path)
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _: before)
    descriptors = os.listdir("/dev/fd")
    assert refused(path) == "it is not a regular file"
    assert os.listdir("/dev/fd") == descriptors


def test_error_while_reading_is_a_refusal() -> None:
    assert refused("/proc/self/mem", is_named=True) == "input/output error"


def test_closed_standard_input_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(Unreadable, match="standard input is closed"):
        reading.whole_input(100)

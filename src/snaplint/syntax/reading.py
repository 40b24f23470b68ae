"""Files as bytes: the only place where a file of the user's is opened to be read, never more of it than a limit.

A pipe, a device or a socket is read only if the user named it, because opening one waits for a writer or reading it
never ends. https://man7.org/linux/man-pages/man7/fifo.7.html
"""

from __future__ import annotations

import os
import stat
import sys

from snaplint.base.source import Unopened, Unreadable
from snaplint.base.wording import os_reason
from snaplint.syntax.bounded import at_most

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def whole(path: str, most: int, *, is_named: bool = False) -> bytes:
    """Return the bytes of a file of at most `most` bytes. Raises Unreadable if it is larger or cannot be read.

    `is_named` is True for a file that the user named, which may be a pipe or a device.
    """
    return _within(beginning(path, most + 1, is_named=is_named), most)


def beginning(path: str, most: int, *, is_named: bool = False) -> bytes:
    """Return the first `most` bytes of a file, or all if it has fewer. Raises Unreadable if it cannot be read."""
    with opened(path, is_named=is_named) as file:
        return _read(file, most)


def opened(path: str, *, is_named: bool = False) -> BinaryIO:
    """Return a file that is open for reading. Raises Unopened if it cannot be opened, or may not be."""
    try:
        mode = os.stat(path).st_mode  # before it is opened, which some devices act on
        if stat.S_ISDIR(mode):
            raise Unopened("it is a folder")
        if is_named:
            return open(path, "rb")
        _require_regular(mode)
        return open(path, "rb", opener=_open_at_once)
    except OSError as error:
        raise Unopened(os_reason(error)) from error
    except ValueError as error:  # a NUL or a lone surrogate in the name
        raise Unopened("it is not a possible path") from error


def whole_input(most: int) -> bytes:
    """Return standard input of at most `most` bytes. Raises Unreadable if it has more or cannot be read."""
    return _within(beginning_of_input(most + 1), most)


def beginning_of_input(most: int) -> bytes:
    """Return the first `most` bytes of standard input, or all if it has fewer. Raises Unreadable if it is closed."""
    if sys.stdin is None:
        raise Unreadable("standard input is closed")
    return _read(sys.stdin.buffer, most)


def _read(file: BinaryIO, most: int) -> bytes:
    try:
        return at_most(file, most)
    except OSError as error:
        raise Unreadable(os_reason(error)) from error


def _within(raw: bytes, most: int) -> bytes:
    if len(raw) > most:
        raise Unreadable(f"larger than {most >> 20} MiB")
    return raw


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Unopened("it is not a regular file")


def _open_at_once(path: str, flags: int) -> int:
    """Open a regular file; what has replaced it since it was looked at is neither waited for nor read."""
    descriptor = os.open(path, flags | _AT_ONCE)
    try:
        _require_regular(os.fstat(descriptor).st_mode)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor

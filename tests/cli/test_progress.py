"""The bar and the lines of progress: on standard error, with escapes removed, and the bar erased at the end."""

from __future__ import annotations

import builtins
import io
import sys
from typing import TYPE_CHECKING

import pytest

from snaplint.cli.aws.progress import progress

if TYPE_CHECKING:
    from typing import Any

ESCAPE = "s3:GetBucketPolicy \x1b[2Jexports"


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, *, bar: bool, lines: bool) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress(bar=bar, lines=lines) as show:
        if show is not None:
            show(ESCAPE, 1, 3)
            show("[bold]s3:GetBucketAcl", 2, 3)
    return stream.getvalue()


@pytest.fixture
def without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def imported(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "rich":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", imported)


def test_no_progress_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, io.StringIO(), bar=True, lines=False) == ""
    assert shown(monkeypatch, Terminal(), bar=False, lines=False) == ""


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_lines(monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]) -> None:
    said = shown(monkeypatch, stream(), bar=stream is not Terminal, lines=True)
    assert said == "read 1 of 3: s3:GetBucketPolicy \\x1b[2Jexports\nread 2 of 3: [bold]s3:GetBucketAcl\n"


@pytest.mark.usefixtures("without_rich")
def test_plain_bar_overwrites_itself_and_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    said = shown(monkeypatch, Terminal(), bar=True, lines=True)
    first = "reading from AWS: 1 of 3, s3:GetBucketPolicy \\x1b[2Jexports"
    second = "reading from AWS: 2 of 3, [bold]s3:GetBucketAcl"
    assert said.split("\r") == ["", first, second.ljust(len(first)), " " * len(second), ""]
    assert "\n" not in said
    assert "\x1b" not in said


def test_rich_bar_is_escaped_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    said = shown(monkeypatch, Terminal(), bar=True, lines=False)
    assert "reading" in said
    assert "\x1b[2J" not in said
    assert said.rstrip("\x1b[?25h\r").endswith("\x1b[2K") or "\x1b[2K" in said


def test_rich_is_imported_for_a_bar_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    shown(monkeypatch, io.StringIO(), bar=True, lines=True)
    assert "rich" not in sys.modules
    shown(monkeypatch, Terminal(), bar=True, lines=False)
    assert "rich" in sys.modules

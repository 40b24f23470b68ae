"""The two parsers of `snaplint check`: whatever `read_plain` accepts, argparse reads in the same way."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snaplint.cli import options
from snaplint.cli.options import CHECK_OPTIONS, read, read_plain

NAMES = [name for option in CHECK_OPTIONS for name in option.names]
VALUES = [
    "",
    "-",
    "--",
    ".",
    "a",
    "json",
    "text",
    "error",
    "warning",
    "always",
    "auto",
    "a=b",
    "-x",
    "--json",
    "b c",
    "=",
    "é",
]
WORDS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(VALUES),
    st.builds("{}={}".format, st.sampled_from(NAMES), st.sampled_from(VALUES)),
    st.sampled_from(
        ["-vq", "-h", "--help", "--form", "--fail", "--no-color", "-qa", "--strict=1", "@file", "-1", "-v=1"]
    ),
    st.text(max_size=4),
)


def by_argparse(arguments: list[str]) -> dict[str, Any] | None:
    """Return what argparse reads from a command line; None if it rejects it or prints help."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            return vars(options.read_any(arguments))
        except SystemExit:
            return None


@given(st.lists(WORDS, max_size=6))
@example(["--rules", "a", "b", "--rules=c"])
@example(["--format", "json", "--format", "text", "x"])
@example(["--strict", "--no-strict"])
@example(["-"])
@example(["--exclude", "-"])
@example(["--exclude=", "x"])
@example(["a", "--", "-b"])
@example(["--", "--exclude=*", "--", "-q"])
@example(["--exclude", "--", "x"])
@example([""])
@example(["--config=a=b"])
def test_quick_reader_agrees_with_argparse(arguments: list[str]) -> None:
    found = read_plain(arguments)
    if found is not None:
        assert vars(found) == by_argparse(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["."],
        ["-"],
        ["a.snaplint.yaml", "b.snaplint.yaml"],
        ["--format", "json", "a"],
        ["--format=json", "a"],
        ["--strict", "--fail-on", "warning", "a"],
        ["--force-exclude", "a"],
        ["-q", "a"],
        ["--rules", "r", "--exclude", "v", "a"],
        ["--color=never"],
        ["--force-exclude", "--", "--exclude=*.snaplint.yaml", "-q"],
    ],
    ids=" ".join,
)
def test_usual_command_lines_are_read_quickly(arguments: list[str]) -> None:
    assert read_plain(arguments) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["-vq"],
        ["--form", "json"],
        ["--format"],
        ["--format", "xml"],
        ["--nonsense"],
        ["--exclude", "--"],
        ["--strict=1"],
    ],
    ids=" ".join,
)
def test_odd_command_lines_are_left_to_argparse(arguments: list[str]) -> None:
    assert read_plain(arguments) is None


@pytest.mark.parametrize(
    ("arguments", "key", "value"),
    [
        (["-vq", "a"], "quiet", True),
        (["--form", "json", "a"], "format", "json"),
        (["--", "-a"], "paths", ["-a"]),
        (["a", "--strict", "b"], "paths", ["a", "b"]),
        (["--exclude=-x"], "exclude", ["-x"]),
        (["-v", "--", "-a", "b"], "paths", ["-a", "b"]),
    ],
    ids=str,
)
def test_odd_command_lines_are_understood(arguments: list[str], key: str, value: object) -> None:
    assert getattr(read(arguments), key) == value


def test_lists_are_not_shared_between_runs() -> None:
    for each in (["--rules", "a"], ["--rules", "a", "--"]):
        read(each)
        assert read(each).rules == ["a"]


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read(["--help"])
    said = capsys.readouterr().out
    assert [name for name in NAMES if name not in said] == []
    assert [option.help_text for option in CHECK_OPTIONS if option.help_text.split()[0] not in said] == []

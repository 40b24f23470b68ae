"""The table of formats: one module per format, which the command line offers without another change."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.report.fakes import pieces
from tests.report.story import FAULTS, RESULTS
from tests.scratch import program

import snaplint.report.formats
from snaplint.base.tables import modules
from snaplint.cli import options
from snaplint.report.registry import REPORTERS, format_help, reporter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Run

FOLDER = Path(snaplint.report.formats.__file__).parent
(FORMAT,) = (option for option in options.CHECK_OPTIONS if option.key == "format")

PREFLIGHT = """\
version: 1
account: "111122223333"
region: us-east-1
requests: [{SourceSnapshotName: nightly, TargetSnapshotName: orders, TargetBucket: exports}]
buckets: {exports: {region: eu-west-1}}
"""

SCRATCH = '''\
"""Counts."""

FOR = "for 100% of the tests"


def chunks(stream, run):
    for each in stream:
        yield f"a {type(each).__name__}\\n"
    yield f"{len(run.rules)} rules, {run.tally.requests} request, {run.tally.faults} fault, {run.version}\\n"
'''

SILENT = '''\
"""Draws nothing."""


def chunks(stream, run):
    return iter(())
'''


def test_choices_table_and_folder_are_one() -> None:
    assert set(REPORTERS) == set(modules(str(FOLDER)))
    assert FORMAT.choices == tuple(REPORTERS)
    assert {name: f"snaplint.report.formats.{name}" for name in REPORTERS} == REPORTERS


def test_text_and_json_are_named_first_and_the_rest_by_name() -> None:
    rest = list(REPORTERS)[2:]
    assert [*REPORTERS] == ["text", "json", *sorted(rest)]


@pytest.mark.parametrize("name", REPORTERS)
def test_a_format_is_one_function_and_says_what_it_is_for(name: str) -> None:
    module = reporter(name)
    assert list(inspect.signature(module.chunks).parameters) == ["stream", "run"]
    assert module.FOR in format_help()


@pytest.mark.parametrize("name", REPORTERS)
def test_a_format_draws_the_whole_stream_and_counts_nothing_itself(name: str) -> None:
    drawn: list[object] = []

    def stream() -> Iterator[object]:
        for each in (*RESULTS, *FAULTS):
            drawn.append(each)
            yield each

    assert "".join(pieces(name, stream()))  # type: ignore[arg-type]
    assert drawn == [*RESULTS, *FAULTS]


def test_a_scratch_reporter_is_one_new_file(run_snaplint: Run, tmp_path: Path) -> None:
    env = program(tmp_path, "report/formats/scratch.py", SCRATCH)
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.snaplint.yaml").write_text(PREFLIGHT, encoding="utf-8")
    (project / "b.snaplint.yaml").write_text("[", encoding="utf-8")
    said = run_snaplint("check", "--format", "scratch", cwd=project, env=env)
    *items, last = said.stdout.splitlines()
    assert (items, said.stderr) == (["a Result", "a Fault"], "")
    assert "rules, 1 request, 1 fault, " in last
    assert said.returncode == 2
    names = ["text", "json", *sorted([*list(REPORTERS)[2:], "scratch"])]
    helped = run_snaplint("check", "--help", cwd=tmp_path, env=env).stdout
    words = " ".join(helped.split())
    assert f"--format {{{','.join(names)}}}" in words
    assert "text for people, json for programs" in words
    assert "scratch for 100% of the tests" in words
    refused = run_snaplint("check", "--format", "scratches", cwd=tmp_path, env=env)
    assert f"(choose from {', '.join(map(repr, names))})" in refused.stderr


def test_the_exit_code_never_looks_at_the_format(run_snaplint: Run, tmp_path: Path) -> None:
    env = program(tmp_path, "report/formats/silent.py", SILENT)
    (tmp_path / "a.snaplint.yaml").write_text(PREFLIGHT, encoding="utf-8")
    said = run_snaplint("check", "--format", "silent", "a.snaplint.yaml", cwd=tmp_path, env=env)
    assert (said.returncode, said.stdout, said.stderr) == (1, "", "")
    (tmp_path / "b.snaplint.yaml").write_text("[", encoding="utf-8")
    assert run_snaplint("check", "--format=silent", "b.snaplint.yaml", cwd=tmp_path, env=env).returncode == 2


def test_the_other_formats_are_not_loaded() -> None:
    """A module of `report/` that imports a format would load it in every run."""
    for path in FOLDER.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("snaplint.report.formats"), path.name

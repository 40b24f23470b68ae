"""The table of readers, and what is the same for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.scratch import program

import snaplint.read.formats
from snaplint.base.source import Fault, parted
from snaplint.base.tables import modules
from snaplint.read.formats import preflight
from snaplint.read.preflight import read_preflight
from snaplint.read.preflights import preflights
from snaplint.read.reader import Draft
from snaplint.read.registry import READERS, reader, recognised, suffixes
from snaplint.syntax.document import embedded, parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from tests.conftest import Run

FOLDER = Path(snaplint.read.formats.__file__).parent

SCRATCH = '''\
"""Requests as lines of `Member=value`, one request a file."""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.read.reader import Draft
from snaplint.syntax.document import Syntax

name = "scratch"
suffixes = (".request.txt",)


class _Lines:
    """Return the places of the lines of a text."""

    def __init__(self, text):
        self._text = text

    def extent(self, route):
        lines = self._text.splitlines(keepends=True)
        if not route or not isinstance(route[0], int):
            return 0, len(self._text)
        start = sum(map(len, lines[: route[0]]))
        return start, start + len(lines[route[0]].rstrip())

    def within(self, route, value):
        return None


syntax = Syntax("lines", str.splitlines, _Lines)


def recognises(path, head):
    return path.endswith(suffixes) and b"=" in head


def translate(document):
    members, mounts = {}, {("requests", 0): (document, (0,))}
    for number, line in enumerate(document.data):
        name, equals, value = line.partition("=")
        if not equals:
            yield Fault(document.path, number + 1, 1, "expected `Member=value`")
            continue
        members[name] = value
        mounts["requests", 0, name] = (document, (number,))
    yield Draft({"version": 1, "account": "111122223333", "region": "us-east-1", "requests": [members]}, mounts)
'''

REQUEST = "SourceSnapshotName=nightly\nTargetSnapshotName=orders\nTargetBucket=s3://exports\nso be it\n"


def pythons(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}


def test_table_and_folder_are_one() -> None:
    assert set(READERS) == set(modules(str(FOLDER)))


@pytest.mark.parametrize("name", READERS)
def test_a_reader_is_called_as_its_module(name: str) -> None:
    assert reader(name).name == name
    assert all(suffix.startswith(".") for suffix in reader(name).suffixes)
    assert set(reader(name).suffixes) <= set(suffixes())


# -- which reader


@pytest.mark.parametrize("suffix", [".snaplint.yaml", ".snaplint.yml", ".snaplint.json"])
def test_a_file_called_as_a_preflight_file_is_one_whatever_it_holds(suffix: str) -> None:
    assert recognised(f"a{suffix}", b"\xff") is preflight


def test_a_named_file_that_no_reader_recognises_is_read_as_a_preflight_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"version": 1}', encoding="utf-8")
    assert recognised(str(path), b"{") is None
    for named in (None, [str(path)], [str(tmp_path / "x" / ".." / "facts.json")]):
        _, faults = parted(preflights([str(path)], Files(), named=named))
        assert any("requests" in fault.message for fault in faults)


def test_a_found_file_that_no_reader_recognises_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text("{", encoding="utf-8")
    assert list(preflights([str(path)], Files(), named=[str(tmp_path)])) == []


def test_a_scratch_reader_is_one_new_file(run_snaplint: Run, tmp_path: Path) -> None:
    env = program(tmp_path / "program", "read/formats/scratch.py", SCRATCH)
    project = tmp_path / "project"
    (project / "runbook").mkdir(parents=True)
    (project / "runbook" / "a.request.txt").write_text(REQUEST, encoding="utf-8")
    (project / "runbook" / "b.request.txt").write_text("no word of ours\n", encoding="utf-8")
    said = run_snaplint("check", "-q", project.name, cwd=tmp_path, env=env)
    lines = said.stdout.splitlines()
    assert any(line.startswith("project/runbook/a.request.txt:3:1: error[bucket-name-invalid]") for line in lines)
    assert "project/runbook/a.request.txt:4:1: error: expected `Member=value`" in lines
    assert (said.returncode, said.stderr) == (2, "")
    assert "b.request.txt" not in said.stdout
    framed = run_snaplint("check", project.name, cwd=tmp_path, env=env).stdout
    assert "project/runbook/a.request.txt:1  orders -> s3://exports" in framed
    assert "3 | TargetBucket=s3://exports\n" in framed


def test_the_scratch_reader_was_all_that_was_written(tmp_path: Path) -> None:
    program(tmp_path, "read/formats/scratch.py", SCRATCH)
    ours, theirs = pythons(Path(snaplint.__file__).parent), pythons(tmp_path / "src" / "snaplint")
    assert {name for name in theirs if theirs[name] != ours.get(name)} == {"read/formats/scratch.py"}


# -- drafts


SCRIPT = parse("export.json", b'{"calls": [{"to": "exports"}],\n "policy": "{\\"Statement\\": 1}"}')
BASE = {"version": 1, "account": "111122223333", "region": "us-east-1"}


def test_a_route_below_a_mount_goes_on_from_there_and_others_through_the_document() -> None:
    data = {**BASE, "requests": [{"TargetBucket": "exports"}]}
    draft = Draft(
        data, {("requests", 0): (SCRIPT, ("calls", 0)), ("requests", 0, "TargetBucket"): (SCRIPT, ("calls", 0, "to"))}
    )
    ((found,), faults) = parted(read_preflight(SCRIPT, Files(), draft))
    assert faults == []
    assert found.source.place(("requests", 0)).span[:2] == (1, 12)
    assert found.source.place(("requests", 0, "TargetBucket")).span[:2] == (1, 19)
    assert found.source.place(("policy",)).span[:2] == (2, 12)


def test_what_a_reader_has_added_stands_where_the_mount_of_the_root_says() -> None:
    draft = Draft({**BASE, "region": "", "requests": [{}]}, {(): (SCRIPT, ("calls", 0))})
    (fault,) = read_preflight(SCRIPT, Files(), draft)
    assert isinstance(fault, Fault)
    assert (fault.path, fault.line, fault.column) == ("export.json", 1, 12)
    assert "region" in fault.message


def test_a_draft_is_validated_and_its_faults_stand_where_its_values_do() -> None:
    draft = Draft({**BASE, "requests": "none"}, {("requests",): (SCRIPT, ("policy",))})
    (fault,) = read_preflight(SCRIPT, Files(), draft)
    assert isinstance(fault, Fault)
    assert (fault.path, fault.line, fault.column) == ("export.json", 2, 12)
    assert "requests" in fault.message


def test_an_answer_of_the_aws_cli_that_a_reader_has_put_together_keeps_its_places() -> None:
    """The reader mounts the policy, so that its own wrapper does not change the places."""
    held = embedded(SCRIPT, ("policy",))
    route = ("buckets", "exports", "policy", "Policy")
    data = {**BASE, "requests": [{}], "buckets": {"exports": {"policy": {"Policy": held.data}}}}
    ((found,), faults) = parted(read_preflight(SCRIPT, Files(), Draft(data, {route: (held, ())})))
    assert faults == []
    assert found.source.place(("buckets", "exports", "policy", "Statement")).span[:2] == (2, 29)

"""What an audit reports about a request is placed where the user wrote it: in the flags, or the file of --requests."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.world import READY, report

import snaplint.collect
from snaplint.cli.aws.requests_file import read_requests
from snaplint.cli.aws.typed import CommandLine, file_document
from snaplint.collect import Collected
from snaplint.operations.registry import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.conftest import Ended, Run

ACCOUNT = "111122223333"
NAMES = ["--source-snapshot-name", "nightly", "--target-snapshot-name", "orders"]


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return facts with which every condition passes, about any requests."""
    import yaml

    def collect(requests: Sequence[Mapping[str, object]], _connection: object, **_how: object) -> Collected:
        return Collected({**yaml.safe_load(READY), "requests": list(requests)}, (), interrupted=False)

    monkeypatch.setattr(snaplint.collect, "Connection", lambda **_how: None)
    monkeypatch.setattr(snaplint.collect, "collect", collect)


def place(run: Ended, rule: str, request: int = 0) -> tuple[str, int, int, int]:
    """Return the path, line, column and end column of the verdict of a rule, which fails."""
    (found,) = [each for each in report(run)["results"][request]["verdicts"] if each["rule"] == rule]
    assert found["verdict"] == "fails"
    at = found["location"]
    assert at["line"] == at["end_line"]
    return at["path"], at["line"], at["column"], at["end_column"]


def marked(run: Ended, rule: str, *arguments: str) -> str:
    """Return the part of the command line at which the verdict of a rule is placed."""
    path, line, column, end = place(run, rule)
    assert (path, line) == ("<command line>", 1)
    return f"snaplint audit {shlex.join(arguments)}"[column - 1 : end - 1]


@pytest.mark.parametrize(
    ("arguments", "rule", "expected"),
    [
        ([*NAMES, "--target-bucket", "s3://x y"], "bucket-name-invalid", "--target-bucket 's3://x y'"),
        ([*NAMES, "--target-bucket=s3://x"], "bucket-name-invalid", "--target-bucket=s3://x"),
        ([*NAMES, "--target-b", "s3://x"], "bucket-name-invalid", "--target-b s3://x"),
        ([*NAMES, "--target-bucket", "acme-exports", "--target-bucket", "s3://x"], "bucket-name-invalid", "s3://x"),
        (["--source-snapshot-name", "nightly"], "request-malformed", "copy-snapshot"),
        ([*NAMES, "--tags", "Key=a", "Key=aws:b", "--debug"], "tag-invalid", "--tags Key=a Key=aws:b"),
        (
            [*NAMES, "--cli-input-json", '{"TargetBucket": "s3://x"}'],
            "bucket-name-invalid",
            '--cli-input-json \'{"TargetBucket": "s3://x"}\'',
        ),
    ],
)
def test_a_member_is_at_its_flag(
    snaplint_here: Run, tmp_path: Path, arguments: list[str], rule: str, expected: str
) -> None:
    whole = ["aws", "elasticache", "copy-snapshot", *arguments]
    run = snaplint_here("audit", *whole, "--format", "json", cwd=tmp_path)
    assert marked(run, rule, *whole, "--format", "json").endswith(expected)


def test_the_text_shows_the_flag(snaplint_here: Run, tmp_path: Path) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--target-bucket", "s3://x\x1b[2J", cwd=tmp_path)
    assert "--> <command line>:1:" in run.stdout
    assert "--target-bucket 's3://x\\x1b[2J'" in run.stdout
    assert "\x1b" not in run.stdout
    assert "--> <facts>" not in run.stdout


REQUESTS = [
    {"SourceSnapshotName": "nightly", "TargetSnapshotName": "a", "TargetBucket": "acme-exports"},
    {"SourceSnapshotName": "nightly", "TargetSnapshotName": "b", "TargetBucket": "s3://x"},
]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("r.jsonl", "".join(f"  {json.dumps(each)}\r\n\r\n" for each in REQUESTS), 3),
        ("r.json", json.dumps(REQUESTS, indent=1), 10),
        ("r.yaml", "\n".join(f"- {json.dumps(each)}" for each in REQUESTS), 2),
        ("r.snaplint.json", json.dumps({"version": 1, "requests": REQUESTS}, indent=1), 12),
        ("one.json", json.dumps(REQUESTS[1], indent=1), 4),
    ],
)
def test_a_request_of_a_file_is_in_the_file(
    snaplint_here: Run, tmp_path: Path, name: str, text: str, line: int
) -> None:
    (tmp_path / name).write_bytes(text.encode())
    run = snaplint_here("audit", "copy-snapshot", "--requests", name, "--format", "json", cwd=tmp_path)
    path, found, column, end = place(run, "bucket-name-invalid", -1)
    assert (path, found) == (name, line)
    assert text.splitlines()[line - 1][column - 1 : end - 1] == '"s3://x"'


def test_a_member_that_a_flag_replaces_is_at_the_flag(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(REQUESTS))
    flags = ["copy-snapshot", "--requests", "r.json", "--target-bucket", "S3://y", "--format", "json"]
    run = snaplint_here("audit", *flags, cwd=tmp_path)
    assert marked(run, "bucket-name-invalid", *flags) == "--target-bucket S3://y"
    assert [each["request"]["location"]["path"] for each in report(run)["results"]] == ["r.json", "r.json"]


def test_saved_facts_have_the_requests_too(snaplint_here: Run, tmp_path: Path) -> None:
    flags = ["--target-bucket", "s3://x", "--save-facts", "f.json", "--format", "json"]
    run = snaplint_here("audit", "copy-snapshot", *NAMES, *flags, cwd=tmp_path)
    assert place(run, "bucket-name-invalid")[0] == "f.json"


def test_the_command_line_and_the_file_are_masked(snaplint_here: Run, tmp_path: Path) -> None:
    bucket = f"s3://acme-{ACCOUNT}"
    (tmp_path / "r.json").write_text(json.dumps([{**REQUESTS[0], "TargetBucket": bucket}]))
    url = ["--endpoint-url", "https://user:secret@aws.example"]
    for flags in (["--target-bucket", bucket, *NAMES], ["--requests", "r.json"]):
        run = snaplint_here("audit", "copy-snapshot", *flags, *url, "--redact", cwd=tmp_path)
        assert "bucket-name-invalid" in run.stdout
        assert "s3://acme-000000000001" in run.stdout
        assert ACCOUNT not in run.stdout
        assert "secret" not in run.stdout


def test_requests_of_the_command_line_collide_where_they_are_written(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps([REQUESTS[0], REQUESTS[0]], indent=1))
    run = snaplint_here("audit", "copy-snapshot", "--requests", "r.json", "--format", "json", cwd=tmp_path)
    second = report(run)["results"][1]["verdicts"]
    (blame,) = next(each["because"] for each in second if each["rule"] == "object-key-exists")
    assert (blame["path"], blame["line"]) == ("r.json", 2)


@given(st.lists(st.sampled_from([member for member in DEFAULT.members if member.role != "tags"])), st.data())
def test_each_flag_is_found_in_the_text(members: list[Any], data: st.DataObject) -> None:
    given_ = {
        member.name: (member.flag, data.draw(st.text().filter(lambda text: text[:2] != "--"))) for member in members
    }
    arguments = ["copy-snapshot", *(word for pair in given_.values() for word in pair)]
    line = CommandLine("audit", arguments, DEFAULT)
    for name, (flag, value) in given_.items():
        begin, end = line.extent((name,))
        assert shlex.split(line.text[begin:end]) == [flag, value] or "://" in value
    begin, end = line.extent(())
    assert line.text[begin:end] == "copy-snapshot"


def test_lines_of_blanks_are_passed_over_in_linear_time(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    file.write_text('{"TargetBucket": "a"}\n' + " \t" * 500_000 + '\n \x0b{"TargetBucket": "b"} \n')
    found = read_requests(str(file), DEFAULT)
    assert len(found.requests) == len(found.lines) == 2
    span = file_document(found, found.text).span((1, "TargetBucket"))
    assert (span.line, span.column) == (3, 20)

"""What `--format json` guarantees for examples and broken input: its schema, one verdict per rule, correct sums."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from tests.cli.world import ELSEWHERE, HEAD, READY, UNKNOWN, assert_sound, errors, report, verdicts, write
from tests.conftest import ROOT

from snaplint import schemas

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ended, Run

EXAMPLES = sorted({path.parent.relative_to(ROOT) for path in (ROOT / "examples").rglob("*.snaplint.*")})
SCHEMA = jsonschema.Draft7Validator(schemas.schema("report"))


def assert_valid(run: Ended) -> None:
    assert [error.message for error in SCHEMA.iter_errors(report(run))] == []
    assert_sound(run)
    assert run.stdout.isascii()
    assert run.stdout.endswith("\n")


@pytest.mark.parametrize("folder", EXAMPLES, ids=str)
@pytest.mark.parametrize("strict", [[], ["--strict"]], ids=["lenient", "strict"])
def test_every_example_gives_a_sound_report(snaplint_here: Run, folder: Path, strict: list[str]) -> None:
    run = snaplint_here("check", "--format", "json", *strict, str(folder))
    assert_valid(run)
    assert report(run)["results"] != []
    assert errors(run) == []


BROKEN = {
    "empty": "",
    "not-yaml": "version: [\n",
    "a-list": "[]\n",
    "a-number": "7\n",
    "no-members": "{}\n",
    "unknown-key": READY + "bukkets: {}\n",
    "unknown-version": READY.replace("version: 1", "version: 2"),
    "no-requests": HEAD + "requests: []\n",
    "request-is-a-number": HEAD + "requests: [3]\n",
    "request-of-odd-members": HEAD
    + "requests: [{SourceSnapshotName: 7, TargetBucket: [x], Color: {a: 1}, location: x}]\n",
    "request-of-nothing": HEAD + "requests: [{}]\n",
    "missing-policy": UNKNOWN + "buckets: {acme-exports: {policy: gone.json}}\n",
    "missing-facts": UNKNOWN + "facts: gone.json\n",
    "account-as-a-number": UNKNOWN.replace('"111122223333"', "11112222333"),
    "nulls": HEAD + "requests: null\n",
    "huge-number": HEAD + "requests: [{SourceSnapshotName: 1" + "0" * 400 + "}]\n",
    "infinite": HEAD + "requests: [{SourceSnapshotName: 1e999}]\n",
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in BROKEN.items()])
def test_broken_input_gives_a_sound_report(snaplint_here: Run, tmp_path: Path, text: str) -> None:
    other_name = READY.replace("orders-2026-11", "carts-2026-11")
    write(tmp_path, a_snaplint_yaml=text, b_snaplint_yaml=other_name)
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert_valid(run)
    assert report(run)["results"][-1]["outcome"] == "passes"
    assert all(path in ("a.snaplint.yaml", "gone.json") for path, *_ in errors(run))


@pytest.mark.parametrize("name", sorted(set(BROKEN) - {"request-of-odd-members", "request-of-nothing", "huge-number"}))
def test_broken_input_is_an_error_with_a_place(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, a_snaplint_yaml=BROKEN[name])
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.returncode == 2
    first = errors(run)[0]
    assert first[0] == "a.snaplint.yaml"
    lines = BROKEN[name].count("\n") + 1
    assert 1 <= first[1] <= lines
    assert not first[3].endswith(".")


@pytest.mark.parametrize("name", ["request-of-odd-members", "request-of-nothing"])
def test_faults_of_the_request_itself_are_verdicts(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, a_snaplint_yaml=BROKEN[name])
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.returncode == 1
    assert errors(run) == []
    assert verdicts(run)["request-malformed"]["verdict"] == "fails"


def test_several_requests_each_get_every_rule_once(snaplint_here: Run, tmp_path: Path) -> None:
    two = "  - {SourceSnapshotName: nightly, TargetSnapshotName: copy}\n  - {}\n"
    write(tmp_path, a_snaplint_yaml=ELSEWHERE.replace("buckets:", two + "buckets:"))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert_valid(run)
    assert [result["outcome"] for result in report(run)["results"]] == ["fails", "cannot-tell", "fails"]
    assert verdicts(run, 1)["bucket-outside-region"]["verdict"] == "not-applicable"


def test_members_of_a_result_are_those_that_are_promised(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=ELSEWHERE)
    run = snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)
    assert report(run)["schema_version"] == 1
    request = report(run)["results"][0]["request"]
    assert request == {
        "operation": "elasticache:CopySnapshot",
        "SourceSnapshotName": "nightly",
        "TargetSnapshotName": "orders-2026-11",
        "TargetBucket": "acme-exports",
        "location": {"path": "a.snaplint.yaml", "line": 5, "column": 5},
    }
    verdict = verdicts(run)["bucket-outside-region"]
    assert verdict["verdict"] == "fails"
    assert verdict["message"] == "bucket `acme-exports` is in eu-west-1, but the snapshot is in us-east-1"
    assert verdict["predicts"]["message"] == "The S3 bucket acme-exports is outside of the region."
    assert verdict["solution"] == "Create an Amazon S3 bucket in the same region as your snapshot."
    assert verdict["location"]["path"] == "a.snaplint.yaml"


def test_nothing_to_check_is_a_sound_report_too(snaplint_here: Run, tmp_path: Path) -> None:
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.returncode == 2
    assert_valid(run)
    assert "nothing to check in `.`" in run.stderr


def test_equal_requests_have_different_fingerprints_that_stay(snaplint_here: Run, tmp_path: Path) -> None:
    twice = (
        UNKNOWN + "  - {SourceSnapshotName: nightly, TargetSnapshotName: orders-2026-11, TargetBucket: acme-exports}\n"
    )
    write(tmp_path, a_snaplint_yaml=twice)
    before = snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)
    write(tmp_path, a_snaplint_yaml="# moved down by a line\n" + twice)
    after = snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)
    first, second = (verdicts(before, index)["bucket-outside-region"]["fingerprint"] for index in (0, 1))
    assert first != second
    assert first == verdicts(after, 0)["bucket-outside-region"]["fingerprint"]
    assert second == verdicts(after, 1)["bucket-outside-region"]["fingerprint"]


def test_report_is_one_json_document_on_standard_output_alone(run_snaplint: Run) -> None:
    run = run_snaplint("check", "--format", "json", "examples/first-try")
    assert run.returncode == 1
    assert run.stderr == ""
    assert isinstance(json.loads(run.stdout), dict)

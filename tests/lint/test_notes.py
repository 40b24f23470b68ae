"""Notes: names that nearly match, facts about something else, and facts that no request uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import BUCKET, SOURCE, TARGET, changed, good
from tests.preflight.project import write

from snaplint import check
from snaplint.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that checks files and returns the notes, as `RULE PATH LINE-TEXT MESSAGE`."""

    def run(data: object, files: dict[str, object] | None = None, *names: str) -> list[str]:
        write(tmp_path, {**(files or {}), "a.snaplint.json": data})
        monkeypatch.chdir(tmp_path)
        main(["check", "--format", "json", "a.snaplint.json", *names])
        report = json.loads(capsys.readouterr().out)
        assert report["errors"] == []
        return [
            f"{each['severity']} {each['rule']} {each['path']} "
            f"{(tmp_path / each['path']).read_text().splitlines()[each['line'] - 1].strip()} {each['message']}"
            for each in report["notes"]
        ]

    return run


def requesting(**members: object) -> dict[str, Any]:
    data = good()
    data["requests"] = [{**data["requests"][0], **members}]
    return data


def test_a_file_whose_names_fit_has_no_notes(noted: Any) -> None:
    assert noted(good()) == []


def test_a_bucket_that_nearly_fits_is_asked_about(noted: Any) -> None:
    wrong = BUCKET[:-2] + BUCKET[-1]
    found = noted(requesting(TargetBucket=wrong))
    assert any("warning name-nearly-matches" in note and f'"TargetBucket": "{wrong}"' in note for note in found)
    assert any(f"did you mean `{BUCKET}`?" in note for note in found)
    assert any(
        f'info fact-unused a.snaplint.json "{BUCKET}": {{ no request uses bucket `{BUCKET}`' in note for note in found
    )


def test_a_snapshot_that_nearly_fits_is_asked_about(noted: Any) -> None:
    wrong = SOURCE[:3] + SOURCE[4:]
    found = noted(requesting(SourceSnapshotName=wrong.upper()))
    assert any(f"did you mean `{SOURCE}`?" in note and "SourceSnapshotName" in note for note in found)
    assert any(f"no request uses snapshot `{SOURCE}`" in note for note in found)


@pytest.mark.parametrize(("known", "other"), [("exports-1", "exports-2"), ("exports-a", "exports-b")])
def test_a_name_with_another_number_or_letter_is_not_asked_about_if_both_are_used(
    noted: Any, known: str, other: str
) -> None:
    data = changed(good(), buckets={known: good()["buckets"][BUCKET]})
    data["requests"] = [{**data["requests"][0], "TargetBucket": name} for name in (known, other)]
    assert not any("`TargetBucket` names" in note for note in noted(data))
    data["requests"] = data["requests"][1:]
    assert any(f"did you mean `{known}`?" in note for note in noted(data))


def test_a_name_of_the_facts_file_is_asked_about_and_never_unused(noted: Any) -> None:
    data = requesting(TargetBucket=BUCKET + "s")
    facts = {"version": 1, "buckets": data.pop("buckets"), "snapshots": {**data.pop("snapshots"), "old": None}}
    found = noted({**data, "facts": "f.json"}, {"f.json": facts})
    assert [note for note in found if "unused" in note] == []
    assert any(f"did you mean `{BUCKET}`?" in note for note in found)


def test_facts_of_an_answer_are_never_unused(noted: Any) -> None:
    items = [{"SnapshotName": SOURCE, "SnapshotStatus": "available"}, {"SnapshotName": "other"}]
    for value in ({"Snapshots": items}, items, {"Snapshot": items[0]}, items[0]):
        assert noted(changed(good(), snapshots=value)) == []


@pytest.mark.parametrize("section", ["snapshots", "buckets"])
@pytest.mark.parametrize("value", [None, {}])
def test_what_no_request_uses_is_said(noted: Any, section: str, value: object) -> None:
    data = good()
    data[section]["zebra"] = value
    (note,) = noted(data)
    assert note.startswith('info fact-unused a.snaplint.json "zebra": ')
    assert note.endswith(f"no request uses {section[:-1]} `zebra`")


def test_many_unused_names_are_counted(noted: Any) -> None:
    data = good()
    data["buckets"] |= {f"zebra-{number}": None for number in range(500)}
    found = noted(data)
    assert any("no request uses 490 more buckets" in note for note in found)
    assert any("`zebra-9`" in note for note in found)


def test_unused_is_judged_in_each_file_by_itself(noted: Any) -> None:
    other = changed(good(), buckets={"zebra": None})
    found = noted(good(), {"b.snaplint.json": other}, "b.snaplint.json")
    assert [note for note in found if "fact-unused" in note and "`zebra`" in note and " b.snaplint.json " in note]


def test_a_listing_of_another_bucket_is_said(noted: Any) -> None:
    listing = {"Name": f"{BUCKET}-old", "Contents": [], "IsTruncated": False}
    (note,) = noted(changed(good(), **{f"buckets__{BUCKET}__keys": "keys.json"}), {"keys.json": listing})
    assert note.startswith('warning fact-of-another-name keys.json "Name": ')
    assert f"is of bucket `{BUCKET}-old`" in note


def test_an_arn_of_another_name_is_said(noted: Any) -> None:
    arn = "arn:aws:elasticache:us-east-1:111122223333:snapshot:zebra"
    (note,) = noted(changed(good(), **{f"snapshots__{SOURCE}": {"ARN": arn, "Engine": "redis"}}))
    assert note.startswith(f'warning fact-of-another-name a.snaplint.json "ARN": "{arn}"')
    assert "`zebra`" in note


@pytest.mark.parametrize("many", [True, False])
@pytest.mark.parametrize("suffix", ["", "/*"])
def test_a_resource_that_nearly_fits_is_asked_about(noted: Any, suffix: str, many: bool) -> None:
    near = f"arn:aws:s3:::{BUCKET[:-1]}{suffix}"
    statement: Any = {"Effect": "Allow", "Action": "s3:*", "Resource": [near] if many else near}
    policy = {"Version": "2012-10-17", "Statement": [statement] if many else statement}
    (note,) = noted(changed(good(), caller__policies=[policy]))
    assert note.startswith("warning name-nearly-matches a.snaplint.json ")
    assert f"`{BUCKET[:-1]}`" in note and f"did you mean `{BUCKET}`?" in note
    policy["Statement"] = [policy["Statement"], {**statement, "Resource": f"arn:aws:s3:::{BUCKET}*"}]
    assert noted(changed(good(), caller__policies=[policy])) == []


def test_notes_are_lines_of_the_text_and_quiet_leaves_out_infos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = requesting(TargetBucket=BUCKET + "s")
    write(tmp_path, {"a.snaplint.json": data})
    monkeypatch.chdir(tmp_path)
    main(["check", "a.snaplint.json"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "warning[name-nearly-matches]: " in line and line.startswith("a.snaplint.json:")]
    assert [line for line in lines if f"note[fact-unused]: no request uses bucket `{BUCKET}`" in line]
    assert lines[-1].startswith("1 request:")
    main(["check", "-q", "a.snaplint.json"])
    quiet = capsys.readouterr().out
    assert "name-nearly-matches" in quiet
    assert "fact-unused" not in quiet


@pytest.mark.parametrize(
    ("fail_on", "near", "code"), [("error", True, 0), ("warning", True, 1), ("info", False, 1), ("warning", False, 0)]
)
def test_a_note_counts_for_its_severity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail_on: str, near: bool, code: int
) -> None:
    data = good()
    data["snapshots"]["zebra"] = None
    if near:
        data["requests"].append({"SourceSnapshotName": SOURCE + "s", "TargetSnapshotName": "copy-of-it"})
    write(tmp_path, {"a.snaplint.json": data})
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--fail-on", fail_on, "a.snaplint.json"]) == code


def test_notes_in_python() -> None:
    data = good()
    facts: dict[str, Any] = {
        name: data[name] for name in ("account", "region", "snapshots", "buckets", "organization") if name in data
    }
    request = {"SourceSnapshotName": SOURCE, "TargetSnapshotName": TARGET, "TargetBucket": BUCKET + "s"}
    (note,) = check(request, facts, data["caller"]).notes
    assert note.rule == "name-nearly-matches"
    assert f"did you mean `{BUCKET}`?" in note.message
    assert check({**request, "TargetBucket": BUCKET}, facts, data["caller"]).notes == ()

"""Tags of buckets and snapshots: the forms in which they are given, and which policies see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import BUCKET, SOURCE, changed, good
from tests.preflight.project import read

if TYPE_CHECKING:
    from pathlib import Path

LISTED = [{"Key": "team", "Value": "data"}, {"Key": "Name", "Value": ""}]
FORMS: dict[str, Any] = {
    "mapping": {"team": "data", "Name": None},
    "list": LISTED,
    "get-bucket-tagging": {"TagSet": LISTED},
    "list-tags-for-resource": {"TagList": LISTED, "ResponseMetadata": {}},
    "s3control": {"Tags": LISTED},
}


def on_tag(prefix: str, action: str, key: str = "team", value: str = "data") -> dict[str, Any]:
    condition = {"StringEquals": {f"{prefix}/{key}": value}}
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition},
        {"Effect": "Allow", "NotAction": action, "Resource": "*"},
    ]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.mark.parametrize("by_path", [True, False])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("place", "prefix", "action"),
    [
        (f"snapshots__{SOURCE}__tags", "aws:ResourceTag", "elasticache:CopySnapshot"),
        (f"buckets__{BUCKET}__tags", "aws:ResourceTag", "s3:PutObject"),
        (f"buckets__{BUCKET}__tags", "s3:BucketTag", "s3:GetBucketLocation"),
    ],
)
def test_every_form_of_tags(tmp_path: Path, place: str, prefix: str, action: str, form: str, by_path: bool) -> None:
    given = {place: "tags.json" if by_path else FORMS[form], f"buckets__{BUCKET}__abac": "enabled"}
    for value, word in (("data", "passes"), ("web", "fails")):
        data = changed(good(), **given, caller__policies=[on_tag(prefix, action, value=value)])
        found = read(tmp_path, data, {"tags.json": FORMS[form]})
        assert found.fault_lines == []
        assert found.words["caller-not-permitted"] == word
    data = changed(good(), **given, caller__policies=[on_tag(prefix, action, key="Name", value="")])
    assert read(tmp_path, data, {"tags.json": FORMS[form]}).words["caller-not-permitted"] == "passes"


@pytest.mark.parametrize(
    ("tags", "abac", "word"),
    [
        ({"team": "data"}, "Enabled", "passes"),
        ({"team": "data"}, {"AbacStatus": {"Status": "Enabled"}}, "passes"),
        ({"team": "data"}, {"Status": "Disabled"}, "fails"),
        ({"team": "data"}, None, "fails"),
        ({"team": "data"}, ..., "cannot-tell"),
        ({"team": "web"}, ..., "fails"),
        ({}, ..., "fails"),
        (None, "Enabled", "fails"),
        (..., "Enabled", "cannot-tell"),
        (..., "Disabled", "fails"),
        (..., ..., "cannot-tell"),
        ({"unknown": "s3:GetBucketTagging: refused"}, "Enabled", "cannot-tell"),
    ],
    ids=str,
)
def test_policies_see_the_tags_of_a_bucket_with_abac(tmp_path: Path, tags: Any, abac: Any, word: str) -> None:
    given = {name: value for name, value in (("tags", tags), ("abac", abac)) if value is not ...}
    data = changed(good(), caller__policies=[on_tag("aws:ResourceTag", "s3:PutObject")])
    data["buckets"][BUCKET] |= given
    found = read(tmp_path, data)
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == word
    if word == "cannot-tell":
        missing = {
            f"buckets.{BUCKET}.{name}" for name in ("tags", "abac") if not isinstance(given.get(name), (str, dict))
        }
        unread = {f"buckets.{BUCKET}.tags"} if isinstance(tags, dict) and "unknown" in tags else set()
        assert set(found.verdicts["caller-not-permitted"].depends_on) == missing | unread


def test_two_tags_that_differ_in_case_are_one_key(tmp_path: Path) -> None:
    given = {f"buckets__{BUCKET}__tags": {"team": "data", "Team": "web"}, f"buckets__{BUCKET}__abac": "Enabled"}
    data = changed(good(), **given, caller__policies=[on_tag("aws:ResourceTag", "s3:PutObject")])
    assert read(tmp_path, data).words["caller-not-permitted"] == "cannot-tell"


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (f"buckets__{BUCKET}__tags", {"team": 5}, "in quotes"),
        (f"buckets__{BUCKET}__tags", [{"key": "team"}], "a list of Key and Value"),
        (f"snapshots__{SOURCE}__tags", [{"Key": "team", "Value": True}], "in quotes"),
        (f"snapshots__{SOURCE}__tags", {"TagSet": ["team"]}, "a list of Key and Value"),
        (f"buckets__{BUCKET}__abac", "on", "Enabled, Disabled"),
        (f"buckets__{BUCKET}__abac", {"AbacStatus": "Enabled"}, "Enabled, Disabled"),
    ],
    ids=str,
)
def test_tags_of_the_wrong_form_are_input_errors(tmp_path: Path, place: str, value: Any, words: str) -> None:
    found = read(tmp_path, changed(good(), **{place: value}))
    (fault,) = found.fault_lines
    assert words in fault
    assert found.words["snapshot-does-not-exist"] == found.words["bucket-does-not-exist"] == "passes"


def test_tags_are_of_the_facts_file_too(tmp_path: Path) -> None:
    data = changed(good(), caller__policies=[on_tag("aws:ResourceTag", "elasticache:CopySnapshot")])
    facts = {"version": 1, "snapshots": {SOURCE: {"tags": LISTED}}}
    found = read(tmp_path, {**data, "facts": "f.json"}, {"f.json": facts})
    assert found.words["caller-not-permitted"] == "passes"

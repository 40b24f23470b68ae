"""Values written by hand: another letter case is AWS's value, a misspelt one is asked about and never judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import BUCKET, COMMERCIAL, SOURCE, acl, changed, full_acl, good
from tests.preflight.project import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = f"buckets__{BUCKET}__"
ITEM = f"snapshots__{SOURCE}__"

CASES = [
    (f"{ITEM}Engine", "Valkey", "engine-not-supported", "passes"),
    (f"{ITEM}Engine", "MEMCACHED", "engine-not-supported", "fails"),
    (f"{ITEM}SnapshotStatus", " AVAILABLE ", "snapshot-not-available", "passes"),
    (f"{ITEM}SnapshotStatus", "Creating", "snapshot-not-available", "fails"),
    (f"{ITEM}DataTiering", "Disabled", "data-tiering-not-exportable", "passes"),
    (f"{ITEM}DataTiering", "ENABLED", "data-tiering-not-exportable", "fails"),
    (f"{ITEM}CacheNodeType", "cache.R6GD.xlarge", "data-tiering-not-exportable", "fails"),
    (f"{ITEM}KmsKeyId", "", "snapshot-has-customer-key", "passes"),
    (f"{KEY}encryption", {"SSEAlgorithm": "aes256"}, "bucket-default-kms", "passes"),
    (f"{KEY}encryption", {"SSEAlgorithm": "AWS:KMS"}, "bucket-default-kms", "fails"),
    (f"{KEY}ownership", "bucketownerenforced", "service-lacks-read", "passes"),
    (f"{KEY}region", "US-EAST-1", "bucket-outside-region", "passes"),
    (f"{KEY}region", "eu", "bucket-outside-region", "fails"),
    (
        f"{KEY}public_access_block",
        {"BlockPublicAcls": "True", "IgnorePublicAcls": "FALSE"},
        "public-access-block-relaxed",
        "fails",
    ),
]


@pytest.mark.parametrize(("place", "value", "rule", "word"), CASES, ids=str)
@pytest.mark.parametrize("name", ["a.snaplint.json", "a.snaplint.yaml"])
def test_another_letter_case_is_the_value_of_aws(
    tmp_path: Path, place: str, value: object, rule: str, word: str, name: str
) -> None:
    found = read(tmp_path, changed(good(), **{place: value}), name=name)
    assert found.fault_lines == []
    assert found.words[rule] == word


MISSPELT = [
    (f"{ITEM}Engine", "reddis", "engine-not-supported", "did you mean `redis`?"),
    (f"{ITEM}Engine", "Redis OSS", "engine-not-supported", "did you mean `redis`?"),
    (f"{ITEM}SnapshotStatus", "avaliable", "snapshot-not-available", "did you mean `available`?"),
    (f"{ITEM}DataTiering", "enable", "data-tiering-not-exportable", "did you mean `enabled`?"),
    (f"{ITEM}DataTiering", "yes", "data-tiering-not-exportable", "must be `enabled` or `disabled`"),
    (f"{ITEM}CacheNodeType", "r6gd.xlarge", "data-tiering-not-exportable", "did you mean `cache.r6gd.xlarge`?"),
    (f"{KEY}encryption", {"SSEAlgorithm": "AES265"}, "bucket-default-kms", "did you mean `AES256`?"),
    (f"{KEY}ownership", "BucketOwnerEnfroced", "service-lacks-read-acp", "did you mean `BucketOwnerEnforced`?"),
    (f"{KEY}region", "us-eastt-1", "bucket-outside-region", "did you mean `us-east-1`?"),
    (f"{KEY}region", "None", "bucket-outside-region", "get-bucket-location"),
]


@pytest.mark.parametrize(("place", "value", "rule", "words"), MISSPELT, ids=str)
def test_a_value_that_aws_does_not_have_is_asked_about(
    tmp_path: Path, place: str, value: object, rule: str, words: str
) -> None:
    data = changed(good(), **{place: value})
    if "NodeType" in place:
        data["snapshots"][SOURCE].pop("DataTiering", None)
    if "ownership" in place:
        data["buckets"][BUCKET].update(policy=None, acl=full_acl())  # which only ownership can disable
    found = read(tmp_path, data)
    (fault,) = found.fault_lines
    assert words in fault
    assert f"{place.rpartition('__')[2]}`" in fault
    assert found.words[rule] == "cannot-tell"


@pytest.mark.parametrize("value", ["dragonfly", "valkeyrie-2030"])
def test_a_value_of_an_answer_is_aws_own(tmp_path: Path, value: str) -> None:
    answer = {"Snapshots": [{"SnapshotName": SOURCE, "Engine": value}]}
    found = read(tmp_path, changed(good(), **{f"snapshots__{SOURCE}": answer}))
    assert found.fault_lines == []
    assert found.words["engine-not-supported"] == "fails"


ONE = {"SnapshotName": SOURCE, "SnapshotStatus": "available", "Engine": "redis", "NumNodeGroups": 2}
OTHER = {"SnapshotName": "older", "SnapshotStatus": "deleting"}

FORMS: dict[str, tuple[Any, bool]] = {
    "the answer that lists": ({"Snapshots": [OTHER, ONE]}, True),
    "the answer with one": ({"Snapshot": ONE}, True),
    "an item": (ONE, False),
    "a list of items": ([OTHER, ONE], False),
    "a list of answers": ([{"Snapshot": OTHER}, {"Snapshots": [ONE], "Marker": "m"}], True),
    "an answer of boto3": ({"Snapshot": ONE, "ResponseMetadata": {"HTTPStatusCode": 200}}, True),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "whole section": lambda _form: _form,
    "under the name": lambda form: {SOURCE: form},
    "section by path": lambda _form: "s.json",
    "under the name by path": lambda _form: {SOURCE: "s.json"},
    "section by YAML path": lambda _form: "s.yaml",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_snapshot(tmp_path: Path, form: str, way: str) -> None:
    value, is_answer = FORMS[form]
    data = changed(good(), snapshots=WAYS[way](value))
    found = read(tmp_path, data, {"s.json": value, "s.yaml": value})
    assert found.fault_lines == []
    assert found.words["snapshot-not-available"] == "passes"
    assert found.words["engine-not-supported"] == "passes"
    assert found.words["snapshot-has-customer-key"] == ("passes" if is_answer else "cannot-tell")
    expected = "a.snaplint.json" if "path" not in way else "s.yaml" if "YAML" in way else "s.json"
    assert found.at(("snapshots", SOURCE, "SnapshotStatus")) in (f'{expected}: "available"', f"{expected}: available")


ARNS = {
    "Region": "arn:aws:elasticache:eu-west-1:111122223333:snapshot:{}",
    "account": "arn:aws:elasticache:us-east-1:999999999999:snapshot:{}",
    "kind": "arn:aws:elasticache:us-east-1:111122223333:serverlesscachesnapshot:{}",
    "kind cluster": "arn:aws:elasticache:us-east-1:111122223333:cluster:{}",
    "service": "arn:aws:memorydb:us-east-1:111122223333:snapshot:{}",
    "partition": "arn:aws-us-gov:elasticache:us-east-1:111122223333:snapshot:{}",
    "name": "arn:aws:elasticache:us-east-1:111122223333:snapshot:{}-2",
    "not the ARN of a snapshot": "{}",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("differs", ARNS)
def test_an_item_whose_arn_contradicts_the_call_is_not_believed(
    tmp_path: Path, differs: str, way: str, form: str
) -> None:
    value, _ = FORMS[form]
    arn = ARNS[differs].format(SOURCE)

    def with_arn(part: Any) -> Any:
        if isinstance(part, list):
            return [with_arn(each) for each in part]
        if not isinstance(part, dict):
            return part
        inner = {name: with_arn(each) for name, each in part.items()}
        return {**inner, "ARN": arn} if part.get("SnapshotName") == SOURCE else inner

    value = with_arn(value)
    data = changed(good(), snapshots=WAYS[way](value))
    found = read(tmp_path, data, {"s.json": value, "s.yaml": value})
    verdict = found.verdicts["snapshot-does-not-exist"]
    assert verdict.verdict == "cannot-tell"
    assert differs.split()[0] in verdict.message
    assert arn in found.at(verdict.because[0].route)
    for rule in ("snapshot-not-available", "engine-not-supported", "snapshot-has-customer-key"):
        assert found.words[rule] == "cannot-tell", rule


def test_the_item_that_the_call_finds_counts_among_several(tmp_path: Path) -> None:
    items = [
        {**ONE, "ARN": ARNS["Region"].format(SOURCE), "SnapshotStatus": "creating"},
        {**ONE, "ARN": f"arn:aws:elasticache:us-east-1:111122223333:snapshot:{SOURCE}"},
        {**ONE, "ARN": ARNS["account"].format(SOURCE), "SnapshotStatus": "deleting"},
    ]
    for value in (items, {"Snapshots": items}, {SOURCE: items}, {SOURCE: {"Snapshots": items}}):
        found = read(tmp_path, changed(good(), snapshots=value))
        assert found.words["snapshot-not-available"] == "passes"


@pytest.mark.parametrize(
    ("text", "word"),
    [("us-east-1\n", "passes"), ('"us-east-1"', "passes"), ("eu-west-1", "fails"), ("", "cannot-tell")],
)
def test_the_region_in_a_file_of_its_own(tmp_path: Path, text: str, word: str) -> None:
    found = read(tmp_path, changed(good(), **{f"{KEY}region": "region.txt"}), {"region.txt": text})
    assert found.words["bucket-outside-region"] == word
    assert bool(found.fault_lines) is (word == "cannot-tell")


def by_acl(*permissions: str) -> dict[str, Any]:
    grants = acl(*((COMMERCIAL, permission) for permission in permissions))
    return changed(good(), **{f"{KEY}acl": grants, f"{KEY}policy": None, f"{KEY}ownership": "ObjectWriter"})


def test_a_permission_of_an_acl_in_another_letter_case(tmp_path: Path) -> None:
    found = read(tmp_path, by_acl("read", "Write", "READ_ACP"))
    assert found.fault_lines == []
    assert found.words["service-lacks-write"] == "passes"


def test_a_misspelt_permission_of_an_acl_is_asked_about_and_never_judged(tmp_path: Path) -> None:
    found = read(tmp_path, by_acl("FULL_CONTROLL"))
    (line,) = found.fault_lines
    assert "did you mean `FULL_CONTROL`?" in line
    assert found.words["service-lacks-write"] == "cannot-tell"

"""Missing is unknown, null is known not to exist, a value is known: for every field, and what depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import (
    BUCKET,
    SOURCE,
    TARGET,
    changed,
    full_acl,
    good,
    judged,
    policy,
    service_grant,
    with_bucket,
    without,
    words,
)
from tests.preflight.project import read

from snaplint.base.unknown import Unknown
from snaplint.facts import Bucket, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

FAILS, PASSES, UNDETERMINED, NONE = "fails", "passes", "cannot-tell", "not-applicable"

BUCKET_STATES = [
    # field, rule, missing, null, a good value, a bad value
    ("region", "bucket-outside-region", UNDETERMINED, None, ("us-east-1", PASSES), ("eu-west-1", FAILS)),
    ("account", "bucket-not-owned", UNDETERMINED, None, ("111122223333", PASSES), ("999988887777", FAILS)),
    ("policy", "service-lacks-read", UNDETERMINED, FAILS, (policy(service_grant()), PASSES), (policy(), FAILS)),
    ("policy", "wrong-service-principal", UNDETERMINED, NONE, (policy(service_grant()), PASSES), (policy(), NONE)),
    ("acl", "acl-grant-without-acls", UNDETERMINED, NONE, ({"Grants": []}, NONE), (full_acl(), FAILS)),
    (
        "encryption",
        "bucket-default-kms",
        UNDETERMINED,
        PASSES,
        ({"SSEAlgorithm": "AES256"}, PASSES),
        ({"SSEAlgorithm": "aws:kms"}, FAILS),
    ),
    (
        "public_access_block",
        "public-access-block-relaxed",
        UNDETERMINED,
        FAILS,
        (good()["buckets"][BUCKET]["public_access_block"], PASSES),
        ({"BlockPublicPolicy": False}, FAILS),
    ),
    ("keys", "object-key-exists", UNDETERMINED, PASSES, (["other"], PASSES), ([f"{TARGET}-0001.rdb"], FAILS)),
]


@pytest.mark.parametrize(
    ("field", "rule", "left_out", "null", "well", "badly"),
    [pytest.param(*each, id=f"{each[0]}: {each[1]}") for each in BUCKET_STATES],
)
def test_each_bucket_field_has_three_states(
    field: str, rule: str, left_out: str, null: str | None, well: tuple[Any, str], badly: tuple[Any, str]
) -> None:
    assert words(with_bucket(**{field: well[0]}))[rule] == well[1]
    assert words(with_bucket(**{field: badly[0]}))[rule] == badly[1]
    if null is not None:
        assert words(with_bucket(**{field: None}))[rule] == null
    silent = judged(without(good(), f"buckets.{BUCKET}.{field}"))[rule]
    assert silent.verdict == left_out
    assert f"buckets.{BUCKET}.{field}" in silent.depends_on


def test_ownership_left_out_leaves_acl_grants_open() -> None:
    world = with_bucket(policy=None, acl=full_acl())
    for value, word in (("BucketOwnerEnforced", FAILS), ("BucketOwnerPreferred", PASSES), ("ObjectWriter", PASSES)):
        assert words(changed(world, **{f"buckets__{BUCKET}__ownership": value}))["service-lacks-write"] == word
    assert words(changed(world, **{f"buckets__{BUCKET}__ownership": None}))["service-lacks-write"] == PASSES
    found = judged(without(world, f"buckets.{BUCKET}.ownership"))["service-lacks-write"]
    assert found.verdict == UNDETERMINED
    assert f"buckets.{BUCKET}.ownership" in found.depends_on


SNAPSHOT_STATES = [
    ("SnapshotStatus", "snapshot-not-available", UNDETERMINED, "available", "creating"),
    ("Engine", "engine-not-supported", UNDETERMINED, "valkey", "memcached"),
    ("KmsKeyId", "snapshot-has-customer-key", PASSES, None, "arn:aws:kms:us-east-1:111122223333:key/k"),
    ("DataTiering", "data-tiering-not-exportable", PASSES, "disabled", "enabled"),
]


@pytest.mark.parametrize(("field", "rule", "null", "well", "badly"), SNAPSHOT_STATES)
def test_each_snapshot_field_has_three_states(field: str, rule: str, null: str, well: Any, badly: Any) -> None:
    place = f"snapshots__{SOURCE}__{field}"
    assert words(changed(good(), **{place: well}))[rule] == PASSES
    assert words(changed(good(), **{place: None}))[rule] == null
    assert words(changed(good(), **{place: badly}))[rule] == FAILS
    silent = judged(without(good(), f"snapshots.{SOURCE}.{field}"))[rule]
    assert silent.verdict == UNDETERMINED
    assert f"snapshots.{SOURCE}.{field}" in silent.depends_on


# -- names
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{"keys": []}, {"account": "111122223333"}, {"policy": None}, {"acl": None}], ids=str
)
def test_a_bucket_with_any_fact_exists(fields: dict[str, Any]) -> None:
    assert words(changed(good(), buckets={BUCKET: fields}))["bucket-does-not-exist"] == PASSES


@pytest.mark.parametrize("buckets", [{}, {BUCKET: {}}, {"other": {"keys": []}}], ids=str)
def test_a_bucket_without_a_fact_is_unknown(buckets: dict[str, Any]) -> None:
    found = judged(changed(good(), buckets=buckets))
    assert found["bucket-does-not-exist"].verdict == UNDETERMINED
    assert f"buckets.{BUCKET}" in found["bucket-does-not-exist"].depends_on
    assert found["service-lacks-read"].verdict == UNDETERMINED
    assert found["caller-not-permitted"].verdict == UNDETERMINED
    assert found["object-key-exists"].verdict == UNDETERMINED


def test_buckets_left_out_are_unknown() -> None:
    assert words(without(good(), "buckets"))["bucket-does-not-exist"] == UNDETERMINED


def test_a_bucket_that_is_null_does_not_exist() -> None:
    found = judged(changed(good(), buckets={BUCKET: None}))
    assert found["bucket-does-not-exist"].verdict == FAILS
    assert found["bucket-does-not-exist"].predicts == f"The S3 bucket {BUCKET} does not exist."
    for rule in ("bucket-outside-region", "bucket-not-owned", "object-key-exists", "service-lacks-write"):
        assert found[rule].verdict == NONE


@pytest.mark.parametrize("fields", [{"Engine": "redis"}, {"KmsKeyId": None}], ids=str)
def test_a_snapshot_with_any_fact_exists(fields: dict[str, Any]) -> None:
    assert words(changed(good(), snapshots={SOURCE: fields}))["snapshot-does-not-exist"] == PASSES


@pytest.mark.parametrize("snapshots", [{}, {SOURCE: {}}, {"other": {"Engine": "redis"}}], ids=str)
def test_a_snapshot_without_a_fact_is_unknown(snapshots: dict[str, Any]) -> None:
    found = judged(changed(good(), snapshots=snapshots))
    assert found["snapshot-does-not-exist"].verdict == UNDETERMINED
    assert f"snapshots.{SOURCE}" in found["snapshot-does-not-exist"].depends_on
    assert found["engine-not-supported"].verdict == UNDETERMINED


def test_a_snapshot_that_is_null_does_not_exist() -> None:
    found = judged(changed(good(), snapshots={SOURCE: None}))
    assert found["snapshot-does-not-exist"].verdict == FAILS
    assert found["snapshot-does-not-exist"].code == "SnapshotNotFoundFault"
    assert found["engine-not-supported"].verdict == NONE


def test_a_name_in_upper_case_is_the_same_snapshot() -> None:
    data = changed(good(), requests__0__SourceSnapshotName=SOURCE.upper())
    assert words(data)["snapshot-does-not-exist"] == PASSES


# -- the caller and the layers above
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["arn", "policies"])
def test_a_caller_that_is_not_described_is_unknown(member: str) -> None:
    found = judged(without(good(), f"caller.{member}"))
    assert found["caller-not-permitted"].verdict == UNDETERMINED
    assert f"caller.{member}" in found["caller-not-permitted"].depends_on


def test_no_caller_at_all_is_unknown() -> None:
    assert words(without(good(), "caller"))["caller-not-permitted"] == UNDETERMINED


@pytest.mark.parametrize("policies", [[], None], ids=str)
def test_a_caller_known_to_have_no_policy_may_do_nothing(policies: object) -> None:
    assert words(changed(good(), caller__policies=policies))["caller-not-permitted"] == FAILS


LAYERS = [
    ("caller.boundary", "caller.boundary"),
    ("caller.session_policies", "caller.session_policies"),
]


@pytest.mark.parametrize(("left_out", "named"), LAYERS)
def test_a_layer_left_out_is_assumed_aloud(left_out: str, named: str) -> None:
    data = without(good(), left_out)
    found = judged(data)["caller-not-permitted"]
    assert (found.verdict, found.assumes) == (PASSES, (named,))
    strict = judged(data, strict=True)["caller-not-permitted"]
    assert strict.verdict == UNDETERMINED
    assert strict.depends_on == (named,)


@pytest.mark.parametrize(
    ("organization", "assumed"),
    [
        pytest.param(None, (), id="null"),
        pytest.param({"scps": None, "rcps": None}, (), id="both null"),
        pytest.param({"scps": [], "rcps": []}, (), id="both empty"),
        pytest.param({"scps": []}, ("organization.rcps",), id="no rcps"),
        pytest.param({"rcps": []}, ("organization.scps",), id="no scps"),
        pytest.param({}, ("organization.scps", "organization.rcps"), id="neither"),
    ],
)
def test_what_an_organization_leaves_out_is_assumed_aloud(organization: object, assumed: tuple[str, ...]) -> None:
    data = changed(good(), organization=organization)
    found = judged(data)
    assert (found["caller-not-permitted"].verdict, found["caller-not-permitted"].assumes) == (PASSES, assumed)
    strict = judged(data, strict=True)["caller-not-permitted"]
    assert (strict.verdict, strict.depends_on) == ((UNDETERMINED if assumed else PASSES), assumed)


def test_an_organization_left_out_is_assumed_aloud() -> None:
    data = without(good(), "organization")
    found = judged(data)
    assert found["caller-not-permitted"].assumes == ("organization.scps", "organization.rcps")
    assert found["service-lacks-read"].assumes == ("organization.rcps",)  # SCPs do not bind the service
    assert found["grant-incomplete"].assumes == ("organization.rcps",)
    strict = judged(data, strict=True)
    for rule in ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp", "grant-incomplete"):
        assert (strict[rule].verdict, strict[rule].depends_on) == (UNDETERMINED, ("organization.rcps",))


def test_a_failure_is_certain_whatever_was_assumed() -> None:
    data = changed(without(good(), "organization"), caller__policies=[])
    found = judged(data, strict=True)["caller-not-permitted"]
    assert (found.verdict, found.assumes, found.depends_on) == (FAILS, (), ())


def test_facts_are_never_assumed() -> None:
    """Only missing layers other than the caller's own policies are assumed to have no effect."""
    bare = {key: good()[key] for key in ("version", "account", "region", "requests")}
    assert [name for name, verdict in judged(bare).items() if verdict.assumes] == []


def test_a_plain_request_with_nothing_known_passes_only_what_is_its_own() -> None:
    bare = {key: good()[key] for key in ("version", "account", "region", "requests")}
    passed = {name for name, word in words(bare).items() if word == PASSES}
    assert passed == {"bucket-name-invalid", "customer-key-on-export", "request-malformed", "target-name-invalid"}


# -- facts: a file beneath the preflight file
# ------------------------------------------------------------------------------------------------------------------


def collected(**sections: Any) -> dict[str, object]:
    return {"facts/facts.json": {"version": 1, **sections}}


BARE = {
    **{key: good()[key] for key in ("version", "account", "region", "caller", "organization", "requests")},
    "facts": "facts/facts.json",
}
WORLD = {"snapshots": good()["snapshots"], "buckets": good()["buckets"]}


def test_facts_from_a_file_are_as_good_as_inline(tmp_path: Path) -> None:
    found = read(tmp_path, BARE, collected(**WORLD))
    assert found.fault_lines == []
    assert found.words == words(good())


def test_places_of_collected_facts_are_in_their_file(tmp_path: Path) -> None:
    found = read(tmp_path, BARE, collected(**WORLD))
    assert found.at(("buckets", BUCKET, "region")) == 'facts/facts.json: "us-east-1"'
    assert found.at(("snapshots", SOURCE, "Engine")) == 'facts/facts.json: "redis"'


def test_what_the_preflight_file_says_wins_field_by_field(tmp_path: Path) -> None:
    own = {**BARE, "buckets": {BUCKET: {"region": "eu-west-1"}}, "snapshots": {SOURCE: {"SnapshotStatus": "creating"}}}
    found = read(tmp_path, own, collected(**WORLD))
    assert found.words["bucket-outside-region"] == FAILS
    assert found.words["bucket-not-owned"] == PASSES
    assert found.words["snapshot-not-available"] == FAILS
    assert found.words["engine-not-supported"] == PASSES
    assert found.at(("buckets", BUCKET, "region")) == 'a.snaplint.json: "eu-west-1"'
    assert found.at(("snapshots", SOURCE, "SnapshotStatus")) == 'a.snaplint.json: "creating"'
    assert found.at(("snapshots", SOURCE, "Engine")) == 'facts/facts.json: "redis"'


@pytest.mark.parametrize("own", [{"buckets": {BUCKET: None}}, {"snapshots": {SOURCE: None}}], ids=str)
def test_null_in_the_preflight_file_wins(tmp_path: Path, own: dict[str, Any]) -> None:
    found = read(tmp_path, {**BARE, **own}, collected(**WORLD))
    assert FAILS in (found.words["bucket-does-not-exist"], found.words["snapshot-does-not-exist"])


RAW = {
    "Snapshots": [{"SnapshotName": "older"}, {"SnapshotName": SOURCE, "SnapshotStatus": "available", "Engine": "redis"}]
}
COLLECTED_SNAPSHOTS = {
    "whole answer": (RAW, {}),
    "whole answer by path": ("describe.json", {"facts/describe.json": RAW}),
    "one answer": ({SOURCE: RAW}, {}),
    "one answer by path": ({SOURCE: "describe.json"}, {"facts/describe.json": RAW}),
}


@pytest.mark.parametrize(("snapshots", "files"), COLLECTED_SNAPSHOTS.values(), ids=COLLECTED_SNAPSHOTS)
def test_raw_answers_in_a_facts_file(tmp_path: Path, snapshots: object, files: dict[str, object]) -> None:
    given = {**collected(buckets=good()["buckets"], snapshots=snapshots), **files}
    found = read(tmp_path, BARE, given)
    assert found.fault_lines == []
    assert found.words["snapshot-has-customer-key"] == PASSES  # a whole answer: none is named
    name = "facts/describe.json" if files else "facts/facts.json"
    assert found.at(("snapshots", SOURCE, "Engine")) == f'{name}: "redis"'


@pytest.mark.parametrize(("snapshots", "files"), COLLECTED_SNAPSHOTS.values(), ids=COLLECTED_SNAPSHOTS)
def test_fields_of_the_preflight_file_win_over_raw_answers(
    tmp_path: Path, snapshots: object, files: dict[str, object]
) -> None:
    given = {**collected(buckets=good()["buckets"], snapshots=snapshots), **files}
    found = read(tmp_path, {**BARE, "snapshots": {SOURCE: {"SnapshotStatus": "deleting"}}}, given)
    assert found.words["snapshot-not-available"] == FAILS
    assert found.words["engine-not-supported"] == PASSES
    name = "facts/describe.json" if files else "facts/facts.json"
    assert found.at(("snapshots", SOURCE, "SnapshotStatus")) == 'a.snaplint.json: "deleting"'
    assert found.at(("snapshots", SOURCE, "Engine")) == f'{name}: "redis"'


def test_a_raw_answer_of_the_preflight_file_wins_as_a_whole(tmp_path: Path) -> None:
    old = {SOURCE: {"KmsKeyId": "k", "Engine": "memcached"}}
    found = read(tmp_path, {**BARE, "snapshots": RAW}, collected(snapshots=old))
    assert found.words["engine-not-supported"] == PASSES
    assert found.words["snapshot-has-customer-key"] == PASSES


def test_paths_in_a_facts_file_are_relative_to_it(tmp_path: Path) -> None:
    buckets = {BUCKET: {**good()["buckets"][BUCKET], "policy": "p.json"}}
    files = {**collected(buckets=buckets), "facts/p.json": policy(service_grant())}
    found = read(tmp_path, BARE, files)
    assert found.fault_lines == []
    assert found.words["service-lacks-write"] == PASSES
    (blame, *_) = found.verdicts["service-lacks-write"].because
    assert found.at((*blame.route, "Sid")).startswith("facts/p.json: ")


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        ({"version": 1, "bukkets": {}}, "unknown key `bukkets`; did you mean `buckets`?"),
        ({"version": 2}, "`version` must be `1`"),
        ({"version": 1, "buckets": {"b": {"keys": 5}}}, "a list of object keys"),
        ("{", "the `{` is never closed"),
    ],
    ids=["unknown key", "version", "inner", "broken"],
)
def test_a_facts_file_that_is_not_one(tmp_path: Path, content: object, words_: str) -> None:
    found = read(tmp_path, BARE, {"facts/facts.json": content})
    assert any(line.startswith("facts/facts.json:") and words_ in line for line in found.fault_lines)
    assert found.words["bucket-does-not-exist"] == UNDETERMINED


def test_a_missing_facts_file(tmp_path: Path) -> None:
    found = read(tmp_path, BARE)
    (line,) = found.fault_lines
    assert line.startswith("a.snaplint.json:")
    assert "cannot read `facts/facts.json`: no such file or directory" in line


# -- the model itself
# ------------------------------------------------------------------------------------------------------------------


def test_the_facts_hold_values_none_and_unknown(tmp_path: Path) -> None:
    data = changed(
        good(), buckets={"a": {"policy": None, "region": "us-east-1"}, "b": None}, snapshots={"s": {"Engine": "redis"}}
    )
    found = read(tmp_path, data)
    assert found.preflight is not None
    facts = found.preflight.facts
    bucket, snapshot = facts.bucket("a"), facts.snapshot("S")
    assert isinstance(bucket, Bucket)
    assert (bucket.region, bucket.policy) == ("us-east-1", None)
    assert isinstance(bucket.acl, Unknown)
    assert bucket.acl.needs == ("buckets.a.acl",)
    assert facts.bucket("b") is None
    assert isinstance(facts.bucket("c"), Unknown)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.field("Engine") == "redis"
    assert snapshot.field("KmsKeyId") == Unknown(
        "the `KmsKeyId` of snapshot `s` is not provided", ("snapshots.s.KmsKeyId",)
    )

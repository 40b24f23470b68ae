"""The request alone: members, names and tags, at the limits that AWS documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.world import BUCKET, TARGET, good, judged, plain_copy, with_request, without, words

from snaplint.base.source import Key

if TYPE_CHECKING:
    from snaplint.base.source import Route

FAILS, PASSES, UNDETERMINED, NONE = "fails", "passes", "cannot-tell", "not-applicable"

# -- members
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"operation": "elasticache:CopySnapshot"},
        {"KmsKeyId": "k"},
        {"Tags": []},
        {"Tags": [{"Key": "team", "Value": "data"}]},
        {"Tags": [{"Key": "k", "Value": None}]},
        {"Tags": [{"Key": "k"}]},
    ],
    ids=str,
)
def test_well_formed(members: dict[str, Any]) -> None:
    assert words(with_request(**members))["request-malformed"] == PASSES


@pytest.mark.parametrize(
    ("members", "route", "said"),
    [
        ({"SourceSnapshotName": None}, ("SourceSnapshotName",), "null, which an SDK refuses to send"),
        ({"SourceSnapshotName": ""}, ("SourceSnapshotName",), "is empty"),
        ({"SourceSnapshotName": 5}, ("SourceSnapshotName",), "must be text, not a number"),
        ({"TargetSnapshotName": True}, ("TargetSnapshotName",), "must be text, not a boolean"),
        ({"TargetBucket": None}, ("TargetBucket",), "omit it instead"),
        ({"TargetBucket": ["b"]}, ("TargetBucket",), "must be text, not a list"),
        ({"KmsKeyId": {}}, ("KmsKeyId",), "must be text, not an object"),
        ({"Bucket": "b"}, (Key("Bucket"),), "no member `Bucket`; did you mean `TargetBucket`?"),
        ({"target_bucket": "b"}, (Key("target_bucket"),), "did you mean `TargetBucket`?"),
        ({"source-snapshot-name": "b"}, (Key("source-snapshot-name"),), "did you mean `SourceSnapshotName`?"),
        ({"RoleArn": "x"}, (Key("RoleArn"),), "no member `RoleArn`: it has SourceSnapshotName, TargetSnapshotName"),
        ({"Tags": "x"}, ("Tags",), "must be a list of objects with Key and Value, not text"),
        ({"Tags": {"team": "data"}}, ("Tags",), "must be a list of objects with Key and Value, not an object"),
        ({"Tags": ["x"]}, ("Tags", 0), "a tag must be an object with Key and Value, not text"),
        ({"Tags": [{"Value": "x"}]}, ("Tags", 0), "a tag needs a `Key`"),
        ({"Tags": [{"Key": None}]}, ("Tags", 0), "a tag needs a `Key`"),
        ({"Tags": [{"Key": "k", "Value": 5}]}, ("Tags", 0, "Value"), "must be text or null"),
        ({"Tags": [{"Key": "k", "value": "x"}]}, ("Tags", 0, "value"), "no member `value`"),
    ],
    ids=str,
)
def test_malformed(members: dict[str, Any], route: Route, said: str) -> None:
    found = judged(with_request(**members))["request-malformed"]
    assert found.verdict == FAILS
    assert said in found.message
    assert found.route == ("requests", 0, *route)


@pytest.mark.parametrize("member", ["SourceSnapshotName", "TargetSnapshotName"])
def test_a_missing_member_is_malformed(member: str) -> None:
    found = judged(without(good(), f"requests.0.{member}"))["request-malformed"]
    assert (found.verdict, found.message) == (FAILS, f"`{member}` is missing")


def test_several_faults_are_one_verdict_with_a_blame_for_each() -> None:
    found = judged(with_request(Bucket="b", KmsKeyId=5, Tags="x"))["request-malformed"]
    assert found.verdict == FAILS
    assert "and 2 more" in found.message
    places = {blame.route for blame in found.because} | {found.route}
    assert {route[-1] for route in places} == {Key("Bucket"), "KmsKeyId", "Tags"}


@pytest.mark.parametrize("member", ["TargetSnapshotName", "SourceSnapshotName", "TargetBucket"])
@pytest.mark.parametrize("value", [5, None, [], {}, True, 1.5], ids=str)
def test_no_rule_raises_for_a_member_of_another_type(member: str, value: object) -> None:
    found = words(with_request(**{member: value}))
    assert found["request-malformed"] == FAILS
    assert set(found.values()) <= {FAILS, PASSES, UNDETERMINED, NONE}


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["SourceSnapshotName", "TargetSnapshotName", "TargetBucket", "KmsKeyId", "Tags", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["Key", "Value", "x"]), inner, max_size=2)
            ),
            max_leaves=5,
        ),
    )
)
def test_every_request_gets_one_verdict_per_rule(members: dict[str, Any]) -> None:
    world = good()
    world["requests"] = [members]
    found = judged(world)
    assert set(found) == set(judged(good()))
    if not {"SourceSnapshotName", "TargetSnapshotName"} <= set(members):
        assert found["request-malformed"].verdict == FAILS


# -- bucket names
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "abc",
        "a" * 63,
        "my.bucket",
        "1bucket",
        "a-b",
        "a.b.c.d",
        "1.2.3.a",
        "999.999.999",
        "a--b",
        "b-1.c-2",
        "1.2.3.4.5",
    ],
)
def test_bucket_names_that_are_valid(name: str) -> None:
    assert words(with_request(TargetBucket=name))["bucket-name-invalid"] == PASSES


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ab", "has 2 characters"),
        ("a" * 64, "has 64 characters"),
        ("s3://exports", "is a path"),
        ("s3://exports/daily/", "is a path"),
        ("exports/daily", "is a path"),
        ("https://exports.s3.amazonaws.com", "is a path"),
        ("arn:aws:s3:::exports", "is an ARN"),
        ("Exports", "contains `E`"),
        ("my_exports", "contains `_`"),
        ("exports ", "contains ` `"),
        ("exports\n", "contains"),
        ("éxports", "contains `é`"),
        ("my..bucket", "empty label"),
        (".bucket", "empty label"),
        ("bucket.", "empty label"),
        ("-bucket", "hyphen"),
        ("bucket-", "hyphen"),
        ("a-.b", "hyphen"),
        ("a.-b", "hyphen"),
        ("192.168.5.4", "IP address"),
        ("999.999.999.999", "IP address"),
    ],
)
def test_bucket_names_that_are_invalid(name: str, said: str) -> None:
    found = judged(with_request(TargetBucket=name))["bucket-name-invalid"]
    assert found.verdict == FAILS
    assert said in found.message
    assert found.route == ("requests", 0, "TargetBucket")


@settings(deadline=None)
@given(st.text(alphabet="ab1-._A/:", min_size=1, max_size=66))
def test_a_bucket_name_is_valid_by_the_guide(name: str) -> None:
    """3 to 63 characters; labels of [a-z0-9-] separated by dots, each beginning and ending with a letter or digit."""
    labels = name.split(".")
    inner = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    fits = (
        3 <= len(name) <= 63
        and all(label and set(label) <= inner and label[0] != "-" and label[-1] != "-" for label in labels)
        and not (len(labels) == 4 and all(label.isdigit() for label in labels))
    )
    assert words(with_request(TargetBucket=name))["bucket-name-invalid"] == (PASSES if fits else FAILS)


# -- target names
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["a", "a" * 1000, "daily/orders", "orders.2026", "Orders", "ä" * 507, "1", "-", "a--b", " ", "automatic.x"],
    ids=lambda name: f"{name[:12]} ({len(name)})",
)
def test_target_names_that_an_export_accepts(name: str) -> None:
    assert words(with_request(TargetSnapshotName=name))["target-name-invalid"] == PASSES


@pytest.mark.parametrize(
    ("name", "said", "certainty"),
    [
        ("", "is empty", "documented"),
        ("a" * 1001, "has 1,001 characters; an export allows at most 1,000", "documented"),
        ("ä" * 508, "would have 1,025 bytes; S3 allows at most 1,024", "inferred"),
        ("😀" * 254, "would have 1,025 bytes", "inferred"),
    ],
    ids=["empty", "1001", "1025 bytes", "4-byte characters"],
)
def test_target_names_that_an_export_refuses(name: str, said: str, certainty: str) -> None:
    found = judged(with_request(TargetSnapshotName=name))["target-name-invalid"]
    assert found.verdict == FAILS
    assert said in found.message
    assert (found.severity, found.certainty) == ("error", certainty)


def test_the_byte_limit_applies_to_the_whole_key() -> None:
    name = "ä" * 507 + "a"  # 1,015 bytes, and 9 of `-0001.rdb`
    assert len(f"{name}-0001.rdb".encode()) == 1024
    assert words(with_request(TargetSnapshotName=name))["target-name-invalid"] == PASSES
    assert words(with_request(TargetSnapshotName=name + "a"))["target-name-invalid"] == FAILS


@pytest.mark.parametrize("name", ["a", "a" * 40, "Orders-2026", "a-1", "A1"])
def test_target_names_that_a_plain_copy_accepts(name: str) -> None:
    assert words(plain_copy(TargetSnapshotName=name))["target-name-invalid"] == PASSES


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a" * 41, "has 41 characters"),
        ("a" * 1001, "has 1,001 characters"),
        ("daily/orders", "contains `/`"),
        ("orders.2026", "contains `.`"),
        ("1orders", "begin with a letter"),
        ("-orders", "begin with a letter"),
        ("a--b", "two consecutive hyphens"),
        ("orders-", "ends with a hyphen"),
        ("örders", "contains `ö`"),
    ],
)
def test_the_grammar_of_a_plain_copy_is_a_warning(name: str, said: str) -> None:
    found = judged(plain_copy(TargetSnapshotName=name))["target-name-invalid"]
    assert found.verdict == FAILS
    assert said in found.message
    assert (found.severity, found.certainty) == ("warning", "inferred")


def test_an_empty_name_is_an_error_for_a_plain_copy_too() -> None:
    found = judged(plain_copy(TargetSnapshotName=""))["target-name-invalid"]
    assert (found.verdict, found.severity, found.certainty) == (FAILS, "error", "documented")


# -- tags
# ------------------------------------------------------------------------------------------------------------------


def tag(key: str = "k", value: str | None = "v") -> dict[str, object]:
    return {"Key": key, "Value": value}


@pytest.mark.parametrize(
    "tags",
    [
        [tag("k" * 128, "v" * 256)],
        [tag("a"), tag("A")],
        [tag("k", None)],
        [tag("k", "")],
        [tag("ä+-=._:/@ ", "ü")],
        [tag("team:aws:")],
        [tag("awsome")],
    ],
    ids=lambda tags: str(tags)[:40],
)
def test_tags_that_are_valid(tags: list[dict[str, object]]) -> None:
    found = words(with_request(Tags=tags))
    assert (found["tag-invalid"], found["too-many-tags"], found["request-malformed"]) == (PASSES, PASSES, PASSES)


@pytest.mark.parametrize(
    ("tags", "place", "said"),
    [
        ([tag("")], (0, "Key"), "is empty"),
        ([tag(), tag("k" * 129)], (1, "Key"), "129 characters"),
        ([tag("k", "v" * 257)], (0, "Value"), "257 characters"),
        ([tag("aws:team")], (0, "Key"), "`aws:`, which is reserved"),
        ([tag("AWS:team")], (0, "Key"), "reserved"),
        ([tag("a"), tag("b"), tag("a")], (2, "Key"), "`a` appears twice"),
    ],
    ids=lambda each: str(each)[:40],
)
def test_tags_that_are_invalid(tags: list[dict[str, object]], place: tuple[int, str], said: str) -> None:
    found = judged(with_request(Tags=tags))["tag-invalid"]
    assert found.verdict == FAILS
    assert said in found.message
    assert found.route == ("requests", 0, "Tags", *place)


@pytest.mark.parametrize(("count", "word"), [(1, PASSES), (50, PASSES), (51, FAILS), (1000, FAILS)])
def test_the_number_of_tags(count: int, word: str) -> None:
    found = judged(with_request(Tags=[tag(str(number)) for number in range(count)]))["too-many-tags"]
    assert found.verdict == word
    assert (found.code == "TagQuotaPerResourceExceeded") is (word == FAILS)


@pytest.mark.parametrize("members", [{}, {"Tags": []}, {"Tags": "x"}, {"Tags": None}], ids=str)
def test_without_tags_the_rules_do_not_apply(members: dict[str, Any]) -> None:
    found = words(with_request(**members))
    assert (found["tag-invalid"], found["too-many-tags"]) == (NONE, NONE)


# -- KMS keys
# ------------------------------------------------------------------------------------------------------------------


def test_a_kms_key_on_an_export_fails_with_the_observed_error() -> None:
    found = judged(with_request(KmsKeyId="alias/x"))["customer-key-on-export"]
    assert (found.verdict, found.code) == (FAILS, "InvalidParameterCombination")
    assert (found.predicts or "").startswith("AWS Key Management Service Customer Managed CMK cannot be used")


def test_a_kms_key_on_a_plain_copy_is_accepted() -> None:
    assert words(plain_copy(KmsKeyId="alias/x"))["customer-key-on-export"] == NONE


# -- the snapshot
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("available", PASSES),
        ("creating", FAILS),
        ("exporting", FAILS),
        ("failed", FAILS),
        ("deleting", FAILS),
        ("restoring", FAILS),
        ("copying", FAILS),
    ],
)
def test_only_an_available_snapshot_is_copied(status: str, word: str) -> None:
    world = good()
    world["snapshots"]["nightly"]["SnapshotStatus"] = status
    found = judged(world)["snapshot-not-available"]
    assert found.verdict == word
    assert (found.code == "InvalidSnapshotState") is (word == FAILS)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"DataTiering": "disabled"}, PASSES),
        ({"DataTiering": None}, PASSES),
        ({"CacheNodeType": "cache.r6g.large"}, PASSES),
        ({"DataTiering": "enabled"}, FAILS),
        ({"CacheNodeType": "cache.r6gd.xlarge"}, FAILS),
        ({"DataTiering": "disabled", "CacheNodeType": "cache.r6gd.xlarge"}, FAILS),
        ({"Engine": "redis"}, UNDETERMINED),
    ],
    ids=str,
)
def test_data_tiering(fields: dict[str, Any], word: str) -> None:
    world = good()
    world["snapshots"]["nightly"] = fields
    assert words(world)["data-tiering-not-exportable"] == word


@pytest.mark.parametrize(("engine", "word"), [("redis", PASSES), ("valkey", PASSES), ("memcached", FAILS)])
def test_engine(engine: str, word: str) -> None:
    for world in (good(), plain_copy()):
        world["snapshots"]["nightly"]["Engine"] = engine
        assert words(world)["engine-not-supported"] == word


@pytest.mark.parametrize(
    ("snapshots", "word"),
    [
        ({TARGET: None}, PASSES),
        ({TARGET: {"Engine": "redis"}}, FAILS),
        ({}, UNDETERMINED),
        ({TARGET: {}}, UNDETERMINED),
    ],
    ids=str,
)
def test_the_target_name_of_a_plain_copy_must_be_free(snapshots: dict[str, Any], word: str) -> None:
    world = plain_copy()
    world["snapshots"].update(snapshots)
    assert words(world)["snapshot-name-exists"] == word


def test_an_export_may_use_the_name_of_a_snapshot() -> None:
    world = good()
    world["snapshots"][TARGET] = {"Engine": "redis"}
    assert words(world)["snapshot-name-exists"] == NONE


def test_rules_of_exports_do_not_apply_to_a_plain_copy() -> None:
    found = words(plain_copy())
    for rule in ("bucket-outside-region", "service-lacks-read", "caller-cannot-list-buckets", "object-key-exists"):
        assert found[rule] == NONE


@pytest.mark.parametrize(
    ("fields", "rule", "message"),
    [
        ({"region": "eu-west-1"}, "bucket-outside-region", f"The S3 bucket {BUCKET} is outside of the region."),
        (
            {"account": "999988887777"},
            "bucket-not-owned",
            f"The S3 bucket {BUCKET} is not owned by the authenticated user.",
        ),
    ],
)
def test_region_and_owner_of_the_bucket(fields: dict[str, Any], rule: str, message: str) -> None:
    world = good()
    world["buckets"][BUCKET].update(fields)
    found = judged(world)[rule]
    assert (found.verdict, found.predicts) == (FAILS, message)
    assert found.because[0].route == ("buckets", BUCKET, next(iter(fields)))

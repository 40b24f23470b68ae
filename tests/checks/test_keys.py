"""The keys that an export will write, and whether the bucket holds one of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.world import BUCKET, SOURCE, TARGET, Data, changed, good, judged

from snaplint.operations.copy_snapshot import ELASTICACHE_SNAPSHOT
from snaplint.operations.export_keys import MAX_SHARDS, object_key, object_keys
from snaplint.operations.partitions import is_opt_in
from snaplint.operations.partitions import partition as partition_of

FAILS, PASSES, UNDETERMINED = "fails", "passes", "cannot-tell"


def world(keys: Any, *, shards: object = 2, target: str = TARGET, **fields: Any) -> Data:
    data = good()
    data["requests"][0]["TargetSnapshotName"] = target
    data["buckets"][BUCKET]["keys"] = keys
    data["snapshots"][SOURCE].update(fields)
    if shards is None:
        del data["snapshots"][SOURCE]["NumNodeGroups"]
    else:
        data["snapshots"][SOURCE]["NumNodeGroups"] = shards
    return data


def word(data: Data) -> str:
    return judged(data)["object-key-exists"].verdict


@pytest.mark.parametrize(
    "key",
    [
        f"{TARGET}.rdb",
        f"{TARGET}-1.rdb",
        f"{TARGET}-00001.rdb",
        f"{TARGET}-0001.rdb.bak",
        f"{TARGET}-0001.RDB",
        f"x{TARGET}-0001.rdb",
        f"daily/{TARGET}-0001.rdb",
        f"{TARGET.upper()}-0001.rdb",
        TARGET,
        "",
    ],
)
def test_keys_that_do_not_collide(key: str) -> None:
    assert word(world([key])) == PASSES


@pytest.mark.parametrize("number", ["0000", "0003", "0501", "9999"])
def test_a_number_above_the_count_may_be_that_of_a_node_group(number: str) -> None:
    found = judged(world([f"{TARGET}-{number}.rdb"]))["object-key-exists"]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, (f"snapshots.{SOURCE}.NodeSnapshots",))
    assert found.because[0].route == ("buckets", BUCKET, "keys", 0)
    nodes = [{"NodeGroupId": "0001"}, {"NodeGroupId": "0002"}]
    assert word(world([f"{TARGET}-{number}.rdb"], NodeSnapshots=nodes)) == PASSES


@pytest.mark.parametrize(("shards", "number"), [(1, 1), (2, 1), (2, 2), (90, 90), (500, 500)])
def test_keys_that_collide(shards: int, number: int) -> None:
    key = f"{TARGET}-{number:04}.rdb"
    found = judged(world(["other", key], shards=shards))["object-key-exists"]
    assert found.verdict == FAILS
    assert found.predicts == f"The S3 bucket {BUCKET} already contains an object with key {key}."
    (blame,) = found.because
    assert blame.route == ("buckets", BUCKET, "keys", 1)
    assert found.route == ("requests", 0, "TargetSnapshotName")


def test_every_collision_is_blamed() -> None:
    found = judged(world([f"{TARGET}-0002.rdb", f"{TARGET}-0001.rdb"]))["object-key-exists"]
    assert {blame.route[-1] for blame in found.because} == {0, 1}
    assert (found.predicts or "").endswith(f"{TARGET}-0001.rdb.")


def test_a_slash_is_part_of_the_name() -> None:
    assert word(world(["daily/orders-0001.rdb"], target="daily/orders")) == FAILS


# -- the number of shards
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shards", [None, 0, -1], ids=["left out", "none", "negative"])
def test_with_an_unknown_count_only_the_first_key_is_certain(shards: object) -> None:
    assert word(world([f"{TARGET}-0001.rdb"], shards=shards)) == FAILS
    assert word(world([f"{TARGET}-0002.rdb"], shards=shards)) == UNDETERMINED
    assert word(world([f"{TARGET}-0417.rdb"], shards=shards)) == UNDETERMINED
    assert word(world([f"{TARGET}-0501.rdb"], shards=shards)) == UNDETERMINED  # it may be the ID of a node group
    assert word(world(["other"], shards=shards)) == PASSES
    found = judged(world([f"{TARGET}-0002.rdb"], shards=shards))["object-key-exists"]
    assert found.depends_on == (f"snapshots.{SOURCE}.NumNodeGroups",)
    assert found.because[0].route == ("buckets", BUCKET, "keys", 0)


def test_with_an_unknown_snapshot_the_count_is_unknown() -> None:
    data = world([f"{TARGET}-0002.rdb"])
    data["snapshots"] = {}
    assert word(data) == UNDETERMINED
    data["buckets"][BUCKET]["keys"] = []
    assert word(data) == PASSES


@pytest.mark.parametrize("source", [None, ""])
def test_without_a_source_the_count_depends_on_the_request(source: str | None) -> None:
    data = world([f"{TARGET}-0002.rdb"])
    if source is None:
        del data["requests"][0]["SourceSnapshotName"]
    else:
        data["requests"][0]["SourceSnapshotName"] = source
    found = judged(data)["object-key-exists"]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, ("request.SourceSnapshotName",))
    found = judged(data)["snapshot-does-not-exist"]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, ("request.SourceSnapshotName",))


@pytest.mark.parametrize("shards", [501, 10**9, 10**30])
def test_a_count_above_the_maximum_is_treated_as_the_maximum(shards: int) -> None:
    assert word(world([f"{TARGET}-0500.rdb"], shards=shards)) == FAILS
    assert word(world(["other"], shards=shards)) == PASSES


def test_nodes_are_counted_if_the_number_of_groups_is_missing() -> None:
    nodes = [{"NodeGroupId": "0001"}, {"NodeGroupId": "0002"}]
    assert word(world([f"{TARGET}-0002.rdb"], shards=None, NodeSnapshots=nodes)) == FAILS
    assert word(world([f"{TARGET}-0003.rdb"], shards=None, NodeSnapshots=nodes)) == PASSES
    single = [{"CacheNodeId": "0001"}]
    assert word(world([f"{TARGET}-0002.rdb"], shards=None, NodeSnapshots=single)) == PASSES


@pytest.mark.parametrize(
    "nodes", [[], [5], ["x"], [{}], [{"NodeGroupId": 5}], [None, {"NodeGroupId": "0007"}]], ids=str
)
def test_nodes_of_any_type_cause_no_error(nodes: list[object]) -> None:
    assert word(world([], shards=None, NodeSnapshots=nodes)) == PASSES
    assert word(world([], shards=2, NodeSnapshots=nodes)) == PASSES


def test_files_may_be_numbered_by_node_group() -> None:
    nodes = [{"NodeGroupId": "0007"}, {"NodeGroupId": "0009"}]
    found = judged(world([f"{TARGET}-0009.rdb"], NodeSnapshots=nodes))["object-key-exists"]
    assert found.verdict == UNDETERMINED
    assert "node group" in found.message
    assert word(world([f"{TARGET}-0008.rdb"], NodeSnapshots=nodes)) == PASSES


def test_a_number_that_no_node_group_has_may_not_be_written() -> None:
    nodes = [{"NodeGroupId": "0001"}, {"NodeGroupId": "0004"}]
    found = judged(world([f"{TARGET}-0002.rdb"], NodeSnapshots=nodes))["object-key-exists"]
    assert found.verdict == UNDETERMINED
    assert "node group" in found.message
    assert word(world([f"{TARGET}-0001.rdb"], NodeSnapshots=nodes)) == FAILS
    assert word(world([f"{TARGET}-0001.rdb", f"{TARGET}-0002.rdb"], NodeSnapshots=nodes)) == FAILS


@pytest.mark.parametrize(
    "nodes", [[{}], [{"NodeGroupId": "0001"}, {}], [{"NodeGroupId": "first"}], [5], None, []], ids=str
)
def test_node_groups_are_unknown_if_a_node_does_not_name_its_own(nodes: object) -> None:
    data = world([f"{TARGET}-0004.rdb"], NodeSnapshots=nodes)
    found = judged(data)["object-key-exists"]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, (f"snapshots.{SOURCE}.NodeSnapshots",))
    assert word(changed(data, **{f"snapshots__{SOURCE}__NumNodeGroups": None})) == UNDETERMINED


def test_an_answer_of_aws_without_node_groups_is_of_a_cluster_that_has_none() -> None:
    data = world([f"{TARGET}-0004.rdb"])
    item = {"SnapshotName": SOURCE, "NumNodeGroups": 1, "NodeSnapshots": [{"CacheSize": "3 MB"}]}
    data["snapshots"][SOURCE] = {"Snapshots": [item]}
    assert word(data) == PASSES


# -- spelling
# ------------------------------------------------------------------------------------------------------------------


def test_a_name_in_upper_case_may_collide_in_lower_case() -> None:
    exact = judged(world(["Orders-0001.rdb"], target="Orders"))["object-key-exists"]
    assert (exact.verdict, exact.certainty) == (FAILS, "documented")
    lower = judged(world(["orders-0001.rdb"], target="Orders"))["object-key-exists"]
    assert (lower.verdict, lower.certainty) == (UNDETERMINED, "inferred")
    assert "AWS does not document whether ElastiCache writes the key in lower case" in lower.message
    assert word(world(["orders-0001.rdb", "Orders-0001.rdb"], target="Orders")) == FAILS
    assert word(world(["ORDERS-0001.rdb"], target="Orders")) == PASSES


def test_a_name_in_lower_case_does_not_collide_with_upper_case() -> None:
    assert word(world(["Orders-0001.rdb"], target="orders")) == PASSES


# -- listings
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ({"Contents": []}, PASSES),
        ({"Contents": [], "IsTruncated": True}, UNDETERMINED),
        ({"Contents": [{"Key": f"{TARGET}-0002.rdb"}], "IsTruncated": True}, FAILS),
        ({"Contents": [], "Prefix": TARGET}, PASSES),
        ({"Contents": [], "Prefix": f"{TARGET}-"}, PASSES),
        ({"Contents": [], "Prefix": f"{TARGET}-000"}, UNDETERMINED),
        ({"Contents": [], "Prefix": f"{TARGET}-0001"}, UNDETERMINED),
        ({"Contents": [], "Prefix": "archive/"}, UNDETERMINED),
        ({"Contents": [], "Prefix": TARGET, "IsTruncated": True}, UNDETERMINED),
    ],
    ids=str,
)
def test_a_listing(listing: Data, expected: str) -> None:
    assert word(world(listing)) == expected


def test_a_narrow_prefix_is_enough_if_the_node_groups_are_known() -> None:
    nodes = [{"NodeGroupId": "0001"}, {"NodeGroupId": "0002"}]
    assert word(world({"Contents": [], "Prefix": f"{TARGET}-000"}, NodeSnapshots=nodes)) == PASSES
    assert word(world({"Contents": [], "Prefix": f"{TARGET}-0001"}, NodeSnapshots=nodes)) == UNDETERMINED


def test_a_narrow_prefix_is_not_enough_if_the_count_is_unknown() -> None:
    assert word(world({"Contents": [], "Prefix": f"{TARGET}-000"}, shards=None)) == UNDETERMINED
    assert word(world({"Contents": [], "Prefix": TARGET}, shards=None)) == PASSES


def test_a_listing_must_cover_both_spellings() -> None:
    assert word(world({"Contents": [], "Prefix": "Orders"}, target="Orders")) == UNDETERMINED
    assert word(world({"Contents": [], "Prefix": ""}, target="Orders")) == PASSES


# -- the names themselves
# ------------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.integers(1, MAX_SHARDS), st.integers(1, MAX_SHARDS), st.booleans())
def test_a_key_collides_if_its_number_is_one_of_the_shards(number: int, shards: int, known: bool) -> None:
    key = object_key(TARGET, number)
    expected = FAILS if number <= (shards if known else 1) else UNDETERMINED
    assert word(world([key], shards=shards if known else None)) == expected


@pytest.mark.parametrize(
    ("shard", "key"), [(1, "a-0001.rdb"), (12, "a-0012.rdb"), (500, "a-0500.rdb"), ("0007", "a-0007.rdb")]
)
def test_object_key(shard: int | str, key: str) -> None:
    assert object_key("a", shard) == key


@settings(deadline=None)
@given(st.integers(0, 50))
def test_object_keys_are_as_many_as_shards(shards: int) -> None:
    keys = list(object_keys("a", shards))
    assert keys == [f"a-{number:04}.rdb" for number in range(1, shards + 1)]


@pytest.mark.parametrize(
    ("region", "partition", "opt_in"),
    [
        ("us-east-1", "aws", False),
        ("ap-northeast-3", "aws", False),
        ("ap-east-1", "aws", True),
        ("xx-new-9", "aws", True),
        ("cn-north-1", "aws-cn", False),
        ("us-gov-east-1", "aws-us-gov", False),
        ("us-iso-east-1", "aws-iso", False),
        ("us-isob-east-1", "aws-iso-b", False),
        ("us-isof-south-1", "aws-iso-f", False),
        ("eu-isoe-west-1", "aws-iso-e", False),
        ("eusc-de-east-1", "aws-eusc", False),
    ],
)
def test_partitions(region: str, partition: str, opt_in: bool) -> None:
    assert partition_of(region) == partition
    assert is_opt_in(region) is opt_in
    assert ELASTICACHE_SNAPSHOT.principals(region)[0].startswith(f"{region}.elasticache-snapshot.")


def test_expected_principals_have_the_suffix_of_the_partition() -> None:
    assert ELASTICACHE_SNAPSHOT.principals("us-gov-west-1") == ("us-gov-west-1.elasticache-snapshot.amazonaws.com",)
    assert ELASTICACHE_SNAPSHOT.principals("cn-north-1") == (
        "cn-north-1.elasticache-snapshot.amazonaws.com.cn",
        "cn-north-1.elasticache-snapshot.amazonaws.com",
    )
    assert ELASTICACHE_SNAPSHOT.principals("eusc-de-east-1")[0].endswith(".amazonaws.eu")

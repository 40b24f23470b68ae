"""The files of a collector: facts declared unknown with a reason, several listings, settings of the account.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html and the other calls that a collector makes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.world import BUCKET, SOURCE, TARGET, full_acl, good, with_bucket
from tests.preflight.project import read

from snaplint.checks.bucket import setting
from snaplint.checks.export.access import Access
from snaplint.checks.export.proposal import Proposal
from snaplint.facts import store
from snaplint.facts.model import NotOurs
from snaplint.facts.object_keys import ObjectKeys
from snaplint.findings.verdict import CannotTell

if TYPE_CHECKING:
    from pathlib import Path

UNDETERMINED = "cannot-tell"


def refused(right: str) -> dict[str, str]:
    return {"unknown": f"{right}: AccessDenied for arn:aws:s3:::exports"}


def test_a_whole_world_without_unknowns_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, good())
    assert found.fault_lines == []
    assert UNDETERMINED not in found.words.values()


@pytest.mark.parametrize(
    ("field", "right", "rules"),
    [
        ("region", "s3:GetBucketLocation", ["bucket-outside-region", "service-lacks-read", "service-lacks-write"]),
        ("account", "s3:ListAllMyBuckets", ["bucket-not-owned"]),
        ("policy", "s3:GetBucketPolicy", ["service-lacks-read", "service-lacks-write", "service-lacks-read-acp"]),
        ("acl", "s3:GetBucketAcl", ["acl-grant-without-acls"]),
        ("encryption", "s3:GetEncryptionConfiguration", ["bucket-default-kms"]),
        ("public_access_block", "s3:GetBucketPublicAccessBlock", ["public-access-block-relaxed"]),
        ("keys", "s3:ListBucket", ["object-key-exists"]),
    ],
)
def test_a_field_that_could_not_be_read_names_the_right(
    tmp_path: Path, field: str, right: str, rules: list[str]
) -> None:
    world = with_bucket(**{field: refused(right)})
    if field == "acl":
        world["buckets"][BUCKET]["ownership"] = "ObjectWriter"
    found = read(tmp_path, world)
    assert found.fault_lines == []
    for rule in rules:
        assert found.words[rule] == UNDETERMINED
        assert f"{right}: AccessDenied for arn:aws:s3:::exports" in found.verdicts[rule].message


def test_a_bucket_of_which_nothing_could_be_read(tmp_path: Path) -> None:
    world = good()
    world["buckets"][BUCKET] = refused("s3:ListBucket")
    found = read(tmp_path, world)
    assert found.fault_lines == []
    assert found.words["bucket-does-not-exist"] == UNDETERMINED
    assert "s3:ListBucket: AccessDenied" in found.verdicts["bucket-does-not-exist"].message


def test_the_rest_of_a_bucket_is_unknown_for_the_reason_given(tmp_path: Path) -> None:
    world = good()
    world["buckets"][BUCKET] = {"region": "us-east-1", **refused("s3:ListBucket")}
    found = read(tmp_path, world)
    assert found.words["bucket-does-not-exist"] == "passes"
    assert found.words["bucket-outside-region"] == "passes"
    assert "s3:ListBucket: AccessDenied" in found.verdicts["bucket-not-owned"].message


def test_a_snapshot_that_could_not_be_read(tmp_path: Path) -> None:
    world = good()
    world["snapshots"][SOURCE] = refused("elasticache:DescribeSnapshots")
    found = read(tmp_path, world)
    assert found.words["snapshot-does-not-exist"] == UNDETERMINED
    assert "elasticache:DescribeSnapshots: AccessDenied" in found.verdicts["snapshot-does-not-exist"].message


@pytest.mark.parametrize("place", ["policies", "one policy", "boundary", "session_policies", "arn", "account"])
def test_a_caller_that_could_not_be_read(tmp_path: Path, place: str) -> None:
    world, unknown = good(), refused("iam:GetUser")
    if place == "account":
        world["account"] = unknown
    elif place == "one policy":
        world["caller"]["policies"] = [unknown]
    else:
        world["caller"][place] = unknown
    found = read(tmp_path, world, strict=True)
    assert found.fault_lines == []
    rule = "bucket-not-owned" if place == "account" else "caller-not-permitted"
    assert found.words[rule] == UNDETERMINED
    assert "iam:GetUser: AccessDenied" in found.verdicts[rule].message


@pytest.mark.parametrize("layer", ["scps", "rcps"])
def test_an_organization_that_could_not_be_read(tmp_path: Path, layer: str) -> None:
    world = good()
    world["organization"] = {"scps": [], "rcps": [], layer: refused("organizations:ListParents")}
    found = read(tmp_path, world)
    assert found.words["caller-not-permitted"] == UNDETERMINED
    assert "organizations:ListParents: AccessDenied" in found.verdicts["caller-not-permitted"].message
    assert found.words["service-lacks-write"] == (UNDETERMINED if layer == "rcps" else "passes")


def test_an_owner_who_is_only_known_to_be_another(tmp_path: Path) -> None:
    found = read(tmp_path, with_bucket(account={"other_than": "111122223333"}))
    assert found.words["bucket-not-owned"] == "fails"
    assert (
        found.verdicts["bucket-not-owned"].predicts == f"The S3 bucket {BUCKET} is not owned by the authenticated user."
    )
    assert found.preflight is not None
    assert found.preflight.facts.buckets[BUCKET].account == NotOurs("111122223333")  # type: ignore[union-attr]
    assert found.verdicts["bucket-not-owned"].message == (
        f"bucket `{BUCKET}` does not belong to account 111122223333, which makes the call"
    )


def test_a_setting_cannot_be_read_off_such_an_owner(tmp_path: Path) -> None:
    preflight = read(tmp_path, with_bucket(account={"other_than": "111122223333"})).preflight
    assert preflight is not None
    access = Access(preflight.facts, preflight.caller)
    proposal = Proposal(preflight.requests[0], preflight.facts, preflight.caller, access)
    (found,) = setting(proposal, {"field": "account", "equals": "999988887777"})
    assert isinstance(found, CannotTell)
    assert found.needs == (f"buckets.{BUCKET}.account",)


def test_an_owner_who_is_not_somebody_else_altogether_is_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, with_bucket(account={"other_than": "999988887777"}))
    assert found.words["bucket-not-owned"] == UNDETERMINED


def test_a_reason_is_some_text_and_no_flood(tmp_path: Path) -> None:
    for why, expected in (("", "no reason is provided"), ("x" * 3_000_000, "x" * 999 + "…")):
        found = read(tmp_path, with_bucket(policy={"unknown": why})).verdicts["service-lacks-read"]
        assert (found.verdict, found.message.count(expected)) == (UNDETERMINED, 1)
        assert len(found.message) < 2_000


def test_listings_under_several_prefixes(tmp_path: Path) -> None:
    def listing(prefix: str, *keys: str, cut: bool = False) -> dict[str, Any]:
        return {"Prefix": prefix, "Contents": [{"Key": key} for key in keys], "IsTruncated": cut}

    free = [listing("other-", "other-0001.rdb"), listing(f"{TARGET}-")]
    assert read(tmp_path, with_bucket(keys=free)).words["object-key-exists"] == "passes"
    taken = [listing("other-"), listing(f"{TARGET}-", f"{TARGET}-0001.rdb")]
    found = read(tmp_path, with_bucket(keys=taken))
    assert found.words["object-key-exists"] == "fails"
    (blame,) = found.verdicts["object-key-exists"].because
    assert found.at(blame.route).endswith(f'"{TARGET}-0001.rdb"')
    cut = [listing("other-"), listing(f"{TARGET}-", cut=True)]
    assert read(tmp_path, with_bucket(keys=cut)).words["object-key-exists"] == UNDETERMINED
    mixed = read(tmp_path, with_bucket(keys=[listing("other-"), "a key"]))
    assert any("must be the output of list-objects-v2" in fault for fault in mixed.fault_lines)


@given(st.lists(st.text("ab-", max_size=3), max_size=3), st.text("ab-", max_size=4))
def test_a_key_not_seen_is_absent_only_under_a_listed_prefix(prefixes: list[str], key: str) -> None:
    keys = ObjectKeys.listed({}, tuple(prefixes))
    assert keys.has(key) is (False if any(key.startswith(prefix) for prefix in prefixes) else None)


@pytest.mark.parametrize(
    ("bucket", "account", "word"),
    [
        (True, True, "passes"),
        (True, None, "passes"),
        (None, True, "passes"),
        (None, None, "fails"),
        (True, "unknown", "passes"),
        (None, "unknown", UNDETERMINED),
        ("unknown", True, "passes"),
        ("unknown", None, UNDETERMINED),
    ],
)
def test_the_stricter_public_access_block_holds(tmp_path: Path, bucket: Any, account: Any, word: str) -> None:
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

    def block(state: Any) -> Any:
        if state == "unknown":
            return refused("s3:GetAccountPublicAccessBlock")
        return None if state is None else dict.fromkeys(names, True)

    world = with_bucket(public_access_block=block(bucket)) | {"account_public_access_block": block(account)}
    found = read(tmp_path, world)
    assert found.fault_lines == []
    assert found.words["public-access-block-relaxed"] == word
    if word == UNDETERMINED:
        assert "s3:GetAccountPublicAccessBlock" in found.verdicts["public-access-block-relaxed"].message


def test_what_aws_says_of_the_region_wins_over_the_table(tmp_path: Path) -> None:
    world = with_bucket(policy=None, acl=full_acl(), ownership="ObjectWriter")
    assert read(tmp_path, world | {"region_opt_status": "ENABLED_BY_DEFAULT"}).words["service-lacks-read"] == "passes"
    assert read(tmp_path, world | {"region_opt_status": "ENABLED"}).words["service-lacks-read"] == "fails"
    assert read(tmp_path, world | {"region_opt_status": refused("account:X")}).words["service-lacks-read"] == "passes"


def test_a_facts_file_of_another_account_is_refused(tmp_path: Path) -> None:
    collected = good()
    (tmp_path / "facts.json").write_text(store.written(collected | {"account": "999988887777"}), encoding="utf-8")
    own = {name: value for name, value in good().items() if name not in ("snapshots", "buckets")}
    found = read(tmp_path, own | {"facts": "facts.json"})
    message = "the facts in `facts.json` were collected for another account: 999988887777, not 111122223333"
    assert any(message in fault for fault in found.fault_lines)
    (tmp_path / "facts.json").write_text(store.written(collected), encoding="utf-8")
    found = read(tmp_path, own | {"facts": "facts.json"})
    assert found.fault_lines == []
    assert UNDETERMINED not in found.words.values()


@pytest.mark.parametrize("place", ["policies", "session_policies"])
@pytest.mark.parametrize("value", [{}, {"Version": "2012-10-17"}, {"unknown": ""}, {"unknown": "x", "more": 1}])
def test_what_is_no_reason_is_refused_in_a_users_words(tmp_path: Path, place: str, value: object) -> None:
    world = good()
    world["caller"][place] = value
    found = read(tmp_path, world)
    assert found.fault_lines
    assert all("list of policies" in fault or "must be the reason" in fault for fault in found.fault_lines)


def test_the_facts_file_is_stable_and_sorted() -> None:
    facts = {"b": {"z": 1, "a": "é"}, "a": []}
    assert store.written(facts) == '{\n  "a": [],\n  "b": {\n    "a": "\\u00e9",\n    "z": 1\n  }\n}\n'


def test_account_numbers_are_masked_and_nothing_else() -> None:
    facts = {
        "account": "111122223333",
        "caller": {"arn": "arn:aws:sts::111122223333:assumed-role/x/444455556666"},
        "buckets": {"exports-111122223333": {"policy": {"Principal": {"AWS": ["999988887777", "*"]}}}},
        "requests": [{"TargetSnapshotName": "nightly-202611010300", "n": 111122223333}],
    }
    masked = store.redacted(facts)
    assert masked == {
        "account": "000000000001",
        "caller": {"arn": "arn:aws:sts::000000000001:assumed-role/x/444455556666"},
        "buckets": {"exports-000000000001": {"policy": {"Principal": {"AWS": ["000000000002", "*"]}}}},
        "requests": [{"TargetSnapshotName": "nightly-202611010300", "n": 111122223333}],
    }

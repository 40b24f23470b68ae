"""What the name of a bucket says by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import snaplint
from snaplint.operations.bucket_names import WITHOUT_NAMESPACES, Namespace, namespace, reserved
from snaplint.operations.partitions import REGIONS

ACCOUNTS = st.text("0123456789", min_size=12, max_size=12)
PREFIXES = st.text("abc019-.", min_size=1, max_size=20)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "exports",
        "an",
        "acme-an",
        "amzn-s3-demo",
        "my-amzn-s3-demo-bucket",
        "s3alias",
        "x-s3",
        "mrap",
        "exports--x-s3a",
    ],
)
def test_other_names_are_not_reserved(name: str) -> None:
    assert reserved(name) is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("amzn-s3-demo-bucket", "begins with `amzn-s3-demo-`"),
        ("xn--exports", "begins with `xn--`"),
        ("sthree-exports", "begins with `sthree-`"),
        ("exports-s3alias", "ends with `-s3alias`"),
        ("exports--ol-s3", "ends with `--ol-s3`"),
        ("exports.mrap", "ends with `.mrap`"),
        ("exports--use1-az4--x-s3", "ends with `--x-s3`"),
        ("exports--table-s3", "ends with `--table-s3`"),
    ],
)
def test_reserved_names(name: str, what: str) -> None:
    assert str(reserved(name)).startswith(what)


@given(PREFIXES, ACCOUNTS, st.sampled_from(sorted(REGIONS - WITHOUT_NAMESPACES)))
def test_a_name_in_a_namespace_gives_its_account_and_region(prefix: str, account: str, region: str) -> None:
    assert namespace(f"{prefix}-{account}-{region}-an") == Namespace(account, region)


@given(PREFIXES, ACCOUNTS, st.sampled_from([*sorted(WITHOUT_NAMESPACES), "us-east-9", "east-1", "use1", ""]))
def test_a_name_without_a_region_that_has_namespaces_gives_nothing(prefix: str, account: str, region: str) -> None:
    assert namespace(f"{prefix}-{account}-{region}-an") is None


@pytest.mark.parametrize(
    "name",
    [
        "-111122223333-us-east-1-an",
        "111122223333-us-east-1-an",
        "exports111122223333-us-east-1-an",
        "exports-11112222333-us-east-1-an",
        "exports-1111222233334-us-east-1-an",
        "exports-١١١١٢٢٢٢٣٣٣٣-us-east-1-an",
        "exports-111122223333-us-east-1",
        "exports-111122223333-us-east-1-an-2",
        "exports-us-east-1-111122223333-an",
    ],
)
def test_names_that_only_resemble_one(name: str) -> None:
    assert namespace(name) is None


def verdict(rule: str, bucket: str, facts: dict[str, Any]) -> tuple[str, str, str]:
    request = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": bucket}
    found = snaplint.check(request, facts).verdict(rule)
    return found.verdict, found.certainty, found.message


def test_failures_by_the_name_are_inferred() -> None:
    name = "exports-444455556666-us-west-2-an"
    facts = {"account": "111122223333", "region": "us-east-1"}
    assert verdict("bucket-not-owned", name, facts)[:2] == ("fails", "inferred")
    assert verdict("bucket-outside-region", name, facts)[:2] == ("fails", "inferred")


def test_a_name_proves_nothing_where_the_call_is_unknown() -> None:
    name = "exports-444455556666-us-west-2-an"
    for rule, says in (("bucket-not-owned", "account 444455556666"), ("bucket-outside-region", "us-west-2")):
        word, _, message = verdict(rule, name, {})
        assert word == "cannot-tell"
        assert message.startswith(f"the name of bucket `{name}` is in the account regional namespace of {says}, and")


def test_a_bucket_known_not_to_exist_is_in_no_region() -> None:
    name = "exports-444455556666-us-west-2-an"
    facts = {"account": "111122223333", "region": "us-east-1", "buckets": {name: None}}
    assert verdict("bucket-not-owned", name, facts)[0] == "not-applicable"


def test_an_owner_that_is_known_to_be_another_fails_whatever_the_name() -> None:
    name = "exports-111122223333-us-east-1-an"
    facts = {"account": "111122223333", "region": "us-east-1", "buckets": {name: {"account": "444455556666"}}}
    assert verdict("bucket-not-owned", name, facts)[:2] == ("fails", "documented")

"""Contradictions about the call: each is an input error with its place, and the file gives no verdicts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import BUCKET, changed, good
from tests.preflight.project import read

import snaplint
from snaplint.operations.partitions import REGIONS

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "111122223333"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/night"
SSO = "AWSReservedSSO_DatabaseAdministrator_1234567890abcdef"
SSO_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/{SSO}/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"


def called_by(arn: str, **more: Any) -> dict[str, Any]:
    data = good()
    data["caller"] = {**data["caller"], "arn": arn, **more}
    return data


def in_region(region: str, **more: Any) -> dict[str, Any]:
    data = changed(good(), region=region, **more)
    data["buckets"][BUCKET]["region"] = region
    return data


@pytest.mark.parametrize("region", sorted(REGIONS - {name for name in REGIONS if name.startswith(("cn-", "us-gov-"))}))
def test_a_region_that_exists(tmp_path: Path, region: str) -> None:
    found = read(tmp_path, {key: value for key, value in in_region(region).items() if key != "caller"})
    assert found.fault_lines == []


@pytest.mark.parametrize(
    ("region", "near"),
    [
        ("us-est-1", "us-east-1"),
        ("us-esat-1", "us-east-1"),
        ("us-east-9", "us-east-1"),
        ("eu-cental-1", "eu-central-1"),
        ("cn-nort-1", "cn-north-1"),
    ],
)
def test_a_region_that_does_not_exist(tmp_path: Path, region: str, near: str) -> None:
    text = "\n".join(
        (
            "version: 1",
            f'account: "{ACCOUNT}"',
            f"region: {region}",
            "requests: [{SourceSnapshotName: a}]",
            f"buckets: {{exports: {{region: {region}}}}}",
        )
    )
    found = read(tmp_path, text, name="a.snaplint.yaml")
    (fault,) = found.fault_lines
    assert fault.startswith(f"a.snaplint.yaml:3:9: there is no Region `{region}`; did you mean `{near}")
    assert "region_opt_status" in fault
    assert found.preflight is None


@pytest.mark.parametrize("status", ["ENABLED", {"unknown": "not read"}])
def test_a_region_that_is_newer_than_the_list(tmp_path: Path, status: object) -> None:
    found = read(tmp_path, in_region("us-east-9", region_opt_status=status))
    assert found.fault_lines == []
    assert found.words["bucket-outside-region"] == "passes"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::444455556666:role/exporter",
        "arn:aws:iam::444455556666:user/ops/ann",
        "arn:aws:sts::444455556666:assumed-role/exporter/night",
        "arn:aws:iam::444455556666:root",
    ],
)
def test_a_caller_of_another_account(tmp_path: Path, arn: str) -> None:
    found = read(tmp_path, called_by(arn))
    (fault,) = found.fault_lines
    assert f"`caller.arn` is in account 444455556666, but `account` is {ACCOUNT}" in fault
    assert found.preflight is None


@pytest.mark.parametrize(
    ("arn", "region", "words"),
    [
        (f"arn:aws-cn:iam::{ACCOUNT}:user/ann", "us-east-1", "partition aws-cn, but `region` us-east-1 is in aws:"),
        (f"arn:aws:iam::{ACCOUNT}:user/ann", "cn-north-1", "partition aws, but `region` cn-north-1 is in aws-cn:"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y", "us-gov-west-1", "is in aws-us-gov:"),
        (f"arn:aws-us-gov:iam::{ACCOUNT}:role/x", "eu-west-1", "partition aws-us-gov"),
    ],
)
def test_a_caller_of_another_partition(tmp_path: Path, arn: str, region: str, words: str) -> None:
    data = called_by(arn)
    data["region"] = region
    (fault,) = read(tmp_path, data).fault_lines
    assert words in fault


def test_a_caller_of_its_own_partition(tmp_path: Path) -> None:
    data = called_by(f"arn:aws-cn:iam::{ACCOUNT}:user/ann")
    data["region"] = "cn-north-1"
    assert read(tmp_path, data).fault_lines == []


@pytest.mark.parametrize("member", ["account", "caller"])
def test_what_is_not_known_contradicts_nothing(tmp_path: Path, member: str) -> None:
    data = called_by("arn:aws:iam::444455556666:role/exporter")
    if member == "account":
        data["account"] = {"unknown": "not read"}
    else:
        data["caller"]["arn"] = {"unknown": "not read"}
    assert read(tmp_path, data).fault_lines == []


@pytest.mark.parametrize(
    ("arn", "role_arn"),
    [
        (SESSION, f"{ROLE}exporter"),
        (SESSION, f"{ROLE}data/nightly/exporter"),
        (SESSION, {"unknown": "iam:GetRole: AccessDenied"}),
        (SSO_SESSION, f"{ROLE}aws-reserved/sso.amazonaws.com/{SSO}"),
        (SSO_SESSION, f"{ROLE}aws-reserved/sso.amazonaws.com/eu-west-2/{SSO}"),
    ],
)
def test_the_role_of_a_session(tmp_path: Path, arn: str, role_arn: object) -> None:
    assert read(tmp_path, called_by(arn, role_arn=role_arn)).fault_lines == []


@pytest.mark.parametrize(
    ("arn", "role_arn", "words"),
    [
        (SESSION, f"{ROLE}importer", "a role named `exporter` in account 111122223333 and partition aws"),
        (SESSION, f"{ROLE}exporter/nightly", "a role named `exporter`"),
        (SESSION, "arn:aws:iam::444455556666:role/exporter", "in account 111122223333"),
        (SESSION, f"arn:aws-cn:iam::{ACCOUNT}:role/exporter", "partition aws"),
        (SESSION, SESSION, "`caller.role_arn` must be the ARN of a role"),
        (SSO_SESSION, f"{ROLE}{SSO}", "with the path `/aws-reserved/sso.amazonaws.com/`"),
        (SSO_SESSION, f"{ROLE}aws-reserved/sso.amazonaws.com/us-east-1/{SSO}", "with the path"),
        (f"{ROLE}exporter", f"{ROLE}exporter", "only for an assumed-role session"),
        (f"arn:aws:iam::{ACCOUNT}:user/ann", f"{ROLE}exporter", "only for an assumed-role session"),
        (f"arn:aws:iam::{ACCOUNT}:root", f"{ROLE}exporter", "only for an assumed-role session"),
    ],
)
def test_a_role_that_is_not_that_of_the_session(tmp_path: Path, arn: str, role_arn: str, words: str) -> None:
    (fault,) = read(tmp_path, called_by(arn, role_arn=role_arn)).fault_lines
    assert words in fault


def test_a_role_that_the_context_contradicts(tmp_path: Path) -> None:
    context = {"AWS:principalarn": f"{ROLE}data/exporter"}
    (fault,) = read(tmp_path, called_by(SESSION, role_arn=f"{ROLE}exporter", context=context)).fault_lines
    assert "`caller.role_arn` and `aws:PrincipalArn` in `caller.context` must be the same" in fault


@pytest.mark.parametrize(
    ("facts", "caller", "words"),
    [
        ({"region": "us-esat-1"}, None, "did you mean `us-east-1`?"),
        ({"account": ACCOUNT}, {"arn": "arn:aws:iam::444455556666:role/exporter"}, "is in account 444455556666"),
        ({"region": "us-east-1"}, {"arn": f"arn:aws-cn:iam::{ACCOUNT}:role/exporter"}, "partition aws-cn"),
        ({}, {"arn": SESSION, "role_arn": f"{ROLE}importer"}, "a role named `exporter`"),
    ],
)
def test_contradictions_from_python(facts: dict[str, Any], caller: dict[str, Any] | None, words: str) -> None:
    with pytest.raises(snaplint.InvalidFacts) as caught:
        snaplint.check({"SourceSnapshotName": "a", "TargetSnapshotName": "b"}, facts, caller)
    assert words in str(caught.value)

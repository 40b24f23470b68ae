"""A fact that is not provided never passes, and a condition that no request can meet is determined."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.world import (
    BUCKET,
    COMMERCIAL,
    SIX,
    allow,
    arns,
    changed,
    deny,
    full_acl,
    good,
    judged,
    policy,
    service_grant,
    service_words,
    with_bucket,
    with_caller,
    with_request,
    without,
    words,
)

from snaplint.findings.verdict import CANNOT_TELL, FAILS, PASSES

GREEN, RED, OPEN = (PASSES,) * 3, (FAILS,) * 3, (CANNOT_TELL,) * 3
PLACES = arns()


def under(*statements: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the base case with these statements beside the documented grant."""
    return with_bucket(policy=policy(service_grant(), *statements), **fields)


def everyone(effect: dict[str, Any], **condition: dict[str, Any]) -> dict[str, Any]:
    return {**effect, "Principal": "*", "Condition": condition}


@pytest.mark.parametrize(
    "principal",
    [{"CanonicalUser": COMMERCIAL}, {"AWS": "arn:aws:iam::111122223333:root"}],
    ids=["canonical", "account"],
)
def test_a_policy_for_another_principal_grants_nothing_on_the_acl_path(principal: dict[str, str]) -> None:
    grant = allow(SIX, PLACES, Principal=principal)
    for acl in (None, {"Owner": {"ID": "0f" * 32}, "Grants": []}):
        assert service_words(with_bucket(policy=policy(grant), acl=acl, ownership="BucketOwnerEnforced")) == RED


def test_a_deny_of_the_service_wins_over_an_allow_for_everyone() -> None:
    service = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
    both = policy(allow(SIX, PLACES, Principal="*"), deny("s3:*", PLACES, Principal=service))
    world = with_bucket(policy=both, ownership="BucketOwnerEnforced")
    assert service_words(world) == RED
    assert service_words(without(world, f"buckets.{BUCKET}.acl")) == RED


def test_a_grant_in_an_acl_in_effect_is_a_grant_path() -> None:
    world = with_bucket(policy=None, ownership="BucketOwnerPreferred")
    assert service_words(changed(world, **{f"buckets__{BUCKET}__acl": full_acl()})) == GREEN
    email = {"Grantee": {"EmailAddress": "aws-scs-s3-readonly@amazon.com"}, "Permission": "FULL_CONTROL"}
    assert service_words(changed(world, **{f"buckets__{BUCKET}__acl": {"Grants": [email]}})) == GREEN


def test_a_group_in_the_acl_is_not_elasticache() -> None:
    everyone = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "FULL_CONTROL"}
    world = with_bucket(policy=None, ownership="ObjectWriter", acl={"Grants": [everyone]}, public_access_block=None)
    assert service_words(world) == RED


def test_the_region_of_the_bucket_is_not_assumed() -> None:
    found = judged(without(good(), f"buckets.{BUCKET}.region"))
    for rule in ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp", "wrong-service-principal"):
        assert (found[rule].verdict, found[rule].depends_on) == (CANNOT_TELL, (f"buckets.{BUCKET}.region",))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::*:role/x"},
        {"AWS": "banana"},
        {"CanonicalUser": "xyz"},
        {"Federated": ""},
        {"Service": "x"},
    ],
    ids=str,
)
def test_a_statement_that_aws_refuses_is_undetermined(principal: dict[str, str]) -> None:
    world = under(deny("s3:*", PLACES, Principal=principal))
    assert words(world)["policy-malformed"] == FAILS
    assert service_words(world) == OPEN


def test_settings_that_are_not_provided_are_unknown() -> None:
    partly = with_bucket(public_access_block={"BlockPublicAcls": True, "IgnorePublicAcls": True})
    found = judged(partly)["public-access-block-relaxed"]
    assert found.verdict == CANNOT_TELL
    assert found.depends_on == tuple(
        f"buckets.{BUCKET}.public_access_block.{name}" for name in ("BlockPublicPolicy", "RestrictPublicBuckets")
    )
    answer = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "IgnorePublicAcls": True}}
    assert words(with_bucket(public_access_block=answer))["public-access-block-relaxed"] == FAILS


SOURCE_ARN = "arn:aws:elasticache:us-east-1:{}:*"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            everyone(deny("s3:*", PLACES), ArnLike={"aws:SourceArn": SOURCE_ARN.format("999999999999")}),
            GREEN,
            id="another account's resource is denied",
        ),
        pytest.param(
            everyone(
                deny("s3:*", PLACES),
                ArnNotLike={"aws:SourceArn": "arn:aws:*:*:111122223333:*"},
                Null={"aws:SourceArn": "false"},
            ),
            GREEN,
            id="all but yours is denied, where it is said",
        ),
        pytest.param(
            everyone(deny("s3:*", PLACES), ArnLike={"aws:SourceArn": SOURCE_ARN.format("111122223333")}),
            OPEN,
            id="your own resources are denied",
        ),
        pytest.param(
            everyone(
                deny("s3:*", PLACES),
                StringNotEquals={"aws:SourceAccount": "111122223333"},
                Null={"aws:SourceAccount": "false"},
            ),
            GREEN,
            id="all but your account is denied, where it is said",
        ),
        pytest.param(
            everyone(deny("s3:PutObject", PLACES), StringEquals={"s3:x-amz-acl": ["public-read", "public-read-write"]}),
            GREEN,
            id="public objects are denied",
        ),
    ],
)
def test_conditions_on_the_source_of_elasticache(statement: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert service_words(under(statement)) == expected


def test_a_grant_for_the_resources_of_another_account_grants_nothing() -> None:
    other = {**service_grant(), "Condition": {"ArnLike": {"aws:SourceArn": SOURCE_ARN.format("999999999999")}}}
    assert service_words(with_bucket(policy=policy(other))) == RED
    own = {**service_grant(), "Condition": {"ArnLike": {"aws:SourceArn": SOURCE_ARN.format("111122223333")}}}
    assert service_words(with_bucket(policy=policy(own))) == OPEN


def test_an_account_without_an_organization() -> None:
    grant = {**service_grant(), "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}
    world = changed(with_bucket(policy=policy(grant)), organization=None)
    assert service_words(world) == RED


def test_files_may_be_numbered_by_node_group() -> None:
    keys = [f"arn:aws:s3:::{BUCKET}/orders-000{number}.rdb" for number in (1, 2)]
    grant = [service_grant("s3:PutObject", resource=keys), service_grant("s3:ListBucket", "s3:GetBucketAcl")]
    world = changed(with_bucket(policy=policy(*grant)), requests__0__TargetSnapshotName="orders")
    source = world["requests"][0]["SourceSnapshotName"]
    running = {"NumNodeGroups": 2, "NodeSnapshots": [{"NodeGroupId": "0001"}, {"NodeGroupId": "0002"}]}
    skipping = {"NumNodeGroups": 2, "NodeSnapshots": [{"NodeGroupId": "0001"}, {"NodeGroupId": "0005"}]}
    assert words(changed(world, snapshots={source: running}))["service-lacks-write"] == PASSES
    found = judged(changed(world, snapshots={source: skipping}))["service-lacks-write"]
    assert found.verdict == CANNOT_TELL
    assert "numbered by node group, which AWS does not document" in found.message


def test_an_incomplete_grant_is_reported_only_for_the_effective_path() -> None:
    world = with_bucket(policy=policy(service_grant("s3:PutObject", "s3:ListBucket")))
    unsure = judged(without(without(world, f"buckets.{BUCKET}.acl"), f"buckets.{BUCKET}.ownership"))["grant-incomplete"]
    assert unsure.verdict == CANNOT_TELL
    assert f"buckets.{BUCKET}.acl" in unsure.depends_on
    sure = changed(world, **{f"buckets__{BUCKET}__acl": None, f"buckets__{BUCKET}__ownership": "BucketOwnerEnforced"})
    assert words(sure)["grant-incomplete"] == FAILS


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:Get*", "s3:PutBucketAcl", "s3:*"])
def test_an_action_outside_the_documented_grant_is_too_wide(action: str) -> None:
    found = judged(with_bucket(policy=policy(service_grant(*SIX, action))))["grant-too-wide"]
    assert (found.verdict, found.message.split(" grants ")[0]) == (FAILS, f"`{action}`")


def test_the_documented_grant_is_not_too_wide() -> None:
    assert words(good())["grant-too-wide"] == PASSES
    known_people = everyone(allow("s3:*", PLACES), StringEquals={"aws:PrincipalOrgID": "o-1"})
    assert words(under(known_people))["grant-too-wide"] == PASSES


def test_the_callers_context_is_used_unchanged() -> None:
    statements = (
        allow(["elasticache:CopySnapshot", "s3:*"]),
        deny("s3:*", Condition={"Null": {"aws:MultiFactorAuthAge": "true"}}),
    )
    known = with_caller(*statements, context={"aws:MultiFactorAuthAge": None})
    assert words(known)["caller-not-permitted"] == FAILS
    clash = allow(["elasticache:CopySnapshot", "s3:*"], Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}})
    tags = with_caller(clash, context={"aws:PrincipalTag/Team": "a", "aws:PrincipalTag/team": "b"})
    assert words(tags)["caller-not-permitted"] == CANNOT_TELL


def test_the_case_of_a_snapshot_name_does_not_matter() -> None:
    world = with_request(SourceSnapshotName="Nightly")
    assert (
        words(changed(world, snapshots={"nightly": {"SnapshotStatus": "creating"}}))["snapshot-not-available"] == FAILS
    )
    world = with_request(SourceSnapshotName="nightly")
    assert words(changed(world, snapshots={"NIGHTLY": None}))["snapshot-does-not-exist"] == FAILS


def test_a_statement_that_misnames_elasticache_is_blamed() -> None:
    wrong = "us-east-2.elasticache-snapshot.amazonaws.com"
    found = judged(with_bucket(policy=policy(service_grant(name=wrong))))["service-lacks-write"]
    assert found.verdict == FAILS
    blame = next(blame for blame in found.because if wrong in blame.text)
    assert blame.route == ("buckets", BUCKET, "policy", "Statement", 0, "Principal")
    assert judged(good())["service-lacks-write"].verdict == PASSES

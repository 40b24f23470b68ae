"""A fact that is not provided never passes, and a condition that no request can meet is determined."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.world import (
    BUCKET,
    COMMERCIAL,
    GOV_WEST,
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


def test_a_policy_for_an_account_grants_nothing_on_the_acl_path() -> None:
    grant = allow(SIX, PLACES, Principal={"AWS": "arn:aws:iam::111122223333:root"})
    for acl in (None, {"Owner": {"ID": "0f" * 32}, "Grants": []}):
        assert service_words(with_bucket(policy=policy(grant), acl=acl, ownership="BucketOwnerEnforced")) == RED


@pytest.mark.parametrize("ownership", ["BucketOwnerEnforced", "BucketOwnerPreferred"])
def test_a_policy_for_the_canonical_user_may_serve_the_acl_identity(ownership: str) -> None:
    grant = allow(SIX, PLACES, Sid="ByCanonicalId", Principal={"CanonicalUser": COMMERCIAL})
    world = with_bucket(policy=policy(grant), acl=None, ownership=ownership, public_access_block=None)
    assert service_words(world) == OPEN
    found = judged(world)["service-lacks-write"]
    assert [blame.sid for blame in found.because] == ["ByCanonicalId"]
    assert "canonical user ID, which AWS does not document" in found.message
    refused = deny("s3:PutObject", PLACES, Principal="*")
    denied = changed(world, **{f"buckets__{BUCKET}__policy": policy(grant, refused)})
    assert judged(denied)["service-lacks-write"].verdict == FAILS
    part = allow("s3:ListBucket", PLACES[:1], Principal={"CanonicalUser": COMMERCIAL})
    fewer = changed(world, **{f"buckets__{BUCKET}__policy": policy(part)})
    assert service_words(fewer) == (CANNOT_TELL, FAILS, FAILS)


@pytest.mark.parametrize(("region", "identifier"), [("ap-east-1", COMMERCIAL), ("us-east-1", GOV_WEST)])
def test_a_policy_for_the_canonical_user_of_elsewhere_is_blamed(region: str, identifier: str) -> None:
    grant = allow(SIX, PLACES, Sid="ByCanonicalId", Principal={"CanonicalUser": identifier})
    world = changed(with_bucket(policy=policy(grant), acl=None, region=region), region=region)
    found = judged(world)["service-lacks-read"]
    assert found.verdict == FAILS
    assert f"which ElastiCache does not use in {region}" in found.because[0].text
    assert found.because[0].sid == "ByCanonicalId"


def test_a_deny_of_the_service_wins_over_an_allow_for_everyone() -> None:
    service = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
    both = policy(allow(SIX, PLACES, Principal="*"), deny("s3:*", PLACES, Principal=service))
    world = with_bucket(policy=both, ownership="BucketOwnerEnforced")
    assert service_words(world) == RED
    assert service_words(without(world, f"buckets.{BUCKET}.acl")) == RED


def test_a_grant_in_an_acl_in_effect_is_a_grant_path() -> None:
    world = with_bucket(policy=None, ownership="BucketOwnerPreferred")
    assert service_words(changed(world, **{f"buckets__{BUCKET}__acl": full_acl()})) == GREEN


def test_a_grant_to_an_email_address_counts_in_an_answer_only() -> None:
    """S3 refuses to set one since October 2025, and those that were set before stay in effect."""
    email = {"Grantee": {"EmailAddress": "aws-scs-s3-readonly@amazon.com"}, "Permission": "FULL_CONTROL"}
    world = with_bucket(policy=None, ownership="BucketOwnerPreferred", acl={"Grants": [email]})
    assert service_words(world) == RED
    found = judged(world)["service-lacks-write"]
    assert "S3 refuses" in found.because[0].text
    answer = {"Owner": {"ID": "0f" * 32}, "Grants": [email]}
    assert service_words(changed(world, **{f"buckets__{BUCKET}__acl": answer})) == GREEN


GROUPS = "http://acs.amazonaws.com/groups/global/"


def to_group(name: str, *permissions: str, **fields: Any) -> dict[str, Any]:
    """Return the base case with grants to a group as the only ones."""
    grants = [{"Grantee": {"Type": "Group", "URI": f"{GROUPS}{name}"}, "Permission": each} for each in permissions]
    settings = {"policy": None, "ownership": "ObjectWriter", "public_access_block": None, **fields}
    return with_bucket(acl={"Owner": {"ID": "0f" * 32}, "Grants": grants}, **settings)


IGNORING = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_a_group_of_all_accounts_contains_elasticache(group: str) -> None:
    assert service_words(to_group(group, "FULL_CONTROL")) == GREEN
    assert service_words(to_group(group, "READ", "WRITE", "READ_ACP")) == GREEN
    assert service_words(to_group(group, "READ")) == (PASSES, FAILS, FAILS)
    assert service_words(to_group(group, "WRITE_ACP")) == RED
    found = judged(to_group(group, "WRITE"))["service-lacks-write"]
    assert (found.verdict, found.because[0].text) == (PASSES, f"grants WRITE to `{group}`")


def test_block_public_access_ignores_grants_to_groups() -> None:
    assert service_words(to_group("AllUsers", "FULL_CONTROL", public_access_block=IGNORING)) == RED
    relaxed = {**IGNORING, "IgnorePublicAcls": False, "RestrictPublicBuckets": False}
    assert service_words(to_group("AllUsers", "FULL_CONTROL", public_access_block=relaxed)) == GREEN
    unknown = without(to_group("AllUsers", "FULL_CONTROL"), f"buckets.{BUCKET}.public_access_block")
    assert service_words(unknown) == OPEN
    found = judged(unknown)["service-lacks-write"]
    assert found.depends_on == (f"buckets.{BUCKET}.public_access_block",)
    partial = {"RestrictPublicBuckets": False, "BlockPublicAcls": True}
    assert service_words(to_group("AllUsers", "FULL_CONTROL", public_access_block=partial)) == OPEN


def test_the_other_settings_apply_to_grants_to_groups() -> None:
    assert service_words(to_group("AllUsers", "FULL_CONTROL", ownership="BucketOwnerEnforced")) == RED
    assert service_words(without(to_group("AllUsers", "FULL_CONTROL"), f"buckets.{BUCKET}.ownership")) == OPEN
    denied = policy(deny("s3:PutObject", PLACES, Principal="*"))
    assert service_words(to_group("AllUsers", "FULL_CONTROL", policy=denied)) == (PASSES, FAILS, PASSES)
    logs = to_group("AllUsers")
    uri = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    logs["buckets"][BUCKET]["acl"]["Grants"] = [{"Grantee": {"URI": uri}, "Permission": "FULL_CONTROL"}]
    assert service_words(logs) == RED


def test_a_group_of_all_accounts_contains_the_callers_account() -> None:
    rest = allow(["s3:GetObject", "s3:DeleteObject", "s3:GetBucketLocation"], PLACES)
    policies = [policy(allow(["elasticache:*", "s3:ListAllMyBuckets"]), rest)]
    granted = to_group("AllUsers", "READ", "WRITE")
    granted["caller"]["policies"] = policies
    place = f"buckets__{BUCKET}__"
    for fields, expected in (
        ({}, PASSES),
        ({"public_access_block": IGNORING}, FAILS),
        ({"public_access_block": {"BlockPublicAcls": True}}, CANNOT_TELL),
        ({"ownership": "BucketOwnerEnforced"}, FAILS),
        ({"acl": {"Owner": {"ID": "0f" * 32}, "Grants": []}}, FAILS),
    ):
        changes = {place + name: value for name, value in fields.items()}
        assert words(changed(granted, **changes))["caller-not-permitted"] == expected
    unknown = judged(without(granted, f"buckets.{BUCKET}.public_access_block"))["caller-not-permitted"]
    assert (unknown.verdict, unknown.depends_on) == (CANNOT_TELL, (f"buckets.{BUCKET}.public_access_block",))


def test_in_opt_in_regions_a_group_may_contain_the_service() -> None:
    world = changed(to_group("AllUsers", "FULL_CONTROL", region="ap-east-1"), region="ap-east-1")
    assert service_words(world) == OPEN
    assert judged(world)["service-lacks-read"].certainty == "inferred"
    denied = policy(deny("s3:*", PLACES, Principal="*"))
    assert service_words(changed(world, **{f"buckets__{BUCKET}__policy": denied})) == RED


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


EVERYONE = [
    {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": permission}
    for permission in ("READ", "WRITE", "READ_ACP")
]
ACCOUNT_BLOCK = "account_public_access_block"


def test_the_settings_of_the_account_are_assumed_and_the_verdict_says_so() -> None:
    fields = {"acl": {"Grants": EVERYONE}, "ownership": "ObjectWriter", "policy": None, "public_access_block": None}
    world = with_bucket(**fields)
    for rule in ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp"):
        found, strict = judged(world)[rule], judged(world, strict=True)[rule]
        assert (found.verdict, found.assumes) == (PASSES, (ACCOUNT_BLOCK,))
        assert (strict.verdict, strict.depends_on) == (CANNOT_TELL, (ACCOUNT_BLOCK,))
    assert judged(world)["public-access-block-relaxed"].assumes == (ACCOUNT_BLOCK,)
    assert words(world, strict=True)["public-access-block-relaxed"] == CANNOT_TELL
    assert words({**world, ACCOUNT_BLOCK: None}, strict=True)["public-access-block-relaxed"] == FAILS
    assert service_words({**world, ACCOUNT_BLOCK: None}) == (PASSES, PASSES, PASSES)
    assert words({**world, ACCOUNT_BLOCK: None}, strict=True)["service-lacks-read"] == PASSES


def test_the_settings_of_the_account_are_not_assumed_where_they_do_not_matter() -> None:
    world = with_bucket(acl=full_acl(), ownership="ObjectWriter", policy=None, public_access_block=None)
    found = judged(world, strict=True)["service-lacks-read"]
    assert (found.verdict, found.assumes) == (PASSES, ())

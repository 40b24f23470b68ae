"""The caller's rights: the documented minimum, every layer that may deny it, and what the context settles."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.world import (
    ACCOUNT,
    BUCKET,
    MINIMUM,
    OTHER_ACCOUNT,
    ROLE,
    SOURCE,
    TARGET,
    Data,
    allow,
    arns,
    changed,
    deny,
    good,
    judged,
    plain_copy,
    policy,
    service_grant,
    with_bucket,
    with_caller,
    words,
)

from snaplint.facts.model import BLOCK_PUBLIC_ACCESS

FAILS, PASSES, UNDETERMINED, NONE = "fails", "passes", "cannot-tell", "not-applicable"
PERMITTED, LISTS, COMPLETE = "caller-not-permitted", "caller-cannot-list-buckets", "caller-grant-incomplete"
BUCKET_ARN, KEYS_ARN = arns()
COPY = allow("elasticache:CopySnapshot")
LIST = allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")
AT_S3 = allow(MINIMUM, arns())
EVERYTHING = policy(allow("*"))


def caller_words(data: Data) -> tuple[str, str]:
    found = words(data)
    return found[PERMITTED], found[LISTS]


# -- the minimum
# ------------------------------------------------------------------------------------------------------------------


def test_the_minimum_of_the_guide_is_enough() -> None:
    found = judged(with_caller(COPY, LIST, AT_S3))
    assert (found[PERMITTED].verdict, found[LISTS].verdict) == (PASSES, PASSES)
    assert (found[COMPLETE].verdict, found[COMPLETE].severity) == (FAILS, "warning")
    assert "`s3:GetBucketAcl`" in found[COMPLETE].message


@pytest.mark.parametrize("action", MINIMUM)
def test_each_action_of_the_minimum_is_needed(action: str) -> None:
    rest = allow([each for each in MINIMUM if each != action], arns())
    found = judged(with_caller(COPY, LIST, rest))[PERMITTED]
    assert found.verdict == FAILS
    assert f"`{action}`" in found.message
    assert [each for each in MINIMUM if each != action and f"`{each}`" in found.message] == []
    predicted = "The authenticated user does not have sufficient permissions to perform the desired activity."
    assert found.predicts == predicted


def test_the_call_itself_must_be_allowed() -> None:
    found = judged(with_caller(LIST, AT_S3))[PERMITTED]
    assert found.verdict == FAILS
    assert "`elasticache:CopySnapshot`" in found.message


@pytest.mark.parametrize(
    ("resource", "word"),
    [
        ("*", PASSES),
        ("arn:aws:s3:::*", PASSES),
        ("arn:aws:s3*", PASSES),
        (BUCKET_ARN, FAILS),
        (arns(), FAILS),
        ("arn:aws-cn:s3:::*", FAILS),
    ],
    ids=str,
)
def test_list_all_my_buckets_cannot_be_limited_to_a_bucket(resource: str | list[str], word: str) -> None:
    found = judged(with_caller(COPY, AT_S3, allow("s3:ListAllMyBuckets", resource)))
    assert found[PERMITTED].verdict == PASSES
    assert found[LISTS].verdict == word
    if word == FAILS:
        said = "Elasticache was unable to validate the authenticated user has access on the S3 bucket."
        assert found[LISTS].predicts == said
        assert any(blame.route[-1] == "Resource" for blame in found[LISTS].because)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([allow("*")], (PASSES, PASSES), id="AdministratorAccess"),
        pytest.param([allow("elasticache:*"), allow("s3:*")], (PASSES, PASSES), id="both services"),
        pytest.param(
            [allow("elasticache:*"), allow("s3:ListAllMyBuckets")], (FAILS, PASSES), id="AmazonElastiCacheFullAccess"
        ),
        pytest.param([COPY, LIST, allow("s3:GetBucketLocation")], (FAILS, PASSES), id="the guide of 2019"),
        pytest.param([COPY, AT_S3], (PASSES, FAILS), id="least privilege without listing"),
        pytest.param([COPY, LIST, allow(MINIMUM, KEYS_ARN)], (FAILS, PASSES), id="keys only"),
        pytest.param([COPY, LIST, allow(MINIMUM, BUCKET_ARN)], (FAILS, PASSES), id="bucket only"),
        pytest.param([COPY, LIST, allow(MINIMUM, arns("other"))], (FAILS, PASSES), id="another bucket"),
        pytest.param(
            [COPY, LIST, allow([*MINIMUM, "s3:HeadBucket"], arns())], (PASSES, PASSES), id="an action that is none"
        ),
        pytest.param([allow(["ELASTICACHE:copysnapshot", "S3:*"])], (PASSES, PASSES), id="case"),
        pytest.param([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], (PASSES, PASSES), id="NotAction"),
    ],
)
def test_usual_policies(statements: list[Data], expected: tuple[str, str]) -> None:
    assert caller_words(with_caller(*statements)) == expected


def test_rights_on_a_prefix_are_evaluated_for_the_keys_of_the_export() -> None:
    def scoped(prefix: str) -> Data:
        objects = allow(MINIMUM[:3], f"arn:aws:s3:::{BUCKET}/{prefix}*")
        return with_caller(COPY, LIST, objects, allow(MINIMUM[3:], BUCKET_ARN))

    assert words(scoped(TARGET))[PERMITTED] == PASSES
    assert words(scoped("archive/"))[PERMITTED] == FAILS


@pytest.mark.parametrize(
    ("resource", "word"),
    [
        (f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:*", PASSES),
        (f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:{SOURCE}", PASSES),
        (f"arn:aws:elasticache:*:{ACCOUNT}:snapshot:{SOURCE}", PASSES),
        (f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:other", FAILS),
        (f"arn:aws:elasticache:eu-west-1:{ACCOUNT}:snapshot:*", FAILS),
        (f"arn:aws:elasticache:us-east-1:{OTHER_ACCOUNT}:snapshot:*", FAILS),
        (f"arn:aws:elasticache:us-east-1:{ACCOUNT}:cluster:*", FAILS),
    ],
)
def test_copy_snapshot_is_evaluated_for_the_snapshot(resource: str, word: str) -> None:
    assert words(with_caller(allow("elasticache:CopySnapshot", resource), LIST, AT_S3))[PERMITTED] == word


def test_a_plain_copy_needs_the_target_and_nothing_at_s3() -> None:
    def copies(resource: str | list[str]) -> Data:
        data = plain_copy()
        data["caller"]["policies"] = [policy(allow("elasticache:CopySnapshot", resource))]
        return data

    snapshot = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:"
    assert words(copies([snapshot + SOURCE, snapshot + TARGET]))[PERMITTED] == PASSES
    assert words(copies(snapshot + SOURCE))[PERMITTED] == FAILS
    assert words(copies("*"))[LISTS] == NONE


# -- the layers
# ------------------------------------------------------------------------------------------------------------------


def test_identity_and_bucket_policy_together_may_allow_the_minimum() -> None:
    data = with_caller(COPY, LIST, allow(["s3:PutObject", "s3:ListBucket"], arns()))
    shared = allow(["s3:GetObject", "s3:DeleteObject", "s3:GetBucketLocation"], arns(), Principal={"AWS": ROLE})
    data["buckets"][BUCKET]["policy"] = policy(service_grant(), shared)
    assert words(data)[PERMITTED] == PASSES
    data["buckets"][BUCKET]["policy"] = policy(service_grant(), {**shared, "Principal": {"AWS": f"{ROLE}-other"}})
    assert words(data)[PERMITTED] == FAILS


def test_a_bucket_policy_for_the_account_alone_is_not_enough() -> None:
    data = with_caller(COPY, LIST)
    data["buckets"][BUCKET]["policy"] = policy(service_grant(), allow("s3:*", arns(), Principal={"AWS": ACCOUNT}))
    assert words(data)[PERMITTED] == FAILS


def test_with_an_unknown_bucket_policy_rights_without_identity_allow_are_undetermined() -> None:
    data = with_caller(COPY, LIST)
    del data["buckets"][BUCKET]["policy"]
    assert words(data)[PERMITTED] == UNDETERMINED
    assert f"buckets.{BUCKET}.policy" in judged(data)[PERMITTED].depends_on
    assert words(changed(data, caller__policies=[policy(LIST)]))[PERMITTED] == FAILS  # no bucket policy allows the call


@pytest.mark.parametrize(
    ("layer", "label", "route"),
    [
        ("policies", "identity policy", ("caller", "policies", 0, "Statement", 1)),
        ("boundary", "permissions boundary", ("caller", "boundary", "Statement", 1)),
        ("session_policies", "session policy", ("caller", "session_policies", 0, "Statement", 1)),
    ],
)
def test_an_explicit_deny_of_the_caller(layer: str, label: str, route: tuple[str | int, ...]) -> None:
    denying = policy(allow("*"), deny("s3:DeleteObject", Sid="Keep"))
    data = changed(good(), caller__policies=[EVERYTHING])
    data["caller"][layer] = denying if layer == "boundary" else [denying]
    found = judged(data)[PERMITTED]
    assert found.verdict == FAILS
    (blame,) = found.because
    assert (blame.layer, blame.sid, blame.effect, blame.route) == (label, "Keep", "Deny", route)
    assert "`s3:DeleteObject`" in blame.text


def test_an_explicit_deny_in_the_bucket_policy() -> None:
    data = with_bucket(policy=policy(service_grant(), deny("s3:GetBucketLocation", Sid="No", Principal={"AWS": ROLE})))
    (blame,) = judged(data)[PERMITTED].because
    assert (blame.layer, blame.sid) == ("bucket policy", "No")


@pytest.mark.parametrize(
    ("scps", "word"),
    [
        pytest.param([], PASSES, id="no levels"),
        pytest.param([[EVERYTHING]], PASSES, id="full access"),
        pytest.param([[EVERYTHING], [EVERYTHING]], PASSES, id="full access twice"),
        pytest.param([[policy(allow("s3:*")), policy(allow("elasticache:*"))]], PASSES, id="a union in a level"),
        pytest.param([[policy(allow("s3:*"))], [policy(allow("elasticache:*"))]], FAILS, id="never across levels"),
        pytest.param([[EVERYTHING], []], FAILS, id="an empty level"),
        pytest.param([[EVERYTHING], [policy()]], FAILS, id="a level that allows nothing"),
        pytest.param([[EVERYTHING], [EVERYTHING, policy(deny("s3:PutObject"))]], FAILS, id="a Deny"),
        pytest.param([[EVERYTHING, policy(deny("s3:*", arns("other")))]], PASSES, id="a Deny elsewhere"),
    ],
)
def test_scps(scps: list[list[Data]], word: str) -> None:
    assert words(changed(good(), organization={"scps": scps, "rcps": []}))[PERMITTED] == word


def test_an_scp_level_that_allows_nothing_is_blamed_at_its_level() -> None:
    data = changed(good(), organization={"scps": [[EVERYTHING], [policy(allow("elasticache:*"))]], "rcps": []})
    found = judged(data)[PERMITTED]
    assert {(blame.layer, blame.route[:3]) for blame in found.because} == {("SCP", ("organization", "scps", 1))}


@pytest.mark.parametrize(
    ("boundary", "word"),
    [(None, PASSES), (EVERYTHING, PASSES), (policy(allow("elasticache:*")), FAILS), (policy(), FAILS)],
    ids=["none", "everything", "no S3", "empty"],
)
def test_a_boundary(boundary: Data | None, word: str) -> None:
    found = judged(changed(good(), caller__boundary=boundary))[PERMITTED]
    assert found.verdict == word
    if word == FAILS:
        assert {blame.layer for blame in found.because} == {"permissions boundary"}


@pytest.mark.parametrize(
    ("session_policies", "word"),
    [
        ([], PASSES),
        (None, PASSES),
        ([EVERYTHING], PASSES),
        ([policy(allow("s3:*")), policy(allow("elasticache:*"))], PASSES),
        ([policy(allow("s3:*"))], FAILS),
    ],
    ids=["none", "null", "everything", "a union", "no call"],
)
def test_session_policies(session_policies: object, word: str) -> None:
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/nightly"
    assert words(changed(good(), caller__arn=arn, caller__session_policies=session_policies))[PERMITTED] == word


def test_an_rcp_applies_to_s3_and_not_to_elasticache() -> None:
    def bound(*actions: str) -> Data:
        rcp = policy(allow("*", Principal="*"), deny(actions, Principal="*"))
        return changed(good(), organization={"scps": [], "rcps": [[rcp]]})

    assert words(bound("elasticache:CopySnapshot"))[PERMITTED] == PASSES
    assert words(bound("s3:GetObject"))[PERMITTED] == FAILS


def test_boundary_and_session_policies_grant_nothing() -> None:
    data = changed(good(), caller__policies=[], caller__boundary=EVERYTHING, caller__session_policies=[EVERYTHING])
    data["organization"] = {"scps": [[EVERYTHING]], "rcps": [[policy(allow("*", Principal="*"))]]}
    assert caller_words(data) == (FAILS, FAILS)


# -- kinds of callers
# ------------------------------------------------------------------------------------------------------------------

CALLERS = {
    "role": ROLE,
    "role with a path": f"arn:aws:iam::{ACCOUNT}:role/team/exporter",
    "session": f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/nightly",
    "user": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "federated user": f"arn:aws:sts::{ACCOUNT}:federated-user/alice",
}


@pytest.mark.parametrize("arn", CALLERS.values(), ids=CALLERS)
def test_every_kind_of_caller(arn: str) -> None:
    session = [EVERYTHING] if "federated" in arn else []
    assert caller_words(with_caller(allow("*"), arn=arn, session_policies=session)) == (PASSES, PASSES)
    assert caller_words(with_caller(arn=arn, session_policies=session)) == (FAILS, FAILS)


def test_the_root_user_needs_no_policy() -> None:
    data = with_caller(arn=f"arn:aws:iam::{ACCOUNT}:root")
    assert caller_words(data) == (PASSES, PASSES)
    data["organization"] = {"scps": [[EVERYTHING, policy(deny("s3:*"))]], "rcps": []}
    assert caller_words(data) == (FAILS, FAILS)


def test_a_bucket_policy_for_a_role_applies_to_its_sessions() -> None:
    data = with_caller(COPY, LIST, arn=CALLERS["session"])
    data["buckets"][BUCKET]["policy"] = policy(service_grant(), allow("s3:*", arns(), Principal={"AWS": ROLE}))
    assert words(data)[PERMITTED] == PASSES


def test_for_a_missing_bucket_only_identity_policies_decide() -> None:
    data = changed(good(), buckets={BUCKET: None})
    assert words(data)[PERMITTED] == PASSES
    assert words(changed(data, caller__policies=[policy(COPY, LIST)]))[PERMITTED] == FAILS


# -- the bucket ACL
# ------------------------------------------------------------------------------------------------------------------

EVERYONE = {
    "Grants": [
        {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": name}
        for name in ("READ", "READ_ACP")
    ]
}
WITHOUT_LIST = allow([each for each in MINIMUM if each != "s3:ListBucket"], arns())


def with_acl(*statements: Data, **settings: object) -> Data:
    """Return a caller with these statements at a bucket whose ACL may have an effect."""
    data = with_caller(COPY, LIST, *statements)
    bucket = data["buckets"][BUCKET]
    bucket.update(ownership="ObjectWriter", public_access_block=None, **settings)
    data["account_public_access_block"] = None
    return data


def without_acl(data: Data) -> Data:
    del data["buckets"][BUCKET]["acl"]
    return data


def test_an_acl_that_is_not_provided_is_assumed_to_let_nobody_list() -> None:
    assert words(with_acl(WITHOUT_LIST, acl=EVERYONE))[PERMITTED] == PASSES
    found = judged(without_acl(with_acl(WITHOUT_LIST)))[PERMITTED]
    assert (found.verdict, found.assumes) == (FAILS, (f"buckets.{BUCKET}.acl",))
    found = judged(without_acl(with_acl(WITHOUT_LIST)), strict=True)[PERMITTED]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, (f"buckets.{BUCKET}.acl",))


def test_an_acl_that_could_not_be_read_may_let_everyone_list() -> None:
    found = judged(with_acl(WITHOUT_LIST, acl={"unknown": "AccessDenied"}))[PERMITTED]
    assert (found.verdict, found.depends_on) == (UNDETERMINED, (f"buckets.{BUCKET}.acl",))


@pytest.mark.parametrize(
    "settings",
    [
        {"ownership": "BucketOwnerEnforced"},
        {"public_access_block": dict.fromkeys(BLOCK_PUBLIC_ACCESS, True)},
    ],
    ids=str,
)
def test_an_acl_without_effect_lets_nobody_list(settings: Data) -> None:
    data = with_acl(WITHOUT_LIST, acl={"unknown": "AccessDenied"})
    data["buckets"][BUCKET].update(settings)
    assert words(data)[PERMITTED] == FAILS


@pytest.mark.parametrize("more", [[], [deny("s3:ListBucket", BUCKET_ARN)]], ids=["not allowed", "denied"])
def test_no_acl_lets_the_caller_delete_or_overrules_a_deny(more: list[Data]) -> None:
    allowed = [allow([each for each in MINIMUM if each != "s3:DeleteObject"], arns())] if not more else [AT_S3]
    found = judged(with_acl(*allowed, *more, acl={"unknown": "AccessDenied"}))[PERMITTED]
    assert (found.verdict, found.assumes) == (FAILS, ())


# -- conditions and the caller's context
# ------------------------------------------------------------------------------------------------------------------


def conditional(**condition: Any) -> Data:
    return with_caller(COPY, LIST, {**AT_S3, "Condition": condition})


SETTLED = [
    ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, {"aws:PrincipalOrgID": "o-1"}, {"aws:PrincipalOrgID": "o-2"}),
    (
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"aws:MultiFactorAuthPresent": True},
        {"AWS:multifactorauthpresent": "false"},
    ),
    (
        {"StringEquals": {"aws:PrincipalTag/team": "data"}},
        {"aws:PrincipalTag/team": "data"},
        {"aws:PrincipalTag/Team": "web"},
    ),
    (
        {"StringEquals": {"lambda:SourceFunctionArn": "f"}},
        {"lambda:SourceFunctionArn": "f"},
        {"lambda:SourceFunctionArn": "g"},
    ),
]


@pytest.mark.parametrize(("condition", "well", "badly"), SETTLED, ids=lambda each: str(next(iter(each))))
def test_caller_context_settles_what_is_undetermined(condition: Data, well: Data, badly: Data) -> None:
    data = changed(conditional(**condition), organization={"scps": [], "rcps": []})
    key = next(iter(next(iter(condition.values()))))
    doubtful = judged(data)[PERMITTED]
    assert doubtful.verdict == UNDETERMINED
    assert key in doubtful.depends_on
    assert words(changed(data, caller__context=well))[PERMITTED] == PASSES
    assert words(changed(data, caller__context=badly))[PERMITTED] == FAILS


NETWORK = [
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, {"aws:SourceIp": "192.0.2.1"}),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, {"aws:SourceVpc": "vpc-1"}),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, {"aws:SourceVpce": "vpce-1"}),
    ({"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/v"}}, {"aws:SourceVpcArn": "arn:aws:ec2:us-east-1:1:vpc/v"}),
    ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {"aws:VpcSourceIp": "10.1.2.3"}),
    ({"StringEquals": {"aws:VpceOrgID": "o-1"}}, {"aws:VpceOrgID": "o-1"}),
    ({"StringEquals": {"aws:VpceAccount": ACCOUNT}}, {"aws:VpceAccount": ACCOUNT}),
    ({"StringLike": {"aws:UserAgent": "aws-cli/*"}}, {"aws:UserAgent": "aws-cli/2"}),
    ({"StringEquals": {"aws:Referer": "r"}}, {"AWS:referer": "r"}),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "900"}}, {"aws:MultiFactorAuthAge": 300}),
    ({"Bool": {"aws:ViaAWSService": "false"}}, {"aws:ViaAWSService": "false"}),
    ({"StringEquals": {"aws:CalledViaLast": "ec.amazonaws.com"}}, {"aws:ViaAWSService": "false"}),
]


@pytest.mark.parametrize(("condition", "context"), NETWORK, ids=lambda each: str(next(iter(each))))
def test_the_callers_network_is_not_that_of_the_checks_at_s3(condition: Data, context: Data) -> None:
    """ElastiCache sends the checks, so they may come from any address and by any client."""
    context = {"aws:MultiFactorAuthPresent": True, **context}
    for wanted, granted in ((PERMITTED, (COPY, LIST)), (LISTS, (COPY, AT_S3))):
        at_s3 = AT_S3 if wanted == PERMITTED else LIST
        data = with_caller(*granted, {**at_s3, "Condition": condition}, context=context)
        assert judged(data)[wanted].verdict == UNDETERMINED
        data = with_caller(allow("*"), {**deny(at_s3["Action"]), "Condition": condition}, context=context)
        assert judged(data)[wanted].verdict == UNDETERMINED


@pytest.mark.parametrize(("condition", "context"), NETWORK[:-1], ids=lambda each: str(next(iter(each))))
def test_the_callers_network_is_that_of_the_call(condition: Data, context: Data) -> None:
    data = with_caller({**COPY, "Condition": condition}, LIST, AT_S3, context=context)
    assert words(data)[PERMITTED] == PASSES
    data = with_caller(allow("*"), {**deny("elasticache:*"), "Condition": condition}, context=context)
    assert words(data)[PERMITTED] == FAILS


@pytest.mark.parametrize(
    ("condition", "context", "word"),
    [
        ({"Null": {"aws:SourceVpce": "true"}}, {"aws:SourceIp": "192.0.2.1"}, PASSES),
        ({"Null": {"aws:SourceIp": "true"}}, {"aws:SourceVpce": "vpce-1"}, PASSES),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, {"aws:SourceVpc": "vpc-1"}, PASSES),
        # contradictory contexts are believed as they are
        ({"IpAddress": {"aws:SourceIp": "192.0.2.1"}}, {"aws:SourceIp": "192.0.2.1", "aws:SourceVpc": "vpc-1"}, PASSES),
    ],
    ids=str,
)
def test_a_call_through_an_endpoint_has_no_public_address(condition: Data, context: Data, word: str) -> None:
    assert words(with_caller({**COPY, "Condition": condition}, LIST, AT_S3, context=context))[PERMITTED] == word


BOTH = ["ec.amazonaws.com", "elasticache.amazonaws.com"]
DIRECT = {"Bool": {"aws:ViaAWSService": "false"}}


@pytest.mark.parametrize(
    ("conditions", "word"),
    [
        # direct, or on the caller's behalf by ElastiCache under one of its two names
        ([DIRECT, {"ForAnyValue:StringEquals": {"aws:CalledVia": BOTH}}], PASSES),
        ([DIRECT, {"StringEquals": {"aws:CalledViaFirst": BOTH}}], PASSES),
        ([DIRECT, {"Null": {"aws:CalledVia": "false"}}], PASSES),
        ([DIRECT, {"ForAnyValue:StringEquals": {"aws:CalledVia": BOTH[0]}}], UNDETERMINED),
        ([DIRECT], UNDETERMINED),
        ([{"ForAnyValue:StringEquals": {"aws:CalledVia": BOTH}}], UNDETERMINED),
        ([{**DIRECT, "Null": {"aws:CalledVia": "false"}}], FAILS),
        ([{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}], FAILS),
    ],
    ids=str,
)
def test_the_checks_at_s3_are_direct_or_on_the_callers_behalf(conditions: list[Data], word: str) -> None:
    for wanted, at_s3, rest in ((PERMITTED, AT_S3, (COPY, LIST)), (LISTS, LIST, (COPY, AT_S3))):
        allows = [{**at_s3, "Condition": condition} for condition in conditions]
        assert words(with_caller(*rest, *allows))[wanted] == word


def test_a_call_through_a_service_stays_one_at_s3() -> None:
    via = {"aws:CalledVia": ["cloudformation.amazonaws.com"]}
    condition = {"Bool": {"aws:ViaAWSService": "true"}, "StringEquals": {"aws:CalledViaFirst": via["aws:CalledVia"]}}
    data = with_caller({**allow("*"), "Condition": condition}, context=via)
    assert caller_words(data) == (PASSES, PASSES)
    assert caller_words(changed(data, caller__context={"aws:ViaAWSService": True})) == (UNDETERMINED, UNDETERMINED)
    assert caller_words(changed(data, caller__context={})) == (FAILS, FAILS)


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, UNDETERMINED),
        ({"Null": {"aws:RequestedRegion": "false"}}, PASSES),
        ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, PASSES),
    ],
    ids=str,
)
def test_the_region_of_the_list_of_all_buckets_is_unknown(condition: Data, word: str) -> None:
    assert words(with_caller(COPY, AT_S3, {**LIST, "Condition": condition}))[LISTS] == word


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, PASSES),
        ({"Null": {"s3:DataAccessPointAccount": "true"}}, PASSES),
        ({"StringNotEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}, PASSES),
        ({"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}, FAILS),
        ({"Null": {"aws:SourceAccount": "true", "aws:PrincipalServiceNamesList": "true"}}, PASSES),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, PASSES),
        ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, PASSES),
        ({"StringEquals": {"aws:ResourceAccount": OTHER_ACCOUNT}}, FAILS),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, PASSES),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, PASSES),
        ({"ArnEquals": {"aws:PrincipalArn": f"{ROLE}-x"}}, FAILS),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, PASSES),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, FAILS),
        ({"Bool": {"aws:ViaAWSService": "true"}}, UNDETERMINED),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, UNDETERMINED),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, FAILS),  # the account is in no organization
    ],
    ids=str,
)
def test_what_follows_from_the_facts(condition: Data, word: str) -> None:
    assert words(conditional(**condition))[PERMITTED] == word


def test_a_deny_of_requests_without_tls_does_not_matter() -> None:
    both = {"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}
    denies = [deny("s3:*", arns(), Principal="*", Condition=condition) for condition in both]
    assert words(with_bucket(policy=policy(service_grant(), *denies)))[PERMITTED] == PASSES


def test_with_a_network_deny_the_callers_rights_are_undetermined() -> None:
    """ElastiCache checks the caller's rights from its own network, so the caller's address does not matter."""
    network = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    denied = deny("s3:*", arns(), Principal={"AWS": ROLE}, Condition=network)
    found = judged(with_bucket(policy=policy(service_grant(), denied)))[PERMITTED]
    assert found.verdict == UNDETERMINED
    assert "aws:SourceIp" in found.depends_on


# -- condition keys of the request's own members
# ------------------------------------------------------------------------------------------------------------------


def copies_if(members: Data, **condition: Any) -> str:
    data = plain_copy(**members)
    data["caller"]["policies"] = [policy({**COPY, "Condition": condition})]
    return words(data)[PERMITTED]


KEY = "arn:aws:kms:us-east-1:111122223333:key/k"


@pytest.mark.parametrize(
    ("members", "condition", "word"),
    [
        ({"KmsKeyId": KEY}, {"StringEquals": {"elasticache:KmsKeyId": KEY}}, PASSES),
        ({"KmsKeyId": "other"}, {"StringEquals": {"elasticache:KmsKeyId": KEY}}, FAILS),
        ({}, {"StringEquals": {"elasticache:KmsKeyId": KEY}}, FAILS),
        ({}, {"Null": {"elasticache:KmsKeyId": "true"}}, PASSES),
        ({"KmsKeyId": ""}, {"Null": {"elasticache:KmsKeyId": "true"}}, UNDETERMINED),
        ({"Tags": [{"Key": "team", "Value": "data"}]}, {"StringEquals": {"aws:RequestTag/team": "data"}}, PASSES),
        ({"Tags": [{"Key": "team", "Value": "web"}]}, {"StringEquals": {"aws:RequestTag/team": "data"}}, FAILS),
        ({}, {"StringEquals": {"aws:RequestTag/team": "data"}}, FAILS),
        ({"Tags": [{"Key": "a"}, {"Key": "b"}]}, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, PASSES),
        ({"Tags": [{"Key": "a"}, {"Key": "c"}]}, {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, FAILS),
        ({}, {"Null": {"aws:TagKeys": "true"}}, PASSES),
    ],
    ids=str,
)
def test_members_become_condition_keys(members: Data, condition: Data, word: str) -> None:
    assert copies_if(members, **condition) == word


def test_tags_need_a_right_of_their_own() -> None:
    data = with_caller(COPY, LIST, allow([*MINIMUM, "s3:GetBucketAcl"], arns()))
    assert words(data)[COMPLETE] == PASSES
    data["requests"][0]["Tags"] = [{"Key": "team", "Value": "data"}]
    found = judged(data)[COMPLETE]
    assert (found.verdict, found.severity) == (FAILS, "warning")
    assert "`elasticache:AddTagsToResource`" in found.message
    assert words(data)[PERMITTED] == PASSES


def test_the_message_about_listing_buckets_is_documented_for_a_scoped_statement_only() -> None:
    """With no statement at all, or a Deny, the same message is inferred."""
    rest = [allow(action) for action in ("elasticache:CopySnapshot", "s3:*Object", "s3:ListBucket", "s3:GetBucket*")]
    scoped = judged(with_caller(*rest, allow("s3:ListAllMyBuckets", arns()[0])))[LISTS]
    missing = judged(with_caller(*rest))[LISTS]
    denied = judged(with_caller(allow("*"), deny("s3:ListAllMyBuckets", "*")))[LISTS]
    assert [(each.verdict, each.certainty) for each in (scoped, missing, denied)] == [
        ("fails", "documented"),
        ("fails", "inferred"),
        ("fails", "inferred"),
    ]


def test_without_the_caller_its_policies_are_named_too() -> None:
    data = good()
    del data["caller"]["arn"], data["caller"]["policies"], data["buckets"][BUCKET]["policy"]
    found = judged(data)
    assert found[PERMITTED].depends_on == ("caller.arn", "caller.policies", f"buckets.{BUCKET}.policy")
    assert found[LISTS].depends_on == ("caller.arn", "caller.policies")

"""The condition keys of each request of an export: which are there, which come together, and what they are equal to."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.world import (
    ACCOUNT,
    BUCKET,
    MINIMUM,
    OTHER_ACCOUNT,
    Data,
    allow,
    arns,
    caller_policy,
    changed,
    deny,
    full_acl,
    good,
    judged,
    policy,
    service_grant,
    without,
    words,
)

FAILS, PASSES, OPEN = "fails", "passes", "cannot-tell"
WRITE, PERMITTED, LISTS = "service-lacks-write", "caller-not-permitted", "caller-cannot-list-buckets"
EVERYTHING = policy(allow("*"))
OF_RESOURCES = policy(allow("*", Principal="*"))
ORGANIZATION = "o-a1b2c3d4e5"
PATH = f"{ORGANIZATION}/r-ab12/ou-ab12-11111111/"


def in_organization(data: Data, **context: Any) -> Data:
    """Return the data with the account in an organization, whose ID the caller's context gives."""
    context = {"aws:PrincipalOrgID": ORGANIZATION, **context}
    levels = {"scps": [[EVERYTHING]], "rcps": [[OF_RESOURCES]]}
    return changed(data, organization=levels, caller__context=context)


def by_policy(*statements: Data) -> Data:
    return changed(good(), **{f"buckets__{BUCKET}__policy": policy(service_grant(), *statements)})


def by_acl(*statements: Data) -> Data:
    fields: Data = {"policy": policy(*statements) if statements else None, "acl": full_acl()}
    fields["ownership"] = "BucketOwnerPreferred"
    return changed(good(), **{f"buckets__{BUCKET}__{name}": value for name, value in fields.items()})


def no_writes(**condition: Any) -> Data:
    return deny("s3:PutObject", arns(), Principal="*", Condition=condition)


def three_words(**condition: Any) -> tuple[str, str, str]:
    """Return what a Deny with this condition does to the service principal, to the ACL's account and to the caller."""
    service = words(by_policy(no_writes(**condition)))[WRITE]
    account = words(by_acl(no_writes(**condition)))[WRITE]
    own = [caller_policy(), policy(deny("s3:PutObject", Condition=condition))]
    return service, account, words(changed(good(), caller__policies=own))[PERMITTED]


# -- which keys are there: a Deny of requests without the key fails if it is absent, and passes if it is present
# ------------------------------------------------------------------------------------------------------------------

ABSENT, PRESENT = FAILS, PASSES
KEYS = {
    "aws:RequestedRegion": (PRESENT, PRESENT, PRESENT),
    "aws:SecureTransport": (PRESENT, PRESENT, PRESENT),
    "s3:TlsVersion": (PRESENT, PRESENT, PRESENT),
    "aws:ViaAWSService": (PRESENT, PRESENT, PRESENT),
    "aws:CalledVia": (ABSENT, ABSENT, OPEN),
    "aws:CalledViaFirst": (ABSENT, ABSENT, OPEN),
    "aws:CalledViaLast": (ABSENT, ABSENT, OPEN),
    "s3:x-amz-server-side-encryption": (OPEN, OPEN, OPEN),
    "s3:prefix": (OPEN, OPEN, OPEN),
    "s3:signatureversion": (OPEN, OPEN, OPEN),
    "aws:SourceIp": (OPEN, OPEN, OPEN),
    "aws:SourceVpc": (OPEN, OPEN, OPEN),
    "aws:SourceVpcArn": (OPEN, OPEN, OPEN),
    "aws:SourceVpce": (OPEN, OPEN, OPEN),
    "aws:VpceAccount": (OPEN, OPEN, OPEN),
    "aws:VpceOrgID": (OPEN, OPEN, OPEN),
    "aws:VpceOrgPaths": (OPEN, OPEN, OPEN),
    "aws:SourceIdentity": (ABSENT, ABSENT, OPEN),
    "aws:FederatedProvider": (ABSENT, ABSENT, OPEN),
    "aws:Ec2InstanceSourceVpc": (ABSENT, ABSENT, OPEN),
    "aws:Ec2InstanceSourcePrivateIPv4": (ABSENT, ABSENT, OPEN),
    "aws:AssumedRoot": (ABSENT, ABSENT, OPEN),
    "aws:ChatbotSourceArn": (ABSENT, ABSENT, OPEN),
    "aws:SignInSessionArn": (ABSENT, ABSENT, OPEN),
    "aws:CalledViaAWSMCP": (ABSENT, ABSENT, OPEN),
    "aws:PrincipalServiceName": (PRESENT, ABSENT, ABSENT),
    "aws:PrincipalServiceNamesList": (PRESENT, ABSENT, ABSENT),
    "aws:SourceAccount": (OPEN, ABSENT, ABSENT),
    "aws:SourceArn": (OPEN, ABSENT, ABSENT),
    "aws:SourceOrgID": (ABSENT, ABSENT, ABSENT),  # the account is in no organization
    "aws:SourceOrgPaths": (ABSENT, ABSENT, ABSENT),
    "aws:ResourceOrgID": (ABSENT, ABSENT, ABSENT),
    "aws:ResourceOrgPaths": (ABSENT, ABSENT, ABSENT),
    "aws:PrincipalOrgID": (ABSENT, OPEN, ABSENT),
    "aws:ResourceAccount": (PRESENT, PRESENT, PRESENT),
    "s3:DataAccessPointAccount": (ABSENT, ABSENT, ABSENT),
    "s3:DataAccessPointArn": (ABSENT, ABSENT, ABSENT),
    "s3:AccessPointNetworkOrigin": (ABSENT, ABSENT, ABSENT),
    "s3:x-amz-server-side-encryption-customer-algorithm": (ABSENT, ABSENT, ABSENT),
}


@pytest.mark.parametrize(("key", "expected"), KEYS.items(), ids=KEYS)
def test_which_keys_a_request_has(key: str, expected: tuple[str, str, str]) -> None:
    assert three_words(Null={key: "true"}) == expected
    opposite = {FAILS: PASSES, PASSES: FAILS, OPEN: OPEN}
    assert three_words(Null={key.upper(): "false"}) == tuple(opposite[each] for each in expected)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}, (PASSES, PASSES, PASSES)),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, (FAILS, FAILS, FAILS)),
        ({"StringNotEquals": {"aws:VpceOrgID": ORGANIZATION}}, (FAILS, FAILS, OPEN)),
        ({"StringNotEqualsIfExists": {"aws:VpceAccount": ACCOUNT}}, (FAILS, FAILS, OPEN)),
        ({"StringEquals": {"aws:VpceAccount": ACCOUNT}}, (PASSES, PASSES, OPEN)),
        ({"ArnNotLike": {"aws:SourceVpcArn": f"arn:aws:ec2:*:{ACCOUNT}:vpc/*"}}, (FAILS, FAILS, OPEN)),
        ({"StringNotEquals": {"s3:DataAccessPointAccount": ACCOUNT}}, (FAILS, FAILS, FAILS)),
        ({"StringNotEqualsIfExists": {"s3:DataAccessPointAccount": ACCOUNT}}, (FAILS, FAILS, FAILS)),
        ({"StringEqualsIfExists": {"aws:SourceIdentity": "x"}}, (FAILS, FAILS, OPEN)),
    ],
    ids=str,
)
def test_what_a_condition_on_such_a_key_does(condition: Data, expected: tuple[str, str, str]) -> None:
    assert three_words(**condition) == expected


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ({"ForAnyValue:StringEquals": "us-east-1.elasticache-snapshot.amazonaws.com"}, FAILS),
        ({"ForAnyValue:StringLike": "*.elasticache-snapshot.amazonaws.com"}, FAILS),
        # AWS does not document which other names the list contains
        ({"ForAnyValue:StringEquals": "elasticache.amazonaws.com"}, OPEN),
        ({"ForAllValues:StringEquals": "us-east-1.elasticache-snapshot.amazonaws.com"}, OPEN),
        ({"ForAllValues:StringNotEquals": "us-east-1.elasticache-snapshot.amazonaws.com"}, PASSES),
        ({"ForAllValues:StringLike": "*"}, FAILS),
    ],
    ids=str,
)
def test_the_names_of_the_service_may_be_several(condition: dict[str, str], word: str) -> None:
    (operator, value), *_ = condition.items()
    denied = no_writes(**{operator: {"aws:PrincipalServiceNamesList": value}})
    assert words(by_policy(denied))[WRITE] == word


# -- the source: sent together or not at all, with the caller's account and organization
# ------------------------------------------------------------------------------------------------------------------

GUARDED = {"Null": {"aws:SourceAccount": "false"}}


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ({"StringNotEqualsIfExists": {"aws:SourceOrgID": ORGANIZATION}, **GUARDED}, PASSES),
        ({"StringNotEquals": {"aws:SourceOrgID": ORGANIZATION}, **GUARDED}, PASSES),
        ({"StringNotEqualsIfExists": {"aws:SourceOrgID": "${aws:ResourceOrgID}"}, **GUARDED}, PASSES),
        ({"StringNotEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}, **GUARDED}, PASSES),
        ({"Null": {"aws:SourceAccount": "false", "aws:SourceOrgID": "true"}}, PASSES),
        ({"Null": {"aws:SourceAccount": "true", "aws:SourceArn": "false"}}, PASSES),
        ({"Null": {"aws:SourceOrgPaths": "false", "aws:SourceOrgID": "true"}}, PASSES),
        ({"ForAllValues:StringNotLike": {"aws:SourceOrgPaths": f"{ORGANIZATION}/*"}, **GUARDED}, PASSES),
        ({"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-other"}, **GUARDED}, OPEN),
        ({"StringNotEqualsIfExists": {"aws:SourceOrgID": ORGANIZATION}}, OPEN),
        ({"StringNotEquals": {"aws:SourceOrgID": ORGANIZATION}, "Null": {"aws:SourceAccount": "true"}}, OPEN),
    ],
    ids=str,
)
def test_the_keys_of_the_source_come_together(condition: Data, word: str) -> None:
    for principal_guard in ({}, {"Bool": {"aws:PrincipalIsAWSService": "true"}}):
        denied = no_writes(**condition, **principal_guard)
        assert words(in_organization(by_policy(denied)))[WRITE] == word
        control = in_organization(by_policy())
        control["organization"]["rcps"] = [
            [OF_RESOURCES],
            [policy(*OF_RESOURCES["Statement"], denied | {"Resource": "*"})],
        ]
        assert words(control)[WRITE] == word


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID"])
def test_an_allow_with_or_without_the_source_grants(key: str) -> None:
    """Two statements, one for each case: the service is allowed in either."""
    either = [service_grant() | {"Condition": {"Null": {key: word}}} for word in ("true", "false")]
    data = changed(good(), **{f"buckets__{BUCKET}__policy": policy(*either)})
    assert words(in_organization(data))[WRITE] == PASSES
    data = changed(good(), **{f"buckets__{BUCKET}__policy": policy(either[1])})
    assert words(in_organization(data))[WRITE] == OPEN


def test_the_source_of_an_account_in_no_organization_has_no_organization() -> None:
    denied = no_writes(Null={"aws:SourceAccount": "false", "aws:SourceOrgID": "true"})
    assert words(by_policy(denied))[WRITE] == OPEN
    assert words(without(by_policy(denied), "organization"))[WRITE] == OPEN


# -- the organization of the bucket is the caller's if the caller's account owns it
# ------------------------------------------------------------------------------------------------------------------

OUTSIDE = {"StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}
PATHS_OUTSIDE = {"ForAnyValue:StringNotEquals": {"aws:ResourceOrgPaths": PATH}}


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        (OUTSIDE, PASSES),
        ({"StringNotEqualsIfExists": OUTSIDE["StringNotEquals"]}, PASSES),
        ({"StringNotLike": OUTSIDE["StringNotEquals"]}, PASSES),
        ({"StringNotEquals": {"aws:ResourceOrgID": ORGANIZATION}}, PASSES),
        ({"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}, FAILS),
        ({"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}, PASSES),
        ({"ForAllValues:StringNotLike": {"aws:ResourceOrgPaths": f"{ORGANIZATION}/*"}}, PASSES),
        ({"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION}/*"}}, PASSES),
        ({"ForAllValues:StringNotLike": {"aws:ResourceOrgPaths": "o-other/*"}}, FAILS),
        (PATHS_OUTSIDE, OPEN),
    ],
    ids=str,
)
def test_the_callers_own_resources_are_in_its_organization(condition: Data, word: str) -> None:
    """The snapshot, the list of buckets and the bucket are resources of the caller's account."""
    for actions, rule in (("elasticache:*", PERMITTED), ("s3:PutObject", PERMITTED), ("s3:ListAllMyBuckets", LISTS)):
        data = in_organization(good())
        data["organization"]["scps"] = [[EVERYTHING], [policy(allow("*"), deny(actions, Condition=condition))]]
        assert words(data)[rule] == word, actions


def test_the_path_of_the_callers_account_is_that_of_its_resources() -> None:
    data = in_organization(good(), **{"aws:PrincipalOrgPaths": [PATH]})
    data["organization"]["scps"] = [[policy(allow("*"), deny("*", Condition=PATHS_OUTSIDE))]]
    assert (words(data)[PERMITTED], words(data)[LISTS]) == (PASSES, PASSES)


def test_an_account_with_scps_is_in_some_organization() -> None:
    """Its ID need not be known to compare the two sides."""
    scps = [[EVERYTHING], [policy(allow("*"), deny("*", Condition=OUTSIDE))]]
    data = changed(good(), organization={"scps": scps, "rcps": []})
    assert (words(data)[PERMITTED], words(data)[LISTS]) == (PASSES, PASSES)
    in_identity = changed(good(), caller__policies=[policy(allow("*"), deny("*", Condition=OUTSIDE))])
    assert words(in_identity)[PERMITTED] == FAILS  # without an organization, the variable has no value
    unsaid = without(in_identity, "organization")
    found = judged(unsaid)[PERMITTED]
    assert found.verdict == OPEN
    assert "aws:PrincipalOrgID" in found.depends_on


def test_the_organization_of_a_bucket_of_another_account_is_unknown() -> None:
    other = changed(in_organization(good()), **{f"buckets__{BUCKET}__account": OTHER_ACCOUNT})
    other["caller"]["policies"].append(policy(deny("s3:*", arns(), Condition=OUTSIDE)))
    other["buckets"][BUCKET]["policy"]["Statement"].append(allow(MINIMUM, arns(), Principal={"AWS": ACCOUNT}))
    assert words(other)[PERMITTED] == OPEN


# -- perimeters in one's own organization, in the manner of github.com/aws-samples/data-perimeter-policy-examples
# ------------------------------------------------------------------------------------------------------------------

NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
IDENTITY_PERIMETER = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION, "aws:PrincipalAccount": [OTHER_ACCOUNT]},
    **NOT_A_SERVICE,
}
CONFUSED_DEPUTY = {
    "StringNotEqualsIfExists": {"aws:SourceOrgID": ORGANIZATION, "aws:SourceAccount": [OTHER_ACCOUNT]},
    "Null": {"aws:SourceAccount": "false"},
    "Bool": {"aws:PrincipalIsAWSService": "true"},
}
RESOURCE_PERIMETER = {
    "StringNotEqualsIfExists": {"aws:ResourceOrgID": ORGANIZATION, "aws:PrincipalTag/perimeter:exempt": "true"}
}
NETWORK_PERIMETER = {
    "NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"},
    "StringNotEqualsIfExists": {"aws:VpceOrgID": ORGANIZATION, "aws:SourceVpc": "vpc-1"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
    "ArnNotLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws:ec2-infrastructure"},
}
PERIMETERS = {
    "identity": (IDENTITY_PERIMETER, (PASSES, FAILS, PASSES)),
    "confused deputy": (CONFUSED_DEPUTY, (PASSES, PASSES, PASSES)),
    "resource": (RESOURCE_PERIMETER, (PASSES, PASSES, PASSES)),
    # whether the checks at S3 are made on the caller's behalf is not documented
    "network": (NETWORK_PERIMETER, (PASSES, FAILS, OPEN)),
}


@pytest.mark.parametrize(("condition", "expected"), PERIMETERS.values(), ids=PERIMETERS)
def test_perimeters(condition: Data, expected: tuple[str, str, str]) -> None:
    service, account, caller = expected
    in_policy = deny("s3:*", arns(), Principal="*", Condition=condition)
    assert words(in_organization(by_policy(in_policy)))[WRITE] == service
    assert words(in_organization(by_acl(in_policy)))[WRITE] == account
    assert words(in_organization(by_policy(in_policy)))[PERMITTED] == caller
    as_rcp = policy(allow("*", Principal="*"), deny("s3:*", Principal="*", Condition=condition))
    for data, rule, word in ((by_policy(), WRITE, service), (by_acl(), WRITE, account), (good(), PERMITTED, caller)):
        control = in_organization(data)
        control["organization"]["rcps"] = [[OF_RESOURCES], [as_rcp]]
        assert words(control)[rule] == word


def test_a_resource_perimeter_as_an_scp_permits_the_own_resources() -> None:
    data = in_organization(good())
    perimeter = {**deny("*", Condition=RESOURCE_PERIMETER), "NotResource": ["arn:aws:iam::aws:policy/*"]}
    del perimeter["Resource"]
    data["organization"]["scps"] = [[EVERYTHING], [policy(allow("*"), perimeter)]]
    assert (words(data)[PERMITTED], words(data)[LISTS]) == (PASSES, PASSES)


def test_a_network_perimeter_as_an_scp_judges_the_call_by_the_callers_network() -> None:
    for address, word in (("203.0.113.7", OPEN), ("198.51.100.7", FAILS)):
        data = in_organization(good(), **{"aws:SourceIp": address})
        data["organization"]["scps"] = [[EVERYTHING], [policy(allow("*"), deny("*", Condition=NETWORK_PERIMETER))]]
        assert words(data)[PERMITTED] == word
        only_the_call = deny("elasticache:*", Condition=NETWORK_PERIMETER)
        data["organization"]["scps"] = [[EVERYTHING], [policy(allow("*"), only_the_call)]]
        assert words(data)[PERMITTED] == (PASSES if word == OPEN else FAILS)

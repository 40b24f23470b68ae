"""Answers that AWS does not give, or that it gives to another question: each costs its own fact, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.collect.fake_aws import Reply
from tests.collect.replay import without_region
from tests.collect.sandbox import ACCOUNT, GRANT, allow, as_json, unknowns

from snaplint.collect.identity import CALLER

if TYPE_CHECKING:
    from tests.collect.fake_aws import Call
    from tests.collect.replay import Audited, Replay, Way

OTHER = "222233334444"
UNPARSABLE = "the answer could not be parsed"
ELSE = "the answer is about something else"
INCOMPLETE = "the listing is incomplete: it has more pages, and does not name the next one"


def edited(*changes: tuple[str, str]) -> Way:
    """Return the way that replaces text in the right answer."""

    def answer(_call: Call, right: Reply) -> Reply:
        text = right.body.decode()
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text)
            assert count, f"{pattern} is not in {text}"
        return Reply(right.status, text.encode(), right.headers)

    return answer


def said(body: str | bytes, status: int = 200, **headers: str) -> Way:
    raw = body if isinstance(body, bytes) else body.encode()
    return lambda _call, _right: Reply(status, raw, {name.replace("_", "-"): each for name, each in headers.items()})


def told(value: object) -> Way:
    return lambda _call, _right: as_json(value)


def missing(code: str, more: str = "") -> str:
    return f"<Error><Code>{code}</Code><Message>SECRETWORD</Message>{more}</Error>"


class Odd(NamedTuple):
    """A read, how it is answered, and which fact is unknown then with which reason."""

    read: str
    way: Way
    fact: str
    why: str
    who: str = "user"
    others: dict[str, Way] = {}  # noqa: RUF012 - a NamedTuple's field


def in_user(more: str) -> Way:
    return edited(("</User>", f"{more}</User>"))


def described(**members: object) -> Way:
    return told({"Organization": {"Id": "o-acme", "MasterAccountId": "999988887777", "FeatureSet": "ALL", **members}})


def rooted(*roots: tuple[str, str]) -> Way:
    """Return the way that answers ListRoots with roots, each with one type of policy in a status."""
    return told({"Roots": [{"Id": "r-1", "PolicyTypes": [{"Type": kind, "Status": how}]} for kind, how in roots]})


SCP = "SERVICE_CONTROL_POLICY"
LISTED = "<IsTruncated>false</IsTruncated>"
OF_ANOTHER_USER = f"the answers about the caller contradict each other: GetUser answers the ARN `arn:aws:iam::{OTHER}:"
UTF_16 = (
    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY x "eu-west-1">]>'
    "<LocationConstraint>&x;</LocationConstraint>"
)
NESTED = "<LocationConstraint><LocationConstraint>eu-west-1</LocationConstraint></LocationConstraint>"
IN_TWO_REGIONS = "".join(
    f"<Bucket><Name>x</Name><BucketRegion>{region}</BucketRegion></Bucket>" for region in ("us-east-1", "eu-west-1")
)
NO_REGION: dict[str, Way] = {"s3:HeadBucket": without_region}

ANSWERS: dict[str, Odd] = {
    # -- about another user, role, group or policy
    "another user": Odd("iam:GetUser", edited(("<UserName>exporter", "<UserName>eve")), "caller.boundary", ELSE),
    "a user elsewhere": Odd("iam:GetUser", edited((ACCOUNT, OTHER)), "caller.boundary", OF_ANOTHER_USER),
    "a role elsewhere": Odd("iam:GetRole", edited((ACCOUNT, OTHER)), "caller.role_arn", "contradict", "role"),
    "another role": Odd("iam:GetRole", edited(("role/exporter", "role/eve")), "caller.role_arn", "contradict", "role"),
    "a role in China": Odd("iam:GetRole", edited(("arn:aws:", "arn:aws-cn:")), "caller.role_arn", "contradict", "role"),
    "no ARN of a role": Odd("iam:GetRole", edited(("arn:aws:iam", "x")), "caller.role_arn", "contradict", "role"),
    "an ARN with a space": Odd(
        "iam:GetRole", edited(("role/exporter", "role/a b/exporter")), "caller.role_arn", "contradict", "role"
    ),
    "a policy of another user": Odd(
        "iam:GetUserPolicy", edited(("<UserName>exporter", "<UserName>eve")), "caller.policies.0", ELSE
    ),
    "a policy of another group": Odd(
        "iam:GetGroupPolicy", edited(("<GroupName>team", "<GroupName>eve")), "caller.policies.2", ELSE
    ),
    "another policy": Odd(
        "iam:GetPolicy", edited(("<Arn>.*?<", "<Arn>arn:aws:iam::aws:policy/x<")), "caller.policies.1", ELSE
    ),
    "an old version": Odd(
        "iam:GetPolicyVersion",
        edited(("IsDefaultVersion>true", "IsDefaultVersion>false")),
        "caller.policies.1",
        "contradict",
    ),
    "groups elsewhere": Odd("iam:ListGroupsForUser", edited((ACCOUNT, OTHER)), "caller.policies.2", ELSE),
    "policies elsewhere": Odd("iam:ListAttachedUserPolicies", edited((ACCOUNT, OTHER)), "caller.policies.1", ELSE),
    # -- listings that stop in the middle
    "no marker": Odd("iam:ListUserPolicies", edited(("false", "true")), "caller.policies.0", INCOMPLETE),
    "an empty marker": Odd(
        "iam:ListUserPolicies",
        edited((LISTED, "<IsTruncated>true</IsTruncated><Marker/>")),
        "caller.policies.0",
        INCOMPLETE,
    ),
    "a marker of the end": Odd(
        "iam:ListAttachedUserPolicies", edited((LISTED, f"{LISTED}<Marker>x</Marker>")), "caller.policies.1", INCOMPLETE
    ),
    "truncated groups": Odd("iam:ListGroupsForUser", edited(("false", "true")), "caller.policies.2", INCOMPLETE),
    # -- S3
    "keys of another bucket": Odd(
        "s3:ListObjectsV2", edited(("<Name>exports", "<Name>x")), "buckets.exports.keys", ELSE
    ),
    "other keys": Odd(
        "s3:ListObjectsV2",
        edited(("<KeyCount>.*</KeyCount>", "<Contents><Key>x</Key></Contents>")),
        "buckets.exports.keys",
        ELSE,
    ),
    "later keys": Odd(
        "s3:ListObjectsV2", edited(("<KeyCount>", "<StartAfter>x</StartAfter><KeyCount>")), "buckets.exports.keys", ELSE
    ),
    "folders": Odd(
        "s3:ListObjectsV2", edited(("<KeyCount>", "<Delimiter>/</Delimiter><KeyCount>")), "buckets.exports.keys", ELSE
    ),
    "keys that are not there": Odd(
        "s3:ListObjectsV2", edited(("KeyCount>0", "KeyCount>5")), "buckets.exports.keys", UNPARSABLE
    ),
    "an unknown algorithm": Odd(
        "s3:GetBucketEncryption", edited(("aws:kms<", "odd<")), "buckets.exports.encryption", UNPARSABLE
    ),
    "no key ARN": Odd(
        "s3:GetBucketEncryption",
        edited(("alias/exports", f"arn:aws:kms:evil.test/:{OTHER}:key/x")),
        "buckets.exports.encryption_key_policy",
        "the key of the default encryption is no KMS key",
    ),
    "a policy in an envelope": Odd(
        "s3:GetBucketPolicy",
        said(json.dumps({"Policy": json.dumps(GRANT)})),
        "buckets.exports.policy",
        "it has no `Statement`",
    ),
    "an error as a policy": Odd(
        "s3:GetBucketPolicy", said('{"Error": {"Code": "x"}}'), "buckets.exports.policy", "it has no `Statement`"
    ),
    "an odd object lock": Odd(
        "s3:GetObjectLockConfiguration",
        said("<ObjectLockConfiguration><ObjectLockEnabled>Odd</ObjectLockEnabled></ObjectLockConfiguration>"),
        "buckets.exports.object_lock",
        UNPARSABLE,
    ),
    "a tag twice": Odd(
        "s3:GetBucketTagging",
        said(f"<Tagging><TagSet>{'<Tag><Key>a</Key><Value>1</Value></Tag>' * 2}</TagSet></Tagging>"),
        "buckets.exports.tags",
        UNPARSABLE,
    ),
    "a Region in China": Odd(
        "s3:GetBucketLocation",
        said("<LocationConstraint>cn-north-1</LocationConstraint>"),
        "buckets.exports.region",
        UNPARSABLE,
        others=NO_REGION,
    ),
    "an entity in UTF-16": Odd(
        "s3:GetBucketLocation", said(UTF_16.encode("utf-16")), "buckets.exports.region", UNPARSABLE, others=NO_REGION
    ),
    "a nested location": Odd(
        "s3:GetBucketLocation", said(NESTED), "buckets.exports.region", UNPARSABLE, others=NO_REGION
    ),
    "three of four settings": Odd(
        "s3:GetPublicAccessBlock",
        edited(("<BlockPublicPolicy>true</BlockPublicPolicy>", "")),
        "buckets.exports.public_access_block",
        UNPARSABLE,
    ),
    "text instead of a list": Odd(
        "iam:ListUserPolicies", edited(("<member>inline</member>", "inline")), "caller.policies.0", UNPARSABLE
    ),
    "an object instead of a list": Odd(
        "organizations:ListRoots", told({"Roots": [{"Id": "r-1", "PolicyTypes": {}}]}), "organization.scps", UNPARSABLE
    ),
    "an empty text instead of a list": Odd(
        "organizations:ListRoots", told({"Roots": [{"Id": "r-1", "PolicyTypes": ""}]}), "organization.scps", UNPARSABLE
    ),
    "millions of elements": Odd(
        "s3:GetBucketAcl", said(b"<a/>" * 2_000_001), "buckets.exports.acl", "the answer has more than 2000000 tags"
    ),
    # -- errors which mean that there is none, but are about something else, or no errors of this kind
    **{
        f"{code} with {status}": Odd(
            f"s3:{read}",
            said(missing(code), status),
            f"buckets.exports.{fact}",
            f"{code} with HTTP status {status} for ",
        )
        for read, code, fact in (
            ("GetBucketPolicy", "NoSuchBucketPolicy", "policy"),
            ("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError", "encryption"),
            ("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration", "public_access_block"),
            ("GetBucketTagging", "NoSuchTagSet", "tags"),
        )
        for status in (403, 500)
    },
    "no policy of another bucket": Odd(
        "s3:GetBucketPolicy",
        said(missing("NoSuchBucketPolicy", more="<BucketName>x</BucketName>"), 404),
        "buckets.exports.policy",
        ELSE,
    ),
    "no organization with 500": Odd(
        "organizations:DescribeOrganization",
        lambda _call, _right: as_json({"__type": "AWSOrganizationsNotInUseException"})._replace(status=500),
        "organization.scps",
        "AWSOrganizationsNotInUseException with HTTP status 500",
    ),
    # -- the organization
    "another management account": Odd(
        "organizations:DescribeOrganization",
        described(MasterAccountId=ACCOUNT, Arn="arn:aws:organizations::999988887777:organization/o-acme"),
        "organization.scps",
        UNPARSABLE,
    ),
    "two roots": Odd(
        "organizations:ListRoots",
        rooted(("RESOURCE_CONTROL_POLICY", "ENABLED"), (SCP, "ENABLED")),
        "organization.scps",
        UNPARSABLE,
    ),
    "a type twice": Odd(
        "organizations:ListRoots",
        told({"Roots": [{"Id": "r-1", "PolicyTypes": [{"Type": SCP, "Status": "ENABLED"}] * 2}]}),
        "organization.scps",
        UNPARSABLE,
    ),
    "no type": Odd("organizations:ListRoots", rooted((SCP.lower(), "ENABLED")), "organization.scps", UNPARSABLE),
    "no policy attached": Odd(
        "organizations:ListPoliciesForTarget", told({"Policies": []}), "organization.scps", UNPARSABLE
    ),
    "policies of another type": Odd(
        "organizations:ListPoliciesForTarget",
        told({"Policies": [{"Id": "p-full", "Type": "TAG_POLICY"}]}),
        "organization.scps",
        ELSE,
    ),
    "another policy of the organization": Odd(
        "organizations:DescribePolicy",
        told({"Policy": {"PolicySummary": {"Id": "p-x"}, "Content": json.dumps(allow("*"))}}),
        "organization.scps",
        ELSE,
    ),
    # -- keys and snapshots
    "the alias of another key": Odd(
        "kms:DescribeKey",
        told({"KeyMetadata": {"Arn": f"arn:aws:kms:us-east-1:{OTHER}:key/x"}}),
        "buckets.exports.encryption_key_policy",
        ELSE,
    ),
    "another key policy": Odd(
        "kms:GetKeyPolicy",
        told({"Policy": json.dumps(allow("*")), "PolicyName": "x"}),
        "buckets.exports.encryption_key_policy",
        ELSE,
    ),
    "two snapshots": Odd(
        "elasticache:DescribeSnapshots", edited(("(<Snapshot>.*</Snapshot>)", r"\1\1")), "snapshots.nightly", UNPARSABLE
    ),
    **{
        f"the ARN {arn} of a snapshot": Odd(
            "elasticache:DescribeSnapshots", edited(("<ARN>.*?</ARN>", f"<ARN>{arn}</ARN>")), "snapshots.nightly", ELSE
        )
        for arn in (
            "x",
            f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:x",
            f"arn:aws-cn:elasticache:us-east-1:{ACCOUNT}:snapshot:nightly",
        )
    },
}


def audited(replays: dict[str, Replay], odd: Odd) -> Audited:
    return replays[odd.who].audit({**odd.others, odd.read: odd.way})


def require_whole(right: Audited, got: Audited) -> None:
    """Require a report in which every rule has a verdict, and no rule fails or passes that did not before."""
    assert got.faults == []
    changed = {rule: got.verdicts[rule] for rule, verdict in right.verdicts.items() if got.verdicts[rule] != verdict}
    assert set(changed.values()) <= {"cannot-tell"}
    assert "broke on" not in json.dumps(got.facts)
    assert "SECRETWORD" not in json.dumps(got.facts)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_another_question(replays: dict[str, Replay], name: str) -> None:
    odd = ANSWERS[name]
    got = audited(replays, odd)
    require_whole(replays[odd.who].right({}), got)
    reasons = dict(unknowns(got.facts))
    assert odd.why in reasons[odd.fact], reasons


@pytest.mark.parametrize("tags", ["<member><Value>a</Value></member>", "<member><Key>a</Key></member>" * 2])
def test_odd_tags_of_a_user_are_not_those_of_the_caller(replays: dict[str, Replay], tags: str) -> None:
    replay = replays["user"]
    got = replay.audit({"iam:GetUser": in_user(f"<Tags>{tags}</Tags>")})
    require_whole(replay.right({}), got)
    assert not [key for key in got.facts["caller"]["context"] if key.startswith("aws:PrincipalTag/")]


def test_a_longer_listing_of_keys_is_truncated(replays: dict[str, Replay]) -> None:
    way = edited((LISTED, f"{LISTED}<NextContinuationToken>x</NextContinuationToken>"))
    (keys,) = replays["user"].audit({"s3:ListObjectsV2": way}).facts["buckets"]["exports"]["keys"]
    assert keys["IsTruncated"] is True


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (edited(("<Name>exports</Name>", "")), UNPARSABLE),
        (edited(("<Buckets>.*</Buckets>", "<Buckets/><Prefix>x</Prefix>")), ELSE),
        (edited(("<Bucket>.*</Bucket>", IN_TWO_REGIONS)), UNPARSABLE),
    ],
    ids=["without a name", "of a prefix", "in two Regions"],
)
def test_an_odd_list_of_buckets_does_not_show_the_owner(replays: dict[str, Replay], way: Way, why: str) -> None:
    """HeadBucket with the expected owner would show it otherwise."""
    replay = replays["user"]
    got = replay.audit({"s3:ListBuckets": way, "s3:HeadBucket": said("", 500)})
    assert why in got.facts["buckets"]["exports"]["account"]["unknown"]


# -- a bucket


def test_a_region_that_is_newer_than_snaplint(replays: dict[str, Replay]) -> None:
    location = said("<LocationConstraint>us-newest-7</LocationConstraint>")
    got = replays["user"].audit({"s3:GetBucketLocation": location, **NO_REGION})
    assert got.facts["buckets"]["exports"]["region"] == "us-newest-7"


@pytest.mark.parametrize(
    "location",
    [said(missing("NoSuchBucket"), 500), said(missing("NoSuchBucket", more="<BucketName>x</BucketName>"), 404)],
    ids=["with 500", "of another bucket"],
)
def test_a_bucket_of_which_no_read_says_that_it_does_not_exist(replays: dict[str, Replay], location: Way) -> None:
    dead = said("", 500)
    got = replays["user"].audit({"s3:HeadBucket": dead, "s3:ListBuckets": dead, "s3:GetBucketLocation": location})
    assert "HTTP status 500" in got.facts["buckets"]["exports"]["unknown"]
    assert got.verdicts["bucket-does-not-exist"] == "cannot-tell"


@pytest.mark.parametrize("status", [407, 500, 503])
def test_an_error_that_is_not_of_s3_names_no_region(replays: dict[str, Replay], status: int) -> None:
    dead = said("", 500)
    head = said("", status, x_amz_bucket_region="eu-west-1")
    got = replays["user"].audit({"s3:HeadBucket": head, "s3:ListBuckets": dead, "s3:GetBucketLocation": dead})
    assert got.verdicts["bucket-outside-region"] == "cannot-tell"


def test_a_proxy_that_refuses_the_expected_owner_does_not_show_another(replays: dict[str, Replay]) -> None:
    def head(call: Call, right: Reply) -> Reply:
        return Reply(403) if "x-amz-expected-bucket-owner" in call.headers else right

    got = replays["user"].audit({"s3:HeadBucket": head, "s3:ListBuckets": said(missing("AccessDenied"), 403)})
    assert got.facts["buckets"]["exports"]["account"] == {"unknown": "s3:ListAllMyBuckets: AccessDenied for *"}
    assert got.verdicts["bucket-not-owned"] == "cannot-tell"


# -- the caller


@pytest.mark.parametrize(
    "resource",
    [
        "user",
        "user/",
        "user/a b",
        "user/exporter ",
        "user/*",
        "group/x",
        "",
        "User/exporter",
        "role/exporter",
        "assumed-role",
        "assumed-role/",
        "assumed-role//x",
        "assumed-role/exporter",
        "assumed-role/exporter/",
        "assumed-role/a/b/c",
        "assumed-role/ex&#10;porter/ci",
        "user/&#x202e;b",
    ],
)
def test_a_caller_that_is_no_principal(replays: dict[str, Replay], resource: str) -> None:
    replay = replays["user"]
    service = "sts" if resource.startswith("assumed") else "iam"
    inner = f"<Arn>arn:aws:{service}::{ACCOUNT}:{resource}</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>"
    way = said(f"<R><GetCallerIdentityResult>{inner}</GetCallerIdentityResult></R>")
    got = replay.audit({"sts:GetCallerIdentity": way})
    require_whole(replay.right({}), got)
    why = "sts:GetCallerIdentity: the ARN is not that of a user, a role session or the root user"
    caller: dict[str, Any] = got.facts["caller"]
    for name in CALLER:
        assert caller[name] == {"unknown": why}
    assert got.facts["account"] == ACCOUNT

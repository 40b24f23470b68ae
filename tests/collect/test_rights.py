"""The purpose of each read: without its right, exactly the verdicts that need it are undetermined, and name the right.

The eight documented conditions fail as documented, and a refused read turns a failure into nothing but "cannot tell":
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html

The account is in moto's server. The fake server in front of it answers what moto does not support: an organization
with the account as a member, a bucket of another account, the Region's status.
"""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.collect.fake_aws import FakeAws, Reply, refused, said
from tests.collect.sandbox import BLOCKED, EXPORT, GRANT, READ_ALL, Sandbox, allow, connection

from snaplint.collect import Connection, collect, reading_policy
from snaplint.collect.policy import OPENS
from snaplint.collect.read_table import TABLE
from snaplint.facts.store import written
from snaplint.findings.result import results_and_faults
from snaplint.lint.linter import check_document
from snaplint.lint.rulebook import builtin_rules
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.collect.fake_aws import Answer, Call

    from snaplint.collect import Refused
    from snaplint.findings.verdict import Verdict

FAILS, UNDETERMINED = "fails", "cannot-tell"
FREE = {"sts:GetCallerIdentity"}
"""GetCallerIdentity needs no right: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

CALLER = {"caller-not-permitted", "caller-cannot-list-buckets", "caller-grant-incomplete", "policy-malformed"}
SERVICE = {"service-lacks-read", "service-lacks-write", "service-lacks-read-acp"}
ORGANIZATION = CALLER | SERVICE | {"grant-incomplete"}

ELASTICACHE = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html"""

NO_BUCKETS = said(
    '<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Owner><ID>o</ID></Owner><Buckets></Buckets></ListAllMyBucketsResult>"
)
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html"""


def not_ours(call: Call) -> Reply | None:
    """Answer for a bucket of another account; moto ignores the expected bucket owner.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    return refused(call) if "x-amz-expected-bucket-owner" in call.headers else None


KINDS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
FULL = {
    KINDS[0]: {"Effect": "Allow", "Action": "*", "Resource": "*"},
    KINDS[1]: {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
}
"""The policies AWS attaches to every root:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#RCPFullAWSAccess"""
ORGANIZED = {"Id": "o-a", "FeatureSet": "ALL", "MasterAccountId": "9" * 12}
ROOT = {"Id": "r-1", "PolicyTypes": [{"Type": kind, "Status": "ENABLED"} for kind in KINDS]}


def member(call: Call) -> Reply | None:
    """Answer for an organization of one root with the account as a member: in moto it is the management account.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
    """
    content = {"Version": "2012-10-17", "Statement": [FULL.get(call.params.get("PolicyId", ""))]}
    answers: dict[str, object] = {
        "DescribeOrganization": {"Organization": ORGANIZED},
        "ListRoots": {"Roots": [ROOT]},
        "ListParents": {"Parents": [{"Id": "r-1", "Type": "ROOT"}]},
        "ListPoliciesForTarget": {"Policies": [{"Id": call.params.get("Filter")}]},
        "DescribePolicy": {"Policy": {"Content": json.dumps(content)}},
    }
    service, _, operation = call.name.partition(":")
    return Reply(200, json.dumps(answers[operation]).encode()) if service == "organizations" else None


class World(NamedTuple):
    """One audit: the connection, the request, and the answers of the fake server instead of moto's."""

    connection: Connection
    request: Mapping[str, object]
    answers: Mapping[str, Answer] = {}


class Outcome(NamedTuple):
    """The verdicts of an audit by their rules, the refused reads, and the rights that its calls need."""

    verdicts: dict[str, Verdict]
    refused: tuple[Refused, ...]
    rights: frozenset[str]


class Audits:
    """Audits worlds without some of the rights."""

    def __init__(self, aws: FakeAws, worlds: dict[str, World]) -> None:
        self._aws = aws
        self.worlds = worlds
        self._whole: dict[str, Outcome] = {}

    def whole(self, name: str) -> Outcome:
        """Audit with all rights."""
        if name not in self._whole:
            self._whole[name] = self.without(name, "")
        return self._whole[name]

    def without(self, name: str, right: str) -> Outcome:
        world = self.worlds[name]
        self._aws.reset()
        for operation, answer in world.answers.items():
            self._aws.on(operation, answer)
        for read in TABLE.values():
            if read.right == right:
                self._aws.on(read.name, refused)
        found = collect([world.request], world.connection)
        assert not found.interrupted
        document = parse("facts.json", written(found.facts).encode())
        (result,), faults = results_and_faults(check_document(document, Files(), builtin_rules(), strict=True))
        assert faults == []
        rights = frozenset(TABLE[name].right for name in self._aws.counted())
        return Outcome({verdict.rule.id: verdict for verdict in result.verdicts}, found.refused, rights - FREE)


def without_action(action: str) -> Any:
    """Return the grant of the export guide without one action."""
    return json.loads(json.dumps(GRANT).replace(f'"{action}", ', ""))


def for_bucket(name: str, policy: object) -> Any:
    return json.loads(json.dumps(policy).replace(":::exports", f":::{name}"))


def export(bucket: str) -> dict[str, str]:
    return {**EXPORT, "TargetBucket": bucket}


@pytest.fixture(scope="module")
def audits(moto_process: str) -> Iterator[Audits]:
    reset = urllib.request.Request(f"{moto_process}/moto-api/reset", method="POST")  # noqa: S310 - loopback
    with urllib.request.urlopen(reset, timeout=30), FakeAws(moto_process) as aws:  # noqa: S310
        yield Audits(aws, built(Sandbox(moto_process), aws.url))


_TAG = "<Tag><Key>team</Key><Value>data</Value></Tag>"
TAGGED = {
    "elasticache:ListTagsForResource": said(
        "<ListTagsForResourceResponse><ListTagsForResourceResult>"
        f"<TagList>{_TAG}</TagList></ListTagsForResourceResult></ListTagsForResourceResponse>"
    ),
    "s3:GetBucketTagging": said(f"<Tagging><TagSet>{_TAG}</TagSet></Tagging>"),
    "s3:GetBucketAbac": said("<AbacStatus><Status>Enabled</Status></AbacStatus>"),
}
"""A snapshot and a bucket with a tag, and policies see that of the bucket."""

BY_TAGS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "NotAction": ["elasticache:CopySnapshot", "s3:PutObject"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "elasticache:CopySnapshot",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "data"}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"StringEquals": {"s3:BucketTag/team": "data"}},
        },
    ],
}


def built(sandbox: Sandbox, url: str) -> dict[str, World]:
    """Yield all worlds, in one account."""
    user = connection(url, sandbox.story())
    s3: Any = sandbox.client("s3")
    iam: Any = sandbox.client("iam")

    role = sandbox.role("auditor", "/team/")
    iam.put_role_policy(RoleName="auditor", PolicyName="inline", PolicyDocument=json.dumps(READ_ALL))
    iam.attach_role_policy(RoleName="auditor", PolicyArn=sandbox.managed("more", allow("s3:ListBucket")))
    weak_key = sandbox.user("weak")
    weak = json.dumps(allow("elasticache:*", "s3:Get*", "s3:List*", "s3:PutObject", "iam:*"))
    iam.put_user_policy(UserName="weak", PolicyName="inline", PolicyDocument=weak)

    tagged_key = sandbox.user("tagged")
    iam.put_user_policy(UserName="tagged", PolicyName="inline", PolicyDocument=json.dumps(BY_TAGS))

    kms_key = sandbox.client("kms").create_key()["KeyMetadata"]["KeyId"]
    sandbox.bucket("with-a-key", policy=for_bucket("with-a-key", GRANT))
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms_key}}
    s3.put_bucket_encryption(Bucket="with-a-key", ServerSideEncryptionConfiguration={"Rules": [rule]})

    sandbox.bucket("by-acl", policy=None)
    s3.put_bucket_ownership_controls(
        Bucket="by-acl", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    grantee = {"ID": ELASTICACHE, "Type": "CanonicalUser"}
    grants = [{"Grantee": grantee, "Permission": each} for each in ("READ", "WRITE", "READ_ACP")]
    s3.put_bucket_acl(Bucket="by-acl", AccessControlPolicy={"Owner": {"ID": "0" * 64}, "Grants": grants})

    sandbox.bucket("relaxed", policy=for_bucket("relaxed", GRANT))
    s3.put_public_access_block(Bucket="relaxed", PublicAccessBlockConfiguration={**BLOCKED, "BlockPublicPolicy": False})
    sandbox.bucket("elsewhere", "eu-west-1", policy=None)
    s3.put_object(Bucket="elsewhere", Key="orders-0001.rdb", Body=b"x")
    worlds = {
        "user": World(user, EXPORT),
        "role": World(connection(url, sandbox.user("somebody"), role_arn=role), EXPORT),
        "member": World(user, EXPORT, {"*": member}),
        "key": World(user, export("with-a-key")),
        "acl": World(user, export("by-acl")),
        "relaxed": World(user, export("relaxed")),
        "unlisted": World(user, EXPORT, {"s3:HeadBucket": refused}),
        "all wrong": World(
            connection(url, weak_key), export("elsewhere"), {"s3:ListBuckets": NO_BUCKETS, "s3:HeadBucket": not_ours}
        ),
        "missing": World(user, export("not-there")),
        "tagged": World(connection(url, tagged_key), EXPORT, TAGGED),
    }
    for lacking, action in (("read", "ListBucket"), ("write", "PutObject"), ("read-acp", "GetBucketAcl")):
        sandbox.bucket(f"no-{lacking}", policy=for_bucket(f"no-{lacking}", without_action(f"s3:{action}")))
        worlds[f"no {lacking}"] = World(user, export(f"no-{lacking}"))
    return worlds


# -- the eight documented conditions


@pytest.mark.parametrize("name", ["user", "role", "member", "acl"])
def test_all_conditions_hold(audits: Audits, name: str) -> None:
    outcome = audits.whole(name)
    wrong = [
        rule
        for rule, verdict in outcome.verdicts.items()
        if verdict.severity == "error" and verdict.verdict in (FAILS, UNDETERMINED)
    ]
    assert (wrong, outcome.refused) == ([], ())


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        ("all wrong", "bucket-outside-region", "The S3 bucket elsewhere is outside of the region."),
        ("missing", "bucket-does-not-exist", "The S3 bucket not-there does not exist."),
        ("all wrong", "bucket-not-owned", "The S3 bucket elsewhere is not owned by the authenticated user."),
        (
            "all wrong",
            "caller-not-permitted",
            "The authenticated user does not have sufficient permissions to perform the desired activity.",
        ),
        (
            "all wrong",
            "object-key-exists",
            "The S3 bucket elsewhere already contains an object with key orders-0001.rdb.",
        ),
        (
            "no read",
            "service-lacks-read",
            "ElastiCache has not been granted READ permissions no-read on the S3 Bucket.",
        ),
        (
            "no write",
            "service-lacks-write",
            "ElastiCache has not been granted WRITE permissions no-write on the S3 Bucket.",
        ),
        (
            "no read-acp",
            "service-lacks-read-acp",
            "ElastiCache has not been granted READ_ACP permissions no-read-acp on the S3 Bucket.",
        ),
    ],
)
def test_documented_condition_fails(audits: Audits, name: str, rule: str, message: str) -> None:
    verdict = audits.whole(name).verdicts[rule]
    assert (verdict.verdict, verdict.predicts) == (FAILS, message)


@pytest.mark.parametrize("lacking", ["read", "write", "read-acp"])
def test_one_missing_permission_is_the_only_error(audits: Audits, lacking: str) -> None:
    verdicts = audits.whole(f"no {lacking}").verdicts.values()
    errors = [each.rule.id for each in verdicts if each.verdict in (FAILS, UNDETERMINED) and each.severity == "error"]
    assert errors == [f"service-lacks-{lacking}"]


# -- without one right

NEEDED: dict[str, dict[str, set[str]]] = {
    "user": {
        "elasticache:DescribeSnapshots": {
            "snapshot-does-not-exist",
            "snapshot-not-available",
            "engine-not-supported",
            "data-tiering-not-exportable",
            "snapshot-has-customer-key",
        },
        "iam:GetUser": CALLER,
        "iam:ListUserPolicies": CALLER,
        "iam:GetUserPolicy": CALLER,
        "iam:ListAttachedUserPolicies": CALLER,
        "iam:GetPolicy": CALLER,
        "iam:GetPolicyVersion": CALLER,
        "iam:ListGroupsForUser": CALLER,
        "iam:ListGroupPolicies": CALLER,
        "iam:GetGroupPolicy": CALLER,
        "iam:ListAttachedGroupPolicies": CALLER,
        "organizations:DescribeOrganization": ORGANIZATION,
        "s3:GetBucketPolicy": SERVICE
        | {
            "caller-not-permitted",
            "caller-grant-incomplete",
            "grant-incomplete",
            "grant-too-wide",
            "policy-malformed",
            "wrong-service-principal",
        },
        "s3:GetBucketAcl": {"acl-grant-without-acls"},
        "s3:GetBucketPublicAccessBlock": {"public-access-block-relaxed"},
        "s3:GetEncryptionConfiguration": {"bucket-default-kms"},
        "s3:GetBucketObjectLockConfiguration": {"object-lock-default-retention"},
        "s3:ListBucket": {"object-key-exists"},
    },
    "role": {
        "iam:GetRole": CALLER,
        "iam:ListRolePolicies": CALLER,
        "iam:GetRolePolicy": CALLER,
        "iam:ListAttachedRolePolicies": CALLER,
        "iam:GetPolicy": CALLER,
        "iam:GetPolicyVersion": CALLER,
    },
    "member": {
        "organizations:DescribeOrganization": ORGANIZATION,
        "organizations:ListRoots": ORGANIZATION,
        "organizations:ListParents": ORGANIZATION,
        "organizations:ListPoliciesForTarget": ORGANIZATION,
        "organizations:DescribePolicy": ORGANIZATION,
    },
    "acl": {
        "s3:GetBucketAcl": SERVICE | {"acl-grant-without-acls", "grant-too-wide"},
        "s3:GetBucketOwnershipControls": SERVICE | {"acl-grant-without-acls"},
    },
    "tagged": {
        "elasticache:ListTagsForResource": {"caller-not-permitted"},
        "s3:GetBucketTagging": {"caller-not-permitted"},
        "s3:GetBucketAbac": {"caller-not-permitted"},
    },
    "relaxed": {"s3:GetAccountPublicAccessBlock": {"public-access-block-relaxed"}},
    "unlisted": {
        "s3:ListAllMyBuckets": {"bucket-not-owned", "caller-not-permitted", "caller-grant-incomplete"},
        "s3:GetBucketLocation": SERVICE | {"bucket-outside-region", "grant-incomplete", "wrong-service-principal"},
    },
}
"""The verdicts that need a right, by world. For the user the list is complete: without any other right no verdict
changes there."""


@pytest.mark.parametrize(
    ("name", "right"), [(name, right) for name, rights in NEEDED.items() for right in rights], ids=lambda text: text
)
def test_a_missing_right_is_named(audits: Audits, name: str, right: str) -> None:
    whole, outcome = audits.whole(name), audits.without(name, right)
    changed = {rule for rule, verdict in outcome.verdicts.items() if verdict.verdict != whole.verdicts[rule].verdict}
    assert changed == NEEDED[name][right]
    assert {outcome.verdicts[rule].verdict for rule in changed} == {UNDETERMINED}
    assert [rule for rule in changed if f"{right}: AccessDenied" not in outcome.verdicts[rule].message] == []
    statements: Any = reading_policy(outcome.refused)["Statement"]
    allowed = {action for statement in statements for action in statement["Action"]}
    assert allowed == {right, *OPENS.get(right, ())}


def test_a_right_that_is_not_needed_changes_no_verdict(audits: Audits) -> None:
    whole = audits.whole("user")
    words = {rule: verdict.verdict for rule, verdict in whole.verdicts.items()}
    others = sorted(whole.rights - NEEDED["user"].keys())
    assert "s3:ListAllMyBuckets" in others  # HeadBucket shows the bucket owner in another way
    for right in others:
        outcome = audits.without("user", right)
        assert ({rule: verdict.verdict for rule, verdict in outcome.verdicts.items()}, right) == (words, right)


def test_every_right_is_needed_somewhere() -> None:
    needed = {right for rights in NEEDED.values() for right in rights}
    # the Region's status decides what the list of opt-in Regions leaves undetermined; a key's policy softens a warning
    milder = {"account:GetRegionOptStatus", "kms:DescribeKey", "kms:GetKeyPolicy"}
    assert {read.right for read in TABLE.values()} - needed == milder | FREE


@pytest.mark.parametrize(("name", "services"), [("all wrong", ""), ("missing", "s3:"), ("key", "kms:")])
def test_no_refusal_hides_a_failure(audits: Audits, name: str, services: str) -> None:
    whole = audits.whole(name)
    failing = [rule for rule, verdict in whole.verdicts.items() if verdict.verdict == FAILS]
    assert failing != []
    rights = sorted(right for right in whole.rights if right.startswith(services))
    assert rights != []
    for right in rights:
        outcome = audits.without(name, right)
        for rule in failing:
            found = outcome.verdicts[rule]
            assert (rule, right, found.verdict in (FAILS, UNDETERMINED)) == (rule, right, True)
            assert found.verdict == FAILS or f"{right}: AccessDenied" in found.message

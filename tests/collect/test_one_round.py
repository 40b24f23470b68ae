"""The policy for refused reads is complete: once it is attached, no read is refused for lack of a right.

The server decides each call by the caller's own policies and by the right and the resource that AWS documents for it:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and the pages beside it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.collect.fake_aws import Reply, refused
from tests.collect.sandbox import (
    ACCOUNT,
    EXPORT,
    GRANT,
    READ_ALL,
    Sandbox,
    allow,
    connection,
    opted,
    organization,
    unknowns,
)

from snaplint.collect import collect, reading_policy
from snaplint.iam import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.collect.fake_aws import Call, FakeAws

    from snaplint.collect import Collected

CALLER = f"arn:aws:iam::{ACCOUNT}:user/teams/jo"
KEY_POLICY = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}]}

RIGHTS = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}
"""The rights that do not have the name of their operation:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""


class Enforcing:
    """Answers AccessDenied to a call that `policies` do not allow."""

    def __init__(self, arns: Callable[[str, str], str]) -> None:
        self.policies: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self._arns = arns

    def __call__(self, call: Call) -> Reply | None:
        right = RIGHTS.get(call.name, call.name)
        if right == "sts:GetCallerIdentity":
            return None
        key_policy = KEY_POLICY if call.service == "kms" else None
        decision = Simulator(identity_policies=self.policies, resource_policy=key_policy).decide(
            principal=CALLER, action=right, resource=self._resource(call), resource_account=ACCOUNT
        )
        if decision.decision == "Allowed":
            return None
        self.refused.append(call.name)
        return refused(call)

    def _resource(self, call: Call) -> str:
        params = call.params
        if call.bucket:
            return f"arn:aws:s3:::{call.bucket}"
        if call.service == "kms":
            key = params["KeyId"]
            return key if key.startswith("arn:") else f"arn:aws:kms:us-east-1:{ACCOUNT}:key/of-the-alias"
        if call.service == "elasticache":
            name = params.get("SnapshotName", "*")
            return params.get("ResourceName", f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:{name}")
        if call.service == "iam":
            named = [member for member in ("UserName", "RoleName", "GroupName") if member in params]
            return params["PolicyArn"] if not named else self._arns(named[0][:-4], params[named[0]])
        if call.service == "account":
            return f"arn:aws:account::{ACCOUNT}:account"
        return "*"


@pytest.fixture
def enforcing(aws: FakeAws, moto: str) -> Iterator[tuple[Enforcing, Any]]:
    """Yield the server and a connection of a user in an account in which every read leads to others."""
    sandbox = Sandbox(moto)
    iam: Any = sandbox.client("iam")
    boundary = sandbox.managed("boundary", READ_ALL)
    iam.create_user(UserName="jo", Path="/teams/", PermissionsBoundary=boundary)
    made_key = iam.create_access_key(UserName="jo")["AccessKey"]
    key = (made_key["AccessKeyId"], made_key["SecretAccessKey"])
    iam.put_user_policy(UserName="jo", PolicyName="inline", PolicyDocument=json.dumps(allow("s3:*")))
    iam.attach_user_policy(UserName="jo", PolicyArn=sandbox.managed("attached", allow("elasticache:*")))
    iam.create_group(GroupName="exporters", Path="/all/")
    iam.add_user_to_group(GroupName="exporters", UserName="jo")
    iam.put_group_policy(GroupName="exporters", PolicyName="more", PolicyDocument=json.dumps(allow("s3:Get*")))
    iam.attach_group_policy(GroupName="exporters", PolicyArn=sandbox.managed("of-group", allow("s3:List*")))
    sandbox.snapshot()
    sandbox.bucket("exports", policy=GRANT)
    kms: Any = sandbox.client("kms")
    made = kms.create_key(Policy=json.dumps(KEY_POLICY))["KeyMetadata"]
    kms.create_alias(AliasName="alias/exports", TargetKeyId=made["KeyId"])
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/exports"}}
    s3: Any = sandbox.client("s3")
    s3.put_bucket_encryption(Bucket="exports", ServerSideEncryptionConfiguration={"Rules": [rule]})
    organization(aws)
    opted(aws)
    paths = {"User": "/teams/", "Group": "/all/", "Role": "/"}
    server = Enforcing(lambda kind, name: f"arn:aws:iam::{ACCOUNT}:{kind.lower()}{paths[kind]}{name}")
    aws.on("*", server)
    yield server, connection(aws.url, key)


def require_whole(collected: Collected, server: Enforcing) -> None:
    """Require that no fact is unknown; the list of buckets is not needed if HeadBucket shows the owner."""
    assert (collected.refused, [why for _, why in unknowns(collected.facts) if "AccessDenied" in why]) == ((), [])
    assert set(server.refused) <= {"s3:ListBuckets"}


def test_one_round_is_enough(enforcing: tuple[Enforcing, Any]) -> None:
    server, made = enforcing
    first = collect([EXPORT], made)
    assert server.refused != []
    # nothing that follows from the refused reads was tried
    assert {"iam:GetPolicy", "kms:GetKeyPolicy", "organizations:DescribePolicy"}.isdisjoint(server.refused)
    server.policies, server.refused = [reading_policy(first.refused)], []
    require_whole(collect([EXPORT], made), server)


@pytest.mark.parametrize("operation", ["s3:HeadBucket", "s3:GetBucketEncryption", "iam:GetUser", "kms:DescribeKey"])
def test_one_round_is_enough_if_one_read_was_refused(
    enforcing: tuple[Enforcing, Any], aws: FakeAws, operation: str
) -> None:
    server, made = enforcing
    whole = collect([EXPORT], made).refused
    right = RIGHTS.get(operation, operation)
    everything = reading_policy(whole)
    statements: Any = everything["Statement"]
    less = [
        {**each, "Action": [action for action in each["Action"] if action != right]}
        for each in statements
        if each["Action"] != [right]
    ]
    server.policies, server.refused = [{**everything, "Statement": less}], []
    again = collect([EXPORT], made).refused
    assert operation in server.refused
    server.policies, server.refused = [*server.policies, reading_policy(again)], []
    require_whole(collect([EXPORT], made), server)

"""An account at moto's AWS: a caller, a snapshot, buckets, with the defaults of new S3 buckets that moto lacks."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.loaders
import botocore.session
from tests.collect.fake_aws import Call, FakeAws, Reply, said

from snaplint.base.source import parted
from snaplint.collect import Connection
from snaplint.facts.store import written
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator


ACCOUNT = "111122223333"
REGION = "us-east-1"
SECRET = "wJalrXUtnFEMI/K7MDENG/SECRETWORD"  # noqa: S105 - not a real one

READ_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
EXPORT = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": "exports"}
GRANT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ElastiCacheSnapshotExport",
            "Effect": "Allow",
            "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
            "Action": [
                "s3:PutObject",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketAcl",
                "s3:ListMultipartUploadParts",
                "s3:ListBucketMultipartUploads",
            ],
            "Resource": ["arn:aws:s3:::exports", "arn:aws:s3:::exports/*"],
        }
    ],
}
BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


_LOADER = botocore.loaders.create_loader()


@cache
def _client(url: str, service: str, region: str) -> Any:
    made = session(("AKIASANDBOX000000000", SECRET), region=region)
    return made.client(service, endpoint_url=url)


class Sandbox:
    """Builds the account, with calls to moto directly."""

    def __init__(self, url: str, region: str = REGION) -> None:
        self.url = url
        self.region = region

    def client(self, service: str, region: str | None = None) -> Any:
        return _client(self.url, service, region or self.region)

    def user(self, name: str = "exporter", path: str = "/") -> tuple[str, str]:
        """Create an IAM user, and return an access key."""
        iam = self.client("iam")
        iam.create_user(UserName=name, Path=path)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def role(self, name: str = "exporter", path: str = "/") -> str:
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
        }
        role = self.client("iam").create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
        return str(role["Role"]["Arn"])

    def managed(self, name: str, document: object) -> str:
        policy = self.client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        return str(policy["Policy"]["Arn"])

    def bucket(self, name: str = "exports", region: str | None = None, policy: object = GRANT) -> None:
        """Create a bucket with the defaults of S3, which moto does not set (Object Ownership, encryption, BPA)."""
        s3 = self.client("s3", region)
        where: Any = {} if s3.meta.region_name == "us-east-1" else {"LocationConstraint": s3.meta.region_name}
        s3.create_bucket(
            Bucket=name,
            ObjectOwnership="BucketOwnerEnforced",
            **({"CreateBucketConfiguration": where} if where else {}),
        )
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=BLOCKED)
        if policy is not None:
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))

    def snapshot(self, name: str = "nightly") -> None:
        cache = self.client("elasticache")
        clusters = [each["ReplicationGroupId"] for each in cache.describe_replication_groups()["ReplicationGroups"]]
        if "orders" not in clusters:
            cache.create_replication_group(ReplicationGroupId="orders", ReplicationGroupDescription="orders")
        cache.create_snapshot(SnapshotName=name, ReplicationGroupId="orders")

    def story(self) -> tuple[str, str]:
        """Create a user with own and group policies, inline and attached, a snapshot, and a bucket for the export."""
        key = self.user()
        iam = self.client("iam")
        iam.put_user_policy(UserName="exporter", PolicyName="inline", PolicyDocument=json.dumps(READ_ALL))
        iam.attach_user_policy(UserName="exporter", PolicyArn=self.managed("attached", allow("s3:GetObject")))
        iam.create_group(GroupName="team")
        iam.add_user_to_group(GroupName="team", UserName="exporter")
        iam.put_group_policy(GroupName="team", PolicyName="own", PolicyDocument=json.dumps(allow("s3:PutObject")))
        iam.attach_group_policy(GroupName="team", PolicyArn=self.managed("shared", allow("s3:ListBucket")))
        self.snapshot()
        self.bucket()
        return key


def role_session(moto: str, path: str = "/") -> tuple[str, str, str]:
    """Create a role with an inline and an attached policy, and return the credentials of a session of it."""
    sandbox = Sandbox(moto)
    arn = sandbox.role("exporter", path)
    iam = sandbox.client("iam")
    iam.put_role_policy(RoleName="exporter", PolicyName="inline", PolicyDocument=json.dumps(READ_ALL))
    iam.attach_role_policy(RoleName="exporter", PolicyArn=sandbox.managed("attached", allow("s3:GetObject")))
    given = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="ci")["Credentials"]
    return given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]


def identify_as(aws: FakeAws, arn: str) -> None:
    """Answer GetCallerIdentity with an ARN that moto has no session for."""
    account = arn.split(":")[4]
    inner = f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account>"
    aws.on(
        "sts:GetCallerIdentity",
        said(
            f"<GetCallerIdentityResponse><GetCallerIdentityResult>{inner}</GetCallerIdentityResult>"
            "</GetCallerIdentityResponse>"
        ),
    )


def organization(aws: FakeAws) -> None:
    """Make the account a member of an organization: root, one OU, the account, each with SCPs, RCPs on the root.

    In moto the calling account is the management account, so AWS's answers to a member are given here:
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
    """
    described = {"Id": "o-acme", "MasterAccountId": "999988887777", "FeatureSet": "ALL"}
    types = [{"Type": kind, "Status": "ENABLED"} for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")]
    parents = {ACCOUNT: ("ou-1", "ORGANIZATIONAL_UNIT"), "ou-1": ("r-1", "ROOT")}
    attached = {("ou-1", "SERVICE_CONTROL_POLICY"): ["p-ou", "p-full"]}

    def parent(call: Call) -> Reply:
        identifier, kind = parents[call.params["ChildId"]]
        return as_json({"Parents": [{"Id": identifier, "Type": kind}]})

    def policies(call: Call) -> Reply:
        target, kind = call.params["TargetId"], call.params["Filter"]
        return as_json({"Policies": [{"Id": each} for each in attached.get((target, kind), ["p-full"])]})

    def policy(call: Call) -> Reply:
        document = allow("s3:*") if call.params["PolicyId"] == "p-ou" else allow("*")
        return as_json({"Policy": {"Content": json.dumps(document)}})

    aws.on("organizations:DescribeOrganization", lambda _call: as_json({"Organization": described}))
    aws.on("organizations:ListRoots", lambda _call: as_json({"Roots": [{"Id": "r-1", "PolicyTypes": types}]}))
    aws.on("organizations:ListParents", parent)
    aws.on("organizations:ListPoliciesForTarget", policies)
    aws.on("organizations:DescribePolicy", policy)


def opted(aws: FakeAws, status: str = "ENABLED_BY_DEFAULT") -> None:
    """Answer GetRegionOptStatus, which moto does not support."""
    aws.on("account:GetRegionOptStatus", lambda _call: as_json({"RegionName": REGION, "RegionOptStatus": status}))


def as_json(value: object) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/x-amz-json-1.1"})


def allow(*actions: str) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*"}]}


def session(key: tuple[str, str], token: str | None = None, region: str = REGION) -> Any:
    """Return a boto3 session with an access key. All share the parsed service models, which take the most time."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _LOADER)
    return boto3.session.Session(
        botocore_session=core,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        aws_session_token=token,
        region_name=region,
    )


def connection(url: str, key: tuple[str, str], **options: Any) -> Connection:
    """Return a connection as a user would make it, but with one attempt and short timeouts."""
    patience = {"attempts": 1, "connect_timeout": 5, "read_timeout": 5}
    return Connection(session=session(key), endpoint_url=url, **{**patience, **options})


# -- what tests need from collected facts


def part(facts: object, *route: str | int) -> Any:
    """Return the value at a route."""
    for step in route:
        facts = facts[step]  # type: ignore[index]
    return facts


def unknowns(facts: object, route: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the dotted route and the reason of every unknown fact."""
    if isinstance(facts, dict):
        if set(facts) == {"unknown"}:
            yield ".".join(map(str, route)), facts["unknown"]
            return
        for name, value in facts.items():
            yield from unknowns(value, (*route, name))
    elif isinstance(facts, list):
        for index, value in enumerate(facts):
            yield from unknowns(value, (*route, index))


def read_back(facts: dict[str, object]) -> list[str]:
    """Return the input errors of a facts file."""
    _, faults = parted(read_preflight(parse("facts.json", written(facts).encode()), Files()))
    return [str(fault) for fault in faults]

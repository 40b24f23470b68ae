"""Two accounts, a bucket, and callers on the server: policies are put there, and S3 is called as one of the callers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

Policy = dict[str, Any]

OWNER, OTHER = "111122223333", "444455556666"
BUCKET = "oracle"
REGION = "us-east-1"
ANN, EVE = f"arn:aws:iam::{OWNER}:user/ann", f"arn:aws:iam::{OTHER}:user/eve"
ROLE = f"arn:aws:iam::{OWNER}:role/exporter"
SESSION = f"arn:aws:sts::{OWNER}:assumed-role/exporter/night"
TAGS = {"ann": "data", "exporter": "ops"}
"""The value of the tag `team`."""

_CONFIG = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
_ANONYMOUS = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, signature_version=UNSIGNED)
_DENIED = frozenset({"AccessDenied", "403"})
_TRUST: Policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole"}]}


class Call(NamedTuple):
    """One call of S3: the method of boto3 and its arguments, and the question to IAM that it amounts to."""

    method: str
    arguments: Mapping[str, Any]
    action: str
    key: str = ""
    context: Mapping[str, str] = {}

    @property
    def resource(self) -> str:
        return f"arn:aws:s3:::{BUCKET}/{self.key}" if self.key else f"arn:aws:s3:::{BUCKET}"


CALLS = (
    Call("list_objects_v2", {}, "s3:ListBucket"),
    Call(
        "list_objects_v2", {"Prefix": "x/", "MaxKeys": 5}, "s3:ListBucket", "", {"s3:prefix": "x/", "s3:max-keys": "5"}
    ),
    Call(
        "list_objects_v2",
        {"Prefix": "y", "Delimiter": "/"},
        "s3:ListBucket",
        "",
        {"s3:prefix": "y", "s3:delimiter": "/"},
    ),
    Call("get_object", {"Key": "k"}, "s3:GetObject", "k", {"s3:ExistingObjectTag/team": "data"}),
    Call("get_object", {"Key": "x/1"}, "s3:GetObject", "x/1"),
    Call("put_object", {"Key": "p"}, "s3:PutObject", "p"),
    # S3 also asks for s3:PutObjectAcl, which the server does not, so that only s3:PutObject is compared:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    Call("put_object", {"Key": "p", "ACL": "private"}, "s3:PutObject", "p", {"s3:x-amz-acl": "private"}),
    Call(
        "put_object",
        {"Key": "x/p", "ServerSideEncryption": "AES256"},
        "s3:PutObject",
        "x/p",
        {"s3:x-amz-server-side-encryption": "AES256"},
    ),
    Call("delete_object", {"Key": "x/p"}, "s3:DeleteObject", "x/p"),
    Call("get_bucket_acl", {}, "s3:GetBucketAcl"),
    Call("get_bucket_location", {}, "s3:GetBucketLocation"),
    Call("list_multipart_uploads", {}, "s3:ListBucketMultipartUploads"),
)


class World:
    """The server's state, which each round replaces."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.bucket = self._client("s3", Credentials(OWNER, "test"))
        """S3 as the root of the account that owns the bucket."""
        self._iam = {account: self._client("iam", Credentials(account, "test")) for account in (OWNER, OTHER)}
        self._sts = self._client("sts", Credentials(OWNER, "test"))
        self.bucket.create_bucket(Bucket=BUCKET)
        self.bucket.put_object(Bucket=BUCKET, Key="k", Body=b"1", Tagging="team=data")
        self.bucket.put_object(Bucket=BUCKET, Key="x/1", Body=b"1")
        self._owner: dict[str, Any] = self.bucket.get_bucket_acl(Bucket=BUCKET)["Owner"]
        self._clients = {
            "ann": self._client("s3", self._user(OWNER, "ann")),
            "eve": self._client("s3", self._user(OTHER, "eve")),
            "anonymous": self._client("s3", Credentials("none", "none"), _ANONYMOUS),
        }
        self._iam[OWNER].create_role(
            RoleName="exporter",
            AssumeRolePolicyDocument=json.dumps(_TRUST),
            Tags=[{"Key": "team", "Value": TAGS["exporter"]}],
        )
        self._session = Credentials("none", "none")
        self._clients["night"] = self._client("s3", self._session)

    def _client(self, service: str, credentials: Credentials, config: Config = _CONFIG) -> Any:
        session = Session()
        session._credentials = credentials  # type: ignore[attr-defined]
        made = boto3.Session(botocore_session=session, region_name=REGION)
        return made.client(service, endpoint_url=self.address, config=config)  # type: ignore[call-overload]

    def _user(self, account: str, name: str) -> Credentials:
        tags = [{"Key": "team", "Value": TAGS[name]}] if name in TAGS else []
        self._iam[account].create_user(UserName=name, Tags=tags)
        key = self._iam[account].create_access_key(UserName=name)["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    # -- policies

    def user(self, name: str, account: str, policy: Policy | None, boundary: Policy | None = None) -> None:
        """Give a user this policy and this boundary."""
        iam = self._iam[account]
        if policy is None:
            _if_there(iam.delete_user_policy, UserName=name, PolicyName="own")
        else:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
        if account == OWNER:
            _if_there(iam.delete_user_permissions_boundary, UserName=name)
            if boundary is not None:
                iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=self._managed(name, boundary))

    def session(self, policy: Policy | None, boundary: Policy | None, session_policy: Policy | None) -> None:
        """Give the role this policy and this boundary, and assume it with this session policy."""
        iam = self._iam[OWNER]
        if policy is None:
            _if_there(iam.delete_role_policy, RoleName="exporter", PolicyName="own")
        else:
            iam.put_role_policy(RoleName="exporter", PolicyName="own", PolicyDocument=json.dumps(policy))
        _if_there(iam.delete_role_permissions_boundary, RoleName="exporter")
        if boundary is not None:
            iam.put_role_permissions_boundary(
                RoleName="exporter", PermissionsBoundary=self._managed("exporter", boundary)
            )
        passed = {} if session_policy is None else {"Policy": json.dumps(session_policy)}
        found = self._sts.assume_role(RoleArn=ROLE, RoleSessionName="night", **passed)["Credentials"]
        self._session.access_key = found["AccessKeyId"]
        self._session.secret_key = found["SecretAccessKey"]
        self._session.token = found["SessionToken"]

    def _managed(self, name: str, policy: Policy) -> str:
        """Return the ARN of the managed policy with this name, which gets this document."""
        arn = f"arn:aws:iam::{OWNER}:policy/{name}"
        _if_there(self._iam[OWNER].delete_policy, PolicyArn=arn)
        self._iam[OWNER].create_policy(PolicyName=name, PolicyDocument=json.dumps(policy))
        return arn

    def open_bucket(
        self,
        policy: Policy | None = None,
        *,
        grants: list[tuple[str, str]] | None = None,
        ownership: str = "ObjectWriter",
        blocks: Mapping[str, bool] | None = None,
    ) -> None:
        """Give the bucket this policy, these grants to groups, this ownership and this Block Public Access."""
        s3 = self.bucket
        s3.delete_public_access_block(Bucket=BUCKET)
        if policy is None:
            s3.delete_bucket_policy(Bucket=BUCKET)
        else:
            s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))
        s3.put_bucket_ownership_controls(
            Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        )
        s3.put_bucket_acl(Bucket=BUCKET, AccessControlPolicy=self.acl(grants or []))
        if ownership != "ObjectWriter":
            s3.put_bucket_ownership_controls(
                Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
            )
        if blocks is not None:
            s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=dict(blocks))

    def acl(self, grants: list[tuple[str, str]]) -> Policy:
        """Return an ACL, in the form of get-bucket-acl, with FULL_CONTROL for the owner and grants to groups."""
        owner = {"Grantee": {"Type": "CanonicalUser", "ID": self._owner["ID"]}, "Permission": "FULL_CONTROL"}
        groups = [
            {"Grantee": {"Type": "Group", "URI": f"http://acs.amazonaws.com/groups/global/{group}"}, "Permission": word}
            for group, word in grants
        ]
        return {"Owner": {"ID": self._owner["ID"]}, "Grants": [owner, *groups]}

    # -- calls

    def allows(self, caller: str, call: Call) -> bool:
        """Return whether the server allows a call: every answer but AccessDenied comes after the policies."""
        try:
            getattr(self._clients[caller], call.method)(Bucket=BUCKET, **call.arguments)
        except ClientError as error:
            return error.response["Error"]["Code"] not in _DENIED
        return True


def sent(call: Call) -> dict[str, str]:
    """Return the context of a call, without what it says of the caller."""
    return {
        "aws:SourceIp": "127.0.0.1",
        "aws:SecureTransport": "false",
        "aws:RequestedRegion": REGION,
        "aws:CurrentTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **call.context,
    }


def _if_there(method: Any, **arguments: str) -> None:
    """Delete what may not exist."""
    try:
        method(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise

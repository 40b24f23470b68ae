"""The workloads of the engines: policies, and requests with the answer that AWS's documentation gives.

A workload is plain JSON, so that every engine reads the same file:

    {"setups": [{"principal", "identity_policies", "resource_policy", "scps"}, ...],
     "requests": [{"setup", "action", "resource", "resource_account", "context", "allowed"}, ...]}

A setup is one principal with all policies that apply to it; a request refers to its setup by index. The requests use
only what all engines claim to support: users and roles, identity and bucket policies, SCPs, conditions with known keys.
"""

from __future__ import annotations

import json
import random
from typing import Any

OWN = "111122223333"
OTHER = "444455556666"
BUCKET = "arn:aws:s3:::acme-redis-exports"
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_PLAIN = {"aws:SecureTransport": "true", "aws:RequestedRegion": "eu-west-1", "aws:SourceIp": "10.20.30.40"}
_SSE = "s3:x-amz-server-side-encryption"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    """Return an Allow statement; `more` takes `Principal` and `Condition`."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    """Return a Deny statement."""
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


# -- one request ------------------------------------------------------------------------------------------------------


def single() -> dict[str, Any]:
    """One request against 10 identity statements, 8 bucket statements and two SCP levels, with conditions.

    It is asked for 64 object keys in turn, so that no engine can remember the answer.
    """
    setup = {
        "principal": f"arn:aws:iam::{OWN}:role/exporter",
        "identity_policies": [policy(*_identity_statements())],
        "resource_policy": policy(*_bucket_statements()),
        "scps": _scps(),
    }
    context = {**_PLAIN, _SSE: "AES256", "aws:PrincipalTag/team": "data"}
    requests = [
        {
            "setup": 0,
            "action": "s3:PutObject",
            "resource": f"{BUCKET}/nightly/orders-{number:04}.rdb",
            "resource_account": OWN,
            "context": context,
            "allowed": True,
        }
        for number in range(64)
    ]
    return {"setups": [setup], "requests": requests}


def _identity_statements() -> list[dict[str, Any]]:
    return [
        allow(["elasticache:Describe*", "elasticache:List*"], "*"),
        allow("elasticache:CopySnapshot", f"arn:aws:elasticache:*:{OWN}:snapshot:*"),
        allow("s3:ListAllMyBuckets", "*"),
        allow(["s3:GetBucket*", "s3:ListBucket"], [BUCKET, "arn:aws:s3:::acme-logs"]),
        allow("s3:GetObject*", "arn:aws:s3:::acme-logs/*"),
        allow(
            ["s3:PutObject", "s3:AbortMultipartUpload"],
            f"{BUCKET}/nightly/*",
            Condition={"StringEquals": {"aws:PrincipalTag/team": ["data", "platform"]}},
        ),
        allow(["kms:Decrypt", "kms:GenerateDataKey*"], "*", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        deny("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("s3:PutObject", "*", Condition={"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}),
        deny(["iam:*", "organizations:*"], "*"),
    ]


def _bucket_statements() -> list[dict[str, Any]]:
    everyone = {"Principal": "*"}
    objects = f"{BUCKET}/*"
    return [
        deny("s3:*", [BUCKET, objects], **everyone, Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("s3:*", [BUCKET, objects], **everyone, Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        deny("s3:PutObject", objects, **everyone, Condition={"StringNotEquals": {_SSE: ["AES256", "aws:kms"]}}),
        deny("s3:DeleteObject*", objects, **everyone, Condition={"Null": {"aws:MultiFactorAuthAge": "true"}}),
        deny("s3:PutObjectAcl", objects, **everyone, Condition={"StringLike": {"s3:x-amz-acl": "public-*"}}),
        allow(
            ["s3:ListBucket", "s3:GetBucketAcl"],
            BUCKET,
            Principal={"Service": "eu-west-1.elasticache-snapshot.amazonaws.com"},
        ),
        allow("s3:GetObject", f"{BUCKET}/shared/*", Principal={"AWS": f"arn:aws:iam::{OTHER}:role/reader"}),
        allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/audit/*", Principal={"AWS": f"arn:aws:iam::{OWN}:root"}),
    ]


def _scps() -> list[list[dict[str, Any]]]:
    regions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    return [
        [policy(_EVERYTHING), policy(deny("organizations:LeaveOrganization", "*"))],
        [policy(_EVERYTHING), policy(deny(["s3:*", "elasticache:*"], "*", Condition=regions))],
    ]


# -- many requests ----------------------------------------------------------------------------------------------------


def mixed(count: int = 1000) -> dict[str, Any]:
    """Return `count` requests of several users and roles in two accounts, about half of them allowed."""
    rng = random.Random(20260714)  # noqa: S311  # the same requests in every run
    resource_policy = policy(*_bucket_statements(), *_more_bucket_statements())
    scps = _scps()
    setups = [
        {"principal": principal, "identity_policies": policies, "resource_policy": resource_policy, "scps": scps}
        for principal, policies in _REQUESTERS
    ]
    requests = [_question(rng, number) for number in range(count)]
    return {"setups": setups, "requests": requests}


EXPORTER, ANN, AUDITOR, READER = range(4)
_REQUESTERS: list[tuple[str, list[dict[str, Any]]]] = [
    (f"arn:aws:iam::{OWN}:role/exporter", [policy(*_identity_statements())]),
    (
        f"arn:aws:iam::{OWN}:user/ann",
        [
            policy(
                allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": ["home/ann/*", "shared/*"]}}),
                allow(["s3:GetObject", "s3:PutObject"], BUCKET + "/home/${aws:username}/*"),
            ),
            policy(
                allow("s3:*", f"{BUCKET}/audit/*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00Z"}})
            ),
        ],
    ),
    (f"arn:aws:iam::{OWN}:role/auditor", [policy(allow("ec2:Describe*", "*"))]),
    (
        f"arn:aws:iam::{OTHER}:role/reader",
        [policy(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::acme-*", "arn:aws:s3:::acme-*/*"]))],
    ),
]


def _more_bucket_statements() -> list[dict[str, Any]]:
    auditor = {"AWS": f"arn:aws:iam::{OWN}:role/auditor"}
    office = {"IpAddress": {"aws:SourceIp": ["10.20.0.0/16", "203.0.113.0/24"]}}
    return [
        allow("s3:GetObject", f"{BUCKET}/reports/*", Principal=auditor, Condition=office),
        allow("s3:PutObject", f"{BUCKET}/inbox/*", Principal={"AWS": f"arn:aws:iam::{OTHER}:role/reader"}),
    ]


def _question(rng: random.Random, number: int) -> dict[str, Any]:
    """Return one request of one of the kinds below."""
    setup, action, place, context, allowed = rng.choice(_SORTS)
    varied = {**_PLAIN, "aws:SourceIp": f"10.20.{rng.randrange(256)}.{rng.randrange(1, 255)}", **context}
    return {
        "setup": setup,
        "action": action,
        "resource": place.format(number=number),
        "resource_account": OWN,
        "context": varied,
        "allowed": allowed,
    }


_RUN = BUCKET + "/nightly/run-{number}.rdb"
_ENCRYPTED = {_SSE: "aws:kms"}
_TEAM = {"aws:PrincipalTag/team": "data"}
_ELSEWHERE = {"aws:SourceIp": "198.51.100.7"}
_IS_ANN = {"aws:username": "ann"}
_SORTS: list[tuple[int, str, str, dict[str, str], bool]] = [
    # The identity policy allows, and nothing denies.
    (EXPORTER, "s3:PutObject", _RUN, _ENCRYPTED | _TEAM, True),
    (EXPORTER, "elasticache:CopySnapshot", f"arn:aws:elasticache:eu-west-1:{OWN}:snapshot:run-{{number}}", {}, True),
    (EXPORTER, "s3:GetBucketAcl", BUCKET, {}, True),
    # A condition of the Allow is not met.
    (EXPORTER, "s3:PutObject", _RUN, _ENCRYPTED | {"aws:PrincipalTag/team": "x"}, False),
    # A Deny of the bucket policy: not encrypted, not over TLS, an old TLS.
    (EXPORTER, "s3:PutObject", _RUN, _TEAM, False),
    (EXPORTER, "s3:GetBucketAcl", BUCKET, {"aws:SecureTransport": "false"}, False),
    (EXPORTER, "s3:GetBucketAcl", BUCKET, {"s3:TlsVersion": "1.1"}, False),
    # A Deny of the identity policy by address, a Deny of an SCP by Region.
    (EXPORTER, "s3:PutObject", _RUN, _ENCRYPTED | _TEAM | _ELSEWHERE, False),
    (EXPORTER, "s3:GetBucketAcl", BUCKET, {"aws:RequestedRegion": "ap-south-1"}, False),
    # Nothing allows.
    (EXPORTER, "s3:PutObject", BUCKET + "/other/run-{number}.rdb", _ENCRYPTED | _TEAM, False),
    (AUDITOR, "s3:GetObject", _RUN, {}, False),
    # A policy variable; a prefix; a date.
    (ANN, "s3:GetObject", BUCKET + "/home/ann/{number}.txt", _IS_ANN, True),
    (ANN, "s3:GetObject", BUCKET + "/home/bob/{number}.txt", _IS_ANN, False),
    (ANN, "s3:ListBucket", BUCKET, _IS_ANN | {"s3:prefix": "home/ann/2026"}, True),
    (ANN, "s3:ListBucket", BUCKET, _IS_ANN | {"s3:prefix": "home/bob/2026"}, False),
    (ANN, "s3:GetObject", BUCKET + "/audit/{number}.txt", _IS_ANN | {"aws:CurrentTime": "2026-07-01T00:00:00Z"}, True),
    (ANN, "s3:GetObject", BUCKET + "/audit/{number}.txt", _IS_ANN | {"aws:CurrentTime": "2027-07-01T00:00:00Z"}, False),
    # The bucket policy names the role of its own account, which is enough.
    (AUDITOR, "s3:GetObject", BUCKET + "/reports/{number}.csv", {}, True),
    (AUDITOR, "s3:GetObject", BUCKET + "/reports/{number}.csv", _ELSEWHERE, False),
    # Across accounts, both sides must allow.
    (READER, "s3:GetObject", BUCKET + "/shared/{number}.rdb", {}, True),
    (READER, "s3:GetObject", BUCKET + "/nightly/{number}.rdb", {}, False),
    (READER, "s3:PutObject", BUCKET + "/inbox/{number}.rdb", _ENCRYPTED, False),
]  # fmt: skip


# -- other policies in every request -----------------------------------------------------------------------------------


def changing(count: int = 400, attached: int = 0) -> dict[str, Any]:
    """Return `count` requests, each with policies of its own: those of `single` for buckets of other names.

    Only the SCPs are the same in all requests. `attached` policies of the size of managed ones come before its own.
    """
    rng = random.Random(7)  # noqa: S311
    one = single()
    text = json.dumps(one["setups"][0])
    setups, requests = [], []
    for number in range(count):
        setup = json.loads(_renamed(text, number))
        more = [policy(*_managed_statements(rng)) for _ in range(attached)]
        setups.append({**setup, "identity_policies": [*more, *setup["identity_policies"]]})
        request = one["requests"][number % len(one["requests"])]
        requests.append({**request, "setup": number, "resource": _renamed(request["resource"], number)})
    return {"setups": setups, "requests": requests, "changing": RENAMED}


def _renamed(text: str, number: int) -> str:
    return text.replace("acme-", f"acme-{RENAMED}{number}-")


RENAMED = "round-0-"
"""The part of bucket names that drivers change in every round, so that no engine has seen the policies before."""


# -- many policies ----------------------------------------------------------------------------------------------------

_SERVICES = ("s3", "ec2", "elasticache", "kms", "iam", "logs", "lambda", "sns", "sqs", "dynamodb", "cloudwatch", "rds")
_VERBS = ("Get", "List", "Describe", "Create", "Delete", "Update", "Put", "Tag", "Untag", "Start", "Stop", "Modify")
_NOUNS = ("Object", "Bucket", "Snapshot", "Cluster", "Key", "Role", "Stream", "Function", "Topic", "Queue", "Table")


def managed(count: int = 1500) -> list[dict[str, Any]]:
    """Return `count` invented identity policies of the size of AWS managed policies: 1 to 6 KB, up to 30 statements."""
    rng = random.Random(15)  # noqa: S311
    return [policy(*_managed_statements(rng)) for _ in range(count)]


def _managed_statements(rng: random.Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    size, wanted = 60, rng.randint(1000, 6000)
    while size < wanted:
        statement = _managed_statement(rng, len(found))
        size += len(str(statement))
        found.append(statement)
    return found


def _managed_statement(rng: random.Random, number: int) -> dict[str, Any]:
    service = rng.choice(_SERVICES)
    actions = [f"{service}:{rng.choice(_VERBS)}{rng.choice(_NOUNS)}" for _ in range(rng.randint(1, 8))]
    if rng.random() < 0.4:
        actions.append(f"{service}:{rng.choice(_VERBS)}*")
    resource = "*" if rng.random() < 0.5 else [f"arn:aws:{service}:*:*:{name.lower()}/aws-*" for name in _NOUNS[:2]]
    statement = allow(actions, resource, Sid=f"Part{number}")
    if rng.random() < 0.3:
        operator, key, value = rng.choice(_MANAGED_CONDITIONS)
        statement["Condition"] = {operator: {key: value}}
    return statement


_MANAGED_CONDITIONS = (
    ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
    ("StringLike", "iam:PassedToService", ["ec2.amazonaws.com", "ecs*.amazonaws.com"]),
    ("StringEquals", "aws:ResourceTag/aws:managed", "true"),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "stage"]),
    ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:aws-*"),
    ("Null", "aws:RequestTag/team", "false"),
)

"""The base case of the tests: an account, a caller, a bucket and a snapshot with which no rule fails. Tests change it.

Everything is in the form of a preflight file, as a user would write it.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from snaplint.base.source import parted
from snaplint.lint.linter import check_preflight
from snaplint.lint.rulebook import builtin_rules
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict

Data = dict[str, Any]

RULES = builtin_rules()
ACCOUNT = "111122223333"
OTHER_ACCOUNT = "999988887777"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/exporter"
SOURCE, TARGET, BUCKET = "nightly", "orders-2026-11", "exports"

SIX = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:GetBucketAcl",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
)
"""The documented grant to ElastiCache."""

MINIMUM = ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketLocation")
"""The caller's rights in the bucket by the export guide, besides CopySnapshot and ListAllMyBuckets."""

COMMERCIAL = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
GOV_WEST = "40fa568277ad703bd160f66ae4f83fc9dfdfd06c2f1b5060ca22442ac3ef8be6"
GOV_EAST = "c54286759d2a83da9c480405349819c993557275cf37d820d514b42da6893f5c"
CHINA = "b14d6a125bdf69854ed8ef2e71d8a20b7c490f252229b806e514966e490b8d83"
OWNER = "0f" * 32


def allow(actions: str | Sequence[str], resource: str | Sequence[str] = "*", **more: Any) -> Data:
    """Return an Allow statement."""
    return {"Effect": "Allow", "Action": _listed(actions), "Resource": _listed(resource), **more}


def deny(actions: str | Sequence[str], resource: str | Sequence[str] = "*", **more: Any) -> Data:
    """Return a Deny statement."""
    return {"Effect": "Deny", "Action": _listed(actions), "Resource": _listed(resource), **more}


def _listed(given: str | Sequence[str]) -> object:
    return given if isinstance(given, str) else list(given)


def policy(*statements: Mapping[str, Any]) -> Data:
    """Return a policy of these statements."""
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}


def arns(bucket: str = BUCKET, partition: str = "aws") -> list[str]:
    """Return the bucket's ARN and that of all its keys."""
    return [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"]


def service_grant(
    *actions: str, region: str = "us-east-1", name: str | None = None, resource: Sequence[str] | None = None
) -> Data:
    """Return the documented Allow for ElastiCache, or one for other actions, another principal or other resources."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    who = name or f"{region}.elasticache-snapshot.amazonaws.com"
    return allow(
        actions or SIX,
        arns(partition=partition) if resource is None else resource,
        Sid="ElastiCacheSnapshotExport",
        Principal={"Service": who},
    )


def caller_policy(partition: str = "aws") -> Data:
    """Return an identity policy with all rights that AWS publishes for the caller."""
    return policy(
        allow("elasticache:CopySnapshot"),
        allow("elasticache:AddTagsToResource"),
        allow([*MINIMUM, "s3:GetBucketAcl"], arns(partition=partition)),
        allow("s3:ListAllMyBuckets", f"arn:{partition}:s3:::*"),
    )


def acl(*grants: tuple[str, str]) -> Data:
    """Return the output of get-bucket-acl: the owner's FULL_CONTROL, then (canonical ID, permission) pairs."""
    listed = ((OWNER, "FULL_CONTROL"), *grants)
    return {
        "Owner": {"ID": OWNER},
        "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": who}, "Permission": what} for who, what in listed],
    }


def full_acl(identifier: str = COMMERCIAL) -> Data:
    """Return an ACL with the three permissions that an export needs."""
    return acl(*((identifier, permission) for permission in ("READ", "WRITE", "READ_ACP")))


def good(region: str = "us-east-1") -> Data:
    """Return a preflight file for which every rule passes or does not apply, and nothing is assumed."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return {
        "version": 1,
        "account": ACCOUNT,
        "region": region,
        "caller": {
            "arn": ROLE.replace("arn:aws:", f"arn:{partition}:"),
            "policies": [caller_policy(partition)],
            "boundary": None,
            "session_policies": [],
        },
        "organization": None,
        "requests": [{"SourceSnapshotName": SOURCE, "TargetSnapshotName": TARGET, "TargetBucket": BUCKET}],
        "snapshots": {
            SOURCE: {
                "SnapshotStatus": "available",
                "Engine": "redis",
                "NumNodeGroups": 2,
                "DataTiering": "disabled",
                "KmsKeyId": None,
            }
        },
        "buckets": {
            BUCKET: {
                "region": region,
                "account": ACCOUNT,
                "policy": policy(service_grant(region=region)),
                "acl": acl(),
                "ownership": "BucketOwnerEnforced",
                "encryption": {"SSEAlgorithm": "AES256"},
                "public_access_block": {
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
                "keys": [],
            }
        },
    }


def changed(data: Mapping[str, Any], **places: Any) -> Data:
    """Return a deep copy with values set at dotted places written with `__`: `buckets__exports__keys=[…]`."""
    made: Data = copy.deepcopy(dict(data))
    for place, value in places.items():
        *steps, last = place.split("__")
        at: Any = made
        for step in steps:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        at[int(last) if isinstance(at, list) else last] = value
    return made


def without(data: Mapping[str, Any], place: str) -> Data:
    """Return a deep copy without the value at a dotted place."""
    made: Data = copy.deepcopy(dict(data))
    *steps, last = place.split(".")
    at: Any = made
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    del at[last]
    return made


def with_bucket(**fields: Any) -> Data:
    """Return the base case with some of the bucket's fields changed."""
    data = good()
    data["buckets"][BUCKET].update(fields)
    return data


def with_request(**members: Any) -> Data:
    """Return the base case with some of the request's members changed."""
    data = good()
    data["requests"][0].update(members)
    return data


def plain_copy(**members: Any) -> Data:
    """Return the base case with a plain copy instead of the export."""
    data = good()
    del data["requests"][0]["TargetBucket"]
    data["requests"][0].update(members)
    return data


def with_caller(*statements: Mapping[str, Any], arn: str = ROLE, **more: Any) -> Data:
    """Return the base case with a caller of these statements as identity policy, and other members of `caller`."""
    data = good()
    data["caller"].update({"arn": arn, "policies": [policy(*statements)] if statements else [], **more})
    return data


def judged(
    data: Mapping[str, Any], *, strict: bool = False, rules: Sequence[Rule] = RULES, path: str = "world.snaplint.json"
) -> dict[str, Verdict]:
    """Return the verdicts on the only request, by rule; the file must have no input error."""
    document = parse(path, json.dumps(data, indent=1).encode())
    (preflight,), faults = parted(read_preflight(document, Files()))
    assert faults == []
    (result,) = check_preflight(preflight, rules, strict=strict)
    return {verdict.rule.id: verdict for verdict in result.verdicts}


def words(data: Mapping[str, Any], *, strict: bool = False) -> dict[str, str]:
    """Return the verdict words by rule."""
    return {name: verdict.verdict for name, verdict in judged(data, strict=strict).items()}


GRANTS = ("service-lacks-read", "service-lacks-write", "service-lacks-read-acp")


def service_words(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the verdict words on READ, WRITE and READ_ACP."""
    found = words(data)
    return found[GRANTS[0]], found[GRANTS[1]], found[GRANTS[2]]

"""What S3 refuses in a bucket policy, and what it accepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint.iam.lint.bucket_policy import refusals
from snaplint.iam.terms.pattern import matches_glob
from snaplint.operations.partitions import PARTITIONS

BUCKET = "acme-exports"
OWN = [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
DENY_OTHERS = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}}


def statement(action: object = "s3:*", resource: object = OWN, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, **more}


def said(
    found: object, bucket: str = BUCKET, partition: str | None = "aws"
) -> list[tuple[tuple[object, ...], str, bool]]:
    document = {"Version": "2012-10-17", "Statement": found}
    return [(each.route, each.message, each.refused) for each in refusals(document, bucket, partition, PARTITIONS)]


# resources


@pytest.mark.parametrize(
    "resource",
    [
        *OWN,
        "arn:aws:s3:::*",
        "arn:aws:s3:::acme-*",
        "arn:aws:s3:::acme-*/*",
        "arn:aws:s3:::*exports/daily/*",
        "arn:aws:s3:::acme-export?",
        f"arn:aws:s3:::{BUCKET}/",
        f"arn:aws:s3:::{BUCKET}*",
        f"arn:*:s3:::{BUCKET}",
        f"arn:aws*:s3:::{BUCKET}",
        f"arn:aws:s3:*:*:{BUCKET}",
        f"arn:aws:s?:::{BUCKET}",
        f"arn:aws:s3:::{BUCKET}/${{aws:PrincipalTag/team}}/*",
        "arn:aws:s3:::${aws:PrincipalTag/bucket}/*",
        "arn:aws:s3:::acme-${aws:PrincipalTag/bucket}",
    ],
)
def test_resources_that_can_be_the_bucket_or_its_objects(resource: str) -> None:
    assert said([statement(resource=resource)]) == []


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("*", "is not a resource of a bucket policy: name `arn:aws:s3:::acme-exports` or its objects"),
        ("**", "is not a resource of a bucket policy"),
        ("arn:aws:s3:::acme-export", "does not match bucket `acme-exports` or its objects"),
        ("arn:aws:s3:::acme-exports2/*", "does not match bucket `acme-exports` or its objects"),
        ("arn:aws:s3:::ACME-exports/*", "does not match bucket"),
        ("arn:aws:s3:::other-*", "does not match bucket"),
        ("arn:aws:s3:::acme-exports-*/*", "does not match bucket"),
        ("arn:aws:s3:us-east-1:111122223333:accesspoint/exports", "has a Region, which"),
        ("arn:aws:s3:us-east-1::acme-exports", "has a Region, which"),
        ("arn:aws:s3::111122223333:acme-exports/*", "has an account, which"),
        ("arn:amazon:s3:::acme-exports", "has the partition `amazon`, which does not exist"),
        ("arn:aws-cn:s3:::acme-exports", "is in partition `aws-cn`, but the bucket is in `aws`"),
        ("arn:aws:s3:::arn:aws:s3:::acme-exports/*", "has an ARN in place of the bucket's name"),
        ("arn:aws:kms:us-east-1:111122223333:key/k", "is not the ARN of a bucket or of objects"),
    ],
)
def test_resources_that_s3_refuses(resource: str, words: str) -> None:
    ((route, message, refused),) = said([statement(), statement(resource=[*OWN, resource])])
    assert (route, refused) == (("Statement", 1, "Resource", 2), True)
    assert message.startswith(f"`{resource}` {words}")
    assert message.endswith(" (S3: Policy has invalid resource)")


def test_where_the_partition_is_unknown_every_partition_will_do() -> None:
    resource = f"arn:aws-us-gov:s3:::{BUCKET}"
    assert said(statement(resource=resource), partition=None) == []
    assert [route for route, *_ in said(statement(resource=resource))] == [("Statement", "Resource")]


@pytest.mark.parametrize(
    "element", [{"NotResource": "*"}, {"NotResource": "arn:aws:s3:::other/*"}, {"NotResource": OWN}]
)
def test_not_resource_is_not_compared(element: dict[str, Any]) -> None:
    found = statement(**element)
    del found["Resource"]
    assert said(found) == []


NAMES = st.text("ab-", min_size=1, max_size=4)
PATTERNS = st.text("ab-*?", min_size=1, max_size=6)


@given(PATTERNS, NAMES, st.text("ab/", max_size=4))
def test_a_resource_that_matches_the_bucket_or_an_object_is_never_refused(pattern: str, bucket: str, key: str) -> None:
    resource = f"arn:aws:s3:::{pattern}"
    arns = (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{key}")
    if any(matches_glob(resource, arn) for arn in arns):
        assert said(statement(resource=resource), bucket) == []


# actions


@pytest.mark.parametrize("action", ["*", "s3:*", "S3:putobject", "s3:Get*", "s*:PutObject", "?3:GetObject"])
def test_actions_that_s3_accepts(action: str) -> None:
    assert said(statement(action)) == []


@pytest.mark.parametrize(
    "action",
    ["kms:GenerateDataKey", "KMS:*", "ec2:RunInstances", "s3express:CreateSession", "s3-object-lambda:GetObject"],
)
def test_actions_that_s3_refuses(action: str) -> None:
    ((route, message, refused),) = said(statement(["s3:PutObject", action]))
    assert (route, refused) == (("Statement", "Action", 1), True)
    assert message == (
        f"`{action}` is not allowed in a bucket policy: it is not an action of S3 (S3: Policy has invalid action)"
    )


# condition keys


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("s3:PutObject", {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
        (["s3:PutObject", "s3:PutObjectAcl"], {"StringEquals": {"S3:X-Amz-Acl": "bucket-owner-full-control"}}),
        (["s3:ListBucket", "s3:ListBucketVersions"], {"StringLike": {"s3:prefix": "daily/*"}}),
        (["s3:GetObject", "s3:GetObjectVersion"], {"StringEquals": {"s3:ExistingObjectTag/team": "data"}}),
        (["s3:GetObject", "s3:ListBucket"], {"StringEquals": {"s3:ResourceAccount": "111122223333"}}),
        (["s3:GetObject", "s3:ListBucket"], {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        (["s3:GetObject", "s3:ListBucket"], {"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}),
        (["s3:GetObject", "s3:ListBucket"], DENY_OTHERS),
        ("s3:GetObject", {"StringEquals": {"saml:sub": "ann"}}),
        ("s3:*", {"StringLike": {"s3:prefix": "daily/*"}}),
        ("*", {"StringLike": {"s3:prefix": "daily/*"}}),
        (["s3:List*", "s3:GetObject"], {"StringLike": {"s3:prefix": "daily/*"}}),
        (["s3:GetObject", "s3:ListBucket"], {"StringLikeIfExists": {"s3:prefix": "daily/*"}}),
    ],
)
def test_keys_that_the_actions_have(action: object, condition: dict[str, Any]) -> None:
    assert said(statement(action, Condition=condition)) == []


@pytest.mark.parametrize(
    ("action", "condition", "words"),
    [
        (
            ["s3:ListBucket", "s3:GetBucketAcl"],
            {"StringLike": {"s3:prefix": "daily/*"}},
            "`s3:prefix` does not apply to `s3:GetBucketAcl` (S3: Conditions do not apply to combination of actions",
        ),
        ("s3:GetObject", {"StringLike": {"s3:prefix": "a"}}, "`s3:prefix` does not apply to `s3:GetObject` (S3: Cond"),
        (
            ["s3:PutObject", "s3:ListBucket"],
            {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
            "`s3:x-amz-server-side-encryption` does not apply to `s3:ListBucket` (S3: Conditions do not apply",
        ),
        ("s3:PutObject", {"Null": {"s3:ExistingObjectTag/a": "true"}}, "`s3:ExistingObjectTag/a` does not apply to"),
        (
            "s3:PutObject",
            {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
            "`kms:ViaService` is not a condition key of S3 (S3: Policy has an invalid condition key)",
        ),
    ],
)
def test_keys_that_s3_refuses(action: object, condition: dict[str, Any], words: str) -> None:
    ((route, message, refused),) = said([statement(action, Condition=condition)])
    ((operator, block),) = condition.items()
    assert (route, refused) == (("Statement", 0, "Condition", operator, next(iter(block))), True)
    assert message.startswith(words)


@pytest.mark.parametrize(
    ("action", "operator", "key", "words"),
    [
        ("s3:Get*", "StringLike", "s3:prefix", "`s3:prefix` applies to no action of the statement"),
        ("s3:GetObject", "StringLikeIfExists", "s3:prefix", "`s3:prefix` applies to no action of the statement"),
        ("s3:*", "StringLike", "elasticache:KmsKeyId", "`elasticache:KmsKeyId` is not a condition key of S3"),
    ],
)
def test_with_wildcards_and_if_exists_a_key_is_at_most_a_warning(
    action: str, operator: str, key: str, words: str
) -> None:
    found = said(statement(action, Condition={operator: {key: "a"}}))
    assert [(message, refused) for _, message, refused in found] == [(words, False)]


@pytest.mark.parametrize("action", ["s3:MakeUpAName", "kms:Decrypt", ["s3:GetObject", "nonsense"], []])
def test_beside_an_action_that_is_a_fault_keys_are_not_compared(action: object) -> None:
    found = said(statement(action, Condition={"StringLike": {"s3:prefix": "a"}}))
    assert not any("s3:prefix" in message for _, message, _ in found)


WORDS = st.sampled_from(["*", "s3:GetObject", "arn:aws:s3:::b", "s3:prefix", ""])
NAMES_OF_MEMBERS = st.sampled_from(["Statement", "Action", "Resource", "Condition", "StringLike", "s3:prefix"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES_OF_MEMBERS, inner),
    max_leaves=12,
)


@given(JSON)
def test_whatever_the_document_nothing_is_raised(document: object) -> None:
    assert all(each.message for each in refusals(document, BUCKET, None, PARTITIONS))

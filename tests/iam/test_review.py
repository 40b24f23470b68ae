"""The review of a policy: names that do not exist in AWS, and elements that cannot match together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.iam.strategies import ACTIONS as SAMPLE_ACTIONS

from snaplint.iam import Policy, Simulator, catalog
from snaplint.iam.lint.review import review
from snaplint.iam.lint.size import excess

if TYPE_CHECKING:
    from snaplint.base.source import Route

ROOT = Path(__file__).resolve().parents[2]
BUCKET, OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/*"
SNAPSHOTS = "arn:aws:elasticache:us-east-1:111122223333:snapshot:*"


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)} if version else {"Statement": list(statements)}


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def when(key: str, values: Any = "x", operator: str = "StringEquals") -> dict[str, Any]:
    return allow("s3:*", Condition={operator: {key: values}})


def said(document: object, kind: str = "identity") -> list[tuple[Route, str, bool]]:
    return [(remark.route, remark.message, remark.refused) for remark in review(document, kind)]


SERVICE = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
SIX = [
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:GetBucketAcl",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
]

SILENT: list[tuple[str, str, Any]] = [
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
    ("the documented grant", "resource", policy(allow(SIX, [BUCKET, OBJECTS], Principal=SERVICE))),
    (
        "the documented caller",
        "identity",
        policy(
            allow("elasticache:CopySnapshot"),
            allow("s3:ListAllMyBuckets"),
            allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], OBJECTS),
            allow(["s3:ListBucket", "s3:GetBucketLocation"], BUCKET),
        ),
    ),
    ("all buckets of S3", "identity", policy(allow("s3:ListAllMyBuckets", "arn:aws:s3:::*"))),
    (
        "the import guide",
        "resource",
        policy(allow(["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS], Principal="*")),
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_home-directory-console.html
    (
        "home directories",
        "identity",
        policy(
            allow(["s3:ListAllMyBuckets", "s3:GetBucketLocation"]),
            allow(
                "s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": ["", "home/", "home/${aws:userid}/*"]}}
            ),
            allow("s3:*", ["arn:aws:s3:::b/home/${aws:userid}", "arn:aws:s3:::b/home/${aws:userid}/*"]),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
    (
        "only TLS",
        "resource",
        policy(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [BUCKET, OBJECTS],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ),
    ),
    (
        "encrypted uploads",
        "resource",
        policy(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": OBJECTS,
                "Condition": {"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}},
            }
        ),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
    (
        "an access point",
        "identity",
        policy(allow("s3:GetObject", "arn:aws:s3:us-west-2:111122223333:accesspoint/a/object/*")),
    ),
    ("everything", "identity", policy(allow("*"), allow("s3:*", BUCKET), allow("s3:Get*", OBJECTS))),
    ("a wildcard for the type", "identity", policy(allow("elasticache:CopySnapshot", "arn:aws:elasticache:*:*:*"))),
    ("every partition", "identity", policy(allow("s3:PutObject", "arn:*:s3:::b/k"))),
    ("a bucket and a wildcard", "identity", policy(allow(["s3:PutObject", "s3:ListBucket"], "arn:aws:s3:::b*"))),
    ("too short to tell", "identity", policy(allow("s3:ListBucket", "arn:aws:s3*"))),
    ("a role with a path", "identity", policy(allow("sts:AssumeRole", "arn:aws:iam::111122223333:role/a/b"))),
    ("a role", "identity", policy(allow("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/x"))),
    ("a variable too early", "identity", policy(allow("kms:Decrypt", "arn:aws:kms:*:${aws:PrincipalAccount}:key/*"))),
    ("the keys of an account", "identity", policy(allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/*"))),
    ("services that are not listed", "identity", policy(allow(["ec2:Foo", "sns:Bar"], "arn:aws:sns:us-east-1::t"))),
    ("what is not named", "identity", policy({"Effect": "Deny", "NotAction": "iam:*", "NotResource": BUCKET})),
    ("an older version", "identity", policy(allow("s3:GetObject", OBJECTS), version="2008-10-17")),
    ("an older version, no name", "identity", policy(allow("s3:GetObject", "arn:aws:s3:::b/${x}"), version=None)),
    ("equal Sids, which are a fault", "identity", policy(allow("s3:*", Sid="a"), allow("s3:*", Sid="a"))),
    ("different Sids", "resource", policy(allow("s3:*", BUCKET, Sid="a"), allow("s3:*", BUCKET, Sid="b"))),
    ("no Sids", "resource", policy(allow("s3:*", BUCKET, Sid=""), allow("s3:*", BUCKET, Sid=""))),
    ("what is a fault already", "resource", policy(allow("s3:UploadPart", OBJECTS), when("s3:x-acl"))),
]


@pytest.mark.parametrize(("kind", "document"), [pytest.param(*row[1:], id=row[0]) for row in SILENT])
def test_silent(kind: str, document: Any) -> None:
    assert said(document, kind) == []
    assert excess(document, kind) is None


@pytest.mark.parametrize("action", SIX)
def test_each_documented_action_is_silent_on_what_it_is_for(action: str) -> None:
    service = catalog.service("s3")
    assert service is not None
    (found,) = service.matching(action.partition(":")[2])
    for resource in (BUCKET, OBJECTS):
        fits = resource == (BUCKET if "bucket" in found.types else OBJECTS)
        assert (said(policy(allow(action, resource))) == []) is fits


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*/policies/*.json")), ids=lambda path: path.name)
def test_the_examples_are_silent(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    kind = "resource" if any("Principal" in each for each in document["Statement"]) else "identity"
    assert said(document, kind) == []


MANAGED = (
    "AmazonElastiCacheFullAccess",
    "AmazonElastiCacheReadOnlyAccess",
    "AmazonMemoryDBFullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ObjectLambdaExecutionRolePolicy",
    "AmazonS3ReadOnlyAccess",
    "AWSKeyManagementServicePowerUser",
    "AWSCloudTrail_FullAccess",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
    "ElastiCacheServiceRolePolicy",
    "IAMFullAccess",
    "IAMUserChangePassword",
    "MemoryDBServiceRolePolicy",
)


@pytest.mark.parametrize("name", MANAGED)
def test_policies_that_aws_manages_are_silent(name: str) -> None:
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html, as moto keeps them
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    assert said(json.loads(aws_managed_policies_data)[name]["Document"]) == []


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (
            "elasticache:CopyClusterSnapshot",
            "is not an action of elasticache; did you mean `elasticache:CopySnapshot`?",
        ),
        (
            "elasticache:ExportSnapshot",
            "is not an action of elasticache: an export is authorised by `elasticache:CopySnapshot`",
        ),
        (
            "elasticache:ExportCacheToS3",
            "is not an action of elasticache: an export is authorised by `elasticache:CopySnapshot`",
        ),
        ("s3:HeadBucket", "is not an action: the call is authorised by `s3:ListBucket`"),
        ("S3:GetObjekt", "is not an action of s3; did you mean `s3:GetObject`?"),
        ("kms:zzz", "is not an action of kms"),
        ("s3:Head*", "matches no action"),
        (
            "elasticcache:CopySnapshot",
            "is not an action: there is no service `elasticcache`; did you mean `elasticache`?",
        ),
    ],
)
@pytest.mark.parametrize("element", ["Action", "NotAction"])
def test_an_action_that_does_not_exist(action: str, words: str, element: str) -> None:
    document = policy({"Effect": "Deny", element: ["s3:GetObject", action], "Resource": "*"})
    assert said(document) == [(("Statement", 0, element, 1), f"`{action}` {words}", False)]
    assert said(policy({"Effect": "Deny", element: action, "Resource": "*"}))[0][0] == ("Statement", 0, element)


@pytest.mark.parametrize(
    ("actions", "resources", "words"),
    [
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
        ("s3:ListBucket", OBJECTS, "`s3:ListBucket` applies to buckets (`arn:aws:s3:::BUCKET`)"),
        ("s3:PutObject", BUCKET, "`s3:PutObject` applies to objects (`arn:aws:s3:::BUCKET/KEY`)"),
        ("s3:*Object", BUCKET, "`s3:*Object` applies to objects"),
        ("s3:ListBucket", "arn:aws:s3:::${aws:username}/*", "`s3:ListBucket` applies to buckets"),
        ("s3:GetObject", [BUCKET, SNAPSHOTS], "`s3:GetObject` applies to objects"),
        ("elasticache:CopySnapshot", [BUCKET, OBJECTS], "applies to `arn:*:elasticache:*:*:snapshot:*`"),
        ("elasticache:CopySnapshot", SNAPSHOTS.replace("snapshot", "cluster"), "applies to `arn:*:elasticache"),
        # https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:alias/x", "applies to `arn:*:kms:*:*:key/*`"),
        ("iam:PassRole", "arn:aws:iam::111122223333:user/x", "applies to `arn:*:iam::*:role/*`"),
    ],
)
def test_an_action_that_applies_to_no_resource_of_its_statement(actions: Any, resources: Any, words: str) -> None:
    ((route, message, refused),) = said(policy(allow("s3:*"), allow(actions, resources)))
    assert (route, refused) == (("Statement", 1, "Action"), False)
    assert words in message
    assert message.endswith("but the statement has no such resource")
    assert said(policy(allow(actions, [resources, "*"] if isinstance(resources, str) else [*resources, "*"]))) == []


def test_s3_refuses_a_bucket_policy_with_an_action_that_applies_to_nothing() -> None:
    # https://github.com/humanmade/S3-Uploads/issues/239
    document = policy(allow(["s3:PutObject", "s3:ListBucket"], OBJECTS, Principal=SERVICE))
    ((route, message, refused),) = said(document, "resource")
    assert (route, refused) == (("Statement", 0, "Action", 1), True)
    assert "(S3: Action does not apply to any resource(s) in statement)" in message


def test_a_bucket_policy_is_about_s3() -> None:
    statement = allow("elasticache:CopySnapshot", BUCKET, Principal=SERVICE)
    statement["NotAction"] = statement.pop("Action")
    place = ("Statement", 0, "NotAction")
    assert said(policy(statement), "resource") == [(place, "`elasticache:CopySnapshot` is not an action of S3", False)]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("aws:SourceVcpe", "unknown condition key `aws:SourceVcpe`; did you mean `aws:SourceVpce`?"),
        ("elasticache:RequestTag/Team", "did you mean `aws:RequestTag/Team`?"),
        ("aws:ResourceTags/Team", "did you mean `aws:ResourceTag/Team`?"),
        ("aws:prefix", "did you mean `s3:prefix`?"),
        ("aws:RequestTag", "`aws:RequestTag/` must be followed by the key of a tag"),
        ("s3:x-acl", "did you mean `s3:x-amz-acl`?"),
        ("aws:Nonsense", "unknown condition key `aws:Nonsense`"),
    ],
)
def test_a_condition_key_that_does_not_exist(key: str, words: str) -> None:
    ((route, message, refused),) = said(policy(when(key)))
    assert (route, refused) == (("Statement", 0, "Condition", "StringEquals", key), False)
    assert words in message


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_a_variable_in_an_older_policy_is_text(version: str | None) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    words = "is literal text here: variables require `Version` 2012-10-17"
    resource = policy(allow("s3:GetObject", [OBJECTS, "arn:aws:s3:::b/${aws:username}/*"]), version=version)
    assert said(resource) == [(("Statement", 0, "Resource", 1), f"`${{aws:username}}` {words}", False)]
    condition = policy(when("s3:prefix", ["a", "${aws:userid}/"], "StringLike"), version=version)
    assert said(condition) == [
        (("Statement", 0, "Condition", "StringLike", "s3:prefix", 1), f"`${{aws:userid}}` {words}", False)
    ]


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("arn:aws:elasticache:us-east-1::snapshot:x", "has no account: every ARN of elasticache has one"),
        ("arn:aws:iam:::role/x", "has no account: every ARN of iam has one"),
        ("arn:aws:elasticache:us-east-1:111122223333:snapshots:x", "is not the ARN of a resource type of elasticache"),
        ("arn:aws:kms:us-east-1:111122223333:keys/x", "is not the ARN of a resource type of kms"),
    ],
)
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_an_arn_that_nothing_has(resource: str, words: str, element: str) -> None:
    document = policy({"Effect": "Allow", "Action": "*", element: ["*", resource]})
    assert said(document) == [(("Statement", 0, element, 1), f"`{resource}` {words}", False)]


def test_a_wrong_arn_is_reported_once() -> None:
    document = policy(allow("iam:PassRole", "arn:aws:iam:::role/x"))
    assert [route for route, *_ in said(document)] == [("Statement", 0, "Resource")]


def test_equal_sids_in_a_bucket_policy_are_a_warning() -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    statement = allow("s3:ListBucket", BUCKET, Principal=SERVICE, Sid="List")
    assert said(policy(statement, statement), "resource") == [
        (("Statement", 1, "Sid"), "two statements have the `Sid` `List`", False)
    ]


@pytest.mark.parametrize(
    ("kind", "limit", "of_user"),
    [
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
        ("resource", 20_480, False),
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        ("identity", 10_240, False),
        ("identity", 6_144, True),
        ("boundary", 6_144, False),
        ("session", 2_048, False),
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
        ("scp", 10_240, False),
        ("rcp", 5_120, False),
    ],
)
def test_a_policy_may_be_as_long_as_its_kind_allows(kind: str, limit: int, of_user: bool) -> None:
    shortest = len(json.dumps({"Id": ""}, separators=(",", ":")))
    longest = {"Id": "x" * (limit - shortest)}
    assert excess(longest, kind, of_user=of_user) is None
    message = excess({"Id": longest["Id"] + "x"}, kind, of_user=of_user)
    assert message is not None
    assert message.startswith(f"the policy has {limit + 1:,} ")


def test_white_space_counts_where_aws_counts_it() -> None:
    spaces = {"Id": " " * 30_000}
    assert excess(spaces, "identity") is None
    assert excess(spaces, "boundary") is None
    assert excess(spaces, "scp") is not None
    assert excess(spaces, "resource") is not None


def test_a_bucket_policy_is_counted_in_bytes() -> None:
    assert excess({"Id": "é" * 11_000}, "resource") is not None
    assert excess({"Id": "é" * 10_000}, "resource") is None
    assert excess({"Id": "\ud800"}, "resource") is None


@pytest.mark.parametrize(
    "statement",
    [
        allow(["s3:PutObject", "s3:NoSuchThing"]),
        allow(["s3:PutObject", "s3:ListBucket"], OBJECTS),
        allow("s3:PutObject", ["arn:aws:iam:::role/x", OBJECTS]),
        allow("s3:PutObject", Condition={"StringNotEquals": {"aws:NoSuchKey": "x"}}),
    ],
    ids=str,
)
def test_what_iam_saves_does_not_change_what_the_engine_decides(statement: dict[str, Any]) -> None:
    document = policy(statement)
    assert said(document)
    assert Policy.compile(document, "identity").faults == ()
    decision = Simulator(identity_policies=[document]).decide(
        principal="arn:aws:iam::111122223333:user/ann",
        action="s3:PutObject",
        resource="arn:aws:s3:::b/k",
        resource_account="111122223333",
    )
    assert str(decision.decision) == "Allowed"


@pytest.mark.parametrize(
    ("changes", "route", "words"),
    [
        (
            {"Action": ["s3:PutObject", "s3:PutObjekt"]},
            ("Action", 1),
            "`s3:PutObjekt` is not an action of s3; did you mean",
        ),
        (
            {"Condition": {"StringNotEquals": {"s3:x-acl": "private"}}},
            ("Condition", "StringNotEquals", "s3:x-acl"),
            "unknown condition key `s3:x-acl`; did you mean `s3:x-amz-acl`?",
        ),
    ],
)
def test_what_s3_refuses_in_a_bucket_policy_is_a_fault(
    changes: dict[str, Any], route: tuple[str | int, ...], words: str
) -> None:
    document = policy(allow("s3:PutObject", OBJECTS, Principal="*") | changes)
    (fault,) = Policy.compile(document, "resource").faults
    assert fault.route == ("Statement", 0, *route)
    assert words in fault.message
    decision = Simulator(resource_policy=document).decide(
        principal="arn:aws:iam::111122223333:user/ann",
        action="s3:PutObject",
        resource="arn:aws:s3:::b/k",
        resource_account="111122223333",
    )
    assert str(decision.decision) == "Depends"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(("s3:*", "s3:X", BUCKET, "${a:b}")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("Statement", "Action", "Resource", "Condition", "Sid", "StringEquals", "aws:x", "s3:X/")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_JSON, st.sampled_from(("identity", "resource", "scp", "rcp", "boundary", "session", "endpoint")))
def test_nothing_makes_it_raise(document: object, kind: str) -> None:
    for remark in review(document, kind):
        assert remark.message
    excess(document, kind)


_SEGMENTS = st.sampled_from(("", "*", "b", "b/*", "b*", "*/x", "b/k", "?", "*b*", "b?/*"))


@given(_SEGMENTS, st.sampled_from(SAMPLE_ACTIONS), st.sampled_from(("b", "bb", "ab", "b/k", "b/x", "a/x", "b1/k")))
def test_whatever_the_engine_matches_fits(pattern: str, action: str, name: str) -> None:
    """No false alarm: if a request for a resource of the right type is allowed, the action is not reported."""
    bucket_level = action == "s3:ListBucket"
    if bucket_level == ("/" in name):
        return
    document = policy(allow(action, f"arn:aws:s3:::{pattern}"))
    decision = Simulator(identity_policies=[document]).decide(
        principal="arn:aws:iam::111122223333:user/ann",
        action=action,
        resource=f"arn:aws:s3:::{name}",
        resource_account="111122223333",
    )
    if str(decision.decision) == "Allowed":
        assert said(document) == []


def test_a_long_policy_is_reviewed_in_bounds() -> None:
    statements = [allow(f"s3:Get{number}*", f"arn:aws:s3:::b{number}/*") for number in range(2_000)]
    assert [route for route, *_ in said(policy(*statements))] == [("Statement", n, "Action") for n in range(2_000)]

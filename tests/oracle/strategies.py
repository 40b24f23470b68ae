"""Policies for the server: of actions, resources, principals and condition keys that its requests really have.

Left out is what the server is known to evaluate otherwise than AWS documents:

- Policy variables: the server compares them as text.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
- NotPrincipal: in the server it never matches.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
- aws:PrincipalArn of a role session: the server takes the ARN of the session, AWS that of the role.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
- ARN patterns in which a wildcard crosses a colon: AWS compares part by part.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
- Keys that the server never sends: aws:UserAgent, aws:PrincipalIsAWSService, aws:ViaAWSService, s3:TlsVersion,
  s3:authType, s3:signatureversion.
  https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
- An Allow to everyone (`*`) in the bucket policy where a boundary or session policy does not allow: the server denies,
  and AWS allows, as for the ARN of a user or a session.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
- A Deny in the bucket policy together with grants in the ACL: the server asks the ACL first, AWS the Denies.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
- Grants to single canonical IDs in the ACL of a bucket: the server only counts those to groups. And deletions by WRITE:
  the server allows them, AWS only to the owner of the object.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
- RestrictPublicBuckets with grants in the ACL: AWS does not document whether it restricts them, so the engine answers
  Depends.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
- Grants to groups with BucketOwnerEnforced, which S3 and the server refuse to save.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
- For a caller of another account, in the bucket policy: the caller's user or role as principal and the keys about it,
  because the server asks as the account; and aws:ResourceAccount, which it takes to be the caller's account.
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st
from tests.oracle.world import ANN, BUCKET, OTHER, OWNER, ROLE, SESSION, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.oracle.world import Call

    Tests = Mapping[str, tuple[Sequence[str], Sequence[str]]]

_STRINGS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
    *("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
)
_NUMBERS = (
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
)
_DATES = (
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
)
_ADDRESSES = ("IpAddress", "NotIpAddress")
_ARNS = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringNotEquals")

OF_REQUESTS: Tests = {
    "aws:SecureTransport": (("Bool",), ("true", "false")),
    "aws:SourceIp": (_ADDRESSES, ("127.0.0.0/8", "127.0.0.1", "127.0.0.1/32", "10.0.0.0/8", "0.0.0.0/0", "::1/128")),
    "aws:RequestedRegion": (_STRINGS, ("us-east-1", "us-*", "US-EAST-1", "eu-west-1")),
    "aws:CurrentTime": (_DATES, ("2020-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2020-01-01")),
    "s3:prefix": (_STRINGS, ("x/", "x/*", "X/", "y", "", "*")),
    "s3:delimiter": (_STRINGS, ("/", "*")),
    "s3:max-keys": (_NUMBERS, ("5", "4", "10", "5.0")),
    "s3:x-amz-acl": (_STRINGS, ("private", "p*", "PRIVATE", "public-read")),
    "s3:x-amz-server-side-encryption": (_STRINGS, ("AES256", "aes256", "aws:kms", "*")),
}
"""Condition keys that a request has, whoever sends it: their operators and values."""

OF_CALLERS: Tests = {
    "aws:username": (_STRINGS, ("ann", "a*", "ANN", "eve")),
    "aws:userid": (("StringLike", "StringNotLike"), ("AIDA*", "AROA*:night", "*:night", "*")),
    "aws:PrincipalType": (_STRINGS, ("User", "AssumedRole", "Account")),
    "aws:PrincipalAccount": (_STRINGS, (OWNER, OTHER, "1111*")),
    "aws:PrincipalTag/team": (_STRINGS, ("data", "ops", "DATA", "d*")),
    "aws:ResourceAccount": (_STRINGS, (OWNER, OTHER)),
    "s3:ExistingObjectTag/team": (_STRINGS, ("data", "ops", "d*")),
}
OF_USERS: Tests = {"aws:PrincipalArn": (_ARNS, (ANN, ANN.replace("ann", "*"), ROLE, SESSION))}
OF_SESSIONS: Tests = {
    "aws:MultiFactorAuthPresent": (("Bool",), ("true", "false")),
    "aws:TokenIssueTime": (("DateGreaterThan", "DateLessThan"), ("2020-01-01T00:00:00Z", "2099-12-31T23:59:59Z")),
}

ACTIONS = (
    *("s3:*", "*", "s3:Get*", "s3:List*", "S3:getobject", "s3:?utObject", "s3:GetObject", "s3:PutObject"),
    *("s3:ListBucket", "s3:GetBucketAcl", "s3:DeleteObject", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
    "iam:GetUser",
)
RESOURCES = (
    *(f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*", f"arn:aws:s3:::{BUCKET}*", f"arn:aws:s3:::{BUCKET}/x/*"),
    *(f"arn:aws:s3:::{BUCKET}/k", f"arn:aws:s3:::{BUCKET}/?", f"arn:aws:s3:::{BUCKET}/X/*"),
)
EVERYONE: tuple[object, ...] = ("*", {"AWS": "*"})
NAMED: tuple[object, ...] = (
    *({"AWS": name} for name in (ANN, ROLE, SESSION, OWNER, f"arn:aws:iam::{OWNER}:root", OTHER)),
    {"AWS": [ANN, OTHER]},
    {"Service": "s3.amazonaws.com"},
)
FOREIGN: tuple[object, ...] = (
    *({"AWS": name} for name in (OTHER, f"arn:aws:iam::{OTHER}:root", OWNER, ANN)),
    {"AWS": [OWNER, OTHER]},
    {"Service": "s3.amazonaws.com"},
)
GROUPS, PERMISSIONS = ("AllUsers", "AuthenticatedUsers"), ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
OWNERSHIPS = ("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced")


class Setup(NamedTuple):
    """The policies of a caller and of the bucket."""

    identity: Policy | None
    boundary: Policy | None
    session: Policy | None
    bucket: Policy | None


def _cased(key: str) -> st.SearchStrategy[str]:
    """A condition key, whose letter case does not matter, but for the part after a slash, which names a tag."""
    name, slash, tag = key.partition("/")
    return st.sampled_from((key, name.lower() + slash + tag, name.upper() + slash + tag))


@st.composite
def conditions(draw: st.DrawFn, keys: Tests) -> dict[str, Any]:
    """A `Condition` of up to two tests."""
    found: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(sorted(keys)), max_size=2, unique=True)):
        operators, values = keys[key]
        name = draw(_cased(key))
        if draw(st.integers(0, 5)) == 5:
            found.setdefault("Null", {})[name] = draw(st.sampled_from(("true", "false")))
            continue
        prefix = draw(st.sampled_from(("", "", "", "ForAnyValue:", "ForAllValues:")))
        operator = prefix + draw(st.sampled_from(operators)) + draw(st.sampled_from(("", "", "IfExists")))
        chosen: Any = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        found.setdefault(operator, {})[name] = chosen[0] if len(chosen) == 1 and draw(st.booleans()) else chosen
    return found


@st.composite
def statements(
    draw: st.DrawFn, keys: Tests, principals: Sequence[object] = (), effects: Sequence[str] = ("Allow", "Deny")
) -> dict[str, Any]:
    """A statement of an identity policy, or of a bucket policy if there are principals."""
    some = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2, unique=True)
    resources = RESOURCES if principals else ("*", "arn:aws:s3:::*", *RESOURCES)
    found: dict[str, Any] = {"Effect": draw(st.sampled_from((effects[0], effects[0], *effects)))}
    if principals:
        found["Principal"] = draw(st.sampled_from(principals))
    # in a bucket policy, a statement of another service's action cannot be saved
    known = [action for action in draw(some) if not principals or not action.startswith("iam:")]
    found[draw(st.sampled_from(("Action", "Action", "Action", "NotAction")))] = known or ["s3:*"]
    chosen = draw(st.lists(st.sampled_from(resources), min_size=1, max_size=2, unique=True))
    found[draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource")))] = chosen
    condition = draw(conditions(keys))
    if condition:
        found["Condition"] = condition
    return found


def policies(keys: Tests) -> st.SearchStrategy[Policy | None]:
    """An identity policy, a boundary or a session policy of one to three statements, or none."""
    return st.none() | st.lists(statements(keys), min_size=1, max_size=3).map(_policy)


def bucket_policies(keys: Tests, named: Sequence[object], *, limited: bool = False) -> st.SearchStrategy[Policy | None]:
    """A bucket policy for callers whose grants a boundary or session policy limits, or not; or none."""
    all_principals = (*EVERYONE, *named)
    some = (
        statements(keys, named) | statements(keys, all_principals, ("Deny",))
        if limited
        else statements(keys, all_principals)
    )
    return st.none() | st.lists(some, min_size=1, max_size=3).map(_policy)


def _policy(found: list[dict[str, Any]]) -> Policy:
    return {"Version": "2012-10-17", "Statement": found}


@st.composite
def setups(draw: st.DrawFn, keys: Tests, *, has_session: bool = False) -> Setup:
    """The policies of a caller of the account that owns the bucket."""
    boundary = draw(policies(keys))
    session = draw(policies(keys)) if has_session else None
    limited = boundary is not None or session is not None
    return Setup(draw(policies(keys)), boundary, session, draw(bucket_policies(keys, NAMED, limited=limited)))


@st.composite
def foreign_setups(draw: st.DrawFn) -> Setup:
    """The policies of a caller of another account."""
    return Setup(draw(policies(OF_REQUESTS)), None, None, draw(bucket_policies(OF_REQUESTS, FOREIGN)))


class Access(NamedTuple):
    """The grants of a bucket ACL to groups, Object Ownership, and Block Public Access (None: not set)."""

    grants: list[tuple[str, str]]
    ownership: str
    blocks: dict[str, bool] | None


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    """Settings of a bucket that can be saved together."""
    ownership = draw(st.sampled_from(OWNERSHIPS))
    some = st.tuples(st.sampled_from(GROUPS), st.sampled_from(PERMISSIONS))
    most = 0 if ownership == "BucketOwnerEnforced" else 3
    grants = draw(st.lists(some, max_size=most, unique=True))
    names = (
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        *(() if grants else ("RestrictPublicBuckets",)),
    )
    blocks = draw(st.none() | st.fixed_dictionaries({name: st.booleans() for name in names}))
    return Access(grants, ownership, blocks)


def without_deletions(calls: list[Call]) -> list[Call]:
    """Return the calls that are not left out where the bucket has an ACL."""
    return [call for call in calls if call.action != "s3:DeleteObject"]


def allowing() -> st.SearchStrategy[Policy | None]:
    """A bucket policy without a Deny, or none."""
    some = statements(OF_REQUESTS, (*EVERYONE, *FOREIGN), ("Allow",))
    return st.none() | st.lists(some, min_size=1, max_size=2).map(_policy)

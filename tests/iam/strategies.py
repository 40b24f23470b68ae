"""Policies and requests for property tests: few actions, keys and values, so that they meet often."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

USER = "arn:aws:iam::111122223333:user/ann"
ACTIONS = ("s3:PutObject", "s3:GetObject", "s3:ListBucket")
RESOURCES = ("arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/x/1")

VALUES: dict[str, tuple[Any, ...]] = {
    "s3:x-amz-acl": ("private", "public-read", "bucket-owner-full-control", "PRIVATE", "pub", ""),
    "aws:SourceVpce": ("vpce-1", "vpce-2", "other"),
    "s3:TlsVersion": ("1.1", "1.2", "1.25", "1.3"),
    "aws:SourceIp": ("10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1"),
    "aws:SecureTransport": ("true", "false"),
    "aws:TagKeys": (["a"], ["b"], ["a", "b"], ["a", "c"], ["c"], []),
    "s3:x-amz-server-side-encryption": ("AES256", "aws:kms", "aws:fsx"),
}
"""The values that each key may have."""

_STRINGS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
_TESTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "s3:x-amz-acl": ((*_STRINGS, "Null"), ("private", "public-read", "public-*", "p*", "*", "${aws:SourceVpce}")),
    "aws:SourceVpce": ((*_STRINGS, "Null"), ("vpce-1", "vpce-*", "${s3:x-amz-acl, 'vpce-2'}")),
    "s3:TlsVersion": (("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "Null"), ("1.2", "1.3")),
    "aws:SourceIp": (("IpAddress", "NotIpAddress", "Null"), ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.1")),
    "aws:SecureTransport": (("Bool", "Null"), ("true", "false")),
    "aws:TagKeys": (
        ("ForAnyValue:StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "Null"),
        ("a", "b"),
    ),
    "s3:x-amz-server-side-encryption": (("StringEquals", "StringNotEquals", "Null"), ("AES256", "aws:kms")),
}


ALL_KEYS = tuple(sorted(VALUES))


@st.composite
def conditions(draw: st.DrawFn, keys: tuple[str, ...] = ALL_KEYS) -> dict[str, Any]:
    """A `Condition` of up to two tests."""
    found: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(keys), max_size=2)):
        operators, values = _TESTS[key]
        operator = draw(st.sampled_from(operators))
        if operator == "Null":
            found.setdefault("Null", {})[key] = draw(st.sampled_from(("true", "false")))
            continue
        suffix = draw(st.sampled_from(("", "", "IfExists")))
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        found.setdefault(operator + suffix, {})[key] = chosen
    return found


@st.composite
def statements(draw: st.DrawFn, *, principal: bool = False, keys: tuple[str, ...] = ALL_KEYS) -> dict[str, Any]:
    """A well-formed statement."""
    resources = ("*", "*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:SourceVpce}", *RESOURCES)
    found: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "Action", "NotAction"))): draw(
            st.sampled_from(("*", "s3:*", *ACTIONS))
        ),
        "Resource": draw(st.sampled_from(resources)),
    }
    if principal:
        names = ("*", "*", {"AWS": USER}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:user/bob"})
        found["Principal"] = draw(st.sampled_from(names))
    condition = draw(conditions(keys))
    if condition:
        found["Condition"] = condition
    return found


def policies(*, principal: bool = False, keys: tuple[str, ...] = ALL_KEYS) -> st.SearchStrategy[dict[str, Any]]:
    """A well-formed policy of one to three statements."""
    return st.lists(statements(principal=principal, keys=keys), min_size=1, max_size=3).map(
        lambda found: {"Version": "2012-10-17", "Statement": found}
    )


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the value of every key; a missing key is absent."""
    keys = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    return {key: draw(st.sampled_from(VALUES[key])) for key in keys}


@st.composite
def setups(draw: st.DrawFn) -> dict[str, Any]:
    """Arguments of a Simulator; its conditions are about one or two keys, so that they meet."""
    keys = tuple(draw(st.lists(st.sampled_from(ALL_KEYS), min_size=1, max_size=2, unique=True)))
    found: dict[str, Any] = {"identity_policies": draw(st.lists(policies(keys=keys), max_size=2))}
    if draw(st.booleans()):
        found["resource_policy"] = draw(policies(principal=True, keys=keys))
    if draw(st.integers(0, 3)) == 0:
        found["permission_boundaries"] = [draw(policies(keys=keys))]
    if draw(st.integers(0, 3)) == 0:
        found["scps"] = [[draw(policies(keys=keys))]]
    return found


def requests() -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of `decide`, without the context."""
    return st.fixed_dictionaries(
        {
            "principal": st.sampled_from((USER, "arn:aws:iam::111122223333:role/r", "*", "444455556666")),
            "action": st.sampled_from(ACTIONS),
            "resource": st.sampled_from(RESOURCES),
            "resource_account": st.sampled_from(("111122223333", None)),
        }
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(("Allow", "*", "s3:*", "arn:aws:s3:::b", "${x", "${aws:username}", "10.0.0.0/8", "2026-11")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            (
                "Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction",
                "Resource", "NotResource", "Condition", "AWS", "Service", "StringLike", "Null", "Bool", "IpAddress",
                "DateLessThan", "ForAllValues:ArnLike", "aws:SourceIp", "Owner", "Grants", "Grantee", "Permission",
            )
        )
        | st.text(max_size=4),
        inner,
        max_size=4,
    ),
    max_leaves=24,
)  # fmt: skip
"""Anything JSON-like, with the words of policies in it."""

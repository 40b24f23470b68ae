"""Whole questions for the two evaluators: every layer, every kind of principal, every operator, in few words.

They are drawn from a `random.Random`, of which Hypothesis chooses the seed: a question takes a hundred choices, and
made one by one by Hypothesis they cost far more than both evaluators together. `smaller` shrinks a failing question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

ME, THEM = "111122223333", "444455556666"
USER = f"arn:aws:iam::{ME}:user/ann"
BOB = f"arn:aws:iam::{ME}:user/ops/bob"
ROLE = f"arn:aws:iam::{ME}:role/exporter"
PATHED = f"arn:aws:iam::{ME}:role/team/mover"
SESSION = f"arn:aws:sts::{ME}:assumed-role/exporter/night"
PATHED_SESSION = f"arn:aws:sts::{ME}:assumed-role/mover/day"
ROLE_ID, USER_ID = "AROA1234567890EXAMPLE", "AIDA1234567890EXAMPLE"
LINKED_SESSION = f"arn:aws:sts::{ME}:assumed-role/AWSServiceRoleForElastiCache/s"
LINKED = f"arn:aws:iam::{ME}:role/aws-service-role/elasticache.amazonaws.com/AWSServiceRoleForElastiCache"
FEDERATED = f"arn:aws:sts::{ME}:federated-user/guest"
ROOT = f"arn:aws:iam::{ME}:root"
STRANGER = f"arn:aws:iam::{THEM}:user/eve"
STRANGE_ROLE = f"arn:aws:iam::{THEM}:role/exporter"
STRANGE_SESSION = f"arn:aws:sts::{THEM}:assumed-role/exporter/night"
SERVICE = "us-east-1.elasticache-snapshot.amazonaws.com"
CANONICAL = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
PRINCIPALS = (
    USER, BOB, ROLE, PATHED, SESSION, PATHED_SESSION, LINKED, LINKED_SESSION, FEDERATED, ROOT, STRANGER,
    STRANGE_ROLE, STRANGE_SESSION, f"arn:aws:iam::{THEM}:root", SERVICE, CANONICAL, "*",
)  # fmt: skip

BUCKET, OBJECT, DEEP = "arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/x/1"
TARGETS = (
    ("s3:PutObject", OBJECT), ("s3:PutObject", DEEP), ("s3:GetObject", OBJECT), ("s3:ListBucket", BUCKET),
    ("s3:GetBucketAcl", BUCKET),
)  # fmt: skip
_ACTIONS = (
    "*", "s3:*", "s3:*", "S3:putobject", "s3:Put*", "s3:?etObject", "s3:ListBucket", "s3:GetBucketAcl",
    ["s3:Get*", "s3:List*"], "elasticache:*",
)  # fmt: skip
_RESOURCES = (
    "*", "*", "*", [BUCKET, f"{BUCKET}/*"], f"{BUCKET}*", OBJECT, "arn:aws:s3:::*/?", "arn:aws:s3:*:*:b/*",
    f"{BUCKET}/x/*",
    f"{BUCKET}/${{aws:PrincipalTag/team}}", f"{BUCKET}/${{aws:username, 'k'}}", f"{BUCKET}/${{s3:prefix, 'x/1'}}",
    f"{BUCKET}/${{*}}", "arn:aws-cn:s3:::b/*",
)  # fmt: skip
_TEXT = (
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase", "Null",
)  # fmt: skip
_NUMERIC = tuple(
    "Numeric" + one for one in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
)
_DATE = tuple(one.replace("Numeric", "Date") for one in _NUMERIC)
_ARN = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null")
_SETS = tuple(
    f"{quantifier}:{operator}"
    for quantifier in ("ForAnyValue", "ForAllValues")
    for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
)

_SNAPSHOT = f"arn:aws:elasticache:us-east-1:{ME}:snapshot:"

KEYS: dict[str, tuple[tuple[str, ...], tuple[Any, ...], tuple[Any, ...]]] = {
    "s3:x-amz-acl": (
        _TEXT,
        ("private", "public-read", "public-*", "p*", "*", "${aws:SourceVpce}", "${*}", "PRIVATE", "p??????"),
        ("private", "public-read", "PRIVATE", "*", "", "vpce-1"),
    ),
    "aws:SourceVpce": (
        _TEXT,
        ("vpce-1", "vpce-*", "vpce-${?}", "${s3:x-amz-acl, 'vpce-2'}"),
        ("vpce-1", "vpce-2", "vpce-?"),
    ),
    "aws:PrincipalTag/team": (
        _TEXT,
        ("k", "x/*", "${aws:username}", "${aws:RequestTag/team}"),
        ("k", "x/1", "*", "ann"),
    ),
    "aws:RequestTag/team": (_TEXT, ("k", "x", "${aws:PrincipalTag/team}"), ("k", "x")),
    "aws:username": (_TEXT, ("ann", "a*", "BOB"), ()),
    "s3:prefix": (_TEXT, ("k", "x/*", "${aws:PrincipalTag/team}"), ("k", "x/1", "")),
    "s3:TlsVersion": ((*_NUMERIC, "Null"), ("1.2", 1.3, "1.20"), ("1.1", "1.2", "1.25", "1.3")),
    "s3:max-keys": (_NUMERIC, (10, "10.0", "-1"), ("10", "9", "-1", "11.5")),
    "aws:SourceIp": (
        ("IpAddress", "NotIpAddress", "Null"),
        ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.1", "2001:db8::/32", "2001:DB8:0::1", "10.1.2.3/16", "0.0.0.0/0"),
        ("10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1", "2001:0db8:0:0::1", "192.0.2.2"),
    ),
    "aws:CurrentTime": (
        _DATE,
        ("2026-11-01T00:00:00Z", "2026-11-01T02:00:00+02:00", "1793491200", "2026-11", "2026"),
        ("2026-11-01T00:00:00Z", "2026-10-31T23:59:59Z", "2026-01-01T00:00:00Z", "1793491201"),
    ),
    "aws:SecureTransport": (("Bool", "Bool", "Null"), ("true", "false", True, False), ("true", "false")),
    "aws:MultiFactorAuthPresent": (("Bool", "Null"), ("true", "false"), ("true", "false")),
    "aws:TagKeys": ((*_SETS, "Null"), ("a", "b", "a*", "B"), (["a"], ["b"], ["a", "b"], ["c"], ["a", "c"], [])),
    "s3:x-amz-server-side-encryption": (_TEXT, ("AES256", "aws:kms", "aws:*"), ("AES256", "aws:kms")),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (
        _TEXT, ("arn:aws:kms:us-east-1:1:key/a", "*"), ("arn:aws:kms:us-east-1:1:key/a", "b"),
    ),
    "aws:PrincipalArn": (
        _ARN,
        (
            USER, ROLE, PATHED, ROOT, f"arn:aws:iam::{ME}:role/*", "arn:aws:iam::*:role/exporter",
            "arn:*:iam::*:user/???",
        ),
        (),
    ),
    "aws:SourceArn": (
        _ARN,
        (f"{_SNAPSHOT}*", f"arn:aws:elasticache:*:{ME}:snapshot:s", BUCKET, "arn:aws:s3:::?"),
        (f"{_SNAPSHOT}s", f"{_SNAPSHOT}t", BUCKET, "b"),
    ),
    "aws:SourceAccount": (_TEXT, (ME, "1*"), (ME, THEM)),
    "aws:PrincipalAccount": (_TEXT, (ME, THEM, "1*"), ()),
    "aws:PrincipalOrgID": (_TEXT, ("o-abc", "o-*"), ("o-abc", "o-xyz")),
    "aws:PrincipalIsAWSService": (("Bool", "Null"), ("true", "false"), ()),
    "aws:PrincipalServiceName": (_TEXT, (SERVICE, "*.amazonaws.com"), ()),
    "aws:PrincipalType": (_TEXT, ("User", "AssumedRole", "Account", "FederatedUser", "Anonymous"), ()),
    "aws:ResourceAccount": (_TEXT, (ME, "${aws:PrincipalAccount}", "4*"), ()),
    "x:blob": (("BinaryEquals", "Null"), ("YQ==", "YmI="), ("YQ==", "YmI=", "Yw==")),
}  # fmt: skip
"""For each key: its operators, values for policies, and values for requests.

A key without values for requests follows from the principal.
"""

GIVEN = tuple(key for key, (_, _, held) in KEYS.items() if held)
_STRANGE = ("aws:SourceVpce", "aws:SourceAccount", "aws:PrincipalOrgID", "aws:PrincipalTag/team")
_PRINCIPAL_ARNS = (
    "*", ME, THEM, ROOT, USER, BOB, ROLE, PATHED, SESSION, PATHED_SESSION, FEDERATED, STRANGER, STRANGE_ROLE,
    STRANGE_SESSION, LINKED, ROLE_ID, USER_ID,
)  # fmt: skip
_ELEMENTS: tuple[Any, ...] = (
    "*",
    "*",
    {"Service": SERVICE},
    {"Service": ["ec2.amazonaws.com", SERVICE]},
    {"Service": "elasticache.amazonaws.com"},
    {"CanonicalUser": CANONICAL},
    {"CanonicalUser": OWNER},
    {"AWS": THEM, "Service": SERVICE},
)
_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_FULL_RCP = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
}
_GROUPS = "http://acs.amazonaws.com/groups/"
_GRANTEES = (
    {"ID": OWNER, "Type": "CanonicalUser"},
    {"ID": CANONICAL, "Type": "CanonicalUser"},
    {"ID": CANONICAL, "Type": "CanonicalUser"},
    {"URI": _GROUPS + "global/AllUsers", "Type": "Group"},
    {"URI": _GROUPS + "global/AuthenticatedUsers", "Type": "Group"},
    {"URI": _GROUPS + "s3/LogDelivery", "Type": "Group"},
)
_PERMISSIONS = ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")


Question = dict[str, Any]
"""Members: setup, request, world (key to value; a missing key is absent), unknown, foreign."""


def questions(random: Random, *, account: bool = True) -> Question:
    """Return a setup, a request, and for each key its value and how much of that is known.

    With `account` the owner of the resource is always known.
    """
    principal = random.choice(PRINCIPALS)
    keys = tuple(random.sample(tuple(KEYS), random.randint(1, 3)))
    action, resource = random.choice(TARGETS)
    owner = random.choice((ME, ME, ME, THEM) if account else (ME, THEM, None))
    given = [key for key in keys if key in GIVEN]
    # Every request has a time, and is made over TLS or not: these two keys are never absent.
    always = ("aws:CurrentTime", "aws:SecureTransport")
    held = {key: random.choice(KEYS[key][2]) for key in given if key in always or random.random() < 0.5}
    left = [key for key in given if random.random() < 0.5]
    foreign = tuple(key for key in left if key in _STRANGE) if _seldom(random, 4) else ()
    return {
        "setup": _setup(random, principal, keys),
        "request": {"principal": principal, "action": action, "resource": resource, "resource_account": owner},
        "world": held,
        "unknown": tuple(key for key in left if key not in foreign),
        "foreign": foreign,
    }


def _seldom(random: Random, one_in: int) -> bool:
    return random.randrange(one_in) == 0


def _setup(random: Random, principal: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Arguments of a Simulator that suit the principal: no session policy for a user, no boundary for a service."""
    found: dict[str, Any] = {}
    has_policies = any(kind in principal for kind in (":user/", ":role/", ":assumed-role/", ":federated-user/"))
    if has_policies:
        found["identity_policies"] = [_policy(random, keys) for _ in range(random.choice((0, 1, 1, 2)))]
        if _seldom(random, 4):
            found["permission_boundaries"] = [_policy(random, keys)]
        if ":user/" not in principal and _seldom(random, 3):
            found["session_policy"] = _policy(random, keys)
    if random.random() < 0.5 or not has_policies:
        found["resource_policy"] = _policy(random, keys, "resource")
    if _seldom(random, 4):
        found["scps"] = [
            [_policy(random, keys) if random.random() < 0.5 else _ALL for _ in range(random.randint(1, 2))]
            for _ in range(random.randint(1, 2))
        ]
    if _seldom(random, 5):
        found["rcps"] = [[_FULL_RCP, _policy(random, keys, "rcp")]]
    if _seldom(random, 6):
        found["vpc_endpoint_policies"] = [_policy(random, keys, "resource")]
    return found | _bucket(random)


def _bucket(random: Random) -> dict[str, Any]:
    """Return the arguments that only S3 has."""
    found: dict[str, Any] = {}
    if _seldom(random, 3):
        found["acl"] = _acl(random)
        if not _seldom(random, 4):
            found["object_ownership"] = random.choice(("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"))
    if _seldom(random, 4):
        found["s3_block_public_access"] = random.random() < 0.7
    return found


def _policy(random: Random, keys: tuple[str, ...], kind: str = "identity") -> dict[str, Any]:
    """A policy of one to three statements; sometimes with the older version, or one statement without a list."""
    found = [_statement(random, keys, kind) for _ in range(random.randint(1, 3))]
    version = random.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", None))
    document: dict[str, Any] = {"Version": version} if version else {}
    return document | {"Statement": found[0] if len(found) == 1 and random.random() < 0.5 else found}


def _statement(random: Random, keys: tuple[str, ...], kind: str) -> dict[str, Any]:
    """A statement that AWS would save in a policy of the kind: identity, resource or rcp."""
    found: dict[str, Any] = {"Effect": random.choice(("Allow", "Allow", "Allow", "Deny"))}
    broad = random.random() < 0.6  # so that the conditions decide
    if kind == "rcp":
        found |= {"Effect": "Deny", "Principal": "*", "Action": random.choice(("s3:*", "s3:PutObject"))}
    elif broad:
        found["Action"] = random.choice(("*", "s3:*"))
    else:
        found[random.choice(("Action", "Action", "Action", "NotAction"))] = random.choice(_ACTIONS)
    if broad:
        found["Resource"] = "*"
    else:
        found[random.choice(("Resource", "Resource", "Resource", "NotResource"))] = random.choice(_RESOURCES)
    if kind == "resource":
        found["NotPrincipal" if _seldom(random, 8) else "Principal"] = _element(random)
    condition = _condition(random, keys)
    return found | {"Condition": condition} if condition else found


def _element(random: Random) -> Any:
    if random.random() < 0.5:
        return random.choice(_ELEMENTS)
    chosen = random.sample(_PRINCIPAL_ARNS, random.randint(1, 3))
    return {"AWS": chosen if len(chosen) > 1 else chosen[0]}


def _condition(random: Random, keys: tuple[str, ...]) -> dict[str, Any]:
    """Up to three tests of the keys."""
    found: dict[str, Any] = {}
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        key = random.choice(keys)
        operators, values, _held = KEYS[key]
        operator = random.choice(operators)
        if operator == "Null":
            found.setdefault("Null", {})[key] = random.choice(("true", "false", True, ["false"]))
            continue
        tests = found.setdefault(operator + random.choice(("", "", "IfExists")), {})
        named = random.choice((key, key, key.upper()))
        if named.lower() not in {one.lower() for one in tests}:
            chosen = [random.choice(values) for _ in range(random.randint(1, 2))]
            tests[named] = chosen[0] if len(chosen) == 1 and random.random() < 0.5 else chosen
    return found


def _acl(random: Random) -> dict[str, Any]:
    """A bucket's ACL."""
    grants = [
        {"Grantee": random.choice(_GRANTEES), "Permission": random.choice(_PERMISSIONS)}
        for _ in range(random.randint(0, 3))
    ]
    return {"Owner": {"ID": OWNER}, "Grants": grants}


def smaller(question: Question, fails: Callable[[Question], bool]) -> Question:
    """Return a question that still fails, and of which no part can be removed."""
    for shorter in _shorter(question):
        if fails(shorter):
            return smaller(shorter, fails)
    return question


_NEEDED = frozenset(
    {"setup", "request", "world", "principal", "action", "resource", "resource_account", "Version", "Owner", "Grantee"}
    | {"Permission", "unknown", "foreign", "Effect", "Action", "NotAction", "Resource", "NotResource"}
    | {"Principal", "NotPrincipal", "Statement", "Grants", "ID", "URI", "Type", "AWS", "Service", "CanonicalUser"}
)


def _shorter(value: Any) -> Iterator[Any]:
    """Yield the value with one part removed, the largest parts first; parts that a policy must have stay."""
    if isinstance(value, dict):
        yield from _shorter_object(value)
    elif isinstance(value, list | tuple):
        yield from _shorter_list(value)


def _shorter_object(value: dict[str, Any]) -> Iterator[Any]:
    for key in value:
        if key not in _NEEDED:
            yield {other: inner for other, inner in value.items() if other != key}
    for key, inner in value.items():
        yield from (value | {key: one} for one in _shorter(inner))
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if value.get(key, "*") != "*":
            yield value | {key: "*"}


def _shorter_list(value: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    for at, inner in enumerate(value):
        before, after = value[:at], value[at + 1 :]
        if len(value) > 1:  # an empty level of SCPs denies: the last one stays
            yield type(value)([*before, *after])
        yield from (type(value)([*before, one, *after]) for one in _shorter(inner))

"""Policies as documents: what AWS would refuse, in every kind of policy, with the place of the fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks.world import (
    BUCKET,
    Data,
    allow,
    arns,
    changed,
    good,
    judged,
    policy,
    service_grant,
    with_bucket,
    words,
)

FAILS, PASSES, UNDETERMINED, NONE = "fails", "passes", "cannot-tell", "not-applicable"
MALFORMED = "policy-malformed"

WELL = [
    {"Version": "2008-10-17", "Statement": [allow("s3:GetObject")]},
    {"Statement": allow("s3:GetObject")},
    {"Version": "2012-10-17", "Id": "x", "Statement": [allow("s3:GetObject", Sid="A")]},
    policy({**allow("s3:GetObject"), "Condition": {"StringLike": {"aws:userid": ["a", "b"]}}}),
    policy({**allow("s3:GetObject"), "Condition": {"NumericLessThan": {"s3:max-keys": 10}}}),
    policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"}),
]


@pytest.mark.parametrize("document", WELL, ids=str)
def test_policies_that_aws_accepts(document: Data) -> None:
    assert words(changed(good(), caller__policies=[document]))[MALFORMED] == PASSES


FAULTY: list[tuple[str, Any, tuple[str | int, ...]]] = [
    ("no statement", {"Version": "2012-10-17"}, ()),
    ("a version that is none", {"Version": "2012-10-18", "Statement": []}, ("Version",)),
    ("an unknown element", {"Version": "2012-10-17", "Statement": [], "Statment": []}, ("Statment",)),
    ("an effect misspelt", policy({**allow("s3:GetObject"), "Effect": "Alow"}), ("Statement", 0, "Effect")),
    ("an effect in lower case", policy({**allow("s3:GetObject"), "Effect": "allow"}), ("Statement", 0, "Effect")),
    ("no effect", policy({"Action": "s3:GetObject", "Resource": "*"}), ("Statement", 0)),
    ("no action", policy({"Effect": "Allow", "Resource": "*"}), ("Statement", 0)),
    ("an action that is no name", policy(allow("GetObject")), ("Statement", 0, "Action")),
    ("a principal where none belongs", policy(allow("s3:GetObject", Principal="*")), ("Statement", 0, "Principal")),
    (
        "an operator that is none",
        policy({**allow("s3:GetObject"), "Condition": {"StringIs": {"aws:userid": "x"}}}),
        ("Statement", 0, "Condition", "StringIs"),
    ),
    ("a statement that is none", policy({"a": 1}, allow("s3:GetObject")), ("Statement", 0)),
    (
        "the second statement",
        policy(allow("s3:GetObject"), {**allow("s3:GetObject"), "Effect": 5}),
        ("Statement", 1, "Effect"),
    ),
    ("an empty list", {"Version": "2012-10-17", "Statement": []}, ("Statement",)),
    ("a number for statements", {"Version": "2012-10-17", "Statement": 5}, ("Statement",)),
]


@pytest.mark.parametrize(("document", "route"), [pytest.param(*row[1:], id=row[0]) for row in FAULTY])
def test_policies_that_aws_refuses(document: Any, route: tuple[str | int, ...]) -> None:
    data = good()
    data["caller"]["policies"].append(document)
    found = judged(data)[MALFORMED]
    assert (found.verdict, found.severity) == (FAILS, "error")
    places = [blame.route for blame in found.because]
    assert any(place[: 3 + len(route)] == ("caller", "policies", 1, *route) for place in places), places


PLACES: list[tuple[tuple[str | int, ...], str]] = [
    (("buckets", BUCKET, "policy"), "bucket policy"),
    (("caller", "policies", 0), "identity policy"),
    (("caller", "boundary"), "permissions boundary"),
    (("caller", "session_policies", 0), "session policy"),
    (("organization", "scps", 1, 0), "SCP"),
    (("organization", "rcps", 0, 0), "RCP"),
]


@pytest.mark.parametrize(("place", "label"), PLACES, ids=[label for _, label in PLACES])
def test_a_fault_is_found_in_every_kind_of_policy(place: tuple[str | int, ...], label: str) -> None:
    broken = policy({"Effect": "Alow", "Action": "s3:GetObject", "Resource": "*"})
    data = good()
    data["organization"] = {
        "scps": [[policy(allow("*"))], [policy(allow("*"))]],
        "rcps": [[policy(allow("*", Principal="*"))]],
    }
    data["caller"]["session_policies"] = [policy(allow("*"))]
    at: Any = data
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = broken
    found = judged(data)[MALFORMED]
    assert found.verdict == FAILS
    assert any(blame.layer == label and blame.route == (*place, "Statement", 0, "Effect") for blame in found.because)


WARNED: list[tuple[str, Any, tuple[str | int, ...], str]] = [
    (
        "an action that is none",
        policy(allow(["s3:GetObject", "s3:HeadBucket"])),
        ("Statement", 0, "Action", 1),
        "`s3:HeadBucket` is not an action: the call is authorised by `s3:ListBucket`",
    ),
    (
        "an action on what it never has",
        policy(allow("s3:ListBucket", "arn:aws:s3:::exports/*")),
        ("Statement", 0, "Action"),
        "`s3:ListBucket` applies to buckets",
    ),
    (
        "a condition key that is none",
        policy({**allow("s3:GetObject"), "Condition": {"StringEquals": {"aws:SourceVcpe": "x"}}}),
        ("Statement", 0, "Condition", "StringEquals", "aws:SourceVcpe"),
        "unknown condition key `aws:SourceVcpe`; did you mean `aws:SourceVpce`?",
    ),
    (
        "a variable in an older policy",
        {"Statement": allow("s3:GetObject", "arn:aws:s3:::exports/${aws:username}/*")},
        ("Statement", "Resource"),
        "`${aws:username}` is literal text here: variables require `Version` 2012-10-17",
    ),
    (
        "a variable where none is documented, and which AWS saves",
        policy(allow("s3:GetObject", "arn:aws:s3::${aws:PrincipalAccount}:exports/*")),
        ("Statement", 0, "Resource"),
        "has a variable before its fifth colon",
    ),
    (
        "an ARN without an account",
        policy(allow("iam:PassRole", "arn:aws:iam:::role/x")),
        ("Statement", 0, "Resource"),
        "`arn:aws:iam:::role/x` has no account: every ARN of iam has one",
    ),
]


@pytest.mark.parametrize(("document", "route", "text"), [pytest.param(*row[1:], id=row[0]) for row in WARNED])
def test_what_aws_saves_and_never_applies_is_a_warning(document: Any, route: tuple[str | int, ...], text: str) -> None:
    data = good()
    data["caller"]["policies"].append(document)
    found = judged(data)[MALFORMED]
    assert (found.verdict, found.severity, found.route) == (FAILS, "warning", ("caller", "policies", 1, *route))
    assert text in found.message
    others = {rule: word for rule, word in words(data).items() if rule != MALFORMED}
    assert others == {rule: word for rule, word in words(good()).items() if rule != MALFORMED}


def test_the_worst_fault_of_several_gives_the_severity() -> None:
    document = policy(allow("s3:HeadBucket"), {**allow("s3:GetObject"), "Effect": "Alow"})
    found = judged(changed(good(), caller__policies=[document]))[MALFORMED]
    assert (found.severity, found.route[-1]) == ("error", "Effect")
    assert {blame.route[-1] for blame in found.because} == {"Effect", "Action"}


def test_s3_refuses_an_action_without_a_resource_that_it_applies_to() -> None:
    found = judged(with_bucket(policy=policy(service_grant(resource=arns()[1:]))))[MALFORMED]
    assert (found.verdict, found.severity) == (FAILS, "error")
    assert {blame.route[-2:] for blame in found.because} == {("Action", 2), ("Action", 3), ("Action", 5)}
    verdicts = words(with_bucket(policy=policy(service_grant(resource=arns()[1:]))))
    # its meaning is clear nevertheless, so each permission is determined
    assert (verdicts["service-lacks-read"], verdicts["service-lacks-write"]) == (FAILS, PASSES)


OF_AWS = " unless it is an AWS managed policy"
TOO_LONG: list[tuple[str, tuple[str | int, ...], Any, str, str]] = [
    (
        "a bucket policy",
        ("buckets", BUCKET, "policy"),
        service_grant(),
        "error",
        "bucket policy can have at most 20 KB",
    ),
    (
        "an identity policy",
        ("caller", "policies", 0),
        allow("*"),
        "warning",
        f"inline policies of a role can have at most 10,240{OF_AWS}",
    ),
    (
        "a boundary",
        ("caller", "boundary"),
        allow("*"),
        "warning",
        f"a permissions boundary can have at most 6,144{OF_AWS}",
    ),
    (
        "a session policy",
        ("caller", "session_policies", 0),
        allow("*"),
        "error",
        "a session can have at most 2,048",
    ),
]


def long_policy(statement: Data) -> Data:
    resources = [f"arn:aws:s3:::{BUCKET}/{number:05}/*" for number in range(700)]
    return policy({**statement, "Action": "s3:PutObject", "Resource": resources})


@pytest.mark.parametrize("place", [("caller", "policies", 1), ("caller", "boundary")], ids=["identity", "boundary"])
def test_a_policy_that_may_be_aws_managed_has_no_size_limit(place: tuple[str | int, ...]) -> None:
    harmless = policy(allow("*"))
    data = changed(good(), caller__policies=[*good()["caller"]["policies"], harmless], caller__boundary=harmless)
    at: Any = data
    for step in place[:-1]:
        at = at[step]
    # AWS saved what get-policy-version prints, so it was accepted
    document = long_policy(allow("*"))
    document["Statement"].append(allow("*"))
    at[place[-1]] = {"PolicyVersion": {"Document": document, "VersionId": "v163", "IsDefaultVersion": True}}
    assert words(data)[MALFORMED] == PASSES


@pytest.mark.parametrize(
    ("place", "statement", "severity", "text"), [pytest.param(*row[1:], id=row[0]) for row in TOO_LONG]
)
def test_a_policy_that_is_too_long(place: tuple[str | int, ...], statement: Data, severity: str, text: str) -> None:
    data = good()
    data["caller"]["session_policies"] = [policy(allow("*"))]
    at: Any = data
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = long_policy(statement)
    found = judged(data)[MALFORMED]
    assert (found.verdict, found.severity, found.route) == (FAILS, severity, place)
    assert text in found.message


def test_the_size_limit_of_inline_policies_is_smaller_for_users_than_for_roles() -> None:
    resources = [f"arn:aws:s3:::{BUCKET}/{number:04}/*" for number in range(250)]
    data = changed(good(), caller__policies=[*good()["caller"]["policies"], policy(allow("s3:PutObject", resources))])
    assert words(data)[MALFORMED] == PASSES
    data["caller"]["arn"] = "arn:aws:iam::111122223333:user/ann"
    assert "a policy of a user can have at most 6,144" in judged(data)[MALFORMED].message


def test_a_statement_that_aws_refuses_is_undetermined_for_the_other_rules() -> None:
    who = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
    denial = {"Effect": "Deni", "Principal": who, "Action": "s3:PutObject", "Resource": arns()}
    found = words(with_bucket(policy=policy(service_grant(), denial)))
    assert (found[MALFORMED], found["service-lacks-read"]) == (FAILS, PASSES)
    assert found["service-lacks-write"] == UNDETERMINED


def test_without_any_policy_the_rule_does_not_apply() -> None:
    data = changed(good(), caller__policies=[])
    data["buckets"][BUCKET]["policy"] = None
    assert words(data)[MALFORMED] == NONE


def test_every_fault_of_every_policy_is_blamed() -> None:
    broken = policy({"Effect": "Alow", "Action": "s3:GetObject", "Resource": "*"})
    data = changed(good(), caller__policies=[broken, broken])
    routes = {blame.route[:3] for blame in judged(data)[MALFORMED].because}
    assert routes == {("caller", "policies", 0), ("caller", "policies", 1)}


# -- what S3 refuses in a bucket policy
# ------------------------------------------------------------------------------------------------------------------


ANYTHING = {**service_grant(resource="*"), "Sid": "Export"}


def test_what_s3_refuses_is_observed_and_blames_the_statement() -> None:
    found = judged(with_bucket(policy=policy(ANYTHING)))[MALFORMED]
    assert (found.verdict, found.severity, found.certainty) == (FAILS, "error", "observed")
    (blame,) = found.because
    assert (blame.layer, blame.sid, blame.effect) == ("bucket policy", "Export", "Allow")
    assert blame.route == ("buckets", BUCKET, "policy", "Statement", 0, "Resource")


def test_a_single_statement_is_blamed_too() -> None:
    found = judged(with_bucket(policy={"Version": "2012-10-17", "Statement": ANYTHING}))[MALFORMED]
    assert [(blame.sid, blame.effect) for blame in found.because] == [("Export", "Allow")]


def test_a_fault_of_an_identity_policy_blames_its_statement() -> None:
    document = policy(allow("s3:GetObject"), {**allow("s3:GetObject"), "Effect": "Alow", "Sid": "Read"})
    found = judged(changed(good(), caller__policies=[document]))[MALFORMED]
    assert [(blame.sid, blame.effect) for blame in found.because] == [("Read", "Alow")]
    assert found.certainty == "documented"


@pytest.mark.parametrize(
    "statement",
    [
        ANYTHING,
        service_grant("s3:*", "kms:Decrypt"),
        {**service_grant(), "Condition": {"StringLike": {"s3:prefix": "*"}}},
        service_grant(resource=[*arns(), "arn:aws:s3:::another/*"]),
    ],
    ids=str,
)
def test_a_statement_that_s3_refuses_grants_nothing_for_certain(statement: Data) -> None:
    found = words(with_bucket(policy=policy(statement)))
    assert found[MALFORMED] == FAILS
    assert [found[f"service-lacks-{name}"] for name in ("read", "write", "read-acp")] == [UNDETERMINED] * 3


def test_a_statement_beside_one_that_s3_refuses_still_grants() -> None:
    found = words(with_bucket(policy=policy(service_grant(), ANYTHING)))
    assert (found[MALFORMED], found["service-lacks-write"]) == (FAILS, PASSES)


@pytest.mark.parametrize("document", [policy(ANYTHING), policy(service_grant("s3:*", "kms:Decrypt"))], ids=str)
def test_an_answer_of_s3_was_not_refused(document: Data) -> None:
    """Also if snaplint read the policy: a collected file names the version of snaplint."""
    for data in (
        with_bucket(policy={"Policy": json.dumps(document)}),
        {**with_bucket(policy=document), "snaplint": "1"},
    ):
        found = words(data)
        assert (found[MALFORMED], found["service-lacks-write"]) == (PASSES, PASSES)


def test_one_document_of_two_buckets_is_judged_for_each() -> None:
    data = with_bucket(policy=policy(service_grant()))
    data["buckets"]["another"] = data["buckets"][BUCKET]
    other = {**data["requests"][0], "TargetBucket": "another"}
    assert words(data)[MALFORMED] == PASSES
    found = words({**data, "requests": [other]})
    assert (found[MALFORMED], found["service-lacks-write"]) == (FAILS, FAILS)

"""Compiling policies: what AWS would refuse, its route, and what a linter can read of a statement."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

import snaplint.iam
from snaplint.iam import Outcome, Policy, Simulator

OK = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
TO_ALL = {**OK, "Principal": "*"}
ME = "arn:aws:iam::111122223333:user/ann"


def one(**changes: Any) -> dict[str, Any]:
    """Return a policy with the good statement, in which some elements are changed, or removed by None."""
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in {**OK, **changes}.items() if v is not None}]}


def when(operator: str, key: str, values: Any) -> dict[str, Any]:
    return one(Condition={operator: {key: values}})


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("identity", one()),
        ("identity", one(Action="*", Resource="*")),
        ("identity", one(Action=["s3:Get*", "*"], Sid="Ab1")),
        ("identity", one(Action=None, NotAction="s3:*")),
        ("identity", one(Resource=None, NotResource=["arn:aws:s3:::b/${aws:username}/*"])),
        ("identity", one(Resource="arn:aws:s3*")),
        ("identity", {"Statement": OK, "Id": "x"}),
        ("identity", {"Version": "2008-10-17", "Statement": [OK]}),
        ("identity", one(Condition={})),
        ("identity", when("ForAllValues:StringLikeIfExists", "aws:TagKeys", ["a", 1, True, "${aws:username}"])),
        ("identity", when("NumericLessThan", "s3:TlsVersion", 1.2)),
        ("identity", when("DateGreaterThan", "aws:CurrentTime", ["2026-11-01T00:00:00Z", 1793491200])),
        ("identity", when("IpAddress", "aws:SourceIp", ["10.0.0.0/8", "2001:db8::/32"])),
        ("identity", when("Null", "aws:SourceVpce", False)),
        ("scp", one()),
        ("scp", one(Action=None, NotAction="iam:*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})),
        ("rcp", one(Effect="Deny", Principal="*")),
        ("rcp", one(Principal="*", Action="*", Resource="*")),
        ("resource", one(Principal="*", Sid="Allow all readers, really")),
        ("resource", one(Principal={"AWS": ["111122223333", ME, "*"], "Service": "s3.amazonaws.com"})),
        ("resource", one(Principal={"AWS": "AROAEXAMPLEEXAMPLE1"})),
        ("resource", one(Principal={"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"})),
        ("resource", one(Principal={"CanonicalUser": "0" * 64, "Federated": "cognito-identity.amazonaws.com"})),
        ("resource", one(NotPrincipal={"AWS": ME}, Effect="Deny")),
        ("identity", one(Action="s3:UploadPart")),
        ("resource", one(Principal={"AWS": ME}, Action="sts:AssumeRole", Resource=None)),
    ],
)
def test_well_formed(kind: str, document: object) -> None:
    assert Policy.compile(document, kind).faults == ()


@pytest.mark.parametrize(
    ("kind", "document", "place", "words"),
    [
        ("identity", [], (), "a policy must be a JSON object, not a list"),
        ("identity", {"Version": "2012-10-17"}, (), "no `Statement`"),
        ("identity", {"Statement": []}, ("Statement",), "`Statement` is empty"),
        ("identity", {"Statement": "x"}, ("Statement",), "not text"),
        ("identity", {"Statement": [OK, 1]}, ("Statement", 1), "a statement must be an object, not a number"),
        ("identity", {"Version": "2012-10-18", "Statement": OK}, ("Version",), "`2012-10-18`"),
        ("identity", {"Statements": [], "Statement": OK}, ("Statements",), "did you mean `Statement`?"),
        ("identity", {"Statement": {**OK, "Conditions": {}}}, ("Statement", "Conditions"), "did you mean `Condition`?"),
        ("identity", one(Effect="allow"), ("Statement", 0, "Effect"), "did you mean `Allow`?"),
        ("identity", one(Effect=None), ("Statement", 0), "no `Effect`"),
        ("identity", one(Sid="a b"), ("Statement", 0, "Sid"), "letters and digits"),
        ("identity", {"Statement": [{**OK, "Sid": "a"}] * 2}, ("Statement", 1, "Sid"), "two statements"),
        ("identity", one(NotAction="s3:*"), ("Statement", 0), "both `Action` and `NotAction`"),
        ("identity", one(Action=None), ("Statement", 0), "neither `Action` nor `NotAction`"),
        ("identity", one(Action="GetObject"), ("Statement", 0, "Action"), "`GetObject` is not an action"),
        ("identity", one(Action=["s3:*", "s3: Get"]), ("Statement", 0, "Action", 1), "contains a space"),
        ("identity", one(Action=[]), ("Statement", 0, "Action"), "`Action` is empty"),
        ("identity", one(Action=5), ("Statement", 0, "Action"), "not a number"),
        ("identity", one(Action=["s3:*", None]), ("Statement", 0, "Action", 1), "not null"),
        ("identity", one(Resource=None), ("Statement", 0), "neither `Resource` nor `NotResource`"),
        ("identity", one(Resource="b/*"), ("Statement", 0, "Resource"), "is neither an ARN"),
        ("identity", one(Resource=["*", "arn:aws:s3:b"]), ("Statement", 0, "Resource", 1), "fewer than six parts"),
        ("identity", one(Resource="arn:aws:s3:::${aws:username"), ("Statement", 0, "Resource"), "no closing brace"),
        ("identity", one(Resource="arn:aws:s3:::${}"), ("Statement", 0, "Resource"), "the variable is empty"),
        ("identity", one(Resource="arn:aws:s3:::${a:b, c}"), ("Statement", 0, "Resource"), "single quotes"),
        ("identity", one(Resource="arn:${a:b}:s3:::b"), ("Statement", 0, "Resource"), "before its fifth colon"),
        ("identity", one(Principal="*"), ("Statement", 0, "Principal"), "not allowed in an identity policy"),
        ("identity", one(Resource="arn:aws:s3:::☃"), ("Statement", 0, "Resource"), "IAM does not accept: U+2603"),
        ("scp", one(NotPrincipal="*"), ("Statement", 0, "NotPrincipal"), "not allowed in an SCP"),
        ("rcp", one(Effect="Deny", Principal={"AWS": ME}), ("Statement", 0, "Principal"), "of an RCP must be `*`"),
        ("rcp", one(Principal="*"), ("Statement", 0, "Effect"), "`RCPFullAWSAccess`"),
        ("rcp", {"Statement": {**TO_ALL, "Effect": "Deny"}}, (), "must have `Version` 2012-10-17"),
        ("resource", one(), ("Statement", 0), "neither `Principal` nor `NotPrincipal`"),
        ("resource", one(Principal="*", NotPrincipal="*"), ("Statement", 0), "both `Principal` and `NotPrincipal`"),
        (
            "resource",
            one(Principal="*", Action=["s3:PutObject", "s3:UploadPart"]),
            ("Statement", 0, "Action", 1),
            "is not an action: the call is authorised by `s3:PutObject`",
        ),
        ("resource", one(Principal=ME), ("Statement", 0, "Principal"), "or an object"),
        ("resource", one(Principal=[ME]), ("Statement", 0, "Principal"), "not a list"),
        ("resource", one(Principal={"aws": ME}), ("Statement", 0, "Principal", "aws"), "did you mean `AWS`?"),
        ("resource", one(Principal={"AWS": []}), ("Statement", 0, "Principal", "AWS"), "`AWS` is empty"),
        (
            "resource",
            one(Principal={"AWS": ME[:-3] + "*"}),
            ("Statement", 0, "Principal", "AWS"),
            "wildcard must be the whole text",
        ),
        (
            "resource",
            one(Principal={"AWS": [ME, "arn:aws:iam::111122223333:group/ops"]}),
            ("Statement", 0, "Principal", "AWS", 1),
            "groups cannot be principals",
        ),
        (
            "resource",
            one(Principal={"Service": "*"}),
            ("Statement", 0, "Principal", "Service"),
            "not a service principal",
        ),
        (
            "resource",
            one(Principal={"Service": "{{region}}.elasticache-snapshot.amazonaws.com"}),
            ("Statement", 0, "Principal", "Service"),
            "not a service principal",
        ),
        ("resource", one(Principal={"CanonicalUser": "ab"}), ("Statement", 0, "Principal", "CanonicalUser"), "64"),
        ("endpoint", one(), ("Statement", 0), "neither `Principal` nor `NotPrincipal`"),
        ("identity", one(Condition=[]), ("Statement", 0, "Condition"), "`Condition` must be an object, not a list"),
        (
            "identity",
            when("StringEqual", "aws:x", "a"),
            ("Statement", 0, "Condition", "StringEqual"),
            "did you mean `StringEquals`?",
        ),
        (
            "identity",
            when("ForAnyValue:StringLikes", "aws:x", "a"),
            ("Statement", 0, "Condition", "ForAnyValue:StringLikes"),
            "did you mean `ForAnyValue:StringLike`?",
        ),
        (
            "identity",
            when("ForAnyValues:StringLike", "aws:x", "a"),
            ("Statement", 0, "Condition", "ForAnyValues:StringLike"),
            "did you mean `ForAnyValue:StringLike`?",
        ),
        (
            "identity",
            when("NullIfExists", "aws:x", "true"),
            ("Statement", 0, "Condition", "NullIfExists"),
            "unknown condition operator `NullIfExists`",
        ),
        (
            "identity",
            one(Condition={"Bool": "x"}),
            ("Statement", 0, "Condition", "Bool"),
            "must be an object of condition keys, not text",
        ),
        (
            "identity",
            when("Bool", "SourceIp", "x"),
            ("Statement", 0, "Condition", "Bool", "SourceIp"),
            "not a condition key",
        ),
        ("identity", when("Bool", "aws:x", []), ("Statement", 0, "Condition", "Bool", "aws:x"), "no values"),
        ("identity", when("Bool", "aws:x", ["yes"]), ("Statement", 0, "Condition", "Bool", "aws:x", 0), "`true` or"),
        ("identity", when("Null", "aws:x", None), ("Statement", 0, "Condition", "Null", "aws:x"), "not null"),
        (
            "identity",
            when("NumericEquals", "aws:x", "1e3"),
            ("Statement", 0, "Condition", "NumericEquals", "aws:x"),
            "is not a number",
        ),
        (
            "identity",
            when("DateEquals", "aws:x", "2026-02-29"),
            ("Statement", 0, "Condition", "DateEquals", "aws:x"),
            "is not a date",
        ),
        (
            "identity",
            when("NotIpAddress", "aws:x", ["10.0.0.0/8", "10.0.0.256"]),
            ("Statement", 0, "Condition", "NotIpAddress", "aws:x", 1),
            "is not an IP address",
        ),
        (
            "identity",
            when("BinaryEquals", "aws:x", "a"),
            ("Statement", 0, "Condition", "BinaryEquals", "aws:x"),
            "is not base64",
        ),
        (
            "identity",
            when("ArnLike", "aws:x", "arn:aws:s3*"),
            ("Statement", 0, "Condition", "ArnLike", "aws:x"),
            "fewer than six parts",
        ),
        (
            "identity",
            one(Condition={"Bool": {"aws:x": "true", "AWS:X": "true"}}),
            ("Statement", 0, "Condition", "Bool", "AWS:X"),
            "appears twice",
        ),
    ],
)
def test_refused(kind: str, document: object, place: tuple[str | int, ...], words: str) -> None:
    faults = Policy.compile(document, kind, ("caller", "policies", 1)).faults
    assert [
        fault.message for fault in faults if fault.route == ("caller", "policies", 1, *place) and words in fault.message
    ]


def test_what_a_linter_reads() -> None:
    statement = {
        "Sid": "Write",
        "Effect": "Deny",
        "Principal": {"AWS": [ME, "*"], "Service": "s3.amazonaws.com"},
        "NotAction": "s3:Put*",
        "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        "Condition": {
            "StringLike": {"aws:SourceVpce": ["vpce-1", "vpce-2"]},
            "NumericLessThan": {"s3:TlsVersion": 1.2},
        },
    }
    policy = Policy.compile({"Version": "2012-10-17", "Statement": statement}, "resource", ("buckets", "b", "policy"))
    (found,) = policy.statements
    assert (policy.version, found.index, found.sid, found.effect) == ("2012-10-17", 0, "Write", "Deny")
    assert found.route == ("buckets", "b", "policy", "Statement")
    assert found.principals == (("AWS", ME), ("AWS", "*"), ("Service", "s3.amazonaws.com"))
    assert (found.actions, found.not_actions) == ((), ("s3:Put*",))
    assert (found.resources, found.not_resources) == ((), ("arn:aws:s3:::b", "arn:aws:s3:::b/*"))
    assert found.conditions == (
        ("StringLike", "aws:SourceVpce", ("vpce-1", "vpce-2")),
        ("NumericLessThan", "s3:TlsVersion", ("1.2",)),
    )
    listed = Policy.compile({"Statement": [TO_ALL, TO_ALL]}, "resource").statements
    assert [each.route for each in listed] == [("Statement", 0), ("Statement", 1)]


@pytest.mark.parametrize(
    "broken",
    [
        {"Action": "PutObject"},
        {"Resource": "b/k"},
        {"Effect": "Alow"},
        {"Extra": 1},
        {"Condition": {"StringEqual": {"aws:x": "y"}}},
        {"Condition": []},
        {"Principal": ["*"]},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:user/*"}},
    ],
    ids=str,
)
def test_a_fault_makes_its_statement_undetermined(broken: dict[str, Any]) -> None:
    good = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    statement = good | broken
    request: dict[str, Any] = {"principal": ME, "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333"}
    policy = Policy.compile({"Version": "2012-10-17", "Statement": statement}, "resource")
    assert policy.faults
    decision = Simulator(resource_policy=policy).decide(action="s3:PutObject", **request)
    assert decision.decision is Outcome.Depends
    assert all(need.startswith("resource_policy.Statement") for need in decision.depends_on)
    # As a Deny it cannot be ignored either.
    denying = (
        {"Statement": [good, statement | {"Effect": "Deny"}]}
        if "Effect" not in broken
        else {"Statement": [good, statement]}
    )
    decision = Simulator(resource_policy=denying).decide(action="s3:PutObject", **request)
    assert decision.decision is Outcome.Depends
    # Another element that certainly does not match decides.
    if "Action" not in broken:
        policy = Policy.compile({"Statement": statement | {"Action": "s3:Get*"}}, "resource")
        assert (
            Simulator(resource_policy=policy).decide(action="s3:PutObject", **request).decision
            is Outcome.ImplicitlyDenied
        )


def test_ten_thousand_statements_are_compiled_once() -> None:
    many = [{**OK, "Action": f"s3:Get{number}", "Resource": f"arn:aws:s3:::b{number}/*"} for number in range(10_000)]
    policy = Policy.compile({"Version": "2012-10-17", "Statement": many}, "identity")
    simulator = Simulator(identity_policies=[policy])
    request: dict[str, Any] = {"principal": ME, "resource": "arn:aws:s3:::b9999/k", "resource_account": "111122223333"}
    assert simulator.decide(action="s3:Get9999", **request).because[0].statement == 9999
    assert len(policy.candidates("s3:get9999")) == 1
    assert policy.candidates("s3:get9999") is policy.candidates("s3:get9999")


def test_importing_the_engine_loads_nothing_above_it() -> None:
    code = "import sys; import snaplint.iam; print(*sorted(sys.modules))"
    source = os.path.dirname(os.path.dirname(os.path.dirname(snaplint.iam.__file__)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": source},
    )
    loaded = done.stdout.split()
    assert "snaplint.iam.decision.simulator" in loaded
    slow = {"boto3", "dataclasses", "difflib", "jsonschema", "logging", "pathlib", "textwrap", "yaml"}
    assert not slow.intersection(loaded)
    others = [name for name in loaded if name.startswith("snaplint.") and not name.startswith("snaplint.iam")]
    assert others == [f"snaplint.base{name}" for name in ("", ".record", ".source", ".version", ".wording")]

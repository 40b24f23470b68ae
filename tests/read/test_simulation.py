"""A line of `snaplint simulate`: what is accepted, what is refused with which message, and that the schema agrees."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from tests.conftest import ROOT, environment

from snaplint import schemas
from snaplint.iam import Principal, Simulator
from snaplint.read.simulation import NOTES, POLICIES, BadLine, lines, lines_of_file, parse_line
from snaplint.syntax.text import MAX_BYTES

if TYPE_CHECKING:
    from snaplint.read.simulation import Simulation

ROLE = "arn:aws:iam::111122223333:role/exporter"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
REQUEST: dict[str, Any] = {"principal": ROLE, "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k"}
FORM = schemas.schema("simulate")
SCHEMA = Draft7Validator(FORM)
MEMBERS = ("id", "request", *POLICIES, "unknown", "foreign")


def read(data: object) -> Simulation:
    return parse_line(json.dumps(data).encode())


def refused(raw: bytes) -> BadLine:
    with pytest.raises(BadLine) as caught:
        parse_line(raw)
    return caught.value


def line(**members: Any) -> dict[str, Any]:
    return {"id": "1", "request": REQUEST, **members}


def asking(**members: Any) -> dict[str, Any]:
    return line(request={**REQUEST, **members})


GOOD = [
    {"request": REQUEST},
    line(),
    *(line(id=id_) for id_ in ("", 7, 1.5, None, "日本")),
    *(line(**{name: None}) for name in MEMBERS if name != "request"),
    line(identity_policies=[]),
    line(identity_policies=[POLICY, None, {}]),
    line(resource_policy=POLICY, permission_boundaries=[POLICY], session_policy=POLICY),
    line(session_policy=[POLICY, POLICY]),
    line(scps=[], rcps=[[]]),
    line(scps=[[POLICY], [POLICY, POLICY]], rcps=[[POLICY]], vpc_endpoint_policies=[POLICY]),
    line(acl={"Owner": {"ID": "x"}, "Grants": []}, object_ownership="ObjectWriter"),
    line(s3_block_public_access=True),
    line(s3_block_public_access={"RestrictPublicBuckets": True, "IgnorePublicAcls": False}),
    line(unknown=["aws:SourceIp", "aws:PrincipalTag/*"], foreign=["aws:SourceVpc"]),
    *(
        asking(principal=principal)
        for principal in (
            "*",
            "111122223333",
            "0" * 64,
            "us-east-1.elasticache-snapshot.amazonaws.com",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/ops/ann",
            "arn:aws-cn:iam::111122223333:role/service-role/exporter",
            "arn:aws:sts::111122223333:assumed-role/exporter/night",
            "arn:aws:sts::111122223333:federated-user/bob",
        )
    ),
    asking(resource="*"),
    asking(resource="arn:aws:s3:::*"),
    asking(resource="arn:aws:elasticache:us-east-1:111122223333:snapshot:nightly"),
    asking(resource_account="444455556666"),
    asking(resource_account=None, context=None),
    asking(context={}),
    asking(context={"aws:SecureTransport": True, "s3:TlsVersion": 1.2, "aws:TagKeys": ["a"], "aws:SourceVpc": None}),
    asking(context={"aws:PrincipalTag/cost center": "x", "aws:TagKeys": []}),
]  # fmt: skip

BAD: list[tuple[object, str]] = [
    ({}, "the line has no `request`"),
    (5, "the line must be an object with a `request`; this is a number"),
    ([line()], "the line must be an object with a `request`; this is a list"),
    (None, "this is null"),
    (line(id=True), "`id` must be text, a number or null; this is a boolean"),
    (line(id=["1"]), "`id` must be text, a number or null; this is a list"),
    (line(request=None), "`request` must be an object with `principal`, `action` and `resource`; this is null"),
    (line(request="x"), "`request` must be an object with `principal`, `action` and `resource`; this is `x`"),
    (line(request={}), "`request` has no `principal`"),
    (asking(action=None), "`request.action` must be one action without wildcards, `service:Action`; this is null"),
    (line(request={"principal": ROLE, "resource": "*"}), "`request` has no `action`"),
    (line(request={"principal": ROLE, "action": "s3:PutObject"}), "`request` has no `resource`"),
    (line(identity_policy=[POLICY]), "unknown key `identity_policy`; did you mean `identity_policies`?"),
    (line(SCPs=[]), "unknown key `SCPs`; did you mean `scps`?"),
    (line(zzzzzz=1), "unknown key `zzzzzz`; expected `id`, `request`, "),
    (line(principal=ROLE), "unknown key `principal`: it belongs in `request`"),
    (asking(unknown=[]), "unknown key `unknown` in `request`: it belongs beside `request`, not in it"),
    (asking(resources=[]), "in `request`: unknown key `resources`; did you mean `resource`?"),
    (asking(principal=111122223333), "`request.principal` must be an ARN, a twelve-digit account, a service, a "),
    (asking(principal="ann"), "`request.principal`: `ann` is not a principal"),
    (asking(principal="arn:aws:iam::111122223333:group/ops"), "is not a single principal: expected a user, a role"),
    (asking(principal="arn:aws:iam::111122223333:role/*"), "is not a single principal"),
    (asking(principal="arn:aws:sts::111122223333:assumed-role/exporter"), "is not a session"),
    (asking(action="PutObject"), "one action without wildcards, `service:Action`; this is `PutObject`"),
    (asking(action="s3:"), "this is `s3:`"),
    (asking(action="s3: PutObject"), "this is `s3: PutObject`"),
    (asking(action="s3:Put*"), "this is `s3:Put*`"),
    (asking(action=["s3:PutObject"]), "this is a list"),
    (asking(resource="b/k"), "or `*` for an action without a resource; this is `b/k`"),
    (asking(resource="arn:aws:s3:::b/\ufffc"), "`request.resource` must be an ARN (without the character U+FFFC), or"),
    (asking(resource_account=111122223333), "twelve digits, in quotes; this is a number"),
    (asking(resource_account="1111"), "twelve digits, in quotes; this is `1111`"),
    (asking(context=[]), "`request.context` must be an object of condition keys, or null; this is a list"),
    (asking(context={"SourceIp": "10.0.0.1"}), "in `request.context`: `SourceIp` is not a condition key such as"),
    (asking(context={"aws:SourceIp": {"a": 1}}), "`request.context.aws:SourceIp` must be a value or a list"),
    (asking(context={"aws:SourceIp": [["a"]]}), "`request.context.aws:SourceIp.0` must be a value: text, a"),
    (asking(context={"aws:SourceIp": [None]}), "`request.context.aws:SourceIp.0` must be a value: text, a"),
    (line(unknown="aws:SourceIp"), "`unknown` must be a list of condition keys, or null; this is `aws:SourceIp`"),
    (line(unknown=[5]), "`unknown.0` must be a condition key such as aws:SourceIp; this is a number"),
    (line(foreign=["SourceVpc"]), "`foreign.0` must be a condition key such as aws:SourceIp; this is `SourceVpc`"),
    (line(identity_policies=POLICY), "`identity_policies` must be a list of policies (in brackets), or null"),
    (line(identity_policies=["p.json"]), "`identity_policies.0` must be a policy: an object, or null; this is"),
    (line(resource_policy=[POLICY]), "`resource_policy` must be a policy: an object, or null; this is a list"),
    (line(session_policy="x"), "`session_policy` must be a policy, a list of policies, or null; this is `x`"),
    (line(scps=[POLICY]), "`scps.0` must be a level: a list of policies; this is an object"),
    (line(scps=POLICY), "`scps` must be a list of levels, each a list of policies, or null; this is an object"),
    (line(rcps=[None]), "`rcps.0` must be a level: a list of policies; this is null"),
    (line(rcps=[[POLICY], ["x"]]), "`rcps.1.0` must be a policy: an object, or null; this is `x`"),
    (line(acl=[]), "`acl` must be the output of get-bucket-acl: an object, or null; this is a list"),
    (line(object_ownership="Bucket"), "`object_ownership` must be `BucketOwnerEnforced`, "),
    (line(object_ownership=True), "this is a boolean"),
    (line(s3_block_public_access="yes"), "must be true, false, null, or an object of the four settings; this is `yes`"),
    (line(s3_block_public_access={"BlockPublicAcl": True}), "did you mean `BlockPublicAcls`?"),
    (line(s3_block_public_access={"BlockPublicAcls": 1}), "`s3_block_public_access.BlockPublicAcls` must be a boolean"),
]  # fmt: skip


@pytest.mark.parametrize("data", GOOD, ids=lambda data: json.dumps(data)[-60:])
def test_what_is_taken(data: dict[str, Any]) -> None:
    found = read(data)
    assert found.id == data.get("id")
    # the engine accepts it unchanged
    Simulator(**found.policies).decide(**found.request)
    assert SCHEMA.is_valid(data)


@pytest.mark.parametrize(("data", "words"), BAD, ids=lambda value: value[-60:] if isinstance(value, str) else "")
def test_what_is_refused(data: object, words: str) -> None:
    error = refused(json.dumps(data).encode())
    assert words in error.message
    named = isinstance(data, dict) and data.get("id") == "1"
    assert error.id == ("1" if named else None)
    assert not SCHEMA.is_valid(data)


@pytest.mark.parametrize(
    ("raw", "words", "id_"),
    [
        (b"snaplint", "expected a value, found `snaplint`", None),
        (b'{"id": "1", "request": {}', "the `{` is never closed: a request is one line", None),
        (b"{", "`jq -c .` puts them on one", None),
        (b'{"id": "1"} {"id": "2"}', "text after the end of the document", None),
        (b'{"id": "1", "request": {"action": "a", "action": "b"}}', "the key `action` is given twice", "1"),
        (b'{"id": "1", "id": "2", "request": {}}', "the key `id` is given twice", None),
        (b'{"id": "1", "request": NaN}', "`NaN` is not a number of JSON (column 24)", "1"),
        (b'{"id": 1e999}', "is too large", None),
        (b'{"id": "\\ud800"}', "half of a surrogate pair", None),
        (b'{"id": "1", "request": "\\udc00"}', "half of a surrogate pair", "1"),
        (b'{"id": "1", "request": ' + b"[" * 200 + b"]" * 200 + b"}", "nested more than 100 deep", "1"),
        (b'{"id": "1", "request": ' + b"[" * 100_000, "nested more than 100 deep", None),
        (b'{"id": "1", "request": ' + b"9" * 5000 + b"}", "a number of 5000 characters", None),
        (b'{"id": "\xff"}', "not UTF-8 text: byte 0xff cannot be decoded; use UTF-8", None),
        (b'{"id": "\0"}', "a NUL character", None),
        (b"\xff\xfe{", "not UTF-16 text", None),
        (b" " * (MAX_BYTES + 1), "larger than 16 MiB", None),
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_what_is_no_request_at_all(raw: bytes, words: str, id_: object) -> None:
    error = refused(raw)
    assert words in error.message
    assert error.id == id_


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything_is_answered(raw: bytes) -> None:
    assert refused(raw).message


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.sampled_from(["", "a", "a:b", "*", ROLE]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a:b", "action", "Grants"]), inner),
    max_leaves=5,
)


@settings(max_examples=500, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*MEMBERS, "x"]), JUNK, max_size=3),
    st.dictionaries(st.sampled_from([*FORM["definitions"]["request"]["properties"], "x"]), JUNK, max_size=2),
)
def test_reader_and_schema_agree(members: dict[str, Any], asked: dict[str, Any]) -> None:
    data = {"request": {**REQUEST, **asked}, **members}
    try:
        read(data)
        taken = True
    except BadLine as error:
        # a document of another kind in place of a policy has a valid form and is refused by its name
        taken = " must be the policy document itself, not " in error.message or "get-bucket-acl`, not " in error.message
    assert SCHEMA.is_valid(data) is taken


def test_what_a_file_of_cases_notes_is_not_looked_at() -> None:
    noted = {"id": "1", "request": REQUEST, "source": {"any": "thing"}, "expected": "Allowed"}
    assert read(noted) == read({"id": "1", "request": REQUEST})


def test_schema_names_the_members() -> None:
    assert tuple(FORM["properties"]) == (*MEMBERS, *NOTES)


PRINCIPALS = (
    "*",
    "111122223333",
    "0f" * 32,
    "logging.s3.amazonaws.com",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:user/ops/ann",
    "arn:aws:iam::111122223333:role/a:b",
    "arn:aws:sts::111122223333:assumed-role/exporter/night",
    "arn:aws:sts::111122223333:assumed-role//night",
    "arn:aws:sts::111122223333:federated-user/bob",
)


@settings(max_examples=1000, deadline=None)
@given(st.data(), st.sampled_from(PRINCIPALS))
def test_parser_and_schema_agree_on_principals(data: st.DataObject, text: str) -> None:
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(text)))
        sign = data.draw(st.sampled_from(["", ":", "/", "*", "?", "\n", " ", "a", "0", "٠", ".", "-", "é"]))
        text = text[:at] + sign + text[at + data.draw(st.integers(0, 1)) :]
    try:
        Principal.parse(text)
        is_principal = True
    except ValueError:
        is_principal = False
    assert SCHEMA.is_valid(asking(principal=text)) is is_principal


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    ("member", "text"),
    [("principal", "*"), ("action", "s3:PutObject"), ("resource", "*"), ("resource_account", "111122223333")],
)
def test_no_line_end_slips_through_a_pattern(member: str, text: str, end: str) -> None:
    assert SCHEMA.is_valid(asking(**{member: text + end})) is (end == "")


IMPORTED = """
import sys
from snaplint.read.simulation import parse_line
parse_line(sys.argv[1].encode())
print("jsonschema" in sys.modules)
"""


def test_valid_line_needs_no_jsonschema() -> None:
    command = [sys.executable, "-c", IMPORTED, json.dumps(line(scps=[[POLICY]]))]
    done = subprocess.run(command, env=environment(), check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_long_principal_takes_little_time() -> None:
    assert "is not a principal" in refused(json.dumps(asking(principal="a." * 1_000_000)).encode()).message


def test_lines_of_the_example_are_lines() -> None:
    with (ROOT / "examples" / "simulate.jsonl").open("rb") as file:
        read_ = [parse_line(raw) for _, raw in lines_of_file(file)]
    assert [each.id for each in read_] == ["as-deployed", "services-exempt", "boundary", "unsure"]


# -- lines
# ------------------------------------------------------------------------------------------------------------------


def numbered(raw: bytes) -> list[tuple[int, bytes]]:
    return list(lines(io.BytesIO(raw)))


def test_blank_lines_are_counted_and_left_out() -> None:
    assert numbered(b"") == []
    assert numbered(b"\n \r\n\t\na\r\n\nb") == [(4, b"a\r\n"), (6, b"b")]


def test_only_the_beginning_of_an_endless_line_is_kept() -> None:
    found = numbered(b"a\n" + b"x" * (MAX_BYTES * 2) + b"\nb\n")
    assert [number for number, _ in found] == [1, 2, 3]
    assert [len(raw) <= MAX_BYTES + 2 for _, raw in found] == [True, True, True]
    assert found[2][1] == b"b\n"
    assert "larger than 16 MiB" in refused(found[1][1]).message


def test_largest_line_that_is_read() -> None:
    padding = b" " * (MAX_BYTES - len(json.dumps(line())))
    ((_, raw),) = numbered(json.dumps(line()).encode() + padding + b"\n")
    assert parse_line(raw).id == "1"


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_file_may_hold_one_request_over_several_lines(indent: int) -> None:
    text = json.dumps(line(), indent=indent)
    ((number, raw),) = lines_of_file(io.BytesIO(b"\n" + text.encode()))
    assert (number, parse_line(raw).id) == (2, "1")


def test_fault_of_such_a_file_is_placed() -> None:
    raw = b'{\n  "id": "1",\n  "request": nil\n}\n'
    ((_, whole),) = lines_of_file(io.BytesIO(raw))
    assert "write `null` (line 3, column 14)" in refused(whole).message


def test_first_line_alone_decides_that() -> None:
    raw = b'{"id": 1}\n{\n}\n'
    assert [each for _, each in lines_of_file(io.BytesIO(raw))] == [b'{"id": 1}\n', b"{\n", b"}\n"]


# -- another document in place of a policy
# ------------------------------------------------------------------------------------------------------------------

NO_POLICIES: list[tuple[str, object, str]] = [
    (
        "resource_policy",
        {"Policy": "{}"},
        "the policy document itself, not the output of `aws s3api get-bucket-policy`",
    ),
    ("resource_policy", {"Owner": {}, "Grants": []}, "not the output of `aws s3api get-bucket-acl`"),
    ("identity_policies", [{"Role": {"RoleName": "r"}}], "not the output of `aws iam get-role`"),
    (
        "identity_policies",
        [{"Policy": {"Arn": "a", "DefaultVersionId": "v1"}}],
        "not the output of `aws iam get-policy`",
    ),
    ("permission_boundaries", [{"PolicyVersion": {"Document": {}}}], "not the output of `aws iam get-policy-version`"),
    ("session_policy", {"AWSTemplateFormatVersion": "2010-09-09"}, "not a CloudFormation template"),
    ("scps", [[{"Policy": {"Content": "{}"}}]], "not the output of `aws organizations describe-policy`"),
    ("rcps", [[{"Policies": []}]], "not a list of policies without their statements"),
    ("acl", {"Statement": []}, "the output of `aws s3api get-bucket-acl`, not a policy"),
]


@pytest.mark.parametrize(("member", "value", "words"), NO_POLICIES)
def test_another_document_in_place_of_a_policy_is_named(member: str, value: object, words: str) -> None:
    request = {"principal": "111122223333", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    with pytest.raises(BadLine) as caught:
        parse_line(json.dumps({"id": "7", "request": request, member: value}).encode())
    assert caught.value.message.startswith(f"`{member}` must be ")
    assert words in caught.value.message
    assert caught.value.id == "7"


@pytest.mark.parametrize("policy", [{}, {"Version": "2012-10-17"}, {"Statment": []}])
def test_what_is_meant_as_a_policy_is_answered(policy: object) -> None:
    request = {"principal": "111122223333", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    line = parse_line(json.dumps({"request": request, "resource_policy": policy}).encode())
    assert line.policies == {"resource_policy": policy}

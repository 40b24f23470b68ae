"""Time and memory are proportional to the input, and files with wrong contents are errors with a place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.world import READY, UNKNOWN, as_json, assert_sound, errors, paths, write
from tests.hostile.files import confined

from snaplint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

KNOWN = "caller: {arn: 'arn:aws:iam::111122223333:role/x', policies: [p.json]}\nbuckets: {%s: {policy: p.json}}\n"


def judged(
    folder: Path, policy: object, bucket: str = "acme-exports", target: str = "orders-2026-11"
) -> dict[str, Any]:
    """Return the verdicts if the caller and the bucket have this policy, in a process with bounded memory and time."""
    (folder / "p.json").write_text(json.dumps(policy))
    text = UNKNOWN.replace("acme-exports", bucket).replace("orders-2026-11", target) + KNOWN % bucket
    write(folder, a_snaplint_yaml=text)
    run = confined(folder, "check", "--format", "json", ".")
    assert run.stderr == b""
    assert run.returncode in (0, 1)
    (result,) = json.loads(run.stdout)["results"]
    return {verdict["rule"]: verdict for verdict in result["verdicts"]}


def statement(**members: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", **members}


def policy(*statements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def test_policy_of_ten_thousand_statements(tmp_path: Path) -> None:
    many = [
        statement(
            Action=["s3:PutObject", "s3:Get*", "s3:List*"],
            Resource=[f"arn:aws:s3:::acme-exports/{number}*", "arn:aws:s3:::acme-exports"],
            Condition={"StringLike": {"aws:SourceVpc": f"vpc-{number}*"}, "Bool": {"aws:SecureTransport": "true"}},
        )
        for number in range(10_000)
    ]
    # a statement may match each key that the export will write, if the request comes through such a VPC
    assert judged(tmp_path, policy(*many))["service-lacks-write"]["verdict"] != "passes"


def test_policy_of_thousands_of_denials(tmp_path: Path) -> None:
    many = [
        statement(Effect="Deny", Condition={"StringEquals": {"s3:x-amz-server-side-encryption": f"kind-{number}"}})
        for number in range(3_000)
    ]
    assert judged(tmp_path, policy(statement(), *many))["service-lacks-write"]["verdict"] != "passes"


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLike"])
def test_thousand_tests_of_one_key_on_both_sides(tmp_path: Path, operator: str) -> None:
    # the bucket and the caller have the same statements, so each test counts in the channels of both
    many = [
        statement(Effect=effect, Condition={operator: {"aws:SourceVpc": f"vpc-{number}*"}})
        for number in range(600)
        for effect in ("Allow", "Deny")
    ]
    assert judged(tmp_path, policy(*many))["caller-not-permitted"]["verdict"] != "passes"


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"StringLike": {f"aws:RequestTag/{number}": "a*" for number in range(5_000)}}, id="keys"),
        pytest.param(
            {"StringNotLike": {"aws:PrincipalArn": [f"*{number}*a*" for number in range(20_000)]}}, id="values"
        ),
        pytest.param({"IpAddress": {"aws:SourceIp": [f"10.0.{n % 256}.0/24" for n in range(20_000)]}}, id="addresses"),
        pytest.param({f"ForAnyValue:StringLike{'IfExists' * (n % 2)}": {f"k:{n}": "*"} for n in range(2)}, id="sets"),
        pytest.param({"StringLike": {"aws:PrincipalArn": "${aws:PrincipalArn}" * 5_000}}, id="variables"),
    ],
)
def test_huge_conditions(tmp_path: Path, condition: object) -> None:
    found = judged(tmp_path, policy(statement(), statement(Effect="Deny", Condition=condition)))
    assert "service-lacks-write" in found


@pytest.mark.parametrize(
    "pattern", ["a*" * 2_000 + "b", "*a" * 2_000 + "b", "*?" * 2_000 + "b", "*" * 5_000 + "b", "?" * 900 + "*b"]
)
def test_patterns_that_make_matchers_explode(tmp_path: Path, pattern: str) -> None:
    target = "a" * 900
    hard = statement(
        Action=[f"s3:{pattern}", "s3:*"],
        Resource=f"arn:aws:s3:::{'a' * 60}/{pattern}",
        Condition={"StringLike": {"aws:PrincipalArn": pattern, "s3:prefix": pattern}},
    )
    found = judged(tmp_path, policy(hard), bucket="a" * 60, target=target)
    assert found["service-lacks-write"]["verdict"] != "passes"


def test_unknown_keys_do_not_multiply(tmp_path: Path) -> None:
    # twenty undocumented keys, each in its own statement and all in one: naively 2**20 combinations
    keys = [f"s3:x-amz-grant-{number}" for number in range(20)]
    apart = [statement(Effect="Deny", Condition={"StringEquals": {key: "x"}}) for key in keys]
    together = statement(Effect="Deny", Condition={"StringEquals": dict.fromkeys(keys, "y")})
    assert "service-lacks-write" in judged(tmp_path, policy(statement(), *apart, together))


def test_exclude_patterns_that_make_matchers_explode(snaplint_here: Run, tmp_path: Path) -> None:
    name = "a" * 200 + ".snaplint.yaml"
    (tmp_path / name).write_text(READY)
    run = snaplint_here("check", "--format", "json", "--exclude", "a*" * 100 + "b", ".", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (0, [name])


def test_memory_does_not_grow_with_the_requests(tmp_path: Path) -> None:
    one = "  - {SourceSnapshotName: nightly, TargetSnapshotName: orders-%d, TargetBucket: acme-exports}\n"
    write(tmp_path, a_snaplint_yaml=UNKNOWN + "".join(one % number for number in range(5_000)))
    run = confined(tmp_path, "check", "--format", "json", ".")
    assert (run.returncode, run.stderr) == (0, b"")
    assert json.loads(run.stdout)["summary"]["requests"] == 5_001


# files with wrong contents


ANSWERS: dict[str, list[object]] = {
    "policy": [{"Policy": "{"}, {"Policy": '{"a": 1, "a": 2}'}, {"Policy": "\x00"}],
    "acl": [
        {},
        {"Owner": 7, "Grants": 7},
        {"Grants": [7]},
        {"Grants": [{"Grantee": {}, "Permission": 7}]},
        7,
        [],
        True,
    ],
    "ownership": [{}, {"OwnershipControls": {"Rules": []}}, {"OwnershipControls": {"Rules": [7]}}, "Nobody", 7, []],
    "encryption": [{}, {"ServerSideEncryptionConfiguration": {"Rules": 7}}, {"SSEAlgorithm": 7}, 7, []],
    "public_access_block": [{"PublicAccessBlockConfiguration": 7}, {"BlockPublicAcls": "yes"}, {"Block": True}, 7],
    "region": [{}, {"LocationConstraint": 7}, 7, [], ""],
    "keys": [{"Contents": 7}, {"Contents": [7]}, {"Contents": [{"Key": 7}]}, [7], 7],
}


BY_PATH = pytest.mark.parametrize("by_path", [False, True], ids=["inline", "file"])


def with_answer(folder: Path, field: str, answer: object, *, by_path: bool) -> None:
    """Return a preflight file with an answer for a field of its bucket, inline or in a file that it names."""
    data = json.loads(as_json(READY))
    if by_path:
        (folder / "answer.json").write_text(json.dumps(answer))
    data["buckets"]["acme-exports"][field] = "./answer.json" if by_path else answer
    (folder / "a.snaplint.json").write_text(json.dumps(data, indent=1))


@pytest.mark.parametrize(
    ("field", "answer"),
    [(field, answer) for field, answers in ANSWERS.items() for answer in answers],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:30],
)
@BY_PATH
def test_answer_of_the_wrong_shape_is_told_where_it_stands(
    snaplint_here: Run, tmp_path: Path, field: str, answer: object, by_path: bool
) -> None:
    with_answer(tmp_path, field, answer, by_path=by_path)
    run = snaplint_here("check", "--format", "json", "a.snaplint.json", cwd=tmp_path)
    assert (run.stderr, run.returncode) == ("", 2)
    assert_sound(run)
    found = [(path, message) for path, _, _, message in errors(run)]
    # a policy is text inside the answer, and the fault is one of that text
    words = "" if field == "policy" else f"`buckets.acme-exports.{field}"
    assert [(path, message.startswith(words)) for path, message in found] == [
        ("answer.json" if by_path else "a.snaplint.json", True)
    ]


NO_OBJECTS: list[tuple[object, bool]] = [
    ({"Policy": "[]"}, False),
    ({"Policy": "[]"}, True),
    ({"Policy": 7}, False),
    ({"Policy": 7}, True),
    (7, True),
    ([], True),
    ("gone", True),
]


@pytest.mark.parametrize(("answer", "by_path"), NO_OBJECTS, ids=json.dumps)
def test_what_is_no_object_is_no_policy_that_aws_refuses(
    snaplint_here: Run, tmp_path: Path, answer: object, by_path: bool
) -> None:
    with_answer(tmp_path, "policy", answer, by_path=by_path)
    run = snaplint_here("check", "--format", "json", "a.snaplint.json", cwd=tmp_path)
    assert (run.stderr, run.returncode) == ("", 2)
    ((path, _, _, message),) = errors(run)
    assert path == ("answer.json" if by_path else "a.snaplint.json")
    assert message.startswith("`buckets.acme-exports.policy` must be a bucket policy, not ")
    (result,) = assert_sound(run)["results"]
    verdicts = {verdict["rule"]: verdict["verdict"] for verdict in result["verdicts"]}
    assert (verdicts["policy-malformed"], verdicts["service-lacks-write"]) == ("cannot-tell", "cannot-tell")


@pytest.mark.parametrize("answer", [7, []], ids=json.dumps)
def test_policy_of_the_wrong_type_is_told(snaplint_here: Run, tmp_path: Path, answer: object) -> None:
    with_answer(tmp_path, "policy", answer, by_path=False)
    run = snaplint_here("check", "a.snaplint.json", cwd=tmp_path)
    assert run.returncode == 2
    assert "a.snaplint.json:58:" in run.stdout
    assert "`buckets.acme-exports.policy` must be a policy" in run.stdout


def test_policy_in_a_file_that_is_not_there_is_told(snaplint_here: Run, tmp_path: Path) -> None:
    with_answer(tmp_path, "policy", "gone", by_path=False)
    run = snaplint_here("check", "a.snaplint.json", cwd=tmp_path)
    assert (run.returncode, "cannot read `gone`: no such file or directory" in run.stdout) == (2, True)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
ROUTES = [
    ("version",),
    ("account",),
    ("requests",),
    ("requests", 0),
    ("requests", 0, "TargetBucket"),
    ("requests", 0, "TargetSnapshotName"),
    ("requests", 0, "Tags"),
    ("requests", 0, "KmsKeyId"),
    ("caller",),
    ("caller", "arn"),
    ("caller", "policies"),
    ("caller", "policies", 0),
    ("caller", "policies", 0, "Statement"),
    ("caller", "policies", 0, "Statement", 0),
    ("caller", "policies", 0, "Statement", 0, "Action"),
    ("caller", "policies", 0, "Statement", 0, "Condition"),
    ("caller", "boundary"),
    ("caller", "context"),
    ("organization",),
    ("snapshots",),
    ("snapshots", "nightly"),
    ("snapshots", "nightly", "NumNodeGroups"),
    ("buckets",),
    ("buckets", "acme-exports"),
    ("buckets", "acme-exports", "acl"),
    ("buckets", "acme-exports", "policy"),
    ("buckets", "acme-exports", "policy", "Statement", 0),
    ("buckets", "acme-exports", "policy", "Statement", 0, "Principal"),
    ("buckets", "acme-exports", "policy", "Statement", 0, "Resource"),
    ("buckets", "acme-exports", "policy", "Statement", 0, "Condition"),
    ("buckets", "acme-exports", "encryption"),
    ("buckets", "acme-exports", "keys"),
    ("facts",),
]


def planted(data: Any, route: tuple[str | int, ...], value: object) -> None:
    *way, last = route
    for step in way:
        data = data[step]
    data[last] = value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ROUTES), JUNK)
def test_junk_anywhere_never_breaks_snaplint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], route: tuple[str | int, ...], junk: object
) -> None:
    data = json.loads(as_json(READY))
    planted(data, route, junk)
    path = tmp_path / "a.snaplint.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    codes = [main(["check", "--format", form, str(path)]) for form in ("text", "json")]
    out, err = capsys.readouterr()
    assert err == ""
    assert codes[0] == codes[1]
    assert codes[0] in (0, 1, 2)
    assert out.isprintable() or "\x1b" not in out

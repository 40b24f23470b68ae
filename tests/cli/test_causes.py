"""Causes in the JSON report: one thing to change is one cause, however many rules and requests it concerns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.world import ASSUMING, HEAD, INFORMED, READY, UNKNOWN, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Run

    Causes = Callable[..., list[dict[str, Any]]]

SERVICE = ["service-lacks-read", "service-lacks-read-acp", "service-lacks-write"]
DENY = """\
        - Sid: OnlyFromOurNetwork
          Effect: Deny
          Principal: "*"
          Action: "s3:*"
          Resource: ["arn:aws:s3:::acme-exports", "arn:aws:s3:::acme-exports/*"]
          Condition: {StringNotEquals: {"aws:SourceVpc": vpc-1, "aws:PrincipalAccount": "111122223333"}}
"""
MANY = "".join(
    f"  - {{SourceSnapshotName: nightly, TargetSnapshotName: orders-{number}, TargetBucket: acme-exports}}\n"
    for number in range(200)
)


@pytest.fixture
def causes(snaplint_here: Run, tmp_path: Path) -> Causes:
    """Check preflight files in one run, and return the causes, after a test that the report is consistent."""

    def check(*texts: str, flags: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        names = [f"{name}.snaplint.yaml" for name in "abc"[: len(texts)]]
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text, encoding="utf-8")
        report = json.loads(snaplint_here("check", "--format", "json", *flags, *names, cwd=tmp_path).stdout)
        consistent(report)
        found: list[dict[str, Any]] = report["causes"]
        return found

    return check


def consistent(report: dict[str, Any]) -> None:
    """Each verdict that fails or is undetermined names causes, which name its rule and its request; no other does."""
    by_id = {cause["id"]: cause for cause in report["causes"]}
    assert len(by_id) == len(report["causes"])
    named: dict[str, set[tuple[int, str]]] = {identity: set() for identity in by_id}
    for index, result in enumerate(report["results"]):
        for verdict in result["verdicts"]:
            assert bool(verdict.get("causes")) == (verdict["verdict"] in ("fails", "cannot-tell")), verdict["rule"]
            for identity in verdict.get("causes", []):
                named[identity].add((index, verdict["rule"]))
    for identity, cause in by_id.items():
        assert cause["requests"] == sorted({index for index, _ in named[identity]})
        assert set(cause["rules"]) == {rule for _, rule in named[identity]}


def test_nothing_to_change_has_no_cause(causes: Causes) -> None:
    assert causes(READY) == []


def test_a_deny_is_one_cause_of_all_grants_and_requests(causes: Causes) -> None:
    lines = READY.replace("  - SourceSnapshotName: nightly\n    TargetSnapshotName: orders-2026-11\n", "  - {}\n")
    text = READY.partition("requests:\n")[0] + "requests:\n" + MANY + READY.partition("TargetBucket: acme-exports\n")[2]
    assert "orders-199" in text, lines
    found = [cause for cause in causes(text + DENY) if cause["kind"] == "deny"]
    assert [(cause["sid"], cause["effect"], cause["layer"]) for cause in found] == [
        ("OnlyFromOurNetwork", "Deny", "bucket policy")
    ]
    (deny,) = found
    assert set(deny["rules"]) >= set(SERVICE)
    assert deny["requests"] == list(range(200))
    assert (text + DENY).split("\n")[deny["location"]["line"] - 1] == "        - Sid: OnlyFromOurNetwork"
    assert json.loads(deny["repair"].partition(":\n")[2]) == {
        "Condition": {
            "StringNotEquals": {
                "aws:SourceVpc": "vpc-1",
                "aws:PrincipalAccount": "111122223333",
                "aws:PrincipalServiceName": "us-east-1.elasticache-snapshot.amazonaws.com",
            }
        }
    }
    assert "Add Upload/Delete permissions on the bucket." in deny["advises"]


def test_a_missing_grant_is_one_cause_with_what_is_missing(causes: Causes) -> None:
    (cause,) = causes(READY.replace('"s3:GetBucketAcl",', "").replace('"s3:PutObject", ', ""))
    assert (cause["kind"], cause["rules"]) == ("missing-grant", ["service-lacks-read-acp", "service-lacks-write"])
    statement = json.loads(cause["repair"].partition(":\n")[2])
    assert statement["Action"] == ["s3:PutObject", "s3:GetBucketAcl"]
    assert statement["Principal"] == {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}


def test_a_wrong_principal_and_the_grants_that_it_costs_are_one_cause(causes: Causes) -> None:
    wrong = READY.replace("us-east-1.elasticache-snapshot.amazonaws.com", "elasticache.amazonaws.com")
    (cause,) = causes(wrong)
    assert (cause["kind"], cause["severity"]) == ("wrong-principal", "error")
    assert cause["rules"] == [*SERVICE, "wrong-service-principal"]
    assert cause["repair"].endswith("with `us-east-1.elasticache-snapshot.amazonaws.com`")


def test_a_statement_that_is_not_in_a_list_is_blamed_too(causes: Causes) -> None:
    head, _, statement = READY.partition(
        "        - Effect: Allow\n          Principal: {Service: us-east-1.elasticache-snapshot"
    )
    (cause,) = causes(
        f"{head}        Effect: Allow\n          Principal: {{Service: elasticache{statement}".replace(
            "\n          ", "\n        "
        )
    )
    assert (cause["kind"], cause["rules"]) == ("wrong-principal", [*SERVICE, "wrong-service-principal"])


def test_what_the_caller_lacks_is_one_cause_a_layer(causes: Causes) -> None:
    text = READY.replace('Action: ["elasticache:*", "s3:*"]', 'Action: ["s3:Get*", "s3:Put*"]')
    (cause,) = causes(text)
    assert (cause["kind"], cause["layer"]) == ("missing-grant", "identity policy")
    assert cause["rules"] == ["caller-cannot-list-buckets", "caller-grant-incomplete", "caller-not-permitted"]
    actions = [each["Action"] for each in json.loads(cause["repair"].partition(":\n")[2])]
    assert "s3:GetObject" not in json.dumps(actions)
    assert "s3:ListAllMyBuckets" in json.dumps(actions)


def test_grants_of_a_bucket_that_has_to_be_replaced_follow_from_it(causes: Causes) -> None:
    first, *rest = causes(READY.replace("    region: us-east-1\n", "    region: eu-west-1\n"))
    assert first["kind"] == "setting"
    assert set(first["rules"]) >= {"bucket-outside-region", *SERVICE, "wrong-service-principal"}
    assert [cause for cause in rest if set(cause["rules"]) & set(SERVICE)] == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('Action: ["elasticache:*", "s3:*"]', "Action: 5", "`Action` must be text or a list of texts, not a number"),
        ("boundary: null", "boundary: {Statement: [{Effect: Allow, Action: '*', Resource: x}]}", "`x` is neither"),
        (
            "organization: null",
            "organization: {rcps: [], scps: [[{Statement: [{Effect: Alow, Action: '*', Resource: '*'}]}]]}",
            "`Effect` must be",
        ),
        (
            "Principal: {Service: us-east-1.elasticache-snapshot.amazonaws.com}",
            "Principal: {Service: 7}",
            "must be text",
        ),
        ('    policy:\n      Version: "2012-10-17"', "    policy:\n      Version: now", "`Version` must be"),
    ],
)
def test_what_an_error_in_a_policy_leaves_undetermined_follows_from_it(
    causes: Causes, right: str, wrong: str, message: str
) -> None:
    assert right in READY
    found = causes(READY.replace(right, wrong, 1))
    assert [cause["kind"] for cause in found] == ["setting"]
    (cause,) = found
    assert message in cause["message"]
    assert "policy-malformed" in cause["rules"]
    assert len(cause["rules"]) > 1
    assert cause["settle"] == []


def test_a_missing_fact_is_one_cause_with_the_command_that_prints_it(causes: Causes) -> None:
    found = causes(READY.replace("    acl: null\n", "").replace("BucketOwnerEnforced", "ObjectWriter"), READY + DENY)
    (acl,) = [cause for cause in found if cause["kind"] == "missing-fact"]
    assert acl["message"] == "the ACL of bucket `acme-exports` is not provided"
    assert acl["settle"] == ["aws s3api get-bucket-acl --bucket acme-exports"]
    assert acl["requests"] == [0]


def test_what_nobody_can_provide_is_undocumented(causes: Causes) -> None:
    deny = DENY.replace('StringNotEquals: {"aws:SourceVpc": vpc-1, "aws:PrincipalAccount": "111122223333"}', "X")
    condition = '"Null": {"s3:x-amz-server-side-encryption": "true"}'
    found = causes(READY + deny.replace("X", condition).replace('"s3:*"', '"s3:PutObject"'))
    assert [(cause["kind"], cause["verdict"]) for cause in found] == [("undocumented", "cannot-tell")]
    assert "`s3:x-amz-server-side-encryption`" in found[0]["message"]
    assert found[0]["settle"] == []


def test_an_input_error_is_the_cause_of_what_it_leaves_undetermined(causes: Causes, tmp_path: Path) -> None:
    write(tmp_path, policy_json="{")
    first, *rest = causes(READY.partition("    policy:\n")[0] + "    policy: policy.json\n")
    assert (first["kind"], first["location"]["path"], first["severity"]) == ("input", "policy.json", "error")
    assert set(first["rules"]) >= set(SERVICE)
    assert [cause["kind"] for cause in rest] == []


def test_an_input_error_on_which_nothing_depends_is_a_cause_too(causes: Causes) -> None:
    (cause,) = causes(READY, HEAD + "requests: 1\n")
    assert (cause["kind"], cause["rules"], cause["requests"]) == ("input", [], [])


def test_two_requests_for_one_key_collide(causes: Causes) -> None:
    (cause,) = causes(READY, READY)
    assert (cause["kind"], cause["rules"], cause["requests"]) == ("collision", ["object-key-exists"], [1])
    assert (cause["location"]["path"], cause["location"]["line"]) == ("a.snaplint.yaml", 5)


def test_a_note_is_a_cause(causes: Causes) -> None:
    (cause,) = causes(INFORMED)
    assert (cause["severity"], cause["verdict"], cause["rules"]) == ("info", "fails", ["public-access-block-relaxed"])


def test_a_strict_run_names_the_policies_that_are_not_provided(causes: Causes) -> None:
    found = causes(ASSUMING, flags=("--strict",))
    assert {cause["message"] for cause in found} == {
        "the organization's SCPs are not provided",
        "the organization's RCPs are not provided",
    }


def test_an_id_stays_the_same_if_lines_and_statements_are_added(causes: Causes) -> None:
    (before,) = [cause for cause in causes(READY + DENY) if cause["kind"] == "deny"]
    more = '        - {Effect: Allow, Principal: {AWS: "444455556666"}, Action: "s3:GetObject", Resource: "*"}\n'
    (after,) = [cause for cause in causes("# a comment\n" + READY + more + DENY) if cause["kind"] == "deny"]
    assert (before["id"], before["location"]["line"]) != (after["id"], after["location"]["line"])
    assert before["id"] == after["id"]


def test_causes_come_in_causal_order(causes: Causes) -> None:
    broken = HEAD + "requests: 1\n"
    text = READY.replace("SnapshotStatus: available", "SnapshotStatus: creating").replace('"s3:PutObject", ', "")
    text = text.replace("TargetSnapshotName: orders-2026-11", 'TargetSnapshotName: ""').replace("acl: null", "tags: {}")
    found = causes(text, broken, UNKNOWN.replace("orders", "others"))
    kinds = [(cause["kind"], cause["verdict"]) for cause in found]
    assert kinds[:3] == [("input", "fails"), ("request", "fails"), ("setting", "fails")]
    assert [verdict for _, verdict in kinds] == sorted((verdict for _, verdict in kinds), reverse=True)


def test_rights_on_a_bucket_that_has_to_be_replaced_follow_from_it(causes: Causes) -> None:
    text = READY.replace('Action: ["elasticache:*", "s3:*"]', "Action: s3:List*")
    found = causes(text.replace('    account: "111122223333"\n    acl', '    account: "444455556666"\n    acl'))
    (bucket,) = [cause for cause in found if "bucket-not-owned" in cause["rules"]]
    assert "caller-not-permitted" in bucket["rules"]
    (call,) = [cause for cause in found if "caller-not-permitted" in cause["rules"] and cause is not bucket]
    assert "`elasticache:CopySnapshot`" in call["message"]
    assert [cause["message"] for cause in found if cause is not bucket and "s3:PutObject" in cause["message"]] == []

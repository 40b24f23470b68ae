"""Policies that name thousands of buckets: statements and entries about other buckets are not compared."""

from __future__ import annotations

from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

import pytest

from snaplint.iam import HOLE, Outcome, Simulator
from snaplint.iam.document import resource_element
from snaplint.iam.document.resource_element import Resources
from snaplint.iam.document.statement import Statement
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.pattern import Glob, matches_glob

if TYPE_CHECKING:
    from collections.abc import Callable

ME = "arn:aws:iam::111122223333:user/ann"
MANY = 2000
FORMS = ("{0}", "{0}/*", "{0}/a?c", "{0}/*/x*", "{0}/${{aws:username}}/*", "{0}/a-{1}")


def statement(resources: Any, effect: str = "Allow", element: str = "Resource") -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", element: resources}


def decided(statements: list[dict[str, Any]], resource: str) -> dict[str, Any]:
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": statements}])
    request = {"principal": ME, "action": "s3:GetObject", "resource_account": "111122223333"}
    return simulator.decide(**request, resource=resource, context={"aws:username": "ann"}).as_json()


def bucket(number: int) -> str:
    return f"arn:aws:s3:::bucket-{number}"


def test_statements_about_other_buckets_are_not_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    matched: list[Statement] = []
    plain = Statement.match

    def noted(self: Statement, request: Any) -> int:
        matched.append(self)
        return plain(self, request)

    monkeypatch.setattr(Statement, "match", noted)
    statements = [statement([bucket(number), bucket(number) + "/*"]) for number in range(MANY)]
    assert "Allowed" in str(decided([*statements, statement("arn:aws:s3:::other*", "Deny")], bucket(7) + "/k"))
    assert 0 < len(matched) < 5


@pytest.mark.parametrize("together", [False, True])
def test_entries_about_other_keys_of_the_bucket_are_not_compared(
    together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    plain = Glob.matches

    def noted(self: Glob, text: str) -> bool:
        compared.append(text)
        return plain(self, text)

    monkeypatch.setattr(Glob, "matches", noted)
    keys = [f"{bucket(1)}/{number:04}*.rdb" for number in range(MANY)]
    denials = [statement(keys, "Deny")] if together else [statement(key, "Deny") for key in keys]
    for key, decision in (
        (f"0007-{HOLE}.rdb", "ExplicitlyDenied"),
        (f"9-{HOLE}.rdb", "Allowed"),
        (f"x{HOLE}.rdb", "Allowed"),
    ):
        assert decision in str(decided([statement("*"), *denials], f"{bucket(1)}/{key}"))
    assert 0 < sum(text.startswith(bucket(1)) for text in compared) < 100


@pytest.mark.parametrize("resource", ["/abc", "/x/xy", "/ann/1", f"/a-{HOLE}", "", f"/{HOLE}bc"])
def test_many_entries_and_statements_answer_as_few(resource: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (7, 8, 9, 10, 11, 12, MANY + 1):
        asked = bucket(number) + resource
        entries = [FORMS[each % len(FORMS)].format(bucket(each), each) for each in range(200)]
        wide = ["arn:aws:s3:::bucket-1*", "arn:aws:*:::bucket-8/*"]
        documents = [
            [statement(entries)],
            [statement(entries, element="NotResource"), statement("*", "Deny")],
            [statement(each, "Deny" if number % 2 else "Allow") for each in (*entries, *wide)],
            [statement("*"), statement([*entries, *wide], "Deny")],
        ]
        found = [decided(each, asked) for each in documents]
        with monkeypatch.context() as patched:
            patched.setattr("snaplint.iam.decision.candidates.MANY", 10**9)
            patched.setattr(resource_element, "MANY", 10**9)
            listed = [decided(each, asked) for each in documents]
        for one, other in zip(listed, found, strict=True):
            assert one == other


@pytest.mark.parametrize("value", ["v7", "v7-x", "v", "w7", "v199z", "v1000", ""])
def test_many_prefixes_answer_as_few(value: str) -> None:
    listed = [f"v{number}*" for number in range(0, 400, 2)]
    denied = {**statement("*", "Deny"), "Condition": {"StringLike": {"aws:Referer": [*listed, "v7-*"]}}}
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [statement("*"), denied]}])
    request: dict[str, Any] = {"principal": ME, "action": "s3:GetObject", "resource": f"{bucket(1)}/k"}
    matches = any(matches_glob(each, value) for each in (*listed, "v7-*"))
    outcome = simulator.decide(**request, resource_account="111122223333", context={"aws:Referer": value}).decision
    assert outcome is (Outcome.ExplicitlyDenied if matches else Outcome.Allowed)


@pytest.mark.parametrize("value", ["0", "1", "1.5", "3", "9", "10", "-1"])
@pytest.mark.parametrize(
    ("operator", "relation"),
    [
        ("NumericLessThan", lt),
        ("NumericLessThanEquals", le),
        ("NumericGreaterThan", gt),
        ("NumericGreaterThanEquals", ge),
        ("NumericEquals", eq),
    ],
)
def test_one_of_several_thresholds_is_enough(
    operator: str, relation: Callable[[float, float], bool], value: str
) -> None:
    denied = {**statement("*", "Deny"), "Condition": {operator: {"s3:max-keys": ["3", "9", "1"]}}}
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [statement("*"), denied]}])
    request: dict[str, Any] = {"principal": ME, "action": "s3:ListBucket", "resource": bucket(1)}
    matches = any(relation(float(value), threshold) for threshold in (3, 9, 1))
    outcome = simulator.decide(**request, resource_account="111122223333", context={"s3:max-keys": value}).decision
    assert outcome is (Outcome.ExplicitlyDenied if matches else Outcome.Allowed)


def test_how_the_resources_of_an_element_begin() -> None:
    assert Resources([bucket(1), bucket(1) + "/*"]).beginnings == frozenset({bucket(1), bucket(1) + "/"})
    assert Resources([bucket(1) + "*"]).beginnings == frozenset({bucket(1)})
    assert Resources([bucket(1)], excluded=True).beginnings == frozenset({""})
    assert Resources([bucket(1)], unreadable=True).beginnings == frozenset({""})
    assert Resources([ArnPattern(["arn:", 0, ":s3:::b/k"], crossing=True)]).beginnings == frozenset({""})

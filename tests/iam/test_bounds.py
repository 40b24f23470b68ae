"""The work is bounded: however large the policies are; if not everything can be tried, the answer is `Depends`.

The tests count operations and use no clock, except for a process with a timeout that only unbounded work can exceed.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from snaplint.iam import Context, Decision, Outcome, Policy, Principal, Request, Simulator
from snaplint.iam.decision import choices
from snaplint.iam.document.condition import Condition
from snaplint.iam.document.statement import Statement

PUT: dict[str, Any] = {
    "principal": "arn:aws:iam::111122223333:user/ann",
    "action": "s3:PutObject",
    "resource": "arn:aws:s3:::b/k",
    "resource_account": "111122223333",
}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
MANY = 10_000


def deny(condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


def decide(denies: list[dict[str, Any]], unknown: list[str], **more: Any) -> Decision:
    document = {"Version": "2012-10-17", "Statement": [EVERYTHING, *denies]}
    simulator = Simulator(identity_policies=[Policy.compile(document, "identity")], **more)
    return simulator.decide(**PUT, unknown=unknown)


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[object]:
    """Return a list to which every later call of a method adds its object."""
    calls: list[object] = []
    plain = getattr(owner, name)

    def noted(self: object, argument: object) -> object:
        calls.append(self)
        return plain(self, argument)

    monkeypatch.setattr(owner, name, noted)
    return calls


def texts(count: int, form: str = "v-{}") -> list[str]:
    return [form.format(number) for number in range(count)]


# -- what can be tried is decided exactly -----------------------------------------------------------------------------


def test_a_few_thousand_values_of_one_key_are_all_tried() -> None:
    # One of the two denies, whatever the endpoint is. Only trying each value shows it.
    listed = {"aws:SourceVpce": texts(3000)}
    decision = decide([deny({"StringEquals": listed}), deny({"StringNotEquals": listed})], ["aws:SourceVpce"])
    assert decision.decision is Outcome.ImplicitlyDenied or decision.decision is Outcome.ExplicitlyDenied
    assert decision.depends_on == ()


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnEquals", "ArnLike"])
def test_values_without_wildcards_are_looked_up(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from snaplint.iam.terms.pattern import Glob

    compared = counted(monkeypatch, Glob, "matches")
    listed = texts(2000, "arn:aws:s3:::b{}")
    decision = decide([deny({operator: {"aws:SourceArn": listed}})], ["aws:SourceArn"])
    assert (decision.decision, decision.depends_on) == (Outcome.Depends, ("aws:SourceArn",))
    assert len(compared) < 10 * len(listed)


def test_thresholds_within_the_bound_are_distinguished() -> None:
    low, high = {"s3:max-keys": "100"}, {"s3:max-keys": "1"}
    decision = decide([deny({"NumericLessThan": low}), deny({"NumericGreaterThanEquals": high})], ["s3:max-keys"])
    # An absent key meets neither condition; any number meets one of them.
    assert (decision.decision, decision.depends_on) == (Outcome.Depends, ("s3:max-keys",))


# -- what cannot be tried is `Depends` --------------------------------------------------------------------------------

HUGE: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "statements": ([deny({"StringEquals": {"aws:SourceVpce": value}}) for value in texts(MANY)], ["aws:SourceVpce"]),
    "negated": ([deny({"StringNotEquals": {"aws:SourceVpce": value}}) for value in texts(MANY)], ["aws:SourceVpce"]),
    "alike": ([deny({"StringEquals": {"aws:SourceVpce": "v"}})] * MANY, ["aws:SourceVpce"]),
    "patterns": (
        [deny({"StringLike": {"aws:SourceVpce": value}}) for value in texts(MANY, "v-{}*")],
        ["aws:SourceVpce"],
    ),
    "numbers": ([deny({"NumericLessThan": {"s3:max-keys": value}}) for value in texts(MANY, "{}")], ["s3:max-keys"]),
    "dates": ([deny({"DateLessThan": {"s3:when": value}}) for value in texts(MANY, "17{}")], ["s3:when"]),
    "listed numbers": ([deny({"NumericEquals": {"s3:max-keys": texts(MANY, "{}")}})], ["s3:max-keys"]),
    "listed texts": ([deny({"StringEquals": {"aws:SourceVpce": texts(5 * MANY)}})], ["aws:SourceVpce"]),
    "listed ARNs": ([deny({"ArnLike": {"aws:SourceArn": texts(4000, "arn:aws:s3:::b{}")}})], ["aws:SourceArn"]),
    "listed ARN patterns": (
        [deny({"ArnLike": {"aws:SourceArn": texts(4000, "arn:aws:s3:::b{}") + texts(4000, "arn:aws:s3:::b{}*")}})],
        ["aws:SourceArn"],
    ),
    "listed sets": ([deny({"ForAnyValue:StringEquals": {"aws:TagKeys": texts(MANY)}})], ["aws:TagKeys"]),
    "mixed": (
        [
            deny(
                {
                    "NumericLessThan": {"s3:k": texts(220, "1{}")},
                    "DateLessThan": {"s3:k": texts(220, "17{}")},
                    "StringEquals": {"s3:k": texts(1000)},
                }
            )
        ],
        ["s3:k"],
    ),
    "keys": (
        [deny({"StringEquals": {f"aws:RequestTag/{value}": "x"}}) for value in texts(MANY)],
        texts(MANY, "aws:RequestTag/v-{}"),
    ),
    "keys of one statement": (
        [deny({"StringEquals": {f"aws:RequestTag/{value}": "x" for value in texts(MANY)}})],
        texts(MANY, "aws:RequestTag/v-{}"),
    ),
    "variables": (
        [deny({"StringEquals": {"aws:SourceVpce": f"${{aws:RequestTag/{value}}}"}}) for value in texts(MANY)],
        ["aws:SourceVpce", *texts(MANY, "aws:RequestTag/v-{}")],
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_too_much_to_try_depends(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    matched = counted(monkeypatch, Statement, "match")
    evaluated = counted(monkeypatch, Condition, "truth")
    denies, unknown = HUGE[name]
    decision = decide(denies, unknown)
    assert decision.decision is Outcome.Depends
    assert set(decision.depends_on) == set(unknown)
    assert len(matched) <= len(denies) + 1
    # A few times to begin with, then for every value that is tried.
    assert len(evaluated) <= 6 * (len(denies) + MANY) + choices.MOST_ANSWERS


@pytest.mark.parametrize("name", ["statements", "numbers", "listed texts"])
def test_the_key_that_is_named_determines_the_answer(name: str) -> None:
    denies, unknown = HUGE[name]
    document = {"Version": "2012-10-17", "Statement": [EVERYTHING, *denies]}
    simulator = Simulator(identity_policies=[document])
    value = "0" if name == "numbers" else "v-17"
    assert simulator.decide(**PUT, context={unknown[0]: value}).decision is Outcome.ExplicitlyDenied
    other = "99999" if name == "numbers" else "elsewhere"
    assert simulator.decide(**PUT, context={unknown[0]: other}).decision is Outcome.Allowed


def test_conditions_are_tried_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated = counted(monkeypatch, Condition, "truth")
    denies = [deny({"StringEquals": {f"aws:RequestTag/k{number % 6}": f"x{number}"}}) for number in range(600)]
    decide(denies, texts(6, "aws:RequestTag/k{}"))
    # Each for the values of its own key, not in every world.
    assert len(evaluated) <= 200 * len(denies)


def test_levels_that_no_value_passes_together_deny() -> None:
    levels = [
        [{"Version": "2012-10-17", "Statement": [EVERYTHING | {"Condition": {"StringLike": {"s3:prefix": patterns}}}]}]
        for patterns in ([f"{letter}{number}*" for number in range(6)] for letter in "abcdefghi")
    ]
    decision = decide(
        [deny({"StringEquals": {"aws:SourceVpce": texts(2000)}})], ["aws:SourceVpce", "s3:prefix"], scps=levels
    )
    assert (decision.decision, decision.denied, decision.depends_on) == (Outcome.Depends, True, ("aws:SourceVpce",))


def test_caches_of_principals_and_actions_are_bounded() -> None:
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [EVERYTHING] * 100}])
    for number in range(1500):
        found = simulator.decide(**PUT | {"principal": f"arn:aws:iam::111122223333:user/u{number}"})
        assert found.decision is Outcome.Allowed
    kept = sum(len(each.candidates) for each in simulator._known.values())
    assert 0 < kept <= 110_000


def test_what_is_certain_is_kept_for_a_bounded_number_of_values_and_of_sets_of_statements() -> None:
    allows = [EVERYTHING | {"Resource": f"arn:aws:s3:::b/{number}-*"} for number in range(10)]
    denies = [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": f"{number}"}}}
        for number in range(10)
    ]
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [*allows, *denies]}])
    for number in range(1000):
        found = simulator.decide(**PUT | {"resource": "arn:aws:s3:::b/3-x", "context": {"s3:prefix": f"{number}"}})
        assert found.decision is (Outcome.ExplicitlyDenied if number < 10 else Outcome.Allowed)
    (prepared,) = simulator._known.values()
    assert prepared.certain is not None
    assert all(0 < len(kept) <= 64 for _, kept, _ in prepared.certain._by_key)
    assert 0 < len(prepared.certain._left) <= 256
    assert 0 < len(prepared.certain._rulings) <= 256


def test_the_cache_of_keys_is_bounded() -> None:
    request = Request(Principal.parse(PUT["principal"]), PUT["action"], PUT["resource"], None, Context())
    for number in range(10_000):
        assert request.states[f"aws:requesttag/{number}"] == ()
    assert 0 < len(request.states) <= 5000


# -- a process of its own, which is killed if it takes too long -------------------------------------------------------

_ASK = """
import json, sys
from snaplint.iam import Simulator
input_ = json.load(sys.stdin)
simulator = Simulator(resource_policy=input_["policy"])
for request in input_["requests"]:
    print(simulator.decide(**request).decision)
"""


def test_a_bucket_policy_of_stars_against_long_names() -> None:
    resources = ["arn:aws:s3:::b/" + body for body in ("*a" * 2000 + "c", "*" + "a?" * 2000 + "c*", "?*" * 2000 + "c")]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resources}
    likes = {"StringLike": {"s3:prefix": ["*" + "a?" * 2000 + "c*"]}}
    policy = {"Version": "2012-10-17", "Statement": [statement, statement | {"Resource": "*", "Condition": likes}]}
    requests = [
        PUT | {"resource": "arn:aws:s3:::b/" + "ab" * 5000, "context": {"s3:prefix": "a" * (10_000 - number)}}
        for number in range(50)
    ]
    found = subprocess.run(
        [sys.executable, "-c", _ASK],
        input=json.dumps({"policy": policy, "requests": requests}),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert found.stdout.split() == ["ImplicitlyDenied"] * len(requests)


def test_a_decision_leaves_no_reference_cycles() -> None:
    """Otherwise the garbage collector would have to run all the time."""
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    tested = policy["Statement"] | {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "data"}}}  # type: ignore[operator]
    simulator = Simulator(identity_policies=[policy, policy | {"Statement": tested}])

    def ask(context: dict[str, object]) -> None:
        simulator.decide(
            principal="arn:aws:iam::111122223333:user/ann",
            action="s3:GetObject",
            resource="arn:aws:s3:::b/k",
            resource_account="111122223333",
            context=context,
        )

    ask({"aws:PrincipalTag/team": "data"})
    gc.collect()
    gc.disable()
    try:
        for number in range(100):
            ask({"aws:PrincipalTag/team": "data", "aws:SourceIp": f"10.0.0.{number}"})
        assert gc.collect() == 0
    finally:
        gc.enable()

"""Runs the cases beside it: requests with their decisions, in plain YAML, each with the AWS page it comes from."""

from __future__ import annotations

import os
from typing import Any

import pytest
import yaml

from snaplint.iam import Simulator
from snaplint.iam.operators import OPERATORS

_FOLDER = os.path.join(os.path.dirname(__file__), "cases")
_POLICIES = (
    "identity_policies",
    "resource_policy",
    "permission_boundaries",
    "session_policy",
    "scps",
    "rcps",
    "vpc_endpoint_policies",
    "acl",
    "object_ownership",
    "s3_block_public_access",
)
_MEMBERS = {"id", "source", "request", "unknown", "foreign", "expect", *_POLICIES}
_DECISIONS = {True: "Allowed", False: "ImplicitlyDenied", "unknown": "Depends"}
_ME = "arn:aws:iam::111122223333:user/ann"


def _load(name: str) -> dict[str, Any]:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        found: dict[str, Any] = yaml.safe_load(file)
    return found


_FILES = {name: _load(name) for name in sorted(os.listdir(_FOLDER))}
_CASES = [
    pytest.param(case, id=f"{name.removesuffix('.yaml')}/{case['id']}")
    for name, content in _FILES.items()
    for case in content.get("cases", ())
]
_CONDITIONS = _FILES["operators.yaml"]["conditions"]
_RESOURCES = _FILES["resources.yaml"]["resources"]


def _spot(reason: Any) -> str:
    level = "" if reason.level is None else f"[{reason.level}]"
    return f"{reason.layer}{level} {reason.policy}.{reason.statement}"


@pytest.mark.parametrize("case", _CASES)
def test_case(case: dict[str, Any]) -> None:
    assert case.keys() <= _MEMBERS
    assert case["source"].startswith("https://docs.aws.amazon.com/")
    simulator = Simulator(**{name: case[name] for name in _POLICIES if name in case})
    decision = simulator.decide(**case["request"], unknown=case.get("unknown", ()), foreign=case.get("foreign", ()))
    expect = case["expect"]
    assert str(decision.decision) == expect["decision"], decision
    if "because" in expect:
        assert [_spot(reason) for reason in decision.because] == expect["because"]
    if "blocked_by" in expect:
        assert list(decision.blocked_by) == expect["blocked_by"]
    assert list(decision.depends_on) == expect.get("depends_on", [])


@pytest.mark.parametrize("case", _CONDITIONS, ids=lambda case: f"{case['op']} {case['values']} {case.get('given')}")
def test_condition(case: dict[str, Any]) -> None:
    condition = {case["op"]: {"x:key": case["values"]}}
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]}
    context = {"X:Key": case["given"]} if "given" in case else {}
    decision = Simulator(identity_policies=[policy]).decide(
        principal=_ME, action="s3:PutObject", resource="*", resource_account="111122223333", context=context
    )
    assert str(decision.decision) == _DECISIONS[case["match"]], decision


def test_every_operator_fires_and_stays_silent() -> None:
    for match in (True, False):
        met = {case["op"].rpartition(":")[2].removesuffix("IfExists") for case in _CONDITIONS if case["match"] is match}
        assert OPERATORS.keys() <= met


@pytest.mark.parametrize("case", _RESOURCES, ids=lambda case: f"{case['pattern']} {case['resource']}")
def test_resource(case: dict[str, Any]) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": case["pattern"]}]}
    decision = Simulator(identity_policies=[policy]).decide(
        principal=_ME, action="s3:PutObject", resource=case["resource"], resource_account="111122223333"
    )
    assert str(decision.decision) == _DECISIONS[case["match"]], decision
    policy["Statement"][0]["NotResource"] = policy["Statement"][0].pop("Resource")
    turned = Simulator(identity_policies=[policy]).decide(
        principal=_ME, action="s3:PutObject", resource=case["resource"], resource_account="111122223333"
    )
    expected = case.get("turned", {True: False, False: True, "unknown": "unknown"}[case["match"]])
    assert str(turned.decision) == _DECISIONS[expected], turned

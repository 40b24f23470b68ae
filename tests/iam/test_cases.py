"""Run the cases in `cases/`: requests with their decisions in YAML, each with the AWS page that it rests on.

A file is a list of cases: `name`, `request` and `policies` (the members of `snaplint simulate`), `expect` (`decision`,
`depends_on`, which is empty by default, `denied`, which is false by default, and optionally `because` and
`blocked_by`), and `because`, the page. A reason is written as `layer[level] policy.statement`.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
import yaml

from snaplint.iam import Simulator
from snaplint.iam.document.operators import OPERATORS

_FOLDER = os.path.join(os.path.dirname(__file__), "cases")
_CASE = {"name", "request", "policies", "expect", "because"}
_EXPECT = {"decision", "because", "blocked_by", "depends_on", "denied"}
_DECISIONS = {"Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Depends"}
_MOST_LINES = 250


def _files() -> dict[str, str]:
    """Return the text of every file of cases, by topic and name."""
    found: dict[str, str] = {}
    for topic in sorted(os.listdir(_FOLDER)):
        for name in sorted(os.listdir(os.path.join(_FOLDER, topic))):
            with open(os.path.join(_FOLDER, topic, name), encoding="utf-8") as file:
                found[f"{topic}/{name.removesuffix('.yaml')}"] = file.read()
    return found


_FILES = _files()
_CASES: dict[str, dict[str, Any]] = {}
_TWICE: Counter[str] = Counter()
for _name, _text in _FILES.items():
    for _case in yaml.load(_text, Loader=yaml.CSafeLoader):  # C reads these files ten times faster
        _CASES[f"{_name}/{_case['name']}"] = _case
        _TWICE[f"{_name}/{_case['name']}"] += 1


def _spot(reason: Any) -> str:
    level = "" if reason.level is None else f"[{reason.level}]"
    return f"{reason.layer}{level} {reason.policy}.{reason.statement}"


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES.keys())
def test_case(case: dict[str, Any]) -> None:
    expect = case["expect"]
    decision = Simulator(**case["policies"]).decide(**case["request"])
    assert str(decision.decision) == expect["decision"], decision
    if "because" in expect:
        assert [_spot(reason) for reason in decision.because] == expect["because"]
    if "blocked_by" in expect:
        assert list(decision.blocked_by) == expect["blocked_by"]
    assert list(decision.depends_on) == expect.get("depends_on", [])
    assert decision.denied == expect.get("denied", False)


def _is_whole(case: dict[str, Any]) -> bool:
    return (
        case.keys() == _CASE
        and case["expect"].keys() <= _EXPECT
        and case["expect"]["decision"] in _DECISIONS
        and case["because"].startswith("https://docs.aws.amazon.com/")
    )


def test_every_case_says_what_it_expects_and_why() -> None:
    assert [name for name, case in _CASES.items() if not _is_whole(case)] == []


def test_names_are_given_once() -> None:
    assert [name for name, times in _TWICE.items() if times > 1] == []


def test_no_two_cases_of_a_topic_ask_the_same() -> None:
    questions: dict[tuple[str, str], list[str]] = {}
    for name, case in _CASES.items():
        question = repr((case["request"], case["policies"]))
        questions.setdefault((name.partition("/")[0], question), []).append(name)
    assert [names for names in questions.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", _FILES)
def test_a_file_can_be_read_in_one_go(name: str) -> None:
    assert _FILES[name].startswith("# ")
    assert len(_FILES[name].splitlines()) <= _MOST_LINES


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("decision", ["Allowed", "ImplicitlyDenied", "Depends"])
def test_every_operator_is_met_not_met_and_undetermined(operator: str, decision: str) -> None:
    assert any(
        case["expect"]["decision"] == decision and _only_operator(case) == operator
        for name, case in _CASES.items()
        if name.startswith(("operators/", "unknowns/operators"))
    )


def _only_operator(case: dict[str, Any]) -> str | None:
    """Return the operator of a case with one statement that has one condition."""
    statements = [each for policy in case["policies"].get("identity_policies", ()) for each in policy["Statement"]]
    operators = list(statements[0].get("Condition", ())) if len(statements) == 1 else []
    return operators[0] if len(operators) == 1 else None

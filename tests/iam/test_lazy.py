"""Statements are compiled when they are needed: the answers are those of a policy that is compiled as a whole.

The documents have broken parts of every kind. The eager policy compiles all statements, and nothing that was compiled
before is used for it.
"""

from __future__ import annotations

import copy
import gc
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.strategies_wide import questions

from snaplint.iam import Policy, Simulator
from snaplint.iam.document import elements
from snaplint.iam.document import policy as policies
from snaplint.iam.document.action_filter import filter_for
from snaplint.iam.document.kept import Memo
from snaplint.iam.terms.truth import NO

KINDS = {
    "identity_policies": "identity",
    "resource_policy": "resource",
    "permission_boundaries": "boundary",
    "session_policy": "session",
    "scps": "scp",
    "rcps": "rcp",
    "vpc_endpoint_policies": "endpoint",
}
BROKEN: tuple[Any, ...] = (
    None, 7, 1.5, True, "", [], {}, "x", "*", ["*"], {"a": 1}, "${", "${aws:username}", "s3:Get Object", " s3:Get*",
    "s3GetObject", "s*:Get*", "s*:Get Object", "arn:aws:s3", "arn:aws:s3:::b/*", "\u043a\u043b", [["s3:*"]],
    ["s3:*", 3], "Alow", "2011-01-01", "s3:GetObjekt", "arn:aws:s3:::b/${",
)  # fmt: skip
MEMBERS = ("Extra", "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal", "Id")
ACTIONS = ("s3:GetObject", "s3:PutObject", "kms:Decrypt", "elasticache:CopySnapshot", "nonsense")


def broken(random: Random, value: Any, depth: int) -> Any:
    """Return the value with one part replaced, removed, added or repeated; `depth` 0 is a document."""
    if isinstance(value, dict) and value:
        found, name = dict(value), random.choice(list(value))
        chance = random.random()
        if depth > 0 and chance < 0.25:
            found[name] = random.choice(BROKEN)
        elif depth > 0 and chance < 0.35:
            del found[name]
        elif depth >= 0 and chance < 0.45:
            found[random.choice(MEMBERS)] = random.choice(BROKEN)
        else:
            found[name] = broken(random, value[name], depth + 1)
        return found
    if isinstance(value, (list, tuple)) and value:
        items, number = list(value), random.randrange(len(value))
        chance = random.random()
        if chance < 0.1:
            items[number] = random.choice(BROKEN)
        elif chance < 0.2:
            items.append(random.choice((*BROKEN, items[number])))
        else:
            items[number] = broken(random, items[number], depth + 1)
        return items
    return random.choice(BROKEN)


def drawn(seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the policies of a simulator, broken more often than not, a request, and what is known of its context."""
    random = Random(seed)  # noqa: S311
    question = questions(random)
    setup = dict(question["setup"])
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        name = random.choice([name for name in KINDS if name in setup] or ["resource_policy"])
        setup[name] = broken(random, setup.get(name), 0 if name in ("resource_policy", "session_policy") else -1)
    context = {"context": question["world"], "unknown": question["unknown"], "foreign": question["foreign"]}
    return setup, question["request"], context


def forget() -> None:
    """Forget everything that was compiled."""
    for memo in (elements._statements, elements._parts, policies._policies):
        memo.clear()
        memo._met.clear()


def told(simulator: Simulator, request: dict[str, Any], context: dict[str, Any], action: str) -> object:
    decision = simulator.decide(**{**request, "action": action}, **context)
    return decision.as_json(), [(reason.route, reason.sid, reason.effect) for reason in decision.because]


def documents(setup: dict[str, Any]) -> list[tuple[Any, str]]:
    def inside(value: Any, kind: str) -> list[tuple[Any, str]]:
        return [one for each in value for one in inside(each, kind)] if isinstance(value, list) else [(value, kind)]

    return [one for name, kind in KINDS.items() if name in setup for one in inside(setup[name], kind)]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
def test_decisions_are_those_of_eager_policies(seed: int) -> None:
    setup, request, context = drawn(seed)
    actions = Random(seed).sample(ACTIONS, len(ACTIONS))  # noqa: S311
    lazy = [told(Simulator(**setup, owned=True), request, context, action) for action in actions]
    again = Simulator(**setup)
    assert [told(again, request, context, action) for action in actions] == lazy
    forget()
    eager = Simulator(**setup)
    for layer in eager.layers:
        for policy in layer.policies:
            assert policy.statements is not None
            assert policy.faults is not None
    assert [told(eager, request, context, action) for action in reversed(actions)] == lazy[::-1]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
def test_faults_do_not_depend_on_what_was_asked_before(seed: int) -> None:
    setup, _, _ = drawn(seed)
    for document, kind in documents(setup):
        forget()
        expected = Policy.compile(document, kind, ("there",)).faults
        for owned in (True, False):
            asked = Policy.compile(document, kind, ("there",), owned=owned)
            for action in ACTIONS:
                asked.candidates(action.lower())
            assert asked.faults == expected


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_not_compiled_does_not_match(seed: int) -> None:
    setup, _, _ = drawn(seed)
    for document, kind in documents(setup):
        raw = document.get("Statement") if isinstance(document, dict) else None
        statements = raw if isinstance(raw, list) else [raw] if isinstance(raw, dict) else []
        compiled = Policy.compile(document, kind).statements
        for action in map(str.lower, ACTIONS):
            for number, statement in enumerate(statements):
                if filter_for(kind, action).excludes(statement):
                    assert compiled[number].matches_action(action) == NO


def test_a_document_that_changes_later_does_not_change_the_answer() -> None:
    document: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    request: dict[str, Any] = {
        "principal": "arn:aws:iam::111122223333:user/ann",
        "action": "s3:GetObject",
        "resource": "*",
    }
    simulator = Simulator(identity_policies=[document])
    expected = Simulator(identity_policies=[copy.deepcopy(document)]).decide(**request).decision
    document["Statement"][0]["Effect"] = "Deny"
    assert simulator.decide(**request).decision == expected == "Allowed"


def test_what_is_kept_is_bounded_and_comes_again() -> None:
    memo = Memo()
    assert not memo.keep("once", b"text", 1)
    assert memo.get("once") is None
    assert memo.keep("once", b"text", 1)
    assert memo.get("once") == 1
    assert not memo.keep("long", b"x" * 100_000, 1)
    for number in range(20_000):
        memo.keep(number, b"x" * 100, number)
        memo.keep(number, b"x" * 100, number)
    assert 0 < len(memo) <= 4096


def test_true_is_not_one_where_statements_are_kept() -> None:
    def decided(value: object) -> str:
        condition = {"StringEquals": {"aws:SourceVpce": value}}
        statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
        simulator = Simulator(identity_policies=[{"Statement": statement}])
        request: dict[str, Any] = {
            "principal": "arn:aws:iam::111122223333:user/ann",
            "action": "s3:GetObject",
            "resource": "*",
        }
        return simulator.decide(**request, context={"aws:SourceVpce": "true"}).decision

    assert [decided(value) for value in (1, True, 1.0) * 3] == ["ImplicitlyDenied", "Allowed", "ImplicitlyDenied"] * 3


def test_a_simulator_is_freed_at_once() -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}]}
    request: dict[str, Any] = {
        "principal": "arn:aws:iam::111122223333:user/ann",
        "action": "s3:GetObject",
        "resource": "*",
    }
    gc.collect()
    gc.disable()
    try:
        Simulator(identity_policies=[document], resource_policy=document).decide(**request)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_statement_compiled_from_an_earlier_one_has_its_own_resource_and_no_doubts_of_another_document() -> None:
    def decided(bucket: str, version: str) -> object:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
        simulator = Simulator(identity_policies=[{"Version": version, "Statement": [statement]}])
        asked: dict[str, Any] = {"principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject"}
        return [
            simulator.decide(**asked, resource=f"arn:aws:s3:::{name}/key", resource_account="111122223333").decision
            for name in (bucket, "elsewhere")
        ]

    forget()
    for number in range(4):
        assert decided(f"bucket-{number}", "2008-10-18") == ["Depends", "ImplicitlyDenied"]
    for number in range(4):
        assert decided(f"bucket-{number}", "2012-10-17") == ["Allowed", "ImplicitlyDenied"]
    assert decided("${", "2012-10-17") == ["Depends", "Depends"]
    assert decided("bucket-5", "2012-10-17") == ["Allowed", "ImplicitlyDenied"]

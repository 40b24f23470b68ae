"""The engine and the naive evaluator give the same answers, whether or not everything is known.

A question is drawn from a seed, both evaluators answer, and a difference is shrunk before it is shown. The AWS page
that the rule cites in either evaluator says which one is right.
"""

from __future__ import annotations

import json
import os
from itertools import islice
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.naive.worlds import Choice, named_principals, worlds
from tests.iam.strategies_wide import CANONICAL, ME, OWNER, ROLE, SERVICE, SESSION, USER, Question, questions, smaller

from snaplint.iam import Decision, Outcome, Simulator

SEEDS = st.integers(0, 2**48)
ROUNDS = int(os.environ.get("SNAPLINT_ROUNDS", "1000"))
"""How many questions each of the slower properties draws."""
MOST_WORLDS = 600
"""Questions with more possible worlds are skipped."""


class Answers(NamedTuple):
    """The answer of the engine, and every world with its answer."""

    engine: Decision
    worlds: list[tuple[Choice, str]]

    @property
    def outcomes(self) -> set[str]:
        return {answer for _, answer in self.worlds}

    def end(self, answer: str) -> str | bool:
        """Return what `depends_on` decides of an answer: whether it allows, or how it denies if no world allows."""
        return answer if self.engine.denied else answer == "Allowed"

    @property
    def ends(self) -> set[str | bool]:
        return set(map(self.end, self.outcomes))


def drawn(seed: int, *, account: bool = True) -> Question:
    """Return the question of a seed."""
    return questions(Random(seed), account=account)  # noqa: S311 - nothing here is secret


def known(question: Question) -> Question:
    """Return the same question with everything known."""
    return question | {"unknown": (), "foreign": ()}


def ask(question: Question) -> Answers | None:
    """Return the answers of both evaluators; None if no world is possible, or too many are."""
    setup, request, unknown, foreign = (question[name] for name in ("setup", "request", "unknown", "foreign"))
    context = {key: value for key, value in question["world"].items() if key not in (*unknown, *foreign)}
    found = list(islice(worlds(setup, request, context, unknown, foreign), MOST_WORLDS + 1))
    if not 0 < len(found) <= MOST_WORLDS:
        return None
    decision = Simulator(**setup).decide(**request, context=context, unknown=unknown, foreign=foreign)
    return Answers(decision, [(choice, choice.world.decide()) for choice in found])


def contradicts(question: Question) -> bool:
    """Return True if the engine's decision is wrong in some world, or if it denies in any case and a world allows."""
    answers = ask(question)
    if answers is None:
        return False
    if answers.engine.decision is Outcome.Depends:
        return answers.engine.denied and "Allowed" in answers.outcomes
    return answers.outcomes != {str(answers.engine.decision)}


def hesitates(question: Question) -> bool:
    """Return True if the engine answers `Depends` although all worlds agree, on how they deny if none allows."""
    answers = ask(question)
    if answers is None or answers.engine.decision is not Outcome.Depends or coarse(question, answers.engine):
        return False
    return len(answers.ends) == 1


def names_too_much(question: Question) -> bool:
    """Return True if the engine names a key that makes no difference, whatever the values of the others."""
    answers = ask(question)
    if answers is None or answers.engine.decision is not Outcome.Depends or coarse(question, answers.engine):
        return False
    return not all(matters(key, answers) for key in answers.engine.depends_on)


def names_too_little(question: Question) -> bool:
    """Return True if the keys that the engine names do not decide the request, whatever their values are."""
    answers = ask(question)
    if answers is None or answers.engine.decision is not Outcome.Depends or coarse(question, answers.engine):
        return False
    keys = {key.lower() for key in answers.engine.depends_on}
    named = keys | {_CHOICES.get(key, key) for key in keys} | _UNDOCUMENTED
    ends: dict[str, set[str | bool]] = {}
    for choice, answer in answers.worlds:
        known = {name: value for name, value in choice.settled.items() if name in named}
        ends.setdefault(json.dumps(known, sort_keys=True), set()).add(answers.end(answer))
    return any(len(each) == 2 for each in ends.values())


_CHOICES = {"aws:principalarn": "role", "aws:userid": "id"}
"""The choices of the naive evaluator that decide these keys."""
_UNDOCUMENTED = frozenset({"canonical", "session", "user", "AWS star covers services"})
"""The choices for which `depends_on` has no name of its own, or `principal`."""


def matters(key: str, answers: Answers) -> bool:
    """Return True if two worlds that differ in this key only have different answers."""
    choice_of_key = _CHOICES.get(key.lower(), key.lower())
    # The account that owns the bucket decides which account the ID of the owner in its ACL belongs to.
    left_out = {key.lower(), choice_of_key} | ({"canonical"} if choice_of_key == "resource_account" else set())
    ends: dict[str, set[str | bool]] = {}
    for choice, answer in answers.worlds:
        rest = {name: value for name, value in choice.settled.items() if name not in left_out}
        ends.setdefault(json.dumps(rest, sort_keys=True), set()).add(answers.end(answer))
    return any(len(each) == 2 for each in ends.values())


def coarse(question: Question, engine: Decision) -> bool:
    """Return True if the question is beyond the documented exactness of the engine (`snaplint.iam.decision.worlds`).

    What AWS does not document is true or false independently of everything else (which account has the canonical ID?).
    A value that is none of yours may be that of a variable, or match a pattern that values of other accounts match.
    A role that a policy names as Principal exists, and names are unique. From that follows `aws:PrincipalArn` of a
    session of that name, which the engine does not conclude; nor whether the role is service-linked.
    """
    needs = {need.lower() for need in engine.depends_on}
    if any(need in ("principal", "s3_block_public_access") or "." in need.partition("/")[0] for need in needs):
        return True
    who: str = question["request"]["principal"]
    role = who.split("/")[1] if ":assumed-role/" in who else None
    is_named = any(entry.endswith(f"/{role}") for _, entry in named_principals(question["setup"]))
    if "aws:principalarn" in needs and ("AWSServiceRoleFor" in who or is_named):
        return True
    strange = {*(key.lower() for key in question["foreign"]), "aws:principalaccount"}
    return bool(needs & strange) and any(wild in _conditions(question) for wild in ("${", "*", "?"))


def _conditions(question: Question) -> str:
    """Return the conditions of all policies as text."""
    found: list[Any] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.append(value.get("Condition"))
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(inner)

    walk(question["setup"])
    return json.dumps(found)


def _text(question: Question) -> str:
    return json.dumps(question["setup"], indent=1)


def shown(question: Question) -> str:
    """Return a question and its answers as text to read and to copy."""
    answers = ask(question)
    assert answers is not None
    lines = [f"the engine says {answers.engine}", "the worlds say"]
    lines += [f"  {answer}: {choice.settled}" for choice, answer in answers.worlds[:12]]
    return "\n".join([*lines, json.dumps(question, indent=1)])


def _allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*"} | more


def _deny(**more: Any) -> dict[str, Any]:
    return _allow(**more) | {"Effect": "Deny"}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _case(principal: str, *, unknown: tuple[str, ...] = (), **setup: Any) -> Question:
    request = {"principal": principal, "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "resource_account": ME}
    return {"setup": setup, "request": request, "world": {}, "unknown": unknown, "foreign": ()}


_AGREED = [
    pytest.param(
        # .../reference_policies_condition-keys.html#condition-keys-principalisawsservice
        _case(
            "*",
            resource_policy=_policy(_allow(Principal="*", Condition={"Null": {"aws:PrincipalIsAWSService": "false"}})),
        ),
        id="an anonymous request carries no aws:PrincipalIsAWSService",
    ),
    pytest.param(
        # .../reference_policies_elements_condition_operators.html#Conditions_ARN
        _case(
            SESSION,
            identity_policies=[
                _policy(_allow(), _deny(Condition={"ArnEquals": {"aws:PrincipalArn": "arn:*:iam::*:user/???"}}))
            ],
        ),
        id="no path makes a role of a session a user",
    ),
    pytest.param(
        # .../reference_policies_elements_condition_operators.html#Conditions_IPAddress: an address is no empty text
        _case(
            ROLE,
            unknown=("aws:SourceIp",),
            identity_policies=[
                _policy(
                    _allow(Condition={"Null": {"aws:SourceIp": "false"}}),
                    _allow(Condition={"NotIpAddress": {"aws:SourceIp": "2001:db8::/32"}}),
                )
            ],
        ),
        id="an address is there or it is not",
    ),
    pytest.param(
        # .../reference_policies_elements_condition_operators.html#Conditions_Boolean
        _case(
            ROLE,
            unknown=("aws:SecureTransport",),
            identity_policies=[
                _policy(
                    _allow(Condition={"Null": {"aws:SecureTransport": "false"}}),
                    _allow(Condition={"BoolIfExists": {"aws:SecureTransport": "true"}}),
                )
            ],
        ),
        id="a boolean is there or it is not",
    ),
    pytest.param(
        # .../reference_policies_condition-single-vs-multi-valued-context-keys.html
        _case(
            USER,
            unknown=("aws:TagKeys",),
            identity_policies=[_policy(_allow(Condition={"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}))],
        ),
        id="a set that is missing has no value that differs",
    ),
    pytest.param(
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee
        _case(
            USER,
            acl={
                "Owner": {"ID": OWNER},
                "Grants": [
                    {
                        "Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"},
                        "Permission": "WRITE",
                    },
                    {"Grantee": {"ID": CANONICAL}, "Permission": "FULL_CONTROL"},
                ],
            },
        ),
        id="a grant to accounts needs the account's own Allow",
    ),
    pytest.param(
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        _case(SERVICE, s3_block_public_access=True, resource_policy=_policy(_allow(Principal="*"))),
        id="a public policy that is blocked still serves services",
    ),
    pytest.param(
        # .../reference_policies_condition-keys.html#condition-keys-principalarn
        _case(
            SESSION,
            resource_policy=_policy(
                _allow(Principal={"AWS": "AROA1234567890EXAMPLE"}),
                _allow(Principal="*"),
                _deny(Principal="*", Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}}),
            ),
        ),
        id="the unique ID of a role does not decide its ARN",
    ),
]


@pytest.mark.parametrize("question", _AGREED)
def test_what_once_differed_or_might(question: Question) -> None:
    assert ask(question) is not None
    for differs in (contradicts, hesitates, names_too_much):
        assert not differs(question), shown(question)


@pytest.mark.parametrize(
    ("differs", "word"),
    [(contradicts, "Allowed"), (hesitates, "Depends")],
)
def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch, differs: Any, word: str) -> None:
    # The checks are only useful if a wrong engine fails them.
    monkeypatch.setattr(Simulator, "decide", lambda *_, **__: Decision(Outcome[word], ()))
    assert differs(_case(USER, identity_policies=[_policy(_deny())]))


def test_a_key_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Decision(Outcome.Depends, (), (), ("s3:x-amz-acl",))
    monkeypatch.setattr(Simulator, "decide", lambda *_, **__: wrong)
    policy = _policy(_allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    question = _case(USER, unknown=("aws:SourceVpce", "s3:x-amz-acl"), identity_policies=[policy])
    assert names_too_little(question)


def test_a_value_that_matches_two_patterns_is_found() -> None:
    one, two = f"arn:aws:elasticache:*:{ME}:snapshot:s", f"arn:aws:elasticache:us-east-1:{ME}:snapshot:*"
    both = {"ArnLike": {"aws:SourceArn": one}, "ArnEquals": {"aws:SourceArn": two}}
    question = _case(USER, unknown=("aws:SourceArn",), identity_policies=[_policy(_allow(Condition=both))])
    assert Simulator(**question["setup"]).decide(**question["request"], unknown=["aws:SourceArn"]).depends_on
    assert not names_too_much(question)


def test_a_key_that_makes_no_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Decision(Outcome.Depends, (), (), ("aws:SourceVpce", "s3:x-amz-acl"))
    monkeypatch.setattr(Simulator, "decide", lambda *_, **__: wrong)
    policy = _policy(_allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))
    question = _case(USER, unknown=("aws:SourceVpce", "s3:x-amz-acl"), identity_policies=[policy])
    assert names_too_much(question)


@settings(max_examples=2500, deadline=None)
@given(SEEDS)
def test_known_worlds_end_alike(seed: int) -> None:
    question = known(drawn(seed))
    assert not contradicts(question), shown(smaller(question, contradicts))


@settings(max_examples=1500, deadline=None)
@given(SEEDS)
def test_nothing_is_decided_where_worlds_differ(seed: int) -> None:
    question = drawn(seed, account=False)
    assert not contradicts(question), shown(smaller(question, contradicts))


@settings(max_examples=ROUNDS, deadline=None)
@given(SEEDS)
def test_it_depends_only_where_worlds_differ(seed: int) -> None:
    question = drawn(seed, account=False)
    assert not hesitates(question), shown(smaller(question, hesitates))


@settings(max_examples=ROUNDS, deadline=None)
@given(SEEDS)
def test_what_it_depends_on_makes_a_difference(seed: int) -> None:
    question = drawn(seed, account=False)
    assert not names_too_much(question), shown(smaller(question, names_too_much))


@settings(max_examples=ROUNDS, deadline=None)
@given(SEEDS)
def test_what_it_depends_on_decides_it(seed: int) -> None:
    question = drawn(seed, account=False)
    assert not names_too_little(question), shown(smaller(question, names_too_little))


@given(SEEDS)
@settings(max_examples=ROUNDS)
def test_a_simulator_decides_the_same_after_many_requests(seed: int) -> None:
    question = drawn(seed)
    simulator = Simulator(**question["setup"])
    for number in range(12):
        other = drawn(seed + number % 6)  # each once before, and once after the simulator has met it
        request = question["request"] | {"resource": other["request"]["resource"]}
        unknown = other["unknown"] if number % 3 == 0 else ()
        asked = request | {"context": other["world"], "unknown": unknown}
        assert simulator.decide(**asked) == Simulator(**question["setup"]).decide(**asked)

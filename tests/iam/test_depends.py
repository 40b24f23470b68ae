"""`Depends` means that worlds differ, and `depends_on` names exactly what decides: every world is tried, one by one.

Where every world denies, worlds differ if a Deny denies in some and only an Allow is missing in others.

The policies are about three keys, whose values are tried in full by the naive evaluator.
"""

from __future__ import annotations

import os
from collections import defaultdict
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.naive.decide import World

from snaplint.iam import Context, Decision, Outcome, Principal, Request, Simulator
from snaplint.iam.decision import diagram, worlds

ROUNDS = int(os.environ.get("SNAPLINT_ROUNDS", "1000")) // 10
ME = "111122223333"
PUT: dict[str, Any] = {
    "principal": f"arn:aws:iam::{ME}:user/ann",
    "action": "s3:PutObject",
    "resource": "arn:aws:s3:::b/ab",
    "resource_account": ME,
}
ONE, TWO, TLS = "aws:RequestTag/one", "aws:RequestTag/two", "aws:SecureTransport"
# Of every kind that the patterns below distinguish, two values, so that two keys can be equal or differ in each.
TEXTS = (None, "", "a", "b", "ab", "a1b", "AB", "Ab", "aB", "ax", "ay", "xb", "yb", "x", "y", "xx", "yy", "A", "B")
VALUES = {ONE: TEXTS, TWO: TEXTS, TLS: (None, "true", "false")}
_TEXT = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "Null")
_LISTED = ("a", "b", "ab")
_WILD = ("a", "ab", "a*", "*b", "?", "*")


def variable(key: str) -> str:
    """Return the variable of a key."""
    return "${" + key + "}"


def policy(random: Random) -> dict[str, Any]:
    """Return a policy of a few statements on the three keys."""
    return {"Version": "2012-10-17", "Statement": [_statement(random) for _ in range(random.randint(1, 4))]}


def _statement(random: Random) -> dict[str, Any]:
    resource = random.choice(("*", "*", "*", f"arn:aws:s3:::b/{variable(ONE)}", f"arn:aws:s3:::b/a{variable(TWO)}"))
    found = {"Effect": random.choice(("Allow", "Allow", "Deny")), "Action": "s3:*", "Resource": resource}
    condition: dict[str, Any] = {}
    for _ in range(random.randint(0, 2)):
        key = random.choice((ONE, TWO, TLS))
        if key == TLS:
            condition.setdefault("Bool", {})[key] = random.choice(("true", "false"))
            continue
        operator = random.choice(_TEXT)
        if operator == "Null":
            condition.setdefault("Null", {})[key] = random.choice(("true", "false"))
            continue
        other = TWO if key == ONE else ONE
        values = (*(_WILD if operator.endswith("Like") else _LISTED), variable(other))
        if operator == "StringEqualsIgnoreCase":
            values = _LISTED
        chosen = random.sample(values, random.randint(1, 2))
        condition.setdefault(operator + random.choice(("", "", "IfExists")), {})[key] = chosen
    return found | {"Condition": condition} if condition else found


def setup_of(random: Random) -> dict[str, Any]:
    """Return the arguments of a Simulator."""
    found: dict[str, Any] = {"identity_policies": [policy(random)]}
    if random.random() < 0.3:
        found["scps"] = [[policy(random)]]
    if random.random() < 0.3:
        document = policy(random)
        for statement in document["Statement"]:
            statement["Principal"] = "*"
        found["resource_policy"] = document
    return found


def ends_of(setup: dict[str, Any]) -> dict[tuple[Any, ...], str]:
    """Return the answer of the naive evaluator in every world, by the values of the three keys."""
    found: dict[tuple[Any, ...], str] = {}
    for values in product(*VALUES.values()):
        held = {key.lower(): [value] for key, value in zip(VALUES, values, strict=True) if value is not None}
        found[values] = World(setup, PUT, held).decide()
    return found


def split(ends: dict[tuple[Any, ...], str], names: list[str]) -> bool:
    """Return True if worlds in which these keys have the same values have different answers.

    Two denials are the same answer, unless no world allows.
    """
    allowed = "Allowed" in ends.values()
    places = [place for place, key in enumerate(VALUES) if key in names]
    groups: dict[tuple[Any, ...], set[str | bool]] = defaultdict(set)
    for values, answer in ends.items():
        groups[tuple(values[place] for place in places)].add(answer == "Allowed" if allowed else answer)
    return any(len(each) == 2 for each in groups.values())


@settings(max_examples=ROUNDS, deadline=None)
@given(st.integers(0, 2**48))
def test_depends_names_exactly_what_decides(seed: int) -> None:
    setup = setup_of(Random(seed))  # noqa: S311 - nothing here is secret
    decision = Simulator(**setup).decide(**PUT, unknown=list(VALUES))
    ends = ends_of(setup)
    answers = set(ends.values())
    assert decision.denied == (answers == {"ImplicitlyDenied", "ExplicitlyDenied"}), setup
    if len(answers) == 1:
        assert (str(decision.decision), decision.depends_on) == (answers.pop(), ()), setup
        return
    names = list(decision.depends_on)
    assert decision.decision is Outcome.Depends, setup
    assert not split(ends, names), (names, setup)
    for name in names:
        assert split(ends, [other for other in names if other != name]), (name, setup)


@settings(max_examples=ROUNDS, deadline=None)
@given(st.integers(0, 2**48))
def test_the_shortcut_and_the_diagram_agree(seed: int) -> None:
    setup = setup_of(Random(seed))  # noqa: S311 - nothing here is secret
    first = Simulator(**setup).decide(**PUT, unknown=list(VALUES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "all_matter", lambda *_: False)
        second = Simulator(**setup).decide(**PUT, unknown=list(VALUES))
    assert first == second


# -- many keys --------------------------------------------------------------------------------------------------------

MANY = [f"aws:RequestTag/k{number:02}" for number in range(20)]


def _deny(**condition: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}


def _pairs(count: int, operator: str = "StringEquals") -> dict[str, Any]:
    """Return a policy that denies every pair of keys, each with values of its own."""
    keys = MANY[:count]
    denies = [
        _deny(**{operator: {one: f"x{other[-2:]}", other: f"y{one[-2:]}"}}) for one, other in combinations(keys, 2)
    ]
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *denies]}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which every node of a diagram adds its steps."""
    found: list[int] = []
    plain = diagram.Diagram.spend

    def spend(self: diagram.Diagram, steps: int) -> None:
        found.append(steps)
        plain(self, steps)

    monkeypatch.setattr(diagram.Diagram, "spend", spend)
    return found


@pytest.mark.parametrize("count", [8, 12, 20])
def test_pairs_of_many_keys_all_decide(count: int, steps: list[int]) -> None:
    decision = Simulator(identity_policies=[_pairs(count)]).decide(**PUT, unknown=MANY)
    assert (decision.decision, list(decision.depends_on)) == (Outcome.Depends, MANY[:count])
    assert sum(steps) < 15 * count * count


@pytest.mark.parametrize("count", [8, 12, 20])
def test_pairs_of_many_keys_all_decide_how_a_request_is_denied(count: int, steps: list[int]) -> None:
    document = _pairs(count)
    del document["Statement"][0]
    decision = Simulator(identity_policies=[document]).decide(**PUT, unknown=MANY)
    assert (decision.decision, decision.denied, decision.cut_short) == (Outcome.Depends, True, False)
    assert (list(decision.depends_on), decision.blocked_by) == (MANY[:count], ("identity",))
    assert sum(steps) < 15 * count * count


def test_beyond_the_bounds_a_denial_is_still_one_and_depends_on_all_in_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diagram, "MOST_STEPS", 20)
    monkeypatch.setattr(worlds, "all_matter", lambda *_: False)
    document = _pairs(5)
    del document["Statement"][0]
    decision = Simulator(identity_policies=[document]).decide(**PUT, unknown=MANY)
    assert (decision.decision, decision.denied, decision.cut_short) == (Outcome.Depends, True, True)
    assert list(decision.depends_on) == MANY[:5]


def test_pairs_of_which_one_is_always_met(steps: list[int]) -> None:
    # Of seven values that each key must not have, it can have only one.
    decision = Simulator(identity_policies=[_pairs(8, "StringNotEquals")]).decide(**PUT, unknown=MANY)
    assert (decision.decision, decision.depends_on) == (Outcome.ExplicitlyDenied, ())
    assert sum(steps) < diagram.MOST_STEPS


def test_keys_that_only_a_needless_statement_tests_are_not_named() -> None:
    document = _pairs(7)
    document["Statement"] += [_deny(StringEquals={MANY[0]: "x01", MANY[1]: "y00", other: "z"}) for other in MANY[7:]]
    decision = Simulator(identity_policies=[document]).decide(**PUT, unknown=MANY)
    assert (decision.decision, list(decision.depends_on)) == (Outcome.Depends, MANY[:7])


def test_beyond_the_bounds_the_names_still_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "MOST_STEPS", 20)
    monkeypatch.setattr(worlds, "all_matter", lambda *_: False)
    simulator = Simulator(identity_policies=[_pairs(5)])
    decision = simulator.decide(**PUT, unknown=MANY)
    assert (decision.decision, list(decision.depends_on)) == (Outcome.Depends, MANY[:5])
    for values in product((None, "x01", "y00"), repeat=5):
        known = dict(zip(MANY, values, strict=False))
        assert simulator.decide(**PUT, context=known, unknown=MANY[5:]).decision is not Outcome.Depends


def test_what_was_explored_is_kept_for_the_next_object(monkeypatch: pytest.MonkeyPatch) -> None:
    explored: list[object] = []
    plain = worlds.explore

    def explore(questions: Any, budget: Any) -> Any:
        explored.append(questions)
        return plain(questions, budget)

    monkeypatch.setattr(worlds, "explore", explore)
    simulator = Simulator(identity_policies=[_pairs(8)])
    for number in range(90):
        context = Context(unknown=MANY)
        request = Request(Principal.parse(PUT["principal"]), "s3:PutObject", f"arn:aws:s3:::b/{number:04}", ME, context)
        assert list(simulator.evaluate(request).depends_on) == MANY[:8]
    assert len(explored) == 1


def test_what_was_explored_is_not_kept_for_other_values_or_resources() -> None:
    team = "aws:PrincipalTag/team"
    allow = {"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:s3:::b/{variable(team)}"}
    deny = _deny(StringEquals={"aws:SourceVpce": "vpce-1", team: "data"})
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [allow, deny]}])

    def decided(key: str, **context: Any) -> Decision:
        ask = PUT | {"resource": f"arn:aws:s3:::b/{key}"}
        return simulator.decide(**ask, context=context, unknown=[team, "aws:SourceVpce"])

    def names(key: str, **context: Any) -> tuple[str, ...]:
        decision = decided(key, **context)
        assert not decision.denied
        return decision.depends_on

    assert names("data") == (team, "aws:SourceVpce")
    assert names("other") == (team,)
    assert names("data", **{"aws:SourceVpce": "vpce-2"}) == (team,)
    # with the one value that the Allow needs, the Deny matches
    denied = decided("data", **{"aws:SourceVpce": "vpce-1"})
    assert (denied.denied, denied.depends_on) == (True, (team,))

"""Keys that come together, and keys with the same value: decisions agree with those of every request that can occur."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.iam import Context, Decision, Outcome, Principal, Request, Simulator
from snaplint.iam.terms.states import ABSENT, PRESENT

USER = Principal.parse("arn:aws:iam::111122223333:user/ann")
KEYS = ("x:account", "x:organization", "x:owner")
VALUES = ("a", "b", "zq", "")
TOGETHER: list[list[dict[str, Any]]] = [
    [
        {"x:account": ABSENT, "x:organization": ABSENT},
        {"x:account": ("a",), "x:organization": PRESENT},
        {"X:Account": ("b",), "x:organization": ABSENT},
    ]
]
SAME = [["x:Organization", "x:owner"]]


def worlds() -> list[dict[str, str]]:
    """Return the contexts that can occur: keys that are absent are missing."""
    present = [one for one in VALUES if one]
    alternatives: list[dict[str, str]] = [{}, *({"x:account": "a", "x:organization": one} for one in present)]
    alternatives.append({"x:account": "b"})
    found = []
    for alternative, owner in product(alternatives, (None, *VALUES)):
        if owner is None:
            found.append(alternative)
        elif alternative.get("x:organization", owner) == owner:
            found.append({**alternative, "x:owner": owner})
    return found


CONDITIONS = st.dictionaries(
    st.sampled_from(("StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringLike", "Null")),
    st.dictionaries(
        st.sampled_from(KEYS), st.sampled_from((*VALUES[:2], "${x:owner}", "${x:organization}")), max_size=2
    ),
    max_size=2,
)


def statement(effect: str, condition: dict[str, dict[str, str]]) -> dict[str, Any]:
    condition = {name: dict(block) for name, block in condition.items() if block}
    if "Null" in condition:
        condition["Null"] = {key: "true" if value == "a" else "false" for key, value in condition["Null"].items()}
    made: dict[str, Any] = {"Effect": effect, "Action": "*", "Resource": "*"}
    return {**made, "Condition": condition} if condition else made


def decided(policy: dict[str, Any], context: Context) -> Decision:
    simulator = Simulator(identity_policies=[policy])
    return simulator.evaluate(Request(USER, "s3:GetObject", "arn:aws:s3:::b/k", "111122223333", context))


@settings(max_examples=600, deadline=None)
@given(st.lists(st.builds(statement, st.sampled_from(("Allow", "Deny")), CONDITIONS), min_size=1, max_size=4))
def test_it_depends_only_where_requests_that_can_occur_differ(statements: list[dict[str, Any]]) -> None:
    policy = {"Version": "2012-10-17", "Statement": statements}
    unknown = Context(together=TOGETHER, same=SAME, default="unknown")
    found = decided(policy, unknown)
    outcomes = {decided(policy, Context(world)).decision for world in worlds()}
    if found.decision is not Outcome.Depends:
        assert outcomes == {found.decision}
    else:
        assert len(outcomes) > 1
        assert found.denied == (Outcome.Allowed not in outcomes)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.builds(statement, st.sampled_from(("Allow", "Deny")), CONDITIONS), min_size=1, max_size=3),
    st.sampled_from([world for world in worlds() if world]),
)
def test_what_is_known_excludes_what_does_not_fit(statements: list[dict[str, Any]], world: dict[str, str]) -> None:
    policy = {"Version": "2012-10-17", "Statement": statements}
    for key, value in world.items():
        some = Context({key: value}, together=TOGETHER, same=SAME, default="unknown")
        found, known = decided(policy, some), decided(policy, Context(world)).decision
        if found.decision is not Outcome.Depends:
            assert known is found.decision
        assert not (found.denied and known is Outcome.Allowed)


def test_a_known_key_tells_the_others() -> None:
    allow = statement("Allow", {"Null": {"x:organization": "a"}})
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    for account, outcome in (("b", Outcome.Allowed), ("a", Outcome.ImplicitlyDenied), (None, Outcome.Allowed)):
        known = Context({"x:account": account}, together=TOGETHER, default="unknown")
        assert decided(policy, known).decision is outcome


def test_what_contradicts_a_tie_is_believed() -> None:
    allow = statement("Allow", {"StringEquals": {"x:account": "zq"}})
    policy = {"Version": "2012-10-17", "Statement": [allow, statement("Deny", {"Null": {"x:organization": "b"}})]}
    found = decided(policy, Context({"x:account": "zq"}, together=TOGETHER, default="unknown"))
    assert (found.decision, found.depends_on) == (Outcome.Depends, ("x:organization",))

"""Properties of every decision, whatever the policies."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.strategies import JSON, USER, VALUES, policies, requests, setups, statements, worlds

from snaplint.iam import Decision, Outcome, Policy, Simulator

KINDS = ("identity", "resource", "scp", "rcp", "boundary", "session", "endpoint")
UNDECIDED = (Outcome.Depends,)


def word(decision: Decision) -> str:
    if decision.denied:
        return "denied"
    return {"Allowed": "allowed", "Depends": "depends"}.get(str(decision.decision), "denied")


@given(setups(), requests(), worlds())
def test_a_known_world_is_decided(setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any]) -> None:
    decision = Simulator(**setup).decide(**request | {"resource_account": "111122223333"}, context=world)
    assert decision.decision not in UNDECIDED
    assert decision.depends_on == ()


@settings(max_examples=500, deadline=None)
@given(setups(), requests(), worlds(), st.data())
def test_to_learn_more_never_contradicts(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], data: st.DataObject
) -> None:
    simulator = Simulator(**setup)
    known_keys = data.draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True))
    unknown = [key for key in VALUES if key not in known_keys]
    known = {key: value for key, value in world.items() if key in known_keys}
    before = simulator.decide(**request, context=known, unknown=unknown)
    after = simulator.decide(**request, context=world)
    if before.decision in UNDECIDED:
        assert before.depends_on
        assert not (before.denied and word(after) != "denied")
    else:
        assert after.decision is before.decision


@settings(max_examples=200, deadline=None)
@given(setups(), requests(), worlds(), st.data())
def test_what_it_depends_on_settles_it(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], data: st.DataObject
) -> None:
    simulator = Simulator(**setup)
    unknown = data.draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True))
    known = {key: value for key, value in world.items() if key not in unknown}
    before = simulator.decide(**request, context=known, unknown=unknown)
    known = {key: value for key, value in world.items() if key not in unknown or key in before.depends_on}
    left = [key for key in unknown if key not in before.depends_on]
    account = "111122223333" if "resource_account" in before.depends_on else request["resource_account"]
    after = simulator.decide(**request | {"resource_account": account}, context=known, unknown=left)
    # What the decision depended on is known now: it may only depend on something that did not matter before.
    assert after.decision not in UNDECIDED or set(after.depends_on).isdisjoint(before.depends_on)


@settings(deadline=None)
@given(setups(), requests(), worlds(), policies())
def test_reading_a_policy_never_contradicts(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], policy: dict[str, Any]
) -> None:
    unread = Simulator(**setup | {"identity_policies": [Policy.unknown(("caller.policies",))]})
    read = Simulator(**setup | {"identity_policies": [policy]})
    before, after = unread.decide(**request, context=world), read.decide(**request, context=world)
    if before.decision not in UNDECIDED:
        assert after.decision is before.decision
    assert not (before.denied and word(after) != "denied")
    assert set(before.depends_on) <= {"caller.policies", "resource_account"}


@given(setups(), requests(), worlds())
def test_a_matching_deny_always_denies(setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any]) -> None:
    deny = {"Statement": {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    decision = Simulator(**setup | {"resource_policy": deny}).decide(**request, context=world)
    assert decision.decision is Outcome.ExplicitlyDenied
    assert "No" in [reason.sid for reason in decision.because]


@settings(deadline=None)
@given(setups(), requests(), worlds(), statements())
def test_an_allow_never_adds_a_denial(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], statement: dict[str, Any]
) -> None:
    more = [*setup["identity_policies"], {"Version": "2012-10-17", "Statement": statement | {"Effect": "Allow"}}]
    before = Simulator(**setup).decide(**request, context=world, unknown=("aws:SourceVpce",))
    after = Simulator(**setup | {"identity_policies": more}).decide(
        **request, context=world, unknown=("aws:SourceVpce",)
    )
    order = ("denied", "depends", "allowed")
    assert order.index(word(after)) >= order.index(word(before))


@settings(deadline=None)
@given(setups(), requests(), worlds(), st.lists(st.sampled_from(sorted(VALUES)), unique=True), st.randoms())
def test_order_never_matters(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], unknown: list[str], random: Any
) -> None:
    known = {key: value for key, value in world.items() if key not in unknown}
    before = Simulator(**setup).decide(**request, context=known, unknown=unknown)

    def shuffled(policy: dict[str, Any]) -> dict[str, Any]:
        return policy | {"Statement": random.sample(policy["Statement"], len(policy["Statement"]))}

    found = [shuffled(policy) for policy in setup["identity_policies"]]
    other = setup | {"identity_policies": random.sample(found, len(found))}
    if "resource_policy" in setup:
        other["resource_policy"] = shuffled(setup["resource_policy"])
    after = Simulator(**other).decide(**request, context=known, unknown=unknown)
    assert (before.decision, before.blocked_by, before.depends_on) == (
        after.decision,
        after.blocked_by,
        after.depends_on,
    )


@given(setups(), requests(), worlds())
def test_case_of_actions_and_keys_never_matters(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any]
) -> None:
    simulator = Simulator(**setup)
    before = simulator.decide(**request, context=world)
    shouted = {key.upper(): value for key, value in world.items()}
    assert simulator.decide(**request | {"action": request["action"].upper()}, context=shouted) == before


@settings(deadline=None)
@given(JSON, st.sampled_from(KINDS))
def test_no_document_raises(document: Any, kind: str) -> None:
    policy = Policy.compile(document, kind, ("caller", 0))
    assert isinstance(policy.statements, tuple)
    for fault in policy.faults:
        assert fault.route[:2] == ("caller", 0)
        assert fault.message


@settings(deadline=None)
@given(JSON, JSON, JSON, JSON)
def test_no_setup_raises(identity: Any, resource: Any, acl: Any, value: Any) -> None:
    simulator = Simulator(identity_policies=[identity], resource_policy=resource, acl=acl, object_ownership=value)
    decision = simulator.decide(
        principal=USER, action="s3:PutObject", resource="arn:aws:s3:::b/k", context={"aws:SourceIp": value}
    )
    assert decision.decision in tuple(Outcome)


@settings(max_examples=300, deadline=None)
@given(statements(principal=True), st.sampled_from(("Action", "Resource", "Condition", "Principal", "Effect")), JSON)
def test_what_aws_would_refuse_never_decides(statement: dict[str, Any], element: str, value: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement | {element: value}]}
    policy = Policy.compile(document, "resource")
    decision = Simulator(resource_policy=policy).decide(
        principal="*", action="s3:PutObject", resource="arn:aws:s3:::b/k"
    )
    if policy.faults:
        assert decision.decision in (Outcome.Depends, Outcome.ImplicitlyDenied)

"""Explanations of decisions: conditions with the compared values, layers, and statements near the request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.strategies import VALUES, requests, setups, worlds

from snaplint.iam import NO, UNKNOWN, YES, Context, NotRead, Outcome, Policy, Principal, Request, Simulator
from snaplint.iam.decision.compared import Comparison, comparisons
from snaplint.iam.decision.relation import Relation
from snaplint.iam.explain.explain import MOST_STATEMENTS, ExplainedLayer, ExplainedStatement, Explanation, explain

ME = "arn:aws:iam::111122223333:user/ann"
ROLE = "arn:aws:iam::111122223333:role/exporter"
SESSION = "arn:aws:sts::111122223333:assumed-role/exporter/night"
SERVICE = "us-east-1.elasticache-snapshot.amazonaws.com"
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {**ALLOW, "Effect": "Deny"}
FULL = {"Version": "2012-10-17", "Statement": [ALLOW]}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def ask(
    principal: str = ME,
    action: str = "s3:PutObject",
    resource: str = "arn:aws:s3:::b/k",
    account: str | None = "111122223333",
    **context: Any,
) -> Request:
    return Request(Principal.parse(principal), action, resource, account, Context(**context))


def compared(operator: str, key: str, values: Any, principal: str = ME, **context: Any) -> Comparison:
    document = policy({**ALLOW, "Condition": {operator: {key: values}}})
    (statement,) = Policy.compile(document, "identity").statements
    (found,) = comparisons(statement, ask(principal, **context))
    return found


# -- conditions
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "values", "context", "value", "truth"),
    [
        ("StringEquals", "a", {"known": {"X:Key": "a"}}, ("a",), YES),
        ("StringEquals", ["a", "b"], {"known": {"x:key": "c"}}, ("c",), NO),
        ("NumericLessThan", 5, {"known": {"x:key": 4}}, ("4",), YES),
        ("ForAnyValue:StringEquals", "a", {"known": {"x:key": ["b", "a"]}}, ("b", "a"), YES),
        ("StringEquals", "a", {}, "absent", NO),
        ("StringNotEquals", "a", {}, "absent", YES),
        ("StringEquals", "a", {"known": {"x:key": None}}, "absent", NO),
        ("ForAllValues:StringEquals", "a", {"known": {"x:key": []}}, "absent", YES),
        ("StringEquals", "a", {"unknown": ["x:key"]}, "unknown", UNKNOWN),
        ("StringLike", "*", {"present": ["x:key"]}, "unknown", YES),
        ("StringEquals", "a", {"foreign": ["x:key"]}, "foreign", NO),
        ("StringNotEquals", "a", {"foreign": ["X:KEY"]}, "foreign", YES),
        ("Null", "true", {"foreign": ["x:key"]}, "foreign", UNKNOWN),
        ("StringEquals", "a", {"known": {"x:key": "a", "X:KEY": "b"}}, "unknown", UNKNOWN),
        ("StringEquals", "a", {"known": {"x:key": {}}}, "unknown", UNKNOWN),
        ("NoSuchOperator", "a", {"known": {"x:key": "a"}}, ("a",), UNKNOWN),
    ],
)
def test_values_that_were_compared(
    operator: str, values: Any, context: dict[str, Any], value: object, truth: int
) -> None:
    found = compared(operator, "x:key", values, **context)
    texts = tuple(str(each) for each in (values if isinstance(values, list) else [values]))
    assert (found.operator, found.key, found.values) == (operator, "x:key", texts)
    assert (found.request_value, found.truth) == (value, truth)
    assert found.as_json() == {
        "operator": operator,
        "key": "x:key",
        "values": list(texts),
        "request": value if isinstance(value, str) else list(found.request_value),
        "result": {YES: True, NO: False, UNKNOWN: "unknown"}[truth],
    }


@pytest.mark.parametrize(
    ("principal", "key", "value"),
    [
        (ROLE, "aws:PrincipalArn", (ROLE,)),
        # the ARN of a session lacks the path of its role
        (SESSION, "aws:PrincipalArn", ("arn:aws:iam::111122223333:role/*exporter",)),
        (SESSION, "aws:userid", ("AROA*:night",)),
        (SERVICE, "aws:PrincipalServiceName", (SERVICE,)),
        (SERVICE, "aws:PrincipalIsAWSService", ("true",)),
        (ME, "aws:username", ("ann",)),
        (ME, "s3:ResourceAccount", ("111122223333",)),
    ],
)
def test_values_that_follow_from_the_request(principal: str, key: str, value: object) -> None:
    assert compared("StringLike", key, "x", principal).request_value == value


def test_variables_are_shown_with_what_they_stand_for() -> None:
    found = compared("StringLike", "s3:prefix", "${aws:username}/${aws:PrincipalTag/t}", known={"s3:prefix": "ann/x"})
    assert found.values == ("${aws:username}/${aws:PrincipalTag/t}",)
    assert found.variables == (("aws:username", ("ann",)), ("aws:PrincipalTag/t", "absent"))
    assert found.as_json()["variables"] == {"aws:username": ["ann"], "aws:PrincipalTag/t": "absent"}


def test_conditions_keep_the_order_of_the_policy() -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"s3:b": "1", "s3:a": ["2", "3"]}}
    (statement,) = Policy.compile(policy({**ALLOW, "Condition": condition}), "identity").statements
    found = comparisons(statement, ask())
    assert [(each.operator, each.key) for each in found] == [
        ("Bool", "aws:SecureTransport"),
        ("StringEquals", "s3:b"),
        ("StringEquals", "s3:a"),
    ]


# -- reasons
# ------------------------------------------------------------------------------------------------------------------


def test_a_reason_carries_its_conditions() -> None:
    deny = {**DENY, "Sid": "D", "Condition": {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}}
    decision = Simulator(identity_policies=[policy(ALLOW, deny)]).evaluate(ask(known={"aws:SourceVpce": "vpce-9"}))
    (reason,) = decision.because
    assert reason.as_json() == {
        "layer": "identity",
        "policy": 0,
        "statement": 1,
        "sid": "D",
        "effect": "Deny",
        "conditions": [
            {
                "operator": "StringNotEquals",
                "key": "aws:SourceVpce",
                "values": ["vpce-1", "vpce-2"],
                "request": ["vpce-9"],
                "result": True,
            }
        ],
    }
    assert decision.as_json() == {
        "decision": "ExplicitlyDenied",
        "because": [reason.as_json()],
        "blocked_by": [],
        "depends_on": [],
    }


def test_a_reason_of_something_undetermined_says_so() -> None:
    allow = {**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    decision = Simulator(identity_policies=[policy(allow)]).evaluate(ask(unknown=["aws:SourceIp"]))
    (reason,) = decision.because
    (condition,) = reason.conditions
    assert (condition.request_value, condition.truth) == ("unknown", UNKNOWN)


def test_a_reason_is_compared_with_the_request_as_it_was_made() -> None:
    # the account that is not provided is tried as the principal's own, which an explanation must not show
    allow = {**ALLOW, "Condition": {"StringEquals": {"aws:ResourceAccount": "111122223333"}}}
    simulator = Simulator(identity_policies=[policy(allow)], resource_policy=policy({**DENY, "Principal": "*"}))
    assert simulator.evaluate(ask(account=None)).decision is Outcome.ExplicitlyDenied
    decision = Simulator(identity_policies=[policy(allow)]).evaluate(ask(account=None))
    assert decision.decision is Outcome.Depends
    assert [each.request_value for reason in decision.because for each in reason.conditions] == ["unknown"]


def test_reasons_are_equal_by_the_statement_they_name() -> None:
    one = Simulator(identity_policies=[FULL]).evaluate(ask()).because
    other = Simulator(identity_policies=[FULL]).evaluate(ask(ROLE)).because
    second = Simulator(identity_policies=[policy(), FULL]).evaluate(ask()).because
    assert one == other
    assert len({*one, *other}) == 1
    assert one != second
    assert one[0] != "identity"
    assert repr(one[0]) == "<Reason identity 0.0 Allow None>"


# -- layers
# ------------------------------------------------------------------------------------------------------------------


def layer(found: Explanation, name: str, level: int | None = None) -> ExplainedLayer:
    (one,) = [each for each in found.layers if (each.name, each.level) == (name, level)]
    return one


def failing(seen: ExplainedStatement) -> list[str]:
    return [each.name for each in seen.elements if each.truth == NO]


@pytest.mark.parametrize(
    ("principal", "action", "resource", "account", "relation"),
    [
        (ME, "s3:PutObject", "arn:aws:s3:::b/k", "111122223333", Relation.SAME_ACCOUNT),
        (ME, "s3:PutObject", "arn:aws:s3:::b/k", "444455556666", Relation.CROSS_ACCOUNT),
        (ME, "s3:PutObject", "arn:aws:s3:::b/k", None, None),
        (ME, "s3:ListAllMyBuckets", "arn:aws:s3:::*", None, Relation.SAME_ACCOUNT),
        (ME, "s3:ListAllMyBuckets", "*", None, Relation.SAME_ACCOUNT),
        (ME, "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1", None, Relation.RESOURCE_MUST_ALLOW),
        (SERVICE, "s3:PutObject", "arn:aws:s3:::b/k", "111122223333", Relation.NO_ACCOUNT),
    ],
)
def test_the_relation_of_principal_and_resource(
    principal: str, action: str, resource: str, account: str | None, relation: Relation | None
) -> None:
    assert explain(Simulator(), ask(principal, action, resource, account)).relation == relation


def test_every_layer_is_explained() -> None:
    simulator = Simulator(
        identity_policies=[FULL],
        resource_policy=policy({**DENY, "Principal": {"AWS": "444455556666"}}),
        permission_boundaries=[policy({**ALLOW, "Action": "s3:GetObject"})],
        scps=[[FULL], []],
        rcps=[[policy({**DENY, "Principal": "*", "Action": "kms:*"})]],
        acl={"Owner": {"ID": "x"}, "Grants": []},
    )
    found = explain(simulator, ask())
    said = {(each.name, each.level): (each.applies, each.allow, each.deny) for each in found.layers}
    assert said == {
        ("identity", None): (True, YES, NO),
        ("resource", None): (True, NO, NO),
        ("boundary", None): (True, NO, NO),
        ("scp", 0): (True, YES, NO),
        ("scp", 1): (True, NO, NO),
        # RCPFullAWSAccess is attached to every level that lists no Allow
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
        ("rcp", 0): (True, YES, NO),
    }
    assert found.decision.blocked_by == ("boundary", "scp[1]")


def test_a_layer_that_does_not_apply() -> None:
    found = explain(Simulator(identity_policies=[FULL], scps=[[policy(DENY)]]), ask(SERVICE))
    assert [(each.name, each.applies, each.statements) for each in found.layers] == [
        ("identity", False, ()),
        ("scp", False, ()),
    ]


@pytest.mark.parametrize(
    ("statement", "elements"),
    [
        ({}, []),
        ({"Action": "s3:GetObject"}, ["Action"]),
        ({"Action": None, "NotAction": "s3:Put*"}, ["NotAction"]),
        ({"Resource": "arn:aws:s3:::other/*"}, ["Resource"]),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b/*"}, ["NotResource"]),
        ({"Principal": {"AWS": ROLE}}, ["Principal"]),
    ],
)
def test_a_statement_that_one_element_keeps_from_matching(statement: dict[str, Any], elements: list[str]) -> None:
    whole = {**ALLOW, "Sid": "S", "Principal": "*", **statement}
    document = policy({name: value for name, value in whole.items() if value is not None})
    found = layer(explain(Simulator(resource_policy=document), ask()), "resource")
    (seen,) = found.statements
    assert (seen.sid, failing(seen), found.others) == ("S", elements, 0)
    assert seen.truth == (NO if elements else YES)


def test_a_deny_that_spares_its_principals() -> None:
    document = policy({**DENY, "NotPrincipal": {"AWS": ME}})
    (seen,) = layer(explain(Simulator(resource_policy=document), ask()), "resource").statements
    assert failing(seen) == ["NotPrincipal"]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    bounded = Simulator(resource_policy=document, permission_boundaries=[FULL])
    (seen,) = layer(explain(bounded, ask()), "resource").statements
    assert (failing(seen), seen.truth) == ([], YES)


def test_resource_and_condition_may_both_fail() -> None:
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    document = policy({**ALLOW, "Resource": "arn:aws:s3:::other", "Condition": condition})
    (seen,) = layer(explain(Simulator(identity_policies=[document]), ask()), "identity").statements
    assert failing(seen) == ["Resource"]
    assert [each.truth for each in seen.conditions] == [NO]


def test_what_is_far_from_the_request_is_counted() -> None:
    far = [
        {**ALLOW, "Action": "ec2:*"},
        {**ALLOW, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other"},
    ]
    found = layer(explain(Simulator(identity_policies=[policy(*far)]), ask()), "identity")
    assert (found.statements, found.others) == ((), 2)


def test_of_many_statements_those_that_match_are_shown() -> None:
    others = [{**ALLOW, "Resource": f"arn:aws:s3:::other/{number}"} for number in range(50)]
    found = layer(explain(Simulator(identity_policies=[policy(*others, {**DENY, "Sid": "D"})]), ask()), "identity")
    assert len(found.statements) == MOST_STATEMENTS
    assert (found.statements[0].sid, found.deny) == ("D", YES)
    assert found.others == 51 - MOST_STATEMENTS


def test_a_policy_that_was_not_read() -> None:
    simulator = Simulator(identity_policies=[Policy.unknown(("caller.policies",))])
    found = layer(explain(simulator, ask()), "identity")
    assert (found.allow, found.deny) == (UNKNOWN, UNKNOWN)
    assert [(each.statement, each.truth, each.doubts) for each in found.statements] == [
        (-1, UNKNOWN, ("caller.policies",))
    ]


def test_a_statement_that_cannot_be_read_for_certain() -> None:
    found = layer(explain(Simulator(identity_policies=[policy({**ALLOW, "Effect": "allow"})]), ask()), "identity")
    (seen,) = found.statements
    assert (seen.effect, seen.truth, seen.doubts) == (None, UNKNOWN, ("identity_policies.0.Statement.0.Effect",))


def test_grants_of_an_acl() -> None:
    acl = {
        "Owner": {"ID": "0" * 64},
        "Grants": [
            {"Grantee": {"ID": "1" * 64}, "Permission": "READ"},
            {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "WRITE"},
        ],
    }
    found = layer(explain(Simulator(acl=acl), ask("*")), "acl")
    (seen,) = found.statements
    assert (seen.statement, seen.truth, found.others) == (1, YES, 1)
    assert seen.elements[0].values == ("WRITE to http://acs.amazonaws.com/groups/global/AllUsers",)
    unread = layer(explain(Simulator(acl=NotRead(("buckets.b.acl",))), ask("*")), "acl")
    assert (unread.allow, unread.statements[0].doubts) == (UNKNOWN, ("buckets.b.acl",))
    dead = layer(explain(Simulator(acl=acl, object_ownership="BucketOwnerEnforced"), ask("*")), "acl")
    assert (dead.applies, dead.statements) == (False, ())
    assert explain(Simulator(object_ownership="BucketOwnerEnforced"), ask("*")).layers == ()


# -- in general
# ------------------------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(setups(), requests(), worlds(), st.lists(st.sampled_from(sorted(VALUES)), unique=True))
def test_an_explanation_agrees_with_the_decision(
    setup: dict[str, Any], request: dict[str, Any], world: dict[str, Any], unknown: list[str]
) -> None:
    simulator = Simulator(**setup)
    known = {key: value for key, value in world.items() if key not in unknown}
    prepared = Request(
        Principal.parse(request["principal"]),
        request["action"],
        request["resource"],
        request["resource_account"],
        Context(known, unknown=unknown),
    )
    found = explain(simulator, prepared)
    decision = simulator.evaluate(prepared)
    assert found.decision == decision
    if decision.decision is Outcome.ExplicitlyDenied:
        # of two that may match, one or the other does
        assert any(each.deny != NO for each in found.layers)
    if all(each.deny == NO for each in found.layers):
        assert decision.decision is not Outcome.ExplicitlyDenied
    shown = {
        (each.name, each.level, seen.policy, seen.statement): seen for each in found.layers for seen in each.statements
    }
    for reason in decision.because:
        seen = shown[reason.layer, reason.level, reason.policy, reason.statement]
        assert seen.truth != NO
        assert (seen.sid, seen.effect, seen.conditions) == (reason.sid, reason.effect, reason.conditions)
    for label in decision.blocked_by:
        layers = [each for each in found.layers if each.applies and label == _label(each)]
        assert all(each.allow != YES for each in layers) or label == "resource" or decision.because
        assert layers or label in ("identity", "resource", "session", "block_public_access")


def _label(each: ExplainedLayer) -> str:
    return each.name if each.level is None else f"{each.name}[{each.level}]"

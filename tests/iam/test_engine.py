"""The engine's own interface: principals, contexts, simulators, decisions."""

from __future__ import annotations

from typing import Any

import pytest

from snaplint.iam import HOLE, Context, NotRead, Outcome, Policy, Principal, Request, Simulator

ME = "arn:aws:iam::111122223333:user/ann"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
PUT: dict[str, Any] = {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333"}
THEM = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"


def when(operator: str, key: str, value: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("text", "kind", "account", "name"),
    [
        ("arn:aws:iam::111122223333:user/ops/ann", "user", "111122223333", "ann"),
        ("arn:aws-cn:iam::111122223333:role/a/b/exporter", "role", "111122223333", "exporter"),
        ("arn:aws:sts::111122223333:assumed-role/exporter/night", "session", "111122223333", "exporter"),
        ("arn:aws:sts::111122223333:federated-user/bob", "federated", "111122223333", "bob"),
        ("arn:aws:iam::111122223333:root", "root", "111122223333", ""),
        ("111122223333", "account", "111122223333", "111122223333"),
        (
            "us-east-1.elasticache-snapshot.amazonaws.com",
            "service",
            None,
            "us-east-1.elasticache-snapshot.amazonaws.com",
        ),
        (THEM, "canonical", None, THEM),
        ("*", "anonymous", None, ""),
    ],
)
def test_a_principal(text: str, kind: str, account: str | None, name: str) -> None:
    found = Principal.parse(text)
    assert (found.kind, found.account, found.name, found.text) == (kind, account, name, text)
    assert Principal.parse(text) is found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "11112222333",
        "arn:aws:iam::111122223333:group/ops",
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::111122223333:role/",
        "arn:aws:iam::1:user/ann",
        "arn:aws:sts::111122223333:assumed-role/exporter",
        "arn:aws:s3:::b",
        "a b.amazonaws.com",
        THEM.upper(),
    ],
)
def test_no_principal(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|is not"):
        Principal.parse(text)


def test_the_precedence_in_a_context() -> None:
    context = Context(
        {"aws:PrincipalTag/Team": "data", "AWS:SourceVpce": None},
        absent=["aws:PrincipalTag/*"],
        unknown=["aws:PrincipalTag/stage", "aws:PrincipalArn"],
        foreign=["aws:SourceVpc"],
        present=["s3:prefix"],
        default="unknown",
    )

    def ask(operator: str, key: str, value: object) -> Outcome:
        simulator = Simulator(identity_policies=[when(operator, key, value)])
        return simulator.evaluate(Request(Principal.parse(ME), **PUT, context=context)).decision

    assert ask("StringEquals", "aws:principaltag/TEAM", "data") is Outcome.Allowed
    assert ask("Null", "aws:PrincipalTag/other", "true") is Outcome.Allowed
    assert ask("Null", "aws:PrincipalTag/stage", "true") is Outcome.Depends
    assert ask("Null", "aws:SourceVpce", "true") is Outcome.Allowed
    assert ask("StringNotEquals", "aws:SourceVpc", "vpc-1") is Outcome.Allowed
    assert ask("StringEquals", "aws:PrincipalArn", ME) is Outcome.Depends
    assert ask("StringEquals", "aws:PrincipalAccount", "111122223333") is Outcome.Allowed
    assert ask("StringEquals", "aws:ResourceAccount", "111122223333") is Outcome.Allowed
    assert ask("Null", "s3:prefix", "false") is Outcome.Allowed
    assert ask("StringLike", "s3:prefix", "*") is Outcome.Allowed
    assert ask("StringLike", "s3:prefix", "a*") is Outcome.Depends
    assert ask("Null", "s3:delimiter", "false") is Outcome.Depends
    assert ask("Null", "aws:CurrentTime", "false") is Outcome.Allowed


def test_one_of_a_few_values() -> None:
    context = Context(one_of={"s3:TlsVersion": ("1.2", "1.3")})

    def ask(operator: str, value: object) -> Outcome:
        simulator = Simulator(identity_policies=[when(operator, "s3:tlsversion", value)])
        return simulator.evaluate(Request(Principal.parse(ME), **PUT, context=context)).decision

    assert ask("NumericGreaterThanEquals", 1.2) is Outcome.Allowed
    assert ask("NumericLessThan", 1.2) is Outcome.ImplicitlyDenied
    assert ask("NumericEquals", 1.3) is Outcome.Depends


def test_a_context_can_be_extended() -> None:
    context = Context({"aws:SourceVpce": "vpce-1"}, default="unknown").extended(
        {"aws:RequestTag/a": "x"}, absent=("aws:RequestTag/*", "aws:SourceVpce")
    )

    def ask(operator: str, key: str, value: object) -> Outcome:
        simulator = Simulator(identity_policies=[when(operator, key, value)])
        return simulator.evaluate(Request(Principal.parse(ME), **PUT, context=context)).decision

    assert ask("StringEquals", "aws:RequestTag/a", "x") is Outcome.Allowed
    assert ask("Null", "aws:RequestTag/b", "true") is Outcome.Allowed
    assert ask("StringEquals", "aws:SourceVpce", "vpce-1") is Outcome.Allowed
    assert ask("Null", "aws:SourceIp", "true") is Outcome.Depends


def test_two_spellings_of_a_key_that_disagree() -> None:
    context = {"aws:PrincipalTag/team": "a", "aws:PrincipalTag/Team": "b"}
    simulator = Simulator(identity_policies=[when("StringEquals", "aws:PrincipalTag/team", "a")])
    assert simulator.decide(principal=ME, **PUT, context=context).depends_on == ("aws:PrincipalTag/team",)


@pytest.mark.parametrize("name", ["unknown", "foreign"])
def test_names_of_keys_are_a_list(name: str) -> None:
    listed: dict[str, Any] = {name: ["aws:SourceIp"]}
    assert Simulator(identity_policies=[ALLOW]).decide(principal=ME, **PUT, **listed).decision is Outcome.Allowed
    text: dict[str, Any] = {name: "aws:SourceIp"}
    with pytest.raises(TypeError, match="the names of keys must be a list, not the text `aws:SourceIp`"):
        Simulator(identity_policies=[ALLOW]).decide(principal=ME, **PUT, **text)


def test_a_value_that_no_key_can_have_is_unknown() -> None:
    simulator = Simulator(identity_policies=[when("StringEquals", "s3:prefix", "a")])
    assert simulator.decide(principal=ME, **PUT, context={"s3:prefix": {"a": 1}}).depends_on == ("s3:prefix",)
    assert simulator.decide(principal=ME, **PUT, context={"s3:prefix": [["a"]]}).depends_on == ("s3:prefix",)


def test_a_public_access_block_that_was_not_read() -> None:
    public = {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"CanonicalUser": THEM}, "Action": "s3:PutObject", "Resource": "*"},
        ]
    }
    unread = NotRead(("buckets.b.public_access_block",))
    private = {"Statement": public["Statement"][1:]}
    decision = Simulator(resource_policy=private, s3_block_public_access=unread).decide(principal=THEM, **PUT)
    assert decision.decision is Outcome.Allowed
    decision = Simulator(resource_policy=public, s3_block_public_access=unread).decide(principal=THEM, **PUT)
    assert (decision.decision, decision.depends_on) == (Outcome.Depends, ("s3_block_public_access",))
    decision = Simulator(resource_policy=public, s3_block_public_access=None).decide(principal=THEM, **PUT)
    assert decision.decision is Outcome.Allowed


def test_policies_may_be_compiled_beforehand() -> None:
    decision = Simulator(identity_policies=[Policy.compile(OTHER, "identity"), ALLOW]).decide(principal=ME, **PUT)
    assert decision.because[0].as_json() == {
        "layer": "identity",
        "policy": 1,
        "statement": 0,
        "sid": "All",
        "effect": "Allow",
    }
    assert str(decision.decision) == f"{decision.decision}" == "Allowed"


def test_a_reason_names_its_level() -> None:
    deny = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    decision = Simulator(identity_policies=[ALLOW], scps=[[ALLOW], [ALLOW, deny]]).decide(principal=ME, **PUT)
    assert decision.because[0].as_json() == {
        "layer": "scp",
        "level": 1,
        "policy": 1,
        "statement": 0,
        "sid": None,
        "effect": "Deny",
    }
    assert decision.because[0].route == ("Statement", 0)


def test_session_policies_count_as_their_union() -> None:
    role = "arn:aws:iam::111122223333:role/exporter"
    assert (
        Simulator(identity_policies=[ALLOW], session_policy=[OTHER, ALLOW]).decide(principal=role, **PUT).decision
        is Outcome.Allowed
    )
    alone = Simulator(identity_policies=[ALLOW], session_policy=OTHER).decide(principal=role, **PUT)
    assert (alone.decision, alone.blocked_by) == (Outcome.ImplicitlyDenied, ("session",))


def test_every_boundary_limits() -> None:
    decision = Simulator(identity_policies=[ALLOW], permission_boundaries=[ALLOW, OTHER]).decide(principal=ME, **PUT)
    assert (decision.decision, decision.blocked_by) == (Outcome.ImplicitlyDenied, ("boundary",))


def test_without_policies_nothing_is_allowed() -> None:
    nothing = Simulator(
        identity_policies=None, permission_boundaries=None, scps=None, rcps=None, vpc_endpoint_policies=None
    ).decide(principal=ME, **PUT)
    assert (nothing.decision, nothing.blocked_by) == (Outcome.ImplicitlyDenied, ("identity",))


def test_a_policy_that_was_not_read() -> None:
    unread = Policy.unknown(("caller.policies",))
    decision = Simulator(identity_policies=[unread]).decide(principal=ME, **PUT)
    assert (decision.decision, decision.depends_on) == (Outcome.Depends, ("caller.policies",))
    assert decision.because[0].as_json()["statement"] is None
    deny = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    decision = Simulator(identity_policies=[unread], resource_policy=deny).decide(principal=ME, **PUT)
    assert decision.decision is Outcome.ExplicitlyDenied
    decision = Simulator(identity_policies=[ALLOW], scps=[[Policy.unknown(("organization.scps",))]]).decide(
        principal=ME, **PUT
    )
    assert decision.depends_on == ("organization.scps",)


def test_an_acl_that_was_not_read() -> None:
    acl = {"Owner": {"ID": "0" * 64}, "Grants": [{"Grantee": {"ID": THEM}, "Permission": "WRITE"}]}
    assert Simulator(acl=acl, acl_route=("buckets", "b", "acl")).decide(principal=THEM, **PUT).because[0].route == (
        "buckets",
        "b",
        "acl",
        "Grants",
        0,
    )
    unread = Simulator(acl=NotRead(("buckets.b.acl",))).decide(principal=THEM, **PUT)
    assert (unread.decision, unread.depends_on) == (Outcome.Depends, ("buckets.b.acl",))
    unread = Simulator(acl=acl, object_ownership=NotRead(("buckets.b.ownership",))).decide(principal=THEM, **PUT)
    assert (unread.decision, unread.depends_on) == (Outcome.Depends, ("buckets.b.ownership",))
    dead = Simulator(acl=NotRead(("buckets.b.acl",)), object_ownership="BucketOwnerEnforced").decide(
        principal=THEM, **PUT
    )
    assert dead.decision is Outcome.ImplicitlyDenied


def test_a_shard_number_that_is_unknown() -> None:
    resource = f"arn:aws:s3:::b/x-{HOLE * 4}.rdb"

    def ask(pattern: str) -> Outcome:
        policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": pattern}]}
        request = PUT | {"resource": resource}
        return Simulator(identity_policies=[policy]).decide(principal=ME, **request).decision

    assert ask("arn:aws:s3:::b/x-*.rdb") is Outcome.Allowed
    assert ask("arn:aws:s3:::b/x-0001.rdb") is Outcome.Depends
    assert ask("arn:aws:s3:::b/y-*.rdb") is Outcome.ImplicitlyDenied


def test_an_action_without_a_resource_type_is_about_the_own_account() -> None:
    decision = Simulator(identity_policies=[ALLOW]).decide(
        principal=ME, action="s3:ListAllMyBuckets", resource="arn:aws:s3:::*"
    )
    assert decision.decision is Outcome.Allowed


def test_more_worlds_than_can_be_tried_are_undetermined() -> None:
    keys = [f"s3:key{number}" for number in range(14)]
    denies = [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {key: "x"}}} for key in keys
    ]
    policy = {"Version": "2012-10-17", "Statement": [*ALLOW["Statement"], *denies]}
    decision = Simulator(identity_policies=[policy]).decide(principal=ME, **PUT, unknown=keys)
    assert (decision.decision, decision.depends_on) == (Outcome.Depends, tuple(sorted(keys)))

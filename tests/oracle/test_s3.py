"""The engine and a server that enforces policies give the same answers: random policies, ACLs and settings are put on
the server, S3 is really called, and the engine is asked the same. A difference is shrunk before it is shown.

Both know everything about a request, so that the engine may not answer that it depends on something.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import strategies
from tests.oracle.server import running
from tests.oracle.strategies import Access, Setup
from tests.oracle.world import ANN, CALLS, EVE, OTHER, OWNER, SESSION, TAGS, World, sent

from snaplint.iam import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.oracle.world import Call, Policy

ROUNDS = int(os.environ.get("ORACLE_ROUNDS", "25"))
ROUND = settings(max_examples=ROUNDS)

SOME_CALLS = st.lists(st.sampled_from(CALLS), min_size=1, max_size=6, unique_by=repr)
PRINCIPALS = {"ann": ANN, "night": SESSION, "eve": EVE, "anonymous": "*"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("ministack")) as address:
        yield World(address)


def compare(
    world: World, caller: str, calls: list[Call], policies: Mapping[str, Any], about: Mapping[str, str] | None = None
) -> None:
    """Require that the server and the engine decide every call alike."""
    simulator = Simulator(**policies)
    for call in calls:
        decision = simulator.decide(
            principal=PRINCIPALS[caller],
            action=call.action,
            resource=call.resource,
            resource_account=OWNER,
            context={**sent(call), **(about or {})},
        )
        words = {True: "Allowed", False: "denied"}
        ours = {"Allowed": "Allowed", "ImplicitlyDenied": "denied", "ExplicitlyDenied": "denied"}
        found = ours.get(decision.decision, str(decision.decision))
        assert found == words[world.allows(caller, call)], (
            f"the engine says {decision.decision} of {call.action} {call.arguments} by {PRINCIPALS[caller]}, "
            "and the server the opposite"
        )


USER_KEYS = {**strategies.OF_REQUESTS, **strategies.OF_CALLERS, **strategies.OF_USERS}
SESSION_KEYS = {**strategies.OF_REQUESTS, **strategies.OF_CALLERS, **strategies.OF_SESSIONS}


def asked(setup: Setup, **more: object) -> dict[str, object]:
    """Return what the engine is asked with."""
    return {
        "identity_policies": [setup.identity] if setup.identity else [],
        "permission_boundaries": [setup.boundary] if setup.boundary else [],
        "session_policy": setup.session,
        "resource_policy": setup.bucket,
        **more,
    }


@ROUND
@given(setup=strategies.setups(USER_KEYS), calls=SOME_CALLS)
def test_user_of_the_bucket_owner(world: World, setup: Setup, calls: list[Call]) -> None:
    world.user("ann", OWNER, setup.identity, setup.boundary)
    world.open_bucket(setup.bucket)
    about = {"aws:username": "ann", "aws:userid": "AIDAANN", "aws:PrincipalTag/team": TAGS["ann"]}
    compare(world, "ann", calls, asked(setup), about)


@ROUND
@given(setup=strategies.setups(SESSION_KEYS, has_session=True), calls=SOME_CALLS)
def test_role_session_of_the_bucket_owner(world: World, setup: Setup, calls: list[Call]) -> None:
    world.session(setup.identity, setup.boundary, setup.session)
    world.open_bucket(setup.bucket)
    about = {
        "aws:userid": "AROAEXPORTER:night",
        "aws:PrincipalTag/team": TAGS["exporter"],
        "aws:MultiFactorAuthPresent": "false",
        "aws:TokenIssueTime": sent(calls[0])["aws:CurrentTime"],
    }
    compare(world, "night", calls, asked(setup), about)


@ROUND
@given(setup=strategies.foreign_setups(), calls=SOME_CALLS)
def test_user_of_another_account(world: World, setup: Setup, calls: list[Call]) -> None:
    world.user("eve", OTHER, setup.identity)
    world.open_bucket(setup.bucket)
    compare(world, "eve", calls, asked(setup), {"aws:username": "eve"})


@ROUND
@given(setup=strategies.foreign_setups(), calls=SOME_CALLS)
def test_anonymous_caller(world: World, setup: Setup, calls: list[Call]) -> None:
    setup = setup._replace(identity=None)
    world.open_bucket(setup.bucket)
    compare(world, "anonymous", calls, asked(setup))


@ROUND
@given(
    caller=st.sampled_from(("eve", "anonymous")),
    identity=strategies.policies(strategies.OF_REQUESTS),
    bucket=strategies.allowing(),
    access=strategies.accesses(),
    calls=SOME_CALLS.map(strategies.without_deletions).filter(bool),
)
def test_grants_of_the_acl_and_block_public_access(
    world: World,
    caller: str,
    identity: Policy | None,
    bucket: Policy | None,
    access: Access,
    calls: list[Call],
) -> None:
    setup = Setup(identity if caller == "eve" else None, None, None, bucket)
    world.user("eve", OTHER, setup.identity)
    world.open_bucket(bucket, grants=access.grants, ownership=access.ownership, blocks=access.blocks)
    about_bucket = {
        "acl": world.acl(access.grants),
        "object_ownership": access.ownership,
        "s3_block_public_access": access.blocks or {},
    }
    compare(world, caller, calls, asked(setup, **about_bucket))


def test_difference_is_noticed(world: World) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    world.open_bucket()
    for here, asked_with in ((policy, None), (None, policy)):
        world.user("ann", OWNER, here)
        compare(world, "ann", list(CALLS), asked(Setup(here, None, None, None)))
        with pytest.raises(AssertionError, match="and the server the opposite"):
            compare(world, "ann", [CALLS[0]], asked(Setup(asked_with, None, None, None)))

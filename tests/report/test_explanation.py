"""A decision in words: properties of every explanation, beyond the golden files."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.iam.strategies import JSON
from tests.report.explained import LINE_ERROR, ROLE, STORY

from snaplint.iam import Context, Principal, Request, Simulator
from snaplint.iam.explain.explain import Explanation, explain
from snaplint.report import explanation
from snaplint.report.terminal import Style

EXPLANATIONS = {str(id_): found for id_, found in STORY}


def said(found: Explanation, style: Style | None = None, id_: object = "1") -> str:
    return explanation.text(id_, "s3:PutObject", found, style or Style())


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_nothing_of_an_input_reaches_the_terminal_raw(name: str) -> None:
    text = said(EXPLANATIONS[name], id_=name)
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("width", [30, 60, 100])
def test_lines_are_broken_at_the_width(width: int) -> None:
    text = said(EXPLANATIONS["denied"], Style(width=width))
    # a word that cannot be broken is alone on its line
    assert [line for line in text.split("\n") if len(line) > width and len(line.split()) > 1] == []
    assert " ".join(text.split()) == " ".join(said(EXPLANATIONS["denied"]).split())


def test_colour_adds_nothing_else() -> None:
    import re

    for found in EXPLANATIONS.values():
        colourful = said(found, Style(color=True))
        assert "\x1b[" in colourful
        assert re.sub(r"\x1b\[[0-9;]*m", "", colourful) == said(found)


def test_every_answer_ends_with_an_empty_line() -> None:
    for found in EXPLANATIONS.values():
        text = said(found)
        assert text.endswith("\n\n")
        assert not text.endswith("\n\n\n")


def test_long_lists_and_long_values_are_cut() -> None:
    assert "`vpc-0`, `vpc-1`, `vpc-2`, `vpc-3`, `vpc-4` or 3 more" in " ".join(said(EXPLANATIONS["denied"]).split())
    assert "x" * 201 not in said(EXPLANATIONS["ho\x1b[31mstile"])


def test_a_policy_that_was_not_given_is_told_from_one_without_an_allow() -> None:
    assert "ImplicitlyDenied: no identity policies provided" in said(EXPLANATIONS["nothing"])
    assert "ImplicitlyDenied: no matching Allow in the identity policies; no resource policy provided" in said(
        EXPLANATIONS["3"]
    )


def test_an_acl_that_is_disabled_is_said_to_be() -> None:
    simulator = Simulator(acl={"Grants": []}, object_ownership="BucketOwnerEnforced")
    request = Request(Principal.parse("*"), "s3:ListBucket", "arn:aws:s3:::b", None, Context())
    assert "bucket ACL: not applicable to this request (Object Ownership is BucketOwnerEnforced)" in said(
        explain(simulator, request)
    )


def test_a_complaint_is_safe_and_names_its_line() -> None:
    assert explanation.line_error(*LINE_ERROR, Style()) == "a\\x1b.jsonl:7: error: unknown member `x\\x1b[2J`\n\n"


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=2), JSON, JSON)
def test_whatever_the_policies_hold(identity: list[Any], resource: Any, acl: Any) -> None:
    simulator = Simulator(identity_policies=identity, resource_policy=resource, acl=acl)
    request = Request(Principal.parse(ROLE), "s3:PutObject", "arn:aws:s3:::b/k", "111122223333", Context())
    text = said(explain(simulator, request))
    assert text.startswith("1: s3:PutObject on arn:aws:s3:::b/k\n")
    assert all(line.isprintable() for line in text.split("\n"))


def test_only_rcps_allow_by_themselves() -> None:
    text = said(EXPLANATIONS["3"])
    assert "RCPs at level 0 (root): RCPFullAWSAccess allows" in text
    assert "SCPs at level 0 (root): an Allow matches" in text
    assert "SCPs at level 1: no Allow matches" in text


def test_denials_of_worlds_that_differ() -> None:
    # denied either way: the Allow needs the value that the Deny matches
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    wanted = {**allow, "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}
    deny = {**allow, "Effect": "Deny", "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}
    simulator = Simulator(identity_policies=[{"Version": "2012-10-17", "Statement": [wanted, deny]}])
    request = Request(
        Principal.parse(ROLE), "s3:PutObject", "arn:aws:s3:::b/k", "111122223333", Context(unknown=["s3:x-amz-acl"])
    )
    text = said(explain(simulator, request))
    assert "Depends: denied in any case; whether a Deny applies or only an Allow is missing depends on" in text
    assert "depends on: s3:x-amz-acl" in text
    assert "an Allow may match, and a Deny may match" in text

"""A permissions boundary that was not read may be any, or none at all: then a Deny with NotPrincipal may not match.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.iam.strategies_wide import ROLE, SESSION, USER
from tests.iam.test_agreement import SEEDS, ask, drawn, known

from snaplint.iam import Outcome, Policy, Simulator

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
UNREAD = Policy.unknown(("permission_boundaries",), "boundary")


def decided(setup: dict[str, Any], boundaries: list[Any], **asked: Any) -> Any:
    return Simulator(**{**setup, "permission_boundaries": boundaries}).decide(**asked)


@given(SEEDS)
def test_the_answer_is_that_of_every_boundary_and_of_none(seed: int) -> None:
    question = known(drawn(seed))
    answers = ask(question)
    if answers is None or len(answers.worlds) > 1:
        return
    asked = {**question["request"], "context": question["world"]}
    found = {decided(question["setup"], each, **asked).decision for each in ([], [ALL], [NOTHING])}
    answer = decided(question["setup"], [UNREAD], **asked)
    if Outcome.Depends in found:
        return
    if len(found) == 1:
        assert {answer.decision} == found
    else:
        # a boundary that denies everything denies explicitly, and none at all does not
        assert answer.decision is Outcome.Depends
        assert answer.denied == (Outcome.Allowed not in found)
        assert answer.depends_on == ("permission_boundaries",)


def denying(*listed: str, effect: str = "Deny", **more: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "NotPrincipal": {"AWS": list(listed)}, "Action": "s3:*", "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize("principal", [ROLE, SESSION, USER])
@pytest.mark.parametrize("listed", ["itself", "account"])
@pytest.mark.parametrize("more", [{}, {"Condition": {"Null": {"aws:SourceIp": "true"}}}])
def test_a_listed_principal_is_denied_only_with_a_boundary(principal: str, listed: str, more: dict[str, Any]) -> None:
    account = principal.split(":")[4]
    setup = {
        "identity_policies": [ALL],
        "resource_policy": denying(principal if listed == "itself" else account, **more),
    }
    asked = {"principal": principal, "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k"}
    asked["resource_account"] = account
    assert decided(setup, [], **asked).decision is Outcome.Allowed
    assert decided(setup, [ALL], **asked).decision is Outcome.ExplicitlyDenied
    assert decided(setup, [UNREAD, ALL], **asked).decision is Outcome.ExplicitlyDenied
    answer = decided(setup, [UNREAD], **asked)
    assert (answer.decision, answer.depends_on) == (Outcome.Depends, ("permission_boundaries",))
    assert "resource" in {reason.layer for reason in answer.because}


def test_a_principal_that_is_not_listed_is_denied_in_any_case() -> None:
    setup = {"identity_policies": [ALL], "resource_policy": denying("arn:aws:iam::999988887777:user/other")}
    asked = {"principal": ROLE, "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k"}
    asked["resource_account"] = ROLE.split(":")[4]
    assert decided(setup, [UNREAD], **asked).decision is Outcome.ExplicitlyDenied

"""The engine: it reduces a check's findings to one verdict per rule; the outcome is the worst verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.world import RULES, Data, changed, good, judged, plain_copy, policy, with_bucket, without

from snaplint.base.unknown import Unknown
from snaplint.checks import CHECKS
from snaplint.checks.export.access import Access
from snaplint.checks.export.proposal import Proposal
from snaplint.checks.registry import Check
from snaplint.facts import Caller, Facts, Organization
from snaplint.findings.rule import Rule
from snaplint.findings.verdict import (
    OUTCOMES,
    Blame,
    CannotTell,
    Fails,
    Finding,
    NotApplicable,
    Passes,
    Verdict,
    worst,
)
from snaplint.lint.engine import judge
from snaplint.operations.proposed import ProposedRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHECK = "test.findings"
FAILS, UNDETERMINED, PASSES, NONE = OUTCOMES


def rule(**changes: Any) -> Rule:
    made = Rule(
        id="some-fault",
        title="Some fault",
        operations=("elasticache:CopySnapshot",),
        applies="always",
        severity="error",
        certainty="documented",
        check=CHECK,
        params={},
        message=None,
        code=None,
        solution="Do.",
        docs=("https://docs.aws.amazon.com/",),
        since="0.1.0",
    )
    return made._replace(**changes)


def proposal(**members: Any) -> Proposal:
    facts = Facts("111122223333", "us-east-1", Organization(), {}, {})
    caller = Caller(Unknown("not provided"), Unknown("not provided"))
    request = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": "exports", **members}
    return Proposal(ProposedRequest(request, ("requests", 0)), facts, caller, Access(facts, caller))


@pytest.fixture(autouse=True)
def _no_check_is_left_behind() -> Iterator[None]:
    yield
    CHECKS.pop(CHECK, None)


def verdict(*findings: Finding, strict: bool = False, of: Rule | None = None, **members: Any) -> Verdict:
    """Return the verdict of a rule whose check yields these findings."""

    def run(_proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
        yield from findings

    CHECKS[CHECK] = Check(CHECK, run, {})
    (given_verdict,) = judge([of or rule()], proposal(**members), strict=strict)
    return given_verdict


HERE, THERE = ("requests", 0), ("buckets", "exports", "policy")


def test_no_finding_passes() -> None:
    found = verdict()
    assert (found.verdict, found.route, found.message) == (PASSES, HERE, "no problem was found")


def test_a_pass_keeps_its_words_and_assumptions() -> None:
    found = verdict(Passes(THERE, "all is well", assumes=("caller.boundary",)))
    assert (found.verdict, found.route, found.message, found.assumes) == (
        PASSES,
        THERE,
        "all is well",
        ("caller.boundary",),
    )


FINDINGS: dict[str, Finding] = {
    FAILS: Fails(HERE, "it is wrong"),
    UNDETERMINED: CannotTell(HERE, "who knows", ("a.fact",)),
    NONE: NotApplicable(HERE, "nothing there"),
    PASSES: Passes(HERE, "fine"),
}


@pytest.mark.parametrize("word", OUTCOMES)
def test_each_finding_has_its_word(word: str) -> None:
    assert verdict(FINDINGS[word]).verdict == word


@settings(deadline=None)
@given(st.permutations(list(FINDINGS)))
def test_a_failure_wins_then_a_doubt(order: list[str]) -> None:
    assert verdict(*(FINDINGS[word] for word in order)).verdict == FAILS
    rest = [FINDINGS[word] for word in order if word != FAILS]
    found = verdict(*rest)
    assert (found.verdict, found.depends_on) == (UNDETERMINED, ("a.fact",))


# -- several failures
# ------------------------------------------------------------------------------------------------------------------


def test_several_places_are_one_verdict() -> None:
    blame = Blame(THERE, "bucket policy", "denies it", "Sid", "Deny")
    found = verdict(Fails(HERE, "first", (blame,)), Fails((*HERE, "Tags"), "second"), Fails(THERE, "third", (blame,)))
    assert (found.message, found.route) == ("first (and 2 more)", HERE)
    assert found.because == (blame, Blame((*HERE, "Tags"), "request", "second"))


def test_the_worst_failure_speaks() -> None:
    found = verdict(Fails(HERE, "mild", severity="info"), Fails(THERE, "grave", certainty="inferred"))
    assert (found.severity, found.certainty, found.route) == ("error", "inferred", THERE)
    assert found.message.startswith("grave")


def test_severity_and_certainty_of_a_case_replace_the_rules() -> None:
    found = verdict(Fails(HERE, "it", severity="warning", certainty="observed"))
    assert (found.severity, found.certainty) == ("warning", "observed")
    found = verdict(Fails(HERE, "it"))
    assert (found.severity, found.certainty) == ("error", "documented")


# -- what AWS would answer
# ------------------------------------------------------------------------------------------------------------------

TWO = rule(message="The S3 bucket %s already contains an object with key %s.", code="InvalidParameterValue")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), "The S3 bucket exports already contains an object with key %s."),
        (("b",), "The S3 bucket b already contains an object with key %s."),
        (("b", "k"), "The S3 bucket b already contains an object with key k."),
        (("b", "k", "x"), "The S3 bucket b already contains an object with key k."),
        (("%s", "100%"), "The S3 bucket %s already contains an object with key 100%."),
    ],
)
def test_the_message_is_filled_in_in_order(values: tuple[str, ...], expected: str) -> None:
    assert verdict(Fails(HERE, "it", values=values), of=TWO).predicts == expected
    assert verdict(CannotTell(HERE, "it", values=values), of=TWO).predicts == expected


def test_what_nobody_knows_stays_open_in_the_message() -> None:
    found = verdict(Fails(HERE, "it"), of=TWO, TargetBucket=None)
    assert found.predicts == "The S3 bucket %s already contains an object with key %s."


def test_a_pass_predicts_nothing() -> None:
    found = verdict(Passes(HERE), of=TWO)
    assert (found.predicts, found.code) == (None, None)
    assert verdict(Fails(HERE, "it"), of=TWO).code == "InvalidParameterValue"


# -- which rules apply
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applies", "members", "word"),
    [
        ("always", {}, FAILS),
        ("export", {}, FAILS),
        ("copy", {}, NONE),
        ("always", {"TargetBucket": None}, FAILS),
        ("export", {"TargetBucket": None}, NONE),
        ("copy", {"TargetBucket": None}, FAILS),
        ("export", {"TargetBucket": ""}, NONE),
        ("copy", {"TargetBucket": ""}, FAILS),
        ("export", {"TargetBucket": " "}, FAILS),
        ("always", {"operation": "elasticache:CopyServerlessCacheSnapshot"}, NONE),
    ],
)
def test_a_rule_speaks_of_its_own_requests(applies: str, members: dict[str, Any], word: str) -> None:
    found = verdict(Fails(HERE, "it"), of=rule(applies=applies), **members)
    assert found.verdict == word
    assert found.message


# -- strict
# ------------------------------------------------------------------------------------------------------------------


def test_strict_refuses_to_assume() -> None:
    found = verdict(Passes(HERE, "allowed", assumes=("organization.scps",)), strict=True)
    assert (found.verdict, found.depends_on, found.assumes) == (UNDETERMINED, ("organization.scps",), ())
    assert found.message == "allowed, if the policies that are not provided have no effect"


@pytest.mark.parametrize("word", OUTCOMES)
def test_strict_changes_nothing_else(word: str) -> None:
    assert verdict(FINDINGS[word], strict=True) == verdict(FINDINGS[word])


# -- the built-in rules together
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(good(), id="good"),
        pytest.param(plain_copy(), id="plain copy"),
        pytest.param(changed(good(), buckets={"exports": None}), id="no bucket"),
        pytest.param(without(without(good(), "buckets"), "snapshots"), id="nothing known"),
        pytest.param(changed(good(), requests=[{}]), id="empty request"),
        pytest.param(changed(good(), requests=[{"TargetBucket": 5, "Tags": [5]}]), id="wrong types"),
        pytest.param(with_bucket(policy=policy({"a": 1})), id="malformed"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_every_rule_gives_one_verdict_in_its_order(data: Data, strict: bool) -> None:
    found = judged(data, strict=strict)
    assert list(found) == [each.id for each in RULES]
    for each in found.values():
        assert each.verdict in OUTCOMES
        assert each.severity in ("error", "warning", "info")
        if each.verdict in (FAILS, UNDETERMINED):
            assert each.message
            assert not each.message.endswith(".")
        assert not each.assumes or each.verdict == PASSES


def test_outcomes_are_ordered_worst_first() -> None:
    def of(*given_words: str) -> str:
        return worst([verdict(FINDINGS[word]) for word in given_words])

    assert of(PASSES, NONE, FAILS, UNDETERMINED) == FAILS
    assert of(PASSES, NONE, UNDETERMINED) == UNDETERMINED
    assert of(NONE, PASSES) == PASSES
    assert of(NONE) == NONE
    assert worst([]) == NONE

"""`--second-opinion`: IAM's policy simulator decides the same actions, and the two are compared.

moto does not implement SimulatePrincipalPolicy: the fake server answers in the form AWS documents,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.collect.fake_aws import Reply, garbage, refused
from tests.collect.sandbox import ACCOUNT, EXPORT, Sandbox

from snaplint.base.source import Fault
from snaplint.cli.aws.second_opinion import SecondOpinion
from snaplint.collect import Deadline
from snaplint.collect.second_opinion import Opinion, SimulatedAction, actions_to_simulate, second_opinion
from snaplint.operations.operation import Need
from snaplint.operations.proposed import ProposedRequest
from snaplint.report.second_opinion import ComparedVerdict, second_opinion_data, second_opinion_text
from snaplint.report.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.collect.fake_aws import Answer, Call, FakeAws
    from tests.conftest import Ended, Run

FLAGS = ["--source-snapshot-name", "nightly", "--target-snapshot-name", "orders", "--target-bucket", "exports"]
USER = f"arn:aws:iam::{ACCOUNT}:user/exporter"
SIMULATE = "iam:SimulatePrincipalPolicy"


def member(call: Call, name: str) -> list[str]:
    return [value for key, value in call.params.items() if key.startswith(f"{name}.member.")]


def simulated(*denied: str) -> Answer:
    """Return the simulator's answer: all actions are allowed but these, in pages of two."""

    def answer(call: Call) -> Reply:
        actions = member(call, "ActionNames")
        start = int(call.params.get("Marker", "0"))
        results = "".join(
            f"<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
            f"<EvalDecision>{'implicitDeny' if action in denied else 'allowed'}</EvalDecision></member>"
            for action in actions[start : start + 2]
        )
        more = start + 2 < len(actions)
        end = f"<IsTruncated>{str(more).lower()}</IsTruncated>" + f"<Marker>{start + 2}</Marker>" * more
        body = (
            '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
            f"<SimulatePrincipalPolicyResult><EvaluationResults>{results}</EvaluationResults>{end}"
            "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        )
        return Reply(200, body.encode())

    return answer


def instead(pattern: str, new: str) -> Answer:
    """Return the simulator's answer with other text in it."""

    def answer(call: Call) -> Reply:
        reply = simulated()(call)
        assert reply is not None
        return reply._replace(body=re.sub(pattern, new, reply.body.decode()).encode())

    return answer


UNPARSABLE = f"could not ask: iam:SimulatePrincipalPolicy: the answer could not be parsed for {USER}"
ODD = {
    "another action": instead("<EvalActionName>s3:", "<EvalActionName>s4:"),
    "no decision": instead("<member>.*</member>", ""),
    "an odd decision": instead("allowed", "maybe"),
    "two decisions": instead("(<member>.*?)allowed(</EvalDecision></member>)", r"\1allowed\2\1explicitDeny\2"),
}


def audited(run: Run, aws: FakeAws, moto: str, folder: Path, answer: Answer, *flags: str) -> Ended:
    key, secret = Sandbox(moto).story()
    env = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1"}
    aws.on(SIMULATE, answer)
    return run("audit", "copy-snapshot", *FLAGS, "--endpoint-url", aws.url, *flags, cwd=folder, env=env)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_it_is_not_asked_without_the_flag(snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    run = audited(snaplint_here, aws, moto, tmp_path, simulated())
    assert "second opinion" not in run.stdout + run.stderr
    assert SIMULATE not in aws.counted()


def test_both_agree(snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    run = audited(snaplint_here, aws, moto, tmp_path, simulated(), "--second-opinion")
    assert (run.returncode, run.stderr) == (0, "")
    section = squeezed(run.stdout.partition("second opinion: ")[2])
    assert section.startswith(f"iam:SimulatePrincipalPolicy for {USER}; it evaluates identity policies,")
    assert "agree: caller-not-permitted, orders -> s3://exports: IAM allows every action too" in section
    assert "agree: caller-cannot-list-buckets, orders -> s3://exports: IAM allows every action too" in section
    assert "differ" not in section
    asked = {(action, *member(call, "ResourceArns")) for call in aws.calls for action in member(call, "ActionNames")}
    assert {
        ("elasticache:CopySnapshot", f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:nightly"),
        ("s3:PutObject", "arn:aws:s3:::exports/orders-0001.rdb"),
        ("s3:ListBucket", "arn:aws:s3:::exports"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
    } <= asked


def test_they_differ(snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    answer = simulated("s3:PutObject", "s3:DeleteObject")
    run = audited(snaplint_here, aws, moto, tmp_path, answer, "--second-opinion")
    assert run.returncode == 0  # an opinion is not a verdict
    assert (
        "differ: caller-not-permitted, orders -> s3://exports: snaplint finds that every action is allowed, "
        "but IAM denies `s3:PutObject` and `s3:DeleteObject`"
    ) in squeezed(run.stdout)


def test_json_stays_as_it_is(snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    run = audited(snaplint_here, aws, moto, tmp_path, simulated(), "--second-opinion", "--format", "json")
    report = json.loads(run.stdout)
    assert report["summary"]["fails"] == 0
    assert run.stderr.startswith(f"second opinion: iam:SimulatePrincipalPolicy for {USER}")
    opinion = report["second_opinion"]
    assert (opinion["about"], opinion["why"]) == (USER, None)
    compared = {each["rule"]: (each["request"], each["verdict"], each["denied"]) for each in opinion["compared"]}
    assert compared["caller-not-permitted"] == (0, "passes", [])
    assert {each["agrees"] for each in opinion["compared"]} == {True}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refused, f"could not ask: iam:SimulatePrincipalPolicy: AccessDenied for {USER}"),
        (garbage, UNPARSABLE),
        *((answer, UNPARSABLE) for answer in ODD.values()),
    ],
    ids=["refused", "garbage", *ODD],
)
def test_it_could_not_be_asked(
    snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path, answer: Answer, why: str
) -> None:
    run = audited(snaplint_here, aws, moto, tmp_path, answer, "--second-opinion")
    assert run.returncode == 0
    assert why in squeezed(run.stdout)
    assert ('"iam:SimulatePrincipalPolicy"' in run.stdout) == (answer is refused)  # in the policy at the end


def test_masked(snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    run = audited(snaplint_here, aws, moto, tmp_path, refused, "--second-opinion", "--redact")
    assert ACCOUNT not in run.stdout + run.stderr
    assert "could not ask: iam:SimulatePrincipalPolicy" in run.stdout


def test_the_text_needs_the_whole_stream() -> None:
    """A section without verdicts would look like one in which nothing differs."""
    second = SecondOpinion([], {"requests": [{}], "caller": {}}, None, Deadline())  # type: ignore[arg-type]
    stream = second.watching(iter([Fault("a.json", 1, 1, "m"), Fault("b.json", 1, 1, "m")]))
    next(stream)
    with pytest.raises(AssertionError, match="not drained"):
        second.text(second.about, Style())
    assert len(list(stream)) == 1
    assert second.text(second.about, Style()).startswith("second opinion: ")


# -- the simulated actions, and the principal

FACTS: dict[str, Any] = {"account": ACCOUNT, "region": "cn-north-1"}
NEEDS = [
    Need("elasticache:CopySnapshot", "source-snapshot"),
    Need("elasticache:CopySnapshot", "target-snapshot", when="copy"),
    Need("elasticache:AddTagsToResource", "target-snapshot", when="tags"),
    Need("s3:PutObject", "keys", when="export"),
]


def test_actions_of_an_export() -> None:
    assert actions_to_simulate(NEEDS, ProposedRequest({**EXPORT, "SourceSnapshotName": "Nightly"}), FACTS) == [
        SimulatedAction("elasticache:CopySnapshot", f"arn:aws-cn:elasticache:cn-north-1:{ACCOUNT}:snapshot:nightly"),
        SimulatedAction("s3:PutObject", "arn:aws-cn:s3:::exports/orders-0001.rdb"),
    ]


def test_actions_of_a_copy_with_tags() -> None:
    request = {"SourceSnapshotName": "a", "TargetSnapshotName": "b", "Tags": [{"Key": "k"}]}
    snapshot = f"arn:aws-cn:elasticache:cn-north-1:{ACCOUNT}:snapshot:"
    assert actions_to_simulate(NEEDS, ProposedRequest(request), FACTS) == [
        SimulatedAction("elasticache:CopySnapshot", snapshot + "a"),
        SimulatedAction("elasticache:CopySnapshot", snapshot + "b"),
        SimulatedAction("elasticache:AddTagsToResource", snapshot + "b"),
    ]


@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        ({"SourceSnapshotName": "a"}, FACTS),
        ({**EXPORT, "TargetSnapshotName": 5}, FACTS),
        (EXPORT, {**FACTS, "account": {"unknown": "who knows"}}),
    ],
)
def test_no_action_without_a_name(request_: dict[str, object], facts: dict[str, Any]) -> None:
    assert actions_to_simulate(NEEDS, ProposedRequest(request_), facts) == []


class Client:
    """A fake of a Connection and of its IAM client."""

    def __init__(self) -> None:
        self.about: list[str] = []

    def client(self, _service: str) -> Client:
        return self

    def ask(self, _deadline: Deadline, call: Callable[[], Any]) -> Any:
        return call()

    def can_paginate(self, _method: str) -> bool:
        return False

    def simulate_principal_policy(self, **params: Any) -> dict[str, Any]:
        self.about.append(params["PolicySourceArn"])
        results = [{"EvalActionName": action, "EvalDecision": "allowed"} for action in params["ActionNames"]]
        return {"EvaluationResults": results}


@pytest.mark.parametrize(
    ("caller", "about"),
    [
        ({"arn": USER}, USER),
        (
            {"arn": f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/exporter/me"},
            f"arn:aws-cn:iam::{ACCOUNT}:role/exporter",
        ),
        (
            {
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/me",
                "context": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team/exporter"},
            },
            f"arn:aws:iam::{ACCOUNT}:role/team/exporter",
        ),
    ],
)
def test_the_simulated_principal(caller: dict[str, Any], about: str) -> None:
    client, action = Client(), SimulatedAction("s3:PutObject", "arn:aws:s3:::b/k")
    found = second_opinion(client, caller, [action, action], Deadline())  # type: ignore[arg-type]
    assert found == Opinion(about, {action: "allowed"})
    assert client.about == [about]


@pytest.mark.parametrize(
    "arn", [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:federated-user/x", {"unknown": "who knows"}]
)
def test_no_principal_to_simulate(arn: object) -> None:
    client = Client()
    found = second_opinion(client, {"arn": arn}, [SimulatedAction("s3:PutObject", "*")], Deadline())  # type: ignore[arg-type]
    assert (found.decisions, client.about) == ({}, [])
    assert found.why.startswith("the simulator knows only the policies of users and roles")


def test_ctrl_c_is_no_opinion() -> None:
    class Interrupted(Client):
        def simulate_principal_policy(self, **_asked: Any) -> dict[str, Any]:
            raise KeyboardInterrupt

    found = second_opinion(Interrupted(), {"arn": USER}, [SimulatedAction("s3:PutObject", "*")], Deadline())  # type: ignore[arg-type]
    assert found == Opinion(USER, {}, "interrupted")


@pytest.mark.parametrize(
    ("verdict", "denied", "said"),
    [
        ("passes", [], "agree: r, t: IAM allows every action too"),
        ("fails", ["s3:A", "s3:B"], "agree: r, t: IAM denies `s3:A` and `s3:B` too"),
        ("passes", ["s3:A"], "differ: r, t: snaplint finds that every action is allowed, but IAM denies `s3:A`"),
        ("fails", [], "differ: r, t: snaplint finds that an action is not allowed, but IAM allows every action"),
        ("cannot-tell", [], "snaplint cannot determine: r, t: IAM allows every action"),
        ("cannot-tell", ["s3:A"], "snaplint cannot determine: r, t: IAM denies `s3:A`"),
        ("passes", None, "could not ask: r, t: the request lacks the names that the question to IAM needs"),
    ],
)
def test_words(verdict: str, denied: list[str] | None, said: str) -> None:
    text = second_opinion_text(USER, [ComparedVerdict("t", "r", verdict, denied)], "", Style())
    assert text.splitlines()[-1] == f"  {said}"
    compared: Any = second_opinion_data(USER, [ComparedVerdict("t", "r", verdict, denied)], "")["compared"]
    assert [each["denied"] for each in compared] == [denied]
    assert compared[0]["agrees"] == {"agree": True, "differ": False}.get(said.partition(":")[0])

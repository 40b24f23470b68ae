"""A second opinion on the caller's rights: what IAM's own policy simulator says.

This is no read of the table: the operation is neither Describe, Get, List nor Head. It changes nothing ("The simulation
does not perform the API operations"), and it is sent only where somebody asks for it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import UNANSWERED, Refused, classify
from snaplint.operations.export_keys import object_key
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from snaplint.collect.connection import Connection
    from snaplint.operations.operation import Need
    from snaplint.operations.proposed import ProposedRequest

ACTION = "iam:SimulatePrincipalPolicy"
_DECISIONS = ("allowed", "explicitDeny", "implicitDeny")


class SimulatedAction(NamedTuple):
    """One right on one resource, an ARN."""

    action: str
    resource: str


class Opinion(NamedTuple):
    """What IAM says: a decision for each question, or `why` there is none. `about` is the user or role."""

    about: str
    decisions: Mapping[SimulatedAction, str]
    why: str = ""
    refused: Refused | None = None


def actions_to_simulate(
    needs: Iterable[Need], request: ProposedRequest, facts: Mapping[str, Any]
) -> list[SimulatedAction]:
    """Return the questions behind the rights that a rule asks for; [] where a name that they need is not known.

    Of the keys of an export the first stands for all.
    """
    source, target, bucket = (request.value(role) for role in ("source", "target", "bucket"))
    region, account = facts.get("region"), facts.get("account")
    if not (
        isinstance(source, str) and isinstance(target, str) and isinstance(region, str) and isinstance(account, str)
    ):
        return []
    where = {
        f"{role}-snapshot": request.operation.arn(name, region, account)
        for role, name in (("source", source), ("target", target))
    }
    if isinstance(bucket, str):
        at_s3 = f"arn:{partition(region)}:s3:::"
        where |= {"bucket": at_s3 + bucket, "keys": f"{at_s3}{bucket}/{object_key(target, 1)}", "buckets": f"{at_s3}*"}
    when = {"export": isinstance(bucket, str), "copy": bucket is None, "tags": bool(request.value("tags"))}
    wanted = (need for need in needs if when.get(need.when, True) and need.resource in where)
    return [SimulatedAction(need.action, where[need.resource]) for need in wanted]


def second_opinion(connection: Connection, caller: Mapping[str, Any], asked: Iterable[SimulatedAction]) -> Opinion:
    """Ask IAM; `caller` is that section of the facts. What cannot be asked is an answer, never an exception."""
    about = _entity(caller)
    if about is None:
        return Opinion("", {}, "the simulator knows the policies of users and roles alone, and the caller is neither")
    by_resource: dict[str, list[str]] = {}
    for question in dict.fromkeys(asked):
        by_resource.setdefault(question.resource, []).append(question.action)
    decisions: dict[SimulatedAction, str] = {}
    try:
        for resource, actions in by_resource.items():
            decisions |= _asked(connection, about, resource, actions)
    except UNANSWERED as exception:
        error = classify(exception)
        refused = Refused(ACTION, about, error.words) if error.kind == "refused" else None
        return Opinion(about, {}, f"{ACTION}: {error.words} for {about}", refused)
    except KeyboardInterrupt:
        return Opinion(about, {}, "interrupted")
    return Opinion(about, decisions)


def _asked(connection: Connection, about: str, resource: str, actions: Sequence[str]) -> dict[SimulatedAction, str]:
    """The decisions on one resource: asked one by one, since EvalResourceName names no resource, only a form of ARN.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
    """
    client = connection.client("iam")
    found: dict[SimulatedAction, str] = {}
    more: dict[str, str] = {}
    while True:
        answer = client.simulate_principal_policy(
            PolicySourceArn=about, ActionNames=list(actions), ResourceArns=[resource], **more
        )
        for result in answer["EvaluationResults"]:
            decision = result["EvalDecision"]
            if decision not in _DECISIONS:
                raise ValueError(decision)
            found[SimulatedAction(result["EvalActionName"], resource)] = decision
        if not answer.get("IsTruncated"):
            return found
        more = {"Marker": answer["Marker"]}


def _entity(caller: Mapping[str, Any]) -> str | None:
    """The ARN of the user, or of the role behind a session, as it is attached to policies."""
    arn = caller.get("arn")
    if not isinstance(arn, str):
        return None
    head, _, resource = arn.partition("::")
    account, _, name = resource.partition(":")
    kind, _, rest = name.partition("/")
    if kind in ("user", "role"):
        return arn
    if kind != "assumed-role":
        return None
    whole = caller.get("context", {}).get("aws:PrincipalArn")
    if isinstance(whole, str):
        return whole
    return f"{head.rpartition(':')[0]}:iam::{account}:role/{rest.partition('/')[0]}"

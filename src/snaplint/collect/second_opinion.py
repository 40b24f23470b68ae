"""A second opinion on the caller's rights, from IAM's own policy simulator.

SimulatePrincipalPolicy is not in the table of reads: its name begins with none of Describe, Get, List and Head. It
changes nothing ("The simulation does not perform the API operations"), and it is sent only if the user asks for it.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from functools import partial

from snaplint.base.record import NamedTuple
from snaplint.collect.aws_errors import UNPARSABLE, Refused, Unanswered, classify
from snaplint.collect.paging import pages
from snaplint.operations.export_keys import object_key
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from snaplint.collect.connection import Connection
    from snaplint.collect.deadline import Deadline
    from snaplint.operations.operation import Need
    from snaplint.operations.proposed import ProposedRequest

ACTION = "iam:SimulatePrincipalPolicy"
MOST_PAGES = 100
"""A page may have fewer decisions than there are actions, of which a rule has a few.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html (MaxItems)"""

_DECISIONS = ("allowed", "explicitDeny", "implicitDeny")


class SimulatedAction(NamedTuple):
    """An action to simulate on a resource, an ARN."""

    action: str
    resource: str


class Opinion(NamedTuple):
    """The simulator's decisions, or `why` there are none. `about` is the ARN of the user or role."""

    about: str
    decisions: Mapping[SimulatedAction, str]
    why: str = ""
    refused: Refused | None = None


def actions_to_simulate(
    needs: Iterable[Need], request: ProposedRequest, facts: Mapping[str, Any]
) -> list[SimulatedAction]:
    """Return the actions of a rule's rights on the request's resources; [] if a name in these is not known.

    The first key of an export represents all of them.
    """
    source, target, bucket = (request.value(role) for role in ("source", "target", "bucket"))
    region, account = facts.get("region"), facts.get("account")
    if not (
        isinstance(source, str) and isinstance(target, str) and isinstance(region, str) and isinstance(account, str)
    ):
        return []
    arns = {
        f"{role}-snapshot": request.operation.arn(name, region, account)
        for role, name in (("source", source), ("target", target))
    }
    if isinstance(bucket, str):
        at_s3 = f"arn:{partition(region)}:s3:::"
        arns |= {"bucket": at_s3 + bucket, "keys": f"{at_s3}{bucket}/{object_key(target, 1)}", "buckets": f"{at_s3}*"}
    when = {"export": isinstance(bucket, str), "copy": bucket is None, "tags": bool(request.value("tags"))}
    applicable = (need for need in needs if when.get(need.when, True) and need.resource in arns)
    return [SimulatedAction(need.action, arns[need.resource]) for need in applicable]


def second_opinion(
    connection: Connection, caller: Mapping[str, Any], actions: Iterable[SimulatedAction], deadline: Deadline
) -> Opinion:
    """Return the simulator's opinion; `caller` is that section of the facts. A failed call is an opinion without
    decisions, never an exception."""
    about = _entity(caller)
    if about is None:
        return Opinion("", {}, "the simulator knows only the policies of users and roles, and the caller is neither")
    by_resource: dict[str, list[str]] = {}
    for each in dict.fromkeys(actions):
        by_resource.setdefault(each.resource, []).append(each.action)
    decisions: dict[SimulatedAction, str] = {}
    try:
        for resource, names in by_resource.items():
            decisions |= _simulate(connection, about, resource, names, deadline)
    except Exception as exception:  # noqa: BLE001  # whatever went wrong, there are no decisions
        error = classify(exception)
        refused = Refused(ACTION, about, error.words) if error.kind == "refused" else None
        return Opinion(about, {}, f"{ACTION}: {error.words} for {about}", refused)
    except KeyboardInterrupt:
        return Opinion(about, {}, "interrupted")
    return Opinion(about, decisions)


def _simulate(
    connection: Connection, about: str, resource: str, names: Sequence[str], deadline: Deadline
) -> dict[SimulatedAction, str]:
    """Return the decisions on one resource: one resource a call, for EvalResourceName is only a form of ARN.

    Raises Unanswered unless there is one decision on each action.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
    """
    params = {"PolicySourceArn": about, "ActionNames": list(names), "ResourceArns": [resource]}
    ask = partial(connection.ask, deadline)
    decisions: dict[SimulatedAction, str] = {}
    for page in pages(connection.client("iam"), "simulate_principal_policy", params, MOST_PAGES, ask):
        for result in page["EvaluationResults"]:
            decision, action = result["EvalDecision"], SimulatedAction(result["EvalActionName"], resource)
            if decision not in _DECISIONS or decisions.setdefault(action, decision) != decision:
                raise Unanswered(UNPARSABLE)
    if decisions.keys() != {SimulatedAction(name, resource) for name in names}:
        raise Unanswered(UNPARSABLE)
    return decisions


def _entity(caller: Mapping[str, Any]) -> str | None:
    """Return the ARN of the user, or of the role of a session; None for other callers."""
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
    role_arn = caller.get("context", {}).get("aws:PrincipalArn")
    if isinstance(role_arn, str):
        return role_arn
    return f"{head.rpartition(':')[0]}:iam::{account}:role/{rest.partition('/')[0]}"

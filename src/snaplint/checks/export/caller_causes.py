"""Why the caller lacks rights, as causes, and what to change.

The rules about the caller ask for different rights. A layer in which an Allow is missing is one thing to change, so its
cause tells of every right that the operation lists and the caller lacks.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.export.identity import LABELS
from snaplint.findings.blame import statement_in_words
from snaplint.findings.cause import (
    BOUNDARY,
    DENY,
    MISSING_GRANT,
    RCP,
    SCP,
    SESSION_POLICY,
    SETTING,
    Cause,
    Repair,
)
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.base.source import Route
    from snaplint.checks.export.answers import Answer
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Blame
    from snaplint.operations.operation import Need

_KINDS = {
    LABELS["boundary"]: BOUNDARY,
    LABELS["session"]: SESSION_POLICY,
    LABELS["scp"]: SCP,
    LABELS["rcp"]: RCP,
}
"""The kinds of the layers that have one; a Deny in another layer is a `deny`, and an Allow is missing there."""


class Lack:
    """A right that the caller lacks: what it needs, the engine's answer, and the layers in which an Allow is missing.

    `layers` has the route and AWS's word for each of these layers. If a Deny refuses the right, an Allow would be
    missing there without that Deny.
    """

    __slots__ = ("answer", "layers", "need")

    def __init__(self, need: Need, answer: Answer, layers: Iterable[tuple[Route, str]] = ()) -> None:
        self.need = need
        self.answer = answer
        self.layers = tuple(layers)


def causes_of_lacks(proposal: Proposal, lacks: list[Lack], mine: Iterable[Need]) -> tuple[Cause, ...]:
    """Return what keeps the rights in `mine` from the caller; `lacks` holds all that it lacks."""
    wanted = set(mine)
    found = (*_denials(proposal, lacks), *_missing(proposal, lacks))
    return tuple(cause for cause, needs in found if needs & wanted)


def _denials(proposal: Proposal, lacks: list[Lack]) -> Iterator[tuple[Cause, set[Need]]]:
    """Yield each Deny that applies, with the rights that it refuses."""
    blames: dict[Route, Blame] = {}
    refused: dict[Route, list[Lack]] = {}
    for lack in lacks:
        if lack.answer.explicit:
            for blame in lack.answer.because:
                blames.setdefault(blame.route, blame)
                refused.setdefault(blame.route, []).append(lack)
    for route, blame in blames.items():
        actions = _actions(refused[route])
        text = f"{statement_in_words(blame)} denies {actions} to `{proposal.caller.arn}`"
        repair = Repair(
            f"narrow or remove the statement, so that it does not deny {actions} to `{proposal.caller.arn}`"
        )
        kind = _KINDS.get(blame.layer, DENY)
        cause = Cause(kind, text, route, blame.layer, blame.sid, blame.effect, blame.source, repair=repair)
        yield cause._replace(label=f"denies {actions}"), {lack.need for lack in refused[route]}


def _missing(proposal: Proposal, lacks: list[Lack]) -> Iterator[tuple[Cause, set[Need]]]:
    """Yield each layer in which an Allow is missing, with the rights for which it is."""
    layers: dict[tuple[Route, str], list[Lack]] = {}
    for lack in lacks:
        for layer in lack.layers:
            layers.setdefault(layer, []).append(lack)
    for (route, label), lacking in layers.items():
        yield _missing_in(proposal, route, label, lacking), {lack.need for lack in lacking}


def _missing_in(proposal: Proposal, route: Route, label: str, lacking: list[Lack]) -> Cause:
    actions, caller = _actions(lacking), f"`{proposal.caller.arn}`"
    if route == ("caller", "arn"):
        text = (
            f"{caller} belongs to another account than the snapshot, and a snapshot has no policy that could allow it"
        )
        return Cause(
            SETTING, text, route, label, repair=Repair("make the call as a principal of the snapshot's account")
        )
    in_bucket_policy = label == LABELS["resource"]
    statements = _statements(proposal, lacking, principal=in_bucket_policy)
    where = "the bucket policy" if in_bucket_policy else f"{_article(label)} {label} of the caller"
    if label in (LABELS["scp"], LABELS["rcp"]):
        where = f"an {label} at this level of the organization"
    one = len(statements) == 1
    repair = Repair(f"add {'this statement' if one else 'these statements'} to {where}", _json(statements))
    kind = _KINDS.get(label, MISSING_GRANT)
    blames = (blame for lack in lacking for blame in lack.answer.because if blame.effect == "Allow")
    near = next((blame for blame in blames if blame.route[: len(route)] == route), None)
    text = f"no statement of the {label} allows {actions} to {caller}"
    if label == LABELS["identity"]:
        text = f"no {label} allows {actions} to {caller}"
    if near is None:
        words = f"nothing here allows {actions}"
        return Cause(kind, text, route, label, name="allow", repair=repair, label=words)
    cause = Cause(kind, text, near.route[:-1], label, near.sid, near.effect, near.source, "allow", repair)
    return cause._replace(label=near.text)


def _article(label: str) -> str:
    return "an" if label[0] in "aeiou" else "the" if label == LABELS["boundary"] else "a"


def _actions(lacks: Iterable[Lack]) -> str:
    return listed(dict.fromkeys(f"`{lack.answer.action}`" for lack in lacks))


def _statements(proposal: Proposal, lacking: list[Lack], *, principal: bool) -> list[dict[str, object]]:
    """Return the statements that allow the rights: one for each set of resources that actions have in common."""
    actions: dict[tuple[str, ...], list[str]] = {}
    resources: dict[str, dict[str, None]] = {}
    for lack in lacking:
        resources.setdefault(lack.answer.action, {})[_resource(proposal, lack.need)] = None
    for action, needed in resources.items():
        actions.setdefault(tuple(needed), []).append(action)
    who = {"Principal": {"AWS": _principal(proposal)}} if principal else {}
    return [
        {"Effect": "Allow", **who, "Action": _one_or_all(each), "Resource": _one_or_all(list(needed))}
        for needed, each in actions.items()
    ]


def _resource(proposal: Proposal, need: Need) -> str:
    """Return the resource of a right as a policy names it, the same for all requests to a bucket."""
    region, account = proposal.facts.region, proposal.facts.account
    known = "*" if isinstance(region, Unknown) else region
    s3 = f"arn:{'aws' if isinstance(region, Unknown) else partition(region)}:s3:::{proposal.request.bucket}"
    match need.resource:
        case "bucket":
            return s3
        case "keys":
            return f"{s3}/*"
        case "buckets":
            return "*"
        case _:
            return proposal.operation.arn("*", known, "*" if isinstance(account, Unknown) else str(account))


def _principal(proposal: Proposal) -> str:
    """Return the caller as a bucket policy names it: for a session, its role."""
    return proposal.caller.role_arn or str(proposal.caller.arn)


def _one_or_all(values: list[str]) -> str | list[str]:
    return values if len(values) > 1 else values[0]


def _json(statements: list[dict[str, object]]) -> str:
    from json import dumps

    return dumps(statements if len(statements) > 1 else statements[0], indent=2)

"""A decision explained: all layers that apply to a request, each with its statements that are near the request.

A statement is near if it names action and principal, or if only one of its elements prevents it from matching. Nothing
is decided here: the truths come from the same statements, conditions and grants that the decision is made of.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.services import rcps_apply
from snaplint.iam.decision.candidates import covers
from snaplint.iam.decision.compared import comparisons
from snaplint.iam.decision.layers import applies, is_bounded
from snaplint.iam.decision.relation import relation_of
from snaplint.iam.document.statement import ALLOW, DENY
from snaplint.iam.terms.truth import NO, UNKNOWN, all_of, any_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Decision
    from snaplint.iam.decision.compared import Comparison
    from snaplint.iam.decision.layers import Layer
    from snaplint.iam.decision.relation import Relation
    from snaplint.iam.decision.simulator import Simulator
    from snaplint.iam.document.policy import Policy
    from snaplint.iam.document.statement import Statement

MOST_STATEMENTS = 20
"""How many statements of a layer are explained; those that match come first."""


class Element(NamedTuple):
    """One element of a statement compared with the request: `Action`, `NotResource`, ...; of an ACL, `Grant`.

    `values` are those of the policy; `truth` says whether the element lets the statement match.
    """

    name: str
    values: tuple[str, ...]
    truth: int


class ExplainedStatement(NamedTuple):
    """One statement near the request. `truth` says whether it matches; `doubts` are the places that cannot be read.

    `route` leads to the statement in its document.
    """

    policy: int
    statement: int
    sid: str | None
    effect: str | None
    truth: int
    elements: tuple[Element, ...]
    conditions: tuple[Comparison, ...]
    doubts: tuple[str, ...] = ()
    route: Route = ()


class ExplainedLayer(NamedTuple):
    """One layer: whether it applies to the request, whether it allows and denies, and its statements near the request.

    `others` is the number of statements that are not shown.
    """

    name: str
    level: int | None
    applies: bool
    allow: int
    deny: int
    statements: tuple[ExplainedStatement, ...]
    others: int = 0


class Explanation(NamedTuple):
    """A decision with everything that led to it.

    `relation` is None if the account that owns the resource is not provided.
    """

    principal: str
    resource: str
    relation: Relation | None
    decision: Decision
    layers: tuple[ExplainedLayer, ...]


def explain(simulator: Simulator, request: Request) -> Explanation:
    """Decide a request and explain the decision."""
    layers = [_layer(layer, simulator, request) for layer in simulator.layers]
    if simulator.acl.grants:
        layers.append(_acl(simulator, request))
    elif simulator.acl.disabled:
        layers.append(ExplainedLayer("acl", None, applies=False, allow=NO, deny=NO, statements=()))
    decision = simulator.evaluate(request)
    return Explanation(request.principal.text, request.resource, relation_of(request), decision, tuple(layers))


def _layer(layer: Layer, simulator: Simulator, request: Request) -> ExplainedLayer:
    principal = request.principal
    rcps = rcps_apply(request.action)
    if not applies(layer, principal, rcps=rcps):
        return ExplainedLayer(layer.name, layer.level, applies=False, allow=NO, deny=NO, statements=())
    bounded = is_bounded(each for each in simulator.layers if applies(each, principal, rcps=rcps))
    statements = [
        _statement(number, statement, request, bounded=bounded)
        for number, policy in enumerate(layer.policies)
        for statement in _same_service(policy, request)
    ]
    total = sum(len(policy.statements) for policy in layer.policies)
    return _summarized(layer.name, layer.level, layer.start(), statements, total)


def _same_service(policy: Policy, request: Request) -> Iterator[Statement]:
    """Yield the statements that match the action, and those on other actions of the same service."""
    service = request.action.partition(":")[0]
    for statement in policy.statements:
        related = (action.lower().partition(":")[0] == service for action in statement.actions)
        if statement.matches_action(request.action) != NO or statement.not_actions or any(related):
            yield statement


def _summarized(
    name: str, level: int | None, start: int, statements: list[ExplainedStatement], total: int
) -> ExplainedLayer:
    allow = any_of([start, *(each.truth for each in statements if each.effect != DENY)])
    deny = any_of(each.truth for each in statements if each.effect != ALLOW)
    near = sorted((each for each in statements if _is_near(each)), key=lambda each: -each.truth)
    shown = tuple(near[:MOST_STATEMENTS])
    return ExplainedLayer(name, level, True, allow, deny, shown, total - len(shown))


def _is_near(statement: ExplainedStatement) -> bool:
    failing = {element.name for element in statement.elements if element.truth == NO}
    if any(each.truth == NO for each in statement.conditions):
        failing.add("Condition")
    return len(failing) < 2 or failing <= {"Resource", "NotResource", "Condition"}


def _statement(policy: int, statement: Statement, request: Request, *, bounded: int) -> ExplainedStatement:
    elements = tuple(_elements(statement, request, bounded=bounded))
    conditions = comparisons(statement, request)
    return ExplainedStatement(
        policy,
        statement.index,
        statement.sid,
        statement.effect,
        all_of([statement.cap, *(each.truth for each in elements), *(each.truth for each in conditions)]),
        elements,
        conditions,
        statement.doubts,
        statement.route,
    )


def _elements(statement: Statement, request: Request, *, bounded: int) -> Iterator[Element]:
    actions = statement.not_actions or statement.actions
    yield Element("NotAction" if statement.not_actions else "Action", actions, statement.matches_action(request.action))
    element = statement.principal_element
    if element is not None:
        named = any_of(truth for truth, _ in covers(statement, request.principal, bounded=bounded))
        values = statement.not_principals or statement.principals
        texts = tuple(value if value == kind else f"{kind} {value}" for kind, value in values)
        yield Element("NotPrincipal" if element.excluded else "Principal", texts, named)
    resources = statement.not_resources or statement.resources
    if resources:
        name = "NotResource" if statement.not_resources else "Resource"
        yield Element(name, resources, statement.matches_resource(request))


def _acl(simulator: Simulator, request: Request) -> ExplainedLayer:
    """Explain the grants that allow, or may allow. An ACL never denies, and a grant has no other elements."""
    truths = {id(statement): truth for statement, truth, _ in simulator.acl.matching(request)}
    grants = [
        ExplainedStatement(
            0,
            grant.statement.index,
            None,
            ALLOW,
            truths[id(grant.statement)],
            (Element("Grant", (f"{grant.permission} to {grant.grantee}",), truths[id(grant.statement)]),),
            (),
            grant.statement.doubts if truths[id(grant.statement)] == UNKNOWN else (),
        )
        for grant in simulator.acl.grants
        if id(grant.statement) in truths
    ]
    return _summarized("acl", None, NO, grants, len(simulator.acl.grants))

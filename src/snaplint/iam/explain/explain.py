"""A decision explained: every layer that was consulted, and of each the statements that are near the request.

Near is a statement that names action and requester, or that one single element keeps from matching. Nothing is
decided here: the truths are asked of the same statements, conditions and grants that the decision was made of.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.services import binds_rcps
from snaplint.iam.decision.candidates import covers
from snaplint.iam.decision.compared import comparisons
from snaplint.iam.decision.layers import binds
from snaplint.iam.decision.relation import relation_of
from snaplint.iam.document.statement import ALLOW, DENY
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Decision
    from snaplint.iam.decision.compared import Comparison
    from snaplint.iam.decision.layers import Layer
    from snaplint.iam.decision.relation import Relation
    from snaplint.iam.decision.simulator import Simulator
    from snaplint.iam.document.policy import Policy
    from snaplint.iam.document.statement import Statement

MOST_STATEMENTS = 20
"""How many statements of a layer are explained; those that match go before the others."""


class Element(NamedTuple):
    """One element of a statement beside the request: `Action`, `NotResource`, ...; of an ACL, `Grant`.

    `values` are those of the policy; `truth` is whether the element lets the statement match.
    """

    name: str
    values: tuple[str, ...]
    truth: int


class Seen(NamedTuple):
    """One statement near the request. `truth` is whether it matches, `doubts` are the parts that cannot be read."""

    policy: int
    statement: int
    sid: str | None
    effect: str | None
    truth: int
    elements: tuple[Element, ...]
    conditions: tuple[Comparison, ...]
    doubts: tuple[str, ...] = ()


class Consulted(NamedTuple):
    """One layer: whether it has a say in the request, what it says in all, and its statements near the request.

    `others` counts the statements that are not shown.
    """

    name: str
    level: int | None
    binds: bool
    allow: int
    deny: int
    statements: tuple[Seen, ...]
    others: int = 0


class Explanation(NamedTuple):
    """A decision with all that led to it. `relation` is None if the account that owns the resource is not provided."""

    principal: str
    resource: str
    relation: Relation | None
    decision: Decision
    layers: tuple[Consulted, ...]


def explain(simulator: Simulator, request: Request) -> Explanation:
    """Decide a request and say why."""
    layers = [_layer(layer, simulator, request) for layer in simulator.layers]
    if simulator.acl.grants:
        layers.append(_acl(simulator, request))
    elif simulator.acl.disabled:
        layers.append(Consulted("acl", None, binds=False, allow=NO, deny=NO, statements=()))
    decision = simulator.evaluate(request)
    return Explanation(request.principal.text, request.resource, relation_of(request), decision, tuple(layers))


def _layer(layer: Layer, simulator: Simulator, request: Request) -> Consulted:
    who = request.principal
    rcps = binds_rcps(request.action)
    if not binds(layer, who, rcps=rcps):
        return Consulted(layer.name, layer.level, binds=False, allow=NO, deny=NO, statements=())
    bounded = any(each.name == "boundary" and binds(each, who, rcps=rcps) for each in simulator.layers)
    every = [
        _seen(number, statement, request, bounded=bounded)
        for number, policy in enumerate(layer.policies)
        for statement in _worth_a_look(policy, request)
    ]
    total = sum(len(policy.statements) for policy in layer.policies)
    return _consulted(layer.name, layer.level, layer.start(), every, total)


def _worth_a_look(policy: Policy, request: Request) -> Iterator[Statement]:
    """The statements about the action, and those about others of the same service."""
    service = request.action.partition(":")[0]
    for statement in policy.statements:
        related = (action.lower().partition(":")[0] == service for action in statement.actions)
        if statement.names(request.action) != NO or statement.not_actions or any(related):
            yield statement


def _consulted(name: str, level: int | None, start: int, every: list[Seen], total: int) -> Consulted:
    allow = max((each.truth for each in every if each.effect != DENY), default=NO)
    deny = max((each.truth for each in every if each.effect != ALLOW), default=NO)
    near = sorted((each for each in every if _is_near(each)), key=lambda each: -each.truth)
    shown = tuple(near[:MOST_STATEMENTS])
    return Consulted(name, level, True, max(start, allow), deny, shown, total - len(shown))


def _is_near(seen: Seen) -> bool:
    failing = {element.name for element in seen.elements if element.truth == NO}
    if any(each.truth == NO for each in seen.conditions):
        failing.add("Condition")
    return len(failing) < 2 or failing <= {"Resource", "NotResource", "Condition"}


def _seen(number: int, statement: Statement, request: Request, *, bounded: bool) -> Seen:
    elements = tuple(_elements(statement, request, bounded=bounded))
    conditions = comparisons(statement, request)
    truth = min(_truths(elements, conditions), statement.cap)
    return Seen(number, statement.index, statement.sid, statement.effect, truth, elements, conditions, statement.doubts)


def _truths(elements: Iterable[Element], conditions: Iterable[Comparison]) -> int:
    return min([YES, *(each.truth for each in elements), *(each.truth for each in conditions)])


def _elements(statement: Statement, request: Request, *, bounded: bool) -> Iterator[Element]:
    actions = statement.not_actions or statement.actions
    yield Element("NotAction" if statement.not_actions else "Action", actions, statement.names(request.action))
    if statement.who is not None:
        named = max((truth for truth, _ in covers(statement, request.principal, bounded=bounded)), default=NO)
        values = statement.not_principals or statement.principals
        texts = tuple(value if value == kind else f"{kind} {value}" for kind, value in values)
        yield Element("NotPrincipal" if statement.who.excluded else "Principal", texts, named)
    resources = statement.not_resources or statement.resources
    if resources:
        yield Element("NotResource" if statement.not_resources else "Resource", resources, statement.holds(request))


def _acl(simulator: Simulator, request: Request) -> Consulted:
    """The grants that allow, or may allow; an ACL never denies, and a grant has no other elements."""
    found = {id(statement): truth for statement, truth, _ in simulator.acl.matching(request)}
    every = [
        Seen(
            0,
            grant.statement.index,
            None,
            ALLOW,
            found[id(grant.statement)],
            (Element("Grant", (f"{grant.permission} to {grant.grantee}",), found[id(grant.statement)]),),
            (),
            grant.statement.doubts if found[id(grant.statement)] == UNKNOWN else (),
        )
        for grant in simulator.acl.grants
        if id(grant.statement) in found
    ]
    return _consulted("acl", None, NO, every, len(simulator.acl.grants))

"""A compiled statement: the actions, principals and resources that it matches, and its conditions.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html

Every part answers YES, NO or UNKNOWN, and a statement matches if all of them do. A part that cannot be read answers
UNKNOWN, but the statement still answers NO if another part certainly does not match.

Equal statements of several documents are compiled once: `placed` returns the statement as part of one document.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request
    from snaplint.iam.document.action_element import Actions
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.covering import PrincipalElement
    from snaplint.iam.document.resource_element import Resources
    from snaplint.iam.terms.states import State


ALLOW = "Allow"
DENY = "Deny"


class Home(NamedTuple):
    """The document of a statement.

    `where` is its name in `depends_on`, and `doubts` are the places in it that make every statement doubtful.
    """

    route: Route = ()
    where: str = ""
    doubts: tuple[str, ...] = ()


class StatementPlace(NamedTuple):
    """Where a statement is: its document, its route there, and its index, `number`."""

    home: Home
    tail: Route = ()
    number: int = -1


_NOWHERE = StatementPlace(Home())


class Statement:
    """A statement of a policy. `effect` is None if it cannot be read: the statement may then allow or deny.

    `index` is -1 for what is not a statement, such as a policy that was not read.
    """

    __slots__ = (
        "_place",
        "action_element",
        "cap",
        "doubtful",
        "doubts",
        "effect",
        "flawed",
        "index",
        "not_principals",
        "not_resources",
        "principal_element",
        "principals",
        "quick",
        "resource_element",
        "resources",
        "sid",
        "tests",
    )

    def __init__(self, index: int, place: StatementPlace = _NOWHERE) -> None:
        self.index = index
        self._place = place
        self.sid: str | None = None
        self.effect: str | None = None
        # For linters: the texts of the policy, in order.
        self.resources: tuple[str, ...] = ()
        self.not_resources: tuple[str, ...] = ()
        self.principals: tuple[tuple[str, str], ...] = ()
        self.not_principals: tuple[tuple[str, str], ...] = ()
        self.flawed = False
        """It has a fault, which may be harmless."""
        # For the engine.
        self.principal_element: PrincipalElement | None = None
        self.cap = YES
        """The most that a match can answer: UNKNOWN if something in the statement cannot be read."""
        self.doubtful: tuple[Route, ...] = ()
        """The routes in the statement of what cannot be read."""
        self.doubts: tuple[str, ...] = ()
        """The names in `depends_on` of what cannot be read."""
        self.action_element: Actions | None = None
        self.resource_element: Resources | None = None
        """None matches everything, as for actions."""
        self.tests: tuple[Condition, ...] = ()
        """The compiled conditions."""
        self.quick: tuple[tuple[str, Callable[[State], int | None], Condition], ...] = ()
        """The conditions with their keys and cached answers: most matches need only the cache."""

    def set_tests(self, tests: tuple[Condition, ...]) -> None:
        """Set the compiled conditions."""
        self.tests = tests
        self.quick = tuple([(test.key, test.remembered, test) for test in tests])

    def placed(self, place: StatementPlace) -> Statement:
        """Return the same statement at a place of a document."""
        copy = Statement.__new__(Statement)
        copy.index = self.index
        copy.sid = self.sid
        copy.effect = self.effect
        copy.resources = self.resources
        copy.not_resources = self.not_resources
        copy.principals = self.principals
        copy.not_principals = self.not_principals
        copy.flawed = self.flawed
        copy.principal_element = self.principal_element
        copy.doubtful = self.doubtful
        copy.cap = self.cap
        copy.action_element = self.action_element
        copy.resource_element = self.resource_element
        copy.tests = self.tests
        copy.quick = self.quick
        copy.put(place)
        return copy

    def put(self, place: StatementPlace) -> None:
        """Make it a part of a document."""
        self._place = place
        self.doubts = ()
        if self.index >= 0:
            self.index = place.number
            self.doubts = place.home.doubts
        if self.doubtful:
            self.doubts += tuple(map(self.place_of, self.doubtful))
        if self.doubts:
            self.cap = UNKNOWN

    @property
    def actions(self) -> tuple[str, ...]:
        """The entries of its `Action`."""
        element = self.action_element
        return element.texts if element is not None and not element.excluded else ()

    @property
    def not_actions(self) -> tuple[str, ...]:
        """The entries of its `NotAction`."""
        element = self.action_element
        return element.texts if element is not None and element.excluded else ()

    @property
    def conditions(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """The operator, key and values of its conditions."""
        return tuple([(test.operator, test.name, test.values) for test in self.tests])

    @property
    def route(self) -> Route:
        """Its route, which continues that of the document."""
        return (*self._place.home.route, *self._place.tail)

    def place_of(self, route: Route) -> str:
        """Return the name in `depends_on` of a place in the statement: `resource_policy.Statement.0.Action`."""
        return ".".join((self._place.home.where, *map(str, self._place.tail), *map(str, route)))

    @property
    def unconditional(self) -> bool:
        """Return True if it matches every resource in every context."""
        return self.resource_element is None and not self.tests and self.cap == YES

    def matches_action(self, action: str) -> int:
        """Return whether the statement matches the action, which is in lower case."""
        return YES if self.action_element is None else self.action_element.truth(action)

    def matches_resource(self, request: Request) -> int:
        """Return whether the statement matches the resource of the request."""
        return YES if self.resource_element is None else self.resource_element.truth(request)

    def may_match_resource(self, request: Request) -> bool:
        """Return True if the statement matches the resource of the request, or may match it."""
        return self.matches_resource(request) != NO

    def match(self, request: Request) -> int:
        """Return whether resource and conditions match; action and principal are compared beforehand."""
        truth = self.cap
        if self.resource_element is not None:
            found = self.resource_element.truth(request)
            if found < truth:
                if found == NO:
                    return NO
                truth = found
        states = request.states
        for key, remembered, condition in self.quick:
            known = remembered(states[key])
            found = condition.truth(states) if known is None else known
            if found < truth:
                if found == NO:
                    return NO
                truth = found
        return truth

    def needs(self, request: Request) -> Iterator[str]:
        """Yield the names of what an answer of UNKNOWN depends on."""
        yield from self.doubts
        yield from self.unnamed(request)
        if self.resource_element is not None and self.resource_element.truth(request) == UNKNOWN:
            yield from self.resource_element.needs(request, self.place_of((self.resource_element.name,)))
        for condition in self.tests:
            if condition.truth(request.states) == UNKNOWN:
                yield from condition.needs(request.states, self.place_of(("Condition",)))

    def unnamed(self, request: Request) -> Iterator[str]:
        """Yield the names of what it depends on whether the statement names action and principal."""
        if self.action_element is not None and self.matches_action(request.action) == UNKNOWN:
            yield self.place_of((self.action_element.name,))
        element = self.principal_element
        if element is not None:
            yield from element.needs(request.principal, self.place_of((element.place,)) if element.place else "")


def dotted(route: Route) -> str:
    """Return a route as it is written in `depends_on`: `resource_policy.Statement.0.Action`."""
    return ".".join(str(step) for step in route)

"""A compiled statement: the actions, principals and resources that it matches, and its conditions.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html and ..._notaction.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and ..._notresource.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html

Every part answers YES, NO or UNKNOWN, and a statement matches if all of them do. A part that cannot be read answers
UNKNOWN, but the statement still answers NO if another part certainly does not match.
"""

from __future__ import annotations

from snaplint.iam.document.variables import UNRESOLVED, fill
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.states import is_plain
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.covering import PrincipalElement
    from snaplint.iam.terms.pattern import Glob
    from snaplint.iam.terms.states import State
    from snaplint.iam.terms.values import Template


ALLOW = "Allow"
DENY = "Deny"


class Actions:
    """A compiled `Action` or `NotAction` element.

    `unreadable` says that an entry cannot be read. Then, or if AWS does not document what an entry matches, `place` is
    the name of the element in `depends_on`.
    """

    __slots__ = ("_globs", "_vague", "excluded", "place", "unreadable")

    def __init__(
        self, globs: tuple[Glob, ...], vague: tuple[Glob, ...], *, excluded: bool, unreadable: bool, place: str
    ) -> None:
        self._globs = globs
        self._vague = vague
        """Patterns for which AWS does not document what they match."""
        self.excluded = excluded
        self.unreadable = unreadable
        self.place = place

    def truth(self, action: str) -> int:
        """Return whether the element matches the action, which is in lower case."""
        if any(pattern.matches(action) for pattern in self._globs):
            truth = YES
        else:
            truth = UNKNOWN if self.unreadable or any(pattern.matches(action) for pattern in self._vague) else NO
        return YES - truth if self.excluded else truth


class Resources:
    """A compiled `Resource` or `NotResource` element.

    `unreadable` says that an entry cannot be read. Then, or if AWS does not document what an entry matches, `place` is
    the name of the element in `depends_on`.
    """

    __slots__ = (
        "_exact",
        "_globs",
        "_odd",
        "_patterns",
        "_prefixes",
        "_settled",
        "_templates",
        "excluded",
        "place",
        "unreadable",
    )

    def __init__(
        self,
        patterns: tuple[ArnPattern, ...],
        templates: tuple[Template, ...],
        *,
        excluded: bool,
        unreadable: bool,
        place: str,
    ) -> None:
        self._patterns = patterns
        plain = [pattern.whole for pattern in patterns if pattern.plain]
        self._exact = frozenset(whole.exact for whole in plain if whole.exact is not None)
        # Most patterns are text that ends with `*`: one `startswith` compares them all.
        self._prefixes = tuple(whole.prefix for whole in plain if whole.prefix is not None and not whole.suffix)
        self._globs = tuple(
            whole.matches for whole in plain if whole.exact is None and (whole.prefix is None or whole.suffix)
        )
        self._odd = tuple(pattern for pattern in patterns if not pattern.plain)
        """The patterns with wildcards before the fifth colon."""
        self._templates = templates
        """The patterns with variables."""
        self.excluded = excluded
        self.unreadable = unreadable
        self.place = place
        self._settled = not (self._odd or templates or unreadable)
        """The quick comparison decides, unless the resource has holes."""

    def truth(self, request: Request) -> int:
        """Return whether the element matches the resource of the request."""
        resource = request.resource
        if resource in self._exact or resource.startswith(self._prefixes) or self._fits(resource):
            truth = YES
        elif self._settled and not request.holed:
            truth = NO
        else:
            truth = self._possible(request)
        return YES - truth if self.excluded else truth

    def _fits(self, resource: str) -> bool:
        for matches in self._globs:  # noqa: SIM110  # the hot path: a generator costs as much as the loop
            if matches(resource):
                return True
        return False

    def _possible(self, request: Request) -> int:
        """Compare what the quick comparison does not: holes, odd patterns, variables, entries that cannot be read."""
        truth = UNKNOWN if self.unreadable else NO
        if self._odd or request.holed:
            patterns = self._patterns if request.holed else self._odd
            truth = max(truth, max((pattern.truth(request.resource) for pattern in patterns), default=NO))
        if self._templates and truth != YES:
            truth = max(truth, self._filled(request.resource, request.states))
        return truth

    def _filled(self, resource: str, states: States) -> int:
        truth = NO
        for parts in self._templates:
            value = fill(parts, states)
            if value is None:
                # No value of the variable helps if the pattern differs elsewhere.
                found = min(UNKNOWN, ArnPattern(_widest(parts), crossing=True).truth(resource))
            else:
                found = NO if value is UNRESOLVED else ArnPattern(value, crossing=True).truth(resource)
            truth = max(truth, found)
        return truth

    def needs(self, request: Request) -> Iterator[str]:
        """Yield the names of what an answer of UNKNOWN depends on."""
        found = [name for name in self.variables() if not is_plain(request.states[name.lower()], single=True)]
        if request.holed:
            yield "resource"
        if self.unreadable or not (request.holed or found):
            yield self.place
        yield from found

    def variables(self) -> tuple[str, ...]:
        """Return the keys of its variables, as written in the policy."""
        return tuple(part.key for parts in self._templates for part in parts if isinstance(part, Variable))


def _widest(parts: Template) -> list[str | int]:
    return [0 if isinstance(part, Variable) else part for part in parts]


class Statement:
    """A statement of a policy. `effect` is None if it cannot be read: the statement may then allow or deny."""

    __slots__ = (
        "_actions",
        "_quick",
        "_resources",
        "_tests",
        "actions",
        "cap",
        "conditions",
        "doubts",
        "effect",
        "index",
        "not_actions",
        "not_principals",
        "not_resources",
        "principal_element",
        "principals",
        "resources",
        "route",
        "sid",
    )

    def __init__(self, index: int, route: Route) -> None:
        self.index = index
        self.route = route
        self.sid: str | None = None
        self.effect: str | None = None
        # For linters: the texts of the policy, in order.
        self.actions: tuple[str, ...] = ()
        self.not_actions: tuple[str, ...] = ()
        self.resources: tuple[str, ...] = ()
        self.not_resources: tuple[str, ...] = ()
        self.principals: tuple[tuple[str, str], ...] = ()
        self.not_principals: tuple[tuple[str, str], ...] = ()
        self.conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
        # For the engine.
        self.principal_element: PrincipalElement | None = None
        self.cap = YES
        """The most that a match can answer: UNKNOWN if something in the statement cannot be read."""
        self.doubts: tuple[str, ...] = ()
        """The names in `depends_on` of what cannot be read."""
        self._actions: Actions | None = None
        self._resources: Resources | None = None
        self._tests: tuple[Condition, ...] = ()
        self._quick: tuple[tuple[str, Callable[[State], int | None], Condition], ...] = ()
        """The conditions with their keys and cached answers: most matches need only the cache."""

    def set_elements(self, actions: Actions | None, resources: Resources | None, tests: tuple[Condition, ...]) -> None:
        """Set the compiled elements; None matches everything."""
        self._actions = actions
        self._resources = resources
        self._tests = tests
        self._quick = tuple((test.key, test.remembered, test) for test in tests)

    @property
    def unconditional(self) -> bool:
        """Return True if it matches every resource in every context."""
        return self._resources is None and not self._tests and self.cap == YES

    @property
    def tests(self) -> tuple[Condition, ...]:
        """The compiled conditions."""
        return self._tests

    @property
    def resource_variables(self) -> tuple[str, ...]:
        """The keys of the variables in its resources."""
        return self._resources.variables() if self._resources is not None else ()

    def matches_action(self, action: str) -> int:
        """Return whether the statement matches the action, which is in lower case."""
        return YES if self._actions is None else self._actions.truth(action)

    def matches_resource(self, request: Request) -> int:
        """Return whether the statement matches the resource of the request."""
        return YES if self._resources is None else self._resources.truth(request)

    def may_match_resource(self, request: Request) -> bool:
        """Return True if the statement matches the resource of the request, or may match it."""
        return self.matches_resource(request) != NO

    def match(self, request: Request) -> int:
        """Return whether resource and conditions match; action and principal are compared beforehand."""
        truth = self.cap
        if self._resources is not None:
            found = self._resources.truth(request)
            if found < truth:
                if found == NO:
                    return NO
                truth = found
        states = request.states
        for key, remembered, condition in self._quick:
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
        if self._actions is not None and self.matches_action(request.action) == UNKNOWN:
            yield self._actions.place
        element = self.principal_element
        if element is not None and any(truth == UNKNOWN for truth, _ in element.covers(request.principal)):
            yield element.place or "principal"
        if self._resources is not None and self._resources.truth(request) == UNKNOWN:
            yield from self._resources.needs(request)
        for condition in self._tests:
            if condition.truth(request.states) == UNKNOWN:
                yield from condition.needs(request.states)


def dotted(route: Route) -> str:
    """Return a route as it is written in `depends_on`: `resource_policy.Statement.0.Action`."""
    return ".".join(str(step) for step in route)

"""One statement, compiled: which actions it names, whom it covers, which resources, under which conditions.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html and ..._notaction.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and ..._notresource.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html

Every part answers in three values, and a statement is the "all of" them: a part that cannot be read is `UNKNOWN` by
itself, and the statement is `NO` all the same where another part certainly does not match.
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
    """The `Action` or `NotAction` element. `doubt` says that an entry cannot be read; `place` names the element then,
    or where it has entries of which nobody documents what they match.
    """

    __slots__ = ("_globs", "_vague", "doubt", "excluded", "place")

    def __init__(
        self, globs: tuple[Glob, ...], vague: tuple[Glob, ...], *, excluded: bool, doubt: bool, place: str
    ) -> None:
        self._globs = globs
        self._vague = vague
        """Patterns of which it is not documented that they match."""
        self.excluded = excluded
        self.doubt = doubt
        self.place = place

    def truth(self, action: str) -> int:
        """Whether the element covers the action, given in lower case."""
        if any(pattern.matches(action) for pattern in self._globs):
            truth = YES
        else:
            truth = UNKNOWN if self.doubt or any(pattern.matches(action) for pattern in self._vague) else NO
        return YES - truth if self.excluded else truth


class Resources:
    """The `Resource` or `NotResource` element. `doubt` says that an entry cannot be read; `place` names the element
    then, or where it has entries that may match as nobody documents.
    """

    __slots__ = (
        "_exact",
        "_globs",
        "_odd",
        "_open",
        "_patterns",
        "_prefixes",
        "_settled",
        "doubt",
        "excluded",
        "place",
    )

    def __init__(
        self,
        patterns: tuple[ArnPattern, ...],
        open_: tuple[Template, ...],
        *,
        excluded: bool,
        doubt: bool,
        place: str,
    ) -> None:
        self._patterns = patterns
        plain = [pattern.whole for pattern in patterns if pattern.plain]
        self._exact = frozenset(whole.exact for whole in plain if whole.exact is not None)
        # Most patterns are a text and a `*` behind it: one look at the resource's beginning serves them all.
        self._prefixes = tuple(whole.prefix for whole in plain if whole.prefix is not None and not whole.suffix)
        self._globs = tuple(
            whole.matches for whole in plain if whole.exact is None and (whole.prefix is None or whole.suffix)
        )
        self._odd = tuple(pattern for pattern in patterns if not pattern.plain)
        """Those with wildcards before the fifth colon."""
        self._open = open_
        """Those that hold variables."""
        self.excluded = excluded
        self.doubt = doubt
        self.place = place
        self._settled = not (self._odd or open_ or doubt)
        """A quick look at the resource says all, unless it has holes."""

    def truth(self, request: Request) -> int:
        """Whether the element covers the resource."""
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
        """What the quick look has left open: holes, odd patterns, variables, entries that cannot be read."""
        truth = UNKNOWN if self.doubt else NO
        if self._odd or request.holed:
            patterns = self._patterns if request.holed else self._odd
            truth = max(truth, max((pattern.truth(request.resource) for pattern in patterns), default=NO))
        if self._open and truth != YES:
            truth = max(truth, self._filled(request.resource, request.states))
        return truth

    def _filled(self, resource: str, states: States) -> int:
        truth = NO
        for parts in self._open:
            value = fill(parts, states)
            if value is None:
                # Whatever the variable holds, it cannot make up for a pattern that differs elsewhere.
                found = min(UNKNOWN, ArnPattern(_widest(parts), crossing=True).truth(resource))
            else:
                found = NO if value is UNRESOLVED else ArnPattern(value, crossing=True).truth(resource)
            truth = max(truth, found)
        return truth

    def needs(self, request: Request) -> Iterator[str]:
        """What would have to be known where the element is `UNKNOWN`."""
        found = [name for name in self.variables() if not is_plain(request.states[name.lower()], single=True)]
        if request.holed:
            yield "resource"
        if self.doubt or not (request.holed or found):
            yield self.place
        yield from found

    def variables(self) -> tuple[str, ...]:
        """The keys of its variables, as written."""
        return tuple(part.key for parts in self._open for part in parts if isinstance(part, Variable))


def _widest(parts: Template) -> list[str | int]:
    return [0 if isinstance(part, Variable) else part for part in parts]


class Statement:
    """A statement of a policy. `effect` is None where it cannot be read: it may then allow or deny."""

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
        # What a linter reads: source strings, in order.
        self.actions: tuple[str, ...] = ()
        self.not_actions: tuple[str, ...] = ()
        self.resources: tuple[str, ...] = ()
        self.not_resources: tuple[str, ...] = ()
        self.principals: tuple[tuple[str, str], ...] = ()
        self.not_principals: tuple[tuple[str, str], ...] = ()
        self.conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
        # What the engine runs.
        self.principal_element: PrincipalElement | None = None
        self.cap = YES
        """`UNKNOWN` where something about the statement as a whole cannot be read."""
        self.doubts: tuple[str, ...] = ()
        """What to name as needed for `cap`, or for the effect."""
        self._actions: Actions | None = None
        self._resources: Resources | None = None
        self._tests: tuple[Condition, ...] = ()
        self._quick: tuple[tuple[str, Callable[[State], int | None], Condition], ...] = ()
        """The conditions again, each with its key and what it came to before: most are answered by that alone."""

    def take(self, actions: Actions | None, resources: Resources | None, tests: tuple[Condition, ...]) -> None:
        """Set what the engine runs; None matches everything."""
        self._actions = actions
        self._resources = resources
        self._tests = tests
        self._quick = tuple((test.key, test.remembered, test) for test in tests)

    @property
    def unconditional(self) -> bool:
        """Whether it matches every resource in every context."""
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
        """Whether the statement is about the action, given in lower case."""
        return YES if self._actions is None else self._actions.truth(action)

    def matches_resource(self, request: Request) -> int:
        """Whether the statement's resources hold the one that is asked about."""
        return YES if self._resources is None else self._resources.truth(request)

    def may_match_resource(self, request: Request) -> bool:
        """Whether they may hold it."""
        return self.matches_resource(request) != NO

    def match(self, request: Request) -> int:
        """Whether resource and conditions match: what is left once action and principal do."""
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
        """What would have to be known where the statement is `UNKNOWN`."""
        yield from self.doubts
        if self._actions is not None and self.matches_action(request.action) == UNKNOWN:
            yield self._actions.place
        element = self.principal_element
        if element is not None and any(truth == UNKNOWN for truth, _ in element.covers(request.principal)):
            yield element.doubt or "principal"
        if self._resources is not None and self._resources.truth(request) == UNKNOWN:
            yield from self._resources.needs(request)
        for condition in self._tests:
            if condition.truth(request.states) == UNKNOWN:
                yield from condition.needs(request.states)


def dotted(route: Route) -> str:
    """A route as one word, for lists of what is needed: `resource_policy.Statement.0.Action`."""
    return ".".join(str(step) for step in route)

"""A compiled `Resource` or `NotResource` element.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and ..._notresource.html
"""

from __future__ import annotations

from snaplint.iam.document.variables import UNRESOLVED, fill
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.states import is_plain
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.terms.values import Template


class Resources:
    """A compiled `Resource` or `NotResource` element.

    `unreadable` says that an entry cannot be read.
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
        "unreadable",
    )

    def __init__(
        self,
        patterns: tuple[ArnPattern, ...],
        templates: tuple[Template, ...],
        *,
        excluded: bool,
        unreadable: bool,
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

    @property
    def name(self) -> str:
        """The name of the element."""
        return "NotResource" if self.excluded else "Resource"

    def needs(self, request: Request, place: str) -> Iterator[str]:
        """Yield the names of what an answer of UNKNOWN depends on; `place` is that of the element itself."""
        found = [name for name in self.variables() if not is_plain(request.states[name.lower()], single=True)]
        if request.holed:
            yield "resource"
        if self.unreadable or not (request.holed or found):
            yield place
        yield from found

    @property
    def templates(self) -> tuple[Template, ...]:
        """The patterns with variables."""
        return self._templates

    def variables(self) -> tuple[str, ...]:
        """Return the keys of its variables, as written in the policy."""
        return tuple(part.key for parts in self._templates for part in parts if isinstance(part, Variable))


def _widest(parts: Template) -> list[str | int]:
    return [0 if isinstance(part, Variable) else part for part in parts]

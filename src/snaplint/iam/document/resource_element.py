"""A compiled `Resource` or `NotResource` element.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and ..._notresource.html
"""

from __future__ import annotations

from snaplint.iam.document.variables import UNRESOLVED, fill
from snaplint.iam.terms.arn import PARTS, ArnPattern
from snaplint.iam.terms.beginnings import Beginnings
from snaplint.iam.terms.pattern import HOLE, tokens
from snaplint.iam.terms.states import is_plain
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.terms.states import State
    from snaplint.iam.terms.values import Template

    Compiled = str | ArnPattern | Template

MANY = 32
"""With more entries than this, they are looked up by the text before their first wildcard."""

_MOST_FILLED_IN = 64
_PATTERNS_IN_A_STEP = 4


def is_simple(text: str) -> bool:
    """Return True for an ARN that needs no `ArnPattern`: without wildcards, or with one, a `*` at the end."""
    star = text.find("*")
    return (
        text.startswith("arn:")
        and (star < 0 or star == len(text) - 1)
        and text.count(":") >= PARTS - 1
        and "?" not in text
        and "$" not in text
        and HOLE not in text
    )


class Resources:
    """A compiled `Resource` or `NotResource` element.

    An entry is a text if `is_simple`, a template if it has variables, else a pattern. `unreadable` says that an entry
    cannot be read.
    """

    __slots__ = (
        "_beginnings",
        "_entries",
        "_exact",
        "_filled_in",
        "_globs",
        "_keys",
        "_odd",
        "_parts",
        "_patterns",
        "_prefixes",
        "_settled",
        "_templates",
        "excluded",
        "unreadable",
    )

    def __init__(self, entries: Sequence[Compiled], *, excluded: bool = False, unreadable: bool = False) -> None:
        self._entries = entries
        self._beginnings: Beginnings | None = None
        self._parts: dict[int, Resources] = {}
        """The entries that begin alike, by their place in `_beginnings`."""
        self._patterns: tuple[ArnPattern, ...] | None = None
        exact: set[str] = set()
        prefixes: list[str] = []
        globs: list[Callable[[str], bool]] = []
        odd: list[ArnPattern] = []
        templates: list[Template] = []
        for entry in entries:
            if isinstance(entry, str):
                if entry.endswith("*"):
                    prefixes.append(entry[:-1])
                else:
                    exact.add(entry)
            elif not isinstance(entry, ArnPattern):
                templates.append(entry)
            elif entry.plain:
                globs.append(entry.whole.matches)
            else:
                odd.append(entry)
        self._exact = exact
        # Most patterns are text that ends with `*`: one `startswith` compares them all.
        self._prefixes = tuple(prefixes)
        self._globs = tuple(globs)
        self._odd = tuple(odd)
        """The patterns with wildcards before the fifth colon."""
        self._templates = tuple(templates)
        """The patterns with variables."""
        self._keys = tuple([key.lower() for key in self.variables()]) if templates else ()
        self._filled_in: dict[tuple[State, ...], list[tuple[ArnPattern, int]]] = {}
        """The patterns by the values of their variables."""
        self.excluded = excluded
        self.unreadable = unreadable
        self._settled = not (odd or templates or unreadable)
        """The quick comparison decides, unless the resource has holes."""

    def truth(self, request: Request) -> int:
        """Return whether the element matches the resource of the request."""
        truth = self._listed(request) if len(self._entries) <= MANY else self._looked_up(request)
        return YES - truth if self.excluded else truth

    @property
    def cost(self) -> int:
        """About how long a comparison takes that depends on its variables, in steps of a budget."""
        return 1 + len(self._odd) // _PATTERNS_IN_A_STEP + len(self._templates)

    def same_below(self, prefix: str) -> bool:
        """Return True if the element matches all ARNs that begin with `prefix` alike; it may return False for True.

        `prefix` is without holes and has at least five colons.
        """
        if len(self._entries) > MANY:
            return all(part._same_below(prefix) for part in self._near(prefix, whole=False))  # noqa: SLF001
        return self._same_below(prefix)

    def _same_below(self, prefix: str) -> bool:
        if not all(pattern.same_below(prefix) for pattern in self._all_patterns()):
            return False
        beginnings = (parts[0] if isinstance(parts[0], str) else "" for parts in self._templates)
        return not any(prefix.startswith(text) or text.startswith(prefix) for text in beginnings)

    def _listed(self, request: Request) -> int:
        """Return whether one of the entries matches."""
        resource = request.resource
        if resource in self._exact or resource.startswith(self._prefixes) or self._fits(resource):
            return YES
        if self._settled and not request.holed:
            return NO
        return self._possible(request)

    def _looked_up(self, request: Request) -> int:
        """Return the same; only entries that can match how the resource begins are compared."""
        truth = UNKNOWN if self.unreadable else NO
        for part in self._near(request.resource.partition(HOLE)[0], whole=not request.holed):
            found = part._listed(request)  # noqa: SLF001  # another part of the same element
            if found == YES:
                return YES
            truth = max(truth, found)
        return truth

    def _near(self, known: str, *, whole: bool) -> Iterator[Resources]:
        """Yield the entries that can match a resource that is `known`, or that begins with it."""
        if self._beginnings is None:
            self._beginnings = Beginnings((_beginning(entry),) for entry in self._entries)
        for place in self._beginnings.places(known, whole=whole):
            part = self._parts.get(place)
            if part is None:
                entries = [self._entries[number] for number in self._beginnings.numbers[place]]
                part = self._parts[place] = Resources(entries)
            yield part

    @property
    def beginnings(self) -> frozenset[str]:
        """The texts with one of which each resource begins that the element matches, or may match."""
        if self.excluded or self.unreadable:
            return frozenset(("",))
        return frozenset(map(_beginning, self._entries))

    def _fits(self, resource: str) -> bool:
        for matches in self._globs:  # noqa: SIM110  # the hot path: a generator costs as much as the loop
            if matches(resource):
                return True
        return False

    def _possible(self, request: Request) -> int:
        """Compare what the quick comparison does not: holes, odd patterns, variables, entries that cannot be read."""
        truth = UNKNOWN if self.unreadable else NO
        if self._odd or request.holed:
            patterns = self._all_patterns() if request.holed else self._odd
            truth = max(truth, max((pattern.truth(request.resource) for pattern in patterns), default=NO))
        if self._templates and truth != YES:
            truth = max(truth, self._filled(request.resource, request.states))
        return truth

    def _all_patterns(self) -> tuple[ArnPattern, ...]:
        """Return all entries without variables as patterns."""
        if self._patterns is None:
            plain = (entry for entry in self._entries if isinstance(entry, (str, ArnPattern)))
            self._patterns = tuple(
                ArnPattern(tokens(entry), crossing=True) if isinstance(entry, str) else entry for entry in plain
            )
        return self._patterns

    def _filled(self, resource: str, states: States) -> int:
        given = tuple([states[key] for key in self._keys])
        patterns = self._filled_in.get(given)
        if patterns is None:
            patterns = [_filled_in(parts, states) for parts in self._templates]
            if all(is_plain(state, single=True) for state in given):
                if len(self._filled_in) >= _MOST_FILLED_IN:
                    self._filled_in.clear()
                self._filled_in[given] = patterns
        truth = NO
        for pattern, ceiling in patterns:
            truth = max(truth, min(ceiling, pattern.truth(resource)))
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


def _beginning(entry: Compiled) -> str:
    """Return the text with which every resource begins that an entry matches."""
    if isinstance(entry, str):
        return entry.removesuffix("*")
    if isinstance(entry, ArnPattern):
        return entry.whole.beginning if entry.plain else ""
    return entry[0] if isinstance(entry[0], str) else ""


def _filled_in(parts: Template, states: States) -> tuple[ArnPattern, int]:
    """Return the pattern of a template for the values of its variables, and the most that a match answers."""
    value = fill(parts, states)
    if value is None:
        # No value of the variable helps if the pattern differs elsewhere.
        return ArnPattern(_widest(parts), crossing=True), UNKNOWN
    return ArnPattern(value, crossing=True), NO if value is UNRESOLVED else YES


def _widest(parts: Template) -> list[str | int]:
    return [0 if isinstance(part, Variable) else part for part in parts]

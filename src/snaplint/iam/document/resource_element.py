"""A compiled `Resource` or `NotResource` element.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html and ..._notresource.html
"""

from __future__ import annotations

from snaplint.iam.document.variables import UNRESOLVED, fill
from snaplint.iam.terms.arn import PARTS, ArnPattern
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
"""With more entries than this, they are looked up by what comes before the first slash: the ARN of the bucket."""

_MOST_FILLED_IN = 64


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
        "_by_head",
        "_entries",
        "_exact",
        "_filled_in",
        "_globs",
        "_keys",
        "_odd",
        "_patterns",
        "_prefixes",
        "_settled",
        "_templates",
        "excluded",
        "unreadable",
    )

    def __init__(self, entries: Sequence[Compiled], *, excluded: bool = False, unreadable: bool = False) -> None:
        self._entries = entries
        self._by_head: dict[str, Resources] | None = None
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

    def same_below(self, prefix: str) -> bool:
        """Return True if the element matches all ARNs that begin with `prefix` alike; it may return False for True.

        `prefix` is without holes and has at least five colons.
        """
        if len(self._entries) > MANY:
            if "/" not in prefix:
                return False
            if self._by_head is None:
                self._by_head = self._indexed()
            here = self._by_head.get(head_of(prefix))
            return self._by_head[""]._same_below(prefix) and (here is None or here._same_below(prefix))  # noqa: SLF001
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
        """Return the same; only entries that can match the part of the resource before its slash are compared."""
        if self._by_head is None:
            self._by_head = self._indexed()
        head = head_of(request.resource)
        if HOLE in head:
            return self._listed(request)
        truth = self._by_head[""]._listed(request)  # noqa: SLF001  # another part of the same element
        here = self._by_head.get(head)
        return truth if here is None else max(truth, here._listed(request))  # noqa: SLF001

    def _indexed(self) -> dict[str, Resources]:
        """Return the entries by their heads; "" is for those that match several heads."""
        by_head: dict[str, list[Compiled]] = {"": []}
        for entry in self._entries:
            by_head.setdefault(_entry_head(entry), []).append(entry)
        return {head: Resources(entries, unreadable=self.unreadable) for head, entries in by_head.items()}

    @property
    def heads(self) -> frozenset[str] | None:
        """The heads of all entries; None if the element may match resources with other heads."""
        if self.excluded or self.unreadable:
            return None
        heads = frozenset(map(_entry_head, self._entries))
        return None if "" in heads else heads

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


def head_of(resource: str) -> str:
    """Return what comes before the first slash of an ARN: for a bucket and its objects, the ARN of the bucket."""
    return resource.partition("/")[0]


def _entry_head(entry: Compiled) -> str:
    """Return the head of every ARN that an entry matches; "" if they may differ."""
    if isinstance(entry, str):
        return head_of(entry) if "/" in entry or not entry.endswith("*") else ""
    if isinstance(entry, ArnPattern):
        return _literal_head(entry.whole.beginning) if entry.plain else ""
    return _literal_head(entry[0]) if isinstance(entry[0], str) else ""


def _literal_head(beginning: str) -> str:
    head, slash, _ = beginning.partition("/")
    return head if slash else ""


def _filled_in(parts: Template, states: States) -> tuple[ArnPattern, int]:
    """Return the pattern of a template for the values of its variables, and the most that a match answers."""
    value = fill(parts, states)
    if value is None:
        # No value of the variable helps if the pattern differs elsewhere.
        return ArnPattern(_widest(parts), crossing=True), UNKNOWN
    return ArnPattern(value, crossing=True), NO if value is UNRESOLVED else YES


def _widest(parts: Template) -> list[str | int]:
    return [0 if isinstance(part, Variable) else part for part in parts]

"""The comparisons of the condition operators: one class per family, compiled from the values of a condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from snaplint.iam.document.variables import UNRESOLVED, fill
from snaplint.iam.terms.arn import PARTS, ArnPattern, parse_arn
from snaplint.iam.terms.beginnings import Beginnings
from snaplint.iam.terms.pattern import Glob
from snaplint.iam.terms.states import FOREIGN_VALUE, SOME_VALUE, Hidden
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Template, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.asked.request import States
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.states import Item, Mark


_MANY = 32
"""With more prefixes than this, they are looked up."""
_PATTERNS_IN_A_STEP = 4
"""How many patterns are compared as a whole in about the time of a step; to compare an ARN by its parts takes one."""


class Test:
    """The compiled values of one condition, which a value of the request passes if it matches one of them.

    `family` is that of the operator. `broken` says that a value could not be read, so that NO becomes UNKNOWN. `marks`
    are the tests in normal form, as far as they do not depend on variables; `templates` are the values that do, and
    `variables` the keys of their variables, as written. `cost` is about how long an answer for a known text takes, in
    steps of a budget.
    """

    __slots__ = ("__weakref__", "broken", "cost", "family", "marks", "templates", "variables")

    def __init__(self) -> None:
        self.family = ""
        self.broken = False
        self.cost = 1
        self.marks: tuple[Mark, ...] = ()
        self.templates: tuple[Template, ...] = ()
        self.variables: tuple[str, ...] = ()

    def passes(self, item: Item, states: States) -> int:
        """Return whether the value of the request passes."""
        truth = self.text(item, states) if isinstance(item, str) else self.hidden(item, states)
        return UNKNOWN if truth == NO and self.broken else truth

    def text(self, item: str, states: States) -> int:
        """Return the answer for a value that is known."""
        raise NotImplementedError

    def hidden(self, item: Hidden, states: States) -> int:
        """Return the answer for a value that is not known."""
        del states
        return max(map(item.answer, self.marks), default=NO)


Value = tuple[str, Template | None]
"""A value as written and its template; None if it could not be read."""


class _Texts(Test):
    """String and ARN comparisons: values without variables are compiled, the others are filled in for each request."""

    __slots__ = ()

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        plain: list[tuple[Token, ...]] = []
        templates: list[Template] = []
        for _, parts in values:
            if parts is None:
                self.broken = True
            elif any(isinstance(part, Variable) for part in parts):
                templates.append(parts)
            else:
                plain.append(tuple(part for part in parts if not isinstance(part, Variable)))
        self.templates = tuple(templates)
        self.variables = tuple(part.key for parts in templates for part in parts if isinstance(part, Variable))
        self.cost += len(templates)
        self.compile_values(plain)

    def compile_values(self, values: Sequence[tuple[Token, ...]]) -> None:
        """Compile the values without variables."""
        raise NotImplementedError

    def one_text(self, value: Sequence[Token], item: str) -> int:
        """Compare a known value with a filled-in one."""
        raise NotImplementedError

    def one_hidden(self, value: Sequence[Token], item: Hidden) -> int:
        """Compare an unknown value with a filled-in one."""
        raise NotImplementedError

    def filled(self, states: States) -> tuple[int, list[list[Token]]]:
        """Return UNKNOWN if a value depends on an unknown key, else NO; and the other values, filled in."""
        unfilled = NO
        found: list[list[Token]] = []
        for parts in self.templates:
            value = fill(parts, states)
            if value is None:
                unfilled = UNKNOWN
            elif value is not UNRESOLVED:
                found.append(value)
        return unfilled, found

    def with_variables(self, truth: int, item: Item, states: States) -> int:
        """Return `truth`, or the answer of the values with variables if that is stronger."""
        if truth == YES or not self.templates:
            return truth
        if not isinstance(item, str) and self._is_the_variable(item, states):
            return YES
        unfilled, values = self.filled(states)
        if isinstance(item, str):
            found = max((self.one_text(value, item) for value in values), default=NO)
        else:
            found = max((self.one_hidden(value, item) for value in values), default=NO)
        return max(truth, unfilled, found)

    def _is_the_variable(self, item: Hidden, states: States) -> bool:
        """Return True if a value is nothing but a variable whose key has this same unknown value."""
        if item is SOME_VALUE or item is FOREIGN_VALUE:
            return False
        names = (parts[0].key for parts in self.templates if len(parts) == 1 and isinstance(parts[0], Variable))
        return any(states[name.lower()] == (item,) for name in names)


def _joined(value: Sequence[Token]) -> str:
    return "".join(part for part in value if isinstance(part, str))


class _Equals(_Texts):
    __slots__ = ("_values",)

    def compile_values(self, values: Sequence[tuple[Token, ...]]) -> None:
        self._values = frozenset(_joined(value) for value in values)
        self.marks = tuple(("=", value) for value in sorted(self._values))

    def text(self, item: str, states: States) -> int:
        return self.with_variables(YES if item in self._values else NO, item, states)

    def hidden(self, item: Hidden, states: States) -> int:
        return self.with_variables(max(map(item.equals, self._values), default=NO), item, states)

    def one_text(self, value: Sequence[Token], item: str) -> int:
        return YES if item == _joined(value) else NO

    def one_hidden(self, value: Sequence[Token], item: Hidden) -> int:
        return item.equals(_joined(value)) if item is not FOREIGN_VALUE else UNKNOWN


class _EqualsIgnoringCase(_Texts):
    __slots__ = ("_values",)

    def compile_values(self, values: Sequence[tuple[Token, ...]]) -> None:
        self._values = frozenset(_joined(value).lower() for value in values)
        self.marks = tuple(("fold", value) for value in sorted(self._values))

    def text(self, item: str, states: States) -> int:
        return self.with_variables(YES if item.lower() in self._values else NO, item, states)

    def hidden(self, item: Hidden, states: States) -> int:
        truth = max((item.folds_to(value) for value in self._values), default=NO)
        return self.with_variables(truth, item, states)

    def one_text(self, value: Sequence[Token], item: str) -> int:
        return YES if item.lower() == _joined(value).lower() else NO

    def one_hidden(self, value: Sequence[Token], item: Hidden) -> int:
        del value, item
        return UNKNOWN


class _Like(_Texts):
    __slots__ = ("_beginnings", "_exact", "_globs", "_prefixes", "_wild")

    def compile_values(self, values: Sequence[tuple[Token, ...]]) -> None:
        compiled = [(Glob(value), value) for value in values]
        self._globs = tuple((pattern, _mark("like", pattern, value)) for pattern, value in compiled)
        self.marks = tuple(mark for pattern, mark in self._globs if not pattern.everything)
        # Long lists mostly contain texts without wildcards, which are looked up.
        self._exact = frozenset(pattern.exact for pattern, _ in compiled if pattern.exact is not None)
        wild = [pattern for pattern, _ in compiled if pattern.exact is None]
        # Most others are text that ends with `*`.
        self._prefixes = tuple([each.prefix for each in wild if each.prefix is not None and not each.suffix])
        self._beginnings: Beginnings | None = None
        self._wild = tuple([each for each in wild if each.prefix is None or each.suffix])
        self.cost += len(self._wild) // _PATTERNS_IN_A_STEP

    def text(self, item: str, states: States) -> int:
        fits = item in self._exact or self._begins(item) or any(pattern.matches(item) for pattern in self._wild)
        return self.with_variables(YES if fits else NO, item, states)

    def _begins(self, item: str) -> bool:
        if len(self._prefixes) <= _MANY:
            return item.startswith(self._prefixes)
        if self._beginnings is None:
            self._beginnings = Beginnings((prefix,) for prefix in self._prefixes)
        return bool(self._beginnings.places(item, whole=True))

    def hidden(self, item: Hidden, states: States) -> int:
        truth = max((_hidden_like(pattern, mark, item) for pattern, mark in self._globs), default=NO)
        return self.with_variables(truth, item, states)

    def one_text(self, value: Sequence[Token], item: str) -> int:
        return YES if Glob(value).matches(item) else NO

    def one_hidden(self, value: Sequence[Token], item: Hidden) -> int:
        pattern = Glob(value)
        return UNKNOWN if item is FOREIGN_VALUE and not pattern.everything else _hidden_like(pattern, ("open",), item)


def _mark(kind: str, pattern: Glob, value: Sequence[Token]) -> Mark:
    """Return the mark of a pattern; without wildcards it is an equality, whatever the operator."""
    return ("=", pattern.exact) if pattern.exact is not None else (kind, *value)


def _hidden_like(pattern: Glob, mark: Mark, item: Hidden) -> int:
    if pattern.exact is not None:
        return item.equals(pattern.exact)
    if item is FOREIGN_VALUE and not pattern.everything:
        from snaplint.iam.terms.foreign import pattern_holds  # only for principals that are none of yours

        return pattern_holds(mark[1:])
    likely = YES if item.likely is not None and pattern.matches(item.likely) else NO
    return item.like(mark, pattern, likely)


class _ArnLike(_Texts):
    """`ArnEquals` and `ArnLike`, which are equivalent: six parts, each of which is a pattern."""

    __slots__ = ("_exact", "_patterns", "_wild")

    def compile_values(self, values: Sequence[tuple[Token, ...]]) -> None:
        found = [(ArnPattern(value, crossing=False), value) for value in values]
        whole = [pattern for pattern, _ in found if pattern.plain and pattern.whole.exact is not None]
        self._exact = frozenset(pattern.whole.exact for pattern in whole)
        self._wild = tuple(pattern for pattern, _ in found if pattern.whole.exact not in self._exact)
        self.broken = self.broken or any(pattern.short for pattern, _ in found)
        self._patterns = tuple((pattern, _mark("arn", pattern.whole, value)) for pattern, value in found)
        whole_ones = sum(pattern.plain for pattern in self._wild)
        self.cost += whole_ones // _PATTERNS_IN_A_STEP + len(self._wild) - whole_ones
        self.marks = tuple(mark for pattern, mark in self._patterns if not pattern.whole.everything)

    def text(self, item: str, states: States) -> int:
        if item in self._exact and parse_arn(item) is not None:
            return YES
        truth = max((_arn_text(pattern, item) for pattern in self._wild), default=NO)
        return self.with_variables(truth, item, states)

    def hidden(self, item: Hidden, states: States) -> int:
        truth = max((_arn_hidden(pattern, mark, item) for pattern, mark in self._patterns), default=NO)
        return self.with_variables(truth, item, states)

    def one_text(self, value: Sequence[Token], item: str) -> int:
        return _arn_text(ArnPattern(value, crossing=False), item)

    def one_hidden(self, value: Sequence[Token], item: Hidden) -> int:
        pattern = ArnPattern(value, crossing=False)
        known = item is not FOREIGN_VALUE or pattern.whole.everything
        return _arn_hidden(pattern, ("open",), item) if known else UNKNOWN


def _arn_text(pattern: ArnPattern, item: str) -> int:
    if pattern.whole.everything:
        return YES
    # Text that is not an ARN matches no ARN, and so passes a negated test.
    return pattern.truth(item) if parse_arn(item) is not None else NO


def _arn_hidden(pattern: ArnPattern, mark: Mark, item: Hidden) -> int:
    if pattern.short:
        return UNKNOWN
    if pattern.whole.exact is not None:
        return item.equals(pattern.whole.exact)
    if item is FOREIGN_VALUE and not pattern.whole.everything:
        from snaplint.iam.terms.foreign import pattern_holds  # only for principals that are none of yours

        return pattern_holds(mark[1:])
    likely = YES if item.likely is not None and pattern.truth(item.likely) == YES else NO
    if likely == YES or item.prefix.count(":") < PARTS - 1:
        return item.like(mark, pattern.whole, likely)
    could = pattern.matches_ends(item.prefix, item.suffix, item.inner)
    return could if item.likely is None else min(could, UNKNOWN)


TEXTS: dict[str, Callable[[Sequence[Value]], Test]] = {
    "equals": _Equals,
    "fold": _EqualsIgnoringCase,
    "like": _Like,
    "arn": _ArnLike,
}
"""The families that compare text, whose values may have variables."""

"""A compiled condition: an operator, a key and its values, compared with the state of the key.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  (of an empty set such as an empty string, `ForAllValues` is true and `ForAnyValue` false)
- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
"""

from __future__ import annotations

from snaplint.iam.terms.states import ANYTHING, Open, is_plain
from snaplint.iam.terms.truth import NO, UNKNOWN, YES, all_of, any_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from snaplint.iam.asked.request import States
    from snaplint.iam.document.comparisons import Test
    from snaplint.iam.document.operators import ParsedOperator
    from snaplint.iam.terms.states import Reading, State

_EMPTY: Reading = ("",)
_MEMO_SIZE = 64


class Condition:
    """A compiled condition. `test` is None for an unknown operator: the condition then answers UNKNOWN."""

    __slots__ = (
        "_if_absent",
        "_memo",
        "_negated",
        "_quantifier",
        "_wants_null",
        "alone",
        "key",
        "name",
        "operator",
        "remembered",
        "test",
        "values",
    )

    def __init__(
        self,
        operator: str,
        name: str,
        values: tuple[str, ...],
        parsed: ParsedOperator | None,
        test: Test | None,
    ) -> None:
        self.operator = operator
        self.name = name
        """The key as written in the policy."""
        self.key = name.lower()
        self.values = values
        self.test = test
        self._negated = False
        self._quantifier = ""
        self._if_absent = UNKNOWN
        self._wants_null: frozenset[bool] | None = None
        self._memo: dict[object, int] = {}
        """Cached answers for single known values; empty if the answer depends on other keys as well."""
        self.alone = test is None or not test.variables
        """The answer depends on no other key."""
        self.remembered: Callable[[State], int | None] = self._memo.get
        """Return the cached answer for a state of the key, or None. This saves most calls of `truth`."""
        if parsed is not None and test is not None:
            self._negated = parsed.operator.negated
            self._quantifier = parsed.quantifier
            self._if_absent = self._absent(parsed)
            if parsed.operator.family == "null":
                self._wants_null = frozenset(value.lower() == "true" for value in values)

    @staticmethod
    def _absent(parsed: ParsedOperator) -> int:
        """Return the answer if the key is absent. With a negated operator only `ForAnyValue` is then false."""
        if parsed.if_exists or parsed.quantifier == "ForAllValues":
            return YES
        return YES if parsed.operator.negated and not parsed.quantifier else NO

    @property
    def quantified(self) -> bool:
        """The condition has a quantifier, and so compares the values of the key one by one."""
        return bool(self._quantifier)

    @property
    def negated(self) -> bool:
        """The operator is met where its test is not."""
        return self._negated

    @property
    def treats_empty_as_absent(self) -> bool:
        """The condition treats an empty string like an absent key."""
        return self._wants_null is not None or bool(self._quantifier)

    def truth(self, states: States) -> int:
        """Return whether the condition is met: YES or NO only if it is, or is not, for every reading of the key."""
        state = states[self.key]
        known = self._memo.get(state)
        if known is not None:
            return known
        if isinstance(state, Open):
            found = self._read_all(state.readings, states)
            if self.alone and state is ANYTHING:
                self._memo[state] = found
            return found
        found = self._read(state, states)
        if self.alone and len(self._memo) < _MEMO_SIZE and is_plain(state, single=True):
            self._memo[state] = found
        return found

    def _read_all(self, readings: tuple[Reading, ...], states: States) -> int:
        found = {self._read(reading, states) for reading in readings}
        return found.pop() if len(found) == 1 else UNKNOWN

    def _read(self, items: Reading, states: States) -> int:
        test = self.test
        if test is None:
            return UNKNOWN
        if self._wants_null is not None:
            if test.broken:
                return UNKNOWN
            # For keys that a user supplies, an empty string is null.
            return YES if (not items or items == _EMPTY) in self._wants_null else NO
        if not items:
            return self._if_absent
        if not self._quantifier:
            # AWS requires a quantifier for several values, and does not document what happens without one.
            if len(items) > 1:
                return UNKNOWN
            truth = test.passes(items[0], states)
            return YES - truth if self._negated else truth
        return self._read_each(items, test, states)

    def _read_each(self, items: Reading, test: Test, states: States) -> int:
        if items == _EMPTY:
            # Empty set: ForAllValues is vacuously true, ForAnyValue is false.
            return YES if self._quantifier == "ForAllValues" else NO
        each = (test.passes(item, states) for item in items)
        results = (YES - truth if self._negated else truth for truth in each)
        return any_of(results) if self._quantifier == "ForAnyValue" else all_of(results)

    def needs(self, states: States, place: str) -> Iterator[str]:
        """Yield the names of what an answer of UNKNOWN depends on: keys as written.

        If the condition cannot be read, it depends on the `Condition` element itself, whose name is `place`.
        """
        if self.test is None or self.test.broken:
            yield place
        if self.test is None:
            return
        found = [name for name in self.test.variables if not is_plain(states[name.lower()], single=True)]
        # A value that is known but answers UNKNOWN cannot be read as the type that the operator compares.
        unread = not found and not self.test.broken
        if unread or not is_plain(states[self.key], single=not self._quantifier):
            yield self.name
        yield from found

"""The comparisons of the condition operators for values that are not text: numbers, dates, addresses, bytes, booleans.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from snaplint.iam.document.comparisons import TEXTS, Test
from snaplint.iam.terms.states import FOREIGN_VALUE, Hidden
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import address, binary, boolean, instant, network, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.asked.request import States
    from snaplint.iam.document.comparisons import Value
    from snaplint.iam.terms.values import Network


_THRESHOLDS_IN_A_STEP = 8


class _Ordered(Test):
    """Numbers and dates, which are both compared as numbers."""

    __slots__ = ("_kind", "_read", "_relation", "_thresholds")

    def __init__(self, values: Sequence[Value], kind: str, relation: str) -> None:
        super().__init__()
        self._kind = kind
        self._read: Callable[[str], int | float | None] = number if kind == "number" else instant
        self._relation = relation
        found = [self._read(text) for text, _ in values]
        self.broken = None in found
        self._thresholds = _deciding({value for value in found if value is not None}, relation)
        self.marks = tuple((kind, relation, value) for value in self._thresholds)
        self.cost += len(self._thresholds) // _THRESHOLDS_IN_A_STEP

    def text(self, item: str, states: States) -> int:
        del states
        value = self._read(item)
        if value is None:
            return UNKNOWN
        return YES if any(related(self._relation, value, threshold) for threshold in self._thresholds) else NO

    def hidden(self, item: Hidden, states: States) -> int:
        if item is FOREIGN_VALUE and self._relation != "=":
            return UNKNOWN
        return super().hidden(item, states)


def _deciding(thresholds: set[int | float], relation: str) -> tuple[int | float, ...]:
    """Return the thresholds that decide: what is less than one of several is less than the greatest of them."""
    if relation == "=" or not thresholds:
        return tuple(sorted(thresholds))
    return (max(thresholds) if relation[0] == "<" else min(thresholds),)


def related(relation: str, value: float, threshold: float) -> bool:
    """Return True if `value` has the relation (`=`, `<`, `<=`, `>`, `>=`) to `threshold`."""
    if value == threshold:
        return "=" in relation
    return relation[0] == "<" if value < threshold else relation[0] == ">"


class _Address(Test):
    __slots__ = ("_by_size", "_networks")

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        found = [network(text) for text, _ in values]
        self.broken = None in found
        self._networks: tuple[Network, ...] = tuple(range_ for range_ in found if range_ is not None)
        self.marks = tuple(("ip", range_) for range_ in self._networks)
        by_size: dict[tuple[int, int], set[int]] = {}
        for version, prefix, host in self._networks:
            by_size.setdefault((version, host), set()).add(prefix)
        self._by_size = tuple(by_size.items())
        """The prefixes of the ranges by their version and size: lists of ranges can be long, but have few sizes."""

    def text(self, item: str, states: States) -> int:
        del states
        value = address(item)
        if value is None:
            return UNKNOWN
        version, found = value
        for (of_version, host), prefixes in self._by_size:
            if of_version == version and found >> host in prefixes:
                return YES
        return NO

    def hidden(self, item: Hidden, states: States) -> int:
        if item is not FOREIGN_VALUE:
            return super().hidden(item, states)
        from snaplint.iam.terms.foreign import ranges_hold  # only for principals that are none of yours

        return ranges_hold(self._networks)


class _Bytes(Test):
    __slots__ = ("_values",)

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        found = [binary(text) for text, _ in values]
        self.broken = None in found
        self._values = frozenset(value for value in found if value is not None)
        self.marks = tuple(("bytes", value) for value in sorted(self._values))

    def text(self, item: str, states: States) -> int:
        del states
        value = binary(item)
        return UNKNOWN if value is None else YES if value in self._values else NO


class _Bool(Test):
    """`true` in any case is true, every other value is false, as observed in AWS's policy simulator.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
    """

    __slots__ = ("_wants",)

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        found = [boolean(text) for text, _ in values]
        self.broken = None in found
        self._wants = frozenset(value for value in found if value is not None)
        self.marks = (("bool",),)

    def text(self, item: str, states: States) -> int:
        del states
        return YES if (item.lower() == "true") in self._wants else NO

    def hidden(self, item: Hidden, states: States) -> int:
        del states
        if item is FOREIGN_VALUE or not self._wants:
            return NO
        is_true = item.answer(("bool",))
        return YES if len(self._wants) == 2 else is_true if True in self._wants else YES - is_true


class _Null(Test):
    """Compares no values: `Condition` evaluates whether the key is present.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
    """

    __slots__ = ()

    def __init__(self, values: Sequence[Value]) -> None:
        super().__init__()
        self.broken = None in [boolean(text) for text, _ in values]


_OTHERS: dict[str, Callable[[Sequence[Value]], Test]] = {
    "ip": _Address,
    "bytes": _Bytes,
    "bool": _Bool,
    "null": _Null,
}


def comparison(family: str, relation: str, values: Sequence[Value]) -> Test:
    """Return the test of a family of operators for these values; `relation` applies to numbers and dates."""
    if family in ("number", "date"):
        found: Test = _Ordered(values, family, relation)
    else:
        found = (TEXTS.get(family) or _OTHERS[family])(values)
    found.family = family
    return found

"""The conditions of a statement compared with a request, for explanations: the values on both sides, and the result.

This is worked out only for explanations. Decisions do not need it.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.states import FOREIGN_VALUE, Hidden, Open, readings
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.statement import Statement
    from snaplint.iam.terms.states import Reading, State

ABSENT = "absent"
UNDETERMINED = "unknown"
FOREIGN = "foreign"

_RESULTS: dict[int, object] = {YES: True, NO: False, UNKNOWN: UNDETERMINED}

RequestValue = tuple[str, ...] | str
"""What a request has under a key: its values, or one of the words `absent`, `unknown` and `foreign`.

In a value of which only the beginning and the end are known, `*` replaces the rest.
"""


class Comparison(NamedTuple):
    """A condition of a statement compared with a request.

    `values` are those of the policy as written, `request_value` those of the request. `variables` are the names of the
    `${...}` in `values`, each with its value. `truth` (YES, NO or UNKNOWN) says whether the condition is met.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    request_value: RequestValue
    truth: int
    variables: tuple[tuple[str, RequestValue], ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the object that `snaplint simulate` prints; `variables` is present only if there are any."""
        found: dict[str, object] = {
            "operator": self.operator,
            "key": self.key,
            "values": list(self.values),
            "request": _as_list(self.request_value),
            "result": _RESULTS[self.truth],
        }
        if self.variables:
            found["variables"] = {name: _as_list(value) for name, value in self.variables}
        return found


def comparisons(statement: Statement, request: Request) -> tuple[Comparison, ...]:
    """Return the conditions of a statement in its order, each compared with the request."""
    return tuple(_compared(condition, request.states) for condition in statement.tests)


def _compared(condition: Condition, states: States) -> Comparison:
    names = dict.fromkeys(condition.test.variables) if condition.test is not None else ()
    return Comparison(
        condition.operator,
        condition.name,
        condition.values,
        request_value(states[condition.key]),
        condition.truth(states),
        tuple((name, request_value(states[name.lower()])) for name in names),
    )


def request_value(state: State) -> RequestValue:
    """Return what is known of a key."""
    if state == ():
        return ABSENT
    possible = readings(state)
    if all(item is FOREIGN_VALUE for reading in possible for item in reading):
        return FOREIGN
    if isinstance(state, Open):
        ends = _common_ends(possible)
        return (ends,) if ends else UNDETERMINED
    shown = [_shown(item) for item in possible[0]]
    return UNDETERMINED if None in shown else tuple(text for text in shown if text is not None)


def _common_ends(readings: tuple[Reading, ...]) -> str:
    """Return the common beginning and end of the values that a key may have, with `*` between them; else empty.

    That is for a value of which both are known, such as the ARN of a role whose path is unknown.
    """
    items = [reading[0] if len(reading) == 1 else None for reading in readings]
    if not any(isinstance(item, Hidden) and item.prefix and item.suffix for item in items):
        return ""
    texts = [_shown(item) if item is not None else None for item in items]
    first, *others = (text for text in texts if text is not None)
    if len(others) + 1 < len(texts):
        return ""
    start = _agreeing((first, *others))
    rest = [text[start:][::-1] for text in (first, *others)]
    return f"{first[:start]}*{rest[0][: _agreeing(rest)][::-1]}"


def _agreeing(texts: Sequence[str]) -> int:
    """Return how many characters at the beginning of the texts are the same."""
    pairs = enumerate(zip(*texts, strict=False))
    return next((at for at, letters in pairs if len(set(letters)) > 1), min(map(len, texts)))


def _shown(item: str | Hidden) -> str | None:
    if isinstance(item, str):
        return item
    if item.likely is not None:
        return item.likely
    return f"{item.prefix}*{item.suffix}" if item.prefix or item.suffix else None


def _as_list(value: RequestValue) -> object:
    return value if isinstance(value, str) else list(value)

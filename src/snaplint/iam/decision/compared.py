"""One condition beside one request, for whoever explains a decision: the values that were compared, and the result.

Worked out only when somebody asks: to decide, the engine needs none of it.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.states import STRANGER, Hidden, Open, readings
from snaplint.iam.terms.truth import NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.statement import Statement
    from snaplint.iam.terms.states import State

ABSENT = "absent"
UNKNOWN = "unknown"
FOREIGN = "foreign"

Given = tuple[str, ...] | str
"""What a request holds under a key: its values, or one of the words `absent`, `unknown` and `foreign`.

Of a value whose beginning and end alone are known, `*` stands for the rest.
"""


class Comparison(NamedTuple):
    """A condition of a statement, and what became of it.

    `values` are those of the policy as written, `variables` what its `${...}` stood for, `given` those of the request.
    `truth` is `YES`, `NO` or `UNKNOWN`, as in `iam.truth`: whether the condition holds.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    given: Given
    truth: int
    variables: tuple[tuple[str, Given], ...] = ()

    @property
    def result(self) -> bool | None:
        """Whether the condition holds; None where that cannot be told."""
        return True if self.truth == YES else False if self.truth == NO else None

    def as_json(self) -> dict[str, object]:
        """The form in which `snaplint simulate` prints it; `variables` only where there are some."""
        found: dict[str, object] = {
            "operator": self.operator,
            "key": self.key,
            "values": list(self.values),
            "request": _listed(self.given),
            "result": UNKNOWN if self.result is None else self.result,
        }
        if self.variables:
            found["variables"] = {name: _listed(given) for name, given in self.variables}
        return found


def comparisons(statement: Statement, request: Request) -> tuple[Comparison, ...]:
    """The conditions of a statement in its order, each beside what the request holds."""
    return tuple(_compared(test, request.states) for test in statement.tests)


def _compared(test: Condition, states: States) -> Comparison:
    names = dict.fromkeys(test.test.variables) if test.test is not None else ()
    variables = tuple((name, given(states[name.lower()])) for name in names)
    return Comparison(test.operator, test.name, test.values, given(states[test.key]), test.truth(states), variables)


def given(state: State) -> Given:
    """What is known of a key, as a person would say it."""
    if state == ():
        return ABSENT
    possible = readings(state)
    if all(item is STRANGER for reading in possible for item in reading):
        return FOREIGN
    if isinstance(state, Open):
        return UNKNOWN
    shown = [_shown(item) for item in possible[0]]
    return UNKNOWN if None in shown else tuple(text for text in shown if text is not None)


def _shown(item: str | Hidden) -> str | None:
    if isinstance(item, str):
        return item
    if item.likely is not None:
        return item.likely
    return f"{item.prefix}*{item.suffix}" if item.prefix or item.suffix else None


def _listed(found: Given) -> object:
    return found if isinstance(found, str) else list(found)

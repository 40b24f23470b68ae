"""Decide requests of a principal for an action for which it is certain which statements match.

A condition tests one key, so the statements that a state of a key rules out are the same in every request. They are
kept as bits of a number, one for each candidate. Only the resources of the other statements are compared. Requests that
match the same statements are decided alike, so that is kept as well.
"""

from __future__ import annotations

from snaplint.iam.decision.decide import ruling_of
from snaplint.iam.terms.states import ANYTHING, is_plain
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.decision.answer import Decision
    from snaplint.iam.decision.candidates import Candidate
    from snaplint.iam.decision.decide import Ruling
    from snaplint.iam.decision.layers import Plan
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.terms.states import State

    Tests = list[tuple[int, Condition]]
    Compared = tuple[int, list[tuple[int, Callable[[Request], int]]]]

_CERTAIN = 1
"""The bit of what a state leaves if every condition on its key is certain. The bits of candidates follow."""
_MOST_STATES = 64
_MOST_RULINGS = 256


class CertainDecisions:
    """Decides requests of one principal for one action; what it keeps is bounded."""

    __slots__ = ("_all", "_by_key", "_candidates", "_left", "_plan", "_rulings")

    def __init__(self, plan: Plan, candidates: Sequence[Candidate]) -> None:
        self._plan = plan
        self._candidates = candidates
        by_key: dict[str, Tests] = {}
        for number, candidate in enumerate(candidates, 1):
            for condition in candidate.position.statement.tests:
                if condition.alone:
                    by_key.setdefault(condition.key, []).append((1 << number, condition))
        self._all = (2 << len(candidates)) - 1
        self._by_key: list[tuple[str, dict[State, int], Tests]] = [(key, {}, tests) for key, tests in by_key.items()]
        """For each key, what its states leave, and the conditions on it."""
        self._left: dict[int, Compared] = {}
        self._rulings: dict[int, Ruling | None] = {}

    def decision(self, request: Request) -> Decision | None:
        """Return the decision of a request; None if it is not certain for some statement whether it matches."""
        states = request.states
        left = self._all
        for key, kept, tests in self._by_key:
            found = kept.get(states[key])
            left &= _kept(key, kept, tests, states) if found is None else found
        if not left & _CERTAIN:
            return None
        compared = self._left.get(left)
        matching, further = self._compared(left) if compared is None else compared
        for bit, match in further:
            truth = match(request)
            if truth == YES:
                matching |= bit
            elif truth == UNKNOWN:
                return None
        try:
            ruling = self._rulings[matching]
        except KeyError:
            ruling = self._ruling(matching)
        return None if ruling is None else ruling.decision(request)

    def _compared(self, left: int) -> Compared:
        """Return the bits of the statements that match every resource, and how to compare each of the others."""
        matching, further = 0, []
        for number, candidate in enumerate(self._candidates, 1):
            bit, match = 1 << number, _remaining(candidate)
            if not left & bit:
                continue
            if match is None:
                matching |= bit
            else:
                further.append((bit, match))
        if len(self._left) >= _MOST_RULINGS:
            self._left.clear()
        self._left[left] = matching, further
        return matching, further

    def _ruling(self, matching: int) -> Ruling | None:
        """Return how requests are decided that match these statements; None if that is not certain."""
        hits = [
            hit
            for number, candidate in enumerate(self._candidates, 1)
            if matching & 1 << number
            for hit in candidate.hits(YES)
        ]
        ruling = ruling_of(self._plan, hits)
        if len(self._rulings) >= _MOST_RULINGS:
            self._rulings.clear()
        self._rulings[matching] = ruling = None if ruling is None or ruling.doubtful else ruling
        return ruling


def _kept(key: str, kept: dict[State, int], tests: Tests, states: States) -> int:
    """Return the candidates that the state of a key leaves, all others with `_CERTAIN` if that is certain."""
    left = -1
    for bit, condition in tests:
        truth = condition.truth(states)
        if truth == NO:
            left &= ~bit
        elif truth == UNKNOWN:
            left &= ~_CERTAIN
    state = states[key]
    if state is ANYTHING or is_plain(state, single=True):
        if len(kept) >= _MOST_STATES:
            kept.clear()
        kept[state] = left
    return left


def _remaining(candidate: Candidate) -> Callable[[Request], int] | None:
    """Return what is left to compare of a statement if its conditions on one key are met; None for nothing."""
    statement = candidate.position.statement
    if statement.cap != YES or not all(condition.alone for condition in statement.tests):
        return statement.match
    return None if statement.resource_element is None else statement.resource_element.truth

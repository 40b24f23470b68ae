"""Decisions of requests that depend on something unknown, kept for requests that meet the same statements alike.

The objects of one export differ only in their number, so most requests on them match, and may match, the same
statements. What is unknown then has the same effect.
"""

from __future__ import annotations

from snaplint.iam.asked.services import LINKED_KEYS
from snaplint.iam.asked.ties import NO_TIES
from snaplint.iam.terms.truth import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.iam.decision.answer import Decision, Reason
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.decide import Question

_MOST = 512


class Explored:
    """The decisions that were explored; emptied when there are too many."""

    __slots__ = ("_budget", "_decisions", "_denials")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        # The questions are kept as well: they hold what the keys identify.
        self._decisions: dict[tuple[object, ...], tuple[Decision, Sequence[Question]]] = {}
        self._denials: dict[tuple[object, ...], tuple[tuple[Reason, ...], Question]] = {}

    def decision(self, questions: Sequence[Question]) -> Decision:
        """Return the decision of a request, which consists of these questions."""
        key = tuple(map(_key, questions))
        found = self._decisions.get(key)
        if found is None:
            from snaplint.iam.decision.worlds import explore  # most requests do not need it

            if len(self._decisions) >= _MOST:
                self._decisions.clear()
            found = self._decisions[key] = (explore(questions, self._budget), questions)
            return found[0]
        request = questions[-1].request
        return found[0]._replace(because=tuple([reason.for_request(request) for reason in found[0].because]))

    def denials(self, question: Question) -> tuple[Reason, ...]:
        """Return the Denies that may match if in every world one of them does; else none."""
        key = _key(question)
        found = self._denials.get(key)
        if found is None:
            from snaplint.iam.decision.worlds import certain_denials

            if len(self._denials) >= _MOST:
                self._denials.clear()
            found = self._denials[key] = (certain_denials(question, self._budget), question)
        return tuple([reason.for_request(question.request) for reason in found[0]])


def _key(question: Question) -> tuple[object, ...]:
    """Return what the exploration of a question depends on: its hits, and what is known of the keys that they test."""
    plan, hits, request, parts = question
    states = request.states
    keys: dict[str, None] = {}
    resource = ""
    for hit in hits:
        if hit.truth != UNKNOWN:
            continue
        for test in hit.statement.tests:
            keys[test.key] = None
            if test.test is not None and test.test.variables:
                keys.update(dict.fromkeys(map(str.lower, test.test.variables)))
        element = hit.statement.resource_element
        if element is not None and element.truth(request) == UNKNOWN:
            resource = request.resource
            keys.update(dict.fromkeys(map(str.lower, element.variables())))
    if not LINKED_KEYS.isdisjoint(keys):
        keys.update(dict.fromkeys(LINKED_KEYS))
    return (
        id(plan),
        request.principal,
        parts,
        resource,
        0 if states.ties is NO_TIES else id(request.context),
        tuple([(id(hit.statement), hit.truth, hit.channel, hit.policy) for hit in hits]),
        tuple([(key, states[key]) for key in keys]),
    )

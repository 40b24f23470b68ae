"""Decisions of requests that depend on something unknown, kept for requests that meet the same statements alike.

The objects of one export differ only in their number, so most requests on them match, and may match, the same
statements. What is unknown then has the same effect.
"""

from __future__ import annotations

from snaplint.iam.asked.services import LINKED_KEYS
from snaplint.iam.asked.ties import NO_TIES
from snaplint.iam.decision.budget import STEPS, Budget
from snaplint.iam.terms.channels import DENY
from snaplint.iam.terms.truth import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Decision
    from snaplint.iam.decision.decide import Question

_MOST = 512


class Explored:
    """The decisions that were explored; emptied when there are too many.

    Without a budget each exploration has the steps of a file, so that no answer depends on the requests before.
    """

    __slots__ = ("_budget", "_decisions", "_denials")

    def __init__(self, budget: Budget | None) -> None:
        self._budget = budget
        # The questions are kept as well: they hold what the keys identify.
        self._decisions: dict[tuple[object, ...], tuple[Decision, Sequence[Question]]] = {}
        self._denials: dict[tuple[object, ...], tuple[Decision, Sequence[Question]]] = {}

    def decision(self, questions: Sequence[Question]) -> Decision:
        """Return the decision of a request, which consists of these questions."""
        key = tuple(map(_key, questions))
        found = self._decisions.get(key)
        if found is None:
            from snaplint.iam.decision.worlds import explore  # most requests do not need it

            if len(self._decisions) >= _MOST:
                self._decisions.clear()
            found = self._decisions[key] = (explore(questions, self._budget or Budget(STEPS)), questions)
            return found[0]
        return _for_request(found[0], questions[-1].request)

    def denial(self, questions: Sequence[Question], blocked_by: tuple[str, ...]) -> Decision:
        """Return the decision of a request without an Allow, which a Deny may deny explicitly."""
        asked = [each._replace(hits=[hit for hit in each.hits if hit.channel == DENY]) for each in questions]
        key = (blocked_by, *map(_key, asked))
        found = self._denials.get(key)
        if found is None:
            from snaplint.iam.decision.worlds import denial

            if len(self._denials) >= _MOST:
                self._denials.clear()
            found = self._denials[key] = (denial(asked, self._budget or Budget(STEPS), blocked_by), asked)
            return found[0]
        return _for_request(found[0], questions[-1].request)


def _for_request(decision: Decision, request: Request) -> Decision:
    return decision._replace(because=tuple([reason.for_request(request) for reason in decision.because]))


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

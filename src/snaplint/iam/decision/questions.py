"""Decide the questions that a request consists of, and combine their answers.

A request is one question unless it is not known which account owns the resource, or which of several identities the
principal has. Then it is one question for each, told apart by its `parts`.
"""

from __future__ import annotations

from snaplint.iam.decision.answer import (
    ALLOWED,
    DEPENDS,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Decision,
    in_order,
)
from snaplint.iam.decision.decide import Question, differing, ruling_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Reason
    from snaplint.iam.decision.decide import Hit
    from snaplint.iam.decision.explored import Explored
    from snaplint.iam.decision.layers import Plan


def settled(
    plan: Plan, hits: Sequence[Hit], request: Request, parts: tuple[object, ...], explored: Callable[[], Explored]
) -> Decision | None:
    """Return the decision of a question if what is unknown makes no difference to it; else None."""
    ruling = ruling_of(plan, hits)
    if ruling is None:
        return None
    if ruling.doubtful and (denials := explored().denials(Question(plan, hits, request, parts))):
        return Decision(EXPLICITLY_DENIED, denials)
    return ruling.decision(request)


def combined(questions: Sequence[Question], answers: Sequence[Decision]) -> Decision:
    """Return the decision that follows from those on each question, none of which depends on anything."""
    outcomes = {answer.decision for answer in answers}
    if len(outcomes) > 1:
        if ALLOWED in outcomes:
            needs = differing(questions, [answer.decision is ALLOWED for answer in answers])
            # It depends on the statements that deny in one case, or else on those that allow in the other.
            denials = [answer for answer in answers if answer.because and answer.decision is not ALLOWED]
            return Decision(DEPENDS, _reasons(denials or answers), (), in_order(needs))
        return Decision(IMPLICITLY_DENIED, _reasons(answers), _blocked(questions, answers))
    outcome = outcomes.pop()
    # A grant is explained for a resource in the principal's own account, which is the simpler case.
    owner = questions[0].parts[-1]
    told = [answer for question, answer in zip(questions, answers, strict=True) if question.parts[-1] == owner]
    return Decision(outcome, _reasons(told), _blocked(questions, answers))


def _reasons(answers: Sequence[Decision]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for answer in answers for reason in answer.because))


def _blocked(questions: Sequence[Question], answers: Sequence[Decision]) -> tuple[str, ...]:
    """Return the layers whose missing Allow denies: those of a resource in another account, where more must allow."""
    owner = questions[-1].parts[-1]
    told = [answer for question, answer in zip(questions, answers, strict=True) if question.parts[-1] == owner]
    return tuple(dict.fromkeys(layer for answer in told for layer in answer.blocked_by))

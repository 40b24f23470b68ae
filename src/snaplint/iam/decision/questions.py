"""Decide the questions that a request consists of, and combine their answers.

A request is one question unless it is not known which account owns the resource, or which of several identities the
principal has. Then it is one question for each, told apart by its `parts`.
"""

from __future__ import annotations

from snaplint.iam.decision.answer import ALLOWED, DEPENDS, Decision, in_order
from snaplint.iam.decision.decide import Question, differing, ruling_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Reason
    from snaplint.iam.decision.decide import Hit, Ruling
    from snaplint.iam.decision.explored import Explored
    from snaplint.iam.decision.layers import Plan


def settled(
    plan: Plan, hits: Sequence[Hit], request: Request, parts: tuple[object, ...], explored: Callable[[], Explored]
) -> Decision | None:
    """Return the decision of a question if what is unknown does not decide whether it is allowed; else None."""
    ruling = ruling_of(plan, hits)
    if ruling is None:
        return None
    if ruling.doubtful:
        return explored().denial((Question(plan, hits, request, parts),), ruling.blocked_by)
    return ruling.decision(request)


def settled_together(questions: Sequence[Question], explored: Callable[[], Explored]) -> Decision | None:
    """Return the decision that follows from those on each question; None if one of them is not settled."""
    rulings: list[Ruling] = []
    for question in questions:
        ruling = ruling_of(question.plan, question.hits)
        if ruling is None:
            return None
        rulings.append(ruling)
    outcomes = {ruling.outcome for ruling in rulings}
    if ALLOWED not in outcomes and (len(outcomes) > 1 or any(ruling.doubtful for ruling in rulings)):
        return explored().denial(questions, _blocked(questions, rulings))
    answers = [
        explored().denial((question,), ruling.blocked_by) if ruling.doubtful else ruling.decision(question.request)
        for question, ruling in zip(questions, rulings, strict=True)
    ]
    if len(outcomes) > 1:
        needs = differing(questions, [answer.decision is ALLOWED for answer in answers])
        # It depends on the statements that deny in one case, or else on those that allow in the other.
        denials = [answer for answer in answers if answer.because and answer.decision is not ALLOWED]
        return Decision(DEPENDS, _reasons(denials or answers), (), in_order(needs))
    # A grant is explained for a resource in the principal's own account, which is the simpler case.
    owner = questions[0].parts[-1]
    told = [answer for question, answer in zip(questions, answers, strict=True) if question.parts[-1] == owner]
    return Decision(outcomes.pop(), _reasons(told), _blocked(questions, rulings))


def _reasons(answers: Sequence[Decision]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for answer in answers for reason in answer.because))


def _blocked(questions: Sequence[Question], rulings: Sequence[Ruling]) -> tuple[str, ...]:
    """Return the layers whose missing Allow denies: those of a resource in another account, where more must allow."""
    owner = questions[-1].parts[-1]
    told = [ruling for question, ruling in zip(questions, rulings, strict=True) if question.parts[-1] == owner]
    return tuple(dict.fromkeys(layer for ruling in told for layer in ruling.blocked_by))

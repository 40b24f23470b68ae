"""Which undetermined channels can make a difference to a decision."""

from __future__ import annotations

from itertools import product

from snaplint.iam.decision.answer import ALLOWED, DEPENDS
from snaplint.iam.decision.decide import Slots, settle
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.decision.layers import Plan

_MOST_UNDETERMINED = 10
"""Of how many undetermined channels every combination of answers is tried."""


def relevant_channels(plan: Plan, slots: Slots) -> set[int]:
    """Return the undetermined channels whose answer decides whether the request is allowed, for some answer of others.

    If they are too many to try, they all count as relevant.
    """
    undetermined = [channel for channel, truth in enumerate(slots.by_channel) if truth == UNKNOWN]
    if len(undetermined) > _MOST_UNDETERMINED:
        return set(undetermined)
    relevant: set[int] = set()
    for values in product((NO, YES), repeat=len(undetermined)):
        tried = [*slots.by_channel]
        for channel, value in zip(undetermined, values, strict=True):
            tried[channel] = value
        base = _allows(plan, tried)
        for channel, value in zip(undetermined, values, strict=True):
            if channel in relevant or value == NO:
                continue
            if _allows(plan, [*tried[:channel], NO, *tried[channel + 1 :]]) != base:
                relevant.add(channel)
    return relevant


def _allows(plan: Plan, answers: list[int]) -> int:
    outcome = settle(plan, Slots(answers, plan.first_guard))
    return UNKNOWN if outcome is DEPENDS else YES if outcome is ALLOWED else NO

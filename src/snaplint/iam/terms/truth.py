"""The three answers to a yes-or-no question, in order: NO, UNKNOWN (it cannot be determined) and YES.

They are small integers, so that "all of" is `min`, "any of" is `max` and "not" is `YES - truth`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NO = 0
UNKNOWN = 1
YES = 2


def all_of(truths: Iterable[int]) -> int:
    """Return the weakest of the truths, YES if there are none. Stops at the first NO."""
    weakest = YES
    for truth in truths:
        if truth < weakest:
            if truth == NO:
                return NO
            weakest = truth
    return weakest


def any_of(truths: Iterable[int]) -> int:
    """Return the strongest of the truths, NO if there are none. Stops at the first YES."""
    strongest = NO
    for truth in truths:
        if truth > strongest:
            if truth == YES:
                return YES
            strongest = truth
    return strongest

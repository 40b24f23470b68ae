"""Three values, ordered: what is certainly not, what nobody can tell, what certainly is.

They are small integers so that "all of" is `min`, "any of" is `max` and "not" is a subtraction.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NO = 0
UNKNOWN = 1
YES = 2


def all_of(truths: Iterable[int]) -> int:
    """The weakest of the truths, `YES` for none; reads no further than the first `NO`."""
    weakest = YES
    for truth in truths:
        if truth < weakest:
            if truth == NO:
                return NO
            weakest = truth
    return weakest


def any_of(truths: Iterable[int]) -> int:
    """The strongest of the truths, `NO` for none; reads no further than the first `YES`."""
    strongest = NO
    for truth in truths:
        if truth > strongest:
            if truth == YES:
                return YES
            strongest = truth
    return strongest

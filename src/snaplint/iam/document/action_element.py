"""A compiled `Action` or `NotAction` element, and which services its entries concern.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html and ..._notaction.html
"""

from __future__ import annotations

from snaplint.iam.terms.pattern import is_wild
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.terms.pattern import Glob


MOST_ACTIONS = 16_384
LONGEST_ACTION = 128
"""How many actions are kept, and how long they may be. AWS has about as many."""


class Actions:
    """A compiled `Action` or `NotAction` element.

    `vague` are patterns of which it is not known what they match. `unreadable` says that an entry cannot be read, and
    may be of any service.
    """

    __slots__ = ("_globs", "_vague", "excluded", "texts", "unreadable")

    def __init__(
        self,
        texts: tuple[str, ...],
        globs: tuple[Glob, ...],
        vague: tuple[Glob, ...],
        *,
        excluded: bool,
        unreadable: bool,
    ) -> None:
        self.texts = texts
        """The entries as written."""
        self._globs = globs
        self._vague = vague
        self.excluded = excluded
        self.unreadable = unreadable

    @property
    def name(self) -> str:
        """The name of the element."""
        return "NotAction" if self.excluded else "Action"

    def truth(self, action: str) -> int:
        """Return whether the element matches the action, which is in lower case."""
        truth = UNKNOWN if self.unreadable else NO
        for pattern in self._globs:
            if pattern.matches(action):
                truth = YES
                break
        else:
            for pattern in self._vague:
                if pattern.matches(action):
                    truth = UNKNOWN
        return YES - truth if self.excluded else truth


def service_of(text: str) -> str:
    """Return the service prefix of an entry in lower case, or "" if the entry may concern any service.

    An entry that AWS refuses concerns its service nevertheless, and no other, if it has a prefix that cannot be read in
    two ways: whatever `s3:Get Object` was meant to be, it is not an action of `kms`.
    """
    prefix, colon, name = text.partition(":")
    service = prefix.strip()
    if not colon or not service or service.split() != [service] or is_wild(service):
        return ""
    # An ARN in place of an action says nothing about its service.
    return "" if service.lower() == "arn" and ":" in name else service.lower()

"""ARNs: six parts separated by colons, of which the sixth may contain colons.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (Resource) and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (Arn operators).
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.pattern import STAR, Glob, Token, shared
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = 6

LINKED_PATH = "aws-service-role/"
"""The path of service-linked roles.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""


class Arn(NamedTuple):
    """A parsed ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, or None if the text is not an ARN."""
    if not text.startswith("arn:"):
        return None
    parts = text.split(":", PARTS - 1)
    return Arn(*parts[1:]) if len(parts) == PARTS else None


def split_parts(pattern: Sequence[Token]) -> list[list[Token]]:
    """Return the tokens of a pattern, split at its first five colons."""
    parts: list[list[Token]] = [[]]
    for token in pattern:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        pieces = token.split(":", PARTS - len(parts))
        for number, piece in enumerate(pieces):
            if number:
                parts.append([])
            if piece:
                parts[-1].append(piece)
    return parts


class ArnPattern:
    """A pattern for ARNs, with the rules of `Resource` (`crossing`) or of the Arn condition operators.

    A wildcard matches within its part. In `Resource`, a `*` at the end of a part also matches the colons and parts that
    follow. `short` says that the pattern has fewer than six parts; AWS does not document what it then matches.
    """

    __slots__ = ("_all_end", "_ends_open", "_parts", "plain", "short", "whole")

    def __init__(self, pattern: Sequence[Token], *, crossing: bool) -> None:
        self.whole = Glob(pattern)
        literal_head = bool(pattern) and isinstance(pattern[0], str) and pattern[0].count(":") >= PARTS - 1
        self.plain = self.whole.everything or literal_head
        """It is enough to compare the whole pattern with the whole text."""
        self.short = False
        if not self.plain:
            self._cut(split_parts(pattern), crossing=crossing)

    def _cut(self, parts: list[list[Token]], *, crossing: bool) -> None:
        """Compile a pattern with wildcards before the fifth colon, or with too few parts."""
        self._parts = tuple(map(shared, parts))
        wild = [part for part in parts[: PARTS - 1] if any(not isinstance(token, str) for token in part)]
        self._ends_open = crossing and any(part[-1] == STAR for part in wild)
        self._all_end = all(part[-1] == STAR and all(isinstance(token, str) for token in part[:-1]) for part in wild)
        open_end = crossing and bool(parts[-1]) and parts[-1][-1] == STAR
        self.short = len(parts) < PARTS and not open_end

    def matches_ends(self, prefix: str, suffix: str = "", inner: str | None = None) -> int:
        """Return whether an ARN matches of which only the beginning, at least five parts, and the end are known.

        `inner` are the characters that can be between them; None for any.
        """
        if self.plain or self._ends_open:
            return self.whole.could_match(prefix, suffix, inner)
        if len(self._parts) != PARTS:
            return NO
        *head, rest = prefix.split(":", PARTS - 1)
        fits = min(part.truth(piece) for part, piece in zip(self._parts, head, strict=False))
        return min(fits, self._parts[-1].could_match(rest, suffix, inner))

    def same_below(self, prefix: str) -> bool:
        """Return True if `truth` is the same for all ARNs that begin with `prefix`, which has at least five parts.

        It may return False where True is correct.
        """
        if self.plain:
            return self.whole.same_below(prefix)
        given = prefix.split(":", PARTS - 1)
        if self.short or len(given) != len(self._parts):
            return False
        head_fits = all(part.truth(piece) for part, piece in zip(self._parts[:-1], given, strict=False))
        last = self._parts[-1]
        if self._ends_open:  # else a wildcard before may match what is in the last part
            return head_fits and last.could_match(given[-1], "") == YES
        return not head_fits or last.same_below(given[-1])

    def truth(self, text: str) -> int:
        """Return whether the ARN `text` matches."""
        if self.plain:
            return self.whole.truth(text)
        given = text.split(":", PARTS - 1)
        fits = min((part.truth(piece) for part, piece in zip(self._parts, given, strict=False)), default=YES)
        if self.short:
            return UNKNOWN if fits or (self._ends_open and self.whole.truth(text)) else NO
        if len(given) != len(self._parts):
            fits = NO
        if fits == YES or not self._ends_open:
            return fits
        across = self.whole.truth(text)
        return max(fits, across if self._all_end else min(across, UNKNOWN))

"""ARNs: six parts divided by colons, the sixth of which may hold colons of its own.

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


class Arn(NamedTuple):
    """A parsed ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN, or None for a text that is none."""
    if not text.startswith("arn:"):
        return None
    parts = text.split(":", PARTS - 1)
    return Arn(*parts[1:]) if len(parts) == PARTS else None


def split_parts(pattern: Sequence[Token]) -> list[list[Token]]:
    """The tokens of a pattern cut at its first five colons."""
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
    """A pattern over ARNs, as `Resource` (`crossing`) or as the Arn condition operators read it.

    Everywhere a wildcard stays inside its part, except that in `Resource` a `*` that ends a part can run across the
    colons that follow. `short` says the pattern has fewer than six parts, and nobody documents what it matches.
    """

    __slots__ = ("_all_end", "_ends_open", "_parts", "plain", "short", "whole")

    def __init__(self, pattern: Sequence[Token], *, crossing: bool) -> None:
        self.whole = Glob(pattern)
        literal_head = bool(pattern) and isinstance(pattern[0], str) and pattern[0].count(":") >= PARTS - 1
        self.plain = self.whole.everything or literal_head
        """The whole pattern matched against the whole text says it all."""
        self.short = False
        if not self.plain:
            self._cut(split_parts(pattern), crossing=crossing)

    def _cut(self, parts: list[list[Token]], *, crossing: bool) -> None:
        """Take the parts of a pattern with wildcards before the fifth colon, or with too few parts."""
        self._parts = tuple(map(shared, parts))
        wild = [part for part in parts[: PARTS - 1] if any(not isinstance(token, str) for token in part)]
        self._ends_open = crossing and any(part[-1] == STAR for part in wild)
        self._all_end = all(part[-1] == STAR and all(isinstance(token, str) for token in part[:-1]) for part in wild)
        open_end = crossing and bool(parts[-1]) and parts[-1][-1] == STAR
        self.short = len(parts) < PARTS and not open_end

    def begun_by(self, prefix: str, suffix: str = "") -> int:
        """Whether an ARN fits of which only the beginning is known, five whole parts and perhaps more, and the end."""
        if self.plain or self._ends_open:
            return self.whole.could_match(prefix, suffix)
        if len(self._parts) != PARTS:
            return NO
        *head, rest = prefix.split(":", PARTS - 1)
        fits = min(part.truth(piece) for part, piece in zip(self._parts, head, strict=False))
        return min(fits, self._parts[-1].could_match(rest, suffix))

    def truth(self, text: str) -> int:
        """Whether the ARN `text` fits."""
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

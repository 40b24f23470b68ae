"""Patterns compared with a text of which only the beginning and the end are known.

The answer is exact: it is NO only if no text between them makes the pattern match, and YES only if every one does. The
positions that a pattern can have reached after the beginning, and those from which the end completes it, are the bits
of two integers, so that the time is proportional to the length of the known text.
"""

from __future__ import annotations

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STAR, _ANY = 0, 1
_MOST_LENGTHS = 8
"""How many lengths of the unknown text are tried before the answer YES is given up."""


def ends_match(
    parts: Sequence[str | int], matches: Callable[[str], bool], prefix: str, suffix: str, inner: str | None = None
) -> int:
    """Return whether the pattern `parts` (text, 0 for `*`, 1 for `?`) matches `prefix` + any text + `suffix`.

    `matches` compares the pattern with a whole text. `inner` are the characters that the unknown text can have; None
    for any.
    """
    pattern = _expanded(parts)
    reached = _positions(pattern, prefix)
    completed = _positions(pattern[::-1], suffix[::-1])
    if not reached or not completed or not _can_connect(pattern, reached, completed, inner):
        return NO
    # A character that is not in the pattern is matched by wildcards only. If a star takes one of several, it takes any
    # text; more than there are `?` are enough to be sure of that.
    lengths = pattern.count(_ANY) + 2
    strange = next(sign for sign in map(chr, range(0xE000, 0xF8FF)) if sign not in pattern)
    if lengths <= _MOST_LENGTHS and all(matches(prefix + strange * length + suffix) for length in range(lengths)):
        return YES
    return UNKNOWN


def _expanded(parts: Sequence[str | int]) -> list[str | int]:
    """Return the pattern character by character, without a star after another."""
    found: list[str | int] = []
    for part in parts:
        if isinstance(part, str):
            found.extend(part)
        elif part != _STAR or not found or found[-1] != _STAR:
            found.append(part)
    return found


def _positions(pattern: list[str | int], text: str) -> int:
    """Return the positions that the pattern can have reached after the text, as bits."""
    stars = sum(1 << at for at, sign in enumerate(pattern) if sign == _STAR)
    anyhow = sum(1 << at for at, sign in enumerate(pattern) if sign == _ANY)
    places = {
        sign: sum(1 << at for at, other in enumerate(pattern) if other == sign) for sign in set(text) & _signs(pattern)
    }
    states = 1 | (1 & stars) << 1
    for sign in text:
        states = (states & (places.get(sign, 0) | anyhow)) << 1 | (states & stars)
        states |= (states & stars) << 1
        if not states:
            return 0
    return states


def _signs(pattern: list[str | int]) -> set[str]:
    return {sign for sign in pattern if isinstance(sign, str)}


def _can_connect(pattern: list[str | int], reached: int, completed: int, inner: str | None) -> bool:
    """Return True if a text leads from a position after the beginning to one before the end."""
    first = (reached & -reached).bit_length() - 1
    last = len(pattern) - ((completed & -completed).bit_length() - 1)
    if inner is None:
        return first <= last
    on_the_way = False
    for at in range(first, last + 1):
        on_the_way = on_the_way or bool(reached >> at & 1)
        if on_the_way and completed >> (len(pattern) - at) & 1:
            return True
        sign = pattern[at] if at < len(pattern) else ""
        on_the_way = on_the_way and (not isinstance(sign, str) or (sign != "" and sign in inner))
    return False

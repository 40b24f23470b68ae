"""Texts looked up by how they begin: which of thousands of patterns can match a text.

Everything that a pattern matches begins with the text before its first wildcard. So a pattern can match a text only if
one of the two beginnings is the beginning of the other.
"""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Beginnings:
    """Numbered items, each with the texts with one of which all that it matches begins."""

    __slots__ = ("_parents", "_texts", "numbers")

    def __init__(self, items: Iterable[Iterable[str]]) -> None:
        found: dict[str, list[int]] = {}
        for number, texts in enumerate(items):
            for text in texts:
                found.setdefault(text, []).append(number)
        self._texts = sorted(found)
        self.numbers = [found[text] for text in self._texts]
        """The numbers of the items at each place."""
        self._parents: list[int] = []
        """For each text the place of the longest other one with which it begins, or -1."""
        open_: list[int] = []
        for place, text in enumerate(self._texts):
            while open_ and not text.startswith(self._texts[open_[-1]]):
                open_.pop()
            self._parents.append(open_[-1] if open_ else -1)
            open_.append(place)

    def places(self, known: str, *, whole: bool) -> tuple[int, ...]:
        """Return the places of the texts with which a text can begin that is `known`, or that begins with it."""
        after = bisect_right(self._texts, known)
        found: list[int] = []
        # All beginnings of `known` are the text that is sorted before it, or beginnings of that text.
        place = after - 1
        while place >= 0:
            if known.startswith(self._texts[place]):
                found.append(place)
            place = self._parents[place]
        while not whole and after < len(self._texts) and self._texts[after].startswith(known):
            found.append(after)
            after += 1
        return tuple(found)

"""Patterns with `*` and `?`, matched without regular expressions in time proportional to the sum of the lengths.

A pattern is split at its stars into chunks. The first and the last chunk are anchored; each chunk between is searched
from the left, after the one before. The leftmost match is always a correct one, so there is no backtracking.

A text may contain `HOLE`, an unknown digit. The answer is then YES if the pattern matches for all digits, NO if it
matches for none, and else UNKNOWN.
"""

from __future__ import annotations

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOLE = "\ufffc"
"""In the resource of a request, one decimal digit that is unknown."""

STAR = 0
ANY = 1
"""The two wildcards as tokens: any text, and any one character."""

Token = str | int

_NOT_A_DIGIT = "\uffff"
_FOLD = {ord(character): "0" for character in "0123456789" + HOLE}


def is_wild(text: str) -> bool:
    """Return True if the text has a wildcard."""
    return "*" in text or "?" in text


def tokens(text: str) -> list[Token]:
    """Return the text as literals and wildcards."""
    if not is_wild(text):
        return [text] if text else []
    found: list[Token] = []
    start = 0
    for index, character in enumerate(text):
        if character in "*?":
            if index > start:
                found.append(text[start:index])
            found.append(STAR if character == "*" else ANY)
            start = index + 1
    if start < len(text):
        found.append(text[start:])
    return found


class _Chunk:
    """The part of a pattern between two stars: literal pieces at fixed offsets, with `?` in the gaps."""

    __slots__ = ("_masks", "length", "pieces", "plain")

    def __init__(self, parts: Iterable[Token]) -> None:
        self._masks: dict[str, int] | None = None
        pieces: list[tuple[int, str]] = []
        length = 0
        for part in parts:
            if isinstance(part, str):
                if pieces and pieces[-1][0] + len(pieces[-1][1]) == length:
                    offset, before = pieces.pop()
                    pieces.append((offset, before + part))
                else:
                    pieces.append((length, part))
                length += len(part)
            else:
                length += 1
        self.length = length
        self.pieces = tuple(pieces)
        whole = len(pieces) == 1 and len(pieces[0][1]) == length
        self.plain: str | None = pieces[0][1] if whole else "" if not length else None

    def at(self, text: str, index: int) -> bool:
        if self.plain is not None:
            return text.startswith(self.plain, index)
        return all(text.startswith(piece, index + offset) for offset, piece in self.pieces)

    def find(self, text: str, start: int, end: int) -> int:
        """Return the leftmost index in `text[start:end]` at which the chunk matches, or -1."""
        if self.plain is not None:
            return text.find(self.plain, start, end)
        last = end - self.length
        if not self.pieces or start > last:
            return start if start <= last else -1
        if len(self.pieces) > _MOST_PIECES:
            return self._sweep(text, start, end)
        offset, piece = self.pieces[0]
        while start <= last:
            start = text.find(piece, start + offset, end) - offset
            if start + offset < 0 or start > last:
                return -1
            if self.at(text, start):
                return start
            start += 1
        return -1

    def _sweep(self, text: str, start: int, end: int) -> int:
        """Return what `find` returns, for a chunk of many pieces: trying each index would take quadratic time.

        All indexes are tried at once: bit `n` of `going` says that the last `n + 1` characters match the first of the
        chunk.
        """
        masks = self._masks = self._masks or self._accepted()
        others = masks[""]
        goal = 1 << (self.length - 1)
        going = 0
        for index, character in enumerate(text[start:end], start):
            going = (going << 1 | 1) & masks.get(character, others)
            if going & goal:
                return index - self.length + 1
        return -1

    def _accepted(self) -> dict[str, int]:
        """Return the positions in the chunk that each character matches, as bits; `""` is for characters not in it."""
        gaps = (1 << self.length) - 1
        places: dict[str, int] = {}
        for offset, piece in self.pieces:
            gaps ^= ((1 << len(piece)) - 1) << offset
            for place, character in enumerate(piece, offset):
                places[character] = places.get(character, 0) | 1 << place
        return {"": gaps} | {character: taken | gaps for character, taken in places.items()}


_MOST_PIECES = 8


class Glob:
    """A compiled pattern; `matches` for whole texts, `truth` for texts with holes."""

    __slots__ = (
        "_head",
        "_least",
        "_lenient",
        "_middle",
        "_starred",
        "_tail",
        "_tokens",
        "everything",
        "exact",
        "prefix",
        "suffix",
    )

    def __init__(self, parts: Sequence[Token]) -> None:
        literals = [part for part in parts if isinstance(part, str)]
        text = "".join(literals)
        if HOLE in text:
            parts = [part.replace(HOLE, _NOT_A_DIGIT) if isinstance(part, str) else part for part in parts]
            literals = [part for part in parts if isinstance(part, str)]
            text = text.replace(HOLE, _NOT_A_DIGIT)
        self._tokens = parts
        self._lenient: Glob | None = None
        stars = parts.count(STAR)
        self.exact = text if len(literals) == len(parts) else None
        """The only text that matches, if the pattern has no wildcards."""
        self.prefix: str | None = None
        """The text before the only star of a pattern; `suffix` is the text after it."""
        self.suffix = ""
        self.everything = stars > 0 and stars == len(parts)
        """It matches any text."""
        if self.exact is not None:
            return
        if stars == 1 and len(literals) + 1 == len(parts):
            star = parts.index(STAR)
            self.prefix, self.suffix = "".join(literals[:star]), "".join(literals[star:])
            self._least = len(text)
            return
        self._cut(parts)

    def _cut(self, parts: Sequence[Token]) -> None:
        """Split a pattern with several stars, or with `?`, into chunks."""
        chunks: list[list[Token]] = [[]]
        for part in parts:
            if part == STAR:
                chunks.append([])
            else:
                chunks[-1].append(part)
        self._starred = len(chunks) > 1
        self._head = _Chunk(chunks[0])
        self._tail = _Chunk(chunks[-1])
        self._middle = tuple(_Chunk(chunk) for chunk in chunks[1:-1] if chunk)
        self._least = self._head.length + (self._tail.length if self._starred else 0)

    @property
    def beginning(self) -> str:
        """The text before the first wildcard."""
        first = self._tokens[0] if self._tokens else ""
        return first if isinstance(first, str) else ""

    @property
    def _ending(self) -> str:
        """The text after the last wildcard."""
        last = self._tokens[-1] if self._tokens else ""
        return last if isinstance(last, str) else ""

    def matches(self, text: str) -> bool:
        """Return True if the whole text matches; a `HOLE` in it is a character that equals no other."""
        if self.exact is not None:
            return text == self.exact
        if self.prefix is not None:
            return text.startswith(self.prefix) and len(text) >= self._least and text.endswith(self.suffix)
        return self._seek(text)

    def _seek(self, text: str) -> bool:
        if len(text) < self._least or not self._head.at(text, 0):
            return False
        if not self._starred:
            return len(text) == self._head.length
        position, end = self._head.length, len(text) - self._tail.length
        if not self._tail.at(text, end):
            return False
        for chunk in self._middle:
            position = chunk.find(text, position, end)
            if position < 0:
                return False
            position += chunk.length
        return True

    def truth(self, text: str) -> int:
        """Return whether the whole text matches, which may contain a `HOLE`.

        The test for UNKNOWN treats all digits as equal, except before the first hole and after the last one. It may
        answer UNKNOWN where NO is correct, but is never wrong.
        """
        if self.matches(text):
            return YES
        before, hole, rest = text.partition(HOLE)
        if not hole or not _agree(self.beginning, before) or not _agree_at_end(self._ending, rest.rpartition(HOLE)[2]):
            return NO
        return UNKNOWN if self._folded().matches(_with_equal_digits(text)) else NO

    def _folded(self) -> Glob:
        """Return the pattern with all digits equal."""
        if self._lenient is None:
            self._lenient = Glob([part.translate(_FOLD) if isinstance(part, str) else part for part in self._tokens])
        return self._lenient

    def same_below(self, prefix: str) -> bool:
        """Return True if `truth` is the same for all texts that begin with `prefix`, with holes and without."""
        if self.could_match(prefix, "") == UNKNOWN:
            return False
        return self._folded().could_match(_with_equal_digits(prefix), "") != UNKNOWN

    def could_match(self, prefix: str, suffix: str, inner: str | None = None) -> int:
        """Return whether a text matches of which only the beginning and the end are known.

        `inner` are the characters that can be between them; None for any.
        """
        if self.everything:
            return YES
        if self.exact is not None and inner is None:
            return _could_equal(self.exact, prefix, suffix)
        if self.prefix is None or inner is not None:
            from snaplint.iam.terms.ends import ends_match  # only for texts that are partly unknown

            return ends_match(self._tokens, self.matches, prefix, suffix, inner)
        if prefix.startswith(self.prefix) and suffix.endswith(self.suffix):
            return YES
        return UNKNOWN if _agree(self.prefix, prefix) and _agree_at_end(self.suffix, suffix) else NO


_MEMO_SIZE = 4096
_LONGEST_CACHED = 128
_globs: dict[str, Glob] = {}
_shared: dict[tuple[Token, ...], Glob] = {}
_MOST_TRANSLATED = 16
_equal_digits: dict[str, str] = {}


def glob(text: str) -> Glob:
    """Return the compiled pattern; short ones are cached, because policies repeat the same actions."""
    found = _globs.get(text)
    if found is None:
        found = Glob(tokens(text))
        if len(text) <= _LONGEST_CACHED:
            if len(_globs) >= _MEMO_SIZE:
                _globs.clear()
            _globs[text] = found
    return found


def shared(parts: Sequence[Token]) -> Glob:
    """Return the compiled pattern of the tokens; a single token is cached, because many ARNs have the same parts."""
    if len(parts) != 1:
        return Glob(parts)
    key = (parts[0],)
    found = _shared.get(key)
    if found is None:
        found = Glob(key)
        if not isinstance(key[0], str) or len(key[0]) <= _LONGEST_CACHED:
            if len(_shared) >= _MEMO_SIZE:
                _shared.clear()
            _shared[key] = found
    return found


def matches_glob(pattern: str, text: str) -> bool:
    """Return True if the whole text matches the pattern; case-sensitive."""
    return glob(pattern).matches(text)


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _agree_at_end(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


def _with_equal_digits(text: str) -> str:
    """Return the text with one digit for all; cached, because many patterns are compared with the same text."""
    found = _equal_digits.get(text)
    if found is None:
        found = text.translate(_FOLD)
        if len(_equal_digits) >= _MOST_TRANSLATED:
            _equal_digits.clear()
        _equal_digits[text] = found
    return found


def _could_equal(text: str, prefix: str, suffix: str) -> int:
    long_enough = len(text) >= len(prefix) + len(suffix)
    return UNKNOWN if long_enough and text.startswith(prefix) and text.endswith(suffix) else NO

"""Phrases that messages share: lists, counts, types, excerpts, suggestions and the reasons of the operating system."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOUNS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "boolean": "a boolean",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
"""What messages call each type of JSON Schema."""

_JSON_TYPES = {
    dict: "object",
    list: "array",
    tuple: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}

LONGEST = 80
"""How many characters of a text that a user wrote a message repeats."""
_MOST_NAMES = 2000
"""Among how many names one like a misspelt name is looked for."""
_MOST_LIKELY = 50
"""How many of them are compared in full: those that share the most letters."""


def listed(items: Iterable[str], word: str = "and", *, most: int | None = None) -> str:
    """Return the items as a sentence lists them, each once: `a, b and c`, or `a, b and 3 more` above `most`."""
    each = list(dict.fromkeys(items))
    if most is not None and len(each) > most:
        each[most:] = [f"{len(each) - most:,} more"]
    return f" {word} ".join(filter(None, (", ".join(each[:-1]), *each[-1:])))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 request`, `2 requests`. `many` is the plural, by default `one` with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def noun(value: object) -> str:
    """Return what messages call the JSON type of a value: `an object`, `a list`, `text`, …"""
    kind = _JSON_TYPES.get(type(value))
    return NOUNS[kind] if kind is not None else "no JSON value"


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return the text, cut to `longest` characters, of which the last is then `…`."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the one of `names` that a misspelt `name` is most like, in any case; None if none is alike.

    Of names that are equally alike, one that has `name` as a part comes first. `cutoff` is the ratio of
    `difflib.SequenceMatcher`, from 0 to 1. A name longer than `LONGEST` is like none but itself in another case, and
    so is one of too many names: the search is slow for them.
    """
    folded = {each.lower(): each for each in names}
    lowered = name.lower()
    if lowered in folded or len(name) > LONGEST or len(folded) > _MOST_NAMES:
        return folded.get(lowered)
    letters = [(letter, lowered.count(letter)) for letter in set(lowered)]
    likely = [(_most_alike(letters, len(lowered), each, cutoff), each) for each in folded]
    likely = sorted(((most, each) for most, each in likely if most >= cutoff), reverse=True)
    if not likely:
        return None
    from difflib import SequenceMatcher  # a check without misspelt names does not load it

    matcher = SequenceMatcher()
    matcher.set_seq2(lowered)
    best = (cutoff, False, "")
    for most, each in likely[:_MOST_LIKELY]:
        if most < best[0]:
            break
        matcher.set_seq1(each)
        best = max(best, (matcher.ratio(), lowered in each, each))
    return folded[best[2]] if best[2] else None


def _most_alike(letters: Sequence[tuple[str, int]], length: int, other: str, cutoff: float) -> float:
    """Return the most that the ratio of two texts can be, from the letters that they share; 0 if it is below cutoff."""
    whole = (length + len(other)) / 2
    if not whole or min(length, len(other)) < cutoff * whole:
        return 0
    return sum([min(count, other.count(letter)) for letter, count in letters]) / whole


def did_you_mean(name: str | None) -> str:
    """Return the end of a message that suggests a name; empty for None."""
    return f"; did you mean `{name}`?" if name is not None else ""


def os_reason(error: OSError | ValueError) -> str:
    """Return why the operating system refused, in lower case: `no such file or directory`.

    `open` raises ValueError for a path that no file can have, such as one that holds a null character.
    """
    return str(getattr(error, "strerror", None) or error).lower()

"""Phrases that messages share: lists, counts, types, excerpts, suggestions and the reasons of the operating system."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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

    `cutoff` is the ratio of `difflib.get_close_matches`, from 0 to 1. A name longer than `LONGEST` is like none but
    itself in another case: the search is slow for long ones.
    """
    folded = {each.lower(): each for each in names}
    lowered = name.lower()
    if lowered in folded or len(name) > LONGEST:
        return folded.get(lowered)
    likely = [each for each in folded if _may_be_alike(lowered, each, cutoff)]
    if not likely:
        return None
    from difflib import get_close_matches  # a check without misspelt names does not load it

    match = get_close_matches(lowered, likely, 1, cutoff)
    return folded[match[0]] if match else None


def _may_be_alike(one: str, other: str, cutoff: float) -> bool:
    """Return False if the ratio of two texts is certainly below `cutoff`: they share too few characters."""
    least = cutoff * (len(one) + len(other)) / 2
    if min(len(one), len(other)) < least:
        return False
    return sum(min(one.count(letter), other.count(letter)) for letter in set(one)) >= least


def did_you_mean(name: str | None) -> str:
    """Return the end of a message that suggests a name; empty for None."""
    return f"; did you mean `{name}`?" if name is not None else ""


def os_reason(error: OSError | ValueError) -> str:
    """Return why the operating system refused, in lower case: `no such file or directory`.

    `open` raises ValueError for a path that no file can have, such as one that holds a null character.
    """
    return str(getattr(error, "strerror", None) or error).lower()

"""Wildcards and policy variables: text as a list of tokens, matched by recursion.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from typing import Any, Literal

Token = tuple[Literal["text", "any", "one", "never"], str]
"""A literal character, a `*`, a `?`, or a variable without a value, which matches nothing."""

Values = dict[str, list[str]]
"""The values of each context key, by its name in lower case; a key that is absent is not in it."""


def plain(text: str) -> list[Token]:
    """Return every character as a literal, `*` and `?` too."""
    return [("text", letter) for letter in text]


def wild(text: str) -> list[Token]:
    """`*` and `?` are wildcards."""
    kinds: dict[str, Token] = {"*": ("any", "*"), "?": ("one", "?")}
    return [kinds.get(letter, ("text", letter)) for letter in text]


def matches(tokens: list[Token], text: str) -> bool:
    """Return True if a pattern matches the whole text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    if not tokens:
        return not text
    (kind, letter), rest = tokens[0], tokens[1:]
    if kind == "any":
        return matches(rest, text) or (bool(text) and matches(tokens, text[1:]))
    if kind == "one":
        return bool(text) and matches(rest, text[1:])
    return kind == "text" and text[:1] == letter and matches(rest, text[1:])


def substituted(text: str, version: str | None, values: Values, *, wildcards: bool) -> list[Token]:
    """A policy's text with its variables replaced, as tokens; the value of a variable is never a wildcard.

    Only in version 2012-10-17; `${*}`, `${?}` and `${$}` are those characters; `${key, 'default'}` has a default.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-intro
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """
    literal = wild if wildcards else plain
    start = text.find("${")
    if version != "2012-10-17" or start < 0:
        return literal(text)
    end = text.index("}", start)
    after = substituted(text[end + 1 :], version, values, wildcards=wildcards)
    return literal(text[:start]) + _variable(text[start + 2 : end], values) + after


def _variable(inside: str, values: Values) -> list[Token]:
    if inside in ("*", "?", "$"):
        return plain(inside)
    name, comma, default = inside.partition(", ")
    held = values.get(name.lower())
    if held is not None:
        return plain(held[0])
    return plain(default.strip("'")) if comma else [("never", inside)]


def scalar(value: Any) -> str:
    """A JSON value as the text AWS compares: booleans and numbers may be unquoted.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def several(value: Any) -> list[Any]:
    """One value or a list of them: the same to AWS.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    return list(value) if isinstance(value, list | tuple) else [value]

"""Policy variables (`${aws:username}`), replaced by the values of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from snaplint.iam.terms.pattern import ANY
from snaplint.iam.terms.values import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.states import State
    from snaplint.iam.terms.values import Template

UNRESOLVED: list[Token] = []
"""The result of `fill` for a template with a variable that has no value and no default: it matches nothing."""


def fill(parts: Template, states: Mapping[str, State]) -> list[Token] | None:
    """Return the template with the values of its variables as literal text: a `*` in a tag is not a wildcard.

    None if the value of a variable is unknown, or if its key has several values, which a variable cannot have.
    """
    found: list[Token] = []
    unknown = False
    for part in parts:
        if not isinstance(part, Variable):
            found.append(part)
            continue
        state = states[part.key.lower()]
        if state == ():
            if part.default is None:
                return UNRESOLVED
            found.append(part.default)
        elif isinstance(state, tuple) and len(state) == 1 and isinstance(state[0], str):
            found.append(state[0])
        else:
            unknown = True
    return None if unknown else found


MOST_FILLINGS = 256
"""How many values of one variable are listed."""
MOST_PLACES = 50_000
"""How many places of a text are compared, those for each part of the template."""


def fillings(parts: Template, text: str) -> dict[str, list[str]] | None:
    """Return, for each key of a variable in lower case, the values with which the template may match the text.

    With any other value of one of its variables the template does not match. None if there are too many to list.
    """
    if len(parts) == 1 and isinstance(parts[0], Variable):
        return {parts[0].key.lower(): [text]}
    if len(parts) * (len(text) + 1) > MOST_PLACES:
        return None  # the time and memory for each part grow with the text
    # `ahead[n]` are the places in the text from which the parts from the n-th on can match the rest.
    ahead = [{len(text)}]
    for part in reversed(parts):
        ahead.append(_before(part, text, ahead[-1]))
    ahead.reverse()
    found: dict[str, list[str]] = {}
    here = {0}
    for number, part in enumerate(parts):
        here = {place for place in here if place in ahead[number]}
        after = _after(part, text, here)
        if isinstance(part, Variable):
            ends = sorted(ahead[number + 1])
            if len(here) * len(ends) > MOST_FILLINGS:
                return None
            known = found.setdefault(part.key.lower(), [])
            known.extend(text[start:end] for start in sorted(here) for end in ends if end >= start)
        here = after
    return {key: list(dict.fromkeys(values)) for key, values in found.items()}


def _after(part: Token | Variable, text: str, starts: set[int]) -> set[int]:
    """Return where a part can end that begins at one of the places."""
    if isinstance(part, str):
        return {start + len(part) for start in starts if text.startswith(part, start)}
    if part == ANY:
        return {start + 1 for start in starts if start < len(text)}
    # a star or a variable
    return set(range(min(starts), len(text) + 1)) if starts else set()


def _before(part: Token | Variable, text: str, ends: set[int]) -> set[int]:
    """Return where a part can begin that ends at one of the places."""
    if isinstance(part, str):
        return {end - len(part) for end in ends if text.endswith(part, 0, end) and end >= len(part)}
    if part == ANY:
        return {end - 1 for end in ends if end}
    return set(range(max(ends) + 1)) if ends else set()

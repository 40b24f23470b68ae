"""Policy variables (`${aws:username}`), replaced by the values of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

from snaplint.iam.terms.values import Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.asked.request import States
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.values import Template

UNRESOLVED: list[Token] = []
"""The result of `fill` for a template with a variable that has no value and no default: it matches nothing."""


def fill(parts: Template, states: States) -> list[Token] | None:
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

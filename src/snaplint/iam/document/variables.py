"""Policy variables (`${aws:username}`), filled in with what a request holds.

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
"""What `fill` gives for a template with a variable that has no value and no default: it matches nothing."""


def fill(parts: Template, states: States) -> list[Token] | None:
    """The template with its variables' values in place, as literal text: a `*` in a tag is no wildcard.

    None where a variable's value is not known. A key with several values cannot be a variable: not known either.
    """
    found: list[Token] = []
    unsure = False
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
            unsure = True
    return None if unsure else found

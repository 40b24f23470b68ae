"""The last word of an audit that was refused a read: the policy that would let it see."""

from __future__ import annotations

import json

from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.report.terminal import Style

_ABOVE = '"organizations:ListPoliciesForTarget"'
_NOT_HERE = "(the policies of the organization are told to its management account and to delegated administrators only)"
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html"""


def reading_policy_text(policy: Mapping[str, object], style: Style) -> str:
    """A sentence, and below it the policy as JSON, ready to be pasted; ends with a line end."""
    sentence = (
        "some reads were refused, and what they would have told counts as unknown; "
        "this policy allows those reads and what they lead to, where nothing else denies them:"
    )
    document = json.dumps(policy, indent=2, ensure_ascii=True).splitlines()
    if any(_ABOVE in line for line in document):
        sentence = f"{sentence[:-1]} {_NOT_HERE}:"
    painted = (style.paint("unknown", line) for line in wrap(sentence, style.width))
    return "\n".join([*painted, *map(sanitise, document), ""])

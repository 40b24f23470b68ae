"""The end of an audit in which AWS denied reads: the policy that would allow them."""

from __future__ import annotations

import json

from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.report.terminal import Style

_ABOVE = '"organizations:ListPoliciesForTarget"'
_ONLY_THERE = (
    "(only the organization's management account and delegated administrators can read the organization's policies)"
)
"""https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html"""


def reading_policy_text(policy: Mapping[str, object], style: Style) -> str:
    """Return a sentence and, below it, the policy as JSON that can be pasted; the text ends with a line end."""
    sentence = (
        "AWS denied some reads, so the facts that they return are unknown; "
        "unless something else denies them, this policy allows those reads and the ones that follow from them:"
    )
    document = json.dumps(policy, indent=2, ensure_ascii=True).splitlines()
    if any(_ABOVE in line for line in document):
        sentence = f"{sentence[:-1]} {_ONLY_THERE}:"
    painted = (style.paint("unknown", line) for line in wrap(sentence, style.width))
    return "\n".join([*painted, *map(sanitise, document), ""])

"""The last word of an audit that was refused a read: the policy that would let it see."""

from __future__ import annotations

import json

from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.report.terminal import Style


def reading_policy_text(policy: Mapping[str, object], style: Style) -> str:
    """A sentence, and below it the policy as JSON, ready to be pasted; ends with a line end."""
    sentence = (
        "some reads were refused, and what they would have told counts as unknown; "
        "attached to the caller, this policy allows exactly those reads:"
    )
    document = json.dumps(policy, indent=2, ensure_ascii=True).splitlines()
    painted = (style.paint("unknown", line) for line in wrap(sentence, style.width))
    return "\n".join([*painted, *map(sanitise, document), ""])

"""Causes: what a report is about.

A cause is one thing that, changed, would make verdicts pass: a statement that denies, a grant that is missing, a name,
a setting, a fact that is not provided. Each failing or undetermined verdict names its causes, and one cause may have
many verdicts, of several rules and requests.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Fault, Route
    from snaplint.findings.blame import Blame
    from snaplint.findings.locator import Locator

INPUT = "input"
REQUEST = "request"
COLLISION = "collision"
SETTING = "setting"
WRONG_PRINCIPAL = "wrong-principal"
DENY = "deny"
BOUNDARY = "boundary"
SESSION_POLICY = "session-policy"
SCP = "scp"
RCP = "rcp"
ACL = "acl"
MISSING_GRANT = "missing-grant"
MISSING_FACT = "missing-fact"
UNDOCUMENTED = "undocumented"

KINDS = (
    INPUT,
    REQUEST,
    COLLISION,
    SETTING,
    WRONG_PRINCIPAL,
    DENY,
    BOUNDARY,
    SESSION_POLICY,
    SCP,
    RCP,
    ACL,
    MISSING_GRANT,
    MISSING_FACT,
    UNDOCUMENTED,
)
"""What there is to change. The kinds of a layer (`boundary`, `scp`, …) also stand for a Deny in that layer."""


class Repair(NamedTuple):
    """What to change: a sentence, and the JSON text to paste at that place, empty if there is none."""

    text: str
    paste: str = ""

    def __str__(self) -> str:
        return f"{self.text}:\n{self.paste}" if self.paste else self.text


class Cause(NamedTuple):
    """One thing to change, for one request.

    `route` leads to what is to blame: the statement, grant, member or setting; `source` is the file that it leads
    through if that is another file than the request's. `name` is what distinguishes causes at the same route, such as a
    fact or a condition key. `fault` is the input error of a cause of kind `input`. `repair` says what to change, and
    `settle` holds the commands that print the facts that are missing. `layer`, `sid` and `effect` are as in a `Blame`.
    `label` says in a few words what the value at the route does, for an underline in text: "denies `s3:PutObject`".
    `compared` are the values that it is compared with, each with its own text for the underline. `of_bucket` is True
    for what matters only if the target bucket stays the one that it is.

    Causes of several requests are one if they have the same kind, file, route and name: texts must not differ between
    requests.
    """

    kind: str
    text: str
    route: Route = ()
    layer: str = ""
    sid: str | None = None
    effect: str | None = None
    source: Locator | None = None
    name: str = ""
    repair: Repair | None = None
    settle: tuple[str, ...] = ()
    fault: Fault | None = None
    label: str = ""
    compared: tuple[Blame, ...] = ()
    of_bucket: bool = False

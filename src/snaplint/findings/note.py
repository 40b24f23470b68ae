"""Notes: what a user may want to know of a file beside the verdicts, such as a name that is like another one."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.rule import Severity


class Note(NamedTuple):
    """A note about a place in a file. It is neither a verdict nor an input error.

    `rule` is the ID of its kind. A note of severity `warning` counts for `--fail-on warning`.
    """

    rule: str
    severity: Severity
    path: str
    line: int
    column: int
    message: str

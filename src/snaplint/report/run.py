"""What a report may need to know of the run that it is about."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.findings.result import Tally
    from snaplint.findings.rule import Rule
    from snaplint.report.terminal import Style


class Run(NamedTuple):
    """One run: the version of snaplint, the rules it judges by, and how the user wants to read about it.

    `tally` counts the stream as the report draws it, and is complete when the stream has ended: a report does not count
    for itself. `verbose` lists what passes and what does not apply; `quiet` leaves one line for each failure; under
    `strict` nothing is assumed, and undetermined conditions count.
    """

    version: str
    rules: tuple[Rule, ...]
    style: Style
    verbose: bool
    quiet: bool
    strict: bool
    tally: Tally

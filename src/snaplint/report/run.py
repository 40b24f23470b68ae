"""What a report needs to know about the run that it describes."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from snaplint.findings.result import Tally
    from snaplint.findings.rule import Rule
    from snaplint.report.terminal import Style


class Audit(NamedTuple):
    """What an audit reports beside the verdicts.

    `reading_policy` would allow the reads that AWS refused; None if it refused none. `second_opinion` returns the
    comparison with IAM's policy simulator, None if IAM was not asked, and `text` both as sections of a report; they
    are called when all verdicts have been reported. If `is_blank`, no fact could be read.
    """

    reading_policy: Mapping[str, object] | None
    second_opinion: Callable[[], Mapping[str, object] | None]
    text: Callable[[Style], str]
    is_blank: bool


class Run(NamedTuple):
    """One run: the version of snaplint, the rules in use, and the options of the output.

    `tally` counts the stream as the report draws it, and is complete when the stream has ended: a report does not count
    for itself. `verbose` also lists every verdict of every request; `quiet` prints one line per cause and per note of
    severity `warning`, and the summary. If `strict` is True, the verdicts were made without assumptions, and a
    documented condition that is undetermined changes the exit code. `fail_on` is the least severity that does.
    `audit` is None if the facts were not read from AWS.
    """

    version: str
    rules: tuple[Rule, ...]
    style: Style
    verbose: bool
    quiet: bool
    strict: bool
    tally: Tally
    fail_on: str = "error"
    audit: Audit | None = None

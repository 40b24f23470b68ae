"""What `check` and `audit` share: the rules and options of a run, its report on standard output, and its exit code.

The exit code does not depend on the format: it follows from the `Tally`, which counts the stream before the report.
"""

from __future__ import annotations

import os
import sys

from snaplint import __version__, config
from snaplint.base.breakage import unbroken
from snaplint.base.record import NamedTuple
from snaplint.base.source import parted
from snaplint.findings.result import Tally
from snaplint.lint import rulebook
from snaplint.report.registry import reporter
from snaplint.report.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from snaplint.base.source import Fault
    from snaplint.cli.options import Options
    from snaplint.config import Config
    from snaplint.findings.result import Reported
    from snaplint.findings.rule import Rule
    from snaplint.report.run import Audit
    from snaplint.report.terminal import Style

CLEAN, FAILS, UNUSABLE, BROKEN, UNDETERMINED = 0, 1, 2, 3, 4

_COUNTED = {"error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info")}
"""The severities that cause exit code 1, by the value of --fail-on."""


class RunOptions(NamedTuple):
    """The options of a run and its report, from the command line and the settings."""

    strict: bool
    fail_on: str
    format: str = "text"
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False

    @classmethod
    def of(cls, options: Options | argparse.Namespace, settings: Config, *, strict: bool) -> RunOptions:
        """Return the options of a command line; `strict` applies if it has neither --strict nor --no-strict."""
        return cls(
            strict if options.strict is None else options.strict,
            options.fail_on or settings.fail_on,
            options.format,
            options.color,
            options.verbose,
            options.quiet,
        )


def prepare(options: Options | argparse.Namespace) -> tuple[Config, tuple[Rule, ...], tuple[Fault, ...]]:
    """Return the settings and the rules of a run, and the faults in both."""
    settings, faults = settings_of(options.config)
    named, found = (settings.rules, ()) if options.config else ((), settings.rules)
    rules, more = parted(rulebook.load([*named, *options.rules], found))
    return settings, tuple(rules), (*faults, *more)


def settings_of(named: str | None = None) -> tuple[Config, tuple[Fault, ...]]:
    """Return the settings in the file that the command line names, or else in the nearest one, and the faults in them.

    Print a line if there are settings above a project that has no `.git`, because they may be the user's own.
    """
    path = named or config.find()
    above = None if path else config.find_above()
    if above is not None:
        from snaplint.report.terminal import sanitise

        name = sanitise(above)
        why = "they are above the working directory, and no folder has .git"
        print(
            f"snaplint: the settings in `{name}` are ignored: {why}; to use them, give --config FILE", file=sys.stderr
        )
    return config.load(path, is_named=bool(named))


def print_report(
    stream: Iterable[Reported], rules: Sequence[Rule], options: RunOptions, audit: Audit | None = None
) -> Tally:
    """Print the report piece by piece as results arrive, and return the count of the whole stream.

    The first error of snaplint in the stream, if there is one, follows on standard error.
    """
    tally = Tally()
    counted = tally.counting(unbroken("<run>", stream))
    how = (options.verbose, options.quiet, options.strict)
    run = Run(__version__, tuple(rules), style(options), *how, tally, options.fail_on, audit)
    for text in reporter(options.format).chunks(counted, run):
        sys.stdout.write(text)
    for _ in counted:  # a format that stops reading early must not change the exit code
        pass
    if tally.breakage is not None:
        from snaplint.cli.breakage import print_breakage

        print_breakage(tally.breakage)
    return tally


def style(options: RunOptions) -> Style:
    """Return the style of standard output."""
    from snaplint.report import terminal

    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    return terminal.detect(os.environ, isatty=isatty, color=options.color, columns=columns)


def exit_code(tally: Tally, options: RunOptions) -> int:
    """Return the exit code for the counts of a run."""
    if tally.breakage is not None:
        return BROKEN
    if tally.faults or not tally.requests:  # a run that checked nothing is not a success
        return UNUSABLE
    if tally.failing.intersection(_COUNTED[options.fail_on]):
        return FAILS
    return UNDETERMINED if options.strict and tally.documented_undetermined else CLEAN

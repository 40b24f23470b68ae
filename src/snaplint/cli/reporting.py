"""What `check` and `audit` share: the rules and terms of a run, its report on standard output, and its exit code."""

from __future__ import annotations

import os
import sys

from snaplint import __version__, config
from snaplint.base.record import NamedTuple
from snaplint.findings.result import Tally
from snaplint.lint import rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.base.source import Fault
    from snaplint.cli.options import Options
    from snaplint.config import Config
    from snaplint.findings.result import Result
    from snaplint.findings.rule import Rule
    from snaplint.report.terminal import Style

CLEAN, FAILS, UNUSABLE, UNTOLD = 0, 1, 2, 4

_COUNTED = {"error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info")}
"""The severities that give exit code 1, by --fail-on."""


class Terms(NamedTuple):
    """How a run is judged and told, from the command line and the settings."""

    strict: bool
    fail_on: str
    format: str = "text"
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False

    @classmethod
    def of(cls, options: Options | argparse.Namespace, settings: Config, *, strict: bool) -> Terms:
        """The terms of a command line; `strict` counts where it says neither --strict nor --no-strict."""
        return cls(
            strict if options.strict is None else options.strict,
            options.fail_on or settings.fail_on,
            options.format,
            options.color,
            options.verbose,
            options.quiet,
        )


def prepare(options: Options | argparse.Namespace, faults: list[Fault]) -> tuple[Config, tuple[Rule, ...]]:
    """The settings and the rules of a run; what is wrong with them is appended to `faults`."""
    settings = config.load(options.config or config.find(), faults)
    return settings, rulebook.load([*settings.rules, *options.rules], faults)


def tell(results: Iterable[Result], faults: Sequence[Fault], terms: Terms) -> Tally:
    """Print the report, a piece for each result as it is drawn, and count them."""
    tally = Tally()
    for text in _report(tally.counting(results), faults, terms):
        sys.stdout.write(text)
    return tally


def style(terms: Terms) -> Style:
    """How to write on standard output."""
    from snaplint.report import terminal

    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    return terminal.detect(os.environ, isatty=isatty, color=terms.color, columns=columns)


def exit_code(tally: Tally, faults: Sequence[Fault], terms: Terms) -> int:
    """The exit code, which is the same for every format."""
    if faults:
        return UNUSABLE
    if tally.failing.intersection(_COUNTED[terms.fail_on]):
        return FAILS
    return UNTOLD if terms.strict and tally.documented_untold else CLEAN


def _report(results: Iterable[Result], faults: Sequence[Fault], terms: Terms) -> Iterator[str]:
    if terms.format == "json":
        from snaplint.report import json_v1

        return json_v1.chunks(results, faults, __version__)
    from snaplint.report import text

    return text.chunks(results, faults, style(terms), verbose=terms.verbose, quiet=terms.quiet, strict=terms.strict)

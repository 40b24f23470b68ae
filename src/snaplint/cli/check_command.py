"""`snaplint check [PATH ...]`: every condition of every proposed request, offline."""

from __future__ import annotations

import argparse
import os
import sys

from snaplint import __version__, config, rulebook
from snaplint.linter import check_paths, discover
from snaplint.report.result import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.config import Config
    from snaplint.report.result import Result
    from snaplint.source import Fault

CLEAN, FAILS, UNUSABLE, UNTOLD = 0, 1, 2, 4


def parser() -> argparse.ArgumentParser:
    """The arguments of `snaplint check`."""
    made = argparse.ArgumentParser(
        "snaplint check", description="Answer every condition of the proposed requests in preflight files."
    )
    made.add_argument(
        "paths", metavar="PATH", nargs="*", default=["."], help="files, folders, or - for standard input (default: .)"
    )
    made.add_argument("--format", choices=("text", "json"), default="text", help="text for people, json for programs")
    made.add_argument(
        "--strict",
        action="store_true",
        default=None,
        help="assume nothing; exit 4 if a documented condition cannot be told",
    )
    made.add_argument(
        "--no-strict", dest="strict", action="store_false", help="the opposite, whatever the settings say"
    )
    made.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        help="the lowest severity that gives exit code 1 (default: error)",
    )
    made.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="a folder of your own rules; may be repeated"
    )
    made.add_argument(
        "--exclude", action="append", default=[], metavar="PATTERN", help="leave out paths like this; may be repeated"
    )
    made.add_argument("--force-exclude", action="store_true", help="leave them out even if they are named")
    made.add_argument("--allow-outside", action="store_true", help="let preflight files name files outside the project")
    made.add_argument("--config", metavar="FILE", help="the settings to use instead of those found upward")
    made.add_argument("-v", "--verbose", action="store_true", help="list the rules that pass as well")
    made.add_argument("-q", "--quiet", action="store_true", help="one line for each failure and nothing else")
    made.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="when to use colour (default: auto)"
    )
    return made


def run(arguments: Sequence[str]) -> int:
    """Check, print, and return the exit code, which is the same for every format."""
    options = parser().parse_args(arguments)
    faults: list[Fault] = []
    settings = config.load(options.config or config.find(), faults)
    rules = rulebook.load([*settings.rules, *options.rules], faults)
    exclude = [*settings.exclude, *options.exclude]
    paths = discover(options.paths, faults, exclude, force_exclude=options.force_exclude)
    strict = settings.strict if options.strict is None else options.strict
    tally = Tally()
    results = check_paths(
        paths, rules, faults, strict=strict, allow_outside=options.allow_outside or settings.allow_outside
    )
    for text in _report(tally.counting(results), faults, options):
        sys.stdout.write(text)
    if not paths and not faults:
        return _nothing(options)
    return _exit_code(tally, faults, settings, options.fail_on, strict)


def _report(results: Iterable[Result], faults: list[Fault], options: argparse.Namespace) -> Iterator[str]:
    if options.format == "json":
        from snaplint.report import json_v1

        return json_v1.chunks(results, faults, __version__)
    from snaplint.report import terminal, text

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = terminal.detect(os.environ, isatty=isatty, color=options.color, columns=columns)
    return text.chunks(results, faults, style, verbose=options.verbose, quiet=options.quiet)


def _nothing(options: argparse.Namespace) -> int:
    """No file at all is not success, unless every one that was named has been left out on purpose."""
    if options.force_exclude and options.paths != ["."]:
        return CLEAN
    where = ", ".join(f"`{path}`" for path in options.paths)
    print(
        f"nothing to check in {where}: no file is called *.snaplint.yaml, *.snaplint.yml or *.snaplint.json",
        file=sys.stderr,
    )
    return UNUSABLE


def _exit_code(tally: Tally, faults: list[Fault], settings: Config, fail_on: str | None, strict: bool) -> int:
    if faults:
        return UNUSABLE
    counted = {"error": ("error",), "warning": ("error", "warning"), "info": ("error", "warning", "info")}
    if tally.failing.intersection(counted[fail_on or settings.fail_on]):
        return FAILS
    return UNTOLD if strict and tally.documented_untold else CLEAN

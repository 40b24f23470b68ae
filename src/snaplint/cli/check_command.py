"""`snaplint check [PATH ...]`: every condition of every proposed request, offline."""

from __future__ import annotations

import gc
import os
import sys

from snaplint import __version__, config, rulebook
from snaplint.cli.options import read
from snaplint.linter import check_paths, discover
from snaplint.report.result import Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.cli.options import Options
    from snaplint.config import Config
    from snaplint.report.result import Result
    from snaplint.source import Fault

CLEAN, FAILS, UNUSABLE, UNTOLD = 0, 1, 2, 4


def run(arguments: Sequence[str]) -> int:
    """Check, print, and return the exit code, which is the same for every format."""
    options = read(arguments)
    faults: list[Fault] = []
    settings = config.load(options.config or config.find(), faults)
    rules = rulebook.load([*settings.rules, *options.rules], faults)
    exclude = [*settings.exclude, *options.exclude]
    outside = options.allow_outside or settings.allow_outside
    paths = discover(options.paths, faults, exclude, force_exclude=options.force_exclude, allow_outside=outside)
    strict = settings.strict if options.strict is None else options.strict
    gc.enable()
    tally = Tally()
    results = check_paths(paths, rules, faults, strict=strict, allow_outside=outside)
    empty = not paths and not faults
    if not empty or options.format != "text":
        for text in _report(tally.counting(results), faults, options, strict):
            sys.stdout.write(text)
    if empty:
        return _nothing(options)
    return _exit_code(tally, faults, settings, options.fail_on, strict)


def _report(results: Iterable[Result], faults: list[Fault], options: Options, strict: bool) -> Iterator[str]:
    if options.format == "json":
        from snaplint.report import json_v1

        return json_v1.chunks(results, faults, __version__)
    from snaplint.report import terminal, text

    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = terminal.detect(os.environ, isatty=isatty, color=options.color, columns=columns)
    return text.chunks(results, faults, style, verbose=options.verbose, quiet=options.quiet, strict=strict)


def _nothing(options: Options) -> int:
    """No file at all is not success, unless every one that was named has been left out on purpose."""
    if options.force_exclude and all(os.path.isfile(path) for path in options.paths):
        return CLEAN
    from snaplint.report.terminal import sanitise

    where = ", ".join(f"`{sanitise(path)}`" for path in options.paths)
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

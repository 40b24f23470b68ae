"""`snaplint check [PATH ...]`: check every condition of every proposed request, offline."""

from __future__ import annotations

import gc
import os
import sys
from itertools import chain

from snaplint.base.source import parted
from snaplint.cli.options import read
from snaplint.cli.reporting import CLEAN, UNUSABLE, RunOptions, exit_code, prepare, print_report
from snaplint.lint.linter import check_paths
from snaplint.read.discover import discover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.base.source import Fault
    from snaplint.cli.options import Options
    from snaplint.findings.rule import Rule


def run(arguments: Sequence[str]) -> int:
    """Check, print the report, and return the exit code."""
    options = read(arguments)
    settings, rules, faults = prepare(options)
    exclude = [*settings.exclude, *options.exclude]
    outside = options.allow_outside or settings.allow_outside  # the latter only from a file named by --config
    found = discover(options.paths, exclude, force_exclude=options.force_exclude, allow_outside=outside)
    paths, missing = parted(found)  # a folder is searched completely before the first file is read
    run_options = RunOptions.of(options, settings, strict=settings.strict)
    gc.enable()
    if not paths:
        return _without_files(options, exclude, rules, run_options, [*faults, *missing], outside=outside)
    checked = check_paths(paths, rules, strict=run_options.strict, allow_outside=outside, named=options.paths)
    return exit_code(print_report(chain(faults, missing, checked), rules, run_options), run_options)


def _without_files(
    options: Options,
    exclude: Sequence[str],
    rules: Sequence[Rule],
    run_options: RunOptions,
    faults: Sequence[Fault],
    *,
    outside: bool,
) -> int:
    """Report a run without files, and return its exit code: a success only if every named file was excluded on purpose.

    Standard error says why there are none, because a hook that excludes everything looks like one that passes.
    """
    from snaplint.cli.nothing import everything_excluded, nothing_found
    from snaplint.report.terminal import sanitise

    note = everything_excluded(options, exclude, allow_outside=outside)
    if faults or run_options.format != "text":
        notes = [note] if note is not None and run_options.format != "text" else []
        print_report(chain(faults, notes), rules, run_options)
    if note is not None:
        print(sanitise(note.message), file=sys.stderr)
    elif not faults:
        print(nothing_found(options), file=sys.stderr)
    is_meant = options.force_exclude and not faults and all(os.path.isfile(path) for path in options.paths)
    return CLEAN if is_meant else UNUSABLE

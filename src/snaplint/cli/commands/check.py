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
from snaplint.read.registry import suffixes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.cli.options import Options


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
    if not paths and not faults and not missing:
        if run_options.format != "text":
            print_report((), rules, run_options)
        return _nothing(options)
    checked = check_paths(paths, rules, strict=run_options.strict, allow_outside=outside, named=options.paths)
    return exit_code(print_report(chain(faults, missing, checked), rules, run_options), run_options)


def _nothing(options: Options) -> int:
    """Return the exit code of a run without files: a success only if every named file was excluded on purpose."""
    if options.force_exclude and all(os.path.isfile(path) for path in options.paths):
        return CLEAN
    from snaplint.base.wording import listed
    from snaplint.report.terminal import shown

    where = listed(f"`{shown(path)}`" for path in options.paths)
    names = listed((f"*{suffix}" for suffix in suffixes()), "or")
    print(f"nothing to check in {where}: no file is named {names}", file=sys.stderr)
    return UNUSABLE

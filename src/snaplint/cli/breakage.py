"""What the command line prints about an error of snaplint or of a plug-in."""

from __future__ import annotations

import sys

from snaplint import __version__
from snaplint.report.terminal import shown, told

BROKEN = 3
"""The exit code."""


def print_breakage(error: Exception) -> None:
    """Print a traceback on standard error, sanitised, and how to report it, after what was printed before."""
    import traceback

    sys.stdout.flush()
    for text in traceback.format_exception(error):
        for line in text.splitlines():
            print(told(line), file=sys.stderr)
    print(
        f"\nsnaplint {__version__} failed: this is an error in snaplint, not in your files.\n"
        f"Please report it where you got snaplint from, with the text above and the command: "
        f"snaplint {' '.join(map(shown, sys.argv[1:]))}",
        file=sys.stderr,
    )

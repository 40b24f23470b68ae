"""argparse, with messages that are safe to print: arguments are often file names of somebody else's making."""

from __future__ import annotations

import argparse

from snaplint.report.terminal import sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose help and errors hold nothing that a terminal would obey."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        super()._print_message("".join(sanitise(line) + "\n" for line in message.splitlines()), file)

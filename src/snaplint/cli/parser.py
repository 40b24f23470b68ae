"""argparse, with messages that are safe to print: arguments are often file names of somebody else's making."""

from __future__ import annotations

import argparse

from snaplint.base.wording import did_you_mean, nearest
from snaplint.report.terminal import sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from _typeshed import SupportsWrite

_UNRECOGNIZED = "unrecognized arguments: "


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose help and errors hold nothing that a terminal would obey, and that knows which flag a
    misspelt one was meant to be."""

    def error(self, message: str) -> NoReturn:
        """End the process with a message, as argparse does."""
        if message.startswith(_UNRECOGNIZED + "--"):
            flag = message.removeprefix(_UNRECOGNIZED).split()[0].partition("=")[0]
            message += did_you_mean(nearest(flag, self._option_string_actions, 0.75))
        super().error(message)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        super()._print_message("".join(sanitise(line) + "\n" for line in message.splitlines()), file)

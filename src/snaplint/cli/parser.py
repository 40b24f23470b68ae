"""argparse with messages that are safe to print, because arguments may be file names from an untrusted source."""

from __future__ import annotations

import argparse
import textwrap

from snaplint.base.wording import did_you_mean, nearest
from snaplint.report.terminal import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from _typeshed import SupportsWrite

_UNRECOGNIZED = "unrecognized arguments: "


class _WholeFlags(argparse.HelpFormatter):
    """A formatter that does not break a line within a flag such as `--cli-read-timeout`."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in self._split_lines(text, width - len(indent)))


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that escapes terminal control characters in its help and errors, and suggests the flag that a
    misspelt one resembles."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", _WholeFlags)
        super().__init__(*arguments, **options)

    def error(self, message: str) -> NoReturn:
        """Exit with a message, as argparse does."""
        if message.startswith(_UNRECOGNIZED + "--"):
            flag = message.removeprefix(_UNRECOGNIZED).split()[0].partition("=")[0]
            message += did_you_mean(nearest(flag, self._option_string_actions, 0.75))
        super().error(message)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        super()._print_message("".join(told(line) + "\n" for line in message.splitlines()), file)

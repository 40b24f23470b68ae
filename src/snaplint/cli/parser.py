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


_FORMATS = ("-f", "-o", "--output", "--output-format", "--out", "--type", "--report")
"""How other programs call the flag for the format of a report."""


def _asks_for_json(flag: str) -> bool:
    """Return True for a flag that asks for JSON in other programs: `--json`, `-f json`, `-ojson`, `--output json`."""
    return flag in _FORMATS or flag.lstrip("-").lower() in ("j", "json", "fjson", "ojson", "as-json", "json-output")


class _WholeFlags(argparse.HelpFormatter):
    """A formatter that does not break a line within a flag such as `--cli-read-timeout`."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = [self._split_lines(each, width - len(indent)) for each in text.split("\n\n")]
        return "\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs)


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that escapes terminal control characters in its help and errors, and suggests the flag that a
    misspelt one resembles."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("formatter_class", _WholeFlags)
        super().__init__(*arguments, **options)

    def error(self, message: str) -> NoReturn:
        """Exit with a message, as argparse does."""
        if message.startswith(_UNRECOGNIZED + "-"):
            flag = message.removeprefix(_UNRECOGNIZED).split()[0].partition("=")[0]
            message += self._instead(flag)
        super().error(message)

    def _instead(self, flag: str) -> str:
        """Return what a flag that does not exist may have meant, as the end of a message."""
        if "--format" in self._option_string_actions and _asks_for_json(flag):
            return "; for JSON, give `--format json`"
        return did_you_mean(nearest(flag, self._option_string_actions, 0.75)) if flag.startswith("--") else ""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        super()._print_message("".join(told(line) + "\n" for line in message.splitlines()), file)

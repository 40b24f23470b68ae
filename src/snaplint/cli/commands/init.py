"""`snaplint init [FILE]`: write a commented starter file, which passes unchanged, but not under --strict."""

from __future__ import annotations

import os
import sys

from snaplint.base import resources
from snaplint.base.wording import os_reason
from snaplint.cli.inputs import only_by_name
from snaplint.cli.parser import Parser
from snaplint.report.terminal import shown, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT = "export.snaplint.yaml"
STARTER = "starter.snaplint.yaml"


def run(arguments: Sequence[str]) -> int:
    """Write the starter file, unless the file exists already."""
    parser = Parser("snaplint init", description="Write a commented preflight file to start from.")
    parser.add_argument(
        "file", metavar="FILE", nargs="?", default=DEFAULT, help=f"the file to write (default: {DEFAULT}); - prints it"
    )
    name = parser.parse_args(arguments).file
    text = resources.text(STARTER)
    if name == "-":
        print(text, end="")
        return 0
    path = shown(name)
    try:
        _create(name, text)
    except FileExistsError:
        print(f"snaplint: `{path}` exists already and was not changed", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"snaplint: cannot write `{path}`: {os_reason(error)}", file=sys.stderr)
        return 2
    print(f"wrote {path}, with made-up account numbers and names: fill it in, then run: snaplint check {path}")
    note = only_by_name(name)
    if note:
        print(told(note))
    return 0


def _create(name: str, text: str) -> None:
    """Write a file that does not exist yet; if that fails, there is still none."""
    file = open(name, "x", encoding="utf-8")  # noqa: SIM115  # closed below; only what was created may be removed
    try:
        with file:
            file.write(text)
    except BaseException:
        os.unlink(name)
        raise

"""Files that the command line names: reads of bounded size, with one clear message if a file cannot be used."""

from __future__ import annotations

import sys

from snaplint.base.wording import os_reason
from snaplint.syntax.bounded import at_most
from snaplint.syntax.document import MAX_BYTES

STDIN = "-"


class Unusable(Exception):
    """An argument that cannot be used; the message says which one and why."""


def content(path: str) -> bytes:
    """Return the bytes of a file that the user names; `-` is standard input.

    Raise Unusable if it cannot be read; the message follows the name of the option.
    """
    try:
        if path == STDIN:
            raw = at_most(sys.stdin.buffer, MAX_BYTES + 1)
        else:
            with open(path, "rb") as file:
                raw = at_most(file, MAX_BYTES + 1)
    except OSError as error:
        raise Unusable(f"cannot read `{path}`: {os_reason(error)}") from None
    except ValueError:  # a NUL or a lone surrogate in the name
        raise Unusable(f"cannot read `{path}`: it is not a possible path") from None
    if len(raw) > MAX_BYTES:
        raise Unusable(f"`{path}` is larger than {MAX_BYTES // 2**20} MiB")
    return raw

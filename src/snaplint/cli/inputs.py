"""Files that the command line names: reads of bounded size, with one clear message if a file cannot be used."""

from __future__ import annotations

from snaplint.base.source import Unreadable
from snaplint.syntax.document import MAX_BYTES
from snaplint.syntax.near_path import did_you_mean_path
from snaplint.syntax.reading import whole, whole_input

STDIN = "-"


class Unusable(Exception):
    """An argument that cannot be used; the message says which one and why."""


def only_by_name(path: str) -> str:
    """Return the note that a search of a folder does not find a file under its name; empty if it does."""
    from snaplint.base.wording import listed
    from snaplint.read.formats import preflight

    if path.endswith(preflight.suffixes):
        return ""
    found = listed(f"*{suffix}" for suffix in preflight.suffixes)
    return f"a search of a folder finds {found} only, so give this file by its name: snaplint check {path}"


def content(path: str) -> bytes:
    """Return the bytes of a file that the user names; `-` is standard input.

    Raise Unusable if it cannot be read; the message follows the name of the option.
    """
    try:
        return whole_input(MAX_BYTES) if path == STDIN else whole(path, MAX_BYTES, is_named=True)
    except Unreadable as error:
        raise Unusable(f"cannot read `{path}`: {error.message}{did_you_mean_path(path)}") from None

"""Preflight files: the words of the form that every other reader translates into."""

from __future__ import annotations

from snaplint.read.reader import Draft

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.base.source import Fault
    from snaplint.syntax.document import Document

name = "preflight"
suffixes = (".snaplint.yaml", ".snaplint.yml", ".snaplint.json")
syntax = None


def recognises(path: str, head: bytes) -> bool:  # noqa: ARG001  # its name is all that a preflight file promises
    """Return True if the file is called as preflight files are."""
    return path.endswith(suffixes)


def translate(document: Document) -> Iterator[Draft | Fault]:
    """Return the document as it is."""
    yield Draft(document.data, {})

"""Reader of preflight files: every other reader translates into this format."""

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


def recognises(path: str, head: bytes) -> bool:  # noqa: ARG001  # by the name alone
    """Return True if the file has a suffix of preflight files."""
    return path.endswith(suffixes)


def translate(document: Document) -> Iterator[Draft | Fault]:
    """Yield the document unchanged."""
    yield Draft(document.data, {})

"""The interface of a reader, which translates documents of one format into the data of a preflight file.

A reader knows nothing about facts, policies or checks. `read_preflight` validates and reads its translation like a
preflight file, and reports every fault at the place in the reader's document.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Protocol

    from snaplint.base.source import Fault, Route
    from snaplint.syntax.document import Document, Syntax

    class Reader(Protocol):
        """A module in `read/formats/`."""

        @property
        def name(self) -> str:
            """The name of the module."""

        @property
        def suffixes(self) -> tuple[str, ...]:
            """The suffixes of files that a search of a folder should consider."""

        @property
        def syntax(self) -> Syntax | None:
            """How to parse the text of a file; None for JSON or YAML, depending on the file's name or text."""

        def recognises(self, path: str, head: bytes) -> bool:
            """Return True if the file is in this format; `head` holds its first bytes, at most `registry.HEAD`."""

        def translate(self, document: Document) -> Iterator[Draft | Fault]:
            """Yield the document as drafts, and a fault for each part that is in the format and cannot be read."""


class Draft(NamedTuple):
    """A translation into the data of a preflight file, and where its values really are.

    `data` is validated as a preflight file. `mounts` maps a route through `data` to the document that has the value and
    the route there: `{("requests", 0): (document, ("calls", 3))}`. Routes below a mounted one continue there. Every
    other route, such as that of a value which the reader has added, is below the mount of `()`; without such a mount it
    is a route through the translated document.
    """

    data: Any
    mounts: Mapping[Route, tuple[Document, Route]]

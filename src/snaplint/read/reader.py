"""What a reader is: it translates a document of one format into the words of a preflight file, and nothing else.

A reader knows nothing of facts, policies or checks. Whatever it translates is then read as a preflight file is: by
`read_preflight`, which validates it, and reports every fault at the place in the reader's own document.
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
            """The ends of the names of the files that a search of a folder should look at."""

        @property
        def syntax(self) -> Syntax | None:
            """How the text of a file becomes data; None for JSON or YAML, as the file's name or text says."""

        def recognises(self, path: str, head: bytes) -> bool:
            """Return True if the file is of this format; `head` is how its content begins, at most
            `registry.HEAD` bytes of it."""

        def translate(self, document: Document) -> Iterator[Draft | Fault]:
            """Return what the document says as drafts, and a fault for what is of the format and cannot be read."""


class Draft(NamedTuple):
    """What would stand in a preflight file, and where it really stands.

    `data` is in the words of a preflight file, and is validated as one. `mounts` names for a route through `data` the
    document, and the route in it, that holds the value: `{("requests", 0): (document, ("calls", 3))}`. A route below a
    mount goes on from there. The mount of `()` holds all that has no other, such as what the reader has added; without
    it, that is a route through the document that was translated.
    """

    data: Any
    mounts: Mapping[Route, tuple[Document, Route]]

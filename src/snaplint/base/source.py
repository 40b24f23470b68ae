"""Places in what was read: routes, spans, and the faults that reading found."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    T = TypeVar("T")


class Key(NamedTuple):
    """Last step of a route to a key itself, as in `("buckets", Key("b"))`; the plain name leads to the key's value."""

    name: str

    def __str__(self) -> str:
        return self.name


Route = tuple[str | int | Key, ...]
"""The steps from a document's root to one of its values: keys of mappings and indices of lists."""


class Span(NamedTuple):
    """A stretch of text: lines and columns count from 1, in characters; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Span(1, 1, 1, 1)


class Place(NamedTuple):
    """A stretch of a file, under the path that a person would open."""

    path: str
    span: Span


class Fault(NamedTuple):
    """Something that could not be read: an input error, which is reported and never stops the other files."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


def parted(stream: Iterable[T | Fault]) -> tuple[list[T], list[Fault]]:
    """Return what a stream holds as two lists, each in the order of the stream: the values, and the faults."""
    values: list[T] = []
    found: list[Fault] = []
    for each in stream:
        if isinstance(each, Fault):
            found.append(each)
        else:
            values.append(each)
    return values, found


class Unreadable(Exception):
    """A file or a text gives no document: it cannot be opened, is not text, or is malformed at this line and column.

    The caller knows the path and turns it into a `Fault`.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

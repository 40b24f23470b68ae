"""Places in files (routes, spans) and the input errors found there."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeVar

    T = TypeVar("T")


class Key(NamedTuple):
    """The last step of a route to a key itself: `("buckets", Key("b"))`. The plain name leads to the key's value."""

    name: str

    def __str__(self) -> str:
        return self.name


Route = tuple[str | int | Key, ...]
"""The steps from the root of a document to one of its values: keys of mappings and indexes of lists."""


class Span(NamedTuple):
    """A range of text. Lines and columns count from 1, in characters; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """A span in a file, with the path by which a user would open it."""

    path: str
    span: Span


MOST_FAULTS = 100
"""How many faults of a file are reported: a file with more is of another format, or hostile."""


class Fault(NamedTuple):
    """An input error: what could not be read, and where. It is reported, and the other files are still checked."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}{self.position}: {self.message}"

    @property
    def position(self) -> str:
        """What follows the path in a message: line and column, if the error has a place in a text."""
        return f":{self.line}:{self.column}"


class PathFault(Fault):
    """An input error of a path itself: nothing is there, or it cannot be opened. Its line and column are 1."""

    __slots__ = ()

    @classmethod
    def of(cls, path: str, message: str) -> PathFault:
        """Return the fault of a path."""
        return cls(path, 1, 1, message)

    @property
    def position(self) -> str:
        """Nothing: no line of a file is to blame."""
        return ""


def parted(stream: Iterable[T | Fault]) -> tuple[list[T], list[Fault]]:
    """Return the values and the faults of a stream as two lists, each in the order of the stream."""
    values: list[T] = []
    found: list[Fault] = []
    for each in stream:
        if isinstance(each, Fault):
            found.append(each)
        else:
            values.append(each)
    return values, found


class Unreadable(Exception):
    """A file or a text is not a document: it cannot be opened, is not text, or is malformed at this line and column.

    The caller adds the path and turns it into a `Fault` with `fault`.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def fault(self, path: str, before: str = "") -> Fault:
        """Return it as the fault of a file, with the text `before` in front of the message."""
        return Fault(path, self.line, self.column, before + self.message)


class Unopened(Unreadable):
    """A file cannot be opened, so the error is one of its path."""

    def fault(self, path: str, before: str = "") -> Fault:
        """Return it as the fault of a path, with the text `before` in front of the message."""
        return PathFault.of(path, before + self.message)

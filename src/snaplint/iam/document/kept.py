"""What is compiled, kept by its text: streams of policies repeat most of their statements, or elements of them.

The memory that this takes is bounded.
"""

from __future__ import annotations

from marshal import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST = 4096
_MOST_MET = 1 << 16
_MOST_BYTES = 1 << 21
_LONGEST = 1 << 13
_PLAIN = 2
"""The version of marshal's format that writes equal values as equal bytes."""


class Memo(dict[object, "Any"]):
    """Values by keys that contain a text from `text_of`; emptied when it would become too large.

    A value is kept when its key comes for the second time. Most keys of a stream come once or often, and to keep those
    that come once would cost more than to compile them: the garbage collector visits all that is kept.
    """

    __slots__ = ("_bytes", "_met")

    def __init__(self) -> None:
        super().__init__()
        self._bytes = 0
        self._met: set[int] = set()
        """The hashes of the keys that came once."""

    def keep(self, key: object, text: bytes, value: object) -> bool:
        """Keep a value if its key comes again and its text is not too long; return True if it is kept."""
        if len(text) > _LONGEST:
            return False
        met = hash(key)
        if met not in self._met:
            if len(self._met) >= _MOST_MET:
                self._met.clear()
            self._met.add(met)
            return False
        if len(self) >= _MOST or self._bytes > _MOST_BYTES:
            self.clear()
            self._bytes = 0
        self._bytes += len(text)
        self[key] = value
        return True


def text_of(value: object) -> bytes | None:
    """Return the same text for equal plain data, in which true is not 1; None for anything but plain data.

    Objects with the same members in another order are not equal here: the order decides which fault is found first.
    """
    try:
        return dumps(value, _PLAIN)  # type: ignore[arg-type]  # it raises for what is not plain data
    except ValueError:
        return None


def copied(value: object) -> Any:
    """Return a copy of plain data; None for anything else."""
    text = text_of(value)
    return None if text is None else loads(text)  # noqa: S302  # written by this process a moment ago

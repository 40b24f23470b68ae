"""Reads of bounded size that need no more memory than what they return."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_FIRST = 1 << 16
"""How many bytes are asked for at first: more than most files have. `read` reserves as many as it is asked for."""


def at_most(stream: BinaryIO, most: int) -> bytes:
    """Return what is left of a stream, or the first `most` bytes of it."""
    first = stream.read(min(_FIRST, most))
    if len(first) < _FIRST:
        return first
    pieces, size = [first], len(first)
    while size < most and (piece := stream.read(min(size, most - size))):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)

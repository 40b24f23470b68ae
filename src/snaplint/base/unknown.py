"""What is not known, as a value: it says why, and which fact would settle it."""

from __future__ import annotations

from snaplint.base.record import NamedTuple


class Unknown(NamedTuple):
    """A fact that nobody has told us.

    `why` is shown to a person as it stands ("the preflight does not say which policy bucket `b` has"). `needs` names
    the facts or context keys that would settle it, in the words of the preflight file ("buckets.b.policy",
    "aws:SourceIp"); a report lists them under `depends_on`. `unreadable` marks what is there and could not be read:
    a fault in a file, which has been reported already, or what a collected file says it is.
    """

    why: str
    needs: tuple[str, ...] = ()
    unreadable: bool = False

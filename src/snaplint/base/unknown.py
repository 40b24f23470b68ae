"""A missing fact as a value: why it is not known, and what would supply it."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route


class Unknown(NamedTuple):
    """A fact that is not known, with the reason and what would supply it.

    `why` is printed unchanged ("`buckets.b.policy` is not provided"). `needs` names the facts or context keys that
    would supply the fact, as in a preflight file ("buckets.b.policy", "aws:SourceIp"); a report lists them under
    `depends_on`. `unreadable` is True for a fact that is provided and cannot be read: the file has an input error,
    which is reported by itself, or a collected file says that the fact could not be read from AWS. `route` is that of
    the value that shows why the fact is not known; empty if there is none.
    """

    why: str
    needs: tuple[str, ...] = ()
    unreadable: bool = False
    route: Route = ()

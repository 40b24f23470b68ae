"""The object keys that listings of a bucket show to be there, and those that they show to be absent."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.export_keys import exported_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.base.source import Route


class ObjectKeys(NamedTuple):
    """The object keys that are known to be in a bucket.

    `seen` maps each key to its route below `buckets.<name>.keys`, and `unsure` does the same for keys that may be in
    the bucket. A key that begins with one of the `prefixes` and is in neither is known to be absent. `numbered` groups
    the keys that have the form of an export's files by the name of the export. `gaps` says why listings do not count,
    and `of_others` names the buckets to which such listings belong.
    """

    seen: Mapping[str, Route]
    prefixes: tuple[str, ...] = ("",)
    numbered: Mapping[str, Sequence[str]] = {}
    unsure: Mapping[str, Route] = {}
    gaps: tuple[str, ...] = ()
    of_others: Mapping[str, Route] = {}

    @classmethod
    def listed(
        cls,
        seen: Mapping[str, Route],
        prefixes: tuple[str, ...] = ("",),
        unsure: Mapping[str, Route] | None = None,
        gaps: tuple[str, ...] = (),
        of_others: Mapping[str, Route] | None = None,
    ) -> ObjectKeys:
        """Return the keys of listings that are complete for `prefixes`."""
        unsure = unsure or {}
        numbered: dict[str, list[str]] = {}
        for key in sorted({**seen, **unsure}):
            name = exported_name(key)
            if name is not None:
                numbered.setdefault(name, []).append(key)
        return cls(seen, prefixes, numbered, unsure, gaps, of_others or {})

    def covers(self, start: str) -> bool:
        """Return True if all keys that begin with `start` are known."""
        return start.startswith(self.prefixes) and not any(key.startswith(start) for key in self.unsure)

    def has(self, key: str) -> bool | None:
        """Return whether the key is in the bucket; None if the listings do not show it."""
        if key in self.seen:
            return True
        return False if key not in self.unsure and key.startswith(self.prefixes) else None

    def route(self, key: str) -> Route:
        """Return the route of a listed key below `buckets.<name>.keys`."""
        return self.seen[key] if key in self.seen else self.unsure[key]

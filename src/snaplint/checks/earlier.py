"""The earlier requests of a run: the object keys that they write and the snapshots that they create.

Requests are compared in the order in which they are given, as if each of the earlier ones succeeds.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.operations.export_keys import object_key
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.keys import ExportKeys
    from snaplint.facts import Facts
    from snaplint.findings.locator import Locator
    from snaplint.operations.proposed import ProposedRequest

    Scope = tuple[str | None, ...]

_KEY, _ANY_CASE = "key", "key in any letter case"
_UNCOUNTED, _BY_GROUP = 1, 2


class EarlierRequest(NamedTuple):
    """An earlier request of the run that writes the same key, or creates a snapshot of the same name.

    `source` is its file, None for the file of the later request, and `route` its place there. `needs` names the facts
    that decide whether the two requests meet at all.
    `same_case` is False if the names differ in letter case. `counted` is True if the number of shards is known, and
    `numbered` is False if the files may be numbered by node groups none of which is the first.
    """

    route: Route
    source: Locator | None
    needs: tuple[str, ...]
    same_case: bool
    counted: bool
    numbered: bool


class _Name(NamedTuple):
    """A name that only one thing can have: an object key of a bucket, or a snapshot of an account and Region.

    `scope` holds what the name is unique in, each part None if unknown, and `parts` the facts that would supply it.
    `bucket` is empty for a snapshot.
    """

    kind: str
    scope: Scope
    parts: tuple[str, ...]
    bucket: str
    text: str

    def hashed(self, scope: Scope) -> int:
        """Return the hash of the name in a scope."""
        name = f"{self.kind} {scope} {len(self.bucket)} {self.bucket} {self.text}"
        return hash(name) << 64 | hash(f"{name} again") & 0xFFFFFFFFFFFFFFFF


class Earlier:
    """The earlier requests of a run, with a few bytes for each: a hash of what it writes or creates, and its place.

    The hashes have 128 bits, so that no two names of a run have the same one.
    """

    __slots__ = ("_alone", "_files", "_near", "_places", "_scopes")

    def __init__(self) -> None:
        self._files: list[tuple[str | None, str | None, Locator]] = []
        self._places: dict[int, int] = {}
        self._scopes: dict[str, dict[Scope, None]] = {}
        self._near: dict[str, tuple[Scope, ...]] = {}
        self._alone = False  # whether some names of the file are compared with those of the same file only

    def begin(self, facts: Facts, source: Locator) -> None:
        """Begin the next file: the requests that follow are from `source` and are checked with `facts`."""
        self._files.append((_known(facts.account), _known(facts.region), source))
        self._near.clear()
        self._alone = False

    def end(self, source: Locator) -> None:
        """End the file: from now on, `source` is asked for the places of its requests."""
        account, region, _ = self._files[-1]
        self._files[-1] = (account, region, source)

    def add(self, request: ProposedRequest, keys: ExportKeys | Unknown, *, refused: bool = False) -> None:
        """Record a request, after it has been checked; `keys` are those that it writes if it is an export.

        With `refused`, the facts of its file show that it cannot succeed, so that only requests of its file, which have
        the same facts, are compared with it.
        """
        name = self._written(request) if request.is_export else self._created(request, "target")
        if name is None:
            return
        number = request.route[-1]
        assert isinstance(number, int)  # noqa: S101 - a request of a file is an item of a list
        place = ((len(self._files) - 1) << 32 | number) << 2 | _flags(keys)
        self._record(name, place, refused=refused)
        lower = name.text.lower()
        if name.kind == _KEY and name.text != lower:
            self._record(name._replace(kind=_ANY_CASE, text=lower), place, refused=refused)

    def writes_the_same(self, request: ProposedRequest) -> EarlierRequest | None:
        """Return an earlier request that writes the first object key of an export; None if there is none.

        Two exports write a common key if and only if both write the first one, NAME-0001.rdb.
        """
        name = self._written(request)
        if name is None:
            return None
        found = self._find(name)
        if found is not None:
            return found
        lower = name.text.lower()
        other = self._find(name._replace(text=lower)) if lower != name.text else None
        if other is None and self._has(_ANY_CASE):
            other = self._find(name._replace(kind=_ANY_CASE, text=lower))
        return None if other is None else other._replace(same_case=False)

    def creates(self, request: ProposedRequest, role: str) -> EarlierRequest | None:
        """Return an earlier request that creates the snapshot which a member of a request names; None if none does."""
        name = self._created(request, role)
        return None if name is None else self._find(name)

    def _written(self, request: ProposedRequest) -> _Name | None:
        """Return the name of the first object that an export writes. Bucket names are unique in a partition.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html
        """
        bucket, target = request.bucket, request.target
        if isinstance(bucket, Unknown) or isinstance(target, Unknown) or not target:
            return None
        _, region, _ = self._files[-1]
        scope = (None if region is None else partition(region),)
        return _Name(_KEY, scope, ("region",), bucket, object_key(target, 1))

    def _created(self, request: ProposedRequest, role: str) -> _Name | None:
        """Return the name of the snapshot that a member names, which is unique in an account and Region."""
        name = request.name(role)
        if isinstance(name, Unknown) or not name:
            return None
        account, region, _ = self._files[-1]
        source = request.operation.source
        return _Name(source.section, (account, region), ("account", "region"), "", source.stored(name))

    def _record(self, name: _Name, place: int, *, refused: bool) -> None:
        if refused or None in name.scope:
            self._alone = True
            self._keep(self._hash_here(name), place)
        if not refused:
            self._scopes.setdefault(name.kind, {})[name.scope] = None
            self._keep(name.hashed(name.scope), place)

    def _keep(self, hashed: int, place: int) -> None:
        """Keep the first place of a name, or the first that is certain to write the first key."""
        first = self._places.setdefault(hashed, place)
        if first & _BY_GROUP and not place & _BY_GROUP:
            self._places[hashed] = place

    def _hash_here(self, name: _Name) -> int:
        """Return the hash of a name in this file, in which all requests have the same account and Region."""
        return name.hashed((*name.scope, str(len(self._files))))

    def _has(self, kind: str) -> bool:
        """Return False if no name of a kind has been recorded."""
        return self._alone or kind in self._scopes

    def _find(self, name: _Name) -> EarlierRequest | None:
        if not self._has(name.kind):
            return None
        place = self._places.get(name.hashed(name.scope)) if None not in name.scope else None
        if place is None and self._alone:
            place = self._places.get(self._hash_here(name))
        if place is not None:
            return self._at(place, ())
        near = self._near.get(name.kind)
        if near is None:
            # the scopes of this file's own requests are not among them: those are found above
            scopes = self._scopes.get(name.kind, {})
            near = self._near[name.kind] = tuple(scope for scope in scopes if _may_meet(scope, name.scope))
        for scope in near:
            place = self._places.get(name.hashed(scope))
            if place is not None:
                pairs = zip(name.parts, scope, name.scope, strict=True)
                return self._at(place, tuple(part for part, theirs, ours in pairs if theirs is None or ours is None))
        return None

    def _at(self, place: int, needs: tuple[str, ...]) -> EarlierRequest:
        flags, number, file = place & 3, place >> 2 & 0xFFFFFFFF, place >> 34
        here = file == len(self._files) - 1
        return EarlierRequest(
            ("requests", number),
            None if here else self._files[file][2],
            needs,
            same_case=True,
            counted=not flags & _UNCOUNTED,
            numbered=not flags & _BY_GROUP,
        )


def is_counted(keys: ExportKeys | Unknown) -> bool:
    """Return True if the number of files that an export writes is known."""
    return not isinstance(keys, Unknown) and not isinstance(keys.shards, Unknown)


def is_numbered(keys: ExportKeys | Unknown) -> bool:
    """Return False if an export may number its files by node groups, none of which is known to be the first."""
    groups = () if isinstance(keys, Unknown) or isinstance(keys.groups, Unknown) else keys.groups
    return not groups or object_key("", 1) in (object_key("", group) for group in groups)


def _flags(keys: ExportKeys | Unknown) -> int:
    return _UNCOUNTED * (not is_counted(keys)) | _BY_GROUP * (not is_numbered(keys))


def _known(fact: str | Unknown) -> str | None:
    return None if isinstance(fact, Unknown) else fact


def _may_meet(scope: Scope, other: Scope) -> bool:
    """Return True if two scopes may be the same, but are not known to be."""
    pairs = tuple(zip(scope, other, strict=True))
    return None in (*scope, *other) and all(one is None or two is None or one == two for one, two in pairs)

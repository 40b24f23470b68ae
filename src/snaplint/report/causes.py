"""The causes of a run: one entry for everything that can be changed, with all the verdicts that it would change.

Entries are collected while results pass by. They hold four bytes for each request that a cause has, and no result.
"""

from __future__ import annotations

from array import array

from snaplint.base.source import Place, Span
from snaplint.findings.cause import COLLISION, INPUT, MISSING_FACT, REQUEST, UNDOCUMENTED
from snaplint.findings.verdict import CANNOT_TELL, FAILS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Fault, Route
    from snaplint.findings.cause import Cause
    from snaplint.findings.locator import Locator
    from snaplint.findings.result import Result
    from snaplint.findings.verdict import Verdict

    Key = tuple[object, ...]

_SEVERITIES = ("error", "warning", "info")
MOST_PLACES = 3
"""How many requests of a cause are remembered with their places; the others are counted."""


class Entry:
    """One cause, and what it has an effect on.

    `rules` are the ids of the rules that it stands for, `requests` the indexes of the requests among the results, and
    `places` where the first of these are. `advises` holds AWS's solutions for the rules, `verdict` is `fails` if any
    verdict fails, and `severity` is the worst one. `place` is None for a cause that no file has.
    """

    __slots__ = (
        "_source",
        "advises",
        "cause",
        "id",
        "place",
        "places",
        "rank",
        "requests",
        "rules",
        "severity",
        "verdict",
        "verdicts",
    )

    def __init__(self, identity: str, cause: Cause, place: Place | None, source: Locator | None) -> None:
        self.id = identity
        self.cause = cause
        self.place = place
        self.verdict = CANNOT_TELL
        self.severity = "info"
        self.rules: dict[str, None] = {}
        self.advises: dict[str, None] = {}
        self.requests = array("I")
        self.places: list[Place | None] = []
        self.verdicts = 0
        self.rank = _RANKS[-1]
        self._source = source

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.message}>"

    @property
    def kind(self) -> str:
        """What there is to change: one of `snaplint.findings.cause.KINDS`."""
        return self.cause.kind

    @property
    def message(self) -> str:
        """What is to blame, in words."""
        return self.cause.text

    @property
    def repair(self) -> str | None:
        """What to change, with the JSON to paste if there is any; None if that is not known."""
        return str(self.cause.repair) if self.cause.repair else None

    @property
    def settle(self) -> tuple[str, ...]:
        """The commands that print the facts that are missing."""
        return self.cause.settle

    @property
    def source(self) -> Locator | None:
        """The file of the place."""
        return self.cause.source or self._source

    def add(self, verdict: Verdict, request: int, place: Place | None) -> None:
        """Count a verdict of the request with this index, which is at `place`."""
        self.verdicts += 1
        self.rules[verdict.rule.id] = None
        if verdict.rule.solution:
            self.advises[verdict.rule.solution] = None
        if not self.requests or self.requests[-1] != request:
            self.requests.append(request)
            if len(self.places) < MOST_PLACES:
                self.places.append(place)
        fails = verdict.verdict == FAILS
        if fails and self.verdict != FAILS:  # only what fails decides how bad the cause is
            self.verdict, self.severity = FAILS, verdict.severity
        elif fails or self.verdict != FAILS:
            self.severity = min(self.severity, verdict.severity, key=_SEVERITIES.index)
        self.rank = min(self.rank, _rank(self.cause, verdict))


class Causes:
    """Collects the causes of a run."""

    def __init__(self) -> None:
        self._entries: dict[Key, Entry] = {}
        self._requests = 0

    def add(self, result: Result) -> dict[str, list[Entry]]:
        """Add the next result, and return the entries of each rule whose verdict has causes."""
        index, found = self._requests, {}
        self._requests += 1
        place: Place | None = None
        for verdict in result.verdicts:
            if verdict.causes:
                if place is None and result.source is not None:
                    place = result.source.place(result.route)
                entries = [self._entry(cause, result.source) for cause in verdict.causes]
                for entry in entries:
                    entry.add(verdict, index, place)
                found[verdict.rule.id] = entries
        return found

    def add_fault(self, fault: Fault) -> None:
        """Add an input error, which is a cause even if no verdict depends on what could not be read."""
        from snaplint.findings.cause import Cause

        entry = self._entry(Cause(INPUT, fault.message, fault=fault), None)
        entry.severity, entry.verdict, entry.rank = "error", FAILS, 0

    def entries(self) -> list[Entry]:
        """Return all causes in causal order: what makes others pointless comes first."""
        return sorted(self._entries.values(), key=lambda entry: entry.rank)

    def _entry(self, cause: Cause, source: Locator | None) -> Entry:
        file = cause.source or source
        place = _place(cause, file)
        key = _key(cause, place)
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = Entry(_identity(key), cause, place, source)
        return entry


def _place(cause: Cause, file: Locator | None) -> Place | None:
    fault = cause.fault
    if fault is not None:
        return Place(fault.path, Span(fault.line, fault.column, fault.line, fault.column))
    return file.place(cause.route) if file is not None else None


def _key(cause: Cause, place: Place | None) -> Key:
    """Return what two causes have in common if they are one: it stays the same if lines or statements are added."""
    if cause.fault is not None:
        return (INPUT, *cause.fault)
    if cause.kind in (MISSING_FACT, UNDOCUMENTED):
        return (cause.kind, cause.name)
    return (cause.kind, place.path if place else None, _steady(cause), cause.name)


def _steady(cause: Cause) -> Route:
    """Return the route of a cause, with the Sid in place of a statement's index."""
    route = cause.route
    if cause.sid and route and isinstance(route[-1], int):
        return (*route[:-1], f"Sid {cause.sid}")
    return route


def _identity(key: Key) -> str:
    """Return an id of 16 hex digits that is the same in every run."""
    import hashlib

    return hashlib.sha256(repr(key).encode("utf-8", "backslashreplace")).hexdigest()[:16]


_TOPICS = {"snapshot": 3, "bucket": 4, "caller": 5}
_GRANTS = 6
_RANKS = range(10)


def _rank(cause: Cause, verdict: Verdict) -> int:
    """Return the place of a cause in causal order, as one of its verdicts has it.

    First input errors, then the request, collisions, the snapshot, the bucket, the caller, grants, warnings, notes, and
    what is undetermined.
    """
    if cause.kind == INPUT:
        return 0
    if verdict.verdict == CANNOT_TELL:
        return 9
    if verdict.severity != "error":
        return 6 + _SEVERITIES.index(verdict.severity)
    if cause.kind == REQUEST:
        return 1
    if cause.kind == COLLISION:
        return 2
    return _TOPICS.get(verdict.rule.check.partition(".")[0], _GRANTS)

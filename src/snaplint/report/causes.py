"""The causes of a run: one entry for everything that can be changed, with all the verdicts that it would change.

Entries are collected while results pass by. They hold four bytes for each request that a cause has, and no result.
"""

from __future__ import annotations

from array import array

from snaplint.base.record import NamedTuple
from snaplint.base.source import Place, Span
from snaplint.findings.cause import COLLISION, INPUT, MISSING_FACT, REQUEST, UNDOCUMENTED
from snaplint.findings.verdict import CANNOT_TELL, FAILS, fails_strict
from snaplint.report.title import MOST_PLACES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.base.source import Fault, Route
    from snaplint.findings.cause import Cause, Repair
    from snaplint.findings.locator import Locator
    from snaplint.findings.result import Result
    from snaplint.findings.verdict import Verdict

    Key = tuple[object, ...]

_SEVERITIES = ("error", "warning", "info")
MOST_ANSWERS = 3
"""How many different answers of AWS, and links, are remembered; more answers are counted."""

MOST_VARIANTS = 4
"""How many different texts one cause may have: a Deny may concern the caller and the service."""

_MORE = "more causes of this kind, which this report does not list; `--format json` lists all"


class Effect(NamedTuple):
    """What a cause does to a rule: the worst of its verdicts. `follows` is as in a `Verdict`."""

    verdict: str
    severity: str
    certainty: str
    follows: bool


class CauseEntry:
    """One cause, and what it has an effect on.

    `rules` has the effect on each rule that it stands for, `requests` the indexes of the requests among the results,
    `places` where the first of these are, and `first` the members of the first one. `verdict` is `fails` if any verdict
    fails, and `severity` is the worst one. `place` is None for a cause that no file has.

    `message` and `repairs` hold what the cause does, and what to change, for all of them: one statement may deny the
    caller one action and the service another.

    `advises` holds AWS's solutions for the rules, `answers` the codes and messages that AWS would answer, of which
    `more_answers` are not kept, and `docs` the pages of the rules; a rule that only follows from the cause has none.
    `is_strict` is True if `--strict` does not accept one of the undetermined verdicts.
    """

    __slots__ = (
        "_file",
        "advises",
        "answers",
        "cause",
        "docs",
        "first",
        "id",
        "is_strict",
        "more_answers",
        "place",
        "places",
        "rank",
        "repairs",
        "requests",
        "rules",
        "severity",
        "texts",
        "verdict",
        "verdicts",
    )

    def __init__(
        self,
        identity: str,
        cause: Cause,
        place: Place | None,
        file: Locator | None,
        first: Mapping[str, object] | None = None,
    ) -> None:
        self.id = identity
        self.cause = cause
        self.place = place
        self.first = first
        self.texts: tuple[str, ...] = (cause.text,)
        self.repairs: tuple[Repair, ...] = (cause.repair,) if cause.repair else ()
        self.verdict = CANNOT_TELL
        self.severity = "info"
        self.rules: dict[str, Effect] = {}
        self.advises: dict[str, None] = {}
        self.answers: dict[tuple[str | None, str | None], None] = {}
        self.more_answers = 0
        self.docs: dict[str, None] = {}
        self.is_strict = False
        self.requests = array("I")
        self.places: list[Place | None] = []
        self.verdicts = 0
        self.rank = _RANKS[-1]
        self._file = file

    @property
    def file(self) -> Locator | None:
        """The file of the first request."""
        return self._file

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.message}>"

    @property
    def kind(self) -> str:
        """What there is to change: one of `snaplint.findings.cause.KINDS`."""
        return self.cause.kind

    @property
    def message(self) -> str:
        """What is to blame, in words."""
        return "; ".join(self.texts)

    @property
    def repair(self) -> str | None:
        """What to change, with the JSON to paste if there is any; None if that is not known."""
        return "\n".join(map(str, self.repairs)) or None

    @property
    def settle(self) -> tuple[str, ...]:
        """The commands that print the facts that are missing."""
        return self.cause.settle

    @property
    def source(self) -> Locator | None:
        """The file of the place."""
        return self.cause.source or self._file

    def without_places(self) -> CauseEntry:
        """Return the entry for a report in which no place can be shown."""
        made = CauseEntry(self.id, self.cause._replace(source=None, compared=()), None, None, self.first)
        for name in CauseEntry.__slots__:
            if name not in ("id", "cause", "place", "first", "_file", "places"):
                setattr(made, name, getattr(self, name))
        return made

    def tells(self, cause: Cause) -> bool:
        """Return True if the entry tells of a cause with the same key, maybe as a variant that is added to it."""
        if cause.text not in self.texts:
            if len(self.texts) >= MOST_VARIANTS:
                return False
            self.texts = (*self.texts, cause.text)
        if cause.repair and cause.repair not in self.repairs:
            self.repairs = (*self.repairs, cause.repair)
        return True

    def add(self, verdict: Verdict, request: int, place: Place | None) -> None:
        """Count a verdict of the request with this index, which is at `place`."""
        self.verdicts += 1
        if not self.requests or self.requests[-1] != request:
            self.requests.append(request)
            if len(self.places) < MOST_PLACES:
                self.places.append(place)
        effect = self.rules.get(verdict.rule.id)
        if effect is None or _outweighs(verdict, effect):
            made = Effect(verdict.verdict, verdict.severity, verdict.certainty, verdict.follows)
            self.rules[verdict.rule.id] = made
        if verdict.verdict == FAILS:
            if self.verdict != FAILS:  # only what fails decides how bad the cause is, and what to do
                self.verdict, self.severity = FAILS, verdict.severity
                self.advises.clear()
            self.severity = min(self.severity, verdict.severity, key=_SEVERITIES.index)
            self._advise(verdict)
        elif self.verdict != FAILS:
            self.severity = min(self.severity, verdict.severity, key=_SEVERITIES.index)
            self.is_strict = self.is_strict or fails_strict(verdict)
            self._advise(verdict)
        self.rank = min(self.rank, _rank(self.cause, verdict))

    def _advise(self, verdict: Verdict) -> None:
        """Keep what AWS answers and advises, unless something else has to be changed first."""
        if verdict.follows:
            return
        rule = verdict.rule
        if rule.solution:
            self.advises[rule.solution] = None
        if rule.docs and len(self.docs) < MOST_ANSWERS:
            self.docs[rule.docs[0]] = None
        answer = (verdict.code, verdict.predicts)
        if verdict.verdict == FAILS and answer != (None, None) and answer not in self.answers:
            if len(self.answers) < MOST_ANSWERS:
                self.answers[answer] = None
            else:
                self.more_answers += 1


def _outweighs(verdict: Verdict, effect: Effect) -> bool:
    """Return True if a verdict is worse than what is known of its rule."""
    return _weight(verdict) < _weight(effect)


def _weight(of: Verdict | Effect) -> tuple[bool, bool, int]:
    return of.verdict != FAILS, of.follows, _SEVERITIES.index(of.severity)


class Causes:
    """Collects the causes of a run.

    `passed` is the number of results before the first one that is added. Up to `most` causes have entries of their own;
    those after them share one for each kind, so that a million names that are wrong, each in its own way, fit into
    memory.
    """

    def __init__(self, passed: int = 0, most: int | None = None) -> None:
        self._entries: dict[Key, CauseEntry] = {}
        self._requests = passed
        self._most = most

    def add(self, result: Result) -> dict[str, list[CauseEntry]]:
        """Add the next result, and return the entries of each rule whose verdict has causes."""
        found: dict[str, list[CauseEntry]] = {}
        place: Place | None = None
        blaming = [verdict for verdict in result.verdicts if verdict.causes]
        if blaming and result.source is not None:
            place = result.source.place(result.route)
        for verdict in blaming:
            found[verdict.rule.id] = [self._entry(cause, result.source, result.request) for cause in verdict.causes]
        for verdict in blaming:  # no entry counts a result whose places cannot be found
            for entry in found[verdict.rule.id]:
                entry.add(verdict, self._requests, place)
        self._requests += 1
        return found

    def add_fault(self, fault: Fault) -> None:
        """Add an input error, which is a cause even if no verdict depends on what could not be read."""
        from snaplint.findings.cause import Cause

        entry = self._entry(Cause(INPUT, fault.message, fault=fault), None)
        entry.severity, entry.verdict, entry.rank = "error", FAILS, 0

    def entries(self) -> list[CauseEntry]:
        """Return all causes in causal order: what makes others pointless comes first."""
        known = [entry for entry in self._entries.values() if entry.verdicts or entry.cause.kind == INPUT]
        return sorted(known, key=lambda entry: entry.rank)

    def _entry(self, cause: Cause, source: Locator | None, request: Mapping[str, object] | None = None) -> CauseEntry:
        file = cause.source or source
        place = _place(cause, file)
        key = _key(cause, place)
        entry = self._entries.get(key)
        if entry is not None and cause.fault is None and not entry.tells(cause):
            key = (*key, cause.text)
            entry = self._entries.get(key)
        if entry is None and self._most is not None and len(self._entries) >= self._most and cause.fault is None:
            cause, place, key = (
                cause._replace(text=_MORE, repair=None, settle=(), compared=()),
                None,
                (_MORE, cause.kind),
            )
            entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = CauseEntry(_identity(key), cause, place, source, request)
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

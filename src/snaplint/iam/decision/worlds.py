"""Requests whose outcome depends on unknown keys: decide every combination of values that the keys can have.

Statements are correlated: an Allow that requires a header to be X and a Deny unless it is X depend on the same unknown
key. So each unknown key is tried with every value that matters to the statements in question: absent, each value that
they mention, and values that they do not mention, which may or may not match their patterns, ranges and thresholds.
Each combination that can occur, a *world*, is decided. If all worlds agree, that is the answer.

A value that becomes known later cannot contradict the answer, because it behaves like one of those that were tried.

The work is bounded. A key with too many values to try is tried as absent and as "some value", for which every test
answers UNKNOWN. With too many unknown keys even for that, nothing is tried. Both can turn an answer into `Depends`, but
never into a wrong one, because an unknown truth never decides.
"""

from __future__ import annotations

from itertools import combinations, product
from math import prod

from snaplint.iam.asked.services import LITERALS
from snaplint.iam.decision.answer import (
    ALLOWED,
    DEPENDS,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Decision,
    in_order,
)
from snaplint.iam.decision.decide import Slots, blockers, denying, granting, settle, tally
from snaplint.iam.document.acl import BLOCK_PUBLIC_ACCESS_FACT
from snaplint.iam.document.comparisons import related
from snaplint.iam.terms.states import ANYTHING, PRESENT, Hidden, readings
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.answer import Outcome
    from snaplint.iam.decision.decide import Hit
    from snaplint.iam.decision.layers import Plan
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.terms.states import Item, Mark, Reading, State

MOST_WORLDS = 4096
MOST_MATCHES = 100_000
"""How many statements may be matched in all worlds together: the more statements, the fewer worlds.

Beyond it the answer is `Depends` on every key in question, even if trying all worlds would determine it.
"""
MOST_ANSWERS = 100_000
"""How many answers the values that no policy mentions may hold, for one key together."""
_MOST_UNDETERMINED = 10
"""Of how many undetermined channels every combination of answers is tried."""
_MOST_PATTERNS = 4
_MOST_MEMBERS = 6
_NEVER_EMPTY = ("ip", "number", "date", "bool", "bytes")
"""Kinds of tests whose keys do not have text as values, and so no empty text."""
_TESTS_PER_MATCH = 8
"""How many patterns or numbers are compared in the time that it takes to match a statement."""


def explore(plan: Plan, hits: list[Hit], request: Request) -> Decision:
    """Decide a request that `settle` answers with `Depends`."""
    slots = tally(plan, hits)
    relevant = _relevant_channels(plan, slots)
    undetermined = [hit for hit in hits if hit.truth == UNKNOWN and hit.channel in relevant]
    names = _keys(undetermined, request)
    domains = _domains(names, undetermined, request)
    if domains is None:
        needs = {need for hit in undetermined for need in hit.statement.needs(request)}
        needs |= _public(plan, slots, relevant)
        because = tuple(dict.fromkeys(hit.reason(request) for hit in undetermined))
        return Decision(DEPENDS, because, (), in_order(needs))
    return _Exploration(plan, hits, undetermined, request, names, domains).decision()


class _Exploration:
    """All worlds of one request, decided."""

    def __init__(
        self,
        plan: Plan,
        hits: list[Hit],
        undetermined: list[Hit],
        request: Request,
        names: dict[str, str],
        domains: list[list[Reading]],
    ) -> None:
        self._plan = plan
        self._undetermined = undetermined
        tried = set(map(id, undetermined))
        self._others = [hit for hit in hits if id(hit) not in tried]
        self._request = request
        self._world = request.overlay()
        self._names = names
        self._domains = domains
        self._outcomes: list[Outcome | None] = []
        """One outcome for each combination in the order of `product`; None if the combination cannot occur."""
        self._hits = hits
        self._deciding: set[tuple[int, int]] = set()
        """The statements that decide in some world, by identity and channel."""
        self._live: set[int] = set()
        """The statements that match, or may match, in some world."""
        self._blocked: dict[str, None] = {}
        self._needs: set[str] = set()
        self._relevant: dict[tuple[int, ...], set[int]] = {}
        for values in product(*domains):
            self._outcomes.append(self._try(values))

    def _try(self, values: tuple[Reading, ...]) -> Outcome | None:
        states = self._world.states
        states.update(zip(self._names, values, strict=True))
        if not self._request.allows(self._reading):
            return None
        tried = [*self._others, *self._retried()]
        slots = tally(self._plan, tried)
        outcome = settle(self._plan, slots)
        if outcome is DEPENDS:
            self._note_needs(tried, slots)
        elif outcome is ALLOWED:
            self._deciding.update((id(hit.statement), hit.channel) for hit in granting(self._plan, slots, tried))
        elif outcome is EXPLICITLY_DENIED:
            self._deciding.update((id(hit.statement), hit.channel) for hit in denying(tried))
        else:
            self._blocked.update(dict.fromkeys(blockers(self._plan, slots)))
        return outcome

    def _reading(self, key: str) -> Reading | None:
        state = self._world.states[key]
        return state if isinstance(state, tuple) else None

    def _retried(self) -> Iterator[Hit]:
        truths: dict[int, int] = {}
        for hit in self._undetermined:
            statement = hit.statement
            truth = truths.get(id(statement))
            if truth is None:
                truth = truths[id(statement)] = statement.match(self._world)
                if truth != NO:
                    self._live.add(id(statement))
            yield hit.matched(truth)

    def _note_needs(self, tried: Sequence[Hit], slots: Slots) -> None:
        # Many worlds leave the same channels undetermined, so this is cached.
        answers = tuple(slots.by_channel)
        relevant = self._relevant.get(answers)
        if relevant is None:
            relevant = self._relevant[answers] = _relevant_channels(self._plan, slots)
        for hit in tried:
            if hit.truth == UNKNOWN and hit.channel in relevant:
                self._needs.update(hit.statement.needs(self._world))
        self._needs |= _public(self._plan, slots, relevant)

    def decision(self) -> Decision:
        """Return the decision that follows from all worlds."""
        outcomes = {outcome for outcome in self._outcomes if outcome is not None}
        deciding = (hit for hit in self._hits if (id(hit.statement), hit.channel) in self._deciding)
        because = tuple(dict.fromkeys(hit.reason(self._request) for hit in deciding))
        if outcomes == {ALLOWED} or outcomes == {EXPLICITLY_DENIED}:
            return Decision(outcomes.pop(), because)
        if outcomes and outcomes <= {IMPLICITLY_DENIED, EXPLICITLY_DENIED}:
            return Decision(IMPLICITLY_DENIED, because, tuple(self._blocked))
        needs = self._needs | set(self._deciding_keys())
        live = (hit for hit in self._undetermined if id(hit.statement) in self._live)
        because = tuple(dict.fromkeys(hit.reason(self._request) for hit in live))
        return Decision(DEPENDS, because, (), in_order(needs))

    def _deciding_keys(self) -> Iterator[str]:
        """Yield the keys of which a change alone changes the outcome of some world."""
        answers = [None if outcome is None else _ALLOWS[outcome] for outcome in self._outcomes]
        changed = False
        step = len(answers)
        for name, domain in zip(self._names.values(), self._domains, strict=True):
            block, step = step, step // len(domain)
            if _differs(answers, block, step):
                changed = True
                yield name
        if not changed and len(set(answers) - {None}) > 1:
            yield from self._names.values()


_ALLOWS = {ALLOWED: YES, EXPLICITLY_DENIED: NO, IMPLICITLY_DENIED: NO, DEPENDS: UNKNOWN}


def _differs(answers: list[int | None], block: int, step: int) -> bool:
    """Return True if two worlds that differ in one key only (`step` apart within a `block`) have different answers."""
    for start in range(0, len(answers), block):
        for offset in range(start, start + step):
            if len(set(answers[offset : start + block : step]) - {None}) > 1:
                return True
    return False


def _relevant_channels(plan: Plan, slots: Slots) -> set[int]:
    """Return the undetermined channels whose answer can make a difference."""
    undetermined = [channel for channel, truth in enumerate(slots.by_channel) if truth == UNKNOWN]
    if len(undetermined) > _MOST_UNDETERMINED:
        return set(undetermined)
    relevant: set[int] = set()
    for values in product((NO, YES), repeat=len(undetermined)):
        tried = [*slots.by_channel]
        for channel, value in zip(undetermined, values, strict=True):
            tried[channel] = value
        base = _ALLOWS[settle(plan, Slots(tried, plan.first_guard))]
        for channel, value in zip(undetermined, values, strict=True):
            if channel in relevant or value == NO:
                continue
            other = Slots([*tried[:channel], NO, *tried[channel + 1 :]], plan.first_guard)
            if _ALLOWS[settle(plan, other)] != base:
                relevant.add(channel)
    return relevant


def _public(plan: Plan, slots: Slots, relevant: set[int]) -> set[str]:
    needed = plan.public is not None and slots.by_channel[plan.public] == UNKNOWN and plan.public in relevant
    return {BLOCK_PUBLIC_ACCESS_FACT} if needed else set()


def _keys(undetermined: list[Hit], request: Request) -> dict[str, str]:
    """Return the keys on which the hits depend, in lower case, each as first written in the policies."""
    found: dict[str, str] = {}
    for hit in undetermined:
        for condition in hit.statement.tests:
            if condition.truth(request.states) == UNKNOWN and condition.test is not None:
                found.setdefault(condition.key, condition.name)
                for name in condition.test.variables:
                    found.setdefault(name.lower(), name)
        for name in hit.statement.resource_variables:
            found.setdefault(name.lower(), name)
    return {
        key: name
        for key, name in found.items()
        if len(readings(request.states[key])) > 1 or request.states[key] == PRESENT
    }


def _conditions(undetermined: list[Hit]) -> dict[str, list[Condition]]:
    """Return the conditions of the hits by key; of those with the same operator and values, one."""
    found: dict[str, dict[tuple[object, ...], Condition]] = {}
    for hit in undetermined:
        for each in hit.statement.tests:
            if each.test is not None:
                # A condition and its negation distinguish the same values.
                sort = (id(each.test), each.quantified, each.treats_empty_as_absent)
                found.setdefault(each.key, {}).setdefault(sort, each)
    return {key: list(sorts.values()) for key, sorts in found.items()}


def _domain(
    key: str, conditions: list[Condition], state: State, most: int, items: list[Item] | None = None
) -> list[Reading]:
    """Return the readings of the key that the conditions distinguish; those that are known if they are too many.

    `items` are the values to try if they were made for a key with the same value.
    """
    if state is not ANYTHING and state != PRESENT:
        return list(readings(state))
    if items is None:
        items = _items(key, conditions, may_be_empty=state is ANYTHING)
    if len(items) > most:
        return list(readings(state))
    found: list[Reading] = [()] if state is ANYTHING else []
    if not any(condition.quantified for condition in conditions):
        return found + [(item,) for item in items]
    if len(items) > _MOST_MEMBERS:
        return list(readings(state))
    # The key may have several values, and conditions with a quantifier distinguish sets of values.
    return found + [members for size in range(1, len(items) + 1) for members in combinations(items, size)]


def _shared_items(
    names: Iterable[str], conditions: dict[str, list[Condition]], request: Request
) -> dict[str, list[Item]]:
    """Return the values to try for keys that have the same value: one list of values for all of them."""
    found: dict[str, list[Item]] = {}
    for keys in request.states.ties.same:
        tried = [key for key in keys if key in names]
        if len(tried) > 1:
            every = [condition for key in tried for condition in conditions.get(key, ())]
            items = _items(tried[0], every, may_be_empty=False)
            found.update(dict.fromkeys(tried, items))
    return found


def _items(key: str, conditions: list[Condition], *, may_be_empty: bool) -> list[Item]:
    marks = dict.fromkeys(mark for each in conditions if each.test is not None for mark in each.test.marks)
    literals = dict.fromkeys(str(mark[1]) for mark in marks if mark[0] == "=")
    literals.update(dict.fromkeys(LITERALS.get(key, ())))
    tests = (each.test for each in conditions if each.test is not None and not each.treats_empty_as_absent)
    typed = any(mark[0] in _NEVER_EMPTY for test in tests for mark in test.marks)
    if may_be_empty and not typed and any(condition.treats_empty_as_absent for condition in conditions):
        literals[""] = None
    known: dict[Mark, int] = {("=", literal): NO for literal in literals}
    patterns = [mark for mark in marks if mark[0] not in ("=", "number", "date")]
    choices = [_pattern_choices(patterns)]
    choices.extend(_ordered_choices([mark for mark in marks if mark[0] == kind]) for kind in ("number", "date"))
    if prod(map(len, choices)) * (len(known) + len(patterns)) > MOST_ANSWERS:
        choices = [[{}], [{}], [{}]]
    rest = [Hidden(UNKNOWN, {**known, **one, **two, **three}) for one, two, three in product(*choices)]
    return [*literals, *rest]


def _pattern_choices(patterns: list[Mark]) -> list[dict[Mark, int]]:
    """Return the combinations of answers that a value which no policy mentions may give to the patterns."""
    if len(patterns) > _MOST_PATTERNS:
        return [{}]
    combined = (dict(zip(patterns, truths, strict=True)) for truths in product((NO, YES), repeat=len(patterns)))
    return [choice for choice in combined if _addresses_agree(choice)]


def _addresses_agree(choice: dict[Mark, int]) -> bool:
    """Return False if the answers put an address in an inner range only, or in two ranges that do not overlap."""
    ranges = [(mark[-1], truth == YES) for mark, truth in choice.items() if isinstance(mark[-1], Network)]
    ranges.sort(key=lambda pair: pair[0].host)
    return all(
        in_outer == _is_within(inner, outer)
        for (inner, in_inner), (outer, in_outer) in combinations(ranges, 2)
        if in_inner
    )


def _is_within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.prefix >> (outer.host - inner.host) == outer.prefix


def _ordered_choices(marks: list[Mark]) -> list[dict[Mark, int]]:
    """Return the answers of a number for each place: at a threshold, between two of them, or beyond all."""
    thresholds = sorted({mark[2] for mark in marks if isinstance(mark[2], (int, float))})
    if not thresholds or (2 * len(thresholds) + 1) * len(marks) > MOST_ANSWERS:
        return [{}]
    # Thresholds have odd places, the gaps between them even ones.
    place: dict[object, int] = {threshold: 2 * number + 1 for number, threshold in enumerate(thresholds)}
    return [
        {mark: YES if related(str(mark[1]), at, place[mark[2]]) else NO for mark in marks}
        for at in range(2 * len(thresholds) + 1)
    ]


def _work(undetermined: list[Hit]) -> int:
    """Return the cost of one world in statements. Equal texts are looked up, patterns and numbers compared in turn."""
    tests = sum(
        mark[0] != "="
        for hit in undetermined
        for each in hit.statement.tests
        if each.test is not None
        for mark in each.test.marks
    )
    return 1 + len(undetermined) + tests // _TESTS_PER_MATCH


def _domains(names: dict[str, str], undetermined: list[Hit], request: Request) -> list[list[Reading]] | None:
    """Return the readings to try for each key; the largest domains are made coarse until all combinations can be tried.

    None if that is not enough. This is determined before any domain is made, so that thousands of keys do not take
    quadratic time.
    """
    conditions = _conditions(undetermined)
    most = min(MOST_WORLDS, max(2, MOST_MATCHES // _work(undetermined)))
    coarse = [list(readings(request.states[key])) for key in names]
    if prod(map(len, coarse)) > most:
        return None
    shared = _shared_items(names, conditions, request)
    domains = [_domain(key, conditions.get(key, []), request.states[key], most, shared.get(key)) for key in names]
    gains = [len(domain) - len(simple) for domain, simple in zip(domains, coarse, strict=True)]
    for richest in sorted(range(len(domains)), key=gains.__getitem__, reverse=True):
        if prod(map(len, domains)) <= most:
            break
        domains[richest] = coarse[richest]
    return domains

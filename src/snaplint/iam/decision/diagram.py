"""Decide every world at once: a decision diagram, built choice by choice with a memo of what is left.

After some choices are made, the rest of the decision depends only on the channels that have an Allow or a Deny already
and on the clauses that can still be met. Worlds that leave the same are decided once. A node tests one choice, and
nodes that test the same and lead to the same are one node. So two questions have the same answer in every world exactly
if they are the same node, and a choice makes a difference exactly if a node tests it.
R. E. Bryant, Graph-Based Algorithms for Boolean Function Manipulation (1986).
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.decision.answer import ALLOWED, DEPENDS, IMPLICITLY_DENIED
from snaplint.iam.decision.budget import TooMuch
from snaplint.iam.decision.decide import Slots, blockers, granting, settle
from snaplint.iam.decision.relevance import relevant_channels
from snaplint.iam.terms.channels import DENY
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.choices import Choice
    from snaplint.iam.decision.clauses import Clause
    from snaplint.iam.decision.decide import Hit
    from snaplint.iam.decision.layers import Plan

MOST_STEPS = 100_000
"""How many kinds of options are tried for one request, in all nodes together."""
_MOST_PLACES = 300
"""How many choices are made one after the other: each takes two frames of Python's stack, which has about 1,000."""
_CHEAPER = 8
"""How many sets of options are compared in the time of a step."""
_OPTIONS_IN_A_STEP = 3
"""How many options of an example are tried in the time of a step."""

NEVER, ALWAYS = 0, 1
"""The two nodes without a choice: the answer is no, or yes."""


class Node(NamedTuple):
    """The choice that a node tests, and the node that follows for each kind of its options."""

    choice: int
    children: tuple[int, ...]


class Diagram:
    """The nodes of all questions of a request. Raises TooMuch if there would be too many."""

    def __init__(self, choices: Sequence[Choice], by_question: Sequence[Sequence[Clause]], budget: Budget) -> None:
        self.choices = choices
        self._budget = budget
        self._steps = 0
        self.spend(len(choices) * sum(map(len, by_question)) // _CHEAPER)
        times = [0] * len(choices)
        wanted: list[set[int]] = [set() for _ in choices]
        for clauses in by_question:
            for clause in clauses:
                for index, options in clause.need.items():
                    times[index] += 1
                    wanted[index].add(options)
        self.kinds = [self._kinds(choice.size, every) for choice, every in zip(choices, wanted, strict=True)]
        """For each choice, its options in kinds that no clause distinguishes, as bits."""
        self.order = sorted(range(len(choices)), key=lambda index: -times[index])
        """The order in which choices are made: those first that most clauses need."""
        self.nodes: list[Node | None] = [None, None]
        self._known: dict[Node, int] = {}

    def node(self, choice: int, children: tuple[int, ...]) -> int:
        """Return the node with these children, or the child if they are all one."""
        if all(child == children[0] for child in children):
            return children[0]
        made = Node(choice, children)
        index = self._known.get(made)
        if index is None:
            index = self._known[made] = len(self.nodes)
            self.nodes.append(made)
        return index

    def spend(self, steps: int) -> None:
        """Count steps. Raises TooMuch if there were too many."""
        self._budget.spend(steps)
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise TooMuch

    def _kinds(self, size: int, every: set[int]) -> list[int]:
        kinds = [(1 << size) - 1]
        for options in every:
            self.spend(1 + len(kinds) // _CHEAPER)
            kinds = [part for kind in kinds for part in (kind & options, kind & ~options) if part]
        return kinds

    def tested(self, roots: Sequence[int]) -> dict[int, list[Node]]:
        """Return the choices that make a difference below the roots, with the nodes that test them."""
        found: dict[int, list[Node]] = {}
        seen = {NEVER, ALWAYS}
        waiting = [*roots]
        while waiting:
            index = waiting.pop()
            node = self.nodes[index]
            if index not in seen and node is not None:
                seen.add(index)
                found.setdefault(node.choice, []).append(node)
                waiting.extend(node.children)
        return found


class Exploration:
    """One question of a request, added to a diagram: is it allowed, or, if `explicit` is True, does a Deny match?"""

    def __init__(
        self,
        diagram: Diagram,
        plan: Plan,
        answers: Sequence[int],
        clauses: Sequence[Clause],
        *,
        explicit: bool = False,
    ) -> None:
        """Prepare the clauses; `answers` are those of the channels if no clause is met."""
        self._diagram = diagram
        self._plan = plan
        self._answers = answers
        of_channel: dict[int, int] = {}
        rank = {index: place for place, index in enumerate(diagram.order)}
        for number, clause in enumerate(clauses):
            of_channel[clause.channel] = of_channel.get(clause.channel, 0) | 1 << number
        self._of_channel = [(1 << channel, bits) for channel, bits in of_channel.items()]
        """The clauses of each channel; both as bits."""
        self._met = 0
        self._done = [0] * len(rank)
        """For each place in the order, the clauses that are met once this choice is made."""
        by_place: list[dict[int, int]] = [{} for _ in rank]
        for number, clause in enumerate(clauses):
            bit = 1 << number
            for index, options in clause.need.items():
                found = by_place[rank[index]]
                found[options] = found.get(options, 0) | bit
            if clause.need:
                self._done[max(map(rank.__getitem__, clause.need))] |= bit
            else:
                self._met |= bit
        self.every = (1 << len(clauses)) - 1
        self.needing = [sum(found.values()) for found in by_place]
        self.kept = [self._keeps(index, found) for index, found in zip(diagram.order, by_place, strict=True)]
        """For each place and kind, the clauses that can still be met."""
        self._alike = _alike(clauses, rank)
        self.clauses = clauses
        self.order = diagram.order
        self._settled: dict[tuple[int, int], tuple[int | None, int]] = {}
        self._memo: dict[tuple[int, int, int], int] = {}
        self._explicit = explicit

    def _keeps(self, index: int, by_options: dict[int, int]) -> list[int]:
        kinds = self._diagram.kinds[index]
        self._diagram.spend(len(kinds) * len(by_options) // _CHEAPER)
        return [self.every & ~sum(bits for options, bits in by_options.items() if not options & kind) for kind in kinds]

    def root(self) -> int:
        """Return the node that answers the question."""
        if len(self.order) > _MOST_PLACES:
            raise TooMuch
        self._settled.clear()  # `blocked_by` and `granting` read what occurs from here on
        return self._enter(0, 0, self.every, self._met)

    def is_yes(self, met: int) -> bool:
        """Return True if the answer is yes in a world in which exactly these clauses are met."""
        decided = 0
        for bit, bits in self._of_channel:
            if met & bits:
                decided |= bit
        return self._settle(decided, 0)[0] == ALWAYS

    def spend_world(self) -> None:
        """Count the steps of an example: a world, and every change of one choice in it."""
        self._diagram.spend(1 + sum(map(len, self.kept)) // _OPTIONS_IN_A_STEP)

    def _enter(self, place: int, decided: int, left: int, met: int) -> int:
        """Return the node for what is left from a place on; `decided` are the channels with an Allow or Deny."""
        decided, open_, left = self._count_in(decided, left, met)
        answer, irrelevant = self._settle(decided, open_)
        if answer is not None:
            return answer
        left &= ~irrelevant
        while not left & self.needing[place]:
            place += 1
        for group, first in self._alike[place]:
            if left & group:
                left = left & ~group | first
        key = (place, decided, left)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._branch(place, decided, left)
        return found

    def _count_in(self, decided: int, left: int, met: int) -> tuple[int, int, int]:
        """Return the decided channels with those of the clauses that are met, the open ones, and what is left."""
        open_ = 0
        for bit, bits in self._of_channel:
            if met & bits:
                decided |= bit
            if left & bits:
                if decided & bit:
                    left &= ~bits
                else:
                    open_ |= bit
        return decided, open_, left

    def _branch(self, place: int, decided: int, left: int) -> int:
        done = self._done[place]
        kept = self.kept[place]
        self._diagram.spend(len(kept))
        tried: dict[int, int] = {}
        children: list[int] = []
        for mask in kept:
            after = left & mask
            child = tried.get(after)
            if child is None:
                met = after & done
                child = tried[after] = self._enter(place + 1, decided, after & ~met, met)
            children.append(child)
        return self._diagram.node(self._diagram.order[place], tuple(children))

    def _settle(self, decided: int, open_: int) -> tuple[int | None, int]:
        """Return the answer if it is determined, and else the clauses that make no difference any more."""
        key = (decided, open_)
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = self._denial(decided, open_) if self._explicit else self._judge(decided, open_)
        return found

    def _denial(self, decided: int, open_: int) -> tuple[int | None, int]:
        if decided >> DENY & 1 or self._answers[DENY] == YES:
            return ALWAYS, 0
        if not open_ >> DENY & 1:
            return NEVER, 0
        return None, sum(bits for bit, bits in self._of_channel if bit != 1 << DENY)

    def _judge(self, decided: int, open_: int) -> tuple[int | None, int]:
        slots = self._slots(decided, open_)
        outcome = settle(self._plan, slots)
        relevant = relevant_channels(self._plan, slots) if outcome is DEPENDS else set()
        if not relevant:
            outcome = settle(self._plan, self._slots(decided, 0))
            return (ALWAYS if outcome is ALLOWED else NEVER), 0
        return None, sum(bits for bit, bits in self._of_channel if bit.bit_length() - 1 not in relevant)

    def _slots(self, decided: int, open_: int) -> Slots:
        answers = [
            YES if decided >> channel & 1 else UNKNOWN if open_ >> channel & 1 and answer == NO else answer
            for channel, answer in enumerate(self._answers)
        ]
        return Slots(answers, self._plan.first_guard)

    def blocked_by(self) -> Iterator[str]:
        """Yield the layers whose missing Allow denies in some world; after `root`."""
        for decided, open_ in self._settled:
            slots = self._slots(decided, open_)
            if settle(self._plan, slots) is IMPLICITLY_DENIED:
                yield from blockers(self._plan, slots)

    def granting(self, hits: Sequence[Hit]) -> set[int]:
        """Return those of the hits, by identity, that grant in some world in which they match; after `root`."""
        found: set[int] = set()
        for decided, open_ in self._settled:
            slots = self._slots(decided, open_)
            if settle(self._plan, slots) is ALLOWED:
                matched = [hit.matched(YES) for hit in hits]
                grants = set(map(_place, granting(self._plan, slots, matched)))
                channels = {c for c, answer in enumerate(slots.by_channel) if answer == YES}
                found.update(id(hit) for hit in hits if _place(hit) in grants and hit.channel in channels)
        return found


def _place(hit: Hit) -> tuple[int, int]:
    return id(hit.statement), hit.channel


def _bits(numbers: Iterator[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def _alike(clauses: Sequence[Clause], rank: dict[int, int]) -> list[list[tuple[int, int]]]:
    """Return, for each place, the groups of clauses that need the same from there on, each with its first."""
    found: list[list[tuple[int, int]]] = []
    if len(clauses) * len(rank) > MOST_STEPS:
        return [[] for _ in rank]
    rests = [sorted((rank[index], options) for index, options in clause.need.items()) for clause in clauses]
    for place in range(len(rank)):
        groups: dict[tuple[object, ...], list[int]] = {}
        for number, rest in enumerate(rests):
            while rest and rest[0][0] < place:
                del rest[0]
            if rest:
                groups.setdefault((clauses[number].channel, *rest), []).append(number)
        found.append([(_bits(iter(group)), 1 << group[0]) for group in groups.values() if len(group) > 1])
    return found

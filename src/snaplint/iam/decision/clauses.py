"""The clauses of an undetermined request: what must be so for its statements to match.

A clause lists, for some choices, the options with which a statement matches; a statement has one or more. Two
statements with the same test depend on the same choice.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.decision.budget import TooMuch
from snaplint.iam.decision.candidates import unread_boundary
from snaplint.iam.decision.choices import TRUE, Choice, trials_of
from snaplint.iam.decision.decide import tally
from snaplint.iam.decision.relevance import relevant_channels
from snaplint.iam.document.acl import BLOCK_PUBLIC_ACCESS_FACT
from snaplint.iam.terms.truth import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.choices import Need, Trials
    from snaplint.iam.decision.decide import Hit, Question
    from snaplint.iam.document.statement import Statement

MOST_CLAUSES = 20_000
_MOST_OF_ONE = 256
"""How many clauses one statement may have."""
_MOST_FACTS = 4
"""How many facts a clause may need for them to be compared with those of other clauses."""


def relevant_hits(question: Question) -> tuple[list[Hit], set[int]]:
    """Return the undetermined hits whose channel can make a difference, and these channels."""
    channels = relevant_channels(question.plan, tally(question.plan, question.hits))
    return [hit for hit in question.hits if hit.truth == UNKNOWN and hit.channel in channels], channels


class Clause(NamedTuple):
    """A condition for something to count in a channel: each choice must be among the options."""

    channel: int
    need: Need


class Clauses:
    """The choices on which the questions of a request depend, and the clauses of each question."""

    def __init__(
        self,
        questions: Sequence[Question],
        wanted: Sequence[Sequence[Hit]],
        channels: Sequence[set[int]],
        budget: Budget,
    ) -> None:
        """Read the hits in `wanted`, those of each question. Raises TooMuch."""
        self.choices: list[Choice] = []
        self.by_question: list[list[Clause]] = []
        self.live: set[int] = set()
        """The hits that may match in some world, by identity."""
        self._facts: dict[tuple[object, ...], int] = {}
        self._budget = budget
        self._trials = trials_of(questions, wanted, self.choices, budget)
        for question, hits, trials, relevant in zip(questions, wanted, self._trials, channels, strict=True):
            found: dict[tuple[object, ...], Clause] = {}
            for hit in hits:
                for need in self._needs(hit, trials):
                    self.live.add(id(hit))
                    found.setdefault((hit.channel, *sorted(need.items())), Clause(hit.channel, need))
                    if len(found) > MOST_CLAUSES:
                        raise TooMuch
            public = question.plan.public
            if public in relevant and public is not None:
                # Whether Block Public Access lets the request pass is undetermined.
                fact = self._fact(("public",), (BLOCK_PUBLIC_ACCESS_FACT,))
                found["public",] = Clause(public, {fact: TRUE})
            self.by_question.append(list(found.values()))
        self.by_question = _merged(self.by_question, self.choices)

    def _fact(self, identity: tuple[object, ...], names: Iterable[str]) -> int:
        """Return the choice of a fact, which is the same for the same identity."""
        index = self._facts.get(identity)
        names = tuple(dict.fromkeys(names))
        if index is None:
            index = self._facts[identity] = len(self.choices)
            self.choices.append(Choice(names, (), ()))
        elif names != self.choices[index].names:
            known = self.choices[index]
            self.choices[index] = known._replace(names=tuple(dict.fromkeys((*known.names, *names))))
        return index

    def _needs(self, hit: Hit, trials: Trials) -> list[Need]:
        """Return what the clauses of a hit need; none if it never matches."""
        found: list[Need] = [{}]
        statement = hit.statement
        if statement.cap == UNKNOWN:
            found = [{self._fact(("doubt", id(statement), hit.channel), statement.doubts): TRUE}]
        if hit.ceiling == UNKNOWN:
            named = _named(statement, trials.question.request)
            boundary = unread_boundary(hit, trials.question.plan)
            # Deny statements that match if there is a permissions boundary match together.
            identity = ("bounded",) if boundary and not named else ("named", id(statement), hit.channel)
            fact = self._fact(identity, (*named, *boundary))
            found = [{**need, fact: TRUE} for need in found]
        for alternatives in trials.alternatives(statement, self._fact):
            found = [both for one in found for other in alternatives if (both := _both(one, other)) is not None]
            self._budget.spend(len(found))
            if len(found) > _MOST_OF_ONE:
                raise TooMuch
        return found


def _both(one: Need, other: Need) -> Need | None:
    """Return what both need together; None if they exclude each other."""
    found = dict(one)
    for index, options in other.items():
        found[index] = found.get(index, options) & options
        if not found[index]:
            return None
    return found


def _named(statement: Statement, request: Request) -> list[str]:
    """Return what it depends on whether the statement matches action and principal; of an ACL grant, its doubts."""
    found = list(statement.unnamed(request))
    return found or list(statement.doubts)


def _merged(by_question: list[list[Clause]], choices: list[Choice]) -> list[list[Clause]]:
    """Return the clauses in which facts that occur beside the same needs, and nowhere else, are one fact.

    It makes no difference which of them is met, only whether one is.
    """
    beside = _beside(by_question, choices)
    first_of: dict[object, int] = {}
    replaced: set[int] = set()
    for index, found in beside.items():
        first = first_of.setdefault(frozenset(found), index)
        if first != index:
            replaced.add(index)
            names = dict.fromkeys((*choices[first].names, *choices[index].names))
            choices[first] = choices[first]._replace(names=tuple(names))
    return [[clause for clause in clauses if replaced.isdisjoint(clause.need)] for clauses in by_question]


def _beside(by_question: list[list[Clause]], choices: list[Choice]) -> dict[int, set[object]]:
    """Return the question, the channel and the other needs of each clause of a fact, if all need the same of it."""
    found: dict[int, set[object]] = {}
    options: dict[int, int] = {}
    left_out: set[int] = set()
    for number, clauses in enumerate(by_question):
        for channel, need in clauses:
            facts = [index for index in need if not choices[index].keys]
            for index in facts:
                if len(facts) > _MOST_FACTS or options.setdefault(index, need[index]) != need[index]:
                    left_out.add(index)
                    continue
                rest = frozenset([pair for pair in need.items() if pair[0] != index])
                found.setdefault(index, set()).add((number, channel, rest))
    return {index: places for index, places in found.items() if index not in left_out}

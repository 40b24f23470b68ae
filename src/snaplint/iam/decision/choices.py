"""What a request depends on as choices, and the tests of its statements evaluated for each of their options.

A *choice* is something unknown: a key with the readings to try (or several keys, if not every combination can occur),
or a *fact*, which is true or false: what an element means that cannot be read, or how a test answers whose values
cannot be listed. Choices are independent of each other. Tests that are the same depend on the same choice.
"""

from __future__ import annotations

from itertools import product
from math import prod

from snaplint.base.record import NamedTuple
from snaplint.iam.asked.services import LINKED_KEYS, OWNER_KEYS
from snaplint.iam.decision.budget import TooMuch
from snaplint.iam.decision.domains import VERBATIM, Domains
from snaplint.iam.decision.relation import CROSS_ACCOUNT
from snaplint.iam.terms.kinds import Sample
from snaplint.iam.terms.states import PRESENT, readings
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from snaplint.iam.asked.request import Request, States
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.decide import Hit, Question
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.resource_element import Resources
    from snaplint.iam.document.statement import Statement
    from snaplint.iam.terms.states import Reading

    FactOf = Callable[[tuple[object, ...], Iterable[str]], int]
    AnswerOf = Callable[[], int]
    DoubtOf = Callable[[], dict[int, int]]
    Tested = tuple[Sequence[str], Sequence[str], str]

MOST_CHOICES = 150
MOST_ANSWERS = 400_000
"""How many tests are evaluated, those of all readings together."""
_MOST_OF_A_KEY = 50_000
"""How many of them for one key; beyond it only those readings of the key are tried that its state lists."""
_MOST_COMBINATIONS = 4096
_NONE, _PAIRS, _SAMPLES, _ALL = "none", "pairs", "samples", "all"
"""Which values of variables do not count: none; samples that are compared with samples; all samples; all values."""
TRUE, FALSE = 2, 1
"""The options of a fact, as bits."""


class Choice(NamedTuple):
    """Something unknown: `keys` with the readings that they can have together, or a fact that is false or true.

    `names` are what `depends_on` calls it: for keys one name each, for a fact every name that it needs.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    options: tuple[tuple[Reading, ...], ...]

    @property
    def size(self) -> int:
        """The number of options."""
        return len(self.options) if self.keys else 2


Need = dict[int, int]
"""For choices, by index, the options with which a clause is met, as bits."""


def trials_of(
    questions: Sequence[Question], wanted: Sequence[Sequence[Hit]], choices: list[Choice], budget: Budget
) -> list[Trials]:
    """Return the trials for each question; keys of which the same is known in several of them are one choice."""
    survey = _Survey()
    for question, hits in zip(questions, wanted, strict=True):
        for statement in {id(hit.statement): hit.statement for hit in hits}.values():
            budget.spend(1 + len(statement.tests))
            survey.add(statement, question.request)
    if len(survey.names) > MOST_CHOICES:
        raise TooMuch
    shared: dict[tuple[object, ...], int] = {}
    found: list[Trials] = []
    for question in questions:
        states = question.request.states
        trials = Trials(question, survey.domains(states, budget), choices, budget)
        for group in _groups([key for key in survey.names if trials.domains.is_open(key)], question.request):
            # The values to try depend on what is known of the key and of those that it is compared with.
            known = (group, *((key, states[key]) for key in survey.related(group)))
            index = shared.get(known)
            if index is None:
                index = shared[known] = len(choices)
                choices.append(trials.choice(group, survey))
            trials.index.update(dict.fromkeys(group, index))
        found.append(trials)
    return found


class _Survey:
    """The keys and tests of the undetermined parts of statements."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """The keys, each as first written."""
        self.tests: dict[str, set[int]] = {}
        """The tests of each key, by identity."""
        self._conditions: dict[int, Condition] = {}
        self._resources: dict[int, tuple[Resources, str]] = {}
        self._related: dict[str, set[str]] = {}

    def add(self, statement: Statement, request: Request) -> None:
        """Note what is undetermined in a statement."""
        resources = statement.resource_element
        if resources is not None and resources.templates and resources.truth(request) == UNKNOWN:
            self._resources[id(resources)] = (resources, request.resource)
            for name in resources.variables():
                self.names.setdefault(name.lower(), name)
        for condition in statement.tests:
            if condition.truth(request.states) == UNKNOWN and condition.test is not None:
                self._conditions[id(condition)] = condition
                self.tests.setdefault(condition.key, set()).add(id(condition.test))
                names = (condition.name, *condition.test.variables)
                for name in names:
                    self.names.setdefault(name.lower(), name)
                if len(names) > 1:
                    group = set().union(*(self._related.get(name.lower(), {name.lower()}) for name in names))
                    self._related.update(dict.fromkeys(group, group))

    def related(self, keys: Iterable[str]) -> list[str]:
        """Return the keys, and those with which a condition compares them."""
        return sorted(set().union(*(self._related.get(key, {key}) for key in keys)))

    def domains(self, states: States, budget: Budget) -> Domains:
        """Return the domains of the keys in these states."""
        found = Domains(states, budget)
        for resources, resource in self._resources.values():
            found.add_resource(resources.templates, resource, id(resources))
        for condition in self._conditions.values():
            found.add_condition(condition)
        found.relate()
        return found


def _groups(keys: Sequence[str], request: Request) -> Iterator[tuple[str, ...]]:
    """Yield the keys, those together of which not every combination can occur."""
    ties = request.states.ties
    tied = [LINKED_KEYS, OWNER_KEYS, *ties.same]
    tied.extend({key for each in alternatives for key in each} for alternatives in ties.together)
    groups = {key: {key} for key in keys}
    for every in tied:
        inside = [key for key in keys if key in every]
        if len(inside) > 1:
            joined = set().union(*(groups[key] for key in inside))
            groups.update(dict.fromkeys(joined, joined))
    done: set[str] = set()
    for key in keys:
        if key not in done:
            done |= groups[key]
            yield tuple(one for one in keys if one in groups[key])


class Trials:
    """Evaluates the tests of one question for the options of choices."""

    def __init__(self, question: Question, domains: Domains, choices: list[Choice], budget: Budget) -> None:
        self.question = question
        self.domains = domains
        self.index: dict[str, int] = {}
        """The choice of each key."""
        self._choices = choices
        self._world = question.request.overlay()
        self._alternatives: dict[tuple[object, ...], list[Need]] = {}
        self._work = 0
        self._budget = budget

    def choice(self, keys: tuple[str, ...], survey: _Survey) -> Choice:
        """Return the choice of some keys, with the combinations of readings that a request can have."""
        own = self.question.request.states
        found: list[list[Reading]] = []
        for key in keys:
            tried = self.domains.readings(key, self._world.states)
            if len(tried) * len(survey.tests.get(key, ())) > _MOST_OF_A_KEY:
                tried = list(readings(own[key]))
            found.append(tried)
        if prod(map(len, found)) > _MOST_COMBINATIONS:
            found = [list(readings(own[key])) for key in keys]
        self._budget.spend(prod(map(len, found)))
        options = tuple(option for option in product(*found) if self._can_occur(keys, option))
        # Ties that exclude everything would be a contradiction in the input: then nothing is excluded.
        return Choice(tuple(survey.names[key] for key in keys), keys, options or tuple(product(*found)))

    def _can_occur(self, keys: tuple[str, ...], option: tuple[Reading, ...]) -> bool:
        tried = dict(zip(keys, option, strict=True))
        request = self.question.request

        def reading(key: str) -> Reading | None:
            state = tried.get(key, request.states[key])
            return state if isinstance(state, tuple) else None

        owners = {tried[key] for key in OWNER_KEYS if key in tried}
        if len(owners) > 1 or (self.question.parts[-1:] == (CROSS_ACCOUNT,) and (request.principal.account,) in owners):
            return False
        return request.allows(reading)

    def alternatives(self, statement: Statement, fact: FactOf) -> Iterator[list[Need]]:
        """Yield, for each undetermined part of a statement, the needs of which one must be met."""
        request = self.question.request
        resources = statement.resource_element
        if resources is not None and resources.truth(request) == UNKNOWN:
            yield self._of_resource(resources, statement, fact)
        for condition in statement.tests:
            if condition.truth(request.states) == UNKNOWN:
                yield self._of_condition(condition, statement, fact)

    def _of_resource(self, element: Resources, statement: Statement, fact: FactOf) -> list[Need]:
        request = self.question.request
        names = list(element.needs(request, statement.place_of((element.name,))))
        keys = [key for key in dict.fromkeys(map(str.lower, element.variables())) if key in self.index]
        texts = statement.not_resources or statement.resources
        identity = ("resource", id(element) if element.unreadable else frozenset(texts))
        hide = _SAMPLES if id(element) in self.domains.inexact else _NONE
        met = FALSE if element.excluded else TRUE
        return self._table(
            (keys, keys, hide),
            lambda: element.truth(self._world),
            lambda: {fact(identity, names): met},
            cost=element.cost,
        )

    def _of_condition(self, condition: Condition, statement: Statement, fact: FactOf) -> list[Need]:
        place = statement.place_of(("Condition",))
        test = condition.test
        if test is None or test.broken:
            return self._answers(condition, ("condition", id(condition), id(statement)), TRUE, place, fact)
        sort = (condition.operator, condition.key, id(test))
        found = self._alternatives.get(sort)
        if found is None:
            identity: tuple[object, ...] = ("condition", id(condition))
            met = TRUE
            if not condition.quantified:
                # Conditions with the same test have the same answer, or the opposite one.
                identity = ("test", condition.key, test.marks, tuple(sorted(condition.values)))
                met = FALSE if condition.negated else TRUE
            found = self._alternatives[sort] = self._answers(condition, identity, met, place, fact)
        return found

    def _answers(
        self, condition: Condition, identity: tuple[object, ...], met: int, place: str, fact: FactOf
    ) -> list[Need]:
        """Return the needs with which a condition is met; `met` is what the fact of this identity then is."""
        test = condition.test
        names = list(condition.needs(self.question.request.states, place))
        if test is None:
            return [{fact(identity, names): met}]
        variables = [key for key in dict.fromkeys(map(str.lower, test.variables)) if key in self.index]
        keys = list(dict.fromkeys([*([condition.key] if condition.key in self.index else []), *variables]))
        hide = _ALL if condition.quantified else _SAMPLES if id(test) in self.domains.inexact else _PAIRS
        if hide == _PAIRS and test.family in VERBATIM and all(len(parts) == 1 for parts in test.templates):
            hide = _NONE if self.domains.are_linked(keys) else _PAIRS
        return self._table(
            (keys, variables, hide),
            lambda: condition.truth(self._world.states),
            lambda: {fact(identity, names): met},
            cost=test.cost,
        )

    def _table(self, tested: Tested, truth: AnswerOf, doubt: DoubtOf, *, cost: int) -> list[Need]:
        """Return the needs with which a test of some keys is met, each with options of their choices.

        `truth` evaluates the test in the world that is tried, for `cost` steps, and `doubt` returns what is needed
        where it answers UNKNOWN. `tested` are the keys, those of them that are variables, and which values of variables
        stand for others and must not be compared.
        """
        keys, variables, hide = tested
        indexes = list(dict.fromkeys(self.index[key] for key in keys))
        sizes = [self._choices[index].size for index in indexes]
        self._work += prod(sizes)
        if self._work > MOST_ANSWERS or (len(indexes) > 1 and prod(sizes) > _MOST_COMBINATIONS):
            raise TooMuch
        self._budget.spend(prod(sizes) * cost)
        own, states = self.question.request.states, self._world.states
        # For each combination of the other choices, the options of the first one.
        rows: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for options in product(*map(range, sizes)):
            tried: dict[str, Reading] = {}
            for index, option in zip(indexes, options, strict=True):
                choice = self._choices[index]
                tried.update(zip(choice.keys, choice.options[option], strict=True))
            states.update(tried)
            self._hide(keys, variables, hide)
            answer = truth()
            if answer != NO:
                rest = tuple((index, 1 << option) for index, option in zip(indexes[1:], options[1:], strict=True))
                row = rows.setdefault(rest, [0, 0, 0])
                row[answer] |= 1 << options[0] if options else 1
        for index in indexes:
            states.update({key: own[key] for key in self._choices[index].keys})
        return list(self._as_needs(indexes, sizes, rows, doubt))

    def _hide(self, keys: Sequence[str], variables: Sequence[str], hide: str) -> None:
        """Make the values of variables unknown that stand for other values as well, where the test would tell them."""
        if hide == _NONE or not variables:
            return
        states = self._world.states
        samples = [key for key in keys if any(isinstance(item, Sample) for item in _items(states[key]))]
        if hide == _PAIRS and (not samples or (len(samples) == 1 and (samples[0] in variables or len(variables) == 1))):
            return
        for key in variables:
            if states[key] != () and (hide != _SAMPLES or key in samples):
                states[key] = PRESENT

    def _as_needs(
        self,
        indexes: Sequence[int],
        sizes: Sequence[int],
        rows: dict[tuple[tuple[int, int], ...], list[int]],
        doubt: DoubtOf,
    ) -> Iterator[Need]:
        every = (1 << sizes[0]) - 1 if sizes else 1
        joined: dict[tuple[int, int], dict[int, int]] = {}
        if len(indexes) == 2:
            # Options of the second choice that allow the same of the first are one need.
            for ((index, bit),), row in rows.items():
                pair = joined.setdefault((row[UNKNOWN], row[YES]), {index: 0})
                pair[index] |= bit
            entries = [(rest, [0, *row]) for row, rest in joined.items()]
        else:
            entries = [(dict(rest), row) for rest, row in rows.items()]
        for rest, row in entries:
            rest = {index: bits for index, bits in rest.items() if bits != (1 << self._choices[index].size) - 1}
            for answer in (YES, UNKNOWN):
                if row[answer]:
                    first = {indexes[0]: row[answer]} if indexes and row[answer] != every else {}
                    yield {**first, **rest, **(doubt() if answer == UNKNOWN else {})}


def _items(state: object) -> tuple[object, ...]:
    return state if isinstance(state, tuple) else ()

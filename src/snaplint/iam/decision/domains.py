"""The readings to try for each unknown key: a sample of every kind of value that the conditions can distinguish.

A key with more kinds than can be listed keeps the readings of its state. Its tests then answer UNKNOWN, which
`choices` counts as a fact of its own, true or false whatever the value.
"""

from __future__ import annotations

from itertools import product

from snaplint.iam.asked.principal import is_account
from snaplint.iam.asked.services import LITERALS, OWNER_KEYS
from snaplint.iam.document.typed_comparisons import comparison, related
from snaplint.iam.document.variables import fill, fillings
from snaplint.iam.terms.kinds import (
    ARN,
    MOST_STATES,
    Pattern,
    Sample,
    fresh,
    kinds_of_address,
    kinds_of_text,
    samples_of_text,
    spelled,
)
from snaplint.iam.terms.pattern import STAR
from snaplint.iam.terms.states import SOME_VALUE, Hidden, readings
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.iam.terms.values import Network, Variable, address, contains, network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from snaplint.iam.asked.request import States
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.document.comparisons import Test
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.states import Item, Mark, Reading
    from snaplint.iam.terms.values import Template

MOST_READINGS = 4096
"""How many readings of one key are tried."""
_MOST_SETS = 512
"""How many sets of values of one key are tried."""
_MOST_ANSWERS = 100_000
"""How many answers the values that no policy mentions may hold, for one key together."""
_OF_A_FILLING = 2
_OF_A_PATTERN = 4
"""The steps of filling in a variable, and of telling texts apart by a pattern."""
_ANSWERS_IN_A_STEP = 20
VERBATIM = ("equals", "like")
"""The families that compare the value of a variable as it is."""
_ACCOUNT = Pattern([frozenset("0123456789")] * 12, {})
_TEXT = ("like", "arn", "fold")
_TYPED = ("ip", "number", "date", "bytes")
_BOOLEAN = frozenset(
    {"aws:securetransport", "aws:viaawsservice", "aws:multifactorauthpresent", "aws:principalisawsservice"}
)
"""Keys that are always `true` or `false` if they are present (AWS's page of global condition keys: "Boolean")."""


class Domains:
    """What the conditions and resources of some statements test about each unknown key."""

    def __init__(self, states: States, budget: Budget) -> None:
        self._states = states
        self._budget = budget
        self._conditions: dict[str, dict[tuple[object, ...], Condition]] = {}
        self._marks: dict[str, dict[Mark, None]] = {}
        self._linked: dict[str, set[str]] = {}
        """The keys that a condition compares with each other, value by value."""
        self.inexact: set[object] = set()
        """The tests and resources whose templates match more values than can be listed, by identity."""
        for keys in states.ties.same:
            self._link(keys)

    def _link(self, keys: Iterable[str]) -> None:
        group = set().union(*(self._linked.get(key, {key}) for key in keys))
        self._linked.update(dict.fromkeys(group, group))

    def is_open(self, key: str) -> bool:
        """Return True if the key has more than one reading, or a value of which something is unknown."""
        return any(_expands(reading) for reading in readings(self._states[key])) or len(readings(self._states[key])) > 1

    def add_condition(self, condition: Condition) -> None:
        """Note a condition whose answer is undetermined."""
        test = condition.test
        if test is None:
            return
        # A condition and its negation distinguish the same values.
        sort = (id(test), condition.quantified, condition.treats_empty_as_absent)
        self._conditions.setdefault(condition.key, {}).setdefault(sort, condition)
        self._mark(condition.key, test.marks)
        for parts in test.templates:
            whole = len(parts) == 1 and test.family in VERBATIM
            names = [part.key.lower() for part in parts if isinstance(part, Variable)]
            if whole and self.is_open(condition.key):
                self._link((condition.key, *filter(self.is_open, names)))

    def add_resource(self, templates: Sequence[Template], resource: str, owner: object) -> None:
        """Note the templates of a resource element that is compared with `resource`."""
        for parts in templates:
            self._take(fillings(parts, resource), "=", owner)

    def relate(self) -> None:
        """Add what the values of one key say about the values of another, after everything was added."""
        compared = [
            (condition.key, condition.test, parts)
            for conditions in self._conditions.values()
            for condition in conditions.values()
            if condition.test is not None
            for parts in condition.test.templates
        ]
        # The values of a key fix those of the variables that it is compared with, and are fixed by them.
        for key, test, parts in compared:
            texts = self._texts(key)
            self._budget.spend(len(texts))
            for text in texts:
                found = fillings(_lowered(parts), text.lower()) if test.family == "fold" else fillings(parts, text)
                self._take(found, "fold" if test.family == "fold" else "=", id(test))
        for key, test, parts in compared:
            if self.is_open(key):
                self._fill(key, test, parts)

    def _fill(self, key: str, test: Test, parts: Template) -> None:
        names = list(dict.fromkeys(part.key.lower() for part in parts if isinstance(part, Variable)))
        options = [self._texts(name) for name in names]
        if len(names) == 1:
            self._budget.spend(_OF_A_FILLING * len(options[0]))
            for text in options[0]:
                self._mark(key, _marks_of(test, fill(parts, {names[0]: (text,)})))
        self._mark(key, _marks_of(test, fill(parts, dict.fromkeys(names, ()))))

    def _take(self, found: dict[str, list[str]] | None, kind: str, owner: object) -> None:
        if found is None:
            self.inexact.add(owner)
            return
        for key, values in found.items():
            self._mark(key, [(kind, value) for value in values])

    def _mark(self, key: str, marks: Iterable[Mark]) -> None:
        self._marks.setdefault(key, {}).update(dict.fromkeys(marks))

    def _texts(self, key: str) -> list[str]:
        """Return the texts that the key is known to have, or that a condition lists for it."""
        known = [item for each in readings(self._states[key]) for item in each if isinstance(item, str)]
        listed = [str(mark[1]) for mark in self._marks.get(key, ()) if mark[0] == "="] if self.is_open(key) else []
        return list(dict.fromkeys((*known, *listed)))

    def are_linked(self, keys: Sequence[str]) -> bool:
        """Return True if samples of these keys are equal exactly where the values of the keys may be."""
        return all(key in self._linked.get(keys[0], ()) for key in keys)

    def readings(self, key: str, world: States) -> list[Reading]:
        """Return the readings of the key that the conditions distinguish; `world` is a copy of the states to try them.

        Sets of values for which all conditions answer the same are listed once.
        """
        state = self._states[key]
        conditions = list(self._conditions.get(key, {}).values())
        found: list[Reading] = []
        cost = sum(each.test.cost for each in conditions if each.test is not None)

        def answers(reading: Reading) -> tuple[int, ...]:
            world[key] = reading
            self._budget.spend(cost)
            return tuple(condition.truth(world) for condition in conditions)

        for reading in readings(state):
            items = self._items(key, reading[0], absent=() in readings(state)) if _expands(reading) else None
            if items is None:
                found.append(reading)
            elif not any(condition.quantified for condition in conditions):
                found.extend((item,) for item in items)
            elif len(items) * len(conditions) > MOST_READINGS:
                found.append(reading)
            else:
                found.extend(_sets(items, answers) or [reading])
        world[key] = state
        return list(dict.fromkeys(found)) if len(found) <= MOST_READINGS else list(readings(state))

    def _items(self, key: str, hidden: Item, *, absent: bool) -> list[Item] | None:
        """Return a value of each kind; None if there are too many."""
        if isinstance(hidden, str):
            return None
        group = sorted(self._linked.get(key, {key}))
        marks = list(dict.fromkeys(mark for each in group for mark in self._marks.get(each, ())))
        inside = _inside(key, hidden)
        literals = dict.fromkeys(str(mark[1]) for mark in marks if mark[0] == "=")
        if inside is _ACCOUNT:
            literals = {text: None for text in literals if is_account(text)}
        partly = [(each, item) for each in group if each != key for item in self._partly_known(each)]
        literals.update(dict.fromkeys(item.likely for _, item in partly if item.likely is not None))
        literals.update(dict.fromkeys(one for each in group for one in LITERALS.get(each, ())))
        conditions = [each for one in group for each in self._conditions.get(one, {}).values()]
        self._budget.spend(_OF_A_PATTERN * len(marks) + len(literals))
        kinds = {mark[0] for mark in marks}
        empty = absent and not kinds & {*_TYPED, "bool"}
        if empty and any(condition.treats_empty_as_absent for condition in conditions):
            literals[""] = None
        if key in _BOOLEAN or (kinds == {"bool"} and len(group) == 1):
            return ["true", "false"]
        if not kinds & set(_TYPED):
            beside = [pattern for pattern in (_inside(*each) for each in partly) if pattern is not None]
            if beside and inside is not None:
                beside.append(inside)
            found = _text_items(marks, literals, inside, len(group), beside, empty=empty)
            self._budget.spend(MOST_STATES if found is None else len(found))
            return found if hidden is SOME_VALUE or found is None else _fitting(found, hidden)
        if kinds <= {"ip", "="} and inside is None:
            return [*literals, *_address_items(marks, literals)]
        mixed = _mixed_items(marks, literals)
        self._budget.spend(MOST_STATES if mixed is None else len(mixed) * len(marks) // _ANSWERS_IN_A_STEP)
        return mixed

    def _partly_known(self, key: str) -> Iterator[Hidden]:
        """Yield the values that a key may have of which something is unknown."""
        for each in readings(self._states[key]):
            if _expands(each) and isinstance(each[0], Hidden):
                yield each[0]


def _inside(key: str, hidden: Hidden) -> Pattern | None:
    """Return the pattern that every value of a key has; None if it may have any."""
    if hidden is not SOME_VALUE:
        return Pattern.of([hidden.prefix, STAR, hidden.suffix], inner=hidden.inner)
    return _ACCOUNT if key in OWNER_KEYS else None


def _expands(reading: Reading) -> bool:
    """Return True if the reading is one value that is not fully known, so that kinds of it can be told apart."""
    if len(reading) != 1 or not isinstance(reading[0], Hidden):
        return False
    item = reading[0]
    return item is SOME_VALUE or bool(item.prefix or item.suffix)


def _marks_of(test: Test, value: Sequence[Token] | None) -> tuple[Mark, ...]:
    """Return the marks of a value with variables that is filled in; none if a variable has no value."""
    return comparison(test.family, "", [("", tuple(value))]).marks if value else ()


def _lowered(parts: Template) -> Template:
    return tuple(part.lower() if isinstance(part, str) else part for part in parts)


def _fitting(found: list[Item], hidden: Hidden) -> list[Item]:
    likely: list[Item] = [] if hidden.likely is None else [hidden.likely]
    return likely + [item for item in found if isinstance(item, str) and hidden.equals(item) != NO]


def _pattern(mark: Mark) -> Pattern:
    tokens = [part for part in mark[1:] if isinstance(part, (str, int))]
    return Pattern.of(tokens, fold=mark[0] == "fold", arn=mark[0] == "arn")


def _text_patterns(marks: Iterable[Mark], literals: Iterable[str]) -> tuple[list[Mark], list[Pattern]]:
    """Return the marks of patterns, and all patterns that tell texts apart, those of the marks first."""
    wild = [mark for mark in marks if mark[0] in _TEXT]
    patterns = [_pattern(mark) for mark in wild]
    if any(mark[0] == "bool" for mark in marks):
        patterns.append(Pattern.of(["true"], fold=True))
    if any(mark[0] == "arn" for mark in marks):
        patterns.append(ARN)
    # A text that is listed in one case may be meant in any case elsewhere.
    folded = {str(mark[1]) for mark in wild if mark[0] == "fold"} | {"true"}
    patterns.extend(Pattern.of([text]) for text in literals if text.lower() in folded)
    return wild, patterns


def _text_items(
    marks: Sequence[Mark],
    literals: Iterable[str],
    inside: Pattern | None,
    copies: int,
    beside: Iterable[Pattern],
    *,
    empty: bool,
) -> list[Item] | None:
    """Return a value of each kind of text; None if there are too many.

    The values of several keys that are compared with each other have the patterns `beside`: where the value of one key
    has the beginning and end that are known of another one, the two may be equal.
    """
    listed = list(literals)
    _, patterns = _text_patterns(marks, listed)
    patterns.extend(beside)
    if inside is _ACCOUNT:
        # no character that policies do not name tells other accounts from those listed
        patterns.extend(Pattern.of([text]) for text in listed)
    texts = samples_of_text(patterns, listed, inside=inside, empty=empty)
    if texts is None:
        return None
    known = set(listed)
    samples = [Sample(text) for text in texts if text not in known]
    if copies > 1 and samples:
        # Several keys are compared with each other: equal values and different ones of each kind are needed.
        others = fresh([*listed, *(str(each) for each in samples), *_letters(patterns)], copies - 1)
        mark = fresh([*listed, *_letters(patterns)], 1)[0]
        samples += [Sample(each.replace(mark, other)) for each in samples if mark in each for other in others]
    return [*listed, *samples]


def _letters(patterns: Iterable[Pattern]) -> Iterator[str]:
    return (one for each in patterns for step in each.steps for one in step if len(one) == 1)


def _address_items(marks: Iterable[Mark], literals: Iterable[str]) -> Iterator[Item]:
    ranges = [mark[1] for mark in marks if isinstance(mark[1], Network)]
    listed = {address(text): text for text in literals}
    alone = [one for one in map(network, literals) if one is not None]
    for found in kinds_of_address([*ranges, *alone]):
        if found not in listed:
            yield Sample(spelled(found))


def _mixed_items(marks: Sequence[Mark], literals: Iterable[str]) -> list[Item] | None:
    """Return the listed texts, and every combination of answers that the kinds of tests give to other values."""
    known: dict[Mark, int] = {("=", literal): NO for literal in literals}
    choices = [_text_choices(marks, literals), _address_choices(marks)]
    choices.extend(_ordered_choices([mark for mark in marks if mark[0] == kind]) for kind in ("number", "date"))
    choices.append(_exclusive_choices([mark for mark in marks if mark[0] == "bytes"]))
    choices.append([{("bool",): YES}, {("bool",): NO}] if ("bool",) in marks else [{}])
    size = len(known) + len(marks)
    for choice in choices:
        size *= len(choice) if choice is not None else _MOST_ANSWERS
    if size > _MOST_ANSWERS:
        return None
    combined = product(*(choice for choice in choices if choice is not None))
    return [*literals, *(Hidden(UNKNOWN, {**known, **_merged(each)}) for each in combined)]


def _merged(choices: Iterable[dict[Mark, int]]) -> dict[Mark, int]:
    return {mark: truth for choice in choices for mark, truth in choice.items()}


def _text_choices(marks: Sequence[Mark], literals: Iterable[str]) -> list[dict[Mark, int]] | None:
    wild, patterns = _text_patterns(marks, literals)
    kinds = kinds_of_text(patterns, literals) if wild else [("", ())]
    if kinds is None:
        return None
    return [{mark: YES if fits else NO for mark, fits in zip(wild, answers, strict=False)} for _, answers in kinds]


def _address_choices(marks: Sequence[Mark]) -> list[dict[Mark, int]]:
    ranges = [mark for mark in marks if mark[0] == "ip"]
    if not ranges:
        return [{}]
    networks = [mark[1] for mark in ranges if isinstance(mark[1], Network)]
    return [{mark: YES if _contains(mark[1], found) else NO for mark in ranges} for found in kinds_of_address(networks)]


def _contains(range_: object, found: tuple[int, int]) -> bool:
    return isinstance(range_, Network) and contains(range_, found)


def _ordered_choices(marks: list[Mark]) -> list[dict[Mark, int]]:
    """Return the answers of a number for each place: at a threshold, between two of them, or beyond all."""
    thresholds = sorted({mark[2] for mark in marks if isinstance(mark[2], (int, float))})
    if not thresholds or (2 * len(thresholds) + 1) * len(marks) > _MOST_ANSWERS:
        return [{}]
    # Thresholds have odd places, the gaps between them even ones.
    place: dict[object, int] = {threshold: 2 * number + 1 for number, threshold in enumerate(thresholds)}
    return [
        {mark: YES if related(str(mark[1]), at, place[mark[2]]) else NO for mark in marks}
        for at in range(2 * len(thresholds) + 1)
    ]


def _exclusive_choices(marks: list[Mark]) -> list[dict[Mark, int]]:
    """Return the answers if at most one of the marks is met."""
    nothing = dict.fromkeys(marks, NO)
    return [nothing, *({**nothing, mark: YES} for mark in marks)]


def _sets(items: Sequence[Item], answers: Callable[[Reading], tuple[int, ...]]) -> list[Reading] | None:
    """Return sets of the values, one for each combination of answers; None if they are too many.

    A quantifier combines the answers of the single values, so a set that answers as another does so with any further
    value as well.
    """
    single = {answers((item,)): item for item in reversed(items)}
    found: dict[tuple[int, ...], Reading] = {(1, *key): (item,) for key, item in single.items()}
    waiting = list(found.values())
    for reading in waiting:
        for item in single.values():
            if item not in reading:
                larger = (*reading, item)
                key = (2, *answers(larger))
                if key not in found:
                    if len(found) >= _MOST_SETS:
                        return None
                    found[key] = larger
                    waiting.append(larger)
    return list(found.values())

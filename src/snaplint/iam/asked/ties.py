"""What ties the keys of one request to each other: keys that come together or not at all, and keys of the same value.

Each key by itself has a state; a tie excludes combinations of them. AWS documents such ties under "Availability":
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.states import ANYTHING, PRESENT, SOME_VALUE, Open, readings
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from snaplint.iam.terms.states import Item, Reading, State

Alternative = dict[str, "State"]
"""One of the ways in which keys occur together: the state of each, by its name."""


class Ties(NamedTuple):
    """The ties between the keys of a request.

    `together` has one entry for each group of keys: the alternatives, of which exactly one is true. The keys of an
    entry of `same` have the same value where they are present. All names are in lower case.
    """

    together: tuple[tuple[Alternative, ...], ...] = ()
    same: tuple[tuple[str, ...], ...] = ()

    def allow(self, reading: Callable[[str], Reading | None]) -> bool:
        """Return True if a request can have these values; `reading` returns those of a key, None if unknown."""
        return all(
            any(_agrees(alternative, reading) for alternative in alternatives) for alternatives in self.together
        ) and all(_are_same([reading(key) for key in keys]) for keys in self.same)


NO_TIES = Ties()


def tied(
    together: Iterable[Sequence[Mapping[str, State]]],
    same: Iterable[Sequence[str]],
    known: Mapping[str, State],
) -> tuple[Ties, dict[str, State]]:
    """Return the ties, without the alternatives that the known states exclude, and the states that follow from them.

    A group of which the known states exclude every alternative is dropped.
    """
    groups: list[tuple[Alternative, ...]] = []
    states: dict[str, State] = {}
    for alternatives in together:
        folded = [{name.lower(): state for name, state in each.items()} for each in alternatives]
        left = [each for each in folded if _agrees(each, lambda key: _sole(known.get(key)))]
        if not left:  # what is known is not in line with the tie, and is believed
            continue
        groups.append(tuple(left))
        for key in dict.fromkeys(key for each in left for key in each):
            if key not in known:
                states[key] = _any_of([each.get(key, ANYTHING) for each in left])
    equal = tuple(tuple(name.lower() for name in names) for names in same)
    for keys in equal:
        states.update(_narrowed(keys, {**states, **known}))
    return Ties(tuple(groups), equal), states


def _narrowed(keys: Sequence[str], given: Mapping[str, State]) -> dict[str, State]:
    """Return the states of keys of which another, with the same value, is known: absent, or that value."""
    value = next(
        (state for key in keys if (state := given.get(key)) and isinstance(state, tuple) and _is_known(state)), None
    )
    if value is None:
        return {}
    found: dict[str, State] = {}
    for key in keys:
        state = given.get(key, ANYTHING)
        possible = [value if reading and not _is_known(reading) else reading for reading in readings(state)]
        if possible != list(readings(state)):
            found[key] = _any_of(possible)
    return found


def _is_known(reading: Reading) -> bool:
    return SOME_VALUE not in reading


def _sole(state: State | None) -> Reading | None:
    return state if isinstance(state, tuple) else None


def _any_of(states: Sequence[State]) -> State:
    found = dict.fromkeys(reading for state in states for reading in readings(state))
    if len(found) == 1:
        return next(iter(found))
    return ANYTHING if set(found) == set(readings(ANYTHING)) else Open(*found)


def _agrees(alternative: Alternative, reading: Callable[[str], Reading | None]) -> bool:
    for key, state in alternative.items():
        found = reading(key)
        if found is None:
            continue
        # a key that is present has a value that is not empty
        empty = found == ("",) and state == PRESENT
        if empty or not any(_may_equal(found, each) for each in readings(state)):
            return False
    return True


def _are_same(found: Sequence[Reading | None]) -> bool:
    present = [reading for reading in found if reading]
    return all(_may_equal(present[0], other, exact=True) for other in present[1:])


def _may_equal(one: Reading, other: Reading, *, exact: bool = False) -> bool:
    if not one or not other:
        return not one and not other
    if SOME_VALUE in one or SOME_VALUE in other:
        return True
    return len(one) == len(other) and all(
        _item_may_equal(first, second, exact=exact) for first, second in zip(one, other, strict=True)
    )


def _item_may_equal(one: Item, other: Item, *, exact: bool) -> bool:
    """Return whether two values may be equal; with `exact`, two unknown ones only if they are the same object."""
    if isinstance(one, str):
        return one == other if isinstance(other, str) else other.equals(one) != NO
    if isinstance(other, str):
        return one.equals(other) != NO
    return one is other or not exact

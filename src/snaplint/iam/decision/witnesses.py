"""Show that a request depends on everything that its clauses need, by examples instead of all worlds.

Most choices make a difference in a world that is easy to find: one in which a single clause is met, and then is not. If
examples show it for every name, all worlds need not be explored. If not, nothing is concluded.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.iam.decision.choices import Choice
    from snaplint.iam.decision.diagram import Exploration

MOST_EXAMPLES = 200
"""How many worlds are tried, each with every change of one choice."""


def all_matter(choices: Sequence[Choice], exploration: Exploration) -> bool:
    """Return True if examples show that each choice that a clause needs makes a difference."""
    missing = {place for place, needing in enumerate(exploration.needing) if needing}
    if any(len(choices[exploration.order[place]].keys) > 1 for place in missing):
        return False  # of several keys, some may be needless
    if not missing:
        return False
    for tried, world in enumerate(_worlds(exploration)):
        exploration.spend_world()
        missing -= _shown(missing, world, exploration)
        if not missing:
            return True
        if tried >= MOST_EXAMPLES:
            return False
    return False


def _shown(missing: set[int], world: list[int], exploration: Exploration) -> set[int]:
    """Return the choices of which another option changes the answer in this world."""
    kept = exploration.kept
    count = len(world)
    before = [exploration.every]
    for place in range(count):
        before.append(before[-1] & kept[place][world[place]])
    answer = exploration.is_yes(before[-1])
    found: set[int] = set()
    after = exploration.every
    for place in range(count - 1, -1, -1):
        if place in missing:
            rest = before[place] & after
            others = {rest & mask for mask in kept[place]} - {before[-1]}
            if any(exploration.is_yes(met) != answer for met in others):
                found.add(place)
        after &= kept[place][world[place]]
    return found


def _worlds(exploration: Exploration) -> Iterator[list[int]]:
    """Yield worlds in which no clause is met if possible, then those in which one is, or two of different channels."""
    yield _world(exploration, 0)
    partners = {clause.channel: number for number, clause in enumerate(exploration.clauses)}
    for number, clause in enumerate(exploration.clauses):
        for other in (number, *(partner for channel, partner in partners.items() if channel != clause.channel)):
            yield _world(exploration, 1 << number | 1 << other)


def _world(exploration: Exploration, wanted: int) -> list[int]:
    """Return a world in which the wanted clauses are met, if they can be together, and few others."""
    left = exploration.every
    world: list[int] = []
    for masks in exploration.kept:
        fits = [kind for kind, mask in enumerate(masks) if mask & wanted == wanted] or range(len(masks))
        chosen = min(fits, key=lambda kind, masks=masks, left=left: (left & masks[kind]).bit_count())
        left &= masks[chosen]
        world.append(chosen)
    return world

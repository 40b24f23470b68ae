"""The kinds of values that a set of tests can distinguish, with a sample of each kind.

Two values are of one kind if every test answers the same for both. What a policy decides for a sample, it decides for
every value of its kind, so that an unknown value needs to be tried only once for each kind.

Texts: the patterns are matched together, character by character. A state of this joint match is the set of places that
are reached in each pattern. Each state that can be reached at all is visited once, so the kinds are exactly those that
occur: a text that matches `a/b/*` matches `a/*` as well. Addresses: ranges are nested or apart, so n ranges make at
most n + 1 kinds.
"""

from __future__ import annotations

from snaplint.iam.terms.arn import PARTS
from snaplint.iam.terms.pattern import ANY, STAR
from snaplint.iam.terms.values import Network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snaplint.iam.terms.pattern import Token

MOST_STATES = 4000
"""How many states of a joint match are visited. Patterns with several stars can have more: no kinds are then known."""
MOST_CELLS = 1_000_000
"""How large the tables of a joint match may be: its places times the characters that it distinguishes."""
MOST_CHARACTERS = 400_000
"""How many characters are tried in all states together: those of most alphabets in every state."""
_ANYTHING = frozenset({"any"})
_NO_COLON = frozenset({"no colon"})
_WILD = _ANYTHING | _NO_COLON
_FRESH = "zyxwvutsrqponmlkjihgfedcba0123456789"


class Sample(str):
    """A text that stands for all texts of its kind."""

    __slots__ = ()


class Pattern:
    """A pattern as steps: the characters that each place accepts, and those that may be repeated before it."""

    __slots__ = ("loops", "steps")

    def __init__(self, steps: Sequence[frozenset[str]], loops: Mapping[int, frozenset[str]]) -> None:
        self.steps = steps
        self.loops = loops
        """The characters that a star accepts, by the number of the step that follows it."""

    @classmethod
    def of(cls, tokens: Iterable[Token], *, fold: bool = False, arn: bool = False, inner: str | None = None) -> Pattern:
        """Return the steps of a pattern. With `arn`, wildcards before the fifth colon match no colon.

        With `fold`, literals match in any case. `inner` are the only characters that stars match.
        """
        steps: list[frozenset[str]] = []
        loops: dict[int, frozenset[str]] = {}
        colons = 0
        for token in tokens:
            if isinstance(token, str):
                steps.extend(frozenset(_cases(one) if fold else one) for one in token)
                colons += token.count(":")
                continue
            wild = _NO_COLON if arn and colons < PARTS - 1 else _ANYTHING if inner is None else frozenset(inner)
            if token == STAR:
                loops[len(steps)] = wild | loops.get(len(steps), frozenset())
            elif token == ANY:
                steps.append(wild)
        return cls(steps, loops)


ARN = Pattern.of(["arn:", STAR, ":", STAR, ":", STAR, ":", STAR, ":", STAR], arn=True)
"""What the Arn operators accept as an ARN."""


def _cases(character: str) -> set[str]:
    return {one for one in (character, character.lower(), character.upper()) if len(one) == 1}


def fresh(texts: Iterable[str], count: int) -> list[str]:
    """Return characters that occur in none of the texts, in either case."""
    used = set().union(*texts) if texts else set()
    used |= {other for one in used for other in _cases(one)}
    found = [one for one in _FRESH if one not in used][:count]
    code = 0x4E00
    while len(found) < count:
        if chr(code) not in used:
            found.append(chr(code))
        code += 1
    return found


class _Joint:
    """Patterns matched together. A place of any pattern is a bit, so a state is one integer."""

    __slots__ = ("alphabet", "finals", "match", "special", "start", "stay")

    def __init__(self, patterns: Sequence[Pattern], other: str) -> None:
        letters = {one for each in patterns for step in each.steps for one in step if len(one) == 1}
        few = [loop for each in patterns for loop in each.loops.values() if not loop & _WILD]
        for loop in few:
            # one of the characters that no pattern names stands for all of them
            letters.update(sorted(loop - letters)[:1])
        self.alphabet = [other, *sorted(letters | {":"})]
        """Every character that a pattern distinguishes, and first one that stands for all others."""
        self.match = dict.fromkeys(self.alphabet, 0)
        self.stay = dict.fromkeys(self.alphabet, 0)
        self.special = dict.fromkeys(self.alphabet, 0)
        """The places at which a character is accepted by itself, not by a wildcard."""
        self.start = self.finals = 0
        place = 0
        for each in patterns:
            self.start |= 1 << place
            for number in range(len(each.steps) + 1):
                bit = 1 << (place + number)
                if number < len(each.steps):
                    self._accept(self.match, each.steps[number], bit)
                    for one in each.steps[number]:
                        if len(one) == 1:
                            self.special[one] |= bit
                loop = each.loops.get(number, frozenset())
                self._accept(self.stay, loop, bit)
                for one in loop & letters:
                    self.special[one] |= bit
            place += len(each.steps) + 1
            self.finals |= 1 << (place - 1)

    def _accept(self, table: dict[str, int], accepted: frozenset[str], bit: int) -> None:
        if accepted.isdisjoint(_WILD):
            for one in accepted:
                if one in table:  # of the characters that only a star accepts, one stands for all
                    table[one] |= bit
            return
        for one in self.alphabet:
            if one != ":" or "any" in accepted or one in accepted:
                table[one] |= bit

    def follow(self, state: int) -> Iterator[tuple[str, int]]:
        """Yield every character that leads to a state of its own, with that state."""
        for one in self.alphabet:
            if one == self.alphabet[0] or one == ":" or state & self.special[one]:
                yield one, (state & self.match[one]) << 1 | state & self.stay[one]


def kinds_of_text(
    patterns: Sequence[Pattern], literals: Iterable[str] = (), *, inside: Pattern | None = None, empty: bool = True
) -> list[tuple[str, tuple[bool, ...]]] | None:
    """Return a sample of each kind of text, with the answer of each pattern; None if the kinds are too many to list.

    A sample is none of the `literals` if the kind has any other text with a character that no pattern names. `inside`
    is a pattern that every text matches; without `empty` no text is empty.
    """
    found = _accepted(patterns, literals, inside, empty=empty)
    if found is None:
        return None
    finals = _final_bits(patterns)
    return [(text, tuple([accepted & bit != 0 for bit in finals])) for text, accepted in found]


def samples_of_text(
    patterns: Sequence[Pattern], literals: Iterable[str] = (), *, inside: Pattern | None = None, empty: bool = True
) -> list[str] | None:
    """Return the samples of `kinds_of_text` without the answers, which would be as many as kinds times patterns."""
    found = _accepted(patterns, literals, inside, empty=empty)
    return None if found is None else [text for text, _ in found]


def _accepted(
    patterns: Sequence[Pattern], literals: Iterable[str], inside: Pattern | None, *, empty: bool
) -> list[tuple[str, int]] | None:
    """Return a sample of each kind of text, with the last places of the patterns that it matches, as bits."""
    every = [*patterns, *([inside] if inside is not None else ())]
    spelled = [one for each in every for step in each.steps for one in step if len(one) == 1]
    other = fresh([*literals, *spelled], 1)[0]
    if sum(len(each.steps) + 1 for each in every) * len({*spelled, other}) > MOST_CELLS:
        return None
    joint = _Joint(every, other)
    most = min(MOST_STATES, MOST_CHARACTERS // len(joint.alphabet))
    found: dict[int, tuple[bool, str]] = {}
    start = (joint.start, False)
    texts: dict[tuple[int, bool], str] = {start: ""}
    waiting = [start]
    for state, marked in waiting:
        text = texts[state, marked]
        accepted = state & joint.finals
        if (text or empty) and (accepted not in found or (marked and not found[accepted][0])):
            found[accepted] = (marked, text)
        for one, after in joint.follow(state):
            then = (after, marked or one == other)
            if then not in texts:
                if len(texts) >= most:
                    return None
                texts[then] = text + one
                waiting.append(then)
    needed = 0 if inside is None else _final_bits(every)[-1]
    return [(text, accepted) for accepted, (_, text) in found.items() if accepted & needed == needed]


def _final_bits(patterns: Sequence[Pattern]) -> list[int]:
    found: list[int] = []
    place = 0
    for each in patterns:
        place += len(each.steps) + 1
        found.append(1 << (place - 1))
    return found


_BITS = {4: 32, 6: 128}


def kinds_of_address(ranges: Iterable[Network]) -> list[tuple[int, int]]:
    """Return an address of each kind: for each range one that is in no range inside it, and one outside all.

    An address is its version and number. A range that others fill completely has no address of its own.
    """
    known = {Network(version, 0, bits) for version, bits in _BITS.items()}
    every = sorted({*ranges, *known}, key=lambda each: (each.version, each.prefix << each.host, -each.host))
    found: list[tuple[int, int]] = []
    # In this order a range comes directly before those inside it: `rest` is where the part not yet covered begins.
    for number, outer in enumerate(every):
        rest, end = outer.prefix << outer.host, (outer.prefix + 1) << outer.host
        for inner in every[number + 1 :]:
            first = inner.prefix << inner.host
            if inner.version != outer.version or first > rest or first >= end:
                break
            rest = max(rest, (inner.prefix + 1) << inner.host)
        if rest < end:
            found.append((outer.version, rest))
    return found


def spelled(address: tuple[int, int]) -> str:
    """Return an address as text."""
    version, number = address
    if version == 4:
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return ":".join(f"{number >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))

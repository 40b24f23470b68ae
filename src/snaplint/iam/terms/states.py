"""What can be known of one context key, as the values it may have.

A *reading* is one possibility: the tuple of the key's values, empty where the key is absent. A *state* is one reading
(all is decided but for values that are `Hidden`) or an `Open` set of them. A condition is true only if it is so for
every reading. Which state a key is in follows from its "Availability" line:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.iam.terms.pattern import Glob

Mark = tuple[object, ...]
"""A single test of a value in normal form, such as `("=", "aws:kms")` or `("ip", 4, 10, 24)`."""


class Hidden:
    """A value that is there and nobody knows: it answers single tests by what is nevertheless certain of it.

    `answers` holds the tests that are settled, `otherwise` is said to any other. Of some values the beginning and
    the end are known (`aws:userid` of a session ends with the session's name); `likely` is what the value is
    unless a policy names one that agrees with both (the role's ARN with a path that the session's ARN drops).
    """

    __slots__ = ("answers", "likely", "otherwise", "prefix", "suffix")

    def __init__(
        self,
        otherwise: int = UNKNOWN,
        answers: Mapping[Mark, int] | None = None,
        *,
        prefix: str = "",
        suffix: str = "",
        likely: str | None = None,
    ) -> None:
        self.otherwise = otherwise
        self.answers = answers or {}
        self.prefix = prefix
        self.suffix = suffix
        self.likely = likely

    def answer(self, mark: Mark) -> int:
        """Whether the value passes the test."""
        return self.answers.get(mark, self.otherwise)

    def equals(self, text: str) -> int:
        """Whether the value is this text."""
        if text == self.likely:
            return YES
        return self.answer(("=", text)) if _fits(text, self.prefix, self.suffix) else NO

    def folds_to(self, text: str) -> int:
        """Whether the value is this text but for case; the text is given in lower case."""
        if self.likely is not None and text == self.likely.lower():
            return YES
        return self.answer(("fold", text)) if _fits(text, self.prefix.lower(), self.suffix.lower()) else NO

    def like(self, mark: Mark, pattern: Glob, likely: int) -> int:
        """Whether the value fits the pattern; `likely` says whether the likely one does."""
        if pattern.everything or likely == YES:
            return YES
        if self.prefix or self.suffix:
            could = pattern.could_match(self.prefix, self.suffix)
            if could == NO or self.likely is None:
                return could
            return UNKNOWN
        return self.answer(mark)


def _fits(text: str, prefix: str, suffix: str) -> bool:
    return len(text) >= len(prefix) + len(suffix) and text.startswith(prefix) and text.endswith(suffix)


Item = str | Hidden
Reading = tuple[Item, ...]


class Open:
    """A key that may be in more than one way."""

    __slots__ = ("readings",)

    def __init__(self, *readings: Reading) -> None:
        self.readings = readings


State = Reading | Open

SOME_VALUE = Hidden(UNKNOWN)
FOREIGN_VALUE = Hidden(NO)

ABSENT: State = ()
PRESENT: State = (SOME_VALUE,)
ANYTHING: State = Open((), (SOME_VALUE,))
FOREIGN: State = Open((), (FOREIGN_VALUE,))


def readings(state: State) -> tuple[Reading, ...]:
    """The possibilities of a state."""
    return state.readings if isinstance(state, Open) else (state,)


def is_plain(state: State, *, single: bool = False) -> bool:
    """Whether nothing about the key is open; with `single`, also that it has at most one value."""
    if not isinstance(state, tuple) or (single and len(state) > 1):
        return False
    return all(isinstance(item, str) for item in state)

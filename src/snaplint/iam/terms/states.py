"""The state of a context key: what is known about its values.

A *reading* is one possibility: the tuple of the key's values, which is empty if the key is absent. A *state* is one
reading, in which values may be `Hidden`, or an `Open` set of readings. A condition is met only if it is met for every
reading. The state of a key follows from its "Availability" line:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.iam.terms.pattern import Glob

Mark = tuple[object, ...]
"""A single test of a value in normal form, such as `("=", "aws:kms")` or `("ip", Network(4, 10, 24))`."""


class Hidden:
    """A value that is present but unknown, which answers single tests as far as the answer is certain.

    `answers` are the answers that are known, `otherwise` is the answer to any other test. `prefix` and `suffix` are the
    known beginning and end (`aws:userid` of a session ends with the name of the session), `inner` the characters that
    can be between them (None for any). `likely` is the value unless a policy names another one with the same beginning
    and end (the ARN of an account that is given by its twelve digits).
    """

    __slots__ = ("answers", "inner", "likely", "otherwise", "prefix", "suffix")

    def __init__(
        self,
        otherwise: int = UNKNOWN,
        answers: Mapping[Mark, int] | None = None,
        *,
        prefix: str = "",
        suffix: str = "",
        inner: str | None = None,
        likely: str | None = None,
    ) -> None:
        self.otherwise = otherwise
        self.answers = answers or {}
        self.prefix = prefix
        self.suffix = suffix
        self.inner = inner
        self.likely = likely

    def answer(self, mark: Mark) -> int:
        """Return whether the value passes the test."""
        return self.answers.get(mark, self.otherwise)

    def equals(self, text: str) -> int:
        """Return whether the value is this text."""
        if text == self.likely:
            return YES
        return self.answer(("=", text)) if self._fits(text, self.prefix, self.suffix) else NO

    def folds_to(self, text: str) -> int:
        """Return whether the value is this text regardless of case; the text is in lower case."""
        if self.likely is not None and text == self.likely.lower():
            return YES
        return self.answer(("fold", text)) if self._fits(text, self.prefix.lower(), self.suffix.lower()) else NO

    def like(self, mark: Mark, pattern: Glob, likely: int) -> int:
        """Return whether the value matches the pattern; `likely` says whether the likely value does."""
        if pattern.everything or likely == YES:
            return YES
        if self.prefix or self.suffix:
            could = pattern.could_match(self.prefix, self.suffix, self.inner)
            if could == NO or self.likely is None:
                return could
            return UNKNOWN
        return self.answer(mark)

    def _fits(self, text: str, prefix: str, suffix: str) -> bool:
        between = len(text) - len(suffix)
        if between < len(prefix) or not text.startswith(prefix) or not text.endswith(suffix):
            return False
        return self.inner is None or not text[len(prefix) : between].strip(self.inner)


Item = str | Hidden
Reading = tuple[Item, ...]


class Open:
    """A key with more than one possible reading."""

    __slots__ = ("readings",)

    def __init__(self, *readings: Reading) -> None:
        self.readings = readings


State = Reading | Open

SOME_VALUE = Hidden(UNKNOWN)
"""A value that is present but unknown."""
FOREIGN_VALUE = Hidden(NO)
"""A value that is present, and none that a policy lists."""

ABSENT: State = ()
PRESENT: State = (SOME_VALUE,)
ANYTHING: State = Open((), (SOME_VALUE,))
FOREIGN: State = Open((), (FOREIGN_VALUE,))


def readings(state: State) -> tuple[Reading, ...]:
    """Return the possible readings of a state."""
    return state.readings if isinstance(state, Open) else (state,)


def is_plain(state: State, *, single: bool = False) -> bool:
    """Return True if the values of the key are known; with `single`, only if there is at most one."""
    if not isinstance(state, tuple) or (single and len(state) > 1):
        return False
    return all(isinstance(item, str) for item in state)

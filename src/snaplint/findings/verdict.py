"""What a check yields (findings) and what the engine makes of them (verdicts)."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.findings.rule import Certainty, Rule, Severity


FAILS = "fails"
PASSES = "passes"
CANNOT_TELL = "cannot-tell"
NOT_APPLICABLE = "not-applicable"

OUTCOMES = (FAILS, CANNOT_TELL, PASSES, NOT_APPLICABLE)
"""The four verdicts, worst first: the outcome of a request is the first of them that any rule gave."""


class Blame(NamedTuple):
    """One statement, grant or fact that a finding rests on: where it stands, and what it does there.

    `layer` is the kind of document in AWS's words ("bucket policy", "identity policy", "SCP", "bucket ACL").
    """

    route: Route
    layer: str
    text: str
    sid: str | None = None
    effect: str | None = None


class Fails(NamedTuple):
    """The condition does not hold: the call would be refused (or, for a warning, is worse than it looks).

    `values` fill the `%s` of the message that the rule predicts, in order. `severity` and `certainty` replace the
    rule's own where one of its cases is known less well than the rest.
    """

    route: Route
    text: str
    because: tuple[Blame, ...] = ()
    values: tuple[str, ...] = ()
    severity: Severity | None = None
    certainty: Certainty | None = None


class CannotTell(NamedTuple):
    """A fact is missing, or AWS is silent: `needs` names the facts or context keys that would settle it."""

    route: Route
    text: str
    needs: tuple[str, ...] = ()
    because: tuple[Blame, ...] = ()
    values: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()


class Passes(NamedTuple):
    """The condition holds: yielded only where there is something to say of it, such as what was assumed."""

    route: Route
    text: str = ""
    because: tuple[Blame, ...] = ()
    assumes: tuple[str, ...] = ()


class NotApplicable(NamedTuple):
    """The rule has nothing to look at in this request, and why."""

    route: Route
    text: str


Finding = Fails | CannotTell | Passes | NotApplicable


class Verdict(NamedTuple):
    """One rule's answer for one request."""

    rule: Rule
    verdict: str
    severity: Severity
    certainty: Certainty
    route: Route
    message: str
    predicts: str | None = None
    code: str | None = None
    because: tuple[Blame, ...] = ()
    assumes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()


def is_open(verdict: Verdict) -> bool:
    """Whether a verdict leaves open what `--strict` wants told: a condition that AWS documents, or an error."""
    open_ = verdict.verdict == CANNOT_TELL
    return open_ and (verdict.certainty == "documented" or verdict.severity == "error")


def worst(verdicts: tuple[Verdict, ...] | list[Verdict]) -> str:
    """The outcome of a request: the worst verdict that any rule gave."""
    given = {verdict.verdict for verdict in verdicts}
    return next((outcome for outcome in OUTCOMES if outcome in given), NOT_APPLICABLE)

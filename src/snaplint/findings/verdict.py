"""Findings, which checks yield, and verdicts, which the engine makes from them."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.findings.blame import Blame as Blame  # noqa: TC001 - modules import it from here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal

    from snaplint.base.source import Route
    from snaplint.findings.cause import Cause, Repair
    from snaplint.findings.rule import Certainty, Rule, Severity

    Outcome = Literal["fails", "cannot-tell", "passes", "not-applicable"]
    """The verdict of a rule, and the outcome of a request."""

FAILS: Final = "fails"
PASSES: Final = "passes"
CANNOT_TELL: Final = "cannot-tell"
NOT_APPLICABLE: Final = "not-applicable"

OUTCOMES: tuple[Outcome, ...] = (FAILS, CANNOT_TELL, PASSES, NOT_APPLICABLE)
"""The four verdicts, worst first. The outcome of a request is the worst verdict of any rule."""


class Fails(NamedTuple):
    """The condition is not met: AWS would refuse the call or, for a warning, the call has a problem.

    `values` fill the `%s` of the message that the rule predicts, in order. `severity` and `certainty` replace those of
    the rule, for a case that is less certain than the others. `assumes` names facts that are not provided and
    are assumed to have no effect. `causes` says what to change; if it is empty, the finding is its own cause, of the
    kind that the check is registered with. Then `repair` says what to change, and `compared` are the values that the
    one to blame is compared with.
    """

    route: Route
    text: str
    because: tuple[Blame, ...] = ()
    values: tuple[str, ...] = ()
    severity: Severity | None = None
    certainty: Certainty | None = None
    assumes: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    repair: Repair | None = None
    compared: tuple[Blame, ...] = ()


class CannotTell(NamedTuple):
    """The condition is undetermined: a fact is not known, or AWS does not document the behaviour.

    `needs` names the facts and condition keys that would settle it. `certainty` replaces that of the rule, such as
    where AWS does not document the behaviour. `undocumented` says what AWS does not document, where no fact would
    settle it, and `undocumented_keys` are the condition keys in `needs` whose values AWS does not document. `causes`
    says what to change; if it is empty, the facts in `needs` and what is undocumented are the causes.
    """

    route: Route
    text: str
    needs: tuple[str, ...] = ()
    because: tuple[Blame, ...] = ()
    values: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    certainty: Certainty | None = None
    undocumented: tuple[str, ...] = ()
    undocumented_keys: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()


class Passes(NamedTuple):
    """The condition is met. Yielded only with a text, blames or assumptions to report.

    `certainty` replaces that of the rule.
    """

    route: Route
    text: str = ""
    because: tuple[Blame, ...] = ()
    assumes: tuple[str, ...] = ()
    certainty: Certainty | None = None


class NotApplicable(NamedTuple):
    """The rule does not apply to this request, and why."""

    route: Route
    text: str


Finding = Fails | CannotTell | Passes | NotApplicable


class Verdict(NamedTuple):
    """One rule's verdict on one request. A verdict that fails or is undetermined has at least one cause.

    `follows` is True if it only follows from its causes, which are those of another rule: it does not matter by itself.
    """

    rule: Rule
    verdict: Outcome
    severity: Severity
    certainty: Certainty
    route: Route
    message: str
    predicts: str | None = None
    code: str | None = None
    because: tuple[Blame, ...] = ()
    assumes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    follows: bool = False


class BrokenVerdict(Verdict):
    """The undetermined verdict of a rule whose check raised `error`, an error of snaplint or of a plug-in."""

    error: Exception = RuntimeError("the exception was not kept")

    def __getstate__(self) -> None:
        """Return no state: many exceptions cannot be pickled or copied."""


def fails_strict(verdict: Verdict) -> bool:
    """Return True if a verdict is undetermined and `--strict` does not accept that: it is documented, or an error."""
    open_ = verdict.verdict == CANNOT_TELL
    return open_ and (verdict.certainty == "documented" or verdict.severity == "error")


def worst(verdicts: tuple[Verdict, ...] | list[Verdict]) -> Outcome:
    """Return the outcome of a request: the worst verdict of any rule."""
    verdict_words = {verdict.verdict for verdict in verdicts}
    return next((outcome for outcome in OUTCOMES if outcome in verdict_words), NOT_APPLICABLE)

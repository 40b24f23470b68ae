"""Findings, which checks yield, and verdicts, which the engine makes from them."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal

    from snaplint.base.source import Place, Route
    from snaplint.findings.cause import Cause, Repair
    from snaplint.findings.locator import Locator
    from snaplint.findings.rule import Certainty, Rule, Severity

    Outcome = Literal["fails", "cannot-tell", "passes", "not-applicable"]
    """The verdict of a rule, and the outcome of a request."""

FAILS: Final = "fails"
PASSES: Final = "passes"
CANNOT_TELL: Final = "cannot-tell"
NOT_APPLICABLE: Final = "not-applicable"

OUTCOMES: tuple[Outcome, ...] = (FAILS, CANNOT_TELL, PASSES, NOT_APPLICABLE)
"""The four verdicts, worst first. The outcome of a request is the worst verdict of any rule."""


class Blame(NamedTuple):
    """One statement, grant or fact that a finding is based on: its route, and what it does.

    `layer` is AWS's word for the kind of document ("bucket policy", "identity policy", "SCP", "bucket ACL"). `source`
    is the file that the route leads through if that is another file than the request's.
    """

    route: Route
    layer: str
    text: str
    sid: str | None = None
    effect: str | None = None
    source: Locator | None = None

    def locator(self, source: Locator | None) -> Locator | None:
        """Return the file that the route leads through, for a request from the file `source`."""
        return self.source or source

    def place(self, source: Locator | None) -> Place | None:
        """Return the place of the route, for a request from the file `source`; None if no file has it."""
        file = self.locator(source)
        return file.place(self.route) if file else None


def statement_in_words(blame: Blame) -> str:
    """Return a statement by its Sid, or by its number from 1: `statement "DenyOutsideVpc" of the bucket policy`."""
    if blame.sid:
        return f'statement "{blame.sid}" of the {blame.layer}'
    number = blame.route[-1] if blame.route else None
    return f"statement {number + 1} of the {blame.layer}" if isinstance(number, int) else f"the {blame.layer}"


class Fails(NamedTuple):
    """The condition is not met: AWS would refuse the call or, for a warning, the call has a problem.

    `values` fill the `%s` of the message that the rule predicts, in order. `severity` and `certainty` replace those of
    the rule, for a case that is less certain than the others. `assumes` names facts that are not provided and
    are assumed to have no effect. `causes` says what to change; if it is empty, the finding is its own cause, of the
    kind that the check is registered with, and `repair` says what to change.
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
    """One rule's verdict on one request. A verdict that fails or is undetermined has at least one cause."""

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

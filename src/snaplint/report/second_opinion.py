"""The comparison of snaplint's verdicts on the caller with the answers of IAM's policy simulator."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import listed
from snaplint.findings.verdict import FAILS, PASSES
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.report.terminal import Style


class ComparedVerdict(NamedTuple):
    """One verdict on the caller of one request, and the actions of it that IAM's simulator denies.

    `denied` is None if IAM was not asked. `request` is the number of the request in the run, from 0.
    """

    title: str
    rule: str
    verdict: str
    denied: Sequence[str] | None
    request: int = 0

    @property
    def agrees(self) -> bool | None:
        """True if IAM denies an action where the verdict fails, and none where it passes; None if that is unknown."""
        if self.denied is None or self.verdict not in (PASSES, FAILS):
            return None
        return (self.verdict == FAILS) == bool(self.denied)


def second_opinion_data(about: str, compared: Iterable[ComparedVerdict], why: str) -> dict[str, object]:
    """Return the comparison as it is in a JSON report; the arguments are those of `second_opinion_text`."""
    return {
        "about": about or None,
        "why": why or None,
        "compared": [
            {
                "request": each.request,
                "rule": each.rule,
                "verdict": each.verdict,
                "denied": None if each.denied is None else list(each.denied),
                "agrees": each.agrees,
            }
            for each in compared
            if not why
        ],
    }


def second_opinion_text(about: str, compared: Iterable[ComparedVerdict], why: str, style: Style) -> str:
    """Return the section, which ends with a line end. `about` is the ARN that IAM was asked about.

    `why` says why there are no answers from IAM; "" if there are.
    """
    head = (
        f"second opinion: iam:SimulatePrincipalPolicy for {sanitise(about) or 'an unknown caller'}; it evaluates "
        "identity policies, the permissions boundary and SCPs, but no bucket policy, session policy or RCP"
    )
    lines = [style.paint("strong", line) for line in wrap(head, style.width)]
    if why:
        return "\n".join([*lines, *_entry("could not ask", "unknown", sanitise(why), style), ""])
    for each in compared:
        word, role = _word(each)
        lines += _entry(word, role, f"{sanitise(each.rule)}, {each.title}: {_comparison(each)}", style)
    return "\n".join([*lines, ""])


def _entry(word: str, role: str, text: str, style: Style) -> list[str]:
    first, *rest = wrap(text, style.width, indent=4, used=len(word) + 4)
    return [f"  {style.paint(role, word)}: {first}", *rest]


def _word(each: ComparedVerdict) -> tuple[str, str]:
    if each.denied is None:
        return "could not ask", "unknown"
    if each.agrees is None:
        return "snaplint cannot determine", "unknown"
    return ("agree", "success") if each.agrees else ("differ", "warning")


def _comparison(each: ComparedVerdict) -> str:
    if each.denied is None:
        return "the request lacks the names that the question to IAM needs"
    iam = (
        f"denies {listed(f'`{sanitise(action)}`' for action in each.denied)}" if each.denied else "allows every action"
    )
    if each.agrees is None:
        return f"IAM {iam}"
    if each.agrees:
        return f"IAM {iam} too"
    ours = "an action is not allowed" if each.verdict == FAILS else "every action is allowed"
    return f"snaplint finds that {ours}, but IAM {iam}"

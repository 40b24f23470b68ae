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

    `denied` is None if IAM was not asked.
    """

    title: str
    rule: str
    verdict: str
    denied: Sequence[str] | None


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
    if each.verdict not in (PASSES, FAILS):
        return "snaplint cannot determine", "unknown"
    return ("agree", "success") if (each.verdict == FAILS) == bool(each.denied) else ("differ", "warning")


def _comparison(each: ComparedVerdict) -> str:
    if each.denied is None:
        return "the request lacks the names that the question to IAM needs"
    iam = (
        f"denies {listed(f'`{sanitise(action)}`' for action in each.denied)}" if each.denied else "allows every action"
    )
    if each.verdict not in (PASSES, FAILS):
        return f"IAM {iam}"
    if (each.verdict == FAILS) == bool(each.denied):
        return f"IAM {iam} too"
    ours = "an action is not allowed" if each.verdict == FAILS else "every action is allowed"
    return f"snaplint finds that {ours}, but IAM {iam}"

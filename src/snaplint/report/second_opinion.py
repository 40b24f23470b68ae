"""What IAM's own simulator says beside what snaplint says of the caller: where they agree, and where they do not."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.findings.verdict import FAILS, PASSES
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.report.terminal import Style


class ComparedVerdict(NamedTuple):
    """One verdict on the caller of one request, and what IAM denies of what it asks for.

    `denied` holds actions; None where IAM has not been asked.
    """

    title: str
    rule: str
    verdict: str
    denied: Sequence[str] | None


def second_opinion_text(about: str, compared: Iterable[ComparedVerdict], why: str, style: Style) -> str:
    """The section, ending with a line end. `why` there is no opinion, if there is none."""
    head = (
        f"second opinion: iam:SimulatePrincipalPolicy of {sanitise(about) or 'nobody'}; it looks at identity policies, "
        "the boundary and SCPs, and at no bucket policy, session policy or RCP"
    )
    lines = [style.paint("strong", line) for line in wrap(head, style.width)]
    if why:
        return "\n".join([*lines, *_entry("could not ask", "unknown", sanitise(why), style), ""])
    for each in compared:
        word, role = _word(each)
        lines += _entry(word, role, f"{sanitise(each.rule)}, {each.title}: {_said(each)}", style)
    return "\n".join([*lines, ""])


def _entry(word: str, role: str, text: str, style: Style) -> list[str]:
    first, *rest = wrap(text, style.width, indent=4, used=len(word) + 4)
    return [f"  {style.paint(role, word)}: {first}", *rest]


def _word(each: ComparedVerdict) -> tuple[str, str]:
    if each.denied is None:
        return "could not ask", "unknown"
    if each.verdict not in (PASSES, FAILS):
        return "snaplint cannot tell", "unknown"
    return ("agree", "success") if (each.verdict == FAILS) == bool(each.denied) else ("differ", "warning")


def _said(each: ComparedVerdict) -> str:
    if each.denied is None:
        return "the request has no names to ask about"
    iam = f"denies {', '.join(f'`{sanitise(action)}`' for action in each.denied)}" if each.denied else "allows it all"
    if each.verdict not in (PASSES, FAILS):
        return f"IAM {iam}"
    if (each.verdict == FAILS) == bool(each.denied):
        return f"IAM {iam} too"
    ours = "something is not allowed" if each.verdict == FAILS else "all is allowed"
    return f"snaplint finds that {ours}, IAM {iam}"

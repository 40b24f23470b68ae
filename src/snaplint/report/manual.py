"""The manual for a terminal: a rule on one screen, and a kind of cause."""

from __future__ import annotations

from snaplint.base.wording import listed
from snaplint.report.block import CERTAINTY
from snaplint.report.terminal import sanitise, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.findings.rule import Rule
    from snaplint.report.terminal import Style

WIDTH = 80
"""Long lines are hard to read, so pages are no wider than this."""


def rule_page(rule: Rule, why: Iterable[str], links: Iterable[str], kinds: Sequence[str], style: Style) -> str:
    """Return why a rule exists and what to do if it fails; `kinds` are those of the causes of a failure."""
    lines = [
        *_strong(f"# {rule.id}", style),
        "",
        *_text(f"{rule.title}."),
        *_text(f"A failure is {_article(rule.severity)} {rule.severity}, {_source(rule)}."),
        "",
        *_strong("## Why", style),
        "",
        *_paragraphs(why),
        *_strong("## What to do", style),
        "",
    ]
    answer = ": ".join(filter(None, (rule.code, rule.message)))
    if answer:
        lines += [*_text(f"AWS's answer: {answer}"), ""]
    lines += [*_text(rule.solution), ""] if rule.solution else []
    named = listed((f"`snaplint explain {kind}`" for kind in kinds), "or")
    lines += [*_text(f"The report names the kind of the cause, which {named} explains."), ""]
    lines += [*_text(f"`snaplint explain {rule.id} --cases` prints the cases that the rule is tested with."), ""]
    return _joined([*lines, *(sanitise(url) for url in dict.fromkeys((*rule.docs, *links)))])


def cause_page(kind: str, paragraphs: Iterable[str], links: Iterable[str], style: Style) -> str:
    """Return the section of a kind of cause."""
    return _joined([*_strong(f"# {kind}", style), "", *_paragraphs(paragraphs, style), *map(sanitise, links)])


def error_page(rule: Rule, meaning: str, commands: Iterable[str], style: Style) -> str:
    """Return what an error of AWS means by one rule, what to do, and the commands to run next."""
    lines = [
        *_strong(f"{rule.id}: {rule.title}.", style),
        "",
        *_text(meaning),
        "",
        *_text(f"What to do: {rule.solution}"),
        "",
        "Next:",
    ]
    return _joined([*lines, *(f"  {sanitise(command)}" for command in commands)])


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Return names with one line of text each, in two columns."""
    each = list(rows)
    width = max(len(name) for name, _ in each)
    lines: list[str] = []
    for name, text in each:
        first, *rest = wrap(sanitise(text), WIDTH, indent=width + 4, used=width + 4)
        lines += [f"  {name:<{width}}  {first}", *rest]
    return _joined(lines)


def _paragraphs(paragraphs: Iterable[str], style: Style | None = None) -> list[str]:
    lines: list[str] = []
    for paragraph in paragraphs:
        if "\n" in paragraph or paragraph.startswith(("{", "[")):  # a block to paste
            lines += [sanitise(line) for line in paragraph.split("\n")]
        elif paragraph.startswith("### ") and style is not None:
            lines += _strong(paragraph[1:], style)
        else:
            lines += _text(paragraph)
        lines.append("")
    return lines


def _source(rule: Rule) -> str:
    return CERTAINTY.get(rule.certainty, "documented by AWS")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _text(text: str) -> list[str]:
    return wrap(sanitise(text), WIDTH)


def _strong(text: str, style: Style) -> list[str]:
    return [style.paint("strong", line) for line in _text(text)]


def _joined(lines: Sequence[str]) -> str:
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return "".join(f"{line}\n" for line in lines[:end])

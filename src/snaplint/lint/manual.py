"""The manual: the page of each rule, and the section of each kind of cause in rules/CAUSES.md."""

from __future__ import annotations

import re

from snaplint.base.record import NamedTuple
from snaplint.checks.registry import CHECKS
from snaplint.findings.cause import (
    ACL,
    BOUNDARY,
    COLLISION,
    DENY,
    KINDS,
    MISSING_GRANT,
    RCP,
    REQUEST,
    SCP,
    SESSION_POLICY,
    SETTING,
    WRONG_PRINCIPAL,
)
from snaplint.lint import rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.findings.rule import Rule

_LINK = re.compile(r"\[([^\][]+)\]\((https://[^)\s]+)\)")

_KINDS_OF = {
    "service.granted": (MISSING_GRANT, DENY, WRONG_PRINCIPAL, ACL, RCP),
    "service.allowed": (MISSING_GRANT, DENY, WRONG_PRINCIPAL, ACL, RCP),
    "caller.allowed": (MISSING_GRANT, DENY, BOUNDARY, SESSION_POLICY, SCP, RCP, SETTING),
    "bucket.keys-free": (REQUEST, COLLISION),
    "snapshot.exists": (REQUEST, COLLISION),
}
"""The kinds of the causes of a failure, for the checks that have more than one."""


class Prose(NamedTuple):
    """Text of a page for a terminal: paragraphs in one line each, and the links in them.

    A block of code is a paragraph of several lines.
    """

    paragraphs: tuple[str, ...]
    links: tuple[str, ...]


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Return the kinds of causes that a failure of the rule can have."""
    return _KINDS_OF.get(rule.check) or (CHECKS[rule.check].blames,)


def why(page: str) -> Prose:
    """Return the section *Why* of a rule's page; the whole page up to the first case if it has no such section."""
    before, heading, after = page.partition("\n## Why\n")
    return prose((after if heading else before).partition("\n## ")[0])


def rest(page: str) -> str:
    """Return a rule's page from the first heading after *Why*: its cases."""
    _, heading, after = page.partition("\n## Why\n")
    return "".join(after.partition("\n## ")[1:]).lstrip("\n") if heading else page


def causes() -> Iterator[tuple[str, Prose]]:
    """Yield each kind of cause with its section of the manual."""
    page = rulebook.causes_page()
    for kind in KINDS:
        yield kind, prose(_section(page, kind))


def cause(kind: str) -> Prose:
    """Return the section of a kind of cause."""
    return prose(_section(rulebook.causes_page(), kind))


def _section(page: str, heading: str) -> str:
    return page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def prose(markdown: str) -> Prose:
    """Return text in Markdown as paragraphs without links, and the links, each once."""
    paragraphs: list[str] = []
    links: dict[str, None] = {}
    for number, part in enumerate(re.split(r"^```.*\n", markdown, flags=re.MULTILINE)):
        if number % 2:  # every other part is a fenced block
            paragraphs.append(part.rstrip("\n"))
            continue
        for paragraph in re.split(r"\n\s*\n", part):
            line = " ".join(paragraph.split())
            links.update(dict.fromkeys(url for _, url in _LINK.findall(line)))
            paragraphs += [_LINK.sub(r"\1", line)] if line else []
    return Prose(tuple(paragraphs), tuple(links))

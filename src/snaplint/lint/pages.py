"""A rule's page as a test: it runs the fenced cases under *Fails*, *Passes* and *Cannot tell*.

A case is a preflight file in YAML; defaults replace a missing `version`, `account`, `region` or `requests`. For every
request in it, the rule must give the verdict of the heading. Comments at the end of a line state the place and the
message that are expected: `# fails: MESSAGE` or `# cannot tell: MESSAGE` on the line of the verdict, and `# because` on
each line that the verdict names as a cause. In a case with several requests, all but the last may have another verdict,
which such a comment states: `# passes` has no message.
"""

from __future__ import annotations

import os

from snaplint.base.breakage import Breakage
from snaplint.base.record import NamedTuple
from snaplint.base.source import Unreadable
from snaplint.findings.result import results_and_faults
from snaplint.findings.verdict import CANNOT_TELL, FAILS, PASSES
from snaplint.lint import rulebook
from snaplint.lint.linter import check_document
from snaplint.operations.registry import operation_named, with_operation
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.findings.result import Result
    from snaplint.findings.rule import Rule

SECTIONS = {"Fails": FAILS, "Passes": PASSES, "Cannot tell": CANNOT_TELL}
NEVER = "Never"
"""A section without cases begins with this word and says why."""

_DEFAULTS = {
    "version": "version: 1",
    "account": 'account: "111122223333"',
    "region": "region: us-east-1",
}
_NAMES = {"source": "nightly", "target": "orders-2026-11", "bucket": "exports"}
"""The names in the default request of a case, by the role of the member."""


UNCLOSED = "```"
"""The text of a fenced block that is not closed: it is not valid YAML, so it is reported."""


class Case(NamedTuple):
    """One fenced block: its section, the line of the page on which its text begins, and the text."""

    section: str
    line: int
    text: str


def cases(rule: Rule) -> list[Case]:
    """Return the cases on a rule's page, in order."""
    try:
        return list(_cases(rulebook.page(rule)))
    except Unreadable:
        return []


def _cases(page: str) -> Iterator[Case]:
    section, begun = "", 0
    block: list[str] | None = None
    for number, line in enumerate(page.splitlines(), 1):
        if block is not None:
            if line.startswith("```"):
                if section in SECTIONS:
                    yield Case(section, begun, "\n".join(block) + "\n")
                block = None
            else:
                block.append(line)
        elif line.startswith("```"):
            begun, block = number + 1, []
        elif line.startswith("## "):
            section = line[3:].strip()
    if block is not None:
        yield Case(section, begun, UNCLOSED)


def problems(rule: Rule) -> Iterator[str | Breakage]:
    """Yield the problems of a rule's page, each as one line that begins with a place.

    A case in which the check raises an exception is a `Breakage` of the page.
    """
    path = os.path.join(rule.folder or os.path.join(rulebook.rules_dir(), rule.id), rulebook.PAGE_FILE)
    if not rulebook.has_page(rule):
        yield f"{path}:1:1: the rule has no page"
        return
    try:
        page = rulebook.page(rule)
    except Unreadable as error:
        yield f"{path}:{error.line}:{error.column}: cannot read the page: {error.message}"
        return
    yield from (f"{path}:1:1: {problem}" for problem in _form_problems(page))
    for case in _cases(page):
        for problem in _case_problems(rule, case, path):
            if isinstance(problem, Breakage):
                yield problem.at(path, case.line)
            else:
                yield f"{path}:{case.line}:1: {problem}"


def _form_problems(page: str) -> Iterator[str]:
    headings = [line[3:].strip() for line in page.splitlines() if line.startswith("## ")]
    if [heading for heading in headings if heading in ("Why", *SECTIONS)] != ["Why", *SECTIONS]:
        yield f"the page needs the headings Why, {', '.join(SECTIONS)}, in this order"
    sections = {case.section for case in _cases(page)}
    for section in SECTIONS:
        text = page.partition(f"\n## {section}\n")[2].strip()
        if section not in sections and not (text.startswith(NEVER) and section == "Cannot tell"):
            yield f"there is no case under {section}"


def _case_problems(rule: Rule, case: Case, path: str) -> Iterator[str | Breakage]:
    try:
        document = parse(path.removesuffix(".md") + ".yaml", _completed(rule, case.text).encode())
    except Unreadable as error:
        yield f"the case cannot be read: {error.line}:{error.column}: {error.message}"
        return
    results, faults = results_and_faults(check_document(document, Files(), [rule]))
    for fault in faults:
        if isinstance(fault, Breakage):
            yield fault
            return
        yield f"the case cannot be read: {fault.line}:{fault.column}: {fault.message}"
    for result in results:
        stated = result is not results[-1] and any(mark in _marks(case.text) for mark in _points(result))
        yield from () if stated else _result_problems(case, result)
    if results:
        yield from _place_problems(case, results)


def _completed(rule: Rule, text: str) -> str:
    members = {line.partition(":")[0] for line in text.splitlines()}
    defaults = {**_DEFAULTS, "requests": f"requests: [{_request(rule)}]"}
    return text + "".join(f"{line}\n" for name, line in defaults.items() if name not in members)


def _request(rule: Rule) -> str:
    """Return a request of the rule's first operation in YAML, in the mode to which the rule applies."""
    operation = operation_named(rule.operations[0])
    names = {role: name for role, name in _NAMES.items() if role != "bucket" or rule.applies != "copy"}
    members = {member.name: names[member.role] for member in operation.members if member.role in names}
    return "{" + ", ".join(f"{name}: {value}" for name, value in with_operation(operation, members).items()) + "}"


def _result_problems(case: Case, result: Result) -> Iterator[str]:
    verdict = result.verdicts[0]
    if verdict.verdict != SECTIONS[case.section]:
        yield f"the verdict is {verdict.verdict}, but the case is under {case.section}: {verdict.message}"


def _place_problems(case: Case, results: list[Result]) -> Iterator[str]:
    """Yield a problem for each difference between the lines that the case marks and those that the verdicts name."""
    expected = list(_marks(case.text))
    if not expected and case.section != "Fails":
        return
    found = [mark for result in results for mark in (*_points(result), *_blames(result))]
    words = [mark for mark in found if mark[1] != "because" and (mark[1] != PASSES or mark in expected)]
    if any(mark[1] != "because" for mark in expected) or case.section == "Fails":
        yield from _differences(case, [mark for mark in expected if mark[1] != "because"], words)
    if any(mark[1] == "because" for mark in expected):
        blamed = [mark for mark in found if mark[1] == "because" and mark[0] <= case.text.count("\n")]
        yield from _differences(case, [mark for mark in expected if mark[1] == "because"], blamed)


Mark = tuple[int, str]


def _marks(text: str) -> Iterator[Mark]:
    for number, line in enumerate(text.splitlines(), 1):
        for word in ("because", PASSES):
            if f"# {word}" in line:
                yield number, word
        for word in ("fails: ", "cannot tell: "):
            _, mark, rest = line.rpartition(f"# {word}")
            if mark:
                yield number, f"{word}{rest}".strip()


def _points(result: Result) -> Iterator[Mark]:
    """Yield the mark of the verdict, in the line that it names."""
    verdict = result.verdicts[0]
    place = result.source.place(verdict.route) if result.source else None
    if place is None:
        return
    if verdict.verdict in (FAILS, CANNOT_TELL):
        yield place.span.line, f"{verdict.verdict.replace('-', ' ')}: {verdict.message}"
    elif verdict.verdict == PASSES:
        yield place.span.line, PASSES


def _blames(result: Result) -> Iterator[Mark]:
    for blame in result.verdicts[0].because:
        place = blame.place(result.source)
        if place is not None:
            yield place.span.line, "because"


def _differences(case: Case, expected: list[Mark], found: list[Mark]) -> Iterator[str]:
    for line, words in sorted(set(found) - set(expected)):
        yield f"line {case.line + line - 1} of the page needs `# {words}`"
    for line, words in sorted(set(expected) - set(found)):
        yield f"line {case.line + line - 1} of the page says `# {words}`, which is wrong"

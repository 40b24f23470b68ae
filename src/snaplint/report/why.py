"""Why a request has its verdicts, as a tree: the caller and the service, their rights, and the layers that decided."""

from __future__ import annotations

from snaplint.base.wording import counted, listed
from snaplint.findings.verdict import CANNOT_TELL, FAILS, PASSES, worst
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.report.explanation import condition_words, element_words, layer_summary, layer_words, statement_words
from snaplint.report.terminal import sanitise, usable_width, wrap
from snaplint.report.title import location, title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.base.source import Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.verdict import Verdict
    from snaplint.findings.why import Branch, Right, Seen, Way, Why
    from snaplint.iam.explain.explain import ExplainedLayer, ExplainedStatement
    from snaplint.report.terminal import Style

LABELS = {"resource": "bucket policy"}
"""What a layer is called here, where every resource with a policy is a bucket."""
MOST_STATEMENTS = 3
"""How many statements of one layer are shown."""
_MARKS = {YES: ("ok", "+"), UNKNOWN: ("unknown", "?"), NO: ("error", "-")}
_WORDS = {YES: "allowed", UNKNOWN: "undetermined", NO: "not allowed"}
_ROLES = {FAILS: "error", CANNOT_TELL: "unknown", PASSES: "ok"}


class _Lines:
    """Writes lines of one style; the places in them are those of one file."""

    def __init__(self, style: Style, source: Locator | None) -> None:
        self.style = style._replace(width=usable_width(style.width))
        self.source = source

    def line(self, text: str, indent: int, mark: tuple[str, str] | None = None, role: str = "") -> list[str]:
        """Return a text as lines with an indent, after a mark if there is one."""
        role_of_mark, sign = mark or ("", "")
        used = indent + (2 if sign else 0)
        first, *rest = wrap(sanitise(text), self.style.width, indent=used + 2, used=used)
        head = " " * indent + (f"{self.style.paint(role_of_mark, sign)} " if sign else "")
        paint = (lambda part: self.style.paint(role, part)) if role else str
        return [head + paint(first), *(paint(each) for each in rest)]

    def place(self, route: Route) -> str:
        """Return the place of a route as the end of a line; empty if no file has it."""
        found = self.source.place(route) if self.source is not None else None
        return f" ({location(found)})" if found is not None else ""


def text(why: Why, style: Style, rule: str = "") -> str:
    """Return the tree as text; with `rule`, only what concerns that rule."""
    result = why.result
    writer = _Lines(style, result.source)
    outcome = worst(result.verdicts)
    place = result.source.place(result.route) if result.source is not None else None
    head = f"{sanitise(place.path)}:{place.span.line}  " if place is not None else ""
    lines = [f"{style.paint('gutter', head)}{style.paint('strong', f'{title(result.request)}: {outcome}')}", ""]
    for branch in why.branches:
        if not rule or rule in {each.rule.id for each in branch.verdicts}:
            lines += [*_branch(branch, rule, writer), ""]
    others = [each for each in why.others if not rule or each.rule.id == rule]
    lines += _others(others, writer, whole=bool(rule))
    while not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)


def _branch(branch: Branch, rule: str, writer: _Lines) -> list[str]:
    lines = writer.line(branch.name, 0, role="strong")
    rights = [each for each in branch.rights if not rule or rule in each.rules]
    for verdict in branch.verdicts:
        if not rule or verdict.rule.id == rule:
            lines += _verdict(verdict, writer, whole=not rights)
    # rights that were decided in the same way are shown together
    groups: dict[tuple[int, tuple[str, ...]], list[Right]] = {}
    for right in rights:
        ways = tuple(line for way in right.ways for line in _way(way, writer))
        groups.setdefault((right.truth, ways), []).append(right)
    for (truth, ways), together in groups.items():
        lines += writer.line(f"{_WORDS[truth]}: {_named(together)}", 2, _MARKS[truth])
        lines += ways
    return lines


def _named(rights: Iterable[Right]) -> str:
    """Return actions with their resources: `s3:GetObject` and `s3:PutObject` on `bucket/key`, …"""
    at: dict[str, list[str]] = {}
    for right in rights:
        at.setdefault(right.place, []).append(f"`{right.action}`")
    return "; ".join(f"{listed(actions)} on {place}" for place, actions in at.items())


def _verdict(verdict: Verdict, writer: _Lines, *, whole: bool) -> list[str]:
    """Return a verdict in one line; with `whole`, its message, and below it what it names as the reasons."""
    message = f": {verdict.message}" if verdict.message and whole else ""
    lines = writer.line(f"{verdict.rule.id} {verdict.verdict}{message}", 2, role=_ROLES.get(verdict.verdict, "faint"))
    if whole:
        for blame in verdict.because:
            place = blame.place(writer.source)
            where = f" ({location(place)})" if place is not None else ""
            lines += writer.line(f"{blame.layer}: {blame.text}{where}", 4)
        needs = [f"`{each}`" for each in verdict.depends_on if each not in verdict.message]
        lines += writer.line(f"depends on {listed(needs)}", 4) if needs else []
    return lines


def _others(verdicts: Sequence[Verdict], writer: _Lines, *, whole: bool) -> list[str]:
    """Return the verdicts about anything but rights: those that do not pass with their messages, the others counted."""
    shown = [each for each in verdicts if whole or each.verdict in (FAILS, CANNOT_TELL)]
    lines = writer.line("other conditions", 0, role="strong") if verdicts else []
    for verdict in shown:
        lines += _verdict(verdict, writer, whole=True)
    rest = len(verdicts) - len(shown)
    return lines + (writer.line(f"{counted(rest, 'condition')} more: none fails or is undetermined", 2) if rest else [])


# -- the ways in which a right can be granted
# ------------------------------------------------------------------------------------------------------------------


def _way(way: Way, writer: _Lines) -> Iterator[str]:
    indent = 4
    if way.name:
        yield from writer.line(f"{way.name}: {_WORDS[way.truth]}", 4, _MARKS[way.truth])
        indent = 6
    if way.text:
        yield from writer.line(way.text, indent)
    for blame in way.grants:
        yield from writer.line(f"bucket ACL: {blame.text}{writer.place(blame.route)}", indent)
    is_denied = way.truth == NO and any(seen.layer.deny == YES for seen in way.layers)
    for seen in way.layers:
        yield from _layer(seen, indent, writer, near=way.truth != YES and not is_denied)
    for why in dict.fromkeys(why for _, why in way.absent):
        labels = listed(label for label, reason in way.absent if reason == why)
        yield from writer.line(f"{labels}: {why}", indent, role="faint")
    for fact in way.assumes:
        yield from writer.line(f"`{fact}`: not provided and assumed to have no effect", indent, role="faint")
    if way.depends_on:
        yield from writer.line(f"depends on {way.depends_on}", indent, role="unknown")


def _layer(seen: Seen, indent: int, writer: _Lines, *, near: bool) -> Iterator[str]:
    """Yield a layer with the statements that decided; with `near`, also those that nearly allow the action."""
    layer = seen.layer
    role, words = layer_summary(layer)
    if (
        not near and layer.name in ("identity", "resource") and layer.allow == layer.deny == NO
    ):  # an Allow in another layer is enough, or a Deny in it decides
        role, words = "faint", "no Deny matches"
    name = LABELS.get(layer.name) or layer_words(layer.name, layer.level)
    yield from writer.line(f"{name}: {words}", indent, role=role)
    numbers = list(_deciding(layer, near=near))
    for number in numbers[:MOST_STATEMENTS]:
        yield from _statement(seen, number, indent + 2, writer)
    if len(numbers) > MOST_STATEMENTS:
        yield from writer.line(f"{counted(len(numbers) - MOST_STATEMENTS, 'statement')} more", indent + 2, role="faint")


def _deciding(layer: ExplainedLayer, *, near: bool) -> Iterator[int]:
    """Yield the indexes of the statements that decided: a Deny, else the Allows, else those that nearly match."""
    each = list(enumerate(layer.statements))
    if layer.deny == YES:
        yield from (number for number, one in each if one.truth == YES and one.effect == "Deny")
        return
    yield from (number for number, one in each if one.truth == UNKNOWN and one.effect != "Allow")
    if layer.allow != NO or near:
        yield from (number for number, one in each if one.truth == layer.allow and one.effect == "Allow")


def _statement(seen: Seen, number: int, indent: int, writer: _Lines) -> Iterator[str]:
    layer, statement = seen.layer, seen.layer.statements[number]
    if statement.statement < 0:
        yield from writer.line("the policy is not known", indent, ("unknown", "?"))
        return
    name = statement_words(layer.name, statement.policy, statement.statement, statement.sid, statement.effect)
    verb = {YES: "matches", UNKNOWN: "may match", NO: "does not match"}[statement.truth]
    good = "error" if statement.effect == "Deny" else "ok"
    role, mark = {YES: (good, "+"), UNKNOWN: ("unknown", "?"), NO: ("faint", "-")}[statement.truth]
    yield from writer.line(f"{name} {verb}{writer.place(seen.routes[number])}", indent, (role, mark))
    for note in _notes(statement):
        yield from writer.line(note, indent + 4)


def _notes(statement: ExplainedStatement) -> Iterator[str]:
    """Yield what keeps a statement from matching, or may do so, and the conditions of a Deny that matches."""
    for element in statement.elements:
        if element.truth != YES and element.name != "Grant":
            yield element_words(element)
    for condition in statement.conditions:
        if condition.truth != YES or statement.effect == "Deny":
            yield condition_words(condition)
    if statement.doubts:
        yield f"undetermined: {listed((f'`{each}`' for each in statement.doubts), most=5)}"

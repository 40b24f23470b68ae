"""`snaplint explain`: a rule, a kind of cause, an error of AWS, or how a request was decided."""

from __future__ import annotations

import re
import sys

from snaplint.base.source import Unreadable, parted
from snaplint.base.wording import clipped, did_you_mean, listed, nearest
from snaplint.cli.inputs import STDIN, Unusable
from snaplint.cli.parser import Parser
from snaplint.cli.reporting import settings_of
from snaplint.findings.cause import KINDS
from snaplint.lint import manual, messages, rulebook
from snaplint.operations.registry import DEFAULT, operation_named
from snaplint.report import manual as printed
from snaplint.report.formats.text import fault_line
from snaplint.report.terminal import Style, sanitise, shown
from snaplint.syntax.reading import whole_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from snaplint.config import Config
    from snaplint.findings.rule import Rule
    from snaplint.lint.messages import Predicted

FOUND, UNUSABLE = 0, 2

_MOST_INPUT = 1 << 20
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_EXAMPLES = {"source": "SNAPSHOT", "target": "NAME", "bucket": "BUCKET"}
"""What stands for a name that an error does not have."""


def run(arguments: Sequence[str]) -> int:
    """Print what is asked for; if there is no such thing, suggest a similar one."""
    options = parser().parse_args(arguments)
    settings, unset = settings_of()
    rules, unloaded = parted(rulebook.load(options.rules, settings.rules))
    faults = (*unset, *unloaded)
    for fault in faults:
        print(fault_line(fault, Style()), file=sys.stderr)
    by_id = {rule.id: rule for rule in rules}
    try:
        code = _explain(options, by_id) if options.why is None else _why(options, by_id, settings)
    except Unusable as error:
        code = _unusable(str(error))
    return UNUSABLE if faults else code


def parser() -> Parser:
    """Return the command line of `snaplint explain`."""
    made = Parser(
        "snaplint explain",
        description="Explain a rule, a kind of cause, or an error that AWS returned: what it means and what to do. "
        "Without arguments, list the kinds of causes. With --why, explain how a request was decided.",
    )
    made.add_argument(
        "topic",
        metavar="RULE, KIND or ERROR",
        nargs="*",
        help="the id of a rule (`snaplint rules` lists them), a kind of cause, or AWS's error in quotes: its message, "
        "its code, or all that the AWS CLI printed; - reads the error from standard input",
    )
    made.add_argument(
        "--cases", action="store_true", help="print the rest of the page of a rule: the cases that it is tested with"
    )
    made.add_argument(
        "--why",
        metavar="FILE[:LINE]",
        help="print for the request of a file, the last one that begins at or before LINE, what decided its verdicts: "
        "for the caller and for the service, each layer with its statement",
    )
    made.add_argument("--rule", metavar="RULE", default="", help="with --why: only what concerns one rule")
    made.add_argument("--strict", action="store_true", help="with --why: assume nothing, as `snaplint check --strict`")
    made.add_argument(
        "--allow-outside", action="store_true", help="with --why: the file may name files outside its project"
    )
    made.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="a folder of your own rules; may be repeated"
    )
    return made


def _explain(options: argparse.Namespace, rules: Mapping[str, Rule]) -> int:
    topic = " ".join(options.topic)
    if not options.topic:
        return _overview()
    if topic in rules:
        return _rule(rules[topic], cases=options.cases)
    if topic in KINDS:
        section = manual.cause(topic)
        sys.stdout.write(printed.cause_page(topic, section.paragraphs, section.links, Style()))
        return FOUND
    if topic == STDIN:
        try:
            return _error(whole_input(_MOST_INPUT).decode("utf-8", "replace"), rules)
        except Unreadable as error:
            return _unusable(f"cannot read standard input: {error.message}")
    if messages.is_error(topic, rules.values()):
        return _error(topic, rules)
    near = did_you_mean(nearest(topic, (*rules, *KINDS)))
    return _unusable(f"there is no rule `{shown(topic)}`{near or '; `snaplint rules` lists them'}")


def _why(options: argparse.Namespace, rules: Mapping[str, Rule], settings: Config) -> int:
    if options.topic:
        raise Unusable("--why takes no other argument; --rule RULE limits it to one rule")
    from snaplint.cli.why import explain  # only this needs the readers and the policy engine

    strict = options.strict or settings.strict
    outside = options.allow_outside or settings.allow_outside
    is_whole = explain(options.why, rules, only=options.rule, strict=strict, allow_outside=outside)
    return FOUND if is_whole else UNUSABLE


def _unusable(message: str) -> int:
    print(f"snaplint: {message}", file=sys.stderr)
    return UNUSABLE


def _overview() -> int:
    print("The kinds of causes; `snaplint explain KIND` says what each means and what to change:\n")
    sys.stdout.write(printed.table((kind, section.paragraphs[0]) for kind, section in manual.causes()))
    print("\n`snaplint rules` lists the rules, which `snaplint explain RULE` explains.")
    print('`snaplint explain "MESSAGE"` explains an error that AWS returned.')
    return FOUND


def _rule(rule: Rule, *, cases: bool) -> int:
    try:
        page = rulebook.page(rule)
    except Unreadable as error:
        return _unusable(f"cannot read the page of `{rule.id}`: {error.message}")
    if cases:
        print("\n".join(sanitise(line) for line in manual.rest(page).splitlines()))
    else:
        why = manual.why(page)
        sys.stdout.write(printed.rule_page(rule, why.paragraphs, why.links, manual.kinds_of(rule), Style()))
    return FOUND


# -- errors of AWS
# ------------------------------------------------------------------------------------------------------------------


def _error(error: str, rules: Mapping[str, Rule]) -> int:
    found = messages.predicted(error, tuple(rules.values()))
    if not found:
        return _unknown_error(error, rules)
    pages: list[str] = []
    for each in found:
        try:
            meaning = manual.why(rulebook.page(each.rule)).paragraphs[:1]
        except Unreadable:
            meaning = ()
        pages.append(printed.error_page(each.rule, "".join(meaning), _commands(each), Style()))
    sys.stdout.write("\n".join(pages))
    return FOUND


def _unknown_error(error: str, rules: Mapping[str, Rule]) -> int:
    if not error.strip():
        return _unusable("there is no error to explain: the text is empty")
    near = messages.near(error, tuple(rules.values()))
    print(f"snaplint: no rule predicts the error `{clipped(shown(error.strip()))}`", file=sys.stderr)
    for rule in near:
        print(f"  {rule.id}: {sanitise(rule.message or rule.code or rule.title)}", file=sys.stderr)
    if near:
        ids = listed((f"`snaplint explain {rule.id}`" for rule in near), "or")
        print(f"It is like the above: {ids}.", file=sys.stderr)
    command = f"snaplint audit {DEFAULT.command[1]} --help"
    print(f"`{command}`: an audit checks every condition of the request.", file=sys.stderr)
    return UNUSABLE


def _commands(found: Predicted) -> Iterator[str]:
    """Yield the commands to run next: an audit of the request, with the bucket that the error names, and the page."""
    operation = operation_named(found.rule.operations[0])
    flags = []
    for member in operation.members:
        name = _EXAMPLES.get(member.role, "")
        if member.role == "bucket":
            name = "" if found.rule.applies == "copy" else _bucket(found) or name
        flags += [f"{member.flag} {name}"] if name else []
    yield " ".join((f"snaplint audit {operation.command[1]}", *flags))
    yield f"snaplint explain {found.rule.id}"


def _bucket(found: Predicted) -> str:
    """Return the bucket that an error names, the first name in its message; empty if it is no possible name."""
    name = found.values[0].strip("\"'`") if found.values else ""
    return name if _BUCKET.fullmatch(name) else ""

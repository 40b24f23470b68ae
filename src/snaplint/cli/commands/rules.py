"""`snaplint rules` lists the rules; `snaplint rules test DIR` tests rules by their pages."""

from __future__ import annotations

import sys

from snaplint.base.breakage import Breakage
from snaplint.base.source import parted
from snaplint.base.wording import counted
from snaplint.cli.parser import Parser
from snaplint.cli.reporting import settings_of
from snaplint.lint import rulebook
from snaplint.report.formats.text import fault_line
from snaplint.report.terminal import Style, sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.base.source import Fault
    from snaplint.findings.rule import Rule


def run(arguments: Sequence[str]) -> int:
    """List the rules, or test those in a folder."""
    if arguments and arguments[0] == "test":
        return _test(arguments[1:])
    parser = Parser(
        "snaplint rules",
        description="List the rules. `snaplint rules test DIR` tests rules of your own by the cases on their pages.",
    )
    parser.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="a folder of your own rules; may be repeated"
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people (default), json for programs"
    )
    options = parser.parse_args(arguments)
    settings, faults = settings_of()
    rules, more = parted(rulebook.load(options.rules, settings.rules))
    print(_as_json(rules) if options.format == "json" else _as_text(rules))
    return _report([*faults, *more])


def _as_text(rules: Sequence[Rule]) -> str:
    width = max(len(rule.id) for rule in rules)
    return "\n".join(
        f"{rule.id:<{width}}  {rule.severity:<7}  {rule.certainty:<10}  {sanitise(rule.title)}" for rule in rules
    )


def _as_json(rules: Sequence[Rule]) -> str:
    import json

    members = (
        "id",
        "title",
        "operations",
        "applies",
        "severity",
        "certainty",
        "check",
        "message",
        "code",
        "solution",
        "docs",
        "since",
    )
    return json.dumps([{name: getattr(rule, name) for name in members} for rule in rules], indent=2)


def _report(faults: Sequence[Fault]) -> int:
    for fault in faults:
        print(fault_line(fault, Style()), file=sys.stderr)
    return 2 if faults else 0


def _test(arguments: Sequence[str]) -> int:
    parser = Parser("snaplint rules test", description="Run the cases on the manual pages of the rules in a folder.")
    parser.add_argument("folder", metavar="DIR", help="a folder of rules, or the folder of one rule")
    options = parser.parse_args(arguments)
    from snaplint.lint import pages

    rules, faults = parted(rulebook.load_folder(options.folder))
    failures = [problem for rule in rules for problem in pages.problems(rule)]
    for problem in failures:
        print(sanitise(str(problem)))
    broken = next((problem.error for problem in failures if isinstance(problem, Breakage)), None)
    cases = sum(len(pages.cases(rule)) for rule in rules)
    if not faults:
        outcome = counted(len(failures), "problem") if failures else "all pass"
        print(f"{counted(cases, 'case')} of {counted(len(rules), 'rule')}: {outcome}")
    code = _report(faults) or (1 if failures else 0)
    if broken is None:
        return code
    from snaplint.cli.breakage import BROKEN, print_breakage

    print_breakage(broken)
    return BROKEN

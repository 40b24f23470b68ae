"""`snaplint explain RULE`: print the manual page of a rule."""

from __future__ import annotations

import sys

from snaplint.base.source import Unreadable, parted
from snaplint.base.wording import did_you_mean, nearest
from snaplint.cli.parser import Parser
from snaplint.cli.reporting import settings_of
from snaplint.lint import rulebook
from snaplint.report.formats.text import fault_line
from snaplint.report.terminal import Style, sanitise, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Print the page; if there is no such rule, suggest a similar one."""
    parser = Parser("snaplint explain", description="Print the manual page of a rule.")
    parser.add_argument("rule", metavar="RULE", help="the id of a rule; `snaplint rules` lists them")
    parser.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="a folder of your own rules; may be repeated"
    )
    options = parser.parse_args(arguments)
    settings, unset = settings_of()
    loaded, unloaded = parted(rulebook.load(options.rules, settings.rules))
    rules, faults = {rule.id: rule for rule in loaded}, (*unset, *unloaded)
    for fault in faults:
        print(fault_line(fault, Style()), file=sys.stderr)
    rule = rules.get(options.rule)
    if rule is None:
        print(f"snaplint: there is no rule `{shown(options.rule)}`{_hint(options.rule, list(rules))}", file=sys.stderr)
        return 2
    try:
        page = rulebook.page(rule)
    except Unreadable as error:
        print(f"snaplint: cannot read the page of `{rule.id}`: {error.message}", file=sys.stderr)
        return 2
    print("\n".join(sanitise(line) for line in page.splitlines()))
    return 2 if faults else 0


def _hint(name: str, known: list[str]) -> str:
    return did_you_mean(nearest(name, known)) or "; `snaplint rules` lists them"

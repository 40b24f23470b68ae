"""`snaplint demo`: audit an export that would fail, correct it, and audit it again, on an AWS simulation."""

from __future__ import annotations

import gc
import os
import sys

from snaplint.cli.aws.live import INTERRUPTED
from snaplint.cli.parser import Parser
from snaplint.report.terminal import Style, detect, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from snaplint.demo.sandbox import Sandbox
    from snaplint.demo.story import AuditRun, Part

WIDEST = 80
"""The widest line, even on a wider terminal: long lines are hard to read."""

_BROKEN = 3
"""The exit code for an internal error: a step did not end as expected."""

_DIFF_ROLES = {"+": "success", "-": "error", "@": "gutter"}


def run(arguments: Sequence[str]) -> int:
    """Run the demo, and return 0 if every step ended as expected."""
    parser = Parser(
        "snaplint demo",
        description="Show what snaplint does, on an AWS simulation in this process: no account, no network, "
        "a few seconds.",
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="when to use colour (default: auto)"
    )
    color: str = parser.parse_args(arguments).color
    gc.enable()
    from snaplint.demo.sandbox import MissingExtra, Sandbox

    try:
        with Sandbox() as aws:
            return _run(aws, color)
    except MissingExtra as error:
        print(f"snaplint demo: {error}", file=sys.stderr)
        return 2


def _run(aws: Sandbox, color: str) -> int:
    from snaplint.demo.story import AuditRun, story

    style = _style(color)
    for part in story(aws):
        print("\n".join(_lines(part, style)), flush=True)
        if isinstance(part, AuditRun):
            code = _audit(part, color)
            if code == INTERRUPTED:
                return code
            if code != part.code:
                print(f"snaplint demo: the audit should have ended with exit code {part.code}", file=sys.stderr)
                return _BROKEN
    return 0


def _style(color: str) -> Style:
    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = detect(os.environ, isatty=isatty, color=color, columns=columns)
    return style._replace(width=min(style.width, WIDEST))


def _audit(step: AuditRun, color: str) -> int:
    """Run an audit as the command line does, but without the settings of the current project."""
    from snaplint.cli.commands import audit

    code = audit.run([*step.arguments, "--color", color, "--config", os.devnull])
    print(f"\n(exit code {code})", flush=True)
    return code


def _lines(part: Part, style: Style) -> list[str]:
    """Return the lines of a part, after an empty line."""
    from snaplint.demo.story import Heading, Paragraph, Verbatim, shell

    match part:
        case Heading(text):
            return ["", style.paint("strong", text), style.paint("faint", "-" * len(text))]
        case Paragraph(text):
            return ["", *wrap(text, style.width)]
        case Verbatim(lines):
            return ["", *("  " + _coloured(line, style) for line in lines)]
        case _:
            return ["", *(style.paint("strong", line) for line in shell("$ snaplint audit", part.arguments)), ""]


def _coloured(line: str, style: Style) -> str:
    role = _DIFF_ROLES.get(line[:1])
    return style.paint(role, line) if role else line

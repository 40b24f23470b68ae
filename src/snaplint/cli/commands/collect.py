"""`snaplint collect OPERATION …`: what AWS says of a proposed request, as a facts file that `check` reads."""

from __future__ import annotations

import sys

from snaplint.cli.aws import aws_flags, live
from snaplint.cli.inputs import STDIN
from snaplint.cli.reporting import CLEAN
from snaplint.operations.registry import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from snaplint.cli.parser import Parser
    from snaplint.operations.operation import Operation

_OF_AWS = ("json", "text", "table", "yaml", "yaml-stream", "off")
"""The values of the AWS CLI's own --output, which nobody means as the name of a file."""


def run(arguments: Sequence[str]) -> int:
    """Collect and write the facts; what could not be read is in them, with its reason."""
    return live.run("collect", arguments, parser, _collect)


def parser(operation: Operation = DEFAULT) -> Parser:
    """Return the command line of `snaplint collect` for an operation."""
    made = live.parser(
        "collect",
        f"Read from AWS, by calls that change nothing, what the conditions of a proposed {operation.api_name} depend "
        "on, and write it to a facts file. `snaplint check` judges that file offline.",
        operation,
        output_is_ours=True,
    )
    made.add_argument(
        "-o", "--output", metavar="FILE", default=STDIN, help="where to write the facts (default: -, standard output)"
    )
    made.add_argument("-v", "--verbose", action="store_true", help="say each read on standard error")
    return made


def _collect(given: argparse.Namespace) -> int:
    if given.output in _OF_AWS:
        parser(aws_flags.commands()[given.operation]).error(
            f"`--output` names the facts file here, not a format as for the AWS CLI; "
            f"a file of that name is `./{given.output}`"
        )
    if given.output != STDIN:
        live.require_place(given.output)
    found, _ = live.read(given, bar=True)
    from snaplint.facts.store import written

    facts, beside = live.shown(found.facts, {"policy": live.unread_policy(found.refused)}, redact=given.redact)
    text = written(facts)
    if given.output == STDIN:
        sys.stdout.write(text)
    else:
        live.save(given.output, text)
    if found.interrupted:
        live.say("collect", live.CUT_SHORT)
    from snaplint.report.terminal import Style

    sys.stderr.write(live.unread_policy_text(beside["policy"], Style()))
    return live.INTERRUPTED if found.interrupted else CLEAN

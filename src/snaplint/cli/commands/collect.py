"""`snaplint collect OPERATION …`: write what a proposed request depends on to a facts file, which `check` reads."""

from __future__ import annotations

import sys

from snaplint.cli.aws import live
from snaplint.cli.inputs import STDIN, Unusable
from snaplint.cli.reporting import CLEAN
from snaplint.operations.registry import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from snaplint.cli.parser import Parser
    from snaplint.operations.operation import Operation

_OF_AWS = ("json", "text", "table", "yaml", "yaml-stream", "off")
"""The values of the AWS CLI's own --output, which are unlikely to be meant as names of files."""


def run(arguments: Sequence[str]) -> int:
    """Write the facts and return the exit code. A fact that could not be read is unknown, with the reason."""
    return live.run("collect", arguments, parser, _collect)


def parser(operation: Operation = DEFAULT) -> Parser:
    """Return the command line of `snaplint collect` for an operation."""
    made = live.parser(
        "collect",
        f"Read the facts that the conditions of a proposed {operation.api_name} depend on from AWS, with read-only "
        "calls, and write them to a facts file. `snaplint check` checks that file offline.",
        operation,
        ours=("--output",),
    )
    made.add_argument(
        "-o", "--output", metavar="FILE", default=STDIN, help="where to write the facts (default: -, standard output)"
    )
    made.add_argument("-v", "--verbose", action="store_true", help="report each read on standard error")
    return made


def _collect(options: argparse.Namespace) -> int:
    if options.output in _OF_AWS:
        parser(options.operation).error(
            f"`--output` names the facts file here, not a format as in the AWS CLI; "
            f"for a file of that name write `./{options.output}`"
        )
    if options.output != STDIN:
        live.require_writable(options.output)
    collected = live.read(options, bar=True).collected
    if collected.interrupted:
        live.say("collect", live.CUT_SHORT)  # first, because the facts that follow may be long
    from snaplint.facts.store import written

    facts, beside = live.masked(
        collected.facts, {"policy": live.unread_policy(collected.refused)}, redact=options.redact
    )
    text = written(facts)
    if options.output == STDIN:
        sys.stdout.write(text)
    else:
        why = live.save(options.output, text)
        if why is not None:
            raise Unusable(f"cannot write `{options.output}`: {why}")
    from snaplint.report.terminal import Style

    sys.stderr.write(live.unread_policy_text(beside["policy"], Style()))
    return live.INTERRUPTED if collected.interrupted else CLEAN

"""`snaplint audit OPERATION …`: check every condition of a proposed request against AWS as it is now.

The facts are read and written as the text of a facts file, and that text is checked as `snaplint check` checks it, so
that the two commands cannot disagree.
"""

from __future__ import annotations

import sys
from itertools import chain

from snaplint.base.breakage import breakage
from snaplint.base.source import Fault, PathFault, Unreadable
from snaplint.cli.aws import live
from snaplint.cli.aws.second_opinion import SecondOpinion
from snaplint.cli.aws.typed import CommandLine, mounting
from snaplint.cli.inputs import STDIN, Unusable
from snaplint.cli.options import CHECK_OPTIONS, EXIT_CODES, add_to
from snaplint.cli.reporting import CLEAN, UNUSABLE, RunOptions, exit_code, prepare, print_report
from snaplint.operations.registry import DEFAULT
from snaplint.report.run import Audit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from snaplint.cli.parser import Parser
    from snaplint.findings.result import Reported
    from snaplint.findings.rule import Rule
    from snaplint.operations.operation import Operation
    from snaplint.read.source_map import SourceMap
    from snaplint.report.terminal import Style

UNNAMED = "<facts>"
"""The path in a report for facts that are not saved."""
_OF_CHECK = ("format", "strict", "fail_on", "rules", "config", "verbose", "quiet")
_COLOURS = {"on": "always", "off": "never"}
"""The AWS CLI's words for the values of --color."""


def run(arguments: Sequence[str]) -> int:
    """Read, check and print, and return the exit code, which is the same for every format."""
    return live.run("audit", arguments, parser, _audit)


def parser(operation: Operation = DEFAULT) -> Parser:
    """Return the command line of `snaplint audit` for an operation."""
    made = live.parser(
        "audit",
        f"Check every condition of a proposed {operation.api_name} before you send it: read the facts that the "
        "conditions depend on from AWS, with read-only calls, and check the request. Put `snaplint audit` before the "
        f"command that you are about to run, `{operation.cli} ...`. An audit is strict unless you give --no-strict.",
        operation,
        ours=("--color",),
    )
    report = made.add_argument_group("the report")
    for option in CHECK_OPTIONS:
        if option.key in _OF_CHECK:
            add_to(report, option)
    report.add_argument(
        "--color",
        type=lambda word: _COLOURS.get(word, word),
        choices=("auto", "always", "never"),
        default="auto",
        help="when to use colour (default: auto); the AWS CLI's on and off are accepted",
    )
    report.add_argument(
        "--second-opinion",
        action="store_true",
        help="also ask IAM's policy simulator what the caller may do (iam:SimulatePrincipalPolicy), and compare",
    )
    report.add_argument(
        "--save-facts",
        metavar="FILE",
        help="save the facts, for `snaplint check --strict FILE`; a search of a folder finds *.snaplint.json",
    )
    made.epilog = f"{made.epilog}\n\nExit codes: {EXIT_CODES.removesuffix('.')}; 130 after Ctrl-C."
    return made


def _audit(options: argparse.Namespace) -> int:
    if options.save_facts == STDIN:
        raise Unusable("`--save-facts -`: standard output holds the report; `snaplint collect` writes the facts there")
    if options.save_facts is not None:
        live.require_writable(options.save_facts)
    if options.aws_output == "json" and options.format == "text":
        live.say("audit", "`--output` is the AWS CLI's and is ignored; for a report in JSON: `--format json`")
    settings, rules, faults = prepare(options)
    run_options = RunOptions.of(options, settings, strict=True)
    proposed, collected, connection, deadline = live.read(options, bar=run_options.format == "text")
    second = SecondOpinion(rules, collected.facts, connection, deadline) if options.second_opinion else None
    refused = (*collected.refused, *(second.refused if second else ()))
    typed = CommandLine("audit", options.typed, options.operation)
    beside: dict[str, object] = {
        "policy": live.unread_policy(refused),
        "about": second.about if second else None,
        "typed": typed.text,
        "file": proposed.text,
    }
    facts, beside = live.masked(collected.facts, beside, redact=options.redact)
    text, unsaved = _facts_text(facts, options.save_facts)
    # facts that are saved have the requests as well, and `check` places what it reports there
    mount = None if options.save_facts else mounting(typed, proposed, str(beside["typed"]), str(beside["file"]))
    checked = _check(text, options.save_facts or UNNAMED, rules, run_options, mount)
    interrupted = collected.interrupted or bool(second and second.interrupted)
    if interrupted:
        live.say("audit", live.CUT_SHORT)  # first, because the report that follows may be long
    stream = chain(faults, unsaved, second.watching(checked) if second else checked)
    audit = _beside(second, beside, is_blank=collected.is_blank)
    tally = print_report(stream, rules, run_options, audit)
    if options.save_facts is not None and not unsaved and not interrupted:
        live.say_only_by_name(options.save_facts)
    if run_options.quiet or run_options.format != "text":
        _print_on_standard_error(audit)
    code = live.INTERRUPTED if interrupted else exit_code(tally, run_options)
    return UNUSABLE if code == CLEAN and collected.is_blank else code  # that nothing fails is not known


def _facts_text(facts: Mapping[str, object], path: str | None) -> tuple[str, tuple[Fault, ...]]:
    """Return the text of the facts file, and a fault if it could not be saved under `path`."""
    from snaplint.facts.store import written

    text = written(facts)
    why = live.save(path, text) if path is not None else None
    # the facts are checked all the same
    return text, (PathFault.of(path, f"cannot write the facts: {why}"),) if path is not None and why is not None else ()


def _check(
    text: str,
    path: str,
    rules: Sequence[Rule],
    run_options: RunOptions,
    mount: Callable[[SourceMap], None] | None,
) -> Iterator[Reported]:
    """Yield what `snaplint check` yields for a file with this text, of which `mount` places parts elsewhere."""
    from snaplint.lint.linter import check_document
    from snaplint.syntax.document import parse
    from snaplint.syntax.files import Files

    try:
        document = parse(path, text.encode())
    except Unreadable as error:
        yield error.fault(path)
        return
    except Exception as error:  # noqa: BLE001 - the report says that the facts could not be checked
        yield breakage(path, error)
        return
    yield from check_document(document, Files(), rules, strict=run_options.strict, mount=mount)


def _beside(second: SecondOpinion | None, beside: Mapping[str, object], *, is_blank: bool) -> Audit:
    """Return what is reported beside the verdicts: the second opinion, and the policy for refused reads."""
    policy, about = beside["policy"], beside["about"]

    def text(how: Style) -> str:
        sections = (second.text(about, how) if second else "", live.unread_policy_text(policy, how))
        return "\n".join(section for section in sections if section)

    return Audit(
        reading_policy=policy if isinstance(policy, dict) else None,
        second_opinion=lambda: second.data(about) if second else None,
        text=text,
        is_blank=is_blank,
    )


def _print_on_standard_error(audit: Audit) -> None:
    """Print on standard error what standard output has no room for under --quiet, and in a format for programs."""
    from snaplint.report.terminal import Style

    text = audit.text(Style())
    if text:
        sys.stdout.flush()
        sys.stderr.write(text)

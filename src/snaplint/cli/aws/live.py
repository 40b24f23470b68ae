"""Shared code of `audit` and `collect`: flags, requests, the reads from AWS, and the facts file."""

from __future__ import annotations

import gc
import json
import os
import sys
from math import inf

from snaplint.base.record import NamedTuple
from snaplint.base.secrets import masked_url
from snaplint.base.wording import os_reason
from snaplint.cli.aws import aws_flags
from snaplint.cli.aws.progress import progress
from snaplint.cli.inputs import Unusable, only_by_name
from snaplint.cli.parser import Parser
from snaplint.cli.reporting import UNUSABLE
from snaplint.report.terminal import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Container, Mapping, Sequence

    from snaplint.cli.aws.requests_file import RequestsFile
    from snaplint.collect import Collected, Connection, Deadline, Refused
    from snaplint.operations.operation import Operation
    from snaplint.report.terminal import Style

INTERRUPTED = 130
"""The exit code of a process that Ctrl-C has ended, as shells report it."""

_SECONDS = 300.0
"""The default of --timeout."""

CUT_SHORT = "interrupted: facts that were not read by then are unknown"


class Interrupted(Unusable):
    """Ctrl-C ended the reads before any was answered: there is nothing to report."""


def run(
    command: str,
    arguments: Sequence[str],
    make_parser: Callable[[Operation], Parser],
    act: Callable[[argparse.Namespace], int],
) -> int:
    """Return the exit code of `act` for a command line; Unusable becomes a message on standard error."""
    gc.enable()
    options = parse(make_parser, arguments)
    try:
        return act(options)
    except Interrupted as error:
        say(command, str(error))
        return INTERRUPTED
    except Unusable as error:
        say(command, str(error))
        return UNUSABLE


def parser(command: str, description: str, operation: Operation, *, ours: Container[str]) -> Parser:
    """Return a parser with the flags of both commands; `ours` are the AWS CLI's flags that mean something else here."""
    made = Parser(f"snaplint {command}", f"snaplint {command} {operation.command[1]} [FLAG ...]", description)
    aws_flags.add_to(made, operation, ours=ours)
    live = made.add_argument_group("AWS")
    live.add_argument("--region", metavar="REGION", help="the Region of the snapshot (default: that of the AWS CLI)")
    live.add_argument("--profile", metavar="NAME", help="the AWS CLI profile to read with")
    live.add_argument("--role-arn", metavar="ARN", help="assume this role, read with it, and check it as the caller")
    live.add_argument("--endpoint-url", metavar="URL", help="send all calls to this endpoint instead of AWS's own")
    live.add_argument(
        "--requests",
        metavar="FILE",
        help="many requests: a JSON or YAML list, JSON lines, or a preflight file; - is standard input; the flags of a "
        "request apply to each of them",
    )
    live.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        default=_SECONDS,
        help="how long all reads may take together (default: 300; 0: no limit); what is not read by then is unknown",
    )
    live.add_argument(
        "--redact", action="store_true", help="mask the account IDs and canonical user IDs in the facts and the report"
    )
    live.add_argument(
        "--no-session-policy",
        action="store_true",
        help="the caller's session has no session policy (no AWS call returns this)",
    )
    return made


def _seconds(text: str) -> float:
    """Return the value of --timeout."""
    import argparse

    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < inf:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds, such as 60, or 0 for no limit")
    return seconds


def parse(make: Callable[[Operation], Parser], arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed command line, whose `operation` is an Operation; `make` returns the parser for an operation.

    argparse ends the process with a message if the command line is wrong, and after `--help`.
    """
    operation = aws_flags.named_operation(arguments)
    parser_ = make(operation)
    try:
        aws_flags.refuse(arguments, operation)
    except Unusable as error:
        parser_.error(str(error))
    # in the AWS CLI, flags may stand between the words of a command
    options = parser_.parse_intermixed_args(arguments)
    try:
        named = aws_flags.commanded(options.words)
    except Unusable as error:
        parser_.error(str(error))
    if named is not operation:  # the word taken for the operation was the value of a flag
        options = make(named).parse_intermixed_args(arguments)
    options.operation, options.typed = named, tuple(arguments)
    return options


def requests(options: argparse.Namespace) -> RequestsFile:
    """Return the requests of a command line: that of its flags, or those of --requests with the members of the flags.

    Raises Unusable.
    """
    from snaplint.cli.aws.requests_file import RequestsFile, read_requests

    operation: Operation = options.operation
    one = aws_flags.members(options, operation)
    if options.requests is not None:
        every = read_requests(options.requests, operation)
        own = one or {}
        every = every._replace(requests=[{**each, **own} for each in every.requests], replaced=tuple(own))
    elif one is not None:
        every = RequestsFile([one])
    else:
        raise Unusable(f"there is no request: give the flags of `{operation.cli}`, or --requests FILE")
    for request in every.requests:
        _require_text(request)
    if options.region and every.region and options.region != every.region:
        raise Unusable(f"`{options.requests}` is for {every.region}, but `--region` is {options.region}")
    return every


def _require_text(request: Mapping[str, object]) -> None:
    """Raise Unusable if a request cannot be written to a facts file, before any call is sent."""
    try:
        json.dumps(request, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise Unusable("a member of the request is not Unicode text") from None
    except (ValueError, RecursionError):
        raise Unusable("a member of the request cannot be written as JSON") from None


class Live(NamedTuple):
    """What was read from AWS for the requests, and the connection for further calls, with the time by which they must
    end."""

    proposed: RequestsFile
    collected: Collected
    connection: Connection
    deadline: Deadline


def read(options: argparse.Namespace, *, bar: bool) -> Live:
    """Return the facts that the requests of a command line depend on.

    Raises Unusable if the requests cannot be read, if AWS cannot be called with the credentials, or if it answers none
    of the reads and refuses none: a report would only repeat that.
    """
    proposed = requests(options)
    if options.endpoint_url is not None and not options.endpoint_url.startswith(("https://", "http://")):
        raise Unusable(
            f"`{masked_url(options.endpoint_url)}` is not the address of an endpoint: it must begin with https:// or http://"
        )
    from snaplint.collect import Connection, Deadline, NotConnected, collect

    deadline = Deadline(options.timeout)
    try:
        connection = Connection(
            region=options.region or proposed.region,
            profile=options.profile,
            role_arn=options.role_arn,
            endpoint_url=options.endpoint_url,
            deadline=deadline,
        )
        with progress(bar=bar, lines=options.verbose) as show:
            collected = collect(
                proposed.requests,
                connection,
                progress=show,
                no_session_policy=options.no_session_policy,
                deadline=deadline,
            )
    except NotConnected as error:
        raise Unusable(str(error)) from None
    if collected.interrupted and collected.is_blank and not collected.refused:
        raise Interrupted("interrupted before anything was read")
    if collected.unheard and not collected.interrupted:
        raise Unusable(collected.unheard)
    account = collected.facts.get("account")
    if proposed.account and isinstance(account, str) and account != proposed.account:
        raise Unusable(
            f"`{options.requests}` is for account {proposed.account}, but the credentials belong to {account}"
        )
    return Live(proposed, collected, connection, deadline)


def masked(
    facts: Mapping[str, object], beside: Mapping[str, object], *, redact: bool
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the facts and what is printed beside them; with `redact`, accounts are masked alike in both."""
    if not redact:
        return dict(facts), dict(beside)
    from snaplint.facts.store import redacted

    redacted_facts = redacted({**facts, "beside": beside})
    other = redacted_facts.pop("beside")
    return redacted_facts, other if isinstance(other, dict) else {}


def unread_policy(refused: Sequence[Refused]) -> dict[str, object] | None:
    """Return the policy that allows the refused reads; None if there are none."""
    from snaplint.collect import reading_policy

    return reading_policy(refused) if refused else None


def unread_policy_text(policy: object, style: Style) -> str:
    """Return the section of a report with the policy of `unread_policy`; empty if there is none."""
    if not isinstance(policy, dict):
        return ""
    from snaplint.report.reading_policy import reading_policy_text

    return reading_policy_text(policy, style)


def require_writable(path: str) -> None:
    """Raise Unusable if a file cannot be written, before anything is read for it."""
    try:
        real = os.path.realpath(path)
    except ValueError as error:  # a NUL or a lone surrogate in the name
        raise Unusable(f"cannot write `{path}`: {os_reason(error)}") from None
    folder = os.path.dirname(real)
    if os.path.isdir(real):
        raise Unusable(f"cannot write `{path}`: it is a folder")
    if os.path.islink(real):
        raise Unusable(f"cannot write `{path}`: the link leads to itself")
    if _is_special(path):
        folder = path
    elif not os.path.isdir(folder):
        raise Unusable(f"cannot write `{path}`: there is no folder `{os.path.dirname(path)}`")
    if not os.access(folder, os.W_OK):
        raise Unusable(f"cannot write `{path}`: permission denied")


def _is_special(path: str) -> bool:
    """Return True for a pipe or a device, which is written directly: it has no old text to keep.

    The links to open pipes in /dev/fd lead to no path: https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
    """
    return os.path.exists(path) and not os.path.isfile(path)


def save(path: str, text: str) -> str | None:
    """Write a file in one step: a program that reads it meanwhile sees the old text or the new one.

    Return the reason if the file could not be written, otherwise None.
    """
    try:
        if _is_special(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        else:
            _replace(os.path.realpath(path), text)
    except OSError as error:
        return os_reason(error)
    return None


def say_only_by_name(path: str) -> None:
    """Say on standard error that a search of a folder does not find the facts file, if that is so."""
    note = "" if _is_special(path) else only_by_name(path)
    if note:
        say("audit", note)


def _replace(real: str, text: str) -> None:
    # a name of its own, not one made of the file's, which may be as long as a name can be
    temporary = os.path.join(os.path.dirname(real), f".snaplint-{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, real)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def say(command: str, message: str) -> None:
    """Print a message on standard error."""
    print(f"snaplint {command}: {told(message)}", file=sys.stderr)

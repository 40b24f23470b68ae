"""The flags of an operation's command in the AWS CLI, word for word, and the request members that they set.

The AWS pages of the command and its members are in `operation.docs`.
"""

from __future__ import annotations

import argparse
import os

from snaplint.base.source import Unreadable
from snaplint.base.wording import did_you_mean, nearest
from snaplint.cli.inputs import Unusable, content
from snaplint.operations.registry import DEFAULT, operations, with_operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from typing import Any

    from snaplint.operations.operation import Operation


def commands() -> dict[str, Operation]:
    """Return the operations by their commands; if services share a command, the first operation."""
    by_command: dict[str, Operation] = {}
    for operation in operations().values():
        by_command.setdefault(operation.command[1], operation)
    return by_command


def named_operation(arguments: Sequence[str]) -> Operation:
    """Return the operation that a command line seems to name, or the default if it names none.

    Only the flags of an operation show which words are values of flags: `live.parse` checks the choice.
    """
    known = commands()
    return next((known[argument] for argument in arguments if argument in known), DEFAULT)


def commanded(words: Sequence[str]) -> Operation:
    """Return the operation of a command: the command alone, with its service before it, or both after `aws`.

    Raises Unusable.
    """
    rest = list(words[1:] if os.path.basename(words[0]) in _AWS else words)
    service = rest.pop(0) if len(rest) > 1 else None
    if not rest:
        raise Unusable(f"the command is missing, such as `{DEFAULT.cli}`")
    command = rest.pop(0)
    for operation in operations().values():
        if operation.command[1] == command and service in (None, operation.service) and not rest:
            return operation
    known = f"`{DEFAULT.cli}`"
    if service is not None and command in commands() and not rest:
        raise Unusable(f"`{service} {command}` is a command of another service; snaplint checks {known}")
    if service is not None:
        raise Unusable(f"`{' '.join(words)}` is not the command that snaplint checks, which is {known}")
    raise Unusable(f"invalid choice: '{command}'{did_you_mean(nearest(command, commands()))}")


_AWS = ("aws", "aws.exe")
"""The names of the AWS CLI's program."""

_IGNORED = (
    ("--output", 1),
    ("--color", 1),
    ("--query", 1),
    ("--cli-read-timeout", 1),
    ("--cli-connect-timeout", 1),
    ("--cli-binary-format", 1),
    ("--cli-error-format", 1),
    ("--debug", 0),
    ("--no-paginate", 0),
    ("--no-cli-pager", 0),
    ("--cli-auto-prompt", 0),
    ("--no-cli-auto-prompt", 0),
)
"""Global flags of the AWS CLI that are accepted and ignored, and how many values they take.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
"""

_REFUSED = {
    "--no-sign-request": "an export needs credentials",
    "--no-verify-ssl": "certificates are always verified",
    "--ca-bundle": "set AWS_CA_BUNDLE instead",
    "--generate-cli-skeleton": "it is for `{cli}` itself",
    "--version": "`snaplint --version` prints the version",
}
"""Global flags of the AWS CLI that would change what is read, with the reason or what to do instead."""


def add_to(parser: argparse.ArgumentParser, operation: Operation, *, ours: Container[str] = ()) -> None:
    """Add an operation and the flags of its command to a parser, without the global flags that are `ours`.

    The words of the command are in `words`, and `commanded` returns their operation.
    """
    parser.add_argument(
        "words",
        metavar=operation.command[1],
        nargs="+",
        help=f"the operation that you are about to call; also the whole command, `{operation.cli}`",
    )
    request = parser.add_argument_group(f"the request, by the flags of `{operation.cli}`")
    for member in operation.members:
        tags = member.role == "tags"
        how: dict[str, Any] = {"metavar": "TAG", "nargs": "*"} if tags else {"metavar": "TEXT"}
        request.add_argument(member.flag, dest=member.name, help=member.help.replace("%", "%%"), **how)
    whole = request.add_mutually_exclusive_group()
    for form in ("json", "yaml"):
        text = f"all members as {form.upper()}, or file://PATH; the flags above take precedence"
        whole.add_argument(f"--cli-input-{form}", metavar="TEXT", help=text)
    ignored = tuple((name, values) for name, values in _IGNORED if name not in ours)
    parser.epilog = (
        f"Global flags of the AWS CLI that are accepted and ignored: {', '.join(name for name, _ in ignored)}."
    )
    for name, values in ignored:
        stored: dict[str, Any] = {} if values else {"action": "store_true"}
        dest = "aws_output" if name == "--output" else "ignored"
        parser.add_argument(name, dest=dest, help=argparse.SUPPRESS, **stored)


def refuse(arguments: Sequence[str], operation: Operation) -> None:
    """Raise Unusable if a flag of the AWS CLI cannot be used here, with the reason or what to do instead."""
    for argument in arguments:
        name = argument.partition("=")[0]
        if name in _REFUSED:
            raise Unusable(f"`{name}` cannot be used here: {_REFUSED[name].format(cli=operation.cli)}")


def members(options: argparse.Namespace, operation: Operation) -> dict[str, object] | None:
    """Return the request that the flags set; None if there is no flag of the request.

    Wrong and missing members are left for the rules to check. Raises Unusable for what cannot be read as a request:
    files that cannot be read, invalid JSON, YAML or shorthand.
    """
    with_flag = [member for member in operation.members if getattr(options, member.name) is not None]
    whole = _whole_input(options)
    if whole is None and not with_flag:
        return None
    request = whole or {}
    for member in with_flag:
        value = getattr(options, member.name)
        request[member.name] = _tags(member.flag, value) if member.role == "tags" else _text(member.flag, value)
    return with_operation(operation, request)


def _whole_input(options: argparse.Namespace) -> dict[str, object] | None:
    """Return the members in --cli-input-json or --cli-input-yaml; None if neither is there. Raises Unusable.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
    """
    for form in ("json", "yaml"):
        text = getattr(options, f"cli_input_{form}")
        if text is not None:
            name = f"--cli-input-{form}"
            data = _parse(name, _text(name, text), form)
            if not isinstance(data, dict):
                raise Unusable(f"`{name}` is not an object")
            return dict(data)
    return None


def _text(name: str, value: str) -> str:
    """Return a value, or the text of its file if it is `file://PATH`. Raises Unusable.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
    """
    if value.startswith("fileb://"):
        raise Unusable(f"`{name}` is text: use file://, fileb:// is for binary values")
    if not value.startswith("file://"):
        return value
    path = os.path.expandvars(os.path.expanduser(value.removeprefix("file://")))
    try:
        return content(path).decode()
    except UnicodeDecodeError:
        raise Unusable(f"`{name}`: `{path}` is not UTF-8 text") from None
    except Unusable as error:
        raise Unusable(f"`{name}`: {error}") from None


def _parse(name: str, text: str, form: str) -> Any:
    """Return the data in JSON or YAML text. Raises Unusable."""
    from snaplint.syntax.document import parse

    try:
        return parse(f"<{name}>.{form}", text.encode("utf-8", "surrogatepass")).data
    except Unreadable as error:
        raise Unusable(
            f"`{name}` is not {form.upper()}: line {error.line}, column {error.column}: {error.message}"
        ) from None


def _tags(flag: str, values: list[str]) -> object:
    """Return the tags: one JSON list, JSON objects or shorthand, which the first character shows. Raises Unusable."""
    values = [_text(flag, values[0])] if len(values) == 1 else values
    first = values[0].lstrip()[:1] if values else ""
    if first == "[" and len(values) == 1:
        return _parse(flag, values[0], "json")
    if first in ("[", "{"):
        return [_parse(flag, value, "json") for value in values]
    from snaplint.cli.aws.shorthand import pairs

    try:
        return [pairs(value) for value in values]
    except ValueError as error:
        raise Unusable(f"`{flag}`: {error}") from None

"""The flags of `aws elasticache copy-snapshot`, word for word, and the request members that they stand for.

https://docs.aws.amazon.com/cli/latest/reference/elasticache/copy-snapshot.html; the members:
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
"""

from __future__ import annotations

import argparse
import os

from snaplint.base.record import NamedTuple
from snaplint.base.source import Unreadable
from snaplint.cli.inputs import Unusable, content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

OPERATION = "copy-snapshot"


class Flag(NamedTuple):
    """One flag of the AWS CLI: the member it gives, and its help."""

    name: str
    member: str
    help: str

    @property
    def key(self) -> str:
        """The name under which the namespace holds it."""
        return self.name.lstrip("-").replace("-", "_")


MEMBER_FLAGS = (
    Flag("--source-snapshot-name", "SourceSnapshotName", "the snapshot to copy"),
    Flag(
        "--target-snapshot-name", "TargetSnapshotName", "the name of the copy; of an export, the beginning of its keys"
    ),
    Flag("--target-bucket", "TargetBucket", "the bucket to export to; without it, a plain copy"),
    Flag("--kms-key-id", "KmsKeyId", "the KMS key of the copy"),
    Flag("--tags", "Tags", "tags, as Key=team,Value=data (several, with spaces between) or as a JSON list"),
)

_IDLE = (
    ("--output", 1),
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
"""Global flags of the AWS CLI that change nothing here, and how many values they take.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
"""

_REFUSED = {
    "--no-sign-request": "nobody can export without credentials",
    "--no-verify-ssl": "certificates are always verified",
    "--ca-bundle": "set AWS_CA_BUNDLE instead",
    "--generate-cli-skeleton": "it is for `aws elasticache copy-snapshot` itself",
}
"""Global flags of the AWS CLI that would change what is seen, and what to do."""


def add_to(parser: argparse.ArgumentParser, *, output_is_ours: bool = False) -> None:
    """Add the operation and the AWS CLI's flags to a parser; with `output_is_ours`, all but `--output`."""
    parser.add_argument(
        "operation", metavar=OPERATION, choices=(OPERATION,), help="the operation that you are about to call"
    )
    request = parser.add_argument_group("the request, by the flags of `aws elasticache copy-snapshot`")
    for flag in MEMBER_FLAGS:
        metavar = "TAG" if flag.member == "Tags" else "TEXT"
        request.add_argument(flag.name, metavar=metavar, nargs="*" if flag.member == "Tags" else None, help=flag.help)
    whole = request.add_mutually_exclusive_group()
    for form in ("json", "yaml"):
        text = f"all members as {form.upper()}, or file://PATH; the flags above win over it"
        whole.add_argument(f"--cli-input-{form}", metavar="TEXT", help=text)
    idle = tuple((name, values) for name, values in _IDLE if not (output_is_ours and name == "--output"))
    parser.epilog = (
        f"Global flags of the AWS CLI that may stay in the command, and change nothing here: "
        f"{', '.join(name for name, _ in idle)}."
    )
    for name, values in idle:
        how: dict[str, Any] = {} if values else {"action": "store_true"}
        parser.add_argument(name, dest="idle", help=argparse.SUPPRESS, **how)


def refuse(arguments: Sequence[str]) -> None:
    """Say of the AWS CLI's flags that cannot be taken what to do instead.

    Raises Unusable.
    """
    for argument in arguments:
        name = argument.partition("=")[0]
        if name in _REFUSED:
            raise Unusable(f"`{name}` cannot be used here: {_REFUSED[name]}")


def members(given: argparse.Namespace) -> dict[str, object] | None:
    """The request that the flags stand for; None where no flag of the request is there.

    A member that is wrong or missing is left as it is, for the rules to judge. Raises Unusable for what is not even a
    request: files that cannot be read, broken JSON, YAML or shorthand.
    """
    named = [flag for flag in MEMBER_FLAGS if getattr(given, flag.key) is not None]
    whole = _whole(given)
    if whole is None and not named:
        return None
    found = whole or {}
    for flag in named:
        value = getattr(given, flag.key)
        found[flag.member] = _tags(value) if flag.member == "Tags" else _text(flag.name, value)
    return found


def _whole(given: argparse.Namespace) -> dict[str, object] | None:
    """What --cli-input-json or --cli-input-yaml holds.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
    """
    for form in ("json", "yaml"):
        text = getattr(given, f"cli_input_{form}")
        if text is not None:
            name = f"--cli-input-{form}"
            data = _parsed(name, _text(name, text), form)
            if not isinstance(data, dict):
                raise Unusable(f"`{name}` holds no object of members")
            return dict(data)
    return None


def _text(name: str, value: str) -> str:
    """A value, read from its file where it is `file://PATH`.

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


def _parsed(name: str, text: str, form: str) -> Any:
    from snaplint.syntax.document import parse

    try:
        return parse(f"<{name}>.{form}", text.encode("utf-8", "surrogatepass")).data
    except Unreadable as error:
        raise Unusable(
            f"`{name}` is not {form.upper()}: line {error.line}, column {error.column}: {error.message}"
        ) from None


def _tags(values: list[str]) -> object:
    """The tags: one JSON list, JSON objects, or shorthand, whichever the first value begins like."""
    values = [_text("--tags", values[0])] if len(values) == 1 else values
    first = values[0].lstrip()[:1] if values else ""
    if first == "[" and len(values) == 1:
        return _parsed("--tags", values[0], "json")
    if first in ("[", "{"):
        return [_parsed("--tags", value, "json") for value in values]
    from snaplint.cli.aws.shorthand import pairs

    try:
        return [pairs(value) for value in values]
    except ValueError as error:
        raise Unusable(f"`--tags`: {error}") from None

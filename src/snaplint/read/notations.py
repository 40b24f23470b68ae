"""Unusual ways to write a fact: JSON in a string, percent-encoded text, `file://`, and the AWS CLI's errors.

`Includes` uses this module only for values that are not in one of the usual forms, so that it costs nothing otherwise.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.read.policy_forms import described, instead
from snaplint.read.recognise.texts import NOTHING, ErrorAnswer, Other, error_in, recognised_text
from snaplint.read.slots import RCP, SCP, names_in, slot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.read.aws_answers import UnexpectedAnswer
    from snaplint.read.slots import Slot


class JsonText(NamedTuple):
    """JSON in a string: `decoded` is the JSON text if the string has it in another encoding."""

    decoded: str | None


class NoAnswer(NamedTuple):
    """A value without an answer in it: what it must be, and what it is.

    `is_absent_bucket` is True if AWS answered that the bucket does not exist.
    """

    expected: str
    is_absent_bucket: bool = False


Meaning = JsonText | NoAnswer | None
"""What a notation means; None if it means that there is none."""

NO_NOTATION = "no notation"
"""Stands for text that is none of these: a path, a setting, or what no reader can use."""

_EMPTY = "empty text: the AWS CLI prints nothing if a call fails, so this does not show that there is none"
_FILE_URLS = ("file://", "fileb://")
_LONGEST_SUFFIX = len(".json5")


def path(text: str) -> str:
    """Return the path in a text, which may have `file://` before it, as parameters of the AWS CLI have.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
    """
    return next((text.removeprefix(start) for start in _FILE_URLS if text.startswith(start)), text)


def percent_decoded(text: str) -> str:
    """Return the text that percent-encoded text means."""
    from urllib.parse import unquote

    return unquote(text)


def hint(name: str, route: Route) -> str:
    """Return the end of the message that the file `name` cannot be read: what may be meant, and how it is written."""
    if name.startswith("~"):
        return "; `~` is not expanded: write a path relative to this file"
    if name.startswith("$"):
        return "; variables are not expanded: write a path relative to this file"
    expected = slot(route)
    if expected.kind and name.replace("-", "_").isidentifier():
        return f"; the name of a policy is not the policy: {expected.advice(names_in(route))}"
    if expected.commands and not expected.kind and "/" not in name and "." not in name[-_LONGEST_SUFFIX:]:
        return f"; this must be {expected.what}, or the path of a file: {expected.advice(names_in(route))}"
    return ""


def meaning(text: str, route: Route) -> Meaning | str:
    """Return what a text at a route means; `NO_NOTATION` if it is no notation."""
    start = text.lstrip()[:1]
    decoded = percent_decoded(text) if start == "%" else None
    if start in ("{", "[") or (decoded is not None and decoded.lstrip()[:1] in ("{", "[")):
        return JsonText(decoded)
    return _of_words(text, route)


def of_broken_file(head: bytes, route: Route) -> Meaning | str:
    """Return what a file means that is neither JSON nor YAML and begins with `head`; else `NO_NOTATION`."""
    is_utf_16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")  # the redirections of PowerShell write UTF-16
    return _of_words(head.decode("utf-16" if is_utf_16 else "utf-8-sig", "replace"), route)


def _of_words(text: str, route: Route) -> Meaning | str:
    if text.strip() in NOTHING:
        return None
    other = recognised_text(text) if text.strip() else _empty(slot(route))
    if other is None:
        return NO_NOTATION
    return _of_error(other, route) if isinstance(other, ErrorAnswer) else NoAnswer(instead(slot(route), other, route))


def of_object(value: object, route: Route) -> Meaning | str:
    """Return what an error of AWS in place of an answer means; `NO_NOTATION` for any other object."""
    error = error_in(value)
    if route[-1:] == ("tags",) and isinstance(value, dict) and "Code" in value:
        return NO_NOTATION  # a tag may have this key
    return NO_NOTATION if error is None else _of_error(error, route)


def _empty(expected: Slot) -> Other:
    return Other(f"{_EMPTY} (`null` does)" if expected.is_nullable else _EMPTY)


def _of_error(error: ErrorAnswer, route: Route) -> NoAnswer | None:
    expected, other = slot(route), Other(error.name)
    is_other = error.bucket and route[0] == "buckets" and route[1] != error.bucket
    if error.code in expected.absent and not is_other:
        return None
    if error.code == "NoSuchBucket" and not is_other and route[0] == "buckets":
        cure = "`null` in place of the whole bucket means that it does not exist"
    elif error.code == "AWSOrganizationsNotInUseException" and expected.kind in (SCP, RCP):
        cure = "`organization: null` means that the account is in no organization"
    else:
        return NoAnswer(instead(expected, other, route))
    return NoAnswer(f"{expected.what}, not {other.name}; {cure}", error.code == "NoSuchBucket")


def with_name(error: UnexpectedAnswer, value: object, route: Route) -> tuple[str, Route]:
    """Return what a value at a route must be, and the route in it to the fault; also what it is, if that is known."""
    expected = slot(route)
    other = recognised_text(value) if isinstance(value, str) else described(value)
    if not isinstance(other, Other) or expected.kind or _is_as_expected(other, expected):
        return error.expected, error.route
    return instead(expected, other, route, error.expected), ()


def _is_as_expected(other: Other, expected: Slot) -> bool:
    """Return True if a value is the right answer, so that the fault is in it."""
    commands = (command.split()[2] for command, _ in expected.commands)
    return other.name in expected.what or any(f" {command}`" in other.name for command in commands)

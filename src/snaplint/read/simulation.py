"""One line of `snaplint simulate`: a request and the policies it meets, as JSON, checked member by member.

`schemas/simulate-v1.schema.json` describes the same form for programs; the tests hold the two together.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.source import Unreadable
from snaplint.iam.asked.principal import Principal, is_account
from snaplint.iam.document.acl import ENABLED, ENFORCED
from snaplint.iam.terms.pattern import HOLE
from snaplint.syntax import json_text
from snaplint.syntax.text import MAX_BYTES, Lines, Malformed, decode, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, BinaryIO

    Read = Callable[[object, str], object]

Id = str | int | float | None
"""What a line calls itself, handed back with its answer; None where it has no name, or none that could be read."""


class Question(NamedTuple):
    """A line that can be answered: its id, the arguments of `Simulator`, and those of its `decide`."""

    id: Id
    policies: dict[str, Any]
    request: dict[str, Any]


class BadLine(ValueError):
    """A line that cannot be answered, and why; `id` is its id as far as it could be read."""

    def __init__(self, message: str, id_: Id = None) -> None:
        super().__init__(message)
        self.message = message
        self.id = id_


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines of a stream that are not blank, each with its number, as soon as it is there.

    Of a line longer than any that is read, only so much is kept as to tell that it is.
    """
    number = 0
    while line := stream.readline(MAX_BYTES + 2):
        number += 1
        piece = line
        while piece and not piece.endswith(b"\n"):
            piece = stream.readline(1 << 16)
        if line.strip(b" \t\r\n"):
            yield number, line


def lines_of_file(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The same of a file, which may hold one request over several lines instead: its first is a `{` by itself."""
    first = True
    for number, line in lines(stream):
        if first and line.strip() == b"{":
            yield number, line + stream.read(MAX_BYTES + 1)
            return
        first = False
        yield number, line


def question(raw: bytes) -> Question:
    """Read a line. Raises `BadLine` at its first fault."""
    try:
        text = decode(raw.removesuffix(b"\n"))
    except Unreadable as error:
        raise BadLine(_of_a_line(error.message)) from None
    try:
        data = json_text.load(text)
    except Malformed as error:
        raise BadLine(_misread(text, error), _glimpsed_id(text)) from None
    if not isinstance(data, dict):
        raise BadLine(f"a line is one object with a `request`, this is {_noun(data)}")
    id_ = data.get("id")
    if not _is_id(id_):
        raise BadLine(f"`id` is text or a number, this is {_noun(id_)}")
    try:
        return _question(id_, data)
    except BadLine as error:
        error.id = id_
        raise


def _question(id_: Id, data: dict[str, Any]) -> Question:
    _known_names(data, (*MEMBERS, *NOTES), "")
    found = data.get("request")
    if "request" not in data:
        raise BadLine("the line has no `request`")
    asked = _object(found, "request")
    _known_names(asked, _REQUEST, "request.")
    for name in ("principal", "action", "resource"):
        if name not in asked:
            raise BadLine(f"`request` has no `{name}`")
    request = {name: read(asked.get(name), f"request.{name}") for name, read in _REQUEST.items()}
    request |= {name: _keys(data.get(name), name) for name in ("unknown", "foreign")}
    policies = {name: read(data[name], name) for name, read in _POLICIES.items() if data.get(name) is not None}
    return Question(id_, policies, request)


# -- the members
# ------------------------------------------------------------------------------------------------------------------


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadLine(f"`{name}` is an object, this is {_noun(value)}")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise BadLine(f"`{name}` is text, this is {_noun(value)}")
    return value


def _principal(value: object, name: str) -> Principal:
    text = _text(value, name)
    try:
        return Principal.parse(text)
    except ValueError as error:
        raise BadLine(f"`{name}`: {error}") from None


def _action(value: object, name: str) -> str:
    text = _text(value, name)
    service, _, operation = text.partition(":")
    if not service or not operation or ":" in operation or text.split() != [text]:
        raise BadLine(f"`{name}` is one action, `service:Action`, this is {quoted(text)}")
    if "*" in text or "?" in text:
        raise BadLine(f"`{name}` is one action without wildcards, this is {quoted(text)}")
    return text


def _resource(value: object, name: str) -> str:
    text = _text(value, name)
    if text != "*" and (not text.startswith("arn:") or text.count(":") < 5):
        raise BadLine(f"`{name}` is an ARN, or `*` for an action without a resource, this is {quoted(text)}")
    if HOLE in text:
        # It means a digit nobody knows, inside the engine.
        raise BadLine(f"`{name}` holds the character U+{ord(HOLE):04X}, which is not read")
    return text


def _account(value: object, name: str) -> str | None:
    if value is not None and not (isinstance(value, str) and is_account(value)):
        raise BadLine(f"`{name}` is an account number: twelve digits, in quotes; this is {_shown(value)}")
    return value


def _context(value: object, name: str) -> dict[str, Any]:
    context = {} if value is None else _object(value, name)
    for key, held in context.items():
        _key(key, name)
        if not all(item is None or _is_scalar(item) for item in (held if isinstance(held, list) else [held])):
            raise BadLine(f"{quoted(key)} in `{name}` has a value, or a list of values: text, numbers, true or false")
        if isinstance(held, list) and None in held:
            raise BadLine(f"{quoted(key)} in `{name}` has null among its values; null instead of a value means absent")
    return context


def _keys(value: object, name: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadLine(f"`{name}` is a list of condition keys, this is {_noun(value)}")
    return [_key(item, name) for item in value]


def _key(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise BadLine(f"`{name}` names condition keys, this is {_noun(value)}")
    prefix, _, rest = value.partition(":")
    if not prefix or not rest or prefix.split() != [prefix]:
        raise BadLine(f"{quoted(value)} in `{name}` is no condition key: `service:name`")
    return value


def _policies(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        hint = "; put it in brackets" if isinstance(value, dict) else ""
        raise BadLine(f"`{name}` is a list of policies, this is {_noun(value)}{hint}")
    return [_object(policy, f"{name}[{number}]") for number, policy in enumerate(value) if policy is not None]


def _levels(value: object, name: str) -> list[Any]:
    if not isinstance(value, list) or any(not isinstance(level, list) for level in value):
        found = value if not isinstance(value, list) else next(each for each in value if not isinstance(each, list))
        where = "this is" if found is value else "this holds"
        raise BadLine(f"`{name}` is a list of levels, each a list of policies, {where} {_noun(found)}")
    return [_policies(level, f"{name}[{number}]") for number, level in enumerate(value)]


def _session(value: object, name: str) -> object:
    return _policies(value, name) if isinstance(value, list) else _object(value, name)


def _ownership(value: object, name: str) -> str:
    words = (ENFORCED, *ENABLED)
    if value not in words:
        raise BadLine(f"`{name}` is {_either(words)}, this is {_shown(value)}")
    return str(value)


def _public_access(value: object, name: str) -> object:
    if isinstance(value, bool):
        return value
    settings = _object(value, name) if isinstance(value, dict) else None
    if settings is None:
        raise BadLine(f"`{name}` is true, false or an object of the four settings, this is {_noun(value)}")
    _known_names(settings, PUBLIC_ACCESS, f"{name}.")
    for setting, held in settings.items():
        if not isinstance(held, bool):
            raise BadLine(f"`{name}.{setting}` is true or false, this is {_noun(held)}")
    return settings


PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

_REQUEST: dict[str, Read] = {
    "principal": _principal,
    "action": _action,
    "resource": _resource,
    "resource_account": _account,
    "context": _context,
}
_POLICIES: dict[str, Read] = {
    "identity_policies": _policies,
    "resource_policy": _object,
    "permission_boundaries": _policies,
    "session_policy": _session,
    "scps": _levels,
    "rcps": _levels,
    "vpc_endpoint_policies": _policies,
    "acl": _object,
    "object_ownership": _ownership,
    "s3_block_public_access": _public_access,
}
MEMBERS = ("id", "request", *_POLICIES, "unknown", "foreign")
"""The members of a line."""

NOTES = ("source", "expected")
"""What a file of cases may say of its lines: where one comes from, and what ought to be answered. Not looked at."""


# -- words
# ------------------------------------------------------------------------------------------------------------------


def _known_names(found: dict[str, Any], known: Iterable[str], inside: str) -> None:
    names = tuple(known)
    for name in found:
        if name not in names:
            raise BadLine(f"unknown member {quoted(inside + name)}{_hint(name, names, inside)}")


def _hint(name: str, names: tuple[str, ...], inside: str) -> str:
    if inside == "request." and name in MEMBERS:
        return f"; `{name}` stands beside `request`, not in it"
    if not inside and name in _REQUEST:
        return f"; `{name}` stands in `request`"
    from difflib import get_close_matches

    folded = {known.lower(): known for known in names}
    near = get_close_matches(name[:80].lower(), folded, 1, 0.6)
    return f"; did you mean `{folded[near[0]]}`?" if near else f"; expected {_either(names)}"


def _either(words: tuple[str, ...]) -> str:
    *most, last = (f"`{word}`" for word in words)
    return f"{', '.join(most)} or {last}"


_NOUNS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


def _noun(value: object) -> str:
    return "null" if value is None else _NOUNS[type(value)]


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else _noun(value)


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int, float))


def _is_id(value: object) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))


def _of_a_line(message: str) -> str:
    return message.replace("the file is larger", "the line is longer").replace("save the file as", "requests are")


def _misread(text: str, error: Malformed) -> str:
    """What is wrong with a line's JSON, and in which column."""
    if error.message.endswith("` is never closed"):
        return (
            f"{error.message}: a request is one line; if this is the first of several lines that belong together, "
            "`jq -c .` puts them on one"
        )
    line, column = Lines(text).place(error.at)
    return f"{error.message} ({f'line {line}, ' if line > 1 else ''}column {column})"


def _glimpsed_id(text: str) -> Id:
    """The id of a line that is refused, if it can be made out all the same."""
    import json

    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    id_ = data.get("id") if isinstance(data, dict) else None
    good = _is_id(id_) and not (isinstance(id_, float) and id_ - id_ != 0)
    return id_ if good and not (isinstance(id_, str) and any("\ud800" <= sign <= "\udfff" for sign in id_)) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object; an id that is given twice is none."""
    found = dict(pairs)
    if [name for name, _ in pairs].count("id") > 1:
        found["id"] = None
    return found

"""One line of `snaplint simulate`: a request and the policies that apply to it, as JSON.

`schemas/simulate-v1.schema.json` describes the form; `iam.Principal.parse` decides what a principal is.
"""

from __future__ import annotations

from functools import cache

from snaplint.base.record import NamedTuple
from snaplint.base.schema import accepts
from snaplint.base.source import Key, Unreadable
from snaplint.base.wording import noun
from snaplint.iam.asked.principal import Principal
from snaplint.schemas import schema
from snaplint.syntax import json_text
from snaplint.syntax.bounded import at_most
from snaplint.syntax.text import MAX_BYTES, Lines, Malformed, decode, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    from snaplint.base.schema import Test

Id = str | int | float | None
"""The id of a line, returned with its answer; None if the line has none, or none that can be read."""

POLICIES = (
    "identity_policies",
    "resource_policy",
    "permission_boundaries",
    "session_policy",
    "scps",
    "rcps",
    "vpc_endpoint_policies",
    "acl",
    "object_ownership",
    "s3_block_public_access",
)
"""The members of a line that are arguments of `Simulator`."""

NOTES = ("source", "expected")
"""Members for files of test cases, which snaplint ignores: where a line comes from, and the answer that is expected."""


class Simulation(NamedTuple):
    """One line: its id, the arguments of `Simulator`, and those of its `decide`."""

    id: Id
    policies: dict[str, Any]
    request: dict[str, Any]


class BadLine(ValueError):
    """A line that cannot be answered, and why; `id` is its id if that can be read."""

    def __init__(self, message: str, id_: Id = None) -> None:
        super().__init__(message)
        self.message = message
        self.id = id_


_LONGEST_SKIPPED = 1 << 30
"""How many bytes of a line that is too long are skipped: a device of zeros ends after about a second."""


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield each line of a stream that is not blank, with its number, as soon as it arrives.

    A line longer than `MAX_BYTES` is cut to just over that, so that `parse_line` refuses it. Raises Unreadable if no
    end of it follows.
    """
    number = 0
    while line := stream.readline(MAX_BYTES + 2):
        number += 1
        piece, skipped = line, 0
        while piece and not piece.endswith(b"\n") and skipped < _LONGEST_SKIPPED:
            piece = stream.readline(1 << 16)
            skipped += len(piece)
        if line.strip(b" \t\r\n"):
            yield number, line
        if skipped >= _LONGEST_SKIPPED:
            raise Unreadable(f"line {number} is longer than {_LONGEST_SKIPPED >> 30} GiB")


def lines_of_file(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file, or the whole file as one if its first line is only `{`: one request, indented."""
    first = True
    for number, line in lines(stream):
        if first and line.strip() == b"{":
            yield number, line + at_most(stream, MAX_BYTES + 1)
            return
        first = False
        yield number, line


def parse_line(raw: bytes) -> Simulation:
    """Parse one line. Raises `BadLine` at its first fault."""
    try:
        text = decode(raw.removesuffix(b"\n"))
    except Unreadable as error:
        raise BadLine(error.message) from None
    try:
        data = json_text.load(text)
    except Malformed as error:
        raise BadLine(_misread(text, error), _id_of_malformed(text)) from None
    if not _is_line()(data):
        id_ = data.get("id") if isinstance(data, dict) else None
        raise BadLine(_first_fault(data), id_ if _is_id(id_) else None)
    request, id_ = data["request"], data.get("id")
    misplaced = _misplaced(data)
    if misplaced is not None:
        raise BadLine(misplaced, id_)
    try:
        principal = Principal.parse(request["principal"])
    except ValueError as error:
        raise BadLine(f"`request.principal`: {error}", id_) from None
    return Simulation(
        id_,
        {name: _without_nulls(data[name]) for name in POLICIES if data.get(name) is not None},
        {
            "principal": principal,
            "action": request["action"],
            "resource": request["resource"],
            "resource_account": request.get("resource_account"),
            "context": request.get("context") or {},
            "unknown": data.get("unknown") or [],
            "foreign": data.get("foreign") or [],
        },
    )


def _misplaced(data: dict[str, Any]) -> str | None:
    """Return the fault of a line that has another answer of AWS in place of a policy or an ACL; None without it."""
    for name in POLICIES[:-2]:
        value = data.get(name)
        if value is None:
            continue
        member, what = ("Grants", "the output of `aws s3api get-bucket-acl`") if name == "acl" else _A_POLICY
        for each in _objects(value):
            if member not in each and each:
                from snaplint.read.policy_forms import described  # only for an unusual line

                other = described(each)
                if other is not None:
                    return f"`{name}` must be {what}, not {other.name}"
    return None


_A_POLICY = ("Statement", "the policy document itself")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a member of a line, which may be a list of lists of objects."""
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    elif isinstance(value, dict):
        yield value


@cache
def _form() -> dict[str, Any]:
    return schema("simulate")


@cache
def _is_line() -> Test:
    return accepts(_form())


def _without_nulls(value: Any) -> Any:
    """Return a list, and the lists in it, without null; any other value as it is."""
    return [_without_nulls(each) for each in value if each is not None] if isinstance(value, list) else value


def _is_id(value: object) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))


# -- messages
# ------------------------------------------------------------------------------------------------------------------


def _first_fault(data: Any) -> str:
    """Return the first fault of a line that does not match the schema."""
    from snaplint.base.schema_faults import explain

    form = _form()
    route, message = next(explain(form, data, "the line", shown=_shown))
    principal = data["request"]["principal"] if route == ("request", "principal") else None
    if isinstance(principal, str):
        try:
            Principal.parse(principal)
        except ValueError as error:  # a better message than that of the pattern
            return f"`request.principal`: {error}"
    inside, key = route[:-1], route[-1] if route else None
    if not isinstance(key, Key):
        return message
    if inside == ("request",) and key.name in form["properties"]:
        return f"unknown key `{key}` in `request`: it belongs beside `request`, not in it"
    if not inside and key.name in form["definitions"]["request"]["properties"]:
        return f"unknown key `{key}`: it belongs in `request`"
    return f"in `{'.'.join(map(str, inside))}`: {message}" if inside else message


def _shown(value: object) -> str:
    """Return what a message calls a value: text as it was written, of any other value the type."""
    return quoted(value) if isinstance(value, str) else noun(value)


def _misread(text: str, error: Malformed) -> str:
    """Return what is wrong with the JSON of a line, and in which column."""
    if error.message.endswith("` is never closed"):
        return (
            f"{error.message}: a request is one line; if your request spans several lines, `jq -c .` puts them on one"
        )
    line, column = Lines(text).place(error.at)
    return f"{error.message} ({f'line {line}, ' if line > 1 else ''}column {column})"


def _id_of_malformed(text: str) -> Id:
    """Return the id of a line that is malformed, if it can be read nevertheless."""
    import json

    try:
        data = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    id_ = data.get("id") if isinstance(data, dict) else None
    good = _is_id(id_) and not (isinstance(id_, float) and id_ - id_ != 0)
    return id_ if good and not (isinstance(id_, str) and any("\ud800" <= sign <= "\udfff" for sign in id_)) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; an id that occurs twice is None."""
    found = dict(pairs)
    if [name for name, _ in pairs].count("id") > 1:
        found["id"] = None
    return found

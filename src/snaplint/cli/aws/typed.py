"""Where the user wrote the requests of an audit: in the flags of the command line, and in the file of --requests.

The requests are a part of the facts, which may be in no file. So what is reported about a request is placed where the
user wrote it, and not in the facts.
"""

from __future__ import annotations

import shlex

from snaplint.base.secrets import masked_argument
from snaplint.base.source import Key
from snaplint.syntax.document import JSON, Document, parse
from snaplint.syntax.json_text import JsonPlaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.base.source import Route
    from snaplint.cli.aws.requests_file import RequestsFile
    from snaplint.operations.operation import Operation
    from snaplint.read.source_map import SourceMap

    Extent = tuple[int, int]

PATH = "<command line>"
"""The path of the command line in a report."""


class CommandLine:
    """The text of a command line, and the places of the members of the request in it."""

    def __init__(self, command: str, arguments: Sequence[str], operation: Operation) -> None:
        shown = [shlex.quote(masked_argument(argument)) for argument in arguments]
        head = f"snaplint {command}"
        self.text = " ".join((head, *shown))
        begins = [len(head) + 1]
        for argument in shown:
            begins.append(begins[-1] + len(argument) + 1)
        self._extents = [(begin, begin + len(argument)) for begin, argument in zip(begins, shown, strict=False)]
        self.members: dict[str, Extent] = {}
        self._default: Extent = (0, len(head))
        self._whole: Extent | None = None
        self._find(arguments, operation)

    def _find(self, arguments: Sequence[str], operation: Operation) -> None:
        by_flag = {member.flag: member for member in operation.members}
        for index, argument in enumerate(arguments):
            if argument == operation.command[1]:
                self._default = self._extents[index]
            if not argument.startswith("--"):
                continue
            name, is_one, _ = argument.partition("=")
            found = [flag for flag in (*by_flag, *_WHOLE) if flag == name] or [
                flag for flag in (*by_flag, *_WHOLE) if len(name) > len("--") and flag.startswith(name)
            ]
            if len(found) != 1:
                continue
            member = by_flag.get(found[0])
            end = index if is_one else self._last(arguments, index, many=member is not None and member.role == "tags")
            extent = (self._extents[index][0], self._extents[end][1])
            if member is None:
                self._whole = extent
            else:
                self.members[member.name] = extent

    def _last(self, arguments: Sequence[str], index: int, *, many: bool) -> int:
        """Return the index of the last value of a flag, which has one value or `many`."""
        end = index
        while end + 1 < len(arguments) and not arguments[end + 1].startswith("--") and (many or end == index):
            end += 1
        return end

    def extent(self, route: Route) -> Extent:
        """Return the offsets of the flag of a member, of the flag with all members, or else of the command."""
        first = route[0] if route else ""
        name = first.name if isinstance(first, Key) else str(first)
        return self.members.get(name) or (self._whole if route and self._whole else self._default)

    def within(self, _route: Route, _value: str) -> None:
        """Return None: no text in a command line has places of its own."""
        return

    def document(self, text: str) -> Document:
        """Return the command line as a document; `text` is its text as it may be shown, of the same length."""
        return Document(PATH, text, {}, JSON, self)


_WHOLE = ("--cli-input-json", "--cli-input-yaml")


class _LinePlaces:
    """The places in JSON lines: the first step of a route is the number of the line."""

    def __init__(self, text: str, lines: Sequence[Extent]) -> None:
        self._text = text
        self._lines = lines

    def extent(self, route: Route) -> Extent:
        begin, end = self._lines[int(str(route[0]))]
        first, last = JsonPlaces(self._text[begin:end]).extent(route[1:])
        return begin + first, begin + last

    def within(self, _route: Route, _value: str) -> None:
        return


def file_document(file: RequestsFile, text: str) -> Document:
    """Return the file of --requests as a document; `text` is its text as it may be shown, of the same length."""
    if file.lines:
        return Document(file.path, text, None, JSON, _LinePlaces(text, file.lines))
    return parse(file.path, text.encode("utf-8", "surrogatepass"))


def mounting(typed: CommandLine, file: RequestsFile, shown: str, written: str) -> Callable[[SourceMap], None]:
    """Return a function that places the requests of the facts in the file, or where flags set them.

    `shown` and `written` are the texts of both as they may be shown.
    """

    def mount(source: SourceMap) -> None:
        command_line = typed.document(shown)
        document = file_document(file, written) if file.path else None
        for number in range(len(file.requests)):
            route: Route = ("requests", number)
            if document is None:
                source.mount(route, command_line)
                continue
            source.mount(route, document, file.route(number))
            for name in file.replaced:
                source.mount((*route, name), command_line, (name,))

    return mount

"""`snaplint simulate [FILE ...]`: evaluate one request per line with the policy engine, and answer on one line."""

from __future__ import annotations

import gc
import os
import sys

from snaplint.base.breakage import NO_MEMORY, described, lacks_memory
from snaplint.base.source import Unreadable
from snaplint.base.wording import os_reason
from snaplint.cli.breakage import print_breakage
from snaplint.cli.parser import Parser
from snaplint.iam import Context, Request, Simulator
from snaplint.iam.document.kept import text_of
from snaplint.read.simulation import BadLine, lines, lines_of_file, parse_line
from snaplint.report.terminal import shown, told
from snaplint.syntax.near_path import did_you_mean_path
from snaplint.syntax.reading import opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from snaplint.read.simulation import Simulation

    Answer = Callable[[Simulation, Simulator, Request], str]
    WriteError = Callable[[str, int, BadLine], str]

ANSWERED, UNUSABLE, BROKEN = 0, 2, 3

_EPILOG = """\
A line is a JSON object such as
  {"id": "1", "request": {"principal": "arn:aws:iam::111122223333:role/exporter", "action": "s3:PutObject",
   "resource": "arn:aws:s3:::bucket/key", "resource_account": "111122223333"}, "identity_policies": [{...}]}
`snaplint schema simulate` describes its members. The answer to a line that cannot be read is an error, and the lines
after it are still answered. Exit code 0: every line was answered; 2: a line or a file could not be read; 3: snaplint
itself broke on a line.
"""


def run(arguments: Sequence[str]) -> int:
    """Answer every line, and return the exit code."""
    options = _options(arguments)
    gc.enable()
    answer, write_error = _as_text(options.color) if options.format == "text" else _as_json()
    simulators = Simulators()
    code = ANSWERED
    first: Exception | None = None
    for path in options.files or ["-"]:
        try:
            for number, raw in _lines_of(path):
                asked: Simulation | None = None
                try:
                    asked = parse_line(raw)
                    text = answer(asked, simulators.of(asked.policies), _request(asked))
                except BadLine as error:
                    code = max(code, UNUSABLE)
                    text = write_error(path, number, error)
                except Exception as error:  # noqa: BLE001 - the other lines are answered
                    if lacks_memory(error):
                        code, message = max(code, UNUSABLE), f"{NO_MEMORY} to answer it"
                    else:
                        code, first = BROKEN, first or error
                        message = f"snaplint broke on this line: {described(error)}"
                    text = write_error(path, number, BadLine(message, asked and asked.id))
                # A client may wait for this answer before it sends the next line.
                sys.stdout.write(text)
                sys.stdout.flush()
        except Unreadable as error:
            code = max(code, UNUSABLE)
            why = error.message + told(did_you_mean_path(path))
            print(f"snaplint: cannot read `{shown(path)}`: {why}", file=sys.stderr)
    if first is not None:
        print_breakage(first)
    return code


def _options(arguments: Sequence[str]) -> Any:
    from argparse import RawDescriptionHelpFormatter

    parser = Parser(
        "snaplint simulate",
        description="Say whether AWS would allow requests. Each line is a JSON object: a request with its policies.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="files of such lines; - is standard input (default)")
    parser.add_argument(
        "--format",
        choices=("json", "text"),
        default="json",
        help="json: one answer per line (default); text: see --explain",
    )
    parser.add_argument(
        "--explain",
        dest="format",
        action="store_const",
        const="text",
        help="the same as --format text: each decision in words, with every layer and the statements that nearly match",
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="when to use colour (default: auto)"
    )
    return parser.parse_args(arguments)


def _lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file or of standard input. Raises Unreadable, perhaps after the first of them."""
    try:
        if path == "-":
            # A closed standard input has no requests.
            yield from lines(sys.stdin.buffer) if sys.stdin is not None else ()
            return
        with opened(path, is_named=True) as file:
            yield from lines_of_file(file)
    except OSError as error:
        raise Unreadable(os_reason(error)) from error


def _request(asked: Simulation) -> Request:
    members = asked.request
    context = Context(members["context"], unknown=members["unknown"], foreign=members["foreign"])
    return Request(members["principal"], members["action"], members["resource"], members["resource_account"], context)


class Simulators:
    """A cache of simulators by their policies, because consecutive lines often have the same ones."""

    MOST = 8
    LONGEST = 1 << 20
    """Policies with a longer text are not cached, so that the cache stays small."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Simulator] = {}

    def of(self, policies: dict[str, Any]) -> Simulator:
        """Return the simulator for these policies, from the cache if it is there."""
        key = text_of(policies)
        # The most recently used is last; the first is dropped.
        known = self._kept.pop(key, None) if key is not None else None
        found = known or Simulator(**policies, owned=True)
        if key is not None and len(key) <= self.LONGEST:
            self._kept[key] = found
        if len(self._kept) > self.MOST:
            del self._kept[next(iter(self._kept))]
        return found


# -- the two formats
# ------------------------------------------------------------------------------------------------------------------


def _as_json() -> tuple[Answer, WriteError]:
    """Return the functions for JSON output. It is ASCII, so that no control character of an input gets through."""
    from json import JSONEncoder

    encode = JSONEncoder(allow_nan=False, check_circular=False).encode

    def answer(asked: Simulation, simulator: Simulator, request: Request) -> str:
        return f"{encode({'id': asked.id, **simulator.evaluate(request).as_json()})}\n"

    def write_error(path: str, number: int, error: BadLine) -> str:
        place = {"line": number} if path == "-" else {"path": path, "line": number}
        return f"{encode({'id': error.id, 'error': error.message, **place})}\n"

    return answer, write_error


def _as_text(color: str) -> tuple[Answer, WriteError]:
    """Return the functions for explanations in text."""
    from snaplint.iam.explain.explain import explain
    from snaplint.report import explanation, terminal

    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = terminal.detect(os.environ, isatty=isatty, color=color, columns=columns)

    def answer(asked: Simulation, simulator: Simulator, request: Request) -> str:
        return explanation.text(asked.id, asked.request["action"], explain(simulator, request), style)

    def write_error(path: str, number: int, error: BadLine) -> str:
        return explanation.line_error("<stdin>" if path == "-" else path, number, error.message, style)

    return answer, write_error

"""`snaplint simulate [FILE ...]`: the policy engine by itself, one request a line in, one answer a line out."""

from __future__ import annotations

import gc
import os
import sys

from snaplint.base.wording import os_reason
from snaplint.cli.parser import Parser
from snaplint.iam import Context, Request, Simulator
from snaplint.read.simulation import BadLine, lines, lines_of_file, question
from snaplint.report.terminal import sanitise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, BinaryIO

    from snaplint.read.simulation import Question

    Answer = Callable[[Question, Simulator, Request], str]
    Complain = Callable[[str, int, BadLine], str]

ANSWERED, UNUSABLE = 0, 2

_EPILOG = """\
A line is an object such as
  {"id": "1", "request": {"principal": "arn:aws:iam::111122223333:role/exporter", "action": "s3:PutObject",
   "resource": "arn:aws:s3:::bucket/key", "resource_account": "111122223333"}, "identity_policies": [{...}]}
and `snaplint schema simulate` describes it. A line that cannot be read is answered with its error, and the rest go on.
Exit code 0: every line was answered; 2: a line or a file could not be read.
"""


def run(arguments: Sequence[str]) -> int:
    """Answer every line, and return the exit code."""
    options = _options(arguments)
    gc.enable()
    answer, complain = _explaining(options.color) if options.format == "text" else _as_json()
    simulators = Simulators()
    code = ANSWERED
    for path in options.files or ["-"]:
        try:
            for number, raw in _lines_of(path):
                try:
                    asked = question(raw)
                except BadLine as error:
                    code = UNUSABLE
                    text = complain(path, number, error)
                else:
                    text = answer(asked, simulators.of(asked.policies), _request(asked))
                # Whoever asks may wait for this answer before asking on.
                sys.stdout.write(text)
                sys.stdout.flush()
        except _CannotOpen as error:
            code = UNUSABLE
            print(f"snaplint: cannot read `{sanitise(path)}`: {error}", file=sys.stderr)
    return code


def _options(arguments: Sequence[str]) -> Any:
    from argparse import RawDescriptionHelpFormatter

    parser = Parser(
        "snaplint simulate",
        description="Would AWS allow it? Answers requests, one JSON object a line, each with the policies it meets.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="files of lines; - is standard input (the default)")
    parser.add_argument("--format", choices=("json", "text"), default="json", help="json: one answer a line (default)")
    parser.add_argument(
        "--explain",
        dest="format",
        action="store_const",
        const="text",
        help="the same as --format text: each decision in words, with every layer and the statements near the request",
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="when to use colour")
    return parser.parse_args(arguments)


class _CannotOpen(Exception):
    """A file that cannot be read, and why."""


def _lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    if path == "-":
        # A standard input that is closed holds no requests.
        yield from lines(sys.stdin.buffer) if sys.stdin is not None else ()
        return
    try:
        file: BinaryIO = open(path, "rb")  # noqa: SIM115  # closed below; what fails while it is open is another matter
    except (OSError, ValueError) as error:
        raise _CannotOpen(os_reason(error)) from None
    with file:
        yield from lines_of_file(file)


def _request(asked: Question) -> Request:
    members = asked.request
    context = Context(members["context"], unknown=members["unknown"], foreign=members["foreign"])
    return Request(members["principal"], members["action"], members["resource"], members["resource_account"], context)


class Simulators:
    """Simulators of the last few sets of policies: lines that follow one another often bring the same."""

    MOST = 8
    LONGEST = 1 << 20
    """Policies that take more characters are not kept: what is kept must stay small."""

    def __init__(self) -> None:
        from json import JSONEncoder

        self._encode = JSONEncoder(check_circular=False).encode
        self._kept: dict[str, Simulator] = {}

    def of(self, policies: dict[str, Any]) -> Simulator:
        """The simulator of these policies, compiled now or kept from before."""
        key = self._encode(policies)
        # What was used last stands last; the first one goes.
        found = self._kept.pop(key, None) or Simulator(**policies)
        if len(key) <= self.LONGEST:
            self._kept[key] = found
        if len(self._kept) > self.MOST:
            del self._kept[next(iter(self._kept))]
        return found


# -- the two forms
# ------------------------------------------------------------------------------------------------------------------


def _as_json() -> tuple[Answer, Complain]:
    """ASCII, as in every machine form: nothing of an input gets through that is more than text."""
    from json import JSONEncoder

    encode = JSONEncoder(allow_nan=False, check_circular=False).encode

    def answer(asked: Question, simulator: Simulator, request: Request) -> str:
        return f"{encode({'id': asked.id, **simulator.evaluate(request).as_json()})}\n"

    def complain(path: str, number: int, error: BadLine) -> str:
        place = {"line": number} if path == "-" else {"path": path, "line": number}
        return f"{encode({'id': error.id, 'error': error.message, **place})}\n"

    return answer, complain


def _explaining(color: str) -> tuple[Answer, Complain]:
    from snaplint.iam.explain.explain import explain
    from snaplint.report import explanation, terminal

    isatty = sys.stdout.isatty()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if isatty else None
    style = terminal.detect(os.environ, isatty=isatty, color=color, columns=columns)

    def answer(asked: Question, simulator: Simulator, request: Request) -> str:
        return explanation.text(asked.id, asked.request["action"], explain(simulator, request), style)

    def complain(path: str, number: int, error: BadLine) -> str:
        return explanation.line_error("<stdin>" if path == "-" else path, number, error.message, style)

    return answer, complain

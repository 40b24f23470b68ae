"""The main path: from the paths a user names to one result a request, and every fault on the way."""

from __future__ import annotations

from snaplint.base.source import Fault, Unreadable
from snaplint.findings.result import Result
from snaplint.lint.checker import RequestChecker
from snaplint.read.preflight import read_preflight
from snaplint.syntax.files import STDIN, Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.findings.rule import Rule
    from snaplint.read.preflight import Preflight
    from snaplint.syntax.document import Document


def check_paths(
    paths: Iterable[str],
    rules: Sequence[Rule],
    faults: list[Fault],
    *,
    strict: bool = False,
    allow_outside: bool = False,
) -> Iterator[Result]:
    """A result for every request in the files, one at a time; what cannot be read is appended to `faults`, and the rest
    goes on."""
    files = Files(allow_outside=allow_outside)
    for path in paths:
        try:
            document = files.document(path)
        except Unreadable as error:
            shown = "<stdin>" if path == STDIN else path
            faults.append(Fault(shown, error.line, error.column, error.message))
            continue
        yield from check_document(document, files, rules, faults, strict=strict)


def check_document(
    document: Document, files: Files, rules: Sequence[Rule], faults: list[Fault], *, strict: bool = False
) -> Iterator[Result]:
    """A result for every request of one preflight file."""
    preflight = read_preflight(document, files, faults)
    if preflight is not None:
        yield from check_preflight(preflight, rules, strict=strict)


def check_preflight(preflight: Preflight, rules: Sequence[Rule], *, strict: bool = False) -> Iterator[Result]:
    """A result for every request; all of them share the compiled policies."""
    checker = RequestChecker(preflight.facts, preflight.caller, rules, strict=strict)
    for request in preflight.requests:
        verdicts = checker.check(request)
        yield Result(
            {"operation": request.operation.name, **request.members}, request.route, verdicts, preflight.source
        )

"""The main path: from the paths that a user names to one stream of a result for each request and every fault."""

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
    paths: Iterable[str], rules: Sequence[Rule], *, strict: bool = False, allow_outside: bool = False
) -> Iterator[Result | Fault]:
    """Return a result for every request in the files, one at a time, and a fault for what cannot be read; a fault never
    stops the rest."""
    files = Files(allow_outside=allow_outside)
    for path in paths:
        try:
            document = files.document(path)
        except Unreadable as error:
            shown = "<stdin>" if path == STDIN else path
            yield Fault(shown, error.line, error.column, error.message)
            continue
        yield from check_document(document, files, rules, strict=strict)


def check_document(
    document: Document, files: Files, rules: Sequence[Rule], *, strict: bool = False
) -> Iterator[Result | Fault]:
    """Return the faults of one preflight file, and a result for every request in it."""
    for each in read_preflight(document, files):
        if isinstance(each, Fault):
            yield each
        else:
            yield from check_preflight(each, rules, strict=strict)


def check_preflight(preflight: Preflight, rules: Sequence[Rule], *, strict: bool = False) -> Iterator[Result]:
    """Return a result for every request; all of them share the compiled policies."""
    checker = RequestChecker(preflight.facts, preflight.caller, rules, strict=strict)
    for request in preflight.requests:
        verdicts = checker.check(request)
        yield Result(
            {"operation": request.operation.name, **request.members}, request.route, verdicts, preflight.source
        )

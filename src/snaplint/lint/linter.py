"""The main path: from the paths that a user names to one stream of results and input errors."""

from __future__ import annotations

from snaplint.base.breakage import broken_check, unbroken
from snaplint.base.source import Fault
from snaplint.checks.earlier import Earlier
from snaplint.findings.result import Result
from snaplint.findings.verdict import BrokenVerdict
from snaplint.lint.checker import RequestChecker
from snaplint.lint.notes import notes
from snaplint.lint.reopened import Reopener
from snaplint.read.preflight import read_preflight
from snaplint.read.preflights import preflights
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from snaplint.findings.result import Reported
    from snaplint.findings.rule import Rule
    from snaplint.read.preflight import Preflight
    from snaplint.read.source_map import SourceMap
    from snaplint.syntax.document import Document


def check_paths(
    paths: Iterable[str],
    rules: Sequence[Rule],
    *,
    strict: bool = False,
    allow_outside: bool = False,
    named: Sequence[str] | None = None,
) -> Iterator[Reported]:
    """Yield a result for every request in the files, one at a time, a fault for every input error, and the notes.

    A fault does not stop the other files, and neither does an error of snaplint in one (`Breakage`). `named` is as in
    `preflights`. Each request is also checked against those before it, of its own file and of the files before.
    """
    files = Files(allow_outside=allow_outside)
    yield from _checked(preflights(paths, files, named=named), files, rules, strict=strict)


def check_document(
    document: Document,
    files: Files,
    rules: Sequence[Rule],
    *,
    strict: bool = False,
    mount: Callable[[SourceMap], None] | None = None,
) -> Iterator[Reported]:
    """Yield the faults of one preflight file, then a result for every request in it, then the notes on the file.

    `mount` may place parts of it in other documents, from which they were made.
    """
    read = unbroken(document.path, read_preflight(document, files))
    if mount is not None:
        read = _mounted(read, mount)
    yield from _checked(read, files, rules, strict=strict)


def _mounted(read: Iterable[Preflight | Fault], mount: Callable[[SourceMap], None]) -> Iterator[Preflight | Fault]:
    for each in read:
        if not isinstance(each, Fault):
            mount(each.source)
        yield each


def _checked(
    stream: Iterable[Preflight | Fault], files: Files, rules: Sequence[Rule], *, strict: bool
) -> Iterator[Reported]:
    earlier, reopener = Earlier(), Reopener(files)
    for each in stream:
        if isinstance(each, Fault):
            yield each
        else:
            path = each.source.root.path
            yield from unbroken(path, _of_file(each, rules, strict=strict, earlier=earlier, reopener=reopener))


def _of_file(
    preflight: Preflight, rules: Sequence[Rule], *, strict: bool, earlier: Earlier, reopener: Reopener
) -> Iterator[Reported]:
    """Yield what is reported about one preflight file.

    If this raises, the requests before that stay in `earlier`, and later requests are compared with them.
    """
    results = check_preflight(preflight, rules, strict=strict, earlier=earlier)
    yield from _with_broken_checks(preflight.source.root.path, results)
    earlier.end(reopener.locator(preflight))
    yield from notes(preflight)


def check_preflight(
    preflight: Preflight, rules: Sequence[Rule], *, strict: bool = False, earlier: Earlier | None = None
) -> Iterator[Result]:
    """Yield a result for every request of one preflight file; they share the compiled policies.

    `earlier` holds the requests of the files before this one, and those of this file are added to it.
    """
    earlier = Earlier() if earlier is None else earlier
    earlier.begin(preflight.facts, preflight.source)
    checker = RequestChecker(preflight.facts, preflight.caller, rules, strict=strict, earlier=earlier)
    for request in preflight.requests:
        verdicts = checker.check(request)
        yield Result(
            {"operation": request.operation.name, **request.members}, request.route, verdicts, preflight.source
        )


def _with_broken_checks(path: str, results: Iterable[Result]) -> Iterator[Result | Fault]:
    """Yield the results of a file, and then a fault for the first check in it that raised an exception."""
    first: BrokenVerdict | None = None
    for result in results:
        yield result
        if first is None:
            first = next((each for each in result.verdicts if isinstance(each, BrokenVerdict)), None)
    if first is not None:
        yield broken_check(path, first.rule.id, first.error)

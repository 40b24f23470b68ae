"""The main path: from the paths a user names to one result a request, and every fault on the way."""

from __future__ import annotations

import os

from snaplint.checks.access import Access
from snaplint.checks.proposal import Proposal
from snaplint.engine import judge
from snaplint.read.files import STDIN, Files, project_root
from snaplint.read.preflight import read_preflight
from snaplint.report.result import Result
from snaplint.source import Fault, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from snaplint.read.document import Document
    from snaplint.read.preflight import Preflight
    from snaplint.rule import Rule

SUFFIXES = (".snaplint.yaml", ".snaplint.yml", ".snaplint.json")
SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".nox", ".tox", ".venv", "venv", ".terraform", "node_modules", "__pycache__")
)
"""Folders that hold no files of the project's own; all others are searched, hidden ones too."""


def discover(
    paths: Iterable[str],
    faults: list[Fault],
    exclude: Sequence[str] = (),
    *,
    force_exclude: bool = False,
    allow_outside: bool = False,
) -> list[str]:
    """The files to check: those named, and in named folders all that look like preflight files, sorted, each once.

    `exclude` holds patterns of * and ? that a path or one of its folders may match; it spares named files too under
    `force_exclude`. In a folder, what only pretends to be a file of the project (a pipe, a device, a link out of it) is
    a fault; `allow_outside` permits the links.
    """
    found: dict[str, str] = {}
    for path in paths:
        if path == STDIN:
            found[STDIN] = STDIN
        elif os.path.isdir(path):
            for file in _walk(path, faults):
                if not _excluded(file, exclude) and not _pretends(file, path, faults, allow_outside):
                    found.setdefault(os.path.abspath(file), file)
        elif not os.path.lexists(path):
            faults.append(Fault(path, 1, 1, "no such file or folder"))
        elif not (force_exclude and _excluded(path, exclude)):
            found.setdefault(os.path.abspath(path), path)
    return list(found.values())


def _walk(folder: str, faults: list[Fault]) -> Iterator[str]:
    def closed(error: OSError) -> None:
        faults.append(Fault(error.filename, 1, 1, f"cannot search the folder: {(error.strerror or '').lower()}"))

    for where, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        yield from (os.path.normpath(os.path.join(where, name)) for name in sorted(files) if name.endswith(SUFFIXES))


def _pretends(file: str, folder: str, faults: list[Fault], allow_outside: bool) -> bool:
    if os.path.exists(file) and not os.path.isfile(file):
        faults.append(Fault(file, 1, 1, "it is not a regular file"))
        return True
    if allow_outside or not os.path.islink(file):
        return False
    root = project_root(folder)
    if os.path.commonpath((os.path.realpath(file), root)) == root:
        return False
    faults.append(Fault(file, 1, 1, f"the link leaves the project `{root}`; --allow-outside permits that"))
    return True


def _excluded(path: str, patterns: Sequence[str]) -> bool:
    if not patterns:
        return False
    from snaplint.iam.pattern import glob

    normal = os.path.normpath(path)
    parts = normal.split(os.sep)
    return any(
        glob(pattern.rstrip("/")).matches(candidate)
        for pattern in patterns
        for candidate in (normal, *parts, *(os.sep.join(parts[:length]) for length in range(1, len(parts))))
    )


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
    access = Access(preflight.facts, preflight.caller)
    for request in preflight.requests:
        verdicts = judge(rules, Proposal(request, preflight.facts, preflight.caller, access), strict=strict)
        yield Result({"operation": request.operation, **request.members}, request.route, verdicts, preflight.source)

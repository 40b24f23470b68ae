"""The files to check: those that a user names, and what looks like a preflight file in the folders."""

from __future__ import annotations

import os

from snaplint.base.source import Fault
from snaplint.syntax.files import STDIN, project_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    from snaplint.iam.terms.pattern import glob

    normal = os.path.normpath(path)
    parts = normal.split(os.sep)
    return any(
        glob(pattern.rstrip("/")).matches(candidate)
        for pattern in patterns
        for candidate in (normal, *parts, *(os.sep.join(parts[:length]) for length in range(1, len(parts))))
    )

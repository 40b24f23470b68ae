"""The files to check: those that a user names, and files in named folders whose names a reader may recognise."""

from __future__ import annotations

import os
from errno import ENAMETOOLONG

from snaplint.base.source import Fault, PathFault
from snaplint.base.wording import os_reason
from snaplint.read.registry import suffixes
from snaplint.syntax.files import STDIN
from snaplint.syntax.project import link_out, outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SKIPPED = frozenset(
    (".git", ".hg", ".svn", ".nox", ".tox", ".venv", "venv", ".terraform", "node_modules", "__pycache__")
)
"""Folders without files of the project itself. All others are searched, including hidden ones."""


_OF_THE_SYSTEM = ("/dev/", "/proc/")
_MOST_SUGGESTED = 10
"""For how many missing paths a similar one is looked for: that lists a folder each time."""
_OPTION = "; an option must come before `--`: in a pre-commit configuration in `entry`, because `args` come after it"


def discover(
    paths: Iterable[str], exclude: Sequence[str] = (), *, force_exclude: bool = False, allow_outside: bool = False
) -> Iterator[str | Fault]:
    """Yield the files to check, each once: those named, and in named folders all with a suffix of a reader, sorted.

    `exclude` holds patterns with * and ?; a path is excluded if it or one of its folders matches. Named files are
    excluded only with `force_exclude`. A link that leads out of the project that holds it is a fault, which
    `allow_outside` permits, and so is a pipe or a device in a folder.
    """
    seen: set[str] = set()
    missing = 0
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            missing += 1
            yield _missing(path, suggest=missing <= _MOST_SUGGESTED)
            continue
        if path == STDIN or not os.path.isdir(path):
            candidates = _named(path, exclude if force_exclude else (), allow_outside=allow_outside)
        else:
            candidates = _search(path, exclude, allow_outside=allow_outside)
        for each in candidates:
            if isinstance(each, Fault):
                yield each
                continue
            file = _identity(each)
            if file not in seen:
                seen.add(file)
                yield each


def _missing(path: str, *, suggest: bool) -> PathFault:
    """Return the fault of a path that does not exist, with the suggestion of one that does."""
    why = "no such file or folder"
    if path.startswith("-"):
        why += _OPTION
    elif suggest:
        from snaplint.syntax.near_path import did_you_mean_path  # only if a path is missing

        why += did_you_mean_path(path)
    return PathFault.of(path, why)


def _identity(path: str) -> str:
    """Return the same text for every spelling of a path, and for a link to a file of the same folder.

    A link in another folder is another preflight file: the paths in it are relative to its folder.
    """
    if path == STDIN:
        return path
    whole = os.path.abspath(path)
    if os.path.islink(whole):
        real = os.path.realpath(whole)
        if os.path.dirname(real) == os.path.realpath(os.path.dirname(whole)):
            return os.path.join(os.path.dirname(whole), os.path.basename(real))
    return whole


def _named(path: str, exclude: Sequence[str], *, allow_outside: bool) -> Iterator[str | Fault]:
    """Yield the file that a user names, unless it is excluded, or its fault."""
    if path == STDIN:
        yield path
    elif excluded_by(path, exclude) is None:
        yield (None if allow_outside else _leads_out(path)) or path


def _search(folder: str, exclude: Sequence[str], *, allow_outside: bool) -> Iterator[str | Fault]:
    """Yield the files in a folder with a suffix of a reader, and a fault for each that is not a file of the project."""
    leads_out = None if allow_outside else _leads_out(folder)
    if leads_out is not None:
        yield leads_out
        return
    for each in _walk(folder):
        if isinstance(each, Fault):
            yield each
        elif excluded_by(each, exclude) is None:
            yield _pretence(each, allow_outside=allow_outside) or each


def _walk(folder: str) -> Iterator[str | Fault]:
    """Yield every file in a folder with a suffix of a reader, and a fault for each folder that cannot be searched.

    `os.walk` would call itself for each level of folders. The folders whose paths are longer than the operating system
    permits give one fault.
    """
    ends = suffixes()
    rest, too_long = [folder], False
    while rest:
        where = rest.pop()
        try:
            files, folders = _listed(where)
        except OSError as error:
            if error.errno != ENAMETOOLONG or not too_long:
                yield _unsearched(error)
            too_long = too_long or error.errno == ENAMETOOLONG
            continue
        rest.extend(os.path.join(where, name) for name in sorted(folders, reverse=True) if name not in SKIPPED)
        yield from (os.path.normpath(os.path.join(where, name)) for name in sorted(files) if name.endswith(ends))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Return the names of the files in a folder, and those of its folders without links. Raises OSError."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                is_folder = entry.is_dir()
            except OSError:  # a link in a circle
                is_folder = False
            if not is_folder:
                files.append(entry.name)
            elif not entry.is_symlink():
                folders.append(entry.name)
    return files, folders


def _unsearched(error: OSError) -> Fault:
    return PathFault.of(error.filename, f"cannot search the folder: {os_reason(error)}")


def _pretence(file: str, *, allow_outside: bool) -> Fault | None:
    """Return the fault of a path that is not a regular file of the project; None if it is."""
    if os.path.exists(file) and not os.path.isfile(file):
        return PathFault.of(file, "it is not a regular file")
    return None if allow_outside or not os.path.islink(file) else _leads_out(file)


def _leads_out(path: str) -> Fault | None:
    """Return the fault of a path with a link that leads out of the project.

    A user may name any file, but the names of links may come from the project that is checked, as those that a shell
    puts for `*` do. Links in /dev and /proc are the user's own, such as /dev/stdin and `<(…)` of a shell.
    """
    if "\0" in path or os.path.abspath(path).startswith(_OF_THE_SYSTEM):
        return None
    found = link_out(path)
    if found is None:
        return None
    link, root = found
    which = "the link" if os.path.basename(link) == os.path.basename(path.rstrip(os.sep)) else f"the link `{link}`"
    return PathFault.of(path, f"{which} leads {outside(root)}; --allow-outside permits that")


def excluded_by(path: str, patterns: Sequence[str]) -> str | None:
    """Return the first pattern that excludes a path; None if none does."""
    if not patterns:
        return None
    from snaplint.iam.terms.pattern import glob

    normal = os.path.normpath(path)
    parts = normal.split(os.sep)
    candidates = (normal, *parts, *(os.sep.join(parts[:length]) for length in range(1, len(parts))))
    for pattern in patterns:
        matches = glob(pattern.rstrip("/")).matches
        if any(matches(candidate) for candidate in candidates):
            return pattern
    return None

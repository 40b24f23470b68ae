"""The path that a user may have meant by one that does not exist."""

from __future__ import annotations

import os

from snaplint.base.wording import did_you_mean, nearest

_OURS = ".snaplint."


def did_you_mean_path(path: str) -> str:
    """Return the end of a message that suggests an existing path like a missing one; empty if there is none.

    It is empty too if the path exists. The first part of the path that does not exist is looked for among the names of
    its folder, and the rest of the path below the name that is found.
    """
    if os.path.lexists(path):
        return ""
    folder, name = os.path.split(path.rstrip(os.sep))
    below: list[str] = []
    while folder and not os.path.isdir(folder):
        below.insert(0, name)
        folder, name = os.path.split(folder)
    try:
        near = _nearest(name, os.listdir(folder or os.curdir))
    except (OSError, ValueError):  # a folder that may not be read, or a null character in its name
        return ""
    found = None if near is None else os.path.join(folder, near, *below)
    return did_you_mean(found if found is not None and os.path.lexists(found) else None)


def _nearest(name: str, names: list[str]) -> str | None:
    """Return the name that is most like a missing one, without the suffixes, which most of them have in common."""
    by_stem: dict[str, list[str]] = {}
    for each in sorted(names):
        by_stem.setdefault(_stem(each), []).append(each)
    stem = nearest(_stem(name), by_stem)
    if stem is None:
        return None
    return nearest(name, by_stem[stem], cutoff=0) or by_stem[stem][0]


def _stem(name: str) -> str:
    return name.partition(_OURS)[0] or name if _OURS in name else os.path.splitext(name)[0]

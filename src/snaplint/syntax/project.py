"""The project that a file belongs to: what the paths and links in it may not leave."""

from __future__ import annotations

import os
import stat


def project_root(folder: str) -> str | None:
    """Return the project of the files in a folder, links resolved.

    It is the nearest folder with `.git` from `folder` upward, or else the working directory, or `folder` itself if that
    is elsewhere. The root of the disk is no project, because every file is in it: None.
    """
    real = os.path.realpath(folder)
    return _holding(real) or (None if _is_top(real) else real)


def is_inside(real: str, root: str | None) -> bool:
    """Return True if a path, links resolved, is the project `root` or in it."""
    return root is not None and os.path.commonpath((real, root)) == root


def outside(root: str | None) -> str:
    """Return how a message goes on about what is not in the project `root`: `outside the project …`."""
    return f"outside the project `{root}`" if root is not None else "outside the project: `/` is never a project"


def link_out(path: str) -> tuple[str, str | None] | None:
    """Return the first link in a path that leads out of the project that holds the link, and that project.

    A link to a folder is followed if no project but its own folder holds it, such as /tmp on macOS.
    """
    whole = os.path.join(os.getcwd(), path)
    if os.path.realpath(whole) == os.path.abspath(path):
        return None
    at = os.sep  # always without links
    parts = [part for part in whole.split(os.sep) if part not in ("", os.curdir)]
    for number, part in enumerate(parts, 1):
        place = os.path.join(at, part)
        if part == os.pardir:
            at = os.path.dirname(at)
        elif os.path.islink(place):
            target = os.path.realpath(place)
            root = _holding(at)
            if root is None and number == len(parts) and not os.path.isdir(target):
                root = project_root(at)
                if not is_inside(target, root):
                    return place, root
            if root is not None and not is_inside(target, root):
                return place, root
            at = target
        else:
            at = place
    return None


def others_may_write(path: str) -> bool:
    """Return True if another user may have put a file where it is, as any user may put one into /tmp.

    git refuses such a repository too: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
    """
    if not hasattr(os, "geteuid"):  # Windows, where the mode of a folder does not tell
        return False
    try:
        is_open = os.stat(os.path.dirname(os.path.abspath(path))).st_mode & stat.S_IWOTH
        return bool(is_open) and os.lstat(path).st_uid not in (0, os.geteuid())
    except OSError:
        return False


def _holding(real: str) -> str | None:
    """Return the project that holds a folder: the nearest folder with `.git`, or else the working directory."""
    current = real
    while not _is_top(current):
        marker = os.path.join(current, ".git")  # a file in a worktree or a submodule
        if os.path.exists(marker) and not others_may_write(marker):
            return current
        current = os.path.dirname(current)
    working = os.path.realpath(os.curdir)
    return working if not _is_top(working) and is_inside(real, working) else None


def _is_top(folder: str) -> bool:
    return os.path.dirname(folder) == folder

"""Packages that are tables: one module is one entry, so that a new entry is one new file and no list is edited."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def modules(folder: str) -> tuple[str, ...]:
    """Return the names of the modules in a package's folder, sorted, without `__init__` and names with a leading `_`.

    `folder` is that of an installed package, so the result is fixed for an installation. Compiled files count too: a
    package may be stripped of its sources. The lock file of an editor (`.#name.py`) is not a module.
    """
    try:
        names = os.listdir(folder)
    except OSError:  # in a zip archive
        return _modules_in_archive(folder)
    named = (name.rpartition(".") for name in names)
    return tuple(sorted({stem for stem, _, end in named if end in ("py", "pyc") and stem[:1] not in ("", "_", ".")}))


def _modules_in_archive(folder: str) -> tuple[str, ...]:
    import pkgutil  # which takes longer to import than a folder to list

    found = (each.name for each in pkgutil.iter_modules([folder]) if not each.ispkg)
    return tuple(sorted(name for name in found if not name.startswith("_")))


def table(package: ModuleType) -> dict[str, str]:
    """Return the full names of the modules of a package by their short names, without importing them."""
    return {name: f"{package.__name__}.{name}" for name in modules(package.__path__[0])}


def module(name: str) -> Any:
    """Import a module of snaplint by its full name and return it."""
    __import__(name)  # `importlib.import_module` does the same, and importing it takes longer than most modules
    return sys.modules[name]

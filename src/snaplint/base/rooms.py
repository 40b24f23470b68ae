"""Packages that are tables: one module is one entry, so that a new entry is one new file and no list is edited."""

from __future__ import annotations

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


def modules(folder: str) -> tuple[str, ...]:
    """Return the names of the modules in a package's folder, sorted, without `__init__` and names with a leading `_`.

    Reads the folder of the installed package and nothing else: what it returns is part of the program. A package may
    have been stripped to its compiled files; what an editor leaves beside a file (`.#name.py`) is no module.
    """
    named = (name.rpartition(".") for name in os.listdir(folder))
    return tuple(sorted({stem for stem, _, end in named if end in ("py", "pyc") and stem[:1] not in ("", "_", ".")}))


def table(package: ModuleType) -> dict[str, str]:
    """Return the full names of a package's modules by their short ones; nothing is imported."""
    return {name: f"{package.__name__}.{name}" for name in modules(package.__path__[0])}


def module(name: str) -> Any:
    """Return a module of snaplint by its full name, imported on first use."""
    return import_module(name)

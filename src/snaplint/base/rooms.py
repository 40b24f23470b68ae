"""Packages that are tables: one module is one entry, so that a new entry is one new file and no list is edited."""

from __future__ import annotations

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any


def modules(folder: str) -> tuple[str, ...]:
    """Return the names of the modules in a package's folder, sorted, without `__init__` and names with a leading `_`.

    Reads the folder of the installed package and nothing else: what it returns is part of the program. A package may
    have been stripped to its compiled files; what an editor leaves beside a file (`.#name.py`) is no module.
    """
    named = (name.rpartition(".") for name in os.listdir(folder))
    return tuple(sorted({stem for stem, _, end in named if end in ("py", "pyc") and stem[:1] not in ("", "_", ".")}))


def module(name: str) -> Any:
    """Return a module of snaplint by its full name, imported on first use."""
    return import_module(name)


def loaded(package: str) -> Iterator[ModuleType]:
    """Yield every module of a package by the package's dotted name, imported, in the order of their names."""
    folder = os.path.dirname(import_module(package).__file__ or "")
    return (import_module(f"{package}.{name}") for name in modules(folder))

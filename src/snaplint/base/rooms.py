"""Packages that are tables: one module is one entry, so that a new entry is one new file and no list is edited."""

from __future__ import annotations

import os


def modules(folder: str) -> tuple[str, ...]:
    """Return the names of the modules in a package's folder, sorted, without `__init__` and names with a leading `_`.

    Reads the folder of the installed package and nothing else: what it returns is part of the program.
    """
    names = (name.removesuffix(".py") for name in os.listdir(folder) if name.endswith(".py"))
    return tuple(sorted(name for name in names if not name.startswith("_")))

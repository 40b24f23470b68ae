"""The data files of the package: its schemas, its rules and the starter file, also from a zip archive.

The loader of a module reads the files beside it, as `importlib.resources` does, which takes longer to import than a
check of a file. https://docs.python.org/3/library/importlib.html#importlib.abc.ResourceLoader
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def text(*parts: str) -> str:
    """Return the text of a file of the package, by its path in the package. Raises OSError if there is none."""
    loader: Any = sys.modules[__name__].__spec__.loader  # type: ignore[union-attr]  # the protocol of the optional method is not that of every loader
    raw: bytes = loader.get_data(os.path.join(_PACKAGE, *parts))
    return raw.decode("utf-8").replace("\r\n", "\n")

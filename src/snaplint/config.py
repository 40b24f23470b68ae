"""The settings of a project, from snaplint.toml or `[tool.snaplint]` in pyproject.toml."""

from __future__ import annotations

import os

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault
from snaplint.base.wording import os_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FILES = ("snaplint.toml", "pyproject.toml")


class Config(NamedTuple):
    """The settings of a project, and the path of the file that they come from.

    `rules` are folders, relative to the working directory.
    """

    path: str | None = None
    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False
    fail_on: str = "error"
    allow_outside: bool = False


def find(start: str = os.curdir) -> str | None:
    """Return the nearest settings file in `start` or above it: snaplint.toml, or a pyproject.toml with our table."""
    folder = os.path.abspath(start)
    while True:
        for name in _FILES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name == "snaplint.toml" or _mentions_us(path)):
                return os.path.relpath(path)
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _mentions_us(path: str) -> bool:
    """Return True if the file may have our table: most pyproject.toml files do not, and need no TOML parser."""
    try:
        with open(path, "rb") as file:
            return b"tool.snaplint" in file.read()
    except OSError:
        return False


def load(path: str | None) -> tuple[Config, tuple[Fault, ...]]:
    """Return the settings in a file and its faults; if there are any, all settings have their defaults."""
    if path is None:
        return Config(), ()
    import tomllib

    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        fault = Fault(path, 1, 1, f"cannot read the settings: {os_reason(error)}")
        return Config(), (fault,)
    except RecursionError:
        return Config(), (Fault(path, 1, 1, "nested too deeply"),)
    except ValueError as error:  # not TOML, not UTF-8, or a number that is too long
        return Config(), (_toml_fault(path, error),)
    if os.path.basename(path) == "pyproject.toml":
        tool = data.get("tool")
        table = tool.get("snaplint", {}) if isinstance(tool, dict) else {}
    else:
        table = data
    return _read(path, table)


def _toml_fault(path: str, error: Exception) -> Fault:
    message, _, place = str(error).rstrip(")").partition(" (at line ")
    line, _, column = place.partition(", column ")
    if line.isdecimal() and column.isdecimal():
        return Fault(path, int(line), int(column), message.lower())
    return Fault(path, 1, 1, str(error).lower())


def _read(path: str, table: Mapping[str, Any]) -> tuple[Config, tuple[Fault, ...]]:
    from snaplint.base.schema import accepts
    from snaplint.base.schema_faults import explain
    from snaplint.schemas import schema

    form = schema("config")
    if not accepts(form)(table):
        problems = explain(form, table, "the settings")
        return Config(path), tuple(Fault(path, _line_of(path, route), 1, message) for route, message in problems)
    folder = os.path.dirname(path)
    settings = Config(
        path,
        tuple(os.path.normpath(os.path.join(folder, name)) for name in table.get("rules", ())),
        tuple(table.get("exclude", ())),
        table.get("strict", False),
        table.get("fail-on", "error"),
        table.get("allow-outside", False),
    )
    return settings, ()


def _line_of(path: str, route: tuple[object, ...]) -> int:
    """Return the line that sets a key of the settings or begins its table: tomllib does not report places."""
    key = str(route[0]) if route else ""
    ours = "tool.snaplint" if os.path.basename(path) == "pyproject.toml" else ""
    table = ""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if text.startswith("["):
                table = text.partition("]")[0].strip("[ ")
                if table == f"{ours}.{key}".lstrip("."):
                    return number
            elif key and table == ours and text.partition("=")[0].strip(" \"'") == key:
                return number
    return 1

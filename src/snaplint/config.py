"""The settings of a project, from snaplint.toml or `[tool.snaplint]` in pyproject.toml."""

from __future__ import annotations

import os

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, Unreadable
from snaplint.base.wording import os_reason
from snaplint.syntax.files import is_inside, project_root
from snaplint.syntax.text import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FILES = ("snaplint.toml", "pyproject.toml")

MOST = 1 << 20
"""The largest settings file, in bytes: a hundred times a large one, so that tomllib parses it in about a second."""

_LONGEST_KEY = 32
"""The most parts of a dotted key: the time that tomllib needs grows with the cube of their number."""


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
            raw = file.read(MAX_BYTES + 1)
    except OSError:
        return False
    return b"tool.snaplint" in raw or len(raw) > MAX_BYTES  # `load` reports a file that is too large to be searched


def load(path: str | None, *, is_named: bool = False) -> tuple[Config, tuple[Fault, ...]]:
    """Return the settings in a file and its faults; if its form is wrong, all settings have their defaults.

    `is_named` is True for a file that the command line names. A file that was found is a part of the checked project:
    what would widen trust (files outside the project, rule folders outside it) is a fault there, and not obeyed.
    """
    if path is None:
        return Config(), ()
    import tomllib

    try:
        text = _text(path, is_named=is_named)
        data = tomllib.loads(text)
    except OSError as error:
        fault = Fault(path, 1, 1, f"cannot read the settings: {os_reason(error)}")
        return Config(), (fault,)
    except RecursionError:
        return Config(), (Fault(path, 1, 1, "nested too deeply"),)
    except ValueError as error:  # not TOML, not UTF-8, or a number that is too long
        return Config(), (_toml_fault(path, error),)
    except Unreadable as error:
        return Config(), (Fault(path, error.line, error.column, f"cannot read the settings: {error.message}"),)
    if os.path.basename(path) == "pyproject.toml":
        tool = data.get("tool")
        table = tool.get("snaplint", {}) if isinstance(tool, dict) else {}
    else:
        table = data
    settings, faults = _read(path, text, table)
    return (settings, faults) if is_named else _confined(settings, faults, text)


def _text(path: str, *, is_named: bool) -> str:
    """Return the text of a settings file. Raises Unreadable if it is not one that may be parsed."""
    if not is_named:
        root = project_root(os.path.dirname(os.path.abspath(path)))
        if not is_inside(os.path.realpath(path), root):
            raise Unreadable(f"the link leads outside the project `{root}`; --config FILE names other settings")
    with open(path, "rb") as file:
        raw = file.read(MOST + 1)
    if len(raw) > MOST:
        raise Unreadable(f"larger than {MOST >> 20} MiB")
    text = raw.decode()
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") >= _LONGEST_KEY and _has_long_key(line):
            raise Unreadable(f"a key must have at most {_LONGEST_KEY} parts", number)
    return text


def _has_long_key(line: str) -> bool:
    """Return True if a line has a key of too many parts: names with dots between them before a `=` or a `]`."""
    for piece in line.replace("]", "=").replace("{", ",").split("=")[:-1]:
        key = piece.rpartition(",")[2]
        if key.count(".") >= _LONGEST_KEY:
            return True
    return False


def _confined(settings: Config, faults: tuple[Fault, ...], text: str) -> tuple[Config, tuple[Fault, ...]]:
    """Return settings that were found without those that widen trust, and a fault for each of these."""
    if settings.path is None:
        return settings, faults
    path, found = settings.path, list(faults)
    if settings.allow_outside:
        message = "`allow-outside` is ignored in settings of the checked project: use --allow-outside or --config FILE"
        found.append(Fault(path, _line_of(path, text, ("allow-outside",)), 1, message))
    root = project_root(os.path.dirname(os.path.abspath(path)))
    inside = []
    for folder in settings.rules:
        if "\0" in folder or is_inside(os.path.realpath(folder), root):
            inside.append(folder)
            continue
        message = f"the rules in `{folder}` are outside the project `{root}`: use --rules DIR or --config FILE"
        found.append(Fault(path, _line_of(path, text, ("rules",)), 1, message))
    return settings._replace(allow_outside=False, rules=tuple(inside)), tuple(found)


def _toml_fault(path: str, error: Exception) -> Fault:
    message, _, place = str(error).rstrip(")").partition(" (at line ")
    line, _, column = place.partition(", column ")
    if line.isdecimal() and column.isdecimal():
        return Fault(path, int(line), int(column), message.lower())
    return Fault(path, 1, 1, str(error).lower())


def _read(path: str, text: str, table: Mapping[str, Any]) -> tuple[Config, tuple[Fault, ...]]:
    from snaplint.base.schema import accepts
    from snaplint.base.schema_faults import explain
    from snaplint.schemas import schema

    form = schema("config")
    if not accepts(form)(table):
        problems = explain(form, table, "the settings")
        return Config(path), tuple(Fault(path, _line_of(path, text, route), 1, message) for route, message in problems)
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


def _line_of(path: str, text: str, route: tuple[object, ...]) -> int:
    """Return the line that sets a key of the settings or begins its table: tomllib does not report places."""
    key = str(route[0]) if route else ""
    ours = "tool.snaplint" if os.path.basename(path) == "pyproject.toml" else ""
    table = ""
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole.strip()
        if line.startswith("["):
            table = line.partition("]")[0].strip("[ ")
            if table == f"{ours}.{key}".lstrip("."):
                return number
        elif key and table == ours and line.partition("=")[0].strip(" \"'") == key:
            return number
    return 1

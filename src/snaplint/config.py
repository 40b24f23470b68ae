"""The settings of a project, from snaplint.toml or `[tool.snaplint]` in pyproject.toml."""

from __future__ import annotations

import os

from snaplint.base.record import NamedTuple
from snaplint.base.source import Fault, Unopened, Unreadable
from snaplint.syntax.project import is_inside, others_may_write, outside, project_root
from snaplint.syntax.reading import beginning, whole
from snaplint.syntax.text import MAX_BYTES, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_FILES = ("snaplint.toml", "pyproject.toml")

MOST = 1 << 20
"""The largest settings file, in bytes: a hundred times a large one. tomllib parses it in about a second."""


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
    """Return the nearest settings file in `start` or above it: snaplint.toml, or a pyproject.toml with our table.

    The search ends at the root of the project: what lies above may be another user's.
    """
    root, folder = project_root(start), os.path.realpath(start)
    return _nearest(folder, root) if root is not None else None


def find_above(start: str = os.curdir) -> str | None:
    """Return the nearest settings file above a project without `.git`, which is not obeyed."""
    root, folder = project_root(start), os.path.realpath(start)
    if root is not None and os.path.exists(os.path.join(root, ".git")):
        return None
    return _nearest(os.path.dirname(root) if root is not None else folder, os.sep)


def _nearest(folder: str, last: str) -> str | None:
    """Return the nearest settings file from `folder` upward; `last` is the last folder that is searched."""
    while True:
        for name in _FILES:
            path = os.path.join(folder, name)
            if os.path.lexists(path) and (name == "snaplint.toml" or _may_have_our_table(path)):
                return os.path.relpath(path)
        parent = os.path.dirname(folder)
        if parent == folder or folder == last:
            return None
        folder = parent


def _may_have_our_table(path: str) -> bool:
    """Return True if a pyproject.toml has our table, or if it may have it and cannot be read: `load` reports that."""
    try:
        raw = beginning(path, MAX_BYTES + 1)
        if b"snaplint" not in raw and len(raw) <= MAX_BYTES:  # most need no TOML parser
            return False
        return len(raw) > MOST or _table(path, _parsed(raw)[1]) is not None
    except Unreadable:
        return True


def load(path: str | None, *, is_named: bool = False) -> tuple[Config, tuple[Fault, ...]]:
    """Return the settings in a file and its faults; if its form is wrong, all settings have their defaults.

    `is_named` is True for a file that the command line names. A file that was found is a part of the checked project:
    what would widen trust (files outside the project, rule folders outside it) is a fault there, and not obeyed.
    """
    if path is None:
        return Config(), ()
    try:
        if not is_named:
            _require_inside(path)
        text, data = _parsed(whole(path, MOST, is_named=is_named))
    except Unreadable as error:
        from snaplint.syntax.near_path import did_you_mean_path  # most runs have no settings, or can read them

        fault = error.fault(path, "cannot read the settings: ")
        return Config(), (fault._replace(message=fault.message + did_you_mean_path(path)),)
    table = _table(path, data)
    settings, faults = _read(path, text, {} if table is None else table)
    return (settings, faults) if is_named else _confined(settings, faults, text)


def _require_inside(path: str) -> None:
    """Raise Unopened if a settings file that was found is not one of its project."""
    root = project_root(os.path.dirname(os.path.abspath(path)))
    if not is_inside(os.path.realpath(path), root):
        raise Unopened(f"the link leads {outside(root)}; --config FILE names other settings")
    if others_may_write(path):
        raise Unopened("another user may have written them; to use them, give --config FILE")


def _parsed(raw: bytes) -> tuple[str, dict[str, Any]]:
    """Return the text and the data of a settings file. Raises Unreadable."""
    from snaplint.syntax import toml_text  # most runs have no settings

    text = decode(raw)
    return text, toml_text.load(text)


def _table(path: str, data: dict[str, Any]) -> Any:
    """Return the settings in the data of a file; None if it is a pyproject.toml without our table."""
    if os.path.basename(path) != "pyproject.toml":
        return data
    tool = data.get("tool")
    return tool.get("snaplint") if isinstance(tool, dict) else None


def _confined(settings: Config, faults: tuple[Fault, ...], text: str) -> tuple[Config, tuple[Fault, ...]]:
    """Return settings that were found without those that widen trust, and a fault for each of these."""
    if settings.path is None:
        return settings, faults
    path, found, lines = settings.path, list(faults), _lines(settings.path, text)
    if settings.allow_outside:
        message = "`allow-outside` is ignored in settings of the checked project: use --allow-outside or --config FILE"
        found.append(Fault(path, lines.get("allow-outside", 1), 1, message))
    root = project_root(os.path.dirname(os.path.abspath(path)))
    inside = []
    for folder in settings.rules:
        if "\0" in folder or is_inside(os.path.realpath(folder), root):
            inside.append(folder)
            continue
        message = f"the rules in `{folder}` are {outside(root)}; use --rules DIR or --config FILE"
        found.append(Fault(path, lines.get("rules", 1), 1, message))
    return settings._replace(allow_outside=False, rules=tuple(inside)), tuple(found)


def _read(path: str, text: str, table: Mapping[str, Any]) -> tuple[Config, tuple[Fault, ...]]:
    from snaplint.base.schema import accepts
    from snaplint.base.schema_faults import explain
    from snaplint.schemas import schema

    form = schema("config")
    if not accepts(form)(table):
        problems, lines = explain(form, table, "the settings"), _lines(path, text)
        return Config(path), tuple(
            Fault(path, lines.get(str(route[0]), 1) if route else 1, 1, message) for route, message in problems
        )
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


def _lines(path: str, text: str) -> dict[str, int]:
    """Return the line that sets each key of the settings or begins its table: tomllib does not report places."""
    ours = "tool.snaplint" if os.path.basename(path) == "pyproject.toml" else ""
    table, lines = "", dict[str, int]()
    for number, untrimmed in enumerate(text.split("\n"), 1):
        line = untrimmed.strip()
        if line.startswith("["):
            table = line.partition("]")[0].strip("[ ")
            above, _, key = table.rpartition(".")
        else:
            above, key = table, line.partition("=")[0].strip(" \"'")
        if above == ours:
            lines.setdefault(key, number)
    return lines

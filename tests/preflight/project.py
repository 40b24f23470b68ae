"""A project of preflight files in a folder, read the way the command line reads it, with routes turned into places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from snaplint.base.source import parted
from snaplint.lint.linter import check_preflight
from snaplint.lint.rulebook import builtin_rules
from snaplint.read.preflights import preflights
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from snaplint.base.source import Route
    from snaplint.findings.verdict import Verdict
    from snaplint.read.preflight import Preflight

RULES = builtin_rules()


class Read:
    """The results of one preflight file: the preflight, its faults, its verdicts by rule, and places."""

    def __init__(self, path: Path, *, allow_outside: bool = False, strict: bool = False) -> None:
        self.folder = path.parent
        files = Files(allow_outside=allow_outside)
        found, self.faults = parted(preflights([str(path)], files))
        self.preflight: Preflight | None = found[0] if found else None
        self.verdicts: dict[str, Verdict] = {}
        if self.preflight is not None:
            for result in check_preflight(self.preflight, RULES, strict=strict):
                self.verdicts.update({verdict.rule.id: verdict for verdict in result.verdicts})

    @property
    def fault_lines(self) -> list[str]:
        """Each fault as a line, with the path relative to the folder."""
        return [str(fault).replace(f"{self.folder}/", "") for fault in self.faults]

    @property
    def words(self) -> dict[str, str]:
        """The verdict words by rule."""
        return {name: verdict.verdict for name, verdict in self.verdicts.items()}

    def at(self, route: Route) -> str:
        """Return the text at a route as `file: text`."""
        assert self.preflight is not None
        place = self.preflight.source.place(route)
        lines = self.preflight.source.lines(place.path, place.span.line, place.span.end_line)
        assert lines
        lines[-1] = lines[-1][: place.span.end_column - 1]
        lines[0] = lines[0][place.span.column - 1 :]
        return f"{place.path.replace(f'{self.folder}/', '')}: {' '.join(line.strip() for line in lines)}"


def write(folder: Path, files: Mapping[str, object]) -> None:
    """Write files: text as it is, anything else as YAML or JSON by the name's end; the folder becomes a project."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "snaplint.toml").touch()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            text = content
        elif name.endswith(".json"):
            text = json.dumps(content, indent=2)
        else:
            text = yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")


def read(
    folder: Path, data: object, files: Mapping[str, object] | None = None, *, name: str = "a.snaplint.json", **how: Any
) -> Read:
    """Write a preflight file and the files it names, and read it."""
    write(folder, {**(files or {}), name: data})
    return Read(folder / name, **how)

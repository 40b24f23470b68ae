"""One input of the fuzzer: a command line, the files in its folder, and standard input."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Content = bytes | dict[str, Any] | list[Any]
"""A file as it is, or the data that its JSON holds: a mutator and a minimiser see into that."""


@dataclass(frozen=True)
class Case:
    """One input. `family` says how it was made and so which relations it is tried with; `seed` seeds their choices.

    A name of a file may have lone surrogates, which stand for bytes as in `os.fsdecode`.
    """

    family: str
    argv: tuple[str, ...] = ()
    files: Mapping[str, Content] = field(default_factory=dict)
    stdin: bytes = b""
    seed: int = 0

    def with_file(self, name: str, content: Content) -> Case:
        """Return the same with one more file, or with another content of a file."""
        return replace(self, files={**self.files, name: content})

    def write(self, folder: str) -> None:
        """Write the files. A name that no file can have, or that leads out of the folder, is left out."""
        for name, content in self.files.items():
            path = os.path.join(folder, name)
            inside = os.path.commonpath((os.path.abspath(path), folder)) == folder
            if "\0" in name or not inside:
                continue
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(text_of(name, content))
            except (OSError, UnicodeError):  # a name that is too long, or also a folder
                continue


def text_of(name: str, content: Content) -> bytes:
    """Return the bytes of a file: JSON lines for a list in a file of that name, with text in it as it is."""
    if isinstance(content, bytes):
        return content
    if name.endswith(".jsonl"):
        lines = (each if isinstance(each, str) else json.dumps(each) for each in content)
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    return json.dumps(content, indent=1).encode()


def to_json(case: Case) -> dict[str, Any]:
    """Return a case as JSON, to be kept."""
    return {
        "family": case.family,
        "seed": case.seed,
        "argv": list(case.argv),
        "files": {name: _plain(content) for name, content in case.files.items()},
        "stdin": _plain(case.stdin),
    }


def from_json(data: Mapping[str, Any]) -> Case:
    """Return the case that `to_json` has kept."""
    stdin = _content(data["stdin"])
    assert isinstance(stdin, bytes)
    files = {name: _content(content) for name, content in data["files"].items()}
    return Case(data["family"], tuple(data["argv"]), files, stdin, data["seed"])


def _plain(content: Content) -> dict[str, Any]:
    if not isinstance(content, bytes):
        return {"data": content}
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _content(kept: Mapping[str, Any]) -> Content:
    if "data" in kept:
        data: Content = kept["data"]
        return data
    return kept["text"].encode() if "text" in kept else base64.b64decode(kept["base64"])

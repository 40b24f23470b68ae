"""snaplint's YAML reader under several builds of PyYAML side by side.

The builds are where `make test` puts them: in a folder of the virtual environment for each version of libyaml.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.conftest import PATIENCE, ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILDS = ("0.2.5", "0.2.6", "none")
"""The versions of libyaml; "none" is a PyYAML without it."""

CHILD = """\
import json
import sys

import yaml

version, read_again = sys.argv[1:]
if version == "none":
    del yaml.CSafeLoader
else:
    assert yaml.__with_libyaml__, yaml.__file__
    assert yaml._yaml.get_version_string() == version, (version, yaml._yaml.get_version_string(), yaml.__file__)

from snaplint.base.source import Unreadable
from snaplint.syntax import yaml_text
from snaplint.syntax.document import parse

if read_again != "":
    yaml_text.MAX_READ_AGAIN = int(read_again)


def spans(document, data, route=()):
    found = [list(document.span(route))]
    if isinstance(data, dict):
        for key, value in data.items():
            found += spans(document, value, (*route, key))
    if isinstance(data, list):
        for index, value in enumerate(data):
            found += spans(document, value, (*route, index))
    return found


def outcome(text):
    try:
        document = parse("a.yaml", text.encode())
    except Unreadable as fault:
        return [fault.message, fault.line, fault.column]
    return {"data": repr(document.data), "spans": spans(document, document.data)}


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))))
"""


def folder(version: str) -> Path:
    """Return the folder of a build; "none" is the newest one, without use of its libyaml."""
    return Path(sys.prefix) / "libyaml" / (BUILDS[-2] if version == "none" else version)


def outcomes(version: str, texts: Sequence[str], read_again: int | None = None) -> list[Any]:
    """Return what a build reads from each text: its data and the spans of all values, or the message, line and column.

    `read_again` overrides the length up to which a broken text is read again from its beginning.
    """
    place = folder(version)
    assert (place / "yaml").is_dir(), f"there is no PyYAML in {place}: `make test` installs it there"
    arguments = [sys.executable, "-W", "error", "-c", CHILD, version, "" if read_again is None else str(read_again)]
    done = subprocess.run(
        arguments,
        input="".join(json.dumps(text) + "\n" for text in texts),
        env=environment({"PYTHONPATH": f"{place}:{ROOT / 'src'}"}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]

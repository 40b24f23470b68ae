"""The facts file: collected facts as text, and the same with account IDs masked.

A facts file is a preflight file (version 1) in JSON, so any reader of preflight files can read it. It is sorted and
indented, so that two files differ only where the facts do, and ASCII, so that it holds no terminal control sequences.
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
    """Return the text of a facts file: JSON with sorted keys and a newline at the end."""
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"


def redacted(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts with every account ID replaced by a mask of twelve digits, the same one each time.

    Twelve digits are an account ID if they are a whole text or the account of an ARN; each ID found so is
    replaced wherever it occurs, also in names of buckets. `account` has the first mask, the others follow in the order
    of their numbers, so that the result is stable.
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
    """Return a value with `mask` applied to every text in it, including keys."""
    if isinstance(value, dict):
        return {mask(name): _masked(item, mask) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    return mask(value) if isinstance(value, str) else value


def _accounts(value: object) -> Iterator[str]:
    """Yield the account IDs in a value: texts of twelve digits, and the accounts of ARNs."""
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

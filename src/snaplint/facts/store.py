"""The facts file: collected facts as text, and the same with account IDs and canonical user IDs masked.

A facts file is a preflight file (version 1) in JSON, so any reader of preflight files can read it. It is sorted and
indented, so that two files differ only where the facts do, and ASCII, so that it holds no terminal control sequences.
"""

from __future__ import annotations

import json
import re

from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

_IN_ARN = re.compile(r"\barn:[a-z-]+:[^:\s]*:[^:\s]*:([0-9]{12})(?![0-9])")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_CANONICAL = re.compile(r"(?:\A(?=[0-9A-Fa-f]{64}\Z)|\bid=[\"']?)([0-9A-Fa-f]{64})(?![0-9A-Fa-f])")
"""A canonical user ID, alone or as in the headers that grant access to an object, `id="…"`:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (x-amz-grant-read)"""


def written(facts: Mapping[str, object]) -> str:
    """Return the text of a facts file: JSON with sorted keys and a newline at the end."""
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n"


def redacted(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts with every account ID and canonical user ID replaced by a mask of the same length, the same one
    each time.

    Twelve digits are an account ID if they are a whole text or the account of an ARN, and 64 hexadecimal digits are a
    canonical user ID if they are a whole text. Each ID found so is replaced wherever it occurs, also in names of
    buckets. `account` has the first mask, the others follow in their order, so that the result is stable. The IDs of
    AWS's own accounts, to which a bucket grants access, are public and stay.
    """
    numbers = sorted(set(_found(facts, _accounts)))
    own = facts.get("account")
    if own in numbers:
        numbers.remove(str(own))
        numbers.insert(0, str(own))
    masks = {number: f"{index:012}" for index, number in enumerate(numbers, 1)}
    canonical = sorted(each for each in set(_found(facts, _CANONICAL.findall)) if not _is_of_aws(each))
    masks |= {identifier: f"{index:064}" for index, identifier in enumerate(canonical, 1)}
    if not masks:
        return dict(facts)
    # an account ID may have letters beside it, and the digits of a canonical user ID are no account ID
    whole = r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])"
    pattern = re.compile(rf"{whole}|(?<![0-9])[0-9]{{12}}(?![0-9])")
    masked: dict[str, object] = _masked(
        facts, lambda text: pattern.sub(lambda match: masks.get(match[0], match[0]), text)
    )
    return masked


def _is_of_aws(identifier: str) -> bool:
    """Return True for the canonical user ID of an account with which a service of AWS writes exports."""
    return any(operation.writer.has_account(identifier) for operation in operations().values())


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """Return a value with `mask` applied to every text in it, including keys."""
    if isinstance(value, dict):
        return {mask(name): _masked(item, mask) for name, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, mask) for item in value]
    return mask(value) if isinstance(value, str) else value


def _found(value: object, ids: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Yield what `ids` finds in each text of a value, including keys."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _found(name, ids)
            yield from _found(item, ids)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, ids)
    elif isinstance(value, str):
        yield from ids(value)


def _accounts(text: str) -> Iterator[str]:
    """Yield the account IDs in a text: the text, if it has twelve digits, and the accounts of ARNs."""
    if _ACCOUNT.match(text):
        yield text
    yield from _IN_ARN.findall(text)

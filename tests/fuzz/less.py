"""One fact less is never surer: `less` yields documents with one fact less, `surer` the verdicts that became surer.

What counts as a fact:

- A member that may be omitted is one, whether its value is null or anything else, and `{unknown: …}` in its place is
  one fact less as well. An omitted member is unknown, with two exceptions. What snaplint assumes to have no effect if
  it is omitted (boundary, session policies, SCPs, RCPs, the account's Block Public Access) is omitted only under
  `--strict`, where nothing is assumed. An answer of AWS is complete, so it is omitted or unknown as a whole, or marked
  as truncated.
- Requests are not facts: without `TargetBucket` it is another request. Neither is one key, tag, grant or policy less in
  a list, which is another world; one policy of several that is unknown is a fact less.
- `SnapshotName`, `ARN` and the `Name` of a listing are not facts about a snapshot or bucket: they say which one the
  facts are about, and facts about another one are not used.
- An entry of `NodeSnapshots` with `CacheNodeId` is complete without `NodeGroupId`, as AWS prints it for a cluster
  without node groups.
- Facts that contradict each other are no facts: without one of them, the other one counts. `less` keeps both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Data = dict[str, Any]
Place = tuple[Any, ...]

REASON = "it could not be read"
ASSUMED = {"caller": ("boundary", "session_policies"), "organization": ("scps", "rcps")}
"""The layers that are assumed to have no effect if they are omitted."""

_TOP = ("account", "region_opt_status", "account_public_access_block", "snapshots", "buckets")
_ANSWERS = ("Snapshots", "Snapshot")
_IDENTITY = ("SnapshotName", "ARN")
_SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def less(document: Mapping[str, Any], *, strict: bool = False) -> Iterator[tuple[str, Data]]:
    """Yield each document with one fact less than `document` has, after words that say which fact that is.

    With `strict`, the layers that are otherwise assumed to have no effect are facts too. A document that no longer
    matches the schema is yielded as well: its faults show that.
    """
    for route, value in _facts(document, strict=strict):
        place = ".".join(map(str, route))
        if value is _GONE:
            yield f"{_OMITTED}{place}", without(document, route)
        else:
            yield f"{place}: {_shown(value)}", replaced(document, route, value)


PRESUMED = frozenset((
    # the namespace in a bucket's name, unless a fact contradicts it
    *("bucket-not-owned", "bucket-outside-region"),
    # running numbers of an export's files, unless the snapshot has other node groups
    *("object-key-exists", "service-lacks-write", "grant-incomplete", "caller-not-permitted"),
))  # fmt: skip
"""The rules that fail on what is presumed without facts: a fact against it makes them undetermined."""

OF_DOCUMENTS = frozenset(("policy-malformed",))
"""The rules that judge documents as such: without one, they judge the others, and only a policy that is unknown is a
fact less. A bucket whose Region is unknown is taken to be in the partition of the call."""


def surer(before: Mapping[str, str], after: Mapping[str, str], what: str = "") -> dict[str, str]:
    """Return the rules whose verdict is surer with one fact less, each with both words.

    A certain verdict may stay or become undetermined. A rule that does not apply for lack of a subject says nothing
    about the call, so that is no surer either. `what` is what `less` says of the change.
    """
    return {
        rule: f"{before[rule]} -> {word}"
        for rule, word in after.items()
        if word not in (before[rule], "cannot-tell", "not-applicable")
        and not (rule in PRESUMED and (before[rule], word) == ("cannot-tell", "fails"))
        and not (rule in OF_DOCUMENTS and (what.startswith(_OMITTED) or what.endswith(".region: unknown")))
    }


_OMITTED = "without "
_GONE = object()
_UNKNOWN = {"unknown": REASON}


def _facts(document: Mapping[str, Any], *, strict: bool) -> Iterator[tuple[Place, Any]]:
    """Yield the route of each fact with what stands in its place when it is not known: nothing, or another value."""
    for name in _TOP:
        if name in document and not (name == "account" and _is_contradicted(document)):
            if strict or name != "account_public_access_block":
                yield (name,), _GONE
            yield (name,), _UNKNOWN
    yield from _caller(document.get("caller"), strict=strict)
    yield from _organization(document.get("organization", _GONE), strict=strict)
    snapshots, buckets = document.get("snapshots"), document.get("buckets")
    if isinstance(snapshots, dict) and not any(name in snapshots for name in (*_ANSWERS, "SnapshotName")):
        for name, item in snapshots.items():
            yield from _snapshot(("snapshots", name), item)
    for name, bucket in buckets.items() if isinstance(buckets, dict) else ():
        yield from _bucket(("buckets", name), bucket)


def _caller(caller: Any, *, strict: bool) -> Iterator[tuple[Place, Any]]:
    if not isinstance(caller, dict):
        return
    if strict or not any(name in caller for name in ASSUMED["caller"]):
        yield ("caller",), _GONE
    for name, value in caller.items():
        if strict or name not in ASSUMED["caller"]:
            yield ("caller", name), _GONE
        if name != "context":
            yield ("caller", name), _UNKNOWN
        for step in value if name == "context" and isinstance(value, dict) else ():
            yield ("caller", name, step), _GONE
        for index in range(len(value)) if isinstance(value, list) else ():
            yield ("caller", name, index), _UNKNOWN


def _organization(organization: Any, *, strict: bool) -> Iterator[tuple[Place, Any]]:
    if organization is _GONE:
        return
    if strict:
        yield ("organization",), _GONE
    for name, levels in organization.items() if isinstance(organization, dict) else ():
        if strict:
            yield ("organization", name), _GONE
        yield ("organization", name), _UNKNOWN
        for index, level in enumerate(levels) if isinstance(levels, list) else ():
            yield ("organization", name, index), _UNKNOWN
            yield ("organization", name, index), [_UNKNOWN]
            for number in range(len(level)) if isinstance(level, list) else ():
                yield ("organization", name, index, number), _UNKNOWN


def _snapshot(route: Place, item: Any) -> Iterator[tuple[Place, Any]]:
    yield route, _GONE
    yield route, _UNKNOWN
    if not isinstance(item, dict) or any(name in item for name in _ANSWERS):
        return
    for name, value in item.items():
        if name in _IDENTITY or (name in _TIERING and _is_torn(item)):
            continue
        yield (*route, name), _GONE
        yield (*route, name), _UNKNOWN
        for index, node in enumerate(value) if name == "NodeSnapshots" and isinstance(value, list) else ():
            for member in node if isinstance(node, dict) else ():
                if member != "NodeGroupId" or "CacheNodeId" not in node:
                    yield (*route, name, index, member), _GONE


def _is_contradicted(document: Mapping[str, Any]) -> bool:
    """Return True if the ARN of a snapshot names another account than the document."""
    text, account = str(document.get("snapshots")), str(document.get("account"))
    return any(part.split(":")[4:5] not in ([], [account]) for part in re.findall(r"arn:[^'\"]*", text))


_TIERING = ("DataTiering", "CacheNodeType")


def _is_torn(item: Mapping[str, Any]) -> bool:
    """Return True if the node type of a snapshot contradicts its data tiering, which only r6gd nodes have."""
    tiering, node_type = str(item.get("DataTiering")).lower(), str(item.get("CacheNodeType")).lower()
    return node_type.startswith("cache.") and (tiering == "enabled") != node_type.startswith("cache.r6gd.")


def _bucket(route: Place, bucket: Any) -> Iterator[tuple[Place, Any]]:
    yield route, _GONE
    yield route, _UNKNOWN
    for name, value in bucket.items() if isinstance(bucket, dict) else ():
        if name == "unknown":
            continue
        yield (*route, name), _GONE
        yield (*route, name), _UNKNOWN
        if name == "keys":
            yield from _keys((*route, name), value)
        for setting in _SETTINGS if name == "public_access_block" and isinstance(value, dict) else ():
            if setting in value:
                yield (*route, name, setting), _GONE


def _keys(route: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    """Yield what stands for a listing that is not complete: the same keys, truncated."""
    if isinstance(value, dict):
        yield route, {**value, "IsTruncated": True}
    elif isinstance(value, list) and all(isinstance(key, str) for key in value):
        yield route, {"Contents": [{"Key": key} for key in value], "IsTruncated": True}
    elif isinstance(value, list):
        for index, each in enumerate(value):
            if isinstance(each, dict) and "Key" not in each:
                yield (*route, index), {**each, "IsTruncated": True}


def replaced(document: Mapping[str, Any], route: Place, value: object) -> Data:
    """Return a document with another value at a route; it shares with `document` what is not on the route."""
    made: Data = _copy(document)
    at: Any = made
    for step in route[:-1]:
        at[step] = at = _copy(at[step])
    at[route[-1]] = value
    return made


def without(document: Mapping[str, Any], route: Place) -> Data:
    """Return a document without the member at a route; it shares with `document` what is not on the route."""
    made = replaced(document, route, None)
    at: Any = made
    for step in route[:-1]:
        at = at[step]
    del at[route[-1]]
    return made


def _copy(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else list(value)


def _shown(value: Any) -> str:
    return "truncated" if isinstance(value, dict) and value.get("IsTruncated") else "unknown"

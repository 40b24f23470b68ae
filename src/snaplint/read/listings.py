"""Listings of a bucket's object keys: which keys each shows to be there, and for which prefix it is complete.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html (list-objects-v2),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html (list-objects),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html (list-object-versions)
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped, noun
from snaplint.facts.object_keys import ObjectKeys
from snaplint.read.aws_answers import UnexpectedAnswer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route

_PARTIAL = {
    "IsTruncated": "it is truncated",
    "NextToken": "it is truncated",
    "NextContinuationToken": "it is truncated",
    "NextMarker": "it is truncated",
    "NextKeyMarker": "it is truncated",
    "NextVersionIdMarker": "it is truncated",
    "ContinuationToken": "it begins at a later page",
    "StartAfter": "it begins after `StartAfter`",
    "Marker": "it begins after `Marker`",
    "KeyMarker": "it begins after `KeyMarker`",
    "VersionIdMarker": "it begins after `VersionIdMarker`",
    "Delimiter": "keys that contain its `Delimiter` are left out",
}
"""Members that are not empty in a listing without some keys of its prefix, and what each of them means."""

_OBJECTS = ("Contents",)
_VERSIONS = ("Versions", "DeleteMarkers")

_MEMBERS = frozenset((
    *_PARTIAL,
    *_OBJECTS,
    *_VERSIONS,
    "CommonPrefixes",
    "EncodingType",
    "KeyCount",
    "MaxKeys",
    "Name",
    "Prefix",
    "RequestCharged",
    "ResponseMetadata",
))  # fmt: skip
"""All members of a listing. A value with others, such as `contents`, is no listing and so not an empty bucket."""

_EXPECTED = "a list of object keys, or the output of list-objects-v2 (Contents)"
_AS_TEXT = (
    "a list of object keys, or the output of `aws s3api list-objects-v2` in JSON; snaplint cannot read text such as "
    "`aws s3 ls` prints"
)

_QUERIED = "it has objects only, not the prefix that was listed"

_ENCODED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*/+%")
"""The characters of a URL-encoded key."""


class _Listing(NamedTuple):
    """What one listing shows: see `ObjectKeys`. `prefix` is None if it is not complete for any, because of `gap`.

    `other` has the bucket that the listing is of, if it is another one.
    """

    seen: dict[str, Route]
    unsure: dict[str, Route]
    prefix: str | None
    gap: str = ""
    other: Mapping[str, Route] = {}


def keys_of(bucket: str) -> Callable[[object], ObjectKeys]:
    """Return a reader of the keys of a bucket.

    It takes the output of a command that lists keys, or a list of such outputs for different prefixes. Objects alone
    (`--query Contents`) show only that they exist.
    """

    def read(value: object) -> ObjectKeys:
        if isinstance(value, str):
            raise UnexpectedAnswer(_AS_TEXT)
        if isinstance(value, dict):
            return _together([_listing(value, (), bucket)])
        if not isinstance(value, list):
            raise UnexpectedAnswer(_EXPECTED)
        if value and all(isinstance(item, dict) and isinstance(item.get("Key"), str) for item in value):
            seen: dict[str, Route] = {item["Key"]: (index, "Key") for index, item in enumerate(value)}
            return _together([_Listing(seen, {}, None, _QUERIED)])
        if not any(isinstance(item, dict) for item in value):
            raise UnexpectedAnswer("a list of object keys alone, as list-objects-v2 prints them, not of URIs or ARNs")
        return _together([_listing(item, (index,), bucket) for index, item in enumerate(value)])

    return read


def _together(listings: list[_Listing]) -> ObjectKeys:
    """Return the keys of several listings of one bucket."""
    seen: dict[str, Route] = {}
    unsure: dict[str, Route] = {}
    for each in listings:
        seen.update(each.seen)
        unsure.update(each.unsure)
    prefixes = tuple(each.prefix for each in listings if each.prefix is not None)
    gaps = tuple(each.gap for each in listings if each.gap)
    others = {name: route for each in listings for name, route in each.other.items()}
    return ObjectKeys.listed(seen, prefixes, unsure, gaps, others)


def _listing(value: object, route: Route, bucket: str) -> _Listing:
    """Return what one listing shows about a bucket."""
    if not isinstance(value, dict):
        raise UnexpectedAnswer("the output of list-objects-v2, like the others", route)
    _require_form(value, route)
    name = value.get("Name")
    if name and name != bucket:
        other = {str(name): (*route, "Name")}
        return _Listing({}, {}, None, f"it is of bucket `{clipped(str(name))}`", other)
    decode = _decoding(value)
    seen: dict[str, Route] = {}
    unsure: dict[str, Route] = {}
    for raw, at, is_there in _entries(value, route):
        readings = decode(raw)
        if is_there is not False:
            (seen if is_there and len(readings) == 1 else unsure).update(dict.fromkeys(readings, at))
    prefixes = decode(value.get("Prefix") or "")
    gap = _gap(value, len(prefixes) > 1)
    return _Listing(seen, unsure, None if gap else prefixes[0], gap)


def _require_form(value: Mapping[str, Any], route: Route) -> None:
    """Raise UnexpectedAnswer unless a value has the form of a listing."""
    odd = next((name for name in value if name not in _MEMBERS), None)
    if odd is not None:
        raise UnexpectedAnswer(_EXPECTED, (*route, odd))
    for member in (*_OBJECTS, *_VERSIONS):
        items = value.get(member) or []
        if not isinstance(items, list) or not all(
            isinstance(item, dict) and isinstance(item.get("Key"), str) for item in items
        ):
            raise UnexpectedAnswer(_EXPECTED, (*route, member))
    if not isinstance(value.get("Prefix") or "", str):
        raise UnexpectedAnswer("a prefix: text", (*route, "Prefix"))


def _entries(value: Mapping[str, Any], route: Route) -> Iterator[tuple[str, Route, bool | None]]:
    """Yield each key with its route, and whether the object exists: of a version, only if it is the latest one.

    An object whose latest version is a delete marker does not exist:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
    """
    for index, item in enumerate(value.get("Contents") or []):
        yield item["Key"], (*route, "Contents", index, "Key"), True
    versions, markers = value.get("Versions") or [], value.get("DeleteMarkers") or []
    settled = {item["Key"] for item in (*versions, *markers) if item.get("IsLatest") is True}
    for index, item in enumerate(versions):
        is_there = True if item.get("IsLatest") is True else False if item["Key"] in settled else None
        yield item["Key"], (*route, "Versions", index, "Key"), is_there


def _decoding(value: Mapping[str, Any]) -> Callable[[str], tuple[str, ...]]:
    """Return a function that returns the possible readings of a key or prefix in a listing.

    Keys are URL-encoded if the request asked for it. boto3 and the AWS CLI ask for it by themselves, decode the keys,
    and leave `EncodingType` in the answer: https://github.com/boto/botocore/pull/726. A percent sign shows that the
    keys are still encoded, a character that encoding would have replaced that they are not; without either, a plus sign
    may be a space.
    """
    if value.get("EncodingType") != "url":
        return lambda text: (text,)
    from urllib.parse import unquote_plus

    texts = [raw for raw, _, _ in _entries(value, ())] + [str(value.get("Prefix") or "")]
    if any(not _ENCODED.issuperset(text) for text in texts):
        return lambda text: (text,)
    if any("%" in text for text in texts):
        return lambda text: (unquote_plus(text),)
    return lambda text: tuple(dict.fromkeys((unquote_plus(text), text)))


def _gap(value: Mapping[str, Any], is_ambiguous: bool) -> str:
    """Return why a listing is not complete for its prefix; empty if it is."""
    partial = next((meaning for member, meaning in _PARTIAL.items() if value.get(member)), "")
    if partial:
        return partial
    if is_ambiguous:
        return "its prefix may be URL-encoded"
    shown = sum(len(value.get(member) or []) for member in (*_OBJECTS, *_VERSIONS, "CommonPrefixes"))
    most, count = value.get("MaxKeys"), value.get("KeyCount")
    for member, number in (("MaxKeys", most), ("KeyCount", count)):
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            return f"its `{member}` is {noun(number)}, not a number"
    if most is not None and (most <= 0 or (shown >= most and "IsTruncated" not in value)):
        return f"it shows at most {most} keys (`MaxKeys`)"
    if count is not None and count > shown:
        return f"it counts {count} keys (`KeyCount`) and shows {shown}"
    return ""

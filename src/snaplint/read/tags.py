"""Tags of a bucket or snapshot: a mapping, a list of Key and Value, or the output of a command that lists tags."""

from __future__ import annotations

from snaplint.read.aws_answers import UnexpectedAnswer
from snaplint.read.spelling import in_aws_spelling

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.base.source import Route

_WRAPPERS = ("TagSet", "TagList", "Tags")
"""Of s3api get-bucket-tagging, of list-tags-for-resource for snapshots, and of s3control list-tags-for-resource."""

_EXPECTED = (
    "tags: an object, a list of Key and Value, or the output of get-bucket-tagging (TagSet) or list-tags-for-resource "
    "(TagList)"
)

ABAC = ("Enabled", "Disabled")
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbacStatus.html"""


def tags(value: object) -> Mapping[str, str]:
    """Return tags by key; a tag without a value has the empty one."""
    inner: Route = ()
    if isinstance(value, dict):
        wrapper = next((name for name in _WRAPPERS if isinstance(value.get(name), list)), None)
        if wrapper is None:
            return _checked(((key, each, (key,)) for key, each in value.items()), inner)
        value, inner = value[wrapper], (wrapper,)
    if not isinstance(value, list):
        raise UnexpectedAnswer(_EXPECTED)
    for index, each in enumerate(value):
        if not isinstance(each, dict) or not isinstance(each.get("Key"), str) or set(each) - {"Key", "Value"}:
            raise UnexpectedAnswer(_EXPECTED, (*inner, index))
    return _checked(((each["Key"], each.get("Value"), (index, "Value")) for index, each in enumerate(value)), inner)


def _checked(pairs: Iterable[tuple[str, object, Route]], inner: Route) -> dict[str, str]:
    """Return the pairs as a mapping, if all values are text or null."""
    found: dict[str, str] = {}
    for key, value, route in pairs:
        if value is not None and not isinstance(value, str):
            raise UnexpectedAnswer("tags whose values are text, in quotes", (*inner, *route))
        found[key] = value or ""
    return found


def abac(value: object) -> str:
    """Return whether a bucket has attribute-based access control, from get-bucket-abac or the value itself."""
    if isinstance(value, dict):
        status = value.get("AbacStatus", value)
        value = status.get("Status") if isinstance(status, dict) else None
    found = in_aws_spelling(value, ABAC)
    if not isinstance(found, str) or found not in ABAC:
        raise UnexpectedAnswer("Enabled, Disabled, or the output of get-bucket-abac")
    return found

"""Which resources an action can have: the resource ARNs of a statement compared with the action's resource types.

Only certain mismatches are reported. A resource with wildcards and variables fits if any text that it matches would
fit. A resource that cannot be read, or has a fault of its own, fits everything.

- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html
"""

from __future__ import annotations

from snaplint.base.wording import listed
from snaplint.iam import catalog
from snaplint.iam.catalog.services import CLOSED
from snaplint.iam.terms.arn import PARTS
from snaplint.iam.terms.pattern import is_wild, matches_glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.iam.catalog import Action

_NAMED = 3
"""How many resource types a message lists."""

_S3_WORDS = {"bucket": "buckets (`arn:aws:s3:::BUCKET`)", "object": "objects (`arn:aws:s3:::BUCKET/KEY`)"}

_Parts = tuple[str, ...]


class Fit:
    """Compares the resources of one document; each ARN is split once."""

    __slots__ = ("_cut", "_known")

    def __init__(self) -> None:
        self._cut: dict[str, _Parts | None] = {}
        self._known: dict[tuple[str, str, str], bool] = {}

    def any(self, service: str, actions: Iterable[Action], resources: Iterable[str]) -> bool:
        """Return True if one of the actions can have one of the resources.

        An action without resource types can have any, because some services compare it with an ARN nevertheless.
        """
        kinds: set[str] = set()
        for action in actions:
            if not action.types:
                return True
            kinds.update(action.types)
        fitting = (self._fits(service, kind, resource) for resource in resources for kind in kinds)
        return any(fitting) or any(self.fault(resource) for resource in resources)

    def words(self, service: str, actions: Iterable[Action]) -> str:
        """Return the predicate for an action that can have none of the resources of its statement."""
        kinds = sorted({kind for action in actions for kind in action.types})
        found = catalog.service(service)
        arns = [_S3_WORDS[kind] for kind in kinds if service == "s3" and kind in _S3_WORDS]
        if not arns and found is not None:
            arns = [f"`{found.types[kind]}`" for kind in kinds]
        return f"applies to {listed(arns, most=_NAMED)}, but the statement has no such resource"

    def fault(self, resource: str) -> str:
        """Return the predicate for an ARN that is wrong whatever the action, or ""."""
        parts = self._parts(resource)
        if parts is None or parts[2] not in (*CLOSED, "iam"):
            return ""
        if not parts[4]:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-account
            return f"has no account: every ARN of {parts[2]} has one"
        found = catalog.service(parts[2])
        if parts[2] not in CLOSED or found is None or any(self._fits(parts[2], kind, resource) for kind in found.types):
            return ""
        return f"is not the ARN of a resource type of {parts[2]}"

    def _fits(self, service: str, kind: str, resource: str) -> bool:
        known = self._known.get((service, kind, resource))
        if known is None:
            known = self._known[service, kind, resource] = self._compare(service, kind, resource)
        return known

    def _compare(self, service: str, kind: str, resource: str) -> bool:
        parts = self._parts(resource)
        if parts is None:
            return True
        if service == parts[2] == "s3" and (parts[3] or parts[4]):
            return True  # access points and similar, whose actions are not documented completely enough to compare
        found = catalog.service(service)
        if found is None or kind not in found.types:
            return True
        wanted = tuple(found.types[kind].split(":", PARTS - 1))
        if not all(map(_segment, parts[:5], wanted)):
            return False
        # The name of a bucket has no slash, and the key of an object always follows one.
        return not ((service, kind) == ("s3", "bucket") and "/" in parts[5]) and overlap(parts[5], wanted[5])

    def _parts(self, resource: str) -> _Parts | None:
        if resource not in self._cut:
            self._cut[resource] = parts_of(resource)
        return self._cut[resource]


def parts_of(resource: str) -> _Parts | None:
    """Return the six parts of an ARN, with `*` for each variable; None for a text that may be anything."""
    parts = tuple(resource.split(":", PARTS - 1))
    # A variable before the fifth colon has a colon itself, and is a fault of the policy.
    good = len(parts) == PARTS and parts[0] == "arn" and "${" not in "".join(parts[:5])
    return (*parts[:5], _without_variables(parts[5])) if good else None


def _without_variables(text: str) -> str:
    """Return the text with `*` for each variable."""
    start = text.find("${")
    while start >= 0:
        end = text.find("}", start)
        text = text[:start] + "*" + (text[end + 1 :] if end >= 0 else "")
        start = text.find("${")
    return text


def _segment(given: str, wanted: str) -> bool:
    """Return True if one of the first five parts can match that of a resource type, whose `*` is any non-empty text."""
    if wanted == "*":
        return bool(given)
    return given == wanted or matches_glob(given, wanted)


def overlap(one: str, other: str) -> bool:
    """Return True if some text matches both patterns; with `?`, possibly also if none does."""
    if not is_wild(one):
        return matches_glob(other, one)
    if not is_wild(other):
        return matches_glob(one, other)
    heads = (_head(one), _head(other))
    tails = (_head(one[::-1]), _head(other[::-1]))
    return all(first.startswith(second) or second.startswith(first) for first, second in (heads, tails))


def _head(text: str) -> str:
    """Return the text before the first wildcard."""
    return text[: min(text.find(sign) % (len(text) + 1) for sign in "*?")]

"""Which resources an action can have: the ARN of a statement's resource against those of the action's resource types.

Only what is certain counts. A resource may have wildcards and variables, and fits where any text of it would; one that
cannot be read, or is wrong by itself, fits everything.

- https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html
"""

from __future__ import annotations

from snaplint.iam import catalog
from snaplint.iam.catalog.services import CLOSED
from snaplint.iam.terms.pattern import matches_glob

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.iam.catalog import Action

_PARTS = 6
_NAMED = 3
"""How many resource types a message names."""

_S3_WORDS = {"bucket": "buckets (`arn:aws:s3:::BUCKET`)", "object": "objects (`arn:aws:s3:::BUCKET/KEY`)"}

_Parts = tuple[str, ...]


class Fit:
    """Answers for the resources of one document, each ARN cut up once."""

    __slots__ = ("_cut", "_known")

    def __init__(self) -> None:
        self._cut: dict[str, _Parts | None] = {}
        self._known: dict[tuple[str, str, str], bool] = {}

    def any(self, service: str, actions: Iterable[Action], resources: Iterable[str]) -> bool:
        """Whether one of the actions can have one of the resources.

        An action without resource types is left alone: some services check it against an ARN all the same.
        """
        kinds: set[str] = set()
        for action in actions:
            if not action.types:
                return True
            kinds.update(action.types)
        fitting = (self._fits(service, kind, resource) for resource in resources for kind in kinds)
        return any(fitting) or any(self.fault(resource) for resource in resources)

    def words(self, service: str, actions: Iterable[Action]) -> str:
        """What follows the name of an action that fits none of its statement's resources."""
        kinds = sorted({kind for action in actions for kind in action.types})
        found = catalog.service(service)
        arns = [_S3_WORDS[kind] for kind in kinds if service == "s3" and kind in _S3_WORDS]
        if not arns and found is not None:
            arns = [f"`{found.types[kind]}`" for kind in kinds]
        more = ", …" if len(arns) > _NAMED else ""
        return f"applies to {', '.join(arns[:_NAMED])}{more}, and the statement has no such resource"

    def fault(self, resource: str) -> str:
        """What is wrong with an ARN by itself, or nothing."""
        parts = self._parts(resource)
        if parts is None or parts[2] not in (*CLOSED, "iam"):
            return ""
        if not parts[4]:
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-account
            return f"names no account: every ARN of {parts[2]} has one"
        found = catalog.service(parts[2])
        if parts[2] not in CLOSED or found is None or any(self._fits(parts[2], kind, resource) for kind in found.types):
            return ""
        return f"is the ARN of nothing that {parts[2]} has"

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
            return True  # access points and the like: which actions they have is documented too unevenly to judge
        found = catalog.service(service)
        if found is None or kind not in found.types:
            return True
        wanted = tuple(found.types[kind].split(":", _PARTS - 1))
        if not all(map(_segment, parts[:5], wanted)):
            return False
        # The name of a bucket holds no slash, and that of an object always follows one.
        return not ((service, kind) == ("s3", "bucket") and "/" in parts[5]) and _overlap(parts[5], wanted[5])

    def _parts(self, resource: str) -> _Parts | None:
        """The six parts of an ARN, with `*` for each variable; None for a text that can be anything."""
        if resource not in self._cut:
            parts = tuple(resource.split(":", _PARTS - 1))
            # A variable that early has a colon of its own, and is a fault of the policy.
            good = len(parts) == _PARTS and parts[0] == "arn" and "${" not in "".join(parts[:5])
            self._cut[resource] = (*parts[:5], _opened(parts[5])) if good else None
        return self._cut[resource]


def _opened(text: str) -> str:
    """The text with each variable as a `*`."""
    start = text.find("${")
    while start >= 0:
        end = text.find("}", start)
        text = text[:start] + "*" + (text[end + 1 :] if end >= 0 else "")
        start = text.find("${")
    return text


def _segment(given: str, wanted: str) -> bool:
    """Whether one of the first five parts can be what a resource type has there; `*` stands for some text."""
    if wanted == "*":
        return bool(given)
    return given == wanted or matches_glob(given, wanted)


def _overlap(one: str, other: str) -> bool:
    """Whether some text fits both patterns; errs towards yes where there is a `?`."""
    if not _is_wild(one):
        return matches_glob(other, one)
    if not _is_wild(other):
        return matches_glob(one, other)
    heads = (_head(one), _head(other))
    tails = (_head(one[::-1]), _head(other[::-1]))
    return all(first.startswith(second) or second.startswith(first) for first, second in (heads, tails))


def _is_wild(text: str) -> bool:
    return "*" in text or "?" in text


def _head(text: str) -> str:
    """What stands before the first wildcard."""
    return text[: min(text.find(sign) % (len(text) + 1) for sign in "*?")]

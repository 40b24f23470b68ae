"""The maximum lengths of policies, counted as AWS counts.

Only the document is known, not its text, so the shortest text with the same meaning is counted. If that is too long,
AWS refuses the policy however it is written.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
"""

from __future__ import annotations

MANAGED = 6_144
"""The most characters of a managed policy, and so of a permissions boundary."""

_INLINE_OF_ROLE = 10_240
"""The most characters of all inline policies of a role, which is the highest limit for an identity policy."""

MAY_BE_OF_AWS = frozenset({"boundary", "identity"})
"""The kinds of policies that may be AWS managed policies, which can be longer."""

_UNLESS = " unless it is an AWS managed policy"
_BUCKET = 20_480
_LIMITS = {
    "resource": (_BUCKET, "bytes; a bucket policy can have at most 20 KB"),
    "scp": (10_240, "characters; an SCP can have at most 10,240"),
    "rcp": (5_120, "characters; an RCP can have at most 5,120"),
    "session": (2_048, "characters; the session policies of a session can have at most 2,048"),
    "boundary": (MANAGED, f"characters without white space; a permissions boundary can have at most 6,144{_UNLESS}"),
    "identity": (
        _INLINE_OF_ROLE,
        f"characters without white space; the inline policies of a role can have at most 10,240{_UNLESS}",
    ),
}
_OF_USER = (MANAGED, f"characters without white space; a policy of a user can have at most 6,144{_UNLESS}")
_WITHOUT_WHITE_SPACE = frozenset({"boundary", "identity", "session"})


def excess(document: object, kind: str, *, of_user: bool = False) -> str | None:
    """Return the message about a policy that is too long for its kind, or None.

    An identity policy may be inline or managed; `of_user` says that it cannot belong to a role.
    """
    limit, words = _OF_USER if kind == "identity" and of_user else _LIMITS.get(kind, (0, ""))
    if not limit:
        return None
    size = _size(document, kind)
    return f"the policy has {size:,} {words}" if size > limit else None


def _size(document: object, kind: str) -> int:
    from json import dumps

    try:
        text = dumps(document, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return 0
    if kind in _WITHOUT_WHITE_SPACE:
        return len("".join(text.split()))
    return len(text.encode("utf-8", "surrogatepass")) if kind == "resource" else len(text)

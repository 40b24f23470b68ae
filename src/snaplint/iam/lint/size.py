"""How long a policy may be, counted as AWS counts.

Only the document is known, not the text it was read from, so what is counted is the shortest text that says the same:
a policy that is too long even so is refused however it is written.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (Policy)
"""

from __future__ import annotations

MANAGED = 6_144
"""Characters of a managed policy, and so of a permissions boundary."""

_INLINE_OF_ROLE = 10_240
"""Characters of all inline policies of a role: the most that any identity policy may have."""

MAY_BE_OF_AWS = frozenset({"boundary", "identity"})
"""The kinds that a managed policy of AWS's own can serve as, which is as long as AWS likes."""

_UNLESS = " unless it is one of AWS's own"
_BUCKET = 20_480
_LIMITS = {
    "resource": (_BUCKET, "bytes, a bucket policy 20 KB at most"),
    "scp": (10_240, "characters, an SCP 10,240 at most"),
    "rcp": (5_120, "characters, an RCP 5,120 at most"),
    "session": (2_048, "characters, the session policies of a session 2,048 at most"),
    "boundary": (MANAGED, f"characters without white space, a permissions boundary 6,144 at most{_UNLESS}"),
    "identity": (
        _INLINE_OF_ROLE,
        f"characters without white space, the inline policies of a role 10,240 at most{_UNLESS}",
    ),
}
_OF_USER = (MANAGED, f"characters without white space, a policy of a user 6,144 at most{_UNLESS}")
_WITHOUT_WHITE_SPACE = frozenset({"boundary", "identity", "session"})


def excess(document: object, kind: str, *, of_user: bool = False) -> str | None:
    """What to say of a policy that is too long for its kind, or None.

    An identity policy may be inline or managed; `of_user` says that it can be no role's.
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

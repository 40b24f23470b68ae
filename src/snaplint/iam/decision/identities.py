"""Requests of a principal that its ARN does not determine: decide them for each identity that it can be.

No ARN contains the unique ID of a user or role, which a policy may name as `Principal`. The ARN of a session lacks the
path of its role, which decides whether the role is service-linked, so that SCPs and RCPs do not apply to it. So the
request is decided for each unique ID that the statements in question name and for one that they do not name, and for a
service-linked role and another one. If all decisions agree, that is the answer.
"""

from __future__ import annotations

from itertools import product

from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from snaplint.iam.asked.principal import Principal

MOST_IDENTITIES = 64
"""For how many identities a request is decided. With more, what an entry of `Principal` matches is undetermined."""

Identity = tuple[tuple[object, object], "Principal"]
"""What tells an identity from the others, whether it is service-linked and its unique ID, and the principal."""


def identities(principal: Principal, named: Collection[str], *, guarded: bool) -> tuple[Identity, ...]:
    """Return the identities of a principal, of which policies name some unique IDs; empty if there are too many.

    `guarded` says that SCPs or RCPs apply unless the principal is a service-linked role.
    """
    doubtful = guarded and principal.linked == UNKNOWN
    if 2 * (len(named) + 1) > MOST_IDENTITIES:
        return ()
    excluded = frozenset(named)
    return tuple(
        ((linked, unique_id), principal.known_as(unique_id=unique_id, excluded=excluded, linked=linked))
        for linked, unique_id in product((YES, NO) if doubtful else (None,), (*sorted(named), None))
    )

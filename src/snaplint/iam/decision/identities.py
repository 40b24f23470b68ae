"""Requests of a principal that its ARN does not determine: decide them for each identity that it can be.

No ARN contains the unique ID of a user or role, which a policy may name as `Principal`. The ARN of a session lacks the
path of its role, which decides whether the role is service-linked, so that SCPs and RCPs do not apply to it. So the
request is decided for each unique ID that the statements in question name and for one that they do not name, and for a
service-linked role and another one. If all decisions agree, that is the answer.
"""

from __future__ import annotations

from itertools import product

from snaplint.iam.decision.answer import (
    ALLOWED,
    DEPENDS,
    EXPLICITLY_DENIED,
    IMPLICITLY_DENIED,
    Decision,
    in_order,
)
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.iam.asked.principal import Principal
    from snaplint.iam.asked.request import Request
    from snaplint.iam.document.statement import Statement

MOST_IDENTITIES = 64
"""For how many identities a request is decided. With more, what an entry of `Principal` matches is undetermined."""

KEYS = ("aws:PrincipalArn", "aws:userid")

Identity = tuple[tuple[object, object], "Principal"]
"""What tells an identity from the others, whether it is service-linked and its unique ID, and the principal."""


def identities(principal: Principal, statements: Iterable[Statement], *, guarded: bool) -> tuple[Identity, ...]:
    """Return the identities of a principal that the statements distinguish; empty if they distinguish none.

    `guarded` says that SCPs or RCPs apply unless the principal is a service-linked role.
    """
    elements = (statement.principal_element for statement in statements)
    named = {each for element in elements if element is not None for each in element.unique_ids(principal)}
    doubtful = guarded and principal.linked == UNKNOWN
    if not (named or doubtful) or 2 * (len(named) + 1) > MOST_IDENTITIES:
        return ()
    excluded = frozenset(named)
    return tuple(
        ((linked, unique_id), principal.known_as(unique_id=unique_id, excluded=excluded, linked=linked))
        for linked, unique_id in product((YES, NO) if doubtful else (None,), (*sorted(named), None))
    )


def combined(request: Request, decided: Sequence[tuple[Identity, Decision]]) -> Decision:
    """Return the decision that follows from those for each identity."""
    outcomes = {decision.decision for _, decision in decided}
    because = tuple(
        dict.fromkeys(reason.for_request(request) for _, decision in decided for reason in decision.because)
    )
    blocked = tuple(dict.fromkeys(layer for _, decision in decided for layer in decision.blocked_by))
    if len(outcomes) == 1 and DEPENDS not in outcomes:
        return Decision(outcomes.pop(), because, blocked)
    if outcomes == {IMPLICITLY_DENIED, EXPLICITLY_DENIED}:
        return Decision(IMPLICITLY_DENIED, because, blocked)
    needs = {need for _, decision in decided for need in decision.depends_on}
    needs.update(key for number, key in enumerate(KEYS) if _differ(decided, number))
    return Decision(DEPENDS, because, (), in_order(needs or KEYS))


def _differ(decided: Sequence[tuple[Identity, Decision]], number: int) -> bool:
    """Return True if the answer differs between identities that differ only in this part: 0 or 1."""
    answers: dict[object, set[object]] = {}
    for (parts, _), decision in decided:
        answers.setdefault(parts[1 - number], set()).add(_answer(decision))
    return any(len(each) > 1 for each in answers.values())


def _answer(decision: Decision) -> object:
    """Return what to compare of a decision: two that depend on something agree if they do so for the same reasons."""
    if decision.decision is DEPENDS:
        return frozenset(decision.because), decision.depends_on
    return decision.decision is ALLOWED

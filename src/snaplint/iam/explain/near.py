"""Statements that nearly allow a request: they match action and principal, but one other element does not match.

They explain an implicit denial: which statement was probably meant to allow the request.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.iam.asked.request import Request
    from snaplint.iam.document.policy import Policy
    from snaplint.iam.document.statement import Statement


class NearMiss(NamedTuple):
    """An Allow that matches action and principal; `element` (`Resource`, `NotResource`, `Condition`) does not match."""

    statement: Statement
    element: str


def near_misses(policy: Policy, request: Request) -> Iterator[NearMiss]:
    """Yield the statements of a policy that would allow the request if resource and conditions matched."""
    for statement, _ in policy.candidates(request.action):
        if statement.effect != "Allow" or statement.match(request) != NO:
            continue
        element = statement.principal_element
        if element is not None and all(truth == NO for truth, _ in element.covers(request.principal)):
            continue
        if not statement.may_match_resource(request):
            yield NearMiss(statement, "NotResource" if statement.not_resources else "Resource")
        else:
            yield NearMiss(statement, "Condition")

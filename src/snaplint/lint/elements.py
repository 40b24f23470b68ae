"""Elements of the provided policies, by their names under `depends_on`: `caller.policies.Statement.1.Resource`.

Such a name does not say which of several documents holds the element.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route

_POLICIES: dict[Route, int] = {
    ("caller", "policies"): 1,
    ("caller", "session_policies"): 1,
    ("caller", "boundary"): 0,
    ("organization", "scps"): 2,
    ("organization", "rcps"): 2,
}
"""How many steps lead from these facts to one of their documents."""
_OF_BUCKET = ("policy", "encryption_key_policy")


def name_of_element(route: Route) -> str:
    """Return the name of an element of a policy, from its route through the file of facts; "" for anything else."""
    if route[:1] == ("buckets",) and len(route) > 3 and route[2] in _OF_BUCKET:
        return ".".join(map(str, route))
    steps = _POLICIES.get(route[:2])
    if steps is None or len(route) <= 2 + steps:
        return ""
    return ".".join(map(str, (*route[:2], *route[2 + steps :])))


def element_in(need: str, bucket: object) -> tuple[str, str] | None:
    """Return the policy that a name leads into, and the element in it; None if it does not name an element.

    `bucket` is the name of the bucket of the request, which may contain dots.
    """
    holders = [".".join(map(str, fact)) for fact in _POLICIES] + [f"buckets.{bucket}.{field}" for field in _OF_BUCKET]
    for holder in holders:
        element = need[len(holder) + 1 :]
        if need.startswith(f"{holder}.") and not element[:1].isdigit():
            return holder, element
    return None

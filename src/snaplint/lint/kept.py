"""Verdicts that requests have in common, kept from one request to the next.

Most rules read no more of a request than the name of its bucket, or of its source snapshot. Their checks say so
(`READS`). Requests that have the same name there have the same verdict, except that each has its own route.
"""

from __future__ import annotations

from snaplint.findings.verdict import Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal

_MOST = 1024
"""For how many names verdicts are kept; when there are more, all are dropped."""
_FIXED, _REQUEST = "", "request"

ROLES = ("bucket", "source")
"""The members that a check may read alone."""


class KeptVerdicts:
    """The verdicts of requests that are checked with the same facts, caller, rules and strictness."""

    __slots__ = ("_by_name",)

    def __init__(self) -> None:
        self._by_name: dict[tuple[str, str, str, str], SameName] = {}

    def of(self, proposal: Proposal) -> dict[str, SameName]:
        """Return, for each member that a check may read alone, the verdicts of requests with the same name there.

        There are none for a member that is not text.
        """
        request = proposal.request
        found: dict[str, SameName] = {}
        for role in ROLES:
            name = request.bucket if role == "bucket" else request.source
            if isinstance(name, str):
                key = (role, name, request.operation.name, request.mode.name)
                kept = self._by_name.get(key)
                if kept is None:
                    if len(self._by_name) >= _MOST:
                        self._by_name.clear()
                    kept = self._by_name[key] = SameName(role)
                found[role] = kept
        return found


class SameName:
    """The verdicts of requests of one operation that name the same bucket, or the same source snapshot."""

    __slots__ = ("_role", "_verdicts")

    def __init__(self, role: str) -> None:
        self._role = role
        self._verdicts: dict[str, tuple[Verdict, str]] = {}
        """The verdict of each rule, and what its route is: that of the request, of the member, or the same in all."""

    def get(self, rule: str, proposal: Proposal) -> Verdict | None:
        """Return the verdict of a rule, with the route that it has in this request; None if none is kept."""
        found = self._verdicts.get(rule)
        if found is None:
            return None
        verdict, place = found
        if place == _FIXED:
            return verdict
        route = proposal.request.route if place == _REQUEST else proposal.at(place)
        if verdict.causes:
            moved = [each._replace(route=route) if each.route == verdict.route else each for each in verdict.causes]
            return verdict._replace(route=route, causes=tuple(moved))
        return Verdict._make((*verdict[:_ROUTE], route, *verdict[_ROUTE + 1 :]))

    def keep(self, verdict: Verdict, proposal: Proposal) -> None:
        """Keep a verdict, unless it has something else of the request: another place, or a predicted bucket's name."""
        request = proposal.request.route
        predicts_name = verdict.predicts is not None and self._role != "bucket"
        if (
            predicts_name
            or type(verdict) is not Verdict
            or any(_inside(each.route, request) for each in verdict.because)
            or any(_inside(each.route, request) and each.route != verdict.route for each in verdict.causes)
        ):
            return
        if not _inside(verdict.route, request):
            place = _FIXED
        elif verdict.route == proposal.at(self._role):
            place = self._role
        elif verdict.route == request:
            place = _REQUEST
        else:
            return
        self._verdicts[verdict.rule.id] = verdict, place


_ROUTE = 4
"""The place of `route` in a verdict."""


def _inside(route: Route, outer: Route) -> bool:
    return route[: len(outer)] == outer

"""Verdicts that requests have in common, kept from one request to the next.

Most rules read no more of a request than the name of its bucket, or of its source snapshot, or what the service or the
caller may do. Their checks say so (`READS`). Requests that are equal there have the same verdict, except that each has
its own route.
"""

from __future__ import annotations

from snaplint.findings.verdict import NOT_APPLICABLE, PASSES, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal
    from snaplint.operations.operation import Operation
    from snaplint.operations.proposed import ProposedRequest

_MOST = 1024
"""For how many names verdicts are kept; when there are more, all are dropped."""
_FIXED, _REQUEST = "", "request"

GRANTS, RIGHTS = "grants", "rights"
_MEMBER = {"bucket": "bucket", "source": "source", GRANTS: "bucket", RIGHTS: "bucket"}
"""The member at which a verdict may be, by what the check reads."""

READABLE = (*_MEMBER,)
"""What a check may read alone, see `READS`."""

Key = tuple[object, ...]


class KeptVerdicts:
    """The verdicts of requests that are checked with the same facts, caller, rules and strictness."""

    __slots__ = ("_by_key", "_others")

    def __init__(self) -> None:
        self._by_key: dict[Key, SameName] = {}
        self._others: dict[str, tuple[str, ...]] = {}
        """The names of all members of an operation but the target."""

    def of(self, proposal: Proposal) -> dict[str, SameName]:
        """Return the verdicts of requests that are the same in what a check may read, by `READS`.

        There are none for a member that is not text.
        """
        request = proposal.request
        bucket, source, operation, mode = request.bucket, request.source, request.operation, request.mode.name
        found: dict[str, SameName] = {}
        if isinstance(bucket, str):
            found["bucket"] = self._kept("bucket", ("bucket", operation.name, mode, bucket))
        if isinstance(source, str):
            found["source"] = self._kept("source", ("source", operation.name, mode, source))
            self._add_alike(found, proposal, (operation.name, mode, bucket, source))
        return found

    def _add_alike(self, found: dict[str, SameName], proposal: Proposal, key: Key) -> None:
        """Add the verdicts of requests that differ in the target only, if its name does not matter to any policy."""
        target = proposal.request.target
        if not isinstance(target, str) or not _is_usual(target):
            return
        if proposal.request.is_export and isinstance(proposal.request.bucket, str):
            kept = self._kept(GRANTS, (GRANTS, *key))
            if kept.serves_any_target(proposal):
                found[GRANTS] = kept
        others = self._other_members(proposal)
        if others is not None:
            kept = self._kept(RIGHTS, (RIGHTS, *key[:2], *others))
            if kept.serves_any_target(proposal):
                found[RIGHTS] = kept

    def _other_members(self, proposal: Proposal) -> Key | None:
        """Return all members but the target; None if one of them is not text."""
        operation, members = proposal.operation, proposal.request.members
        names = self._others.get(operation.name)
        if names is None:
            names = self._others[operation.name] = _names_of_others(operation)
        values = tuple([members.get(name) for name in names])
        return values if all(value is None or isinstance(value, str) for value in values) else None

    def _kept(self, role: str, key: Key) -> SameName:
        kept = self._by_key.get(key)
        if kept is None:
            if len(self._by_key) >= _MOST:
                self._by_key.clear()
            kept = self._by_key[key] = SameName(role)
        return kept


class SameName:
    """The verdicts of requests of one operation that are equal in what a check may read: `role` is as in `READS`."""

    __slots__ = ("_asked", "_is_alike", "_role", "_verdicts")

    def __init__(self, role: str) -> None:
        self._role = role
        self._asked = False
        self._is_alike: bool | None = None
        self._verdicts: dict[str, tuple[tuple[object, ...], tuple[object, ...], str, Verdict]] = {}
        """The verdict of each rule, and what its route is: that of the request, of the member, or the same in all."""

    def serves_any_target(self, proposal: Proposal) -> bool:
        """Return True if the rights of these requests are the same whatever the target is called.

        It is False for the first request, because a file with one request does not need the answer.
        """
        if self._is_alike is None:
            if not self._asked:
                self._asked = True
                return False
            from snaplint.checks.export.alike import have_same_grants, have_same_rights

            self._is_alike = (have_same_grants if self._role == GRANTS else have_same_rights)(proposal)
        return self._is_alike

    def get(self, rule: str, proposal: Proposal) -> Verdict | None:
        """Return the verdict of a rule, with the route that it has in this request; None if none is kept."""
        found = self._verdicts.get(rule)
        if found is None:
            return None
        before, after, place, verdict = found
        if place == _FIXED:
            return verdict
        route = proposal.request.route if place == _REQUEST else proposal.at(place)
        if verdict.causes:
            moved = [each._replace(route=route) if each.route == verdict.route else each for each in verdict.causes]
            return verdict._replace(route=route, causes=tuple(moved))
        return tuple.__new__(Verdict, (*before, route, *after))

    def keep(self, verdict: Verdict, proposal: Proposal) -> None:
        """Keep a verdict, unless it has something else of the request: another place, or a name that it reports.

        A verdict that fails or is undetermined may name what the target stands for, or predict a name.
        """
        request = proposal.request
        if self._role in (GRANTS, RIGHTS):
            names_more = verdict.verdict not in (PASSES, NOT_APPLICABLE)
        else:
            names_more = verdict.predicts is not None and self._role != "bucket"
        places = [each.route for each in verdict.because]
        places += [each.route for each in verdict.causes if each.route != verdict.route]
        if names_more or type(verdict) is not Verdict or any(_is_in(place, request) for place in places):
            return
        if not _is_in(verdict.route, request):
            place = _FIXED
        elif verdict.route == request.route:
            place = _REQUEST
        elif verdict.route == proposal.at(_MEMBER[self._role]):
            place = _MEMBER[self._role]
        else:
            return
        self._verdicts[verdict.rule.id] = verdict[:_ROUTE], verdict[_ROUTE + 1 :], place, verdict


_ROUTE = 4
"""The place of `route` in a verdict."""


def _is_usual(name: str) -> bool:
    """Return True for a name of letters, digits and hyphens, which is all of the last part of an ARN."""
    return name.isascii() and name.replace("-", "").isalnum()


def _names_of_others(operation: Operation) -> tuple[str, ...]:
    return tuple(member.name for member in operation.members if member.role != "target")


def _is_in(route: Route, request: ProposedRequest) -> bool:
    """Return True for the route of a request or of a member of it. A request from Python has an empty route."""
    depth = len(request.route)
    return route[:depth] == request.route and (len(route) == depth or route[depth] in request.members)

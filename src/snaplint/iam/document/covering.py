"""Whom a `Principal` or `NotPrincipal` element covers, and how far an Allow to them reaches.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from snaplint.iam.asked.availability import ACCOUNT, CANONICAL, FEDERATED, INSIDERS, ROLE, ROOT, SERVICE, SESSION, USER
from snaplint.iam.asked.principal import Principal
from snaplint.iam.terms.channels import DELEGATED, DIRECT, LIMITED
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

_MEMO_SIZE = 4096

Cover = tuple[int, int]
"""Truth, and how far the grant reaches."""

Covers = tuple[Cover, ...]

NOBODY: Cover = (NO, 0)
_COVERS: dict[tuple[int, int], Cover] = {
    (truth, reach): (truth, reach) for truth in (UNKNOWN, YES) for reach in (DELEGATED, LIMITED, DIRECT)
}


class Entry:
    """One principal of an element: its type (`AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`) and value."""

    __slots__ = ("_arn", "_principal", "broken", "type", "value")

    def __init__(self, kind: str, value: str, *, broken: bool = False) -> None:
        self.type = kind
        self.value = value
        self.broken = broken
        self._principal: Principal | None = None
        if kind == "AWS" and not broken:
            try:
                self._principal = Principal.parse(value)
            except ValueError:
                self._principal = None

    def covers(self, principal: Principal) -> Cover:
        """Whether the entry names the principal, and how far an Allow to it reaches."""
        if self.broken:
            # AWS refuses the policy that holds it: what was meant, or is in force instead, nobody can say
            return _COVERS[UNKNOWN, DIRECT]
        if self.value == "*" and self.type in ("*", "AWS"):
            return _COVERS[YES, DIRECT]
        if self.type == "Service":
            return _COVERS[YES, DIRECT] if principal.kind == SERVICE and principal.name == self.value else NOBODY
        if self.type == "CanonicalUser":
            return self._canonical(principal)
        if self.type == "AWS" and self._principal is not None and principal.kind in INSIDERS:
            return _aws(self._principal, principal)
        return NOBODY

    def _canonical(self, principal: Principal) -> Cover:
        """S3 takes a canonical ID for the account it belongs to; which account that is, nobody says here."""
        if principal.kind == CANONICAL:
            return _COVERS[YES, DIRECT] if principal.name == self.value else NOBODY
        return _COVERS[UNKNOWN, DELEGATED] if principal.kind in INSIDERS else NOBODY


def _aws(named: Principal, principal: Principal) -> Cover:
    if named.account != principal.account:
        return NOBODY
    if named.partition and principal.partition and named.partition != principal.partition:
        return NOBODY
    if named.kind in (ROOT, ACCOUNT):
        return _COVERS[YES, DIRECT if principal.kind in (ROOT, ACCOUNT) else DELEGATED]
    if named.kind == USER:
        if principal.kind == USER:
            return _COVERS[YES, DIRECT] if named.arn == principal.arn else NOBODY
        # Whose federated session this is, its ARN does not say.
        return _COVERS[UNKNOWN, LIMITED] if principal.kind == FEDERATED else NOBODY
    if named.kind == FEDERATED:
        return _COVERS[YES, DIRECT] if principal.kind == FEDERATED and named.arn == principal.arn else NOBODY
    # A session's ARN drops the role's path; role names are unique in an account whatever their case.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    if principal.kind not in (ROLE, SESSION) or named.name.lower() != principal.name.lower():
        return NOBODY
    if named.kind == ROLE:
        return _COVERS[YES, LIMITED]
    if principal.kind == ROLE:
        return _COVERS[UNKNOWN, DIRECT]
    return _COVERS[YES, DIRECT] if named.session == principal.session else NOBODY


class PrincipalElement:
    """A compiled `Principal` or `NotPrincipal` element."""

    __slots__ = ("_memo", "allows", "doubt", "entries", "excluded", "faulty")

    def __init__(
        self,
        entries: tuple[Entry, ...],
        *,
        excluded: bool = False,
        allows: bool = True,
        doubt: str = "",
        faulty: bool = False,
    ) -> None:
        self.entries = entries
        self.excluded = excluded
        """It is a `NotPrincipal`."""
        self.allows = allows
        self.doubt = doubt
        """What to name as needed where an entry cannot be read."""
        self.faulty = faulty
        """The element as a whole is missing or malformed."""
        self._memo: dict[Principal, Covers] = {}

    def covers(self, principal: Principal) -> Covers:
        """Whether the element covers the principal, and how far an Allow reaches: the certain answer that reaches
        furthest, then every possible one that reaches further still; empty where it does not cover.
        """
        found = self._memo.get(principal)
        if found is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            found = self._memo[principal] = self._work_out(principal)
        return found

    def _work_out(self, principal: Principal) -> Covers:
        if self.faulty:
            return (_COVERS[UNKNOWN, DIRECT],)
        covers = {self._by_entry(entry, principal) for entry in self.entries}
        if self.excluded:
            # AWS wants account, role and session all listed and may check them in turn; any of them is taken as listed.
            listed = max((truth for truth, _ in covers), default=NO)
            return () if listed == YES else (_COVERS[YES - listed, DIRECT],)
        certain = max((reach for truth, reach in covers if truth == YES), default=0)
        further = [(truth, reach) for truth, reach in covers if truth == UNKNOWN and reach > certain]
        return (*([_COVERS[YES, certain]] if certain else []), *sorted(further))

    def _by_entry(self, entry: Entry, principal: Principal) -> Cover:
        cover = entry.covers(principal)
        # `"*"` is everybody, services too; that `{"AWS": "*"}` is as wide is documented for anonymous requesters
        # only. A Deny is taken to hit; a grant by it is left open.
        vague = entry.type == "AWS" and entry.value == "*" and principal.kind == SERVICE
        return _COVERS[UNKNOWN, DIRECT] if vague and self.allows else cover

"""Which principals a `Principal` or `NotPrincipal` element matches, and in which channel an Allow to them counts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

from snaplint.iam.asked.availability import ACCOUNT, CANONICAL, FEDERATED, INSIDERS, ROLE, ROOT, SERVICE, SESSION, USER
from snaplint.iam.asked.principal import Principal, is_unique_id
from snaplint.iam.terms.channels import DELEGATED, DIRECT, LIMITED
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MEMO_SIZE = 4096

Cover = tuple[int, int]
"""Whether a principal is matched, and the channel of an Allow: DELEGATED, LIMITED or DIRECT."""

Covers = tuple[Cover, ...]
"""The certain match with the strongest channel, then every possible match with a stronger one; empty for no match."""

NO_MATCH: Cover = (NO, 0)
_COVERS: dict[tuple[int, int], Cover] = {
    (truth, reach): (truth, reach) for truth in (UNKNOWN, YES) for reach in (DELEGATED, LIMITED, DIRECT)
}


class Entry:
    """One principal of an element: its type (`AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`) and value."""

    __slots__ = ("_principal", "broken", "type", "value")

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
        """Return whether the entry names the principal, and the channel of an Allow."""
        if self.broken:
            # AWS refuses the policy, so what it means, or which policy is in effect instead, is undetermined.
            return _COVERS[UNKNOWN, DIRECT]
        if self.value == "*" and self.type in ("*", "AWS"):
            return _COVERS[YES, DIRECT]
        if self.type == "Service":
            return _COVERS[YES, DIRECT] if principal.kind == SERVICE and principal.name == self.value else NO_MATCH
        if self.type == "CanonicalUser":
            return self._canonical(principal)
        if self.type == "AWS" and principal.kind in INSIDERS:
            if self._principal is not None:
                return _aws(self._principal, principal)
            return _unique_id(self.value, principal)
        return NO_MATCH

    def is_unique_id(self) -> bool:
        """Return True for the unique ID of a user or role."""
        return self.type == "AWS" and not self.broken and self._principal is None and is_unique_id(self.value)

    def _canonical(self, principal: Principal) -> Cover:
        """S3 treats a canonical user ID as the account that it belongs to. Which account that is, is not known here."""
        if principal.kind == CANONICAL:
            return _COVERS[YES, DIRECT] if principal.name == self.value else NO_MATCH
        return _COVERS[UNKNOWN, DELEGATED] if principal.kind in INSIDERS else NO_MATCH


def _aws(named: Principal, principal: Principal) -> Cover:
    if named.account != principal.account:
        return NO_MATCH
    if named.partition and principal.partition and named.partition != principal.partition:
        return NO_MATCH
    if named.kind in (ROOT, ACCOUNT):
        return _COVERS[YES, DIRECT if principal.kind in (ROOT, ACCOUNT) else DELEGATED]
    if named.kind == USER:
        if principal.kind == USER:
            return _COVERS[YES, DIRECT] if named.arn == principal.arn else NO_MATCH
        # The ARN of a federated session does not contain its user.
        return _COVERS[UNKNOWN, LIMITED] if principal.kind == FEDERATED else NO_MATCH
    if named.kind == FEDERATED:
        return _COVERS[YES, DIRECT] if principal.kind == FEDERATED and named.arn == principal.arn else NO_MATCH
    if named.kind == ROLE:
        return _COVERS[YES, LIMITED] if principal.is_role(named) else NO_MATCH
    if principal.kind not in (ROLE, SESSION) or named.name.lower() != principal.name.lower():
        return NO_MATCH
    if principal.kind == ROLE:
        return _COVERS[UNKNOWN, DIRECT]
    return _COVERS[YES, DIRECT] if named.session == principal.session else NO_MATCH


def _unique_id(unique_id: str, principal: Principal) -> Cover:
    """AWS stores the unique ID of a user or role in place of its ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    """
    if not is_unique_id(unique_id):
        return NO_MATCH
    truth = principal.has_id(unique_id)
    return NO_MATCH if truth == NO else _COVERS[truth, DIRECT if principal.kind == USER else LIMITED]


class PrincipalElement:
    """A compiled `Principal` or `NotPrincipal` element."""

    __slots__ = ("_memo", "allows", "entries", "excluded", "faulty", "place")

    def __init__(
        self,
        entries: tuple[Entry, ...],
        *,
        excluded: bool = False,
        allows: bool = True,
        place: str = "",
        faulty: bool = False,
    ) -> None:
        self.entries = entries
        self.excluded = excluded
        """It is a `NotPrincipal` element."""
        self.allows = allows
        self.place = place
        """The name of the element in `depends_on`, if an entry cannot be read."""
        self.faulty = faulty
        """The whole element is missing or malformed."""
        self._memo: dict[Principal, Covers] = {}

    def covers(self, principal: Principal) -> Covers:
        """Return how the element matches the principal; the answer is cached."""
        covers = self._memo.get(principal)
        if covers is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            covers = self._memo[principal] = self._match(principal)
        return covers

    def unique_ids(self, principal: Principal) -> Iterator[str]:
        """Yield the unique IDs of its entries that the principal may or may not have."""
        if any(truth == UNKNOWN for truth, _ in self.covers(principal)):
            for entry in self.entries:
                if entry.is_unique_id() and entry.covers(principal)[0] == UNKNOWN:
                    yield entry.value

    def needs(self, principal: Principal, place: str) -> Iterator[str]:
        """Yield the names of what an answer of UNKNOWN depends on; `place` is that of the element if it is broken."""
        if all(truth != UNKNOWN for truth, _ in self.covers(principal)):
            return
        if place:
            yield place
        elif principal.kind != FEDERATED and any(self.unique_ids(principal)):
            yield "aws:userid"
        else:
            yield "principal"

    def _match(self, principal: Principal) -> Covers:
        if self.faulty:
            return (_COVERS[UNKNOWN, DIRECT],)
        covers = {self._by_entry(entry, principal) for entry in self.entries}
        if self.excluded:
            # AWS requires account, role and session to be listed and may check each. Here one of them is enough.
            listed = max((truth for truth, _ in covers), default=NO)
            return () if listed == YES else (_COVERS[YES - listed, DIRECT],)
        certain = max((reach for truth, reach in covers if truth == YES), default=0)
        further = [(truth, reach) for truth, reach in covers if truth == UNKNOWN and reach > certain]
        return (*([_COVERS[YES, certain]] if certain else []), *sorted(further))

    def _by_entry(self, entry: Entry, principal: Principal) -> Cover:
        cover = entry.covers(principal)
        # `"*"` matches everyone, including services. AWS documents `{"AWS": "*"}` as equivalent for anonymous callers
        # and not for services. For a service, a Deny with it is taken to match, and an Allow is undetermined.
        vague = entry.type == "AWS" and entry.value == "*" and principal.kind == SERVICE
        return _COVERS[UNKNOWN, DIRECT] if vague and self.allows else cover

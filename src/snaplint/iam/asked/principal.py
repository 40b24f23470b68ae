"""The principal of a request, parsed from any of the forms in which AWS names principals.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
"""

from __future__ import annotations

from snaplint.base.wording import clipped
from snaplint.iam.asked.availability import (
    ACCOUNT,
    ANONYMOUS,
    CANONICAL,
    FEDERATED,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    USER,
    derived,
)
from snaplint.iam.terms.arn import LINKED_PATH, parse_arn
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.terms.states import State

_MEMO_SIZE = 4096
_known: dict[str, Principal] = {}


class Principal:
    """A principal. `Principal.parse` accepts every form AWS uses; recent results are cached."""

    __slots__ = (
        "account",
        "arn",
        "excluded",
        "keys",
        "kind",
        "linked",
        "name",
        "partition",
        "role_arn",
        "session",
        "text",
        "unique_id",
    )

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.arn: str | None = None
        self.partition = ""
        self.account: str | None = None
        self.name = ""
        """User name, role name (without path), federated user name, service principal or canonical user ID."""
        self.session: str | None = None
        self.linked = NO
        """Whether it is a service-linked role, to which neither SCPs nor RCPs apply."""
        self.role_arn: str | None = None
        """The ARN of the role, with its path. The ARN of a session has no path, so for a session it may be unknown."""
        self.unique_id: str | None = None
        """The unique ID of the user or role (`AIDA...`, `AROA...`); None if it is unknown."""
        self.excluded: frozenset[str] = frozenset()
        """Unique IDs that are known not to be its own."""
        self.keys: dict[str, State] = {}
        """The states of the context keys that follow from the principal, by name in lower case."""

    def __repr__(self) -> str:
        return f"Principal.parse({self.text!r})"

    @classmethod
    def parse(cls, text: str) -> Principal:
        """Parse an ARN (user, role, assumed-role session, federated user, root), a twelve-digit account, a service
        principal (`logging.s3.amazonaws.com`), a canonical user ID of 64 digits, or `*` (anonymous).

        The ARN of a role means a session of that role with an unknown name; an account means its root user. Raises
        ValueError if `text` is none of these.
        """
        found = _known.get(text) if isinstance(text, str) else None
        if found is None:
            found = _parse(text)
            found.keys = derived(found)
            if len(_known) >= _MEMO_SIZE:
                _known.clear()
            _known[text] = found
        return found

    def known_as(
        self,
        *,
        role_arn: str | None = None,
        unique_id: str | None = None,
        excluded: frozenset[str] = frozenset(),
        linked: int | None = None,
    ) -> Principal:
        """Return the same principal with what is known about it beyond its ARN; recent results are cached.

        `role_arn` is the ARN of the role of a session; it is ignored if the session cannot be of that role. `excluded`
        are unique IDs that it does not have. `linked` (YES or NO) says whether a role of which the path is unknown is
        service-linked.
        """
        if role_arn is not None and not self.may_be_role(role_arn):
            role_arn = None
        key = (self, role_arn, unique_id, excluded, linked)
        found = _refined.get(key)
        if found is None:
            found = Principal(self.kind, self.text)
            for name in ("arn", "partition", "account", "name", "session", "linked", "role_arn"):
                setattr(found, name, getattr(self, name))
            found.unique_id = unique_id if unique_id is not None else self.unique_id
            found.excluded = self.excluded | excluded
            if role_arn is not None:
                found.role_arn = role_arn
                found.linked = _is_linked(role_arn)
            elif linked is not None:
                found.linked = linked
            found.keys = derived(found)
            if len(_refined) >= _MEMO_SIZE:
                _refined.clear()
            _refined[key] = found
        return found

    def may_be_role(self, role_arn: str) -> bool:
        """Return True if the principal is, or may be, the role with this ARN."""
        if self.role_arn is not None:
            return role_arn == self.role_arn
        if self.kind != SESSION:
            return False
        from snaplint.iam.asked.roles import role_arns  # only for sessions

        return role_arns(self).match(role_arn)

    def is_role(self, named: Principal) -> bool:
        """Return True if the principal is the role that a policy names as `Principal`, or a session of it.

        AWS saves a policy only if the roles that it names exist, and role names are unique in an account, regardless of
        case. So the name identifies the role even if the path is unknown, unless the role cannot have the path.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
        """
        if self.kind not in (ROLE, SESSION) or named.name.lower() != self.name.lower():
            return False
        return self.may_be_role(f"{named.text[: -len(named.name)]}{self.name}")

    def has_id(self, unique_id: str) -> int:
        """Return whether the principal is the user or role with this unique ID, or a session of it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        """
        if self.unique_id is not None:
            return YES if unique_id == self.unique_id else NO
        # The ARN of a federated session does not contain its user.
        prefix = _ID_PREFIXES.get(self.kind)
        fits = prefix is not None and unique_id.startswith(prefix) and unique_id not in self.excluded
        return UNKNOWN if fits else NO


_ID_PREFIXES = {USER: "AIDA", FEDERATED: "AIDA", ROLE: "AROA", SESSION: "AROA"}
"""The prefixes of unique IDs by kind of principal.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
"""

_refined: dict[tuple[Principal, str | None, str | None, frozenset[str], int | None], Principal] = {}


def is_account(text: str) -> bool:
    """Return True for twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def is_canonical(text: str) -> bool:
    """Return True for 64 lower-case hexadecimal digits, the form of the canonical user IDs of S3."""
    return len(text) == 64 and not text.strip("0123456789abcdef")


def is_unique_id(text: str) -> bool:
    """Return True for text in the form of the unique IDs of IAM, such as `AROA1234567890EXAMPLE`."""
    return 16 <= len(text) <= 128 and text.isascii() and text.isalnum() and text.isupper() and text[0] == "A"


def is_service(text: str) -> bool:
    """Return True for a host name, such as `logging.s3.amazonaws.com`."""
    labels = text.split(".")
    return len(labels) > 1 and text.isascii() and all(label.replace("-", "a").isalnum() for label in labels)


def _parse(text: object) -> Principal:
    if not isinstance(text, str):
        raise ValueError("a principal must be text: an ARN, an account, a service, a canonical user ID or `*`")
    if text == "*":
        return Principal(ANONYMOUS, text)
    if text.startswith("arn:"):
        return _parse_arn(text)
    for fits, kind in ((is_account, ACCOUNT), (is_canonical, CANONICAL), (is_service, SERVICE)):
        if fits(text):
            found = Principal(kind, text)
            found.name = text
            if kind == ACCOUNT:
                found.account = text
            return found
    expected = "an ARN, a twelve-digit account, a service, a canonical user ID or `*`"
    raise ValueError(f"`{clipped(text)}` is not a principal: expected {expected}")


def _parse_arn(text: str) -> Principal:
    arn = parse_arn(text)
    if (
        arn is None
        or not arn.partition
        or arn.region
        or not is_account(arn.account)
        or arn.service not in ("iam", "sts")
    ):
        example = "`arn:aws:iam::111122223333:role/name`"
        raise ValueError(f"`{clipped(text)}` is not the ARN of a principal: expected a form such as {example}")
    kind, _, rest = arn.resource.partition("/")
    form = (arn.service, kind, bool(rest) and not rest.endswith("/"))
    forms = {
        ("iam", "user", True): USER,
        ("iam", "role", True): ROLE,
        ("sts", "assumed-role", True): SESSION,
        ("sts", "federated-user", True): FEDERATED,
        ("iam", "root", False): ROOT,
    }
    if form not in forms or "*" in rest or "?" in rest or (form[1] == "root" and arn.resource != "root"):
        expected = "a user, a role, an assumed-role session, a federated user or root"
        raise ValueError(f"`{clipped(text)}` is not a single principal: expected {expected}")
    found = Principal(forms[form], text)
    found.arn, found.partition, found.account = text, arn.partition, arn.account
    found.name = rest.rpartition("/")[2]
    if found.kind == SESSION:
        found.name, _, found.session = rest.partition("/")
        if not found.session or "/" in found.session:
            raise ValueError(f"`{clipped(text)}` is not a session: expected `assumed-role/ROLE/SESSION`")
        from snaplint.iam.asked.roles import looks_linked

        found.linked = UNKNOWN if looks_linked(found.name) else NO
    if found.kind == ROLE:
        found.role_arn = text
        found.linked = _is_linked(text)
    return found


def _is_linked(role_arn: str) -> int:
    """Return whether a role is service-linked, which its path decides and its name does not."""
    return YES if role_arn.split(":", 5)[5].startswith(f"role/{LINKED_PATH}") else NO

"""Who asks, and whom a `Principal` or `NotPrincipal` element covers.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html and the table of
principal keys in https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.
"""

from __future__ import annotations

from snaplint.iam.arn import parse_arn
from snaplint.iam.states import ABSENT, ANYONE, FOREIGN, PRESENT, STRANGER, Hidden
from snaplint.iam.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.states import State

USER = "user"
ROLE = "role"
SESSION = "session"
FEDERATED = "federated"
ROOT = "root"
ACCOUNT = "account"
SERVICE = "service"
CANONICAL = "canonical"
ANONYMOUS = "anonymous"

INSIDERS = frozenset({USER, ROLE, SESSION, FEDERATED, ROOT, ACCOUNT})
"""Kinds that belong to an account and so have an identity side; the others are judged by the resource side alone."""

_MEMO_SIZE = 4096
_known: dict[str, Principal] = {}


class Principal:
    """A requester. `Principal.parse` reads every form; what it read of late it need not read again."""

    __slots__ = ("account", "arn", "keys", "kind", "linked", "name", "partition", "session", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.arn: str | None = None
        self.partition = ""
        self.account: str | None = None
        self.name = ""
        """User name, role name (without its path), federated user's name, service principal or canonical ID."""
        self.session: str | None = None
        self.linked = False
        """A service-linked role: neither SCPs nor RCPs bind it."""
        self.keys: dict[str, State] = {}
        """The context keys that follow from who asks, by folded name."""

    def __repr__(self) -> str:
        return f"Principal.parse({self.text!r})"

    @classmethod
    def parse(cls, text: str) -> Principal:
        """Read an ARN (user, role, assumed-role session, federated user, root), a twelve-digit account, a service
        (`us-east-1.elasticache-snapshot.amazonaws.com`), a 64-digit canonical ID, or `*` (anonymous).

        A role's ARN stands for a session of that role whose name nobody knows; an account for its root user.
        Raises ValueError.
        """
        found = _known.get(text) if isinstance(text, str) else None
        if found is None:
            found = _parse(text)
            found.keys = _derived(found)
            if len(_known) >= _MEMO_SIZE:
                _known.clear()
            _known[text] = found
        return found


def is_account(text: str) -> bool:
    """Twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def is_canonical(text: str) -> bool:
    """Sixty-four lower-case hexadecimal digits, the ID that S3 knows an account by."""
    return len(text) == 64 and not text.strip("0123456789abcdef")


def is_service(text: str) -> bool:
    """A host name, such as `us-east-1.elasticache-snapshot.amazonaws.com`."""
    labels = text.split(".")
    return len(labels) > 1 and text.isascii() and all(label.replace("-", "a").isalnum() for label in labels)


def _parse(text: object) -> Principal:
    if not isinstance(text, str):
        raise ValueError("a principal is text: an ARN, an account, a service, a canonical ID or `*`")
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
    raise ValueError(
        f"`{text[:100]}` is no principal: an ARN, a twelve-digit account, a service, a canonical ID or `*`"
    )


def _parse_arn(text: str) -> Principal:
    arn = parse_arn(text)
    if (
        arn is None
        or not arn.partition
        or arn.region
        or not is_account(arn.account)
        or arn.service not in ("iam", "sts")
    ):
        raise ValueError(f"`{text[:100]}` is not the ARN of a principal: `arn:aws:iam::111122223333:role/name`")
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
        raise ValueError(
            f"`{text[:100]}` is not one principal: a user, a role, an assumed-role session, a federated user or root"
        )
    found = Principal(forms[form], text)
    found.arn, found.partition, found.account = text, arn.partition, arn.account
    found.name = rest.rpartition("/")[2]
    if found.kind == SESSION:
        found.name, _, found.session = rest.partition("/")
        if not found.session or "/" in found.session:
            raise ValueError(f"`{text[:100]}` is no session: `assumed-role/ROLE/SESSION`")
    found.linked = rest.startswith("aws-service-role/") or (
        found.kind == SESSION and found.name.startswith("AWSServiceRoleFor")
    )
    return found


def _derived(who: Principal) -> dict[str, State]:
    """The "Availability" lines of the global condition keys, as far as they follow from the kind of requester.

    What depends on more than that (is the account in an organization? did the user sign in with MFA? is the call made
    through a VPC endpoint, or by a service in the user's name?) is left out: whoever asks says so.
    """
    keys = dict(_KEYS_OF[who.kind])
    if who.kind != ANONYMOUS:  # the key comes with signed requests only
        keys["aws:principalisawsservice"] = ("true",) if who.kind == SERVICE else ("false",)
    keys["aws:principaltype"] = (_TYPES[who.kind],) if who.kind in _TYPES else PRESENT
    if who.account is not None:
        keys["aws:principalaccount"] = (who.account,)
        keys["aws:principalarn"] = _principal_arn(who)
    keys["aws:userid"] = _userid(who)
    if who.kind == USER:
        keys["aws:username"] = (who.name,)
    if who.kind == SERVICE:
        keys["aws:principalservicename"] = (who.name,)
        # The service's own name is in the list; which others are, nobody says.
        keys["aws:principalservicenameslist"] = (who.name, ANYONE)
    return keys


_TYPES = {
    USER: "User",
    ROLE: "AssumedRole",
    SESSION: "AssumedRole",
    FEDERATED: "FederatedUser",
    ROOT: "Account",
    ACCOUNT: "Account",
    ANONYMOUS: "Anonymous",
}

# Keys that only direct calls of service principals carry.
_NEVER: dict[str, State] = dict.fromkeys(
    (
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
    ),
    ABSENT,
)
_NO_SESSION: dict[str, State] = dict.fromkeys(
    ("aws:username", "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage"), ABSENT
)
# Whoever holds temporary credentials carries both; whether MFA was used is the value, which nobody knows.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
_TEMPORARY: dict[str, State] = {
    "aws:username": ABSENT,
    "aws:tokenissuetime": PRESENT,
    "aws:multifactorauthpresent": PRESENT,
}
_NOT_CALLED_VIA: dict[str, State] = dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), ABSENT)
# Whether AWS's own requesters carry these, nobody documents; if they do, the value is none of yours.
_NOT_YOURS: dict[str, State] = dict.fromkeys(("aws:principalarn", "aws:principalaccount"), FOREIGN)
_NO_ORGANIZATION: dict[str, State] = dict.fromkeys(("aws:principalorgid", "aws:principalorgpaths"), ABSENT)
_NO_NAME: dict[str, State] = {"aws:username": ABSENT}
_KEYS_OF: dict[str, dict[str, State]] = {
    USER: _NEVER,
    ROLE: _NEVER | _TEMPORARY,
    SESSION: _NEVER | _TEMPORARY,
    FEDERATED: _NEVER | _TEMPORARY,
    ROOT: _NEVER | _NO_NAME | {"aws:principaltag/*": ABSENT},
    ACCOUNT: _NEVER | _NO_NAME | {"aws:principaltag/*": ABSENT},
    SERVICE: _NO_SESSION
    | _NO_ORGANIZATION
    | _NOT_CALLED_VIA
    | _NOT_YOURS
    | dict.fromkeys(("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"), ABSENT),
    CANONICAL: _NOT_YOURS,
    ANONYMOUS: _NEVER
    | _NO_SESSION
    | _NOT_CALLED_VIA
    | _NO_ORGANIZATION
    | dict.fromkeys(
        ("aws:principalarn", "aws:principalaccount", "aws:principaltag/*", "aws:principalisawsservice"), ABSENT
    ),
}

ALWAYS_PRESENT = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:securetransport",
        "aws:viaawsservice",
        "aws:principaltype",
        "aws:userid",
        "aws:resourceaccount",
    }
)
"""Keys that every request carries: where everything that is not named is unknown, they have a value nobody knows.

Where everything that is not named is absent, they are absent with the rest unless they follow from the requester.
"""


def _principal_arn(who: Principal) -> State:
    if who.kind == SESSION:
        # The key holds the role's ARN with its path; a session's ARN drops the path.
        prefix = f"arn:{who.partition}:iam::{who.account}:role/"
        return (Hidden(prefix=prefix, suffix=f"/{who.name}", likely=prefix + who.name),)
    if who.kind == ACCOUNT:
        suffix = f":iam::{who.account}:root"
        return (Hidden(prefix="arn:", suffix=suffix, likely=f"arn:aws{suffix}"),)
    return (str(who.arn),)


def _userid(who: Principal) -> State:
    """`aws:userid`: `AIDA...` for a user, `AROA...:session` for a session; which letters follow is not known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    if who.kind == USER:
        return (Hidden(prefix="AIDA"),)
    if who.kind == ROLE:
        return (Hidden(prefix="AROA"),)
    if who.kind == SESSION:
        return (Hidden(prefix="AROA", suffix=f":{who.session}"),)
    if who.kind == FEDERATED:
        return (f"{who.account}:{who.name}",)
    if who.kind in (ROOT, ACCOUNT):
        return (str(who.account),)
    # A service has one as well, and nobody's policy can list it.
    return ("anonymous",) if who.kind == ANONYMOUS else (STRANGER,)


# How far an Allow that names the requester reaches.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
DELEGATED = 1
"""It names the account: the account's own policies must allow as well."""
LIMITED = 2
"""It names the role or user behind a session: no identity Allow is needed, boundary and session policy bind."""
DIRECT = 3
"""It names the very requester, or everybody: nothing else need allow."""

Cover = tuple[int, int]
"""Truth, and how far the grant reaches."""

Covers = tuple[Cover, ...]

NOBODY: Cover = (NO, 0)
_COVERS: dict[tuple[int, int], Cover] = {
    (truth, reach): (truth, reach) for truth in (UNKNOWN, YES) for reach in (DELEGATED, LIMITED, DIRECT)
}


class Entry:
    """One principal of an element: its type (`AWS`, `Service`, `Federated`, `CanonicalUser`, or `*`) and value."""

    __slots__ = ("_arn", "_who", "broken", "type", "value")

    def __init__(self, kind: str, value: str, *, broken: bool = False) -> None:
        self.type = kind
        self.value = value
        self.broken = broken
        self._who: Principal | None = None
        if kind == "AWS" and not broken:
            try:
                self._who = Principal.parse(value)
            except ValueError:
                self._who = None

    def covers(self, asker: Principal) -> Cover:
        """Whether the entry names the asker, and how far an Allow to it reaches."""
        if self.broken:
            # AWS refuses the policy that holds it: what was meant, or is in force instead, nobody can say
            return _COVERS[UNKNOWN, DIRECT]
        if self.value == "*" and self.type in ("*", "AWS"):
            return _COVERS[YES, DIRECT]
        if self.type == "Service":
            return _COVERS[YES, DIRECT] if asker.kind == SERVICE and asker.name == self.value else NOBODY
        if self.type == "CanonicalUser":
            return self._canonical(asker)
        if self.type == "AWS" and self._who is not None and asker.kind in INSIDERS:
            return _aws(self._who, asker)
        return NOBODY

    def _canonical(self, asker: Principal) -> Cover:
        """S3 takes a canonical ID for the account it belongs to; which account that is, nobody says here."""
        if asker.kind == CANONICAL:
            return _COVERS[YES, DIRECT] if asker.name == self.value else NOBODY
        return _COVERS[UNKNOWN, DELEGATED] if asker.kind in INSIDERS else NOBODY


def _aws(named: Principal, asker: Principal) -> Cover:
    if named.account != asker.account or (named.partition and asker.partition and named.partition != asker.partition):
        return NOBODY
    if named.kind in (ROOT, ACCOUNT):
        return _COVERS[YES, DIRECT if asker.kind in (ROOT, ACCOUNT) else DELEGATED]
    if named.kind == USER:
        if asker.kind == USER:
            return _COVERS[YES, DIRECT] if named.arn == asker.arn else NOBODY
        # Whose federated session this is, its ARN does not say.
        return _COVERS[UNKNOWN, LIMITED] if asker.kind == FEDERATED else NOBODY
    if named.kind == FEDERATED:
        return _COVERS[YES, DIRECT] if asker.kind == FEDERATED and named.arn == asker.arn else NOBODY
    # A session's ARN drops the role's path; role names are unique in an account whatever their case.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    if asker.kind not in (ROLE, SESSION) or named.name.lower() != asker.name.lower():
        return NOBODY
    if named.kind == ROLE:
        return _COVERS[YES, LIMITED]
    if asker.kind == ROLE:
        return _COVERS[UNKNOWN, DIRECT]
    return _COVERS[YES, DIRECT] if named.session == asker.session else NOBODY


class Who:
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

    def covers(self, asker: Principal) -> Covers:
        """Whether the element covers the asker, and how far an Allow reaches: the certain answer that reaches
        furthest, then every possible one that reaches further still; empty where it does not cover.
        """
        found = self._memo.get(asker)
        if found is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            found = self._memo[asker] = self._work_out(asker)
        return found

    def _work_out(self, asker: Principal) -> Covers:
        if self.faulty:
            return (_COVERS[UNKNOWN, DIRECT],)
        covers = {self._by_entry(entry, asker) for entry in self.entries}
        if self.excluded:
            # AWS wants account, role and session all listed and may check them in turn; any of them is taken as listed.
            listed = max((truth for truth, _ in covers), default=NO)
            return () if listed == YES else (_COVERS[YES - listed, DIRECT],)
        certain = max((reach for truth, reach in covers if truth == YES), default=0)
        further = [(truth, reach) for truth, reach in covers if truth == UNKNOWN and reach > certain]
        return (*([_COVERS[YES, certain]] if certain else []), *sorted(further))

    def _by_entry(self, entry: Entry, asker: Principal) -> Cover:
        cover = entry.covers(asker)
        # `"*"` is everybody, services too; that `{"AWS": "*"}` is as wide is documented for anonymous requesters
        # only. A Deny is taken to hit; a grant by it is left open.
        vague = entry.type == "AWS" and entry.value == "*" and asker.kind == SERVICE
        return _COVERS[UNKNOWN, DIRECT] if vague and self.allows else cover

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
from snaplint.iam.terms.arn import parse_arn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.terms.states import State

_MEMO_SIZE = 4096
_known: dict[str, Principal] = {}


class Principal:
    """A principal. `Principal.parse` accepts every form AWS uses; recent results are cached."""

    __slots__ = ("account", "arn", "keys", "kind", "linked", "name", "partition", "session", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.arn: str | None = None
        self.partition = ""
        self.account: str | None = None
        self.name = ""
        """User name, role name (without path), federated user name, service principal or canonical user ID."""
        self.session: str | None = None
        self.linked = False
        """It is a service-linked role, to which neither SCPs nor RCPs apply."""
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


def is_account(text: str) -> bool:
    """Return True for twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def is_canonical(text: str) -> bool:
    """Return True for 64 lower-case hexadecimal digits, the form of the canonical user IDs of S3."""
    return len(text) == 64 and not text.strip("0123456789abcdef")


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
    found.linked = rest.startswith("aws-service-role/") or (
        found.kind == SESSION and found.name.startswith("AWSServiceRoleFor")
    )
    return found

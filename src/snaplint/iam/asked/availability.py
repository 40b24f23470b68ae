"""The kinds of requesters, and the context keys that follow from the kind: AWS's lines on "Availability", as a table.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for names and ids,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

from snaplint.iam.terms.states import ABSENT, FOREIGN, FOREIGN_VALUE, PRESENT, SOME_VALUE, Hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from snaplint.iam.terms.states import State

    class Requester(Protocol):
        """What the table asks of a requester."""

        kind: str
        name: str
        account: str | None
        partition: str
        arn: str | None
        session: str | None


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


def derived(principal: Requester) -> dict[str, State]:
    """The "Availability" lines of the global condition keys, as far as they follow from the kind of requester.

    What depends on more than that (is the account in an organization? did the user sign in with MFA? is the call made
    through a VPC endpoint, or by a service in the user's name?) is left out: whoever asks says so.
    """
    keys = dict(_KEYS_OF[principal.kind])
    if principal.kind != ANONYMOUS:  # the key comes with signed requests only
        keys["aws:principalisawsservice"] = ("true",) if principal.kind == SERVICE else ("false",)
    keys["aws:principaltype"] = (_TYPES[principal.kind],) if principal.kind in _TYPES else PRESENT
    if principal.account is not None:
        keys["aws:principalaccount"] = (principal.account,)
        keys["aws:principalarn"] = _principal_arn(principal)
    keys["aws:userid"] = _userid(principal)
    if principal.kind == USER:
        keys["aws:username"] = (principal.name,)
    if principal.kind == SERVICE:
        keys["aws:principalservicename"] = (principal.name,)
        # The service's own name is in the list; which others are, nobody says.
        keys["aws:principalservicenameslist"] = (principal.name, SOME_VALUE)
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


def _principal_arn(principal: Requester) -> State:
    if principal.kind == SESSION:
        # The key holds the role's ARN with its path; a session's ARN drops the path.
        prefix = f"arn:{principal.partition}:iam::{principal.account}:role/"
        return (Hidden(prefix=prefix, suffix=f"/{principal.name}", likely=prefix + principal.name),)
    if principal.kind == ACCOUNT:
        suffix = f":iam::{principal.account}:root"
        return (Hidden(prefix="arn:", suffix=suffix, likely=f"arn:aws{suffix}"),)
    return (str(principal.arn),)


def _userid(principal: Requester) -> State:
    """`aws:userid`: `AIDA...` for a user, `AROA...:session` for a session; which letters follow is not known.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    if principal.kind == USER:
        return (Hidden(prefix="AIDA"),)
    if principal.kind == ROLE:
        return (Hidden(prefix="AROA"),)
    if principal.kind == SESSION:
        return (Hidden(prefix="AROA", suffix=f":{principal.session}"),)
    if principal.kind == FEDERATED:
        return (f"{principal.account}:{principal.name}",)
    if principal.kind in (ROOT, ACCOUNT):
        return (str(principal.account),)
    # A service has one as well, and nobody's policy can list it.
    return ("anonymous",) if principal.kind == ANONYMOUS else (FOREIGN_VALUE,)

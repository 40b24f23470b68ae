"""The kinds of principals, and the context keys that follow from the kind: the "Availability" lines of AWS, as a table.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for names and ids,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

from functools import lru_cache

from snaplint.iam.terms.states import ABSENT, FOREIGN, FOREIGN_VALUE, PRESENT, SOME_VALUE, Hidden, Open
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from snaplint.iam.asked.roles import RoleArns
    from snaplint.iam.terms.states import Mark, State

    class PrincipalFields(Protocol):
        """What the table needs to know of a principal."""

        kind: str
        name: str
        account: str | None
        partition: str
        arn: str | None
        session: str | None
        linked: int
        role_arn: str | None
        unique_id: str | None
        excluded: frozenset[str]


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
"""The kinds that belong to an account. For the others the resource side decides alone."""


def derived(principal: PrincipalFields) -> dict[str, State]:
    """Return the states of the global condition keys that follow from the kind of principal ("Availability").

    Keys that depend on more are not included: whether the account is in an organization, whether the user signed in
    with MFA, whether the call is made through a VPC endpoint or by a service on behalf of the user. The context of the
    request provides those.
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
        # The list contains the name of the service itself. AWS does not document which others it contains.
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

# Keys that only direct calls of service principals have.
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
# Temporary credentials always have both keys; whether MFA was used is the value, which is unknown.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
_TEMPORARY: dict[str, State] = {
    "aws:username": ABSENT,
    "aws:tokenissuetime": PRESENT,
    "aws:multifactorauthpresent": PRESENT,
}
_NOT_CALLED_VIA: dict[str, State] = dict.fromkeys(("aws:calledvia", "aws:calledviafirst", "aws:calledvialast"), ABSENT)
# AWS does not document whether its own principals have these keys; if they do, the value is none of yours.
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
"""Keys that every request has: in a context whose other keys are unknown, they are present with an unknown value.

In a context whose other keys are absent, they are absent as well, unless they follow from the principal.
"""


def _principal_arn(principal: PrincipalFields) -> State:
    if principal.kind == SESSION:
        return _arn_of_session(principal)
    if principal.kind == ACCOUNT:
        suffix = f":iam::{principal.account}:root"
        return (Hidden(prefix="arn:", suffix=suffix, likely=f"arn:aws{suffix}"),)
    return (str(principal.role_arn or principal.arn),)


def _arn_of_session(session: PrincipalFields) -> State:
    """Return the state of `aws:PrincipalArn` of a session: the ARN of the role with its path.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    if session.role_arn is not None:
        return (session.role_arn,)
    from snaplint.iam.asked.roles import role_arns  # only for sessions

    return _one_of(role_arns(session))


@lru_cache(1024)
def _one_of(arns: RoleArns) -> State:
    """Return the state of the ARN, the same object for the same ARNs: then identities of a session have one state."""
    longer = Hidden(prefix=arns.prefix, suffix=arns.suffix, inner=arns.inner)
    return (longer,) if arns.plain is None else Open((arns.plain,), (longer,))


def _never(values: Iterable[str]) -> dict[Mark, int]:
    """Return the answers of a hidden value that is none of these."""
    return {("=", value): NO for value in values}


def _userid(principal: PrincipalFields) -> State:
    """Return the state of `aws:userid`: `AIDA...` for a user, `AROA...:session` for a session; the rest is unknown.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    known = principal.unique_id
    if principal.kind == USER:
        return (Hidden(prefix="AIDA", answers=_never(principal.excluded)) if known is None else known,)
    if principal.kind == ROLE:
        return (Hidden(prefix="AROA" if known is None else f"{known}:"),)
    if principal.kind == SESSION:
        if known is not None:
            return (f"{known}:{principal.session}",)
        ids = (f"{unique_id}:{principal.session}" for unique_id in principal.excluded)
        return (Hidden(prefix="AROA", suffix=f":{principal.session}", answers=_never(ids)),)
    if principal.kind == FEDERATED:
        return (f"{principal.account}:{principal.name}",)
    if principal.kind in (ROOT, ACCOUNT):
        return (str(principal.account),)
    # A service has one as well, which no policy of yours can list.
    return ("anonymous",) if principal.kind == ANONYMOUS else (FOREIGN_VALUE,)

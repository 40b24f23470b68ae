"""The requester, which requesters a `Principal` matches, and which context keys follow from the requester.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.iam.naive.text import several


@dataclass(frozen=True)
class Requester:
    """A principal, with chosen values for what its text does not contain: canonical ID, session, user."""

    kind: str  # user, role, session, federated, root, account, service, canonical, anonymous
    text: str
    account: str | None = None
    name: str = ""
    arn: str | None = None  # the value of aws:PrincipalArn
    canonical: str | None = None  # the canonical ID of its account
    session: str | None = None  # for a role: the ARN of the session that makes the request
    unique_id: str | None = None  # of a user or role
    user: str | None = None  # for a federated user: the ARN of the user who called GetFederationToken


def requester(text: str, choice: dict[str, Any]) -> Requester:
    """Read a principal; `choice` has what its text does not contain.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    if text == "*":
        return Requester("anonymous", text)
    if len(text) == 64:
        return Requester("canonical", text, choice.get("account of canonical"), canonical=text)
    if len(text) == 12 and text.isdigit():
        arn = f"arn:aws:iam::{text}:root"
        return Requester("account", text, text, arn=arn, canonical=choice.get("canonical"))
    if not text.startswith("arn:"):
        return Requester("service", text)
    account, what = text.split(":")[4], text.split(":", 5)[5]
    kind, _, rest = what.partition("/")
    base: dict[str, Any] = {
        "account": account, "canonical": choice.get("canonical"), "unique_id": choice.get("id"),
    }  # fmt: skip
    if kind == "root":
        return Requester("root", text, arn=text, **base)
    if kind == "user":
        return Requester("user", text, name=rest.rpartition("/")[2], arn=text, **base)
    if kind == "role":
        return Requester("role", text, name=rest.rpartition("/")[2], arn=text, session=choice.get("session"), **base)
    if kind == "federated-user":
        return Requester("federated", text, name=rest, arn=text, user=choice.get("user"), **base)
    name = rest.partition("/")[0]
    arn = choice.get("role", f"arn:aws:iam::{account}:role/{name}")
    return Requester("session", text, name=name, arn=arn, session=text, **base)


def grant_of(statement: dict[str, Any], who: Requester, choice: dict[str, Any], *, bounded: bool) -> set[str]:
    """Return the kinds of entries by which a statement of a resource-based policy matches the requester.

    `everyone`, `itself` (user, session, federated user or service named by itself), `role` (a session, by its role),
    `by user` (a federated user, by its user), `account`.
    """
    if "NotPrincipal" in statement:
        covered = not _excluded(statement, who, choice, bounded=bounded)
        return {"everyone"} if covered else set()
    return _listed(statement["Principal"], who, choice)


def _excluded(statement: dict[str, Any], who: Requester, choice: dict[str, Any], *, bounded: bool) -> bool:
    """Return True if `NotPrincipal` lists the requester, its role or its account.

    A Deny with NotPrincipal denies every principal that has a permissions boundary, listed or not.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    if bounded and statement["Effect"] == "Deny":
        return False
    listed = _listed(statement["NotPrincipal"], who, choice)
    if who.kind == "service" and "itself" not in listed and statement["NotPrincipal"] != "*":
        return bool(listed) and bool(choice.get("AWS star covers services"))  # not documented
    return bool(listed)


def _listed(element: Any, who: Requester, choice: dict[str, Any]) -> set[str]:
    if element == "*":
        return {"everyone"}  # ...elements_principal.html#principal-anonymous
    kinds = {"AWS": _aws, "Service": _service, "CanonicalUser": _canonical, "Federated": _federated}
    found = (kinds[kind](entry, who, choice) for kind, entries in element.items() for entry in several(entries))
    return {kind for kind in found if kind}


def _aws(entry: str, who: Requester, choice: dict[str, Any]) -> str | None:
    """...elements_principal.html#principal-accounts, #principal-roles, #principal-role-session, #principal-users."""
    if entry == "*":
        return "everyone"  # ...#principal-anonymous: the same as "*"
    if entry == who.account or entry == f"arn:aws:iam::{who.account}:root":
        return "itself" if who.kind in ("root", "account") else "account"
    if who.kind in ("user", "federated") and entry == who.text:
        return "itself"
    if who.unique_id == entry:  # ...#principal-roles: AWS stores the unique ID in place of the ARN
        return "itself" if who.kind == "user" else "role"
    if who.kind == "federated" and entry == who.user:
        return "by user"
    if who.kind in ("role", "session"):
        if entry == who.session:
            return "itself"
        head, _, name = entry.rpartition("/")
        if head.startswith(f"arn:aws:iam::{who.account}:role") and name == who.name:
            return "role"
    return None


def _service(entry: str, who: Requester, choice: dict[str, Any]) -> str | None:
    """A service is named in full: ...elements_principal.html#principal-services."""
    return "itself" if who.kind == "service" and entry == who.text else None


def _canonical(entry: str, who: Requester, choice: dict[str, Any]) -> str | None:
    """S3 treats a canonical ID as an account.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
    """
    if entry != who.canonical:
        return None
    return "itself" if who.kind in ("canonical", "root", "account") else "account"


def _federated(entry: str, who: Requester, choice: dict[str, Any]) -> str | None:
    """Identity providers, which are no requesters in these tests. ...elements_principal.html#principal-federated."""
    return None


PRESENT, FOREIGN = "present", "foreign"
"""The key is present with an unknown value; the key is absent, or has a value that no policy lists."""


def derived(who: Requester, resource_account: str | None) -> dict[str, list[str] | str]:
    """Return the context keys that follow from the requester: their values, or `PRESENT`, `FOREIGN`. Others are absent.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (the Availability lines)
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """
    found: dict[str, list[str] | str] = dict.fromkeys(_ALWAYS, PRESENT)
    if resource_account is not None:
        found["aws:resourceaccount"] = found["s3:resourceaccount"] = [resource_account]
    if who.kind == "anonymous":
        return found | {"aws:principaltype": ["Anonymous"], "aws:userid": ["anonymous"]}
    if who.kind in ("service", "canonical"):
        return found | _of_aws(who)
    return found | {"aws:principalisawsservice": ["false"]} | _of_an_account(who)


_ALWAYS = ("aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:viaawsservice", "aws:userid")


def _of_aws(who: Requester) -> dict[str, list[str] | str]:
    """AWS's own requesters belong to none of your accounts; AWS does not document whether they have these keys."""
    found: dict[str, list[str] | str] = {
        "aws:principalarn": FOREIGN,
        "aws:principalaccount": FOREIGN,
        "aws:principaltype": PRESENT,
        "aws:principalisawsservice": ["true" if who.kind == "service" else "false"],
    }
    return found | {"aws:principalservicename": [who.text]} if who.kind == "service" else found


def _of_an_account(who: Requester) -> dict[str, list[str] | str]:
    account = str(who.account)
    types = {"user": "User", "federated": "FederatedUser", "root": "Account", "account": "Account"}
    found: dict[str, list[str] | str] = {
        "aws:principalaccount": [account],
        "aws:principalarn": [str(who.arn)],
        "aws:principaltype": [types.get(who.kind, "AssumedRole")],
    }
    if who.kind in ("role", "session", "federated"):  # temporary credentials
        found |= {"aws:multifactorauthpresent": PRESENT, "aws:tokenissuetime": PRESENT}
    if who.kind == "user":
        found["aws:username"] = [who.name]
    if who.kind == "federated":
        found["aws:userid"] = [f"{account}:{who.name}"]
    if who.kind in ("root", "account"):
        found["aws:userid"] = [account]
    return found

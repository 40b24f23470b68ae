"""Compile the `Principal` or `NotPrincipal` of a statement, and collect what AWS would refuse in it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from snaplint.base.wording import clipped, noun
from snaplint.iam.asked.principal import Principal, is_canonical, is_service, is_unique_id
from snaplint.iam.document.covering import Entry, PrincipalElement
from snaplint.iam.document.statement import DENY
from snaplint.iam.terms.pattern import is_wild

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.iam.document.notes import Notes
    from snaplint.iam.document.statement import Statement

PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
WITH_PRINCIPAL = frozenset({"resource", "saved", "rcp", "endpoint"})
"""The kinds of policies whose statements have a principal."""

_KINDS = {
    "identity": "an identity policy",
    "scp": "an SCP",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}


def compile_principal(notes: Notes, statement: Statement, found: Mapping[str, object]) -> None:
    """Compile the principals of a statement; `found` is the raw statement."""
    if notes.kind not in WITH_PRINCIPAL:
        for name in ("Principal", "NotPrincipal"):
            if name in found:
                notes.fault((name,), f"`{name}` is not allowed in {_KINDS.get(notes.kind, notes.kind)}")
        return
    allows = statement.effect != DENY
    element = notes.either(found, "Principal", needed=True)
    if element is None:
        statement.principal_element = PrincipalElement((), allows=allows, place="Principal", faulty=True)
        return
    entries = _entries(notes, found[element], element)
    sources = tuple((entry.type, entry.value) for entry in entries)
    if element == "Principal":
        statement.principals = sources
    else:
        statement.not_principals = sources
    broken = not entries or any(entry.broken for entry in entries)
    statement.principal_element = PrincipalElement(
        entries,
        excluded=element == "NotPrincipal",
        allows=allows,
        place=element if broken else "",
        faulty=not entries,
    )


def _entries(notes: Notes, found: object, element: str) -> tuple[Entry, ...]:
    """Return the principals that an element names; none if it cannot be read."""
    if isinstance(found, str):
        if found == "*":
            return (Entry("*", "*"),)
        notes.fault((element,), f'`{element}` must be `*` or an object such as {{"AWS": …}}, not `{clipped(found)}`')
        return ()
    if not isinstance(found, dict) or not found:
        what = "an empty object" if isinstance(found, dict) else noun(found)
        notes.fault((element,), f'`{element}` must be `*` or an object such as {{"AWS": …}}, not {what}')
        return ()
    entries: list[Entry] = []
    for kind, values in found.items():
        if not isinstance(kind, str) or kind not in PRINCIPAL_TYPES:
            shown = clipped(kind) if isinstance(kind, str) else noun(kind)
            near = notes.near(kind, PRINCIPAL_TYPES) if isinstance(kind, str) else ""
            notes.fault((element, shown), f"unknown principal type `{shown}`{near}")
            entries.append(Entry("?", shown, broken=True))
            continue
        texts, good = notes.texts(values, (element, kind), kind)
        for text, place in texts:
            fault = _principal_fault(kind, text)
            if fault:
                notes.fault(place, f"`{clipped(text)}` {fault}")
            entries.append(Entry(kind, text, broken=bool(fault)))
        if not good:
            entries.append(Entry(kind, "", broken=True))
    return tuple(entries)


def _principal_fault(kind: str, text: str) -> str:
    if "${" in text:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse
        return "is not a principal: variables are not allowed here, so this is a template that was never filled in"
    if kind == "AWS":
        return _aws_fault(text)
    if kind == "Service":
        return "" if is_service(text) else "is not a service principal: expected `service.amazonaws.com`"
    if kind == "CanonicalUser":
        return "" if is_canonical(text) else "is not a canonical user ID: expected 64 hexadecimal digits"
    return "" if text else "names no principal"


def _aws_fault(text: str) -> str:
    if text == "*":
        return ""
    if is_wild(text):
        return "is not a principal: a wildcard must be the whole text"
    if ":group/" in text:
        return "is not a principal: groups cannot be principals"
    # The unique ID of a deleted user or role replaces its ARN, and CloudFront origin access identities have no account.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    if text.startswith("arn:") and text.split(":")[4:5] == ["cloudfront"]:
        return ""
    if is_unique_id(text):
        return ""
    try:
        found = Principal.parse(text)
    except ValueError:
        return "is not a principal: expected an account, or the ARN of a user, a role or a session"
    return (
        ""
        if found.account is not None
        else "is not an AWS principal: expected an account, or the ARN of a user, a role or a session"
    )

"""Checks of policies and of the bucket ACL as documents: AWS accepts them, and they grant only what an export needs."""

from __future__ import annotations

from itertools import chain, islice

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.bucket import target
from snaplint.checks.export.acl_grants import as_blame, grants_to, grants_to_everyone, ignores_groups, needs_of_block
from snaplint.checks.registry import USED, check
from snaplint.facts import Bucket, PolicyDocument
from snaplint.facts.model import BucketPolicy
from snaplint.findings.cause import ACL, SETTING, Cause
from snaplint.findings.verdict import Blame, CannotTell, Fails, NotApplicable, Passes
from snaplint.iam.catalog import is_action
from snaplint.iam.lint.review import Remark, review
from snaplint.iam.lint.size import MAY_BE_OF_AWS, excess
from snaplint.iam.terms.truth import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.rule import Certainty
    from snaplint.findings.verdict import Finding
    from snaplint.iam.document.policy import Statement
    from snaplint.operations.export_service import ExportService


MOST_FAULTS = 100
"""How many faults of one document are reported."""


@check("policy.well-formed", reads="bucket")
def well_formed(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that AWS would accept every provided policy, and that everything it names exists (a warning if not).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    documents = list(_documents(proposal))
    if not documents:
        yield NotApplicable(proposal.request.route, "no policy is provided")
        return
    for place, label, kind, document in documents:
        if isinstance(document, Unknown):
            yield CannotTell(place, document.why, document.needs)
            continue
        of_user = not isinstance(proposal.caller.arn, Unknown) and ":user/" in proposal.caller.arn
        for remark in _cached_remarks(proposal, document, kind, of_user=of_user):
            where = (*place, *remark.route)
            blame = Blame(where, label, remark.message, *_sid_and_effect(document.data, remark.route))
            cause = Cause(SETTING, remark.message, where, label, blame.sid, blame.effect, name=remark.message)
            certainty: Certainty | None = "observed" if remark.observed else None
            fails = Fails(where, remark.message, (blame,), certainty=certainty, causes=(cause,))
            yield fails if remark.refused else fails._replace(severity="warning")


def _sid_and_effect(document: object, route: Route) -> tuple[str | None, str | None]:
    """Return the `Sid` and the `Effect` of the statement that a route leads into, as far as they are text."""
    element, *steps = route or ("",)
    held = document.get("Statement") if isinstance(document, dict) and element == "Statement" else None
    if isinstance(held, (list, tuple)) and steps and isinstance(steps[0], int):
        held = held[steps[0]]
    statement = held if isinstance(held, dict) else {}
    sid, effect = (value if isinstance(value, str) else None for value in map(statement.get, ("Sid", "Effect")))
    return sid, effect


def _cached_remarks(proposal: Proposal, document: PolicyDocument, kind: str, *, of_user: bool) -> tuple[Remark, ...]:
    def look() -> tuple[Remark, ...]:
        return tuple(islice(_remarks(document, kind, of_user=of_user), MOST_FAULTS))

    return proposal.access.remarks(document, kind, of_user=of_user, look=look)


def _remarks(document: PolicyDocument, kind: str, *, of_user: bool) -> Iterator[Remark]:
    """Yield what AWS would refuse, then what AWS would save although it can never apply."""
    for fault in document.compiled(kind).faults:
        yield Remark(fault.route, fault.message, refused=fault.refused)
    excessive = None if document.saved else excess(document.data, kind, of_user=of_user)
    if excessive:
        # AWS managed policies may be longer than customer policies: ReadOnlyAccess has about 95,000 characters
        yield Remark((), excessive, refused=kind not in MAY_BE_OF_AWS)
    found = chain(document.refusals if isinstance(document, BucketPolicy) else (), review(document.data, kind))
    yield from (remark for remark in found if not (remark.refused and document.saved))


def _documents(proposal: Proposal) -> Iterator[tuple[Route, str, str, PolicyDocument | Unknown]]:
    """Yield every policy provided for the request: its route, AWS's word for it, its kind, and the document.

    Policies that are provided and cannot be read are Unknown.
    """
    bucket, caller, organization = proposal.bucket, proposal.caller, proposal.facts.organization
    if isinstance(bucket, Bucket) and _is_provided(bucket.policy):
        yield (*bucket.route, "policy"), "bucket policy", "resource", bucket.policy  # type: ignore[misc]  # _is_provided has checked it
    yield from _provided_documents(caller.policies, ("caller", "policies"), "identity policy", "identity")
    if _is_provided(caller.boundary):
        yield ("caller", "boundary"), "permissions boundary", "boundary", caller.boundary  # type: ignore[misc]  # as above
    yield from _provided_documents(caller.session_policies, ("caller", "session_policies"), "session policy", "session")
    for name, levels in (("scp", organization.scps), ("rcp", organization.rcps)):
        if isinstance(levels, Unknown):
            yield from _provided_documents(levels, ("organization", f"{name}s"), name.upper(), name)
            continue
        for index, level in enumerate(levels):
            yield from _provided_documents(level, ("organization", f"{name}s", index), name.upper(), name)


def _is_provided(document: PolicyDocument | Unknown | None) -> bool:
    return isinstance(document, PolicyDocument) or (isinstance(document, Unknown) and document.unreadable)


def _provided_documents(
    documents: tuple[PolicyDocument | Unknown, ...] | Unknown, route: Route, label: str, kind: str
) -> Iterator[tuple[Route, str, str, PolicyDocument | Unknown]]:
    if isinstance(documents, Unknown):
        if documents.unreadable:
            yield route, label, kind, documents
        return
    for index, document in enumerate(documents):
        if _is_provided(document):
            yield (*route, index), label, kind, document


@check("acl.grants-live", reads="bucket", blames=ACL, bucket=USED)
def grants_live(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that a grant in the bucket ACL to the service that writes is in effect, because ACLs are not disabled.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    route = proposal.at("bucket")
    if isinstance(bucket.acl, Unknown):
        yield CannotTell(route, bucket.acl.why, bucket.acl.needs)
        return
    grants = list(grants_to(proposal.writer, bucket))
    if not grants:
        yield NotApplicable(route, f"the ACL of bucket `{bucket.name}` grants {proposal.writer.name} nothing")
    elif isinstance(bucket.ownership, Unknown):
        yield CannotTell(
            route, bucket.ownership.why, bucket.ownership.needs, tuple(as_blame(bucket, grant) for grant in grants)
        )
    elif bucket.ownership == "BucketOwnerEnforced":
        text = f"the ACL of bucket `{bucket.name}` is ignored: Object Ownership is BucketOwnerEnforced"
        yield Fails((*bucket.route, "acl"), text, tuple(as_blame(bucket, grant) for grant in grants))
    else:
        yield Passes(route, f"ACLs are enabled on bucket `{bucket.name}`")


@check("grants.narrow", reads="bucket", bucket=USED)
def narrow(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the service that writes is granted no more than an export needs.

    That is the documented actions in the bucket policy, or READ, WRITE and READ_ACP in the bucket ACL.
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    writer = proposal.writer
    route = proposal.at("bucket")
    found = list(_wide_grants(bucket, writer))
    wide = [*_wide_statements(bucket, writer), *(each for each in found if isinstance(each, Fails))]
    yield from wide
    yield from (each for each in found if isinstance(each, CannotTell))
    facts = (bucket.policy,) if bucket.ownership == "BucketOwnerEnforced" else (bucket.policy, bucket.acl)
    unknown = [fact for fact in facts if isinstance(fact, Unknown)]
    if unknown and not wide:
        yield CannotTell(route, unknown[0].why, tuple(need for fact in unknown for need in fact.needs))
    elif not wide:
        yield Passes(route, f"{writer.name} is granted no more than an export needs")


def _wide_statements(bucket: Bucket, writer: ExportService) -> Iterator[Fails]:
    """Yield a failure for each action of the bucket policy that allows the writer's service principal too much."""
    if not isinstance(bucket.policy, PolicyDocument):
        return
    for statement in bucket.policy.compiled("resource").statements:
        names = [name for kind, name in statement.principals if _covers(writer, kind, name, statement)]
        if statement.effect != "Allow" or not names:
            continue
        place = (*bucket.route, "policy", *statement.route)
        who = listed(f"`{name}`" for name in names)
        for action in _wide_actions(statement, writer):
            blame = Blame(place, "bucket policy", f"allows `{action}`", statement.sid, "Allow")
            yield Fails(place, f"`{action}` grants {who} more than an export needs", (blame,))


def _wide_grants(bucket: Bucket, writer: ExportService) -> Iterator[Fails | CannotTell]:
    """Yield a finding for each grant of the ACL that allows the writer too much, if the grant is in effect."""
    if bucket.ownership == "BucketOwnerEnforced":
        return
    ignored = ignores_groups(bucket)
    own = [(grant, False) for grant in grants_to(writer, bucket)]
    for grant, of_group in (*own, *((grant, True) for grant in ([] if ignored else grants_to_everyone(bucket)))):
        if grant.permission not in ("FULL_CONTROL", "WRITE_ACP"):
            continue
        blame = as_blame(bucket, grant)
        needs = bucket.ownership.needs if isinstance(bucket.ownership, Unknown) else ()
        if of_group and ignored is None:
            needs = (*needs, *needs_of_block(bucket))
        text = f"{grant.permission} grants {writer.name} more than an export needs"
        if needs:
            depends = listed(f"`{need}`" for need in needs)
            yield CannotTell(blame.route, f"whether {text} depends on {depends}", needs, (blame,))
        else:
            yield Fails(blame.route, text, (blame,), assumes=bucket.assumes if of_group else ())


def _covers(writer: ExportService, kind: str, name: str, statement: Statement) -> bool:
    """Return True if a principal is the writer under any of its names, or everyone without a condition."""
    if name == "*":
        return not statement.conditions
    return writer.is_meant_by(kind, name) or (writer.has_account(name) and name not in writer.emails)


def _wide_actions(statement: Statement, writer: ExportService) -> Iterator[str]:
    """Yield the statement's actions that are not in the documented grant, and patterns that cover more.

    A name that is not an action grants nothing.
    """
    documented = {action.lower() for action in writer.actions}
    wide = (action for action in statement.actions if action.lower() not in documented)
    yield from (action for action in wide if is_action(action) != NO)
    if statement.not_actions:
        yield "NotAction"

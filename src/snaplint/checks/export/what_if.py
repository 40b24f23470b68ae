"""The same request in a world that is changed in one place, to see what a change would do."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.access import Access
from snaplint.checks.export.proposal import Proposal
from snaplint.facts import Bucket
from snaplint.facts.model import PolicyDocument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.facts import Caller
    from snaplint.facts.model import Levels, Organization


def with_bucket(proposal: Proposal, bucket: Bucket, organization: Organization | None = None) -> Proposal:
    """Return the proposal as it would be with this target bucket, and with these policies of the organization."""
    facts = proposal.facts._replace(
        buckets={bucket.name: bucket}, organization=organization or proposal.facts.organization
    )
    return Proposal(proposal.request, facts, proposal.caller, Access(facts, proposal.caller))


def with_caller(proposal: Proposal, caller: Caller) -> Proposal:
    """Return the proposal as it would be with this caller."""
    return Proposal(proposal.request, proposal.facts, caller, Access(proposal.facts, caller))


def without_denies(proposal: Proposal, bucket: Bucket) -> Proposal:
    """Return the proposal as it would be if no bucket policy and no RCP denied anything."""
    organization = proposal.facts.organization
    allowing = organization._replace(rcps=_levels(organization.rcps))
    return with_bucket(proposal, bucket._replace(policy=_allows(bucket.policy)), allowing)


def only_allow_at(proposal: Proposal, bucket: Bucket, index: int) -> Proposal:
    """Return the proposal as it would be if the statement at an index were all that the bucket policy has."""
    policy = bucket.policy
    if policy is not None and not isinstance(policy, Unknown):
        policy = _with_statements(policy, [statement_at(policy, index)])
    return with_bucket(proposal, bucket._replace(policy=policy))


def without_any_deny(proposal: Proposal) -> Proposal:
    """Return the proposal as it would be if no policy that applies to the caller denied anything."""

    def make() -> Access:
        facts, caller = proposal.facts, proposal.caller
        organization = facts.organization
        allowing = organization._replace(scps=_levels(organization.scps), rcps=_levels(organization.rcps))
        facts = facts._replace(organization=allowing)
        if isinstance(proposal.bucket, Bucket):
            bucket = proposal.bucket._replace(policy=_allows(proposal.bucket.policy))
            facts = facts._replace(buckets={bucket.name: bucket})
        caller = caller._replace(
            policies=_all(caller.policies),
            boundary=_allows(caller.boundary),
            session_policies=_all(caller.session_policies),
        )
        return Access(facts, caller)

    access = proposal.access.without_denies(proposal.request.bucket, make)
    return Proposal(proposal.request, access.facts, access.caller, access)


def _levels(levels: Levels | Unknown) -> Levels | Unknown:
    return levels if isinstance(levels, Unknown) else tuple(_each(level) for level in levels)


def _all(policies: tuple[PolicyDocument | Unknown, ...] | Unknown) -> tuple[PolicyDocument | Unknown, ...] | Unknown:
    return policies if isinstance(policies, Unknown) else _each(policies)


def _each(policies: tuple[PolicyDocument | Unknown, ...]) -> tuple[PolicyDocument | Unknown, ...]:
    return tuple(each if isinstance(each, Unknown) else allows_of(each) for each in policies)


def _allows(policy: PolicyDocument | Unknown | None) -> PolicyDocument | Unknown | None:
    return policy if policy is None or isinstance(policy, Unknown) else allows_of(policy)


def allows_of(policy: PolicyDocument) -> PolicyDocument:
    """Return a policy without its Deny statements."""
    return _with_statements(policy, [each for each in _statements(policy) if each.get("Effect") != "Deny"])


def with_condition(policy: PolicyDocument, index: int, condition: object) -> PolicyDocument:
    """Return a policy whose statement at an index has this Condition."""
    changed = [
        {**each, "Condition": condition} if place == index else each for place, each in enumerate(_statements(policy))
    ]
    return _with_statements(policy, changed)


def statement_at(policy: PolicyDocument, index: int) -> Mapping[str, object]:
    """Return the statement of a policy at an index; empty if it has none there."""
    statements = _statements(policy)
    return statements[index] if index < len(statements) else {}


def _statements(policy: PolicyDocument) -> list[Mapping[str, object]]:
    """Return the statements of a policy; one that is no object is empty."""
    found = policy.data.get("Statement", []) if isinstance(policy.data, dict) else []
    each = found if isinstance(found, list) else [found]
    return [statement if isinstance(statement, dict) else {} for statement in each]


def _with_statements(policy: PolicyDocument, statements: list[Mapping[str, object]]) -> PolicyDocument:
    data = policy.data if isinstance(policy.data, dict) else {}
    return PolicyDocument({**data, "Statement": statements}, saved=policy.saved)

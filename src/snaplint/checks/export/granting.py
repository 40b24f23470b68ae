"""Both grant paths of one request: which principal would write on each of them, and what it is allowed."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.acl_grants import granted_by_acl
from snaplint.checks.export.answers import Answer
from snaplint.checks.export.grant_paths import GrantPath, Grants
from snaplint.checks.export.identity import LABELS
from snaplint.iam.terms.truth import NO, UNKNOWN, YES, all_of
from snaplint.operations.export_service import BUCKET_ACTIONS
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snaplint.checks.export.acl_grants import AclAnswer
    from snaplint.checks.export.identity import AnyIdentity
    from snaplint.checks.export.keys import ExportKeys
    from snaplint.checks.export.proposal import Proposal
    from snaplint.facts import Bucket


def grants(proposal: Proposal, bucket: Bucket) -> Grants | Unknown:
    """Return both grant paths of a request, evaluated once for all rules; Unknown if the Region or the keys are."""
    region, keys = bucket.region, proposal.keys
    if isinstance(region, Unknown):
        return region
    if isinstance(keys, Unknown):
        return keys

    def weighed() -> Grants:
        return Grants(_policy_path(proposal, bucket, region, keys), _acl_path(proposal, bucket, region, keys))

    return proposal.access.grants((bucket.name, proposal.writer, keys), weighed)


# Grants are cached in the proposal's access. The functions below therefore must not hold the proposal or its access:
# they read what they need from both first.


def _policy_path(proposal: Proposal, bucket: Bucket, region: str, keys: ExportKeys) -> GrantPath:
    identities = [proposal.access.service(bucket, proposal.writer, name) for name in proposal.writer.principals(region)]
    absent = f"bucket `{bucket.name}` has no policy" if bucket.policy is None else None

    def ask(action: str) -> Answer:
        return _first_or_maybe(
            identities, keys.writer, region, lambda identity: _ask(identity, action, bucket, region, keys)
        )

    return GrantPath(identities[0].name, proposal.writer.permissions, ask, absent)


def _acl_path(proposal: Proposal, bucket: Bucket, region: str, keys: ExportKeys) -> GrantPath:
    writer, opt_in = proposal.writer, proposal.facts.opt_in if region == proposal.facts.region else None
    canonical_ids = writer.canonical_ids(region, None if isinstance(opt_in, Unknown) else opt_in)
    if not canonical_ids:
        absent = f"a bucket ACL cannot grant {writer.name} access in {region}"
        return GrantPath("no account", writer.permissions, lambda action: Answer(NO, action, ""), absent)
    permissions = {action: permission for permission, action in writer.permissions.items()}
    identities = {proposal.access.canonical(bucket, each): each for each in canonical_ids}

    def ask(action: str) -> Answer:
        def ask_one(identity: AnyIdentity) -> Answer:
            by_acl = granted_by_acl(bucket, writer, identities[identity], permissions[action])
            return _unless_denied(by_acl, lambda: _ask(identity, action, bucket, region, keys), action)

        return _first_or_maybe(identities, keys.writer, region, ask_one)

    return GrantPath(next(iter(identities)).name, writer.permissions, ask, _acl_without_effect(bucket))


def _acl_without_effect(bucket: Bucket) -> str | None:
    """Return why the bucket's ACL grants nothing at all, as half a sentence; None if it may grant something."""
    if bucket.ownership == "BucketOwnerEnforced":
        return "the bucket ACL is ignored (Object Ownership is BucketOwnerEnforced)"
    return "the bucket ACL grants nothing" if bucket.acl is None else None


def _unless_denied(by_acl: AclAnswer, ask: Callable[[], Answer], action: str) -> Answer:
    """Return the ACL's answer, unless a policy denies the action.

    `ask` answers for the account as if the ACL granted it everything: that answer is NO only because of a Deny or Block
    Public Access.
    """
    if by_acl.truth == NO:
        return Answer(NO, action, "")
    answer = ask()
    against = tuple(blame for blame in answer.because if blame.layer != LABELS["acl"])
    because = by_acl.because if answer.truth == YES else against
    needs = tuple(dict.fromkeys((*by_acl.needs, *answer.needs)))
    return answer._replace(truth=all_of((by_acl.truth, answer.truth)), because=because, needs=needs)


def _first_or_maybe(
    identities: Iterable[AnyIdentity], writer: str, region: str, ask: Callable[[AnyIdentity], Answer]
) -> Answer:
    """Return the answer of the first identity, the expected one; UNKNOWN if only another one is allowed."""
    first, *others = identities
    answer = ask(first)
    for candidate in others:
        if answer.truth == NO and ask(candidate).truth != NO:
            undocumented = f"whether {writer} writes as {candidate.name} in {region}"
            return answer._replace(truth=UNKNOWN, undocumented=undocumented, explicit=False)
    return answer


def _ask(identity: AnyIdentity, action: str, bucket: Bucket, region: str, keys: ExportKeys) -> Answer:
    arn = f"arn:{partition(region)}:s3:::{bucket.name}"
    if action in BUCKET_ACTIONS:
        return identity.may_at_bucket(action, arn)
    return identity.may_on_keys(action, arn, keys)

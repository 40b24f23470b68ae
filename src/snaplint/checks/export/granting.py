"""Both grant paths of one request: which principal would write on each of them, and what it is allowed."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.export.acl_grants import granted_by_acl, granted_to_groups, names_account
from snaplint.checks.export.answers import Answer, needs_of, worst_of
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
        return region._replace(needs=(*region.needs, *_needed_beside_region(proposal, bucket)))
    if isinstance(keys, Unknown):
        return keys
    return _in_region(proposal, bucket, region, keys)


def _in_region(proposal: Proposal, bucket: Bucket, region: str, keys: ExportKeys) -> Grants:
    def weighed() -> Grants:
        return Grants(_policy_path(proposal, bucket, region, keys), _acl_path(proposal, bucket, region, keys))

    return proposal.access.grants((bucket.name, proposal.writer, keys), weighed)


def _needed_beside_region(proposal: Proposal, bucket: Bucket) -> tuple[str, ...]:
    """Return what else would be needed if the bucket were in the Region of the call, the only one it can be in.

    That is documented in the guide to exports (`operation.docs.guide`).
    """
    region, keys = proposal.facts.region, proposal.keys
    if isinstance(region, Unknown) or isinstance(keys, Unknown):
        return ()
    both = _in_region(proposal, bucket._replace(region=region), region, keys)
    return needs_of(answer for permission in proposal.writer.permissions for answer in both.deciding(permission))


# Grants are cached in the proposal's access. The functions below therefore must not hold the proposal or its access:
# they read what they need from both first.


def _policy_path(proposal: Proposal, bucket: Bucket, region: str, keys: ExportKeys) -> GrantPath:
    identities = [proposal.access.service(bucket, proposal.writer, name) for name in proposal.writer.principals(region)]
    absent = f"bucket `{bucket.name}` has no policy" if bucket.policy is None else None

    def ask(action: str) -> Answer:
        return _agreed(identities, keys.writer, region, lambda identity: asked(identity, action, bucket, region, keys))

    name = listed((identity.name for identity in identities), "or")
    return GrantPath(name, proposal.writer.permissions, ask, absent)


def canonical_ids(proposal: Proposal, region: str) -> tuple[str, ...]:
    """Return the canonical user IDs to which a bucket ACL may grant in a Region, the expected one first."""
    opt_in = proposal.facts.opt_in if region == proposal.facts.region else None
    return proposal.writer.canonical_ids(region, None if isinstance(opt_in, Unknown) else opt_in)


def _acl_path(proposal: Proposal, bucket: Bucket, region: str, keys: ExportKeys) -> GrantPath:
    writer, known_ids = proposal.writer, canonical_ids(proposal, region)
    permissions = {action: permission for permission, action in writer.permissions.items()}
    if not known_ids:
        absent = f"a bucket ACL cannot grant {writer.name} access in {region}"
        service = proposal.access.service(bucket, writer, writer.principals(region)[0])

        def ask_groups(action: str) -> Answer:
            by_groups = granted_to_groups(bucket, permissions[action])
            if not by_groups.because or asked(service, action, bucket, region, keys).explicit:
                return Answer(NO, action, "")
            undocumented = f"whether a grant to a group of the bucket ACL covers {writer.name} in {region}"
            return Answer(UNKNOWN, action, "", by_groups.because, by_groups.needs, undocumented)

        return GrantPath("no account", writer.permissions, ask_groups, absent)
    identities = {proposal.access.canonical(bucket, each): each for each in known_ids}
    by_policy = {
        identity: proposal.access.canonical(bucket, each, by_acl=False)
        for identity, each in identities.items()
        if names_account(bucket, each)
    }

    def ask(action: str) -> Answer:
        def ask_one(identity: AnyIdentity) -> Answer:
            by_acl = granted_by_acl(bucket, writer, identities[identity], permissions[action])
            answer = _unless_denied(by_acl, lambda: asked(identity, action, bucket, region, keys), action)
            if answer.truth != NO or identity not in by_policy:
                return answer
            return _maybe_by_policy(asked(by_policy[identity], action, bucket, region, keys), keys.writer, answer)

        return _first_or_maybe(identities, keys.writer, region, ask_one)

    return GrantPath(next(iter(identities)).name, writer.permissions, ask, _acl_without_effect(bucket))


def _maybe_by_policy(granted: Answer, writer: str, otherwise: Answer) -> Answer:
    """Return UNKNOWN if the bucket policy grants the account an action, else `otherwise`.

    AWS documents the account's canonical user ID for ACLs only, and that a bucket policy may name such an ID:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html
    """
    if granted.truth == NO:
        return otherwise
    undocumented = f"whether {writer} uses a grant of the bucket policy to its canonical user ID"
    return granted._replace(truth=UNKNOWN, undocumented=undocumented)


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
    assumes = tuple(dict.fromkeys((*by_acl.assumes, *answer.assumes)))
    truth = all_of((by_acl.truth, answer.truth))
    return answer._replace(truth=truth, because=because, needs=needs, assumes=assumes)


def _agreed(
    identities: Iterable[AnyIdentity], writer: str, region: str, ask: Callable[[AnyIdentity], Answer]
) -> Answer:
    """Return the answer that all identities have; UNKNOWN if they differ, since any of them may be the writer."""
    answers = [(identity, ask(identity)) for identity in identities]
    allowed = [identity for identity, answer in answers if answer.truth != NO]
    if len(allowed) in (0, len(answers)):
        return worst_of([answer for _, answer in answers])
    answer = next(answer for _, answer in answers if answer.truth != NO)
    undocumented = f"whether {writer} writes as {listed((each.name for each in allowed), 'or')} in {region}"
    return answer._replace(truth=UNKNOWN, undocumented=undocumented, explicit=False)


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


def asked(identity: AnyIdentity, action: str, bucket: Bucket, region: str, keys: ExportKeys) -> Answer:
    """Return whether an identity is allowed an S3 action at a bucket, or on every key of the export."""
    arn = f"arn:{partition(region)}:s3:::{bucket.name}"
    if action in BUCKET_ACTIONS:
        return identity.may_at_bucket(action, arn)
    return identity.may_on_keys(action, arn, keys)

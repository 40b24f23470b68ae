"""Both grant paths of one request: which principal would write on each of them, and what it may do."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.acl_grants import held
from snaplint.checks.export.grant_paths import GrantPath, Grants
from snaplint.checks.export.identity import LABELS, Answer
from snaplint.iam.terms.truth import NO, UNKNOWN, YES, all_of
from snaplint.operations.export_service import BUCKET_ACTIONS
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.checks.export.acl_grants import Held
    from snaplint.checks.export.identity import Identity
    from snaplint.checks.export.keys import Keys
    from snaplint.checks.export.proposal import Proposal
    from snaplint.facts import Bucket


def grants(proposal: Proposal, bucket: Bucket) -> Grants | Unknown:
    """Return both grant paths of a request, determined once for all rules that need them."""
    region, keys = bucket.region, proposal.keys
    if isinstance(region, Unknown):
        return region
    if isinstance(keys, Unknown):
        return keys

    def weighed() -> Grants:
        return Grants(_policy_path(proposal, bucket, region, keys), _acl_path(proposal, bucket, region, keys))

    return proposal.access.grants((bucket.name, proposal.writer, keys), weighed)


# What is kept holds neither the proposal nor its access: the functions below take what they need of both first.


def _policy_path(proposal: Proposal, bucket: Bucket, region: str, keys: Keys) -> GrantPath:
    identities = [proposal.access.service(bucket, proposal.writer, name) for name in proposal.writer.principals(region)]
    absent = f"bucket `{bucket.name}` has no policy" if bucket.policy is None else None

    def ask(action: str) -> Answer:
        return _first_or_maybe(
            identities, keys.writer, region, lambda identity: _ask(identity, action, bucket, region, keys)
        )

    return GrantPath(identities[0].name, proposal.writer.permissions, ask, absent)


def _acl_path(proposal: Proposal, bucket: Bucket, region: str, keys: Keys) -> GrantPath:
    opt_in = proposal.facts.opt_in if region == proposal.facts.region else None
    identifiers = proposal.writer.canonical_ids(region, None if isinstance(opt_in, Unknown) else opt_in)
    if not identifiers:
        return GrantPath(
            "no account",
            proposal.writer.permissions,
            lambda action: Answer(NO, action, ""),
            f"a bucket ACL cannot grant {proposal.writer.name} access in {region}",
        )
    absent: str | None = None
    if bucket.ownership == "BucketOwnerEnforced":
        absent = "its ACL plays no part (BucketOwnerEnforced)"
    elif bucket.acl is None:
        absent = "its ACL grants nothing"
    writer = proposal.writer
    permissions = {action: permission for permission, action in writer.permissions.items()}
    identities = {proposal.access.canonical(bucket, identifier): identifier for identifier in identifiers}

    def ask(action: str) -> Answer:
        permission = permissions[action]
        return _first_or_maybe(
            list(identities),
            keys.writer,
            region,
            lambda identity: _by_acl(
                held(bucket, writer, identities[identity], permission),
                lambda: _ask(identity, action, bucket, region, keys),
                action,
            ),
        )

    return GrantPath(next(iter(identities)).name, proposal.writer.permissions, ask, absent)


def _by_acl(grant: Held, ask: Callable[[], Answer], action: str) -> Answer:
    """What the ACL grants, unless something denies it; `ask` answers for an account that the ACL gives everything."""
    if grant.truth == NO:
        return Answer(NO, action, "")
    answer = ask()
    against = tuple(blame for blame in answer.because if blame.layer != LABELS["acl"])
    because = grant.because if answer.truth == YES else against
    truth = all_of((grant.truth, answer.truth))
    return answer._replace(truth=truth, because=because, needs=tuple(dict.fromkeys((*grant.needs, *answer.needs))))


def _first_or_maybe(identities: list[Identity], writer: str, region: str, ask: Callable[[Identity], Answer]) -> Answer:
    """The answer for the expected identity; a second candidate can only turn a denial into a doubt."""
    answer = ask(identities[0])
    for candidate in identities[1:]:
        if answer.truth == NO and ask(candidate).truth != NO:
            silence = f"whether {writer} writes as {candidate.name} in {region}"
            return answer._replace(truth=UNKNOWN, silence=silence, explicit=False)
    return answer


def _ask(identity: Identity, action: str, bucket: Bucket, region: str, keys: Keys) -> Answer:
    arn = f"arn:{partition(region)}:s3:::{bucket.name}"
    if action in BUCKET_ACTIONS:
        return identity.may_at_bucket(action, arn)
    return identity.may_on_keys(action, arn, keys)

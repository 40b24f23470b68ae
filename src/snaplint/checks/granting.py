"""Both routes for one request: who would write, by each of them, and what those identities may do."""

from __future__ import annotations

from snaplint import elasticache
from snaplint.checks.identity import DENIED, DEPENDS, Answer, Identity
from snaplint.checks.routes import Grants, WayIn
from snaplint.unknown import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.checks.keys import Keys
    from snaplint.checks.proposal import Proposal
    from snaplint.facts import Bucket


def grants(proposal: Proposal, bucket: Bucket) -> Grants | Unknown:
    """Both routes for a request, asked once for all rules that want to know."""
    if proposal.grants is None:
        proposal.grants = _grants(proposal, bucket)
    return proposal.grants


def _grants(proposal: Proposal, bucket: Bucket) -> Grants | Unknown:
    region = proposal.facts.region if isinstance(bucket.region, Unknown) else bucket.region
    keys = proposal.keys
    unknown = next((fact for fact in (region, keys) if isinstance(fact, Unknown)), None)
    if unknown is not None or isinstance(region, Unknown) or isinstance(keys, Unknown):
        return unknown or Unknown("the Region is not known", ("region",))
    return Grants(_policy_route(proposal, bucket, region, keys), _acl_route(proposal, bucket, region, keys))


def _policy_route(proposal: Proposal, bucket: Bucket, region: str, keys: Keys) -> WayIn:
    names = elasticache.service_principals(region)
    identities = [proposal.access.service(bucket, name) for name in names]
    absent = f"bucket `{bucket.name}` has no policy" if bucket.policy is None else None
    return WayIn(identities[0].name, lambda action: _asked(identities, action, bucket, region, keys), absent)


def _acl_route(proposal: Proposal, bucket: Bucket, region: str, keys: Keys) -> WayIn:
    identifiers = elasticache.canonical_ids(region)
    if not identifiers:
        return WayIn("nobody", _never, f"there is no ACL route in {region}")
    absent = None
    if bucket.ownership == "BucketOwnerEnforced":
        absent = "its ACL plays no part (BucketOwnerEnforced)"
    elif bucket.acl is None:
        absent = "its ACL grants nothing"
    identities = [proposal.access.canonical(bucket, identifier) for identifier in identifiers]
    return WayIn(identities[0].name, lambda action: _asked(identities, action, bucket, region, keys), absent)


def _never(action: str) -> Answer:
    return Answer(DENIED, action, "")


def _asked(identities: list[Identity], action: str, bucket: Bucket, region: str, keys: Keys) -> Answer:
    """The answer for the expected identity; a second candidate can only turn a denial into a doubt."""
    answer = _ask(identities[0], action, bucket, region, keys)
    for candidate in identities[1:]:
        if answer.word == DENIED and _ask(candidate, action, bucket, region, keys).word != DENIED:
            silence = f"whether ElastiCache writes as {candidate.name} in {region}"
            return answer._replace(word=DEPENDS, silence=silence, explicit=False)
    return answer


def _ask(identity: Identity, action: str, bucket: Bucket, region: str, keys: Keys) -> Answer:
    arn = f"arn:{elasticache.partition(region)}:s3:::{bucket.name}"
    if action in elasticache.BUCKET_ACTIONS:
        return identity.may_at_bucket(action, arn)
    return identity.may_on_keys(action, arn, keys)

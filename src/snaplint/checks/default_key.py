"""The check of the bucket's default encryption: whether a writer needs a KMS key, and what the key policy says.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.bucket import target
from snaplint.checks.export.contexts import service_context
from snaplint.checks.registry import USED, check
from snaplint.facts import PolicyDocument
from snaplint.facts.model import NotOurs
from snaplint.findings.verdict import Blame, CannotTell, Fails, Passes
from snaplint.iam import Principal, Simulator
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.checks.export.proposal import Proposal
    from snaplint.facts import Bucket
    from snaplint.findings.verdict import Finding

NEEDED = "kms:GenerateDataKey"
"""The action on the key that a writer needs (the page above, "Permissions")."""


@check("bucket.encrypts-without-key", reads="bucket", bucket=USED)
def encrypts_without_key(proposal: Proposal, _params: Mapping[str, Any]) -> Iterator[Finding]:
    """Check that the target bucket's default encryption is SSE-S3, which needs no KMS key.

    AWS does not document which identity the service would use for a key. A key policy that allows the service principal
    therefore lowers the severity of the finding and does not remove it.
    """
    bucket = yield from target(proposal)
    if bucket is None:
        return
    encryption = bucket.encryption
    if isinstance(encryption, Unknown):
        yield CannotTell(proposal.at("bucket"), encryption.why, encryption.needs)
        return
    algorithm = None if encryption is None else encryption.get("SSEAlgorithm")
    if encryption is None or algorithm == "AES256":
        yield Passes(proposal.at("bucket"), f"bucket `{bucket.name}` encrypts without a KMS key")
        return
    allowed, blame = _key_policy(proposal, bucket, encryption)
    text = f"bucket `{bucket.name}` encrypts with a KMS key by default (`{algorithm}`)"
    route = (*bucket.route, "encryption", "SSEAlgorithm")
    yield Fails(route, text, blame, severity="info" if allowed else None)


def _key_policy(proposal: Proposal, bucket: Bucket, encryption: Mapping[str, Any]) -> tuple[bool, tuple[Blame, ...]]:
    """Return whether the key policy allows the writer's service principal to use the key, and blames that say so."""
    policy, region = bucket.key_policy, bucket.region
    if not isinstance(policy, PolicyDocument) or isinstance(region, Unknown):
        return False, ()
    simulator = Simulator(resource_policy=policy.compiled("resource"), budget=proposal.access.budget)
    arn = _key_arn(bucket, region, str(encryption.get("KMSMasterKeyID")))
    route = (*bucket.route, "encryption_key_policy")
    blames: list[Blame] = []
    allowed = True
    for name in proposal.writer.principals(region):
        context = service_context(proposal.facts, proposal.caller, bucket, proposal.writer, name)
        decision = simulator.decide(principal=Principal.parse(name), action=NEEDED, resource=arn, context=context)
        allowed = allowed and decision.truth == YES
        says = _SAYS[decision.truth]
        deciding = () if decision.denied else decision.because
        places = [(*route, *reason.route) for reason in deciding if reason.statement >= 0] or [route]
        blames.extend(Blame(place, "key policy", f"it {says} `{NEEDED}` to `{name}`") for place in places)
    return allowed, tuple(blames)


_SAYS = {YES: "allows", NO: "does not allow", UNKNOWN: "may allow"}


def _key_arn(bucket: Bucket, region: str, key: str) -> str:
    """Return the key's ARN; an ID alone is taken to be in the bucket's Region and account."""
    if key.startswith("arn:"):
        return key
    account = "" if isinstance(bucket.account, (NotOurs, Unknown)) else bucket.account
    return f"arn:{partition(region)}:kms:{region}:{account}:key/{key}"

"""The context of each identity's requests: condition keys that are known, absent, or one of a few values.

A condition key that is not named here is unknown. Which keys are available for which kind of principal:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.facts.model import NotOurs
from snaplint.iam import Context
from snaplint.iam.terms.states import Hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.facts import Bucket, Caller, Facts
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation

_CALLERS_ONLY = (
    "aws:PrincipalTag/*",
    "aws:username",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
)
_SERVICES_ONLY = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
_NETWORK = ("aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce")

_TAGS = ("aws:RequestTag/*", "aws:TagKeys")

_CHAIN = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
_NAMED_SERVICE = ("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
_ORGANIZATION = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
_IDENTITY = ("aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid")


def _bucket_keys(bucket: Bucket) -> dict[str, object]:
    """Return the condition keys that follow from the bucket's owner."""
    if isinstance(bucket.account, (NotOurs, Unknown)):
        return {}
    return {"aws:ResourceAccount": bucket.account, "s3:ResourceAccount": bucket.account}


def of_the_request(operation: Operation) -> tuple[str, ...]:
    """Return the condition keys that are absent unless the members of the call set them."""
    return (*_TAGS, *(member.condition_key for member in operation.members if member.condition_key))


def service_context(facts: Facts, caller: Caller, bucket: Bucket, writer: ExportService, name: str) -> Context:
    """Return what is known about the requests of the service that writes, as the service principal `name`.

    The keys of service principals are documented:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    That the service uses TLS and an AWS network is inferred. AWS does not publish whether it sends an encryption
    header, so that is unknown.
    """
    known = {
        **_bucket_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": name,
        "aws:PrincipalServiceNamesList": [name],
        "aws:ViaAWSService": "false",
    }
    # a service principal is in no organization: see the availability of aws:PrincipalOrgID on the page above
    absent = [*_CHAIN, *_CALLERS_ONLY, *_ORGANIZATION]
    if facts.organization.member is False:
        absent.extend(("aws:SourceOrgID", "aws:SourceOrgPaths"))
    one_of = {**_TLS, **_WRITE, **_sent_or_not(facts, caller, bucket, writer)}
    return Context(known, one_of=one_of, absent=absent, foreign=(*_IDENTITY, *_NETWORK), default="unknown")


def _sent_or_not(
    facts: Facts, caller: Caller, bucket: Bucket, writer: ExportService
) -> dict[str, tuple[str | Hidden | None, ...]]:
    """Return the condition keys that name the resource for which the service acts.

    AWS does not document whether the service sends them. If it does, they name your account, a resource of the service
    in that account, and your organization (inferred).
    """
    values: dict[str, tuple[str | Hidden | None, ...]] = {}
    if not isinstance(facts.account, Unknown):
        values["aws:SourceAccount"] = (None, facts.account)
        if not isinstance(bucket.region, Unknown):
            own = Hidden(prefix=writer.source_prefix(bucket.region, facts.account))
            values["aws:SourceArn"] = (None, own)
    organization = caller.context.get("aws:PrincipalOrgID")
    if isinstance(organization, str) and facts.organization.member is not False:
        values["aws:SourceOrgID"] = (None, organization)
    return values


_WRITE: dict[str, tuple[str | None, ...]] = {
    "s3:x-amz-acl": (None, "private", "bucket-owner-read", "bucket-owner-full-control")
}
"""The canned ACLs with which an export may be written, if any. Those that make a backup public are excluded (inferred).

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
"""

_TLS: dict[str, tuple[str | None, ...]] = {"s3:TlsVersion": ("1.2", "1.3")}
"""AWS endpoints accept TLS 1.2 and later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""


def canonical_context(bucket: Bucket) -> Context:
    """Return the context of the AWS-owned account with the canonical user ID.

    It is not an account of yours, and it is on an AWS network (inferred).
    """
    known = {
        **_bucket_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
    }
    absent = (*_CHAIN, *_NAMED_SERVICE, *_CALLERS_ONLY)
    return Context(
        known,
        one_of={**_TLS, **_WRITE},
        absent=absent,
        foreign=(*_ORGANIZATION, *_IDENTITY, *_NETWORK),
        default="unknown",
    )


def caller_context(facts: Facts, caller: Caller, bucket: Bucket | None, region: str, operation: Operation) -> Context:
    """Return the context of the caller's request, or of the checks that the service makes at S3 for the caller.

    Those checks come from the service's network, so the caller's own addresses do not apply to them. AWS does not
    document whether the service makes them as forward access sessions. A condition key that `caller.context` does not
    provide is unknown.
    """
    known: dict[str, object] = {
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
    }
    if bucket is None:
        known["aws:ViaAWSService"] = "false"
    else:
        known.update(_bucket_keys(bucket))
    provided = {key.lower() for key in caller.context}
    known = {**{key: value for key, value in known.items() if key.lower() not in provided}, **caller.context}
    absent = [*_SERVICES_ONLY, *_NAMED_SERVICE]
    if bucket is None:
        absent.extend((*_CHAIN, *of_the_request(operation)))
    if facts.organization.member is False:
        absent.extend(("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
    return Context(known, one_of=_TLS, absent=absent, default="unknown")

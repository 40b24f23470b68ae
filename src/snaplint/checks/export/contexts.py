"""What each identity sends along with its requests: condition keys that are known, absent, or one of a few values.

All that is named nowhere here is unknown. Where each key stands for which kind of requester:
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
    """Keys that follow from the bucket: its owner's account."""
    if isinstance(bucket.account, (NotOurs, Unknown)):
        return {}
    return {"aws:ResourceAccount": bucket.account, "s3:ResourceAccount": bucket.account}


def of_the_request(operation: Operation) -> tuple[str, ...]:
    """Return the condition keys that a call holds only if its own members give them."""
    return (*_TAGS, *(member.condition_key for member in operation.members if member.condition_key))


def service_context(facts: Facts, caller: Caller, bucket: Bucket, writer: ExportService, name: str) -> Context:
    """Return what is known of the requests of the service that writes, under the service principal `name`.

    Service keys are documented:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    That it uses TLS and comes from an AWS network is inferred. Whether it sends an encryption header is published
    nowhere: unknown.
    """
    known = {
        **_bucket_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": name,
        "aws:PrincipalServiceNamesList": [name],
        "aws:ViaAWSService": "false",
    }
    # a service principal belongs to no organization: the availability of aws:PrincipalOrgID on the page above
    absent = [*_CHAIN, *_CALLERS_ONLY, *_ORGANIZATION]
    if facts.organization.member is False:
        absent.extend(("aws:SourceOrgID", "aws:SourceOrgPaths"))
    one_of = {**_TLS, **_WRITE, **_sent_or_not(facts, caller, bucket, writer)}
    return Context(known, one_of=one_of, absent=absent, foreign=(*_IDENTITY, *_NETWORK), default="unknown")


def _sent_or_not(
    facts: Facts, caller: Caller, bucket: Bucket, writer: ExportService
) -> dict[str, tuple[str | Hidden | None, ...]]:
    """Return the keys that say for which resource the service acts. AWS does not document whether it sends them; if it
    does, they name your account, a resource of the service in it, and your organization (inferred)."""
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
"""The canned ACLs an export may be written with, if any: one that makes a backup public is ruled out (inferred).

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
"""

_TLS: dict[str, tuple[str | None, ...]] = {"s3:TlsVersion": ("1.2", "1.3")}
"""AWS endpoints take TLS 1.2 and newer: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""


def canonical_context(bucket: Bucket) -> Context:
    """What the AWS-owned account behind the canonical user ID sends: an account that is not yours, on an AWS network
    (inferred)."""
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
    """What is known of the caller's request, and of the checks at S3 that the service makes on the caller's behalf.

    Those checks come from the service's network, so the caller's own addresses do not hold there; nobody documents
    whether they are made as forward access sessions. All that `caller.context` does not give is unknown.
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
    given = {key.lower() for key in caller.context}
    known = {**{key: value for key, value in known.items() if key.lower() not in given}, **caller.context}
    absent = [*_SERVICES_ONLY, *_NAMED_SERVICE]
    if bucket is None:
        absent.extend((*_CHAIN, *of_the_request(operation)))
    if facts.organization.member is False:
        absent.extend(("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
    return Context(known, one_of=_TLS, absent=absent, default="unknown")

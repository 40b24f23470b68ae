"""The context of each identity's requests: condition keys that are known, absent, tied, or one of a few values.

A condition key that is not named here is unknown. Which keys are available for which kind of principal:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.call_chain import KEYS as CHAIN
from snaplint.checks.export.call_chain import at_s3, of_the_call
from snaplint.checks.export.membership import ORGANIZATION, is_owned, membership, same_organization
from snaplint.facts.model import NotOurs
from snaplint.iam import Context
from snaplint.iam.terms.states import ABSENT, ANYTHING, PRESENT, Hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.checks.export.tag_keys import TagKeys
    from snaplint.facts import Bucket, Caller, Facts
    from snaplint.iam.asked.ties import Alternative
    from snaplint.iam.terms.states import State
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation

_CALLERS_ONLY = (
    "aws:PrincipalTag/*",
    "aws:username",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    # of sessions of a role, of root or of the console, and of calls through the AWS MCP server
    "aws:AssumedRoot",
    "aws:CalledViaAWSMCP",
    "aws:ChatbotSourceArn",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:FederatedProvider",
    "aws:SignInSessionArn",
    "aws:SourceIdentity",
)
_SERVICES_ONLY = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
_ENDPOINT = ("aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp")
_OWNER_OF_ENDPOINT = ("aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths")
_NETWORK = ("aws:SourceIp", *_ENDPOINT, *_OWNER_OF_ENDPOINT)

_TAGS = ("aws:RequestTag/*", "aws:TagKeys")

_NAMED_SERVICE = ("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
_IDENTITY = ("aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid")

_NOT_SENT = (
    # The service is given the name of a bucket, not an access point (inferred).
    "s3:AccessPointNetworkOrigin",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
    # The call has no member for a key that the customer provides (SSE-C), so the service has none to send (inferred).
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
    "s3:x-amz-server-side-encryption-customer-algorithm",
)
"""Condition keys of S3 that no request of an export has."""

_OF_THE_CALLER = (
    "aws:principal",
    "aws:ec2instancesource",
    "aws:userid",
    "aws:username",
    "aws:tokenissuetime",
    "aws:multifactorauthpresent",
    "aws:assumedroot",
    "aws:calledviaawsmcp",
    "aws:chatbotsourcearn",
    "aws:federatedprovider",
    "aws:signinsessionarn",
    "aws:sourceidentity",
    # of the time of the call, with which the checks at S3 are simultaneous
    "aws:currenttime",
    "aws:epochtime",
)
"""How the names of global condition keys begin whose values do not change if a service asks for the caller.

They are properties of the principal or of its session, by the headings of the page above.
"""


def _bucket_keys(bucket: Bucket) -> dict[str, object]:
    """Return the condition keys that follow from the bucket's owner."""
    if isinstance(bucket.account, (NotOurs, Unknown)):
        return {}
    return {"aws:ResourceAccount": bucket.account, "s3:ResourceAccount": bucket.account}


def _tag_keys(bucket: Bucket | None) -> TagKeys | tuple[tuple[()], tuple[()]]:
    """Return the condition keys that follow from a bucket's tags: those that come together, and those that are absent.

    Without a bucket, and in the usual case that nothing is known of its tags, none follows.
    """
    if bucket is None or (isinstance(bucket.tags, Unknown) and isinstance(bucket.abac, Unknown)):
        return (), ()
    from snaplint.checks.export.tag_keys import of_bucket

    return of_bucket(bucket)


def _region_keys(bucket: Bucket) -> dict[str, object]:
    return {} if isinstance(bucket.region, Unknown) else {"aws:RequestedRegion": bucket.region}


_ALWAYS = ("aws:RequestedRegion",)
"""Every request has it: see its availability on the page above."""


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
        **_region_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": name,
        "aws:ViaAWSService": "false",
    }
    # a service principal is in no organization: see the availability of aws:PrincipalOrgID on the page above
    together, without = _tag_keys(bucket)
    absent = [*CHAIN, *_CALLERS_ONLY, *ORGANIZATION, *_NOT_SENT, *without]
    return Context(
        known,
        one_of={**_TLS, **_WRITE},
        together=[_sent_or_not(facts, caller, bucket, writer), *together],
        same=same_organization("Resource", "Source") if is_owned(facts, bucket) else (),
        absent=absent,
        foreign=(*_IDENTITY, *_NETWORK),
        present=_ALWAYS,
        default="unknown",
    )


def _sent_or_not(facts: Facts, caller: Caller, bucket: Bucket, writer: ExportService) -> list[Alternative]:
    """Return how the condition keys occur that name the resource for which the service acts, and its account.

    AWS does not document whether the service sends them. If it does, it sends all of them, and they name your account,
    a resource of the service in that account, and your organization (inferred).
    """
    account: State = PRESENT if isinstance(facts.account, Unknown) else (facts.account,)
    resource: State = PRESENT
    if not isinstance(facts.account, Unknown) and not isinstance(bucket.region, Unknown):
        resource = (Hidden(prefix=writer.source_prefix(bucket.region, facts.account)),)
    owned = ("Resource",) if is_owned(facts, bucket) else ()
    known = membership(facts, caller)
    unsent = dict.fromkeys(_SERVICES_ONLY, ABSENT)
    sent = {"aws:SourceAccount": account, "aws:SourceArn": resource}
    return [
        *({**unsent, **each} for each in known.alternatives(*owned)),
        *({**sent, **each} for each in known.alternatives("Source", *owned)),
    ]


_WRITE: dict[str, tuple[str | None, ...]] = {
    "s3:x-amz-acl": (None, "private", "bucket-owner-read", "bucket-owner-full-control")
}
"""The canned ACLs with which an export may be written, if any. Those that make a backup public are excluded (inferred).

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
"""

_TLS: dict[str, tuple[str | None, ...]] = {"s3:TlsVersion": ("1.2", "1.3")}
"""AWS endpoints accept TLS 1.2 and later: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""


def canonical_context(facts: Facts, caller: Caller, bucket: Bucket) -> Context:
    """Return the context of the AWS-owned account with the canonical user ID.

    It is not an account of yours, it is on an AWS network, and it is no service principal (inferred).
    """
    known = {
        **_bucket_keys(bucket),
        **_region_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
    }
    owner = [membership(facts, caller).alternatives("Resource")] if is_owned(facts, bucket) else []
    together, without = _tag_keys(bucket)
    return Context(
        known,
        one_of={**_TLS, **_WRITE},
        together=[*owner, *together],
        absent=(*CHAIN, *_NAMED_SERVICE, *_SERVICES_ONLY, *_CALLERS_ONLY, *_NOT_SENT, *without),
        foreign=(*ORGANIZATION, *_IDENTITY, *_NETWORK),
        present=_ALWAYS,
        default="unknown",
    )


def call_context(facts: Facts, caller: Caller, region: str, operation: Operation) -> Context:
    """Return the context of the call itself. What `caller.context` says is believed of this request."""
    known: dict[str, object] = {
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
    }
    provided = {key.lower() for key in caller.context}
    known = {**{key: value for key, value in known.items() if key.lower() not in provided}, **caller.context}
    chains = of_the_call(caller.context)
    together = [chains, membership(facts, caller).alternatives("Principal", "Resource")]
    if all(chain["aws:CalledVia"] == ABSENT for chain in chains):  # else the service's network is that of the request
        together.append(_BY_ENDPOINT_OR_NOT)
    return Context(
        known,
        together=together,
        same=same_organization("Principal", "Resource"),
        absent=[*_SERVICES_ONLY, *_NAMED_SERVICE, *of_the_request(operation)],
        default="unknown",
    )


_BY_ENDPOINT_OR_NOT: list[Alternative] = [
    {"aws:SourceIp": PRESENT, **dict.fromkeys((*_ENDPOINT, *_OWNER_OF_ENDPOINT), ABSENT)},
    {
        "aws:SourceIp": ABSENT,
        "aws:SourceVpc": PRESENT,
        "aws:SourceVpce": PRESENT,
        # the others depend on what the service supports
        **dict.fromkeys(("aws:SourceVpcArn", "aws:VpcSourceIp", *_OWNER_OF_ENDPOINT), ANYTHING),
    },
]
"""A request through a VPC endpoint has the keys of the endpoint and no public address; any other has the address.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
"""


def check_context(facts: Facts, caller: Caller, bucket: Bucket | None, region: str, operation: Operation) -> Context:
    """Return the context of the checks that the service makes at S3 for the caller; without a bucket, for all buckets.

    The service sends these requests, so what `caller.context` says of the caller's own request (network, user agent,
    referrer, tags, parameters) is not true of them; what it says of the principal and its session is. AWS does not
    document whether the service makes them as forward access sessions.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    kept = {key: value for key, value in caller.context.items() if _is_of_the_caller(key, value, operation)}
    known: dict[str, object] = {
        **kept,
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
    }
    owned = True
    if bucket is not None:
        owned = is_owned(facts, bucket)
        known.update(_bucket_keys(bucket))
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
        # exempts s3:ListAllMyBuckets from the denial of Regions as a global action, so its Region is unknown.
        known["aws:RequestedRegion"] = region
    elif not isinstance(facts.account, Unknown):
        # the caller's own buckets are listed (inferred)
        known["aws:ResourceAccount"] = facts.account
    keys = ("Principal", "Resource") if owned else ("Principal",)
    together, without = _tag_keys(bucket)
    return Context(
        known,
        one_of=_TLS,
        together=[
            at_s3(caller.context, operation.writer),
            membership(facts, caller).alternatives(*keys),
            *together,
        ],
        same=same_organization("Principal", "Resource") if owned else (),
        absent=[*_SERVICES_ONLY, *_NAMED_SERVICE, *_NOT_SENT, *without],
        present=_ALWAYS,
        default="unknown",
    )


def can_be_provided(key: str, operation: Operation, *, at_s3: bool) -> bool:
    """Return True if `caller.context` can provide a condition key, of the call itself or of the checks at S3."""
    return not at_s3 or _is_of_the_caller(key, "", operation)


def _is_of_the_caller(key: str, value: object, operation: Operation) -> bool:
    """Return True if a condition key of the caller's own request has the same value in the checks at S3."""
    folded = key.lower()
    service = folded.partition(":")[0]
    if service == "aws":
        # the age grows, but a session without MFA has none in any request
        return folded.startswith(_OF_THE_CALLER) or (folded == "aws:multifactorauthage" and value is None)
    # keys of other services describe sessions: saml:aud, lambda:SourceFunctionArn, ec2:RoleDelivery, ...
    return service not in ("s3", operation.name.partition(":")[0])

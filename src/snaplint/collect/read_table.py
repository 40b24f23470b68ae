"""The table of reads: every operation that `collect` may send, the right it needs, and the resource it reads.

An operation that is not in the table cannot be sent. Which right an operation needs, and on which resource:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
(S3's own names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html)
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.registry import operations


class Read(NamedTuple):
    """One operation.

    `right` is the IAM action it needs. `resource` is a template of its parameters, `partition`, `region`, `account`
    and `arn` (which the code that sends the read passes). `proof` is a member that every answer of AWS has: it
    distinguishes an empty list from a malformed answer. `absent` holds the error codes which mean that there is none.
    `pages` is how many pages of a listing are read at most; it is well above what an account has. `echoes` are the
    parameters that AWS repeats in its answer, as the member or as `member=parameter`.
    """

    service: str
    operation: str
    right: str
    resource: str
    proof: str = ""
    absent: frozenset[str] = frozenset()
    pages: int = 1
    echoes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`service:Operation`, the name of the read in the table."""
        return f"{self.service}:{self.operation}"


# How many pages of a listing are read at most

_SNAPSHOT_PAGES = 1000
"""There is no quota for the snapshots of an account. A page has up to 50 (the maximum of `MaxRecords`)."""

_BUCKET_PAGES = 1000
"""An account may have 10,000 buckets, and more by a quota increase. A page has up to 10,000 buckets:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/list-buckets.html"""

_KEY_PAGES = 10
"""A page has up to 1,000 keys. A longer listing is used as far as it was read: the answer says that it is truncated.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html (IsTruncated)"""

_IAM_PAGES = 100
"""IAM's quotas for the groups of a user and for attached policies are at most 25, and inline policies have a maximum
size together. But a page may have fewer items than there are:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html (MaxItems)"""

_ORGANIZATION_PAGES = 100
"""An organization has one root, a target one parent and few policies of a type. But a page may be empty:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html,
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html"""

_BUCKET = "arn:{partition}:s3:::{Bucket}"


def _describing() -> tuple[Read, ...]:
    """Return a read for each AWS operation that describes what is copied, and for each that lists its tags."""
    sources = {each.source.read: each.source for each in operations().values()}
    listing = {source.tags.read: source.tags for source in sources.values() if source.tags is not None}
    describing = tuple(
        Read(
            service=name.partition(":")[0],
            operation=name.partition(":")[2],
            right=name,
            resource=source.arn.replace("{name}", f"{{{source.name}}}"),
            proof=source.items,
            absent=source.missing,
            pages=_SNAPSHOT_PAGES,
        )
        for name, source in sources.items()
    )
    tags = (
        Read(
            service=name.partition(":")[0],
            operation=name.partition(":")[2],
            right=name,
            resource=f"{{{read.parameter}}}",
            proof=read.items,
        )
        for name, read in listing.items()
    )
    return (*describing, *tags)


_READS = (
    Read("sts", "GetCallerIdentity", "sts:GetCallerIdentity", "*", "Arn"),
    # -- what operations copy
    *_describing(),
    # -- S3: three rights do not have the name of their operation
    Read("s3", "ListBuckets", "s3:ListAllMyBuckets", "*", "Buckets", pages=_BUCKET_PAGES, echoes=("Prefix",)),
    Read("s3", "HeadBucket", "s3:ListBucket", _BUCKET),
    Read("s3", "GetBucketLocation", "s3:GetBucketLocation", _BUCKET, "LocationConstraint"),
    Read("s3", "GetBucketPolicy", "s3:GetBucketPolicy", _BUCKET, "Policy", frozenset({"NoSuchBucketPolicy"})),
    Read("s3", "GetBucketAcl", "s3:GetBucketAcl", _BUCKET, "Grants"),
    Read(
        "s3",
        "GetBucketOwnershipControls",
        "s3:GetBucketOwnershipControls",
        _BUCKET,
        "OwnershipControls",
        frozenset({"OwnershipControlsNotFoundError"}),
    ),
    Read(
        "s3",
        "GetPublicAccessBlock",
        "s3:GetBucketPublicAccessBlock",
        _BUCKET,
        "PublicAccessBlockConfiguration",
        frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    ),
    Read(
        "s3",
        "GetBucketEncryption",
        "s3:GetEncryptionConfiguration",
        _BUCKET,
        "ServerSideEncryptionConfiguration",
        frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
    ),
    Read(
        "s3",
        "GetObjectLockConfiguration",
        "s3:GetBucketObjectLockConfiguration",
        _BUCKET,
        "ObjectLockConfiguration",
        frozenset({"ObjectLockConfigurationNotFoundError"}),
    ),
    Read("s3", "GetBucketTagging", "s3:GetBucketTagging", _BUCKET, "TagSet", frozenset({"NoSuchTagSet"})),
    Read("s3", "GetBucketAbac", "s3:GetBucketAbac", _BUCKET, "AbacStatus"),
    Read(
        "s3",
        "ListObjectsV2",
        "s3:ListBucket",
        _BUCKET,
        "IsTruncated",
        pages=_KEY_PAGES,
        echoes=("Name=Bucket", "Prefix", "Delimiter", "StartAfter"),
    ),
    Read(
        "s3control",
        "GetPublicAccessBlock",
        "s3:GetAccountPublicAccessBlock",
        "*",
        "PublicAccessBlockConfiguration",
        frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    ),
    # -- the key of a bucket's default encryption
    Read("kms", "DescribeKey", "kms:DescribeKey", "{arn}", "KeyMetadata"),
    Read("kms", "GetKeyPolicy", "kms:GetKeyPolicy", "{arn}", "Policy", echoes=("PolicyName",)),
    # -- the caller
    Read("iam", "GetUser", "iam:GetUser", "{arn}", "User", echoes=("UserName",)),
    Read("iam", "GetRole", "iam:GetRole", "{arn}", "Role", echoes=("RoleName",)),
    Read("iam", "ListGroupsForUser", "iam:ListGroupsForUser", "{arn}", "Groups", pages=_IAM_PAGES),
    Read("iam", "ListUserPolicies", "iam:ListUserPolicies", "{arn}", "PolicyNames", pages=_IAM_PAGES),
    Read("iam", "ListRolePolicies", "iam:ListRolePolicies", "{arn}", "PolicyNames", pages=_IAM_PAGES),
    Read("iam", "ListGroupPolicies", "iam:ListGroupPolicies", "{arn}", "PolicyNames", pages=_IAM_PAGES),
    Read("iam", "GetUserPolicy", "iam:GetUserPolicy", "{arn}", "PolicyDocument", echoes=("UserName", "PolicyName")),
    Read("iam", "GetRolePolicy", "iam:GetRolePolicy", "{arn}", "PolicyDocument", echoes=("RoleName", "PolicyName")),
    Read("iam", "GetGroupPolicy", "iam:GetGroupPolicy", "{arn}", "PolicyDocument", echoes=("GroupName", "PolicyName")),
    Read(
        "iam", "ListAttachedUserPolicies", "iam:ListAttachedUserPolicies", "{arn}", "AttachedPolicies", pages=_IAM_PAGES
    ),
    Read(
        "iam", "ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", "{arn}", "AttachedPolicies", pages=_IAM_PAGES
    ),
    Read(
        "iam",
        "ListAttachedGroupPolicies",
        "iam:ListAttachedGroupPolicies",
        "{arn}",
        "AttachedPolicies",
        pages=_IAM_PAGES,
    ),
    Read("iam", "GetPolicy", "iam:GetPolicy", "{PolicyArn}", "Policy", echoes=("Arn=PolicyArn",)),
    Read("iam", "GetPolicyVersion", "iam:GetPolicyVersion", "{PolicyArn}", "PolicyVersion", echoes=("VersionId",)),
    # -- the organization
    Read(
        "organizations",
        "DescribeOrganization",
        "organizations:DescribeOrganization",
        "*",
        "Organization",
        frozenset({"AWSOrganizationsNotInUseException"}),
    ),
    Read("organizations", "ListRoots", "organizations:ListRoots", "*", "Roots", pages=_ORGANIZATION_PAGES),
    Read("organizations", "ListParents", "organizations:ListParents", "*", "Parents", pages=_ORGANIZATION_PAGES),
    Read(
        "organizations",
        "ListPoliciesForTarget",
        "organizations:ListPoliciesForTarget",
        "*",
        "Policies",
        pages=_ORGANIZATION_PAGES,
    ),
    Read("organizations", "DescribePolicy", "organizations:DescribePolicy", "*", "Policy"),
    # -- the account
    Read(
        "account",
        "GetRegionOptStatus",
        "account:GetRegionOptStatus",
        "arn:{partition}:account::{account}:account",
        "RegionOptStatus",
        echoes=("RegionName",),
    ),
)

TABLE: dict[str, Read] = {read.name: read for read in _READS}
"""Every read by its name."""

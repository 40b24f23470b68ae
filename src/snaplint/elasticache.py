"""What AWS publishes about snapshot exports: Regions, partitions, the two identities that write, and the keys written.

Data and small functions over names only; every table says where it was read and how sure it is. Base of the links:
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/
"""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTITION_BY_PREFIX = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
"""Partitions by the shape of a Region's name: regionRegex of botocore's partitions.json (modelled)."""

_SUFFIX = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-eusc": "amazonaws.eu",
}
"""DnsSuffix of botocore's partitions.json (modelled)."""

DEFAULT_REGIONS = frozenset(
    [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "sa-east-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
    ]
)
"""Regions of partition `aws` launched before 2019-03-20; all later ones are opt-in (documented).

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

COMMERCIAL_ID = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
_GOVCLOUD_WEST = "40fa568277ad703bd160f66ae4f83fc9dfdfd06c2f1b5060ca22442ac3ef8be6"
_GOVCLOUD_EAST = "c54286759d2a83da9c480405349819c993557275cf37d820d514b42da6893f5c"
_CHINA = "b14d6a125bdf69854ed8ef2e71d8a20b7c490f252229b806e514966e490b8d83"

EXPORT_CANONICAL_IDS = frozenset((COMMERCIAL_ID, _GOVCLOUD_WEST, _GOVCLOUD_EAST, _CHINA))
"""The canonical user IDs that the guide's ACL steps have named over the years (documented).

Today:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html#object-ownership-elasticache-redis
The others: earlier editions of backups-exporting.html.
"""

OLD_GRANTEE_EMAIL = "aws-scs-s3-readonly@amazon.com"
"""The e-mail form of the commercial ID in the oldest guides (observed)."""

SNAPSHOT_FIELDS = [
    *(
        "ARN",
        "AutoMinorVersionUpgrade",
        "AutomaticFailover",
        "CacheClusterCreateTime",
        "CacheClusterId",
        "CacheNodeType",
    ),
    *("CacheParameterGroupName", "CacheSubnetGroupName", "DataTiering", "Engine", "EngineVersion", "KmsKeyId"),
    *("NodeSnapshots", "NumCacheNodes", "NumNodeGroups", "Port", "PreferredAvailabilityZone"),
    *("PreferredMaintenanceWindow", "PreferredOutpostArn", "ReplicationGroupDescription", "ReplicationGroupId"),
    *(
        "SnapshotName",
        "SnapshotRetentionLimit",
        "SnapshotSource",
        "SnapshotStatus",
        "SnapshotWindow",
        "TopicArn",
        "VpcId",
    ),
]
"""Members of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html (modelled)."""

MAX_SHARDS = 500
"""Shards of one cluster, at most: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html (documented)."""

PERMISSIONS = {"READ": "s3:ListBucket", "WRITE": "s3:PutObject", "READ_ACP": "s3:GetBucketAcl"}
"""Which action each permission of the three messages stands for.

From the ACL mapping at https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (inferred for the
policy route).
"""

BUCKET_ACTIONS = frozenset(
    (
        "s3:ListBucket",
        "s3:GetBucketAcl",
        "s3:ListBucketMultipartUploads",
        "s3:GetBucketLocation",
        "s3:ListBucketVersions",
    )
)
"""The S3 actions used here whose resource is the bucket; all others act on its objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""


@lru_cache(64)
def partition(region: str) -> str:
    """The partition of a Region: `aws`, `aws-cn`, `aws-us-gov`, …"""
    return next((name for prefix, name in _PARTITION_BY_PREFIX if region.startswith(prefix)), "aws")


def is_opt_in(region: str) -> bool:
    """Whether a Region must be switched on first; ElastiCache documents no canonical ID for those, so only a policy
    serves."""
    return partition(region) == "aws" and region not in DEFAULT_REGIONS


def service_principals(region: str) -> tuple[str, ...]:
    """The names ElastiCache may write under in a Region, the expected one first.

    One name in partition `aws` (documented, backups-exporting.html#backups-exporting-grant-access). Elsewhere nobody
    publishes whether the name takes the partition's own suffix or `amazonaws.com`: both come back, and only the first
    may be relied on.
    """
    own = f"{region}.elasticache-snapshot.{_SUFFIX[partition(region)]}"
    common = f"{region}.elasticache-snapshot.amazonaws.com"
    return (own,) if own == common else (own, common)


def canonical_ids(region: str, opt_in: bool | None = None) -> tuple[str, ...]:
    """The canonical user IDs that serve the ACL route in a Region, the expected one first; none in opt-in Regions.

    `opt_in` is what AWS says of the Region; None goes by the table of Regions above.
    In us-gov-east-1 older editions of the guide gave the ID of us-gov-west-1 for both: it comes second, as a maybe.
    """
    match partition(region):
        case "aws":
            return () if (is_opt_in(region) if opt_in is None else opt_in) else (COMMERCIAL_ID,)
        case "aws-us-gov":
            return (_GOVCLOUD_EAST, _GOVCLOUD_WEST) if region == "us-gov-east-1" else (_GOVCLOUD_WEST,)
        case "aws-cn":
            return (_CHINA,)
        case _:
            return ()


def spellings(target: str) -> tuple[str, ...]:
    """The ways an export's name may be spelt in S3: as given, and in lower case.

    The API page says that the name is "stored as a lowercase string"; whether the object key is lower-cased too,
    nobody documents.
    """
    lower = target.lower()
    return (target,) if lower == target else (target, lower)


def object_key(target: str, shard: int | str) -> str:
    """The key of one shard's file: NAME-0001.rdb (backups-exporting.html; four digits for shards are observed)."""
    return f"{target}-{shard:0>4}.rdb"


def object_keys(target: str, shards: int) -> Iterator[str]:
    """The keys an export of so many shards writes."""
    return (object_key(target, number) for number in range(1, shards + 1))


def exported_name(key: str) -> str | None:
    """The name of the export that may have written a key: what stands before -NNNN.rdb, for numbers of shards."""
    name, dash, rest = key.rpartition("-")
    number = rest.removesuffix(".rdb")
    if not dash or rest == number or len(number) != 4 or not (number.isascii() and number.isdecimal()):
        return None
    return name if 1 <= int(number) <= MAX_SHARDS else None

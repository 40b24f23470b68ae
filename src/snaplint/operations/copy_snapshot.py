"""CopySnapshot of ElastiCache, which exports a snapshot to S3 or copies it under another name.

Base of the links to the guide: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/
"""

from __future__ import annotations

from snaplint.operations.export_service import ExportService
from snaplint.operations.operation import (
    Backup,
    Docs,
    Member,
    Mode,
    Names,
    Need,
    Operation,
    Shards,
    Source,
    TagsRead,
    Tiering,
)

COMMERCIAL_ID = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
_GOVCLOUD_WEST = "40fa568277ad703bd160f66ae4f83fc9dfdfd06c2f1b5060ca22442ac3ef8be6"
_GOVCLOUD_EAST = "c54286759d2a83da9c480405349819c993557275cf37d820d514b42da6893f5c"
_CHINA = "b14d6a125bdf69854ed8ef2e71d8a20b7c490f252229b806e514966e490b8d83"

ELASTICACHE_SNAPSHOT = ExportService(
    name="ElastiCache",
    # <region>.elasticache-snapshot.amazonaws.com: backups-exporting.html#backups-exporting-grant-access (documented)
    host="elasticache-snapshot",
    word="elasticache",
    # the action of each permission in the three messages, from the ACL mapping at
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (inferred for the bucket policy)
    permissions={"READ": "s3:ListBucket", "WRITE": "s3:PutObject", "READ_ACP": "s3:GetBucketAcl"},
    # backups-exporting.html#backups-exporting-grant-access (documented)
    actions=(
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:GetBucketAcl",
        "s3:ListMultipartUploadParts",
        "s3:ListBucketMultipartUploads",
    ),
    # The canonical user IDs that the guide's ACL steps have named over the years (documented), now at
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html#object-ownership-elasticache-redis
    # and before that in earlier editions of backups-exporting.html. For us-gov-east-1 older editions gave the ID of
    # us-gov-west-1, so that ID comes second, as a possibility.
    accounts={
        "aws": (COMMERCIAL_ID,),
        "us-gov-east-1": (_GOVCLOUD_EAST, _GOVCLOUD_WEST),
        "aws-us-gov": (_GOVCLOUD_WEST,),
        "aws-cn": (_CHINA,),
    },
    # the form of the oldest guides (observed)
    emails={"aws-scs-s3-readonly@amazon.com": COMMERCIAL_ID},
    resources="arn:{partition}:elasticache:{region}:{account}:",
    # the guide advises to expect either: IAM.ConditionKeys.html (documented)
    called_via=("elasticache.amazonaws.com", "ec.amazonaws.com"),
)

SNAPSHOT_FIELDS = (
    *("ARN", "AutoMinorVersionUpgrade", "AutomaticFailover", "CacheClusterCreateTime", "CacheClusterId"),
    *("CacheNodeType", "CacheParameterGroupName", "CacheSubnetGroupName", "DataTiering", "Engine", "EngineVersion"),
    *("KmsKeyId", "NodeSnapshots", "NumCacheNodes", "NumNodeGroups", "Port", "PreferredAvailabilityZone"),
    *("PreferredMaintenanceWindow", "PreferredOutpostArn", "ReplicationGroupDescription", "ReplicationGroupId"),
    *("SnapshotName", "SnapshotRetentionLimit", "SnapshotSource", "SnapshotStatus", "SnapshotWindow", "TopicArn"),
    "VpcId",
)
"""Members of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html (modelled)."""

SNAPSHOT_VALUES = {
    # API_Snapshot.html, as above (documented), but for `exporting` and `failed`, which are observed
    "Engine": ("redis", "valkey", "memcached"),
    "SnapshotStatus": ("creating", "available", "restoring", "copying", "deleting", "exporting", "failed"),
    "DataTiering": ("enabled", "disabled"),
    "SnapshotSource": ("automated", "manual"),
}
"""Values of the fields in AWS's spelling. AWS may add to them, except to those of `DataTiering`."""

NEEDS = {
    # the guide's own minimum: backups-exporting.html#backups-exporting-caller-iam (documented)
    "minimum": (
        Need("elasticache:CopySnapshot", "source-snapshot"),
        Need("elasticache:CopySnapshot", "target-snapshot", when="copy"),
        Need("s3:PutObject", "keys"),
        Need("s3:GetObject", "keys"),
        Need("s3:DeleteObject", "keys"),
        Need("s3:ListBucket", "bucket"),
        Need("s3:GetBucketLocation", "bucket"),
    ),
    # the guide documents a separate message for it (documented, as above)
    "list-buckets": (Need("s3:ListAllMyBuckets", "buckets"),),
    # rights that only other AWS pages list (documented; AWS does not document that a call fails without them)
    "also-published": (
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html long listed it
        Need("s3:GetBucketAcl", "bucket"),
        # IAM.APIReference.html lists tagging, and the target snapshot as a resource
        Need("elasticache:AddTagsToResource", "target-snapshot", when="tags"),
        Need("elasticache:CopySnapshot", "target-snapshot", when="export"),
    ),
}

COPY_SNAPSHOT = Operation(
    name="elasticache:CopySnapshot",
    command=("elasticache", "copy-snapshot"),
    members=(
        Member(
            "SourceSnapshotName",
            "source",
            "the snapshot to copy",
            required=True,
            aliases=("serverlesscachesnapshotname",),
        ),
        Member(
            "TargetSnapshotName",
            "target",
            "the name of the copy; for an export, the beginning of the object keys",
            required=True,
        ),
        Member(
            "TargetBucket",
            "bucket",
            "the bucket to export to; without it, the call makes a plain copy",
            aliases=("s3bucketname", "bucket"),
        ),
        Member("KmsKeyId", "key", "the KMS key of the copy", condition_key="elasticache:KmsKeyId"),
        Member("Tags", "tags", "tags, as Key=team,Value=data (several, with spaces between) or as a JSON list"),
    ),
    modes=(
        Mode("export", "a plain copy: the request has no {bucket}", role="bucket"),
        Mode(
            "copy",
            "an export creates no snapshot",
            effect="this copies within ElastiCache and exports nothing",
        ),
    ),
    writer=ELASTICACHE_SNAPSHOT,
    needs=NEEDS,
    source=Source(
        read="elasticache:DescribeSnapshots",
        items="Snapshots",
        name="SnapshotName",
        options={"ShowNodeGroupConfig": True},
        page=50,
        # the service model names the error SnapshotNotFoundFault and gives it that code
        missing=frozenset({"SnapshotNotFoundFault", "SnapshotNotFound"}),
        # names are stored in lower case (API page of CopySnapshot) and are in lower case in ARNs:
        # IAM.ResourceLevelPermissions.html (documented)
        lower_case=True,
        arn="arn:{partition}:elasticache:{region}:{account}:snapshot:{name}",
        section="snapshots",
        fields=SNAPSHOT_FIELDS,
        # only r6gd node types have data tiering: data-tiering.html (documented)
        tiering=Tiering("DataTiering", "enabled", "disabled", node_type="CacheNodeType", nodes="cache.r6gd."),
        shards=Shards(number="NumNodeGroups", nodes="NodeSnapshots", shard="NodeGroupId", node="CacheNodeId"),
        backup=Backup(
            clusters=("CacheClusterId", "ReplicationGroupId"),
            origin="SnapshotSource",
            manual="manual",
            created="SnapshotCreateTime",
        ),
        # of DescribeSnapshots; of CopySnapshot, CreateSnapshot and DeleteSnapshot (modelled)
        answers=("Snapshots", "Snapshot"),
        values=SNAPSHOT_VALUES,
        closed=frozenset({"DataTiering"}),
        # CacheNodeType of API_Snapshot.html (documented)
        node_prefix="cache.",
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListTagsForResource.html (documented)
        tags=TagsRead("elasticache:ListTagsForResource", "ResourceName", "TagList"),
        # outputs that people take for snapshots (modelled)
        others={
            "elasticache describe-serverless-cache-snapshots": "ServerlessCacheSnapshots",
            "elasticache describe-cache-clusters": "CacheClusters",
            "elasticache describe-replication-groups": "ReplicationGroups",
        },
    ),
    # export: backups-exporting.html; plain copy: the constraints in backups-manual.html for new backups
    names=Names(export=1000, copy=40),
    docs=Docs(
        api="https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html",
        command="https://docs.aws.amazon.com/cli/latest/reference/elasticache/copy-snapshot.html",
        guide="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html",
        tags="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Tagging-Resources.html",
        solutions=(
            "Add List and Read permissions on the bucket.",
            "Add Upload/Delete permissions on the bucket.",
            "Add View Permissions on the bucket.",
            "Contact your system administrator to get the needed permissions.",
            "Create an Amazon S3 bucket in the same region as your snapshot.",
            "Give the `TargetSnapshotName` a new and unique value.",
            "Give the `TargetSnapshotName` a new and unique value. If exporting a snapshot, you could alternatively "
            "create a new Amazon S3 bucket and use this same value for `TargetSnapshotName`.",
        ),
    ),
)

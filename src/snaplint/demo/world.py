"""The content of the demo's AWS simulation, before and after the change.

The bucket in us-east-1 has the policy of the import guide, which only allows ElastiCache to read an .rdb file:
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-seeding-redis.html. The change replaces it with that of
the export guide, and grants the caller the one permission of that guide that it lacks:
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ACCOUNT, REGION, ELSEWHERE = "111122223333", "us-east-1", "eu-west-1"
SNAPSHOT, TARGET = "orders-nightly", "orders-2026-11"
BUCKET_ELSEWHERE, BUCKET = "acme-archive-eu", "acme-redis"
USER, USER_POLICY = "exporter", "redis-export"

_IMPORT = ("s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl")
_EXPORT = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:GetBucketAcl",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
)

ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
OWNERSHIP = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
"""The settings of every bucket that S3 has created since April 2023.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""


def bucket_policy(bucket: str, region: str, actions: Sequence[str]) -> dict[str, Any]:
    """Return a bucket policy that allows these actions to ElastiCache in a Region."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ElastiCacheSnapshots",
                "Effect": "Allow",
                "Principal": {"Service": f"{region}.elasticache-snapshot.amazonaws.com"},
                "Action": list(actions),
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            }
        ],
    }


def _user_policy(*more: dict[str, Any]) -> dict[str, Any]:
    buckets = [f"arn:aws:s3:::{name}{end}" for name in (BUCKET_ELSEWHERE, BUCKET) for end in ("", "/*")]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Export",
                "Effect": "Allow",
                "Action": "elasticache:CopySnapshot",
                "Resource": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:snapshot:*",
            },
            {
                "Sid": "Buckets",
                "Effect": "Allow",
                "Action": [
                    "s3:PutObject",
                    "s3:GetObject",
                    "s3:DeleteObject",
                    "s3:ListBucket",
                    "s3:GetBucketLocation",
                    "s3:GetBucketAcl",
                ],
                "Resource": buckets,
            },
            *more,
        ],
    }


IMPORT_POLICY = bucket_policy(BUCKET, REGION, _IMPORT)
EXPORT_POLICY = bucket_policy(BUCKET, REGION, _EXPORT)
ELSEWHERE_POLICY = bucket_policy(BUCKET_ELSEWHERE, ELSEWHERE, _EXPORT)
USER_BEFORE = _user_policy()
USER_AFTER = _user_policy(
    {"Sid": "EveryBucketsName", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}
)


def command(bucket: str) -> list[str]:
    """Return the arguments of the export command, as they follow `aws elasticache` or `snaplint audit`."""
    return [
        *("copy-snapshot", "--source-snapshot-name", SNAPSHOT, "--target-snapshot-name", TARGET),
        *("--target-bucket", bucket),
    ]

"""One story that the golden files tell: a preflight file, a bucket policy, and what was found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.report.fakes import Files, found, request, verdict

from snaplint.base.source import Fault
from snaplint.findings.verdict import Blame

if TYPE_CHECKING:
    from snaplint.findings.result import Result

PREFLIGHT = """\
version: 1
account: "111122223333"
region: us-east-1
caller:
  arn: arn:aws:iam::111122223333:role/exporter
  policies: [policies/exporter.json]
requests:
  - SourceSnapshotName: automatic.orders-2026-11-01-03-00
    TargetSnapshotName: orders-2026-11
    TargetBucket: acme-redis-exports
  - SourceSnapshotName: automatic.orders-2026-11-01-03-00
    TargetSnapshotName: orders-copy
  - SourceSnapshotName: automatic.carts-2026-11-01-03-00
    TargetSnapshotName: carts-2026-11
    TargetBucket: acme-somewhere-else
"""

POLICY = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ElastiCacheExport",
      "Effect": "Allow",
      "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
      "Action": ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl"],
      "Resource": ["arn:aws:s3:::acme-redis-exports", "arn:aws:s3:::acme-redis-exports/*"]
    },
    {"Sid": "NoPlainText", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
    {
      "Sid": "DenyOutsideVpc",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::acme-redis-exports/*",
      "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}
    }
  ]
}
"""

FILE, BUCKET = "exports.snaplint.yaml", "policies/exports-bucket.json"
PRINCIPAL = "us-east-1.elasticache-snapshot.amazonaws.com"
_ORDERS = "SourceSnapshotName: automatic.orders-2026-11-01-03-00"
_STATEMENT = ("buckets", "acme-redis-exports", "policy", "Statement")
_TARGET = ("requests", 0, "TargetBucket")

SOURCE = Files(
    {FILE: PREFLIGHT, BUCKET: POLICY},
    {
        ("requests", 0): found(FILE, PREFLIGHT, "SourceSnapshotName: automatic.orders", "acme-redis-exports"),
        ("requests", 1): found(FILE, PREFLIGHT, f"{_ORDERS}\n    TargetSnapshotName: orders-copy"),
        ("requests", 2): found(FILE, PREFLIGHT, "SourceSnapshotName: automatic.carts", "acme-somewhere-else"),
        _TARGET: found(FILE, PREFLIGHT, "acme-redis-exports"),
        ("requests", 2, "TargetBucket"): found(FILE, PREFLIGHT, "acme-somewhere-else"),
        (*_STATEMENT, 0, "Principal"): found(
            BUCKET, POLICY, '{"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}'
        ),
        (*_STATEMENT, 1): found(BUCKET, POLICY, '{"Sid": "NoPlainText"', "}"),
        (*_STATEMENT, 2): found(BUCKET, POLICY, '{\n      "Sid": "DenyOutsideVpc"', "}}\n    }"),
        (*_STATEMENT, 2, "Condition"): found(BUCKET, POLICY, '{"StringNotEquals"', "}}"),
    },
)

FAILING = request(
    verdict(
        "wrong-service-principal",
        "fails",
        f"`{PRINCIPAL}` is not ElastiCache's name here: "
        "snapshots are written by `eu-west-1.elasticache-snapshot.amazonaws.com`",
        route=(*_STATEMENT, 0, "Principal"),
        severity="warning",
        certainty="inferred",
    ),
    verdict(
        "service-lacks-write",
        "fails",
        f"service principal `{PRINCIPAL}` is denied `s3:PutObject` on `acme-redis-exports/orders-2026-11-0001.rdb`",
        route=_TARGET,
        predicts="ElastiCache has not been granted WRITE permissions acme-redis-exports on the S3 Bucket.",
        because=(
            Blame((*_STATEMENT, 2), "bucket policy", "denies it to the service principal", "DenyOutsideVpc", "Deny"),
            Blame((*_STATEMENT, 1), "bucket policy", "denies it to the service principal", "NoPlainText", "Deny"),
        ),
        assumes=("organization.rcps",),
    ),
    verdict(
        "bucket-outside-region",
        "fails",
        "bucket `acme-redis-exports` is in eu-west-1, the snapshot in us-east-1",
        route=_TARGET,
        predicts="The S3 bucket acme-redis-exports is outside of the region.",
        code="InvalidParameterValue",
    ),
    verdict(
        "caller-not-permitted",
        "cannot-tell",
        "whether the caller may `s3:PutObject` hangs on `aws:SourceVpce`",
        because=(
            Blame(
                (*_STATEMENT, 2, "Condition"), "bucket policy", "may deny it to the caller", "DenyOutsideVpc", "Deny"
            ),
        ),
        depends_on=("aws:SourceVpce",),
    ),
    verdict(
        "object-key-exists",
        "cannot-tell",
        "the `keys` of bucket `acme-redis-exports` are not given",
        depends_on=("buckets.acme-redis-exports.keys",),
    ),
    verdict("bucket-does-not-exist", "passes", "bucket `acme-redis-exports` exists"),
    verdict("caller-cannot-list-buckets", "passes", assumes=("caller.boundary", "organization.scps")),
    verdict("target-name-invalid", "passes"),
    verdict("snapshot-name-exists", "not-applicable", "this is an export"),
    source=SOURCE,
)

HOLDING = request(
    verdict("target-name-invalid", "passes"),
    verdict("snapshot-name-exists", "passes", "no snapshot is called `orders-copy`"),
    verdict("bucket-outside-region", "not-applicable", "there is no bucket in a plain copy"),
    source=SOURCE,
    TargetSnapshotName="orders-copy",
    TargetBucket=None,
)._replace(route=("requests", 1))

UNTOLD = request(
    *(
        verdict(
            name,
            "cannot-tell",
            "nothing is known of bucket `acme-somewhere-else`",
            route=("requests", 2, "TargetBucket"),
            depends_on=("buckets.acme-somewhere-else",),
        )
        for name in (
            "bucket-does-not-exist",
            "bucket-outside-region",
            "bucket-not-owned",
            "service-lacks-read",
            "service-lacks-write",
            "service-lacks-read-acp",
        )
    ),
    verdict("target-name-invalid", "passes"),
    source=SOURCE,
    SourceSnapshotName="automatic.carts-2026-11-01-03-00",
    TargetSnapshotName="carts-2026-11",
    TargetBucket="acme-somewhere-else",
)._replace(route=("requests", 2))

RESULTS: list[Result] = [FAILING, HOLDING, UNTOLD]
FAULTS = [Fault("policies/exporter.json", 3, 1, "expected a key after `,`; remove the trailing comma")]

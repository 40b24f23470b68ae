"""The policy of the KMS key in a bucket's default encryption.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from snaplint.collect.aws_errors import Unread
from snaplint.collect.documents import document
from snaplint.collect.read_table import TABLE
from snaplint.operations.partitions import is_region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.aws_reads import AwsReads

AWS_MANAGED = "alias/aws/s3"
"""The key that S3 uses for `aws:kms` if the bucket names none."""


def key_policy(reads: AwsReads, key: str | None, region: str) -> dict[str, object]:
    """Return the policy of a key, whose ID, ARN or alias is as GetBucketEncryption returns it. Raises Unread.

    A key has one policy, named `default`. GetKeyPolicy accepts no alias, so DescribeKey is sent first for one.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    """
    key = key or AWS_MANAGED
    arn = key.split(":", 5)
    owner = reads.account
    if len(arn) == 6:
        region, owner = arn[3], arn[4]
        if arn[:3] != ["arn", reads.connection.partition, "kms"] or not is_region(region):
            raise Unread(f"{TABLE['s3:GetBucketEncryption'].right}: the key of the default encryption is no KMS key")
    keys = f"arn:{reads.connection.partition}:kms:{region}:{owner}:key"
    if arn[-1].startswith("alias/"):
        # the ARN of the key is not known before the answer
        params = {"arn": f"{keys}/*", "KeyId": key}
        described = reads.one("kms:DescribeKey", region=region, **params)["KeyMetadata"]
        key = reads.text(described, "Arn", "kms:DescribeKey", **params)
        if not key.startswith(f"{keys}/"):  # an alias is for a key in its own account and Region
            raise reads.about_another("kms:DescribeKey", **params)
    elif len(arn) != 6:
        key = f"{keys}/{key}"
    answer = reads.one("kms:GetKeyPolicy", region=region, arn=key, KeyId=key, PolicyName="default")
    return document(answer["Policy"], "kms:GetKeyPolicy")

"""The policy of the KMS key that a bucket encrypts with by default.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from snaplint.collect.documents import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.reader import Reader

AWS_MANAGED = "alias/aws/s3"
"""The key that S3 uses for `aws:kms` where the bucket names none."""


def key_policy(reader: Reader, key: str | None, region: str) -> dict[str, object]:
    """The policy of a key, given by id, ARN or alias as GetBucketEncryption shows it. Raises Unread.

    Keys have one policy, called `default`:
    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html (which takes no alias, hence DescribeKey)
    """
    named = key or AWS_MANAGED
    arn = named.split(":", 5)
    if len(arn) == 6:
        region = arn[3] or region
    if arn[-1].startswith("alias/"):
        described = reader.one("kms:DescribeKey", region=region, KeyId=named)["KeyMetadata"]
        named = reader.text(described, "Arn", "kms:DescribeKey")
    elif len(arn) != 6:
        partition = reader.connection.partition
        named = f"arn:{partition}:kms:{region}:{reader.account}:key/{named}"
    answer = reader.one("kms:GetKeyPolicy", region=region, arn=named, KeyId=named, PolicyName="default")
    return document(answer["Policy"], "kms:GetKeyPolicy")

"""The policy of the KMS key that a bucket encrypts with by default.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from snaplint.collect.documents import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.aws_reads import AwsReads

AWS_MANAGED = "alias/aws/s3"
"""The key that S3 uses for `aws:kms` where the bucket names none."""


def key_policy(reads: AwsReads, key: str | None, region: str) -> dict[str, object]:
    """The policy of a key, given by id, ARN or alias as GetBucketEncryption shows it. Raises Unread.

    Keys have one policy, called `default`:
    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html (which takes no alias, hence DescribeKey)
    """
    named = key or AWS_MANAGED
    arn = named.split(":", 5)
    owner = reads.account
    if len(arn) == 6:
        region, owner = arn[3] or region, arn[4]
    keys = f"arn:{reads.connection.partition}:kms:{region}:{owner}:key"
    if arn[-1].startswith("alias/"):
        # which key an alias stands for is what the read would tell
        asked = {"arn": f"{keys}/*", "KeyId": named}
        described = reads.one("kms:DescribeKey", region=region, **asked)["KeyMetadata"]
        named = reads.text(described, "Arn", "kms:DescribeKey", **asked)
    elif len(arn) != 6:
        named = f"{keys}/{named}"
    answer = reads.one("kms:GetKeyPolicy", region=region, arn=named, KeyId=named, PolicyName="default")
    return document(answer["Policy"], "kms:GetKeyPolicy")

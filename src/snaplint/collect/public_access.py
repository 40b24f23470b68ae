"""The settings of S3 Block Public Access, of the account and of a bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

from snaplint.collect.identity import caller_identity
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.aws_reads import Answer, AwsReads


def public_access_block(reads: AwsReads) -> dict[str, bool] | None:
    """Return the account's Block Public Access settings; None if they were never set. Raises Unread.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """
    name = "s3control:GetPublicAccessBlock"
    return block(reads, name, reads.read(name, AccountId=caller_identity(reads).account))


def block(reads: AwsReads, name: str, answer: Answer | None, **params: str) -> dict[str, bool] | None:
    """Return the four settings in the answer to the read `name`. Raises Unread.

    AWS does not document what an answer without one of them means.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
    """
    if answer is None:
        return None
    settings = answer["PublicAccessBlockConfiguration"]
    if not all(isinstance(settings.get(each), bool) for each in BLOCK_PUBLIC_ACCESS):
        raise reads.unparsable(name, **params)
    return {each: settings[each] for each in BLOCK_PUBLIC_ACCESS}

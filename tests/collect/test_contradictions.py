"""Two reads that contradict each other: the fact is unknown, and its reason names both."""

from __future__ import annotations

import pytest
from tests.collect.fake_aws import FakeAws, error, no_such, said
from tests.collect.sandbox import ACCOUNT, EXPORT, Sandbox, connection, identify_as, part, read_back

from snaplint.collect import collect


@pytest.fixture
def key(moto: str) -> tuple[str, str]:
    return Sandbox(moto).story()


def listing(region: str) -> str:
    bucket = f"<Bucket><Name>exports</Name><BucketRegion>{region}</BucketRegion></Bucket>"
    return f"<ListAllMyBucketsResult><Buckets>{bucket}</Buckets></ListAllMyBucketsResult>"


def test_reads_that_agree_contradict_nothing(aws: FakeAws, key: tuple[str, str]) -> None:
    aws.on("s3:ListBuckets", said(listing("us-east-1")))
    aws.on("s3:GetBucketLocation", said("<LocationConstraint/>"))
    aws.on("s3:HeadBucket", error("", 301, x_amz_bucket_region="us-east-1"))
    bucket = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports")
    assert (bucket["region"], bucket["account"]) == ("us-east-1", ACCOUNT)


def test_a_bucket_that_is_missing_and_listed(aws: FakeAws, key: tuple[str, str]) -> None:
    aws.on("s3:HeadBucket", error("", 404))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    why = part(facts, "buckets", "exports", "unknown")
    assert why == (
        "the answers about bucket `exports` contradict each other: HeadBucket answers that there is no such bucket, "
        "but ListBuckets lists it"
    )
    assert read_back(facts) == []


def test_a_bucket_that_is_missing_and_not_listed_does_not_exist(aws: FakeAws, key: tuple[str, str]) -> None:
    aws.on("s3:HeadBucket", error("", 404))
    nowhere = {**EXPORT, "TargetBucket": "nowhere"}
    assert part(collect([nowhere], connection(aws.url, key)).facts, "buckets") == {"nowhere": None}
    assert aws.counted()["s3:GetBucketLocation"] == 0


@pytest.mark.parametrize("status", [301, 302, 307, 400])
def test_a_redirect_to_another_region_than_that_of_the_location(
    aws: FakeAws, key: tuple[str, str], status: int
) -> None:
    aws.on("s3:HeadBucket", error("", status, x_amz_bucket_region="eu-west-1"))
    aws.on("s3:GetBucketLocation", said("<LocationConstraint>us-west-2</LocationConstraint>"))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "region") == {
        "unknown": "the answers about the Region of bucket `exports` contradict each other: HeadBucket answers that it "
        "is in eu-west-1, but GetBucketLocation that it is in us-west-2"
    }
    assert read_back(facts) == []


def test_a_list_that_names_another_region_than_head(aws: FakeAws, key: tuple[str, str]) -> None:
    aws.on("s3:ListBuckets", said(listing("eu-west-1")))
    why = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports", "region", "unknown")
    assert "HeadBucket answers that it is in us-east-1, but ListBuckets that it is in eu-west-1" in why


@pytest.mark.parametrize(
    "read", ["GetBucketLocation", "GetBucketPolicy", "GetBucketAcl", "GetBucketTagging", "ListObjectsV2"]
)
def test_a_bucket_that_one_read_misses(aws: FakeAws, key: tuple[str, str], read: str) -> None:
    aws.on(f"s3:{read}", no_such("NoSuchBucket"))
    if read == "GetBucketLocation":  # it is sent if HeadBucket does not name the Region
        aws.on("s3:HeadBucket", said("", x_amz_request_id="R"))
    why = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports", "unknown")
    assert f"HeadBucket answers that it exists, but {read} that there is no such bucket" in why


@pytest.mark.parametrize("arn", [f"arn:aws:elasticache:us-east-1:{'9' * 12}:snapshot:nightly"])
def test_a_snapshot_of_another_account(aws: FakeAws, key: tuple[str, str], arn: str) -> None:
    inner = f"<Snapshot><SnapshotName>nightly</SnapshotName><ARN>{arn}</ARN></Snapshot>"
    aws.on(
        "elasticache:DescribeSnapshots",
        said(
            f"<R><DescribeSnapshotsResult><Snapshots>{inner}</Snapshots></DescribeSnapshotsResult>"
            "<ResponseMetadata/></R>"
        ),
    )
    why = part(collect([EXPORT], connection(aws.url, key)).facts, "snapshots", "nightly", "unknown")
    assert "DescribeSnapshots answers that it is in account 999999999999 and Region us-east-1" in why
    assert f"the call was sent to us-east-1 as account {ACCOUNT}" in why


@pytest.mark.parametrize(
    ("arn", "account"),
    [(f"arn:aws:iam::{ACCOUNT}:user/exporter", "9" * 12), (f"arn:aws-cn:iam::{ACCOUNT}:user/exporter", ACCOUNT)],
)
def test_a_caller_of_another_account_or_partition(aws: FakeAws, key: tuple[str, str], arn: str, account: str) -> None:
    identify_as(aws, arn)
    inner = f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account>"
    aws.on("sts:GetCallerIdentity", said(f"<R><GetCallerIdentityResult>{inner}</GetCallerIdentityResult></R>"))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    why = part(facts, "account", "unknown")
    assert f"GetCallerIdentity answers the ARN `{arn}`" in why
    assert f"the account is {account} and the Region us-east-1" in why
    assert read_back(facts) == []

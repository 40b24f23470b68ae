"""Each fact is read once, however many requests need it; at most as many reads run at once as there are workers."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.collect.fake_aws import FakeAws, no_such, said
from tests.collect.sandbox import ACCOUNT, connection, opted, organization, part, unknowns

from snaplint.collect import NotConnected, collect
from snaplint.collect.aws_reads import AwsReads
from snaplint.collect.prefetch import Prefetch, run_prefetches

if TYPE_CHECKING:
    from tests.collect.fake_aws import Call, Reply

REQUESTS, BUCKETS, SOURCES, TARGETS = 1000, 50, 100, 4

ONCE = (
    "sts:GetCallerIdentity",
    "s3:ListBuckets",
    "s3control:GetPublicAccessBlock",
    "account:GetRegionOptStatus",
    "organizations:DescribeOrganization",
    "organizations:ListRoots",
    "iam:GetUser",
    "iam:ListUserPolicies",
    "iam:GetUserPolicy",
    "iam:ListAttachedUserPolicies",
    "iam:ListGroupsForUser",
)
ONCE_A_BUCKET = (
    "s3:HeadBucket",
    "s3:GetBucketPolicy",
    "s3:GetBucketAcl",
    "s3:GetBucketOwnershipControls",
    "s3:GetPublicAccessBlock",
    "s3:GetBucketEncryption",
    "s3:GetObjectLockConfiguration",
    "s3:GetBucketTagging",
    "s3:GetBucketAbac",
)


def wrapped(operation: str, inner: str) -> str:
    return f"<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"


def big_account(aws: FakeAws) -> None:
    """Give answers in the shapes of AWS, without moto, which would be the slowest part."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/exporter"
    names = "".join(f"<Bucket><Name>exports-{number}</Name></Bucket>" for number in range(BUCKETS))
    flags = "".join(
        f"<{name}>true</{name}>"
        for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    )
    block = f"<PublicAccessBlockConfiguration>{flags}</PublicAccessBlockConfiguration>"
    named = (f"nightly-{number}" for number in range(SOURCES))
    of_account = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:"
    items = "".join(
        f"<Snapshot><SnapshotName>{name}</SnapshotName><ARN>{of_account}{name}</ARN></Snapshot>" for name in named
    )
    rule = (
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
    )
    document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
    for name, body in {
        "sts:GetCallerIdentity": f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>",
        "elasticache:DescribeSnapshots": f"<Snapshots>{items}</Snapshots>",
        "elasticache:ListTagsForResource": "<TagList/>",
        "iam:GetUser": "<User><UserName>exporter</UserName></User>",
        "iam:ListUserPolicies": "<PolicyNames><member>own</member></PolicyNames><IsTruncated>false</IsTruncated>",
        "iam:GetUserPolicy": f"<PolicyDocument>{document}</PolicyDocument>",
        "iam:ListAttachedUserPolicies": "<AttachedPolicies/><IsTruncated>false</IsTruncated>",
        "iam:ListGroupsForUser": "<Groups/><IsTruncated>false</IsTruncated>",
    }.items():
        aws.on(name, said(wrapped(name.partition(":")[2], body)))
    aws.on("s3:ListBuckets", said(f"<ListAllMyBucketsResult><Buckets>{names}</Buckets></ListAllMyBucketsResult>"))
    aws.on("s3:HeadBucket", said("", x_amz_bucket_region="us-east-1"))
    aws.on("s3:GetBucketPolicy", said('{"Version": "2012-10-17", "Statement": []}'))
    aws.on(
        "s3:GetBucketAcl",
        said("<AccessControlPolicy><Owner><ID>a</ID></Owner><AccessControlList/></AccessControlPolicy>"),
    )
    ownership = "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>"
    aws.on("s3:GetBucketOwnershipControls", said(f"<OwnershipControls>{ownership}</OwnershipControls>"))
    aws.on("s3:GetPublicAccessBlock", said(block))
    aws.on("s3control:GetPublicAccessBlock", said(block))
    encryption = f"<ServerSideEncryptionConfiguration><Rule>{rule}</Rule></ServerSideEncryptionConfiguration>"
    aws.on("s3:GetBucketEncryption", said(encryption))
    lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
    aws.on("s3:GetObjectLockConfiguration", said(lock))
    aws.on("s3:GetBucketTagging", no_such("NoSuchTagSet"))
    aws.on("s3:ListObjectsV2", said("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"))
    organization(aws)
    opted(aws)


def test_a_thousand_requests_over_fifty_buckets() -> None:
    requests = [
        {
            "SourceSnapshotName": f"nightly-{number % SOURCES}",
            "TargetSnapshotName": f"orders-{number // BUCKETS % TARGETS}",
            "TargetBucket": f"exports-{number % BUCKETS}",
        }
        for number in range(REQUESTS)
    ]
    with FakeAws() as aws:
        big_account(aws)
        collected = collect(requests, connection(aws.url, ("AKIAX", "secret"), read_timeout=30))
        assert list(unknowns(collected.facts)) == []
        calls = aws.counted()
    expected = {
        **dict.fromkeys(ONCE, 1),
        **dict.fromkeys(ONCE_A_BUCKET, BUCKETS),
        "s3:ListObjectsV2": BUCKETS * TARGETS,
        "elasticache:DescribeSnapshots": 1,  # one listing for a hundred names
        "elasticache:ListTagsForResource": SOURCES,
        "organizations:ListParents": 2,  # the account's, the OU's
        "organizations:ListPoliciesForTarget": 6,  # two kinds on three levels
        "organizations:DescribePolicy": 2,  # two policies, however often attached
    }
    assert dict(calls) == expected
    assert len(part(collected.facts, "buckets")) == BUCKETS


def test_equal_reads_share_one_call() -> None:
    with FakeAws() as aws:
        gate = threading.Event()

        def slow(call: Call) -> Reply | None:
            gate.wait(10)
            return said(wrapped("GetCallerIdentity", "<Arn>a</Arn>"))(call)

        aws.on("sts:GetCallerIdentity", slow)
        reads = AwsReads(connection(aws.url, ("AKIAX", "secret")))
        answers: list[object] = []
        threads = [
            threading.Thread(target=lambda: answers.append(reads.one("sts:GetCallerIdentity"))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()
        assert len(aws.calls) == 1
        assert all(answer is answers[0] for answer in answers)


def test_no_more_reads_at_once_than_workers() -> None:
    running, most, lock = [0], [0], threading.Lock()

    def task() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1

    run_prefetches([Prefetch(str(number), task) for number in range(40)], 4)
    assert 1 < most[0] <= 4


def test_prefetches_may_return_further_prefetches() -> None:
    done: list[str] = []
    seen: list[tuple[str, int, int]] = []

    def leaf(name: str) -> None:
        done.append(name)

    def branch() -> list[Prefetch]:
        return [Prefetch("c", lambda: leaf("c")), Prefetch("b", lambda: leaf("b"))]

    run_prefetches([Prefetch("a", branch)], 2, lambda *step: seen.append(step))
    assert sorted(done) == ["b", "c"]
    assert seen[0] == ("a", 1, 3)
    assert seen[-1][1:] == (3, 3)


@pytest.mark.parametrize("error", [NotConnected("no"), KeyboardInterrupt()], ids=["not connected", "ctrl-c"])
def test_what_ends_all_reads_is_raised(error: BaseException) -> None:
    def broken() -> None:
        raise error

    with pytest.raises(type(error)):
        run_prefetches([Prefetch("broken", broken)], 2)


def test_a_bug_in_one_prefetch_leaves_the_others() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ZeroDivisionError

    run_prefetches([Prefetch("broken", broken), Prefetch("whole", lambda: done.append("whole"))], 1)
    assert done == ["whole"]

"""The prefetch is complete: it makes every read whose answer `facts()` needs, so `facts()` sends nothing.

A fixture in `conftest.py` checks the same of every other test that collects.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.collect.fake_aws import FakeAws, error, garbage, no_such, refused
from tests.collect.sandbox import (
    ACCOUNT,
    EXPORT,
    Sandbox,
    allow,
    connection,
    identify_as,
    opted,
    organization,
    role_session,
    session,
)

from snaplint.collect import Connection, collect
from snaplint.collect.aws_reads import AwsReads
from snaplint.collect.collector import RequestFacts
from snaplint.collect.identity import CallerFacts
from snaplint.collect.organizations import OrganizationFacts
from snaplint.collect.prefetch import run_prefetches
from snaplint.collect.read_table import TABLE
from snaplint.collect.s3 import BucketFacts
from snaplint.collect.snapshots import FEW, SnapshotFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.collect.fake_aws import Answer

COPY = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "copy"}
READS_OF_ROLES = {"iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"}


def sent_after_prefetch(
    aws: FakeAws, connected: Connection, requests: Sequence[Mapping[str, object]]
) -> tuple[set[str], list[str]]:
    """Return the reads that the prefetch sends, and those that `facts()` then still sends, as HTTP requests."""
    reads = AwsReads(connected)
    request_facts = RequestFacts(requests, reads, no_session_policy=False)
    aws.calls.clear()
    request_facts.identify_caller()
    run_prefetches(request_facts.prefetch(), 8)
    before = len(aws.calls)
    request_facts.facts()
    names = [call.name for call in aws.calls]
    return set(names[:before]), names[before:]


@pytest.fixture
def account(aws: FakeAws, moto: str) -> Connection:
    """The sandbox's story in an organization, with a bucket that encrypts with a KMS key."""
    sandbox = Sandbox(moto)
    key = sandbox.story()
    sandbox.client("kms").create_alias(
        AliasName="alias/exports",
        TargetKeyId=sandbox.client("kms").create_key(Policy=json.dumps(allow("kms:*")))["KeyMetadata"]["KeyId"],
    )
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/exports"}}
    sandbox.client("s3").put_bucket_encryption(Bucket="exports", ServerSideEncryptionConfiguration={"Rules": [rule]})
    organization(aws)
    opted(aws)
    return connection(aws.url, key)


def test_facts_of_a_user_send_nothing(aws: FakeAws, account: Connection) -> None:
    prefetched, forgotten = sent_after_prefetch(aws, account, [EXPORT, COPY])
    assert forgotten == []
    # every read of the table but those of roles, and the one that is sent only if HeadBucket fails
    assert prefetched == set(TABLE) - READS_OF_ROLES - {"s3:GetBucketLocation"}


def test_facts_of_a_role_send_nothing(aws: FakeAws, moto: str) -> None:
    access, secret, token = role_session(moto, "/teams/cache/")
    as_role = Connection(session=session((access, secret), token), endpoint_url=aws.url)
    prefetched, forgotten = sent_after_prefetch(aws, as_role, [EXPORT])
    assert forgotten == []
    assert prefetched >= READS_OF_ROLES


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:federated-user/jane"])
def test_facts_of_a_caller_without_policies_send_nothing(aws: FakeAws, account: Connection, arn: str) -> None:
    identify_as(aws, arn)
    assert sent_after_prefetch(aws, account, [EXPORT])[1] == []


@pytest.mark.parametrize("name", ["s3:HeadBucket", "s3:ListBuckets", "iam:GetUser", "organizations:ListParents"])
@pytest.mark.parametrize("answer", [refused, garbage, error("SlowDown", 503)])
def test_facts_send_nothing_after_a_read_has_failed(
    aws: FakeAws, account: Connection, name: str, answer: Answer
) -> None:
    aws.on(name, answer)
    assert sent_after_prefetch(aws, account, [EXPORT])[1] == []


@pytest.mark.parametrize("name", ["s3:HeadBucket", "s3:GetBucketPolicy", "s3:ListObjectsV2"])
def test_facts_send_nothing_if_the_bucket_is_gone(aws: FakeAws, account: Connection, name: str) -> None:
    aws.on(name, no_such("NoSuchBucket"))
    assert sent_after_prefetch(aws, account, [EXPORT])[1] == []


def test_facts_send_nothing_after_the_region_of_a_bucket_has_to_be_asked_for(aws: FakeAws, account: Connection) -> None:
    for name in ("s3:HeadBucket", "s3:ListBuckets"):
        aws.on(name, refused)
    prefetched, forgotten = sent_after_prefetch(aws, account, [EXPORT])
    assert forgotten == []
    assert "s3:GetBucketLocation" in prefetched


def test_facts_of_many_snapshots_send_nothing(aws: FakeAws, account: Connection) -> None:
    copies = [{**COPY, "TargetSnapshotName": f"copy-{number}"} for number in range(FEW)]
    assert sent_after_prefetch(aws, account, copies)[1] == []
    assert aws.counted()["elasticache:DescribeSnapshots"] == 1


@pytest.mark.parametrize(
    ("part", "read"),
    [
        (CallerFacts, "iam:ListUserPolicies"),
        (OrganizationFacts, "organizations:ListRoots"),
        (SnapshotFacts, "elasticache:DescribeSnapshots"),
        (BucketFacts, "s3:GetBucketPolicy"),
    ],
)
def test_a_read_that_the_prefetch_forgets_is_found(
    aws: FakeAws, account: Connection, monkeypatch: pytest.MonkeyPatch, part: Any, read: str
) -> None:
    """The counter-test: without the prefetch of one part, `facts()` sends its reads, and the fixture fails the test."""
    monkeypatch.setattr(part, "prefetch", lambda _self: [])
    with pytest.raises(AssertionError, match=f"not prefetched: .*{read}"):
        collect([EXPORT], account)

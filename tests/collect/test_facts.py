"""What is collected from an account, against moto's server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from tests.collect.fake_aws import error, no_such, refused, said
from tests.collect.sandbox import (
    ACCOUNT,
    BLOCKED,
    EXPORT,
    GRANT,
    READ_ALL,
    Sandbox,
    allow,
    as_json,
    connection,
    identify_as,
    opted,
    organization,
    part,
    read_back,
    role_session,
    session,
    unknowns,
)

from snaplint.collect import Connection, Refused, collect
from snaplint.collect.aws_errors import Unread
from snaplint.collect.aws_reads import AwsReads
from snaplint.collect.kms import key_policy

if TYPE_CHECKING:
    from tests.collect.fake_aws import Call, FakeAws, Reply

PLAIN_COPY = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "copy"}


def test_a_whole_account(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    opted(aws)
    collected = collect([EXPORT], connection(aws.url, key))
    facts = collected.facts
    assert list(unknowns(facts)) == []
    assert collected.refused == ()
    assert not collected.interrupted
    assert read_back(facts) == []
    assert (facts["account"], facts["region"], facts["requests"]) == (ACCOUNT, "us-east-1", [EXPORT])
    assert facts["organization"] is None
    assert facts["account_public_access_block"] is None
    assert facts["region_opt_status"] == "ENABLED_BY_DEFAULT"
    assert part(facts, "snapshots", "nightly", "Snapshots", 0, "SnapshotStatus") == "available"


def test_an_endpoint_may_come_from_the_environment(aws: FakeAws, moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opted(aws)
    key = Sandbox(moto).story()
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    collected = collect([EXPORT], Connection(session=session(key)))
    assert list(unknowns(collected.facts)) == []
    assert aws.counted()["s3control:GetPublicAccessBlock"] == 1


def test_a_bucket(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    Sandbox(moto).client("s3").put_object(Bucket="exports", Key="orders-0001.rdb", Body=b"")
    bucket = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports")
    assert bucket["region"] == "us-east-1"
    assert bucket["account"] == ACCOUNT
    assert bucket["policy"] == GRANT
    assert bucket["ownership"] == "BucketOwnerEnforced"
    assert bucket["encryption"] == {"SSEAlgorithm": "AES256"}
    assert bucket["encryption_key_policy"] is None
    assert bucket["public_access_block"] == BLOCKED
    assert bucket["keys"] == [{"Prefix": "orders-", "Contents": [{"Key": "orders-0001.rdb"}], "IsTruncated": False}]


def test_what_a_bucket_never_had_is_null(aws: FakeAws, moto: str) -> None:
    """New buckets of moto lack what S3 sets by itself since 2023, as old buckets of S3 do."""
    key = Sandbox(moto).story()
    Sandbox(moto).client("s3").create_bucket(Bucket="bare")
    bucket = part(collect([{**EXPORT, "TargetBucket": "bare"}], connection(aws.url, key)).facts, "buckets", "bare")
    for field in ("policy", "ownership", "encryption", "encryption_key_policy", "public_access_block"):
        assert bucket[field] is None


def test_names_of_people_are_left_out(aws: FakeAws, moto: str) -> None:
    """moto sends no DisplayName; S3 did until 2025."""
    key = Sandbox(moto).story()
    owner = "<ID>abc</ID><DisplayName>jane.doe</DisplayName>"
    grantee = (
        f'<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">{owner}</Grantee>'
    )
    acl = f"<Grant>{grantee}<Permission>READ</Permission></Grant>"
    aws.on(
        "s3:GetBucketAcl",
        said(
            f"<AccessControlPolicy><Owner>{owner}</Owner><AccessControlList>{acl}</AccessControlList></AccessControlPolicy>"
        ),
    )
    found = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports", "acl")
    assert found["Owner"] == {"ID": "abc"}
    assert found["Grants"] == [{"Grantee": {"ID": "abc", "Type": "CanonicalUser"}, "Permission": "READ"}]


def test_both_spellings_of_the_target_are_listed(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    facts = collect([{**EXPORT, "TargetSnapshotName": "Orders"}], connection(aws.url, key)).facts
    assert [each["Prefix"] for each in part(facts, "buckets", "exports", "keys")] == ["Orders-", "orders-"]


def test_a_long_listing_is_truncated_and_says_so(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()

    def page(call: Call) -> Reply:
        number = int(call.params.get("continuation-token", "0"))
        assert number < 10
        body = (
            f"<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>orders-{number}</Key></Contents>"
            f"<NextContinuationToken>{number + 1}</NextContinuationToken></ListBucketResult>"
        )
        reply = said(body)(call)
        assert reply is not None
        return reply

    aws.on("s3:ListObjectsV2", page)
    (listing,) = part(collect([EXPORT], connection(aws.url, key)).facts, "buckets", "exports", "keys")
    assert listing["IsTruncated"] is True
    assert [each["Key"] for each in listing["Contents"]] == [f"orders-{number}" for number in range(10)]


@pytest.mark.parametrize("target", ["", "x" * 1001, 7, None], ids=["empty", "too long", "no text", "none"])
def test_a_name_that_no_export_can_have_is_not_listed(aws: FakeAws, moto: str, target: object) -> None:
    key = Sandbox(moto).story()
    facts = collect([{**EXPORT, "TargetSnapshotName": target}], connection(aws.url, key)).facts
    assert "keys" not in part(facts, "buckets", "exports")  # an empty list would mean an empty bucket
    assert aws.counted()["s3:ListObjectsV2"] == 0


@pytest.mark.parametrize(
    "name", ["s3://exports", "exports/daily", "arn:aws:s3:us-east-1:111122223333:accesspoint/a", "a--use1-az4--x-s3"]
)
def test_a_name_that_no_bucket_can_have_is_not_looked_up(aws: FakeAws, moto: str, name: str) -> None:
    key = Sandbox(moto).story()
    facts = collect([{**EXPORT, "TargetBucket": name}], connection(aws.url, key)).facts
    assert "was not looked up" in part(facts, "buckets", name, "unknown")
    assert {call.bucket for call in aws.calls if call.service == "s3"} == {""}
    assert read_back(facts) == []


def test_a_bucket_in_another_region_is_read_there(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    Sandbox(moto).bucket("frankfurt", "eu-central-1", policy=None)
    facts = collect([{**EXPORT, "TargetBucket": "frankfurt"}], connection(aws.url, key)).facts
    assert part(facts, "buckets", "frankfurt", "region") == "eu-central-1"
    assert part(facts, "buckets", "frankfurt", "account") == ACCOUNT
    regions = {call.region for call in aws.calls if call.name == "s3:GetBucketPolicy"}
    assert regions == {"eu-central-1"}


@pytest.mark.parametrize("status", [301, 400, 403])
def test_a_redirect_names_the_region(aws: FakeAws, moto: str, status: int) -> None:
    """S3 answers HEAD in the wrong Region with 301 or 400, and refusals with 403, each with x-amz-bucket-region."""
    key = Sandbox(moto).story()
    aws.on(
        "s3:HeadBucket",
        lambda call: (
            error("", status, x_amz_bucket_region="eu-west-1")(call)
            if status == 403 or call.region == "us-east-1"
            else said("", x_amz_bucket_region="eu-west-1")(call)
        ),
    )
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "region") == "eu-west-1"
    assert {call.region for call in aws.calls if call.name == "s3:GetBucketAcl"} == {"eu-west-1"}


@pytest.mark.parametrize(("constraint", "region"), [("", "us-east-1"), ("EU", "eu-west-1"), ("sa-east-1", "sa-east-1")])
def test_the_location_shows_the_region_if_head_does_not(aws: FakeAws, moto: str, constraint: str, region: str) -> None:
    key = Sandbox(moto).story()
    aws.on("s3:HeadBucket", refused)
    aws.on("s3:ListBuckets", said("<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"))
    aws.on("s3:GetBucketLocation", said(f"<LocationConstraint>{constraint}</LocationConstraint>"))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "region") == region


def test_a_bucket_that_does_not_exist(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    facts = collect([{**EXPORT, "TargetBucket": "nowhere"}], connection(aws.url, key)).facts
    assert part(facts, "buckets") == {"nowhere": None}


def test_a_refusal_alone_does_not_say_that_a_bucket_exists(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    for name in ("s3:HeadBucket", "s3:GetBucketLocation"):
        aws.on(name, lambda call: refused(call) if call.bucket == "theirs" else None)
    facts = collect([{**EXPORT, "TargetBucket": "theirs"}], connection(aws.url, key)).facts
    assert part(facts, "buckets", "theirs") == {"unknown": "s3:ListBucket: 403 Forbidden for arn:aws:s3:::theirs"}


def test_a_bucket_of_another_account(aws: FakeAws, moto: str) -> None:
    """moto refuses no read: S3 would answer 403 with the Region, and refuse the others."""
    key = Sandbox(moto).story()
    for name in ("Policy", "Acl", "OwnershipControls", "Encryption", "Tagging", "Abac"):
        aws.on(f"s3:GetBucket{name}", refused)
    for name in ("GetPublicAccessBlock", "GetObjectLockConfiguration", "ListObjectsV2"):
        aws.on(f"s3:{name}", refused)
    aws.on("s3:HeadBucket", error("", 403, x_amz_bucket_region="us-east-1"))
    theirs = {**EXPORT, "TargetBucket": "theirs"}
    facts = collect([theirs], connection(aws.url, key)).facts
    assert part(facts, "buckets", "theirs", "account") == {"other_than": ACCOUNT}
    assert part(facts, "buckets", "theirs", "region") == "us-east-1"
    assert "s3:GetBucketPolicy: AccessDenied" in part(facts, "buckets", "theirs", "policy", "unknown")
    assert read_back(facts) == []


@pytest.mark.parametrize(
    ("statuses", "account"),
    [
        ({"plain": 200, "expected": 200}, ACCOUNT),
        ({"plain": 200, "expected": 403}, {"other_than": ACCOUNT}),
        ({"plain": 403, "expected": 403}, {"unknown": "s3:ListAllMyBuckets: AccessDenied for *"}),
        ({"plain": 200, "expected": 500}, {"unknown": "s3:ListAllMyBuckets: AccessDenied for *"}),
    ],
    ids=["ours", "theirs", "refused both", "fails"],
)
def test_the_owner_if_buckets_may_not_be_listed(
    aws: FakeAws, moto: str, statuses: dict[str, int], account: object
) -> None:
    key = Sandbox(moto).story()
    aws.on("s3:ListBuckets", refused)

    def head(call: Call) -> Reply | None:
        how = "expected" if "x-amz-expected-bucket-owner" in call.headers else "plain"
        return error("", statuses[how], x_amz_bucket_region="us-east-1")(call)

    aws.on("s3:HeadBucket", head)
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "account") == account


# -- the key of the default encryption


def kms_bucket(moto: str, key_id: str | None) -> None:
    rule = {"SSEAlgorithm": "aws:kms", **({"KMSMasterKeyID": key_id} if key_id else {})}
    Sandbox(moto).client("s3").put_bucket_encryption(
        Bucket="exports",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )


@pytest.mark.parametrize("form", ["id", "arn", "alias", "alias arn"])
def test_the_policy_of_a_customers_key(aws: FakeAws, moto: str, form: str) -> None:
    key = Sandbox(moto).story()
    kms = Sandbox(moto).client("kms")
    made = kms.create_key(Policy=json.dumps(allow("kms:*")))["KeyMetadata"]
    kms.create_alias(AliasName="alias/exports", TargetKeyId=made["KeyId"])
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/exports"
    kms_bucket(moto, {"id": made["KeyId"], "arn": made["Arn"], "alias": "alias/exports", "alias arn": alias}[form])
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "encryption_key_policy") == allow("kms:*")


def test_a_bucket_that_names_no_key_uses_that_of_aws(aws: FakeAws, moto: str) -> None:
    """moto has no `alias/aws/s3`; KMS has one once S3 has used it."""
    key = Sandbox(moto).story()
    kms_bucket(moto, None)
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    aws.on("kms:DescribeKey", lambda _call: as_json({"KeyMetadata": {"KeyId": "1", "Arn": arn}}))
    aws.on("kms:GetKeyPolicy", lambda _call: as_json({"Policy": json.dumps(allow("kms:Decrypt"))}))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert part(facts, "buckets", "exports", "encryption_key_policy") == allow("kms:Decrypt")
    assert [call.params["KeyId"] for call in aws.calls if call.name == "kms:DescribeKey"] == ["alias/aws/s3"]


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("alias/e", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"),
        ("arn:aws:kms:eu-north-1:444455556666:alias/e", "arn:aws:kms:eu-north-1:444455556666:key/*"),
    ],
)
def test_a_key_is_read_in_its_region(aws: FakeAws, moto: str, form: str, keys: str) -> None:
    aws.on("kms:DescribeKey", refused)
    reads = AwsReads(connection(aws.url, Sandbox(moto).story()))
    reads.account = ACCOUNT
    with pytest.raises(Unread) as unread:
        key_policy(reads, form, "eu-west-1")
    assert unread.value.refused == Refused("kms:DescribeKey", keys, "AccessDeniedException")


# -- snapshots


def test_snapshots_by_name(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    requests = [{**EXPORT, "SourceSnapshotName": "Nightly"}, PLAIN_COPY, {**EXPORT, "SourceSnapshotName": ""}]
    facts = collect(requests, connection(aws.url, key)).facts
    snapshots = part(facts, "snapshots")
    assert sorted(snapshots) == ["Nightly", "copy", "nightly"]
    assert snapshots["Nightly"] == snapshots["nightly"]
    assert snapshots["copy"] is None
    asked = [call.params for call in aws.calls if call.name == "elasticache:DescribeSnapshots"]
    assert {each["SnapshotName"] for each in asked} == {"nightly", "copy"}
    assert {each["ShowNodeGroupConfig"] for each in asked} == {"true"}


def test_an_export_does_not_ask_for_a_snapshot_of_the_target_name(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    assert list(part(collect([EXPORT], connection(aws.url, key)).facts, "snapshots")) == ["nightly"]


def test_many_snapshots_are_listed_once(aws: FakeAws, moto: str) -> None:
    """moto returns all in one page; ElastiCache returns at most fifty."""
    key = Sandbox(moto).story()

    def page(call: Call) -> Reply | None:
        first = "Marker" not in call.params
        name = "nightly" if first else "late"
        marker = "<Marker>next</Marker>" if first else ""
        created = "<NodeSnapshots><NodeSnapshot><SnapshotCreateTime>2026-11-01T03:00:00Z</SnapshotCreateTime>"
        item = f"<Snapshot><SnapshotName>{name}</SnapshotName>{created}</NodeSnapshot></NodeSnapshots></Snapshot>"
        return said(
            f"<DescribeSnapshotsResponse><DescribeSnapshotsResult>{marker}<Snapshots>{item}</Snapshots>"
            "</DescribeSnapshotsResult></DescribeSnapshotsResponse>"
        )(call)

    aws.on("elasticache:DescribeSnapshots", page)
    names = ["nightly", "LATE", *(f"gone-{number}" for number in range(20))]
    facts = collect([{**EXPORT, "SourceSnapshotName": name} for name in names], connection(aws.url, key)).facts
    late = part(facts, "snapshots", "LATE", "Snapshots", 0)
    assert late["SnapshotName"] == "late"
    assert late["NodeSnapshots"] == [{"SnapshotCreateTime": "2026-11-01T03:00:00+00:00"}]
    assert part(facts, "snapshots", "gone-7") is None
    assert aws.counted()["elasticache:DescribeSnapshots"] == 2
    assert read_back(facts) == []


def test_a_plain_copy_needs_no_bucket(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    facts = collect([PLAIN_COPY], connection(aws.url, key)).facts
    assert facts["buckets"] == {}
    assert {call.name for call in aws.calls if call.service in ("s3", "s3control", "account")} == set()


# -- the caller


def test_a_user_with_every_kind_of_policy(aws: FakeAws, moto: str) -> None:
    """moto fails for a user's boundary, so the fake server answers GetUser."""
    sandbox = Sandbox(moto)
    key = sandbox.story()
    edge = f"<PermissionsBoundaryArn>{sandbox.managed('edge', allow('s3:*'))}</PermissionsBoundaryArn>"
    tag = "<member><Key>team</Key><Value>cache</Value></member>"
    user = f"<User><PermissionsBoundary>{edge}</PermissionsBoundary><Tags>{tag}</Tags></User>"
    aws.on("iam:GetUser", said(f"<GetUserResponse><GetUserResult>{user}</GetUserResult></GetUserResponse>"))
    caller = part(collect([EXPORT], connection(aws.url, key)).facts, "caller")
    assert caller["arn"] == f"arn:aws:iam::{ACCOUNT}:user/exporter"
    assert caller["policies"] == [READ_ALL, allow("s3:GetObject"), allow("s3:PutObject"), allow("s3:ListBucket")]
    assert caller["boundary"] == allow("s3:*")
    assert caller["session_policies"] is None
    assert caller["context"]["aws:PrincipalTag/team"] == "cache"


def test_an_aws_managed_policy_is_collected_as_aws_returns_it(aws: FakeAws, moto: str) -> None:
    """It may be longer than a customer's policy may be, so the facts show that AWS has stored it."""
    sandbox = Sandbox(moto)
    key = sandbox.story()
    theirs, document = "arn:aws:iam::aws:policy/ReadOnlyAccess", allow("s3:Get*")
    listed = f"<member><PolicyName>ReadOnlyAccess</PolicyName><PolicyArn>{theirs}</PolicyArn></member>"
    for name, result in (
        ("ListAttachedUserPolicies", f"<AttachedPolicies>{listed}</AttachedPolicies><IsTruncated>false</IsTruncated>"),
        ("GetPolicy", f"<Policy><Arn>{theirs}</Arn><DefaultVersionId>v163</DefaultVersionId></Policy>"),
        ("GetPolicyVersion", f"<PolicyVersion><Document>{quote(json.dumps(document))}</Document></PolicyVersion>"),
    ):
        aws.on(f"iam:{name}", said(f"<{name}Response><{name}Result>{result}</{name}Result></{name}Response>"))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    assert {"PolicyVersion": {"Document": document}} in part(facts, "caller")["policies"]
    assert read_back(facts) == []


def test_a_session_of_a_role(aws: FakeAws, moto: str) -> None:
    access, secret, token = role_session(moto, "/teams/cache/")
    made = Connection(session=session((access, secret), token), endpoint_url=aws.url)
    facts = collect([PLAIN_COPY], made).facts
    caller = part(facts, "caller")
    assert caller["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/ci"
    assert caller["policies"] == [READ_ALL, allow("s3:GetObject")]
    assert caller["boundary"] is None
    assert caller["role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/teams/cache/exporter"
    assert caller["context"]["aws:PrincipalArn"] == caller["role_arn"]
    # no AWS call returns the session policy
    assert "session_policies" not in caller
    assert read_back(facts) == []


def test_the_argument_that_there_is_no_session_policy(aws: FakeAws, moto: str) -> None:
    access, secret, token = role_session(moto)
    made = Connection(session=session((access, secret), token), endpoint_url=aws.url)
    assert part(collect([PLAIN_COPY], made, no_session_policy=True).facts, "caller", "session_policies") is None


def test_a_role_that_snaplint_assumes_itself_has_no_session_policy(aws: FakeAws, moto: str) -> None:
    role_session(moto)
    made = Connection(
        session=session(("AKIAX", "secret")),
        endpoint_url=aws.url,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/exporter",
    )
    caller = part(collect([PLAIN_COPY], made).facts, "caller")
    assert caller["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/exporter/snaplint"
    assert caller["session_policies"] is None


def test_the_root_user_has_no_policies(aws: FakeAws) -> None:
    identify_as(aws, f"arn:aws:iam::{ACCOUNT}:root")
    facts = collect([PLAIN_COPY], connection(aws.url, ("AKIAX", "secret"))).facts
    caller = part(facts, "caller")
    assert (caller["policies"], caller["boundary"], caller["session_policies"]) == ([], None, None)
    assert read_back(facts) == []


def test_a_federated_users_policies_cannot_be_read(aws: FakeAws) -> None:
    identify_as(aws, f"arn:aws:sts::{ACCOUNT}:federated-user/jane")
    facts = collect([PLAIN_COPY], connection(aws.url, ("AKIAX", "secret"))).facts
    for field in ("policies", "boundary", "session_policies"):
        assert "no AWS call returns" in part(facts, "caller", field, "unknown")
    assert read_back(facts) == []


def test_a_caller_of_no_known_kind_is_unknown(aws: FakeAws) -> None:
    """moto answers so for an access key that it did not create."""
    facts = collect([PLAIN_COPY], connection(aws.url, ("AKIAX", "secret"))).facts
    assert "GetCallerIdentity" in part(facts, "caller", "arn", "unknown")
    assert read_back(facts) == []


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_other_partitions(aws: FakeAws, region: str, partition: str) -> None:
    identify_as(aws, f"arn:{partition}:iam::{ACCOUNT}:user/exporter")
    aws.on("*", lambda call: None if call.name == "sts:GetCallerIdentity" else refused(call))
    collected = collect([EXPORT], connection(aws.url, ("AKIAX", "secret"), region=region))
    arns = [each.resource for each in collected.refused if each.resource != "*"]
    assert {each.split(":")[1] for each in arns} == {partition}
    assert f"arn:{partition}:elasticache:{region}:{ACCOUNT}:snapshot:nightly" in arns
    assert read_back(collected.facts) == []


# -- the organization


def test_policies_of_every_level(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    organization(aws)
    facts = collect([PLAIN_COPY], connection(aws.url, key)).facts
    full = allow("*")
    assert facts["organization"] == {"scps": [[full], [full, allow("s3:*")], [full]], "rcps": [[full], [full], [full]]}
    assert part(facts, "caller", "context", "aws:PrincipalOrgID") == "o-acme"
    assert aws.counted()["organizations:DescribePolicy"] == 2
    assert read_back(facts) == []


def test_no_policy_applies_to_the_management_account(aws: FakeAws, moto: str) -> None:
    sandbox = Sandbox(moto)
    key = sandbox.story()
    sandbox.client("organizations").create_organization(FeatureSet="ALL")
    facts = collect([PLAIN_COPY], connection(aws.url, key)).facts
    assert facts["organization"] == {"scps": [], "rcps": []}


def test_a_kind_that_is_not_enabled_in_the_root_has_no_policies(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    organization(aws)
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    aws.on("organizations:ListRoots", lambda _call: as_json({"Roots": [{"Id": "r-1", "PolicyTypes": types}]}))
    assert part(collect([PLAIN_COPY], connection(aws.url, key)).facts, "organization", "rcps") == []


def test_a_kind_that_is_being_enabled_is_unknown(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    organization(aws)
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}]
    aws.on("organizations:ListRoots", lambda _call: as_json({"Roots": [{"Id": "r-1", "PolicyTypes": types}]}))
    facts = collect([PLAIN_COPY], connection(aws.url, key)).facts
    assert "PENDING_ENABLE" in part(facts, "organization", "scps", "unknown")


def test_no_such_policy_is_not_an_empty_policy(aws: FakeAws, moto: str) -> None:
    key = Sandbox(moto).story()
    aws.on("s3:GetBucketPolicy", no_such("NoSuchKey"))
    facts = collect([EXPORT], connection(aws.url, key)).facts
    unknown = part(facts, "buckets", "exports", "policy", "unknown")
    assert unknown == "s3:GetBucketPolicy: NoSuchKey for arn:aws:s3:::exports"

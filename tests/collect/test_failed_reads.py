"""Failed reads: each leaves exactly its own facts unknown, with the reason, and never an empty value."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from tests.collect.fake_aws import FakeAws, error, garbage, hung, no_such, refused, said, truncated
from tests.collect.sandbox import (
    ACCOUNT,
    EXPORT,
    SECRET,
    Sandbox,
    allow,
    connection,
    opted,
    organization,
    part,
    read_back,
    session,
    unknowns,
)

from snaplint.collect import Connection, NotConnected, Refused, collect, reading_policy
from snaplint.collect.aws_errors import classify
from snaplint.collect.policy import OPENS
from snaplint.collect.read_table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.collect.fake_aws import Answer

BUCKET = "buckets.exports"
USER = f"arn:aws:iam::{ACCOUNT}:user/exporter"
GROUP = f"arn:aws:iam::{ACCOUNT}:group/team"

FIRST, SECOND, THIRD, FOURTH = (f"caller.policies.{index}" for index in range(4))
"""The user's inline policy, the one attached, the group's inline policy, the one attached to the group."""

LOST: dict[str, set[str]] = {
    "elasticache:DescribeSnapshots": {"snapshots.nightly"},
    # HeadBucket shows that the bucket exists, and its owner
    "s3:ListBuckets": set(),
    # ListBuckets shows that the bucket exists, GetBucketLocation its Region
    "s3:HeadBucket": set(),
    # not sent if HeadBucket names the Region
    "s3:GetBucketLocation": set(),
    "s3:GetBucketPolicy": {f"{BUCKET}.policy"},
    "s3:GetBucketAcl": {f"{BUCKET}.acl"},
    "s3:GetBucketOwnershipControls": {f"{BUCKET}.ownership"},
    "s3:GetPublicAccessBlock": {f"{BUCKET}.public_access_block"},
    "s3:GetBucketEncryption": {f"{BUCKET}.encryption", f"{BUCKET}.encryption_key_policy"},
    "s3:GetObjectLockConfiguration": {f"{BUCKET}.object_lock"},
    "elasticache:ListTagsForResource": {"snapshots.nightly.tags"},
    "s3:GetBucketTagging": {f"{BUCKET}.tags"},
    "s3:GetBucketAbac": {f"{BUCKET}.abac"},
    "s3:ListObjectsV2": {f"{BUCKET}.keys"},
    "s3control:GetPublicAccessBlock": {"account_public_access_block"},
    "kms:DescribeKey": {f"{BUCKET}.encryption_key_policy"},
    "kms:GetKeyPolicy": {f"{BUCKET}.encryption_key_policy"},
    "iam:GetUser": {"caller.boundary"},
    "iam:ListUserPolicies": {FIRST},
    "iam:GetUserPolicy": {FIRST},
    "iam:ListAttachedUserPolicies": {SECOND},
    "iam:ListGroupsForUser": {THIRD},
    "iam:ListGroupPolicies": {THIRD},
    "iam:GetGroupPolicy": {THIRD},
    "iam:ListAttachedGroupPolicies": {FOURTH},
    "iam:GetPolicy": {SECOND, FOURTH},
    "iam:GetPolicyVersion": {SECOND, FOURTH},
    "organizations:DescribeOrganization": {"organization.scps", "organization.rcps"},
    "organizations:ListRoots": {"organization.scps", "organization.rcps"},
    "organizations:ListParents": {"organization.scps", "organization.rcps"},
    "organizations:ListPoliciesForTarget": {"organization.scps", "organization.rcps"},
    "organizations:DescribePolicy": {"organization.scps", "organization.rcps"},
    "account:GetRegionOptStatus": {"region_opt_status"},
}
OF_ROLES = {"iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"}
NEVER_REFUSED = {"sts:GetCallerIdentity"}
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permissions are required"""


def test_every_read_fails_once() -> None:
    assert set(LOST) | OF_ROLES | NEVER_REFUSED == set(TABLE)


class Story:
    """One account for the whole module: building it takes longer than reading it."""

    def __init__(self, moto: str, aws: FakeAws) -> None:
        self.aws = aws
        sandbox = Sandbox(moto)
        self.key = sandbox.story()
        made = sandbox.client("kms").create_key(Policy=json.dumps(allow("kms:*")))["KeyMetadata"]
        sandbox.client("kms").create_alias(AliasName="alias/exports", TargetKeyId=made["KeyId"])
        self.key_arn = made["Arn"]
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/exports"}
        sandbox.client("s3").put_bucket_encryption(
            Bucket="exports",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )
        self.connection = connection(aws.url, self.key)
        self.reset()

    def reset(self) -> None:
        """Reset the server, so that AWS answers every read."""
        self.aws.reset()
        organization(self.aws)
        opted(self.aws)


@pytest.fixture(scope="module")
def account(moto_process: str) -> Iterator[Story]:
    import urllib.request

    request = urllib.request.Request(f"{moto_process}/moto-api/reset", method="POST")  # noqa: S310 - loopback
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
    with FakeAws(moto_process) as aws:
        yield Story(moto_process, aws)


@pytest.fixture
def story(account: Story) -> Story:
    account.reset()
    return account


def test_with_every_right_nothing_is_unknown(story: Story) -> None:
    collected = collect([EXPORT], story.connection)
    assert list(unknowns(collected.facts)) == []
    assert reading_policy(collected.refused) == {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize("name", sorted(LOST))
def test_a_refused_read_costs_its_own_facts(story: Story, name: str) -> None:
    story.aws.on(name, refused)
    collected = collect([EXPORT], story.connection)
    lost = dict(unknowns(collected.facts))
    assert set(lost) == LOST[name]
    right = TABLE[name].right
    assert all(why.startswith(f"{right}: AccessDenied") and " for " in why for why in lost.values())
    assert {each.action for each in collected.refused} == ({right} if lost else set())
    assert read_back(collected.facts) == []


@pytest.mark.parametrize("name", sorted(set(LOST) - {"s3:HeadBucket"}))
def test_a_malformed_answer_costs_its_own_facts(story: Story, name: str) -> None:
    story.aws.on(name, garbage)
    collected = collect([EXPORT], story.connection)
    lost = dict(unknowns(collected.facts))
    assert set(lost) == LOST[name]
    for why in lost.values():
        # botocore turns an answer of S3 that is not XML into status 500
        assert why.startswith(f"{TABLE[name].right}: ")
        assert any(
            words in why
            for words in ("could not be parsed for", "the policy could not be parsed", "HTTP status 500 for")
        )
    assert collected.refused == ()
    assert read_back(collected.facts) == []


@pytest.mark.parametrize(
    "name",
    [
        "elasticache:DescribeSnapshots",
        "iam:ListUserPolicies",
        "kms:GetKeyPolicy",
        "organizations:ListRoots",
        "account:GetRegionOptStatus",
        "s3control:GetPublicAccessBlock",
    ],
)
@pytest.mark.parametrize("body", ["{}", "<Answer/>"])
def test_an_empty_answer_is_malformed(story: Story, name: str, body: str) -> None:
    story.aws.on(name, said(body))
    assert set(dict(unknowns(collect([EXPORT], story.connection).facts))) == LOST[name]


def test_a_missing_list_of_buckets_is_not_an_empty_list(story: Story) -> None:
    """Otherwise every bucket would be of another account."""
    story.aws.on("s3:ListBuckets", said("<ListAllMyBucketsResult></ListAllMyBucketsResult>"))
    story.aws.on("s3:HeadBucket", refused)
    account = part(collect([EXPORT], story.connection).facts, "buckets", "exports", "account")
    assert account == {"unknown": "s3:ListAllMyBuckets: the answer could not be parsed for *"}


# Before version 1.43 botocore treats a truncated answer as a closed connection. Later versions parse what they got.
@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("s3:GetBucketPolicy", truncated, "the policy could not be parsed|AWS cannot be reached"),
        ("iam:GetUser", truncated, "the answer could not be parsed|AWS cannot be reached"),
        ("s3:GetBucketAcl", error("InternalError", 500), "InternalError"),
        ("s3:GetBucketAcl", error("\x1b[31mred", 400), "HTTP status 400"),
        ("organizations:ListRoots", said("", 502), "HTTP status 502"),
    ],
)
def test_other_failures_have_short_words(story: Story, name: str, answer: Answer, words: str) -> None:
    story.aws.on(name, answer)
    facts = collect([EXPORT], story.connection).facts
    lost = dict(unknowns(facts))
    assert set(lost) == LOST[name]
    for why in lost.values():
        assert re.match(f"{TABLE[name].right}: ({words})", why)
        assert "\x1b" not in why


@pytest.mark.parametrize(
    "text", ["{", '{"Version": "2012-10-17", "Version": "2008-10-17"}', "[]", "\ud83d"], ids=lambda text: repr(text)
)
def test_a_policy_that_does_not_parse_is_unknown(story: Story, text: str) -> None:
    story.aws.on("s3:GetBucketPolicy", said(text.encode("utf-8", "surrogatepass")))
    lost = dict(unknowns(collect([EXPORT], story.connection).facts))
    assert set(lost) == {f"{BUCKET}.policy"}
    (why,) = lost.values()
    assert why.startswith("s3:GetBucketPolicy: ")
    assert "pars" in why


@pytest.mark.parametrize("code", ["SlowDown", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"])
def test_all_codes_for_throttling(code: str) -> None:
    aws_error = classify(ClientError({"Error": {"Code": code, "Message": "SECRETWORD"}}, "GetUser"))
    assert (aws_error.kind, aws_error.words) == ("throttled", "throttled")


def test_a_read_that_stays_throttled_is_unknown(story: Story) -> None:
    own = connection(story.aws.url, story.key)
    story.aws.on("s3:GetBucketPolicy", error("SlowDown", 503))
    lost = dict(unknowns(collect([EXPORT], own).facts))
    assert lost == {f"{BUCKET}.policy": "s3:GetBucketPolicy: throttled for arn:aws:s3:::exports"}


def test_a_read_that_is_throttled_once_is_tried_again(story: Story) -> None:
    left = [1]
    story.aws.on("s3:GetBucketPolicy", lambda call: error("SlowDown", 503)(call) if left and left.pop() else None)
    own = connection(story.aws.url, story.key, attempts=2)
    assert list(unknowns(collect([EXPORT], own).facts)) == []
    assert story.aws.counted()["s3:GetBucketPolicy"] == 2


def test_a_hung_read_times_out(story: Story) -> None:
    own = connection(story.aws.url, story.key, read_timeout=0.5)
    story.aws.on("s3:GetBucketPolicy", hung)
    lost = dict(unknowns(collect([EXPORT], own).facts))
    assert lost[f"{BUCKET}.policy"] == "s3:GetBucketPolicy: timed out for arn:aws:s3:::exports"


def test_no_more_reads_are_sent_to_a_silent_endpoint(story: Story) -> None:
    own = connection(story.aws.url, story.key, read_timeout=0.2)
    story.aws.on("*", lambda call: hung(call) if call.service == "s3" else None)
    requests = [{**EXPORT, "TargetBucket": f"exports-{number}"} for number in range(60)]
    collected = collect(requests, own)
    not_sent = "not sent, because the endpoint did not answer the reads before it"
    words = {
        part(collected.facts, "buckets", f"exports-{number}", "unknown").replace(f"exports-{number}", "B")
        for number in range(60)
    }
    assert words == {f"s3:ListBucket: {why} for arn:aws:s3:::B" for why in ("timed out", not_sent)}
    asked = story.aws.counted()
    assert asked["s3:HeadBucket"] + asked["s3:ListBuckets"] + asked["s3:GetBucketLocation"] < 30


def test_a_closed_port() -> None:
    with FakeAws() as gone:
        url = gone.url
    facts = collect([EXPORT], connection(url, ("AKIAX", "secret"))).facts
    assert part(facts, "account", "unknown") == "sts:GetCallerIdentity: AWS cannot be reached"
    assert part(facts, "buckets", "exports", "unknown").startswith("s3:ListBucket: AWS cannot be reached")
    assert part(facts, "caller", "policies", "unknown") == "sts:GetCallerIdentity: AWS cannot be reached"
    assert read_back(facts) == []


def test_a_bucket_deleted_between_two_reads_is_a_contradiction(story: Story) -> None:
    for name in ("s3:GetBucketAcl", "s3:ListObjectsV2"):
        story.aws.on(name, no_such("NoSuchBucket"))
    collected = collect([EXPORT], story.connection)
    why = (
        "the answers about bucket `exports` contradict each other: HeadBucket answers that it exists, but "
        "GetBucketAcl that there is no such bucket"
    )
    assert part(collected.facts, "buckets") == {"exports": {"unknown": why}}
    assert read_back(collected.facts) == []


@pytest.mark.parametrize("name", ["iam:GetUser", "iam:ListUserPolicies", "elasticache:DescribeSnapshots"])
def test_only_s3_says_that_a_bucket_does_not_exist(story: Story, name: str) -> None:
    story.aws.on(name, no_such("NoSuchBucket"))
    collected = collect([EXPORT], story.connection)
    assert part(collected.facts, "buckets", "exports") is not None
    assert f"{name}: NoSuchBucket" in json.dumps(collected.facts)


def test_a_refused_bucket_that_is_listed_exists(story: Story) -> None:
    for name in ("s3:HeadBucket", "s3:GetBucketLocation"):
        story.aws.on(name, refused)
    bucket = part(collect([EXPORT], story.connection).facts, "buckets", "exports")
    assert bucket["account"] == ACCOUNT
    # the Region is that of ListBuckets, or else unknown by the refusal
    assert bucket["region"] in ("us-east-1", {"unknown": "s3:GetBucketLocation: AccessDenied for arn:aws:s3:::exports"})


# -- credentials

EXPIRED = ["ExpiredToken", "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"]


@pytest.mark.parametrize("code", [*EXPIRED, "IncompleteSignature", "ExpiredTokenException"])
def test_credentials_that_are_not_accepted_end_the_reads(story: Story, code: str) -> None:
    story.aws.on("sts:GetCallerIdentity", error(code, 403))
    with pytest.raises(NotConnected) as caught:
        collect([EXPORT], story.connection)
    assert "expired" in caught.value.message if "Expired" in code else code in caught.value.message
    assert set(story.aws.counted()) == {"sts:GetCallerIdentity"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            refused,
            "AccessDenied for *, although it needs no permission: a VPC endpoint policy or a proxy may have refused it",
        ),
        (error("InternalFailure", 500), "InternalFailure for *"),
        (said("<html/>", 403), "HTTP status 403 for *"),
        (said("", 302), "the answer could not be parsed for *"),
    ],
    ids=["denied", "internal failure", "proxy", "redirect"],
)
def test_a_failed_get_caller_identity_is_told_as_such(story: Story, answer: Answer, words: str) -> None:
    story.aws.on("sts:GetCallerIdentity", answer)
    collected = collect([EXPORT], story.connection)
    why = {"unknown": f"sts:GetCallerIdentity: {words}"}
    assert [part(collected.facts, "account"), part(collected.facts, "caller", "arn")] == [why, why]
    assert "sts:GetCallerIdentity" not in {each.action for each in collected.refused}
    assert read_back(collected.facts) == []


@pytest.mark.parametrize("code", EXPIRED)
def test_credentials_that_expire_meanwhile_leave_facts_unknown(story: Story, code: str) -> None:
    story.aws.on("s3:GetBucketAcl", error(code, 400))
    lost = dict(unknowns(collect([EXPORT], story.connection).facts))
    reason = f"s3:GetBucketAcl: the credentials were not accepted ({code}) for arn:aws:s3:::exports"
    assert lost == {f"{BUCKET}.acl": reason}


def test_no_secret_and_no_message_of_aws_is_repeated(story: Story) -> None:
    """Every answer of the fake server contains the word, and so does the secret key."""
    made = Connection(session=session(("AKIAX", SECRET), "SECRETWORD"), endpoint_url=story.aws.url, attempts=1)
    story.aws.on("*", lambda call: None if call.service == "sts" else error("InvalidRequest")(call))
    collected = collect([EXPORT], made)
    assert dict(unknowns(collected.facts))
    assert "SECRETWORD" not in json.dumps([collected.facts, collected.refused])
    story.aws.on("sts:GetCallerIdentity", error("ExpiredToken", 403))
    with pytest.raises(NotConnected) as caught:
        collect([EXPORT], made)
    assert "SECRETWORD" not in caught.value.message


# -- Ctrl-C


def test_ctrl_c_ends_at_once_with_the_facts_so_far(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    own = connection(story.aws.url, story.key, read_timeout=60)
    story.aws.on("s3:GetBucketPolicy", hung)

    def progress(label: str, _done: int, _total: int) -> None:
        if label == "acl of exports":
            raise KeyboardInterrupt

    collected = collect([EXPORT], own, progress=progress)
    assert collected.interrupted
    assert part(collected.facts, "buckets", "exports", "policy") == {"unknown": "interrupted"}
    assert "Grants" in part(collected.facts, "buckets", "exports", "acl")
    assert set(dict(unknowns(collected.facts)).values()) == {"interrupted"}
    assert collected.refused == ()
    assert read_back(collected.facts) == []


def test_ctrl_c_before_any_answer(story: Story) -> None:
    own = connection(story.aws.url, story.key, read_timeout=60)
    story.aws.on("*", hung)
    timer = threading.Timer(0.3, _interrupt)
    timer.start()
    collected = collect([EXPORT], own)
    timer.join()
    assert collected.interrupted
    assert part(collected.facts, "account") == {"unknown": "interrupted"}
    assert part(collected.facts, "buckets", "exports") == {"unknown": "interrupted"}
    assert read_back(collected.facts) == []


def _interrupt() -> None:
    import signal

    signal.raise_signal(signal.SIGINT)


def test_progress_counts_up_to_the_end(story: Story) -> None:
    seen: list[tuple[str, int, int]] = []
    collect([EXPORT], story.connection, progress=lambda *step: seen.append(step))
    assert seen[0] == ("caller", 1, 1)
    assert [done for _, done, _ in seen[1:]] == list(range(1, len(seen)))
    assert seen[-1][1] == seen[-1][2]
    assert "policy of exports" in {label for label, _, _ in seen}


# -- the policy that would allow the reads


def test_the_policy_names_each_right_with_its_resources() -> None:
    bucket, role = "arn:aws:s3:::exports", f"arn:aws:iam::{ACCOUNT}:role/exporter"
    refusals = [
        Refused("s3:GetBucketPolicy", bucket, "AccessDenied"),
        Refused("s3:GetBucketAcl", bucket, "AccessDenied"),
        Refused("s3:ListAllMyBuckets", "*", "AccessDenied"),
        Refused("s3:GetBucketAcl", bucket, "AccessDenied"),
    ]
    assert reading_policy(refusals) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]},
            {"Effect": "Allow", "Action": ["s3:GetBucketAcl", "s3:GetBucketPolicy"], "Resource": [bucket]},
        ],
    }
    # if GetRole is refused, it is not known whether the role has a path
    statements = part(reading_policy([Refused("iam:GetRole", role, "AccessDenied")]), "Statement")
    (resources,) = [each["Resource"] for each in statements if each["Action"] == ["iam:GetRole"]]
    assert resources == [f"arn:aws:iam::{ACCOUNT}:role/*/exporter", role]


def test_the_policy_allows_the_reads_of_what_a_refused_list_would_contain() -> None:
    iam = f"arn:aws:iam::{ACCOUNT}"
    policies = [f"{iam}:policy/*", "arn:aws:iam::aws:policy/*"]

    def allowed(action: str, resource: str) -> list[tuple[list[str], list[str]]]:
        statements = part(reading_policy([Refused(action, resource, "AccessDenied")]), "Statement")
        return [(statement["Action"], statement["Resource"]) for statement in statements]

    user, group = f"{iam}:user/teams/jo", f"{iam}:group/exporters"
    assert allowed("iam:ListUserPolicies", user) == [(["iam:GetUserPolicy", "iam:ListUserPolicies"], [user])]
    assert allowed("iam:ListGroupPolicies", group) == [(["iam:GetGroupPolicy", "iam:ListGroupPolicies"], [group])]
    assert allowed("iam:ListAttachedUserPolicies", user) == [
        (["iam:GetPolicy", "iam:GetPolicyVersion"], policies),
        (["iam:ListAttachedUserPolicies"], [user]),
    ]
    assert allowed("iam:ListGroupsForUser", user) == [
        (["iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"], [f"{iam}:group/*"]),
        (["iam:GetPolicy", "iam:GetPolicyVersion"], policies),
        (["iam:ListGroupsForUser"], [user]),
    ]
    managed = f"{iam}:policy/p"
    assert allowed("iam:GetPolicy", managed) == [(["iam:GetPolicy", "iam:GetPolicyVersion"], [managed])]
    # the permissions boundary
    assert (["iam:GetPolicy", "iam:GetPolicyVersion"], policies) in allowed("iam:GetUser", user)
    bucket = "arn:aws:s3:::exports"
    assert allowed("s3:GetEncryptionConfiguration", bucket) == [
        (["kms:DescribeKey", "kms:GetKeyPolicy"], ["arn:aws:kms:*:*:key/*"]),
        (["s3:GetEncryptionConfiguration"], [bucket]),
    ]
    snapshot = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:nightly"
    described = ["elasticache:DescribeSnapshots", "elasticache:ListTagsForResource"]
    assert allowed("elasticache:DescribeSnapshots", snapshot) == [(described, [snapshot])]
    ((actions, where),) = allowed("organizations:DescribeOrganization", "*")
    assert where == ["*"]
    assert {read.right for read in TABLE.values() if read.service == "organizations"} == set(actions)
    # these reads are in the table, too
    assert {action for opened in OPENS.values() for action in opened} <= {read.right for read in TABLE.values()}


@pytest.mark.parametrize("name", sorted(OF_ROLES))
def test_reads_of_a_role(aws: FakeAws, moto: str, name: str) -> None:
    from tests.collect.sandbox import role_session

    access, secret, token = role_session(moto, "/teams/")
    made = Connection(session=session((access, secret), token), endpoint_url=aws.url, attempts=1)
    aws.on(name, refused)
    opted(aws)
    copy = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "copy"}
    collected = collect([copy], made)
    lost = dict(unknowns(collected.facts))
    wanted = {
        "iam:GetRole": ("caller.boundary", "caller.role_arn"),
        "iam:ListRolePolicies": ("caller.policies.0",),
        "iam:GetRolePolicy": ("caller.policies.0",),
        "iam:ListAttachedRolePolicies": ("caller.policies.1",),
    }
    path = "" if name == "iam:GetRole" else "teams/"
    assert lost == dict.fromkeys(wanted[name], f"{name}: AccessDenied for arn:aws:iam::{ACCOUNT}:role/{path}exporter")

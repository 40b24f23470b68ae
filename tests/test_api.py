"""The Python API: `check`, and facts that are answers of AWS."""

from __future__ import annotations

import datetime
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from tests.checks.world import (
    ACCOUNT,
    BUCKET,
    COMMERCIAL,
    ROLE,
    SOURCE,
    TARGET,
    Data,
    caller_policy,
    changed,
    full_acl,
    good,
    policy,
    service_grant,
    words,
)

import snaplint
from snaplint.api import InvalidFacts
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUEST = good()["requests"][0]
CALLER = good()["caller"]
FACTS = {key: good()[key] for key in ("account", "region", "organization", "snapshots", "buckets")}


# -- check
# ------------------------------------------------------------------------------------------------------------------


def test_the_good_world_passes() -> None:
    report = snaplint.check(REQUEST, FACTS, CALLER)
    assert report.outcome == "passes"
    assert (report.failing, report.cannot_tell) == ((), ())
    assert {verdict.rule.id: verdict.verdict for verdict in report.verdicts} == words(good())


def test_a_report_holds_the_request_and_finds_verdicts_by_rule() -> None:
    report = snaplint.check({**REQUEST, "TargetBucket": "Exports"}, FACTS, CALLER)
    assert report.request == {"operation": "elasticache:CopySnapshot", **REQUEST, "TargetBucket": "Exports"}
    assert report.outcome == "fails"
    assert "contains `E`" in report.verdict("bucket-name-invalid").message
    assert "bucket-name-invalid" in {verdict.rule.id for verdict in report.failing}
    with pytest.raises(KeyError, match="no-such-rule"):
        report.verdict("no-such-rule")


def test_a_warning_that_fails_is_not_among_the_failing() -> None:
    report = snaplint.check(
        REQUEST, changed(FACTS, **{f"buckets__{BUCKET}__encryption": {"SSEAlgorithm": "aws:kms"}}), CALLER
    )
    assert report.verdict("bucket-default-kms").verdict == "fails"
    assert (report.outcome, report.failing) == ("fails", ())


def test_what_is_left_out_is_unknown() -> None:
    report = snaplint.check(REQUEST, {})
    assert report.outcome == "cannot-tell"
    assert report.verdict("bucket-not-owned").verdict == "cannot-tell"
    assert report.verdict("bucket-outside-region").depends_on
    assert "bucket-does-not-exist" in {verdict.rule.id for verdict in report.cannot_tell}


@pytest.mark.parametrize(("facts", "needed"), [({"region": "us-east-1"}, "account"), ({"account": ACCOUNT}, "region")])
def test_account_and_region_may_be_unknown(facts: Data, needed: str) -> None:
    report = snaplint.check(REQUEST, {"buckets": FACTS["buckets"], **facts}, CALLER)
    rule = "bucket-not-owned" if needed == "account" else "bucket-outside-region"
    assert report.verdict(rule).depends_on == (needed,)


def test_strict_refuses_to_assume() -> None:
    caller = {"arn": ROLE, "policies": [caller_policy()]}
    assert snaplint.check(REQUEST, FACTS, caller).verdict("caller-not-permitted").assumes == (
        "caller.boundary",
        "caller.session_policies",
    )
    strict = snaplint.check(REQUEST, FACTS, caller, strict=True).verdict("caller-not-permitted")
    assert (strict.verdict, strict.depends_on) == ("cannot-tell", ("caller.boundary", "caller.session_policies"))


def test_rules_may_be_chosen() -> None:
    chosen = [rule for rule in builtin_rules() if rule.id == "bucket-outside-region"]
    report = snaplint.check(REQUEST, FACTS, CALLER, rules=chosen)
    assert [verdict.rule.id for verdict in report.verdicts] == ["bucket-outside-region"]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"TargetBucket": None}, id="None for a bucket"),
        pytest.param({"SourceSnapshotName": 5}, id="a number for a name"),
        pytest.param({"x": object()}, id="an object of Python's"),
        pytest.param({"Tags": [object()]}, id="one among the tags"),
        pytest.param({5: "x"}, id="a number for a member"),
    ],
)
def test_faults_of_the_request_are_verdicts(request_: Data) -> None:
    assert snaplint.check(request_, FACTS, CALLER).verdict("request-malformed").verdict == "fails"


def test_nothing_given_is_changed() -> None:
    request, facts, caller = changed(REQUEST), changed(FACTS), changed(CALLER)
    snaplint.check(request, facts, caller)
    assert (request, facts, caller) == (REQUEST, FACTS, CALLER)


def test_paths_are_relative_to_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.json").write_text(
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    )
    monkeypatch.chdir(tmp_path)
    report = snaplint.check(REQUEST, FACTS, {**CALLER, "policies": ["p.json"]})
    assert report.verdict("caller-not-permitted").verdict == "passes"


def test_dates_as_boto3_answers_them_are_taken() -> None:
    node = {"NodeGroupId": "0001", "SnapshotCreateTime": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)}
    snapshot = {**FACTS["snapshots"][SOURCE], "NodeSnapshots": [node]}
    report = snaplint.check(REQUEST, changed(FACTS, snapshots={SOURCE: snapshot}), CALLER)
    assert report.outcome == "passes"


# -- a checker
# ------------------------------------------------------------------------------------------------------------------


def test_a_checker_answers_each_request_as_check_does() -> None:
    elsewhere = {**REQUEST, "TargetBucket": "elsewhere"}
    copy = {"SourceSnapshotName": SOURCE, "TargetSnapshotName": "a-copy", "Tags": [{"Key": "aws:x"}]}
    other = {**REQUEST, "operation": "elasticache:Other"}
    checker = snaplint.Checker(FACTS, CALLER)
    for request in (REQUEST, elsewhere, copy, other, {}, REQUEST):
        assert checker.check(request) == snaplint.check(request, FACTS, CALLER)


def test_a_checker_takes_rules_and_is_strict_as_check_is() -> None:
    rules = builtin_rules()[:3]
    caller = {name: value for name, value in CALLER.items() if name != "boundary"}
    strict = snaplint.Checker(FACTS, caller, strict=True).check(REQUEST)
    assert strict == snaplint.check(REQUEST, FACTS, caller, strict=True)
    assert strict.verdict("caller-not-permitted").verdict == "cannot-tell"
    assert [each.rule for each in snaplint.Checker(FACTS, CALLER, rules).check(REQUEST).verdicts] == list(rules)


def test_a_checker_keeps_rules_of_its_own() -> None:
    rules = list(builtin_rules())
    kept, drawn = snaplint.Checker(FACTS, CALLER, rules), snaplint.Checker(FACTS, CALLER, iter(rules))
    rules.clear()
    report = snaplint.check(REQUEST, FACTS, CALLER)
    for _ in range(2):
        assert kept.check(REQUEST) == report
        assert drawn.check(REQUEST) == report


def test_a_bucket_without_a_name_is_no_bucket() -> None:
    elsewhere = {**FACTS, "buckets": {"": {"region": "eu-west-1", "account": "444455556666", "policy": None}}}
    empty = snaplint.check({**REQUEST, "TargetBucket": ""}, elsewhere, CALLER)
    missing = snaplint.check({name: value for name, value in REQUEST.items() if name != "TargetBucket"}, FACTS, CALLER)
    assert [each.verdict for each in empty.verdicts] == [each.verdict for each in missing.verdicts]


def test_a_checker_reads_files_when_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = tmp_path / "policy.json"
    document.write_text(json.dumps(FACTS["buckets"][BUCKET]["policy"]), encoding="utf-8")
    checker = snaplint.Checker(changed(FACTS, **{f"buckets__{BUCKET}__policy": "policy.json"}), CALLER)
    document.unlink()
    assert checker.check(REQUEST).outcome == "passes"


def test_facts_of_another_form_are_refused_when_a_checker_is_made() -> None:
    with pytest.raises(InvalidFacts, match="`account` must be an account ID"):
        snaplint.Checker({**FACTS, "account": 5}, CALLER)


def test_what_a_checker_is_given_may_change_afterwards() -> None:
    facts = json.loads(json.dumps(FACTS))
    checker = snaplint.Checker(facts, CALLER)
    facts["buckets"][BUCKET]["region"] = "eu-west-1"
    assert checker.check(REQUEST).outcome == "passes"
    assert snaplint.check(REQUEST, facts, CALLER).outcome == "fails"


def test_threads_may_share_a_checker() -> None:
    checker = snaplint.Checker(FACTS, CALLER)
    targets = [f"run-{number}" for number in range(40)]
    alone = [snaplint.check({**REQUEST, "TargetSnapshotName": target}, FACTS, CALLER) for target in targets]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda name: checker.check({**REQUEST, "TargetSnapshotName": name}), targets)) == alone


# -- invalid facts
# ------------------------------------------------------------------------------------------------------------------

ENDLESS: dict[str, Any] = {}
ENDLESS["Engine"] = ENDLESS


@pytest.mark.parametrize(
    ("facts", "caller", "said"),
    [
        pytest.param({"bukets": {}}, None, "unknown key `bukets`; did you mean `buckets`?", id="unknown key"),
        pytest.param({"account": 111122223333}, None, "twelve digits", id="number"),
        pytest.param({}, {"ARN": ROLE}, "did you mean `arn`?", id="caller"),
        pytest.param({}, {"arn": ROLE, "policies": ["gone.json"]}, "cannot read `gone.json`", id="path"),
        pytest.param({"buckets": {"b": {"acl": {"Owner": {}}}}}, None, "get-bucket-acl", id="shape of an answer"),
        pytest.param({"snapshots": {"s": {"Port": float("nan")}}}, None, "NaN", id="NaN"),
        pytest.param({"snapshots": {"s": ENDLESS}}, None, "circular", id="holds itself"),
        pytest.param({"buckets": {("a",): {}}}, None, "keys must be str", id="keys"),
    ],
)
def test_facts_that_are_not_of_the_form(facts: Data, caller: Data | None, said: str) -> None:
    with pytest.raises(InvalidFacts) as caught:
        snaplint.check(REQUEST, facts, caller)
    assert said in str(caught.value)
    assert any(said in fault.message for fault in caught.value.faults)
    assert isinstance(caught.value, ValueError)


def test_every_fault_is_in_the_exception() -> None:
    with pytest.raises(InvalidFacts) as caught:
        snaplint.check(REQUEST, {"account": 5, "region": 5})
    messages = [fault.message for fault in caught.value.faults]
    assert [word for word in ("`account`", "`region`") if not any(word in each for each in messages)] == []


def test_what_is_raised_and_reported_survives_pickling() -> None:
    with pytest.raises(InvalidFacts) as caught:
        snaplint.check(REQUEST, {"bukets": {}})
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
    assert (str(again), again.faults) == (str(caught.value), caught.value.faults)
    report = snaplint.check(REQUEST, changed(FACTS, buckets={BUCKET: None}), CALLER)
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301  # our own


def test_the_package_offers_what_it_names() -> None:
    for name in snaplint.__all__:
        assert getattr(snaplint, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = snaplint.nothing_of_the_kind


# -- AWS's own answers, over HTTP
# ------------------------------------------------------------------------------------------------------------------


SIMULATED = "123456789012"
"""The account of the simulation."""


@pytest.fixture(scope="module")
def aws() -> Iterator[Any]:
    """Return a function that creates clients of an AWS simulation in this process, over HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()

    def make(service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # any service
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106  # not a secret
            endpoint_url=f"http://{host}:{port}",
        )

    yield make
    server.stop()


def test_answers_of_aws_are_facts_as_they_stand(aws: Any) -> None:
    s3, elasticache = aws("s3"), aws("elasticache")
    s3.create_bucket(Bucket=BUCKET, ObjectOwnership="BucketOwnerPreferred")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy(service_grant())))
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )
    blocked = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=blocked)
    s3.put_object(Bucket=BUCKET, Key="older-0001.rdb", Body=b"x")
    elasticache.create_replication_group(ReplicationGroupId="orders", ReplicationGroupDescription="x", Engine="redis")
    elasticache.create_snapshot(SnapshotName=SOURCE, ReplicationGroupId="orders")

    def described(**of: str) -> Data:
        answer = elasticache.describe_snapshots(**of)
        for item in answer["Snapshots"]:
            item["ARN"] = item["ARN"].replace(SIMULATED, ACCOUNT)  # the simulation has one account
        return answer  # type: ignore[no-any-return]  # boto3's clients are not typed

    def facts() -> Data:
        return {
            "account": ACCOUNT,
            "region": "us-east-1",
            "organization": None,
            "snapshots": described(),
            "buckets": {
                BUCKET: {
                    "account": ACCOUNT,
                    "region": s3.get_bucket_location(Bucket=BUCKET),
                    "policy": s3.get_bucket_policy(Bucket=BUCKET),
                    "acl": s3.get_bucket_acl(Bucket=BUCKET),
                    "ownership": s3.get_bucket_ownership_controls(Bucket=BUCKET),
                    "encryption": s3.get_bucket_encryption(Bucket=BUCKET),
                    "public_access_block": s3.get_public_access_block(Bucket=BUCKET),
                    "keys": s3.list_objects_v2(Bucket=BUCKET),
                }
            },
        }

    report = snaplint.check(REQUEST, facts(), CALLER)
    assert {each.rule.id: each.message for each in report.verdicts if each.verdict in ("fails", "cannot-tell")} == {}
    assert report.verdict("snapshot-does-not-exist").verdict == "passes"

    one = {**facts(), "snapshots": {SOURCE: described(SnapshotName=SOURCE)}}
    assert snaplint.check(REQUEST, one, CALLER).outcome == "passes"

    s3.put_object(Bucket=BUCKET, Key=f"{TARGET}-0001.rdb", Body=b"x")
    report = snaplint.check(REQUEST, facts(), CALLER)
    assert [verdict.rule.id for verdict in report.failing] == ["object-key-exists"]

    s3.delete_object(Bucket=BUCKET, Key=f"{TARGET}-0001.rdb")
    s3.delete_bucket_policy(Bucket=BUCKET)
    report = snaplint.check(REQUEST, {**facts_without_policy(facts, s3)}, CALLER)
    assert {verdict.rule.id for verdict in report.failing} == {
        "service-lacks-read",
        "service-lacks-write",
        "service-lacks-read-acp",
    }

    granted = full_acl(COMMERCIAL)
    s3.put_bucket_acl(Bucket=BUCKET, AccessControlPolicy={"Owner": granted["Owner"], "Grants": granted["Grants"]})
    report = snaplint.check(REQUEST, {**facts_without_policy(facts, s3)}, CALLER)
    assert report.failing == ()
    assert "bucket ACL" in report.verdict("service-lacks-write").message


def facts_without_policy(facts: Any, s3: Any) -> Data:
    """Return the facts with a policy of None, for a bucket that has no policy according to AWS."""
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=BUCKET)
    original, s3.get_bucket_policy = s3.get_bucket_policy, lambda **_: None
    try:
        found: Data = facts()
    finally:
        s3.get_bucket_policy = original
    return found

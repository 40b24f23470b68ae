"""The Python API: `check`, and facts that are answers of AWS."""

from __future__ import annotations

import datetime
import json
import pickle
import pydoc
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, assert_type, get_args

import boto3
import jsonschema
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
    without,
    words,
)
from tests.conftest import ROOT

import snaplint
from snaplint.api import InvalidFacts
from snaplint.checks import CHECKS
from snaplint.findings.verdict import OUTCOMES
from snaplint.lint.rulebook import builtin_rules
from snaplint.schemas import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Run

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


# -- reports
# ------------------------------------------------------------------------------------------------------------------


def failing(**members: object) -> snaplint.Report:
    return snaplint.check({**REQUEST, **members}, changed(FACTS, buckets={BUCKET: None}), CALLER)


def test_a_report_has_what_failed_and_what_is_undetermined() -> None:
    warned = changed(FACTS, **{f"buckets__{BUCKET}__encryption": {"SSEAlgorithm": "aws:kms"}})
    report = snaplint.check(REQUEST, warned, CALLER)
    assert [each.rule.id for each in report.failed] == ["bucket-default-kms"]
    assert report.undetermined == ()
    unknown = snaplint.check(REQUEST, {})
    assert unknown.failed == ()
    assert unknown.undetermined == unknown.cannot_tell
    assert {each.verdict for each in unknown.undetermined} == {"cannot-tell"}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("request_", "facts"),
    [
        pytest.param(REQUEST, FACTS, id="passes"),
        pytest.param(REQUEST, changed(FACTS, buckets={BUCKET: None}), id="fails"),
        pytest.param(
            REQUEST, changed(FACTS, **{f"buckets__{BUCKET}__encryption": {"SSEAlgorithm": "aws:kms"}}), id="warning"
        ),
        pytest.param(REQUEST, {}, id="nothing known"),
        pytest.param(REQUEST, without(FACTS, "organization"), id="assumed"),
        pytest.param({}, FACTS, id="no members"),
    ],
)
def test_a_report_is_true_if_a_strict_run_would_end_with_0(request_: Data, facts: Data, strict: bool) -> None:
    report = snaplint.check(request_, facts, CALLER, strict=strict)
    documented = [each for each in report.undetermined if each.certainty == "documented" or each.severity == "error"]
    assert bool(report) is not bool(report.failed or documented)


def test_truth_of_three_reports() -> None:
    assert snaplint.check(REQUEST, FACTS, CALLER)
    assert not failing()
    assert not snaplint.check(REQUEST, {})


def test_what_aws_does_not_document_leaves_a_report_true() -> None:
    report = snaplint.check(REQUEST, without(FACTS, f"buckets.{BUCKET}.encryption"), CALLER)
    assert [each.rule.id for each in report.undetermined] == ["bucket-default-kms"]
    assert report


def test_a_broken_check_leaves_no_report_true(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = next(rule for rule in builtin_rules() if rule.severity != "error" and rule.certainty != "documented")

    def breaks(*_: object) -> Any:
        raise RuntimeError

    monkeypatch.setitem(CHECKS, rule.check, CHECKS[rule.check]._replace(run=breaks))
    report = snaplint.check(REQUEST, FACTS, CALLER, rules=[rule])
    assert (report.outcome, bool(report)) == ("cannot-tell", False)
    assert f"while it checked `{rule.id}`" in report.render()


def test_every_failing_or_undetermined_verdict_is_in_a_cause() -> None:
    for report in (failing(), snaplint.check(REQUEST, {}), snaplint.check({}, {})):
        named = {rule for cause in report.causes for rule in cause.rules}
        assert named == {each.rule.id for each in (*report.failed, *report.undetermined)}
    (cause, *_) = failing().causes
    assert (cause.kind, cause.message) == ("setting", f"bucket `{BUCKET}` does not exist")
    assert snaplint.check(REQUEST, FACTS, CALLER).causes == ()


def test_a_report_as_data_is_the_result_in_the_json_report() -> None:
    report = failing(Tags=[{"Key": "a", "Value": object()}])
    data = report.to_dict()
    whole = json.loads(report.render("json"))
    jsonschema.validate(whole, schema("report"))
    assert whole["results"] == [{name: data[name] for name in ("request", "note", "outcome", "verdicts")}]
    assert (whole["causes"], whole["notes"]) == (data["causes"], data["notes"])
    assert [cause["id"] for cause in data["causes"]] == [cause.id for cause in report.causes]
    assert json.loads(json.dumps(data)) == data


def test_a_report_as_text_is_that_of_the_command_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = failing().render()
    assert text == failing().render("text")
    assert "bucket-does-not-exist" in text
    assert text.splitlines()[-1].startswith("1 request: ")
    assert "\x1b" not in text
    assert len(failing().render(verbose=True)) > len(text)


@pytest.mark.parametrize("name", ["jsn", "", None, 5])
def test_a_format_that_does_not_exist(name: Any) -> None:
    with pytest.raises(snaplint.InvalidArgument, match="`format` must be `text` or `json`, not"):
        failing().render(name)


def test_the_repr_is_short() -> None:
    assert repr(snaplint.check(REQUEST, FACTS, CALLER)).startswith("<snaplint.Report passes: ")
    assert repr(failing()).startswith("<snaplint.Report fails: bucket-does-not-exist failed, ")
    nothing = {**REQUEST, "TargetBucket": "x" * 10_000, "TargetSnapshotName": "\x1b" * 10_000}
    assert len(repr(snaplint.check(nothing, FACTS, CALLER))) < 200


def test_outcomes_and_verdicts_are_literals() -> None:
    report = snaplint.check(REQUEST, FACTS, CALLER)
    assert_type(report.outcome, Literal["fails", "cannot-tell", "passes", "not-applicable"])
    assert_type(report.verdicts[0].verdict, snaplint.Outcome)
    assert report.outcome in OUTCOMES


def test_the_type_of_outcomes_has_all_of_them() -> None:
    assert get_args(snaplint.Outcome) == OUTCOMES


# -- files
# ------------------------------------------------------------------------------------------------------------------


def test_files_are_checked_as_the_command_checks_them(run_snaplint: Run) -> None:
    report = snaplint.check_files(ROOT / "examples" / "first-try")
    run = run_snaplint("check", "--format", "json", str(ROOT / "examples" / "first-try"))
    assert report.to_dict() == json.loads(run.stdout)
    assert len(report) == len(list(report)) == 1
    assert report.outcome == report[0].outcome == "fails"
    assert report.failed == report[0].failed
    assert not report
    place = report.causes[0].place
    assert place is not None
    assert place.path.endswith("orders.snaplint.yaml")


def test_many_files_are_one_run(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.snaplint.json").write_text(json.dumps(good()))
    report = snaplint.check_files([str(tmp_path / "a.snaplint.json"), tmp_path / "b.snaplint.json"], strict=True)
    assert [each.outcome for each in report] == ["passes", "fails"]
    assert [each.rule.id for each in report.failed] == ["object-key-exists"]
    assert [cause.kind for cause in report.causes] == ["collision"]
    assert "2 requests: " in report.render()
    assert snaplint.check_files(tmp_path, exclude="b.*")
    assert repr(report).startswith("<snaplint.FilesReport of 2 requests: fails: object-key-exists failed, ")


def test_a_report_of_files_is_true_only_if_all_of_it_could_be_used(tmp_path: Path) -> None:
    (tmp_path / "a.snaplint.json").write_text(json.dumps(good()))
    assert snaplint.check_files(tmp_path)
    gone = snaplint.check_files([tmp_path, tmp_path / "gone.snaplint.json"])
    assert (len(gone), bool(gone), gone.outcome) == (1, False, "passes")
    assert [fault.path for fault in gone.faults] == [str(tmp_path / "gone.snaplint.json")]
    assert [cause.kind for cause in gone.causes] == ["input"]
    assert repr(gone).endswith(", 1 input error>")
    nothing = snaplint.check_files([])
    assert (len(nothing), bool(nothing)) == (0, False)


def test_a_report_of_files_survives_pickling(tmp_path: Path) -> None:
    report = snaplint.check_files(ROOT / "examples" / "first-try")
    again = pickle.loads(pickle.dumps(report))  # noqa: S301  # our own
    assert again.to_dict() == report.to_dict()


# -- wrong arguments
# ------------------------------------------------------------------------------------------------------------------


UNTYPED: Any = snaplint
"""The package for a program without types."""


@pytest.mark.parametrize(
    ("call", "name", "words"),
    [
        pytest.param(lambda: UNTYPED.check(None, {}), "request", "not None", id="no request"),
        pytest.param(lambda: UNTYPED.check([REQUEST], {}), "request", "not `list`", id="a list of requests"),
        pytest.param(lambda: UNTYPED.check(REQUEST, None), "facts", "not None", id="no facts"),
        pytest.param(lambda: UNTYPED.check(REQUEST, "a.snaplint.yaml"), "facts", "check_files", id="a path of facts"),
        pytest.param(lambda: UNTYPED.check(REQUEST, {}, ROLE), "caller", "not `str`", id="an ARN for the caller"),
        pytest.param(lambda: UNTYPED.check(REQUEST, {}, rules="a"), "rules", "not `str`", id="text for rules"),
        pytest.param(lambda: UNTYPED.check(REQUEST, {}, rules=["a"]), "rules", "a `str`", id="ids for rules"),
        pytest.param(
            lambda: UNTYPED.check(REQUEST, {}, rules=builtin_rules()[0]), "rules", "not `Rule`", id="one rule"
        ),
        pytest.param(lambda: UNTYPED.check(REQUEST, {}, rules=5), "rules", "not `int`", id="a number for rules"),
        pytest.param(lambda: UNTYPED.check(REQUEST, {}, strict="no"), "strict", "not `str`", id="text for a flag"),
        pytest.param(lambda: UNTYPED.Checker(5), "facts", "not `int`", id="a checker"),
        pytest.param(lambda: UNTYPED.Checker({}).check("x"), "request", "not `str`", id="a request of a checker"),
        pytest.param(lambda: UNTYPED.check_files(None), "paths", "not None", id="no paths"),
        pytest.param(lambda: UNTYPED.check_files(b"a"), "paths", "not `bytes`", id="a path as bytes"),
        pytest.param(lambda: UNTYPED.check_files(["a", 5]), "paths", "a `int`", id="a number among paths"),
        pytest.param(lambda: UNTYPED.check_files("a", exclude=5), "exclude", "not `int`", id="a number for patterns"),
        pytest.param(lambda: UNTYPED.check_files("a", strict=1), "strict", "not `int`", id="a number for a flag"),
        pytest.param(lambda: UNTYPED.check_files("a", rules={}.keys), "rules", "not `builtin", id="a function"),
    ],
)
def test_an_argument_of_the_wrong_type_is_named(call: Any, name: str, words: str) -> None:
    with pytest.raises(snaplint.InvalidArgument, match=f"`{name}` must be ") as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.argument == name
    assert isinstance(caught.value, TypeError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  # our own


def test_other_mappings_are_as_good_as_dicts() -> None:
    def frozen(value: Any) -> Any:
        if isinstance(value, dict):
            return MappingProxyType({name: frozen(each) for name, each in value.items()})
        return [frozen(each) for each in value] if isinstance(value, list) else value

    assert snaplint.check(frozen(REQUEST), frozen(FACTS), frozen(CALLER)) == snaplint.check(REQUEST, FACTS, CALLER)


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
    public = [name for name in dir(snaplint) if not name.startswith("_")]
    assert public == sorted(set(snaplint.__all__) - {"__version__"})
    untyped: Any = pydoc
    page = untyped.render_doc(snaplint, renderer=untyped.plaintext)
    assert [name for name in public if name not in page.partition("PACKAGE CONTENTS")[2] and name != "Outcome"] == []
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

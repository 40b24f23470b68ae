"""A new operation is one new file: added to a copy of the package, it is checked, explained and audited."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.conftest import PATIENCE, environment
from tests.scratch import program

if TYPE_CHECKING:
    from pathlib import Path

OPERATION = '''\
"""CopyThing of a service that AWS does not have."""

from snaplint.operations.export_service import ExportService
from snaplint.operations.operation import Backup, Docs, Member, Mode, Names, Need, Operation, Shards, Source, Tiering

WRITER = ExportService(
    name="Scratch",
    host="scratch-things",
    word="scratch",
    permissions={"READ": "s3:ListBucket", "WRITE": "s3:PutObject"},
    actions=("s3:ListBucket", "s3:PutObject"),
    accounts={},
    emails={},
    resources="arn:{partition}:scratch:{region}:{account}:",
)

COPY_THING = Operation(
    name="scratch:CopyThing",
    command=("scratch", "copy-thing"),
    members=(
        Member("ThingName", "source", "the thing to copy", required=True),
        Member("CopyName", "target", "the name of the copy", required=True),
        Member("ThingBucket", "bucket", "the bucket to copy to", aliases=("bucket",)),
    ),
    modes=(Mode("export", "the request has no {bucket}", role="bucket"), Mode("copy", "an export makes no thing")),
    writer=WRITER,
    needs={"minimum": (Need("scratch:CopyThing", "source-snapshot"), Need("s3:PutObject", "keys"))},
    source=Source(
        read="scratch:DescribeThings",
        items="Things",
        name="ThingName",
        options={},
        page=20,
        missing=frozenset({"ThingNotFound"}),
        lower_case=False,
        arn="arn:{partition}:scratch:{region}:{account}:thing/{name}",
        section="snapshots",
        fields=("ThingName", "Status"),
        tiering=Tiering("Tiered", "yes", "no", node_type="NodeType", nodes="tiered."),
        shards=Shards(number="Pieces", nodes="Nodes", shard="Piece", node="Node"),
        backup=Backup(("Store",), origin="MadeBy", manual="you", created="MadeAt"),
    ),
    names=Names(export=100, copy=10),
    docs=Docs(*("https://example.com/things",) * 4),
)
'''
RULE = """\
id: {id}
title: The thing is not as it must be
operations: [{operations}]
applies: {applies}
severity: error
certainty: documented
check: {check}
with: {params}
solution: Mend it.
docs: [https://example.com/things]
since: 0.1.0
"""
LONG = "a-name-that-is-long"
PREFLIGHT = {
    "version": 1,
    "account": "111122223333",
    "region": "us-east-1",
    "caller": {
        "arn": "arn:aws:iam::111122223333:role/exporter",
        "policies": [{"Version": "2012-10-17", "Statement": []}],
    },
    "requests": [
        {
            "operation": "scratch:CopyThing",
            "ThingName": "Orders",
            "CopyName": "a-name-that-is-long",
            "ThingBucket": "things",
        },
        {
            "operation": "scratch:CopyThing",
            "ThingName": "orders",
            "CopyName": "a-name-that-is-long",
            "Bucket": "things",
        },
        {"SourceSnapshotName": "orders", "TargetSnapshotName": "copy", "TargetBucket": "things"},
    ],
    "buckets": {
        "things": {
            "region": "us-east-1",
            "account": "111122223333",
            "acl": None,
            "policy": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "us-east-1.scratch-things.amazonaws.com"},
                        "Action": "s3:ListBucket",
                        "Resource": "arn:aws:s3:::things",
                    }
                ],
            },
        }
    },
}
RULES = (
    ("thing-malformed", "always", "request.well-formed", "{}"),
    ("thing-name-bad", "always", "request.target-name", "{}"),
    ("thing-caller-lacks", "always", "caller.allowed", "{needs: minimum}"),
    ("scratch-lacks-read", "export", "service.granted", "{permission: READ}"),
    ("scratch-lacks-write", "export", "service.granted", "{permission: WRITE}"),
    ("thing-exists", "copy", "snapshot.exists", "{member: target, exists: false}"),
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package with one new file."""
    folder = tmp_path_factory.mktemp("checkout")
    program(folder, "operations/copy_thing.py", OPERATION)
    write_rules(folder, RULES, "scratch:CopyThing")
    (folder / "a.snaplint.json").write_text(json.dumps(PREFLIGHT), encoding="utf-8")
    return folder


def write_rules(folder: Path, rules: tuple[tuple[str, str, str, str], ...], operations: str) -> None:
    """Write a user's rules (id, mode, check, parameters) for some operations."""
    for rule, applies, check, params in rules:
        (folder / "own" / rule).mkdir(parents=True)
        text = RULE.format(id=rule, operations=operations, applies=applies, check=check, params=params)
        (folder / "own" / rule / "rule.yaml").write_text(text, encoding="utf-8")


def run(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(package, "-m", "snaplint", *arguments)


def python(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=package,
        env=environment({"PYTHONPATH": str(package / "src")}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def verdicts(package: Path) -> list[dict[str, tuple[str, str]]]:
    """Return for each request the verdict and the message of each rule."""
    done = run(package, "check", "--format", "json", "--rules", "own", "a.snaplint.json")
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert report["errors"] == []
    return [
        {verdict["rule"]: (verdict["verdict"], verdict["message"]) for verdict in result["verdicts"]}
        for result in report["results"]
    ]


def test_its_rules_do_not_apply_to_other_operations(verdicts: list[dict[str, tuple[str, str]]]) -> None:
    assert verdicts[2]["thing-malformed"] == ("not-applicable", "the rule does not apply to elasticache:CopySnapshot")
    assert verdicts[0]["bucket-does-not-exist"] == ("not-applicable", "the rule does not apply to scratch:CopyThing")
    assert verdicts[0]["thing-malformed"] == ("passes", "no problem was found")


def test_its_members_names_and_modes_are_used(verdicts: list[dict[str, tuple[str, str]]]) -> None:
    assert verdicts[1]["thing-malformed"] == (
        "fails",
        "CopyThing has no member `Bucket`; did you mean `ThingBucket`?",
    )
    assert verdicts[0]["thing-name-bad"][0] == "passes"
    assert verdicts[1]["thing-name-bad"] == ("fails", "the name has 19 characters; a snapshot name has at most 10")
    assert verdicts[1]["scratch-lacks-read"] == ("not-applicable", "the request has no ThingBucket")
    assert verdicts[0]["thing-exists"] == ("not-applicable", "an export makes no thing")


def test_its_caller_rights_and_its_service_are_used(verdicts: list[dict[str, tuple[str, str]]]) -> None:
    assert verdicts[0]["thing-caller-lacks"] == (
        "fails",
        "`arn:aws:iam::111122223333:role/exporter` is not allowed `scratch:CopyThing` and `s3:PutObject`",
    )
    assert verdicts[0]["scratch-lacks-read"] == (
        "passes",
        "the bucket policy grants READ (`s3:ListBucket`) to `us-east-1.scratch-things.amazonaws.com`",
    )
    word, message = verdicts[0]["scratch-lacks-write"]
    assert word == "fails"
    assert "allows `s3:PutObject` on `things/a-name-that-is-long-0001.rdb`" in message


def test_audit_takes_its_command_and_flags(package: Path) -> None:
    done = run(package, "audit", "copy-thing", "--help")
    assert done.returncode == 0
    assert "usage: snaplint audit copy-thing [FLAG ...]" in done.stdout
    assert "the request, by the flags of `aws scratch copy-thing`" in done.stdout
    assert "--thing-bucket" in done.stdout
    assert "--target-bucket" not in done.stdout


def test_the_text_report_names_its_requests(package: Path) -> None:
    done = run(package, "check", "--quiet", "--rules", "own", "a.snaplint.json")
    assert "thing-caller-lacks" in done.stdout
    whole = run(package, "check", "--verbose", "--rules", "own", "a.snaplint.json")
    assert "a-name-that-is-long -> s3://things" in whole.stdout
    assert "orders -> a-name-that-is-long" in whole.stdout


SIBLING = '''\
"""A sibling of CopySnapshot: the same service name in messages, another principal, no target and no key."""

from snaplint.operations.copy_snapshot import COPY_SNAPSHOT, ELASTICACHE_SNAPSHOT
from snaplint.operations.operation import Member, Mode, Need, Operation

EXPORT_CACHE = Operation(
    name="elasticache:ExportCache",
    command=("elasticache", "export-cache"),
    members=(
        Member("CacheName", "source", "the cache to export, 100 % of it", required=True),
        Member("BucketName", "bucket", "the bucket to export to", required=True),
    ),
    modes=(Mode("export", "the request has no {bucket}"),),
    writer=ELASTICACHE_SNAPSHOT._replace(host="cache-exports", resources="arn:{partition}:caches:{region}:{account}:"),
    needs={},
    source=COPY_SNAPSHOT.source,
    names=COPY_SNAPSHOT.names,
    docs=COPY_SNAPSHOT.docs,
)
'''
SIBLING_RULES = (
    ("a-lacks-read", "export", "service.allowed", "{actions: ['s3:ListBucket']}"),
    ("a-lacks-acp", "export", "service.granted", "{permission: READ_ACP}"),
    ("a-target-exists", "always", "snapshot.exists", "{member: TargetSnapshotName, exists: false}"),
    ("a-key-given", "always", "request.matches", "{member: KmsKeyId, absent: true}"),
)


@pytest.fixture(scope="module")
def sibling(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package with a sibling of CopySnapshot, and rules for both."""
    folder = tmp_path_factory.mktemp("sibling")
    program(folder, "operations/export_cache.py", SIBLING)
    write_rules(folder, SIBLING_RULES, "elasticache:CopySnapshot, elasticache:ExportCache")
    return folder


def grant(principal: str) -> dict[str, object]:
    actions = ["s3:ListBucket", "s3:PutObject", "s3:GetBucketAcl"]
    resources = ["arn:aws:s3:::things", "arn:aws:s3:::things/*"]
    statement = {"Effect": "Allow", "Principal": {"Service": principal}, "Action": actions, "Resource": resources}
    return {"Version": "2012-10-17", "Statement": [statement]}


def judged(sibling: Path, requests: list[dict[str, str]]) -> list[dict[str, tuple[str, str]]]:
    policy = grant("us-east-1.elasticache-snapshot.amazonaws.com")
    bucket = {"region": "us-east-1", "account": "111122223333", "acl": None, "policy": policy}
    data = {"version": 1, "account": "111122223333", "region": "us-east-1", "requests": requests}
    file = sibling / "b.snaplint.json"
    file.write_text(json.dumps({**data, "buckets": {"things": bucket}}), encoding="utf-8")
    report = json.loads(run(sibling, "check", "--format", "json", "--rules", "own", file.name).stdout)
    return [
        {verdict["rule"]: (verdict["verdict"], verdict["message"]) for verdict in result["verdicts"]}
        for result in report["results"]
    ]


COPY = {"SourceSnapshotName": "orders", "TargetSnapshotName": "orders", "TargetBucket": "things"}
CACHE = {"operation": "elasticache:ExportCache", "CacheName": "orders", "BucketName": "things"}
EXPORT_OF_CACHE = {**CACHE, "TargetSnapshotName": "stray"}


def test_verdicts_do_not_depend_on_earlier_requests(sibling: Path) -> None:
    alone = [judged(sibling, [COPY])[0], judged(sibling, [CACHE])[0]]
    assert judged(sibling, [COPY, CACHE]) == alone
    assert judged(sibling, [CACHE, COPY]) == alone[::-1]
    assert alone[0]["a-lacks-acp"][0] == "passes"
    assert alone[1]["a-lacks-acp"][0] == "cannot-tell"  # its keys are not known: it has no target


def test_a_rule_for_a_member_does_not_apply_to_an_operation_without_it(sibling: Path) -> None:
    (verdicts,) = judged(sibling, [EXPORT_OF_CACHE])
    assert verdicts["a-target-exists"] == ("not-applicable", "ExportCache has no member `TargetSnapshotName`")
    assert verdicts["a-key-given"] == ("not-applicable", "ExportCache has no member `KmsKeyId`")
    assert verdicts["a-lacks-acp"][1] == "ExportCache has no member for the target"


def test_a_command_that_is_the_value_of_a_flag_is_not_the_operation(sibling: Path) -> None:
    (sibling / "copy-snapshot").write_text(json.dumps([CACHE]), encoding="utf-8")
    region = ("--region", "us-east-1")
    done = run(sibling, "audit", "--requests", "copy-snapshot", *region, "export-cache", "--profile", "none-such")
    assert done.returncode == 2
    assert "none-such" in done.stderr
    assert "100 % of it" in run(sibling, "audit", "export-cache", "--help").stdout


def test_the_guard_passes_the_operation_to_facts(sibling: Path) -> None:
    code = (
        "import types, snaplint\n"
        "from snaplint.operations.registry import operations\n"
        "handlers = {}\n"
        "events = types.SimpleNamespace(register_last=handlers.__setitem__, unregister=lambda *_: None)\n"
        "model = types.SimpleNamespace(service_name='elasticache')\n"
        "class Client: meta = types.SimpleNamespace(events=events, service_model=model, region_name='us-east-1')\n"
        "asked = []\n"
        "def facts(request):\n"
        "    asked.append(dict(request)); return {'account': '111122223333'}\n"
        "client = snaplint.guard(Client(), facts)\n"
        "handlers[operations()['elasticache:ExportCache'].event](params={'BucketName': 'b'})\n"
        "print(asked)\n"
    )
    done = python(sibling, "-c", code)
    assert "{'BucketName': 'b', 'operation': 'elasticache:ExportCache'}" in done.stdout, done.stderr

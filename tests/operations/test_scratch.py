"""A new operation is one new file: written into a copy of the package, it is checked, explained and audited."""

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
from snaplint.operations.operation import Docs, Member, Mode, Names, Need, Operation, Shards, Source, Tiering

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
        arn="arn:{partition}:scratch:{region}:{account}:thing/{name}",
        section="snapshots",
        fields=("ThingName", "Status"),
        tiering=Tiering("Tiered", "yes", "no", node_type="NodeType", nodes="tiered."),
        shards=Shards(number="Pieces", nodes="Nodes", shard="Piece"),
    ),
    names=Names(export=100, copy=10),
    docs=Docs(*("https://example.com/things",) * 4),
)
'''
RULE = """\
id: {id}
title: {title}
operations: [scratch:CopyThing]
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
    """A copy of the package in which one file is new."""
    folder = tmp_path_factory.mktemp("checkout")
    program(folder, "operations/copy_thing.py", OPERATION)
    for rule, applies, check, params in RULES:
        (folder / "own" / rule).mkdir(parents=True)
        text = RULE.format(id=rule, title="The thing is not as it must be", applies=applies, check=check, params=params)
        (folder / "own" / rule / "rule.yaml").write_text(text, encoding="utf-8")
    (folder / "a.snaplint.json").write_text(json.dumps(PREFLIGHT), encoding="utf-8")
    return folder


def run(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "snaplint", *arguments],
        cwd=package,
        env=environment({"PYTHONPATH": str(package / "src")}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def verdicts(package: Path) -> list[dict[str, tuple[str, str]]]:
    """By request: what each rule says, and why."""
    done = run(package, "check", "--format", "json", "--rules", "own", "a.snaplint.json")
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    assert report["errors"] == []
    return [
        {verdict["rule"]: (verdict["verdict"], verdict["message"]) for verdict in result["verdicts"]}
        for result in report["results"]
    ]


def test_its_rules_are_silent_on_other_operations(verdicts: list[dict[str, tuple[str, str]]]) -> None:
    assert verdicts[2]["thing-malformed"] == ("not-applicable", "the rule is not about elasticache:CopySnapshot")
    assert verdicts[0]["bucket-does-not-exist"] == ("not-applicable", "the rule is not about scratch:CopyThing")
    assert verdicts[0]["thing-malformed"] == ("passes", "no fault was found")


def test_its_members_names_and_modes_are_its_own(verdicts: list[dict[str, tuple[str, str]]]) -> None:
    assert verdicts[1]["thing-malformed"] == (
        "fails",
        "CopyThing has no member `Bucket`; did you mean `ThingBucket`?",
    )
    assert verdicts[0]["thing-name-bad"][0] == "passes"
    assert verdicts[1]["thing-name-bad"] == ("fails", "the name has 19 characters, a snapshot's name has at most 10")
    assert verdicts[1]["scratch-lacks-read"] == ("not-applicable", "the request has no ThingBucket")
    assert verdicts[0]["thing-exists"] == ("not-applicable", "an export makes no thing")


def test_its_caller_and_its_service_are_its_own(verdicts: list[dict[str, tuple[str, str]]]) -> None:
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


def test_its_command_is_audited_by_its_own_flags(package: Path) -> None:
    done = run(package, "audit", "copy-thing", "--help")
    assert done.returncode == 0
    assert "usage: snaplint audit copy-thing [FLAG ...]" in done.stdout
    assert "the request, by the flags of `aws scratch copy-thing`" in done.stdout
    assert "--thing-bucket" in done.stdout
    assert "--target-bucket" not in done.stdout


def test_the_text_names_its_requests(package: Path) -> None:
    done = run(package, "check", "--quiet", "--rules", "own", "a.snaplint.json")
    assert "error[thing-caller-lacks]" in done.stdout
    whole = run(package, "check", "--rules", "own", "a.snaplint.json")
    assert "a-name-that-is-long -> s3://things" in whole.stdout
    assert "orders -> a-name-that-is-long" in whole.stdout

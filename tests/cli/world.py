"""Preflight files for tests of the command line, each named after its outcome."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ended

EIGHT = (
    "bucket-outside-region",
    "bucket-does-not-exist",
    "bucket-not-owned",
    "caller-not-permitted",
    "object-key-exists",
    "service-lacks-read",
    "service-lacks-write",
    "service-lacks-read-acp",
)
"""The rules for the error messages that AWS documents."""

HEAD = """\
version: 1
account: "111122223333"
region: us-east-1
"""
REQUEST = """\
requests:
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders-2026-11
    TargetBucket: acme-exports
"""
UNKNOWN = HEAD + REQUEST
"""No facts are provided: nothing fails, and most conditions are undetermined."""

ELSEWHERE = UNKNOWN + "buckets: {acme-exports: {region: eu-west-1}}\n"
"""One error: `bucket-outside-region`, at line 7."""

CALLER = """\
caller:
  arn: arn:aws:iam::111122223333:role/exporter
  boundary: null
  session_policies: []
  policies:
    - Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Action: ["elasticache:*", "s3:*"], Resource: "*"}
organization: null
"""
SNAPSHOT = """\
snapshots:
  nightly: {SnapshotStatus: available, Engine: redis, NumNodeGroups: 1, DataTiering: disabled, KmsKeyId: null}
"""
BUCKET = """\
buckets:
  acme-exports:
    region: us-east-1
    account: "111122223333"
    acl: null
    ownership: BucketOwnerEnforced
    encryption: {SSEAlgorithm: AES256}
    keys: []
    public_access_block:
      {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
    policy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {Service: us-east-1.elasticache-snapshot.amazonaws.com}
          Action: ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl",
                   "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"]
          Resource: ["arn:aws:s3:::acme-exports", "arn:aws:s3:::acme-exports/*"]
"""
READY = UNKNOWN + CALLER + SNAPSHOT + BUCKET
"""Every condition passes."""

WARNED = READY.replace('"s3:GetObject", ', "")
"""One warning and nothing worse: `grant-incomplete`."""

INFORMED = READY.replace("BlockPublicPolicy: true", "BlockPublicPolicy: false")
"""One remark and nothing worse: `public-access-block-relaxed`."""

ASSUMING = READY.replace("organization: null\n", "")
"""Every condition passes, on the assumption that SCPs and RCPs have no effect."""


def as_json(text: str) -> str:
    """Return a preflight file as JSON."""
    import yaml

    return json.dumps(yaml.safe_load(text))


def write(folder: Path, **files: str) -> None:
    """Write files: `a_snaplint_yaml` is `a.snaplint.yaml`."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def report(run: Ended) -> dict[str, Any]:
    """Return the JSON report on standard output."""
    parsed: dict[str, Any] = json.loads(run.stdout)
    return parsed


def verdicts(run: Ended, index: int = 0) -> dict[str, dict[str, Any]]:
    """Return the verdicts on one request, by rule."""
    return {verdict["rule"]: verdict for verdict in report(run)["results"][index]["verdicts"]}


def paths(run: Ended) -> list[str]:
    """Return the files of the requests, in the order of the report."""
    return [result["request"]["location"]["path"] for result in report(run)["results"]]


def errors(run: Ended) -> list[tuple[str, int, int, str]]:
    """Return the input errors of a report."""
    return [(each["path"], each["line"], each["column"], each["message"]) for each in report(run)["errors"]]


def _verdicts(whole: dict[str, Any]) -> list[dict[str, Any]]:
    return [verdict for result in whole["results"] for verdict in result["verdicts"]]


def _is_documented(verdict: dict[str, Any]) -> bool:
    """Return True for an undetermined verdict that `--strict` does not accept."""
    documented: bool = verdict["certainty"] == "documented" or verdict["severity"] == "error"
    return documented and bool(verdict["verdict"] == "cannot-tell")


def assert_sound(run: Ended, extra_rules: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Check the guarantees of the JSON form: one verdict per rule, the worst is the outcome, the sums are correct."""
    whole = report(run)
    known = sorted({rule.id for rule in builtin_rules()} | extra_rules)
    words = ["fails", "cannot-tell", "passes", "not-applicable"]
    counted = dict.fromkeys(words, 0)
    for result in whole["results"]:
        assert sorted(verdict["rule"] for verdict in result["verdicts"]) == known
        given = [verdict["verdict"] for verdict in result["verdicts"]]
        assert result["outcome"] == min(given, key=words.index)
        for word in given:
            counted[word] += 1
    assert whole["summary"] == {
        "requests": len(whole["results"]),
        **counted,
        "cannot-tell-documented": sum(map(_is_documented, _verdicts(whole))),
    }
    return whole

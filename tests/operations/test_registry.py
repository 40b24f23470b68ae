"""All operations: each is complete, agrees with its service model, and is in every list of names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session
from tests.conftest import ROOT

from snaplint.operations.export_service import BUCKET_ACTIONS
from snaplint.operations.operation import ROLES, Member, Operation
from snaplint.operations.proposed import ProposedRequest
from snaplint.operations.registry import DEFAULT, operation_named, operations, operations_of, with_operation

each_operation = pytest.mark.parametrize("operation", operations().values(), ids=lambda each: each.name)


def schema(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def test_the_default_is_first_and_each_operation_is_found_by_its_name() -> None:
    assert next(iter(operations().values())) is DEFAULT
    for name, operation in operations().items():
        assert (operation_named(name), operation.name) == (operation, name)
        assert operation in operations_of(operation.service)
    assert operations_of("s3") == ()


def test_schemas_for_editors_list_every_operation() -> None:
    request = schema("src/snaplint/schemas/preflight-v1.schema.json")["definitions"]["request"]
    assert request["properties"]["operation"]["enum"] == list(operations())
    assert schema("rules/schema.json")["properties"]["operations"]["items"]["enum"] == list(operations())


def test_an_operation_with_an_unknown_name_is_a_copy_of_the_default() -> None:
    request = ProposedRequest({"operation": "elasticache:Copy", "TargetBucket": "b"})
    assert (request.operation.name, request.mode.name, request.bucket) == ("elasticache:Copy", "export", "b")
    assert request.operation.members == DEFAULT.members


@each_operation
def test_each_operation_is_complete(operation: Operation) -> None:
    roles = [member.role for member in operation.members]
    assert sorted(roles) == sorted(set(roles))
    assert set(roles) <= set(ROLES)
    assert {"source", "bucket"} <= set(roles)
    assert operation.modes
    assert operation.modes[-1].role == ""  # takes what no other mode does
    pages = (operation.docs.api, operation.docs.command, operation.docs.guide, operation.docs.tags)
    assert all(url.startswith("https://docs.aws.amazon.com/") for url in pages)
    assert operation.name.split(":") == [operation.name.partition(":")[0], operation.api_name]


@each_operation
def test_rights_have_known_resources_and_conditions(operation: Operation) -> None:
    for need in (need for needs in operation.needs.values() for need in needs):
        resources = (
            ("bucket", "keys", "buckets") if need.action.startswith("s3:") else ("source-snapshot", "target-snapshot")
        )
        assert need.resource in resources
        assert (need.resource == "bucket") is (need.action in BUCKET_ACTIONS)
        assert need.when in ("", "export", "copy", "tags")


@each_operation
def test_the_documented_grant_includes_the_action_of_each_permission(operation: Operation) -> None:
    writer = operation.writer
    assert set(writer.permissions.values()) <= set(writer.actions)
    identifiers = [identifier for known in writer.accounts.values() for identifier in known]
    assert all(len(each) == 64 and int(each, 16) for each in identifiers)
    assert set(writer.emails.values()) <= set(identifiers)
    assert all(writer.is_meant_by("Service", name) for name in writer.principals("cn-north-1"))
    assert not writer.is_meant_by("AWS", writer.principals("us-east-1")[0])


@each_operation
def test_the_source_agrees_with_the_service_model(operation: Operation) -> None:
    source = operation.source
    service, _, call = source.read.partition(":")
    model: Any = Session().get_service_model(service).operation_model(call)
    item = model.output_shape.members[source.items].member
    assert set(source.fields) <= set(item.members)  # a newer model may have more
    assert source.name in item.members
    assert {source.name, *source.options} <= set(model.input_shape.members)
    assert {source.tiering.field, source.tiering.node_type, source.shards.number, source.shards.nodes} <= set(
        source.fields
    )
    assert source.missing & {error.name for error in model.error_shapes}


def test_flags_are_those_of_the_aws_cli() -> None:
    names = ("TargetBucket", "KmsKeyId", "S3BucketName", "DBSnapshotARN", "ServerlessCacheSnapshotName")
    assert [Member(name, "source", "").flag for name in names] == [f"--{xform_name(name, '-')}" for name in names]


@each_operation
def test_names_in_arns_are_as_aws_stores_them(operation: Operation) -> None:
    arn = operation.arn("Nightly", "us-gov-west-1", "111122223333")
    assert arn.startswith(f"arn:aws-us-gov:{operation.name.partition(':')[0]}:us-gov-west-1:111122223333:")
    assert arn.endswith(operation.source.stored("Nightly"))


def test_elasticache_stores_names_in_lower_case() -> None:
    assert DEFAULT.source.stored("Nightly") == "nightly"
    assert DEFAULT.source._replace(lower_case=False).stored("Nightly") == "Nightly"


def test_a_request_names_its_operation_unless_it_is_the_default() -> None:
    members = {"CacheName": "orders"}
    other = DEFAULT.renamed("elasticache:Other")
    assert with_operation(DEFAULT, members) == members
    assert with_operation(other, members) == {**members, "operation": "elasticache:Other"}

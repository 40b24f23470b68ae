"""What `collect` can send: the reads of one table, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from snaplint.collect.read_table import TABLE

SOURCE = Path(__file__).resolve().parents[2] / "src" / "snaplint" / "collect"
VERBS = ("Describe", "Get", "List", "Head")
BESIDE = {"connection.py": {"assume_role"}, "second_opinion.py": {"simulate_principal_policy"}}
"""Calls outside the table, which change nothing either: AssumeRole for `--role-arn`, SimulatePrincipalPolicy for
`--second-opinion`."""

READS = list(TABLE.values())
MODELS = {service: botocore.session.get_session().get_service_model(service) for service in {r.service for r in READS}}
CLIENT_METHODS = {xform_name(operation) for model in MODELS.values() for operation in model.operation_names}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_operation_is_a_read(name: str) -> None:
    assert TABLE[name].operation.startswith(VERBS)
    assert TABLE[name].name == name


@pytest.mark.parametrize("name", sorted(TABLE))
def test_operation_is_one_of_its_service(name: str) -> None:
    read = TABLE[name]
    model = MODELS[read.service].operation_model(read.operation)
    # the member of GetBucketLocation is in the model, although botocore parses it with a hook
    members = model.output_shape.members if model.output_shape is not None else {}
    assert not read.proof or read.proof in members


@pytest.mark.parametrize("name", sorted(TABLE))
def test_resource_is_built_from_the_parameters(name: str) -> None:
    read = TABLE[name]
    shape = MODELS[read.service].operation_model(read.operation).input_shape
    members = set(shape.members if shape is not None else ())
    asked = set(re.findall(r"\{(\w+)\}", read.resource))
    assert asked <= members | {"partition", "region", "account", "arn"}
    assert re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z]+", read.right)


def methods(tree: ast.AST) -> set[str]:
    """Return the names of client methods in a module, as attributes or text."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return (attributes | texts) & CLIENT_METHODS


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.py")), ids=lambda path: path.name)
def test_no_module_calls_a_client_directly(path: Path) -> None:
    found = methods(ast.parse(path.read_text(encoding="utf-8")))
    assert found == BESIDE.get(path.name, set())


def test_a_call_outside_the_table_would_be_found() -> None:
    assert methods(ast.parse("client.put_bucket_policy(Bucket='b')")) == {"put_bucket_policy"}
    assert methods(ast.parse("getattr(client, 'delete_bucket')()")) == {"delete_bucket"}


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.py")), ids=lambda path: path.name)
def test_all_reads_in_the_code_are_in_the_table(path: Path) -> None:
    asked = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if (
                node.func.attr in ("read", "one", "pages", "listed", "_read")
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                asked.add(first.value)
    assert asked <= set(TABLE)

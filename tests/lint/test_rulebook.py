"""The built-in rules as a whole: names, forms, checks, links, AWS's own words, and the module generated from them."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from snaplint.checks import CHECKS
from snaplint.lint import rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from snaplint.findings.rule import Rule

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = sorted(path for path in (ROOT / "rules").iterdir() if path.is_dir())
RULES = {rule.id: rule for rule in rulebook.builtin_rules()}
EACH_FOLDER = pytest.mark.parametrize("folder", [pytest.param(path, id=path.name) for path in FOLDERS])
EACH_RULE = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES.values()])

DOCUMENTED = {
    "bucket-outside-region": (
        "The S3 bucket %s is outside of the region.",
        "Create an Amazon S3 bucket in the same region as your snapshot.",
    ),
    "bucket-does-not-exist": (
        "The S3 bucket %s does not exist.",
        "Create an Amazon S3 bucket in the same region as your snapshot.",
    ),
    "bucket-not-owned": (
        "The S3 bucket %s is not owned by the authenticated user.",
        "Create an Amazon S3 bucket in the same region as your snapshot.",
    ),
    "caller-not-permitted": (
        "The authenticated user does not have sufficient permissions to perform the desired activity.",
        "Contact your system administrator to get the needed permissions.",
    ),
    "object-key-exists": (
        "The S3 bucket %s already contains an object with key %s.",
        "Give the `TargetSnapshotName` a new and unique value. If exporting a snapshot, you could alternatively create "
        "a new Amazon S3 bucket and use this same value for `TargetSnapshotName`.",
    ),
    "service-lacks-read": (
        "ElastiCache has not been granted READ permissions %s on the S3 Bucket.",
        "Add List and Read permissions on the bucket.",
    ),
    "service-lacks-write": (
        "ElastiCache has not been granted WRITE permissions %s on the S3 Bucket.",
        "Add Upload/Delete permissions on the bucket.",
    ),
    "service-lacks-read-acp": (
        "ElastiCache has not been granted READ_ACP permissions %s on the S3 Bucket.",
        "Add View Permissions on the bucket.",
    ),
}
"""The messages and solutions of https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html,
word for word; other tools depend on these ids."""

AROUND = {
    "acl-grant-without-acls",
    "bucket-default-kms",
    "bucket-name-invalid",
    "caller-cannot-list-buckets",
    "caller-grant-incomplete",
    "customer-key-on-export",
    "data-tiering-not-exportable",
    "engine-not-supported",
    "grant-incomplete",
    "grant-too-wide",
    "object-lock-default-retention",
    "outposts-snapshot",
    "policy-malformed",
    "public-access-block-relaxed",
    "request-malformed",
    "snapshot-does-not-exist",
    "snapshot-has-customer-key",
    "snapshot-name-exists",
    "snapshot-not-available",
    "snapshot-quota",
    "tag-invalid",
    "target-name-invalid",
    "too-many-tags",
    "wrong-service-principal",
}
"""The other built-in rules; their ids stay as well, since suppressions name them."""

UNUSED = {"bucket.setting": "for rules of a user's own: a Region, an encryption or an ownership that a house wants"}
"""Built-in checks that no built-in rule calls, each with its reason."""


def read(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((folder / rulebook.RULE_FILE).read_text(encoding="utf-8"))
    return data


def test_ids_are_the_promised_ones() -> None:
    assert {folder.name for folder in FOLDERS} == AROUND | set(DOCUMENTED)
    assert set(RULES) == AROUND | set(DOCUMENTED)


def test_schema_is_a_valid_one() -> None:
    jsonschema.Draft7Validator.check_schema(rulebook.rule_schema())


@EACH_FOLDER
def test_id_is_the_folder(folder: Path) -> None:
    assert read(folder)["id"] == folder.name


@EACH_FOLDER
def test_rule_file_fits_the_schema(folder: Path) -> None:
    validator = jsonschema.Draft7Validator(json.loads((ROOT / "rules" / "schema.json").read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(read(folder))] == []


@EACH_FOLDER
def test_folder_holds_the_rule_and_its_page_alone(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {rulebook.RULE_FILE, rulebook.PAGE_FILE}


@EACH_RULE
def test_check_is_there_and_takes_the_parameters(rule: Rule) -> None:
    params = dict(CHECKS[rule.check].params)
    jsonschema.Draft7Validator.check_schema(params)
    assert [error.message for error in jsonschema.Draft7Validator(params).iter_errors(rule.params)] == []


def test_every_check_is_used() -> None:
    own = {name for name, check in CHECKS.items() if check.run.__module__.startswith("snaplint.checks.")}
    assert own - {rule.check for rule in RULES.values()} == set(UNUSED)
    assert all(UNUSED.values())


@EACH_RULE
def test_docs_are_pages_of_aws(rule: Rule) -> None:
    assert all(url.startswith("https://docs.aws.amazon.com/") for url in rule.docs)
    assert len(set(rule.docs)) == len(rule.docs)


@EACH_RULE
def test_title_names_the_fault(rule: Rule) -> None:
    assert rule.title[0].isupper()
    assert rule.title[-1].isalnum()
    assert not rule.title.lower().startswith(("check", "ensure", "make sure", "verify", "do not"))


def test_titles_differ() -> None:
    titles = [rule.title for rule in RULES.values()]
    assert sorted(set(titles)) == sorted(titles)


@EACH_RULE
def test_solution_is_a_sentence(rule: Rule) -> None:
    assert rule.solution[0].isupper()
    assert rule.solution.endswith(".")


@pytest.mark.parametrize("identifier", DOCUMENTED)
def test_documented_message_and_solution_word_for_word(identifier: str) -> None:
    rule = RULES[identifier]
    assert (rule.message, rule.solution) == DOCUMENTED[identifier]
    assert (rule.severity, rule.certainty) == ("error", "documented")


def test_documented_messages_stand_in_the_api_model() -> None:
    from botocore.loaders import Loader

    model = Loader().load_service_model("elasticache", "service-2", "2015-02-02")
    markup = model["operations"]["CopySnapshot"]["documentation"]
    text = " ".join(html.unescape(re.sub("<[^>]+>", " ", markup)).split()).replace(" .", ".")
    for message, solution in DOCUMENTED.values():
        assert f"Error Message: {message} Solution: {solution.replace('`', '')}" in text


def test_only_these_rules_and_the_validation_message_predict_words_of_the_export() -> None:
    predicting = {rule.id for rule in RULES.values() if rule.message is not None}
    others = {"caller-cannot-list-buckets", "customer-key-on-export", "snapshot-has-customer-key"}
    assert predicting == set(DOCUMENTED) | others


def test_compiled_module_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("compile_rules", ROOT / "scripts" / "compile_rules.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = (ROOT / "src" / "snaplint" / "lint" / "builtin_rules.py").read_text(encoding="utf-8")
    assert written == script.compiled(), "run `make rules`"


def test_contributing_lists_every_check_that_takes_parameters() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    described = {name for name in CHECKS if f"| `{name}` |" in text}
    assert described == {name for name, check in CHECKS.items() if check.params["properties"]}

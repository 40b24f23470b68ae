"""The examples have the outcome that they state; with the rules' pages they show every documented condition in all
three ways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import EIGHT, report, verdicts
from tests.conftest import ROOT

from snaplint.lint import pages
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from tests.conftest import Run

RULES = {rule.id: rule for rule in builtin_rules()}
FAILS, UNDETERMINED, IDLE = "fails", "cannot-tell", "not-applicable"

EXAMPLES: dict[str, tuple[int, int, dict[str, str]]] = {
    "ready": (0, 0, {}),
    "first-try": (
        1,
        1,
        {
            "bucket-outside-region": FAILS,
            "caller-cannot-list-buckets": FAILS,
            "caller-not-permitted": FAILS,
            "object-key-exists": FAILS,
            "service-lacks-write": FAILS,
            "grant-incomplete": FAILS,
            "service-lacks-read": "passes",
            "service-lacks-read-acp": "passes",
        },
    ),
    "unsure": (
        0,
        4,
        {
            "service-lacks-write": UNDETERMINED,
            "service-lacks-read": UNDETERMINED,
            "service-lacks-read-acp": UNDETERMINED,
            "caller-not-permitted": UNDETERMINED,
            "snapshot-does-not-exist": UNDETERMINED,
            "engine-not-supported": UNDETERMINED,
            "object-key-exists": "passes",
            "bucket-outside-region": "passes",
        },
    ),
    "acl": (
        1,
        1,
        {
            "service-lacks-read": FAILS,
            "service-lacks-write": FAILS,
            "service-lacks-read-acp": FAILS,
            "caller-not-permitted": UNDETERMINED,
            "bucket-outside-region": "passes",
        },
    ),
}
"""By folder: the exit code, the exit code with --strict, and some verdicts, including all failing ones."""


def test_every_example_is_here() -> None:
    found = {path.parent.name for path in (ROOT / "examples").rglob("*.snaplint.*")}
    assert found == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_ends_as_it_is_meant_to(snaplint_here: Run, name: str) -> None:
    lenient, strict, _ = EXAMPLES[name]
    assert snaplint_here("check", f"examples/{name}").returncode == lenient
    assert snaplint_here("check", "--strict", f"examples/{name}").returncode == strict


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_gives_the_verdicts_that_it_is_meant_to(snaplint_here: Run, name: str) -> None:
    run = snaplint_here("check", "--format", "json", f"examples/{name}")
    assert report(run)["errors"] == []
    found = {rule: verdict["verdict"] for rule, verdict in verdicts(run).items()}
    expected = EXAMPLES[name][2]
    assert {rule: found[rule] for rule in expected} == expected
    assert {rule for rule, word in found.items() if word == FAILS} == {
        rule for rule, word in expected.items() if word == FAILS
    }
    assert found["snapshot-name-exists"] == IDLE


def test_ready_leaves_nothing_open(snaplint_here: Run) -> None:
    run = snaplint_here("check", "--format", "json", "--strict", "--fail-on", "info", "examples/ready")
    assert {verdict["verdict"] for verdict in verdicts(run).values()} == {"passes", IDLE}
    assert [rule for rule, verdict in verdicts(run).items() if "assumes" in verdict] == []


def test_first_try_blames_the_statement(snaplint_here: Run) -> None:
    verdict = verdicts(snaplint_here("check", "--format", "json", "examples/first-try"))["service-lacks-write"]
    blame = verdict["because"][0]
    lines = (ROOT / "examples/first-try/policies/exports-bucket.json").read_text(encoding="utf-8").splitlines()
    assert (blame["path"], blame["sid"], blame["effect"]) == (
        "examples/first-try/policies/exports-bucket.json",
        "DenyOutsideVpc",
        "Deny",
    )
    assert '"Sid": "DenyOutsideVpc"' in lines[blame["line"]]
    assert verdict["predicts"]["message"] == (
        "ElastiCache has not been granted WRITE permissions acme-redis-exports on the S3 Bucket."
    )


def test_unsure_says_what_would_settle_it(snaplint_here: Run) -> None:
    found = verdicts(snaplint_here("check", "--format", "json", "examples/unsure"))
    assert "buckets.acme-redis-exports.acl" in found["acl-grant-without-acls"]["depends_on"]
    assert "s3:x-amz-server-side-encryption" in found["service-lacks-write"]["depends_on"]
    assert all(verdict["depends_on"] for verdict in found.values() if verdict["verdict"] == UNDETERMINED)


def test_house_rules_pass_their_own_test(snaplint_here: Run) -> None:
    assert snaplint_here("rules", "test", "examples/house-rules").returncode == 0
    run = snaplint_here("check", "--rules", "examples/house-rules", "--fail-on", "warning", "examples/ready")
    assert run.returncode == 1
    assert "warning[export-name-without-team]" in run.stdout


def test_raw_answers_are_named_by_the_command_that_printed_them() -> None:
    folder = ROOT / "examples" / "ready" / "aws"
    page = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in folder.glob("*.json") if path.name not in page and path.stem not in page] == []


def test_policies_of_the_examples_are_all_used() -> None:
    for folder in EXAMPLES:
        texts = [path.read_text(encoding="utf-8") for path in (ROOT / "examples").rglob("*.snaplint.yaml")]
        unused = [
            path.name
            for path in (ROOT / "examples" / folder).rglob("*.json")
            if not any(f"{path.parent.name}/{path.name}" in text for text in texts)
        ]
        assert unused == []


@pytest.mark.parametrize("rule", EIGHT)
@pytest.mark.parametrize("word", [FAILS, "passes", UNDETERMINED])
def test_documented_condition_is_shown_in_all_three_ways(snaplint_here: Run, rule: str, word: str) -> None:
    shown = [case for case in pages.cases(RULES[rule]) if pages.SECTIONS[case.section] == word]
    in_examples = [
        folder
        for folder in EXAMPLES
        if verdicts(snaplint_here("check", "--format", "json", f"examples/{folder}"))[rule]["verdict"] == word
    ]
    assert shown or in_examples
    # the page shows what the command prints
    assert list(pages.problems(RULES[rule])) == []


def test_no_example_is_of_a_real_account() -> None:
    import re

    for path in sorted(Path(ROOT / "examples").rglob("*")):
        if path.is_file():
            numbers = set(re.findall(r"(?<![0-9a-f])[0-9]{12}(?![0-9a-f])", path.read_text(encoding="utf-8")))
            assert numbers <= {"111122223333", "444455556666", "777788889999", "123456789012"}

"""`snaplint explain`: rules, kinds of causes, and errors of AWS."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from snaplint.findings.cause import KINDS
from snaplint.lint import messages, rulebook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

    from snaplint.findings.rule import Rule

RULES = rulebook.builtin_rules()
EACH_RULE = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
WITH_MESSAGE = pytest.mark.parametrize("rule", [pytest.param(each, id=each.id) for each in RULES if each.message])
CLI = "\nAn error occurred (InvalidParameterValue) when calling the CopySnapshot operation: "


def ids(error: str) -> list[str]:
    return [each.rule.id for each in messages.predicted(error, RULES)]


def filled(message: str, *names: str) -> str:
    for name in names:
        message = message.replace("%s", name, 1)
    return message


# -- rules
# ------------------------------------------------------------------------------------------------------------------


@EACH_RULE
def test_rule_fits_one_screen_with_why_and_what_to_do(run_snaplint: Run, rule: Rule) -> None:
    run = run_snaplint("explain", rule.id)
    lines = run.stdout.splitlines()
    assert (run.returncode, run.stderr) == (0, "")
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 80 and not line.startswith("https://")] == []
    headings = [line for line in lines if line.startswith("#")]
    assert headings == [f"# {rule.id}", "## Why", "## What to do"]
    assert rule.solution.split()[0] in run.stdout
    assert set(rule.docs) <= set(lines)
    assert "](" not in run.stdout


def test_cases_are_the_rest_of_the_page(run_snaplint: Run) -> None:
    run = run_snaplint("explain", "service-lacks-write", "--cases")
    page = rulebook.page(next(rule for rule in RULES if rule.id == "service-lacks-write"))
    assert run.returncode == 0
    assert run.stdout.startswith("## Fails\n")
    assert page.endswith(run.stdout)


def test_what_is_between_why_and_the_cases_is_among_the_rest(run_snaplint: Run) -> None:
    assert run_snaplint("explain", "policy-malformed", "--cases").stdout.startswith("## What is checked\n")


def test_rule_names_the_kinds_of_its_causes(run_snaplint: Run) -> None:
    text = " ".join(run_snaplint("explain", "caller-not-permitted").stdout.split())
    for kind in ("missing-grant", "deny", "boundary", "session-policy", "scp", "rcp"):
        assert f"`snaplint explain {kind}`" in text


def test_misspelt_rule_has_a_near_name(run_snaplint: Run) -> None:
    run = run_snaplint("explain", "service-lack-write")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "snaplint: there is no rule `service-lack-write`; did you mean `service-lacks-write`?\n"


def test_misspelt_kind_has_a_near_name(run_snaplint: Run) -> None:
    assert "did you mean `missing-grant`?" in run_snaplint("explain", "missing-grants").stderr


# -- kinds of causes
# ------------------------------------------------------------------------------------------------------------------


def test_without_arguments_the_kinds_are_listed(run_snaplint: Run) -> None:
    run = run_snaplint("explain")
    assert run.returncode == 0
    for kind in KINDS:
        assert f"\n  {kind} " in run.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_kind_fits_one_screen(run_snaplint: Run, kind: str) -> None:
    run = run_snaplint("explain", kind)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"# {kind}\n")
    assert "\n## What it means\n" in run.stdout
    assert "\n## What to change\n" in run.stdout
    assert len(run.stdout.splitlines()) <= 48


# -- errors of AWS
# ------------------------------------------------------------------------------------------------------------------


@WITH_MESSAGE
@pytest.mark.parametrize("names", [("my-bucket", "orders-0001.rdb"), ("", ""), ("%s", "%s"), ('"b"', "a b/c")])
def test_message_with_any_names_leads_to_every_rule_that_predicts_it(rule: Rule, names: tuple[str, str]) -> None:
    message = rule.message or ""
    same = [each.id for each in RULES if each.message == message]
    one = filled(message, *names)
    for error in (one, CLI + one + "\n", one.upper(), one.rstrip("."), " ".join(one.split()), one.replace(" ", "\n  ")):
        assert ids(error) == same


@pytest.mark.parametrize("rule", [pytest.param(each, id=each.id) for each in RULES if each.code and not each.message])
def test_code_without_a_message_leads_to_its_rules(rule: Rule) -> None:
    assert rule.code
    same = [each.id for each in RULES if each.code == rule.code]
    assert ids(rule.code) == same


def test_error_of_the_cli_leads_to_the_rule_of_its_code() -> None:
    text = "An error occurred (SnapshotNotFoundFault) when calling the CopySnapshot operation: orders not found"
    assert ids(text) == ["snapshot-does-not-exist"]
    assert ids("InvalidSnapshotStateFault") == ["snapshot-not-available"]


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        ("elasticache:CopySnapshot", "caller-not-permitted"),
        ("s3:listallmybuckets", "caller-cannot-list-buckets"),
        ("s3:GetBucketAcl", "caller-grant-incomplete"),
    ],
)
def test_refusal_of_iam_leads_to_the_rule_that_requires_the_action(action: str, rule: str) -> None:
    error = f"User: arn:aws:iam::111122223333:user/ann is not authorized to perform: {action} on resource: x"
    assert ids(error) == [rule]


def test_refusal_of_an_action_that_no_export_needs_leads_nowhere() -> None:
    assert ids("User: x is not authorized to perform: s3:PutBucketPolicy") == []


def test_general_code_is_not_enough_for_an_unknown_message() -> None:
    assert ids(CLI + "The moon is full.") == []


def test_message_counts_more_than_the_code() -> None:
    text = "An error occurred (SnapshotNotFoundFault): The S3 bucket x does not exist."
    assert ids(text) == ["bucket-does-not-exist"]


def test_names_do_not_join_two_errors() -> None:
    assert ids("The S3 bucket is here. Another one does not exist.") == []


def test_message_of_a_bucket(run_snaplint: Run) -> None:
    run = run_snaplint("explain", "The S3 bucket acme.exports is outside of the region.")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("bucket-outside-region: ")
    assert "Create an Amazon S3 bucket in the same region" in run.stdout
    assert "\n  snaplint audit copy-snapshot --source-snapshot-name SNAPSHOT " in run.stdout
    assert "--target-bucket acme.exports\n" in run.stdout
    assert "\n  snaplint explain bucket-outside-region\n" in run.stdout


def test_error_on_standard_input(run_snaplint: Run) -> None:
    run = run_snaplint(
        "explain", "-", stdin=CLI + "ElastiCache has not been granted READ_ACP permissions b-1\non the S3 Bucket.\n"
    )
    assert run.returncode == 0
    assert run.stdout.startswith("service-lacks-read-acp: ")
    assert "--target-bucket b-1\n" in run.stdout


def test_words_may_be_separate_arguments(run_snaplint: Run) -> None:
    assert run_snaplint("explain", "The", "S3", "bucket", "x", "does", "not", "exist.").returncode == 0


def test_two_rules_with_one_message_are_both_explained(run_snaplint: Run) -> None:
    message = next(rule.message for rule in RULES if rule.id == "customer-key-on-export")
    out = run_snaplint("explain", message or "").stdout
    assert out.startswith("customer-key-on-export: ")
    assert "\nsnapshot-has-customer-key: " in out


def test_command_names_no_bucket_that_cannot_be(run_snaplint: Run) -> None:
    out = run_snaplint("explain", "The S3 bucket $(reboot) does not exist.").stdout
    assert "reboot" not in out
    assert "--target-bucket BUCKET\n" in out


def test_unknown_message_has_near_ones(run_snaplint: Run) -> None:
    run = run_snaplint("explain", "The S3 bucket is outside the region of the cluster")
    assert (run.returncode, run.stdout) == (2, "")
    assert "bucket-outside-region: The S3 bucket %s is outside of the region." in run.stderr


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x1b[31m", "\udcff".encode("utf-8", "surrogatepass")])
def test_text_that_is_no_error(run_snaplint: Run, text: str | bytes) -> None:
    run = run_snaplint("explain", "-", stdin=text)
    assert (run.returncode, run.stdout) == (2, "")
    assert "\x1b" not in run.stderr


def test_long_input_is_quick(run_snaplint: Run) -> None:
    assert run_snaplint("explain", "-", stdin="The S3 bucket " * 70_000).returncode == 2


def test_own_rules_have_messages_too(run_snaplint: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bucket-elsewhere"
    folder.mkdir()
    (folder / "rule.yaml").write_text(
        "id: bucket-elsewhere\ntitle: The bucket is elsewhere\n"
        "operations: [elasticache:CopySnapshot]\napplies: export\nseverity: error\ncertainty: documented\n"
        "check: bucket.in-region\npredicts: {message: '%s is (far] away'}\n"
        "solution: Move it.\ndocs: [https://docs.aws.amazon.com/a]\nsince: 0.1.0\n"
    )
    run = run_snaplint("explain", "--rules", str(folder), "x.y is (far] away")
    assert (run.returncode, run.stderr) == (0, "")
    assert "bucket-elsewhere: The bucket is elsewhere." in run.stdout
    assert "--target-bucket x.y\n" in run.stdout


# -- how a request was decided
# ------------------------------------------------------------------------------------------------------------------

TWO = """\
version: 1
account: "111122223333"
region: us-east-1
requests:
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders-1
    TargetBucket: exports
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders-2
    TargetBucket: exports
buckets:
  exports: {region: us-east-1, account: "111122223333", ownership: BucketOwnerEnforced, policy: null}
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    (tmp_path / "a.snaplint.yaml").write_text(TWO, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("place", "name", "line"),
    [(":5", "orders-1", 5), (":7", "orders-1", 5), (":8:3", "orders-2", 8), (":9:", "orders-2", 8)],
)
def test_why_takes_the_request_at_or_before_a_line(
    run_snaplint: Run, two: Path, place: str, name: str, line: int
) -> None:
    run = run_snaplint("explain", "--why", f"a.snaplint.yaml{place}", cwd=two)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"a.snaplint.yaml:{line}  {name} -> s3://exports: fails\n\nthe caller\n")
    assert "\nthe service ElastiCache\n" in run.stdout


@pytest.mark.parametrize("place", ["", ":2"])
def test_why_of_several_requests_lists_them_with_their_lines(run_snaplint: Run, two: Path, place: str) -> None:
    run = run_snaplint("explain", "--why", f"a.snaplint.yaml{place}", cwd=two)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        "snaplint: `a.snaplint.yaml` has 2 requests: name one by its line\n"
        "  a.snaplint.yaml:5  orders-1\n  a.snaplint.yaml:8  orders-2\n"
    )


def test_why_of_one_rule(run_snaplint: Run, two: Path) -> None:
    run = run_snaplint("explain", "--why", "a.snaplint.yaml:5", "--rule", "service-lacks-write", cwd=two)
    assert run.returncode == 0
    assert "service-lacks-write fails" in run.stdout
    assert "service-lacks-read" not in run.stdout


def test_why_of_a_misspelt_rule(run_snaplint: Run, two: Path) -> None:
    run = run_snaplint("explain", "--why", "a.snaplint.yaml:5", "--rule", "service-lacks-wirte", cwd=two)
    assert (run.returncode, run.stdout) == (2, "")
    assert "did you mean `service-lacks-write`?" in run.stderr


@pytest.mark.parametrize("place", ["--why=-:8", "--why=<stdin>:8"])
def test_why_on_standard_input(run_snaplint: Run, place: str) -> None:
    run = run_snaplint("explain", place, stdin=TWO)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("<stdin>:8  orders-2")


def test_why_of_a_file_that_cannot_be_read(run_snaplint: Run, tmp_path: Path) -> None:
    run = run_snaplint("explain", "--why", "missing.snaplint.yaml:3", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "missing.snaplint.yaml: no such file" in run.stderr


def test_why_of_a_file_without_requests(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "a.snaplint.yaml").write_text(TWO.partition("requests:")[0] + "requests: []\n", encoding="utf-8")
    run = run_snaplint("explain", "--why", "a.snaplint.yaml", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "a.snaplint.yaml" in run.stderr


def test_why_tells_input_errors_beside_the_tree(run_snaplint: Run, two: Path) -> None:
    (two / "a.snaplint.yaml").write_text(TWO.replace("policy: null", "policy: missing.json"), encoding="utf-8")
    run = run_snaplint("explain", "--why", "a.snaplint.yaml:5", cwd=two)
    assert run.returncode == 2
    assert "missing.json" in run.stderr
    assert "service-lacks-write cannot-tell" in run.stdout


def test_why_takes_a_file_whose_name_ends_like_a_line(run_snaplint: Run, two: Path) -> None:
    (two / "a.snaplint.yaml").rename(two / "a.yaml:5")
    run = run_snaplint("explain", "--why", "a.yaml:5:8", cwd=two)
    assert run.returncode == 0
    assert run.stdout.startswith("a.yaml:5:8  orders-2")


def test_why_sees_a_collision_with_an_earlier_request(run_snaplint: Run, two: Path) -> None:
    (two / "a.snaplint.yaml").write_text(TWO.replace("orders-2", "orders-1"), encoding="utf-8")
    run = run_snaplint("explain", "--why", "a.snaplint.yaml:8", "--rule", "object-key-exists", cwd=two)
    assert "object-key-exists fails" in run.stdout
    assert "(a.snaplint.yaml:5:5)" in run.stdout or "(a.snaplint.yaml:6:" in run.stdout


def test_why_takes_no_rule_as_an_argument(run_snaplint: Run, two: Path) -> None:
    run = run_snaplint("explain", "service-lacks-write", "--why", "a.snaplint.yaml:5", cwd=two)
    assert (run.returncode, run.stdout) == (2, "")
    assert "--rule RULE" in run.stderr


# -- the pointer at the end of a report
# ------------------------------------------------------------------------------------------------------------------

ONE = TWO.replace(
    TWO[TWO.index("  - SourceSnapshotName: nightly\n    TargetSnapshotName: orders-2") : TWO.index("buckets:")], ""
)


@pytest.mark.parametrize("flags", [(), ("--strict",)])
def test_report_of_one_request_names_the_command_before_the_summary(
    run_snaplint: Run, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    (tmp_path / "my orders.snaplint.yaml").write_text(ONE, encoding="utf-8")
    *_, line, empty, summary = run_snaplint("check", *flags, cwd=tmp_path).stdout.splitlines()
    assert summary.startswith("1 request: ")
    assert empty == ""
    command = line.removeprefix("  snaplint ")
    assert command == " ".join(("explain", *flags, "--why 'my orders.snaplint.yaml:5'"))
    run = run_snaplint(*shlex.split(command), cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "orders-1 -> s3://exports: fails" in run.stdout


@pytest.mark.parametrize("flags", [(), ("--quiet",)])
def test_report_of_several_requests_or_a_quiet_one_has_no_pointer(
    run_snaplint: Run, two: Path, flags: tuple[str, ...]
) -> None:
    if flags:
        (two / "a.snaplint.yaml").write_text(ONE, encoding="utf-8")
    assert "--why" not in run_snaplint("check", *flags, cwd=two).stdout


def test_report_of_standard_input_has_no_pointer(run_snaplint: Run) -> None:
    assert "--why" not in run_snaplint("check", "-", stdin=ONE).stdout

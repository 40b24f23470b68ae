"""Exit codes: a contract with every script that runs snaplint, and the same for every format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import (
    ASSUMING,
    ELSEWHERE,
    HEAD,
    INFORMED,
    READY,
    UNKNOWN,
    WARNED,
    assert_sound,
    errors,
    report,
    verdicts,
    write,
)

from snaplint.checks.registry import CHECKS, READS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import Run

    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.verdict import Finding

BROKEN = "version: [\n"


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        pytest.param(READY, [], 0, id="ready"),
        pytest.param(READY, ["--strict"], 0, id="ready-strict"),
        pytest.param(READY, ["--strict", "--fail-on", "info"], 0, id="ready-strict-info"),
        pytest.param(UNKNOWN, [], 0, id="undetermined"),
        pytest.param(INFORMED, [], 0, id="info"),
        pytest.param(WARNED, [], 0, id="warning"),
        pytest.param(INFORMED, ["--fail-on", "warning"], 0, id="info-below-warning"),
        pytest.param(ASSUMING, [], 0, id="assumed"),
        pytest.param(ELSEWHERE, [], 1, id="error"),
        pytest.param(ELSEWHERE, ["--fail-on=info"], 1, id="error-is-no-less-than-info"),
        pytest.param(WARNED, ["--fail-on", "warning"], 1, id="fail-on-warning"),
        pytest.param(WARNED, ["--fail-on", "info"], 1, id="warning-is-no-less-than-info"),
        pytest.param(INFORMED, ["--fail-on", "info"], 1, id="fail-on-info"),
        pytest.param(ELSEWHERE, ["--strict"], 1, id="failing-wins-over-undetermined"),
        pytest.param(UNKNOWN, ["--strict"], 4, id="undetermined-strict"),
        pytest.param(ASSUMING, ["--strict"], 4, id="assumed-strict"),
        pytest.param(ASSUMING, ["--strict", "--no-strict"], 0, id="last-word-counts"),
        pytest.param(ASSUMING, ["--no-strict", "--strict"], 4, id="last-word-counts-strict"),
        pytest.param(BROKEN, [], 2, id="broken"),
        pytest.param(BROKEN, ["--strict"], 2, id="broken-strict"),
        pytest.param("", [], 2, id="empty"),
    ],
)
def test_exit_code_is_the_same_for_every_format(
    snaplint_here: Run, tmp_path: Path, form: str, text: str, arguments: list[str], expected: int
) -> None:
    write(tmp_path, a_snaplint_yaml=text)
    assert snaplint_here("check", "--format", form, *arguments, "a.snaplint.yaml", cwd=tmp_path).returncode == expected


@pytest.mark.parametrize("quietly", [[], ["--quiet"], ["--verbose"], ["--color", "always"]])
def test_exit_code_is_the_same_however_much_is_printed(snaplint_here: Run, tmp_path: Path, quietly: list[str]) -> None:
    write(tmp_path, a_snaplint_yaml=ELSEWHERE, b_snaplint_yaml=UNKNOWN, c_snaplint_yaml=BROKEN)
    codes = [
        snaplint_here("check", *quietly, "--strict", name, cwd=tmp_path).returncode
        for name in ("a.snaplint.yaml", "b.snaplint.yaml", "c.snaplint.yaml")
    ]
    assert codes == [1, 4, 2]


def test_warnings_and_remarks_are_reported_whatever_the_exit_code(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=WARNED, b_snaplint_yaml=INFORMED.replace("orders", "carts"))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.returncode == 0
    assert (verdicts(run, 0)["grant-incomplete"]["verdict"], verdicts(run, 0)["grant-incomplete"]["severity"]) == (
        "fails",
        "warning",
    )
    assert verdicts(run, 1)["public-access-block-relaxed"]["severity"] == "info"
    assert {result["outcome"] for result in report(run)["results"]} == {"fails"}


def test_unusable_input_wins_over_a_failure_and_the_rest_is_checked(run_snaplint: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=ELSEWHERE, b_snaplint_yaml=BROKEN, c_snaplint_yaml=READY)
    run = run_snaplint("check", "--format", "json", "gone.yaml", ".", cwd=tmp_path)
    assert run.returncode == 2
    whole = assert_sound(run)
    assert [result["outcome"] for result in whole["results"]] == ["fails", "passes"]
    assert [path for path, *_ in errors(run)] == ["gone.yaml", "b.snaplint.yaml"]

    text = run_snaplint("check", "gone.yaml", ".", cwd=tmp_path)
    assert text.returncode == 2
    assert "error[bucket-outside-region]" in text.stdout
    assert text.stdout.startswith("error: no such file or folder\n --> gone.yaml\n\nerror: ")
    assert "\n2 requests: 1 failure (1 error)" in text.stdout
    assert "2 files could not be used" in " ".join(text.stdout.split())


def test_file_with_a_broken_policy_is_unusable_and_still_judged(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=UNKNOWN + "buckets: {acme-exports: {region: eu-west-1, policy: p.json}}\n")
    (tmp_path / "p.json").write_text('{"Statement": [\n,]}')
    run = snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)
    assert run.returncode == 2
    assert [(path, line) for path, line, *_ in errors(run)] == [("p.json", 2)]
    assert verdicts(run)["bucket-outside-region"]["verdict"] == "fails"
    assert verdicts(run)["service-lacks-write"]["verdict"] == "cannot-tell"


def test_undocumented_doubts_are_no_reason_for_exit_code_4(snaplint_here: Run, tmp_path: Path) -> None:
    # bucket-default-kms is inferred: AWS does not document that such an export fails
    write(tmp_path, a_snaplint_yaml=READY.replace("    encryption: {SSEAlgorithm: AES256}\n", ""))
    run = snaplint_here("check", "--strict", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)
    doubtful = {rule for rule, verdict in verdicts(run).items() if verdict["verdict"] == "cannot-tell"}
    assert doubtful == {"bucket-default-kms"}
    assert run.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "--format", "xml"], "invalid choice: 'xml'"),
        (["check", "--fail-on", "never"], "--fail-on"),
        (["check", "--frobnicate"], "unrecognized arguments: --frobnicate\n"),
        (["check", "--formt=json"], "unrecognized arguments: --formt=json; did you mean `--format`?\n"),
        (["check", "--rules"], "expected one argument"),
        (["check", "--json"], "unrecognized arguments: --json; for JSON, give `--format json`\n"),
        (["check", "-f", "json"], "unrecognized arguments: -f; for JSON, give `--format json`\n"),
        (["check", "-fjson", "x"], "unrecognized arguments: -fjson; for JSON, give `--format json`\n"),
        (["check", "--output", "json"], "unrecognized arguments: --output; for JSON, give `--format json`\n"),
        (["check", "--output=json"], "unrecognized arguments: --output=json; for JSON, give `--format json`\n"),
        (["check", "-o", "json"], "unrecognized arguments: -o; for JSON, give `--format json`\n"),
        (["rules", "--json"], "unrecognized arguments: --json; for JSON, give `--format json`\n"),
        (["audit", "copy-snapshot", "--json"], "unrecognized arguments: --json; for JSON, give `--format json`\n"),
        (["collect", "copy-snapshot", "--json"], "unrecognized arguments: --json\n"),
        (["check", "-x"], "unrecognized arguments: -x\n"),
        (["schema", "prefligth"], "invalid choice: 'prefligth'"),
        (["explain", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["rules", "test"], "the following arguments are required: DIR"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_unusable(snaplint_here: Run, arguments: list[str], words: str) -> None:
    run = snaplint_here(*arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert run.stderr.startswith(f"usage: snaplint {arguments[0]}")
    assert run.stdout == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_snaplint_that_breaks_says_how_to_report_it(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def breaking(*_: object) -> Iterator[Finding]:
        message = "the sky fell"
        raise RuntimeError(message)

    check = CHECKS["bucket.in-region"]
    monkeypatch.setitem(CHECKS, "bucket.in-region", check._replace(run=breaking))
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", form, "a.snaplint.yaml", cwd=tmp_path)
    assert run.returncode == 3
    assert "RuntimeError: the sky fell" in run.stderr
    assert "this is an error in snaplint, not in your files" in run.stderr
    assert "report it where you got snaplint from" in run.stderr


def test_breaking_is_never_a_reason_for_another_exit_code(run_snaplint: Run, tmp_path: Path) -> None:
    # through the console script, with a module that cannot be imported
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['snaplint.lint.engine'] = None\n")
    from tests.conftest import ROOT

    path = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    run = run_snaplint("check", "examples/ready", env={"PYTHONPATH": path})
    assert run.returncode == 3
    assert "failed: this is an error in snaplint" in run.stderr


@pytest.mark.parametrize("closed", ["stdin", "stdout", "stderr"])
@pytest.mark.parametrize(("path", "expected"), [("examples/ready", 0), ("examples/first-try", 1), ("nowhere", 2)])
def test_closed_streams_do_not_change_the_exit_code(closed: str, path: str, expected: int) -> None:
    import subprocess

    from tests.conftest import PATIENCE, ROOT, command, environment

    redirect = {"stdin": "<&-", "stdout": ">&-", "stderr": "2>&-"}[closed]
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirect}', "sh", *command("check", path)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == expected
    assert b"Traceback" not in done.stderr


def test_closed_standard_input_is_an_input_error() -> None:
    import subprocess

    from tests.conftest import PATIENCE, ROOT, command, environment

    done = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *command("check", "-")],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout.startswith("error: standard input is closed\n --> <stdin>:1:1\n")


def test_quiet_is_not_silent_about_exit_code_4(snaplint_here: Run) -> None:
    run = snaplint_here("check", "--quiet", "--strict", "--fail-on", "error", "examples/unsure")
    assert run.returncode == 4
    assert "undetermined" in run.stdout


def test_verdicts_given_before_snaplint_broke_are_printed(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = CHECKS["bucket.in-region"]

    def breaking(proposal: Proposal, params: Mapping[str, object]) -> Iterator[Finding]:
        if proposal.request.source == "b":
            message = "the sky\x1b[31m fell"
            raise RuntimeError(message)
        yield from check.run(proposal, params)

    monkeypatch.setitem(CHECKS, "bucket.in-region", check._replace(run=breaking))
    monkeypatch.setitem(READS, "bucket.in-region", "")  # this one reads more than the name of the bucket
    one = "{{SourceSnapshotName: {}, TargetSnapshotName: t, TargetBucket: B}}"
    requests = f"requests: [{one.format('a')}, {one.format('b')}]\n"
    write(tmp_path, a_snaplint_yaml=HEAD + requests)
    run = snaplint_here("check", "a.snaplint.yaml", cwd=tmp_path)
    assert run.returncode == 3
    assert "error[bucket-name-invalid]" in run.stdout
    assert "\x1b" not in run.stderr

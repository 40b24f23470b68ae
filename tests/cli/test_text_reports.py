"""The text report of whole runs: causes instead of repetitions, and where each thing stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.cli.test_causes import DENY, MANY
from tests.cli.world import ELSEWHERE, HEAD, INFORMED, READY, REQUEST, UNKNOWN, WARNED, as_json, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

DENIED = READY + DENY
REQUESTS = "requests:\n" + MANY


def test_two_hundred_requests_behind_one_statement_fit_a_screen_and_a_half(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=DENIED.replace(REQUEST, REQUESTS))
    run = snaplint_here("check", ".", cwd=tmp_path, env={"COLUMNS": "80"})
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    assert len(lines) < 60
    assert run.stdout.count("OnlyFromOurNetwork") == 2  # in the message and in its frame
    assert re.search(r"in 200 requests \(a.snaplint.yaml:5, 6, 7, …\)", run.stdout)
    assert lines[-1].startswith("200 requests: ")
    assert " from 1 cause, " in lines[-1]
    quiet = snaplint_here("check", "-q", ".", cwd=tmp_path).stdout.splitlines()
    assert len(quiet) == 2
    assert quiet[0].startswith("a.snaplint.yaml:")
    assert "service-lacks-write" in quiet[0]


def test_every_cause_of_the_json_report_has_its_rules_and_its_path_in_the_text(
    snaplint_here: Run, tmp_path: Path
) -> None:
    for number, text in enumerate((DENIED, ELSEWHERE, UNKNOWN, WARNED, INFORMED)):
        write(tmp_path, a_snaplint_yaml=text)
        whole = json.loads(snaplint_here("check", "--format", "json", ".", cwd=tmp_path).stdout)
        text_report = snaplint_here("check", ".", cwd=tmp_path).stdout
        assert whole["causes"], number
        for cause in whole["causes"]:
            assert [rule for rule in cause["rules"] if rule not in text_report] == []
            assert cause["location"]["path"] in text_report


def test_an_input_error_comes_before_what_fails_and_names_what_it_leaves_open(
    snaplint_here: Run, tmp_path: Path
) -> None:
    write(tmp_path, a_snaplint_yaml=UNKNOWN + "buckets: {acme-exports: {region: eu-west-1, acl: acl.json}}\n")
    (tmp_path / "acl.json").write_text('{"Grants": [')
    run = snaplint_here("check", ".", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "")
    first, second, *_ = run.stdout.partition("\n\n")[2].split("\n\n")
    assert first.startswith("error: ")
    assert " --> acl.json:1:" in first
    assert second.startswith("error[bucket-outside-region]: ")


def test_verbose_lists_every_verdict_of_every_request(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_json=as_json(DENIED), b_snaplint_yaml=UNKNOWN)
    whole = json.loads(snaplint_here("check", "--format", "json", ".", cwd=tmp_path).stdout)
    text = snaplint_here("check", "--verbose", ".", cwd=tmp_path).stdout
    marks = {"fails": "x", "cannot-tell": "?", "passes": "ok", "not-applicable": "--"}
    for mark, listed in ((marks[verdict["verdict"]], verdict) for verdict in whole["results"][0]["verdicts"]):
        assert re.search(rf"^{re.escape(mark)} {listed['rule']}\b", text, re.MULTILINE)


@pytest.mark.parametrize(("text", "words"), [(WARNED, "1 failure (1 warning)"), (INFORMED, "no failures, 1 note")])
def test_a_note_is_no_failure_and_a_warning_is_one(snaplint_here: Run, tmp_path: Path, text: str, words: str) -> None:
    write(tmp_path, a_snaplint_yaml=text)
    last = snaplint_here("check", ".", cwd=tmp_path).stdout.splitlines()[-1]
    assert last.startswith(f"1 request: {words}, ")


def test_info_is_a_failure_where_the_run_fails_on_it(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=INFORMED)
    run = snaplint_here("check", "--fail-on", "info", ".", cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1].startswith("1 request: 1 failure (1 note), ")


def test_copies_within_elasticache_are_said_first_and_once(snaplint_here: Run, tmp_path: Path) -> None:
    copies = "".join(f"  - {{SourceSnapshotName: s, TargetSnapshotName: t{number}}}\n" for number in range(5))
    write(tmp_path, a_snaplint_yaml=f"{HEAD}requests:\n{copies}")
    text = snaplint_here("check", ".", cwd=tmp_path).stdout
    assert " ".join(text.split()).startswith("note: no `TargetBucket`: ")
    assert text.count("exports nothing") == 1


def test_the_pointer_and_the_commands_stand_before_the_summary_and_work(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=DENIED.replace("    acl: null\n", ""))
    *body, last = snaplint_here("check", ".", cwd=tmp_path).stdout.splitlines()
    assert last.startswith("1 request: ")
    command = next(line for line in body if line.startswith("  snaplint explain --why "))
    run = snaplint_here(*command.split()[1:], cwd=tmp_path)
    assert run.returncode in (0, 1)
    assert "OnlyFromOurNetwork" in run.stdout

"""`snaplint audit` and `snaplint collect` as commands: what they print where, what they save, and how they end.

What AWS says is given here; `tests/collect` reads it over HTTP.
"""

from __future__ import annotations

import json
import os
import resource
import stat
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from tests.cli.world import ELSEWHERE, READY, WARNED, report

import snaplint.collect
from snaplint.collect import Collected, Deadline, NotConnected, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.conftest import Ended, Run

    ShowProgress = Callable[[str, int, int], None]

NAMES = [
    "--source-snapshot-name",
    "nightly",
    "--target-snapshot-name",
    "orders-2026-11",
    "--target-bucket",
    "acme-exports",
]
WHY = "s3:GetBucketPolicy: AccessDenied for arn:aws:s3:::acme-exports"
REFUSED = Refused("s3:GetBucketPolicy", "arn:aws:s3:::acme-exports", "AccessDenied")
ACCOUNT = "111122223333"


def facts(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def unread() -> dict[str, Any]:
    """Return facts with which every condition passes, but whose bucket policy was refused."""
    found = facts(READY)
    found["buckets"]["acme-exports"]["policy"] = {"unknown": WHY}
    return found


def without_policy(run: Ended) -> str:
    """Return standard output without the policy for refused reads, which `check` does not know."""
    if not run.stdout.startswith("{"):
        return run.stdout
    return json.dumps({**report(run), "reading_policy": None})


class Collection(NamedTuple):
    """The arguments of one call of the collector."""

    connection: Mapping[str, object]
    requests: Sequence[Mapping[str, object]]
    no_session_policy: bool
    seconds: float


class Aws:
    """A fake of the collector: it returns `found`, and keeps its arguments."""

    def __init__(self) -> None:
        self.found = Collected(facts(READY), (), interrupted=False)
        self.failure: Exception | None = None
        self.calls: list[Collection] = []

    def connection(self, *, deadline: Deadline, **how: object) -> Mapping[str, object]:
        if self.failure is not None:
            raise self.failure
        return {**how, "seconds": deadline.seconds}

    def collect(
        self,
        requests: Sequence[Mapping[str, object]],
        connection: Mapping[str, object],
        *,
        progress: ShowProgress | None = None,
        no_session_policy: bool = False,
        deadline: Deadline,
    ) -> Collected:
        self.calls.append(Collection(connection, requests, no_session_policy, deadline.seconds))
        if progress is not None:
            progress("s3:GetBucketPolicy acme-exports", 1, 2)
        return self.found


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    monkeypatch.setattr(snaplint.collect, "Connection", made.connection)
    monkeypatch.setattr(snaplint.collect, "collect", made.collect)
    return made


# -- what is collected


def test_flags_reach_the_collector(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    where = ["--region", "eu-west-1", "--profile", "p", "--role-arn", "arn:r", "--endpoint-url", "http://127.0.0.1:1"]
    snaplint_here("audit", "copy-snapshot", *NAMES, *where, "--no-session-policy", "--timeout", "7.5", cwd=tmp_path)
    snaplint_here("collect", "copy-snapshot", *NAMES, cwd=tmp_path)
    request = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders-2026-11", "TargetBucket": "acme-exports"}
    given = {"region": "eu-west-1", "profile": "p", "role_arn": "arn:r", "endpoint_url": "http://127.0.0.1:1"}
    assert aws.calls == [
        Collection({**given, "seconds": 7.5}, [request], True, 7.5),
        Collection({**dict.fromkeys(given), "seconds": 300}, [request], False, 300),
    ]


def test_many_requests_are_collected_at_once(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"TargetBucket": "a"}\n{"TargetBucket": "b"}\n')
    snaplint_here("collect", "copy-snapshot", "--requests", "r.jsonl", cwd=tmp_path)
    assert [call.requests for call in aws.calls] == [[{"TargetBucket": "a"}, {"TargetBucket": "b"}]]


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_no_connection_is_one_message(snaplint_here: Run, aws: Aws, tmp_path: Path, command: str) -> None:
    aws.failure = NotConnected("no Region: give --region\x1b[2J")
    run = snaplint_here(command, "copy-snapshot", *NAMES, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"snaplint {command}: no Region: give --region\\x1b[2J\n"


# -- the verdicts


def test_requests_of_an_audit_are_checked_against_each_other(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    found = facts(READY)
    aws.found = aws.found._replace(facts={**found, "requests": found["requests"] * 2})
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "f.json", "--format", "json", cwd=tmp_path)
    first, second = (
        next(verdict for verdict in result["verdicts"] if verdict["rule"] == "object-key-exists")
        for result in report(run)["results"]
    )
    assert (first["verdict"], second["verdict"], run.returncode) == ("passes", "fails", 1)
    (blame,) = second["because"]
    assert (blame["path"], blame["layer"]) == ("f.json", "request")
    assert blame["line"] == report(run)["results"][0]["request"]["location"]["line"]


@pytest.mark.parametrize(
    ("found", "flags", "code"),
    [
        (facts(READY), [], 0),
        (facts(WARNED), [], 0),
        (facts(WARNED), ["--fail-on", "warning"], 1),
        (facts(ELSEWHERE), [], 1),
        (unread(), [], 4),
        (unread(), ["--strict"], 4),
        (unread(), ["--no-strict"], 0),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_exit_code(
    snaplint_here: Run, aws: Aws, tmp_path: Path, found: dict[str, Any], flags: list[str], code: int, form: str
) -> None:
    aws.found = Collected(found, (), interrupted=False)
    assert snaplint_here("audit", "copy-snapshot", *NAMES, "--format", form, *flags, cwd=tmp_path).returncode == code


def test_settings_of_the_project_apply_but_for_strict(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_text('fail-on = "warning"\nstrict = false\n')
    aws.found = Collected(facts(WARNED), (), interrupted=False)
    assert snaplint_here("audit", "copy-snapshot", *NAMES, cwd=tmp_path).returncode == 1
    aws.found = Collected(unread(), (), interrupted=False)
    assert snaplint_here("audit", "copy-snapshot", *NAMES, cwd=tmp_path).returncode == 4


def test_broken_settings_are_an_input_error(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_text("nonsense = 1\n")
    run = snaplint_here("audit", "copy-snapshot", *NAMES, cwd=tmp_path)
    assert run.returncode == 2
    assert " --> snaplint.toml:1:1\n" in run.stdout
    assert "s3://acme-exports" in run.stdout  # the request is checked nevertheless


def test_a_report_without_a_file_is_about_the_command_line(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, cwd=tmp_path)
    assert run.stdout.startswith("<command line>:1  ")
    assert run.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [READY, WARNED, ELSEWHERE])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_check_of_the_saved_facts_prints_the_same(
    snaplint_here: Run, aws: Aws, tmp_path: Path, text: str, form: str
) -> None:
    aws.found = Collected(facts(text), (), interrupted=False)
    audit = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "f.json", "--format", form, cwd=tmp_path)
    check = snaplint_here("check", "--strict", "--format", form, "f.json", cwd=tmp_path)
    assert (audit.stdout, audit.returncode) == (check.stdout, check.returncode)
    assert '"f.json"' in audit.stdout or audit.stdout.startswith("f.json:")


@pytest.mark.parametrize(("word", "coloured"), [("always", True), ("on", True), ("off", False), ("auto", False)])
def test_colour_also_in_the_words_of_the_aws_cli(
    snaplint_here: Run, aws: Aws, tmp_path: Path, word: str, coloured: bool
) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--color", word, cwd=tmp_path)
    assert ("\x1b[" in run.stdout) == coloured


# -- refused reads


def test_the_policy_for_refused_reads_stands_before_the_summary(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    aws.found = Collected(unread(), (REFUSED,), interrupted=False)
    run = snaplint_here("audit", "copy-snapshot", *NAMES, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (4, "")
    assert f"is unknown: {WHY}: " in " ".join(run.stdout.split())
    sentence, _, document = run.stdout.partition("\n{\n")
    document, _, summary = document.partition("\n}\n\n")
    policy = json.loads("{" + document + "}")
    assert summary.startswith("1 request: no failures, ")
    assert summary.count("\n") == 1
    assert sentence.rpartition("\n\n")[2].startswith("AWS denied some reads, so the facts that they return")
    assert policy["Statement"][0]["Effect"] == "Allow"
    assert "s3:GetBucketPolicy" in json.dumps(policy["Statement"])
    assert "arn:aws:s3:::acme-exports" in json.dumps(policy["Statement"])


@pytest.mark.parametrize("flags", [["--format", "json"], ["--quiet"]])
def test_elsewhere_the_policy_goes_to_standard_error(
    snaplint_here: Run, aws: Aws, tmp_path: Path, flags: list[str]
) -> None:
    alone = snaplint_here("audit", "copy-snapshot", *NAMES, *flags, cwd=tmp_path)
    aws.found = Collected(facts(READY), (REFUSED,), interrupted=False)
    run = snaplint_here("audit", "copy-snapshot", *NAMES, *flags, cwd=tmp_path)
    assert without_policy(run) == without_policy(alone)
    assert alone.stderr == ""
    assert '"s3:GetBucketPolicy"' in run.stderr
    assert run.stderr.startswith("AWS denied some reads, ")


def test_the_policy_stands_in_the_json_report(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    assert (
        report(snaplint_here("audit", "copy-snapshot", *NAMES, "--format", "json", cwd=tmp_path))["reading_policy"]
        is None
    )
    aws.found = Collected(unread(), (REFUSED,), interrupted=False)
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--format", "json", cwd=tmp_path)
    (statement,) = report(run)["reading_policy"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["s3:GetBucketPolicy"], ["arn:aws:s3:::acme-exports"])
    assert report(run)["second_opinion"] is None


@pytest.mark.parametrize(("strict", "code"), [("--strict", 4), ("--no-strict", 2)])
def test_nothing_fails_is_not_said_if_nothing_was_read(
    snaplint_here: Run, aws: Aws, tmp_path: Path, strict: str, code: int
) -> None:
    aws.found = Collected(unread(), (REFUSED,), interrupted=False, is_blank=True)
    run = snaplint_here("audit", "copy-snapshot", *NAMES, strict, cwd=tmp_path)
    assert run.returncode == code
    assert "1 request: no fact could be read from AWS, " in run.stdout
    assert "no failures" not in run.stdout


def test_collect_prints_the_policy_on_standard_error(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    aws.found = Collected(unread(), (REFUSED,), interrupted=False)
    run = snaplint_here("collect", "copy-snapshot", *NAMES, cwd=tmp_path)
    assert (run.returncode, json.loads(run.stdout)) == (0, unread())
    assert '"s3:GetBucketPolicy"' in run.stderr


# -- interrupted


def test_ctrl_c_reports_the_facts_so_far(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    found = facts(READY)
    found["buckets"]["acme-exports"]["policy"] = {"unknown": "interrupted"}
    aws.found = Collected(found, (), interrupted=True)
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "f.json", "-v", cwd=tmp_path)
    assert run.returncode == 130
    assert "undetermined: interrupted" in run.stdout
    assert "bucket-outside-region" in run.stdout
    assert run.stderr.endswith("snaplint audit: interrupted: facts that were not read by then are unknown\n")
    assert json.loads((tmp_path / "f.json").read_text()) == found


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_ctrl_c_comes_before_what_it_concerns(
    snaplint_here: Run, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    aws.found = Collected(facts(READY), (), interrupted=True)
    monkeypatch.setattr(sys, "stderr", sys.stdout)
    run = snaplint_here(command, "copy-snapshot", *NAMES, cwd=tmp_path)
    whole = run.stdout + run.stderr
    assert whole.startswith(f"snaplint {command}: interrupted: facts that were not read by then are unknown\n")
    assert "acme-exports" in whole


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_ctrl_c_before_anything_was_read_is_one_line(
    snaplint_here: Run, aws: Aws, tmp_path: Path, command: str
) -> None:
    aws.found = Collected(facts(READY), (), interrupted=True, is_blank=True)
    run = snaplint_here(command, "copy-snapshot", *NAMES, cwd=tmp_path)
    said = f"snaplint {command}: interrupted before anything was read\n"
    assert (run.returncode, run.stdout, run.stderr) == (130, "", said)


def test_the_output_flag_of_the_aws_cli_is_ignored_with_a_note(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("audit", "aws", "elasticache", "copy-snapshot", *NAMES, "--output", "json", cwd=tmp_path)
    assert (run.returncode, run.stdout[:1]) == (0, "<")
    assert (
        run.stderr
        == "snaplint audit: `--output` is the AWS CLI's and is ignored; for a report in JSON: `--format json`\n"
    )


def test_ctrl_c_leaves_the_facts_of_collect(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    aws.found = Collected(facts(READY), (), interrupted=True)
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "f.json", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (130, "")
    assert run.stderr == "snaplint collect: interrupted: facts that were not read by then are unknown\n"
    assert json.loads((tmp_path / "f.json").read_text()) == facts(READY)


# -- the facts file


def test_collect_writes_sorted_ascii_json(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    aws.found = Collected({"b": "ü", "a": None}, (), interrupted=False)
    text = '{\n  "a": null,\n  "b": "\\u00fc"\n}\n'
    assert snaplint_here("collect", "copy-snapshot", *NAMES, cwd=tmp_path).stdout == text
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "--output", "f.json", cwd=tmp_path)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)
    assert (tmp_path / "f.json").read_text() == text


def test_file_is_replaced_in_one_step(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "f.json").symlink_to("real.json")
    old = (tmp_path / "real.json").stat().st_ino
    snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "f.json", cwd=tmp_path)
    assert (tmp_path / "f.json").is_symlink()
    assert (tmp_path / "real.json").stat().st_ino != old
    assert json.loads((tmp_path / "real.json").read_text()) == facts(READY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.json", "real.json"]


def test_a_failed_write_leaves_the_old_file(
    snaplint_here: Run, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    (tmp_path / "f.json").write_text("old")
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "f.json", cwd=tmp_path)
    assert run.returncode == 2
    assert "error: cannot write the facts: no space left on device\n --> f.json\n" in run.stdout
    assert "s3://acme-exports" in run.stdout  # the verdicts are printed nevertheless
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("f.json", "old")]


def test_a_folder_that_is_not_there(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "no/f.json", cwd=tmp_path)
    said = "cannot write `no/f.json`: there is no folder `no`\n"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"snaplint audit: {said}")
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "no/f.json", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"snaplint collect: {said}")
    assert aws.calls == []  # nothing is read if it cannot be saved


def test_a_name_that_no_file_can_have(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    for command, option in (("audit", "--save-facts"), ("collect", "-o")):
        run = snaplint_here(command, "copy-snapshot", *NAMES, option, "f\ud800.json", cwd=tmp_path)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith(f"snaplint {command}: cannot write `f\\ud800.json`: ")
    assert aws.calls == []


def test_a_place_that_cannot_be_written(
    snaplint_here: Run, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", ".", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "snaplint collect: cannot write `.`: it is a folder\n")
    monkeypatch.setattr(os, "access", lambda *_: False)
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "f.json", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "snaplint collect: cannot write `f.json`: permission denied\n")


def test_facts_may_go_into_a_pipe(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    import threading

    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "pipe", cwd=tmp_path)
    reader.join(timeout=30)
    assert [json.loads(text) for text in read] == [facts(READY)]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_facts_may_go_into_an_open_pipe(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    reading, writing = os.pipe()  # what a shell makes of `-o >(jq .)`, and of /dev/stdout before a `|`
    with open(reading) as pipe:
        run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", f"/dev/fd/{writing}", cwd=tmp_path)
        os.close(writing)
        assert (run.returncode, json.load(pipe)) == (0, facts(READY))


def test_facts_may_have_the_longest_name(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    name = "f" * 250 + ".json"
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", name, cwd=tmp_path)
    assert (run.returncode, run.stderr, os.listdir(tmp_path)) == (0, "", [name])


def test_facts_do_not_go_into_a_link_to_itself(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "loop", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "snaplint collect: cannot write `loop`: the link leads to itself\n")
    assert aws.calls == []


def test_full_disk_leaves_the_old_facts(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "f.json", cwd=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (run.returncode, run.stderr) == (2, "snaplint collect: cannot write `f.json`: file too large\n")
    assert (os.listdir(tmp_path), (tmp_path / "f.json").read_text()) == (["f.json"], "old")
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "-o", "/dev/full", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (
        2,
        "snaplint collect: cannot write `/dev/full`: no space left on device\n",
    )


def test_saving_to_standard_output_is_collects(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "-", cwd=tmp_path)
    assert (run.returncode, run.stdout, aws.calls) == (2, "", [])
    assert "`snaplint collect` writes the facts there" in run.stderr


# -- redacted


def test_redact_masks_the_account_everywhere(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    found = unread()
    found["buckets"]["acme-exports"]["account"] = "444455556666"
    role = Refused("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/exporter", "AccessDenied")
    aws.found = Collected(found, (REFUSED, role), interrupted=False)
    for form in ("text", "json"):
        run = snaplint_here(
            "audit", "copy-snapshot", *NAMES, "--redact", "-v", "--save-facts", "f.json", "--format", form, cwd=tmp_path
        )
        whole = run.stdout + run.stderr + (tmp_path / "f.json").read_text()
        assert run.returncode == 1  # the bucket is of another account, masked or not
        assert ACCOUNT not in whole
        assert "444455556666" not in whole
        assert "arn:aws:iam::000000000001:role/exporter" in whole
    check = snaplint_here("check", "--strict", "--format", "json", "f.json", cwd=tmp_path)
    assert without_policy(check) == without_policy(run)


def test_redact_masks_canonical_user_ids(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    owner, other = "0f" * 32, "ab" * 32
    service = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"
    found = facts(READY)
    bucket = found["buckets"]["acme-exports"]
    grants = [{"Grantee": {"Type": "CanonicalUser", "ID": each}, "Permission": "READ"} for each in (service, other)]
    bucket["acl"] = {"Owner": {"ID": owner}, "Grants": grants}
    header = {"StringEquals": {"s3:x-amz-grant-read": f'id="{other}"'}}
    denied = {"Effect": "Deny", "Principal": {"CanonicalUser": owner}, "Action": "s3:PutObject", "Condition": header}
    bucket["policy"]["Statement"].append({**denied, "Resource": "arn:aws:s3:::acme-exports/*"})
    aws.found = Collected(found, (), interrupted=False)
    for form in ("text", "json"):
        run = snaplint_here(
            "audit", "copy-snapshot", *NAMES, "--redact", "-v", "--save-facts", "f.json", "--format", form, cwd=tmp_path
        )
        saved = (tmp_path / "f.json").read_text()
        whole = run.stdout + run.stderr + saved
        assert owner not in whole
        assert other not in whole
        assert service in saved  # AWS publishes it, and verdicts depend on it
    masked = json.loads(saved)["buckets"]["acme-exports"]
    assert masked["acl"]["Owner"]["ID"] == masked["policy"]["Statement"][-1]["Principal"]["CanonicalUser"]
    assert masked["acl"]["Grants"][1]["Grantee"]["ID"] in json.dumps(masked["policy"]["Statement"][-1]["Condition"])


def test_redacted_facts_on_standard_output(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "--redact", cwd=tmp_path)
    assert ACCOUNT not in run.stdout
    assert json.loads(run.stdout).keys() == facts(READY).keys()


# -- progress


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_reads_are_reported_on_standard_error_with_verbose(
    snaplint_here: Run, aws: Aws, tmp_path: Path, command: str
) -> None:
    assert snaplint_here(command, "copy-snapshot", *NAMES, cwd=tmp_path).stderr == ""
    run = snaplint_here(command, "copy-snapshot", *NAMES, "-v", cwd=tmp_path)
    assert run.stderr == "read 1 of 2: s3:GetBucketPolicy acme-exports\n"


@pytest.mark.parametrize("name", ["facts.json", "facts.yaml", "snaplint.json"])
def test_facts_that_no_search_finds_are_to_be_named(snaplint_here: Run, aws: Aws, tmp_path: Path, name: str) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", name, cwd=tmp_path)
    assert run.returncode == 0
    assert "a search of a folder finds *.snaplint.yaml, *.snaplint.yml and *.snaplint.json only" in run.stderr
    assert f"snaplint check {name}\n" in run.stderr


def test_facts_that_a_search_finds_need_no_word(snaplint_here: Run, aws: Aws, tmp_path: Path) -> None:
    run = snaplint_here("audit", "copy-snapshot", *NAMES, "--save-facts", "f.snaplint.json", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert snaplint_here("check", cwd=tmp_path).returncode == 0

"""`snaplint audit` over HTTP: its report on an account, the same from `snaplint check` offline, and no credentials in
any output."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from tests.collect.fake_aws import Reply, error, garbage, hung, refused, truncated
from tests.collect.sandbox import ACCOUNT, Sandbox
from tests.collect.wrong_ways import WAYS
from tests.conftest import command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collect.fake_aws import Answer, Call, FakeAws
    from tests.conftest import Ended, Run

FLAGS = ["--source-snapshot-name", "nightly", "--target-snapshot-name", "orders", "--target-bucket", "exports"]
KEY = "AKIADUMMYKEYDUMMYKEY"
SECRETS = ("dummysecretdummysecretdummysecret", "dummytokendummytokendummytoken")
"""A secret key and a session token."""


def credentials(key: tuple[str, str]) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1], "AWS_REGION": "us-east-1"}


def offline(run: Run, audit: Ended, folder: Path, *flags: str) -> None:
    """Require that `check`, in a process without credentials and AWS, prints the same bytes.

    It does not know the policy for the reads that AWS refused.
    """
    check = run("check", "--strict", "facts.json", *flags, cwd=folder)
    policy = json.loads(audit.stdout)["reading_policy"] if "json" in flags else None
    printed = audit.stdout if policy is None else audit.stdout.replace(json.dumps(policy), "null")
    assert (check.stdout, check.returncode) == (printed, audit.returncode)


# -- the same offline


def test_everything_passes(snaplint_here: Run, run_snaplint: Run, aws: FakeAws, moto: str, tmp_path: Path) -> None:
    env = credentials(Sandbox(moto).story())
    flags = ["--endpoint-url", aws.url, "--save-facts", "facts.json"]
    audit = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, "--format", "json", cwd=tmp_path, env=env)
    assert audit.returncode == 0
    assert audit.stderr.endswith("so give this file by its name: snaplint check facts.json\n")
    offline(run_snaplint, audit, tmp_path, "--format", "json")
    text = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert text.stdout.startswith("facts.json:")
    offline(run_snaplint, text, tmp_path)


def test_a_preflight_file_is_read_in_its_own_region_and_account(
    snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path
) -> None:
    env = credentials(Sandbox(moto).story())

    def audited(account: str, region: str) -> tuple[int, str]:
        facts = {"version": 1, "account": account, "region": region, "requests": [{"TargetSnapshotName": "x"}]}
        (tmp_path / "a.snaplint.json").write_text(json.dumps(facts))
        flags = ["--requests", "a.snaplint.json", "--endpoint-url", aws.url, "--save-facts", "facts.json"]
        done = snaplint_here("audit", "copy-snapshot", *flags, cwd=tmp_path, env=env)
        return done.returncode, done.stderr

    assert audited(ACCOUNT, "eu-west-1")[0] == 1
    assert json.loads((tmp_path / "facts.json").read_text())["region"] == "eu-west-1"
    other = audited("444455556666", "eu-west-1")
    assert other[0] == 2
    assert f"`a.snaplint.json` is for account 444455556666, but the credentials belong to {ACCOUNT}" in other[1]


def test_two_collections_of_the_same_account_are_the_same(
    snaplint_here: Run, aws: FakeAws, moto: str, tmp_path: Path
) -> None:
    env = credentials(Sandbox(moto).story())
    runs = [
        snaplint_here("collect", "copy-snapshot", *FLAGS, "--endpoint-url", aws.url, cwd=tmp_path, env=env)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].returncode == 0
    assert json.loads(runs[0].stdout)["account"] == ACCOUNT


@pytest.mark.parametrize(
    ("operation", "answer", "said"),
    [
        ("s3:GetBucketPolicy", refused, "s3:GetBucketPolicy: AccessDenied for arn:aws:s3:::exports"),
        ("elasticache:DescribeSnapshots", garbage, "the answer could not be parsed"),
        ("s3:GetBucketAcl", truncated, "s3:GetBucketAcl: "),
        ("iam:GetUser", error("ServiceUnavailable", 503), "iam:GetUser: "),
        ("s3:GetBucketPolicy", error("SlowDown", 503), "s3:GetBucketPolicy: "),
    ],
    ids=["refused", "garbage", "truncated", "unavailable", "throttled"],
)
def test_unread_facts_are_the_same_offline(
    snaplint_here: Run,
    run_snaplint: Run,
    aws: FakeAws,
    moto: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    answer: Answer,
    said: str,
) -> None:
    env = credentials(Sandbox(moto).story())
    aws.on(operation, answer)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)  # botocore waits between attempts
    flags = ["--endpoint-url", aws.url, "--save-facts", "facts.json", "--format", "json"]
    audit = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert audit.returncode == 4
    assert said in audit.stdout
    offline(run_snaplint, audit, tmp_path, "--format", "json")


def test_many_requests_and_masked_accounts(
    snaplint_here: Run, run_snaplint: Run, aws: FakeAws, moto: str, tmp_path: Path
) -> None:
    sandbox = Sandbox(moto)
    env = credentials(sandbox.story())
    sandbox.bucket("elsewhere", "eu-west-1")
    requests = [
        {"SourceSnapshotName": "nightly", "TargetSnapshotName": name, "TargetBucket": bucket}
        for name, bucket in (
            ("orders", "exports"),
            ("orders", "elsewhere"),
            ("Orders/2026", "missing"),
            ("", "exports"),
        )
    ]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(each) + "\n" for each in requests))
    flags = ["--requests", "r.jsonl", "--endpoint-url", aws.url, "--save-facts", "facts.json", "--redact"]
    audit = snaplint_here("audit", "copy-snapshot", *flags, "--format", "json", cwd=tmp_path, env=env)
    found = json.loads(audit.stdout)["results"]
    assert audit.returncode == 1
    assert [each["request"]["TargetBucket"] for each in found] == ["exports", "elsewhere", "missing", "exports"]
    assert [each["outcome"] for each in found] == ["passes", "fails", "fails", "fails"]
    assert ACCOUNT not in audit.stdout + (tmp_path / "facts.json").read_text()
    offline(run_snaplint, audit, tmp_path, "--format", "json")


def test_a_role_is_assumed_and_checked(
    snaplint_here: Run, run_snaplint: Run, aws: FakeAws, moto: str, tmp_path: Path
) -> None:
    sandbox = Sandbox(moto)
    env = credentials(sandbox.story())
    role = sandbox.role("auditor")
    flags = ["--endpoint-url", aws.url, "--role-arn", role, "--save-facts", "facts.json", "--format", "json"]
    audit = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert json.loads((tmp_path / "facts.json").read_text())["caller"]["arn"].endswith(":assumed-role/auditor/snaplint")
    verdicts = {each["rule"]: each["verdict"] for each in json.loads(audit.stdout)["results"][0]["verdicts"]}
    assert verdicts["caller-not-permitted"] == "fails"  # the role has no policy
    assert audit.returncode == 1
    offline(run_snaplint, audit, tmp_path, "--format", "json")


def test_a_preflight_file_may_get_the_facts(
    snaplint_here: Run, run_snaplint: Run, aws: FakeAws, moto: str, tmp_path: Path
) -> None:
    env = credentials(Sandbox(moto).story())
    flags = ["--endpoint-url", aws.url, "-o", "facts.json"]
    assert snaplint_here("collect", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env).returncode == 0
    (tmp_path / "a.snaplint.yaml").write_text(
        f'version: 1\naccount: "{ACCOUNT}"\nregion: us-east-1\nfacts: facts.json\n'
        "requests: [{SourceSnapshotName: nightly, TargetSnapshotName: orders, TargetBucket: exports}]\n"
    )
    run = run_snaplint("check", "a.snaplint.yaml", "-v", cwd=tmp_path)
    assert "ok service-lacks-write" in run.stdout
    assert "ok snapshot-does-not-exist" in run.stdout


# -- Ctrl-C


def test_ctrl_c_ends_a_hung_audit_at_once(aws: FakeAws, moto: str, tmp_path: Path) -> None:
    import signal
    import subprocess

    env = environment(credentials(Sandbox(moto).story()))
    asked = threading.Event()

    def hangs(call: Call) -> Reply:
        asked.set()
        return hung(call)

    aws.on("s3:GetBucketPolicy", hangs)
    flags = ["--endpoint-url", aws.url, "--save-facts", "facts.json"]
    audit = subprocess.Popen(
        command("audit", "copy-snapshot", *FLAGS, *flags),
        cwd=tmp_path,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asked.wait(60)
    time.sleep(0.5)
    audit.send_signal(signal.SIGINT)
    # without Ctrl-C it would take over a minute: a read times out after 20 seconds, and is tried again
    out, err = audit.communicate(timeout=60)
    assert audit.returncode == 130
    assert "interrupted" in out
    assert "orders -> s3://exports" in out
    assert err == "snaplint audit: interrupted: facts that were not read by then are unknown\n"
    assert json.loads((tmp_path / "facts.json").read_text())["buckets"]["exports"]["policy"] == {
        "unknown": "interrupted"
    }


# -- servers that are not AWS


NOT_AWS = ("301", "302 html", "307 round", "xhtml", "html", "deep JSON", "entities", "null", "511", "closed early")


@pytest.mark.parametrize("answer", [*NOT_AWS, "throttled", "unavailable"])
@pytest.mark.parametrize("command_", ["audit", "collect"])
def test_a_run_that_reads_nothing_is_one_line(
    snaplint_here: Run, aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, command_: str
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    errors = {"throttled": error("Throttling", 400), "unavailable": error("ServiceUnavailable", 503)}
    aws.on("*", errors.get(answer) or (lambda call: WAYS[answer](call, Reply())))
    env = {**credentials((KEY, SECRETS[0])), "AWS_MAX_ATTEMPTS": "1"}
    flags = ["--endpoint-url", aws.url.replace("//", "//user:secret@"), "--timeout", "30"]
    run = snaplint_here(command_, "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    address = aws.url.replace("//", "//***@")
    assert run.stderr.startswith(f"snaplint {command_}: nothing could be read from AWS: {address}: ")
    if answer in errors:
        assert {"throttled": "throttled", "unavailable": "ServiceUnavailable"}[answer] in run.stderr


@pytest.mark.parametrize("way", NOT_AWS)
def test_a_report_on_a_server_that_is_not_aws_is_whole(
    snaplint_here: Run, aws: FakeAws, tmp_path: Path, way: str
) -> None:
    aws.on("*", refused)
    aws.on("s3:HeadBucket", lambda call: WAYS[way](call, Reply()))
    env = {**credentials((KEY, SECRETS[0])), "AWS_MAX_ATTEMPTS": "1"}
    flags = ["--endpoint-url", aws.url, "--format", "json", "--timeout", "30"]
    audit = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert audit.returncode == 4
    assert "Traceback" not in audit.stderr
    (result,) = json.loads(audit.stdout)["results"]
    assert "passes" not in {
        verdict["verdict"] for verdict in result["verdicts"] if verdict["rule"].startswith("bucket-d")
    }
    assert len(aws.calls) < 50


# -- credentials


@pytest.mark.parametrize(("command_", "source"), [("audit", "environment"), ("collect", "profile")])
@pytest.mark.parametrize(
    "answer",
    [
        error("ExpiredToken", 403),
        error("InvalidClientTokenId", 403),
        error("SignatureDoesNotMatch", 403),
        error("AccessDenied", 403),
        garbage,
        None,
    ],
    ids=["expired", "unknown key", "signature", "denied", "garbage", "whole world"],
)
def test_no_credential_is_ever_written(
    snaplint_here: Run,
    aws: FakeAws,
    moto: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command_: str,
    source: str,
    answer: Answer | None,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    env = {"AWS_REGION": "us-east-1"}
    if source == "environment":
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        env |= dict(zip(names, (KEY, *SECRETS), strict=True))
    else:
        env |= {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_PROFILE": "dummy"}
        (tmp_path / "credentials").write_text(
            f"[dummy]\naws_access_key_id = {KEY}\n"
            f"aws_secret_access_key = {SECRETS[0]}\naws_session_token = {SECRETS[1]}\n"
        )
    if answer is not None:
        aws.on("*", answer)
    save = {"audit": "--save-facts", "collect": "--output"}[command_]
    flags = ["-v", "--endpoint-url", aws.url, save, str(tmp_path / "facts.json")]
    run = snaplint_here(command_, "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert aws.calls != []  # calls were sent
    saved = (tmp_path / "facts.json").read_text() if (tmp_path / "facts.json").exists() else ""
    whole = run.stdout + run.stderr + saved
    assert [secret for secret in (*SECRETS, "SECRETWORD", "X-Amz-Signature", "Authorization") if secret in whole] == []
    assert KEY not in whole
    assert whole != ""


def test_a_closed_port_is_one_message(snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    env = {**credentials((KEY, SECRETS[0])), "AWS_SESSION_TOKEN": SECRETS[1]}
    flags = ["--endpoint-url", "http://127.0.0.1:9"]
    run = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    said = "nothing could be read from AWS: http://127.0.0.1:9: AWS cannot be reached: the connection is refused"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"snaplint audit: {said}\n")
    assert [secret for secret in (KEY, *SECRETS) if secret in run.stdout + run.stderr] == []


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({}, "https://sts.us-east-1.amazonaws.com: AWS cannot be reached: the name of the host cannot be resolved"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, "the proxy cannot be reached, or refuses to connect"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "http://127.0.0.1:9: AWS cannot be reached: the connection is"),
    ],
    ids=["no network", "dead proxy", "dead endpoint"],
)
def test_without_a_network(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], said: str
) -> None:
    def unresolved(*_args: object, **_named: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    if not env:
        monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    run = snaplint_here("audit", "copy-snapshot", *FLAGS, cwd=tmp_path, env={**credentials((KEY, "s")), **env})
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert said in run.stderr


@pytest.mark.parametrize(
    ("env", "flags", "said"),
    [
        ({"AWS_REGION": "us-east-1"}, [], "no AWS credentials were found"),
        (credentials((KEY, "s")), ["--profile", "nobody"], "there is no profile `nobody`"),
        ({"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRETS[0]}, [], "no Region is set"),
        (credentials((KEY, "s")), ["--region", "nowhere"], "`nowhere` is not a Region"),
        (credentials((KEY, "s")), ["--endpoint-url", "nonsense"], "`nonsense` is not the address of an endpoint"),
    ],
)
def test_no_connection_is_one_message(
    snaplint_here: Run, tmp_path: Path, env: dict[str, str], flags: list[str], said: str
) -> None:
    run = snaplint_here("audit", "copy-snapshot", *FLAGS, *flags, cwd=tmp_path, env=env)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("snaplint audit: ")
    assert said in run.stderr
    assert run.stderr.count("\n") == 1

"""`snaplint demo` as a user runs it: its text, how each step ends, and that it changes nothing outside itself."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
import pytest
from tests.conftest import PATIENCE, command, environment, is_scrubbed

from snaplint.cli import main
from snaplint.cli.commands import audit
from snaplint.demo import world
from snaplint.demo.sandbox import Sandbox
from snaplint.demo.story import AuditRun, Heading, Verbatim, story

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def clean(extra: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without variables about AWS or terminals, except those of the test."""
    kept = {name: value for name, value in environment().items() if not is_scrubbed(name)}
    return {**kept, "COLUMNS": "80", **extra}


def ran(arguments: list[str], cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments, cwd=cwd, env=clean(extra), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """One run of the demo, in an empty folder."""
    return ran(command("demo"), tmp_path_factory.mktemp("demo"))


def parts(text: str) -> dict[str, str]:
    """Return the text below each heading."""
    found = re.split(r"^(.+)\n-{3,}$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def failing(text: str) -> set[str]:
    """Return the rules that fail in the output of an audit."""
    tags = re.findall(r"\b(?:error|warning|note)\[([a-z, \n-]+)\]", text)
    return {rule.strip() for tag in tags for rule in tag.split(",")}


# -- its text
# ------------------------------------------------------------------------------------------------------------------


def test_it_ends_well_and_says_nothing_on_standard_error(demo: subprocess.CompletedProcess[str]) -> None:
    assert (demo.returncode, demo.stderr) == (0, "")


def test_the_story_from_two_failures_to_none(demo: subprocess.CompletedProcess[str]) -> None:
    sections = parts(demo.stdout)
    assert list(sections) == [
        "A simulated AWS",
        "1. A bucket in another Region",
        "2. A bucket in the right Region",
        "3. The change",
        "4. The same command again",
        "Your own export",
    ]
    first, second, _, last = (text for heading, text in sections.items() if heading[0].isdigit())
    assert failing(first) == {"bucket-outside-region", "caller-cannot-list-buckets"}
    assert failing(second) == {"caller-cannot-list-buckets", "service-lacks-write", "grant-incomplete"}
    assert failing(last) == set()
    assert "ElastiCache has not been granted WRITE permissions" in " ".join(second.split())
    for text, code in ((first, 1), (second, 1), (last, 0)):
        assert text.rstrip().endswith(f"(exit code {code})")
    assert "undetermined" not in demo.stdout


def test_each_audit_is_shown_as_the_command_that_it_is(demo: subprocess.CompletedProcess[str]) -> None:
    joined = demo.stdout.replace(" \\\n   ", "")
    for bucket, more in ((world.BUCKET_ELSEWHERE, " -q"), (world.BUCKET, "")):
        flags = f"--source-snapshot-name {world.SNAPSHOT} --target-snapshot-name {world.TARGET}"
        assert f"$ snaplint audit copy-snapshot {flags} --target-bucket {bucket}{more}\n" in joined


def test_the_change_is_shown_as_differences(demo: subprocess.CompletedProcess[str]) -> None:
    change = parts(demo.stdout)["3. The change"]
    names = re.findall(r"^  \+\+\+ (.+), after$", change, re.MULTILINE)
    assert names == ["the command", "policy of bucket acme-redis", "policy of user exporter"]
    added = {line[3:].strip().rstrip(",") for line in change.splitlines() if line.startswith("  +")}
    assert {'"s3:PutObject"', '"Action": "s3:ListAllMyBuckets"', "--target-bucket acme-redis"} <= added
    gone = {line[3:].strip().rstrip(",") for line in change.splitlines() if line.startswith("  - ")}
    assert gone == {"--target-bucket acme-archive-eu", '"s3:GetBucketAcl"'}
    assert '"s3:GetBucketAcl"' in added  # it only gains a comma


def test_it_owns_up_to_what_moto_does_not_do(demo: subprocess.CompletedProcess[str]) -> None:
    assert "moto allows every read" in " ".join(demo.stdout.split())


def test_it_ends_with_commands_that_there_are(demo: subprocess.CompletedProcess[str]) -> None:
    from snaplint.cli import COMMANDS

    last = parts(demo.stdout)["Your own export"]
    named = re.findall(r"^  snaplint (\w+)", last, re.MULTILINE)
    assert named == ["audit", "init", "check", "explain"]
    assert [name for name in named if name not in COMMANDS] == []


def test_it_fits_eighty_columns(demo: subprocess.CompletedProcess[str]) -> None:
    wide = [line for line in demo.stdout.splitlines() if len(line) > 80]
    # a link is never split, -q prints one line per cause, and a summary is one line
    assert [line for line in wide if "https://" not in line and not line.startswith(("<facts>:", "1 request: "))] == []


def test_no_credential_is_shown(demo: subprocess.CompletedProcess[str]) -> None:
    assert re.findall(r"\b(?:AKIA|ASIA|LKIA)[0-9A-Z]{16}\b", demo.stdout) == []


# -- nothing outside is changed
# ------------------------------------------------------------------------------------------------------------------

WATCHED = """\
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        here = arguments[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        here = arguments[0]
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn"):
        here = "a program"
    else:
        return
    seen.add(here)

seen = set()
sys.addaudithook(watch)
from snaplint.cli import main
code = main(["demo"])
print("SEEN", *sorted(map(str, seen)))
sys.exit(code)
"""


def test_nothing_leaves_this_machine_whatever_the_settings_are(tmp_path: Path) -> None:
    folder, home = tmp_path / "project", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "pyproject.toml").write_text('[tool.snaplint]\nrules = ["gone"]\nfail-on = "info"\n')
    (home / "config").write_text("[profile work]\nregion = eu-west-1\nendpoint_url = http://192.0.2.1\n")
    done = ran(
        [sys.executable, "-c", WATCHED],
        folder,
        AWS_PROFILE="work",
        AWS_CONFIG_FILE=str(home / "config"),
        AWS_SESSION_TOKEN="token",  # noqa: S106  # not one
        AWS_ENDPOINT_URL_S3="http://192.0.2.1",
        AWS_REGION="ap-south-1",
        HTTP_PROXY="http://192.0.2.1:3128",
        https_proxy="http://192.0.2.1:3128",
    )
    assert (done.returncode, done.stderr) == (0, "")
    seen = set(done.stdout.splitlines()[-1].split()[1:])
    assert "127.0.0.1" in seen
    assert seen <= {"127.0.0.1", "::1"}  # urllib3 binds to ::1 when it is imported, to test for IPv6
    assert [path.name for path in folder.iterdir()] == ["pyproject.toml"]
    assert [path.name for path in home.iterdir()] == ["config"]


def test_the_sandbox_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    before, resolve = dict(os.environ), socket.getaddrinfo
    for _ in range(2):  # a second sandbox starts empty
        with Sandbox() as aws:
            assert "AWS_PROFILE" not in os.environ
            assert boto3.client("sts").get_caller_identity()["Account"] == world.ACCOUNT
            with pytest.raises(socket.gaierror):
                socket.getaddrinfo("sts.amazonaws.com", 443)
            aws.change()
        assert dict(os.environ) == before
        assert socket.getaddrinfo is resolve
    with pytest.raises(RuntimeError, match="in the middle"), Sandbox():
        raise RuntimeError("in the middle")
    assert dict(os.environ) == before
    assert socket.getaddrinfo is resolve


def test_new_buckets_are_as_s3_makes_them() -> None:
    """moto does not set what S3 sets for every bucket."""
    with Sandbox():
        s3 = boto3.client("s3")
        for name in (world.BUCKET, world.BUCKET_ELSEWHERE):
            (rule,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
            assert rule["ObjectOwnership"] == "BucketOwnerEnforced"
            (default,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
            assert default["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
            block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
            assert set(block.values()) == {True}


# -- other ends
# ------------------------------------------------------------------------------------------------------------------

WITHOUT = """\
import sys
sys.modules[{module!r}] = None
from snaplint.cli import main
sys.exit(main(["demo"]))
"""


@pytest.mark.parametrize("module", ["moto", "flask", "flask_cors"])
def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path, module: str) -> None:
    done = ran([sys.executable, "-c", WITHOUT.format(module=module)], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'snaplint-aws[demo]'" in done.stderr
    assert f"the demo needs `{module}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("ended", "code", "said"), [(4, 3, "should have ended with exit code 1"), (1, 3, "exit code 0"), (130, 130, "")]
)
def test_an_audit_that_ends_otherwise_ends_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ended: int, code: int, said: str
) -> None:
    monkeypatch.setattr(audit, "run", lambda _arguments: ended)
    assert main(["demo"]) == code
    out, err = capsys.readouterr()
    assert said in err
    assert "Your own export" not in out


def test_colour_is_as_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[list[str]] = []

    def audited(arguments: list[str]) -> int:
        asked.append(arguments)
        return 0 if len(asked) == 3 else 1

    monkeypatch.setattr(audit, "run", audited)
    assert main(["demo", "--color", "always"]) == 0
    coloured = capsys.readouterr().out
    assert '\x1b[1;32m+        "s3:PutObject",\x1b[0m' in coloured
    assert "\x1b[1;31m-    --target-bucket acme-archive-eu\x1b[0m" in coloured
    assert [arguments[arguments.index("--color") + 1] for arguments in asked] == ["always"] * 3
    asked.clear()
    assert main(["demo"]) == 0
    assert capsys.readouterr().out == re.sub(r"\x1b\[[0-9;]*m", "", coloured)


def test_an_unknown_argument_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--colour"]) == 2
    assert "--colour" in capsys.readouterr().err


def test_the_world_changes_where_the_story_says_so() -> None:
    class Watched(Sandbox):
        def __init__(self) -> None:
            super().__init__()
            self.changed = False

        def change(self) -> None:
            self.changed = True

    aws = Watched()
    seen = {part.text: aws.changed for part in story(aws) if isinstance(part, Heading)}
    assert seen["3. The change"] is False
    assert seen["4. The same command again"] is True
    kinds = [type(part) for part in story(aws)]
    assert kinds.index(Verbatim) < kinds.index(AuditRun)

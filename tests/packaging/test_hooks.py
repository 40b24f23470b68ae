"""The pre-commit hooks, run by pre-commit on real commits in a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.world import READY
from tests.conftest import ROOT
from tests.packaging.conftest import PATIENCE, run

NOT_CLONED = shutil.ignore_patterns(
    ".git", ".venv*", ".*cache", ".hypothesis", "__pycache__", "dist", "build", ".bench", "tests"
)
POLICY = '{"Version": "2012-10-17", "Statement": []}\n'
REFERRING = READY[: READY.index("    policy:\n")] + "    policy: policies/bucket.json\n"
GRANTING = """\
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
  "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
  "Action": ["s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl",
             "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"],
  "Resource": ["arn:aws:s3:::acme-exports", "arn:aws:s3:::acme-exports/*"]}]}
"""


class Repository(NamedTuple):
    """A scratch repository whose commits go through the hooks."""

    path: Path
    env: dict[str, str]

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        run("git", "add", "--", name, cwd=self.path, env=self.env)

    def commit(self) -> tuple[bool, str]:
        """Commit what is staged, and return whether that succeeded and the output."""
        done = subprocess.run(
            ["git", "commit", "-m", "change"],
            cwd=self.path,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            run("git", "reset", "--quiet", "--hard", cwd=self.path, env=self.env)
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def git_env(pinned: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which git and pre-commit have a separate home folder."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    who = {f"GIT_{role}_{what}": "test@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {
        **kept,
        **who,
        **pinned,
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }


@pytest.fixture(scope="module")
def hooks(git_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a git repository whose one commit is this working tree with uncommitted changes, and the commit."""
    path = tmp_path_factory.mktemp("hooks") / "snaplint"
    shutil.copytree(ROOT, path, ignore=NOT_CLONED)
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "as it stands"]):
        run("git", *arguments, cwd=path, env=git_env)
    return path, run("git", "rev-parse", "HEAD", cwd=path, env=git_env).stdout.strip()


@pytest.fixture(scope="module")
def scratch(hooks: tuple[Path, str], git_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = Repository(tmp_path_factory.mktemp("scratch"), git_env)
    run("git", "init", "--quiet", cwd=repository.path, env=git_env)
    source, revision = hooks
    listed = "".join(f"      - id: {name}\n" for name in ("snaplint", "snaplint-all"))
    config = f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n{listed}"
    repository.write(".pre-commit-config.yaml", config)
    repository.write("good.snaplint.yaml", REFERRING)
    repository.write("policies/bucket.json", GRANTING)
    run("git", "commit", "--quiet", "-m", "start", cwd=repository.path, env=git_env)
    run(sys.executable, "-m", "pre_commit", "install", "--install-hooks", cwd=repository.path, env=git_env)
    return repository


def test_commit_that_touches_nothing_of_ours_runs_nothing(scratch: Repository) -> None:
    scratch.write("notes.txt", "nothing\n")
    passed, said = scratch.commit()
    assert passed
    assert said.count("(no files to check)") == 2


def test_commit_of_a_good_file_passes(scratch: Repository) -> None:
    scratch.write("deep/down/other.snaplint.yml", READY.replace("orders", "carts"))
    passed, said = scratch.commit()
    assert passed, said
    assert said.count("Passed") == 2


def test_commit_of_a_bad_file_is_refused(scratch: Repository) -> None:
    scratch.write("bad name.snaplint.yaml", READY.replace("    region: us-east-1\n", "    region: eu-west-1\n"))
    passed, said = scratch.commit()
    assert not passed
    assert "error[bucket-outside-region]" in said
    assert "bad name.snaplint.yaml:" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    "name",
    [
        "--exclude=*.snaplint.yaml",
        "--config=x.snaplint.yaml",
        "--help.snaplint.json",
        "-q.snaplint.yaml",
        "--.snaplint.yaml",
        "a\nb c.snaplint.yaml",
        "\"'`$(x).snaplint.yaml",
        "\x1b]0;x.snaplint.yaml",
    ],
)
def test_name_of_a_file_is_never_an_option(scratch: Repository, name: str) -> None:
    scratch.write(name, "{")
    scratch.write("bad.snaplint.yaml", READY.replace("    region: us-east-1\n", "    region: eu-west-1\n"))
    passed, said = scratch.commit()
    assert not passed
    assert "error[bucket-outside-region]" in said
    assert "; 1 file could not be used" in " ".join(said.split())  # the one with the odd name, in lines of any width


def test_each_entry_ends_the_options() -> None:
    import yaml

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks if not hook["entry"].endswith(" --")] == []


def test_commit_of_a_broken_file_is_refused(scratch: Repository) -> None:
    scratch.write("broken.snaplint.json", "{")
    passed, said = scratch.commit()
    assert not passed
    assert "error: the `{` is never closed\n --> broken.snaplint.json:1:1\n" in said


def test_commit_of_a_policy_alone_fires_the_second_hook(scratch: Repository) -> None:
    scratch.write("policies/bucket.json", POLICY)
    passed, said = scratch.commit()
    assert not passed
    assert re.search(r"error\[[a-z, \n-]*service-lacks-write", said)
    first, second = said[: said.index("snaplint (all")], said[said.index("snaplint (all") :]
    assert "(no files to check)" in first
    assert "exit code: 1" in second


def test_excluded_file_may_be_as_bad_as_it_likes(scratch: Repository) -> None:
    scratch.write("snaplint.toml", 'exclude = ["vendor/*"]\n')
    scratch.write("vendor/bad.snaplint.yaml", READY.replace("    region: us-east-1\n", "    region: eu-west-1\n"))
    passed, said = scratch.commit()
    assert passed, said
    assert said.count("Passed") == 2


def test_hooks_and_discovery_agree_on_names() -> None:
    import re

    import yaml

    from snaplint.read.formats import preflight

    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    pattern = re.compile(hooks["snaplint"]["files"])
    assert [suffix for suffix in preflight.suffixes if not pattern.search(f"a/b{suffix}")] == []
    assert not pattern.search("a/snaplint.yaml")
    assert not pattern.search("a/b.snaplint.yaml.bak")

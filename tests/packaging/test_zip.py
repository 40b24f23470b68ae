"""snaplint in a zip archive, as zipapp, shiv and pex make them: nothing is looked for beside a module on the disk."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipapp
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import ELSEWHERE
from tests.conftest import PATIENCE, ROOT, environment

from snaplint.lint.rulebook import builtin_rules
from snaplint.schemas import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Zipped = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def archive(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as one file that Python runs."""
    folder = tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "app")
    made = folder / "snaplint.pyz"
    zipapp.create_archive(folder / "app", made, main="snaplint.cli:entry")
    return made


@pytest.fixture
def zipped(archive: Path, tmp_path: Path) -> Zipped:
    """Run the archive in an empty folder, with the dependencies of snaplint and without snaplint itself."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            # without `site`, so that the file that makes the checkout importable is not read
            [sys.executable, "-S", str(archive), *arguments],
            cwd=tmp_path,
            env=environment({"PYTHONPATH": sysconfig.get_path("purelib")}),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


def test_it_runs_from_the_archive(zipped: Zipped, archive: Path) -> None:
    run = zipped("check", "--config", "/nowhere/x.toml")
    assert run.returncode == 2
    assert str(archive.parent) not in sysconfig.get_path("purelib")
    assert zipped("--version").returncode == 0


def test_starter_file_is_written_and_checked(zipped: Zipped) -> None:
    assert zipped("init").returncode == 0
    run = zipped("check")
    assert (run.returncode, run.stderr) == (0, "")
    assert zipped("check", "--strict").returncode == 4  # its account numbers are made up


@pytest.mark.parametrize("form", ["json", "text"])
def test_check(zipped: Zipped, form: str) -> None:
    run = zipped("check", "--format", form, "-", stdin=ELSEWHERE)
    assert run.returncode == 1, run.stderr
    assert "bucket-outside-region" in run.stdout


def test_malformed_file_is_explained(zipped: Zipped) -> None:
    run = zipped("check", "-", stdin="version: 1\nrequest: []\n")
    assert run.returncode == 2
    assert "<stdin>:2:1: error: unknown key `request`; did you mean `requests`?" in run.stdout


def test_pages_rules_and_schemas(zipped: Zipped) -> None:
    for rule in ("grant-too-wide", "object-key-exists"):
        page = (ROOT / "rules" / rule / "README.md").read_text(encoding="utf-8")
        cases = zipped("explain", rule, "--cases").stdout
        assert cases.startswith("## ")
        assert page.endswith(cases)
    assert zipped("explain", "deny").stdout.startswith("# deny\n")
    listed = zipped("rules", "--format", "json")
    assert [each["id"] for each in json.loads(listed.stdout)] == [rule.id for rule in builtin_rules()]
    for name in NAMES:
        run = zipped("schema", name)
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_rules_of_ones_own(zipped: Zipped) -> None:
    run = zipped("rules", "test", str(ROOT / "examples" / "house-rules"))
    assert (run.returncode, run.stderr) == (0, "")
    assert "all pass" in run.stdout


@pytest.mark.parametrize("form", ["json", "text"])
def test_simulate(zipped: Zipped, form: str) -> None:
    request = {"principal": "111122223333", "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k"}
    line = {"request": {**request, "resource_account": "111122223333"}, "identity_policies": []}
    run = zipped("simulate", "--format", form, stdin=json.dumps(line))
    assert (run.returncode, run.stderr) == (0, "")
    assert "llowed" in run.stdout


def test_audit_says_what_it_needs(zipped: Zipped) -> None:
    run = zipped("audit", "copy-snapshot", "--help")
    assert run.returncode == 0, run.stderr
    assert "--source-snapshot-name" in run.stdout

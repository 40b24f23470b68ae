"""The wheel: its content, and that it works without a checkout."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from email.parser import Parser
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import ELSEWHERE, READY
from tests.conftest import PATIENCE, ROOT

import snaplint
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = {"PATH": os.defpath, "LANG": "C.UTF-8"}


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_name_version_and_licence(wheel: Path) -> None:
    files = contents(wheel)
    (name,) = [name for name in files if name.endswith(".dist-info/METADATA")]
    metadata = Parser().parsestr(files[name].decode())
    assert metadata["Name"] == "snaplint-aws"
    assert metadata["Version"] == snaplint.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {line.split(">")[0] for line in needed} == {"boto3", "jsonschema", "pyyaml"}
    assert set(metadata.get_all("Provides-Extra", [])) == {"demo", "progress"}
    assert any(each.endswith("licenses/LICENSE") for each in files)


def test_rules_pages_schemas_starter_and_type_marker_are_inside(wheel: Path) -> None:
    files = contents(wheel)
    for rule in builtin_rules():
        for name in ("rule.yaml", "README.md"):
            assert files[f"snaplint/rules/{rule.id}/{name}"] == (ROOT / "rules" / rule.id / name).read_bytes()
    assert files["snaplint/rules/CAUSES.md"] == (ROOT / "rules" / "CAUSES.md").read_bytes()
    assert files["snaplint/rules/schema.json"] == (ROOT / "rules" / "schema.json").read_bytes()
    assert files["snaplint/py.typed"] == b""
    assert files["snaplint/starter.snaplint.yaml"] == (ROOT / "src/snaplint/starter.snaplint.yaml").read_bytes()


def test_every_module_is_inside_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in contents(wheel) if not name.split("/")[0].endswith(".dist-info")}
    source = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src" / "snaplint").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in packed if not name.startswith("snaplint/rules/")} == source


def snaplint_in(bin_folder: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(bin_folder / "snaplint"), *arguments],
        cwd=cwd,
        env=CLEAN,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_main_job_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    assert snaplint_in(installed, tmp_path, "check").returncode == 2
    assert snaplint_in(installed, tmp_path, "init").returncode == 0
    run = snaplint_in(installed, tmp_path, "check")
    assert (run.returncode, run.stderr) == (0, "")
    assert snaplint_in(installed, tmp_path, "check", "--strict").returncode == 4  # its account numbers are made up


@pytest.mark.parametrize(("text", "expected"), [(READY, 0), (ELSEWHERE, 1), ("version: 7\n", 2)])
def test_verdicts_are_those_of_the_checkout(installed: Path, tmp_path: Path, text: str, expected: int) -> None:
    (tmp_path / "a.snaplint.yaml").write_text(text)
    run = snaplint_in(installed, tmp_path, "check", "--format", "json", ".")
    assert run.returncode == expected
    words = [verdict["verdict"] for result in json.loads(run.stdout)["results"] for verdict in result["verdicts"]]
    assert ("fails" in words) == (expected == 1)


def test_pages_and_schemas_are_found(installed: Path, tmp_path: Path) -> None:
    cases = snaplint_in(installed, tmp_path, "explain", "service-lacks-write", "--cases")
    assert (cases.returncode, cases.stdout[:9]) == (0, "## Fails\n")
    assert (ROOT / "rules/service-lacks-write/README.md").read_text().endswith(cases.stdout)
    assert snaplint_in(installed, tmp_path, "explain", "deny").stdout.startswith("# deny\n")
    listed = snaplint_in(installed, tmp_path, "rules")
    assert [rule.id for rule in builtin_rules() if rule.id not in listed.stdout] == []
    schema = snaplint_in(installed, tmp_path, "schema", "rule")
    assert (schema.returncode, schema.stdout) == (0, (ROOT / "rules/schema.json").read_text())
    assert json.loads(snaplint_in(installed, tmp_path, "schema", "preflight").stdout)["type"] == "object"


def test_rules_of_a_users_own_work(installed: Path, tmp_path: Path) -> None:
    # reads the rule schema and the registry of checks, both from the wheel
    run = snaplint_in(installed, tmp_path, "rules", "test", str(ROOT / "examples" / "house-rules"))
    assert (run.returncode, run.stderr) == (0, "")


def test_python_api_and_module_run(installed: Path, tmp_path: Path) -> None:
    program = "import snaplint, snaplint.iam; print(snaplint.check.__module__, snaplint.iam.Simulator.__name__)"
    for arguments, said in (
        (["-c", program], "snaplint.api Simulator\n"),
        (["-m", "snaplint", "--version"], f"snaplint {snaplint.__version__}\n"),
    ):
        done = subprocess.run(
            [str(installed / "python"), "-W", "error", *arguments],
            cwd=tmp_path,
            env=CLEAN,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, said, "")

"""`python -m snaplint` imports no module of the working directory, which may be the project that is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, write
from tests.conftest import PATIENCE, ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = ("boto3", "botocore", "jmespath", "jsonschema", "moto", "pygments", "rich", "urllib3", "werkzeug", "yaml")
AUDIT = (
    "audit copy-snapshot --source-snapshot-name a --target-snapshot-name b --target-bucket c --region us-east-1 "
    "--endpoint-url http://127.0.0.1:9 --timeout 5"
)
TRAP = 'open("trapped", "a").write(__name__ + "\\n")\nraise AssertionError(__name__)\n'
PROBE = "import sys\nprint(*sys.modules)\n"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a module for each that is installed, but for those that Python itself loads before ours."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "probe.py").write_text(PROBE)
    probed = subprocess.run(
        [sys.executable, "-m", "probe"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    (folder / "probe.py").unlink()
    before = {*probed.stdout.split(), "__future__", "gc"}
    for name in {*sys.stdlib_module_names, *OTHERS} - before:
        (folder / f"{name}.py").write_text(TRAP)
    for name in ("boto3", "json", "jsonschema", "yaml"):
        (folder / f"{name}.py").unlink(missing_ok=True)
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(TRAP)
    write(folder, a_snaplint_yaml=READY, b_snaplint_json="{", c_snaplint_yaml="version: [1, &a *a]\nx: ! 5\n")
    (folder / "snaplint.toml").write_text("strict = 1\n")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "json", "."],
        ["check", "--colour"],
        AUDIT.split(),
        ["simulate", "-"],
        ["explain", "service-lacks-write"],
        ["rules"],
        ["schema", "preflight"],
        ["init", "-"],
        ["demo", "--help"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_no_module_of_the_working_directory_is_imported(planted: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snaplint", *arguments],
        cwd=planted,
        env=environment({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}),
        input=b'{"id": "1"}\n',
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    trapped = planted / "trapped"
    assert not trapped.exists(), trapped.read_text()
    assert b"Traceback" not in done.stderr
    assert done.returncode != 3


def test_demo_imports_none_either(planted: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snaplint", "demo"],
        cwd=planted,
        env=environment({"PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert not (planted / "trapped").exists()
    assert done.returncode == 0, done.stderr[-500:]


def test_the_traps_bite(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(TRAP)
    done = subprocess.run([sys.executable, "-m", "json.tool"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1
    assert (tmp_path / "trapped").read_text() == "json\n"


def test_only_the_entry_of_the_working_directory_is_left_out(tmp_path: Path) -> None:
    """Paths that the user gives stay, with `-P` too, and so does snaplint if it is in the working directory."""
    for options, where in ((["-P"], tmp_path), ([], ROOT / "src"), ([], tmp_path)):
        done = subprocess.run(
            [sys.executable, *options, "-m", "snaplint", "check", str(ROOT / "examples" / "ready")],
            cwd=where,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")

"""README.md, CONTRIBUTING.md and CHANGELOG.md are correct: commands, outputs, paths, code."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.conftest import PATIENCE, ROOT, environment

from snaplint.checks import CHECKS
from snaplint.cli import COMMANDS
from snaplint.cli.options import CHECK_OPTIONS
from snaplint.config import Config
from snaplint.schemas import NAMES, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Run

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


class Block(NamedTuple):
    """A fenced block: its language, its text, and the comment directly above it."""

    language: str
    text: str
    comment: str


def blocks(page: str) -> Iterator[Block]:
    for found in re.finditer(r"(?:<!-- ([^\n]*?) -->\n)?```(\w*)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        yield Block(found[2], found[3], found[1] or "")


COMMAND_LINES = [
    line.removeprefix("$ ").partition("#")[0].strip()
    for page in PAGES
    for block in blocks((ROOT / page).read_text(encoding="utf-8"))
    if block.language == "console"
    for line in block.text.splitlines()
    if line.startswith("$ ")
]
ELSEWHERE = ("make ", "python3 -m venv ", "pip install ", "pre-commit ", "git ")
"""Commands that are tested elsewhere."""

EXIT_CODES = {
    "snaplint init": 0,
    "snaplint check export.snaplint.yaml": 0,
    "snaplint check --rules examples/house-rules examples/ready": 0,
    "snaplint rules test examples/house-rules": 0,
    "snaplint simulate --explain examples/simulate.jsonl": 0,
    "snaplint check examples/first-try": 1,
    "snaplint check examples/unsure": 0,
    "snaplint check examples/ready": 0,
    "snaplint explain --why examples/first-try/orders.snaplint.yaml --rule service-lacks-write": 0,
    'snaplint explain "The S3 bucket acme-redis-exports is outside of the region."': 0,
}

OUTPUTS = [block for block in blocks(README) if block.comment.startswith("output: ")]


def arguments(line: str) -> list[str]:
    program, *rest = shlex.split(line)
    assert program == "snaplint"
    return rest


def test_commands_are_all_known_here() -> None:
    ours = [line for line in COMMAND_LINES if not line.startswith(ELSEWHERE)]
    assert [line for line in ours if line not in EXIT_CODES] == []
    assert "snaplint init" in ours


def test_commands_end_as_they_should(run_snaplint: Run, tmp_path: Path) -> None:
    # in their order, in one folder: `check` finds what `init` wrote
    for line in [line for line in COMMAND_LINES if not line.startswith(ELSEWHERE)]:
        if "examples/" in line and not (tmp_path / "examples").exists():
            shutil.copytree(ROOT / "examples", tmp_path / "examples")
        run = run_snaplint(*arguments(line), cwd=tmp_path)
        assert (line, run.returncode, run.stderr) == (line, EXIT_CODES[line], "")


@pytest.mark.parametrize("line", sorted({line for line in COMMAND_LINES if line.startswith("make ")}))
def test_make_targets_exist(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE)


def test_some_output_is_shown() -> None:
    assert OUTPUTS != []


@pytest.mark.parametrize("block", OUTPUTS, ids=lambda block: block.text.split("\n")[0][:40])
def test_output_is_what_is_printed(run_snaplint: Run, block: Block) -> None:
    line = block.comment.removeprefix("output: ")
    run = run_snaplint(*arguments(line), env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert run.returncode == EXIT_CODES[line]
    assert block.text in run.stdout


def test_number_of_failures_that_the_text_tells(run_snaplint: Run) -> None:
    from tests.cli.world import verdicts

    found = verdicts(run_snaplint("check", "--format", "json", "examples/first-try"))
    assert len([verdict for verdict in found.values() if verdict["verdict"] == "fails"]) == 6
    assert "its six failures" in README


@pytest.mark.parametrize("page", PAGES)
def test_named_paths_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    relative = {link for link in links if link and not link.startswith("https://")}
    assert [link for link in relative if not (ROOT / link).exists()] == []
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"`((?:src|rules|examples|tests|bench|scripts)/[\w./-]*)`", prose)
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [link for link in links if link.startswith("http://")] == []


PYTHON = [block.text for block in blocks(README) if block.language == "python"]


@pytest.mark.parametrize("program", PYTHON, ids=lambda text: text.split("\n")[0])
def test_python_runs(tmp_path: Path, program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_python_is_shown() -> None:
    assert any("snaplint.check(" in program for program in PYTHON)


def test_preflight_file_is_one(snaplint_here: Run, tmp_path: Path) -> None:
    shown = [block.text for block in blocks(README) if block.language == "yaml" and block.text.startswith("version: 1")]
    for number, text in enumerate(shown):
        folder = tmp_path / str(number)
        shutil.copytree(ROOT / "examples" / "first-try" / "policies", folder / "policies")
        (folder / "a.snaplint.yaml").write_text(text, encoding="utf-8")
        run = snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=folder)
        assert '"errors": []' in run.stdout
    assert shown != []


def test_settings_are_settings(snaplint_here: Run, tmp_path: Path) -> None:
    from tests.cli.world import READY

    (shown,) = [block.text for block in blocks(README) if block.language == "toml"]
    (tmp_path / "pyproject.toml").write_text(shown)
    (tmp_path / "a.snaplint.yaml").write_text(READY)
    shutil.copytree(ROOT / "examples" / "house-rules", tmp_path / "house-rules")
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert '"errors": []' in run.stdout
    assert "export-name-without-team" in run.stdout
    assert run.returncode == 1
    assert set(schema("config")["properties"]) == {name.replace("_", "-") for name in Config._fields} - {"path"}


def test_hooks_of_the_text_are_hooks() -> None:
    import yaml

    (shown,) = [block.text for block in blocks(README) if block.text.startswith("repos:")]
    (repo,) = yaml.safe_load(shown)["repos"]
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in offered:  # pre-commit does not install what is local
        del hook["description"]
        hook["language"] = "system"
    assert repo == {"repo": "local", "hooks": offered}


def test_links_also_work_where_only_the_page_is() -> None:
    # as on PyPI, which has neither the other files nor anchors: https://pypi.org/project/readme-renderer/
    assert [link for link in re.findall(r"\]\(([^)\s]+)\)", README) if not link.startswith("https://")] == []
    assert re.findall(r"<the [^>]*>|\brev: v", README) == []


def test_first_use_is_at_most_ten_lines() -> None:
    first = next(block for block in blocks(README) if block.language == "console")
    assert first.text.startswith("$ python3 -m venv .venv")
    assert len(first.text.splitlines()) <= 10
    section = README.partition("## Install and first use")[2].partition("\n## ")[0]
    assert all(word in section for word in ("made up", "'.[progress]'", "--strict"))


def test_commands_options_and_schemas_that_are_named_are_there() -> None:
    named = set(re.findall(r"`snaplint (\w+)", README)) - {"belongs"}
    assert named <= set(COMMANDS)
    assert set(COMMANDS) <= named
    options = {name for option in CHECK_OPTIONS for name in option.names} | live_options() | explain_options()
    assert set(re.findall(r"(?<!npm )`(--[a-z-]+)", README)) <= options
    assert all(f"`{name}`" in README or f"schema {name}" in README for name in NAMES)


def explain_options() -> set[str]:
    from snaplint.cli.commands import explain

    return {name for action in explain.parser()._actions for name in action.option_strings}


def live_options() -> set[str]:
    """The options of the commands that call AWS."""
    from snaplint.cli.commands import audit

    return {name for action in audit.parser()._actions for name in action.option_strings}


def test_checks_that_contributing_names_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", text, re.MULTILINE)
    assert named != []
    assert [name for name in named if name not in CHECKS] == []


def test_lines_of_simulate_are_question_and_answer(run_snaplint: Run) -> None:
    asked, answered = [block.text for block in blocks(README) if block.text.startswith('{"id": ')]
    run = run_snaplint("simulate", stdin=asked)
    assert (run.returncode, run.stderr, run.stdout) == (0, "", answered)

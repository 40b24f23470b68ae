"""The smaller commands: init, explain, rules, schema, the version, the help, and the message for a wrong command."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest
from tests.cli.world import EIGHT, READY, assert_sound, report, write
from tests.conftest import PATIENCE, ROOT, environment

import snaplint
from snaplint.cli import COMMANDS
from snaplint.lint.rulebook import builtin_rules
from snaplint.read.discover import SKIPPED
from snaplint.schemas import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

IDS = sorted(rule.id for rule in builtin_rules())


# init


def test_init_writes_a_file_that_checks_clean(run_snaplint: Run, tmp_path: Path) -> None:
    run = run_snaplint("init", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert "wrote export.snaplint.yaml" in run.stdout
    assert "snaplint check export.snaplint.yaml" in run.stdout
    assert "made-up account numbers" in run.stdout
    for arguments in ([], ["export.snaplint.yaml"], ["--fail-on", "info"]):
        checked = run_snaplint("check", "--format", "json", *arguments, cwd=tmp_path)
        assert checked.returncode == 0
        assert [result["outcome"] for result in assert_sound(checked)["results"]] == ["passes"]


def test_starter_passes_in_a_strict_hook_only_once_it_is_filled_in(run_snaplint: Run, tmp_path: Path) -> None:
    run_snaplint("init", cwd=tmp_path)
    hook = ("check", "--force-exclude", "--strict", "--", "export.snaplint.yaml")
    run = run_snaplint(*hook, cwd=tmp_path)
    assert run.returncode == 4
    starter = tmp_path / "export.snaplint.yaml"
    text = starter.read_text()
    assert "The account numbers, names and policies here are made up" in text
    for name in ("boundary", "session_policies", "context"):
        text = text.replace(f"# {name}: ", f"{name}: ")
    starter.write_text(text)
    assert run_snaplint(*hook, cwd=tmp_path).returncode == 0


def test_init_leaves_an_existing_file_alone(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "export.snaplint.yaml").write_text("mine\n")
    run = run_snaplint("init", cwd=tmp_path)
    assert run.returncode == 2
    assert "`export.snaplint.yaml` exists already" in run.stderr
    assert (tmp_path / "export.snaplint.yaml").read_text() == "mine\n"


def test_init_does_not_write_through_a_link(run_snaplint: Run, tmp_path: Path) -> None:
    (tmp_path / "export.snaplint.yaml").symlink_to("elsewhere")
    assert run_snaplint("init", cwd=tmp_path).returncode == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_init_under_a_name_that_no_file_can_have(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    run = snaplint_here("init", name, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("snaplint: cannot write `a\\")
    assert os.listdir(tmp_path) == []


def test_init_under_another_name(snaplint_here: Run, tmp_path: Path) -> None:
    assert "a search of a folder" not in snaplint_here("init", "mine.snaplint.yml", cwd=tmp_path).stdout
    run = snaplint_here("init", "plan.yaml", cwd=tmp_path)
    assert run.returncode == 0
    assert "finds *.snaplint.yaml, *.snaplint.yml and *.snaplint.json only" in run.stdout
    assert "give this file by its name: snaplint check plan.yaml" in run.stdout
    # the same request in one run would collide
    assert [snaplint_here("check", name, cwd=tmp_path).returncode for name in ("plan.yaml", "mine.snaplint.yml")] == [
        0,
        0,
    ]


def test_init_to_standard_output(run_snaplint: Run, tmp_path: Path) -> None:
    run = run_snaplint("init", "-", cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
    assert run.returncode == 0
    assert list(tmp_path.iterdir()) == []
    assert run.stdout == (ROOT / "src/snaplint/starter.snaplint.yaml").read_text(encoding="utf-8")
    assert run_snaplint("check", "-", cwd=tmp_path, stdin=run.stdout).returncode == 0


@pytest.mark.parametrize("name", ["gone/export.snaplint.yaml", "."])
def test_init_where_nothing_can_be_written(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    run = snaplint_here("init", name, cwd=tmp_path)
    assert run.returncode == 2
    assert f"`{name}`" in run.stderr


def test_init_on_a_full_disk_leaves_no_file(snaplint_here: Run, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        run = snaplint_here("init", cwd=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (run.returncode, os.listdir(tmp_path)) == (2, [])
    assert run.stderr == "snaplint: cannot write `export.snaplint.yaml`: file too large\n"


def test_starter_says_how_an_editor_gets_its_schema(snaplint_here: Run) -> None:
    text = snaplint_here("init", "-").stdout
    assert "snaplint schema preflight > preflight.schema.json" in text
    assert "# yaml-language-server: $schema=preflight.schema.json" in text


# explain and rules


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("service-lacks-wirte", "there is no rule `service-lacks-wirte`; did you mean `service-lacks-write`?"),
        ("xyz", "there is no rule `xyz`; `snaplint rules` lists them"),
        ("../../etc/passwd", "there is no rule `../../etc/passwd`"),
        ("", "there is no rule ``"),
    ],
)
def test_explain_of_an_unknown_rule(snaplint_here: Run, name: str, words: str) -> None:
    run = snaplint_here("explain", name)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr


def test_rules_lists_each_with_severity_and_certainty(snaplint_here: Run) -> None:
    run = snaplint_here("rules")
    assert (run.returncode, run.stderr) == (0, "")
    listed = {line.split()[0]: line.split()[1:3] for line in run.stdout.splitlines()}
    assert sorted(listed) == IDS
    assert [listed[rule] for rule in EIGHT] == [["error", "documented"]] * 8


def test_rules_as_json(snaplint_here: Run) -> None:
    run = snaplint_here("rules", "--format", "json")
    assert run.returncode == 0
    listed = {rule["id"]: rule for rule in json.loads(run.stdout)}
    assert sorted(listed) == IDS
    assert listed["object-key-exists"]["message"] == "The S3 bucket %s already contains an object with key %s."
    assert all(url.startswith("https://") for rule in listed.values() for url in rule["docs"])


# schema


def schema(run: Run, name: str) -> dict[str, object]:
    done = run("schema", name)
    assert (done.returncode, done.stderr) == (0, "")
    parsed: dict[str, object] = json.loads(done.stdout)
    return parsed


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_valid_and_as_they_stand_in_their_files(snaplint_here: Run, name: str) -> None:
    printed = schema(snaplint_here, name)
    assert printed["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(printed)
    file = ROOT / ("rules/schema.json" if name == "rule" else f"src/snaplint/schemas/{name}-v1.schema.json")
    assert snaplint_here("schema", name).stdout == file.read_text(encoding="utf-8")


def test_schema_of_preflight_files_accepts_the_examples(snaplint_here: Run) -> None:
    import yaml

    validator = jsonschema.Draft7Validator(schema(snaplint_here, "preflight"))
    files = sorted((ROOT / "examples").rglob("*.snaplint.yaml"))
    assert "orders.snaplint.yaml" in {file.name for file in files}
    for file in files:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(data)] == []


# version, help, wrong commands


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(run_snaplint: Run, option: str) -> None:
    run = run_snaplint(option)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"snaplint {snaplint.__version__}\n", "")


def test_version_imports_next_to_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); from snaplint.cli import main; code = main(['--version']);"
        "print(*sorted(set(sys.modules) - before)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    loaded = done.stdout.splitlines()[1].split()
    assert {name for name in loaded if name.startswith("snaplint")} == {
        "snaplint",
        "snaplint.base",
        "snaplint.base.version",
        "snaplint.cli",
    }
    assert not {"argparse", "json", "yaml", "typing", "re", "boto3", "jsonschema"} & set(loaded)


@pytest.mark.parametrize("option", ["--help", "-h", "help"])
def test_help_lists_every_command(snaplint_here: Run, option: str) -> None:
    run = snaplint_here(option)
    assert run.returncode == 0
    assert [name for name in COMMANDS if f"  {name} " not in run.stdout] == []


def test_version_is_a_command_too(snaplint_here: Run) -> None:
    assert snaplint_here("version").stdout == snaplint_here("--version").stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(snaplint_here: Run, name: str) -> None:
    run = snaplint_here("help", name)
    assert (run.returncode, run.stderr, run.stdout) == (0, "", snaplint_here(name, "--help").stdout)


def test_help_of_what_is_no_command(snaplint_here: Run) -> None:
    run = snaplint_here("help", "chekc")
    assert (run.returncode, run.stdout) == (2, "")
    assert "there is no command `chekc`; did you mean `check`?" in run.stderr
    assert snaplint_here("help", "version").stdout == snaplint_here("help").stdout


def test_help_of_check_says_what_is_searched_and_how_it_ends(snaplint_here: Run) -> None:
    text = " ".join(snaplint_here("help", "check").stdout.split())
    assert "A folder is searched for files named *.snaplint.yaml, *.snaplint.yml and *.snaplint.json, in all" in text
    assert [name for name in SKIPPED if name not in text] == []
    assert "A PATTERN of --exclude is compared with the path" in text
    assert "* stands for any characters, also /, and ? for one" in text
    codes = text.partition("Exit codes: ")[2]
    assert [number for number in "01234" if f"{number} " not in codes] == []


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("vendor", ["exports/new.snaplint.json", "exports/old-1.snaplint.json"]),
        ("exports/old*", ["exports/new.snaplint.json", "vendor/x/a.snaplint.json"]),
        ("old-?.snaplint.json", ["exports/new.snaplint.json", "vendor/x/a.snaplint.json"]),
        ("v*a.snaplint.json", ["exports/new.snaplint.json", "exports/old-1.snaplint.json"]),
    ],
)
def test_patterns_of_exclude_are_as_the_help_says(
    snaplint_here: Run, tmp_path: Path, pattern: str, left: list[str]
) -> None:
    for name in ("exports/new", "exports/old-1", "vendor/x/a"):
        path = tmp_path / f"{name}.snaplint.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    run = snaplint_here("check", "--format", "json", "--exclude", pattern, cwd=tmp_path)
    assert sorted({error["path"] for error in json.loads(run.stdout)["errors"]}) == left


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(snaplint_here: Run, name: str) -> None:
    run = snaplint_here(name, "--help")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"usage: snaplint {name}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "usage: snaplint COMMAND"),
        (["chekc"], "there is no command `chekc`; did you mean `check`?"),
        (["explian", "x"], "there is no command `explian`; did you mean `explain`?"),
        (["verison"], "there is no command `verison`; did you mean `version`?"),
        (["frobnicate"], "there is no command `frobnicate`\n"),
        (["README.md"], "to check a file: `snaplint check README.md`"),
        (["--nonsense"], "there is no command `--nonsense`"),
        (["check_command"], "there is no command `check_command`"),
        (["os"], "there is no command `os`"),
    ],
    ids=str,
)
def test_wrong_command(snaplint_here: Run, arguments: list[str], words: str) -> None:
    run = snaplint_here(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--config", "stetings.toml"],
        ["check", "--rules", "stetings"],
        ["simulate", "stetings.toml"],
        ["explain", "--why", "stetings.toml"],
        ["audit", "copy-snapshot", "--requests", "stetings.toml"],
        ["audit", "copy-snapshot", "--source-snapshot-name", "file://stetings.toml"],
    ],
    ids=" ".join,
)
def test_every_missing_file_suggests_a_near_one(run_snaplint: Run, tmp_path: Path, arguments: list[str]) -> None:
    write(tmp_path, settings_toml="")
    (tmp_path / "settings").mkdir()
    run = run_snaplint(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    said = " ".join((run.stdout + run.stderr).split())
    expected = arguments[-1].removeprefix("file://").replace("stet", "sett")
    assert f"no such file or directory; did you mean `{expected}`?" in said
    assert "toml:1:1" not in said


# --verbose and --quiet


def test_quiet_prints_only_the_summary_where_nothing_fails(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "-q", ".", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert re.fullmatch(r"1 request: all \d+ conditions pass, \d+ do not apply\n", run.stdout)


def test_verbose_names_what_passes(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    passing = [
        verdict["rule"]
        for verdict in report(snaplint_here("check", "--format", "json", cwd=tmp_path))["results"][0]["verdicts"]
        if verdict["verdict"] == "passes"
    ]
    assert "service-lacks-write" in passing
    usual, verbose = (snaplint_here("check", *how, cwd=tmp_path).stdout for how in ([], ["-v"]))
    assert [rule for rule in passing if rule not in verbose] == []
    assert [rule for rule in passing if rule in usual] == []

"""Settings: where they are found, what they do, and the messages for wrong ones."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import ASSUMING, ELSEWHERE, READY, WARNED, errors, paths, report, verdicts, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.conftest import Run

RULE = """\
id: {name}
title: The export is not called what we call exports
operations: [elasticache:CopySnapshot]
applies: export
severity: error
certainty: documented
check: request.matches
with: {{member: TargetSnapshotName, like: ["payments/*"]}}
solution: Call it so.
docs: [https://example.com/exports]
since: 1.0.0
"""


def plant_rule(folder: Path, name: str = "odd-export-name") -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "rule.yaml").write_text(RULE.format(name=name))


FORMS = pytest.mark.parametrize(("name", "head"), [("pyproject.toml", "[tool.snaplint]\n"), ("snaplint.toml", "")])


@FORMS
def test_settings_are_found_upward(snaplint_here: Run, tmp_path: Path, name: str, head: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(head + 'strict = true\nexclude = ["vendor/*"]\n')
    deep = tmp_path / "deep" / "down"
    (deep / "vendor").mkdir(parents=True)
    write(deep, a_snaplint_yaml=ASSUMING)
    write(deep / "vendor", b_snaplint_yaml=ELSEWHERE)
    run = snaplint_here("check", "--format", "json", cwd=deep)
    assert (run.returncode, paths(run)) == (4, ["a.snaplint.yaml"])


@FORMS
def test_each_setting_counts(snaplint_here: Run, tmp_path: Path, name: str, head: str) -> None:
    write(tmp_path, a_snaplint_yaml=WARNED)
    (tmp_path / name).write_text(head)
    assert snaplint_here("check", cwd=tmp_path).returncode == 0
    (tmp_path / name).write_text(head + 'fail-on = "warning"\n')
    assert snaplint_here("check", cwd=tmp_path).returncode == 1
    (tmp_path / name).write_text(head + 'fail-on = "info"\nexclude = ["a.*"]\n')
    assert snaplint_here("check", cwd=tmp_path).returncode == 2


def test_allow_outside_as_a_setting(snaplint_here: Run, tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    text = ELSEWHERE.replace("{region: eu-west-1}", "{region: us-east-1, policy: ../p.json}")
    write(inside, a_snaplint_yaml=text)
    (inside / "snaplint.toml").write_text("allow-outside = false\n")
    run = snaplint_here("check", "--format", "json", cwd=inside)
    assert [message.partition(" is outside ")[0] for *_, message in errors(run)] == ["`../p.json`"]
    (inside / "snaplint.toml").write_text("strict = true\nallow-outside = true\n")
    run = snaplint_here("check", "--format", "json", cwd=inside)
    assert run.returncode == 2
    assert [(path, line) for path, line, *_ in errors(run)] == [("snaplint.toml", 2), ("a.snaplint.yaml", 8)]
    assert errors(run)[0][3].startswith("`allow-outside` is ignored in settings of the checked project")
    assert paths(run) == ["a.snaplint.yaml"]
    run = snaplint_here("check", "--format", "json", "--config", "snaplint.toml", cwd=inside)
    assert errors(run) == []


@pytest.mark.parametrize("form", ["up", "absolute", "link"])
def test_found_settings_name_no_rules_outside_the_project(snaplint_here: Run, tmp_path: Path, form: str) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    plant_rule(tmp_path / "theirs")
    (inside / "link").symlink_to(tmp_path / "theirs")
    name = {"up": "../theirs", "absolute": str(tmp_path / "theirs"), "link": "link"}[form]
    (inside / "snaplint.toml").write_text(f'strict = false\nrules = ["{name}"]\n')
    write(inside, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=inside)
    assert run.returncode == 2
    assert [(path, line) for path, line, *_ in errors(run)] == [("snaplint.toml", 2)]
    assert "outside the project" in errors(run)[0][3]
    assert "--rules DIR" in errors(run)[0][3]
    assert "odd-export-name" not in verdicts(run)
    assert "odd-export-name" in verdicts(snaplint_here("check", "--format", "json", "--rules", name, cwd=inside))
    named = snaplint_here("check", "--format", "json", "--config", "snaplint.toml", cwd=inside)
    assert "odd-export-name" in verdicts(named)


def test_found_settings_may_not_be_a_link_out_of_the_project(snaplint_here: Run, tmp_path: Path) -> None:
    inside = tmp_path / "project"
    inside.mkdir()
    (tmp_path / "secret.toml").write_text("strict = true\n")
    (inside / "snaplint.toml").symlink_to(tmp_path / "secret.toml")
    write(inside, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=inside)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert "the link leads outside the project" in errors(run)[0][3]


DEEP = "nested more than 32 deep, counting the parts of dotted keys"


@FORMS
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(".".join("a" * 900) + " = 1\n", id="dotted-key"),
        pytest.param("\n".join(".".join("a" * 900) + f".x{each} = 1" for each in range(500)), id="500-keys"),
        pytest.param("[" + ".".join("a" * 900) + "]\n", id="table"),
        pytest.param("[[" + " . ".join("a" * 900) + "]]\n", id="array-of-tables"),
        pytest.param(".".join(["'a'", '"b]"'] * 450) + " = 1\n", id="quoted-parts"),
        pytest.param("x = {" + ".".join("a" * 900) + " = 1}\n", id="inline-table"),
        pytest.param("x = " + "{a = " * 900 + "1" + "}" * 900 + "\n", id="inline-tables"),
        pytest.param("x = " + "[" * 1_000 + "]" * 1_000 + "\n", id="arrays"),
        pytest.param("x = " + "[" * 10_000, id="arrays-without-end"),
        pytest.param("x = " + "[{a.b = " * 20 + "1" + "}]" * 20 + "\n", id="mixed"),
    ],
)
def test_deep_settings_are_an_error(snaplint_here: Run, tmp_path: Path, name: str, head: str, text: str) -> None:
    (tmp_path / name).write_text(head + text)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert errors(run) == [(name, head.count("\n") + 1, 1, f"cannot read the settings: {DEEP}")]


@FORMS
def test_large_settings_are_an_error(run_snaplint: Run, tmp_path: Path, name: str, head: str) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    for size in ((1 << 20) + 1, 3 << 30):
        (tmp_path / name).write_text(head)
        os.truncate(tmp_path / name, size)  # without blocks on the disk
        run = run_snaplint("check", "--format", "json", cwd=tmp_path)
        assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
        assert errors(run) == [(name, 1, 1, "cannot read the settings: larger than 1 MiB")]


def test_large_pyproject_without_our_table_means_nothing(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    (tmp_path / "pyproject.toml").write_text("#" * (2 << 20))
    assert errors(snaplint_here("check", "--format", "json", cwd=tmp_path)) == []


@pytest.mark.parametrize("name", ["snaplint.toml", "pyproject.toml"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "dangling"])
def test_settings_that_are_no_plain_file_are_an_error(run_snaplint: Run, tmp_path: Path, name: str, kind: str) -> None:
    path, words = tmp_path / name, "it is not a regular file"
    if kind == "folder":
        path.mkdir()
        words = "it is a folder"
    elif kind == "dangling":
        path.symlink_to("gone")
        words = "no such file or directory"
    elif kind == "device":
        path.symlink_to("/dev/zero")
        words = "the link leads outside the project"
    else:
        os.mknod(path, {"pipe": stat.S_IFIFO, "socket": stat.S_IFSOCK}[kind] | 0o600)  # without a writer
    write(tmp_path, a_snaplint_yaml=READY)
    run = run_snaplint("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert [(path, line) for path, line, *_ in errors(run)] == [(name, 1)]
    assert errors(run)[0][3].startswith(f"cannot read the settings: {words}")
    for command in (["rules"], ["explain", "service-lacks-write"]):
        run = run_snaplint(*command, cwd=tmp_path)
        assert run.returncode == 2
        assert run.stderr.startswith(f"{name}: cannot read the settings: {words}")


def test_pyproject_that_may_not_be_read_is_an_error(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.snaplint]\nstrict = true\n")
    write(tmp_path, a_snaplint_yaml=READY)
    real = os.open

    def refuse(path: str, *arguments: Any, **keywords: Any) -> int:
        if str(path).endswith("pyproject.toml"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", refuse)  # root may read every file
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert errors(run) == [("pyproject.toml", 1, 1, "cannot read the settings: permission denied")]


def test_settings_that_are_named_may_be_a_pipe(tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=ASSUMING)
    command = f"{sys.executable} -m snaplint check --format json --config <(echo strict = true) a.snaplint.yaml"
    run = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (4, "")


def test_device_as_settings_ends(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", "--config", "/dev/zero", cwd=tmp_path)
    assert [message for *_, message in errors(run)] == ["cannot read the settings: larger than 1 MiB"]


def test_command_line_wins(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_text('strict = true\nfail-on = "warning"\n')
    write(tmp_path, a_snaplint_yaml=ASSUMING, b_snaplint_yaml=WARNED)
    assert snaplint_here("check", "a.snaplint.yaml", cwd=tmp_path).returncode == 4
    assert snaplint_here("check", "--no-strict", "a.snaplint.yaml", cwd=tmp_path).returncode == 0
    assert snaplint_here("check", "b.snaplint.yaml", cwd=tmp_path).returncode == 1
    assert snaplint_here("check", "--fail-on", "error", "b.snaplint.yaml", cwd=tmp_path).returncode == 0


def test_nearest_settings_count_alone(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "snaplint.toml").write_text("strict = true\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.snaplint]\n")
    write(inner, a_snaplint_yaml=ASSUMING)
    assert snaplint_here("check", cwd=inner).returncode == 0
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    assert snaplint_here("check", cwd=inner).returncode == 4


def test_snaplint_toml_comes_before_pyproject_toml(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_text("strict = true\n")
    (tmp_path / "pyproject.toml").write_text("[tool.snaplint]\nstrict = false\n")
    write(tmp_path, a_snaplint_yaml=ASSUMING)
    assert snaplint_here("check", cwd=tmp_path).returncode == 4


def test_config_option_names_another_file(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_text("strict = true\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.toml").write_text("strict = false\n")
    (other / "pyproject.toml").write_text("[tool.snaplint]\nstrict = false\n")
    write(tmp_path, a_snaplint_yaml=ASSUMING)
    assert snaplint_here("check", "--config", "other/mine.toml", cwd=tmp_path).returncode == 0
    assert snaplint_here("check", "--config", "other/pyproject.toml", cwd=tmp_path).returncode == 0


def test_rules_are_relative_to_the_file_with_the_settings(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    plant_rule(tmp_path / "house" / "rules")
    (tmp_path / "house" / "snaplint.toml").write_text('rules = ["rules"]\n')
    work = tmp_path / "house" / "work"
    work.mkdir()
    write(work, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=work)
    assert errors(run) == []
    assert run.returncode == 1
    given = {verdict["rule"]: verdict for verdict in report(run)["results"][0]["verdicts"]}
    assert "payments/*" in given["odd-export-name"]["message"]


@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_settings_that_cannot_be_read_are_an_error(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", "--config", name, "a.snaplint.yaml", cwd=tmp_path)
    assert run.returncode == 2
    assert errors(run)[0][0] == name
    assert errors(run)[0][3].startswith("cannot read the settings: ")
    assert paths(run) == ["a.snaplint.yaml"]


WRONG = {
    "unknown-key": ("stricct = true\n", 1, "unknown key `stricct`; did you mean `strict`?"),
    "far-from-any-key": ("colour = 'red'\n", 1, "unknown key `colour`; expected `rules`"),
    "second-line": ("strict = true\nexlude = []\n", 2, "unknown key `exlude`; did you mean `exclude`?"),
    "wrong-kind": ("strict = 'yes'\n", 1, "`strict` must be a boolean"),
    "wrong-word": ("fail-on = 'never'\n", 1, "`fail-on` must be `error`, `warning` or `info`"),
    "wrong-list": ("exclude = 'vendor'\n", 1, "`exclude` must be a list of patterns"),
    "not-the-line-that-begins-alike": ("exclude-more = 1\nexclude = 1\n", 2, "`exclude` must be a list of patterns"),
    "after-odd-line-ends": ("exclude = ['\u2028\x85'] # \u2028\u0085\nexlude = []\n", 2, "unknown key `exlude`"),
    "quoted-key": ("strict = true\n'fail-on' = 1\n", 2, "`fail-on` must be `error`, "),
    "empty-name": ("rules = ['']\n", 1, "`rules.0` must be "),
    "sub-table": ("strict = true\n\n[{prefix}extra]\nx = 1\n", 3, "unknown key `extra`"),
}


@FORMS
@pytest.mark.parametrize("case", WRONG)
def test_wrong_setting_is_an_error_with_a_place_and_a_hint(
    snaplint_here: Run, tmp_path: Path, name: str, head: str, case: str
) -> None:
    text, line, words = WRONG[case]
    # another tool's table with the same keys must not be read
    before = '[project]\nstricct = 1\nexclude = ["x"]\nstrict = 0\n' if head else ""
    text = text.replace("{prefix}", "tool.snaplint." if head else "")
    (tmp_path / name).write_text(before + head + text)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == 2
    found = [(path, place, message) for path, place, _, message in errors(run) if words in message]
    assert [(path, place) for path, place, _ in found] == [(name, line + (before + head).count("\n"))]
    assert paths(run) == ["a.snaplint.yaml"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("strict = true\n[tool.snaplint\n", 2),
        ("strict = maybe\n", 1),
        ("strict = true\nstrict = false\n", 2),
        ("\x00", 1),
    ],
)
def test_broken_toml_is_an_error_with_a_place(snaplint_here: Run, tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "snaplint.toml").write_text(text)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == 2
    assert [(path, place) for path, place, *_ in errors(run)] == [("snaplint.toml", line)]
    assert paths(run) == ["a.snaplint.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "9" * 10_000, id="long-number"),
        pytest.param("rules = ['a\\u0000b']".replace("'", '"'), id="nul-in-a-path"),
        pytest.param("rules = ['gone']", id="missing-rules"),
        pytest.param("[tool]\nsnaplint = 3", id="no-settings-at-all"),
    ],
)
def test_hostile_settings_are_an_error(snaplint_here: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "snaplint.toml").write_text(text)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == 2
    assert errors(run) != []
    assert paths(run) == ["a.snaplint.yaml"]
    assert run.stderr == ""


def test_settings_that_are_not_utf8_are_an_error(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "snaplint.toml").write_bytes(b'exclude = ["caf\xe9"]')
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == 2
    assert [path for path, *_ in errors(run)] == ["snaplint.toml"]


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\nsnaplint = {strict = true}\n",
        "[tool]\nsnaplint.strict = true\n",
        "tool.snaplint.strict = true\n",
        "[ tool . 'snaplint' ]\nstrict = true\n",
        "\ufeff[tool.snaplint]\nstrict = true\n",
        "[tool.snaplint]\r\nstrict = true\r\n",
    ],
)
def test_our_table_counts_however_it_is_written(snaplint_here: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode())
    write(tmp_path, a_snaplint_yaml=ASSUMING)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, errors(run)) == (4, [])


@pytest.mark.parametrize(
    "text", ["# [tool.snaplint]\n", "[project]\nx = 'tool.snaplint'\n", "tool = 3 # tool.snaplint\n"]
)
def test_pyproject_that_only_mentions_our_table_means_nothing(snaplint_here: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "snaplint.toml").write_text("strict = true\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "pyproject.toml").write_text(text)
    write(tmp_path / "work", a_snaplint_yaml=ASSUMING)
    assert snaplint_here("check", cwd=tmp_path / "work").returncode == 4


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"[tool.snaplint]\nstrict = true\nx = 'caf\xe9'\n", (3, 9), "not UTF-8 text: byte 0xe9 cannot be decoded"),
        (b"[tool.snaplint]\nstrict = maybe\n", (2, 10), "invalid value"),
        (b"[tool.snaplint]\nstrict = [\n", (3, 1), "invalid value (at end of document)"),
        (b"[tool.snaplint]\nx = " + b"9" * 5_000, (1, 1), "a number has too many digits"),
        (b"[project]\ndependencies = ['snaplint-aws'\n", (3, 1), "unclosed array (at end of document)"),
    ],
)
def test_pyproject_that_cannot_be_parsed_is_an_error(
    snaplint_here: Run, tmp_path: Path, content: bytes, place: tuple[int, int], words: str
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert [(path, line, column) for path, line, column, _ in errors(run)] == [("pyproject.toml", *place)]
    assert errors(run)[0][3].startswith(f"cannot read the settings: {words}")


@pytest.mark.parametrize(
    ("text", "expected"), [("tool = 3 # tool.snaplint\n", 0), ("[tool]\nsnaplint = 3 # tool.snaplint\n", 2)]
)
def test_odd_pyproject_is_no_reason_to_break(snaplint_here: Run, tmp_path: Path, text: str, expected: int) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == expected
    assert paths(run) == ["a.snaplint.yaml"]


def test_pyproject_without_settings_is_not_even_parsed(snaplint_here: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[broken\n")
    write(tmp_path, a_snaplint_yaml=READY)
    assert snaplint_here("check", cwd=tmp_path).returncode == 0


def test_published_schema_of_the_settings_is_what_is_checked(snaplint_here: Run) -> None:
    from snaplint import schemas

    assert sorted(schemas.schema("config")["properties"]) == ["allow-outside", "exclude", "fail-on", "rules", "strict"]


@FORMS
@pytest.mark.parametrize("has_git", [True, False])
def test_settings_above_the_project_are_not_obeyed(
    snaplint_here: Run, tmp_path: Path, name: str, head: str, *, has_git: bool
) -> None:
    (tmp_path / name).write_text(head + 'exclude = ["*"]\n')
    project = tmp_path / "project"
    project.mkdir()
    write(project, a_snaplint_yaml=READY)
    if has_git:
        (project / ".git").mkdir()
    run = snaplint_here("check", "--format", "json", cwd=project)
    assert (run.returncode, paths(run), errors(run)) == (0, ["a.snaplint.yaml"], [])
    words = f"snaplint: the settings in `../{name}` are ignored: they are above the working directory"
    assert run.stderr == "" if has_git else run.stderr.startswith(words)
    for command in (["rules"], ["explain", "service-lacks-write"]):
        assert snaplint_here(*command, cwd=project).returncode == 0
    named = snaplint_here("check", "--config", f"../{name}", cwd=project)
    assert named.returncode == 2
    assert "everything in `.` is excluded by `*`" in named.stderr


def test_settings_of_another_user_in_a_folder_of_all_users_are_an_error(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "snaplint.toml").write_text('exclude = ["*"]\n')
    write(tmp_path, a_snaplint_yaml=READY)
    tmp_path.chmod(0o1777)
    assert paths(snaplint_here("check", "--format", "json", "a.snaplint.yaml", cwd=tmp_path)) == ["a.snaplint.yaml"]
    real = os.lstat

    def lstat(path: str) -> os.stat_result:  # only root can give a file to another user
        found = real(path)
        is_planted = os.path.basename(path) == "snaplint.toml"
        return os.stat_result((*found[:4], 12345, *found[5:10])) if is_planted else found

    monkeypatch.setattr(os, "lstat", lstat)
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
    assert [(path, message) for path, *_, message in errors(run)] == [
        (
            "snaplint.toml",
            "cannot read the settings: another user may have written them; to use them, give --config FILE",
        )
    ]
    tmp_path.chmod(0o755)
    assert "is excluded by `*`" in snaplint_here("check", cwd=tmp_path).stderr

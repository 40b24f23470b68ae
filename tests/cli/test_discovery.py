"""Which files are checked: those that are named and those found in folders. A run without files is reported."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import ELSEWHERE, READY, as_json, errors, paths, report, verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ended, Run


def plant(folder: Path, *names: str, text: str = READY) -> None:
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # exports to one name would collide
        own = text.replace("orders-2026-11", f"orders-{number}")
        path.write_text(as_json(own) if name.endswith(".json") else own, encoding="utf-8")


@pytest.fixture
def checked(snaplint_here: Run, tmp_path: Path) -> Run:
    def run(*arguments: str, **_: object) -> Ended:
        return snaplint_here("check", "--format", "json", *arguments, cwd=tmp_path)

    return run


def test_folder_gives_all_three_suffixes_sorted(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "z.snaplint.yaml", "b/m.snaplint.yml", "b/c.snaplint.json", "a.snaplint.yml", "b/a/x.snaplint.yaml")
    run = checked(".")
    assert run.returncode == 0
    assert paths(run) == [
        "a.snaplint.yml",
        "z.snaplint.yaml",
        "b/c.snaplint.json",
        "b/m.snaplint.yml",
        "b/a/x.snaplint.yaml",
    ]


def test_no_path_is_this_folder(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "sub/a.snaplint.yaml")
    assert paths(checked()) == ["sub/a.snaplint.yaml"]


def test_other_files_are_left_alone(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    plant(tmp_path, "a.yaml", "b.snaplint.txt", "c.snaplint.yaml.bak", "snaplint.yaml", text="version: [")
    run = checked(".")
    assert (paths(run), errors(run)) == (["a.snaplint.yaml"], [])


def test_folders_that_hold_nothing_of_the_project_are_left_alone(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    others = (".git", ".venv", "node_modules", "__pycache__", "venv", "sub/node_modules/deep", "sub/.terraform")
    plant(tmp_path, *(f"{folder}/b.snaplint.yaml" for folder in others), text="version: [")
    run = checked(".")
    assert (paths(run), errors(run)) == (["a.snaplint.yaml"], [])


def test_hidden_folder_that_is_named_is_searched(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, ".hidden/a.snaplint.yaml", "node_modules/b.snaplint.yaml")
    assert paths(checked(".hidden", "node_modules")) == [".hidden/a.snaplint.yaml", "node_modules/b.snaplint.yaml"]


def test_named_file_may_have_any_name(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "export.yaml", "plan.json", "odd name, with spaces", "no-suffix")
    names = ["export.yaml", "plan.json", "odd name, with spaces", "no-suffix"]
    run = checked(*names)
    assert (paths(run), run.returncode) == (names, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.snaplint.yaml", "a.snaplint.yaml"],
        ["a.snaplint.yaml", "."],
        [".", "a.snaplint.yaml"],
        [".", "."],
        ["./a.snaplint.yaml", "a.snaplint.yaml"],
        ["./a.snaplint.yaml", "."],
        [".", "sub/.."],
        ["sub/../a.snaplint.yaml", "."],
    ],
    ids=" ".join,
)
def test_file_is_checked_once_however_often_it_is_named(checked: Run, tmp_path: Path, arguments: list[str]) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    (tmp_path / "sub").mkdir()
    assert [os.path.normpath(path) for path in paths(checked(*arguments))] == ["a.snaplint.yaml"]


def test_absolute_path_is_the_same_file(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    assert paths(checked(str(tmp_path / "a.snaplint.yaml"), ".")) == [str(tmp_path / "a.snaplint.yaml")]


@pytest.mark.parametrize("arguments", [["."], ["b.snaplint.yaml", "latest.snaplint.yaml"]], ids=str)
def test_link_to_a_file_of_the_same_folder_is_that_file(checked: Run, tmp_path: Path, arguments: list[str]) -> None:
    plant(tmp_path, "b.snaplint.yaml")
    (tmp_path / "latest.snaplint.yaml").symlink_to("b.snaplint.yaml")
    assert paths(checked(*arguments)) == ["b.snaplint.yaml"]


def test_missing_path_is_an_error_and_the_rest_goes_on(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    run = checked("gone.yaml", "a.snaplint.yaml", "gone/")
    assert run.returncode == 2
    assert errors(run) == [
        ("gone.yaml", 1, 1, "no such file or folder"),
        ("gone/", 1, 1, "no such file or folder"),
    ]
    assert paths(run) == ["a.snaplint.yaml"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("orders.snaplint.yml", "orders.snaplint.yaml"),
        ("order.snaplint.yaml", "orders.snaplint.yaml"),
        ("orders", "orders.snaplint.yaml"),
        ("ORDERS.snaplint.yaml", "orders.snaplint.yaml"),
        ("exprots", "exports"),
        ("exprots/night.snaplint.yaml", "exports/night.snaplint.yaml"),
        ("./exports/nigth.snaplint.yaml", "./exports/night.snaplint.yaml"),
        ("exports/night.snaplint.yaml/", "exports/night.snaplint.yaml"),
        ("exprots/gone.snaplint.yaml", None),
        ("nothing.snaplint.yaml", None),
        ("gone/orders.snaplint.yaml", None),
        ("orders.snaplint.yaml\n", "orders.snaplint.yaml"),
    ],
)
def test_missing_path_suggests_a_near_one(checked: Run, tmp_path: Path, given: str, meant: str | None) -> None:
    plant(tmp_path, "orders.snaplint.yaml", "exports/night.snaplint.yaml")
    (path, *_, message), *_ = errors(checked(given))
    assert path == given
    assert message.partition("; ")[2] == (f"did you mean `{meant}`?" if meant else "")


def test_missing_path_has_no_line(snaplint_here: Run, tmp_path: Path) -> None:
    for name in ("gone.yaml", "\x1b[31m", "a" * 300, "x/\0"):
        run = snaplint_here("check", name, cwd=tmp_path)
        assert run.returncode == 2
        assert ":1:1" not in run.stdout
        assert "\x1b" not in run.stdout
        assert "no such file or folder" in run.stdout


def test_many_missing_paths_are_not_all_compared(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "orders.snaplint.yaml")
    found = errors(checked(*(f"orders{number}" for number in range(100))))
    assert [message for *_, message in found[10:]] == ["no such file or folder"] * 90
    assert "did you mean" in found[9][-1]


def test_dangling_link_is_an_error(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "b.snaplint.yaml")
    (tmp_path / "a.snaplint.yaml").symlink_to("gone.yaml")
    run = checked(".")
    assert run.returncode == 2
    assert errors(run) == [("a.snaplint.yaml", 1, 1, "no such file or directory")]
    assert paths(run) == ["b.snaplint.yaml"]


def test_link_inside_the_project_is_followed(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "shared/real.yaml")
    (tmp_path / "a.snaplint.yaml").symlink_to("shared/real.yaml")
    assert paths(checked(".")) == ["a.snaplint.yaml"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_empty_folder_is_no_success(snaplint_here: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "policies").mkdir()
    run = snaplint_here("check", "--format", form, "policies", cwd=tmp_path)
    assert run.returncode == 2
    assert "nothing to check in `policies`" in run.stderr
    assert "*.snaplint.yaml" in run.stderr


def test_folder_that_cannot_be_searched_is_an_error(
    checked: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "a.snaplint.yaml", "closed/b.snaplint.yaml")
    real = os.scandir

    def scandir(path: str) -> object:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root may read every folder
    run = checked(".")
    assert run.returncode == 2
    assert errors(run) == [("./closed", 1, 1, "cannot search the folder: permission denied")]
    assert paths(run) == ["a.snaplint.yaml"]


def levels_inside(folder: Path, levels: int) -> None:
    """Make `levels` folders `d` inside one another. Only calls that take a file descriptor reach the last ones."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        if "d" not in os.listdir(here):
            os.mkdir("d", dir_fd=here)
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(here)


def remove_levels(folder: Path) -> None:
    """Remove what `levels_inside` made, from the top: pytest calls itself for each level, and cannot remove so many."""
    top, rest = folder / "d", folder / "rest"
    while (top / "d").exists():
        (top / "d").rename(rest)
        shutil.rmtree(top)
        rest.rename(top)


@pytest.mark.parametrize(("levels", "expected"), [(1500, []), (2500, ["cannot search the folder: file name too long"])])
def test_folders_inside_one_another_do_not_end_the_search(
    checked: Run, tmp_path: Path, levels: int, expected: list[str]
) -> None:
    plant(tmp_path, "z.snaplint.yaml", "d/a.snaplint.yaml")
    levels_inside(tmp_path, levels)
    try:
        run = checked(".")
    finally:
        remove_levels(tmp_path)
    assert [message for *_, message in errors(run)] == expected
    assert paths(run) == ["z.snaplint.yaml", "d/a.snaplint.yaml"]


# standard input


@pytest.mark.parametrize("text", [READY, as_json(READY)], ids=["yaml", "json"])
def test_standard_input(run_snaplint: Run, tmp_path: Path, text: str) -> None:
    run = run_snaplint("check", "--format", "json", "-", cwd=tmp_path, stdin=text)
    assert run.returncode == 0
    assert paths(run) == ["<stdin>"]


def test_standard_input_names_policies_relative_to_the_working_directory(run_snaplint: Run, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    text = ELSEWHERE.replace("{region: eu-west-1}", "{region: eu-west-1, policy: p.json}")
    run = run_snaplint("check", "--format", "json", "-", cwd=folder, stdin=text)
    assert errors(run) == []
    assert verdicts(run)["service-lacks-write"]["verdict"] != "passes"
    assert run.returncode == 1


@pytest.mark.parametrize("text", ["", "version: [", "\x00", "{"])
def test_broken_standard_input_is_an_error_with_a_place(run_snaplint: Run, tmp_path: Path, text: str) -> None:
    run = run_snaplint("check", "-", cwd=tmp_path, stdin=text)
    assert run.returncode == 2
    assert re.match(r"error: .+\n --> <stdin>:1:\d+\n", run.stdout)


def test_standard_input_beside_files(run_snaplint: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    run = run_snaplint("check", "--format", "json", "-", "a.snaplint.yaml", "-", cwd=tmp_path, stdin=READY)
    assert paths(run) == ["<stdin>", "a.snaplint.yaml"]


def test_standard_input_is_read_only_when_asked_for(run_snaplint: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    assert paths(run_snaplint("check", "--format", "json", cwd=tmp_path, stdin=ELSEWHERE)) == ["a.snaplint.yaml"]


# exclusion


def test_exclude_leaves_out_what_is_found(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml", "vendor/b.snaplint.yaml", "sub/vendor/c.snaplint.yaml", "sub/d.snaplint.json")
    assert paths(checked("--exclude", "vendor", ".")) == ["a.snaplint.yaml", "sub/d.snaplint.json"]
    assert paths(checked("--exclude", "sub/*", ".")) == ["a.snaplint.yaml", "vendor/b.snaplint.yaml"]
    assert paths(checked("--exclude", "*.json", "--exclude=?.snaplint.yaml", "--exclude", "nothing", ".", "sub")) == []


def test_excluding_everything_found_is_no_success(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    run = checked("--exclude", "*", ".")
    assert run.returncode == 2
    assert run.stderr == "nothing was checked: everything in `.` is excluded by `*`\n"
    assert [(note["rule"], note["path"], note["message"]) for note in report(run)["notes"]] == [
        ("everything-excluded", ".", run.stderr.strip())
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_run_in_which_everything_is_excluded_names_what_excludes(snaplint_here: Run, tmp_path: Path, form: str) -> None:
    names = [f"vendor/{number}.snaplint.yaml" for number in range(11)]
    plant(tmp_path, "b.snaplint.yaml", *names)
    patterns = ("--exclude", "vendor/", "--exclude", "b.*", "--exclude", "c")
    command = ("check", "--format", form, "--force-exclude", *patterns)
    run = snaplint_here(*command, "--", "b.snaplint.yaml", names[0], cwd=tmp_path)
    words = "everything in `b.snaplint.yaml` and `vendor/0.snaplint.yaml` is excluded by `b.*` or `vendor/`"
    assert (run.returncode, run.stderr) == (0, f"nothing was checked: {words}\n")
    assert form == "json" or run.stdout == ""
    many = snaplint_here(*command, "--", *names, cwd=tmp_path)
    assert (many.returncode, many.stderr) == (
        0,
        "nothing was checked: everything in 11 paths is excluded by `vendor/`\n",
    )
    (tmp_path / "snaplint.toml").write_text('exclude = ["*.yaml"]\n')
    found = snaplint_here("check", "--format", form, cwd=tmp_path)
    assert (found.returncode, found.stderr) == (
        2,
        "nothing was checked: everything in `.` is excluded by `*.yaml`\n",
    )
    beside = snaplint_here("check", "--format", form, "gone", ".", cwd=tmp_path)
    assert (beside.returncode, beside.stderr.startswith("nothing was checked: ")) == (2, True)
    assert "no such file or folder" in beside.stdout


def test_pattern_with_an_escape_sequence_is_not_printed_raw(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "a.snaplint.yaml")
    run = checked("--exclude", "*\x1b]0;x*", "--exclude", "a*", "--exclude", "*\x1b*", ".")
    assert "\x1b" not in run.stderr
    plant(tmp_path, "\x1b.snaplint.yaml")
    run = checked("--exclude", "a*", "--exclude", "\x1b*", ".")
    assert (run.returncode, "\x1b" in run.stderr) == (2, False)


def test_named_file_is_checked_though_excluded(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "vendor/a.snaplint.yaml")
    assert paths(checked("--exclude", "vendor", "vendor/a.snaplint.yaml")) == ["vendor/a.snaplint.yaml"]


def test_force_exclude_spares_named_files(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, "vendor/a.snaplint.yaml", "b.snaplint.yaml")
    both = checked("--force-exclude", "--exclude", "vendor", "vendor/a.snaplint.yaml", "b.snaplint.yaml")
    assert paths(both) == ["b.snaplint.yaml"]
    alone = checked("--force-exclude", "--exclude", "vendor/", "./vendor/a.snaplint.yaml")
    assert (paths(alone), alone.returncode) == ([], 0)  # what pre-commit does with such a file


def test_force_exclude_does_not_hide_a_missing_file(checked: Run, tmp_path: Path) -> None:
    run = checked("--force-exclude", "gone.snaplint.yaml")
    assert run.returncode == 2
    assert errors(run) == [("gone.snaplint.yaml", 1, 1, "no such file or folder")]


def test_hidden_folders_of_the_project_are_searched_as_the_hook_names_them(checked: Run, tmp_path: Path) -> None:
    plant(tmp_path, ".github/a.snaplint.yaml")
    assert paths(checked(".")) == [".github/a.snaplint.yaml"]


def test_a_folder_with_nothing_in_it_is_no_success_even_with_force_exclude(checked: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = checked("--force-exclude", "empty")
    assert run.returncode == 2
    assert "nothing to check in `empty`" in run.stderr

"""The project of a file: the git root, else the working directory, else the file's own folder, and never `/`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from snaplint.syntax.project import is_inside, link_out, others_may_write, project_root

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_do_not_mark_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("snaplint.toml", "pyproject.toml"):
        (tmp_path / "a" / name).write_text("[tool.snaplint]\n" if name.startswith("py") else "")
    monkeypatch.chdir(tmp_path)
    assert project_root("a/b") == str(tmp_path)
    monkeypatch.chdir("/")
    assert project_root(str(tmp_path / "a" / "b")) == str(tmp_path / "a" / "b")


@pytest.mark.parametrize("working", ["/", "here"])
def test_the_root_of_the_disk_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, working: str) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(working if working == "/" else tmp_path / working)
    assert project_root("/") is None
    assert not is_inside("/etc/passwd", project_root("/"))


def test_a_git_repository_begins_at_its_nearest_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outer" / "inner" / "deep").mkdir(parents=True)
    (tmp_path / "outer" / ".git").mkdir()
    monkeypatch.chdir("/")
    assert project_root(str(tmp_path / "outer" / "inner" / "deep")) == str(tmp_path / "outer")
    (tmp_path / "outer" / "inner" / ".git").write_text("gitdir: ../.git/modules/inner\n")
    assert project_root(str(tmp_path / "outer" / "inner" / "deep")) == str(tmp_path / "outer" / "inner")


@pytest.mark.parametrize(
    ("mode", "owner", "expected"), [(0o1777, 12345, True), (0o755, 12345, False), (0o1777, 0, False)]
)
def test_what_another_user_may_have_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, owner: int, *, expected: bool
) -> None:
    (tmp_path / "work").mkdir()
    planted = tmp_path / ".git"
    planted.mkdir()
    tmp_path.chmod(mode)
    real = os.lstat

    def lstat(path: str) -> os.stat_result:  # only root can give a file to another user
        found = real(path)
        return os.stat_result((*found[:4], owner, *found[5:10])) if path == str(planted) else found

    monkeypatch.setattr(os, "lstat", lstat)
    monkeypatch.chdir(tmp_path / "work")
    assert others_may_write(str(planted)) is expected
    assert project_root(".") == str(tmp_path / "work" if expected else tmp_path)


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("out.json", "out.json"),
        ("elsewhere/x.json", "elsewhere"),
        ("./elsewhere/../elsewhere/x.json", "elsewhere"),
        ("twice.json", "twice.json"),
        ("in.json", None),
        ("folder/in.json", None),
        ("deep/real.json", None),
        ("gone.json", None),
        ("../other/x.json", None),
    ],
)
@pytest.mark.parametrize("has_git", [True, False])
def test_a_link_may_not_lead_out_of_the_project_that_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, link: str | None, *, has_git: bool
) -> None:
    project, other = tmp_path / "project", tmp_path / "other"
    (project / "deep").mkdir(parents=True)
    (other / ".git").mkdir(parents=True)  # the target is a repository itself
    (other / "x.json").write_text("{}")
    (project / "deep" / "real.json").write_text("{}")
    (project / "in.json").symlink_to("deep/real.json")
    (project / "folder").symlink_to("deep")
    (project / "deep" / "in.json").symlink_to("../in.json")
    (project / "out.json").symlink_to("../other/x.json")
    (project / "elsewhere").symlink_to(other)
    (project / "twice.json").symlink_to("out.json")
    if has_git:
        (project / ".git").mkdir()
    monkeypatch.chdir(project)
    assert link_out(name) == (None if link is None else (str(project / link), str(project)))
    assert link_out(str(project / name)) == (None if link is None else (str(project / link), str(project)))

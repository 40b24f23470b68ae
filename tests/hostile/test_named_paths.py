"""Paths in a file may lead only to regular files inside the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, UNKNOWN, errors, verdicts, write
from tests.hostile.files import confined, problems

if TYPE_CHECKING:
    from tests.conftest import Run

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Secret",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "arn:aws:s3:::acme-exports",
            }
        ],
    }
)
PLACES = (
    "buckets: {acme-exports: {region: us-east-1, policy: %s}}\n",
    "buckets: {acme-exports: {region: us-east-1, acl: %s}}\n",
    "buckets: {acme-exports: {region: us-east-1, keys: %s}}\n",
    "buckets: {acme-exports: {region: us-east-1, encryption: %s}}\n",
    "caller: {policies: [%s]}\n",
    "caller: {policies: [], boundary: %s}\n",
    "caller: {policies: [], session_policies: [%s]}\n",
    "organization: {scps: [[%s]]}\n",
    "snapshots: %s\n",
    "facts: %s\n",
)


def named(value: str) -> str:
    return value.partition(": %s")[0].split()[-1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a git repository, and a policy beside it that it must not read."""
    (tmp_path / "outside.json").write_text(POLICY)
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / ".git").mkdir()
    (inside / "policy.json").write_text(POLICY)
    return inside


@pytest.mark.parametrize(
    ("place", "way"),
    [(place, "up") for place in PLACES]
    + [(PLACES[0], way) for way in ("absolute", "link", "link-folder", "roundabout")],
    ids=named,
)
def test_path_that_leaves_the_project_is_refused(project: Path, place: str, way: str) -> None:
    outside = str(project.parent / "outside.json")
    (project / "link.json").symlink_to(outside)
    (project / "elsewhere").symlink_to(project.parent)
    names = {
        "up": "../outside.json",
        "absolute": outside,
        "link": "link.json",
        "link-folder": "elsewhere/outside.json",
        "roundabout": "./x/../../project/../outside.json",
    }
    write(project, a_snaplint_yaml=UNKNOWN + place % names[way])
    found = problems(project)
    assert [(path, line) for path, line, *_ in found] == [("a.snaplint.yaml", 8)]
    assert found[0][3].startswith(f"`{names[way]}` is outside the project ")
    assert found[0][3].endswith("; --allow-outside permits that")
    assert b"Secret" not in confined(project, "check", ".").stdout


@pytest.mark.parametrize("name", ["../outside.json", "absolute", "link.json"])
def test_allow_outside_permits_it(snaplint_here: Run, project: Path, name: str) -> None:
    outside = str(project.parent / "outside.json")
    (project / "link.json").symlink_to(outside)
    write(project, a_snaplint_yaml=UNKNOWN + PLACES[0] % name.replace("absolute", outside))
    run = snaplint_here("check", "--format", "json", "--allow-outside", ".", cwd=project)
    assert errors(run) == []
    assert verdicts(run)["service-lacks-read"]["verdict"] == "fails"
    assert [blame["sid"] for blame in verdicts(run)["service-lacks-read"]["because"]] == ["Secret"]


def test_climbing_inside_the_project_is_fine(snaplint_here: Run, project: Path) -> None:
    deep = project / "exports" / "nightly"
    deep.mkdir(parents=True)
    write(deep, a_snaplint_yaml=UNKNOWN + PLACES[0] % "../../policy.json")
    (project / "link.json").symlink_to("policy.json")
    write(project, b_snaplint_yaml=UNKNOWN + PLACES[0] % "link.json")
    for where, argument in ((project, "."), (deep, "."), (project.parent, "project")):
        run = snaplint_here("check", "--format", "json", argument, cwd=where)
        assert errors(run) == []
        assert verdicts(run)["service-lacks-read"]["verdict"] == "fails"


def test_project_of_a_file_is_its_own_and_not_that_of_the_working_directory(project: Path) -> None:
    write(project, a_snaplint_yaml=UNKNOWN + PLACES[0] % "../outside.json")
    (project.parent / ".git").mkdir()  # the working directory is in a larger project
    found = problems(project.parent, "project")
    assert [path for path, *_ in found] == ["project/a.snaplint.yaml"]


def test_name_that_only_begins_like_the_project_is_outside(project: Path) -> None:
    (project.parent / "project-2").mkdir()
    (project.parent / "project-2" / "p.json").write_text(POLICY)
    write(project, a_snaplint_yaml=UNKNOWN + PLACES[0] % "../project-2/p.json")
    assert "outside the project" in problems(project)[0][3]


@pytest.mark.parametrize(
    ("place", "kind"),
    [(place, "fifo") for place in PLACES]
    + [(PLACES[0], kind) for kind in ("/dev/zero", "/dev/stdin", "socket", "folder", "dangling", "loop")],
    ids=named,
)
def test_what_is_no_plain_file_is_refused_at_once(project: Path, place: str, kind: str) -> None:
    name = "odd.json"
    path = project / name
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        os.mknod(path, 0o140600)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"dangling": "gone.json", "loop": "odd.json"}.get(kind, kind))
    write(project, a_snaplint_yaml=UNKNOWN + place % name)
    found = problems(project, "--allow-outside", ".")
    assert [(path, line) for path, line, *_ in found] == [("a.snaplint.yaml", 8)]
    assert found[0][3].startswith(f"cannot read `{name}`: ")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('"a\\0b.json"', id="nul"),
        pytest.param('"' + "x/" * 5000 + '"', id="endless"),
        pytest.param('"' + "x" * 300 + '"', id="long-name"),
        pytest.param('"~/policy.json"', id="home"),
        pytest.param('"$HOME/policy.json"', id="variable"),
        pytest.param('"https://example.com/policy.json"', id="url"),
        pytest.param('"file:///etc/passwd"', id="file-url"),
        pytest.param('""', id="empty"),
        pytest.param('"-"', id="standard-input"),
        pytest.param('"|id"', id="pipe"),
    ],
)
def test_odd_names_are_an_error(project: Path, name: str) -> None:
    write(project, a_snaplint_yaml=UNKNOWN + PLACES[0] % name)
    found = problems(project)
    assert [(path, line) for path, line, *_ in found] == [("a.snaplint.yaml", 8)]


def test_found_link_that_leaves_the_project_is_refused(project: Path) -> None:
    secret = project.parent / "secret.yaml"
    secret.write_text("password: hunter2\n")
    (project / "a.snaplint.yaml").symlink_to(secret)
    write(project, b_snaplint_yaml=READY)
    found = problems(project)
    assert [(path, message.partition(" leads outside ")[0]) for path, _, _, message in found] == [
        ("a.snaplint.yaml", "the link")
    ]
    assert b"password" not in confined(project, "check", ".").stdout
    allowed = problems(project, "--allow-outside", ".")
    assert "unknown key `password`" in {message.partition(";")[0] for *_, message in allowed}


def test_file_that_names_itself_ends(project: Path) -> None:
    write(project, a_snaplint_yaml=UNKNOWN + "facts: a.snaplint.yaml\nsnapshots: a.snaplint.yaml\n")
    found = problems(project)
    assert {path for path, *_ in found} == {"a.snaplint.yaml"}


PLANTED = "hunter2-never-printed"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with a token, and a project in it whose links lead there."""
    project = tmp_path / "work" / "project"
    project.mkdir(parents=True)
    docker = tmp_path / ".docker"
    docker.mkdir()
    (docker / "config.json").write_text(json.dumps({"auths": {"registry": {"auth": PLANTED}}}, indent=1))
    (docker / "odd.snaplint.yaml").write_text(f"token: {PLANTED}\n")
    (project / "link.snaplint.json").symlink_to("../../.docker/config.json")
    (project / "environ.snaplint.yaml").symlink_to("/proc/self/environ")
    (project / "twice.snaplint.json").symlink_to("link.snaplint.json")
    (project / "folder").symlink_to(docker)
    (project / "folder.snaplint.yaml").symlink_to(docker)
    (project / "descriptor.snaplint.yaml").symlink_to("/dev/stdin")
    return project


def silent(folder: Path, *arguments: str) -> None:
    """The secret is in no output, of whatever form; the run ends with exit code 2."""
    for form in (["-v"], ["-q"], ["--format", "json"], []):
        done = confined(folder, "check", *form, *arguments, stdin=PLANTED.encode())
        assert done.returncode == 2
        assert PLANTED.encode() not in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("has_git", [True, False])
@pytest.mark.parametrize(
    "name",
    [
        "link.snaplint.json",
        "twice.snaplint.json",
        "environ.snaplint.yaml",
        "descriptor.snaplint.yaml",
        "folder/config.json",
        "folder/odd.snaplint.yaml",
        "folder.snaplint.yaml",
        "folder",
    ],
)
def test_link_that_a_commit_names_is_not_followed_out_of_the_project(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, has_git: bool
) -> None:
    monkeypatch.setenv("TOKEN", PLANTED)
    if has_git:
        (home / ".git").mkdir()
    silent(home, "--", name)
    silent(home, "--", str(home / name))
    silent(home, "--force-exclude", "--", name, ".")


def test_link_out_of_a_folder_named_from_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", PLANTED)
    for where in (home.parent / "b", Path("/")):
        where.mkdir(exist_ok=True)
        for name in ("link.snaplint.json", "environ.snaplint.yaml", ""):
            silent(where, str(home / name))


@pytest.mark.parametrize(
    "name",
    [
        "../../.docker/config.json",
        "{home}/.docker/config.json",
        "link.snaplint.json",
        "folder/config.json",
        "./folder/../folder/config.json",
        "/proc/self/environ",
        "/proc/self/root/{home}/.docker/config.json",
        "/proc/self/cwd/../../.docker/config.json",
        "file://{home}/.docker/config.json",
        "~/.docker/config.json",
        "$HOME/.docker/config.json",
        "environ.snaplint.yaml",
    ],
)
@pytest.mark.parametrize("place", [PLACES[0], PLACES[-1]], ids=named)
def test_secret_of_the_user_that_a_file_names_is_not_printed(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    monkeypatch.setenv("TOKEN", PLANTED)
    monkeypatch.setenv("HOME", str(home.parent.parent))
    text = UNKNOWN + place % json.dumps(name.format(home=home.parent.parent))
    write(home, a_snaplint_yaml=text)
    silent(home, "a.snaplint.yaml")
    for where in (home.parent.parent / ".docker", Path("/")):
        silent(where, str(home / "a.snaplint.yaml"))


def test_file_and_input_in_the_root_of_the_disk_name_no_other_file(home: Path) -> None:
    text = UNKNOWN + PLACES[0] % str(home.parent.parent / ".docker" / "config.json")
    done = confined(Path("/"), "check", "-", stdin=text.encode())
    assert done.returncode == 2
    assert PLANTED.encode() not in done.stdout + done.stderr
    assert b"is outside the project: `/` is never a project" in b" ".join(done.stdout.split())


def test_what_the_user_names_outside_every_project_is_read(snaplint_here: Run, home: Path) -> None:
    other = home.parent / "other"
    (other / "real").mkdir(parents=True)
    write(other / "real", a_snaplint_yaml=READY)
    (other / "current").symlink_to("real")
    for name in ("../other/current/a.snaplint.yaml", "../other/current", str(other / "current")):
        run = snaplint_here("check", "--format", "json", name, cwd=home)
        assert (run.returncode, errors(run)) == (0, [])
    run = snaplint_here("check", "--allow-outside", "--format", "json", "--", "link.snaplint.json", cwd=home)
    assert "leads outside" not in errors(run)[0][3]


def test_descriptors_that_the_user_names_are_read(home: Path) -> None:
    for name in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"):
        done = confined(home, "check", name, stdin=READY.encode())
        assert (done.returncode, done.stderr) == (0, b"")

"""Paths in a file may lead only to regular files inside the project."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, UNKNOWN, errors, verdicts, write
from tests.hostile.files import confined, problems

if TYPE_CHECKING:
    from pathlib import Path

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
    """A project with a marker, and a policy beside it that it must not read."""
    (tmp_path / "outside.json").write_text(POLICY)
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / "snaplint.toml").write_text("")
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
    (project.parent / "snaplint.toml").write_text("")  # the working directory is in a larger project
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

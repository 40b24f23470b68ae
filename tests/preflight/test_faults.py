"""Input errors: each has a place and a message and is reported once, and everything else is still checked."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from tests.checks.world import BUCKET, SOURCE, caller_policy, changed, good, policy, service_grant, words
from tests.preflight.project import Read, read, write

from snaplint.syntax.project import project_root

if TYPE_CHECKING:
    from pathlib import Path

UNDETERMINED = "cannot-tell"


def bucket(**fields: Any) -> dict[str, Any]:
    data = good()
    data["buckets"][BUCKET].update(fields)
    return data


# -- the form
# ------------------------------------------------------------------------------------------------------------------


def test_an_unknown_key_has_a_place_and_a_suggestion(tmp_path: Path) -> None:
    text = 'version: 1\naccount: "111122223333"\nregion: us-east-1\nrequests: [{}]\nbukets: {}\n'
    found = read(tmp_path, text, name="a.snaplint.yaml")
    assert found.fault_lines == ["a.snaplint.yaml:5:1: unknown key `bukets`; did you mean `buckets`?"]
    assert found.preflight is None


def test_an_inner_unknown_key_has_a_place_and_a_suggestion(tmp_path: Path) -> None:
    text = (
        'version: 1\naccount: "111122223333"\nregion: us-east-1\nrequests: [{}]\n'
        "buckets:\n  exports:\n    region: us-east-1\n    ownershp: ObjectWriter\n"
    )
    found = read(tmp_path, text, name="a.snaplint.yaml")
    assert found.fault_lines == ["a.snaplint.yaml:8:5: unknown key `ownershp`; did you mean `ownership`?"]


def test_every_fault_of_the_form_is_told(tmp_path: Path) -> None:
    text = "version: 3\naccount: 1111\nrequests: [{}]\n"
    found = read(tmp_path, text, name="a.snaplint.yaml")
    assert sorted(found.fault_lines) == [
        "a.snaplint.yaml:1:10: `version` must be `1`",
        "a.snaplint.yaml:1:1: the file has no `region`",
        "a.snaplint.yaml:2:10: `account` must be an account ID: twelve digits, in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('version: "1"', "`version` must be `1`, without quotes"),
        ("version: '1'", "`version` must be `1`, without quotes"),
        ('version: "2"', "`version` must be `1`"),
        ('version: "true"', "`version` must be `1`"),
        ('version: "one"', "`version` must be `1`"),
    ],
)
def test_a_number_in_quotes_is_to_be_written_without_them(tmp_path: Path, text: str, message: str) -> None:
    found = read(tmp_path, f'{text}\naccount: "111122223333"\nregion: us-east-1\nrequests: [{{}}]\n', name="a.yaml")
    assert found.fault_lines == [f"a.yaml:1:10: {message}"]


def test_twelve_digits_stay_text_without_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, "version: 1\naccount: 012345670123\nregion: us-east-1\nrequests: [{}]\n", name="a.yaml")
    assert found.fault_lines == []
    assert found.preflight is not None
    assert found.preflight.facts.account == "012345670123"


def test_faults_of_the_request_are_no_input_errors(tmp_path: Path) -> None:
    data = changed(good(), requests=[{"SourceSnapshotNam": 5, "TargetSnapshotName": None, "Tags": "x"}])
    found = read(tmp_path, data)
    assert found.fault_lines == []
    assert found.words["request-malformed"] == "fails"


# -- raw answers of the wrong shape
# ------------------------------------------------------------------------------------------------------------------

WRONG = [
    ("acl", {"Owner": {}}, "acl", "the output of get-bucket-acl: Owner and Grants", "service-lacks-read"),
    ("acl", {"Grants": [{"Grantee": {"ID": "x"}}]}, "acl", "a grant: Grantee and Permission", "acl-grant-without-acls"),
    (
        "acl",
        {"Grants": [{"Grantee": {}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"Type": "CanonicalUser"}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"ID": ["x"]}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"ID": ""}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"ID": None}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"URI": 5}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    (
        "acl",
        {"Grants": [{"Grantee": {"EmailAddress": {}, "ID": "x"}, "Permission": "READ"}]},
        "acl",
        "a grantee with ID, URI or EmailAddress",
        "grant-too-wide",
    ),
    ("acl", {"Grants": [5]}, "acl", "a grant: Grantee and Permission", "acl-grant-without-acls"),
    (
        "ownership",
        "Enforced",
        "ownership",
        "BucketOwnerPreferred or ObjectWriter, or the output of",
        "acl-grant-without-acls",
    ),
    (
        "ownership",
        {"OwnershipControls": {"Rules": []}},
        "ownership",
        "BucketOwnerPreferred or ObjectWriter, or the output of",
        "acl-grant-without-acls",
    ),
    (
        "ownership",
        {"Rules": 5},
        "ownership",
        "BucketOwnerPreferred or ObjectWriter, or the output of",
        "acl-grant-without-acls",
    ),
    ("encryption", {"Algorithm": "x"}, "encryption", "an object with SSEAlgorithm", "bucket-default-kms"),
    (
        "encryption",
        {"ServerSideEncryptionConfiguration": []},
        "encryption",
        "an object with SSEAlgorithm",
        "bucket-default-kms",
    ),
    (
        "public_access_block",
        {"BlockPublicAcls": "yes"},
        "public_access_block",
        "each true or false",
        "public-access-block-relaxed",
    ),
    (
        "public_access_block",
        {"BlockPublicAcl": True},
        "public_access_block",
        "BlockPublicAcls",
        "public-access-block-relaxed",
    ),
    (
        "public_access_block",
        {"PublicAccessBlockConfiguration": 1},
        "public_access_block",
        "the four settings",
        "public-access-block-relaxed",
    ),
    ("keys", {"Contents": {"Key": "x"}}, "keys", "the output of list-objects-v2", "object-key-exists"),
    ("keys", {"Contents": [{"key": "x"}]}, "keys", "the output of list-objects-v2", "object-key-exists"),
    ("keys", {"contents": [{"Key": "x"}]}, "keys", "the output of list-objects-v2", "object-key-exists"),
    ("keys", {"unknown": "why", "Prefix": "x"}, "keys", "the output of list-objects-v2", "object-key-exists"),
    ("keys", [{"unknown": "why"}], "keys", "the output of list-objects-v2", "object-key-exists"),
    ("keys", {"Prefix": 5}, "keys", "a prefix: text", "object-key-exists"),
    ("region", {"Location": "x"}, "region", "the output of get-bucket-location", "bucket-outside-region"),
    ("region", {"LocationConstraint": 5}, "region", "the output of get-bucket-location", "bucket-outside-region"),
    ("region", "", "region", "a Region", "bucket-outside-region"),
]


@pytest.mark.parametrize("by_path", [False, True], ids=["inline", "by path"])
@pytest.mark.parametrize(
    ("field", "value", "named", "expected", "rule"),
    [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in WRONG],
)
def test_an_answer_of_the_wrong_shape_is_one_fault(
    tmp_path: Path, field: str, value: object, named: str, expected: str, rule: str, by_path: bool
) -> None:
    given = "aws/answer.json" if by_path else value
    files: dict[str, object] = {
        "aws/answer.json": '""' if value == "" else f'"{value}"' if isinstance(value, str) else value
    }
    data = bucket(**{field: given})
    if field == "ownership":
        data["buckets"][BUCKET]["acl"] = {
            "Grants": [
                {
                    "Grantee": {"ID": "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"},
                    "Permission": "READ",
                }
            ]
        }
    if field == "acl":
        data["buckets"][BUCKET].update(ownership="ObjectWriter", policy=None)
    found = read(tmp_path, data, files)
    (line,) = found.fault_lines
    assert line.startswith("aws/answer.json:" if by_path else "a.snaplint.json:")
    assert f"`buckets.{BUCKET}.{named}` must be" in line
    assert expected in line
    assert found.words[rule] == UNDETERMINED
    assert found.words["bucket-does-not-exist"] == "passes"


def test_the_fault_is_at_the_part_that_is_wrong(tmp_path: Path) -> None:
    acl = '{\n "Grants": [\n  {"Grantee": {"ID": "a"}, "Permission": "READ"},\n  {"Grantee": {"ID": "b"}}\n ]\n}\n'
    found = read(tmp_path, bucket(acl="acl.json"), {"acl.json": acl})
    assert found.fault_lines == [f"acl.json:4:3: `buckets.{BUCKET}.acl` must be a grant: Grantee and Permission"]


@pytest.mark.parametrize(
    ("snapshots", "words_"),
    [
        ({"Snapshots": [{"Engine": "redis"}]}, "has no `SnapshotName`"),
        ({"Snapshots": ["nightly"]}, "has no `SnapshotName`"),
        ({SOURCE: {"Snapshots": [5]}}, "a snapshot of describe-snapshots"),
        ({SOURCE: "s.json"}, "an item of describe-snapshots"),
        ({"CacheClusters": []}, "not the output of `aws elasticache describe-cache-clusters`"),
        (
            {"ServerlessCacheSnapshots": [{"ServerlessCacheSnapshotName": SOURCE}]},
            "not the output of `aws elasticache describe-serverless-cache-snapshots`",
        ),
    ],
    ids=str,
)
def test_a_describe_snapshots_answer_of_the_wrong_shape(tmp_path: Path, snapshots: object, words_: str) -> None:
    found = read(tmp_path, changed(good(), snapshots=snapshots), {"s.json": "[]"})
    (line,) = found.fault_lines
    assert words_ in line
    assert found.words["snapshot-does-not-exist"] == UNDETERMINED
    assert found.words["bucket-outside-region"] == "passes"


@pytest.mark.parametrize("snapshots", [[], "s.json"], ids=str)
def test_an_empty_list_of_snapshots_shows_nothing(tmp_path: Path, snapshots: object) -> None:
    found = read(tmp_path, changed(good(), snapshots=snapshots), {"s.json": "[]"})
    assert found.fault_lines == []
    assert found.words["snapshot-does-not-exist"] == UNDETERMINED


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        ({"Name": SOURCE, "Status": "available"}, "a snapshot of describe-snapshots"),
        ({"Policy": "{}"}, "not the output of `aws s3api get-bucket-policy`"),
        ({"version": 1, "snapshots": {SOURCE: {"Engine": "redis"}}}, "not a facts file"),
    ],
    ids=str,
)
def test_a_file_without_a_field_of_a_snapshot_does_not_show_that_one_exists(
    tmp_path: Path, content: object, words_: str
) -> None:
    found = read(tmp_path, changed(good(), snapshots={SOURCE: "s.json"}), {"s.json": content})
    (line,) = found.fault_lines
    assert line.startswith("s.json:1:1: ")
    assert words_ in line
    assert found.words["snapshot-does-not-exist"] == UNDETERMINED


@pytest.mark.parametrize("key", ["s3://exports/orders-0001.rdb", "arn:aws:s3:::exports/orders-0001.rdb"])
def test_a_uri_or_an_arn_is_no_object_key(tmp_path: Path, key: str) -> None:
    found = read(tmp_path, bucket(keys=["a.rdb", key]))
    (line,) = found.fault_lines
    assert f"`buckets.{BUCKET}.keys` must be a list of object keys alone" in line
    assert found.words["object-key-exists"] == UNDETERMINED


def test_a_section_by_path_with_a_list_that_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, changed(good(), snapshots="s.json"), {"s.json": {"Snapshots": {}}})
    (line,) = found.fault_lines
    assert line.startswith("s.json:2:")
    assert "must be a list" in line


# -- files
# ------------------------------------------------------------------------------------------------------------------


def test_a_broken_file_is_reported_once_however_many_name_it(tmp_path: Path) -> None:
    data = bucket(policy="p.json")
    data["buckets"]["twin"] = {"policy": "./p.json"}
    data["caller"]["policies"].append("p.json")
    found = read(tmp_path, data, {"p.json": '{\n "Statement": [,]\n}'})
    (line,) = found.fault_lines
    assert line.startswith("p.json:2:")
    for rule in ("service-lacks-read", "service-lacks-write", "policy-malformed"):
        assert found.words[rule] == UNDETERMINED
    assert "could not be read" in found.verdicts["policy-malformed"].message


def test_a_broken_escaped_policy_is_reported_once_however_many_name_it(tmp_path: Path) -> None:
    data = bucket(policy="p.json")
    data["buckets"]["twin"] = {"policy": "p.json"}
    found = read(tmp_path, data, {"p.json": '{\n "Policy": "{broken"\n}'})
    (line,) = found.fault_lines
    assert line.startswith("p.json:2:14: ")
    assert found.words["service-lacks-write"] == UNDETERMINED


def test_an_unreadable_identity_policy_leaves_the_caller_open(tmp_path: Path) -> None:
    """The other policies still apply, but the policy that could not be read may have a Deny."""
    found = read(tmp_path, changed(good(), caller__policies=[caller_policy(), "p.json"]), {"p.json": "{"})
    assert found.words["caller-not-permitted"] == UNDETERMINED
    assert "caller.policies.1" in found.verdicts["caller-not-permitted"].depends_on


def test_a_missing_file_is_told_at_the_name(tmp_path: Path) -> None:
    text = (
        'version: 1\naccount: "111122223333"\nregion: us-east-1\nrequests: [{}]\nbuckets:\n  b:\n    policy: gone.json'
    )
    found = read(tmp_path, text, name="a.snaplint.yaml")
    assert found.fault_lines == ["a.snaplint.yaml:7:13: cannot read `gone.json`: no such file or directory"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    found = read(tmp_path, bucket(policy="aws"), {"aws/x.json": "{}"})
    (line,) = found.fault_lines
    assert "cannot read `aws`: it is a folder" in line


def test_a_name_with_a_nul_is_no_path(tmp_path: Path) -> None:
    found = read(tmp_path, bucket(policy="p\0.json"))
    (line,) = found.fault_lines
    assert "NUL" in line


def test_a_name_that_no_file_has(tmp_path: Path) -> None:
    found = read(tmp_path, bucket(policy="x" * 5000))
    (line,) = found.fault_lines
    assert "cannot read" in line


def test_paths_are_relative_to_the_file_and_may_climb(tmp_path: Path) -> None:
    write(tmp_path, {"policies/p.json": policy(service_grant())})
    (tmp_path / ".git").mkdir()
    found = read(tmp_path, bucket(policy="../policies/p.json"), name="preflights/a.snaplint.json")
    assert found.faults == []
    assert found.words["service-lacks-write"] == "passes"


def test_the_name_of_a_file_does_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"p.json": policy(service_grant())})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert read(tmp_path, bucket(policy="p.json")).words["service-lacks-write"] == "passes"


OUTSIDE = [
    pytest.param("../../secret.json", id="climbing"),
    pytest.param("{tmp}/secret.json", id="absolute"),
    pytest.param("link.json", id="link"),
    pytest.param("folder/secret.json", id="linked folder"),
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_path_may_not_leave_the_project(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.json").write_text('{"password": "hunter2"', encoding="utf-8")
    project = tmp_path / "project"
    write(project, {"in/x.json": "{}"})
    os.symlink(tmp_path / "secret.json", project / "in" / "link.json")
    os.symlink(tmp_path, project / "in" / "folder")
    given = name.format(tmp=tmp_path)
    data = bucket(policy=given)
    (project / "in" / "a.snaplint.yaml").write_text(json.dumps(data), encoding="utf-8")
    refused = Read(project / "in" / "a.snaplint.yaml")
    (fault,) = refused.faults
    assert f"`{given}` is outside the project" in fault.message
    assert "--allow-outside" in fault.message
    assert "hunter2" not in str(fault)
    assert refused.words["service-lacks-read"] == UNDETERMINED
    allowed = Read(project / "in" / "a.snaplint.yaml", allow_outside=True)
    (fault,) = allowed.faults
    assert fault.path.endswith("secret.json") or fault.path.endswith("link.json")


def test_a_project_begins_at_the_nearest_marker(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    assert project_root(str(tmp_path / "a" / "b" / "c")) == str(tmp_path)
    (tmp_path / "a" / "b" / "pyproject.toml").touch()
    (tmp_path / "a" / "b" / "snaplint.toml").touch()
    assert project_root(str(tmp_path / "a" / "b" / "c")) == str(tmp_path)
    (tmp_path / "a" / "b" / ".git").touch()  # a worktree or a submodule
    assert project_root(str(tmp_path / "a" / "b" / "c")) == str(tmp_path / "a" / "b")


@pytest.mark.parametrize(("working", "expected"), [("/", "a/b"), ("a", "a"), ("a/b", "a/b"), ("c", "a/b")])
def test_a_project_without_git_is_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, working: str, expected: str
) -> None:
    for name in ("a/b", "c"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(working if working == "/" else tmp_path / working)
    assert project_root(str(tmp_path / "a" / "b")) == str(tmp_path / expected)


def test_the_good_world_reads_the_same_from_yaml_and_json(tmp_path: Path) -> None:
    as_yaml = read(tmp_path / "y", good(), name="a.snaplint.yaml")
    assert as_yaml.fault_lines == []
    assert as_yaml.words == words(good())

"""The flags of `aws elasticache copy-snapshot` on `snaplint audit`: each member has its flag, its values read alike.

https://docs.aws.amazon.com/cli/latest/reference/elasticache/copy-snapshot.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import PATIENCE, environment

from snaplint.cli.aws import live
from snaplint.cli.aws.shorthand import pairs
from snaplint.cli.commands import audit, collect
from snaplint.cli.inputs import Unusable
from snaplint.operations.registry import DEFAULT, operations

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

    from snaplint.operations.operation import Operation

NAMES = ["--source-snapshot-name", "nightly", "--target-snapshot-name", "orders"]
NAMED = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders"}


def requests_of(*arguments: str) -> list[dict[str, object]]:
    """Return the requests of a command line."""
    return live.requests(live.parse(audit.parser, ["copy-snapshot", *arguments])).requests


def tags(*values: str) -> object:
    return requests_of(*NAMES, "--tags", *values)[0]["Tags"]


def refused(*arguments: str) -> str:
    with pytest.raises(Unusable) as caught:
        requests_of(*arguments)
    return str(caught.value)


# -- the flags are those of the AWS CLI


@pytest.mark.parametrize("operation", operations().values(), ids=lambda each: each.name)
def test_every_member_of_the_service_model_has_its_flag_and_no_other_does(operation: Operation) -> None:
    model: Any = Session().get_service_model(operation.service)
    shape = model.operation_model(operation.api_name).input_shape
    assert {member.name: member.flag for member in operation.members} == {
        name: "--" + xform_name(name, "-") for name in shape.members
    }
    assert [member.name for member in operation.members if member.required] == shape.required_members


def test_the_flags_give_the_members() -> None:
    found = requests_of(*NAMES, "--target-bucket", "exports", "--kms-key-id", "k", "--tags", "Key=team,Value=data")
    assert found == [{**NAMED, "TargetBucket": "exports", "KmsKeyId": "k", "Tags": [{"Key": "team", "Value": "data"}]}]


def test_wrong_members_are_left_for_the_rules() -> None:
    assert requests_of("--target-bucket", "s3://exports/") == [{"TargetBucket": "s3://exports/"}]
    assert requests_of("--kms-key-id=") == [{"KmsKeyId": ""}]
    assert requests_of("--cli-input-json", '{"Bucket": 5}') == [{"Bucket": 5}]


@pytest.mark.parametrize(
    "more",
    [
        ["--output", "json"],
        ["--query", "Snapshot.SnapshotStatus"],
        ["--no-cli-pager"],
        ["--debug", "--no-paginate"],
        ["--cli-read-timeout", "0", "--cli-connect-timeout", "5"],
    ],
    ids=" ".join,
)
def test_global_flags_may_stay_in_the_command(more: list[str]) -> None:
    assert requests_of(*NAMES, *more) == [NAMED]


def test_global_flags_may_precede_the_operation() -> None:
    given_ = live.parse(audit.parser, ["--region", "eu-west-1", "--no-cli-pager", "copy-snapshot", *NAMES])
    assert (given_.region, live.requests(given_).requests) == ("eu-west-1", [NAMED])


@pytest.mark.parametrize(
    "before",
    [
        ["aws", "elasticache", "copy-snapshot"],
        ["/usr/local/bin/aws", "elasticache", "copy-snapshot"],
        ["elasticache", "copy-snapshot"],
        ["aws", "--region", "eu-west-1", "elasticache", "--no-cli-pager", "copy-snapshot", "--output=json"],
        ["aws", "--profile", "copy-snapshot", "elasticache", "copy-snapshot", "--color", "off"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("make", [audit.parser, collect.parser])
def test_the_whole_command_of_the_aws_cli_may_be_pasted(make: Any, before: list[str]) -> None:
    given_ = live.parse(make, [*before, *NAMES])
    assert live.requests(given_).requests == [NAMED]
    assert given_.region == ("eu-west-1" if "--region" in before else None)


@pytest.mark.parametrize(
    ("words", "said_"),
    [
        ("aws ec2 copy-snapshot", "`ec2 copy-snapshot` is a command of another service; snaplint checks `aws elasti"),
        ("aws elasticache describe-snapshots", "is not the command that snaplint checks, which is `aws elasticache "),
        ("aws s3 cp a b", "`aws s3 cp a b` is not the command that snaplint checks"),
        ("aws", "the command is missing, such as `aws elasticache copy-snapshot`"),
        ("aws copy-snapshots", "invalid choice: 'copy-snapshots'; did you mean `copy-snapshot`?"),
    ],
)
def test_another_command_of_the_aws_cli_is_named(snaplint_here: Run, words: str, said_: str) -> None:
    run = snaplint_here("audit", *words.split(), *NAMES)
    assert (run.returncode, run.stdout) == (2, "")
    assert said_ in run.stderr


@pytest.mark.parametrize(
    "flag", ["--no-sign-request", "--no-verify-ssl", "--ca-bundle=x", "--generate-cli-skeleton", "--version"]
)
@pytest.mark.parametrize("command", ["audit", "collect"])
def test_flags_that_cannot_be_used_are_named(snaplint_here: Run, command: str, flag: str) -> None:
    run = snaplint_here(command, "copy-snapshot", *NAMES, flag)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"`{flag.partition('=')[0]}` cannot be used here: " in run.stderr


@pytest.mark.parametrize("command", ["audit", "collect"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: copy-snapshot"),
        (["copy-snapshots"], "invalid choice: 'copy-snapshots'"),
        (
            ["copy-snapshot"],
            "there is no request: give the flags of `aws elasticache copy-snapshot`, or --requests FILE",
        ),
        (["copy-snapshot", "--target-bucke-name", "x"], "--target-bucke-name x; did you mean `--target-bucket`?\n"),
        (["copy-snapshot", "--target-buket", "x"], "--target-buket x; did you mean `--target-bucket`?\n"),
        (["copy-snapshot", "--target", "x"], "ambiguous option: --target"),
        (["copy-snapshot", "--cli-input-json", "{}", "--cli-input-yaml", "{}"], "not allowed with argument"),
    ],
)
def test_unusable_command_line(snaplint_here: Run, command: str, arguments: list[str], said: str) -> None:
    run = snaplint_here(command, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr


@pytest.mark.parametrize("word", ["json", "text", "yaml"])
def test_collect_does_not_take_a_format_for_a_file(snaplint_here: Run, tmp_path: Path, word: str) -> None:
    run = snaplint_here("collect", "copy-snapshot", *NAMES, "--output", word, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"for a file of that name write `./{word}`" in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["audit", "collect"])
def test_help_lists_the_flags(snaplint_here: Run, command: str) -> None:
    run = snaplint_here(command, "--help")
    assert run.returncode == 0
    wanted = [member.flag for member in DEFAULT.members] + [
        "--cli-input-json",
        "--region",
        "--role-arn",
        "--requests",
        "--redact",
    ]
    assert [name for name in wanted if name not in run.stdout] == []
    assert f"usage: snaplint {command} copy-snapshot [FLAG ...]" in run.stdout
    assert not any(line.endswith("-") for line in run.stdout.splitlines()), "a flag is broken at a hyphen"


@pytest.mark.parametrize("arguments", [["--help"], ["copy-snapshot"]], ids=" ".join)
@pytest.mark.parametrize("command", ["audit", "collect"])
def test_boto3_is_imported_only_to_call_aws(command: str, arguments: list[str]) -> None:
    program = f"import sys, snaplint.cli as c; c.main({[command, *arguments]!r}); sys.exit('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], env=environment(), capture_output=True, timeout=PATIENCE)
    assert done.returncode == 0


# -- tags


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        (["Key=a,Value=b"], [{"Key": "a", "Value": "b"}]),
        (["Key=a,Value=b", "Key=c"], [{"Key": "a", "Value": "b"}, {"Key": "c"}]),
        (["Key=a=b,Value=c=d"], [{"Key": "a=b", "Value": "c=d"}]),
        (["Key=\"a b\",Value='c,d'"], [{"Key": "a b", "Value": "c,d"}]),
        (["Key=\"a\\\"b\",Value='it\\'s'"], [{"Key": 'a"b', "Value": "it's"}]),
        (['Key="a\\\\b"'], [{"Key": "a\\b"}]),
        (["Key=a\\,b,Value=c"], [{"Key": "a,b", "Value": "c"}]),
        (["Key=a, Value=b"], [{"Key": "a", "Value": "b"}]),
        (["Key=,Value="], [{"Key": "", "Value": ""}]),
        (["Key=ü,Value=日本"], [{"Key": "ü", "Value": "日本"}]),
        (["x=1"], [{"x": "1"}]),
        (['[{"Key": "a", "Value": "b"}]'], [{"Key": "a", "Value": "b"}]),
        (['{"Key": "a"}', '{"Key": "b"}'], [{"Key": "a"}, {"Key": "b"}]),
        (['[{"Key": 5}]'], [{"Key": 5}]),
    ],
)
def test_tags(values: list[str], expected: list[object]) -> None:
    assert tags(*values) == expected


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "expected NAME=VALUE"),
        ("Key", "expected NAME=VALUE at `Key`"),
        ("Key=a,b", "a comma in a value is written `\\,`"),
        ("Key=a,", "expected NAME=VALUE"),
        ("Key=it's", "expected a comma before `'s`"),
        ('Key="a"b', "expected a comma before `b`"),
        ('Key="a', "does not end"),
        ("Key=[a]", "expected text at `[a]`"),
        ("Key={a=b}", "expected text at `{a=b}`"),
        ("Key=a,Key=b", "`Key` is given twice"),
        ("[", "`--tags` is not JSON: line 1"),
        ('{"Key": "a", "Key": "b"}', "`--tags` is not JSON"),
    ],
)
def test_broken_tags(value: str, said: str) -> None:
    assert said in refused(*NAMES, "--tags", value)


@given(st.dictionaries(st.text("Keyab9.:/_-#", min_size=1), st.text(), min_size=1))
def test_whatever_is_quoted_comes_back(expected: dict[str, str]) -> None:
    quoted = {key: value.replace("\\", "\\\\").replace('"', '\\"') for key, value in expected.items()}
    assert pairs(",".join(f'{key}="{value}"' for key, value in quoted.items())) == expected


@given(st.text())
def test_any_shorthand_is_read_or_refused(text: str) -> None:
    try:
        found = pairs(text)
    except ValueError as error:
        assert str(error)
    else:
        assert all(isinstance(value, str) for value in found.values())
        assert "=" in text


# -- files


def test_a_value_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "tags.json").write_text('[{"Key": "team"}]')
    (tmp_path / "bucket").write_text("exports")
    assert tags(f"file://{tmp_path}/tags.json") == [{"Key": "team"}]
    assert requests_of(*NAMES, "--target-bucket", f"file://{tmp_path}/bucket") == [{**NAMED, "TargetBucket": "exports"}]


def test_a_file_may_be_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.json").write_text(json.dumps(NAMED))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert requests_of("--cli-input-json", "file://~/in.json") == [NAMED]
    assert requests_of("--cli-input-json", "file://$HOME/in.json") == [NAMED]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", '{"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders"}'),
        ("yaml", "SourceSnapshotName: nightly\nTargetSnapshotName: orders\n"),
    ],
)
def test_whole_input(tmp_path: Path, form: str, text: str) -> None:
    (tmp_path / "input").write_text(text)
    assert requests_of(f"--cli-input-{form}", text) == [NAMED]
    assert requests_of(f"--cli-input-{form}", f"file://{tmp_path}/input") == [NAMED]


def test_flags_take_precedence_over_the_whole_input() -> None:
    text = '{"SourceSnapshotName": "weekly", "TargetSnapshotName": "orders", "Tags": [{"Key": "a"}]}'
    found = requests_of("--cli-input-json", text, "--source-snapshot-name", "nightly", "--tags", "Key=b")
    assert found == [{**NAMED, "Tags": [{"Key": "b"}]}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cli-input-json", "[]"], "`--cli-input-json` is not an object"),
        (["--cli-input-json", "{"], "`--cli-input-json` is not JSON: line 1"),
        (["--cli-input-yaml", "a: [\n"], "`--cli-input-yaml` is not YAML: line "),
        (["--cli-input-json", "file://nowhere.json"], "cannot read `nowhere.json`: no such file or directory"),
        (["--cli-input-json", "file:///"], "cannot read `/`: it is a folder"),
        (["--cli-input-json", "file://a\0b"], "it is not a possible path"),
        (["--target-bucket", "fileb://x"], "fileb:// is for binary values"),
        (["--tags", "file://nowhere"], "`--tags`: cannot read `nowhere`"),
        (["--target-bucket", "a\udcff"], "not Unicode text"),
    ],
)
def test_input_that_cannot_be_read(arguments: list[str], said: str) -> None:
    assert said in refused(*arguments)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe\xfa")
    assert "is not UTF-8 text" in refused("--target-bucket", f"file://{tmp_path}/x")


# -- many requests


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.json", json.dumps([NAMED, {"TargetBucket": "b"}])),
        ("r.yaml", "- SourceSnapshotName: nightly\n  TargetSnapshotName: orders\n- TargetBucket: b\n"),
        ("r.jsonl", json.dumps(NAMED) + '\n\n{"TargetBucket": "b"}\n'),
        ("r", json.dumps(NAMED) + '\r\n{"TargetBucket": "b"}'),
        ("r.snaplint.yaml", f"version: 1\nregion: x\nrequests: [{json.dumps(NAMED)}, {{TargetBucket: b}}]"),
    ],
)
def test_requests_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert requests_of("--requests", str(tmp_path / name)) == [NAMED, {"TargetBucket": "b"}]


def test_requests_file_of_one(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(json.dumps(NAMED))
    assert requests_of("--requests", str(tmp_path / "r.json")) == [NAMED]


def test_a_preflight_file_states_the_region_and_account(tmp_path: Path) -> None:
    file = tmp_path / "a.snaplint.json"
    file.write_text(json.dumps({"account": "111122223333", "region": "eu-west-1", "requests": [NAMED]}))
    flags = ["copy-snapshot", "--requests", str(file)]
    found = live.requests(live.parse(audit.parser, flags))
    assert (found.region, found.account) == ("eu-west-1", "111122223333")
    assert requests_of("--requests", str(file), "--region", "eu-west-1") == [NAMED]
    said = refused("--requests", str(file), "--region", "us-east-1")
    assert said == f"`{file}` is for eu-west-1, but `--region` is us-east-1"


def test_the_flags_of_a_request_apply_to_each_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text('[{"TargetBucket": "b", "TargetSnapshotName": "x"}, {"Tags": [{"Key": "a"}]}]')
    found = requests_of(*NAMES, "--requests", str(file))
    assert found == [{"TargetBucket": "b", **NAMED}, {"Tags": [{"Key": "a"}], **NAMED}]
    found = requests_of("--cli-input-json", '{"TargetBucket": "c"}', "--tags", "Key=b", "--requests", str(file))
    assert [each["TargetBucket"] for each in found] == ["c", "c"]
    assert [each["Tags"] for each in found] == [[{"Key": "b"}]] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "contains no request"),
        ("{}", "is neither a list of requests nor a preflight file"),
        ("5", "is neither a list of requests nor a preflight file"),
        ('{"requests": 5}', "is neither"),
        ("[5]", "request 1 of"),
        ('[{}, {"operation": "s3:PutObject"}]', "request 2 of"),
        ('{"a": 1}\n{"a": 1, "a": 2}', "line 2 of"),
        ('{"a": 1}\n{"a" 1}', "line 2 of"),
        ("[", "line 1, column "),
        ("", "line 1"),
        ('[{"TargetBucket": "\\ud800"}]', ""),
        ('[{"TargetBucket": 1e999}]', ""),
    ],
)
def test_requests_file_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.json").write_text(text)
    assert said in refused("--requests", str(tmp_path / "r.json"))


def test_every_invalid_line_of_a_requests_file_is_reported(tmp_path: Path) -> None:
    lines = ['{"TargetBucket": "a"}', '{"TargetBucket": "b"', "", '{"TargetBucket" "c"}', "x", '{"TargetBucket": "d"}']
    file = tmp_path / "r.jsonl"
    file.write_text("\n".join(lines))
    said = refused("--requests", str(file))
    assert [number for number in range(1, 7) if f"line {number} of `{file}`, column " in said] == [2, 4, 5]
    # an object over several lines is one request, or one preflight file
    file.write_text('{"requests": [\n{"TargetBucket": "a"}\n]}')
    assert requests_of("--requests", str(file)) == [{"TargetBucket": "a"}]
    # the first line may be the invalid one; at most ten are listed
    file.write_text('{"TargetBucket": "a"\n' * 30)
    said = refused("--requests", str(file))
    assert said.startswith("line 1 of ")
    assert said.endswith("; and 20 more lines")


def test_requests_file_that_is_not_there() -> None:
    assert refused("--requests", "nowhere.json") == "cannot read `nowhere.json`: no such file or directory"


def test_requests_file_that_is_no_plain_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("--requests", str(tmp_path)) == f"cannot read `{tmp_path}`: it is a folder"
    assert refused("--requests", "/dev/zero") == "cannot read `/dev/zero`: larger than 16 MiB"
    os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
    assert refused("--requests", str(tmp_path / "socket")).startswith(
        f"cannot read `{tmp_path}/socket`: no such device"
    )
    (tmp_path / "loop").symlink_to("loop")
    assert "too many levels of symbolic links" in refused("--requests", str(tmp_path / "loop"))
    monkeypatch.setattr(sys, "stdin", None)
    assert refused("--requests", "-") == "cannot read `-`: standard input is closed"


def test_requests_may_come_from_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=('[{"TargetBucket": "a"}]',))
    writer.start()
    assert requests_of("--requests", str(tmp_path / "pipe")) == [{"TargetBucket": "a"}]
    writer.join()

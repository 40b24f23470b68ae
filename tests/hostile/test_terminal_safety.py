"""No escape, control character or override from a file, a path or an argument reaches the terminal unescaped."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.world import READY

from snaplint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

NASTY = {
    "colour": "\x1b[31m",
    "clear-screen": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\",
    "c1": "\x9b31m",
    "bell-and-backspace": "\x07\x08\x7f",
    "carriage-return": "fine\rforged",
    "line-end": "fine\nforged: 1 request: all 25 conditions pass",
    "workflow-command": "\n::error file=x::forged",
    "bidi-override": "\u202egnp.exe\u202c",
    "bidi-isolate": "\u2067abc\u2069",
    "zero-width": "a\u200bb\ufeffc",
    "line-separator": "a\u2028b\u2029c",
    "tags": "a\U000e0041b",
}
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def poisoned(text: str) -> str:
    """Return a preflight file with the text in every name, and with many faults, so that it is printed."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": text, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["*", text]},
            {
                "Sid": text + "2",
                "Effect": text,
                "Principal": {text: text},
                "Action": text,
                "Resource": text,
                text: text,
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": "*",
                "Condition": {text: {text: text}, "StringEquals": {f"aws:PrincipalTag/{text}": text}},
            },
        ],
    }
    data: dict[str, Any] = {
        "version": 1,
        "account": "111122223333",
        "region": "us-east-1",
        "requests": [
            {
                "SourceSnapshotName": text,
                "TargetSnapshotName": text,
                "TargetBucket": text,
                "Tags": [{"Key": text, "Value": text}],
                text: text,
            },
            {"SourceSnapshotName": text, "TargetSnapshotName": text, "TargetBucket": "acme-exports"},
        ],
        "caller": {"arn": "arn:aws:iam::111122223333:role/x", "policies": [policy, text]},
        "snapshots": {text: {"SnapshotStatus": text, "Engine": text, "KmsKeyId": text}},
        "buckets": {
            name: {
                "region": "us-east-1",
                "account": "111122223333",
                "policy": policy,
                "acl": {"Owner": {"ID": text}, "Grants": [{"Grantee": {"ID": text, "URI": text}, "Permission": text}]},
                "keys": [text, f"{text}-0001.rdb", f"{text}.rdb"],
            }
            for name in ("acme-exports", text)
        },
    }
    return json.dumps(data)


def misfit(text: str) -> str:
    """Return the same with the text where the schema does not allow it."""
    data = json.loads(poisoned(text))
    data["requests"][0]["operation"] = text
    data["caller"] |= {"arn": f"arn:aws:iam::111122223333:role/{text}", "context": {text: text}}
    data["snapshots"][text][text] = text
    data["buckets"]["acme-exports"] |= {text: text, "account": text, "ownership": text, "encryption": {text: text}}
    data["buckets"]["acme-exports"] |= {"public_access_block": {text: text}, "region": {text: text}}
    data["organization"] = {text: text}
    return json.dumps(data)


def assert_safe(text: str) -> None:
    found = FORBIDDEN.search(text)
    assert found is None, ascii(text[max(0, found.start() - 80) : found.end() + 20])


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("how", [[], ["-v"], ["-q"], ["--strict"]], ids=" ".join)
def test_names_in_a_file(snaplint_here: Run, tmp_path: Path, name: str, how: list[str]) -> None:
    (tmp_path / "a.snaplint.json").write_text(poisoned(NASTY[name]))
    run = snaplint_here("check", *how, ".", cwd=tmp_path)
    assert_safe(run.stdout + run.stderr)
    assert "\nforged" not in run.stdout
    assert "\n::error" not in run.stdout
    assert "request-malformed" in run.stdout


@pytest.mark.parametrize("name", NASTY)
def test_names_in_a_json_report(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.snaplint.json").write_text(poisoned(NASTY[name]))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.stdout.isascii()
    assert_safe(run.stdout + run.stderr)
    # nothing is lost
    assert json.loads(run.stdout)["results"][0]["request"]["TargetBucket"] == NASTY[name]


@pytest.mark.parametrize("name", NASTY)
def test_names_in_a_file_in_colour_add_no_escapes(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.snaplint.json").write_text(poisoned(NASTY[name]))
    run = snaplint_here("check", "--color", "always", ".", cwd=tmp_path)
    assert_safe(re.sub("\x1b\\[[0-9;]*m", "", run.stdout))
    assert "\x1b[2J" not in run.stdout


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize(
    "text",
    [
        "{%s: 1}",
        '{"version": 1, %s: 1}',
        "[%s]",
        '{"version": %s, "requests": [%s]}',
        '{"version": 1, "account": %s, "region": %s, "requests": [{}], "caller": {"arn": %s}}',
    ],
    ids=["key", "unknown-key", "list", "values", "facts"],
)
def test_names_in_a_broken_file(snaplint_here: Run, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "a.snaplint.json").write_text(text.replace("%s", json.dumps(NASTY[name])))
    (tmp_path / "b.snaplint.json").write_text(text.replace("%s", '"' + NASTY[name] + '"'))
    (tmp_path / "c.snaplint.yaml").write_text(text.replace("%s", NASTY[name]))
    for form in ("text", "json"):
        run = snaplint_here("check", "--format", form, ".", cwd=tmp_path)
        assert run.returncode == 2
        assert_safe(run.stdout + run.stderr)
        assert "\nforged" not in run.stdout


@pytest.mark.parametrize("name", NASTY)
def test_names_where_none_belong(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.snaplint.json").write_text(misfit(NASTY[name]))
    for form in ("text", "json"):
        run = snaplint_here("check", "--format", form, ".", cwd=tmp_path)
        assert run.returncode == 2
        assert "acme-exports" in run.stdout
        assert_safe(run.stdout + run.stderr)


@pytest.mark.parametrize("name", NASTY)
def test_names_of_files(run_snaplint: Run, tmp_path: Path, name: str) -> None:
    file = f"{NASTY[name].replace('/', '')}.snaplint.yaml"
    (tmp_path / file).write_text(READY)
    (tmp_path / f"broken{file}").write_text("version: [")
    for arguments in ([], ["--format", "json"], ["--color", "always"]):
        for paths in (["."], [f"./{file}", f"./broken{file}", f"./gone{file}"]):
            run = run_snaplint("check", *arguments, *paths, cwd=tmp_path)
            assert run.returncode == 2
            assert_safe(re.sub("\x1b\\[[0-9;]*m", "", run.stdout) + run.stderr)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize(
    "arguments",
    [
        ["%s"],
        ["check", "%s"],
        ["check", "--%s"],
        ["check", "--format", "%s"],
        ["check", "--config", "%s"],
        ["check", "--rules", "%s"],
        ["check", "--exclude", "%s", "."],
        ["explain", "%s"],
        ["explain", "x", "%s"],
        ["schema", "%s"],
        ["rules", "%s"],
        ["rules", "test", "%s"],
        ["init", "gone/%s"],
        ["init", "%s"],
    ],
    ids=" ".join,
)
def test_arguments(snaplint_here: Run, tmp_path: Path, text: str, arguments: list[str]) -> None:
    given = [argument.replace("%s", text.replace("/", "")) for argument in arguments]
    for _ in range(2):  # the second time, `init` finds the file there
        run = snaplint_here(*given, cwd=tmp_path)
        assert_safe(run.stdout + run.stderr)


@pytest.mark.parametrize("text", [NASTY["colour"], NASTY["bidi-override"], NASTY["title"]])
def test_folder_with_nothing_to_check(snaplint_here: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / text).mkdir()
    run = snaplint_here("check", text, cwd=tmp_path)
    assert "nothing to check" in run.stderr
    assert_safe(run.stdout + run.stderr)


def test_rules_of_a_users_own(snaplint_here: Run, tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "odd-name"
    folder.mkdir(parents=True)
    rule = {
        "id": "odd-name",
        "title": "A title \x1b[31m with an escape",
        "operations": ["elasticache:CopySnapshot"],
        "applies": "always",
        "severity": "error",
        "certainty": "inferred",
        "check": "request.matches",
        "with": {"member": "TargetSnapshotName", "like": ["\x1b[2J"]},
        "predicts": {"message": "\x1b[31m%s", "code": "\x1b[31m"},
        "solution": "Do \u202ethis.",
        "docs": ["https://example.com/\x1b[31m"],
        "since": "1.0.0",
    }
    (folder / "rule.yaml").write_text(json.dumps(rule))
    (folder / "README.md").write_text("# odd-name\n\x1b[31m\u202e\n\n## Why\n\n## Fails\n\n```yaml\n\x1b[31m\n```\n")
    (tmp_path / "a.snaplint.yaml").write_text(READY)
    for arguments in (
        ["check", "--rules", "rules", "."],
        ["rules", "--rules", "rules"],
        ["rules", "--format", "json", "--rules", "rules"],
        ["rules", "test", "rules"],
        ["explain", "--rules", "rules", "odd-name"],
    ):
        run = snaplint_here(*arguments, cwd=tmp_path)
        assert "odd-name" in run.stdout
        assert_safe(run.stdout + run.stderr)


def test_path_that_is_not_unicode(run_snaplint: Run, tmp_path: Path) -> None:
    for name, text in ((b"caf\xe9.snaplint.yaml", READY), (b"bad\xff.snaplint.yaml", "version: [")):
        with open(os.path.join(os.fsencode(tmp_path), name), "w", encoding="utf-8") as file:
            file.write(text)
    for form in ("text", "json"):
        run = run_snaplint("check", "--format", form, ".", cwd=tmp_path)
        assert (run.returncode, run.stderr) == (2, "")
        assert_safe(run.stdout)
        assert "caf\\udce9.snaplint.yaml" in run.stdout


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
def test_any_text_is_safe_and_never_breaks_snaplint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "a.snaplint.json").write_text(poisoned(text), encoding="utf-8")
    code = main(["check", "-v", str(tmp_path / "a.snaplint.json")])
    out, err = capsys.readouterr()
    assert code in (1, 2)
    assert err == ""
    assert_safe(out)

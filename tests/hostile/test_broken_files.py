"""Broken, huge, deep, cyclic and badly encoded files: one clear error with a place, and the other files' verdicts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, UNKNOWN, as_json, paths, write
from tests.hostile.files import confined, problems

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join(['*' + before] * 10)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)

BROKEN: dict[str, tuple[str, bytes, tuple[int, int], str]] = {
    "50-megabytes": ("yaml", b"#" * 50_000_000, (1, 1), "larger than 16 MiB"),
    "50-megabytes-of-json": ("json", b"[" + b"1," * 25_000_000, (1, 1), "larger than 16 MiB"),
    "deep-json": ("json", b"[" * 10_000, (1, 101), "nested more than 100 deep"),
    "deep-closed-json": ("json", b"[" * 10_000 + b"]" * 10_000, (1, 101), "nested more than 100 deep"),
    "deep-json-objects": ("json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, (1, 501), "nested more than 100 deep"),
    "deep-flow-yaml": ("yaml", b"a: " + b"[" * 10_000, (1, 103), "nested more than 100 deep"),
    "deep-block-yaml": (
        "yaml",
        b"".join(b" " * depth + b"a:\n" for depth in range(1_000)),
        (101, 101),
        "nested more than 100 deep",
    ),
    "deep-list-yaml": ("yaml", b"- " * 10_000 + b"x", (1, 201), "nested more than 100 deep"),
    "yaml-bomb": ("yaml", BOMB.encode(), (6, 8), "the aliases expand to more than 200000 values"),
    "self-holding-anchor": ("yaml", b"a: &a [*a]\n", (1, 8), "is inside the value that it names"),
    "self-holding-mapping": ("yaml", b"a: &a\n  b: {c: *a}\n", (2, 10), "is inside the value that it names"),
    "unknown-alias": ("yaml", b"a: *b\n", (1, 4), "names no anchor"),
    "python-tag": ("yaml", b"a: !!python/object/apply:os.system ['touch owned']\n", (1, 4), "is not supported"),
    "merge-key": ("yaml", b"a: &a {b: 1}\nc:\n  <<: *a\n", (3, 3), "merge keys"),
    "two-documents": ("yaml", b"a: 1\n---\nb: 2\n", (2, 1), "expected one document"),
    "same-key-twice-yaml": ("yaml", b"version: 1\nversion: 1\n", (2, 1), "the key `version` is given twice"),
    "same-key-twice-json": ("json", b'{"version": 1,\n "version": 1}', (2, 2), "the key `version` is given twice"),
    "lone-surrogate": ("json", b'{"version": "\\ud800"}', (1, 14), "half of a surrogate pair"),
    "lone-surrogate-yaml": ("yaml", b'version: "\\ud800"\n', (1, 13), "half of a surrogate pair"),
    "surrogate-bytes": ("yaml", b"version: \xed\xa0\x80\n", (1, 10), "not UTF-8 text: byte 0xed"),
    "nul": ("yaml", b"version: 1\nregion: \x00\n", (2, 9), "a NUL character"),
    "binary": ("json", b"\x7fELF\x02\x01\x01\x00", (1, 8), "a NUL character"),
    "latin-1": ("yaml", b"version: 1\n# caf\xe9\n", (2, 6), "not UTF-8 text: byte 0xe9"),
    "utf-32": ("yaml", "a: 1".encode("utf-32"), (1, 1), "encoded in UTF-32"),
    "torn-utf-16": ("yaml", "a: 1".encode("utf-16") + b"\x00", (1, 5), "not UTF-16 text"),
    "control-character": ("json", b'{"a": "\x1b[2J"}', (1, 8), "control character"),
    "control-character-yaml": ("yaml", b"a: \x1b[2J\n", (1, 4), "control character U+001B"),
    "nan": ("json", b'{"version": NaN}', (1, 13), "`NaN`"),
    "endless-number": ("json", b'{"version": ' + b"9" * 100_000 + b"}", (1, 13), "a number of 100000 characters"),
    "endless-number-yaml": ("yaml", b"version: " + b"9" * 100_000, (1, 10), "a number of 100000 characters"),
    "tag-directives": ("yaml", b"%TAG !a! x\n" * 10_000 + b"--- a\n", (21, 1), "too many `%TAG` directives"),
    "huge-yaml-broken-at-its-end": (
        "yaml",
        b"a:\n" + b"  - {b: c, d: e}\n" * 900_000 + b"  - b: c: d\n",
        (900_002, 9),
        "a mapping cannot begin here",
    ),
    "huge-unclosed-quote": (
        "yaml",
        b"a: 'b\n" + b"c: d\n" * 3_000_000,
        (3_000_002, 1),
        "the quoted text is never closed (it begins on line 1)",
    ),
    "unclosed-quote": ("yaml", b'a: "' + b"x" * 1_000_000, (1, 1_000_005), "never closed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_one_error_with_a_place(tmp_path: Path, name: str) -> None:
    suffix, content, place, words = BROKEN[name]
    (tmp_path / f"a.snaplint.{suffix}").write_bytes(content)
    found = problems(tmp_path)
    assert [(path, line, column) for path, line, column, _ in found] == [(f"a.snaplint.{suffix}", *place)]
    assert words in found[0][3]
    assert len(found[0][3]) < 300
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("name", ["50-megabytes", "deep-json", "yaml-bomb", "nul", "latin-1"])
def test_other_files_are_still_judged(snaplint_here: Run, tmp_path: Path, name: str) -> None:
    suffix, content, _, words = BROKEN[name]
    (tmp_path / f"m.snaplint.{suffix}").write_bytes(content)
    write(tmp_path, a_snaplint_yaml=READY, z_snaplint_yaml=READY.replace("orders", "carts"))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml", "z.snaplint.yaml"])
    text = snaplint_here("check", ".", cwd=tmp_path).stdout
    assert "2 requests: all 50 conditions pass" in text
    assert words in text


@pytest.mark.parametrize("name", ["50-megabytes", "deep-json", "yaml-bomb", "nul", "latin-1", "lone-surrogate"])
def test_broken_policy_is_one_error_with_a_place_of_its_own(tmp_path: Path, name: str) -> None:
    suffix, content, place, words = BROKEN[name]
    (tmp_path / f"policy.{suffix}").write_bytes(content)
    # named four times, read and reported once
    text = UNKNOWN + f"buckets: {{acme-exports: {{region: us-east-1, policy: policy.{suffix}}}}}\n"
    text += f"caller: {{arn: 'arn:aws:iam::111122223333:role/x', policies: [policy.{suffix}, ./policy.{suffix}]}}\n"
    write(tmp_path, a_snaplint_yaml=text, b_snaplint_yaml=text)
    found = problems(tmp_path)
    assert [(path, line, column) for path, line, column, _ in found] == [(f"policy.{suffix}", *place)]
    assert words in found[0][3]


@pytest.mark.parametrize("name", ["deep-json", "nul", "lone-surrogate", "endless-number", "same-key-twice-json"])
def test_broken_standard_input(tmp_path: Path, name: str) -> None:
    _, content, place, words = BROKEN[name]
    run = confined(tmp_path, "check", "--format", "json", "-", stdin=content)
    assert (run.returncode, run.stderr) == (2, b"")
    (error,) = json.loads(run.stdout)["errors"]
    assert (error["path"], error["line"], error["column"]) == ("<stdin>", *place)
    assert words in error["message"]


@pytest.mark.parametrize("name", ["deep-flow-yaml", "yaml-bomb", "nul", "python-tag", "latin-1"])
def test_broken_rule_is_one_error_with_a_place(tmp_path: Path, name: str) -> None:
    _, content, place, words = BROKEN[name]
    (tmp_path / "rules" / "mine").mkdir(parents=True)
    (tmp_path / "rules" / "mine" / "rule.yaml").write_bytes(content)
    write(tmp_path, a_snaplint_yaml=READY)
    found = problems(tmp_path, "--rules", "rules", ".")
    assert [(path, line, column) for path, line, column, _ in found] == [("rules/mine/rule.yaml", *place)]
    assert words in found[0][3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_unicode_with_or_without_a_mark_is_read(snaplint_here: Run, tmp_path: Path, encoding: str, suffix: str) -> None:
    text = READY.replace("orders-2026-11", "bestellungen-für-日本")
    text = as_json(text) if suffix == "json" else text
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    (tmp_path / f"a.snaplint.{suffix}").write_bytes((mark + text).encode(encoding))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert run.returncode == 0
    assert "bestellungen-f\\u00fcr-\\u65e5\\u672c" in run.stdout


def test_flood_of_faults_is_cut_short(tmp_path: Path) -> None:
    head = '{"version": 1, "account": "111122223333", "region": "us-east-1", '
    (tmp_path / "a.snaplint.json").write_text(head + '"requests": [' + "3," * 2_000_000 + "3]}")
    found = problems(tmp_path)
    assert found[0][3] == "`requests.0` must be an object with the members of copy_snapshot"
    assert len(found) <= 100


def test_flood_of_unknown_keys_is_cut_short(tmp_path: Path) -> None:
    keys = "".join(f'"key{number}": 1, ' for number in range(50_000))
    (tmp_path / "a.snaplint.json").write_text("{" + keys + as_json(READY)[1:])
    found = problems(tmp_path)
    assert found[0][3].startswith("unknown key `key0`")
    assert len(found) <= 100


@pytest.mark.parametrize("target", ["fifo", "device", "folder"])
def test_pretended_preflight_file_in_a_folder_does_not_hang(tmp_path: Path, target: str) -> None:
    import os

    path = tmp_path / "a.snaplint.yaml"
    if target == "fifo":
        os.mkfifo(path)
    elif target == "device":
        path.symlink_to("/dev/zero")
    else:
        (tmp_path / "real").mkdir()
        path.symlink_to("real")
    write(tmp_path, b_snaplint_yaml=READY)
    run = confined(tmp_path, "check", "--format", "json", ".")
    whole = json.loads(run.stdout)
    assert [result["request"]["location"]["path"] for result in whole["results"]] == ["b.snaplint.yaml"]
    found = [(error["path"], error["message"]) for error in whole["errors"]]
    if target == "folder":
        assert found == []  # a folder that happens to be called so
    else:
        assert found == [("a.snaplint.yaml", "it is not a regular file")]
        assert run.returncode == 2


def test_device_that_is_named_is_read_up_to_the_limit(tmp_path: Path) -> None:
    found = problems(tmp_path, "/dev/zero")
    assert found == [("/dev/zero", 1, 1, "larger than 16 MiB")]

"""Requests of one run that collide: in one file, in two files, and in files that can be read only once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tests.cli.world import HEAD, READY, UNKNOWN, report, write

import snaplint
from snaplint.lint.linter import check_paths
from snaplint.lint.rulebook import builtin_rules
from snaplint.read import preflights
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.conftest import Ended, Run

KEY, NAME = "object-key-exists", "snapshot-name-exists"
COPY = HEAD + "requests:\n  - {SourceSnapshotName: nightly, TargetSnapshotName: latest}\n"


def judged(run: Ended, rule: str) -> list[dict[str, Any]]:
    return [verdict for result in report(run)["results"] for verdict in result["verdicts"] if verdict["rule"] == rule]


def words(run: Ended, rule: str) -> list[str]:
    return [verdict["verdict"] for verdict in judged(run, rule)]


def because(verdict: dict[str, Any]) -> list[tuple[str | None, int | None, str]]:
    return [(blame["path"], blame["line"], blame["layer"]) for blame in verdict["because"]]


def test_two_files_in_the_order_in_which_they_are_named(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_yaml="# a comment\n" + READY)
    run = snaplint_here("check", "--format", "json", "b.snaplint.yaml", "a.snaplint.yaml", cwd=tmp_path)
    assert words(run, KEY) == ["passes", "fails"]
    assert because(judged(run, KEY)[1]) == [("b.snaplint.yaml", 6, "request")]
    assert run.returncode == 1
    first, _ = report(run)["results"]
    assert first["request"]["location"]["line"] == 6


def test_text_shows_the_line_of_the_earlier_request_in_its_own_file(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml="\n\n" + READY, b_snaplint_yaml=READY.replace("nightly", "weekly"))
    run = snaplint_here("check", "a.snaplint.yaml", "b.snaplint.yaml", cwd=tmp_path)
    place = run.stdout.partition("-->")[2].partition("a.snaplint.yaml:")[2]
    assert place.startswith("7:5\n")
    assert "7 |   - SourceSnapshotName: nightly" in place


def test_one_file_named_twice_is_one_file(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", "a.snaplint.yaml", ".", cwd=tmp_path)
    assert words(run, KEY) == ["passes"]


def test_copies_of_other_accounts_and_regions_do_not_collide(snaplint_here: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        a_snaplint_yaml=COPY,
        b_snaplint_yaml=COPY.replace("us-east-1", "eu-west-1"),
        c_snaplint_yaml=COPY.replace("111122223333", "444455556666"),
        d_snaplint_yaml=COPY.replace("latest", "LATEST"),
    )
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert words(run, NAME) == ["cannot-tell", "cannot-tell", "cannot-tell", "fails"]
    assert because(judged(run, NAME)[3]) == [("a.snaplint.yaml", 5, "request")]


def test_copies_whose_account_is_not_known_may_collide(snaplint_here: Run, tmp_path: Path) -> None:
    unknown = COPY.replace('"111122223333"', "{unknown: not known}")
    write(tmp_path, a_snaplint_yaml=COPY, b_snaplint_yaml=unknown + "  - " + COPY.rpartition("  - ")[2])
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert words(run, NAME) == ["cannot-tell", "cannot-tell", "fails"]
    doubt = judged(run, NAME)[1]
    assert doubt["depends_on"] == ["account"]
    assert because(doubt) == [("a.snaplint.yaml", 5, "request")]
    assert "whether that is the same account and Region depends on `account` of both requests" in doubt["message"]


def test_bucket_of_another_partition_is_another_bucket(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_yaml=UNKNOWN.replace("us-east-1", "us-gov-west-1"))
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert words(run, KEY) == ["passes", "cannot-tell"]
    assert judged(run, KEY)[1]["because"] == []


def test_names_that_differ_in_letter_case_in_two_files(snaplint_here: Run, tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY.replace("orders", "Orders"), b_snaplint_yaml=READY)
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert words(run, KEY) == ["passes", "cannot-tell"]
    assert because(judged(run, KEY)[1]) == [("a.snaplint.yaml", 5, "request")]


def test_standard_input_is_not_read_again(snaplint_here: Run, run_snaplint: Run, tmp_path: Path) -> None:
    write(tmp_path, b_snaplint_yaml=READY)
    run = run_snaplint("check", "--format", "json", "-", "b.snaplint.yaml", cwd=tmp_path, stdin=READY)
    assert words(run, KEY) == ["passes", "fails"]
    assert because(judged(run, KEY)[1]) == [("<stdin>", 5, "request")]


def test_pipe_is_not_read_again(run_snaplint: Run, tmp_path: Path) -> None:
    write(tmp_path, b_snaplint_yaml=READY)
    reading, writing = os.pipe()
    os.write(writing, READY.encode())
    os.close(writing)
    try:
        paths = [f"/dev/fd/{reading}", str(tmp_path / "b.snaplint.yaml")]
        *_, last = check_paths(paths, [rule for rule in builtin_rules() if rule.id == KEY])
        (blame,) = last.verdicts[0].because  # type: ignore[union-attr]
        place = blame.source.place(blame.route) if blame.source else None
        assert place is not None
        assert (place.path, place.span.line) == (paths[0], 5)
    finally:
        os.close(reading)


def test_file_that_has_changed_meanwhile_has_no_place(tmp_path: Path) -> None:
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_yaml=READY)
    paths = [str(tmp_path / name) for name in ("a.snaplint.yaml", "b.snaplint.yaml")]
    found = check_paths(paths, [rule for rule in builtin_rules() if rule.id == KEY])
    next(found)
    write(tmp_path, a_snaplint_yaml="\n" + READY)
    (blame,) = next(found).verdicts[0].because  # type: ignore[union-attr]
    assert blame.source is not None
    assert blame.source.place(blame.route) is None


def test_each_file_is_read_again_at_most_once(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = 12
    for number in range(many):
        text = UNKNOWN.replace("orders", f"orders-{number}")
        (tmp_path / f"{number:02}.snaplint.yaml").write_text(text)
    one = "  - {SourceSnapshotName: nightly, TargetSnapshotName: orders-%d-2026-11, TargetBucket: acme-exports}\n"
    alternating = "".join(one % number for number in range(many)) * 3
    (tmp_path / "z.snaplint.yaml").write_text(HEAD + "requests:\n" + alternating)
    reads: dict[str, int] = {}
    content = Files.content

    def counting(self: Files, path: str, **options: Any) -> bytes:
        reads[path] = reads.get(path, 0) + 1
        return content(self, path, **options)

    monkeypatch.setattr(Files, "content", counting)
    run = snaplint_here("check", "--format", "json", ".", cwd=tmp_path)
    assert words(run, KEY) == ["cannot-tell"] * many + ["fails"] * (3 * many)
    paths = [because(verdict)[0][0] for verdict in judged(run, KEY)[many : 2 * many]]
    assert paths == [f"{number:02}.snaplint.yaml" for number in range(many)]
    assert set(reads.values()) == {1, 2}
    assert reads["z.snaplint.yaml"] == 1


def test_file_without_a_collision_is_read_once(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_yaml=READY.replace("orders", "carts"))
    paths: list[str] = []
    read = preflights._opened

    def counting(path: str, *rest: Any, **more: Any) -> Any:
        paths.append(path)
        return read(path, *rest, **more)

    monkeypatch.setattr(preflights, "_opened", counting)
    assert snaplint_here("check", ".", cwd=tmp_path).returncode == 0
    assert sorted(paths) == ["a.snaplint.yaml", "b.snaplint.yaml"]


def test_python_judges_each_call_by_itself() -> None:
    checker = snaplint.Checker({"account": "111122223333", "region": "us-east-1", "buckets": {"exports": {"keys": []}}})
    request = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": "exports"}
    found = [checker.check(request).verdict(KEY) for _ in range(2)]
    assert [verdict.because for verdict in found] == [(), ()]
    assert found[0] == found[1]

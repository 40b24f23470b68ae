"""An exception while a file is read, judged or reported costs no other file, and the run ends with exit code 3."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.world import ELSEWHERE, READY, as_json, assert_sound, errors, paths, verdicts, write

from snaplint.checks.earlier import Earlier
from snaplint.checks.registry import CHECKS
from snaplint.facts import Facts
from snaplint.read.source_map import SourceMap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Run

SKY = "the sky fell"
ERRORS = [RuntimeError(SKY), RecursionError(SKY), KeyError(SKY), AssertionError(SKY), UnicodeError(SKY)]


def raising(error: Exception, original: Callable[..., Any], *, times: int) -> Callable[..., Any]:
    """Return a function that raises an error the first times it is called, and then is the original."""
    left = [times]

    def called(*arguments: Any, **options: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return original(*arguments, **options)

    return called


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A working directory with three files."""
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_json=as_json(ELSEWHERE), c_snaplint_yaml=READY)
    return tmp_path


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("form", ["text", "json"])
def test_exception_while_a_file_is_read_is_the_fault_of_that_file(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch, form: str, error: Exception
) -> None:
    made = raising(error, SourceMap.__init__, times=1)
    monkeypatch.setattr(SourceMap, "__init__", made)
    run = snaplint_here("check", "--format", form, cwd=three)
    assert run.returncode == 3
    told = f"snaplint broke on `a.snaplint.yaml`: {type(error).__name__} at snaplint.read.preflight:"
    if form == "json":
        assert_sound(run)
        assert paths(run) == ["b.snaplint.json", "c.snaplint.yaml"]
        assert [path for path, _, _, message in errors(run) if told in message] == ["a.snaplint.yaml"]
    else:
        assert told in run.stdout
        assert "bucket-outside-region" in run.stdout
    assert run.stderr.count("Traceback") == 1
    assert SKY in run.stderr
    assert SKY not in run.stdout


@pytest.mark.parametrize(
    ("owner", "name"), [(Earlier, "begin"), (Earlier, "end"), (Earlier, "add"), (Facts, "bucket"), (SourceMap, "place")]
)
def test_exception_anywhere_costs_no_other_file(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    monkeypatch.setattr(owner, name, raising(RuntimeError(SKY), getattr(owner, name), times=1))
    run = snaplint_here("check", "--format", "json", cwd=three)
    assert run.returncode == 3
    whole = json.loads(run.stdout)
    by_path = {each["request"]["location"]["path"]: each for each in whole["results"] if each["request"]["location"]}
    assert {"b.snaplint.json", "c.snaplint.yaml"} <= set(by_path)
    assert by_path["b.snaplint.json"]["outcome"] == "fails"
    assert any("snaplint broke on `" in each["message"] for each in whole["errors"])
    assert run.stderr.count("Traceback") == 1


def test_requests_of_a_broken_file_are_still_compared_with_later_ones(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a_snaplint_yaml=READY, b_snaplint_yaml=READY)
    monkeypatch.setattr("snaplint.lint.linter.notes", raising(RuntimeError(SKY), lambda _: (), times=1))
    run = snaplint_here("check", "--format", "json", cwd=tmp_path)
    assert run.returncode == 3
    assert_sound(run)
    collision = verdicts(run, 1)["object-key-exists"]
    assert collision["verdict"] == "fails"
    assert [each["path"] for each in collision["because"]] == ["a.snaplint.yaml"]


def test_result_that_cannot_be_written_is_written_without_places(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceMap, "place", raising(RuntimeError(SKY), SourceMap.place, times=2))
    run = snaplint_here("check", "--format", "json", cwd=three)
    assert run.returncode == 3
    results = json.loads(run.stdout)["results"]
    assert [each["request"]["location"] is None for each in results] == [True, False, False]
    assert "the report of a request in it has no places" in run.stdout


def test_every_check_that_raises_gives_its_own_rule_an_undetermined_verdict(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, check in CHECKS.items():
        monkeypatch.setitem(CHECKS, name, check._replace(run=raising(KeyError(SKY), check.run, times=9999)))
    run = snaplint_here("check", "--format", "json", cwd=three)
    assert run.returncode == 3
    assert_sound(run)
    words = {verdict["verdict"] for index in range(3) for verdict in verdicts(run, index).values()}
    assert words <= {"cannot-tell", "not-applicable"}
    assert run.stderr.count("Traceback") == 1


@pytest.mark.parametrize("code", [None, 0, 4, "done"])
def test_a_check_cannot_end_the_run(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch, code: object
) -> None:
    def ends(*_arguments: object) -> Any:
        sys.exit(code)  # type: ignore[arg-type]  # whatever a plug-in gives

    check = CHECKS["bucket.in-region"]
    monkeypatch.setitem(CHECKS, "bucket.in-region", check._replace(run=ends))
    run = snaplint_here("check", "--format", "json", cwd=three)
    assert run.returncode == 3
    assert_sound(run)
    assert paths(run) == ["a.snaplint.yaml", "b.snaplint.json", "c.snaplint.yaml"]
    assert verdicts(run)["bucket-outside-region"]["verdict"] == "cannot-tell"
    assert "the check tried to end the process" in run.stderr


def test_interrupt_is_not_an_error_of_a_file(snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = CHECKS["bucket.in-region"]
    made = raising(KeyboardInterrupt(), check.run, times=1)  # type: ignore[arg-type]  # no Exception
    monkeypatch.setitem(CHECKS, "bucket.in-region", check._replace(run=made))
    assert snaplint_here("check", cwd=three).returncode == 130


@pytest.mark.parametrize("place", ["snaplint.read.preflight.SourceMap.__init__", "snaplint.lint.linter.notes"])
def test_lack_of_memory_is_no_error_of_snaplint(
    snaplint_here: Run, three: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def without_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(place, without_memory)
    run = snaplint_here("check", "--format", "json", cwd=three)
    assert run.returncode == 2
    assert ("a.snaplint.yaml", 1, 1, "there is not enough memory to check it") in errors(run)
    assert "Traceback" not in run.stderr


LINE = {
    "request": {
        "principal": "arn:aws:iam::111122223333:user/a",
        "action": "s3:PutObject",
        "resource": "arn:aws:s3:::b/k",
        "resource_account": "111122223333",
    }
}


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(("error", "code"), [(KeyError(SKY), 3), (RecursionError(SKY), 3), (MemoryError(), 2)])
def test_simulate_answers_the_other_lines(
    snaplint_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, error: Exception, code: int
) -> None:
    from snaplint.iam import Simulator

    monkeypatch.setattr(Simulator, "evaluate", raising(error, Simulator.evaluate, times=1))
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps({"id": number, **LINE}) + "\n" for number in range(3)))
    run = snaplint_here("simulate", "--format", form, str(lines))
    assert run.returncode == code
    told = "there is not enough memory" if code == 2 else f"snaplint broke on this line: {type(error).__name__} at "
    assert told in run.stdout
    assert run.stderr.count("Traceback") == (code == 3)
    if form == "json":
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        assert [each["id"] for each in answers] == [0, 1, 2]
        assert [each.get("decision") for each in answers] == [None, "ImplicitlyDenied", "ImplicitlyDenied"]

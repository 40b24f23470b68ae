"""Rules of the user's own: from folders and settings, with checks of a plug-in, invalid ones, and `rules test`."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

import pytest
from tests.cli.world import READY, assert_sound, errors, paths, verdicts, write
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

HOUSE = "export-name-without-team"
RULE = (ROOT / "examples" / "house-rules" / HOUSE / "rule.yaml").read_text(encoding="utf-8")
PAGE = (ROOT / "examples" / "house-rules" / HOUSE / "README.md").read_text(encoding="utf-8")
CASES = PAGE[PAGE.index("## Fails") :]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A working directory with a file that passes every built-in rule, and a copy of the example's rule."""
    write(tmp_path, a_snaplint_yaml=READY)
    shutil.copytree(ROOT / "examples" / "house-rules", tmp_path / "house")
    return tmp_path


def rewrite(house: Path, before: str, after: str) -> int:
    """Change the rule, and return the line of the change."""
    assert before in RULE
    (house / "house" / HOUSE / "rule.yaml").write_text(RULE.replace(before, after))
    return RULE[: RULE.index(before)].count("\n") + 1


def test_rule_of_a_users_own_counts_like_any_other(snaplint_here: Run, house: Path) -> None:
    run = snaplint_here("check", "--format", "json", "--rules", "house", "--fail-on", "warning", cwd=house)
    assert run.returncode == 1
    assert_sound(run, frozenset({HOUSE}))
    verdict = verdicts(run)[HOUSE]
    assert (verdict["verdict"], verdict["severity"]) == ("fails", "warning")
    message = "`TargetSnapshotName` is `orders-2026-11`, which does not match `payments/*` or `search/*`"
    assert verdict["message"] == message
    assert verdict["location"]["line"] == 6


def test_one_rule_folder_by_itself(snaplint_here: Run, house: Path) -> None:
    run = snaplint_here("check", "--format", "json", "--rules", f"house/{HOUSE}", cwd=house)
    assert verdicts(run)[HOUSE]["verdict"] == "fails"


def test_rule_is_listed_and_explained(snaplint_here: Run, house: Path) -> None:
    listed = snaplint_here("rules", "--rules", "house", cwd=house).stdout
    assert f"{HOUSE} " in listed
    run = snaplint_here("explain", "--rules", "house", HOUSE, "--cases", cwd=house)
    assert (run.returncode, run.stdout) == (0, CASES)
    (house / "snaplint.toml").write_text('rules = ["house"]\n')
    explained = snaplint_here("explain", HOUSE, cwd=house).stdout
    assert explained.startswith(f"# {HOUSE}\n")
    assert "\nBegin TargetSnapshotName with payments/ or search/.\n" in explained
    assert f"{HOUSE} " in snaplint_here("rules", cwd=house).stdout


@pytest.mark.parametrize("damage", ["missing", "latin-1"])
def test_rule_without_a_page_cannot_be_explained(snaplint_here: Run, house: Path, damage: str) -> None:
    page = house / "house" / HOUSE / "README.md"
    if damage == "missing":
        page.unlink()
    else:
        page.write_bytes(b"# caf\xe9\n")
    run = snaplint_here("explain", "--rules", "house", HOUSE, cwd=house)
    assert (run.returncode, run.stdout) == (2, "")
    assert f"cannot read the page of `{HOUSE}`: " in run.stderr
    tested = snaplint_here("rules", "test", "house", cwd=house)
    assert tested.returncode == 1
    said = {"missing": "1:1: the rule has no page", "latin-1": "1:6: cannot read the page: not UTF-8 text"}[damage]
    assert f"house/{HOUSE}/README.md:{said}" in tested.stdout
    # `check` needs no page
    assert snaplint_here("check", "--rules", "house", cwd=house).returncode == 0


def replace(path: Path, kind: str) -> str:
    """Put something that is no plain file, or too large a one, where a file was, and return why it is refused."""
    path.unlink()
    if kind == "folder":
        path.mkdir()
        return "it is a folder"
    if kind == "large":
        path.write_text("")
        os.truncate(path, 3 << 30)  # without blocks on the disk
        return "larger than 1 MiB"
    if kind == "dangling":
        path.symlink_to("gone")
        return "no such file or directory"
    os.mknod(path, {"pipe": stat.S_IFIFO, "socket": stat.S_IFSOCK}[kind] | 0o600)  # that nothing is connected to
    return "it is not a regular file"


def position(kind: str) -> str:
    """Return what follows the path in the message: a file that cannot be opened has no lines."""
    return ":1:1" if kind == "large" else ""


KINDS = pytest.mark.parametrize("kind", ["folder", "large", "dangling", "pipe", "socket"])


@KINDS
def test_rule_file_that_is_no_plain_file_is_an_error(run_snaplint: Run, house: Path, kind: str) -> None:
    words = replace(house / "house" / HOUSE / "rule.yaml", kind)
    (house / "snaplint.toml").write_text('rules = ["house"]\n')
    for option in ([], ["--rules", f"house/{HOUSE}"]):
        run = run_snaplint("check", "--format", "json", *option, cwd=house)
        assert (run.returncode, paths(run)) == (2, ["a.snaplint.yaml"])
        assert set(errors(run)) == {(f"house/{HOUSE}/rule.yaml", 1, 1, words)}
    for command in (["rules"], ["rules", "test", "house"], ["explain", "service-lacks-write"]):
        run = run_snaplint(*command, cwd=house)
        assert (run.returncode, run.stderr) == (2, f"house/{HOUSE}/rule.yaml{position(kind)}: {words}\n")


@KINDS
def test_page_that_is_no_plain_file_is_an_error(run_snaplint: Run, house: Path, kind: str) -> None:
    words = replace(house / "house" / HOUSE / "README.md", kind)
    run = run_snaplint("explain", "--rules", "house", HOUSE, cwd=house)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"snaplint: cannot read the page of `{HOUSE}`: {words}\n"
    run = run_snaplint("rules", "test", "house", cwd=house)
    assert run.returncode == 1
    assert f"house/{HOUSE}/README.md:1:1: cannot read the page: {words}\n" in run.stdout


def test_page_with_lines_that_end_in_crlf(snaplint_here: Run, house: Path) -> None:
    (house / "house" / HOUSE / "README.md").write_bytes(PAGE.replace("\n", "\r\n").encode())
    assert snaplint_here("rules", "test", "house", cwd=house).returncode == 0
    assert snaplint_here("explain", "--rules", "house", HOUSE, "--cases", cwd=house).stdout == CASES


def test_same_rule_twice_is_an_error(snaplint_here: Run, house: Path) -> None:
    run = snaplint_here("check", "--format", "json", "--rules", "house", "--rules", f"house/{HOUSE}", cwd=house)
    assert run.returncode == 2
    assert errors(run) == [(f"house/{HOUSE}/rule.yaml", 1, 1, f"there is already a rule `{HOUSE}`")]
    assert_sound(run, frozenset({HOUSE}))


def test_builtin_rule_cannot_be_replaced(snaplint_here: Run, house: Path) -> None:
    (house / "house" / HOUSE).rename(house / "house" / "service-lacks-write")
    (house / "house" / "service-lacks-write" / "rule.yaml").write_text(RULE.replace(HOUSE, "service-lacks-write"))
    run = snaplint_here("check", "--format", "json", "--rules", "house", cwd=house)
    assert run.returncode == 2
    assert [message for *_, message in errors(run)] == ["there is already a rule `service-lacks-write`"]
    assert verdicts(run)["service-lacks-write"]["verdict"] == "passes"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("check: request.matches", "check: request.macthes", "there is no check `request.macthes`"),
        (f"id: {HOUSE}", "id: another-name", f"the id is `another-name`, but the folder is `{HOUSE}`"),
        ("severity: warning", "severity: fatal", "`severity` must be "),
        ("applies: export", "aplies: export", "unknown key `aplies`; did you mean `applies`?"),
        ('like: ["payments/*", "search/*"]', "lik: x", "unknown key `lik`"),
        ("member: TargetSnapshotName", "member: 7", "`member` must be "),
        ("certainty: documented", "certainty: documented: indeed", "a mapping cannot begin here"),
        ("since: 1.0.0", "since: yesterday", "`since` must be "),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else "",
)
def test_wrong_rule_is_an_error_with_a_place(
    snaplint_here: Run, house: Path, before: str, after: str, words: str
) -> None:
    line = rewrite(house, before, after)
    run = snaplint_here("check", "--format", "json", "--rules", "house", cwd=house)
    assert run.returncode == 2
    found = [(path, place, message) for path, place, _, message in errors(run) if words in message]
    assert [(path, place) for path, place, _ in found] == [(f"house/{HOUSE}/rule.yaml", line)]
    assert paths(run) == ["a.snaplint.yaml"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ("{}", "`with` of check `caller.allowed` must be an object with either `needs` or `actions`"),
        (
            '{needs: minimum, actions: [{action: "s3:DeleteBucket", resource: bucket}]}',
            "`with` of check `caller.allowed` must be an object with either `needs` or `actions`",
        ),
        ("{needs: everything}", "`needs` must be `also-published`, `list-buckets` or `minimum`"),
    ],
    ids=["neither", "both", "unknown"],
)
def test_a_rule_about_the_caller_names_rights_in_one_way(
    snaplint_here: Run, house: Path, params: str, words: str
) -> None:
    rewrite(house, "check: request.matches", "check: caller.allowed")
    text = (house / "house" / HOUSE / "rule.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("with:\n")
    after = "".join(line for line in after.splitlines(keepends=True) if not line.startswith(" "))
    (house / "house" / HOUSE / "rule.yaml").write_text(f"{before}with: {params}\n{after}", encoding="utf-8")
    run = snaplint_here("check", "--format", "json", "--rules", "house", cwd=house)
    assert run.returncode == 2
    assert [message for *_, message in errors(run)] == [words]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("gone", "cannot read the rules: no such file or directory"),
        (".", "the folder has no rules"),
        ("a.snaplint.yaml", "not a directory"),
    ],
)
def test_folder_without_rules_is_an_error(snaplint_here: Run, house: Path, folder: str, words: str) -> None:
    run = snaplint_here("check", "--format", "json", "--rules", folder, cwd=house)
    assert run.returncode == 2
    assert [path for path, *_ in errors(run)] == [folder]
    assert words in errors(run)[0][3]
    assert paths(run) == ["a.snaplint.yaml"]


# the test of the pages


@pytest.mark.parametrize("folder", ["house", f"house/{HOUSE}"])
def test_pages_that_hold(snaplint_here: Run, house: Path, folder: str) -> None:
    run = snaplint_here("rules", "test", folder, cwd=house)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "2 cases of 1 rule: all pass\n"


def test_page_that_does_not_hold(snaplint_here: Run, house: Path) -> None:
    page = house / "house" / HOUSE / "README.md"
    page.write_text(PAGE.replace("payments/orders-2026-11", "orders/orders-2026-11"))
    run = snaplint_here("rules", "test", "house", cwd=house)
    assert run.returncode == 1
    assert f"house/{HOUSE}/README.md:21:1: the verdict is fails, but the case is under Passes: " in run.stdout
    assert "1 problem" in run.stdout


def test_rules_that_cannot_be_read_are_not_tested(snaplint_here: Run, house: Path) -> None:
    rewrite(house, "check: request.matches", "check: request.macthes")
    run = snaplint_here("rules", "test", "house", cwd=house)
    assert run.returncode == 2
    assert f"house/{HOUSE}/rule.yaml:8:8: there is no check `request.macthes`" in run.stderr
    assert "all pass" not in run.stdout


# checks of a plug-in

PLUGIN = """\
from snaplint.checks.registry import check
from snaplint.findings.verdict import Fails


@check("acme.short-name", "longest", longest={"type": "integer"})
def short_name(proposal, params):
    name = proposal.request.members["TargetSnapshotName"]
    if len(name) > params["longest"]:
        yield Fails((*proposal.request.route, "TargetSnapshotName"), f"`{name}` is too long a name")
"""


def plug_in(house: Path, source: str) -> dict[str, str]:
    """An installed package with an entry point, and the environment that finds it."""
    site = house / "site"
    info = site / "acme_checks-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-checks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[snaplint.checks]\nacme = acme_checks\n")
    (site / "acme_checks.py").write_text(source)
    rule = RULE.replace("check: request.matches", "check: acme.short-name")
    before, _, after = rule.partition("with:\n")
    rest = after[after.index("solution:") :]
    (house / "house" / HOUSE / "rule.yaml").write_text(f"{before}with: {{longest: 5}}\n{rest}")
    return {"PYTHONPATH": os.pathsep.join((str(site), str(ROOT / "src")))}


def test_rule_may_call_a_check_of_a_plug_in(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, PLUGIN)
    run = run_snaplint("check", "--format", "json", "--rules", "house", cwd=house, env=env)
    assert errors(run) == []
    assert verdicts(run)[HOUSE]["message"] == "`orders-2026-11` is too long a name"
    assert verdicts(run)[HOUSE]["location"]["line"] == 6


def test_rule_of_found_settings_imports_no_plug_in(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, "raise SystemExit('imported')\n")
    (house / "snaplint.toml").write_text('rules = ["house"]\n')
    for command in (["check", "--format", "json"], ["rules"], ["explain", HOUSE]):
        run = run_snaplint(*command, cwd=house, env=env)
        assert run.returncode == 2
        assert "there is no built-in check `acme.short-name`" in run.stdout + run.stderr
        assert "imported" not in run.stderr


def test_rule_of_settings_that_the_command_line_names_may_use_a_plug_in(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, PLUGIN)
    (house / "snaplint.toml").write_text('rules = ["house"]\n')
    run = run_snaplint("check", "--format", "json", "--config", "snaplint.toml", cwd=house, env=env)
    assert verdicts(run)[HOUSE]["message"] == "`orders-2026-11` is too long a name"


@pytest.mark.parametrize("path", ["", "."])
def test_plug_in_is_not_found_in_the_working_directory(run_snaplint: Run, house: Path, path: str) -> None:
    plug_in(house, "raise SystemExit('imported')\n")
    for each in (house / "site").iterdir():
        each.rename(house / each.name)
    env = {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), path)))}
    run = run_snaplint("check", "--format", "json", "--rules", "house", cwd=house, env=env)
    assert run.returncode == 2
    assert errors(run)[0][3].startswith("there is no check `acme.short-name`")


def test_parameters_of_a_plug_in_are_checked(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, PLUGIN)
    path = house / "house" / HOUSE / "rule.yaml"
    path.write_text(path.read_text().replace("longest: 5", "longest: five"))
    run = run_snaplint("check", "--format", "json", "--rules", "house", cwd=house, env=env)
    assert run.returncode == 2
    assert [(line, message) for _, line, _, message in errors(run)] == [(9, "`longest` must be a whole number")]


def test_plug_in_is_not_imported_unless_a_rule_wants_it(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, "raise SystemExit('imported')\n")
    assert run_snaplint("check", cwd=house, env=env).returncode == 0
    assert run_snaplint("check", "--rules", str(ROOT / "examples/house-rules"), cwd=house, env=env).returncode == 0


@pytest.mark.parametrize("source", ["raise RuntimeError('no')\n", "import nowhere_to_be_found\n", "def broken(:\n"])
def test_plug_in_that_cannot_be_loaded_is_an_error(run_snaplint: Run, house: Path, source: str) -> None:
    env = plug_in(house, source)
    run = run_snaplint("check", "--format", "json", "--rules", "house", cwd=house, env=env)
    assert run.returncode == 2
    assert [(path, line) for path, line, *_ in errors(run)] == [(f"house/{HOUSE}/rule.yaml", 8)] * 2
    assert errors(run)[0][3].startswith("the plug-in `acme` cannot be loaded: ")
    assert paths(run) == ["a.snaplint.yaml"]


BREAKING = PLUGIN.replace("    if len(name)", "    name.index('orders')\n    if len(name)")
"""The check of the plug-in raises ValueError for a target that is not one of `orders`."""


@pytest.mark.parametrize("form", ["text", "json"])
def test_check_that_raises_leaves_its_rule_undetermined(run_snaplint: Run, house: Path, form: str) -> None:
    env = plug_in(house, BREAKING)
    write(house, a_snaplint_yaml=READY.replace("orders-2026-11", "totals"), b_snaplint_yaml=READY)
    run = run_snaplint("check", "--format", form, "--rules", "house", cwd=house, env=env)
    assert run.returncode == 3
    broke = f"snaplint broke on `a.snaplint.yaml` while it checked `{HOUSE}`: ValueError at acme_checks:8"
    if form == "text":
        assert broke in run.stdout
        assert "`orders-2026-11` is too long a name" in run.stdout
    else:
        assert_sound(run, frozenset({HOUSE}))
        assert paths(run) == ["a.snaplint.yaml", "b.snaplint.yaml"]
        assert verdicts(run)[HOUSE]["verdict"] == "cannot-tell"
        assert verdicts(run)[HOUSE]["message"] == "snaplint broke while it checked this: ValueError at acme_checks:8"
        assert verdicts(run, 1)[HOUSE]["verdict"] == "fails"
        assert [(path, message) for path, _, _, message in errors(run)] == [
            ("a.snaplint.yaml", f"{broke}; the rule is undetermined")
        ]
    assert run.stderr.count("Traceback") == 1
    assert "ValueError: substring not found" in run.stderr


def test_page_of_a_check_that_raises(run_snaplint: Run, house: Path) -> None:
    env = plug_in(house, BREAKING.replace("'orders'", "'totals'"))
    run = run_snaplint("rules", "test", "house", cwd=house, env=env)
    assert run.returncode == 3
    assert "README.md:" in run.stdout
    assert "ValueError at acme_checks:8" in run.stdout
    assert run.stderr.count("Traceback") == 1

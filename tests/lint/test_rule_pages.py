"""The manual pages as tests: every case on the page of every built-in rule, and the runner, which must detect a wrong
page."""

from __future__ import annotations

import os

import pytest

from snaplint.base.source import parted
from snaplint.lint import pages, rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from snaplint.findings.rule import Rule
    from snaplint.lint.pages import Case

BUILTIN = rulebook.builtin_rules()
CASES = [
    pytest.param(rule, case, id=f"{rule.id}:{case.line}-{case.section.lower().replace(' ', '-')}")
    for rule in BUILTIN
    for case in pages.cases(rule)
]
RULES = [pytest.param(rule, id=rule.id) for rule in BUILTIN]


def path_of(rule: Rule) -> str:
    return os.path.join(rulebook.rules_dir(), rule.id, rulebook.PAGE_FILE)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_case_is_so(rule: Rule, case: Case) -> None:
    assert list(pages._case_problems(rule, case, path_of(rule))) == []


@pytest.mark.parametrize("rule", RULES)
def test_page_has_its_form(rule: Rule) -> None:
    assert list(pages._form_problems(rulebook.page(rule))) == []


@pytest.mark.parametrize("rule", RULES)
def test_page_begins_with_the_id_and_the_title(rule: Rule) -> None:
    lines = rulebook.page(rule).splitlines()
    assert lines[:4] == [f"# {rule.id}", "", f"{rule.title}.", ""]


@pytest.mark.parametrize("rule", RULES)
def test_page_names_a_page_of_aws(rule: Rule) -> None:
    why = rulebook.page(rule).partition("## Why\n")[2].partition("\n## ")[0]
    assert any(url in why for url in rule.docs), f"Why links none of {rule.docs}"


@pytest.mark.parametrize("rule", RULES)
def test_page_says_before_each_case_what_it_shows(rule: Rule) -> None:
    lines = rulebook.page(rule).splitlines()
    for number, line in enumerate(lines):
        if line == "```yaml":
            before = next(text for text in reversed(lines[:number]) if text)
            assert not before.startswith(("#", "```")), f"no prose before the case in line {number + 1}"


@pytest.mark.parametrize("rule", RULES)
def test_every_block_of_the_page_is_a_case(rule: Rule) -> None:
    lines = rulebook.page(rule).splitlines()
    opened = [number + 2 for number, line in enumerate(lines) if line.startswith("```") and line != "```"]
    assert [case.line for case in pages.cases(rule)] == opened
    assert lines.count("```") == len(opened)


# The runner, on a rule of its own.

RULE = """\
id: bucket-elsewhere
title: The bucket is in another Region
operations: [elasticache:CopySnapshot]
applies: export
severity: error
certainty: documented
check: bucket.in-region
solution: Use a bucket of the same Region.
docs: [https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html]
since: 0.1.0
"""

FAILS = """\
requests:
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders
    TargetBucket: exports  # fails: bucket `exports` is in eu-west-1, but the snapshot is in us-east-1
buckets:
  exports:
    region: eu-west-1  # because
"""
PASSES = "buckets: {exports: {region: us-east-1}}\n"
UNDETERMINED = """\
requests:
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders
    TargetBucket: exports  # cannot tell: `buckets.exports.region` is not provided
buckets: {exports: {account: "111122223333"}}
"""


def block(text: str) -> str:
    return f"A case:\n\n```yaml\n{text}```\n"


def page(fails: str = FAILS, passes: str = PASSES, undetermined: str = UNDETERMINED) -> str:
    return (
        "# bucket-elsewhere\n\nThe bucket is in another Region.\n\n## Why\n\nIt must be so.\n\n"
        f"## Fails\n\n{block(fails)}\n## Passes\n\n{block(passes)}\n## Cannot tell\n\n{block(undetermined)}"
    )


def problems(folder: Path, text: str | None, rule_text: str = RULE) -> list[str]:
    """Return the problems of a rule with this page (None: without a page), without its path."""
    home = folder / rule_text.partition("\n")[0].removeprefix("id: ")
    home.mkdir()
    (home / rulebook.RULE_FILE).write_text(rule_text, encoding="utf-8")
    if text is not None:
        (home / rulebook.PAGE_FILE).write_text(text, encoding="utf-8")
    (rule,), faults = parted(rulebook.load_folder(str(home)))
    assert faults == []
    start = f"{home / rulebook.PAGE_FILE}:"
    found = [str(problem) for problem in pages.problems(rule)]
    assert all(problem.startswith(start) for problem in found)
    return [problem.removeprefix(start) for problem in found]


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_honest_page_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, page()) == []


def test_places_may_be_left_unmarked_under_passes_and_cannot_tell(tmp_path: Path) -> None:
    assert problems(tmp_path, page(undetermined="buckets: {exports: {keys: []}}\n")) == []


def test_blame_may_be_left_unmarked_where_no_line_is_marked(tmp_path: Path) -> None:
    assert problems(tmp_path, page(fails=FAILS.replace("  # because", ""))) == []


def test_cannot_tell_may_say_why_it_never_is(tmp_path: Path) -> None:
    text = page().partition("## Cannot tell")[0] + "## Cannot tell\n\nNever: both are always known.\n"
    assert problems(tmp_path, text) == []


def test_blocks_under_other_headings_are_not_run(tmp_path: Path) -> None:
    assert problems(tmp_path, page() + "\n## See also\n\n```yaml\nbuckets: [\n```\n") == []


def test_account_region_and_request_are_filled_in_only_where_left_out(tmp_path: Path) -> None:
    own = "region: eu-west-1\nbuckets: {exports: {region: eu-west-1}}\n"
    assert problems(tmp_path, page(passes=own)) == []


def test_rule_about_plain_copies_gets_a_plain_copy(tmp_path: Path) -> None:
    rule = RULE.replace("applies: export", "applies: copy").replace(
        "check: bucket.in-region", "check: snapshot.exists\nwith: {member: TargetSnapshotName, exists: false}"
    )
    fails = (
        "requests:\n  - SourceSnapshotName: nightly\n"
        "    TargetSnapshotName: orders  # fails: snapshot `orders` already exists\n"
        "snapshots: {orders: {SnapshotStatus: available}}\n"
    )
    text = page(fails, "snapshots: {orders-2026-11: null}\n", "snapshots: {nightly: {Engine: redis}}\n")
    assert problems(tmp_path, text, rule) == []


def test_wrong_verdict_is_caught(tmp_path: Path) -> None:
    text = page(passes="buckets: {exports: {region: eu-west-1}}\n")
    line = line_of(text, "buckets: {exports: {region: eu-west-1}}")
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"{line}:1: the verdict is fails, but the case is under Passes: bucket `exports` is in")


def test_silent_rule_under_fails_is_caught(tmp_path: Path) -> None:
    found = problems(tmp_path, page(fails=FAILS.replace("region: eu-west-1", "region: us-east-1")))
    assert any("the verdict is passes, but the case is under Fails: " in problem for problem in found)


def test_rule_that_does_not_apply_is_no_pass(tmp_path: Path) -> None:
    copy = "requests: [{SourceSnapshotName: nightly, TargetSnapshotName: orders}]\n"
    found = problems(tmp_path, page(passes=copy))
    assert any(
        "the verdict is not-applicable, but the case is under Passes: a plain copy" in problem for problem in found
    )


def test_each_request_of_a_case_is_held_to_the_section(tmp_path: Path) -> None:
    both = (
        "requests:\n"
        "  - {SourceSnapshotName: nightly, TargetSnapshotName: orders, TargetBucket: exports}\n"
        "  - {SourceSnapshotName: nightly, TargetSnapshotName: orders, TargetBucket: archive}\n"
        "buckets: {exports: {region: us-east-1}, archive: {region: eu-west-1}}\n"
    )
    found = problems(tmp_path, page(passes=both))
    assert any("under Passes: bucket `archive` is in eu-west-1" in problem for problem in found)


def test_wrong_words_are_caught(tmp_path: Path) -> None:
    text = page(fails=FAILS.replace("the snapshot is in us-east-1", "the snapshot is not"))
    line = line_of(text, "# fails: ")
    found = problems(tmp_path, text)
    said = "bucket `exports` is in eu-west-1, but the snapshot is"
    assert [problem.partition(": ")[2] for problem in found] == [
        f"line {line} of the page needs `# fails: {said} in us-east-1`",
        f"line {line} of the page says `# fails: {said} not`, which is wrong",
    ]


def test_wrong_line_is_caught(tmp_path: Path) -> None:
    mark = "  # fails: bucket `exports` is in eu-west-1, but the snapshot is in us-east-1"
    moved = FAILS.replace(mark, "").replace("TargetSnapshotName: orders", f"TargetSnapshotName: orders{mark}")
    text = page(fails=moved)
    line = line_of(text, mark)
    found = problems(tmp_path, text)
    assert any(f"line {line + 1} of the page needs `{mark.strip()}`" in problem for problem in found)
    assert any(f"line {line} of the page says `{mark.strip()}`, which is wrong" in problem for problem in found)


def test_failing_case_without_a_mark_is_caught(tmp_path: Path) -> None:
    bare = "".join(line.partition("  # ")[0].rstrip("\n") + "\n" for line in FAILS.splitlines())
    found = problems(tmp_path, page(fails=bare))
    assert any("needs `# fails: bucket `exports` is in eu-west-1" in problem for problem in found)


def test_failing_case_whose_place_is_in_a_line_it_leaves_out_is_caught(tmp_path: Path) -> None:
    found = problems(tmp_path, page(fails="buckets: {exports: {region: eu-west-1}}\n"))
    assert any("needs `# fails: " in problem for problem in found)


def test_wrong_words_of_a_doubt_are_caught(tmp_path: Path) -> None:
    found = problems(tmp_path, page(undetermined=UNDETERMINED.replace("is not provided", "is a riddle")))
    assert any("says `# cannot tell: `buckets.exports.region` is a riddle`, which is wrong" in each for each in found)


def test_wrong_blame_is_caught(tmp_path: Path) -> None:
    moved = FAILS.replace("  # because", "").replace("  exports:\n", "  exports:\n    account: '1'  # because\n")
    text = page(fails=moved.replace("'1'", '"111122223333"'))
    line = line_of(text, "# because")
    found = problems(tmp_path, text)
    assert any(f"line {line + 1} of the page needs `# because`" in problem for problem in found)
    assert any(f"line {line} of the page says `# because`, which is wrong" in problem for problem in found)


@pytest.mark.parametrize("heading", ["Why", "Fails", "Passes", "Cannot tell"])
def test_missing_heading_is_caught(tmp_path: Path, heading: str) -> None:
    found = problems(tmp_path, page().replace(f"## {heading}\n", ""))
    assert "1:1: the page needs the headings Why, Fails, Passes, Cannot tell, in this order" in found


def test_headings_in_another_order_are_caught(tmp_path: Path) -> None:
    text = page().replace("## Why", "## X").replace("## Passes", "## Why").replace("## X", "## Passes")
    assert any("in this order" in problem for problem in problems(tmp_path, text))


@pytest.mark.parametrize("section", ["Fails", "Passes", "Cannot tell"])
def test_section_without_a_case_is_caught(tmp_path: Path, section: str) -> None:
    before, _, rest = page().partition(f"## {section}\n")
    _, following, after = rest.partition("\n## ")
    assert problems(tmp_path, f"{before}## {section}\n\nSoon.\n{following}{after}") == [
        f"1:1: there is no case under {section}"
    ]


def test_only_cannot_tell_may_never_be(tmp_path: Path) -> None:
    text = page().replace(block(PASSES), "Never: this is not allowed here.\n")
    assert problems(tmp_path, text) == ["1:1: there is no case under Passes"]


def test_missing_page_is_caught(tmp_path: Path) -> None:
    assert problems(tmp_path, None) == ["1:1: the rule has no page"]


def test_case_that_is_no_yaml_is_caught(tmp_path: Path) -> None:
    text = page(passes="buckets: {exports: {region: us-east-1}\n")
    line = line_of(text, "buckets: {exports: {region: us-east-1}")
    (found,) = problems(tmp_path, text)
    assert found.startswith(f"{line}:1: the case cannot be read: ")


def test_case_that_is_no_preflight_file_is_caught(tmp_path: Path) -> None:
    found = problems(tmp_path, page(passes=PASSES + "bukkets: {}\n"))
    assert any("the case cannot be read: 2:1: " in problem and "bukkets" in problem for problem in found)


def test_case_that_names_a_missing_file_is_caught(tmp_path: Path) -> None:
    found = problems(tmp_path, page(passes="buckets: {exports: {region: us-east-1, policy: gone.json}}\n"))
    assert any("the case cannot be read: 1:" in problem and "gone.json" in problem for problem in found)

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.fakes import DOCS, SOLUTION, Files, pieces, request, verdict
from tests.report.story import CLEAN, FAILING, FAULTS, RESULTS, UNDETERMINED

from snaplint.base.source import Fault, Place, Span
from snaplint.findings.verdict import Blame
from snaplint.report.formats.text import fault_line, title
from snaplint.report.terminal import Style, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.findings.result import Result
    from snaplint.findings.rule import Certainty

PLAIN = Style(width=100)
PASSING = verdict("passing-rule", "passes")


def written(
    *results: Result,
    faults: list[Fault] | None = None,
    style: Style = PLAIN,
    verbose: bool = False,
    quiet: bool = False,
) -> str:
    return "".join(pieces("text", [*results, *(faults or [])], style, verbose=verbose, quiet=quiet))


def last_line(*results: Result, faults: list[Fault] | None = None) -> str:
    return written(*results, faults=faults, style=Style(width=140)).splitlines()[-1]


# what is left out


def test_quiet_prints_only_the_summary_where_nothing_fails() -> None:
    assert written(CLEAN, quiet=True) == "1 request: all 4 conditions pass, 7 do not apply\n"
    (line,) = written(UNDETERMINED, quiet=True).splitlines()
    assert re.fullmatch(r"1 request: no failures, (\d+) undetermined \((\d+) documented\), .*", line)


def test_a_copy_begins_with_what_it_does() -> None:
    place, note, *_ = written(CLEAN).splitlines()
    assert place.startswith("copies.snaplint.yaml:11  ")
    assert note == "note: `TargetBucket` is missing: this copies the snapshot within ElastiCache and exports nothing"
    assert "note:" not in written(FAILING)


def test_passing_rules_are_counted_and_not_named() -> None:
    text = written(request(PASSING, verdict("idle-rule", "not-applicable", "why")))
    assert "passing-rule" not in text
    assert "idle-rule" not in text
    assert "1 passes, 1 does not apply" in text


def test_a_documented_verdict_says_nothing_of_certainty() -> None:
    assert "certainty" not in written(request(verdict("a", "fails", "m")))


def test_nothing_is_said_of_assumptions_where_there_are_none() -> None:
    assert "assume" not in written(request(PASSING, verdict("a", "fails", "m"), verdict("b", "cannot-tell", "m")))


def test_a_verdict_without_a_file_has_neither_arrow_nor_frame() -> None:
    text = written(request(verdict("a", "fails", "m", because=(Blame(("x",), "bucket policy", "denies it"),))))
    assert "-->" not in text
    assert " |" not in text
    assert "= because: bucket policy: denies it" in text


def test_without_colour_there_is_no_escape() -> None:
    assert "\x1b" not in written(*RESULTS, faults=FAULTS)


# the heading


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, "orders-2026-11 -> s3://acme-redis-exports"),
        ({"TargetBucket": None}, "automatic.orders-2026-11-01-03-00 -> orders-2026-11"),
        ({"TargetSnapshotName": None}, "? -> s3://acme-redis-exports"),
        ({"TargetBucket": ""}, "automatic.orders-2026-11-01-03-00 -> orders-2026-11"),
        ({"TargetBucket": ["list"]}, "orders-2026-11 -> s3://?"),
        ({"TargetSnapshotName": "a\x1b[2Jb"}, "a\\x1b[2Jb -> s3://acme-redis-exports"),
    ],
)
def test_a_title_says_what_goes_where(members: dict[str, Any], expected: str) -> None:
    assert title(request(PASSING, **members)) == expected


def test_a_heading_names_file_and_line() -> None:
    assert written(CLEAN).startswith("copies.snaplint.yaml:11  automatic.orders-2026-11-01-03-00 -> orders-copy\n")


# a failing verdict


def test_errors_come_before_warnings_and_these_before_infos() -> None:
    text = written(
        request(
            verdict("small", "fails", "m", severity="info"),
            verdict("middling", "fails", "m", severity="warning"),
            verdict("grave", "fails", "m", severity="error"),
        )
    )
    assert re.findall(r"^(\w+\[\w+\])", text, re.MULTILINE) == ["error[grave]", "warning[middling]", "info[small]"]


def test_what_aws_would_answer_has_its_code_where_that_is_known() -> None:
    assert "= AWS would answer: Refused." in written(request(verdict("a", "fails", "m", predicts="Refused.")))
    coded = written(request(verdict("a", "fails", "m", predicts="Refused.", code="InvalidParameterValue")))
    assert "= AWS would answer: InvalidParameterValue: Refused." in coded


@pytest.mark.parametrize(
    ("certainty", "words"),
    [
        ("modelled", "stated by AWS's API model"),
        ("observed", "seen in practice"),
        ("inferred", "inferred from other facts"),
    ],
)
def test_less_than_documented_is_said(certainty: Certainty, words: str) -> None:
    assert f"= certainty: {words}" in written(request(verdict("a", "fails", "m", certainty=certainty)))


def test_solution_and_documentation_come_last() -> None:
    lines = written(request(verdict("a", "fails", "m", predicts="Refused."))).splitlines()
    start = next(index for index, line in enumerate(lines) if "solution" in line)
    assert lines[start : start + 2] == [f"  = solution: {SOLUTION}", f"  = docs: {DOCS}"]


def test_documentation_is_a_link_where_the_terminal_has_links() -> None:
    text = written(request(verdict("a", "fails", "m")), style=Style(hyperlinks=True, width=100))
    assert f"\x1b]8;;{DOCS}\x1b\\{DOCS}\x1b]8;;\x1b\\" in text


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (("buckets", "b", "policy", "Statement", 2, "Condition"), 'bucket policy statement 3 "Sid" (Deny)'),
        (("buckets", "b", "policy", "Statement"), 'bucket policy statement "Sid" (Deny)'),
        (("buckets", "b", "acl", "Grants", 0), 'bucket policy grant 1 "Sid" (Deny)'),
        (("buckets", "b", "region"), 'bucket policy "Sid" (Deny)'),
    ],
)
def test_a_blame_says_which_statement(route: tuple[str | int, ...], words: str) -> None:
    blame = Blame(route, "bucket policy", "denies it", "Sid", "Deny")
    assert f"= because: {words}: denies it" in written(request(verdict("a", "fails", "m", because=(blame,))))


def test_blames_beyond_the_third_are_counted() -> None:
    blames = tuple(Blame(("Statement", index), "SCP", "denies it") for index in range(7))
    text = written(request(verdict("a", "fails", "m", because=blames)))
    assert "SCP statement 3: denies it" in text
    assert "SCP statement 4" not in text
    assert "= because: and 4 more" in text


def test_a_place_is_framed_once() -> None:
    place = Place("x.json", Span(1, 1, 1, 4))
    source = Files({"x.json": "abc"}, {("a",): place, ("b",): place})
    blames = (Blame(("a",), "bucket policy", "first"), Blame(("b",), "bucket policy", "second"))
    text = written(request(verdict("a", "fails", "m", route=("a",), because=blames), source=source))
    assert re.findall("1 [|] abc", text) == ["1 | abc"]
    assert "first" in text
    assert "second" in text


def test_all_frames_of_a_verdict_share_a_gutter() -> None:
    source = Files(
        {"a": "one", "b": "\n" * 99 + "hundred"},
        {("a",): Place("a", Span(1, 1, 1, 4)), ("b",): Place("b", Span(100, 1, 100, 8))},
    )
    found = verdict("r", "fails", "m", route=("a",), because=(Blame(("b",), "SCP", "denies it"),))
    lines = written(request(found, source=source)).splitlines()
    assert "  1 | one" in lines
    assert "100 | hundred" in lines
    assert all(line[4] == "|" for line in lines if line[:4].strip() in ("", "1", "100") and "|" in line)


# undetermined verdicts


def test_rules_that_want_for_the_same_make_one_entry() -> None:
    names = [f"rule-{number}" for number in range(6)]
    verdicts = [verdict(name, "cannot-tell", "nothing is known", depends_on=("buckets.b",)) for name in names]
    assert written(request(*verdicts)).splitlines()[2:5] == [
        "? 6 conditions are undetermined: nothing is known",
        f"  = conditions: {', '.join(names)}",
        "  = depends on: buckets.b",
    ]


def test_every_undetermined_rule_is_named() -> None:
    text = written(UNDETERMINED)
    undetermined = [each for each in UNDETERMINED.verdicts if each.verdict == "cannot-tell"]
    assert all(each.rule.id in text for each in undetermined)
    assert len(re.findall(r"^\? ", text, re.MULTILINE)) < len(undetermined)


def test_rules_that_want_for_different_facts_make_two_entries() -> None:
    text = written(
        request(
            verdict("one", "cannot-tell", "not provided", depends_on=("buckets.b.policy",)),
            verdict("two", "cannot-tell", "not provided", depends_on=("buckets.b.acl",)),
        )
    )
    assert "? `one` is undetermined: not provided\n  = depends on: buckets.b.policy\n? `two` is undetermined" in text


def test_two_rules_are_named_in_the_first_line() -> None:
    text = written(
        request(verdict("one", "cannot-tell", "not provided"), verdict("two", "cannot-tell", "not provided"))
    )
    assert "? `one` and `two` are undetermined: not provided\n" in text


def test_what_the_doubt_rests_on_is_named_with_its_place() -> None:
    source = Files({}, {("Statement", 2): Place("bucket.json", Span(18, 20, 18, 30))})
    blame = Blame(("Statement", 2), "bucket policy", "may deny it", "DenyOutsideVpc", "Deny")
    text = written(request(verdict("a", "cannot-tell", "m", because=(blame,)), source=source))
    assert '= because: bucket policy statement 3 "DenyOutsideVpc" (Deny): may deny it (bucket.json:18:20)\n' in text


# what passes


def test_what_passing_verdicts_assume_is_said_once_a_request() -> None:
    text = written(
        request(
            verdict("one", "passes", assumes=("organization.scps", "caller.boundary")),
            verdict("two", "passes", assumes=("caller.boundary",)),
        )
    )
    words = "not provided and assumed to have no effect: organization.scps, caller.boundary (--strict assumes nothing)"
    assert words in " ".join(text.split())


def test_verbose_lists_what_passes_and_what_does_not_apply() -> None:
    text = written(
        request(verdict("a", "passes"), verdict("b", "passes", "m"), verdict("c", "not-applicable", "n")), verbose=True
    )
    assert "\nok a\nok b: m\n-- c does not apply: n\n" in text


# the last line


def test_the_last_line() -> None:
    assert last_line(*RESULTS, faults=FAULTS) == (
        "3 requests: 5 failures (3 errors, 1 warning, 1 info), 11 undetermined (10 documented), 8 pass, "
        "9 do not apply; 1 file could not be used"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "1 request: nothing was checked: no condition applies"),
        (["not-applicable"], "1 request: nothing was checked: no condition applies"),
        (["passes"], "1 request: the only condition passes"),
        (["passes", "passes", "not-applicable"], "1 request: all 2 conditions pass, 1 does not apply"),
        (["passes", "cannot-tell"], "1 request: no failures, 1 undetermined (1 documented), 1 passes"),
        (["cannot-tell"], "1 request: no failures, 1 undetermined (1 documented)"),
        (["fails"], "1 request: 1 failure (1 error)"),
    ],
)
def test_the_last_line_claims_no_more_than_was_found(words: list[str], expected: str) -> None:
    assert last_line(request(*(verdict("a", word, "m") for word in words))) == expected


def test_success_on_an_assumption_says_so() -> None:
    held = request(verdict("a", "passes", assumes=("organization.scps",)), PASSING)
    assert last_line(held) == "1 request: all 2 conditions pass on the assumptions above"
    assert written(held, quiet=True) == "1 request: all 2 conditions pass on assumptions\n"


def test_an_undetermined_condition_that_aws_does_not_document_is_counted_apart() -> None:
    found = request(
        verdict("a", "cannot-tell", severity="warning", certainty="inferred"),
        verdict("b", "cannot-tell", severity="warning"),
    )
    assert last_line(found) == "1 request: no failures, 2 undetermined (1 documented)"


def test_no_request_is_no_success() -> None:
    assert last_line() == "nothing was checked: there are no requests"


def test_a_file_that_could_not_be_used_is_not_said_to_have_no_requests() -> None:
    fault = Fault("a.json", 1, 1, "m")
    assert last_line(faults=[fault]) == "nothing was checked; 1 file could not be used"


def test_a_file_with_two_faults_is_one_file() -> None:
    faults = [Fault("a.json", 1, 1, "m"), Fault("a.json", 2, 1, "m"), Fault("b.json", 1, 1, "m")]
    assert last_line(CLEAN, faults=faults).endswith("all 4 conditions pass, 7 do not apply; 2 files could not be used")


@pytest.mark.parametrize(
    ("result", "faults", "colour"),
    [(CLEAN, [], "1;32"), (CLEAN, FAULTS, "1;31"), (UNDETERMINED, [], "1;35"), (FAILING, [], "1;31")],
)
def test_only_a_clean_run_is_green(result: Result, faults: list[Fault], colour: str) -> None:
    text = written(result, faults=faults, style=Style(color=True, width=140))
    assert text.splitlines()[-1].startswith(f"\x1b[{colour}m1 request: ")


# quiet, faults


def test_quiet_is_one_line_a_failure() -> None:
    found = verdict("a-rule", "fails", "in eu-west-1", route=("a",))
    source = Files({}, {("a",): Place("x.yaml", Span(3, 7, 3, 9))})
    assert written(request(found, source=source), quiet=True).splitlines() == [
        "x.yaml:3:7: error[a-rule] in eu-west-1",
        "1 request: 1 failure (1 error)",
    ]


def test_quiet_without_a_file_names_the_request() -> None:
    line = written(request(verdict("a", "fails", "m")), quiet=True).splitlines()[0]
    assert line == "orders-2026-11 -> s3://acme-redis-exports: error[a] m"


def test_quiet_shows_faults() -> None:
    assert written(CLEAN, faults=FAULTS, quiet=True).startswith("policies/carts.json:2:26: expected")


def test_a_fault_is_one_line_whatever_it_holds() -> None:
    line = fault_line(Fault("a\nb.json", 3, 1, "unexpected `\x1b]0;x\x07`"), PLAIN)
    assert line == "a\\nb.json:3:1: unexpected `\\x1b]0;x\\x07`"


# streaming, hostile input, width


def test_results_are_drawn_one_by_one() -> None:
    drawn: list[int] = []

    def producer() -> Iterator[Result]:
        for number in range(2):
            drawn.append(number)
            yield CLEAN

    next(pieces("text", producer()))
    assert drawn == [0]


def test_a_fault_between_two_results_is_shown_after_both() -> None:
    first, second = (request(PASSING, TargetSnapshotName=name) for name in ("first", "second"))
    text = "".join(pieces("text", [first, FAULTS[0], second]))
    places = [text.index(words) for words in ("first -> ", "second -> ", "remove the trailing comma", "2 requests:")]
    assert places == sorted(places)


HOSTILE = st.text(
    st.characters(codec=None) | st.sampled_from("\x1b\x9b\x07\n\r\x7f\u202e\u2067\u200d\u2029\udfff"), max_size=30
)


@given(HOSTILE, HOSTILE, HOSTILE, st.booleans(), st.booleans(), st.sampled_from([0, 30, 40, 100]))
def test_nothing_of_a_file_reaches_the_terminal_raw(
    name: str, line: str, message: str, verbose: bool, quiet: bool, width: int
) -> None:
    place = Place(name, Span(1, 1, 1, len(line) + 1))
    source = Files({name: line}, {("requests", 0): place})
    blame = Blame(("requests", 0), message, message, message, message)
    result = request(
        verdict(
            name,
            "fails",
            message,
            route=("requests", 0),
            predicts=message,
            code=name,
            because=(blame,),
            assumes=(name,),
        ),
        verdict(name, "cannot-tell", message, because=(blame,), assumes=(name,), depends_on=(message,)),
        verdict(name, "passes", message, assumes=(message,)),
        verdict(name, "not-applicable", message),
        source=source,
        TargetSnapshotName=name,
        TargetBucket=message,
    )
    text = written(result, faults=[Fault(name, 1, 1, message)], style=Style(width=width), verbose=verbose, quiet=quiet)
    foul = {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert foul <= {"\n"}


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_fit_the_width_unless_a_single_word_does_not(width: int) -> None:
    for line in written(*RESULTS, style=Style(width=width)).splitlines():
        labelled = re.sub(r"^ *(= [\w ]+:|-->|error\[.*?\]:|warning\[.*?\]:|[\w./-]+:\d+ ) ?", "", line)
        assert columns_of(line) <= width or " " not in labelled.strip()


@pytest.mark.parametrize("width", [-1, 0, 1])
def test_a_width_beyond_reason_does_no_harm(width: int) -> None:
    assert "3 requests: 5 failures" in " ".join(written(*RESULTS, style=Style(width=width)).split())

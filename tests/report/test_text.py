"""`--format text`: one block a cause, in causal order; what is undetermined; the summary."""

from __future__ import annotations

import re
import tracemalloc
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.fakes import DOCS, SOLUTION, Files, pieces, request, verdict
from tests.report.story import CLEAN, FAILING, FAULTS, RESULTS, UNDETERMINED

from snaplint.base.source import Fault, Place, Span
from snaplint.findings.cause import COLLISION, DENY, INPUT, MISSING_FACT, REQUEST, SETTING, UNDOCUMENTED, Cause, Repair
from snaplint.findings.result import Note
from snaplint.findings.verdict import Blame
from snaplint.report.block import AWS_ADVISES
from snaplint.report.formats.text import MOST_CAUSES, fault_line
from snaplint.report.sections import MOST_ALIKE, MOST_LINES
from snaplint.report.terminal import Style, columns_of
from snaplint.report.title import title
from snaplint.report.undetermined import MOST_COMMANDS, MOST_FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.base.source import Route
    from snaplint.findings.result import Reported, Result
    from snaplint.findings.rule import Certainty

PLAIN = Style(width=100)
PASSING = verdict("passing-rule", "passes")
HEADING = "orders-2026-11 -> s3://acme-redis-exports"
READ = "Add List and Read permissions on the bucket."


def written(*results: Reported, faults: list[Fault] | None = None, style: Style = PLAIN, **how: Any) -> str:
    return "".join(pieces("text", [*results, *(faults or [])], style, **how))


def last_line(*results: Reported, faults: list[Fault] | None = None, **how: Any) -> str:
    return written(*results, faults=faults, style=Style(width=140), **how).splitlines()[-1]


def deny(sid: str = "DenyOutsideVpc", **members: Any) -> Cause:
    made = Cause(DENY, f'statement "{sid}" denies it', ("policy", sid), "bucket policy", sid, "Deny")
    return made._replace(**members)


def policy(**lines: int) -> Files:
    """A bucket policy in which each statement is on one line."""
    text = "\n".join("abc" for _ in range(max(lines.values())))
    places: dict[Route, Place] = {
        ("policy", sid): Place("policy.json", Span(line, 1, line, 4)) for sid, line in lines.items()
    }
    places["requests", 0] = Place("a.snaplint.yaml", Span(7, 5, 7, 9))
    return Files({"policy.json": text}, places)


# what is left out


def test_quiet_prints_only_the_summary_where_nothing_fails() -> None:
    assert written(CLEAN, quiet=True) == "1 request: all 4 conditions pass, 7 do not apply\n"
    made = request(verdict("a", "cannot-tell", "m"), verdict("b", "not-applicable"))
    (line,) = written(made, quiet=True).splitlines()
    assert re.fullmatch(r"1 request: no failures, (\d+) undetermined \((\d+) documented\), .*", line)


def test_passing_rules_are_counted_and_not_named() -> None:
    text = written(request(PASSING, verdict("idle-rule", "not-applicable", "why")))
    assert "passing-rule" not in text
    assert "idle-rule" not in text
    assert text == f"{HEADING}\n\n1 request: the only condition passes, 1 does not apply\n"


def test_a_documented_verdict_says_nothing_of_certainty() -> None:
    assert "certainty" not in written(request(verdict("a", "fails", "m")))


def test_nothing_is_said_of_assumptions_where_there_are_none() -> None:
    assert "assume" not in written(request(PASSING, verdict("a", "fails", "m"), verdict("b", "cannot-tell", "m")))


def test_a_cause_without_a_file_has_neither_arrow_nor_frame() -> None:
    text = written(request(verdict("a", "fails", "m", causes=(deny(),))))
    assert "-->" not in text
    assert " |" not in text
    assert 'error[a]: statement "DenyOutsideVpc" denies it\n' in text


def test_without_colour_there_is_no_escape() -> None:
    assert "\x1b" not in written(*RESULTS, faults=FAULTS)


# the opening


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
    assert title(request(PASSING, **members).request) == expected


def test_a_report_of_one_request_begins_with_its_file_line_and_title() -> None:
    assert written(CLEAN).startswith("copies.snaplint.yaml:11  automatic.orders-2026-11-01-03-00 -> orders-copy\n")


def test_a_copy_begins_with_what_it_does() -> None:
    _, note, *_ = written(CLEAN).splitlines()
    assert note == "note: no `TargetBucket`: this copies within ElastiCache and exports nothing"
    assert "note:" not in written(FAILING)


def test_what_several_copies_do_is_said_once_and_first() -> None:
    first, *rest = written(CLEAN, CLEAN, FAILING, style=Style(width=140)).splitlines()
    assert first.startswith("note: no `TargetBucket`: ")
    assert first.endswith("(2 requests: copies.snaplint.yaml:11, 11)")
    assert "exports nothing" not in "\n".join(rest)


# one block for one cause


def test_a_statement_before_two_hundred_requests_is_one_block() -> None:
    found = verdict("service-lacks-write", "fails", "m", causes=(deny(),), predicts="Refused.")
    text = written(*[request(found, source=policy(DenyOutsideVpc=21)) for _ in range(200)])
    assert text.count("DenyOutsideVpc") == 1
    assert "= in 200 requests (a.snaplint.yaml:7, 7, 7, …)\n" in text
    assert text.endswith("200 requests: 200 failures (200 errors) from 1 cause\n")
    assert len(text.splitlines()) < 15


def test_rules_with_the_same_cause_share_its_block_the_most_severe_ones_first() -> None:
    text = written(
        request(
            verdict("grant-incomplete", "fails", "m", severity="warning", causes=(deny(),)),
            verdict("service-lacks-write", "fails", "m", causes=(deny(),)),
            source=policy(DenyOutsideVpc=21),
        )
    )
    assert 'error[service-lacks-write, grant-incomplete]: statement "DenyOutsideVpc" denies it\n' in text
    assert "  --> policy.json:21:1\n" in text
    assert text.endswith("1 request: 2 failures (1 error, 1 warning) from 1 cause\n")


def test_every_rule_is_named_in_the_block_that_stands_for_it_and_not_before() -> None:
    text = written(*RESULTS)
    for result in RESULTS:
        for each in result.verdicts:
            if each.verdict == "fails":
                assert each.rule.id in text
                assert text.index(each.rule.id) >= text.index("error[")


def test_what_only_follows_has_one_line_and_no_advice() -> None:
    region = Cause(SETTING, "the bucket is elsewhere", ("region",))
    text = written(
        request(
            verdict("bucket-outside-region", "fails", "m", causes=(region,), predicts="Outside."),
            verdict("service-lacks-write", "fails", "m", causes=(region,), follows=True, predicts="Not granted."),
            verdict("service-lacks-read", "cannot-tell", "m", causes=(region,), follows=True),
        )
    )
    assert "error[bucket-outside-region]: the bucket is elsewhere\n" in text
    assert "= also fails because of it: service-lacks-write\n" in text
    assert "= also undetermined because of it: service-lacks-read\n" in text
    assert "Outside." in text
    assert "Not granted." not in text
    assert text.count(SOLUTION) == 1
    assert "? " not in text


def test_causes_are_in_causal_order_whatever_the_order_of_the_requests() -> None:
    def of(kind: str, rule: str, check: str, severity: Any = "error") -> Any:
        made = verdict(rule, "fails", rule, severity=severity, causes=(Cause(kind, rule, (rule,)),))
        return made._replace(rule=made.rule._replace(check=check))

    results = [
        request(of(SETTING, "small", "bucket.public-access-blocked", "info")),
        request(of(SETTING, "middling", "policy.well-formed", "warning")),
        request(of(DENY, "grants", "service.granted")),
        request(of(DENY, "rights", "caller.permitted")),
        request(of(SETTING, "bucket", "bucket.in-region")),
        request(of(SETTING, "snapshot", "snapshot.exists")),
        request(of(COLLISION, "collision", "bucket.keys-free")),
        request(of(REQUEST, "name", "request.target-name")),
    ]
    text = written(*results, faults=[Fault("a.yaml", 1, 1, "cannot be read")])
    heads = re.findall(r"^(?:error|warning|note)(?:\[(\w+)\])?: ", text, re.MULTILINE)
    assert heads == ["", "name", "collision", "snapshot", "bucket", "rights", "grants", "middling", "small"]


def test_one_request_among_several_is_named_by_title_and_line() -> None:
    failing = request(verdict("a", "fails", "m"), source=policy(X=1))
    assert f"= in {HEADING} (a.snaplint.yaml:7)\n" in written(failing, request(PASSING))
    assert "= in " not in written(failing)


def test_causes_that_are_alike_are_shown_in_full_three_times() -> None:
    many = MOST_ALIKE + MOST_LINES + 5
    made = [verdict("bad-name", "fails", "m", causes=(Cause(REQUEST, f"name {n}", (n,)),)) for n in range(many)]
    text = written(*map(request, made))
    assert text.count(f"solution: {SOLUTION}") == MOST_ALIKE
    assert f"error[bad-name]: name {MOST_ALIKE + 1}\n" in text
    assert f"name {many - 1}\n" not in text
    assert "… and 5 more like these (--quiet lists one a line)\n" in text
    assert f"name {many - 1}\n" in written(*map(request, made), verbose=True)
    assert f"name {many - 1}\n" in written(*map(request, made), quiet=True)


def test_a_run_keeps_no_more_causes_than_fit_into_memory() -> None:
    many = MOST_CAUSES + 7
    made = (verdict("bad-name", "fails", "m", causes=(Cause(REQUEST, f"name {n}", (n,)),)) for n in range(many))
    *_, more, summary = written(*map(request, made), quiet=True).splitlines()
    assert more.endswith("; in 7 requests")
    assert "--format json" in more
    assert summary.startswith(f"{many:,} requests: {many:,} failures")


# frames


def test_the_underline_says_what_the_value_does_and_what_it_is_compared_with() -> None:
    source = Files(
        {"x.yaml": "region: us-east-1\n\n\nbucket: eu-west-1"},
        {("b",): Place("x.yaml", Span(4, 9, 4, 18)), ("r",): Place("x.yaml", Span(1, 9, 1, 18))},
    )
    compared = (Blame(("r",), "call", "the snapshot is here"),)
    cause = Cause(SETTING, "elsewhere", ("b",), label="is in eu-west-1", compared=compared)
    text = written(request(verdict("a", "fails", "m", causes=(cause,)), source=source))
    start = text.splitlines().index(" --> x.yaml:4:9")
    assert text.splitlines()[start : start + 9] == [
        " --> x.yaml:4:9",
        "  |",
        "1 | region: us-east-1",
        "  |         --------- the snapshot is here",
        "...",
        "4 | bucket: eu-west-1",
        "  |         ^^^^^^^^^ is in eu-west-1",
        "  |",
        f"  = solution: {SOLUTION}",
    ]


def test_what_is_compared_in_another_file_has_an_arrow_of_its_own() -> None:
    source = Files(
        {"a": "one", "b": "\n" * 99 + "hundred"},
        {("a",): Place("a", Span(1, 1, 1, 4)), ("b",): Place("b", Span(100, 1, 100, 8))},
    )
    cause = Cause(SETTING, "m", ("a",), compared=(Blame(("b",), "SCP", "denies it"),))
    lines = written(request(verdict("r", "fails", "m", causes=(cause,)), source=source)).splitlines()
    assert "   --> a:1:1" in lines
    assert "   ::: b:100:1" in lines
    assert "  1 | one" in lines
    assert "100 | hundred" in lines
    assert "    | ------- denies it" in lines


def test_a_place_is_framed_once() -> None:
    place = Place("x.json", Span(1, 1, 1, 4))
    source = Files({"x.json": "abc"}, {("a",): place, ("b",): place})
    cause = Cause(SETTING, "m", ("a",), compared=(Blame(("b",), "bucket policy", "second"),))
    text = written(request(verdict("a", "fails", "m", causes=(cause,)), source=source))
    assert re.findall("1 [|] abc", text) == ["1 | abc"]


# what AWS answers and advises, and what to change


def test_what_aws_would_answer_has_its_code_where_that_is_known() -> None:
    assert "= AWS would answer: Refused." in written(request(verdict("a", "fails", "m", predicts="Refused.")))
    coded = written(request(verdict("a", "fails", "m", predicts="Refused.", code="InvalidParameterValue")))
    assert "= AWS would answer: InvalidParameterValue: Refused." in coded


def test_three_different_answers_are_shown_and_the_others_counted() -> None:
    answers = ["one", "one", "two", "three", "four", "five"]
    made = [request(verdict("a", "fails", "m", causes=(deny(),), predicts=answer)) for answer in answers]
    found = re.findall("AWS would answer: (.*)", written(*made))
    assert found == ["one", "two", "three", "and 2 more like these"]


def test_advice_of_aws_is_word_for_word_and_apart_from_ours() -> None:
    made = verdict("a", "fails", "m", causes=(deny(repair=Repair("exempt AWS services", '{\n  "a": 1\n}')),))
    text = written(request(made._replace(rule=made.rule._replace(solution=READ))))
    assert f"= AWS advises: {READ}\n" in text
    assert '= repair: exempt AWS services:\n    {\n      "a": 1\n    }\n' in text


def test_our_own_solution_gives_way_to_what_follows_from_the_cause() -> None:
    assert f"= solution: {SOLUTION}" in written(request(verdict("a", "fails", "m", causes=(deny(),))))
    text = written(request(verdict("a", "fails", "m", causes=(deny(repair=Repair("exempt AWS services")),))))
    assert SOLUTION not in text
    assert "= repair: exempt AWS services\n" in text


def test_every_solution_of_aws_is_that_of_a_rule() -> None:
    from snaplint.lint.rulebook import builtin_rules

    assert {rule.solution for rule in builtin_rules()} >= AWS_ADVISES


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


def test_certainty_names_its_rules_where_others_are_more_certain() -> None:
    sure = verdict("sure", "fails", "m", causes=(deny(),))
    text = written(request(sure, verdict("unsure", "fails", "m", causes=(deny(),), certainty="inferred")))
    assert "= certainty: unsure: inferred from other facts" in text


def test_documentation_comes_last_and_is_a_link_where_the_terminal_has_links() -> None:
    lines = written(request(verdict("a", "fails", "m", predicts="Refused."))).splitlines()
    assert lines[lines.index(f"  = solution: {SOLUTION}") + 1 :][:2] == [f"  = docs: {DOCS}", ""]
    text = written(request(verdict("a", "fails", "m")), style=Style(hyperlinks=True, width=100))
    assert f"\x1b]8;;{DOCS}\x1b\\{DOCS}\x1b]8;;\x1b\\" in text


# input errors


def test_an_input_error_is_the_first_block_and_names_what_it_leaves_undetermined() -> None:
    fault = Fault("policies/b.json", 3, 9, "the `{` is never closed")
    broken = Cause(INPUT, fault.message, fault=fault)
    verdicts = [verdict(name, "cannot-tell", "m", causes=(broken,)) for name in ("one", "two")]
    text = written(request(*verdicts, verdict("three", "fails", "m")), faults=[fault])
    assert text.startswith(
        f"{HEADING}\n\nerror: the `{{` is never closed\n --> policies/b.json:3:9\n"
        f"  = 2 conditions are undetermined because of it: one, two\n\nerror[three]: m\n"
    )
    assert "\n? " not in text


def test_an_input_error_is_shown_once_whatever_it_holds() -> None:
    text = written(CLEAN, faults=[Fault("a\nb.json", 3, 1, "unexpected `\x1b]0;x\x07`")])
    assert text.count("error: unexpected `\\x1b]0;x\\x07`\n --> a\\nb.json:3:1\n") == 1


def test_input_errors_of_a_file_are_one_line_each_after_the_third() -> None:
    faults = [Fault("a.yaml", line, 1, f"wrong {line}") for line in range(1, 7)]
    text = written(CLEAN, faults=[*faults, Fault("b.yaml", 1, 1, "wrong too")])
    assert "error: wrong 3\n --> a.yaml:3:1\n\na.yaml:4:1: error: wrong 4\na.yaml:5:1: error: wrong 5\n" in text
    assert "error: wrong too\n --> b.yaml:1:1\n" in text


def test_a_fault_is_one_line_whatever_it_holds() -> None:
    line = fault_line(Fault("a\nb.json", 3, 1, "unexpected `\x1b]0;x\x07`"), PLAIN)
    assert line == "a\\nb.json:3:1: unexpected `\\x1b]0;x\\x07`"


# what is undetermined


def test_rules_that_need_the_same_fact_are_one_line_at_the_end() -> None:
    names = [f"rule-{number}" for number in range(6)]
    fact = Cause(MISSING_FACT, "the policy of `b` is not provided", name="buckets.b.policy")
    verdicts = [verdict(name, "cannot-tell", "m", causes=(fact,)) for name in names]
    assert written(request(*verdicts, verdict("bad", "fails", "m")), style=Style(width=140)).splitlines()[-3:] == [
        f"? the policy of `b` is not provided: 6 conditions ({', '.join(names)})",
        "",
        "1 request: 1 failure (1 error), 6 undetermined (6 documented)",
    ]


def test_facts_that_the_same_rules_need_share_a_line() -> None:
    facts = tuple(Cause(MISSING_FACT, f"{name} is not provided", name=name) for name in ("the caller", "its policy"))
    text = written(*[request(verdict("one", "cannot-tell", "m", causes=facts)) for _ in range(3)])
    assert "? the caller is not provided; its policy is not provided: 1 condition in 3 requests (one)\n" in text


def test_every_undetermined_rule_is_named() -> None:
    text = written(UNDETERMINED)
    undetermined = [each for each in UNDETERMINED.verdicts if each.verdict == "cannot-tell"]
    assert all(each.rule.id in text for each in undetermined)
    assert len(re.findall(r"^\? ", text, re.MULTILINE)) < len(undetermined)


def test_many_facts_are_counted_with_all_rules_that_need_them() -> None:
    def of(number: int) -> Result:
        fact = Cause(MISSING_FACT, f"fact {number} is not provided", name=str(number))
        return request(verdict(f"rule-{number}", "cannot-tell", "m", causes=(fact,)))

    results = [of(number) for number in range(MOST_FACTS + 4)]
    text = written(*results)
    assert "? 4 more (--verbose lists them): rule-8, rule-9, rule-10, rule-11\n" in text
    assert "fact 9 is" not in text
    assert "fact 9 is" in written(*results, verbose=True)


def test_what_aws_does_not_document_comes_last_and_says_once_what_settles_it() -> None:
    key = Cause(UNDOCUMENTED, "AWS does not document the value of `k`", name="k")
    text_ = "AWS does not document whether it works"
    other = Cause(UNDOCUMENTED, text_, name=text_)
    fact = Cause(MISSING_FACT, "the fact is not provided", name="f")
    verdicts = [verdict(str(n), "cannot-tell", "m", causes=(each,)) for n, each in enumerate([key, other, fact])]
    text = written(request(*verdicts))
    assert text.index("? the fact") < text.index("? AWS does not document the value")
    assert text.count("= a trial export settles what AWS does not document\n") == 1


def test_a_statement_on_which_the_doubt_rests_is_named_with_its_place() -> None:
    source = Files({}, {("Statement", 2): Place("bucket.json", Span(18, 20, 18, 30))})
    blame = Blame(("Statement", 2), "bucket policy", "may deny it", "DenyOutsideVpc", "Deny")
    cause = Cause(UNDOCUMENTED, "AWS does not document `k`", name="k", compared=(blame,))
    text = written(request(verdict("a", "cannot-tell", "m", causes=(cause,)), source=source))
    assert '= because: bucket policy statement 3 "DenyOutsideVpc" (Deny): may deny it (bucket.json:18:20)\n' in text


def test_commands_that_print_what_is_missing_stand_once_before_the_summary() -> None:
    command = "aws s3api get-bucket-acl --bucket b"
    fact = Cause(MISSING_FACT, "the ACL is not provided", name="acl", settle=(command,))
    source = policy(X=1)
    text = written(*[request(verdict("a", "cannot-tell", "m", causes=(fact,)), source=source) for _ in range(9)])
    *_, head, first, other, collect, empty, summary = text.splitlines()
    assert (head, first) == ("these commands print the missing facts:", f"  {command}")
    assert other == "this one reads all of them:"
    assert collect == "  snaplint collect copy-snapshot --requests a.snaplint.yaml -o facts.snaplint.json"
    assert (empty, summary[:11]) == ("", "9 requests:")
    assert text.count(command) == 1


def test_a_report_of_one_request_points_to_how_it_was_decided() -> None:
    source = policy(DenyOutsideVpc=3)
    failing = request(verdict("a", "fails", "m", causes=(deny(),)), source=source)
    *_, head, command, empty, summary = written(failing).splitlines()
    assert head == "this command prints how each condition was decided:"
    assert command == "  snaplint explain --why a.snaplint.yaml:7"
    assert (empty, summary) == ("", "1 request: 1 failure (1 error)")
    assert "explain --strict --why" in written(failing, strict=True)
    assert "--why" not in written(failing, failing)
    assert "--why" not in written(request(PASSING, source=source))
    assert "--why" not in written(request(verdict("a", "fails", "m")))
    assert "--why" not in written(failing, quiet=True)


def test_requests_without_a_file_are_not_told_to_collect_from_it() -> None:
    fact = Cause(MISSING_FACT, "the ACL is not provided", name="acl", settle=("aws s3api a",))
    assert "snaplint collect" not in written(request(verdict("a", "cannot-tell", "m", causes=(fact,))))


def test_commands_beyond_the_eighth_are_counted() -> None:
    settle = tuple(f"aws s3api get-{number}" for number in range(MOST_COMMANDS + 2))
    fact = Cause(MISSING_FACT, "the ACL is not provided", name="acl", settle=settle)
    text = written(request(verdict("a", "cannot-tell", "m", causes=(fact,))))
    assert "  aws s3api get-7\n  … and 2 more\n" in text


# what passes


def test_what_passing_verdicts_assume_is_said_once() -> None:
    result = request(
        verdict("one", "passes", assumes=("organization.scps", "caller.boundary")),
        verdict("two", "passes", assumes=("caller.boundary",)),
    )
    words = "not provided and assumed to have no effect: organization.scps, caller.boundary (--strict assumes nothing)"
    assert " ".join(written(result, result).split()).count(words) == 1


def test_verbose_lists_every_verdict_of_each_request_and_what_it_rests_on() -> None:
    blame = Blame(("Statement", 2), "bucket policy", "denies it", "Sid", "Deny")
    result = request(
        verdict("a", "passes"),
        verdict("b", "passes", "m"),
        verdict("c", "not-applicable", "n"),
        verdict("d", "cannot-tell", "o", depends_on=("x", "y")),
        verdict("e", "fails", "p", because=(blame,)),
    )
    assert written(result, verbose=True).startswith(
        f'{HEADING}\nx e fails: p\n  = because: bucket policy statement 3 "Sid" (Deny): denies it\n'
        "? d is undetermined: o\n  = depends on: x, y\nok a\nok b: m\n-- c does not apply: n\n\nerror[e]: p\n"
    )


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
    text = written(request(verdict("a", "fails", "m", because=(blame,))), verbose=True)
    assert f"= because: {words}: denies it" in text


# the last line


def test_the_last_line() -> None:
    assert re.fullmatch(
        r"3 requests: \d failures \(\d errors, 1 warning\) from \d causes, 1 note, 11 undetermined \(10 documented\), "
        r"8 pass, 9 do not apply; 1 file could not be used",
        last_line(*RESULTS, faults=FAULTS),
    )


@pytest.mark.parametrize("width", [30, 80])
def test_the_last_line_is_one_line_in_a_narrow_terminal(width: int) -> None:
    *_, empty, last = written(*RESULTS, faults=FAULTS, style=Style(width=width)).splitlines()
    assert empty == ""
    assert last.startswith("3 requests: ")
    assert last.endswith("1 file could not be used")


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


def test_an_info_is_a_note_and_no_failure_unless_the_run_fails_on_it() -> None:
    result = request(verdict("small", "fails", "m", severity="info"), PASSING)
    assert "note[small]: m\n" in written(result)
    assert last_line(result) == "1 request: no failures, 1 note, 1 passes"
    assert last_line(result, fail_on="info") == "1 request: 1 failure (1 note), 1 passes"


def test_a_note_of_severity_warning_counts_as_a_warning() -> None:
    warning = Note("nearly-matches", "warning", "a.yaml", 3, 5, "did you mean `b`?")
    text = written(request(PASSING), warning)
    assert "a.yaml:3:5: warning[nearly-matches]: did you mean `b`?\n" in text
    assert text.endswith("1 request: 1 failure (1 warning), 1 passes\n")
    small = warning._replace(severity="info")
    assert "a.yaml:3:5: note[nearly-matches]: did you mean `b`?\n" in written(request(PASSING), small)
    assert last_line(request(PASSING), small) == "1 request: the only condition passes, 1 note"


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


# quiet


def test_quiet_is_one_line_a_cause() -> None:
    made = [verdict(name, "fails", "m", causes=(deny(),)) for name in ("one", "two")]
    assert written(*[request(*made, source=policy(DenyOutsideVpc=3))] * 4, quiet=True).splitlines() == [
        'policy.json:3:1: error[one, two]: statement "DenyOutsideVpc" denies it; '
        "in 4 requests (a.snaplint.yaml:7, 7, 7, …)",
        "4 requests: 8 failures (8 errors) from 1 cause",
    ]


def test_quiet_without_a_file_names_the_request() -> None:
    line = written(request(verdict("a", "fails", "m")), quiet=True).splitlines()[0]
    assert line == f"{HEADING}: error[a]: m"


def test_quiet_lists_what_is_undetermined_only_if_the_exit_code_follows_from_it() -> None:
    documented = verdict("sure", "cannot-tell", "the ACL is not provided", severity="warning")
    inferred = verdict("unsure", "cannot-tell", "unclear", severity="warning", certainty="inferred")
    result = request(documented, inferred, source=policy(X=1))
    assert len(written(result, quiet=True).splitlines()) == 1
    (line, _) = written(result, quiet=True, strict=True).splitlines()
    assert line == f"{HEADING}: undetermined[sure]: the ACL is not provided"


def test_quiet_shows_input_errors_and_notes_of_severity_warning() -> None:
    assert written(CLEAN, faults=FAULTS, quiet=True).startswith("policies/carts.json:2:26: error: expected")
    note = Note("nearly-matches", "warning", "a.yaml", 3, 5, "did you mean `b`?")
    assert written(CLEAN, note, note._replace(severity="info"), quiet=True).count("nearly-matches") == 1


# streaming, hostile input, width


def test_a_verbose_report_lists_results_as_they_are_drawn() -> None:
    drawn: list[int] = []

    def producer() -> Iterator[Result]:
        for number in range(2):
            drawn.append(number)
            yield CLEAN

    next(pieces("text", producer(), verbose=True))
    assert drawn == [0]


def test_memory_does_not_grow_with_the_number_of_requests() -> None:
    def peak(requests: int) -> int:
        found = verdict("a", "fails", "m", causes=(deny(),))
        tracemalloc.start()
        try:
            for _ in pieces("text", (request(found, TargetSnapshotName=f"n{number}") for number in range(requests))):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(50)  # modules loaded on first use do not count
    few, many = 50, 5050
    assert (peak(many) - peak(few)) / (many - few) < 16, "bytes a request"


HOSTILE = st.text(
    st.characters(codec=None) | st.sampled_from("\x1b\x9b\x07\n\r\x7f\u202e\u2067\u200d\u2029\udfff"), max_size=30
)


@given(HOSTILE, HOSTILE, HOSTILE, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([0, 30, 40, 100]))
def test_nothing_of_a_file_reaches_the_terminal_raw(
    name: str, line: str, message: str, verbose: bool, quiet: bool, strict: bool, width: int
) -> None:
    place = Place(name, Span(1, 1, 1, len(line) + 1))
    source = Files({name: line}, {("requests", 0): place})
    blame = Blame(("requests", 0), message, message, message, message)
    cause = Cause(
        name,
        message,
        ("requests", 0),
        message,
        message,
        message,
        repair=Repair(message, message),
        settle=(message,),
        label=message,
        compared=(blame,),
    )
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
            causes=(cause,),
        ),
        verdict(
            name + "?",
            "cannot-tell",
            message,
            because=(blame,),
            assumes=(name,),
            depends_on=(message,),
            causes=(cause._replace(kind=MISSING_FACT, name=message),),
        ),
        verdict(name, "passes", message, assumes=(message,)),
        verdict(name, "not-applicable", message),
        source=source,
        TargetSnapshotName=name,
        TargetBucket=message,
    )
    how = {"verbose": verbose, "quiet": quiet, "strict": strict}
    note = Note(name, "warning", name, 1, 1, message)
    text = written(result, result, note, faults=[Fault(name, 1, 1, message)], style=Style(width=width), **how)
    foul = {character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert foul <= {"\n"}


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_fit_the_width_unless_a_single_word_does_not(width: int) -> None:
    *lines, _ = written(*RESULTS, style=Style(width=width)).splitlines()
    for line in lines:
        if line.startswith(("  aws ", "    ", "error: ")):  # commands, JSON and input errors are one line
            continue
        labelled = re.sub(r"^ *(= [\w ]+:|-->|:::|error\[.*?\]:|warning\[.*?\]:|[\w./-]+:\d+ ) ?", "", line)
        assert columns_of(line) <= width or " " not in labelled.strip()


@pytest.mark.parametrize("width", [-1, 0, 1])
def test_a_width_beyond_reason_does_no_harm(width: int) -> None:
    assert written(*RESULTS, style=Style(width=width)).splitlines()[-1].startswith("3 requests: ")

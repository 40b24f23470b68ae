"""Why a request has its verdicts: the tree agrees with the verdicts, in every case on the pages of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from snaplint.base.source import parted
from snaplint.findings.result import Result
from snaplint.findings.verdict import CANNOT_TELL, FAILS, PASSES
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.lint import pages, rulebook
from snaplint.lint.linter import check_document
from snaplint.lint.why import at_line, requests_of, why
from snaplint.read.preflight import Preflight, read_preflight
from snaplint.report.terminal import Style
from snaplint.report.why import text
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Verdict
    from snaplint.findings.why import Branch, Way, Why
    from snaplint.lint.pages import Case

RULES = [rule for rule in rulebook.builtin_rules() if rule.check.startswith(("caller.", "service."))]
CASES = [
    pytest.param(rule, case, id=f"{rule.id}:{case.line}")
    for rule in rulebook.builtin_rules()
    if rule.applies != "copy"
    for case in pages.cases(rule)
]
_WORDS = {YES: PASSES, NO: FAILS, UNKNOWN: CANNOT_TELL}


def trees(rule: Rule, case: Case, *, strict: bool = False) -> list[tuple[Why, Result]]:
    """Return the tree and the result of a check for every request of a case."""
    raw = pages._completed(rule, case.text).encode()
    found, _ = parted(read_preflight(parse("case.yaml", raw), Files()))
    asked = requests_of(each for each in found if isinstance(each, Preflight))
    stream = check_document(parse("case.yaml", raw), Files(), RULES, strict=strict)
    results = [each for each in stream if isinstance(each, Result)]
    return list(zip([why(each, RULES, strict=strict) for each in asked], results, strict=True))


def word_of(verdict: Verdict, branch: Branch) -> str:
    """Return the verdict that follows from the rights in the tree."""
    rights = [right for right in branch.rights if verdict.rule.id in right.rules]
    truths = [right.truth for right in rights]
    if any(way.text and right.truth == UNKNOWN for right in rights for way in right.ways):
        return CANNOT_TELL  # which bucket or which caller is asked for is not known
    return _WORDS[min(truths)]


def assert_sound(way: Way) -> None:
    """The layers of a way lead to its answer."""
    layers = [seen.layer for seen in way.layers]
    assert bool(way.depends_on) == (way.truth == UNKNOWN and not way.text)
    if way.truth == YES:
        assert [layer.name for layer in layers if layer.deny == YES] == []
        assert way.grants or any(layer.allow != NO for layer in layers)
    if way.truth == NO and layers:
        assert any(layer.deny != NO or layer.allow == NO for layer in layers)


@pytest.mark.parametrize("strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize(("rule", "case"), CASES)
def test_tree_agrees_with_the_verdicts(rule: Rule, case: Case, strict: bool) -> None:
    for tree, result in trees(rule, case, strict=strict):
        assert [(each.rule.id, each.verdict, each.message) for each in tree.result.verdicts] == [
            (each.rule.id, each.verdict, each.message) for each in result.verdicts
        ]
        for branch in tree.branches:
            for verdict in branch.verdicts:
                if not branch.rights:
                    assert verdict.verdict == CANNOT_TELL
                elif verdict.rule.check == "service.allowed" and verdict.verdict == CANNOT_TELL:
                    assert word_of(verdict, branch) != PASSES  # it also depends on the path that the service uses
                else:
                    assert word_of(verdict, branch) == verdict.verdict, verdict.rule.id
            for right in branch.rights:
                for way in right.ways:
                    assert_sound(way)
        printed = text(tree, Style())
        for verdict in result.verdicts:
            if verdict.verdict in (FAILS, CANNOT_TELL):
                assert f"{verdict.rule.id} {verdict.verdict}" in printed


DENIED = """\
version: 1
account: "111122223333"
region: us-east-1
caller:
  arn: arn:aws:iam::111122223333:user/dev
  policies:
    - {Version: "2012-10-17", Statement: {Sid: All, Effect: Allow, Action: "*", Resource: "*"}}
  boundary:
    Version: "2012-10-17"
    Statement:
      - {Sid: NoCopies, Effect: Deny, Action: "elasticache:*", Resource: "*"}
      - {Sid: Rest, Effect: Allow, Action: "*", Resource: "*"}
organization:
  scps: [[{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}]]
  rcps: []
requests:
  - SourceSnapshotName: nightly
    TargetSnapshotName: orders
    TargetBucket: exports
buckets:
  exports: {region: us-east-1, account: "111122223333", ownership: BucketOwnerEnforced, policy: null}
"""


def denied() -> Why:
    found, _ = parted(read_preflight(parse("a.yaml", DENIED.encode()), Files()))
    (asked,) = requests_of(each for each in found if isinstance(each, Preflight))
    return why(asked, rulebook.builtin_rules())


def test_each_layer_is_shown_with_the_statement_that_decided_and_its_place() -> None:
    printed = text(denied(), Style())
    assert "  - not allowed: `elasticache:CopySnapshot` on" in printed
    assert '      + policy 1 statement 1 "NoCopies" (Deny) matches (a.yaml:11:9)\n' in printed
    assert "    permissions boundary: a Deny matches\n" in printed
    assert '      + policy 1 statement 1 "All" (Allow) matches (a.yaml:7:42)\n' in printed
    assert "    SCPs at level 0 (root): an Allow matches\n" in printed
    assert "the bucket ACL is ignored (Object Ownership is BucketOwnerEnforced)" in printed


def test_tree_of_one_rule_has_nothing_else() -> None:
    printed = text(denied(), Style(), "service-lacks-write")
    assert "service-lacks-write fails" in printed
    assert "`s3:PutObject`" in printed
    assert "caller" not in printed
    assert "`s3:ListBucket`" not in printed


def test_rule_without_rights_is_shown_with_its_reasons() -> None:
    printed = text(denied(), Style(), "snapshot-does-not-exist")
    assert "snapshot-does-not-exist cannot-tell: nothing is known about snapshot `nightly`" in printed
    assert "caller" not in printed


def test_request_at_a_line() -> None:
    more = DENIED.replace("buckets:", "  - {SourceSnapshotName: b, TargetSnapshotName: c}\nbuckets:")
    found, _ = parted(read_preflight(parse("a.yaml", more.encode()), Files()))
    asked = requests_of(each for each in found if isinstance(each, Preflight))
    lines = [each.place.span.line for each in asked]
    assert lines == [17, 20]
    chosen = [at_line(asked, line) for line in (None, 16, 17, 19, 20, 99)]
    assert [each and each.number for each in chosen] == [None, None, 0, 0, 1, 1]
    assert at_line(asked[:1], None) == at_line(asked[:1], 1) == asked[0]


def test_under_strict_what_is_not_provided_is_depended_on() -> None:
    raw = DENIED.replace("  rcps: []\n", "").replace(
        DENIED[DENIED.index("  boundary:") : DENIED.index("organization:")], ""
    )
    found, _ = parted(read_preflight(parse("a.yaml", raw.encode()), Files()))
    (asked,) = requests_of(each for each in found if isinstance(each, Preflight))
    rules = rulebook.builtin_rules()
    assumed, open_ = (text(why(asked, rules, strict=strict), Style(width=140)) for strict in (False, True))
    assert "permissions boundary, session policy and RCPs: not provided and assumed to have no effect\n" in assumed
    assert "+ allowed: `s3:ListAllMyBuckets`" in assumed
    assert "? undetermined: `s3:ListAllMyBuckets`" in open_
    assert "depends on what is not provided: permissions boundary, session policy and RCPs\n" in open_
    assert "assumed" not in open_.partition("other conditions")[0]

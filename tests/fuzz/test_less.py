"""One fact less is never surer: on every case of every rule page, and on cases whose facts are mixed.

`SNAPLINT_ROUNDS` sets how many mixed documents are tried.
"""

from __future__ import annotations

import copy
import json
import os
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.checks.world import BUCKET, SOURCE, good
from tests.fuzz.less import Data, less, surer, without

from snaplint.base.source import parted
from snaplint.lint import pages
from snaplint.lint.linter import check_preflight
from snaplint.lint.rulebook import builtin_rules
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snaplint.findings.verdict import Outcome

ROUNDS = int(os.environ.get("SNAPLINT_ROUNDS", "1000")) // 25
RULES = builtin_rules()
CASES = [(f"{rule.id}:{case.line}", rule, case) for rule in RULES for case in pages.cases(rule)]


class Judged(NamedTuple):
    """The input errors of a document, and the verdict words of each request, by rule."""

    faults: list[str]
    words: list[dict[str, Outcome]]


def judged(document: Data, *, strict: bool) -> Judged:
    read = read_preflight(parse("less.snaplint.json", json.dumps(document, default=str).encode()), Files())
    preflights, faults = parted(read)
    results = [each for preflight in preflights for each in check_preflight(preflight, RULES, strict=strict)]
    words = [{verdict.rule.id: verdict.verdict for verdict in result.verdicts} for result in results]
    return Judged([fault.message for fault in faults], words)


def violations(document: Data) -> Iterator[str]:
    """Yield what is surer with one fact less, or under `--strict`; input errors are not compared."""
    before = {strict: judged(document, strict=strict) for strict in (False, True)}
    for one, other in zip(before[False].words, before[True].words, strict=True):
        yield from (f"{rule} {change}, strict" for rule, change in surer(one, other).items())
    for strict, (faults, words) in before.items():
        for what, poorer in less(document, strict=strict):
            after = judged(poorer, strict=strict)
            if after.faults != faults:
                continue
            for one, other in zip(words, after.words, strict=True):
                for rule, change in surer(one, other, what).items():
                    yield f"{rule} {change}, {what}, strict={strict}"


def data_of(rule: Any, case: Any) -> Data:
    document = parse("case.snaplint.yaml", pages._completed(rule, case.text).encode())
    data: Data = document.data
    return data


@pytest.mark.parametrize(("name", "rule", "case"), CASES, ids=[name for name, *_ in CASES])
def test_case_of_a_page_with_one_fact_less(name: str, rule: Any, case: Any) -> None:
    assert list(violations(data_of(rule, case))) == []


# -- mixed facts
# ------------------------------------------------------------------------------------------------------------------

SECTIONS = {"buckets": BUCKET, "snapshots": SOURCE}


def _facts() -> dict[tuple[str, str], list[Any]]:
    """Return the values of each fact on the pages, by section and name."""
    found: dict[tuple[str, str], list[Any]] = {}
    for _, rule, case in CASES:
        for section, value in data_of(rule, case).items():
            inner = value.values() if section in SECTIONS and isinstance(value, dict) else [value]
            for each in inner if section in (*SECTIONS, "caller", "organization") else ():
                for name, fact in each.items() if isinstance(each, dict) else ():
                    if name not in ("unknown", "Snapshots", "Snapshot", "ARN", "SnapshotName"):
                        found.setdefault((section, name), []).append(fact)
            if section in ("account_public_access_block", "region_opt_status"):
                found.setdefault((section, ""), []).append(value)
    return found


FACTS = _facts()


def mixed(seed: int) -> Data:
    """Return the base case with some facts of the pages in place of its own."""
    rng = Random(seed)
    document = copy.deepcopy(good())
    for _ in range(rng.randint(1, 6)):
        section, name = rng.choice(sorted(FACTS))
        value = copy.deepcopy(rng.choice(FACTS[section, name]))
        if not name:
            document[section] = value
            continue
        if document.get(section) is None:
            document[section] = {}
        holder = document[section]
        (holder[SECTIONS[section]] if section in SECTIONS else holder)[name] = value
    return document


def test_mixed_facts_with_one_fact_less() -> None:
    for seed in range(ROUNDS):
        assert list(violations(mixed(seed))) == [], f"seed {seed}"


def test_mixed_facts_with_two_facts_less() -> None:
    for seed in range(ROUNDS):
        rng = Random(seed)
        document = mixed(seed)
        first, one = rng.choice(list(less(document)))
        second, two = rng.choice(list(less(one)))
        before, after = judged(document, strict=False), judged(two, strict=False)
        if before.faults == after.faults:
            what = min(first, second, key=lambda each: not each.startswith("without") and ".region" not in each)
            changes = [surer(*words, what) for words in zip(before.words, after.words, strict=True)]
            assert changes == [{} for _ in changes], f"seed {seed}: {first}, {second}"


# -- the relation itself
# ------------------------------------------------------------------------------------------------------------------


SAYS_WHY = ("policy-malformed", "object-lock-default-retention")
"""The rules that are undetermined, and not without a subject, if the input gives the reason why a fact is missing."""


def test_a_fact_that_is_declared_unknown_is_as_good_as_one_that_is_omitted() -> None:
    poorer = dict(less({**good(), "region_opt_status": "ENABLED_BY_DEFAULT"}))
    pairs = [(name, f"{name.removeprefix('without ')}: unknown") for name in poorer if name.startswith("without ")]
    compared: set[str] = set()
    for omitted, unknown in pairs:
        one, other = judged(poorer[omitted], strict=False), judged(poorer.get(unknown, {}), strict=False)
        if not one.faults and not other.faults:
            compared.add(omitted)
            for words in (*one.words, *other.words):
                for rule in SAYS_WHY:
                    words.pop(rule)
            assert one.words == other.words, omitted
    assert compared >= {f"without buckets.{BUCKET}.{fact}" for fact in ("region", "policy", "acl", "ownership", "keys")}


def test_a_surer_verdict_is_found() -> None:
    before = {"a": "fails", "b": "cannot-tell", "c": "passes", "d": "not-applicable", "e": "passes"}
    assert surer(before, dict.fromkeys(before, "cannot-tell")) == {}
    assert surer(before, before) == {}
    assert surer(before, dict.fromkeys(before, "passes")) == {
        "a": "fails -> passes",
        "b": "cannot-tell -> passes",
        "d": "not-applicable -> passes",
    }
    assert set(surer(before, dict.fromkeys(before, "fails"))) == {"b", "c", "d", "e"}


def test_facts_are_left_out_and_made_unknown() -> None:
    document = good()
    poorer = dict(less(document))
    assert poorer[f"without buckets.{BUCKET}.region"] == without(document, ("buckets", BUCKET, "region"))
    assert poorer["caller.policies.0: unknown"]["caller"]["policies"] == [{"unknown": "it could not be read"}]
    assert poorer[f"buckets.{BUCKET}.keys: truncated"]["buckets"][BUCKET]["keys"]["IsTruncated"] is True
    assert "without caller.boundary" not in poorer
    assert "without caller.boundary" in dict(less(document, strict=True))
    assert document == good()

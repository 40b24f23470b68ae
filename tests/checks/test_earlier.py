"""Requests of one run against each other: as a slow evaluator compares every pair of them, and what that costs."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.world import RULES

from snaplint.base.source import parted
from snaplint.base.unknown import Unknown
from snaplint.checks.earlier import Earlier, _Name
from snaplint.lint.linter import check_preflight
from snaplint.operations.partitions import partition
from snaplint.operations.proposed import ProposedRequest
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.facts import Facts
    from snaplint.findings.verdict import Verdict
    from snaplint.read.preflight import Preflight

KEY, NAME = "object-key-exists", "snapshot-name-exists"
TWO = [rule for rule in RULES if rule.id in (KEY, NAME)]


class File(NamedTuple):
    """A preflight file: None for an unknown account or Region."""

    account: str | None
    region: str | None
    requests: list[dict[str, str]]

    def preflight(self) -> Preflight:
        stated = {"account": self.account, "region": self.region}
        data: dict[str, Any] = {
            "version": 1,
            **{name: fact for name, fact in stated.items() if fact is not None},
            "requests": self.requests,
            # nothing exists yet, so that only the requests can collide
            "buckets": {name: {"keys": []} for name in ("one", "two")},
            "snapshots": {"x": None, "y": None, "z": {"NumNodeGroups": 1}},
        }
        document = parse("f.json", json.dumps(data).encode())
        # in this form, the account and the Region may be left out
        (found,), faults = parted(read_preflight(document, Files(), form="python"))
        assert faults == []
        return found


def run(*files: File) -> Iterator[Verdict]:
    """Yield the verdict of every request of the files: of the rule that applies to it."""
    earlier = Earlier()
    for file in files:
        for result in check_preflight(file.preflight(), TWO, earlier=earlier):
            (verdict,) = (each for each in result.verdicts if each.verdict != "not-applicable")
            yield verdict


# -- a slow evaluator


def same(one: str | None, two: str | None, *, one_file: bool) -> bool | None:
    """Return whether two facts are the same, None if that is not known."""
    if one_file:
        return True
    return None if one is None or two is None else one == two


def naive(later: tuple[int, File, dict[str, str]], earlier: tuple[int, File, dict[str, str]]) -> str:
    """Return what one earlier request does to a later one."""
    (number, file, request), (other_number, other_file, other) = later, earlier
    if ("TargetBucket" in request) != ("TargetBucket" in other) or request.get("TargetBucket") != other.get(
        "TargetBucket"
    ):
        return "passes"
    name, other_name = request["TargetSnapshotName"], other["TargetSnapshotName"]
    if name.lower() != other_name.lower():
        return "passes"
    one_file = number == other_number
    region = same(file.region, other_file.region, one_file=one_file)
    if "TargetBucket" in request:
        if region is False and partition(str(file.region)) == partition(str(other_file.region)):
            region = True  # a bucket's name is unique in the partition
        known = region if name == other_name else (None if region is not False else False)
    else:
        account = same(file.account, other_file.account, one_file=one_file)
        known = False if False in (region, account) else (None if None in (region, account) else True)
    return {True: "fails", False: "passes", None: "cannot-tell"}[known]


def expected(files: Sequence[File]) -> Iterator[str]:
    every = [(number, file, request) for number, file in enumerate(files) for request in file.requests]
    for index, later in enumerate(every):
        found = {naive(later, earlier) for earlier in every[:index]}
        request = later[2]
        own = "TargetBucket" not in request and request["SourceSnapshotName"] == request["TargetSnapshotName"].lower()
        yield "fails" if own or "fails" in found else "cannot-tell" if "cannot-tell" in found else "passes"


REQUESTS = st.fixed_dictionaries(
    {"SourceSnapshotName": st.just("z"), "TargetSnapshotName": st.sampled_from(["x", "X", "y", "Y"])},
    optional={"TargetBucket": st.sampled_from(["one", "two"])},
)
FILES = st.builds(
    File,
    st.sampled_from([None, "111122223333", "444455556666"]),
    st.sampled_from([None, "us-east-1", "eu-west-1", "cn-north-1"]),
    st.lists(REQUESTS, min_size=1, max_size=4),
)


@given(st.lists(FILES, min_size=1, max_size=4))
def test_every_request_is_compared_with_all_before_it(files: list[File]) -> None:
    assert [verdict.verdict for verdict in run(*files)] == list(expected(files))


# -- what a pair says


def export(target: str = "x", bucket: str = "one", source: str = "z") -> dict[str, str]:
    return {"SourceSnapshotName": source, "TargetSnapshotName": target, "TargetBucket": bucket}


HERE = ("111122223333", "us-east-1")


def test_first_of_several_is_blamed() -> None:
    *_, third = run(File(*HERE, [export(), export(), export()]))
    (blame,) = third.because
    assert (blame.route, blame.layer, blame.source) == (("requests", 0), "request", None)
    assert blame.text == "exports to `x-0001.rdb` in bucket `one`, if it succeeds"
    assert third.predicts == "The S3 bucket one already contains an object with key x-0001.rdb."


@pytest.mark.parametrize(
    ("sources", "certainty"), [("zz", "documented"), ("zw", "inferred"), ("wz", "inferred"), ("ww", "inferred")]
)
def test_unknown_number_of_shards_is_an_inference(sources: str, certainty: str) -> None:
    _, second = run(File(*HERE, [export(source=source) for source in sources]))
    assert (second.verdict, second.certainty) == ("fails", certainty)


def test_request_that_is_certain_to_write_the_key_is_blamed_before_one_that_may() -> None:
    data = {
        "version": 1,
        "account": HERE[0],
        "region": HERE[1],
        "requests": [export(source="resharded"), export(), export()],
        "buckets": {"one": {"keys": []}},
        "snapshots": {"resharded": {"NodeSnapshots": [{"NodeGroupId": "0002"}]}, "z": {"NumNodeGroups": 1}},
    }
    (preflight,), faults = parted(read_preflight(parse("f.json", json.dumps(data).encode()), Files()))
    assert faults == []
    verdicts = [
        next(verdict for verdict in result.verdicts if verdict.rule.id == KEY)
        for result in check_preflight(preflight, TWO)
    ]
    assert [verdict.verdict for verdict in verdicts] == ["passes", "cannot-tell", "fails"]
    assert [blame.route for blame in verdicts[2].because] == [("requests", 1)]


WRONG_BUCKETS: dict[str, Any] = {
    "missing": None,
    "in another Region": {"region": "eu-west-1"},
    "of another account": {"account": "444455556666"},
    "not ours": {"account": {"other_than": HERE[0]}},
}


@pytest.mark.parametrize("bucket", WRONG_BUCKETS.values(), ids=WRONG_BUCKETS)
def test_export_that_its_own_file_refutes_counts_in_that_file_only(bucket: object) -> None:
    def preflight(bucket: object) -> Preflight:
        requests = [export("x", "three"), export("x", "three")]
        data = {"version": 1, "account": HERE[0], "region": HERE[1], "requests": requests, "buckets": {"three": bucket}}
        (found,), faults = parted(read_preflight(parse("g.json", json.dumps(data).encode()), Files()))
        assert faults == []
        return found

    earlier = Earlier()
    first, second = (
        next(verdict for verdict in result.verdicts if verdict.rule.id == KEY)
        for result in check_preflight(preflight(bucket), TWO, earlier=earlier)
    )
    assert first.verdict in ("cannot-tell", "not-applicable")
    assert second.verdict == ("not-applicable" if bucket is None else "fails")
    third, fourth = (
        next(verdict for verdict in result.verdicts if verdict.rule.id == KEY)
        for result in check_preflight(preflight({"keys": []}), TWO, earlier=earlier)
    )
    assert (third.verdict, fourth.verdict) == ("passes", "fails")


@pytest.mark.parametrize("members", [{}, {"TargetSnapshotName": ""}, {"TargetSnapshotName": 7}, {"TargetBucket": 7}])
def test_malformed_requests_do_not_collide(members: dict[str, object]) -> None:
    request: dict[str, Any] = {**members}
    for result in check_preflight(File(*HERE, [request, request]).preflight(), TWO):
        assert "fails" not in {verdict.verdict for verdict in result.verdicts}


def test_snapshot_that_an_earlier_request_creates_is_not_missing() -> None:
    rules = [rule for rule in RULES if rule.id == "snapshot-does-not-exist"]
    copy = {"SourceSnapshotName": "z", "TargetSnapshotName": "X"}
    for requests, word in (([copy, export("new", source="x")], "cannot-tell"), ([export("new", source="x")], "fails")):
        *_, last = check_preflight(File(*HERE, requests).preflight(), rules)
        assert [verdict.verdict for verdict in last.verdicts] == [word]


# -- what it costs


def facts() -> Facts:
    return File(*HERE, [export()]).preflight().facts


def add(earlier: Earlier, numbers: range) -> None:
    none = Unknown("not known")
    for number in numbers:
        request = ProposedRequest(export(f"{'long-' * 180}{number}"), ("requests", number))
        assert earlier.writes_the_same(request) is None
        earlier.add(request, none)


def test_memory_grows_by_some_bytes_a_request_however_long_the_names_are() -> None:
    many = 20_000
    earlier = Earlier()
    earlier.begin(facts(), File(*HERE, [export()]).preflight().source)
    add(earlier, range(many))
    tracemalloc.start()
    try:
        add(earlier, range(many, 3 * many))
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown / (2 * many) < 250


def test_number_of_lookups_of_a_request_does_not_grow_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    hashed = _Name.hashed

    def counting(self: _Name, scope: tuple[str | None, ...]) -> int:
        nonlocal calls
        calls += 1
        return hashed(self, scope)

    monkeypatch.setattr(_Name, "hashed", counting)
    earlier, file = Earlier(), File(*HERE, [export()])
    counts = []
    for number in range(300):
        earlier.begin(file._replace(account=f"{number:012}").preflight().facts, file.preflight().source)
        calls = 0
        request = ProposedRequest({"SourceSnapshotName": "z", "TargetSnapshotName": "x"}, ("requests", 0))
        assert earlier.creates(request, "target") is None
        earlier.add(request, Unknown("not known"))
        counts.append(calls)
    assert max(counts[1:]) == counts[1]

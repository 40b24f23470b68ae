"""Requests that are checked together have the verdicts that each has by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.world import BUCKET, RULES, good

from snaplint.checks import CHECKS
from snaplint.checks.registry import READS
from snaplint.findings.verdict import PASSES, Verdict
from snaplint.lint.checker import RequestChecker
from snaplint.lint.kept import ROLES, KeptVerdicts, SameName
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

if TYPE_CHECKING:
    from snaplint.read.preflight import Preflight

NAMES = (
    BUCKET,
    "other",
    "missing",
    "b",
    "acme-111122223333-us-east-1-an",
    "Not_A_Name",
    "s3://b/",
    "",
    None,
    5,
)
SNAPSHOTS = ("nightly", "gone", "strange", "", None, ["x"])
"""What requests name: things of which all, something, or nothing is known, and what is no name."""


def world(data: dict[str, Any]) -> Preflight:
    import json

    document = parse("a.snaplint.json", json.dumps(data).encode())
    (preflight,) = [
        each for each in read_preflight(document, Files(allow_outside=True)) if not hasattr(each, "message")
    ]
    return preflight


def varied(draw: st.DrawFn) -> dict[str, Any]:
    """Return a preflight file with several requests, and with some of the facts of a good one changed or missing."""
    data = good()
    (bucket,) = data["buckets"].values()
    (snapshot,) = data["snapshots"].values()
    for fact in draw(st.lists(st.sampled_from(sorted(bucket)), max_size=3, unique=True)):
        del bucket[fact]
    if draw(st.booleans()):
        bucket["region"] = draw(st.sampled_from(["eu-west-1", "us-east-1"]))
    data["buckets"] |= {"other": {"region": "eu-west-1", "policy": None}, "missing": None}
    data["snapshots"] |= {
        "nightly": draw(
            st.sampled_from([snapshot, snapshot | {"Engine": "memcached"}, {"SnapshotStatus": "creating"}])
        ),
        "gone": None,
    }
    request = st.fixed_dictionaries(
        {},
        optional={
            "SourceSnapshotName": st.sampled_from(SNAPSHOTS),
            "TargetSnapshotName": st.sampled_from(["run", "run-2", "Run", "", None]),
            "TargetBucket": st.sampled_from(NAMES),
            "Tags": st.just([{"Key": "team", "Value": "data"}]),
            "KmsKeyId": st.just("alias/k"),
        },
    )
    data["requests"] = draw(st.lists(request, min_size=2, max_size=8))
    return data


@given(st.composite(varied)(), st.booleans())
def test_one_checker_for_all_requests_gives_what_one_for_each_gives(data: dict[str, Any], strict: bool) -> None:
    preflight = world(data)
    shared = RequestChecker(preflight.facts, preflight.caller, RULES, strict=strict)
    for request in (*preflight.requests, *preflight.requests):
        alone = RequestChecker(preflight.facts, preflight.caller, RULES, strict=strict)
        assert shared.check(request) == alone.check(request)


def test_a_verdict_that_is_kept_has_the_route_of_its_own_request() -> None:
    data = good()
    data["requests"] = [*data["requests"], {**data["requests"][0], "TargetSnapshotName": "second"}]
    preflight = world(data)
    checker = RequestChecker(preflight.facts, preflight.caller, RULES)
    first, second = ({each.rule.id: each for each in checker.check(one)} for one in preflight.requests)
    for rule in ("bucket-outside-region", "bucket-does-not-exist"):
        assert (first[rule].verdict, second[rule].verdict) == (PASSES, PASSES)
        assert first[rule].route == ("requests", 0, "TargetBucket")
        assert second[rule].route == ("requests", 1, "TargetBucket")


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_reads_a_member_that_verdicts_are_kept_for(name: str) -> None:
    assert READS[CHECKS[name].run] in ("", *ROLES)


def test_verdicts_are_kept_for_so_many_names_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    from snaplint.lint import kept

    monkeypatch.setattr(kept, "_MOST", 4)
    data = good()
    data["requests"] = [{**data["requests"][0], "TargetBucket": f"bucket-{number}"} for number in range(20)]
    preflight = world(data)
    made: list[SameName] = []
    plain = SameName.__init__

    def counted(self: SameName, role: str) -> None:
        made.append(self)
        plain(self, role)

    monkeypatch.setattr(SameName, "__init__", counted)
    checker = RequestChecker(preflight.facts, preflight.caller, RULES)
    results = [checker.check(request) for request in preflight.requests]
    assert all(type(verdict) is Verdict for verdicts in results for verdict in verdicts)
    assert len(made) > 20  # some were dropped and made again
    store = checker._kept
    assert isinstance(store, KeptVerdicts)
    assert len(store._by_name) <= 4

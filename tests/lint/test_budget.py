"""A file of which too much is unknown is cut short: the work is counted, and what was not tried is undetermined.

The tests count steps and use no clock.
"""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from snaplint.checks.export import access
from snaplint.findings.result import Result
from snaplint.iam import Outcome, Simulator
from snaplint.iam.decision import budget, explored
from snaplint.iam.decision.budget import STEPS, STEPS_OF_A_REQUEST, Budget, TooMuch
from snaplint.lint.linter import check_paths
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from pathlib import Path

_HEADERS = (
    "acl",
    "server-side-encryption",
    "storage-class",
    "grant-read",
    "grant-write",
    "grant-read-acp",
    "content-sha256",
)
KEYS = [
    *(f"s3:x-amz-{name}" for name in _HEADERS),
    "s3:signatureversion",
    "s3:TlsVersion",
    "s3:authType",
    "aws:UserAgent",
]
"""Keys of the export's requests of which nothing is known."""
WRITER = "us-east-1.elasticache-snapshot.amazonaws.com"
ACCOUNT = "111122223333"
PUT: dict[str, Any] = {
    "principal": f"arn:aws:iam::{ACCOUNT}:user/ann",
    "action": "s3:PutObject",
    "resource": "arn:aws:s3:::b/k",
    "resource_account": ACCOUNT,
}
STOPPED = "snaplint reached its limit before it tried all combinations"


def pairs(count: int, resource: object = "*", **more: Any) -> list[dict[str, Any]]:
    """Return a denial for each pair of the first keys."""
    return [
        {"Effect": "Deny", "Action": "*", "Resource": resource, "Condition": {"StringLike": {a: "x*", b: "*y"}}, **more}
        for a, b in combinations(KEYS[:count], 2)
    ]


def policy(*denies: dict[str, Any], **more: Any) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [allow, *denies]}


def hard(bucket: str, count: int = 8) -> dict[str, Any]:
    """Return the facts of a bucket whose policy denies by pairs of keys that nothing is known of."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    allow = {"Effect": "Allow", "Principal": {"Service": WRITER}, "Action": "s3:*", "Resource": resources}
    denies = pairs(count, resources, Principal="*")
    document = {"Version": "2012-10-17", "Statement": [allow, *denies]}
    return {"region": "us-east-1", "account": ACCOUNT, "policy": document, "ownership": "BucketOwnerEnforced"}


def preflight(*targets: tuple[str, str], count: int = 8) -> dict[str, Any]:
    """Return a preflight file with a request for each bucket and name."""
    return {
        "version": 1,
        "account": ACCOUNT,
        "region": "us-east-1",
        "snapshots": {"s": {"SnapshotStatus": "available", "Engine": "redis", "NumNodeGroups": 3}},
        "buckets": {bucket: hard(bucket, count) for bucket, _ in targets},
        "requests": [
            {"SourceSnapshotName": "s", "TargetSnapshotName": name, "TargetBucket": bucket} for bucket, name in targets
        ],
    }


def results(folder: Path, **files: dict[str, Any]) -> dict[str, list[Result]]:
    """Check the files in the order given, and return the results of each."""
    paths = []
    for name, data in files.items():
        paths.append(folder / f"{name}.snaplint.json")
        paths[-1].write_text(json.dumps(data))
    found: dict[str, list[Result]] = {name: [] for name in files}
    for each in check_paths(list(map(str, paths)), builtin_rules()):
        if isinstance(each, Result):
            assert each.source is not None
            place = each.source.place(each.route)
            assert place is not None
            found[place.path.rpartition("/")[2].partition(".")[0]].append(each)
    return found


def verdicts(result: Result, rule: str = "service-lacks-write") -> tuple[str, str]:
    found = next(each for each in result.verdicts if each.rule.id == rule)
    return found.verdict, found.message


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the steps that are spent."""
    spent: list[int] = []
    plain = Budget.spend

    def spend(self: Budget, count: int) -> None:
        spent.append(count)
        plain(self, count)

    monkeypatch.setattr(Budget, "spend", spend)
    return spent


def test_a_request_adds_steps_up_to_those_of_a_file() -> None:
    left = Budget(STEPS)
    left.begin_request()
    assert left.left == STEPS
    with pytest.raises(TooMuch):
        left.spend(STEPS + 1)
    assert left.left == 0
    left.begin_request()
    assert left.left == STEPS_OF_A_REQUEST


def test_what_the_budget_does_not_reach_depends_on_all_of_it_and_says_so() -> None:
    exact = Simulator(identity_policies=[policy(*pairs(6))]).decide(**PUT, unknown=KEYS)
    assert (exact.decision, exact.depends_on, exact.cut_short) == (Outcome.Depends, tuple(sorted(KEYS[:6])), False)
    assert "cut_short" not in exact.as_json()
    for steps_left in range(0, 2000, 50):
        simulator = Simulator(identity_policies=[policy(*pairs(6))], budget=Budget(steps_left))
        cut = simulator.decide(**PUT, unknown=KEYS)
        assert (cut.decision, cut.depends_on) == (Outcome.Depends, exact.depends_on)
        assert cut.as_json().get("cut_short", False) is cut.cut_short
    assert Simulator(identity_policies=[policy(*pairs(6))], budget=Budget(0)).decide(**PUT, unknown=KEYS).cut_short


def steps_of(steps: list[int], operator: str, values: list[str]) -> int:
    """Return the steps of a request with denials that compare three keys with these values."""
    conditions = [{operator: {key: values}} for key in KEYS[:3]]
    denials = [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": each} for each in conditions]
    steps.clear()
    decision = Simulator(identity_policies=[policy(*denials)]).decide(**PUT, unknown=KEYS)
    assert (decision.depends_on, decision.cut_short) == (tuple(sorted(KEYS[:3])), False)
    return sum(steps)


@pytest.mark.parametrize(("operator", "form"), [("StringLike", "v-{}-*-w"), ("ArnLike", "arn:aws:iam::*:role/v-{}-*")])
def test_a_comparison_with_many_patterns_is_many_steps(steps: list[int], operator: str, form: str) -> None:
    few, many = (steps_of(steps, operator, [form.format(number) for number in range(count)]) for count in (40, 160))
    # Each pattern is one more kind of value, and each kind is compared with each pattern.
    assert many > 8 * few


@pytest.mark.parametrize(
    ("operator", "form", "most"),
    [
        ("StringLike", "v-{}-*", 8),
        ("StringEquals", "v-{}", 8),
        ("NumericLessThan", "{}", 2),
        ("DateGreaterThanEquals", "17{}", 2),
    ],
)
def test_what_is_looked_up_is_one_step(steps: list[int], operator: str, form: str, most: int) -> None:
    few, many = (steps_of(steps, operator, [form.format(number) for number in range(count)]) for count in (40, 160))
    assert 0 < many < most * few


def test_simulators_that_share_a_budget_take_from_the_same_steps() -> None:
    shared = Budget(3000)
    cut = [
        Simulator(identity_policies=[policy(*pairs(8))], budget=shared).decide(**PUT, unknown=KEYS).cut_short
        for _ in range(10)
    ]
    assert cut == sorted(cut)  # first those that were tried, then those that were not
    assert (cut[0], cut[-1]) == (False, True)


def test_without_a_budget_each_request_is_limited_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explored, "STEPS", 200)
    # The keys of an object decide which of the denials can match.
    denials = [*pairs(8, "arn:aws:s3:::b/hard*"), *pairs(3, "arn:aws:s3:::b/easy*")]
    for names in (("hard", "easy", "hard-too", "easy-too"), ("easy-too", "hard-too", "easy", "hard")):
        simulator = Simulator(identity_policies=[policy(*denials)])
        for name in names:
            decided = simulator.decide(**{**PUT, "resource": f"arn:aws:s3:::b/{name}"}, unknown=KEYS)
            assert (decided.decision, decided.cut_short) == (Outcome.Depends, name.startswith("hard")), names


def test_a_file_is_cut_short_and_the_next_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "STEPS", 3000)
    monkeypatch.setattr(budget, "STEPS_OF_A_REQUEST", 0)
    many = preflight(*[(f"bucket-{number}", "run") for number in range(20)])
    few = preflight(("bucket-0", "other"))
    for files in ({"many": many, "few": few}, {"few": few, "many": many}):
        found = results(tmp_path, **files)
        first, *_, last = found["many"]
        assert verdicts(first)[0] == verdicts(last)[0] == "cannot-tell"
        assert STOPPED not in verdicts(first)[1]
        assert STOPPED in verdicts(last)[1]
        assert STOPPED not in verdicts(found["few"][0])[1]


def test_the_limit_of_one_request_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from snaplint.iam.decision import choices

    monkeypatch.setattr(choices, "MOST_CHOICES", 3)
    (result,) = results(tmp_path, one=preflight(("bucket-0", "run")))["one"]
    assert verdicts(result)[0] == "cannot-tell"
    assert STOPPED in verdicts(result)[1]


@pytest.mark.parametrize("count", [7, 8, 11])
def test_names_and_numbers_that_meet_the_same_statements_are_tried_once(
    tmp_path: Path, steps: list[int], count: int
) -> None:
    results(tmp_path, one=preflight(("bucket-0", "run"), count=count))
    for_one = sum(steps)
    steps.clear()
    results(tmp_path, many=preflight(*[("bucket-0", f"run-{number}") for number in range(40)], count=count))
    assert 0 < sum(steps) == for_one


def test_work_grows_with_the_number_of_buckets_and_not_faster(tmp_path: Path, steps: list[int]) -> None:
    taken = []
    for number in (4, 8):
        steps.clear()
        results(tmp_path, many=preflight(*[(f"bucket-{each}", f"run-{each}") for each in range(number)]))
        taken.append(sum(steps))
    assert taken[1] == 2 * taken[0]

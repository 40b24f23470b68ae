"""Warnings and infos about states in which AWS does not document what becomes of the call."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks.world import Data, changed, good, judged, plain_copy, with_bucket, words

from snaplint import Checker
from snaplint.checks.export import backups as backups_module

LOCK, OUTPOST, QUOTA = "object-lock-default-retention", "outposts-snapshot", "snapshot-quota"
RETENTION = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}


def backups(times: list[Any], source: str = "manual", **fields: Any) -> Data:
    """Return a plain copy of the first of several backups of one cluster, created at these times."""
    data = plain_copy(SourceSnapshotName="backup-0")
    data["snapshots"] = {
        f"backup-{number}": {
            "CacheClusterId": "orders-001",
            "SnapshotSource": source,
            "NodeSnapshots": [{"SnapshotCreateTime": time}],
            **fields,
        }
        for number, time in enumerate(times)
    }
    return data


HOURLY = [f"2026-11-29T{hour:02d}:00:00Z" for hour in range(20)]


def test_facts_that_are_not_provided_leave_nothing_open_even_under_strict() -> None:
    found = words(good(), strict=True)
    assert (found[LOCK], found[OUTPOST], found[QUOTA]) == ("not-applicable",) * 3


@pytest.mark.parametrize("lock", [RETENTION, {"ObjectLockConfiguration": RETENTION}], ids=["alone", "printed"])
def test_a_default_retention_is_a_warning(lock: Data) -> None:
    found = judged(with_bucket(object_lock=lock))[LOCK]
    assert (found.verdict, found.severity, found.certainty) == ("fails", "warning", "inferred")
    assert "locks every new object for 1 day (GOVERNANCE)" in found.message


@pytest.mark.parametrize("lock", [None, {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}])
def test_without_a_default_retention_nothing_is_said(lock: Data | None) -> None:
    assert words(with_bucket(object_lock=lock))[LOCK] == "passes"


def test_a_refused_read_is_undetermined_and_accepted_by_a_strict_gate() -> None:
    found = judged(with_bucket(object_lock={"unknown": "AccessDenied"}), strict=True)[LOCK]
    assert (found.verdict, found.severity, found.certainty) == ("cannot-tell", "warning", "inferred")


def test_a_snapshot_of_an_outpost_is_a_warning() -> None:
    data = changed(good())
    (item,) = data["snapshots"].values()
    item["PreferredOutpostArn"] = "arn:aws:outposts:us-east-1:111122223333:outpost/op-1"
    found = judged(data)[OUTPOST]
    assert (found.verdict, found.severity, found.certainty) == ("fails", "warning", "inferred")


@pytest.mark.parametrize(
    "times",
    [
        HOURLY,
        [float(3600 * hour) for hour in range(20)],
        [*HOURLY[:-1], "2026-11-30T00:00:00+00:00"],
        ["2026-10-01T00:00:00Z", *HOURLY],
    ],
    ids=["iso", "seconds", "a day to the second", "an older one"],
)
def test_twenty_manual_backups_of_a_day_are_an_info(times: list[Any]) -> None:
    found = judged(backups(times))[QUOTA]
    assert (found.verdict, found.severity, found.certainty) == ("fails", "info", "inferred")
    assert found.code == "SnapshotQuotaExceededFault"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (backups([*HOURLY[1:], "2026-11-30T01:00:01Z"]), "passes"),
        (backups(HOURLY[:-1]), "not-applicable"),
        (backups(HOURLY, "automated"), "not-applicable"),
        (backups([*HOURLY[:-1], "yesterday"]), "not-applicable"),
        (backups(HOURLY, CacheClusterId=None), "not-applicable"),
    ],
    ids=["more than a day", "nineteen", "automatic", "no time", "no cluster"],
)
def test_anything_less_is_no_info(data: Data, word: str) -> None:
    assert words(data)[QUOTA] == word


def test_the_backups_are_looked_at_once_for_all_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file with thousands of copies and snapshots takes minutes."""
    looked_at: list[str] = []
    created = backups_module._created

    def noting(snapshot: Any, source: Any) -> float | None:
        looked_at.append(snapshot.name)
        return created(snapshot, source)

    monkeypatch.setattr(backups_module, "_created", noting)
    data = backups(HOURLY)
    (request,) = data["requests"]
    checker = Checker({name: data[name] for name in ("account", "region", "snapshots")})
    for name in ("backup-0", "backup-1", "backup-2"):
        report = checker.check({**request, "SourceSnapshotName": name})
        assert report.verdict(QUOTA).verdict == "fails"
    assert sorted(looked_at) == sorted(data["snapshots"])


def test_a_backup_whose_time_is_not_known_may_be_one_of_the_newest() -> None:
    data = backups(["2026-10-01T00:00:00Z", *HOURLY])
    assert words(data)[QUOTA] == "fails"
    for poorer in ({}, {"SnapshotCreateTime": None}):
        assert words(changed(data, **{"snapshots__backup-7__NodeSnapshots": [poorer]}))[QUOTA] == "not-applicable"

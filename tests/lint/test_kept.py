"""Requests that are checked together have the verdicts that each has by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.world import ACCOUNT, BUCKET, RULES, TARGET, allow, arns, changed, deny, good, policy

from snaplint.checks import CHECKS
from snaplint.checks.registry import READS
from snaplint.findings.verdict import FAILS, PASSES, Verdict
from snaplint.lint.checker import RequestChecker
from snaplint.lint.kept import READABLE, KeptVerdicts, SameName
from snaplint.operations.proposed import ProposedRequest
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


USUAL = ("run", "run-2", "Run", "daily-1", "daily-10", "b2", f"{ACCOUNT}-run")
TARGETS = (*USUAL, *USUAL, "", "x:y", "r/1", "*", "\ufffc", None)
SNAPSHOT_ARN = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:snapshot:"
KEYS = f"arn:aws:s3:::{BUCKET}/"
SOME_KEYS = tuple(
    KEYS + name
    for name in ("daily-?-*", "run-*", "Run-0001.rdb", "*-0002.rdb", "${aws:PrincipalAccount}*", "b1-*", "r*")
)
RESOURCES = (
    "*",
    "arn:aws:s3:::*",
    f"arn:aws:s3:::{BUCKET}*",
    f"{KEYS}*",
    f"arn:*:s3:::{BUCKET}/*",
    "arn:aws:s3:::e?ports/*",
    *SOME_KEYS,
    "arn:aws:s3:::*/r*",
    "not an ARN",
    "arn:aws:elasticache:*:*:*",
    "arn:aws:elasticache:*:*:snapshot:*",
    "arn:aws:elasticache:*:*:cluster:*",
    f"{SNAPSHOT_ARN}run*",
    f"{SNAPSHOT_ARN}nightly",
)
"""Resources of which some name all targets alike, and others do not."""
LISTS_OF_KEYS = st.lists(st.sampled_from(SOME_KEYS), min_size=1, max_size=3)
SOME_RESOURCES = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
ACTIONS = ("*", "s3:*", "s3:PutObject", "elasticache:*")


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Return a statement about resources that may tell targets apart."""
    element = draw(st.sampled_from(("Resource", "Resource", "NotResource")))
    made: dict[str, Any] = {
        "Effect": draw(st.sampled_from(("Allow", "Deny"))),
        "Action": draw(st.sampled_from(ACTIONS)),
        element: draw(SOME_RESOURCES),
    }
    if draw(st.integers(0, 3)) == 0:
        made["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": "data"}}
    return made


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


def of_one_bucket(draw: st.DrawFn) -> dict[str, Any]:
    """Return a preflight file whose requests differ in the target, with statements that may tell the targets apart."""
    data = good()
    more = draw(st.lists(statements(), min_size=1, max_size=2))
    place = draw(st.sampled_from(("bucket", "bucket", "bucket", "identity", "boundary", "session", "scps", "rcps")))
    if place == "identity":
        data["caller"]["policies"] = [policy(*data["caller"]["policies"][0]["Statement"], *more)]
        if draw(st.booleans()):
            data["caller"]["policies"][0]["Statement"][2]["Resource"] = [
                *arns()[:1],
                *draw(LISTS_OF_KEYS),
            ]
    elif place == "bucket":
        found = data["buckets"][BUCKET]["policy"]["Statement"]
        if draw(st.booleans()):
            found[0]["Resource"] = [*arns()[:1], *draw(LISTS_OF_KEYS)]
        else:
            found += [{**each, "Principal": "*"} for each in more]
    elif place in ("boundary", "session"):
        limit = policy(allow("*"), *more)
        data["caller"] |= {"boundary": limit} if place == "boundary" else {"session_policies": [limit]}
    else:
        data["organization"] = {"scps": [], "rcps": [], place: [[policy(allow("*"), *more)]]}
    if draw(st.booleans()):
        (snapshot,) = data["snapshots"].values()
        del snapshot["NumNodeGroups"]
    targets = draw(st.lists(st.sampled_from(TARGETS), min_size=3, max_size=8))
    more_members: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {}, {"KmsKeyId": "alias/k"}, {"TargetBucket": None}]
    )
    first = data["requests"][0]
    data["requests"] = [{**first, "TargetSnapshotName": each, **draw(more_members)} for each in targets]
    return data


@given(st.composite(varied)(), st.booleans())
def test_one_checker_for_all_requests_gives_what_one_for_each_gives(data: dict[str, Any], strict: bool) -> None:
    assert_alike(world(data), strict=strict)


@given(st.composite(of_one_bucket)(), st.booleans())
def test_one_checker_for_all_targets_gives_what_one_for_each_gives(data: dict[str, Any], strict: bool) -> None:
    assert_alike(world(data), strict=strict)


def assert_alike(preflight: Preflight, *, strict: bool) -> None:
    shared = RequestChecker(preflight.facts, preflight.caller, RULES, strict=strict)
    from_python = (ProposedRequest(request.members) for request in preflight.requests)
    for request in (*preflight.requests, *preflight.requests, *from_python):
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


def named(data: dict[str, Any], *targets: str) -> Preflight:
    """Return a preflight with a request for each target."""
    data["requests"] = [{**data["requests"][0], "TargetSnapshotName": target} for target in targets]
    return world(data)


@pytest.mark.parametrize(
    ("kind", "denied"),
    [
        ("bucket", {"Resource": f"{KEYS}{ACCOUNT}-*"}),
        ("caller", {"Resource": f"{KEYS}${{aws:PrincipalAccount}}-*"}),  # a service has no account
        ("bucket", {"Resource": f"arn:aws:s3:::*/{ACCOUNT}-0001.rdb"}),
        ("bucket", {"Resource": f"arn:*:s3:::{BUCKET}/{ACCOUNT}*"}),
        ("caller", {"Resource": [*(f"arn:aws:s3:::b{number}/*" for number in range(40)), f"{KEYS}{ACCOUNT}-*"]}),
        ("bucket", {"NotResource": [f"{KEYS}{name}-*" for name in "abcd"]}),
    ],
)
def test_targets_that_a_policy_tells_apart_have_verdicts_of_their_own(kind: str, denied: dict[str, Any]) -> None:
    data = good()
    statement = {"Effect": "Deny", "Action": "s3:PutObject", **denied}
    if kind == "caller":
        data["caller"]["policies"].append(policy(statement))
    else:
        data["buckets"][BUCKET]["policy"]["Statement"].append({**statement, "Principal": "*"})
    preflight = named(data, "a", "b", "c", ACCOUNT, "d", ACCOUNT)
    checker = RequestChecker(preflight.facts, preflight.caller, RULES)
    found = [{each.rule.id: each for each in checker.check(one)} for one in preflight.requests]
    for rule in ("caller-not-permitted", *(("service-lacks-write",) if kind == "bucket" else ())):
        assert [each[rule].verdict for each in found] == [PASSES, PASSES, PASSES, FAILS, PASSES, FAILS]


@pytest.mark.parametrize("route", [True, False])
def test_policies_are_not_asked_again_for_targets_that_no_policy_tells_apart(
    monkeypatch: pytest.MonkeyPatch, *, route: bool
) -> None:
    from snaplint.iam import Simulator

    preflight = named(good(), *(f"{TARGET}-{number}" for number in range(20)))
    requests = preflight.requests if route else [ProposedRequest(each.members) for each in preflight.requests]
    checker = RequestChecker(preflight.facts, preflight.caller, RULES)
    for request in requests[:2]:
        checker.check(request)
    monkeypatch.delattr(Simulator, "evaluate")
    for request in requests[2:]:
        assert not [each.rule.id for each in checker.check(request) if each.verdict not in ("passes", "not-applicable")]


@pytest.mark.parametrize(
    "fact",
    [
        {"requests__0__KmsKeyId": "alias/key"},
        {"requests__0__Tags": [{"Key": "team", "Value": "data"}]},
        {"requests__0__SourceSnapshotName": "other"},
    ],
)
def test_requests_that_differ_in_more_than_the_target_have_rights_of_their_own(fact: dict[str, Any]) -> None:
    (member,) = fact
    conditions = {"KmsKeyId": "elasticache:KmsKeyId", "Tags": "aws:RequestTag/team"}
    name = member.rpartition("__")[2]
    denied = (
        deny("elasticache:CopySnapshot", f"{SNAPSHOT_ARN}other")
        if name not in conditions
        else deny("elasticache:CopySnapshot", Condition={"Null": {conditions[name]: "false"}})
    )
    data = good()
    data["caller"]["policies"].append(policy(denied))
    plain, other = data["requests"][0], changed(data, **fact)["requests"][0]
    data["requests"] = [plain, plain, plain, other, plain]
    preflight = world(data)
    checker = RequestChecker(preflight.facts, preflight.caller, RULES)
    found = [{each.rule.id: each.verdict for each in checker.check(one)} for one in preflight.requests]
    assert [each["caller-not-permitted"] for each in found] == [PASSES, PASSES, PASSES, FAILS, PASSES]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_reads_a_member_that_verdicts_are_kept_for(name: str) -> None:
    assert READS[name] in ("", *READABLE)


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
    assert len(store._by_key) <= 4

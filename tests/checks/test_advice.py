"""What causes advise leaves no failure once it is followed, and one cause tells all that its verdicts need."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.test_repairs import NotInThisForm, checked, follow, policy_at, statements_of

from snaplint.findings.verdict import FAILS, PASSES
from snaplint.report.causes import Causes

if TYPE_CHECKING:
    from snaplint.findings.cause import Cause
    from snaplint.findings.result import Result

ACCOUNT, OTHER = "111122223333", "444455556666"
VERSION = "2012-10-17"
IDS = {
    "us-east-1": "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353",
    "us-gov-west-1": "40fa568277ad703bd160f66ae4f83fc9dfdfd06c2f1b5060ca22442ac3ef8be6",
}
SUFFIXES = {"cn-north-1": "amazonaws.com.cn"}
PARTITIONS = {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}
BUCKET_ACTIONS = ["s3:ListBucket", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListMultipartUploadParts"]
S3_ACTIONS = ["s3:PutObject", "s3:GetObject", *BUCKET_ACTIONS, "s3:List*", "s3:Get*", "s3:*"]


def one_or_more(values: list[str]) -> st.SearchStrategy[str | list[str]]:
    """Return some of the values, one of them perhaps outside of a list."""
    some = st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True)
    return st.one_of(st.sampled_from(values), some)


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """Return conditions of all kinds of operators, on keys that are in the requests, that are not, and unknown ones."""
    prefixes = st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"])
    strings = st.tuples(
        prefixes,
        st.sampled_from(
            ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringNotEqualsIgnoreCase"]
        ),
        st.sampled_from(["", "IfExists"]),
    ).map("".join)
    keys = st.sampled_from(
        ["aws:PrincipalServiceName", "aws:SourceAccount", "aws:SourceVpce", "aws:PrincipalAccount", "aws:CalledVia",
         "aws:PrincipalOrgID", "AWS:principalservicename", "aws:PrincipalServiceNamesList", "s3:x-amz-acl"]
    )  # fmt: skip
    values = one_or_more(
        ["elasticache.amazonaws.com", "us-east-1.elasticache-snapshot.amazonaws.com", ACCOUNT, "vpce-1", "o-1", "*"]
    )
    text = st.tuples(strings, st.dictionaries(keys, values, min_size=1, max_size=2))
    boolean = st.tuples(
        st.sampled_from(["Bool", "BoolIfExists"]),
        st.dictionaries(
            st.sampled_from(["aws:SecureTransport", "aws:PrincipalIsAWSService", "aws:ViaAWSService"]),
            st.sampled_from(["true", "false"]),
            min_size=1,
            max_size=2,
        ),
    )
    null = st.tuples(
        st.just("Null"),
        st.dictionaries(keys, st.sampled_from(["true", "false"]), min_size=1, max_size=1),
    )
    address = st.tuples(
        st.sampled_from(["NotIpAddress", "IpAddress", "NotIpAddressIfExists"]),
        st.just({"aws:SourceIp": ["10.0.0.0/8"]}),
    )
    return st.lists(st.one_of(text, text, boolean, null, address), max_size=2).map(dict)


@st.composite
def statements(draw: st.DrawFn, region: str, bucket: str, principal: str) -> dict[str, Any]:
    """Return a statement; `principal` says what it names: "bucket", "rcp", or "" in the policies of principals."""
    arn = f"arn:{PARTITIONS.get(region, 'aws')}:s3:::{bucket}"
    effect = draw(st.sampled_from(["Allow", "Deny"]))
    made: dict[str, Any] = {"Effect": "Deny" if principal == "rcp" else effect}
    if draw(st.booleans()):
        made["Sid"] = draw(st.sampled_from(["One", "Two", "Three"]))
    if principal == "rcp":
        made["Principal"] = "*"
    elif principal:
        right = f"{region}.elasticache-snapshot.{SUFFIXES.get(region, 'amazonaws.com')}"
        others = ["elasticache.amazonaws.com", "eu-west-1.elasticache-snapshot.amazonaws.com"]
        name = draw(st.sampled_from(["Principal"] * 5 + ["NotPrincipal"] * (made["Effect"] == "Deny")))
        made[name] = draw(
            st.one_of(
                st.just({"Service": right}),
                st.just({"Service": right}),
                st.sampled_from(["*", {"AWS": "*"}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"Service": others[0]}]),
                st.sampled_from([{"Service": others[1]}, {"Service": [others[0], right]}, {"Service": others}]),
                st.just({"Service": others[0], "AWS": f"arn:aws:iam::{ACCOUNT}:role/exporter"}),
                st.just({"CanonicalUser": IDS.get(region, IDS["us-east-1"])}),
            )
        )
    element = draw(st.sampled_from(["Action"] * 6 + ["NotAction"]))
    actions = [*S3_ACTIONS, *(() if principal == "bucket" else ("*", "elasticache:*", "elasticache:CopySnapshot"))]
    made[element] = draw(one_or_more(actions))
    resources = [arn, f"{arn}/*", f"{arn}/orders-*", f"{arn}*"]
    if principal != "bucket":
        resources = ["*", "*", *resources]
    made["Resource"] = draw(
        st.one_of(st.just([arn, f"{arn}/*"]) if principal != "rcp" else st.just("*"), one_or_more(resources))
    )
    condition = draw(st.one_of(st.just({}), conditions()))
    if condition:
        made["Condition"] = condition
    return made


@st.composite
def policies(draw: st.DrawFn, region: str, bucket: str, principal: str = "") -> dict[str, Any]:
    made = draw(st.lists(statements(region, bucket, principal), min_size=1, max_size=4))
    for index, statement in enumerate(made):
        if "Sid" in statement:
            statement["Sid"] += str(index)
    return {"Version": VERSION, "Statement": made[0] if len(made) == 1 and draw(st.booleans()) else made}


FULL = {"Version": VERSION, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Return a preflight file as data."""
    region = draw(st.sampled_from(["us-east-1", "us-east-1", "us-gov-west-1", "cn-north-1"]))
    bucket = draw(st.sampled_from(["acme-exports", "acme.exports.2026", "9-exports"]))
    partition = PARTITIONS.get(region, "aws")

    def mine() -> Any:
        return draw(st.one_of(st.just(FULL), policies(region, bucket)))

    account = draw(st.sampled_from([ACCOUNT] * 5 + [OTHER]))
    arn = draw(
        st.sampled_from(
            [
                f"arn:{partition}:iam::{ACCOUNT}:role/exporter",
                f"arn:{partition}:iam::{ACCOUNT}:user/exporter",
                f"arn:{partition}:sts::{ACCOUNT}:assumed-role/exporter/me",
            ]
        )
    )
    caller: dict[str, Any] = {"arn": arn, "policies": [mine()], "boundary": None, "session_policies": []}
    if draw(st.integers(0, 3)) == 0:
        caller["boundary"] = mine()
    if "assumed" in arn and draw(st.booleans()):
        caller["session_policies"] = [mine()]
    organization: dict[str, Any] | None = None
    if draw(st.booleans()):
        rcps = [
            {"Version": VERSION, "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
        ]
        if draw(st.booleans()):
            rcps.append(draw(policies(region, bucket, "rcp")))
        organization = {"scps": [[mine()]], "rcps": [rcps]}
    world: dict[str, Any] = {
        "version": 1,
        "account": ACCOUNT,
        "region": region,
        "requests": [
            {"SourceSnapshotName": "nightly", "TargetSnapshotName": target, "TargetBucket": bucket}
            for target in draw(st.sampled_from([["orders-1"], ["orders-1", "users-1"], ["users-1", "orders-1"]]))
        ],
        "caller": caller,
        "organization": organization,
        "snapshots": {
            "nightly": {"SnapshotStatus": "available", "Engine": "redis", "NumNodeGroups": 1, "KmsKeyId": None}
        },
        "buckets": {
            bucket: {
                "region": draw(st.sampled_from([region] * 6 + ["eu-west-1"])) if partition == "aws" else region,
                "account": account,
                "policy": draw(st.one_of(st.none(), *[policies(region, bucket, "bucket")] * 5)),
                "acl": None,
                "ownership": "BucketOwnerEnforced",
                "encryption": {"SSEAlgorithm": "AES256"},
                "public_access_block": draw(st.sampled_from([None, BLOCKED])),
                "keys": [],
            }
        },
    }
    if draw(st.integers(0, 2)) == 0:
        grantees = [*IDS.values(), "c" * 64]
        world["buckets"][bucket]["ownership"] = "ObjectWriter"
        world["buckets"][bucket]["acl"] = {
            "Owner": {"ID": "a" * 64},
            "Grants": [
                {"Grantee": {"Type": "CanonicalUser", "ID": to}, "Permission": permission}
                for to, permission in draw(
                    st.lists(
                        st.tuples(
                            st.sampled_from(grantees), st.sampled_from(["READ", "WRITE", "READ_ACP", "FULL_CONTROL"])
                        ),
                        max_size=4,
                    )
                )
            ],
        }
    return world


BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


def followed(data: Any, causes: tuple[Cause, ...]) -> bool:
    """Do what causes advise, and narrow each Deny that they say to narrow; return False if one says something else."""
    done = True
    for cause in causes:
        words = cause.repair.text if cause.repair else ""
        if words.startswith("narrow or remove the statement"):
            denies, index = statements_of(policy_at(data, cause.route[:-2])), cause.route[-1]
            assert isinstance(index, int)
            (bucket,) = data["buckets"]
            who = {key: value for key, value in denies[index].items() if key.endswith("Principal")}
            what = {
                "Action": "s3:DeleteBucket",
                "Resource": f"arn:{PARTITIONS.get(data['region'], 'aws')}:s3:::{bucket}",
            }
            denies[index] = {"Effect": "Deny", **who, **what}
        elif words.startswith("name a bucket"):
            return False  # what is wrong with another bucket is another question
        else:
            done = follow(data, cause) and done
    return done


def verdicts(result: Result) -> dict[str, Any]:
    return {each.rule.id: each for each in result.verdicts}


def check_advice(world: Any) -> int:
    """Follow the advice for every failure of a world; return for how many failures that was possible."""
    number = 0
    before = checked(world)
    for index, result in enumerate(before):
        old, tried = verdicts(result), {}
        for rule_id, verdict in old.items():
            if verdict.verdict != FAILS:
                continue
            if verdict.causes not in tried:
                mended = deepcopy(world)
                try:
                    tried[verdict.causes] = (
                        verdicts(checked(mended)[index]) if followed(mended, verdict.causes) else None
                    )
                except NotInThisForm:
                    tried[verdict.causes] = None
            new = tried[verdict.causes]
            if new is None:
                continue
            number += 1
            advice = "\n".join(str(cause.repair) for cause in verdict.causes)
            assert new[rule_id].verdict != FAILS, f"{new[rule_id].message}\nafter {advice}"
            worse = [each for each in new.values() if each.verdict == FAILS and old[each.rule.id].verdict == PASSES]
            assert not worse, f"{worse[0].message}\nafter {advice}"
    return number


def world_with(policy: Any, **caller: Any) -> dict[str, Any]:
    """Return an export by a caller who is allowed everything, to a bucket with this policy."""
    return {
        "version": 1,
        "account": ACCOUNT,
        "region": "us-east-1",
        "requests": [{"SourceSnapshotName": "nightly", "TargetSnapshotName": "a", "TargetBucket": "acme-exports"}],
        "caller": {
            "arn": f"arn:aws:iam::{ACCOUNT}:role/exporter",
            "policies": [FULL],
            "boundary": None,
            "session_policies": [],
            **caller,
        },
        "organization": None,
        "snapshots": {"nightly": {"SnapshotStatus": "available", "Engine": "redis", "NumNodeGroups": 1}},
        "buckets": {
            "acme-exports": {
                "region": "us-east-1",
                "account": ACCOUNT,
                "policy": policy,
                "acl": None,
                "ownership": "BucketOwnerEnforced",
                "keys": [],
            }
        },
    }


def test_a_boundary_that_denies_and_allows_nothing_lacks_the_allow_too() -> None:
    deny = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    world = world_with(None, boundary={"Version": VERSION, "Statement": [deny]})
    assert check_advice(world)
    causes = verdicts(checked(world)[0])["caller-not-permitted"].causes
    (missing,) = [cause for cause in causes if cause.repair and cause.repair.paste]
    assert "s3:PutObject" in missing.repair.paste


def test_two_statements_that_misname_the_service_are_both_causes() -> None:
    arn = "arn:aws:s3:::acme-exports"
    statements = [
        {"Effect": "Allow", "Principal": {"Service": "elasticache.amazonaws.com"}, "Action": action, "Resource": on}
        for action, on in (("s3:PutObject", f"{arn}/*"), ("s3:ListBucket", arn))
    ]
    world = world_with({"Version": VERSION, "Statement": statements})
    assert check_advice(world)
    found = verdicts(checked(world)[0])
    places = {rule: [cause.route[-1] for cause in found[rule].causes if cause.kind == "wrong-principal"]
              for rule in ("service-lacks-write", "service-lacks-read")}  # fmt: skip
    assert places == {"service-lacks-write": [0], "service-lacks-read": [1]}


def test_a_deny_of_everyone_tells_what_it_denies_the_caller_and_the_service() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-exports/*"}
    world = world_with({"Version": VERSION, "Statement": [deny]})
    collected = Causes()
    collected.add(checked(world)[0])
    (entry,) = [each for each in collected.entries() if each.kind == "deny"]
    assert {"service-lacks-write", "caller-not-permitted"} <= set(entry.rules)
    assert f"to `arn:aws:iam::{ACCOUNT}:role/exporter`" in entry.message
    assert "to `us-east-1.elasticache-snapshot.amazonaws.com`" in entry.message
    assert "aws:PrincipalServiceName" in str(entry.repair)
    assert "narrow or remove the statement" in str(entry.repair)


@settings(max_examples=40)
@given(worlds())
def test_a_cause_of_several_verdicts_and_requests_tells_what_each_of_them_needs(world: dict[str, Any]) -> None:
    collected = Causes()
    for result in checked(world):
        for rule_id, entries in collected.add(result).items():
            for cause, entry in zip(verdicts(result)[rule_id].causes, entries, strict=True):
                assert cause.text in entry.message
                assert cause.repair is None or cause.repair in entry.repairs
                assert cause.settle == entry.settle
                assert "orders-1" not in cause.text
                assert "users-1" not in cause.text


@settings(max_examples=100)
@given(worlds())
def test_advice_that_is_followed_mends_and_harms_nothing(world: dict[str, Any]) -> None:
    check_advice(world)


def test_a_deny_beside_an_acl_that_grants_a_part_is_a_cause_of_what_the_acl_lacks() -> None:
    arn = "arn:aws:s3:::acme-exports"
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": arn}
    world = world_with({"Version": VERSION, "Statement": [deny]})
    grantee = {"Type": "CanonicalUser", "ID": IDS["us-east-1"]}
    acl = {"Owner": {"ID": "a" * 64}, "Grants": [{"Grantee": grantee, "Permission": "WRITE"}]}
    world["buckets"]["acme-exports"] |= {"acl": acl, "ownership": "ObjectWriter"}
    assert check_advice(world)
    causes = verdicts(checked(world)[0])["service-lacks-read"].causes
    assert {"acl", "deny"} == {cause.kind for cause in causes}

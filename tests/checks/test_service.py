"""The rights of ElastiCache in the bucket: both grant paths, each permission, with the usual restrictive policies."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.world import (
    ACCOUNT,
    BUCKET,
    CHINA,
    COMMERCIAL,
    GOV_EAST,
    GOV_WEST,
    GRANTS,
    OTHER_ACCOUNT,
    SIX,
    SOURCE,
    TARGET,
    Data,
    acl,
    allow,
    arns,
    changed,
    deny,
    full_acl,
    good,
    judged,
    policy,
    service_grant,
    service_words,
    with_bucket,
    without,
    words,
)

from snaplint.checks.export.grant_paths import ACL, Truths, better, deciding, weigh
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.operations.partitions import DEFAULT_REGIONS, partition

FAILS, PASSES, UNDETERMINED, NONE = "fails", "passes", "cannot-tell", "not-applicable"
ALL, NOTHING, OPEN = (PASSES,) * 3, (FAILS,) * 3, (UNDETERMINED,) * 3
NO_WRITE, WRITE_OPEN = (PASSES, FAILS, PASSES), (PASSES, UNDETERMINED, PASSES)
BUCKET_ARN, KEYS_ARN = arns()

# -- the policy path: the bucket policy
# ------------------------------------------------------------------------------------------------------------------


def by_policy(*statements: Data, **fields: Any) -> Data:
    return with_bucket(policy=policy(*statements), acl=None, **fields)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(service_grant(), id="documented"),
        pytest.param(service_grant("s3:*"), id="s3:*"),
        pytest.param(service_grant("S3:putobject", "s3:LISTbucket", "s3:GetBucketAcl"), id="case of actions"),
        pytest.param(service_grant("s3:Put*", "s3:List*", "s3:Get*"), id="patterns"),
        pytest.param(service_grant(resource=["arn:aws:s3:::*"]), id="any bucket and object"),
        pytest.param(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}*"]), id="prefix of keys"),
        pytest.param(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}-????.rdb"]), id="the keys' form"),
        pytest.param({**service_grant(), "Principal": "*"}, id="everyone"),
        pytest.param(
            {
                **service_grant(),
                "Principal": {"Service": ["x.amazonaws.com", "us-east-1.elasticache-snapshot.amazonaws.com"]},
            },
            id="one of several",
        ),
        pytest.param({**service_grant(), "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, id="TLS"),
        pytest.param(
            {**service_grant(), "Condition": {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}}, id="own bucket"
        ),
    ],
)
def test_a_grant_by_policy(statement: Data) -> None:
    assert service_words(by_policy(statement)) == ALL


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(service_grant("s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl"), NO_WRITE, id="for import"),
        pytest.param(service_grant("s3:PutObject"), (FAILS, PASSES, FAILS), id="only WRITE"),
        pytest.param(service_grant("s3:PutObject", "s3:GetBucketAcl"), (FAILS, PASSES, PASSES), id="no READ"),
        pytest.param(service_grant("s3:PutObject", "s3:ListBucket"), (PASSES, PASSES, FAILS), id="no READ_ACP"),
        pytest.param(service_grant(resource=[BUCKET_ARN]), NO_WRITE, id="bucket ARN only"),
        pytest.param(service_grant(resource=[KEYS_ARN]), (FAILS, PASSES, FAILS), id="keys only"),
        pytest.param(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}archive/*"]), NO_WRITE, id="other keys"),
        pytest.param(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}.rdb"]), NO_WRITE, id="no number"),
        pytest.param(service_grant(resource=arns("other")), NOTHING, id="another bucket"),
        pytest.param(service_grant(resource=arns(partition="aws-cn")), NOTHING, id="another partition"),
        pytest.param(service_grant(name="elasticache.amazonaws.com"), NOTHING, id="unregioned"),
        pytest.param(service_grant(name="eu-west-1.elasticache-snapshot.amazonaws.com"), NOTHING, id="other Region"),
        pytest.param(service_grant(name="US-EAST-1.elasticache-snapshot.amazonaws.com"), NOTHING, id="upper case"),
        pytest.param({**service_grant(), "Principal": {"AWS": ACCOUNT}}, NOTHING, id="an account"),
        pytest.param(allow("s3:DeleteObject", arns(), Principal="*"), NOTHING, id="nothing of it"),
    ],
)
def test_an_incomplete_grant_by_policy(statement: Data, expected: tuple[str, ...]) -> None:
    assert service_words(by_policy(statement)) == expected


def test_one_of_two_keys_is_not_enough() -> None:
    only_first = service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}-0001.rdb"])
    assert service_words(by_policy(only_first)) == NO_WRITE
    one = by_policy(only_first)
    one["snapshots"][SOURCE]["NumNodeGroups"] = 1
    assert service_words(one) == WRITE_OPEN  # the only node group may have another number
    assert judged(one)["service-lacks-write"].depends_on == (f"snapshots.{SOURCE}.NodeSnapshots",)
    one["snapshots"][SOURCE]["NodeSnapshots"] = [{"NodeGroupId": "0001"}]
    assert service_words(one) == ALL
    one["snapshots"][SOURCE]["NodeSnapshots"] = [{"CacheNodeId": "0001"}]
    assert service_words(one) == ALL


def test_with_an_unknown_shard_count_the_other_keys_are_undetermined() -> None:
    data = by_policy(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}-0001.rdb"]))
    del data["snapshots"][SOURCE]["NumNodeGroups"]
    assert service_words(data) == WRITE_OPEN
    assert f"snapshots.{SOURCE}.NumNodeGroups" in judged(data)["service-lacks-write"].depends_on
    data = by_policy(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}{TARGET}-0002.rdb"]))
    del data["snapshots"][SOURCE]["NumNodeGroups"]
    assert service_words(data) == NO_WRITE  # the first key is written for every count


def test_a_shard_count_above_the_maximum_is_treated_as_the_maximum() -> None:
    numbered = [f"{KEYS_ARN[:-1]}{TARGET}-0{digit}??.rdb" for digit in range(4)]
    data = by_policy(service_grant(resource=[BUCKET_ARN, *numbered]))
    data["snapshots"][SOURCE]["NumNodeGroups"] = 10**9
    assert service_words(data) == NO_WRITE  # not 0400 to 0500
    data["snapshots"][SOURCE]["NumNodeGroups"] = 399
    data["snapshots"][SOURCE]["NodeSnapshots"] = [{"NodeGroupId": f"{number:04}"} for number in range(1, 400)]
    assert service_words(data) == ALL


def test_a_name_in_upper_case_must_be_allowed_in_both_spellings() -> None:
    upper = changed(by_policy(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}Orders*"])))
    upper["requests"][0]["TargetSnapshotName"] = "Orders"
    assert service_words(upper) == WRITE_OPEN
    both = changed(upper)
    both["buckets"][BUCKET]["policy"] = policy(service_grant())
    assert service_words(both) == ALL
    neither = changed(upper)
    neither["buckets"][BUCKET]["policy"] = policy(service_grant(resource=[BUCKET_ARN, f"{KEYS_ARN[:-1]}x*"]))
    assert service_words(neither) == NO_WRITE


def test_the_predicted_message_names_the_permission() -> None:
    found = judged(with_bucket(policy=None))
    for rule, permission in zip(GRANTS, ("READ", "WRITE", "READ_ACP"), strict=True):
        predicted = f"ElastiCache has not been granted {permission} permissions {BUCKET} on the S3 Bucket."
        assert (found[rule].verdict, found[rule].predicts) == (FAILS, predicted)
        assert found[rule].severity == "error"


def test_a_deny_is_blamed_with_its_sid_and_place() -> None:
    data = by_policy(service_grant(), deny("s3:PutObject", KEYS_ARN, Sid="Locked", Principal="*"))
    (blame,) = judged(data)["service-lacks-write"].because
    assert (blame.sid, blame.effect, blame.layer) == ("Locked", "Deny", "bucket policy")
    assert blame.route == ("buckets", BUCKET, "policy", "Statement", 1)


def test_a_statement_that_nearly_grants_is_blamed_at_the_element() -> None:
    found = judged(by_policy(service_grant(resource=[KEYS_ARN])))["service-lacks-read"]
    assert ("buckets", BUCKET, "policy", "Statement", 0, "Resource") in {blame.route for blame in found.because}
    conditional = {**service_grant(), "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    found = judged(by_policy(conditional))["service-lacks-read"]
    assert ("buckets", BUCKET, "policy", "Statement", 0, "Condition") in {blame.route for blame in found.because}


# -- the ACL path
# ------------------------------------------------------------------------------------------------------------------


def by_acl(*grants: tuple[str, str], region: str = "us-east-1", **fields: Any) -> Data:
    data = good(region)
    given = {"policy": None, "acl": acl(*grants), "ownership": "BucketOwnerPreferred", **fields}
    data["buckets"][BUCKET].update(given)
    return data


def three(identifier: str) -> list[tuple[str, str]]:
    return [(identifier, permission) for permission in ("READ", "WRITE", "READ_ACP")]


@pytest.mark.parametrize("ownership", ["BucketOwnerPreferred", "ObjectWriter", None])
def test_a_grant_by_acl(ownership: str | None) -> None:
    assert service_words(by_acl(*three(COMMERCIAL), ownership=ownership)) == ALL
    assert service_words(by_acl((COMMERCIAL, "FULL_CONTROL"), ownership=ownership)) == ALL


def test_a_grantee_needs_no_type() -> None:
    data = by_acl(*three(COMMERCIAL))
    for grant in data["buckets"][BUCKET]["acl"]["Grants"]:
        del grant["Grantee"]["Type"]
    assert service_words(data) == ALL


@pytest.mark.parametrize("missing", ["READ", "WRITE", "READ_ACP"])
def test_each_permission_of_the_acl_is_independent(missing: str) -> None:
    data = by_acl(*(grant for grant in three(COMMERCIAL) if grant[1] != missing))
    expected = tuple(FAILS if name == missing else PASSES for name in ("READ", "WRITE", "READ_ACP"))
    assert service_words(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(by_acl(*three(COMMERCIAL), ownership="BucketOwnerEnforced"), id="enforced"),
        pytest.param(by_acl(), id="owner only"),
        pytest.param(by_acl(acl=None), id="no acl"),
        pytest.param(by_acl(*three(GOV_WEST)), id="another partition's ID"),
        pytest.param(by_acl(*three("0" * 64)), id="another account"),
        pytest.param(by_acl((COMMERCIAL, "WRITE_ACP")), id="WRITE_ACP only"),
        pytest.param(by_acl(*three(COMMERCIAL), region="ap-east-1"), id="opt-in Region"),
        pytest.param(by_acl(*three(COMMERCIAL), region="us-gov-west-1"), id="commercial ID in GovCloud"),
    ],
)
def test_an_acl_that_grants_nothing(data: Data) -> None:
    assert service_words(data) == NOTHING


def test_with_an_unknown_acl_all_permissions_are_undetermined() -> None:
    data = by_acl()
    del data["buckets"][BUCKET]["acl"]
    assert service_words(data) == OPEN


@pytest.mark.parametrize("grants", [three(COMMERCIAL), []], ids=["granted", "nothing granted"])
def test_with_unknown_ownership_only_what_the_acl_grants_is_undetermined(grants: list[tuple[str, str]]) -> None:
    data = by_acl(*grants)
    del data["buckets"][BUCKET]["ownership"]
    assert service_words(data) == (OPEN if grants else NOTHING)


def test_an_ignored_acl_beside_a_policy_that_grants() -> None:
    data = with_bucket(acl=full_acl(), ownership="BucketOwnerEnforced")
    assert service_words(data) == ALL
    assert words(data)["acl-grant-without-acls"] == FAILS


# -- partitions and Regions
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", sorted(DEFAULT_REGIONS))
def test_default_regions_have_an_acl_path(region: str) -> None:
    assert service_words(by_acl(*three(COMMERCIAL), region=region)) == ALL


OPT_IN = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
]


@pytest.mark.parametrize("region", OPT_IN)
def test_opt_in_regions_have_the_policy_path_only(region: str) -> None:
    assert service_words(by_acl(*three(COMMERCIAL), region=region)) == NOTHING
    data = good(region)
    assert service_words(data) == ALL


def test_govcloud_west_has_its_own_id() -> None:
    assert service_words(by_acl(*three(GOV_WEST), region="us-gov-west-1")) == ALL
    assert service_words(by_acl(*three(GOV_EAST), region="us-gov-west-1")) == NOTHING


def test_govcloud_east_has_its_own_id_and_the_western_one_is_undetermined() -> None:
    assert service_words(by_acl(*three(GOV_EAST), region="us-gov-east-1")) == ALL
    assert service_words(by_acl(*three(GOV_WEST), region="us-gov-east-1")) == OPEN
    assert service_words(by_acl(*three(COMMERCIAL), region="us-gov-east-1")) == NOTHING


def test_china_has_its_own_id() -> None:
    assert service_words(by_acl(*three(CHINA), region="cn-north-1")) == ALL
    assert service_words(by_acl(*three(COMMERCIAL), region="cn-north-1")) == NOTHING


OWN_SUFFIX = {"cn-north-1": "amazonaws.com.cn", "eusc-de-east-1": "amazonaws.eu", "us-iso-east-1": "c2s.ic.gov"}


def in_partition(region: str, *suffixes: str, actions: tuple[str, ...] = SIX) -> Data:
    """Return the base case in a Region whose bucket policy grants to these spellings of the service principal."""
    data = json.loads(json.dumps(good()).replace("us-east-1", region).replace("arn:aws:", f"arn:{partition(region)}:"))
    names = [f"{region}.elasticache-snapshot.{suffix}" for suffix in suffixes]
    grants = [service_grant(*actions, name=name, resource=arns(partition=partition(region))) for name in names]
    return changed(data, **{f"buckets__{BUCKET}__policy": policy(*grants) if grants else None})


@pytest.mark.parametrize(("region", "own"), OWN_SUFFIX.items())
def test_where_neither_spelling_is_documented_both_are_needed(region: str, own: str) -> None:
    doubts = ("grant-incomplete", "wrong-service-principal")
    both = in_partition(region, own, "amazonaws.com")
    assert service_words(both) == ALL
    assert [words(both)[rule] for rule in doubts] == [PASSES, PASSES]
    for one in (own, "amazonaws.com"):
        found = judged(in_partition(region, one))
        rules = (*(f"service-lacks-{name}" for name in ("read", "write", "read-acp")), *doubts)
        assert [found[rule].verdict for rule in rules] == [UNDETERMINED] * 5
        for rule in rules:
            assert "AWS does not document" in found[rule].message
            assert found[rule].certainty == "inferred"
    for wrong in ("example.com", "amazonaws.com.cn" if own != "amazonaws.com.cn" else "amazonaws.eu"):
        assert service_words(in_partition(region, wrong)) == NOTHING
    either = judged(in_partition(region, "amazonaws.com.fr"))["wrong-service-principal"]
    assert either.verdict == FAILS
    assert f".{own}` or `" in either.message


def test_each_spelling_is_judged_on_its_own_statements() -> None:
    data = in_partition("cn-north-1", "amazonaws.com.cn", "amazonaws.com")
    data["buckets"][BUCKET]["policy"]["Statement"][1]["Action"] = ["s3:ListBucket", "s3:GetBucketAcl"]
    assert service_words(data) == WRITE_OPEN
    assert words(data)["grant-incomplete"] == UNDETERMINED
    refused = deny("s3:PutObject", Principal="*", Resource=arns(partition="aws-cn"))
    data["buckets"][BUCKET]["policy"]["Statement"].append(refused)
    assert service_words(data) == NO_WRITE


def test_an_arn_of_another_partition_grants_nothing_in_china() -> None:
    data = good("cn-north-1")
    statement = service_grant(
        region="cn-north-1", name="cn-north-1.elasticache-snapshot.amazonaws.com.cn", resource=arns()
    )
    data["buckets"][BUCKET]["policy"] = policy(statement)
    assert service_words(data) == NOTHING


def test_the_principal_has_the_region_of_the_bucket() -> None:
    data = with_bucket(region="eu-west-1", policy=policy(service_grant(region="eu-west-1")))
    assert service_words(data) == ALL
    assert words(data)["bucket-outside-region"] == FAILS


# -- halves
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actions", "grants"),
    [
        (("s3:PutObject",), ("READ", "READ_ACP")),
        (("s3:ListBucket", "s3:GetBucketAcl"), ("WRITE",)),
        (("s3:ListBucket", "s3:PutObject"), ("WRITE", "READ_ACP")),
    ],
)
def test_two_halves_of_a_grant_are_undetermined(actions: tuple[str, ...], grants: tuple[str, ...]) -> None:
    data = by_acl(*((COMMERCIAL, name) for name in grants), policy=policy(service_grant(*actions)))
    assert service_words(data) == OPEN
    found = judged(data)["service-lacks-read"]
    assert "AWS does not document whether the two add up" in found.message
    assert found.certainty == "inferred"


def test_of_two_parts_that_are_not_complete_together_the_better_decides() -> None:
    data = by_acl((COMMERCIAL, "READ"), policy=policy(service_grant("s3:PutObject", "s3:ListBucket")))
    assert service_words(data) == (PASSES, PASSES, FAILS)
    data = by_acl((COMMERCIAL, "READ"), (COMMERCIAL, "READ_ACP"), policy=policy(service_grant("s3:ListBucket")))
    assert service_words(data) == NO_WRITE


def test_a_complete_path_makes_the_other_path_irrelevant() -> None:
    data = by_acl((COMMERCIAL, "WRITE"), policy=policy(service_grant()))
    assert service_words(data) == ALL


# -- weighing
# ------------------------------------------------------------------------------------------------------------------

TRUTH = st.sampled_from([YES, UNKNOWN, NO])
TRIPLE = st.tuples(TRUTH, TRUTH, TRUTH)
EVERY = list(product([YES, UNKNOWN, NO], repeat=3))


@pytest.mark.parametrize("other", EVERY, ids=str)
def test_a_complete_path_is_enough(other: Truths) -> None:
    complete = (YES,) * 3
    assert weigh(complete, other) == weigh(other, complete) == complete


@settings(deadline=None)
@given(TRIPLE, TRIPLE)
def test_what_both_paths_deny_is_never_allowed(first: Truths, second: Truths) -> None:
    for truth, one, two in zip(weigh(first, second), first, second, strict=True):
        if one == two == NO:
            assert truth != YES


@settings(deadline=None)
@given(TRIPLE, TRIPLE)
def test_what_both_paths_allow_is_never_denied(first: Truths, second: Truths) -> None:
    for truth, one, two in zip(weigh(first, second), first, second, strict=True):
        if one == two == YES:
            assert truth != NO


@pytest.mark.parametrize(("first", "second"), list(product(EVERY, EVERY)), ids=lambda each: "".join(map(str, each)))
def test_more_knowledge_never_contradicts(first: Truths, second: Truths) -> None:
    before = weigh(first, second)
    whole = (*first, *second)
    for index, truth in enumerate(whole):
        if truth == UNKNOWN:
            for learnt in (YES, NO):
                known = (*whole[:index], learnt, *whole[index + 1 :])
                after = weigh(known[:3], known[3:])
                for was, now in zip(before, after, strict=True):
                    assert was in (UNKNOWN, now)


@settings(deadline=None)
@given(TRIPLE, TRIPLE)
def test_without_unknowns_the_answer_is_that_of_one_path_or_undetermined(first: Truths, second: Truths) -> None:
    if UNKNOWN not in first + second:
        together = tuple(YES if YES in pair else NO for pair in zip(first, second, strict=True))
        found = weigh(first, second)
        if (YES,) * 3 in (first, second):
            assert found == (YES,) * 3
        elif together == (YES,) * 3:
            assert found == (UNKNOWN,) * 3
        else:
            assert found == (second if better(first, second) == ACL else first)


@settings(deadline=None)
@given(TRIPLE, TRIPLE)
def test_the_order_of_the_paths_only_matters_on_a_tie(first: Truths, second: Truths) -> None:
    """AWS recommends the policy. If one path grants more, it decides, whichever of the two it is."""
    if UNKNOWN not in first + second and first.count(YES) != second.count(YES):
        assert weigh(first, second) == weigh(second, first)


def test_a_tie_goes_to_the_policy() -> None:
    one, two = (YES, NO, NO), (NO, YES, NO)
    assert weigh(one, two) == one
    assert weigh(two, one) == two


@settings(deadline=None)
@given(TRIPLE, TRIPLE)
def test_another_allow_never_reduces_the_number_of_permissions(first: Truths, second: Truths) -> None:
    before = weigh(first, second)
    for index in range(3):
        more = (*first[:index], YES, *first[index + 1 :])
        if UNKNOWN not in before and UNKNOWN not in weigh(more, second):
            assert weigh(more, second).count(YES) >= before.count(YES)


def _known_worlds(first: Truths, second: Truths) -> list[Truths]:
    return list(product(*((YES, NO) if truth == UNKNOWN else (truth,) for truth in (*first, *second))))


@settings(deadline=None, max_examples=300)
@given(TRIPLE, TRIPLE, st.integers(0, 2))
def test_the_deciding_answers_suffice_and_none_is_needless(first: Truths, second: Truths, index: int) -> None:
    places = deciding(first, second, index)
    worlds = {world: weigh(world[:3], world[3:])[index] for world in _known_worlds(first, second)}
    learnt: dict[Truths, set[int]] = {}
    for world, truth in worlds.items():
        learnt.setdefault(tuple(world[place] for place in places), set()).add(truth)
    assert all(len(truths) == 1 for truths in learnt.values())
    for place in places:
        others = [place != number for number in range(6)]
        alike: dict[Truths, set[int]] = {}
        for world, truth in worlds.items():
            rest = tuple(each for each, is_other in zip(world, others, strict=True) if is_other)
            alike.setdefault(rest, set()).add(truth)
        assert any(len(truths) > 1 for truths in alike.values())


def test_a_permission_may_depend_on_another_one() -> None:
    """The ACL lacks WRITE unless its condition key is known; whether it is complete decides READ as well."""
    data = with_bucket(
        ownership="BucketOwnerPreferred",
        acl=full_acl(),
        policy=policy(
            {**service_grant(), "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
            deny(
                "s3:PutObject",
                KEYS_ARN,
                Principal="*",
                Condition={"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}},
            ),
        ),
    )
    found = judged(data)["service-lacks-read"]
    assert found.verdict == UNDETERMINED
    assert found.depends_on == ("aws:SourceAccount", "s3:x-amz-storage-class")


@pytest.mark.parametrize(
    ("absent", "named"),
    [((), ()), (("policy",), ("policy",)), (("acl", "ownership"), ()), (("policy", "acl"), ("policy",))],
)
def test_without_the_region_of_the_bucket_what_else_is_needed_is_named(
    absent: tuple[str, ...], named: tuple[str, ...]
) -> None:
    data = without(good(), f"buckets.{BUCKET}.region")
    for name in absent:
        data = without(data, f"buckets.{BUCKET}.{name}")
    for rule in GRANTS:
        found = judged(data)[rule]
        assert found.verdict == UNDETERMINED
        assert found.depends_on == tuple(f"buckets.{BUCKET}.{name}" for name in ("region", *named))


def test_a_policy_that_names_no_service_is_enough_without_the_region() -> None:
    data = without(by_policy(), f"buckets.{BUCKET}.region")
    assert words(data)["wrong-service-principal"] == NONE


# -- the usual restrictive policies
# ------------------------------------------------------------------------------------------------------------------


def everyone(effect: str, actions: str | list[str], resource: str | list[str], **condition: Any) -> Data:
    statement = {"Effect": effect, "Principal": "*", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def no_writes(**condition: Any) -> Data:
    return everyone("Deny", "s3:PutObject", KEYS_ARN, **condition)


def nothing(**condition: Any) -> Data:
    return everyone("Deny", "s3:*", [BUCKET_ARN, KEYS_ARN], **condition)


SSE, KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
MY_KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
USER = f"arn:aws:iam::{ACCOUNT}:user/alice"
ADMINS = [f"arn:aws:iam::{ACCOUNT}:role/admin", f"arn:aws:iam::{ACCOUNT}:root"]

RESTRICTIVE: list[tuple[str, list[Data], tuple[str, ...], tuple[str, ...]]] = [
    ("TLS only", [nothing(Bool={"aws:SecureTransport": "false"})], ALL, ALL),
    ("TLS 1.2 only", [nothing(NumericLessThan={"s3:TlsVersion": 1.2})], ALL, ALL),
    (
        "AES256 header required",
        [no_writes(StringNotEquals={SSE: "AES256"}), no_writes(Null={SSE: "true"})],
        WRITE_OPEN,
        WRITE_OPEN,
    ),
    (
        "KMS header and key required",
        [no_writes(StringNotEquals={SSE: "aws:kms"}), no_writes(StringNotEquals={KEY: MY_KEY})],
        WRITE_OPEN,
        WRITE_OPEN,
    ),
    (
        "KMS header required where there is one",
        [no_writes(StringNotEquals={SSE: "aws:kms"}, Null={SSE: "false"})],
        WRITE_OPEN,
        WRITE_OPEN,
    ),
    (
        "AES256 required, and a KMS key too",
        [no_writes(StringNotEquals={SSE: "AES256"}), no_writes(StringNotEquals={KEY: "*"})],
        NO_WRITE,
        NO_WRITE,
    ),
    (
        "objects from one endpoint only",
        [everyone("Deny", ["s3:PutObject", "s3:GetObject"], KEYS_ARN, StringNotEquals={"aws:SourceVpce": "vpce-1"})],
        NO_WRITE,
        NO_WRITE,
    ),
    ("one network only", [nothing(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})], NOTHING, NOTHING),
    (
        "one network only, exempting forwarded calls",
        [nothing(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"}, Bool={"aws:ViaAWSService": "false"})],
        NOTHING,
        NOTHING,
    ),
    (
        "own organization, exempting services",
        [
            nothing(
                StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"},
                BoolIfExists={"aws:PrincipalIsAWSService": "false"},
            )
        ],
        ALL,
        NOTHING,
    ),
    (
        "own organization",
        [nothing(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abc"})],
        NOTHING,
        NOTHING,
    ),
    (
        "by tag, exempting services",
        [nothing(StringNotEquals={"aws:PrincipalTag/team": "data"}, Bool={"aws:PrincipalIsAWSService": "false"})],
        ALL,
        NOTHING,
    ),
    ("by user id", [nothing(StringNotLike={"aws:userid": ["AROAEXAMPLE:*", ACCOUNT]})], NOTHING, NOTHING),
    (
        "objects for one user",
        [{**deny(["s3:PutObject", "s3:GetObject"], KEYS_ARN), "NotPrincipal": {"AWS": USER}}],
        NO_WRITE,
        NO_WRITE,
    ),
    ("everything for admins", [{**deny("s3:*", arns()), "NotPrincipal": {"AWS": ADMINS}}], NOTHING, NOTHING),
    (
        "full control of one account's writes",
        [
            {
                **no_writes(StringNotEquals={"s3:x-amz-acl": "bucket-owner-full-control"}),
                "Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
            }
        ],
        ALL,
        ALL,
    ),
    (
        "full control of everyone's writes",
        [no_writes(StringNotEquals={"s3:x-amz-acl": "bucket-owner-full-control"})],
        WRITE_OPEN,
        WRITE_OPEN,
    ),
    (
        "no public canned ACLs",
        [no_writes(StringEquals={"s3:x-amz-acl": ["public-read", "public-read-write", "authenticated-read"]})],
        ALL,
        ALL,
    ),
    (
        "the bucket itself for services only",
        [
            everyone("Deny", "s3:*", BUCKET_ARN, Bool={"aws:PrincipalIsAWSService": "false"}),
            everyone("Allow", "s3:*", BUCKET_ARN, Bool={"aws:PrincipalIsAWSService": "true"}),
        ],
        ALL,
        OPEN,  # the ACL path keeps WRITE, the policy path has READ and READ_ACP: halves
    ),
    (
        "actions that do not exist, and the header",
        [everyone("Deny", ["s3:UploadPart", "s3:PutObject"], KEYS_ARN, StringNotEquals={SSE: "AES256"})],
        WRITE_OPEN,
        WRITE_OPEN,
    ),
    ("one KMS key, if any", [no_writes(StringNotEqualsIfExists={KEY: MY_KEY})], WRITE_OPEN, WRITE_OPEN),
    (
        "network perimeter",
        [
            nothing(
                NotIpAddressIfExists={"aws:SourceIp": "203.0.113.0/24"},
                StringNotEqualsIfExists={"aws:SourceVpc": "vpc-1", "aws:PrincipalTag/exempt": "true"},
                BoolIfExists={"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
            )
        ],
        ALL,
        NOTHING,
    ),
]
ROWS = pytest.mark.parametrize(
    ("statements", "by_service", "by_account"), [pytest.param(*row[1:], id=row[0]) for row in RESTRICTIVE]
)


@ROWS
def test_restrictive_policies(statements: list[Data], by_service: tuple[str, ...], by_account: tuple[str, ...]) -> None:
    assert service_words(by_policy(*statements, service_grant())) == by_service
    assert service_words(by_policy(service_grant(), *statements)) == by_service
    assert service_words(by_acl(*three(COMMERCIAL), policy=policy(*statements))) == by_account


@ROWS
def test_a_deny_works_in_an_rcp_as_in_the_bucket_policy(
    statements: list[Data], by_service: tuple[str, ...], by_account: tuple[str, ...]
) -> None:
    if not all(each["Effect"] == "Deny" and each.get("Principal") == "*" for each in statements):
        statements = [nothing(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})]
        by_service = by_account = NOTHING
    full = {"Version": "2012-10-17", "Statement": [everyone("Allow", "*", "*")]}
    organization = {"scps": None, "rcps": [[full, policy(*statements)]]}
    assert service_words(changed(by_policy(service_grant()), organization=organization)) == by_service
    assert service_words(changed(by_acl(*three(COMMERCIAL)), organization=organization)) == by_account


def test_the_bucket_for_services_needs_no_other_grant_for_its_own_permissions() -> None:
    statements = next(row[1] for row in RESTRICTIVE if row[0] == "the bucket itself for services only")
    assert service_words(by_policy(*statements)) == NO_WRITE


def test_a_bucket_for_services_only_denies_the_acl_path() -> None:
    denies = everyone("Deny", "s3:*", BUCKET_ARN, Bool={"aws:PrincipalIsAWSService": "false"})
    assert service_words(by_acl(*three(COMMERCIAL), policy=policy(denies))) == (FAILS, PASSES, FAILS)


def test_a_statement_without_a_principal_is_undetermined() -> None:
    data = by_policy(service_grant(), deny("s3:PutObject", KEYS_ARN))
    assert service_words(data) == WRITE_OPEN
    assert words(data)["policy-malformed"] == FAILS


def test_an_scp_never_applies_to_the_service() -> None:
    data = changed(good(), organization={"scps": [[policy(deny("*"))]], "rcps": None})
    assert service_words(data) == ALL
    assert words(data)["caller-not-permitted"] == FAILS


def test_an_rcp_that_denies_is_blamed_at_its_level() -> None:
    levels = [[policy(everyone("Allow", "*", "*"))], [policy(everyone("Allow", "*", "*"), no_writes())]]
    data = changed(good(), organization={"scps": None, "rcps": levels})
    (blame,) = judged(data)["service-lacks-write"].because
    assert (blame.layer, blame.route[:4]) == ("RCP", ("organization", "rcps", 1, 0))


def only_if(**condition: Any) -> Data:
    return {**service_grant(), "Condition": condition}


CONFUSED_DEPUTY: list[tuple[str, list[Data], tuple[str, ...]]] = [
    ("own account", [only_if(StringEquals={"aws:SourceAccount": ACCOUNT})], OPEN),
    ("another account", [only_if(StringEquals={"aws:SourceAccount": OTHER_ACCOUNT})], NOTHING),
    ("own ARN", [only_if(ArnLike={"aws:SourceArn": f"arn:aws:elasticache:*:{ACCOUNT}:*"})], OPEN),
    (
        "a Deny on another account where one is sent",
        [
            service_grant(),
            nothing(StringNotEquals={"aws:SourceAccount": ACCOUNT}, Null={"aws:SourceAccount": "false"}),
        ],
        ALL,
    ),
]


@pytest.mark.parametrize(("statements", "expected"), [pytest.param(*row[1:], id=row[0]) for row in CONFUSED_DEPUTY])
def test_aws_does_not_document_whether_the_source_is_sent(statements: list[Data], expected: tuple[str, ...]) -> None:
    assert service_words(by_policy(*statements)) == expected


def test_an_undetermined_verdict_names_the_statement_and_the_keys() -> None:
    data = by_policy(service_grant(), {**no_writes(StringNotEquals={SSE: "AES256"}), "Sid": "Encrypted"})
    found = judged(data)["service-lacks-write"]
    assert found.depends_on == (SSE,)
    assert f"`{SSE}`" in found.message
    assert [blame.sid for blame in found.because if blame.effect == "Deny"] == ["Encrypted"]


# -- the other actions of the documented grant
# ------------------------------------------------------------------------------------------------------------------


def test_the_documented_grant_is_complete() -> None:
    assert words(good())["grant-incomplete"] == PASSES


@pytest.mark.parametrize("missing", ["s3:GetObject", "s3:ListMultipartUploadParts", "s3:ListBucketMultipartUploads"])
def test_a_missing_action_is_named(missing: str) -> None:
    found = judged(by_policy(service_grant(*(action for action in SIX if action != missing))))["grant-incomplete"]
    assert (found.verdict, found.severity) == (FAILS, "warning")
    assert f"`{missing}`" in found.message


def test_the_other_actions_are_not_checked_on_the_acl_path() -> None:
    assert words(by_acl(*three(COMMERCIAL)))["grant-incomplete"] == NONE
    assert words(by_policy())["grant-incomplete"] == NONE


# -- wrong service principals
# ------------------------------------------------------------------------------------------------------------------

WRONG_NAMES = [
    "elasticache.amazonaws.com",
    "elasticache-snapshot.amazonaws.com",
    "eu-west-1.elasticache-snapshot.amazonaws.com",
    "{{region}}.elasticache-snapshot.amazonaws.com",
    "<region>.elasticache-snapshot.amazonaws.com",
    "region.elasticache-snapshot.amazonaws.com",
    "Region.elasticache-snapshot.amazonaws.com",
    "region-full-name.elasticache-snapshot.amazonaws.com",
    "aws-opt-in-region.elasticache-snapshot.amazonaws.com",
    "us-east-1.elasticache-snapshot.amazonaws.com.cn",
    "US-EAST-1.elasticache-snapshot.amazonaws.com",
    "us-east-1.elasticache.amazonaws.com",
]


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_wrong_service_principal(name: str) -> None:
    found = judged(by_policy(service_grant(name=name)))["wrong-service-principal"]
    assert (found.verdict, found.severity) == (FAILS, "warning")
    assert f"`{name}`" in found.message
    assert "`us-east-1.elasticache-snapshot.amazonaws.com`" in found.message
    assert found.route[:6] == ("buckets", BUCKET, "policy", "Statement", 0, "Principal")


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_wrong_principal_beside_the_right_one_is_accepted(name: str) -> None:
    assert words(by_policy(service_grant(name=name), service_grant()))["wrong-service-principal"] == PASSES


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(service_grant(name="delivery.logs.amazonaws.com"), id="another service"),
        pytest.param({**service_grant(), "Principal": {"AWS": USER}}, id="a user"),
        pytest.param(deny("s3:*", arns(), Principal={"Service": "elasticache.amazonaws.com"}), id="a Deny"),
    ],
)
def test_statements_that_are_not_meant_for_elasticache(statement: Data) -> None:
    assert words(by_policy(statement))["wrong-service-principal"] == NONE


# -- grants that are too wide
# ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [good(), by_acl(*three(COMMERCIAL)), by_policy({**service_grant("s3:*"), "Principal": {"AWS": USER}})]
)
def test_grants_that_are_narrow(data: Data) -> None:
    assert words(data)["grant-too-wide"] == PASSES


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (by_policy(service_grant("s3:*")), "`s3:*`"),
        (by_policy(service_grant("*")), "`*`"),
        (by_policy(service_grant(*SIX, "s3:PutBucketAcl")), "`s3:PutBucketAcl`"),
        (by_acl((COMMERCIAL, "FULL_CONTROL")), "FULL_CONTROL"),
        (by_acl(*three(COMMERCIAL), (COMMERCIAL, "WRITE_ACP")), "WRITE_ACP"),
    ],
    ids=["s3:*", "*", "ACL by policy", "FULL_CONTROL", "WRITE_ACP"],
)
def test_grants_that_are_wide(data: Data, said: str) -> None:
    found = judged(data)["grant-too-wide"]
    assert (found.verdict, found.severity) == (FAILS, "info")
    assert said in found.message


# -- Block Public Access denies the ACL path if the policy is public
# ------------------------------------------------------------------------------------------------------------------

PUBLIC = everyone("Allow", "s3:GetObject", KEYS_ARN)


def test_with_a_public_policy_the_acl_path_is_undetermined_unless_nothing_is_blocked() -> None:
    """RestrictPublicBuckets probably denies a grant by ACL too, but AWS does not document that."""
    data = by_acl(*three(COMMERCIAL), policy=policy(PUBLIC))
    assert service_words(changed(data, **{f"buckets__{BUCKET}__public_access_block": None})) == ALL
    place = f"buckets.{BUCKET}.public_access_block"
    assert service_words(data) == service_words(without(data, place)) == OPEN
    assert judged(without(data, place))["service-lacks-read"].depends_on == (place,)
    known = judged(data)["service-lacks-read"]
    assert (known.depends_on, known.certainty) == ((), "inferred")
    assert "whether `RestrictPublicBuckets` also refuses grants of the ACL" in known.message


def test_block_public_access_never_applies_to_the_service_principal() -> None:
    assert service_words(by_policy(service_grant(), PUBLIC)) == ALL

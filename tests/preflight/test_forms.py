"""An answer of AWS has three equivalent forms: inline, by path, and the output of the AWS CLI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.checks.world import (
    BUCKET,
    COMMERCIAL,
    SOURCE,
    TARGET,
    caller_policy,
    changed,
    deny,
    full_acl,
    good,
    policy,
    service_grant,
)
from tests.preflight.project import Read, read

from snaplint.facts import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Fact(NamedTuple):
    """One fact: its route, its inline form, and the output of the AWS CLI with it."""

    place: str
    inline: Any
    printed: Callable[[Any], Any]


def escaped(document: Any) -> Any:
    return {"Policy": json.dumps(document)}


def role_policy(document: Any) -> Any:
    return {"RoleName": "exporter", "PolicyName": "inline", "PolicyDocument": document}


def policy_version(document: Any) -> Any:
    return {"PolicyVersion": {"Document": document, "VersionId": "v3", "IsDefaultVersion": True}}


def organization_policy(document: Any) -> Any:
    return {
        "Policy": {"PolicySummary": {"Name": "scp", "Type": "SERVICE_CONTROL_POLICY"}, "Content": json.dumps(document)}
    }


def described(item: Any) -> Any:
    return {"Snapshots": [{"SnapshotName": "other"}, {"SnapshotName": SOURCE, **item}], "Marker": "x"}


def ownership_controls(word: Any) -> Any:
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": word}]}}


def encryption(default: Any) -> Any:
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": False}
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


def listing(keys: Any) -> Any:
    return {"Contents": [{"Key": key, "Size": 1, "ETag": '"x"'} for key in keys], "RequestCharged": None, "Prefix": ""}


def location(region: Any) -> Any:
    return {"LocationConstraint": None if region == "us-east-1" else region}


TWO_SHARDS = good()["snapshots"][SOURCE]
TIERED = {**TWO_SHARDS, "DataTiering": "enabled"}
NO_PUT = policy(service_grant("s3:ListBucket", "s3:GetBucketAcl", "s3:GetObject"))
SCP = policy({"Effect": "Allow", "Action": "*", "Resource": "*"}, deny("s3:PutObject"))
RELAXED = {"BlockPublicAcls": False, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
POLICY, ACL = f"buckets__{BUCKET}__policy", f"buckets__{BUCKET}__acl"

FACTS = [
    pytest.param(Fact(POLICY, policy(service_grant()), escaped), id="bucket policy that grants"),
    pytest.param(Fact(POLICY, NO_PUT, escaped), id="bucket policy without WRITE"),
    pytest.param(Fact(ACL, full_acl(), lambda acl: acl), id="acl"),
    pytest.param(Fact("caller__policies__0", caller_policy(), role_policy), id="get-role-policy"),
    pytest.param(Fact("caller__policies__0", policy(), policy_version), id="get-policy-version"),
    pytest.param(Fact("caller__boundary", policy(), policy_version), id="boundary"),
    pytest.param(Fact("caller__session_policies", [SCP], lambda given: given), id="session policies"),
    pytest.param(Fact("organization", {"scps": [[SCP]], "rcps": None}, lambda given: given), id="organization"),
    pytest.param(Fact(f"snapshots__{SOURCE}", TWO_SHARDS, described), id="describe-snapshots"),
    pytest.param(Fact(f"snapshots__{SOURCE}", TIERED, described), id="describe-snapshots, tiered"),
    pytest.param(Fact(f"buckets__{BUCKET}__region", "us-east-1", location), id="location of us-east-1"),
    pytest.param(Fact(f"buckets__{BUCKET}__region", "eu-west-1", location), id="location elsewhere"),
    pytest.param(Fact(f"buckets__{BUCKET}__ownership", "ObjectWriter", ownership_controls), id="ownership"),
    pytest.param(Fact(f"buckets__{BUCKET}__encryption", {"SSEAlgorithm": "aws:kms"}, encryption), id="encryption"),
    pytest.param(
        Fact(f"buckets__{BUCKET}__public_access_block", RELAXED, lambda it: {"PublicAccessBlockConfiguration": it}),
        id="public access block",
    ),
    pytest.param(Fact(f"buckets__{BUCKET}__keys", [], listing), id="no keys"),
    pytest.param(Fact(f"buckets__{BUCKET}__keys", [f"{TARGET}-0002.rdb", "x"], listing), id="keys"),
]


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("form", ["printed", "json", "yaml", "printed json", "printed yaml"])
def test_every_form_gives_the_same_verdicts(tmp_path: Path, fact: Fact, form: str) -> None:
    world = changed(good(), caller__boundary=None)
    plain = read(tmp_path / "plain", changed(world, **{fact.place: fact.inline}))
    value = fact.printed(fact.inline) if "printed" in form else fact.inline
    files: dict[str, object] = {}
    given: object = value
    if "json" in form or "yaml" in form:
        name = f"aws/answer.{form.split()[-1]}"
        if isinstance(value, list) and fact.place.endswith("session_policies"):
            files, given = {name: value[0]}, [name]
        elif fact.place == "organization":
            files, given = {name: value["scps"][0][0]}, {"scps": [[name]], "rcps": None}
        else:
            files, given = {name: json.dumps(value) if isinstance(value, str) else value}, name
    found = read(tmp_path / "form", changed(world, **{fact.place: given}), files)
    assert plain.fault_lines == found.fault_lines == []
    assert found.words == plain.words
    assert {name: verdict.message for name, verdict in found.verdicts.items()} == {
        name: verdict.message for name, verdict in plain.verdicts.items()
    }


@pytest.mark.parametrize("scp", [organization_policy(SCP), "scp.json", "scp.yaml"], ids=["inline", "json", "yaml"])
def test_describe_policy_of_organizations(tmp_path: Path, scp: object) -> None:
    files: dict[str, object] = {"scp.json": organization_policy(SCP), "scp.yaml": organization_policy(SCP)}
    found = read(tmp_path, changed(good(), organization={"scps": [[scp]], "rcps": None}), files)
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == "fails"
    (blame,) = found.verdicts["caller-not-permitted"].because
    assert (blame.layer, blame.effect) == ("SCP", "Deny")
    assert "s3:PutObject" in found.at((*blame.route, "Action"))


# -- one answer for several items
# ------------------------------------------------------------------------------------------------------------------

ALL_SNAPSHOTS = {"Snapshots": [{"SnapshotName": SOURCE, **TWO_SHARDS}, {"SnapshotName": "older", "Engine": "redis"}]}


@pytest.mark.parametrize(
    "given",
    [ALL_SNAPSHOTS, {**ALL_SNAPSHOTS, "Marker": "m"}, {**ALL_SNAPSHOTS, "ResponseMetadata": {}}, "s.json", "s.yaml"],
)
def test_describe_snapshots_for_the_whole_section(tmp_path: Path, given: object) -> None:
    found = read(tmp_path, changed(good(), snapshots=given), {"s.json": ALL_SNAPSHOTS, "s.yaml": ALL_SNAPSHOTS})
    assert found.fault_lines == []
    assert found.words == read(tmp_path, good()).words
    assert found.at(("snapshots", SOURCE, "Engine")).endswith(("redis", '"redis"'))


def test_a_snapshot_that_the_section_does_not_list_is_unknown(tmp_path: Path) -> None:
    found = read(tmp_path, changed(good(), snapshots={"Snapshots": [{"SnapshotName": "older"}]}))
    assert found.words["snapshot-does-not-exist"] == "cannot-tell"


def test_a_whole_answer_and_names_beside_it(tmp_path: Path) -> None:
    data = changed(good(), snapshots={"Snapshots": [{"SnapshotName": "older"}], SOURCE: None})
    assert read(tmp_path, data).words["snapshot-does-not-exist"] == "fails"


def test_what_a_whole_answer_leaves_out_is_known_to_be_absent(tmp_path: Path) -> None:
    inline = {"SnapshotStatus": "available", "Engine": "redis"}
    data = changed(good(), **{f"snapshots__{SOURCE}": inline})
    assert read(tmp_path, data).words["snapshot-has-customer-key"] == "cannot-tell"
    data = changed(good(), **{f"snapshots__{SOURCE}": {"Snapshots": [{"SnapshotName": SOURCE, **inline}]}})
    assert read(tmp_path, data).words["snapshot-has-customer-key"] == "passes"


def test_an_answer_for_another_snapshot_says_nothing(tmp_path: Path) -> None:
    data = changed(good(), **{f"snapshots__{SOURCE}": {"Snapshots": [{"SnapshotName": "other"}]}})
    found = read(tmp_path, data)
    assert found.words["snapshot-does-not-exist"] == "cannot-tell"
    assert f"describe-snapshots does not list `{SOURCE}`" in found.verdicts["snapshot-does-not-exist"].message


# -- single answers
# ------------------------------------------------------------------------------------------------------------------


def bucket_of(found: Read) -> Bucket:
    assert found.preflight is not None
    bucket = found.preflight.facts.buckets[BUCKET]
    assert isinstance(bucket, Bucket)
    return bucket


@pytest.mark.parametrize("content", ["us-east-1\n", '"us-east-1"'])
@pytest.mark.parametrize("name", ["region.txt", "./region.txt", "file://region.txt"])
def test_the_region_of_the_call_from_a_file(tmp_path: Path, name: str, content: str) -> None:
    found = read(tmp_path, changed(good(), region=name), {"region.txt": content})
    assert found.fault_lines == []
    assert found.words["bucket-outside-region"] == "passes"


@pytest.mark.parametrize(
    ("content", "words_"),
    [
        ("us-esat-1", "did you mean `us-east-1`?"),
        ("", "must be a Region, not empty text"),
        (None, "cannot read `region.txt`: no such file"),
    ],
)
def test_a_file_without_the_region_of_the_call(tmp_path: Path, content: str | None, words_: str) -> None:
    files = {} if content is None else {"region.txt": content}
    found = read(tmp_path, changed(good(), region="region.txt"), files)
    (line,) = found.fault_lines
    assert words_ in line


@pytest.mark.parametrize(
    ("printed", "region"),
    [
        ({"LocationConstraint": None}, "us-east-1"),
        ({"LocationConstraint": "EU"}, "eu-west-1"),
        ({"LocationConstraint": "ap-east-1", "ResponseMetadata": {}}, "ap-east-1"),
        ("EU", "eu-west-1"),
    ],
)
def test_get_bucket_location(tmp_path: Path, printed: object, region: str) -> None:
    assert bucket_of(read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__region": printed}))).region == region


CUT = {
    "truncated": {"IsTruncated": True},
    "max-items": {"NextToken": "t"},
    "folders": {"Delimiter": "/"},
    "from the middle": {"StartAfter": "m"},
    "second page": {"ContinuationToken": "t", "IsTruncated": False},
    "second page of v1": {"Marker": "orders"},
    "another prefix": {"Prefix": "archive/"},
    "a longer prefix": {"Prefix": f"{TARGET}-0001"},
}


@pytest.mark.parametrize("mark", CUT.values(), ids=CUT)
def test_a_listing_that_left_keys_out_cannot_tell(tmp_path: Path, mark: dict[str, object]) -> None:
    listed = {"Contents": [{"Key": "zebra"}], **mark}
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": listed}))
    verdict = found.verdicts["object-key-exists"]
    assert verdict.verdict == "cannot-tell"
    assert verdict.depends_on == (f"buckets.{BUCKET}.keys",)


@pytest.mark.parametrize("mark", CUT.values(), ids=CUT)
def test_a_listing_that_left_keys_out_still_shows_the_collision(tmp_path: Path, mark: dict[str, object]) -> None:
    listed = {"Contents": [{"Key": f"{TARGET}-0001.rdb"}], **mark}
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": listed}))
    assert found.words["object-key-exists"] == "fails"


@pytest.mark.parametrize(
    "listed",
    [
        {"RequestCharged": None, "Prefix": ""},
        {"Contents": [], "KeyCount": 0, "IsTruncated": False},
        {"Prefix": TARGET, "Contents": []},
        {"Prefix": f"{TARGET}-", "EncodingType": "url"},
    ],
    ids=str,
)
def test_a_listing_that_holds_none_of_the_keys_passes(tmp_path: Path, listed: object) -> None:
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": listed}))
    assert found.words["object-key-exists"] == "passes"


PROVES_NOTHING = {
    "another bucket": ({"Name": f"{BUCKET}-archive"}, f"`{BUCKET}-archive`"),
    "no keys asked for": ({"MaxKeys": 0, "KeyCount": 0, "IsTruncated": False}, "MaxKeys"),
    "as many keys as asked for": ({"MaxKeys": 1}, "MaxKeys"),
    "keys cut out": ({"KeyCount": 7, "IsTruncated": False}, "KeyCount"),
    "second page of versions": ({"KeyMarker": "a"}, "KeyMarker"),
    "first page of versions": ({"NextKeyMarker": "a"}, "truncated"),
    "a count that is no number": ({"MaxKeys": "0"}, "MaxKeys"),
}


@pytest.mark.parametrize(("mark", "why"), PROVES_NOTHING.values(), ids=PROVES_NOTHING)
@pytest.mark.parametrize("contents", ["Contents", "Versions"])
@pytest.mark.parametrize("form", ["inline", "file", "list"])
def test_a_listing_that_proves_nothing(
    tmp_path: Path, mark: dict[str, object], why: str, contents: str, form: str
) -> None:
    listed: Any = {contents: [{"Key": "zebra", "IsLatest": True}], **mark}
    files = {"keys.json": listed}
    keys = {"inline": listed, "file": "keys.json", "list": [listed]}[form]
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": keys}), files)
    verdict = found.verdicts["object-key-exists"]
    assert verdict.verdict == "cannot-tell"
    assert why in verdict.message
    assert verdict.depends_on == (f"buckets.{BUCKET}.keys",)


def test_the_keys_of_another_bucket_do_not_collide(tmp_path: Path) -> None:
    listed = [
        {"Name": "other", "Contents": [{"Key": f"{TARGET}-0001.rdb"}]},
        {"Name": BUCKET, "Prefix": TARGET, "IsTruncated": False},
    ]
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": listed}))
    assert found.words["object-key-exists"] == "passes"


def test_the_text_of_aws_s3_ls_is_named(tmp_path: Path) -> None:
    files = {"keys.txt": "2026-11-01 03:00:00    1048576 orders-2026-10-0001.rdb\n"}
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": "keys.txt"}), files)
    (fault,) = found.fault_lines
    assert "`aws s3api list-objects-v2` in JSON" in fault and "`aws s3 ls`" in fault
    assert found.words["object-key-exists"] == "cannot-tell"


def test_a_prefix_that_covers_every_known_key_is_enough(tmp_path: Path) -> None:
    data = changed(good(), **{f"buckets__{BUCKET}__keys": {"Prefix": f"{TARGET}-0001"}})
    data["snapshots"][SOURCE] |= {"NumNodeGroups": 1, "NodeSnapshots": [{"NodeGroupId": "0001"}]}
    assert read(tmp_path, data).words["object-key-exists"] == "passes"


# -- places
# ------------------------------------------------------------------------------------------------------------------

BLOCKING = policy(service_grant(), deny("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*", Sid="NoWrites", Principal="*"))


@pytest.mark.parametrize(
    ("given", "file"),
    [
        pytest.param(BLOCKING, "a.snaplint.json", id="inline"),
        pytest.param(escaped(BLOCKING), "a.snaplint.json", id="escaped inline"),
        pytest.param("p.json", "p.json", id="path"),
        pytest.param("escaped.json", "escaped.json", id="escaped by path"),
        pytest.param("p.yaml", "p.yaml", id="yaml"),
    ],
)
def test_a_statement_is_shown_where_it_is_written(tmp_path: Path, given: object, file: str) -> None:
    files = {"p.json": BLOCKING, "escaped.json": escaped(BLOCKING), "p.yaml": BLOCKING}
    found = read(tmp_path, changed(good(), **{POLICY: given}), files)
    (blame,) = [each for each in found.verdicts["service-lacks-write"].because if each.effect == "Deny"]
    assert blame.sid == "NoWrites"
    where, _, text = found.at((*blame.route, "Sid")).partition(": ")
    assert where == file
    assert text.strip("\\\"'") == "NoWrites"  # the place may or may not hold the quotes


def test_an_escaped_statement_is_a_part_of_its_line(tmp_path: Path) -> None:
    line = json.dumps(escaped(BLOCKING))
    found = read(tmp_path, changed(good(), **{POLICY: "e.json"}), {"e.json": line})
    assert found.preflight is not None
    place = found.preflight.source.place(("buckets", BUCKET, "policy", "Statement", 1, "Effect"))
    assert line[place.span.column - 1 : place.span.end_column - 1] == '\\"Deny\\"'


def test_two_buckets_may_share_an_escaped_policy(tmp_path: Path) -> None:
    data = changed(good(), **{POLICY: "e.json"})
    data["buckets"]["twin"] = dict(data["buckets"][BUCKET])
    data["requests"][0]["TargetBucket"] = "twin"
    both = policy(service_grant(resource=["*"]), deny("s3:PutObject", "*", Sid="NoWrites", Principal="*"))
    found = read(tmp_path, data, {"e.json": escaped(both)})
    (blame,) = [each for each in found.verdicts["service-lacks-write"].because if each.effect == "Deny"]
    assert blame.route[:2] == ("buckets", "twin")
    assert found.at((*blame.route, "Sid")).startswith("e.json: ")


def test_acl_grants_and_keys_have_places_in_their_files(tmp_path: Path) -> None:
    files = {"acl.json": full_acl(), "keys.json": listing(["a", f"{TARGET}-0001.rdb"])}
    data = changed(good(), **{ACL: "acl.json", f"buckets__{BUCKET}__keys": "keys.json"})
    found = read(tmp_path, data, files)
    (blame, *_) = found.verdicts["acl-grant-without-acls"].because
    assert found.at((*blame.route, "Grantee", "ID")) == f'acl.json: "{COMMERCIAL}"'
    (held,) = found.verdicts["object-key-exists"].because
    assert found.at(held.route) == f'keys.json: "{TARGET}-0001.rdb"'


def test_the_part_of_an_answer_that_matters_is_the_place(tmp_path: Path) -> None:
    data = changed(
        good(),
        **{
            f"buckets__{BUCKET}__encryption": "e.json",
            f"buckets__{BUCKET}__public_access_block": {"PublicAccessBlockConfiguration": RELAXED},
        },
    )
    found = read(tmp_path, data, {"e.json": encryption({"SSEAlgorithm": "aws:kms"})})
    assert found.at(found.verdicts["bucket-default-kms"].route) == 'e.json: "aws:kms"'
    assert found.words["public-access-block-relaxed"] == "fails"

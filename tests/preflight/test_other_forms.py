"""What people put in place of a policy, an ACL or a setting: it is read, or an input error names what it is.

It is never judged as a policy that AWS refuses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.checks.world import BUCKET, SOURCE, caller_policy, changed, deny, full_acl, good, policy, service_grant
from tests.preflight.project import read

from snaplint import InvalidFacts, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNDETERMINED = "cannot-tell"
POLICY, ACL = f"buckets__{BUCKET}__policy", f"buckets__{BUCKET}__acl"
TRUST = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
ALLOW_ALL = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
ROLE = {"RoleName": "exporter", "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": TRUST}
MANAGED = {"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "DefaultVersionId": "v3"}

POLICY_SLOTS = {
    "caller__policies__0": "an identity policy",
    "caller__boundary": "a permissions boundary",
    "caller__session_policies": "a session policy",
    "organization__scps": "an SCP",
    "organization__rcps": "an RCP",
    POLICY: "a bucket policy",
    f"buckets__{BUCKET}__encryption_key_policy": "a key policy",
}


def with_policy(slot: str, value: object) -> dict[str, Any]:
    """Return a world with a value in a slot for a policy."""
    world = changed(good(), caller__boundary=None)
    if slot == "caller__session_policies":
        return changed(world, **{slot: [value]})
    if slot.startswith("organization"):
        return changed(world, organization={"scps": None, "rcps": None, slot.rpartition("_")[2]: [[value]]})
    return changed(world, **{slot: value})


# -- what is no policy
# ------------------------------------------------------------------------------------------------------------------

NO_POLICIES = [
    ({"Role": ROLE}, "the output of `aws iam get-role`"),
    (ROLE, "a role of IAM"),
    ({**ROLE, "RolePolicyList": [], "AttachedManagedPolicies": []}, "a role of IAM"),
    ({"User": {"UserName": "ann", "UserId": "AIDAEXAMPLE"}}, "the output of `aws iam get-user`"),
    ({"Group": {"GroupName": "ops"}, "Users": []}, "the output of `aws iam get-group`"),
    ({"Policy": MANAGED}, "the output of `aws iam get-policy`"),
    (MANAGED, "the description of a managed policy"),
    ({"PolicyNames": ["inline"]}, "the output of `aws iam list-role-policies`"),
    ({"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": MANAGED["Arn"]}]}, "list-attached-role-policies"),
    ({"AttachedPolicies": []}, "list-attached-role-policies"),
    ({"Policies": [MANAGED]}, "the output of `aws iam list-policies`"),
    ({"Policies": [{"Id": "p-1", "Type": "SERVICE_CONTROL_POLICY"}]}, "organizations list-policies-for-target"),
    ({"Versions": [{"VersionId": "v1", "IsDefaultVersion": True}]}, "list-policy-versions"),
    ({"UserDetailList": [], "RoleDetailList": [], "Policies": []}, "get-account-authorization-details"),
    ({"UserId": "x", "Account": "111122223333", "Arn": "x"}, "get-caller-identity"),
    (TRUST, "the trust policy of a role"),
    ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}, "a CloudFormation template"),
    ({"Resources": {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": {}}}}, "a CloudFormation template"),
    ({"Type": "AWS::S3::BucketPolicy", "Properties": {}}, "a resource of a CloudFormation template"),
    (policy({**deny("s3:*"), "Resource": {"Fn::Sub": "${B.Arn}/*"}}), "a CloudFormation template, with `Fn::Sub`"),
    (policy({**deny("s3:*"), "Resource": [{"Ref": "B"}]}), "a CloudFormation template, with `Ref`"),
    ({"Fn::GetAtt": ["B", "Arn"]}, "a CloudFormation intrinsic function"),
    ({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}}, "a Terraform plan"),
    ({"version": 4, "terraform_version": "1.9.0", "resources": []}, "a Terraform state"),
    ({"version": 1, "requests": []}, "a preflight file"),
    (full_acl(), "the output of `aws s3api get-bucket-acl`"),
    ({"PolicyStatus": {"IsPublic": True}}, "the output of `aws s3api get-bucket-policy-status`"),
    ({"LocationConstraint": None}, "the output of `aws s3api get-bucket-location`"),
    ({"OwnershipControls": {"Rules": []}}, "the output of `aws s3api get-bucket-ownership-controls`"),
    ({"Snapshots": []}, "the output of `aws elasticache describe-snapshots`"),
    ({"name": "x", "kind": "y"}, "an object with `name` and `kind` and without `Statement`"),
    ("arn:aws:iam::aws:policy/ReadOnlyAccess", "the ARN of a managed policy"),
    ("arn:aws:iam::111122223333:role/team/exporter", "the ARN of a role"),
    ("arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1", "the ARN of an Organizations policy"),
    ("arn:aws:s3:::exports", "the ARN of a bucket"),
    ("bucket-owner-full-control", "the name of the canned ACL `bucket-owner-full-control`"),
    ("https://example.com/policy.json", "a URL, which snaplint does not open"),
    ("s3://configuration/policy.json", "a URL, which snaplint does not open"),
    ("", "empty text"),
    (" \n", "empty text"),
]


@pytest.mark.parametrize("slot", POLICY_SLOTS)
@pytest.mark.parametrize(("value", "name"), NO_POLICIES, ids=[name for _, name in NO_POLICIES])
def test_what_is_no_policy_is_named(tmp_path: Path, slot: str, value: object, name: str) -> None:
    found = read(tmp_path, with_policy(slot, value))
    (line,) = found.fault_lines
    assert line.startswith("a.snaplint.json:")
    assert f"` must be {POLICY_SLOTS[slot]}, not " in line
    assert name in line
    assert found.words["policy-malformed"] != "fails"


@pytest.mark.parametrize("ending", ["json", "yaml"])
@pytest.mark.parametrize(("value", "name"), NO_POLICIES, ids=[name for _, name in NO_POLICIES])
def test_what_is_no_policy_is_named_at_its_file(tmp_path: Path, value: object, name: str, ending: str) -> None:
    content = json.dumps(value) if isinstance(value, str) else value
    found = read(tmp_path, with_policy(POLICY, f"aws/p.{ending}"), {f"aws/p.{ending}": content})
    (line,) = found.fault_lines
    assert line.startswith(f"aws/p.{ending}:1:1: `buckets.{BUCKET}.policy` must be a bucket policy, not ")
    assert name in line
    assert found.words["policy-malformed"] == found.words["service-lacks-write"] == UNDETERMINED


NO_DOCUMENTS = {
    "template.yaml": ("AWSTemplateFormatVersion: '2010-09-09'\nX: !Sub a\nY: !Sub b: c", "a CloudFormation template"),
    "main.tf": ('resource "aws_s3_bucket_policy" "b" {\n  policy = jsonencode({})\n}\n', "Terraform configuration"),
    "p.txt": ("just some words\n", "text"),
    "p.xml": ('<?xml version="1.0"?><AccessControlPolicy/>', "XML"),
    "p.json": ("-----------\n|  GetBucketPolicy  |\n", "a table"),
    "q.json": ("Unable to locate credentials. You can configure credentials", "an error of the AWS CLI"),
    "r.json": ("\nAn error occurred (AccessDenied) when calling the GetBucketPolicy operation: no", "AccessDenied"),
    "s.txt": ("aws: [ERROR]: An error occurred (ExpiredToken) when calling the X operation: no", "ExpiredToken of X"),
    "t.json": ("", "empty text"),
    "u.yaml": (" \n", "empty text"),
}


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_a_file_that_is_neither_json_nor_yaml_is_named(tmp_path: Path, name: str) -> None:
    content, said = NO_DOCUMENTS[name]
    found = read(tmp_path, with_policy(POLICY, name), {name: content})
    (line,) = found.fault_lines
    assert line.startswith(f"{name}:1:1: `buckets.{BUCKET}.policy` must be a bucket policy, not ")
    assert said in line
    assert f"`aws s3api get-bucket-policy --bucket {BUCKET}` prints it" in line
    assert found.words["policy-malformed"] == UNDETERMINED


MEANT_AS_POLICIES = [
    {},
    {"Version": "2012-10-17"},
    {"Statment": []},
    {"statement": []},
    service_grant(),
    [service_grant()],
]


@pytest.mark.parametrize("value", MEANT_AS_POLICIES, ids=json.dumps)
def test_what_is_meant_as_a_policy_is_one_that_aws_refuses(tmp_path: Path, value: object) -> None:
    found = read(tmp_path, with_policy(POLICY, "p.json"), {"p.json": value})
    assert found.fault_lines == []
    assert found.words["policy-malformed"] == "fails"


def test_a_principal_in_an_identity_policy_is_still_refused(tmp_path: Path) -> None:
    found = read(tmp_path, with_policy("caller__policies__0", policy(service_grant())))
    assert found.fault_lines == []
    assert found.words["policy-malformed"] == "fails"


# -- policies of another kind
# ------------------------------------------------------------------------------------------------------------------


def of_organizations(kind: str) -> dict[str, Any]:
    return {"Policy": {"PolicySummary": {"Type": kind}, "Content": json.dumps(ALLOW_ALL)}}


OTHER_KINDS = [
    (POLICY, {"Policy": json.dumps(policy(service_grant())), "RevisionId": "1"}, "aws lambda get-policy"),
    ("caller__policies__0", of_organizations("SERVICE_CONTROL_POLICY"), "of type SERVICE_CONTROL_POLICY"),
    ("caller__policies__0", {"Policy": json.dumps(policy(service_grant()))}, "get-bucket-policy"),
    ("caller__boundary", of_organizations("RESOURCE_CONTROL_POLICY"), "of type RESOURCE_CONTROL_POLICY"),
    ("organization__scps", of_organizations("RESOURCE_CONTROL_POLICY"), "of type RESOURCE_CONTROL_POLICY"),
    ("organization__scps", of_organizations("TAG_POLICY"), "of type TAG_POLICY"),
    ("organization__rcps", of_organizations("SERVICE_CONTROL_POLICY"), "of type SERVICE_CONTROL_POLICY"),
    ("organization__scps", {"PolicyVersion": {"Document": ALLOW_ALL}}, "aws iam get-policy-version"),
    ("organization__scps", {"Policy": json.dumps(ALLOW_ALL)}, "get-bucket-policy"),
    (POLICY, {"RoleName": "r", "PolicyName": "p", "PolicyDocument": ALLOW_ALL}, "aws iam get-role-policy"),
    (POLICY, {"UserName": "r", "PolicyName": "p", "PolicyDocument": ALLOW_ALL}, "aws iam get-user-policy"),
    (POLICY, {"PolicyVersion": {"Document": ALLOW_ALL, "VersionId": "v1"}}, "aws iam get-policy-version"),
    (POLICY, of_organizations("SERVICE_CONTROL_POLICY"), "aws organizations describe-policy"),
    (POLICY, {"Policy": json.dumps(policy(service_grant())), "PolicyName": "default"}, "aws kms get-key-policy"),
]


@pytest.mark.parametrize(("slot", "value", "name"), OTHER_KINDS)
def test_an_answer_with_a_policy_of_another_kind_is_named(tmp_path: Path, slot: str, value: object, name: str) -> None:
    found = read(tmp_path, with_policy(slot, value))
    (line,) = found.fault_lines
    assert f"` must be {POLICY_SLOTS[slot]}, not the output of `" in line
    assert name in line
    assert found.words["policy-malformed"] != "fails"


def test_an_scp_among_the_identity_policies_grants_nothing(tmp_path: Path) -> None:
    world = changed(good(), caller__policies=[of_organizations("SERVICE_CONTROL_POLICY")])
    assert read(tmp_path, world).words["caller-not-permitted"] == UNDETERMINED


# -- the command that gives what is wanted
# ------------------------------------------------------------------------------------------------------------------

COMMANDS = [
    ("caller__policies__0", {"Role": ROLE}, "aws iam get-role-policy --role-name exporter --policy-name POLICY"),
    ("caller__policies__0", {"Role": ROLE}, "aws iam get-policy-version --policy-arn POLICY_ARN --version-id VERSION"),
    ("caller__policies__0", {"User": {"UserName": "ann"}}, "aws iam get-user-policy --user-name ann --policy-name"),
    (
        "caller__policies__0",
        {"PolicyNames": ["inline"]},
        "aws iam get-role-policy --role-name ROLE --policy-name inline",
    ),
    (
        "caller__policies__0",
        {"Policy": MANAGED},
        f"aws iam get-policy-version --policy-arn {MANAGED['Arn']} --version-id v3",
    ),
    (
        "caller__boundary",
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "aws iam get-policy-version --policy-arn arn:aws:iam::aws:policy/PowerUserAccess --version-id VERSION",
    ),
    (
        "caller__boundary",
        {"Role": {**ROLE, "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"}}},
        "aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/limit --version-id VERSION",
    ),
    (
        "caller__boundary",
        {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit"},
        "aws iam get-policy-version --policy-arn arn:aws:iam::111122223333:policy/limit --version-id VERSION",
    ),
    (
        "organization__scps",
        {"Policies": [{"Id": "p-abcd1234", "Type": "SERVICE_CONTROL_POLICY"}]},
        "aws organizations describe-policy --policy-id p-abcd1234",
    ),
    (
        "organization__rcps",
        "arn:aws:organizations::111122223333:policy/o-1/resource_control_policy/p-abcd1234",
        "aws organizations describe-policy --policy-id p-abcd1234",
    ),
    (POLICY, full_acl(), f"aws s3api get-bucket-policy --bucket {BUCKET}"),
    (f"buckets__{BUCKET}__encryption_key_policy", full_acl(), "aws kms get-key-policy --policy-name default --key-id"),
]


@pytest.mark.parametrize(("slot", "value", "command"), COMMANDS)
def test_the_command_that_prints_what_is_wanted(tmp_path: Path, slot: str, value: object, command: str) -> None:
    (line,) = read(tmp_path, with_policy(slot, value)).fault_lines
    assert f"`{command}" in line


@pytest.mark.parametrize("name", ["a; rm -rf x", "`x`", "x" * 400, "$(x)", 5, "a\nb"])
def test_a_command_has_no_name_that_a_shell_would_misread(tmp_path: Path, name: object) -> None:
    world = with_policy("caller__policies__0", {"Role": {**ROLE, "RoleName": name}})
    (line,) = read(tmp_path, world).fault_lines
    assert "`aws iam get-role-policy --role-name ROLE --policy-name POLICY`" in line


# -- other facts
# ------------------------------------------------------------------------------------------------------------------

OTHER_FACTS = [
    ("acl", policy(service_grant()), "a policy", "get-bucket-acl"),
    ("acl", {"Policy": json.dumps(policy())}, "the output of `aws s3api get-bucket-policy`", "get-bucket-acl"),
    ("acl", {"PublicAccessBlockConfiguration": {}}, "`aws s3api get-public-access-block`", "get-bucket-acl"),
    ("acl", "private", "the name of the canned ACL `private`", "get-bucket-acl"),
    ("acl", "public-read", "the name of the canned ACL `public-read`", "get-bucket-acl"),
    ("ownership", full_acl(), "`aws s3api get-bucket-acl`", "get-bucket-ownership-controls"),
    ("ownership", "bucket-owner-full-control", "canned ACL", "get-bucket-ownership-controls"),
    ("encryption", full_acl(), "`aws s3api get-bucket-acl`", "get-bucket-encryption"),
    ("encryption", {"KeyMetadata": {}}, "`aws kms describe-key`", "get-bucket-encryption"),
    ("public_access_block", policy(service_grant()), "a policy", "get-public-access-block"),
    ("public_access_block", {"PolicyStatus": {}}, "get-bucket-policy-status", "get-public-access-block"),
    ("keys", {"LocationConstraint": None}, "`aws s3api get-bucket-location`", "list-objects-v2"),
    ("keys", full_acl(), "`aws s3api get-bucket-acl`", "list-objects-v2"),
    ("keys", "s3://exports/orders/", "a URL", "list-objects-v2"),
    ("region", policy(service_grant()), "a policy", "get-bucket-location"),
    ("region", "arn:aws:s3:::exports", "the ARN of a bucket", "get-bucket-location"),
    ("region", full_acl(), "`aws s3api get-bucket-acl`", "get-bucket-location"),
]


@pytest.mark.parametrize("by_path", [False, True], ids=["inline", "by path"])
@pytest.mark.parametrize(("field", "value", "name", "command"), OTHER_FACTS)
def test_another_answer_is_named(
    tmp_path: Path, field: str, value: object, name: str, command: str, by_path: bool
) -> None:
    content = json.dumps(value) if isinstance(value, str) else value
    world = changed(good(), **{f"buckets__{BUCKET}__{field}": "aws/x.json" if by_path else value})
    (line,) = read(tmp_path, world, {"aws/x.json": content}).fault_lines
    assert line.startswith("aws/x.json:1:1: " if by_path else "a.snaplint.json:")
    assert f"`buckets.{BUCKET}.{field}` must be " in line
    assert name in line.partition(", not ")[2]
    assert f"`aws s3api {command} --bucket {BUCKET}` prints " in line


def test_a_fault_in_the_right_answer_is_not_another_answer(tmp_path: Path) -> None:
    world = changed(good(), **{ACL: {"Owner": {}, "Grants": [{}]}})
    (line,) = read(tmp_path, world).fault_lines
    assert line.endswith("`buckets.exports.acl` must be a grant: Grantee and Permission")


# -- forms that are read
# ------------------------------------------------------------------------------------------------------------------


GRANT, NO_GRANT = policy(service_grant()), policy(service_grant("s3:ListBucket"))
NOTATIONS: dict[str, Callable[[Any], object]] = {
    "JSON text": json.dumps,
    "indented JSON text": lambda document: f"\n  {json.dumps(document, indent=2)}\n",
    "percent-encoded": lambda document: quote(json.dumps(document)),
    "percent-encoded, all of it": lambda document: quote(json.dumps(document), safe=""),
    "percent-encoded below PolicyDocument": lambda document: {"PolicyDocument": quote(json.dumps(document))},
    "JSON text below PolicyDocument": lambda document: {"PolicyDocument": json.dumps(document)},
    "get-bucket-policy": lambda document: {"Policy": json.dumps(document)},
    "put-bucket-policy": lambda document: {"Bucket": BUCKET, "Policy": json.dumps(document)},
}


@pytest.mark.parametrize("form", ["inline", "json", "yaml"])
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(("document", "word"), [(GRANT, "passes"), (NO_GRANT, "fails")], ids=["grant", "none"])
def test_notations_of_a_policy(tmp_path: Path, document: object, word: str, notation: str, form: str) -> None:
    value: object = NOTATIONS[notation](document)
    if form == "inline":
        found = read(tmp_path, with_policy(POLICY, value))
    else:
        content = json.dumps(value) if form == "json" or isinstance(value, str) else value
        found = read(tmp_path, with_policy(POLICY, f"p.{form}"), {f"p.{form}": content})
    assert found.fault_lines == []
    assert (found.words["service-lacks-write"], found.words["policy-malformed"]) == (word, "passes")


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("caller__policies__0", {"PolicyName": "inline", "PolicyDocument": deny("s3:*")}),
        ("caller__policies__0", {"Document": policy(deny("s3:*")), "VersionId": "v1", "IsDefaultVersion": True}),
        ("caller__policies__0", {"PolicyVersion": {"Document": quote(json.dumps(policy(deny("s3:*"))))}}),
        ("organization__scps", {"PolicySummary": {}, "Content": json.dumps(policy(deny("s3:*")))}),
    ],
)
def test_parts_of_answers(tmp_path: Path, slot: str, value: dict[str, Any]) -> None:
    if isinstance(value.get("PolicyDocument"), dict):
        value = {**value, "PolicyDocument": policy(deny("s3:*"))}
    found = read(tmp_path, with_policy(slot, value))
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == "fails"


def test_what_is_proposed_in_the_form_of_an_answer_is_not_saved(tmp_path: Path) -> None:
    found = read(tmp_path, with_policy(POLICY, {"Bucket": BUCKET, "Policy": json.dumps(GRANT)}))
    assert found.preflight is not None
    bucket = found.preflight.facts.buckets[BUCKET]
    assert bucket.policy.saved is False  # type: ignore[union-attr]


@pytest.mark.parametrize("start", ["file://", "fileb://"])
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_a_file_url_is_a_path(tmp_path: Path, start: str, absolute: bool) -> None:
    name = f"{tmp_path}/p.json" if absolute else "p.json"
    found = read(tmp_path, with_policy(POLICY, start + name), {"p.json": GRANT})
    assert found.fault_lines == []
    assert found.words["service-lacks-write"] == "passes"


def test_a_file_url_may_not_leave_the_project(tmp_path: Path) -> None:
    (line,) = read(tmp_path / "project", with_policy(POLICY, "file:///etc/hostname")).fault_lines
    assert "is outside the project" in line


@pytest.mark.parametrize("name", ["~/p.json", "~", "file://~/p.json", "~ann/p.json"])
def test_a_home_folder_is_not_expanded(tmp_path: Path, name: str) -> None:
    (line,) = read(tmp_path, with_policy(POLICY, name)).fault_lines
    assert "`~` is not expanded" in line


@pytest.mark.parametrize("name", ["$HOME/p.json", "${HOME}/p.json", "$POLICY"])
def test_a_variable_is_not_expanded(tmp_path: Path, name: str) -> None:
    (line,) = read(tmp_path, with_policy(POLICY, name)).fault_lines
    assert "variables are not expanded" in line


def test_the_name_of_a_policy_is_not_the_policy(tmp_path: Path) -> None:
    (line,) = read(tmp_path, with_policy("caller__policies__0", "AdministratorAccess")).fault_lines
    assert "cannot read `AdministratorAccess`: no such file" in line
    assert "`aws iam get-policy-version --policy-arn POLICY_ARN --version-id VERSION`" in line


@pytest.mark.parametrize(
    ("field", "text", "what", "command"),
    [
        ("region", "US East (N. Virginia)", "a Region", "get-bucket-location"),
        ("encryption", "KMS", "a default encryption", "get-bucket-encryption"),
        ("keys", "none", "object keys", "list-objects-v2"),
        ("public_access_block", "on", "Block Public Access settings", "get-public-access-block"),
    ],
)
def test_a_word_that_is_no_setting_is_said(tmp_path: Path, field: str, text: str, what: str, command: str) -> None:
    (line,) = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__{field}": text})).fault_lines
    assert f"this must be {what}, or the path of a file: `aws s3api {command} --bucket {BUCKET}` prints " in line


def test_a_file_that_is_missing_is_a_file_that_is_missing(tmp_path: Path) -> None:
    (line,) = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__keys": "keys.json"})).fault_lines
    assert line.endswith("cannot read `keys.json`: no such file or directory")


def test_empty_text_where_null_is_not_allowed(tmp_path: Path) -> None:
    (line,) = read(tmp_path, with_policy("caller__policies__0", "p.json"), {"p.json": ""}).fault_lines
    assert "not empty text" in line
    assert "`null`" not in line
    (line,) = read(tmp_path, with_policy(POLICY, "p.json"), {"p.json": ""}).fault_lines
    assert "(`null` does)" in line


def test_json_text_with_a_fault_is_one_fault(tmp_path: Path) -> None:
    (line,) = read(tmp_path, with_policy(POLICY, '{"Statement": [,]}')).fault_lines
    assert "expected a value" in line


@pytest.mark.parametrize("field", ["acl", "public_access_block", "encryption", "keys", "ownership", "region"])
def test_json_text_of_other_facts(tmp_path: Path, field: str) -> None:
    values: dict[str, object] = {
        "acl": full_acl(),
        "public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        "encryption": {"SSEAlgorithm": "AES256"},
        "keys": ["a", "b"],
        "ownership": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}},
        "region": {"LocationConstraint": "eu-west-1"},
    }
    place = f"buckets__{BUCKET}__{field}"
    plain = read(tmp_path / "plain", changed(good(), **{place: values[field]}))
    as_text = read(tmp_path / "text", changed(good(), **{place: json.dumps(values[field])}))
    assert as_text.fault_lines == []
    assert as_text.words == plain.words


# -- lists of policies
# ------------------------------------------------------------------------------------------------------------------


def inline(document: object, name: str = "p") -> dict[str, object]:
    return {"PolicyName": name, "PolicyDocument": document}


@pytest.mark.parametrize("last", [deny("s3:*"), deny("elasticache:*")], ids=lambda each: each["Action"])
def test_a_list_of_policies_in_place_of_one_gives_all(tmp_path: Path, last: dict[str, Any]) -> None:
    world = changed(good(), caller__policies=["list.json", caller_policy()])
    files: dict[str, object] = {"list.json": [inline(caller_policy()), inline(policy(last), "q")]}
    found = read(tmp_path, world, files)
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == "fails"
    (blame,) = {each.route[:3] for each in found.verdicts["caller-not-permitted"].because if each.effect == "Deny"}
    assert '"Effect": "Deny"' in found.at(blame)
    assert found.at(blame).startswith("list.json: ")


def test_the_policies_after_a_list_keep_their_places(tmp_path: Path) -> None:
    world = changed(good(), caller__policies=["list.json", policy(deny("s3:*"))])
    found = read(tmp_path, world, {"list.json": [inline(caller_policy()), caller_policy()]})
    (blame,) = {each.route[:3] for each in found.verdicts["caller-not-permitted"].because if each.effect == "Deny"}
    assert found.at(blame).startswith("a.snaplint.json: ")
    assert '"Effect": "Deny"' in found.at(blame)


def test_an_empty_list_of_policies_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, changed(good(), caller__policies=["list.json", caller_policy()]), {"list.json": "[]"})
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == "passes"


def test_a_list_with_something_else_is_no_list_of_policies(tmp_path: Path) -> None:
    world = changed(good(), caller__policies=["list.json"])
    (line,) = read(tmp_path, world, {"list.json": [caller_policy(), {"Role": ROLE}]}).fault_lines
    assert "`caller.policies.0` must be an identity policy, not a list" in line


# -- saying nothing
# ------------------------------------------------------------------------------------------------------------------

ABSENT = [
    ("policy", "NoSuchBucketPolicy", "GetBucketPolicy"),
    ("ownership", "OwnershipControlsNotFoundError", "GetBucketOwnershipControls"),
    ("encryption", "ServerSideEncryptionConfigurationNotFoundError", "GetBucketEncryption"),
    ("public_access_block", "NoSuchPublicAccessBlockConfiguration", "GetPublicAccessBlock"),
    ("tags", "NoSuchTagSet", "GetBucketTagging"),
    ("object_lock", "ObjectLockConfigurationNotFoundError", "GetObjectLockConfiguration"),
]


def printed(code: str, operation: str, message: str = "it does not exist") -> str:
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"


NO_ANSWERS = {
    "text": "{error}",
    "text with a prefix": "aws: [ERROR]: {error}",
    "e.json": "\n{error}\n",
    "e.yaml": "\n{error}\n",
    "prefix.txt": "aws: [ERROR]: {error}\n",
    "details.yaml": "{error}\n\nAdditional error details:\nBucketName: exports\n",
    "details-first.yaml": "BucketName: exports\n{error}\n",
    "code.json": '{{"Code": "{code}", "Message": "it does not exist"}}',
    "code.yaml": "Code: {code}\nMessage: it does not exist\n",
    "null": "null",
    "None": "None",
    "null.json": "null\n",
    "none.json": "None\n",
    "none.txt": "None\n",
}
"""What the AWS CLI prints if there is none, in place of the fact or in a file."""


@pytest.mark.parametrize("form", NO_ANSWERS)
@pytest.mark.parametrize(("field", "code", "operation"), ABSENT)
def test_the_error_that_there_is_none_is_null(tmp_path: Path, field: str, code: str, operation: str, form: str) -> None:
    place = f"buckets__{BUCKET}__{field}"
    plain = read(tmp_path / "plain", changed(good(), **{place: None}))
    text = NO_ANSWERS[form].format(error=printed(code, operation), code=code)
    is_file = "." in form
    found = read(
        tmp_path / "form", changed(good(), **{place: form if is_file else text}), {form: text} if is_file else {}
    )
    assert found.fault_lines == []
    assert found.words == plain.words


@pytest.mark.parametrize("details", [{}, {"BucketName": BUCKET}], ids=["short", "with the bucket"])
@pytest.mark.parametrize(("field", "code", "_operation"), ABSENT)
def test_the_response_of_botocore_that_there_is_none_is_null(
    tmp_path: Path, field: str, code: str, _operation: str, details: dict[str, str]
) -> None:
    place = f"buckets__{BUCKET}__{field}"
    plain = read(tmp_path / "plain", changed(good(), **{place: None}))
    response = {"Error": {"Code": code, "Message": "m", **details}, "ResponseMetadata": {"HTTPStatusCode": 404}}
    found = read(tmp_path / "form", changed(good(), **{place: response}))
    assert found.fault_lines == []
    assert found.words == plain.words


def test_tags_may_have_the_keys_of_an_error(tmp_path: Path) -> None:
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__tags": {"Code": "a", "Message": "b"}}))
    assert found.fault_lines == []
    assert found.preflight is not None
    assert found.preflight.facts.buckets[BUCKET].tags == {"Code": "a", "Message": "b"}  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["e.txt", "e.json", "text"])
def test_the_error_that_there_is_no_such_snapshot_is_null(tmp_path: Path, form: str) -> None:
    text = printed("SnapshotNotFoundFault", "DescribeSnapshots", "Snapshot not found")
    world = changed(good(), snapshots={SOURCE: text if form == "text" else form})
    found = read(tmp_path, world, {} if form == "text" else {form: text})
    assert found.fault_lines == []
    assert found.words["snapshot-does-not-exist"] == "fails"


ERRORS = [
    ("policy", "AccessDenied"),
    ("policy", "NoSuchBucket"),
    ("policy", "OwnershipControlsNotFoundError"),
    ("policy", "NoSuchEntity"),
    ("acl", "AccessDenied"),
    ("acl", "NoSuchBucketPolicy"),
    ("ownership", "NoSuchBucketPolicy"),
    ("encryption", "AccessDenied"),
    ("public_access_block", "MethodNotAllowed"),
    ("keys", "NoSuchBucket"),
    ("keys", "AccessDenied"),
    ("region", "AccessDenied"),
]


@pytest.mark.parametrize("form", ["text", "file", "object"])
@pytest.mark.parametrize(("field", "code"), ERRORS)
def test_a_failed_read_is_not_none(tmp_path: Path, field: str, code: str, form: str) -> None:
    text = printed(code, "GetIt", "User: arn:aws:iam::111122223333:user/x is not authorized to perform: s3:GetIt")
    value: object = {"text": text, "file": "e.json", "object": {"Error": {"Code": code, "Message": "m"}}}[form]
    found = read(tmp_path, changed(good(), **{f"buckets__{BUCKET}__{field}": value}), {"e.json": text})
    (line,) = found.fault_lines
    assert f"`buckets.{BUCKET}.{field}` must be " in line
    assert f"not the error {code}" in line
    assert found.preflight is not None
    assert getattr(found.preflight.facts.buckets[BUCKET], field).unreadable


@pytest.mark.parametrize("form", ["object", "file"])
def test_the_error_for_another_bucket_does_not_show_that_there_is_none(tmp_path: Path, form: str) -> None:
    value = {"Error": {"Code": "NoSuchBucketPolicy", "Message": "m", "BucketName": "another"}}
    text = f"{printed('NoSuchBucketPolicy', 'GetBucketPolicy')}\n\nAdditional error details:\nBucketName: another\n"
    found = read(tmp_path, with_policy(POLICY, value if form == "object" else "e.txt"), {"e.txt": text})
    (line,) = found.fault_lines
    assert "not the error NoSuchBucketPolicy" in line
    assert "for bucket `another`" in line


def test_a_bucket_or_an_organization_that_does_not_exist_is_said_with_what_to_write(tmp_path: Path) -> None:
    text = printed("NoSuchBucket", "GetBucketPolicy")
    (line,) = read(tmp_path / "a", with_policy(POLICY, text)).fault_lines
    assert "`null` in place of the whole bucket means that it does not exist" in line
    text = printed("AWSOrganizationsNotInUseException", "DescribePolicy")
    (line,) = read(tmp_path / "b", with_policy("organization__scps", text)).fault_lines
    assert "`organization: null` means that the account is in no organization" in line


@pytest.mark.parametrize("fields", [{}, {"region": "us-east-1"}], ids=["alone", "with another fact"])
def test_an_answer_that_the_bucket_does_not_exist_does_not_show_that_it_exists(
    tmp_path: Path, fields: dict[str, str]
) -> None:
    text = printed("NoSuchBucket", "GetBucketPolicy")
    found = read(tmp_path, changed(good(), buckets={BUCKET: {"policy": text, **fields}}))
    assert found.words["bucket-does-not-exist"] == UNDETERMINED


@pytest.mark.parametrize("content", ["null", "None\n"])
def test_null_in_place_of_one_of_several_policies_is_said(tmp_path: Path, content: str) -> None:
    world = changed(good(), caller__policies=[caller_policy(), "p.txt"])
    found = read(tmp_path, world, {"p.txt": content})
    (line,) = found.fault_lines
    assert "`caller.policies.1` must be an identity policy, not null" in line
    assert found.words["caller-not-permitted"] == UNDETERMINED


@pytest.mark.parametrize("content", ["null", "None\n"])
def test_null_for_a_boundary_is_none(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, with_policy("caller__boundary", "p.txt"), {"p.txt": content})
    assert found.fault_lines == []
    assert found.words["caller-not-permitted"] == "passes"


# -- the same from Python and in a facts file
# ------------------------------------------------------------------------------------------------------------------

REQUEST = {"SourceSnapshotName": "nightly", "TargetSnapshotName": "orders", "TargetBucket": BUCKET}


def facts_with(**fields: object) -> dict[str, Any]:
    return {"account": "111122223333", "region": "us-east-1", "buckets": {BUCKET: {"region": "us-east-1", **fields}}}


def test_the_policy_of_a_boto3_answer(tmp_path: Path) -> None:
    facts = facts_with(policy=json.dumps(policy(service_grant())), account="111122223333")
    assert check(REQUEST, facts).verdict("service-lacks-write").verdict == "passes"


def test_the_response_of_a_boto3_exception() -> None:
    response = {"Error": {"Code": "NoSuchBucketPolicy", "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
    facts = facts_with(policy=response, ownership="BucketOwnerEnforced", account="111122223333")
    assert check(REQUEST, facts).verdict("service-lacks-write").verdict == "fails"


def test_a_role_among_the_policies_is_named_in_python() -> None:
    caller = {"arn": "arn:aws:iam::111122223333:role/exporter", "policies": [{"Role": ROLE}]}
    with pytest.raises(InvalidFacts, match=r"not the output of `aws iam get-role`"):
        check(REQUEST, facts_with(), caller)


def test_a_facts_file_with_an_acl_in_place_of_a_policy(tmp_path: Path) -> None:
    world = changed(good(), facts="facts.json")
    del world["buckets"][BUCKET]["policy"]
    facts = {"version": 1, "buckets": {BUCKET: {"policy": full_acl()}}}
    found = read(tmp_path, world, {"facts.json": facts})
    (line,) = found.fault_lines
    assert line.startswith("facts.json:")
    assert "must be a bucket policy, not the output of `aws s3api get-bucket-acl`" in line
    assert found.words["service-lacks-write"] == UNDETERMINED


# -- another document in place of the whole file
# ------------------------------------------------------------------------------------------------------------------

OTHER_FILES = [
    ({"Role": ROLE}, "the output of `aws iam get-role`"),
    (TRUST, "a policy"),
    ({"Policy": json.dumps(GRANT)}, "the output of `aws s3api get-bucket-policy`"),
    ({"version": 4, "terraform_version": "1.9.0", "resources": []}, "a Terraform state"),
    ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}, "a CloudFormation template"),
    ({"SourceSnapshotName": "nightly", "TargetSnapshotName": "x"}, "a copy_snapshot request"),
]


@pytest.mark.parametrize(("value", "name"), OTHER_FILES, ids=[name for _, name in OTHER_FILES])
def test_another_document_in_place_of_a_preflight_file_or_a_facts_file(
    tmp_path: Path, value: object, name: str
) -> None:
    found = read(tmp_path / "a", value)
    advice = "`snaplint init` writes one to fill in"
    assert found.fault_lines == [f"a.snaplint.json:1:1: this must be a preflight file, not {name}; {advice}"]
    found = read(tmp_path / "b", changed(good(), facts="f.json"), {"f.json": value})
    assert found.fault_lines == [f"f.json:1:1: this must be a facts file, not {name}; `snaplint collect` writes one"]

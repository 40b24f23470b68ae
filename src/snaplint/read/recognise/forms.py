"""The table of forms: objects that are recognised by their members, and what messages call them.

Outputs of the AWS CLI: https://docs.aws.amazon.com/cli/latest/reference/
Terraform: https://developer.hashicorp.com/terraform/internals/json-format
CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from snaplint.operations.operation import Operation

    Object = Mapping[str, Any]


def _nothing(_value: Object) -> dict[str, Any]:
    return {}


class Form(NamedTuple):
    """One form: what messages call it, the members that each of its objects has, and a further test.

    `names` returns what an object names, for a command that reads more: `role`, `user`, `group`, `policy`, `arn`,
    `version`, `boundary` (an ARN) or `id`. The values are not checked.
    """

    name: str
    members: tuple[str, ...]
    test: Callable[[Object], bool] = lambda _value: True
    names: Callable[[Object], dict[str, Any]] = _nothing

    def describes(self, value: Object) -> bool:
        """Return True if an object has this form."""
        return all(member in value for member in self.members) and self.test(value)


def _output(command: str, *members: str, note: str = "", **how: Any) -> Form:
    """Return the form of the output of a command of the AWS CLI."""
    return Form(f"the output of `aws {command}`{f', {note}' if note else ''}", members, **how)


def _is_object(member: str, *inner: str) -> Callable[[Object], bool]:
    return lambda value: isinstance(value[member], dict) and all(each in value[member] for each in inner)


def _any_of(*members: str) -> Callable[[Object], bool]:
    return lambda value: any(member in value for member in members)


def _items_have(member: str, *inner: str) -> Callable[[Object], bool]:
    """Return a test that a member is a list whose items have one of the members `inner`."""

    def test(value: Object) -> bool:
        items = value[member]
        return isinstance(items, list) and any(isinstance(item, dict) and _any_of(*inner)(item) for item in items)

    return test


def _named(**places: tuple[str, ...]) -> Callable[[Object], dict[str, Any]]:
    """Return a function that takes each name from the place of it that is given as steps."""

    def names(value: Object) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, steps in places.items():
            inner: Any = value
            for step in steps:
                if isinstance(inner, list) and len(inner) == 1:
                    inner = inner[0]
                inner = inner.get(step) if isinstance(inner, dict) else None
            found[name] = inner
        return found

    return names


def _only_policy_name(value: Object) -> dict[str, Any]:
    names = value["PolicyNames"]
    return {"policy": names[0]} if isinstance(names, list) and len(names) == 1 else {}


def _has_resource_types(value: Object) -> bool:
    resources = value["Resources"]
    return isinstance(resources, dict) and any(
        isinstance(each, dict) and str(each.get("Type", "")).startswith(("AWS::", "Custom::"))
        for each in resources.values()
    )


_INTRINSICS = ("Ref", "Condition")


def is_intrinsic(value: object) -> bool:
    """Return True for a CloudFormation intrinsic function in JSON: `{"Ref": …}` or `{"Fn::Sub": …}`.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (name,) = value
    return isinstance(name, str) and (name in _INTRINSICS or name.startswith("Fn::"))


def _of_source(operation: Operation) -> Iterator[Form]:
    """Yield the forms of what describes a snapshot, of what may be taken for it, and of its tags."""
    source = operation.source
    items, *single = source.answers or (source.items,)
    yield _output(source.command, items)
    yield Form(f"a snapshot of `aws {source.command}`", (source.name,))
    yield from (Form(f"the output of `{operation.cli}`", (each,), _is_object(each)) for each in single)
    yield from (_output(command, member) for command, member in source.others.items())
    if source.tags is not None:
        yield _output(source.tags.command, source.tags.items)


_BOUNDARY = ("PermissionsBoundary", "PermissionsBoundaryArn")
ROLE_DETAILS = "which has the trust policy and no permissions"

FORMS = (
    # -- not of AWS
    Form("a CloudFormation template", ("AWSTemplateFormatVersion",)),
    Form("a CloudFormation template", ("Resources",), _has_resource_types),
    Form(
        "a resource of a CloudFormation template",
        ("Type", "Properties"),
        lambda value: str(value["Type"]).startswith("AWS::"),
    ),
    Form("a CloudFormation intrinsic function", (), is_intrinsic),
    Form("a Terraform plan", ("terraform_version",), _any_of("planned_values", "resource_changes")),
    Form("a Terraform state", ("terraform_version",)),
    Form("Terraform configuration", ("resource",), _is_object("resource")),
    Form("a preflight file", ("version", "requests")),
    Form("a facts file", ("version",), _any_of("buckets", "snapshots")),
    Form("a report of snaplint", ("schema_version", "results")),
    *(Form(f"a {each.method} request", (each.member_name("source"),)) for each in operations().values()),
    # -- IAM and STS
    _output(
        "iam get-role",
        "Role",
        note=ROLE_DETAILS,
        test=_is_object("Role"),
        names=_named(role=("Role", "RoleName"), boundary=("Role", *_BOUNDARY)),
    ),
    _output(
        "iam get-user",
        "User",
        test=_is_object("User"),
        names=_named(user=("User", "UserName"), boundary=("User", *_BOUNDARY)),
    ),
    _output("iam get-group", "Group", test=_is_object("Group"), names=_named(group=("Group", "GroupName"))),
    _output("iam list-roles", "Roles", test=_items_have("Roles", "RoleName")),
    _output("iam list-users", "Users", test=_items_have("Users", "UserName")),
    _output("iam list-groups", "Groups", test=_items_have("Groups", "GroupName")),
    _output("iam list-role-policies", "PolicyNames", note="which has only names", names=_only_policy_name),
    _output(
        "iam list-attached-role-policies",
        "AttachedPolicies",
        note="which has only names and ARNs",
        names=_named(arn=("AttachedPolicies", "PolicyArn")),
    ),
    Form(
        "the output of `aws iam get-account-authorization-details`",
        (),
        _any_of("UserDetailList", "GroupDetailList", "RoleDetailList"),
    ),
    Form(
        f"a role of IAM, {ROLE_DETAILS}",
        ("AssumeRolePolicyDocument",),
        names=_named(role=("RoleName",), policy=("RolePolicyList", "PolicyName"), boundary=_BOUNDARY),
    ),
    Form("a user of IAM", ("UserName", "UserId"), names=_named(user=("UserName",), boundary=_BOUNDARY)),
    Form("a group of IAM", ("GroupName", "GroupId"), names=_named(group=("GroupName",))),
    _output(
        "iam get-policy",
        "Policy",
        note="which has no statements",
        test=_is_object("Policy", "Arn"),
        names=_named(arn=("Policy", "Arn"), version=("Policy", "DefaultVersionId")),
    ),
    _output(
        "iam list-policy-versions",
        "Versions",
        test=_items_have("Versions", "IsDefaultVersion"),
        names=_named(version=("Versions", "VersionId")),
    ),
    _output(
        "iam list-policies",
        "Policies",
        test=_items_have("Policies", "DefaultVersionId"),
        names=_named(arn=("Policies", "Arn"), version=("Policies", "DefaultVersionId")),
    ),
    Form(
        "the description of a managed policy, which has no statements",
        ("Arn", "DefaultVersionId"),
        names=_named(arn=("Arn",), version=("DefaultVersionId",)),
    ),
    Form(
        "the ARN of a permissions boundary, which has no statements",
        ("PermissionsBoundaryArn",),
        names=_named(boundary=("PermissionsBoundaryArn",)),
    ),
    Form("the ARN of a managed policy", ("PolicyArn",), names=_named(arn=("PolicyArn",))),
    _output("iam list-entities-for-policy", "PolicyRoles"),
    _output("iam simulate-principal-policy", "EvaluationResults"),
    _output("sts assume-role", "Credentials"),
    _output("sts get-caller-identity", "UserId", "Account", "Arn"),
    # -- Organizations
    _output(
        "organizations list-policies-for-target",
        "Policies",
        note="which has no statements",
        test=_items_have("Policies", "AwsManaged", "Type"),
        names=_named(id=("Policies", "Id")),
    ),
    _output("organizations describe-effective-policy", "EffectivePolicy"),
    _output("organizations list-targets-for-policy", "Targets"),
    _output("organizations describe-organization", "Organization"),
    _output("organizations list-roots", "Roots"),
    _output("organizations list-parents", "Parents"),
    Form(
        "the summary of an Organizations policy, which has no statements",
        ("Id", "Type"),
        lambda value: str(value["Type"]).endswith("_POLICY"),
        names=_named(id=("Id",)),
    ),
    Form("a list of policies without their statements", ("Policies",)),
    # -- S3
    _output("s3api get-bucket-policy-status", "PolicyStatus"),
    _output("s3api get-bucket-acl", "Grants"),
    _output("s3api get-bucket-ownership-controls", "OwnershipControls"),
    _output("s3api get-bucket-encryption", "ServerSideEncryptionConfiguration"),
    _output("s3api get-public-access-block", "PublicAccessBlockConfiguration"),
    Form("Block Public Access settings", (), _any_of("BlockPublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")),
    Form("a default encryption", ("SSEAlgorithm",)),
    _output("s3api get-bucket-location", "LocationConstraint"),
    _output("s3api head-bucket", "BucketRegion"),
    _output("s3api get-object-lock-configuration", "ObjectLockConfiguration"),
    _output("s3api get-bucket-tagging", "TagSet"),
    _output("s3api get-bucket-abac", "AbacStatus"),
    _output("s3api get-bucket-cors", "CORSRules"),
    _output("s3api get-bucket-logging", "LoggingEnabled"),
    _output("s3api list-object-versions", "Versions", test=_items_have("Versions", "Key")),
    _output("s3api list-buckets", "Buckets"),
    _output("s3api list-objects-v2", "Contents"),
    Form("the output of `aws s3api list-objects-v2`", (), _any_of("KeyCount", "CommonPrefixes", "RequestCharged")),
    # -- KMS and the services of the operations
    _output("kms describe-key", "KeyMetadata"),
    *(form for each in operations().values() for form in _of_source(each)),
)
"""The first form that fits counts. None of them is a policy, although some have one in them."""


def recognised(value: object) -> Form | None:
    """Return the form of an object; None if it is not an object or none of the forms."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return None
    return next((form for form in FORMS if form.describes(value)), None)

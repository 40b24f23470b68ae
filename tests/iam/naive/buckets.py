"""S3's own rules: ACLs, Object Ownership, Block Public Access.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from tests.iam.naive.text import several

if TYPE_CHECKING:
    from tests.iam.naive.who import Requester

_GROUPS = "http://acs.amazonaws.com/groups/"
_PERMISSIONS = {
    "READ": {"s3:listbucket", "s3:listbucketversions", "s3:listbucketmultipartuploads"},
    "WRITE": {"s3:putobject"},
    "READ_ACP": {"s3:getbucketacl"},
    "WRITE_ACP": {"s3:putbucketacl"},
}
_OF_THE_OWNER = {"s3:deleteobject", "s3:deleteobjectversion"}
_FIXED = (
    "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceaccount",
    # "an AWS principal, user, role, or service principal"
    "aws:principalorgid", "aws:principalarn", "aws:principalaccount", "aws:principalservicename",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
)  # fmt: skip


def acl_grants(setup: dict[str, Any], who: Requester, action: str, choice: dict[str, Any]) -> set[str]:
    """Return the kinds of entries by which the bucket ACL grants the action to the requester.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html (ACLs are ignored with
    BucketOwnerEnforced; a bucket without the setting behaves as with ObjectWriter)
    """
    acl = setup.get("acl")
    if acl is None or setup.get("object_ownership") == "BucketOwnerEnforced":
        return set()
    owner = acl["Owner"]["ID"]
    found = {
        _grantee(grant["Grantee"], who, choice, block_public=bool(setup.get("s3_block_public_access")))
        for grant in acl["Grants"]
        if action.lower() in _actions(grant["Permission"], of_owner=grant["Grantee"].get("ID") == owner)
    }
    return {kind for kind in found if kind}


def _actions(permission: str, *, of_owner: bool) -> set[str]:
    """#permissions: the actions of each ACL permission on a bucket."""
    names = list(_PERMISSIONS) if permission == "FULL_CONTROL" else [permission]
    found = set().union(*(_PERMISSIONS[name] for name in names))
    return found | _OF_THE_OWNER if of_owner and "WRITE" in names else found


def _grantee(grantee: dict[str, Any], who: Requester, choice: dict[str, Any], *, block_public: bool) -> str | None:
    """#specifying-grantee; IgnorePublicAcls ignores grants to everyone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
    """
    group = grantee.get("URI")
    alone = who.kind in ("canonical", "root", "account")
    if group is None:
        return ("itself" if alone else "account") if grantee["ID"] == who.canonical else None
    if block_public:
        return None
    if group == _GROUPS + "global/AllUsers":
        return "everyone"
    signed = who.kind != "anonymous" and (who.kind != "service" or choice["services are authenticated users"])
    if group != _GROUPS + "global/AuthenticatedUsers" or not signed:
        return None
    return "itself" if alone or who.kind == "service" else "account"  # "all AWS accounts"


def public(policy: dict[str, Any] | None) -> bool:
    """Return True if an Allow of the policy is public: neither its principal nor one of its conditions is fixed.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    """
    return policy is not None and any(
        statement["Effect"] == "Allow" and not _fixed_principal(statement) and not _fixed_condition(statement)
        for statement in several(policy["Statement"])
    )


def _fixed_principal(statement: dict[str, Any]) -> bool:
    element = statement.get("Principal", "*")
    return element != "*" and all(
        "*" not in entry and kind != "Federated" for kind, entries in element.items() for entry in several(entries)
    )


def _fixed_condition(statement: dict[str, Any]) -> bool:
    return any(
        _fixed(operator, key.lower(), several(wanted))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _fixed(operator: str, key: str, wanted: list[str]) -> bool:
    """A fixed value has no wildcard and no variable; an address range is fixed unless it is very broad."""
    if key == "aws:sourceip" and operator == "IpAddress":
        networks = [ipaddress.ip_network(one, strict=False) for one in wanted]
        return all(network.prefixlen >= (8 if network.version == 4 else 32) for network in networks)
    text = operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase")
    return text and key in _FIXED and not any(set("*?$") & set(one) for one in wanted)


def cut_off(policy: dict[str, Any] | None, who: Requester, *, block_public: bool, same_account: bool) -> bool:
    """RestrictPublicBuckets: only its own account and AWS services can access a bucket with a public policy.

    .../access-control-block-public-access.html#access-control-block-public-access-options
    """
    return block_public and public(policy) and who.kind != "service" and not same_account

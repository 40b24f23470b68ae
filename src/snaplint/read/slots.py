"""The facts that come from AWS, by their routes: what each must be, and the command of the AWS CLI that prints it.

It is used for messages only, and for the errors of AWS that mean that there is none.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.operations.registry import operations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.base.source import Route
    from snaplint.operations.operation import Source

IDENTITY, SESSION, BOUNDARY, SCP, RCP, BUCKET, KEY = "identity", "session", "boundary", "scp", "rcp", "bucket", "key"
"""The kinds of policies."""

PERMISSIONS = frozenset((IDENTITY, SESSION, BOUNDARY))
"""Policies without a principal: in IAM, one document can be a policy of each of these kinds."""


class Slot(NamedTuple):
    """What is expected at a route.

    `commands` are templates of the commands that print it, each with what it prints. `absent` holds the error codes
    which mean that there is none. `kind` is the kind of policy, empty for other facts. `is_nullable` is True if null is
    allowed there, and means that there is none. `is_list` is True if the value is one of a list.
    """

    what: str
    commands: tuple[tuple[str, str], ...]
    absent: frozenset[str] = frozenset()
    kind: str = ""
    is_nullable: bool = True
    is_list: bool = False

    def advice(self, names: Mapping[str, object]) -> str:
        """Return which commands print the fact; what `names` does not have stays a placeholder."""
        return " and ".join(f"`{command}` prints {what}" for command, what in self.filled(names))

    def filled(self, names: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
        """Return the commands, with the names that a shell takes as they are, each with what it prints."""
        usable = {name: str(value) for name, value in names.items() if _is_word(value)}
        if self.kind == BOUNDARY and "boundary" in usable:
            usable["arn"] = usable["boundary"]
        commands = _identity_commands(usable) if self.kind == IDENTITY else self.commands
        filled = {**_PLACEHOLDERS, **usable}
        return tuple((command.format_map(filled), what) for command, what in commands)


def _identity_commands(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the commands for an identity policy, which may be inline or managed: those that fit the names."""
    if "arn" in names or "version" in names:
        return (_MANAGED,)
    owner = next((kind for kind in ("role", "user", "group") if kind in names), None)
    kind = owner or "role"
    inline = (f"aws iam get-{kind}-policy --{kind}-name {{{kind}}} --policy-name {{policy}}", "an inline policy")
    return (inline,) if "policy" in names and owner is None else (inline, _MANAGED)


_PLACEHOLDERS = {
    "bucket": "BUCKET",
    "role": "ROLE",
    "user": "USER",
    "group": "GROUP",
    "policy": "POLICY",
    "arn": "POLICY_ARN",
    "version": "VERSION",
    "id": "POLICY_ID",
    "key": "KEY_ID",
    "snapshot": "SNAPSHOT",
}

_WORD_SIGNS = frozenset("+=,.@-_:/")
_LONGEST_WORD = 256


def _is_word(value: object) -> bool:
    """Return True for a name that a shell takes as it is."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_WORD
        and value.isascii()
        and all(sign.isalnum() or sign in _WORD_SIGNS for sign in value)
    )


_MANAGED = ("aws iam get-policy-version --policy-arn {arn} --version-id {version}", "a managed policy")
_ORGANIZATIONS = (("aws organizations describe-policy --policy-id {id}", "it"),)
_NO_BLOCK = frozenset(("NoSuchPublicAccessBlockConfiguration",))

_POLICIES = {
    IDENTITY: Slot("an identity policy", (_MANAGED,), kind=IDENTITY, is_nullable=False, is_list=True),
    SESSION: Slot("a session policy", (_MANAGED,), kind=SESSION, is_nullable=False, is_list=True),
    BOUNDARY: Slot("a permissions boundary", (_MANAGED,), kind=BOUNDARY),
    SCP: Slot("an SCP", _ORGANIZATIONS, kind=SCP, is_nullable=False, is_list=True),
    RCP: Slot("an RCP", _ORGANIZATIONS, kind=RCP, is_nullable=False, is_list=True),
}


def _s3(command: str, what: str, *absent: str, kind: str = "", is_nullable: bool = True) -> Slot:
    pronoun = "them" if what.endswith(("keys", "settings", "tags")) else "it"
    commands = ((f"aws s3api {command} --bucket {{bucket}}", pronoun),)
    return Slot(what, commands, frozenset(absent), kind, is_nullable=is_nullable)


# the errors that S3 returns if there is none: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_FIELDS = {
    "region": _s3("get-bucket-location", "a Region", is_nullable=False),
    "policy": _s3("get-bucket-policy", "a bucket policy", "NoSuchBucketPolicy", kind=BUCKET),
    "acl": _s3("get-bucket-acl", "a bucket ACL"),
    "ownership": _s3("get-bucket-ownership-controls", "Object Ownership", "OwnershipControlsNotFoundError"),
    "encryption": _s3(
        "get-bucket-encryption", "a default encryption", "ServerSideEncryptionConfigurationNotFoundError"
    ),
    "object_lock": _s3(
        "get-object-lock-configuration", "an Object Lock configuration", "ObjectLockConfigurationNotFoundError"
    ),
    "public_access_block": _s3("get-public-access-block", "Block Public Access settings", *_NO_BLOCK),
    "keys": _s3("list-objects-v2", "object keys"),
    "tags": _s3("get-bucket-tagging", "tags", "NoSuchTagSet"),
    "abac": _s3("get-bucket-abac", "Enabled or Disabled"),
    "encryption_key_policy": Slot(
        "a key policy", (("aws kms get-key-policy --policy-name default --key-id {key}", "it"),), kind=KEY
    ),
}

_ACCOUNT_BLOCK = Slot(
    "the account's Block Public Access settings",
    (("aws s3control get-public-access-block --account-id ACCOUNT", "them"),),
    _NO_BLOCK,
)
_ANY = Slot("a fact", (), is_nullable=False)


def _snapshots(source: Source) -> Slot:
    return Slot("snapshots", ((f"aws {source.command}", "them"),), is_nullable=False)


def _snapshot(source: Source) -> Slot:
    command = f"aws {source.command} {source.flag} {{snapshot}}"
    return Slot(f"a snapshot of `aws {source.command}`", ((command, "it"),), source.missing)


def _snapshot_tags(source: Source) -> Slot:
    read = source.tags
    return Slot("tags", () if read is None else ((f"aws {read.command} {read.flag} SNAPSHOT_ARN", "them"),))


_PLACES: dict[tuple[object, ...], Slot] = {
    ("region",): Slot("a Region", (), is_nullable=False),
    ("caller", "policies"): _POLICIES[IDENTITY],
    ("caller", "session_policies"): _POLICIES[SESSION],
    ("caller", "boundary"): _POLICIES[BOUNDARY],
    ("organization", "scps"): _POLICIES[SCP],
    ("organization", "rcps"): _POLICIES[RCP],
    ("account_public_access_block",): _ACCOUNT_BLOCK,
}
_SOURCES = {each.source.section: each.source for each in operations().values()}
"""By the section of a preflight file in which the snapshots are."""


def slot(route: Route) -> Slot:
    """Return what is expected at a route through a preflight file."""
    found = _PLACES.get(route[:2])
    match route:
        case ("buckets", _, str(field)):
            found = _FIELDS.get(field)
        case (str(section),) if section in _SOURCES:
            found = _snapshots(_SOURCES[section])
        case (str(section), _) if section in _SOURCES:
            found = _snapshot(_SOURCES[section])
        case (str(section), _, "tags") if section in _SOURCES:
            found = _snapshot_tags(_SOURCES[section])
    return found or _ANY


def names_in(route: Route) -> dict[str, object]:
    """Return what a route names, for `Slot.advice`."""
    match route:
        case ("buckets", name, *_):
            return {"bucket": name}
        case (str(section), name, *_) if section in _SOURCES:
            return {"snapshot": name}
    return {}

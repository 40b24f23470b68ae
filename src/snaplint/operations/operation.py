"""An operation that can be proposed, as records: its members and their roles, its modes, and the rights it needs."""

from __future__ import annotations

import re

from snaplint.base.record import NamedTuple
from snaplint.operations.partitions import partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from snaplint.operations.export_service import ExportService

ROLES = ("source", "target", "bucket", "key", "tags")
"""The roles of members of a request: the source snapshot, the target name, the target bucket, the KMS key, the tags."""


class Member(NamedTuple):
    """One member of the request.

    `help` describes it in one phrase. `aliases` are names, in lower case and without `_` or `-`, that other calls and
    tools use for it. `condition_key` is the IAM condition key that has its value.
    """

    name: str
    role: str
    help: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    condition_key: str = ""

    @property
    def flag(self) -> str:
        """The member's option in the AWS CLI: `--target-bucket`."""
        return f"--{_kebab(self.name)}"


class Mode(NamedTuple):
    """One way to use an operation. Rules name it under `applies`.

    A request is in the first mode whose `role` it provides; a mode without a role takes every other request.
    `otherwise` says why a rule of this mode does not apply to a request in another mode. It is a template in which a
    role in braces stands for the name of its member. `effect` says what a call in this mode does, if that may not be
    what the user wants.
    """

    name: str
    otherwise: str
    role: str = ""
    effect: str = ""


class Need(NamedTuple):
    """One right that the caller needs.

    `resource` is one of `bucket`, `keys`, `buckets`, `source-snapshot` and `target-snapshot`. `when` limits the right
    to some requests: `export`, `copy`, `tags`, or empty for all.
    """

    action: str
    resource: str
    when: str = ""


class Tiering(NamedTuple):
    """The fields of a snapshot that show data tiering.

    `field` has the value `on` or `off`. `node_type` is the field of the node type; types that begin with `nodes` always
    use data tiering.
    """

    field: str
    on: str
    off: str
    node_type: str
    nodes: str


class Shards(NamedTuple):
    """The fields of a snapshot that show its shards.

    `number` counts them. `nodes` is a list of nodes, `shard` the member of a node that names its shard, and `node` the
    one that names the node itself.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_NodeSnapshot.html
    """

    number: str
    nodes: str
    shard: str
    node: str


class Backup(NamedTuple):
    """The fields of a snapshot that show of which cluster it is a backup, whether a user made it, and when.

    `clusters` name the cluster; the first that has a value counts. `origin` has the value `manual` if a user made it.
    `created` is the member of a node (see `Shards`) with the time.
    """

    clusters: tuple[str, ...]
    origin: str
    manual: str
    created: str


class TagsRead(NamedTuple):
    """The call that lists the tags of what is copied: its `parameter` for the ARN, and the `items` in its answer."""

    read: str
    parameter: str
    items: str

    @property
    def command(self) -> str:
        """The call's command in the AWS CLI, without `aws`."""
        return _command(self.read)

    @property
    def flag(self) -> str:
        """The option of the command for the ARN."""
        return f"--{_kebab(self.parameter)}"


class Source(NamedTuple):
    """What is copied, and how AWS describes it.

    `read` is the call that describes it, and the right which that call needs. In its answer, `items` is the member with
    the list and `name` the member with each item's name. `options` are its parameters, `page` is its page size, and
    `missing` are the error codes for a name that does not exist. `lower_case` is True if AWS stores names in lower
    case, so that ARNs and answers have them in lower case. `arn` is a template of `partition`, `region`, `account` and
    `name`. `section` is the section in a preflight file, and `fields` are the members of an item. `answers` are the
    members of AWS's answers that hold a list of items, or one. `values` maps a field to its values in AWS's spelling,
    and `closed` names the fields that have no other values. `node_prefix` is the beginning of every node type. `tags`
    is the call that lists the tags. `others` maps other commands of the AWS CLI, which describe something else, to the
    member that their outputs have.
    """

    read: str
    items: str
    name: str
    options: Mapping[str, Any]
    page: int
    missing: frozenset[str]
    lower_case: bool
    arn: str
    section: str
    fields: tuple[str, ...]
    tiering: Tiering
    shards: Shards
    backup: Backup
    answers: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = {}
    closed: frozenset[str] = frozenset()
    node_prefix: str = ""
    tags: TagsRead | None = None
    others: Mapping[str, str] = {}

    @property
    def command(self) -> str:
        """The command of the AWS CLI that describes it, without `aws`: `elasticache describe-snapshots`."""
        return _command(self.read)

    @property
    def flag(self) -> str:
        """The option of the command for a name: `--snapshot-name`."""
        return f"--{_kebab(self.name)}"

    def stored(self, name: str) -> str:
        """Return a name as AWS stores it."""
        return name.lower() if self.lower_case else name


class Names(NamedTuple):
    """The maximum length of the target name, in characters, for each mode."""

    export: int
    copy: int


class Docs(NamedTuple):
    """The AWS pages about an operation: API reference, CLI command, the guide to exports, and the rules for tags.

    `solutions` are the solutions that the API reference gives for the errors of the operation, in its words.
    """

    api: str
    command: str
    guide: str
    tags: str
    solutions: tuple[str, ...] = ()


class Operation:
    """One operation of an AWS API.

    `name` is the IAM action of the operation (`elasticache:CopySnapshot`). `command` is its command in the AWS CLI,
    without `aws`. `needs` maps a name to a list of rights that AWS publishes for the caller.
    """

    __slots__ = ("_by_role", "command", "docs", "members", "modes", "name", "names", "needs", "source", "writer")

    def __init__(
        self,
        name: str,
        command: tuple[str, str],
        members: tuple[Member, ...],
        modes: tuple[Mode, ...],
        writer: ExportService,
        needs: Mapping[str, tuple[Need, ...]],
        source: Source,
        names: Names,
        docs: Docs,
    ) -> None:
        self.name = name
        self.command = command
        self.members = members
        self.modes = modes
        self.writer = writer
        self.needs = needs
        self.source = source
        self.names = names
        self.docs = docs
        self._by_role = {member.role: member for member in members}

    def member(self, role: str) -> Member | None:
        """Return the member that has a role, or None."""
        return self._by_role.get(role)

    def member_name(self, role: str) -> str:
        """Return the name of the member that has a role, or the role itself if no member has it."""
        member = self._by_role.get(role)
        return role if member is None else member.name

    def value(self, members: Mapping[str, object], role: str) -> object:
        """Return the value of the member that has a role; None if it is missing or null or no member has the role."""
        member = self._by_role.get(role)
        return None if member is None else members.get(member.name)

    def role(self, name: str) -> str:
        """Return the role of the member with a name; empty if the operation has no such member."""
        return next((member.role for member in self.members if member.name == name), "")

    def not_in_mode(self, name: str) -> str:
        """Return why a rule for one mode does not apply to a request in another."""
        for mode in self.modes:
            if mode.name == name:
                return mode.otherwise.format_map({member.role: member.name for member in self.members})
        return f"{self.api_name} has no mode `{name}`"

    @property
    def service(self) -> str:
        """The service's name in boto3 and the AWS CLI: `elasticache`."""
        return self.command[0]

    @property
    def api_name(self) -> str:
        """The operation's name in its API, without the service: `CopySnapshot`."""
        return self.name.partition(":")[2]

    @property
    def method(self) -> str:
        """The operation's method of a boto3 client: `copy_snapshot`."""
        return self.command[1].replace("-", "_")

    @property
    def cli(self) -> str:
        """The operation's command: `aws elasticache copy-snapshot`."""
        return " ".join(("aws", *self.command))

    @property
    def event(self) -> str:
        """The botocore event that is emitted once per call, before the call is validated, signed and sent.

        https://boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html
        """
        return f"before-parameter-build.{self.service}.{self.api_name}"

    def arn(self, name: str, region: str, account: str) -> str:
        """Return the ARN of a snapshot in a Region and account."""
        name = self.source.stored(name)
        return self.source.arn.format(partition=partition(region), region=region, account=account, name=name)

    def renamed(self, name: str) -> Operation:
        """Return a copy of the operation under another name."""
        return Operation(
            name,
            self.command,
            self.members,
            self.modes,
            self.writer,
            self.needs,
            self.source,
            self.names,
            self.docs,
        )


def _command(action: str) -> str:
    """Return the command of the AWS CLI for an action, without `aws`."""
    service, _, name = action.partition(":")
    return f"{service} {_kebab(name)}"


def _kebab(name: str) -> str:
    """Return a name of the API in the form of the AWS CLI: `db-snapshot-arn` for `DBSnapshotARN`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", words).lower()

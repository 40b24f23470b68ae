"""An operation that can be proposed: its members and their roles, its modes, and what it needs, as records."""

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
"""What a member of a request can be for: the snapshot that is read, the name of what is made, the bucket that it is
written to, the KMS key, the tags."""


class Member(NamedTuple):
    """One member of the request. `help` says what it is for; `aliases` are names, in lower case and without `_` or
    `-`, that other calls and tools use for the same thing; `condition_key` is the key under which IAM sees its value.
    """

    name: str
    role: str
    help: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    condition_key: str = ""

    @property
    def flag(self) -> str:
        """The member as a flag of the AWS CLI: `--target-bucket`."""
        return f"--{_kebab(self.name)}"


class Mode(NamedTuple):
    """One way to use an operation, by the word that rules give under `applies`.

    A request is in the first mode whose `role` is given; a mode without a role takes all others. `otherwise` says why a
    rule of this mode does not apply to a request in another, with roles in braces for the names of members.
    """

    name: str
    otherwise: str
    role: str = ""


class Need(NamedTuple):
    """One right that the caller needs: the action, on what (`bucket`, `keys`, `buckets`, `source-snapshot`,
    `target-snapshot`), and for which requests only (`export`, `copy`, `tags`; empty for all)."""

    action: str
    resource: str
    when: str = ""


class Tiering(NamedTuple):
    """How a snapshot tells of data tiering: the field with its values `on` and `off`, and the field of the node type,
    of which those that begin with `nodes` always use it."""

    field: str
    on: str
    off: str
    node_type: str
    nodes: str


class Shards(NamedTuple):
    """How a snapshot tells its shards: the field that counts them, and the list of nodes with the member that holds
    the shard of each."""

    number: str
    nodes: str
    shard: str


class Source(NamedTuple):
    """What is copied, and how AWS describes it.

    `read` is the call that describes it and the right it needs; `items` and `name` are the members of its answer that
    hold the list and each item's name; `options` and `page` are its parameters, `missing` the error codes for a name
    that is not there. `lower_case` says that AWS stores names in lower case, so that ARNs and answers hold them so.
    `arn` is a template of `partition`, `region`, `account` and `name`. `section` is its section in a preflight file,
    `fields` the members of an item.
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

    def stored(self, name: str) -> str:
        """Return a name as AWS stores it."""
        return name.lower() if self.lower_case else name


class Names(NamedTuple):
    """Characters that the name of what is made may have, by mode."""

    export: int
    copy: int


class Docs(NamedTuple):
    """The pages that an operation rests on: its API reference, its command, the guide to exports, and the rules
    for tags."""

    api: str
    command: str
    guide: str
    tags: str


class Operation:
    """One operation of an AWS API.

    `name` is the action that authorises it (`elasticache:CopySnapshot`), `command` its words in the AWS CLI after
    `aws`; `needs` maps names to the rights that the caller needs, as AWS publishes them.
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
        """Return the member that has a role, or None if the operation has none for it."""
        return self._by_role.get(role)

    def called(self, role: str) -> str:
        """Return the name of the member that has a role; the role itself where the operation has none for it."""
        member = self._by_role.get(role)
        return role if member is None else member.name

    def given(self, members: Mapping[str, object], role: str) -> object:
        """Return the value of the member that has a role; None where it is left out, null, or no such member exists."""
        member = self._by_role.get(role)
        return None if member is None else members.get(member.name)

    def role(self, name: str) -> str:
        """Return the role of a member by its name; empty if the operation has no such member."""
        return next((member.role for member in self.members if member.name == name), "")

    def not_in_mode(self, name: str) -> str:
        """Return why a rule for one mode does not apply to a request in another."""
        for mode in self.modes:
            if mode.name == name:
                return mode.otherwise.format_map({member.role: member.name for member in self.members})
        return f"{self.api_name} makes no {name}"

    @property
    def service(self) -> str:
        """The service as boto3 and the AWS CLI call it."""
        return self.command[0]

    @property
    def api_name(self) -> str:
        """The operation as its API calls it, without the service: `CopySnapshot`."""
        return self.name.partition(":")[2]

    @property
    def method(self) -> str:
        """The operation as a method of a boto3 client: `copy_snapshot`."""
        return self.command[1].replace("-", "_")

    @property
    def cli(self) -> str:
        """The whole command: `aws elasticache copy-snapshot`."""
        return " ".join(("aws", *self.command))

    @property
    def event(self) -> str:
        """The botocore event that is emitted once a call, before it is validated, signed and sent.

        https://boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html
        """
        return f"before-parameter-build.{self.service}.{self.api_name}"

    def arn(self, name: str, region: str, account: str) -> str:
        """Return the ARN of a snapshot in a Region and account."""
        name = self.source.stored(name)
        return self.source.arn.format(partition=partition(region), region=region, account=account, name=name)

    def renamed(self, name: str) -> Operation:
        """Return an operation of another name that is alike in all else."""
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


def _kebab(name: str) -> str:
    """Return a member's name as the AWS CLI writes it: `DBSnapshotARN` is `db-snapshot-arn`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", words).lower()

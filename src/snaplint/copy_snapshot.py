"""The proposed call: CopySnapshot with the members it was given, however wrong they are.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
"""

from __future__ import annotations

from snaplint.base.source import KeyOf
from snaplint.base.unknown import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.base.source import Route

OPERATION = "elasticache:CopySnapshot"
MEMBERS = ("SourceSnapshotName", "TargetSnapshotName", "TargetBucket", "KmsKeyId", "Tags")
REQUIRED = ("SourceSnapshotName", "TargetSnapshotName")


class CopySnapshot:
    """One proposed request.

    `members` are as given: nothing is corrected and nothing is refused here.
    """

    __slots__ = ("members", "route")

    def __init__(self, members: Mapping[str, object], route: Route = ()) -> None:
        self.members = members
        self.route = route

    @property
    def operation(self) -> str:
        """The operation, CopySnapshot of ElastiCache unless the request names another."""
        return str(self.members.get("operation", OPERATION))

    @property
    def is_export(self) -> bool:
        """With a TargetBucket the call exports to S3, without one it makes a plain copy.

        A null bucket is no bucket.
        """
        return self.members.get("TargetBucket") is not None

    def name(self, member: str) -> str | Unknown:
        """A member that holds text, or Unknown where it is left out or is not text."""
        value = self.members.get(member)
        if isinstance(value, str):
            return value
        fault = f"`{member}` is not text" if member in self.members else f"the request has no `{member}`"
        return Unknown(fault, (f"request.{member}",))

    @property
    def source(self) -> str | Unknown:
        """SourceSnapshotName."""
        return self.name("SourceSnapshotName")

    @property
    def target(self) -> str | Unknown:
        """TargetSnapshotName."""
        return self.name("TargetSnapshotName")

    @property
    def bucket(self) -> str | Unknown:
        """TargetBucket."""
        return self.name("TargetBucket")

    @property
    def tags(self) -> Sequence[object]:
        """The tags as given; none where they are no list. From Python a tuple will do, as it does for boto3."""
        value = self.members.get("Tags")
        return value if isinstance(value, (list, tuple)) else ()

    def to(self, *steps: str | int) -> Route:
        """The route of a member, or of the request itself where the member is left out."""
        if steps and steps[0] not in self.members:
            return self.route
        return (*self.route, *steps)

    def to_key(self, member: str) -> Route:
        """The route of a member's name."""
        return (*self.route, KeyOf(member))

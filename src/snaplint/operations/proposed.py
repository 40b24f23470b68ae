"""The proposed call: one request with the members that it was given, however wrong they are."""

from __future__ import annotations

from snaplint.base.source import Key
from snaplint.base.unknown import Unknown
from snaplint.operations.registry import DEFAULT, named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.operations.operation import Mode


class ProposedRequest:
    """One proposed request.

    `members` are as given: nothing is corrected and nothing is refused here. `operation` is the one that the member
    `operation` names, the default where it is left out.
    """

    __slots__ = ("members", "mode", "operation", "route")

    def __init__(self, members: Mapping[str, object], route: Route = ()) -> None:
        self.members = members
        self.route = route
        self.operation = named(str(members["operation"])) if "operation" in members else DEFAULT
        self.mode = self._mode()

    def _mode(self) -> Mode:
        for mode in self.operation.modes:
            # a null member is no member
            if not mode.role or self.value(mode.role) is not None:
                return mode
        return self.operation.modes[-1]

    @property
    def is_export(self) -> bool:
        """True if the call writes to a bucket."""
        return self.mode.name == "export"

    def value(self, role: str) -> object:
        """Return the member that has a role, as given; None where it is left out or null."""
        return self.operation.given(self.members, role)

    def name(self, role: str) -> str | Unknown:
        """Return a member that holds text, or Unknown where it is left out or is not text."""
        value = self.value(role)
        if isinstance(value, str):
            return value
        member = self.operation.member(role)
        if member is None:
            return Unknown(f"{self.operation.api_name} has no member for the {role}")
        fault = f"`{member.name}` is not text" if member.name in self.members else f"the request has no `{member.name}`"
        return Unknown(fault, (f"request.{member.name}",))

    @property
    def source(self) -> str | Unknown:
        """The name of the snapshot that is read."""
        return self.name("source")

    @property
    def target(self) -> str | Unknown:
        """The name of what is made."""
        return self.name("target")

    @property
    def bucket(self) -> str | Unknown:
        """The bucket that is written to."""
        return self.name("bucket")

    @property
    def tags(self) -> Sequence[object]:
        """The tags as given; none where they are no list. From Python a tuple will do, as it does for boto3."""
        value = self.value("tags")
        return value if isinstance(value, (list, tuple)) else ()

    def at(self, role: str, *steps: str | int) -> Route:
        """Return the route of the member that has a role, or of the request itself where that is left out."""
        member = self.operation.member(role)
        return self.route if member is None else self.to(member.name, *steps)

    def to(self, *steps: str | int) -> Route:
        """Return the route of a member, or of the request itself where the member is left out."""
        if steps and steps[0] not in self.members:
            return self.route
        return (*self.route, *steps)

    def to_key(self, member: str) -> Route:
        """Return the route of a member's name."""
        return (*self.route, Key(member))

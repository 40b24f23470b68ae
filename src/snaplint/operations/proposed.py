"""The proposed call: one request with its members, whether valid or not."""

from __future__ import annotations

from snaplint.base.source import Key
from snaplint.base.unknown import Unknown
from snaplint.operations.registry import DEFAULT, operation_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.operations.operation import Mode


class ProposedRequest:
    """One proposed request.

    `members` are unchanged: nothing is corrected or refused here. `operation` is the one that the member `operation`
    names, or the default if that member is missing. `source`, `target` and `bucket` are the names of the source
    snapshot, of the copy or export, and of the target bucket: text, or Unknown with the reason.
    """

    __slots__ = ("bucket", "members", "mode", "operation", "route", "source", "target")

    def __init__(self, members: Mapping[str, object], route: Route = ()) -> None:
        self.members = members
        self.route = route
        self.operation = operation_named(str(members["operation"])) if "operation" in members else DEFAULT
        self.mode = self._mode()
        # nearly every check asks for one of them
        self.source = self.name("source")
        self.target = self.name("target")
        self.bucket = self.name("bucket")

    def _mode(self) -> Mode:
        for mode in self.operation.modes:
            # A null member counts as missing, and so does an empty one: the example of CopySnapshot in AWS's service
            # model (examples-1.json of botocore) has an empty TargetBucket and makes a plain copy.
            if not mode.role or self.value(mode.role) not in (None, ""):
                return mode
        return self.operation.modes[-1]

    @property
    def effect(self) -> str | None:
        """What the call does and which member is missing for more, or None if that needs no word."""
        if not self.mode.effect:
            return None
        role = next(mode.role for mode in self.operation.modes if mode.role)
        name = self.operation.member_name(role)
        if name not in self.members:
            return f"no `{name}`{self._misspelt(role)}: {self.mode.effect}"
        return f"`{name}` is {'null' if self.members[name] is None else 'empty'}: {self.mode.effect}"

    def _misspelt(self, role: str) -> str:
        """Return the name in the request that may stand for the missing member of a role, in parentheses, or ""."""
        member = self.operation.member(role)
        known = {each.name for each in self.operation.members}
        others = [each for each in self.members if isinstance(each, str) and each not in known and each != "operation"]
        if member is None or not others:
            return ""
        from snaplint.base.wording import nearest

        found = next((each for each in others if nearest(each, (member.name, *member.aliases), 0.7)), None)
        return "" if found is None else f" (is `{found}` meant to be it?)"

    @property
    def is_export(self) -> bool:
        """True if the call writes to a bucket."""
        return self.mode.name == "export"

    def value(self, role: str) -> object:
        """Return the unchanged value of the member that has a role; None if it is missing or null."""
        return self.operation.value(self.members, role)

    def name(self, role: str) -> str | Unknown:
        """Return the text of the member that has a role; Unknown if it is missing or not text, or an empty source."""
        value = self.value(role)
        if isinstance(value, str) and (value or role != "source"):
            return value
        member = self.operation.member(role)
        if member is None:
            return Unknown(f"{self.operation.api_name} has no member for the {role}")
        fault = f"the request has no `{member.name}`"
        if member.name in self.members:
            fault = f"`{member.name}` is {'empty' if value == '' else 'not text'}"
        return Unknown(fault, (f"request.{member.name}",))

    @property
    def tags(self) -> Sequence[object]:
        """The tags, unchanged; empty if they are not a list. A tuple is accepted from Python, as boto3 accepts it."""
        value = self.value("tags")
        return value if isinstance(value, (list, tuple)) else ()

    def at(self, role: str, *steps: str | int) -> Route:
        """Return the route of the member that has a role, or of the request itself if that member is missing."""
        member = self.operation.member(role)
        return self.route if member is None else self.to(member.name, *steps)

    def to(self, *steps: str | int) -> Route:
        """Return the route of a member, or of the request itself if the member is missing."""
        if steps and steps[0] not in self.members:
            return self.route
        return (*self.route, *steps)

    def to_key(self, member: str) -> Route:
        """Return the route of a member's name (its key, not its value)."""
        return (*self.route, Key(member))

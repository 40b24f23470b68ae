"""The facts a check may ask for.

Three states everywhere: a value, `None` (known not to exist), `Unknown` (and why).
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.iam import Policy
from snaplint.operations.export_keys import exported_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snaplint.base.source import Route


BLOCK_PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""The four settings of https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html"""


class PolicyDocument:
    """One policy as it was written.

    It is compiled once for each kind of use, however many buckets or layers share it. `saved` says that it stood in an
    answer of AWS's, and so was taken as long as it is.
    """

    __slots__ = ("_compiled", "data", "saved")

    def __init__(self, data: object, *, saved: bool = False) -> None:
        self.data = data
        self.saved = saved
        self._compiled: dict[str, Policy] = {}

    def compiled(self, kind: str) -> Policy:
        """The policy ready for evaluation as a policy of that kind (`identity`, `resource`, `scp`, …)."""
        policy = self._compiled.get(kind)
        if policy is None:
            policy = self._compiled[kind] = Policy.compile(self.data, kind)
        return policy


class ObjectKeys(NamedTuple):
    """What is known of a bucket's keys.

    `seen` gives each key's place below `buckets.<name>.keys`; a key under one of the `prefixes` that was not seen is
    known to be absent. `numbered` groups the keys that look like files of an export by its name.
    """

    seen: Mapping[str, Route]
    prefixes: tuple[str, ...] = ("",)
    numbered: Mapping[str, Sequence[str]] = {}

    @classmethod
    def listed(cls, seen: Mapping[str, Route], prefixes: tuple[str, ...] = ("",)) -> ObjectKeys:
        """The keys of listings, which are complete under `prefixes`."""
        numbered: dict[str, list[str]] = {}
        for key in sorted(seen):
            name = exported_name(key)
            if name is not None:
                numbered.setdefault(name, []).append(key)
        return cls(seen, prefixes, numbered)

    def covers(self, start: str) -> bool:
        """Whether all keys that begin so are known."""
        return start.startswith(self.prefixes)

    def has(self, key: str) -> bool | None:
        """Whether the bucket holds the key; None where the listing cannot say."""
        if key in self.seen:
            return True
        return False if self.covers(key) else None


class Snapshot(NamedTuple):
    """One item of DescribeSnapshots.

    A field that is left out is unknown, unless the item is a whole AWS answer.
    """

    name: str
    route: Route
    fields: Mapping[str, object]
    complete: bool = False

    def field(self, name: str) -> object:
        """The field's value, None where it is known to have none, or Unknown."""
        if name in self.fields:
            return self.fields[name]
        if self.complete:
            return None
        fact = f"snapshots.{self.name}.{name}"
        return Unknown(f"the `{name}` of snapshot `{self.name}` is not provided", (fact,))


class NotOurs(NamedTuple):
    """The owner of a bucket of which only this is known: it is not `account`, the account that makes the call."""

    account: str


class Bucket(NamedTuple):
    """One bucket.

    Every field is a value, None (known to have none) or Unknown. `public_access_block` is what holds of the bucket,
    its account's settings included. `key_policy` is that of the KMS key of the default encryption.
    """

    name: str
    route: Route
    region: str | Unknown
    account: str | NotOurs | Unknown
    policy: PolicyDocument | Unknown | None
    acl: Mapping[str, object] | Unknown | None
    ownership: str | Unknown | None
    encryption: Mapping[str, object] | Unknown | None
    public_access_block: Mapping[str, object] | Unknown | None
    keys: ObjectKeys | Unknown
    key_policy: PolicyDocument | Unknown | None = None
    exists: bool = True

    @classmethod
    def unread(cls, name: str, route: Route, unknown: Unknown) -> Bucket:
        """A bucket of which nothing is known, for one reason."""
        return cls(
            name, route, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, exists=False
        )


class Caller(NamedTuple):
    """Who makes the call, with the policies that bind it.

    `assumes` names the layers that were left out and are taken to add nothing ("caller.boundary", …).
    """

    arn: str | Unknown
    policies: tuple[PolicyDocument | Unknown, ...] | Unknown
    boundary: PolicyDocument | Unknown | None = None
    session_policies: tuple[PolicyDocument | Unknown, ...] | Unknown = ()
    context: Mapping[str, object] = {}
    assumes: tuple[str, ...] = ()


Levels = tuple[tuple[PolicyDocument | Unknown, ...], ...]
"""Policies of an organization: one tuple a level, the root first."""


class Organization(NamedTuple):
    """The policies above the account.

    `member` is False where the account is known to be in no organization, None if unknown.
    """

    scps: Levels | Unknown = ()
    rcps: Levels | Unknown = ()
    member: bool | None = None
    assumes: tuple[str, ...] = ()


class Facts(NamedTuple):
    """All that is known of the world around a request.

    A name that is absent is unknown; one that is None does not exist. `opt_in` says whether the Region of the call had
    to be switched on. `reasons` says why facts are unknown, where whoever collected them said so: by the names under
    which Unknowns need them.
    """

    account: str | Unknown
    region: str | Unknown
    organization: Organization
    snapshots: Mapping[str, Snapshot | Unknown | None]
    buckets: Mapping[str, Bucket | Unknown | None]
    opt_in: bool | Unknown = Unknown("whether the Region had to be switched on is not given")
    reasons: Mapping[str, str] = {}

    def snapshot(self, name: str) -> Snapshot | Unknown | None:
        """Return what is known of a snapshot; names are kept in lower case, so the case of `name` does not matter."""
        if name.lower() in self.snapshots:
            return self.snapshots[name.lower()]
        return Unknown(f"nothing is known about snapshot `{name}`", (f"snapshots.{name}",))

    def bucket(self, name: str) -> Bucket | Unknown | None:
        """What is known of a bucket."""
        if name in self.buckets:
            return self.buckets[name]
        return Unknown(f"nothing is known about bucket `{name}`", (f"buckets.{name}",))

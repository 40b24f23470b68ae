"""The facts that checks use.

Every fact has one of three states: a value, `None` (known not to exist), or `Unknown` with the reason.
"""

from __future__ import annotations

from itertools import chain, islice

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.iam import Policy
from snaplint.operations.partitions import PARTITIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.base.source import Fault, Route
    from snaplint.facts.object_keys import ObjectKeys
    from snaplint.iam.lint.review import Remark


MOST_REFUSALS = 1000
"""How many places in one bucket policy are looked at that S3 would refuse."""

BLOCK_PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""The four settings of https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html"""


class PolicyDocument:
    """One policy document, as written.

    It is compiled once per kind, however many buckets or layers share it. `saved` is True for a policy from an answer
    of AWS: AWS has accepted it, so its size is within the limit.
    """

    __slots__ = ("_compiled", "data", "saved")

    def __init__(self, data: object, *, saved: bool = False) -> None:
        self.data = data
        self.saved = saved
        self._compiled: dict[str, Policy] = {}

    def compiled(self, kind: str) -> Policy:
        """Return the policy compiled as a policy of a kind: `identity`, `resource`, `scp`, …

        An Allow with `NotPrincipal`, which AWS does not support, answers UNKNOWN: no verdict rests on what it grants.
        A saved policy may have actions and condition keys that are newer than the catalogue.
        """
        policy = self._compiled.get(kind)
        if policy is None:
            policy = Policy.compile(self.data, "saved" if self.saved and kind == "resource" else kind, owned=True)
            places = self._unsupported() if kind == "resource" else []
            self._compiled[kind] = policy = policy.doubting(places) if places else policy
        return policy

    def _unsupported(self) -> list[Route]:
        from snaplint.iam.lint.bucket_policy import grants_by_exclusion  # only for policies of a resource

        return [remark.route for remark in grants_by_exclusion(self.data)]


class BucketPolicy(PolicyDocument):
    """The policy of one bucket, which S3 saves only if it is about that bucket.

    `partition` is that of the bucket, None if it is not known.
    """

    __slots__ = ("_bucket", "_document", "_partition", "_refusals")

    def __init__(self, document: PolicyDocument, bucket: str, partition: str | None) -> None:
        super().__init__(document.data, saved=document.saved)
        self._document = document
        self._bucket = bucket
        self._partition = partition
        self._refusals: tuple[Remark, ...] | None = None

    @property
    def refusals(self) -> tuple[Remark, ...]:
        """What S3 would refuse in the policy of this bucket; nothing if the policy is an answer of S3."""
        if self._refusals is None:
            from snaplint.iam.lint.bucket_policy import grants_by_exclusion, refusals

            found = refusals(self.data, self._bucket, self._partition, PARTITIONS)
            every = () if self.saved else chain(grants_by_exclusion(self.data), found)
            self._refusals = tuple(islice(every, MOST_REFUSALS))
        return self._refusals

    def compiled(self, kind: str) -> Policy:
        """Return the policy compiled as a policy of a kind; a statement that S3 would refuse answers UNKNOWN."""
        policy = self._document.compiled(kind)  # which all buckets share that name the same document
        places = [remark.route for remark in self.refusals if remark.refused] if kind == "resource" else []
        if not places:
            return policy
        if kind not in self._compiled:
            self._compiled[kind] = policy.doubting(places)
        return self._compiled[kind]


class Snapshot(NamedTuple):
    """One item of DescribeSnapshots.

    A field that is missing is unknown, or known to be absent if `complete`: the item is then an answer of AWS. `tags`
    are from another answer.
    """

    name: str
    route: Route
    fields: Mapping[str, object]
    complete: bool = False
    tags: Mapping[str, str] | Unknown | None = Unknown("the tags of the snapshot are not provided")

    def field(self, name: str) -> object:
        """Return the value of a field, None if it is known to have none, or Unknown."""
        if name in self.fields:
            return self.fields[name]
        if self.complete:
            return None
        fact = f"snapshots.{self.name}.{name}"
        return Unknown(f"the `{name}` of snapshot `{self.name}` is not provided", (fact,))


class NotOurs(NamedTuple):
    """The owner of a bucket is only known not to be `account`, the account that makes the call."""

    account: str


class Bucket(NamedTuple):
    """One bucket.

    Every field is a value, None (known to have none) or Unknown. `public_access_block` is in effect for the bucket: it
    includes the settings of the account. If those are not provided and could matter, `assumes` names them: they are
    assumed to have no effect. `key_policy` is the policy of the KMS key of the default encryption. `abac` is
    `Enabled` if policies see the `tags`. `object_lock` is the Object Lock configuration.
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
    tags: Mapping[str, str] | Unknown | None = Unknown("the tags of the bucket are not provided")
    abac: str | Unknown | None = Unknown("whether the bucket has attribute-based access control is not provided")
    object_lock: Mapping[str, object] | Unknown | None = Unknown("the Object Lock configuration is not provided")
    assumes: tuple[str, ...] = ()

    @classmethod
    def unread(cls, name: str, route: Route, unknown: Unknown) -> Bucket:
        """Return a bucket about which nothing is known, with every field the same Unknown."""
        return cls(
            name,
            route,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            exists=False,
            object_lock=unknown,
        )


class Caller(NamedTuple):
    """The principal that makes the call, with the policies that apply to it.

    `role_arn` is the ARN of the role of a session, with the path that the session's ARN lacks; None if it is unknown.
    `assumes` names the layers that are not provided and are assumed to have no effect ("caller.boundary", …).
    """

    arn: str | Unknown
    policies: tuple[PolicyDocument | Unknown, ...] | Unknown
    boundary: PolicyDocument | Unknown | None = None
    session_policies: tuple[PolicyDocument | Unknown, ...] | Unknown = ()
    context: Mapping[str, object] = {}
    assumes: tuple[str, ...] = ()
    role_arn: str | None = None


Levels = tuple[tuple[PolicyDocument | Unknown, ...], ...]
"""Policies of an organization: one tuple per level, the root first."""


class Organization(NamedTuple):
    """The policies that the account's organization applies to it.

    `member` is False if the account is known to be in no organization, None if that is not known.
    """

    scps: Levels | Unknown = ()
    rcps: Levels | Unknown = ()
    member: bool | None = None
    assumes: tuple[str, ...] = ()


class Facts(NamedTuple):
    """All facts that a request is checked against.

    Nothing is known about a snapshot or bucket whose name is missing; one that is None does not exist. `opt_in` is True
    if the account had to enable the Region of the call. `reasons` maps the name of a fact, as in `Unknown.needs`, to
    the reason that the input gives for not knowing it, and `broken` maps it to the input error because of which the
    fact is not known.
    """

    account: str | Unknown
    region: str | Unknown
    organization: Organization
    snapshots: Mapping[str, Snapshot | Unknown | None]
    buckets: Mapping[str, Bucket | Unknown | None]
    opt_in: bool | Unknown = Unknown("whether the account had to enable the Region is not provided")
    reasons: Mapping[str, str] = {}
    broken: Mapping[str, Fault] = {}

    def snapshot(self, name: str) -> Snapshot | Unknown | None:
        """Return what is known about a snapshot. The case of `name` does not matter, as AWS stores it in lower case."""
        if name.lower() in self.snapshots:
            return self.snapshots[name.lower()]
        return Unknown(f"nothing is known about snapshot `{name}`", (f"snapshots.{name}",))

    def bucket(self, name: str) -> Bucket | Unknown | None:
        """Return what is known about a bucket."""
        if name in self.buckets:
            return self.buckets[name]
        return Unknown(f"nothing is known about bucket `{name}`", (f"buckets.{name}",))

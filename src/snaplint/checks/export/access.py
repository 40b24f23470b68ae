"""The identities that an export involves at the target bucket, each compiled once.

One `Access` serves all requests that are checked with the same facts: those of a preflight file, or of a `Checker`.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.acl_grants import grants_to_everyone, ignores_groups, needs_of_block, shortened
from snaplint.checks.export.contexts import call_context, canonical_context, check_context, service_context
from snaplint.checks.export.identity import LABELS, AssumingIdentity, EitherIdentity, GrantingPolicy, Identity
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.iam import NotRead, Policy, Principal, Simulator
from snaplint.iam.decision.budget import STEPS, Budget

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from snaplint.checks.export.backups import Backups, Cluster
    from snaplint.checks.export.grant_paths import Grants
    from snaplint.checks.export.identity import AnyIdentity
    from snaplint.facts import Bucket, Caller, Facts, PolicyDocument
    from snaplint.facts.model import Levels
    from snaplint.findings.cause import Cause
    from snaplint.iam import Context
    from snaplint.iam.lint.review import Remark
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation

    T = TypeVar("T")


MOST_IDENTITIES = 256
"""How many writers and how many callers stay compiled: enough for many buckets, in bounded memory."""


class Access:
    """A cache for requests that are checked with the same facts.

    It holds the identities (the service that writes, on both grant paths, and the caller), the grants of the last
    request, the remarks about each policy, and the manual backups of each cluster. Its simulators share one budget.
    """

    __slots__ = (
        "_backups",
        "_callers",
        "_causes",
        "_grants",
        "_remarks",
        "_without_denies",
        "_writers",
        "budget",
        "caller",
        "facts",
    )

    def __init__(self, facts: Facts, caller: Caller) -> None:
        self.facts = facts
        self.caller = caller
        self._writers: dict[tuple[str, ...], AnyIdentity] = {}
        self._callers: dict[tuple[str, ...], Identity] = {}
        self._grants: tuple[object, Grants] | None = None
        self._backups: dict[str, dict[Cluster, Backups]] = {}
        self.budget = Budget(STEPS)
        self._without_denies: tuple[object, Access] | None = None
        self._causes: dict[tuple[str, ...], list[tuple[Cause, frozenset[str]]]] = {}
        self._remarks: dict[tuple[PolicyDocument, str, bool], tuple[Remark, ...]] = {}

    def begin_request(self) -> None:
        """Note that another request is checked, for which unknown values may be tried."""
        self.budget.begin_request()

    def grants(self, key: object, weigh: Callable[[], Grants]) -> Grants:
        """Return the result of `weigh` for `key`: one bucket, service and set of object keys.

        The rules of one request ask one after the other, so only the last result is kept.
        """
        if self._grants is None or self._grants[0] != key:
            self._grants = (key, weigh())
        return self._grants[1]

    def remarks(
        self, document: PolicyDocument, kind: str, *, of_user: bool, look: Callable[[], tuple[Remark, ...]]
    ) -> tuple[Remark, ...]:
        """Return the remarks that `look` makes about a policy of one kind, made once."""
        key = (document, kind, of_user)
        remarks = self._remarks.get(key)
        if remarks is None:
            remarks = self._remarks[key] = look()
        return remarks

    def causes(
        self, key: tuple[str, ...], look: Callable[[], list[tuple[Cause, frozenset[str]]]]
    ) -> list[tuple[Cause, frozenset[str]]]:
        """Return what `look` finds for a bucket, a service and actions, found once for all names of the target."""
        return _remembered(self._causes, key, look)

    def without_denies(self, bucket: object, make: Callable[[], Access]) -> Access:
        """Return the access that `make` returns for requests to a bucket: one in which no policy denies anything.

        Only the last one is kept.
        """
        if self._without_denies is None or self._without_denies[0] != bucket:
            self._without_denies = (bucket, make())
        return self._without_denies[1]

    def backups(self, operation: Operation) -> dict[Cluster, Backups]:
        """Return the known manual backups of every cluster, grouped once for all requests."""
        found = self._backups.get(operation.name)
        if found is None:
            from snaplint.checks.export.backups import manual_backups  # only for plain copies

            found = self._backups[operation.name] = manual_backups(self.facts.snapshots.values(), operation.source)
        return found

    def service(self, bucket: Bucket, writer: ExportService, name: str) -> AnyIdentity:
        """Return the service principal `name` of the writer at a bucket: the identity of the policy path."""
        key = (bucket.name, name, writer.resources)
        return _remembered(self._writers, key, lambda: self._service(bucket, writer, name))

    def canonical(self, bucket: Bucket, canonical_id: str, *, by_acl: bool = True) -> AnyIdentity:
        """Return the AWS-owned account with this canonical user ID at a bucket: the identity of the ACL path.

        With `by_acl` it is evaluated as if the ACL granted it everything, else as if there were no ACL.
        """
        return _remembered(
            self._writers,
            (bucket.name, canonical_id, "acl" if by_acl else ""),
            lambda: self._canonical(bucket, canonical_id, by_acl=by_acl),
        )

    def calling(self, region: str, operation: Operation) -> Identity | Unknown:
        """Return the caller as it makes the call itself; Unknown if the caller is."""
        if isinstance(self.caller.arn, Unknown):
            return self.caller.arn
        arn = self.caller.arn
        return _remembered(
            self._callers,
            (operation.name, arn),
            lambda: self._caller(None, arn, call_context(self.facts, self.caller, region, operation)),
        )

    def caller_at(self, bucket: Bucket | None, region: str, operation: Operation) -> Identity | Unknown:
        """Return the caller as the service checks it at a bucket (None: at all buckets); Unknown if it is."""
        if isinstance(self.caller.arn, Unknown):
            return self.caller.arn
        arn = self.caller.arn
        return _remembered(
            self._callers,
            (operation.name, arn, "" if bucket is None else bucket.name),
            lambda: self._caller(bucket, arn, check_context(self.facts, self.caller, bucket, region, operation)),
        )

    def policies_at(self, bucket: Bucket) -> list[Policy]:
        """Return the policies that apply to everyone at a bucket."""
        policy = _compiled(bucket.policy, "resource")
        return [*([] if policy is None else [policy]), *(each for level in self._rcps() for each in level)]

    def policies_of_caller(self) -> list[Policy]:
        """Return the policies that apply to the caller at every resource."""
        boundary = _compiled(self.caller.boundary, "boundary")
        levels = _levels(self.facts.organization.scps, "scp", "organization.scps")
        return [
            *_all_compiled(self.caller.policies, "identity", "caller.policies"),
            *([] if boundary is None else [boundary]),
            *_all_compiled(self.caller.session_policies, "session", "caller.session_policies"),
            *(each for level in levels for each in level),
        ]

    def _service(self, bucket: Bucket, writer: ExportService, name: str) -> Identity:
        policy = _compiled(bucket.policy, "resource")
        simulator = Simulator(resource_policy=policy, rcps=self._rcps(), budget=self.budget)
        context = service_context(self.facts, self.caller, bucket, writer, name)
        granting = _granting_bucket_policy(bucket)
        return Identity(Principal.parse(name), f"`{name}`", simulator, context, bucket, bucket.account, granting)

    def _canonical(self, bucket: Bucket, canonical_id: str, *, by_acl: bool) -> AnyIdentity:
        block = bucket.public_access_block
        relaxed = self._canonical_under(bucket, canonical_id, missing=False, by_acl=by_acl)
        incomplete = not isinstance(block, dict) or any(name not in block for name in BLOCK_PUBLIC_ACCESS)
        if block is None or not incomplete:
            if not bucket.assumes:
                return relaxed
            blocked = bucket._replace(public_access_block=dict.fromkeys(BLOCK_PUBLIC_ACCESS, True))
            strict = self._canonical_under(blocked, canonical_id, missing=True, by_acl=by_acl)
            return AssumingIdentity(relaxed, strict, bucket.assumes)
        # Block Public Access matters only to a bucket whose policy is public, so both settings are evaluated
        strict = self._canonical_under(bucket, canonical_id, missing=True, by_acl=by_acl)
        return EitherIdentity(relaxed, strict, needs_of_block(bucket))

    def _canonical_under(self, bucket: Bucket, canonical_id: str, *, missing: bool, by_acl: bool) -> Identity:
        """Return the account; with `by_acl`, as if the ACL granted it everything: only a Deny or a block refuses it.

        `missing` is the value of each Block Public Access setting that is not provided.
        """
        block = bucket.public_access_block if isinstance(bucket.public_access_block, dict) else {}
        everything = {"Grantee": {"ID": canonical_id, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
        simulator = Simulator(
            resource_policy=_compiled(bucket.policy, "resource"),
            rcps=self._rcps(),
            acl={"Grants": [everything]} if by_acl else None,
            s3_block_public_access={name: block.get(name, missing) for name in BLOCK_PUBLIC_ACCESS},
            budget=self.budget,
        )
        name = f"canonical user `{shortened(canonical_id)}`"
        context = canonical_context(self.facts, self.caller, bucket)
        return Identity(Principal.parse(canonical_id), name, simulator, context, bucket, bucket.account)

    def _caller(self, bucket: Bucket | None, arn: str, context: Context) -> Identity:
        caller, organization = self.caller, self.facts.organization
        # the other grants are to accounts, and the caller's own account grants nothing that its policies do not
        acl = bucket.acl if bucket is not None and any(grants_to_everyone(bucket)) else None
        ownership = bucket.ownership if bucket is not None else None
        policies = _all_compiled(caller.policies, "identity", "caller.policies")
        boundary = _compiled(caller.boundary, "boundary")
        simulator = Simulator(
            identity_policies=policies,
            resource_policy=None if bucket is None else _compiled(bucket.policy, "resource"),
            permission_boundaries=[] if boundary is None else [boundary],
            session_policy=_all_compiled(caller.session_policies, "session", "caller.session_policies") or None,
            scps=_levels(organization.scps, "scp", "organization.scps"),
            rcps=self._rcps(),
            acl=acl,
            object_ownership=NotRead(ownership.needs) if isinstance(ownership, Unknown) else ownership,
            s3_block_public_access=None if acl is None or bucket is None else _ignores_public(bucket),
            budget=self.budget,
        )
        # without a bucket the ARN names the account, or the action concerns the caller's own
        account = None if bucket is None else bucket.account
        own = (
            GrantingPolicy(("caller", "policies", index), LABELS["identity"], each)
            for index, each in enumerate(policies)
        )
        granting = (*own, *(() if bucket is None else _granting_bucket_policy(bucket)))
        principal = Principal.parse(arn).known_as(role_arn=caller.role_arn)
        return Identity(principal, f"`{arn}`", simulator, context, bucket, account, granting)

    def _rcps(self) -> list[list[Policy]]:
        return _levels(self.facts.organization.rcps, "rcp", "organization.rcps")


def _remembered(identities: dict[tuple[str, ...], T], key: tuple[str, ...], make: Callable[[], T]) -> T:
    """Return the identity that `make` returns for `key`, made once."""
    identity = identities.get(key)
    if identity is None:
        if len(identities) >= MOST_IDENTITIES:
            identities.clear()
        identity = identities[key] = make()
    return identity


def _granting_bucket_policy(bucket: Bucket) -> tuple[GrantingPolicy, ...]:
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return ()
    return (GrantingPolicy((*bucket.route, "policy"), LABELS["resource"], bucket.policy.compiled("resource")),)


def _ignores_public(bucket: Bucket) -> dict[str, object] | NotRead:
    """Return the setting of Block Public Access that ignores grants to everyone, as the simulator takes it."""
    ignored = ignores_groups(bucket)
    return NotRead(needs_of_block(bucket)) if ignored is None else {"IgnorePublicAcls": ignored}


def _compiled(policy: PolicyDocument | Unknown | None, kind: str) -> Policy | None:
    if isinstance(policy, Unknown):
        return Policy.unknown(policy.needs)
    return None if policy is None else policy.compiled(kind)


def _all_compiled(policies: Iterable[PolicyDocument | Unknown] | Unknown, kind: str, name: str) -> list[Policy]:
    if isinstance(policies, Unknown):
        return [Policy.unknown(policies.needs or (name,))]
    return [policy for policy in (_compiled(policy, kind) for policy in policies) if policy is not None]


def _levels(levels: Levels | Unknown, kind: str, name: str) -> list[list[Policy]]:
    if isinstance(levels, Unknown):
        return [[Policy.unknown(levels.needs or (name,))]]
    return [_all_compiled(level, kind, name) for level in levels]

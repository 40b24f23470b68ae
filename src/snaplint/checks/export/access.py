"""Who may do what at the target bucket: the identities that an export involves, each compiled once.

One `Access` serves all requests that are checked by the same facts: those of a preflight file, or of a `Checker`.
"""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.checks.export.acl_grants import shortened
from snaplint.checks.export.contexts import caller_context, canonical_context, service_context
from snaplint.checks.export.identity import LABELS, Granting, Identity
from snaplint.facts.model import BLOCK_PUBLIC_ACCESS
from snaplint.iam import Policy, Principal, Simulator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from snaplint.checks.export.grant_paths import Grants
    from snaplint.facts import Bucket, Caller, Facts, PolicyDocument
    from snaplint.facts.model import Levels
    from snaplint.iam.lint.review import Remark
    from snaplint.operations.export_service import ExportService
    from snaplint.operations.operation import Operation


MOST_IDENTITIES = 256
"""How many identities are kept compiled: enough for many buckets, and no more than a bounded amount of memory."""


class Access:
    """What is remembered between the requests that are checked by the same facts: the identities (the service that
    writes, on both grant paths, and the caller), their grants, and what is wrong with each policy.
    """

    __slots__ = ("_grants", "_identities", "_remarks", "caller", "facts")

    def __init__(self, facts: Facts, caller: Caller) -> None:
        self.facts = facts
        self.caller = caller
        self._identities: dict[tuple[str, ...], Identity] = {}
        self._grants: tuple[object, Grants] | None = None
        self._remarks: dict[tuple[PolicyDocument, str, bool], tuple[Remark, ...]] = {}

    def grants(self, about: object, weigh: Callable[[], Grants]) -> Grants:
        """Return the grants that `weigh` makes `about` one bucket, service and set of keys.

        The rules of a request ask one after the other, so only the last answer is kept.
        """
        if self._grants is None or self._grants[0] != about:
            self._grants = (about, weigh())
        return self._grants[1]

    def remarks(
        self, document: PolicyDocument, kind: str, *, of_user: bool, look: Callable[[], tuple[Remark, ...]]
    ) -> tuple[Remark, ...]:
        """Return what is wrong with a policy as a document of one kind, looked for once."""
        key = (document, kind, of_user)
        found = self._remarks.get(key)
        if found is None:
            found = self._remarks[key] = look()
        return found

    def service(self, bucket: Bucket, writer: ExportService, name: str) -> Identity:
        """Return the service principal `name` of the writer at a bucket: the identity of the policy path."""
        key = (bucket.name, name, writer.resources)
        return self._remembered(key, lambda: self._service(bucket, writer, name))

    def canonical(self, bucket: Bucket, identifier: str) -> Identity:
        """Return the AWS-owned account with this canonical user ID at a bucket: the identity of the ACL path."""
        return self._remembered((bucket.name, identifier), lambda: self._canonical(bucket, identifier))

    def caller_at(self, bucket: Bucket | None, region: str, operation: Operation) -> Identity | Unknown:
        """The caller at a bucket (None for calls that reach no bucket), or Unknown where who calls is not given."""
        if isinstance(self.caller.arn, Unknown):
            return self.caller.arn
        arn = self.caller.arn
        # what the members of a call add to its context differs from operation to operation
        key = (operation.name, arn) if bucket is None else (bucket.name, arn, "")
        return self._remembered(key, lambda: self._caller(bucket, arn, region, operation))

    def _remembered(self, key: tuple[str, ...], make: Callable[[], Identity]) -> Identity:
        """Return the identity that `make` gives for everything that `key` names, made once."""
        identity = self._identities.get(key)
        if identity is None:
            if len(self._identities) >= MOST_IDENTITIES:
                self._identities.clear()
            identity = self._identities[key] = make()
        return identity

    def _service(self, bucket: Bucket, writer: ExportService, name: str) -> Identity:
        simulator = Simulator(resource_policy=_held(bucket.policy, "resource"), rcps=self._rcps())
        context = service_context(self.facts, self.caller, bucket, writer, name)
        granting = _granting_bucket_policy(bucket)
        return Identity(Principal.parse(name), f"`{name}`", simulator, context, bucket, bucket.account, granting)

    def _canonical(self, bucket: Bucket, identifier: str) -> Identity:
        block = bucket.public_access_block
        open_ = not isinstance(block, dict) or any(name not in block for name in BLOCK_PUBLIC_ACCESS)
        if block is not None and open_:
            # it matters only to a bucket whose policy is public: both ways are asked
            needs = block.needs if isinstance(block, Unknown) else (f"buckets.{bucket.name}.public_access_block",)
            relaxed = self._canonical_under(bucket, identifier, missing=False)
            return relaxed.unless(self._canonical_under(bucket, identifier, missing=True), needs)
        return self._canonical_under(bucket, identifier, missing=False)

    def _canonical_under(self, bucket: Bucket, identifier: str, *, missing: bool) -> Identity:
        """The account as if the ACL gave it everything: what is left to ask is whether anything denies it."""
        block = bucket.public_access_block if isinstance(bucket.public_access_block, dict) else {}
        simulator = Simulator(
            resource_policy=_held(bucket.policy, "resource"),
            rcps=self._rcps(),
            acl={"Grants": [{"Grantee": {"ID": identifier, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]},
            s3_block_public_access={name: block.get(name, missing) for name in BLOCK_PUBLIC_ACCESS},
        )
        name = f"canonical user `{shortened(identifier)}`"
        context = canonical_context(bucket)
        return Identity(Principal.parse(identifier), name, simulator, context, bucket, bucket.account)

    def _caller(self, bucket: Bucket | None, arn: str, region: str, operation: Operation) -> Identity:
        caller, organization = self.caller, self.facts.organization
        policies = _all_held(caller.policies, "identity", "caller.policies")
        boundary = _held(caller.boundary, "boundary")
        simulator = Simulator(
            identity_policies=policies,
            resource_policy=None if bucket is None else _held(bucket.policy, "resource"),
            permission_boundaries=[] if boundary is None else [boundary],
            session_policy=_all_held(caller.session_policies, "session", "caller.session_policies") or None,
            scps=_levels(organization.scps, "scp", "organization.scps"),
            rcps=self._rcps(),
        )
        context = caller_context(self.facts, caller, bucket, region, operation)
        # away from a bucket the ARN names the account, or the action is about the caller's own
        account = None if bucket is None else bucket.account
        own = (Granting(("caller", "policies", index), LABELS["identity"], each) for index, each in enumerate(policies))
        granting = (*own, *(() if bucket is None else _granting_bucket_policy(bucket)))
        return Identity(Principal.parse(arn), f"`{arn}`", simulator, context, bucket, account, granting)

    def _rcps(self) -> list[list[Policy]]:
        return _levels(self.facts.organization.rcps, "rcp", "organization.rcps")


def _granting_bucket_policy(bucket: Bucket) -> tuple[Granting, ...]:
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return ()
    return (Granting((*bucket.route, "policy"), LABELS["resource"], bucket.policy.compiled("resource")),)


def _held(policy: PolicyDocument | Unknown | None, kind: str) -> Policy | None:
    if isinstance(policy, Unknown):
        return Policy.unknown(policy.needs)
    return None if policy is None else policy.compiled(kind)


def _all_held(policies: Iterable[PolicyDocument | Unknown] | Unknown, kind: str, name: str) -> list[Policy]:
    if isinstance(policies, Unknown):
        return [Policy.unknown(policies.needs or (name,))]
    return [policy for policy in (_held(policy, kind) for policy in policies) if policy is not None]


def _levels(levels: Levels | Unknown, kind: str, name: str) -> list[list[Policy]]:
    if isinstance(levels, Unknown):
        return [[Policy.unknown(levels.needs or (name,))]]
    return [_all_held(level, kind, name) for level in levels]

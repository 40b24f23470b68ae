"""Who may do what at the target bucket: the policy engine, asked on behalf of the identities that an export involves.

One `Access` serves all requests of a preflight file: each identity at each bucket is compiled once. What each
identity sends is said in the `_…_context` functions; what nobody documents is left unknown there, and so comes back
as "depends".
"""

from __future__ import annotations

from typing import NamedTuple

from snaplint import elasticache
from snaplint.checks.values import listed
from snaplint.iam import HOLE, Context, Outcome, Policy, Principal, Request, Simulator, Unread
from snaplint.iam.near import near_misses
from snaplint.unknown import Unknown
from snaplint.verdict import Blame, CannotTell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from snaplint.checks.proposal import Keys
    from snaplint.facts import Bucket, Caller, Facts, PolicyDocument
    from snaplint.facts.model import Levels
    from snaplint.iam import Reason
    from snaplint.source import Route

ALLOWED, DEPENDS, DENIED = "allowed", "depends", "denied"


class Answer(NamedTuple):
    """Whether one identity may do one action on everything it has to: `allowed`, `denied` or `depends`.

    `needs` names what would settle a `depends`. `because` are the statements that decided, or those that nearly allow
    it where nothing does; `explicit` tells a Deny from a missing Allow.
    """

    word: str
    action: str
    resource: str
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    explicit: bool = False

    @property
    def place(self) -> str:
        """The resource as people write it in S3: `bucket/key`; other ARNs as they are."""
        return self.resource.partition(":::")[2] or self.resource


_LABELS = {
    "identity": "identity policy",
    "resource": "bucket policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "scp": "SCP",
    "rcp": "RCP",
    "acl": "bucket ACL",
}
"""The engine's layers in AWS's words."""


class Granting(NamedTuple):
    """A policy that may allow something: where it stands, and what AWS calls it."""

    route: Route
    label: str
    policy: Policy


class Identity:
    """One identity at one bucket (or at none): its policies compiled, and what is known of its requests.

    `granting` are the policies in which an Allow may stand; they are searched for near misses.
    """

    __slots__ = ("_answers", "bucket", "context", "granting", "name", "principal", "resource_account", "simulator")

    def __init__(
        self,
        principal: Principal,
        name: str,
        simulator: Simulator,
        context: Context,
        bucket: Bucket | None,
        resource_account: str | Unknown | None,
        granting: tuple[Granting, ...] = (),
    ) -> None:
        self.principal = principal
        self.name = name
        self.simulator = simulator
        self.context = context
        self.bucket = bucket
        self.resource_account = None if isinstance(resource_account, Unknown) else resource_account
        self.granting = granting
        self._answers: dict[tuple[str, str], Answer] = {}

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Whether the identity may do `action` on one resource (an ARN, perhaps with holes)."""
        request = Request(self.principal, action, resource, self.resource_account, context or self.context)
        decision = self.simulator.evaluate(request)
        word = _WORDS[decision.decision]
        if decision.decision == Outcome.ImplicitlyDenied:
            because = tuple(self._near(action, request))
        else:
            because = tuple(self._blame(reason, word) for reason in decision.because if reason.statement >= 0)
        explicit = decision.decision == Outcome.ExplicitlyDenied
        return Answer(word, action, resource, because, decision.depends_on, decision.blocked_by, explicit)

    def may_at_bucket(self, action: str, arn: str) -> Answer:
        """The same for the bucket itself, remembered: it does not change from request to request."""
        known = self._answers.get((action, arn))
        if known is None:
            known = self._answers[action, arn] = self.may(action, arn)
        return known

    def may_on_keys(self, action: str, bucket_arn: str, keys: Keys) -> Answer:
        """Whether the identity may do `action` on every key the export will write, in both spellings of the name."""
        answers = [self._on_spelling(action, f"{bucket_arn}/{spelling}-", keys.shards) for spelling in keys.spellings]
        first = answers[0]
        if all(answer.word == first.word for answer in answers):
            return first
        differing = next(answer for answer in answers if answer.word != first.word)
        worse = first if first.word != ALLOWED else differing
        return worse._replace(word=DEPENDS, needs=("the case in which ElastiCache writes the key",))

    def _on_spelling(self, action: str, stem: str, shards: int | Unknown) -> Answer:
        # one question for all numbers at once; only a policy that tells numbers apart needs them one by one
        every = self.may(action, f"{stem}{HOLE * 4}.rdb")
        if "resource" not in every.needs:
            return every._replace(resource=f"{stem}0001.rdb")
        if isinstance(shards, Unknown):
            answer = self.may(action, f"{stem}0001.rdb")
            if answer.word == DENIED:
                return answer
            needs = (*(need for need in every.needs if need != "resource"), *shards.needs)
            return every._replace(word=DEPENDS, resource=f"{stem}NNNN.rdb", needs=needs)
        numbers = range(1, min(shards, elasticache.MAX_SHARDS) + 1)
        return worst_of([self.may(action, f"{stem}{number:04}.rdb") for number in numbers])

    def _near(self, action: str, request: Request) -> Iterator[Blame]:
        """The statements that would allow the request but for one element."""
        for route, label, policy in self.granting:
            for statement, element in near_misses(policy, request):
                text = f"allows `{action}`, but its {element} does not match"
                yield Blame((*route, *statement.route, element), label, text, statement.sid, "Allow")

    def _blame(self, reason: Reason, word: str) -> Blame:
        route = (*self._layer_route(reason), *reason.route)
        verb = {"Allow": "allows", "Deny": "denies"}.get(reason.effect or "", "decides on")
        if word == DEPENDS and reason.effect is not None:
            verb = f"may {verb.removesuffix('ies')}y" if verb == "denies" else "may allow"
        by = f" by {listed(f'{operator} `{key}`' for operator, key in reason.conditions)}" if reason.conditions else ""
        label = _LABELS.get(reason.layer, reason.layer)
        return Blame(route, label, f"{verb} it to {self.name}{by}", reason.sid, reason.effect)

    def _layer_route(self, reason: Reason) -> Route:
        bucket = self.bucket.route if self.bucket is not None else ()
        match reason.layer:
            case "identity":
                return ("caller", "policies", reason.policy)
            case "boundary":
                return ("caller", "boundary")
            case "session":
                return ("caller", "session_policies", reason.policy)
            case "scp" | "rcp":
                return ("organization", f"{reason.layer}s", reason.level or 0, reason.policy)
            case "acl":
                return (*bucket, "acl", "Grants", reason.statement)
            case _:
                return (*bucket, "policy")


_WORDS = {
    Outcome.Allowed: ALLOWED,
    Outcome.ImplicitlyDenied: DENIED,
    Outcome.ExplicitlyDenied: DENIED,
    Outcome.Depends: DEPENDS,
}


def worst_of(answers: list[Answer]) -> Answer:
    """Of answers that must all be yes, the one that decides: a denial, else a doubt, else the first."""
    for word in (DENIED, DEPENDS):
        for answer in answers:
            if answer.word == word:
                return answer
    return answers[0]


def doubt(route: Route, who: str, answers: Iterable[Answer]) -> CannotTell | None:
    """What the answers leave open of one identity's rights, and what would settle it; None where nothing is open."""
    doubtful = [answer for answer in answers if answer.word == DEPENDS]
    if not doubtful:
        return None
    needs = tuple(dict.fromkeys(need for answer in doubtful for need in answer.needs))
    because = tuple(dict.fromkeys(blame for answer in doubtful for blame in answer.because))
    actions = listed(f"`{answer.action}`" for answer in doubtful)
    hangs = listed(f"`{need}`" for need in needs) or "what AWS does not document"
    return CannotTell(route, f"whether {who} is allowed {actions} hangs on {hangs}", needs, because)


class Access:
    """The identities of one preflight file: ElastiCache as the writer by both routes, and the caller."""

    __slots__ = ("_identities", "caller", "facts")

    def __init__(self, facts: Facts, caller: Caller) -> None:
        self.facts = facts
        self.caller = caller
        self._identities: dict[tuple[str, str], Identity] = {}

    def service(self, bucket: Bucket, name: str) -> Identity:
        """ElastiCache's service principal `name` at a bucket: the policy route."""
        return self._remembered(bucket, name, lambda: self._service(bucket, name))

    def canonical(self, bucket: Bucket, identifier: str) -> Identity:
        """The AWS-owned account with this canonical user ID at a bucket: the ACL route."""
        return self._remembered(bucket, identifier, lambda: self._canonical(bucket, identifier))

    def caller_at(self, bucket: Bucket | None, region: str) -> Identity | Unknown:
        """The caller at a bucket (None for calls that reach no bucket), or Unknown where nobody says who calls."""
        if isinstance(self.caller.arn, Unknown):
            return self.caller.arn
        arn = self.caller.arn
        return self._remembered(bucket, arn, lambda: self._caller(bucket, arn, region))

    def _remembered(self, bucket: Bucket | None, name: str, make: Callable[[], Identity]) -> Identity:
        key = (bucket.name if bucket is not None else "", name)
        identity = self._identities.get(key)
        if identity is None:
            identity = self._identities[key] = make()
        return identity

    def _service(self, bucket: Bucket, name: str) -> Identity:
        simulator = Simulator(resource_policy=_held(bucket.policy, "resource"), rcps=self._rcps())
        context = _service_context(bucket, name)
        granting = _granting_bucket_policy(bucket)
        return Identity(Principal.parse(name), f"`{name}`", simulator, context, bucket, bucket.account, granting)

    def _canonical(self, bucket: Bucket, identifier: str) -> Identity:
        simulator = Simulator(
            resource_policy=_held(bucket.policy, "resource"),
            rcps=self._rcps(),
            acl=Unread(bucket.acl.needs) if isinstance(bucket.acl, Unknown) else bucket.acl,
            object_ownership=_ownership(bucket),
            s3_block_public_access=_block_public_access(bucket),
        )
        name = f"canonical user `{identifier[:8]}…`"
        context = _canonical_context(bucket)
        return Identity(Principal.parse(identifier), name, simulator, context, bucket, bucket.account)

    def _caller(self, bucket: Bucket | None, arn: str, region: str) -> Identity:
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
        context = _caller_context(self.facts, caller, bucket, region)
        account = self.facts.account if bucket is None else bucket.account
        own = (
            Granting(("caller", "policies", index), _LABELS["identity"], each) for index, each in enumerate(policies)
        )
        granting = (*own, *(() if bucket is None else _granting_bucket_policy(bucket)))
        return Identity(Principal.parse(arn), f"`{arn}`", simulator, context, bucket, account, granting)

    def _rcps(self) -> list[list[Policy]]:
        return _levels(self.facts.organization.rcps, "rcp", "organization.rcps")


def _granting_bucket_policy(bucket: Bucket) -> tuple[Granting, ...]:
    if bucket.policy is None or isinstance(bucket.policy, Unknown):
        return ()
    return (Granting((*bucket.route, "policy"), _LABELS["resource"], bucket.policy.compiled("resource")),)


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


def _ownership(bucket: Bucket) -> str | Unread | None:
    # ACLs are dead only where the bucket's ownership controls say BucketOwnerEnforced; a bucket known to have none has
    # not switched them off (inferred from
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html)
    if isinstance(bucket.ownership, Unknown):
        acl = bucket.acl.needs if isinstance(bucket.acl, Unknown) else ()
        return Unread((*acl, *bucket.ownership.needs))
    return bucket.ownership


def _block_public_access(bucket: Bucket) -> bool | Mapping[str, object]:
    # left out it is taken as off: it matters to the ACL route only where the bucket policy is public already
    block = bucket.public_access_block
    return False if block is None or isinstance(block, Unknown) else block


_CALLERS_ONLY = (
    "aws:PrincipalTag/*",
    "aws:username",
    "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
)
_SERVICES_ONLY = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
_NETWORK = ("aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce")
OF_THE_REQUEST = ("aws:RequestTag/*", "aws:TagKeys", "elasticache:KmsKeyId")
"""Keys that a call holds only if its own members give them."""

_CHAIN = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
_NAMED_SERVICE = ("aws:PrincipalServiceName", "aws:PrincipalServiceNamesList")
_ORGANIZATION = ("aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
_IDENTITY = ("aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid")


def _bucket_keys(bucket: Bucket) -> dict[str, object]:
    """Keys that follow from the bucket: its owner's account."""
    if isinstance(bucket.account, Unknown):
        return {}
    return {"aws:ResourceAccount": bucket.account, "s3:ResourceAccount": bucket.account}


def _service_context(bucket: Bucket, name: str) -> Context:
    """What ElastiCache's service principal sends.

    Service keys are documented:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    That it uses TLS and comes from an AWS network is inferred. Whether it sends aws:SourceAccount, an encryption or
    an ACL header is published nowhere: unknown.
    """
    known = {
        **_bucket_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": name,
        "aws:PrincipalServiceNamesList": [name],
        "aws:ViaAWSService": "false",
    }
    # a service principal belongs to no organization: the availability of aws:PrincipalOrgID on the page above
    absent = (*_CHAIN, *_CALLERS_ONLY, *_ORGANIZATION)
    return Context(known, one_of=_TLS, absent=absent, foreign=(*_IDENTITY, *_NETWORK), default="unknown")


_TLS = {"s3:TlsVersion": ("1.2", "1.3")}
"""AWS endpoints take TLS 1.2 and newer: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""


def _canonical_context(bucket: Bucket) -> Context:
    """What the AWS-owned account behind the canonical user ID sends: an account that is not yours, on an AWS network
    (inferred)."""
    known = {
        **_bucket_keys(bucket),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
    }
    absent = (*_CHAIN, *_NAMED_SERVICE, *_CALLERS_ONLY)
    return Context(
        known, one_of=_TLS, absent=absent, foreign=(*_ORGANIZATION, *_IDENTITY, *_NETWORK), default="unknown"
    )


def _caller_context(facts: Facts, caller: Caller, bucket: Bucket | None, region: str) -> Context:
    """What is known of the caller's request, and of the checks at S3 that ElastiCache makes on the caller's behalf.

    Those checks come from the service's network, so the caller's own addresses do not hold there; nobody documents
    whether they are made as forward access sessions. All that `caller.context` does not give is unknown.
    """
    known: dict[str, object] = {
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
    }
    if bucket is None:
        known["aws:ViaAWSService"] = "false"
    else:
        known.update(_bucket_keys(bucket))
    known.update(caller.context)
    absent = [*_SERVICES_ONLY, *_NAMED_SERVICE]
    if bucket is None:
        absent.extend((*_CHAIN, *OF_THE_REQUEST))
    if facts.organization.member is False:
        absent.extend(("aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
    return Context(known, absent=absent, default="unknown")

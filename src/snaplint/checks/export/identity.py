"""An identity at one bucket: asks the policy engine on its behalf and answers in the words of a preflight file."""

from __future__ import annotations

from itertools import islice

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.base.wording import listed
from snaplint.checks.export.answers import Answer, worst_of
from snaplint.facts.model import NotOurs
from snaplint.findings.verdict import Blame
from snaplint.iam import HOLE, Outcome, Request
from snaplint.iam.document.acl import BLOCK_PUBLIC_ACCESS_FACT
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.operations.export_keys import MAX_SHARDS, object_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.base.source import Route
    from snaplint.checks.export.keys import ExportKeys
    from snaplint.facts import Bucket
    from snaplint.iam import Context, Decision, Policy, Principal, Reason, Simulator
    from snaplint.iam.explain.explain import Explanation

MOST_NEAR_MISSES = 10

LABELS = {
    "identity": "identity policy",
    "resource": "bucket policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "scp": "SCP",
    "rcp": "RCP",
    "acl": "bucket ACL",
}
"""AWS's words for the layers of the engine."""


class GrantingPolicy(NamedTuple):
    """A policy that may allow something: its route, and AWS's word for it."""

    route: Route
    label: str
    policy: Policy


class AnyIdentity:
    """An identity, called `name` in messages, that is evaluated for one resource, a bucket or the keys of an export."""

    __slots__ = ("_answers", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._answers: dict[tuple[str, str], Answer] = {}

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Return whether the identity is allowed `action` on an ARN, in which each HOLE is an unknown digit."""
        raise NotImplementedError

    def explained(self, action: str, resource: str, context: Context | None = None) -> Explanation:
        """Return the engine's decision with the layers that led to it; under a setting that is open, the first one."""
        raise NotImplementedError

    def may_at_bucket(self, action: str, arn: str) -> Answer:
        """Return whether the identity is allowed `action` on the bucket itself, evaluated once for all requests."""
        known = self._answers.get((action, arn))
        if known is None:
            known = self._answers[action, arn] = self.may(action, arn)
        return known

    def may_on_keys(self, action: str, bucket_arn: str, keys: ExportKeys) -> Answer:
        """Return whether the identity is allowed `action` on every key of the export, in each spelling of its name."""
        answers = [self._on_spelling(action, f"{bucket_arn}/{spelling}", keys) for spelling in keys.spellings]
        first = answers[0]
        if all(answer.truth == first.truth for answer in answers):
            return first
        differing = next(answer for answer in answers if answer.truth != first.truth)
        worse = first if first.truth != YES else differing
        undocumented = f"whether {keys.writer} writes the key in lower case"
        return worse._replace(truth=UNKNOWN, needs=(), undocumented=undocumented)

    def _on_spelling(self, action: str, name: str, keys: ExportKeys) -> Answer:
        # one request covers all numbers; they are evaluated one by one only if a policy distinguishes them
        every = self.may(action, object_key(name, HOLE * 4))
        if "resource" not in every.needs:
            return every._replace(resource=object_key(name, 1))
        shards = keys.shards
        if isinstance(shards, Unknown):
            answer = self.may(action, object_key(name, 1))
            if answer.truth == NO:
                return answer
            needs = (*(need for need in every.needs if need != "resource"), *shards.needs)
            return every._replace(truth=UNKNOWN, resource=object_key(name, "NNNN"), needs=needs)
        numbers = range(1, min(shards, MAX_SHARDS) + 1)
        running = worst_of([self.may(action, object_key(name, number)) for number in numbers])
        if isinstance(keys.groups, Unknown):  # a running number is observed, so what is denied on one of them fails
            if running.truth != YES:
                return running
            return running._replace(truth=UNKNOWN, needs=keys.groups.needs)
        if keys.groups:
            by_group = worst_of([self.may(action, object_key(name, group)) for group in keys.groups])
            if by_group.truth != running.truth:
                return running._replace(truth=UNKNOWN, undocumented="whether the files are numbered by node group")
        return running


class EitherIdentity(AnyIdentity):
    """One identity under two possible settings, where it is not known which one is in effect.

    An answer in which the two differ is UNKNOWN; the facts named by `undecided` would settle it.
    """

    __slots__ = ("_first", "_second", "_undecided")

    def __init__(self, first: AnyIdentity, second: AnyIdentity, undecided: tuple[str, ...]) -> None:
        super().__init__(first.name)
        self._first = first
        self._second = second
        self._undecided = undecided

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Return the answer of both; UNKNOWN if they differ, with `undecided` among its needs."""
        answer = self._first.may(action, resource, context)
        if self._second.may(action, resource, context).truth == answer.truth:
            return answer
        return answer._replace(truth=UNKNOWN, needs=(*answer.needs, *self._undecided))

    def explained(self, action: str, resource: str, context: Context | None = None) -> Explanation:
        """Return the explanation under the first setting."""
        return self._first.explained(action, resource, context)


class AssumingIdentity(AnyIdentity):
    """One identity under a setting that is assumed: its answers say so where they would be other ones without it."""

    __slots__ = ("_assumed", "_first", "_second")

    def __init__(self, first: AnyIdentity, second: AnyIdentity, assumed: tuple[str, ...]) -> None:
        super().__init__(first.name)
        self._first = first
        self._second = second
        self._assumed = assumed

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Return the answer under the assumption."""
        answer = self._first.may(action, resource, context)
        other = self._second.may(action, resource, context)
        return answer if other.truth == answer.truth else answer._replace(assumes=self._assumed)

    def explained(self, action: str, resource: str, context: Context | None = None) -> Explanation:
        """Return the explanation under the first setting."""
        return self._first.explained(action, resource, context)


class Identity(AnyIdentity):
    """One identity at one bucket, or at no bucket: its policies, compiled, and the context of its requests.

    `granting` holds the policies that may contain an Allow; they are searched for near misses.
    """

    __slots__ = ("_blames", "bucket", "context", "granting", "principal", "resource_account", "simulator")

    def __init__(
        self,
        principal: Principal,
        name: str,
        simulator: Simulator,
        context: Context,
        bucket: Bucket | None,
        resource_account: str | NotOurs | Unknown | None,
        granting: tuple[GrantingPolicy, ...] = (),
    ) -> None:
        super().__init__(name)
        self.principal = principal
        self.simulator = simulator
        self.context = context
        self.bucket = bucket
        self.resource_account = None if isinstance(resource_account, (NotOurs, Unknown)) else resource_account
        self.granting = granting
        self._blames: dict[tuple[object, ...], Blame] = {}

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Return the engine's decision; `context` replaces the identity's own."""
        request = Request(self.principal, action, resource, self.resource_account, context or self.context)
        decision = self.simulator.evaluate(request)
        truth = decision.truth
        if decision.denied:
            return self._denied(decision, action, request)
        if decision.decision == Outcome.ImplicitlyDenied:
            because = tuple(self._near_misses(action, request))
        else:
            because = tuple(self._blame(reason, truth) for reason in decision.because if reason.statement >= 0)
        explicit = decision.decision == Outcome.ExplicitlyDenied
        if not decision.depends_on:  # the usual case
            return Answer(truth, action, resource, because, (), "", decision.blocked_by, explicit)
        settled = BLOCK_PUBLIC_ACCESS_FACT if self._knows_block() else None
        open_needs = [need for need in decision.depends_on if need != settled]
        undocumented = _PUBLIC_POLICY if len(open_needs) < len(decision.depends_on) else ""
        needs, cut_short = self._facts(open_needs), decision.cut_short
        return Answer(truth, action, resource, because, needs, undocumented, decision.blocked_by, explicit, cut_short)

    def _denied(self, decision: Decision, action: str, request: Request) -> Answer:
        """Return the answer to a request that is denied in any case, by a Deny only in some.

        Without an Allow in any case, it is explained as if no Deny could apply.
        """
        resource, blocked = request.resource, decision.blocked_by
        if all(reason.effect != "Allow" for reason in decision.because):
            return Answer(NO, action, resource, tuple(self._near_misses(action, request)), blocked_by=blocked)
        because = tuple(self._blame(reason, UNKNOWN) for reason in decision.because if reason.statement >= 0)
        return Answer(NO, action, resource, because, blocked_by=blocked, whatever=self._facts(decision.depends_on))

    def _facts(self, needs: Sequence[str]) -> tuple[str, ...]:
        """Return the facts and condition keys that settle needs of the engine, each once."""
        found = dict.fromkeys(name for need in needs for name in self._preflight_names(need))
        if self.bucket is not None and f"buckets.{self.bucket.name}" in found:
            # facts about the bucket include its account
            found.pop(f"buckets.{self.bucket.name}.account", None)
        return tuple(found)

    def explained(self, action: str, resource: str, context: Context | None = None) -> Explanation:
        """Return the decision that `may` returns, with the layers that led to it."""
        from snaplint.iam.explain.explain import explain  # only for `snaplint explain --why`

        request = Request(self.principal, action, resource, self.resource_account, context or self.context)
        return explain(self.simulator, request)

    def _knows_block(self) -> bool:
        """Return True if the settings of Block Public Access that restrict a principal are provided."""
        block = self.bucket.public_access_block if self.bucket is not None else None
        return isinstance(block, dict) and "IgnorePublicAcls" in block and "RestrictPublicBuckets" in block

    def _preflight_names(self, need: str) -> tuple[str, ...]:
        """Return the facts that settle a need of the engine, as a preflight file names them.

        A condition key stays as it is, unless it follows from the tags of the bucket. The ARN of the role of a session
        also follows from the member that provides it.
        """
        if need.lower() == "aws:principalarn" and self.principal.session is not None:
            return need, "caller.role_arn"
        member, dot, rest = need.partition(".")
        place = _PREFLIGHT_NAMES.get(member)
        if place is None:
            from snaplint.checks.export.tag_keys import facts_of  # only for what is undetermined

            return facts_of(need, self.bucket) or (need,)
        bucket = self.bucket.name if self.bucket is not None else ""
        return (f"{place.format(bucket=bucket)}{dot}{rest}",)

    def _near_misses(self, action: str, request: Request) -> Iterator[Blame]:
        """Yield the Allows that match except for resource or condition, at most MOST_NEAR_MISSES a policy."""
        from snaplint.iam.explain.near import near_misses  # only for what no policy allows

        for route, label, policy in self.granting:
            for statement, element in islice(near_misses(policy, request), MOST_NEAR_MISSES):
                text = f"allows `{action}`, but its {element} does not match"
                yield Blame((*route, *statement.route, element), label, text, statement.sid, "Allow")

    def _blame(self, reason: Reason, truth: int) -> Blame:
        """Return the blame of a statement, made once for all requests."""
        key = (reason.layer, reason.level, reason.policy, reason.statement, truth)
        blame = self._blames.get(key)
        if blame is None:
            blame = self._blames[key] = self._blame_of(reason, truth)
        return blame

    def _blame_of(self, reason: Reason, truth: int) -> Blame:
        bucket = self.bucket.route if self.bucket is not None else ()
        route = (*layer_route(bucket, reason.layer, reason.level, reason.policy, reason.statement), *reason.route)
        verb = "may apply" if truth == UNKNOWN or reason.effect is None else "applies"
        tested = [f"{operator} `{key}`" for operator, key in reason.tested]
        noun = "condition" if len(tested) == 1 else "conditions"
        conditions = f" ({noun}: {listed(tested)})" if tested else ""
        label = LABELS.get(reason.layer, reason.layer)
        return Blame(route, label, f"{verb} to {self.name}{conditions}", reason.sid, reason.effect)


def layer_route(bucket: Route, layer: str, level: int | None, policy: int, statement: int) -> Route:
    """Return the route of a policy in a preflight file, by its place in the engine; of an ACL, that of the grant."""
    match layer:
        case "identity":
            return ("caller", "policies", policy)
        case "boundary":
            return ("caller", "boundary")
        case "session":
            return ("caller", "session_policies", policy)
        case "scp" | "rcp":
            return ("organization", f"{layer}s", level or 0, policy)
        case "acl":
            return (*bucket, "acl", "Grants", statement)
        case _:
            return (*bucket, "policy")


_PUBLIC_POLICY = "whether `RestrictPublicBuckets` also refuses grants of the ACL if the bucket policy is public"
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html describes the setting
as one of policies, and says that it blocks all access of other accounts."""

_PREFLIGHT_NAMES = {
    "identity_policies": "caller.policies",
    "permission_boundaries": "caller.boundary",
    "session_policy": "caller.session_policies",
    "scps": "organization.scps",
    "rcps": "organization.rcps",
    "resource_policy": "buckets.{bucket}.policy",
    "resource_account": "buckets.{bucket}.account",
    "acl": "buckets.{bucket}.acl",
    BLOCK_PUBLIC_ACCESS_FACT: "buckets.{bucket}.public_access_block",
}
"""The engine's parameters under their names in a preflight file."""

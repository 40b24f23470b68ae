"""One identity at one bucket: the policy engine asked on its behalf, and its answers in a preflight file's words."""

from __future__ import annotations

from itertools import islice

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.checks.values import listed
from snaplint.facts.model import NotOurs
from snaplint.findings.verdict import Blame, CannotTell
from snaplint.iam import HOLE, Outcome, Request
from snaplint.iam.explain.near import near_misses
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.operations.export_keys import MAX_SHARDS, object_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.base.source import Route
    from snaplint.checks.export.keys import Keys
    from snaplint.facts import Bucket
    from snaplint.iam import Context, Policy, Principal, Reason, Simulator

MOST_NEAR_MISSES = 10


class Answer(NamedTuple):
    """Whether one identity may do one action on everything it has to: YES, NO or UNKNOWN.

    `needs` names what would settle an UNKNOWN, `silence` says what AWS leaves open where no fact would. `because`
    are the statements that decided, or those that nearly allow it where nothing does; `explicit` tells a Deny from a
    missing Allow.
    """

    truth: int
    action: str
    resource: str
    because: tuple[Blame, ...] = ()
    needs: tuple[str, ...] = ()
    silence: str = ""
    blocked_by: tuple[str, ...] = ()
    explicit: bool = False

    @property
    def place(self) -> str:
        """The resource as people write it in S3: `bucket/key`; other ARNs as they are."""
        return self.resource.partition(":::")[2] or self.resource


LABELS = {
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

    __slots__ = (
        "_answers",
        "bucket",
        "context",
        "granting",
        "name",
        "otherwise",
        "principal",
        "resource_account",
        "simulator",
        "undecided",
    )

    def __init__(
        self,
        principal: Principal,
        name: str,
        simulator: Simulator,
        context: Context,
        bucket: Bucket | None,
        resource_account: str | NotOurs | Unknown | None,
        granting: tuple[Granting, ...] = (),
    ) -> None:
        self.principal = principal
        self.name = name
        self.simulator = simulator
        self.context = context
        self.bucket = bucket
        self.resource_account = None if isinstance(resource_account, (NotOurs, Unknown)) else resource_account
        self.granting = granting
        self._answers: dict[tuple[str, str], Answer] = {}
        self.otherwise: Identity | None = None
        self.undecided: tuple[str, ...] = ()

    def unless(self, otherwise: Identity, undecided: tuple[str, ...]) -> Identity:
        """The same identity where a setting that nobody told may make it `otherwise`; `undecided` names the setting."""
        self.otherwise = otherwise
        self.undecided = undecided
        return self

    def may(self, action: str, resource: str, context: Context | None = None) -> Answer:
        """Whether the identity may do `action` on one resource (an ARN, perhaps with holes)."""
        answer = self._may(action, resource, context)
        if self.otherwise is not None and self.otherwise.may(action, resource, context).truth != answer.truth:
            return answer._replace(truth=UNKNOWN, needs=(*answer.needs, *self.undecided))
        return answer

    def _may(self, action: str, resource: str, context: Context | None) -> Answer:
        request = Request(self.principal, action, resource, self.resource_account, context or self.context)
        decision = self.simulator.evaluate(request)
        truth = _TRUTHS[decision.decision]
        if decision.decision == Outcome.ImplicitlyDenied:
            because = tuple(self._near(action, request))
        else:
            because = tuple(self._blame(reason, truth) for reason in decision.because if reason.statement >= 0)
        explicit = decision.decision == Outcome.ExplicitlyDenied
        needs = tuple(self._in_our_words(need) for need in decision.depends_on)
        return Answer(truth, action, resource, because, needs, "", decision.blocked_by, explicit)

    def _in_our_words(self, need: str) -> str:
        """What the engine names as needed, as a preflight file calls it; condition keys stay as they are."""
        member, dot, rest = need.partition(".")
        place = _MEMBERS.get(member)
        if place is None:
            return need
        bucket = self.bucket.name if self.bucket is not None else ""
        return f"{place.format(bucket=bucket)}{dot}{rest}"

    def may_at_bucket(self, action: str, arn: str) -> Answer:
        """The same for the bucket itself, remembered: it does not change from request to request."""
        known = self._answers.get((action, arn))
        if known is None:
            known = self._answers[action, arn] = self.may(action, arn)
        return known

    def may_on_keys(self, action: str, bucket_arn: str, keys: Keys) -> Answer:
        """Whether the identity may do `action` on every key the export will write, in both spellings of the name."""
        answers = [self._on_spelling(action, f"{bucket_arn}/{spelling}", keys) for spelling in keys.spellings]
        first = answers[0]
        if all(answer.truth == first.truth for answer in answers):
            return first
        differing = next(answer for answer in answers if answer.truth != first.truth)
        worse = first if first.truth != YES else differing
        return worse._replace(truth=UNKNOWN, needs=(), silence=f"the case in which {keys.writer} writes the key")

    def _on_spelling(self, action: str, name: str, keys: Keys) -> Answer:
        # one question for all numbers at once; only a policy that tells numbers apart needs them one by one
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
        if keys.groups:
            by_group = worst_of([self.may(action, object_key(name, group)) for group in keys.groups])
            if by_group.truth != running.truth:
                return running._replace(truth=UNKNOWN, silence="whether the files are numbered by node group")
        return running

    def _near(self, action: str, request: Request) -> Iterator[Blame]:
        """The statements that would allow the request but for one element, as many as help."""
        for route, label, policy in self.granting:
            for statement, element in islice(near_misses(policy, request), MOST_NEAR_MISSES):
                text = f"allows `{action}`, but its {element} does not match"
                yield Blame((*route, *statement.route, element), label, text, statement.sid, "Allow")

    def _blame(self, reason: Reason, truth: int) -> Blame:
        route = (*self._layer_route(reason), *reason.route)
        verb = {"Allow": "allows", "Deny": "denies"}.get(reason.effect or "", "may allow or deny")
        if truth == UNKNOWN and reason.effect is not None:
            verb = f"may {verb.removesuffix('ies')}y" if verb == "denies" else "may allow"
        tested = listed(f"{operator} `{key}`" for operator, key in reason.tested)
        by = f" by {tested}" if tested else ""
        label = LABELS.get(reason.layer, reason.layer)
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


_MEMBERS = {
    "identity_policies": "caller.policies",
    "permission_boundaries": "caller.boundary",
    "session_policy": "caller.session_policies",
    "scps": "organization.scps",
    "rcps": "organization.rcps",
    "resource_policy": "buckets.{bucket}.policy",
    "resource_account": "buckets.{bucket}.account",
    "acl": "buckets.{bucket}.acl",
    "s3_block_public_access": "buckets.{bucket}.public_access_block",
}
"""The engine's names for what it is given, as they stand in a preflight file."""

_TRUTHS = {
    Outcome.Allowed: YES,
    Outcome.ImplicitlyDenied: NO,
    Outcome.ExplicitlyDenied: NO,
    Outcome.Depends: UNKNOWN,
}


def worst_of(answers: list[Answer]) -> Answer:
    """Of answers that must all be yes, the one that decides: a denial, else a doubt, else the first."""
    return min(answers, key=lambda answer: answer.truth)


def doubt(route: Route, who: str, answers: Iterable[Answer]) -> CannotTell | None:
    """What the answers leave open of one identity's rights, and what would settle it; None where nothing is open."""
    doubtful = [answer for answer in answers if answer.truth == UNKNOWN]
    if not doubtful:
        return None
    needs = tuple(dict.fromkeys(need for answer in doubtful for need in answer.needs))
    because = tuple(dict.fromkeys(blame for answer in doubtful for blame in answer.because))
    actions = listed(f"`{answer.action}`" for answer in doubtful)
    return CannotTell(route, f"whether {who} is allowed {actions} depends on {depends_on(doubtful)}", needs, because)


def depends_on(answers: Iterable[Answer]) -> str:
    """Return what undetermined answers depend on, as the end of a sentence."""
    each = list(answers)
    named = (f"`{need}`" for answer in each for need in answer.needs)
    silent = (f"{answer.silence}, which AWS does not document" for answer in each if answer.silence)
    return listed((*named, *silent)) or "what AWS does not document"

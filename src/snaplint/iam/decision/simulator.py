"""The engine's door: policies go in once, decisions come out as often as one likes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from snaplint.iam.asked.availability import SERVICE
from snaplint.iam.asked.principal import Principal
from snaplint.iam.asked.request import Context, Request
from snaplint.iam.asked.services import binds_rcps, resource_must_allow
from snaplint.iam.decision.answer import ALLOWED, DEPENDS, EXPLICITLY_DENIED, IMPLICITLY_DENIED, Decision, in_order
from snaplint.iam.decision.candidates import Candidates
from snaplint.iam.decision.decide import Hit, blockers, denying, granting, settle, tally
from snaplint.iam.decision.layers import Layer, Plan, plan
from snaplint.iam.decision.public import is_public
from snaplint.iam.decision.relation import CROSS_ACCOUNT, RESOURCE_MUST_ALLOW, SAME_ACCOUNT, relation_of
from snaplint.iam.document.acl import Acl, NotRead
from snaplint.iam.document.policy import PARAMETER_NAMES, Policy
from snaplint.iam.document.statement import dotted
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.iam.decision.candidates import Candidate
    from snaplint.iam.decision.relation import Relation

_NOTHING = Context()
_MOST_CANDIDATES = 100_000
"""How many are kept, so that memory does not grow with the number of requesters and actions."""
_ACL = Layer("acl", ())


class Simulator:
    """Decides requests against a fixed set of policies.

    Each policy is a raw document (parsed JSON) or a compiled `Policy`. `session_policy` may also be a sequence of
    them, which count as their union. `scps` and `rcps` are lists of levels, root first, each a list of policies:
    every level must allow, and in a level any policy will do. Left out, None or empty means there is none.

    SCPs are those of the requester's account, RCPs those of the resource's. The management account is bound by
    neither, and nothing in a request tells it from a member: leave out the `scps` where it asks, and the `rcps` where
    it owns the resource. Service-linked roles are known by their names and exempt from both.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html

    `acl` is what `get-bucket-acl` answers, or `NotRead`; `object_ownership` is one of AWS's three words, `NotRead`, or
    None: then ACLs count. ACLs of objects are not taken. `s3_block_public_access` is True for all four settings,
    a mapping of AWS's names to booleans (one left out is off, any other value unknown), or `NotRead`. `acl_route` is
    where the ACL stands; without it the reasons of grants have an index and no route.
    """

    __slots__ = ("_acl", "_known", "_layers", "_lists", "_plans", "_restricts", "_room", "resource_policy")

    def __init__(
        self,
        *,
        identity_policies: Sequence[object] | None = (),
        resource_policy: object = None,
        permission_boundaries: Sequence[object] | None = (),
        session_policy: object = None,
        scps: Sequence[Sequence[object]] | None = (),
        rcps: Sequence[Sequence[object]] | None = (),
        vpc_endpoint_policies: Sequence[object] | None = (),
        acl: object = None,
        object_ownership: object = None,
        s3_block_public_access: bool | Mapping[str, object] | NotRead | None = False,
        acl_route: Route | None = None,
    ) -> None:
        self.resource_policy = None if resource_policy is None else _compiled(resource_policy, "resource")
        layers: list[Layer] = []
        if identity_policies:
            layers.append(Layer("identity", _all(identity_policies, "identity")))
        if self.resource_policy is not None:
            layers.append(Layer("resource", (self.resource_policy,)))
        # Every boundary limits by itself.
        layers.extend(Layer("boundary", (each,)) for each in _all(permission_boundaries or (), "boundary"))
        if sessions := _all(session_policy, "session"):
            layers.append(Layer("session", sessions))
        if vpc_endpoint_policies:
            layers.append(Layer("endpoint", _all(vpc_endpoint_policies, "endpoint")))
        for level, policies in enumerate(scps or ()):
            layers.append(Layer("scp", _all(policies, "scp", level), level))
        for level, policies in enumerate(rcps or ()):
            layers.append(Layer("rcp", _all(policies, "rcp", level), level))
        self._layers = tuple(layers)
        self._plans: dict[tuple[str, bool, Relation, bool], Plan] = {}
        self._known: dict[tuple[Principal, Relation, str], tuple[Plan, tuple[Candidate, ...]]] = {}
        self._lists: dict[tuple[str, bool, Relation, str], Candidates] = {}
        self._room = _MOST_CANDIDATES
        self._restricts = _setting(s3_block_public_access, "RestrictPublicBuckets")
        ignore_public = _setting(s3_block_public_access, "IgnorePublicAcls")
        self._acl = Acl(acl, object_ownership, ignore_public=ignore_public, route=acl_route)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of policies, in the order in which a reader would look through them."""
        return self._layers

    @property
    def acl(self) -> Acl:
        """The bucket's ACL, which holds no grants where there is none or ACLs are disabled."""
        return self._acl

    def decide(
        self,
        *,
        principal: str | Principal,
        action: str,
        resource: str,
        resource_account: str | None = None,
        context: Mapping[str, object] | Context | None = None,
        unknown: Iterable[str] = (),
        foreign: Iterable[str] = (),
    ) -> Decision:
        """Decide one request.

        A context key in `context` is known; in `unknown` it may have any value or none; in `foreign` it is absent or
        holds a value that is none of yours; any other is absent, except those that follow from the principal.
        Raises ValueError for a principal that is none, TypeError for an `unknown` or `foreign` that is one text.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        if not isinstance(principal, Principal):
            principal = Principal.parse(principal)
        if not isinstance(context, Context):
            context = Context(context, unknown=unknown, foreign=foreign) if context or unknown or foreign else _NOTHING
        return self.evaluate(Request(principal, action, resource, resource_account, context))

    def evaluate(self, request: Request) -> Decision:
        """Decide a prepared request."""
        relation = relation_of(request)
        if relation is None:
            return self._evaluate_both(request)
        if relation is SAME_ACCOUNT and request.account is None:
            request = request.in_own_account()
        return self._evaluate(request, relation)

    def _evaluate_both(self, request: Request) -> Decision:
        """Decide a request of which the account that owns the resource is not known: the principal's or another."""
        inside = RESOURCE_MUST_ALLOW if resource_must_allow(request.action, request.resource) else SAME_ACCOUNT
        same = self._evaluate(request.in_own_account(), inside)
        cross = self._evaluate(request, CROSS_ACCOUNT)
        found = _agreed(same, cross)
        # What its statements were compared with is the request as it was asked, without the account just tried.
        return found._replace(because=tuple(each.asked(request) for each in found.because))

    def _evaluate(self, request: Request, relation: Relation) -> Decision:
        found, listed = self._prepared(request, relation)
        hits = self._hits(request, listed)
        slots = tally(found, hits)
        outcome = settle(found, slots)
        if outcome is ALLOWED:
            return Decision(outcome, tuple([hit.reason(request) for hit in granting(found, slots, hits)]))
        if outcome is EXPLICITLY_DENIED:
            return Decision(outcome, tuple([hit.reason(request) for hit in denying(hits)]))
        if outcome is IMPLICITLY_DENIED:
            return Decision(outcome, (), tuple(blockers(found, slots)))
        from snaplint.iam.decision.worlds import explore  # most requests are decided without

        return explore(found, hits, request)

    def _prepared(self, request: Request, relation: Relation) -> tuple[Plan, tuple[Candidate, ...]]:
        """What is the same for every request of this requester for this action."""
        key = (request.principal, relation, request.action)
        known = self._known.get(key)
        if known is None:
            found = self._plan(request, relation)
            listed = self._candidates(request, relation, found)
            known = (found, listed.of(request.principal))
            self._room -= 1 + len(listed)
            self._known[key] = known
        return known

    def _candidates(self, request: Request, relation: Relation, found: Plan) -> Candidates:
        """What is the same for every requester of this kind."""
        if self._room < 0:
            self._known.clear()
            self._lists.clear()
            self._room = _MOST_CANDIDATES
        key = (request.principal.kind, request.principal.linked, relation, request.action)
        listed = self._lists.get(key)
        if listed is None:
            listed = self._lists[key] = Candidates(found, request.action)
        return listed

    def _plan(self, request: Request, relation: Relation) -> Plan:
        principal = request.principal
        rcps = binds_rcps(request.action)
        key = (principal.kind, principal.linked, relation, rcps)
        found = self._plans.get(key)
        if found is None:
            found = plan(self._layers, principal, relation, rcps=rcps, public=self._public_slot(principal, relation))
            self._plans[key] = found
        return found

    def _public_slot(self, principal: Principal, relation: Relation) -> int | None:
        """RestrictPublicBuckets cuts off everybody but the bucket's own account and AWS services.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        if self._restricts == NO or principal.kind == SERVICE or relation in (SAME_ACCOUNT, RESOURCE_MUST_ALLOW):
            return None
        return YES - min(self._restricts, is_public(self.resource_policy))

    def _hits(self, request: Request, listed: tuple[Candidate, ...]) -> list[Hit]:
        hits: list[Hit] = []
        for match, certain, possible in listed:
            truth = YES if match is None else match(request)
            if truth:
                hits += certain if truth == YES else possible
        if self._acl.grants:
            for statement, truth, reach in self._acl.matching(request):
                hits.append(Hit(_ACL, 0, statement, truth, truth, reach))
        return hits


def _agreed(same: Decision, cross: Decision) -> Decision:
    """What can be said where nobody knows in whose account the resource lies."""
    if same.decision == cross.decision and same.decision is not DEPENDS:
        return same if same.decision is not IMPLICITLY_DENIED else cross
    because = tuple(dict.fromkeys((*same.because, *cross.because)))
    needs = {*same.depends_on, *cross.depends_on}
    if _denied(same) and _denied(cross):
        return Decision(IMPLICITLY_DENIED, because, cross.blocked_by)
    if same.decision != cross.decision:
        needs.add("resource_account")
    return Decision(DEPENDS, because, (), in_order(needs))


def _denied(decision: Decision) -> bool:
    return decision.decision in (IMPLICITLY_DENIED, EXPLICITLY_DENIED)


def _compiled(policy: object, kind: str, *steps: int) -> Policy:
    """The policy; `steps` lead to it from the member that it was given in."""
    return (
        policy
        if isinstance(policy, Policy)
        else Policy.compile(policy, kind, called=dotted((PARAMETER_NAMES[kind], *steps)))
    )


def _all(policies: object, kind: str, *steps: int) -> tuple[Policy, ...]:
    if not isinstance(policies, (list, tuple)):
        # A document where a list of them belongs is taken for a list of one.
        return (_compiled(policies, kind, *steps),) if policies is not None else ()
    numbered = enumerate(policies)
    return tuple(_compiled(policy, kind, *steps, number) for number, policy in numbered if policy is not None)


def _setting(settings: bool | Mapping[str, object] | NotRead | None, name: str) -> int:
    """The truth of one setting of the public access block."""
    if isinstance(settings, NotRead):
        return UNKNOWN
    value = settings if settings is None or isinstance(settings, bool) else settings.get(name, False)
    return UNKNOWN if value not in (True, False, None) else YES if value else NO

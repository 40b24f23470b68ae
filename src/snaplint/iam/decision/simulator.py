"""Public entry point of the policy engine: compile the policies once, then evaluate any number of requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from snaplint.iam.asked.availability import ACCOUNT, ROLE, ROOT, SERVICE, SESSION, USER
from snaplint.iam.asked.principal import Principal
from snaplint.iam.asked.request import Context, Request
from snaplint.iam.asked.services import rcps_apply, resource_must_allow, root_may_call
from snaplint.iam.decision.candidates import Candidates
from snaplint.iam.decision.decide import SOLE, Hit, Question
from snaplint.iam.decision.layers import Layer, Plan, plan_for
from snaplint.iam.decision.questions import settled, settled_together
from snaplint.iam.decision.relation import CROSS_ACCOUNT, NO_ACCOUNT, RESOURCE_MUST_ALLOW, SAME_ACCOUNT, relation_of
from snaplint.iam.document.acl import Acl, NotRead
from snaplint.iam.document.policy import Policy
from snaplint.iam.document.resource_element import MANY
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.iam.decision.answer import Decision
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.candidates import CandidateIndex
    from snaplint.iam.decision.certain import CertainDecisions
    from snaplint.iam.decision.explored import Explored
    from snaplint.iam.decision.identities import Identity
    from snaplint.iam.decision.relation import Relation

_NOTHING = Context()
_MOST_CANDIDATES = 100_000
"""How many candidates are kept, so that memory does not grow with the number of principals and actions."""
_OFTEN = 4
"""After how many requests of a principal for an action it is worth collecting what is certain."""
_MOST_CERTAIN = 1000
"""For how many principals and actions that is kept."""
_ACL = Layer("acl", ())


class Prepared:
    """What is the same for every request of a principal for an action."""

    __slots__ = ("candidates", "certain", "identities", "plan", "uses")

    def __init__(self, plan: Plan, candidates: CandidateIndex, possible: tuple[Identity, ...]) -> None:
        self.plan = plan
        self.candidates = candidates
        self.identities = possible
        """The identities for which requests are decided, if the ARN of the principal leaves more than one."""
        self.certain: CertainDecisions | None = None
        self.uses = 0


class Simulator:
    """Decides requests against a fixed set of policies.

    Each policy is a raw document (parsed JSON) or a compiled `Policy`. `session_policy` may also be a sequence of
    policies, whose union applies. `scps` and `rcps` are lists of levels, root first, and a level is a list of policies:
    in every level one policy must allow. None or an empty list means that there is no such policy.

    `scps` are those of the principal's account, `rcps` those of the resource's account. Neither applies to the
    management account, which a request does not identify: pass no `scps` for its principals and no `rcps` for its
    resources. Service-linked roles are recognized by their path and exempt from both.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html

    `acl` is the output of `get-bucket-acl`, or `NotRead`. `object_ownership` is one of AWS's three values, `NotRead`,
    or None, with which ACLs are in effect. Object ACLs are not supported. `s3_block_public_access` is True for all four
    settings, a mapping of AWS's names to booleans (a missing one is off, any other value is unknown), or `NotRead`.
    `acl_route` is the route of the ACL; without it the reasons of grants have an index but no route.

    Statements are compiled when a request needs them, from a copy of the documents. With `owned` there is no copy: then
    the documents must stay as they are.

    `budget` limits the work on what is unknown in all simulators that share it; without one, each request is limited by
    itself. What is cut short says so.
    """

    __slots__ = (
        "_acl",
        "_budget",
        "_certain_left",
        "_explored",
        "_known",
        "_layers",
        "_lists",
        "_plans",
        "_restricts",
        "_room",
        "resource_policy",
    )

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
        owned: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self._budget = budget
        policies_of = _Policies(owned=owned)
        self.resource_policy = None if resource_policy is None else policies_of.one(resource_policy, "resource")
        layers: list[Layer] = []
        if identity_policies:
            layers.append(Layer("identity", policies_of.all(identity_policies, "identity")))
        if self.resource_policy is not None:
            layers.append(Layer("resource", (self.resource_policy,)))
        # Every boundary must allow by itself.
        layers.extend(Layer("boundary", (each,)) for each in policies_of.all(permission_boundaries or (), "boundary"))
        if sessions := policies_of.all(session_policy, "session"):
            layers.append(Layer("session", sessions))
        if vpc_endpoint_policies:
            layers.append(Layer("endpoint", policies_of.all(vpc_endpoint_policies, "endpoint")))
        for level, policies in enumerate(scps or ()):
            layers.append(Layer("scp", policies_of.all(policies, "scp", level), level))
        for level, policies in enumerate(rcps or ()):
            layers.append(Layer("rcp", policies_of.all(policies, "rcp", level), level))
        self._layers = tuple(layers)
        self._plans: dict[tuple[str, int, Relation, bool, bool], Plan] = {}
        self._known: dict[tuple[Principal, Relation, str], Prepared] = {}
        self._lists: dict[tuple[str, int, Relation, str], Candidates] = {}
        self._room = _MOST_CANDIDATES
        self._certain_left = _MOST_CERTAIN
        self._explored: Explored | None = None
        self._restricts = _setting(s3_block_public_access, "RestrictPublicBuckets")
        ignore_public = _setting(s3_block_public_access, "IgnorePublicAcls")
        self._acl = Acl(acl, object_ownership, ignore_public=ignore_public, route=acl_route)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of policies, in the order in which explanations show them."""
        return self._layers

    @property
    def acl(self) -> Acl:
        """The bucket ACL; without grants if there is no ACL or ACLs are disabled."""
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

        The context keys in `context` are known, those in `unknown` may have any value or be absent, those in `foreign`
        are absent or have a value that is none of yours. All others are absent, except those that follow from the
        principal. Raises ValueError if `principal` is not a principal, TypeError if `unknown` or `foreign` is text.
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
            # The account that owns the resource is not known: the principal's or another.
            inside = RESOURCE_MUST_ALLOW if resource_must_allow(request.action, request.resource) else SAME_ACCOUNT
            own = self._by_identity(request.in_own_account(), inside, SAME_ACCOUNT)
            return self._all(request, [*own, *self._by_identity(request, CROSS_ACCOUNT, CROSS_ACCOUNT)])
        if request.account is None and relation is not NO_ACCOUNT:
            request = request.in_own_account()
        prepared = self._prepared(request, relation)
        if prepared.certain is not None:
            decision = prepared.certain.decision(request)
            if decision is not None:
                return decision
        elif prepared.identities:
            return self._all(request, list(self._by_identity(request, relation, None)))
        else:
            self._count(prepared)
        plan, hits = prepared.plan, self._hits(request, prepared.candidates)
        decision = settled(plan, hits, request, SOLE, self._exploration)
        return decision or self._exploration().decision((Question(plan, hits, request, SOLE),))

    def _count(self, prepared: Prepared) -> None:
        """Count one request; collect what is certain if there have been several."""
        prepared.uses += 1
        if prepared.uses != _OFTEN or self._acl.grants or len(prepared.candidates) > MANY or not self._certain_left:
            return
        from snaplint.iam.decision.certain import CertainDecisions  # a single request does not need it

        prepared.certain = CertainDecisions(prepared.plan, prepared.candidates)
        self._certain_left -= 1

    def _all(self, request: Request, questions: list[Question]) -> Decision:
        """Return the decision of a request that consists of several questions."""
        decision = settled_together(questions, self._exploration) or self._exploration().decision(questions)
        # Explanations compare the statements with the request as it was made, not with what is tried here.
        return decision._replace(because=tuple(dict.fromkeys(each.for_request(request) for each in decision.because)))

    def _exploration(self) -> Explored:
        """Return the decisions that were explored; only requests that depend on something unknown need them."""
        if self._explored is None:
            from snaplint.iam.decision.explored import Explored

            self._explored = Explored(self._budget)
        return self._explored

    def _by_identity(self, request: Request, relation: Relation, owner: Relation | None) -> Iterator[Question]:
        """Yield a question for each identity that the principal can have."""
        prepared = self._prepared(request, relation)
        if not prepared.identities:
            yield Question(prepared.plan, self._hits(request, prepared.candidates), request, (None, None, owner))
        for (linked, unique_id), principal in prepared.identities:
            by = request.by(principal)
            prepared = self._prepared(by, relation)
            yield Question(prepared.plan, self._hits(by, prepared.candidates), by, (linked, unique_id, owner))

    def _prepared(self, request: Request, relation: Relation) -> Prepared:
        """Return what is the same for every request of the principal for the action."""
        key = (request.principal, relation, request.action)
        prepared = self._known.get(key)
        if prepared is None:
            plan = self._plan(request, relation)
            listed = self._candidates(request, relation, plan)
            candidates = listed.of(request.principal)
            prepared = Prepared(plan, candidates, self._identities(request.principal, plan, candidates))
            self._room -= 1 + len(listed)
            self._known[key] = prepared
        return prepared

    def _identities(self, principal: Principal, plan: Plan, candidates: CandidateIndex) -> tuple[Identity, ...]:
        """Return the identities for which requests are decided, if the ARN of the principal leaves more than one."""
        if principal.kind not in (USER, ROLE, SESSION) or principal.excluded:
            return ()
        guarded = principal.linked == UNKNOWN and any(layer.name in ("scp", "rcp") for layer, _ in plan.layers)
        elements = (each.position.statement.principal_element for each in candidates)
        named = {each for element in elements if element is not None for each in element.unique_ids(principal)}
        if not named and not guarded:
            return ()
        from snaplint.iam.decision.identities import identities

        return identities(principal, named, guarded=guarded)

    def _candidates(self, request: Request, relation: Relation, plan: Plan) -> Candidates:
        """Return what is the same for every principal of this kind."""
        if self._room < 0:
            self._known.clear()
            self._lists.clear()
            self._room = _MOST_CANDIDATES
            self._certain_left = _MOST_CERTAIN
        key = (request.principal.kind, request.principal.linked, relation, request.action)
        candidates = self._lists.get(key)
        if candidates is None:
            candidates = self._lists[key] = Candidates(plan, request.action)
        return candidates

    def _plan(self, request: Request, relation: Relation) -> Plan:
        principal = request.principal
        rcps = rcps_apply(request.action)
        barred = principal.kind in (ROOT, ACCOUNT) and not root_may_call(request.action)
        key = (principal.kind, principal.linked, relation, rcps, barred)
        plan = self._plans.get(key)
        if plan is None:
            public = self._block_public_access(principal, relation)
            plan = self._plans[key] = plan_for(
                self._layers, principal, relation, rcps=rcps, public=public, barred=barred
            )
        return plan

    def _block_public_access(self, principal: Principal, relation: Relation) -> int | None:
        """Return whether RestrictPublicBuckets lets the request pass; None if it does not apply to the principal.

        If the bucket policy is public, the setting restricts access to the bucket owner's account and AWS services.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        if self._restricts == NO or principal.kind == SERVICE or relation in (SAME_ACCOUNT, RESOURCE_MUST_ALLOW):
            return None
        from snaplint.iam.decision.public import is_public  # only where the setting may deny

        return YES - min(self._restricts, is_public(self.resource_policy))

    def _hits(self, request: Request, candidates: CandidateIndex) -> list[Hit]:
        hits: list[Hit] = []
        for candidate in candidates.near(request.resource):
            match, certain, possible, _, _ = candidate
            truth = YES if match is None else match(request)
            if truth:
                hits += (certain if truth == YES else possible) or candidate.hits(truth)
        if self._acl.grants:
            for statement, truth, reach in self._acl.matching(request):
                hits.append(Hit(_ACL, 0, statement, truth, truth, reach))
        return hits


class _Policies:
    """Compiles the policies of a simulator; `steps` are the indexes that lead to one in the parameter of its kind."""

    __slots__ = ("_owned",)

    def __init__(self, *, owned: bool) -> None:
        self._owned = owned

    def one(self, policy: object, kind: str, *steps: int) -> Policy:
        if isinstance(policy, Policy):
            return policy
        return Policy.compile(policy, kind, steps=steps, owned=self._owned)

    def all(self, policies: object, kind: str, *steps: int) -> tuple[Policy, ...]:
        if not isinstance(policies, (list, tuple)):
            # A document in place of a list is taken as a list of one.
            return (self.one(policies, kind, *steps),) if policies is not None else ()
        return tuple([self.one(each, kind, *steps, n) for n, each in enumerate(policies) if each is not None])


def _setting(settings: bool | Mapping[str, object] | NotRead | None, name: str) -> int:
    """Return whether one of the settings of Block Public Access is on."""
    if isinstance(settings, NotRead):
        return UNKNOWN
    value = settings if settings is None or isinstance(settings, bool) else settings.get(name, False)
    return UNKNOWN if value not in (True, False, None) else YES if value else NO

"""From the policies to the answer, in one world.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from typing import Any

from tests.iam.naive.buckets import acl_grants, cut_off
from tests.iam.naive.conditions import holds
from tests.iam.naive.elements import action_applies, resource_applies
from tests.iam.naive.text import Values, several
from tests.iam.naive.who import Requester, grant_of, requester

ALLOWED, IMPLICIT, EXPLICIT = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"
_HAS_POLICIES = ("user", "role", "session", "federated")


class World:
    """A setup and a request, with every key known or absent and everything else that is unknown chosen in `choice`."""

    def __init__(
        self, setup: dict[str, Any], request: dict[str, Any], values: Values, choice: dict[str, Any] | None = None
    ) -> None:
        self.setup, self.request, self.values, self.choice = setup, request, values, choice or {}
        self.who: Requester = requester(request["principal"], self.choice)
        self.owner: str = request.get("resource_account") or self.choice["resource_account"]
        self.same_account = self.who.account is not None and self.who.account == self.owner

    def decide(self) -> str:
        """Return the decision: a Deny in any policy denies, else every side must allow.

        .../reference_policies_evaluation-logic_policy-eval-denyallow.html
        """
        if any(self._matching(policy, "Deny") for policy in self._everywhere()):
            return EXPLICIT
        open_gates = self._scps() and self._endpoint()
        return ALLOWED if open_gates and self._sides() else IMPLICIT

    def _everywhere(self) -> list[dict[str, Any]]:
        found = [*self._identity(), *self._boundaries(), *self._session(), *self._policies("vpc_endpoint_policies")]
        if self._limited_by_scps():
            found += [policy for level in self._policies("scps") for policy in level]
        if not self._linked():
            found += [policy for level in self._policies("rcps") for policy in level]
        resource = self.setup.get("resource_policy")
        return [*found, resource] if resource else found

    def _sides(self) -> bool:
        """Return True if the requester's account and the resource's account allow as far as they must.

        .../reference_policies_evaluation-logic-cross-account.html
        """
        granted = self._granted()
        if self.who.kind in ("service", "anonymous", "canonical"):
            return bool(granted)
        if self.same_account:
            return self._same_account(granted)
        return bool(granted) and self._identity_allows() and self._limits_allow()

    def _same_account(self, granted: set[str]) -> bool:
        """The table of the same account: what the resource's policy alone can grant.

        .../reference_policies_evaluation-logic_policy-eval-denyallow.html (the table of principals);
        .../reference_policies_elements_principal.html#principal-roles;
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
        """
        if granted & {"everyone", "itself"}:
            return True
        if granted & {"role", "by user"} and self._limits_allow():
            return True
        return self._identity_allows() and self._limits_allow()

    def _granted(self) -> set[str]:
        """How the resource side grants: by policy or ACL, which Block Public Access may both restrict."""
        cut = cut_off(
            self.setup.get("resource_policy"), self.who, block_public=self._block(), same_account=self.same_account
        )
        by_acl = acl_grants(self.setup, self.who, self.request["action"], self.choice)
        if cut:
            return by_acl if self.choice.get("public block spares the ACL") else set()
        return by_acl | self._grants(self.setup.get("resource_policy"))

    def _block(self) -> bool:
        return bool(self.setup.get("s3_block_public_access", False))

    def _identity_allows(self) -> bool:
        """The root user may do everything: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html."""
        return self.who.kind in ("root", "account") or self._any_allow(self._identity())

    def _limits_allow(self) -> bool:
        """Boundary and session policy.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
        """
        if self.who.kind == "federated" and not self._session():
            return False  # GetFederationToken without a policy gives nothing
        boundaries, session = self._boundaries(), self._session()
        return (not boundaries or self._any_allow(boundaries)) and (not session or self._any_allow(session))

    def _scps(self) -> bool:
        """Every level allows. RCPs only deny: RCPFullAWSAccess cannot be detached.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
        """
        return not self._limited_by_scps() or all(self._any_allow(level) for level in self._policies("scps"))

    def _limited_by_scps(self) -> bool:
        """SCPs do not apply to service-linked roles, services, canonical user IDs and anonymous requesters.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        """
        return self.who.kind not in ("service", "anonymous", "canonical") and not self._linked()

    def _linked(self) -> bool:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html: their path tells them."""
        return self.who.kind in ("role", "session") and ":role/aws-service-role/" in (self.who.arn or "")

    def _endpoint(self) -> bool:
        """https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html."""
        policies = self._policies("vpc_endpoint_policies")
        return not policies or self._any_allow(policies)

    def _identity(self) -> list[dict[str, Any]]:
        return self._policies("identity_policies") if self.who.kind in _HAS_POLICIES else []

    def _boundaries(self) -> list[dict[str, Any]]:
        return self._policies("permission_boundaries") if self.who.kind in _HAS_POLICIES else []

    def _session(self) -> list[dict[str, Any]]:
        policy = self.setup.get("session_policy")
        return [policy] if policy and self.who.kind in ("role", "session", "federated") else []

    def _policies(self, name: str) -> list[Any]:
        return list(self.setup.get(name) or [])

    def _any_allow(self, policies: list[dict[str, Any]]) -> bool:
        return any(self._matching(policy, "Allow") for policy in policies)

    def _matching(self, policy: dict[str, Any], effect: str) -> bool:
        return any(self._applies(policy, statement) for statement in self._statements(policy, effect))

    def _statements(self, policy: dict[str, Any], effect: str) -> list[dict[str, Any]]:
        return [statement for statement in several(policy["Statement"]) if statement["Effect"] == effect]

    def _applies(self, policy: dict[str, Any], statement: dict[str, Any]) -> bool:
        if ("Principal" in statement or "NotPrincipal" in statement) and not self._named(statement):
            return False
        version = policy.get("Version")
        return (
            action_applies(statement, self.request["action"])
            and resource_applies(statement, self.request["resource"], self.values, version)
            and holds(statement.get("Condition", {}), self.values, version)
        )

    def _named(self, statement: dict[str, Any]) -> set[str]:
        return grant_of(statement, self.who, self.choice, bounded=bool(self._boundaries()))

    def _grants(self, policy: dict[str, Any] | None) -> set[str]:
        found: set[str] = set()
        for statement in self._statements(policy, "Allow") if policy else ():
            if self._applies(policy or {}, statement):
                found |= self._named(statement)
        return found

"""The policies above the account: SCPs and RCPs from the root of the organization down to the account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

from functools import partial

from snaplint.collect.aws_errors import Unread
from snaplint.collect.documents import document
from snaplint.collect.identity import caller_identity
from snaplint.collect.prefetch import Prefetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.aws_reads import Answer, AwsReads

KINDS = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}
_DEEPEST = 16
"""More levels than an organization can have: OUs nest five deep.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""


class OrganizationFacts:
    """Reads the organization, as far as the account may see it."""

    def __init__(self, reads: AwsReads) -> None:
        self._reads = reads

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetch of the organization, which leads to those of its policies."""
        return [Prefetch("organization", self._prefetch_levels)]

    def _prefetch_levels(self) -> list[Prefetch]:
        """Return one prefetch for each kind of policy: it goes down the levels, for each read names the next."""
        if self._binds_nothing():
            return []
        return [Prefetch(f"{name} of the organization", partial(self._levels, kind)) for name, kind in KINDS.items()]

    def identifier(self) -> str | None:
        """The organization's id, None where the account is in none. Raises Unread."""
        organization = self._described()
        return (
            None if organization is None else self._reads.text(organization, "Id", "organizations:DescribeOrganization")
        )

    def facts(self) -> dict[str, object] | None:
        """The section `organization`: None where the account is in none."""
        try:
            if self._described() is None:
                return None
            if self._binds_nothing():
                return {"scps": [], "rcps": []}
        except Unread as unread:
            return dict.fromkeys(KINDS, self._reads.unknown(unread))
        return {name: self._reads.fact(partial(self._levels, kind)) for name, kind in KINDS.items()}

    def _described(self) -> Answer | None:
        answer = self._reads.read("organizations:DescribeOrganization")
        return None if answer is None else answer["Organization"]

    def _binds_nothing(self) -> bool:
        """Whether no policy of the organization reaches the account: none binds the management account, and one that
        has not all features has no such policies.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html,
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        """
        organization = self._described()
        if organization is None or organization.get("FeatureSet") == "CONSOLIDATED_BILLING":
            return True
        name = "organizations:DescribeOrganization"
        return self._reads.text(organization, "MasterAccountId", name) == caller_identity(self._reads).account

    def _levels(self, kind: str) -> list[list[object]]:
        """One list of policies a level, the root first; none at all where the root has not switched the kind on.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
        """
        return [self._attached(target, kind) for target in self._way_down()] if self._switched_on(kind) else []

    def _switched_on(self, kind: str) -> bool:
        """https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicyTypeSummary.html"""
        name = "organizations:ListRoots"
        roots = self._reads.listed(name, "Roots")
        types = roots[0].get("PolicyTypes") if roots and isinstance(roots[0], dict) else None
        if not isinstance(types, list):
            raise self._reads.unparsable(name)
        status = next((each.get("Status") for each in types if each.get("Type") == kind), None)
        if status not in (None, "ENABLED"):
            raise Unread(f"policies of type {kind} are being switched on or off ({status})")
        return status is not None

    def _way_down(self) -> list[str]:
        """The root, each organizational unit and the account."""
        name = "organizations:ListParents"
        way = [caller_identity(self._reads).account]
        for _ in range(_DEEPEST):
            parents = self._reads.listed(name, "Parents", ChildId=way[0])
            if len(parents) != 1:  # AWS gives exactly one
                raise self._reads.unparsable(name)
            way.insert(0, self._reads.text(parents[0], "Id", name))
            if parents[0].get("Type") == "ROOT":
                return way
        raise self._reads.unparsable(name)

    def _attached(self, target: str, kind: str) -> list[object]:
        name = "organizations:ListPoliciesForTarget"
        listed = self._reads.listed(name, "Policies", TargetId=target, Filter=kind)
        return [self._policy(each) for each in sorted(self._reads.text(policy, "Id", name) for policy in listed)]

    def _policy(self, identifier: str) -> dict[str, object]:
        name = "organizations:DescribePolicy"
        policy = self._reads.one(name, PolicyId=identifier)["Policy"]
        return document(self._reads.text(policy, "Content", name), name)

"""The SCPs and RCPs of the organization, from its root down to the account.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

import re
from functools import partial

from snaplint.collect.aws_errors import Unread
from snaplint.collect.documents import document
from snaplint.collect.identity import caller_identity
from snaplint.collect.prefetch import Prefetch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.collect.aws_reads import Answer, AwsReads

KINDS = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}
_TYPE = re.compile(r"[A-Z_0-9]+\Z")
_DEEPEST = 16
"""More levels than an organization can have: OUs can be nested five levels deep.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""


class OrganizationFacts:
    """Reads the organization, as far as the account may see it."""

    def __init__(self, reads: AwsReads) -> None:
        self._reads = reads

    def prefetch(self) -> list[Prefetch]:
        """Return the prefetch of the organization; it returns those of the policies."""
        return [Prefetch("organization", self._prefetch_levels)]

    def _prefetch_levels(self) -> list[Prefetch]:
        """Return one prefetch for each kind of policy: each of its reads depends on the one before."""
        if self._has_no_effect():
            return []
        return [Prefetch(f"{name} of the organization", partial(self._levels, kind)) for name, kind in KINDS.items()]

    def identifier(self) -> str | None:
        """Return the organization's ID; None if the account is in no organization. Raises Unread."""
        organization = self._organization()
        return (
            None if organization is None else self._reads.text(organization, "Id", "organizations:DescribeOrganization")
        )

    def facts(self) -> dict[str, object] | None:
        """Return the section `organization`; None if the account is in no organization. Raises Unread."""
        if self._organization() is None:
            return None
        if self._has_no_effect():
            return {"scps": [], "rcps": []}
        return {name: self._reads.fact(partial(self._levels, kind)) for name, kind in KINDS.items()}

    def _organization(self) -> Answer | None:
        """Return the organization. Raises Unread, also if its ARN does not name its management account.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
        """
        name = "organizations:DescribeOrganization"
        answer = self._reads.read(name)
        if answer is None:
            return None
        organization: Answer = answer["Organization"]
        of_arn = str(organization.get("Arn") or "").split(":", 5)[4:5]
        if of_arn and of_arn != [organization.get("MasterAccountId")]:
            raise self._reads.unparsable(name)
        return organization

    def _has_no_effect(self) -> bool:
        """Return True if no policy of the organization applies to the account.

        None applies to the management account, and an organization without all features has no such policies.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html,
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        """
        organization = self._organization()
        if organization is None or organization.get("FeatureSet") == "CONSOLIDATED_BILLING":
            return True
        name = "organizations:DescribeOrganization"
        return self._reads.text(organization, "MasterAccountId", name) == caller_identity(self._reads).account

    def _levels(self, kind: str) -> list[list[object]]:
        """Return one list of policies a level, the root first; no list if the kind is not enabled in the root.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
        """
        return [self._attached(target, kind) for target in self._targets()] if self._is_enabled(kind) else []

    def _is_enabled(self, kind: str) -> bool:
        """Return True if the kind of policy is enabled in the root. Raises Unread.

        An organization has one root: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListRoots.html,
        https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicyTypeSummary.html
        """
        name = "organizations:ListRoots"
        roots = self._reads.listed(name, "Roots")
        types = roots[0].get("PolicyTypes") if len(roots) == 1 and isinstance(roots[0], dict) else None
        if not isinstance(types, list):
            raise self._reads.unparsable(name)
        statuses = {self._reads.text(each, "Type", name): self._reads.text(each, "Status", name) for each in types}
        if len(statuses) < len(types) or not all(_TYPE.match(each) for each in statuses):
            raise self._reads.unparsable(name)
        status = statuses.get(kind)
        if status not in (None, "ENABLED"):
            raise Unread(f"policies of type {kind} are being enabled or disabled ({status})")
        return status is not None

    def _targets(self) -> list[str]:
        """Return the IDs of the root, of each organizational unit on the path to the account, and of the account."""
        name = "organizations:ListParents"
        targets = [caller_identity(self._reads).account]
        for _ in range(_DEEPEST):
            parents = self._reads.listed(name, "Parents", ChildId=targets[0])
            if len(parents) != 1:  # AWS returns exactly one
                raise self._reads.unparsable(name)
            targets.insert(0, self._reads.text(parents[0], "Id", name))
            if parents[0].get("Type") == "ROOT":
                return targets
        raise self._reads.unparsable(name)

    def _attached(self, target: str, kind: str) -> list[object]:
        """Return the documents of the policies that are attached to a target, at least one. Raises Unread.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_DetachPolicy.html ("at least one SCP"),
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html
        (RCPFullAWSAccess cannot be detached)
        """
        name = "organizations:ListPoliciesForTarget"
        params = {"TargetId": target, "Filter": kind}
        listed = self._reads.listed(name, "Policies", **params)
        if not all(isinstance(policy, dict) and policy.get("Type", kind) == kind for policy in listed):
            raise self._reads.about_another(name, **params)
        identifiers = sorted({self._reads.text(policy, "Id", name) for policy in listed})
        if not identifiers:
            raise self._reads.unparsable(name, **params)
        return [self._policy(each, kind) for each in identifiers]

    def _policy(self, identifier: str, kind: str) -> dict[str, object]:
        name = "organizations:DescribePolicy"
        policy = self._reads.one(name, PolicyId=identifier)["Policy"]
        summary = policy.get("PolicySummary") or {}
        if (summary.get("Id", identifier), summary.get("Type", kind)) != (identifier, kind):
            raise self._reads.about_another(name, PolicyId=identifier)
        return document(self._reads.text(policy, "Content", name), name)

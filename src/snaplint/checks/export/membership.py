"""What follows from the organization of the caller's account for the condition keys of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: `aws:PrincipalOrgID` and
`aws:PrincipalOrgPaths` are in the context if the principal is a member of an organization, `aws:ResourceOrgID` and
`aws:ResourceOrgPaths` if the account that owns the resource is, `aws:SourceOrgID` and `aws:SourceOrgPaths` if the
account for which a service acts is.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.iam.terms.states import ABSENT, PRESENT, Hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.facts import Bucket, Caller, Facts
    from snaplint.iam.asked.ties import Alternative
    from snaplint.iam.terms.states import State

ORGANIZATION = _ID, _PATHS = "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"
"""The condition keys of the organization of a principal."""


class Membership(NamedTuple):
    """Whether the caller's account is in an organization (None if that is not known), and the states of ID and path.

    The two states are those of a member.
    """

    member: bool | None
    organization: State
    paths: State

    def alternatives(self, *prefixes: str) -> list[Alternative]:
        """Return the ways in which the keys of one account occur: `aws:<prefix>OrgID` and `aws:<prefix>OrgPaths`."""
        found: list[Alternative] = []
        if self.member is not True:
            found.append({f"aws:{prefix}Org{part}": ABSENT for prefix in prefixes for part in ("ID", "Paths")})
        if self.member is not False:
            inside: Alternative = {}
            for prefix in prefixes:
                inside[f"aws:{prefix}OrgID"] = self.organization
                inside[f"aws:{prefix}OrgPaths"] = self.paths
            found.append(inside)
        return found


def same_organization(*prefixes: str) -> list[list[str]]:
    """Return the keys that have the same value if they concern the same account, as a context takes them."""
    return [[f"aws:{prefix}Org{part}" for prefix in prefixes] for part in ("ID", "Paths")]


def membership(facts: Facts, caller: Caller) -> Membership:
    """Return what is known of the organization of the caller's account.

    An account that has SCPs or RCPs is a member: Organizations attaches policies to no other account.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
    """
    context = {name.lower(): value for name, value in caller.context.items()}
    organization, paths = _first(context, _ID), _first(context, _PATHS)
    policies = facts.organization.scps, facts.organization.rcps
    member = facts.organization.member
    if organization or paths:
        member = True
    elif any(name.lower() in context and context[name.lower()] is None for name in ORGANIZATION):
        member = False
    elif member is None and any(each and not isinstance(each, Unknown) for each in policies):
        member = True
    if not organization and paths:
        organization = paths.partition("/")[0]
    if not organization:
        return Membership(member, PRESENT, PRESENT)
    if paths:
        return Membership(member, (organization,), (paths,))
    # the path of an account begins with the ID of the organization and ends with a slash (see the page above)
    return Membership(member, (organization,), (Hidden(prefix=f"{organization}/", suffix="/"),))


def _first(context: Mapping[str, object], name: str) -> str:
    found = context.get(name.lower())
    if isinstance(found, (list, tuple)) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, str) else ""


def is_owned(facts: Facts, bucket: Bucket) -> bool:
    """Return True if the account that makes the call is known to own the bucket."""
    return isinstance(bucket.account, str) and bucket.account == facts.account

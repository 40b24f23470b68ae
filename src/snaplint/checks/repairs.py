"""What to change in a request that several checks advise."""

from __future__ import annotations

from snaplint.base.unknown import Unknown
from snaplint.findings.cause import Repair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.checks.export.proposal import Proposal


def another_bucket(proposal: Proposal) -> Repair:
    """Return which bucket to name instead: one of the call's account, in its Region."""
    region, account = proposal.facts.region, proposal.facts.account
    where = "the Region of the snapshot" if isinstance(region, Unknown) else region
    owner = "the account that makes the call" if isinstance(account, Unknown) else f"account {account}"
    member = proposal.operation.member_name("bucket")
    return Repair(f"name a bucket in `{member}` that is in {where} and belongs to {owner}")


def another_name(proposal: Proposal) -> Repair:
    """Return that another target name has to be chosen."""
    return Repair(f"choose a `{proposal.operation.member_name('target')}` that is not in use")

"""The policy engine: decides whether AWS would allow a request, and says why, or what the decision depends on.

It imports nothing from snaplint but `base`, and reads nothing from its environment.
"""

from __future__ import annotations

from snaplint.base.source import Route
from snaplint.iam.asked.principal import Principal
from snaplint.iam.asked.request import Context, Request
from snaplint.iam.decision.answer import Decision, Outcome, Reason
from snaplint.iam.decision.simulator import Simulator
from snaplint.iam.document.acl import NotRead
from snaplint.iam.document.policy import Policy, PolicyFault
from snaplint.iam.document.statement import Statement
from snaplint.iam.terms.pattern import HOLE, matches_glob
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.iam.explain.near import NearMiss, near_misses

__all__ = [
    "HOLE",
    "NO",
    "UNKNOWN",
    "YES",
    "Context",
    "Decision",
    "NearMiss",
    "NotRead",
    "Outcome",
    "Policy",
    "PolicyFault",
    "Principal",
    "Reason",
    "Request",
    "Route",
    "Simulator",
    "Statement",
    "matches_glob",
    "near_misses",
]


def __getattr__(name: str) -> object:
    # import on first use, because `snaplint check` needs it only for what no policy allows
    if name in ("NearMiss", "near_misses"):
        from snaplint.iam.explain import near

        return getattr(near, name)
    message = f"module `snaplint.iam` has no attribute `{name}`"
    raise AttributeError(message)

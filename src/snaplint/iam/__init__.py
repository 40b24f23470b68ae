"""The policy engine: decides whether AWS would allow a request, and says why, or on what that depends.

It stands alone: nothing of snaplint is imported here, and nothing of the world is read.
"""

from __future__ import annotations

from snaplint.iam.acl import Unread
from snaplint.iam.decide import Decision, Outcome, Reason
from snaplint.iam.near import NearMiss, near_misses
from snaplint.iam.pattern import HOLE, matches_glob
from snaplint.iam.policy import Policy, PolicyFault
from snaplint.iam.principal import Principal
from snaplint.iam.request import Context, Request
from snaplint.iam.simulator import Simulator
from snaplint.iam.statement import Route, Statement
from snaplint.iam.truth import NO, UNKNOWN, YES

__all__ = [
    "HOLE",
    "NO",
    "UNKNOWN",
    "YES",
    "Context",
    "Decision",
    "NearMiss",
    "Outcome",
    "Policy",
    "PolicyFault",
    "Principal",
    "Reason",
    "Request",
    "Route",
    "Simulator",
    "Statement",
    "Unread",
    "matches_glob",
    "near_misses",
]

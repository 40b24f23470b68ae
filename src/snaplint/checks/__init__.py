"""The named checks that rules call.

Importing this package registers them all.
"""

from snaplint.checks import bucket, caller, default_key, policy, request, service, snapshot, undocumented
from snaplint.checks.registry import CHECKS, Check, check

__all__ = [
    "CHECKS",
    "Check",
    "bucket",
    "caller",
    "check",
    "default_key",
    "policy",
    "request",
    "service",
    "snapshot",
    "undocumented",
]

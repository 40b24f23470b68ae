"""Snaplint: a policy and preflight linter for ElastiCache snapshot exports to S3.

From Python: `snaplint.check(request, facts, caller)` answers every condition of one request, `snaplint.guard(client)`
puts that in front of a boto3 client's `copy_snapshot`, and `snaplint.iam` is the policy engine by itself.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint import iam
    from snaplint.api import InvalidFacts, PreflightFailed, Report, check, guard

__all__ = ["InvalidFacts", "PreflightFailed", "Report", "__version__", "check", "guard", "iam"]


def __getattr__(name: str) -> object:
    # what is not asked for is not imported: `snaplint --version` and the cold path of `snaplint check` pass through
    # here
    if name == "iam":
        from importlib import import_module

        return import_module("snaplint.iam")
    if name in __all__:
        from snaplint import api

        return getattr(api, name)
    message = f"module `snaplint` has no attribute `{name}`"
    raise AttributeError(message)

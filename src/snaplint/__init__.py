"""Snaplint: a policy and preflight linter for exports of cache snapshots to S3.

From Python, `snaplint.check(request, facts, caller)` checks every condition of one request, and
`snaplint.Checker(facts, caller)` those of many. `snaplint.guard(client, snaplint.collector())` runs that check before
the calls of a boto3 client. `snaplint.iam` is the policy engine by itself.
"""

from __future__ import annotations

from snaplint.base.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint import iam
    from snaplint.api import Checker, InvalidFacts, Report, check
    from snaplint.boto3_guard import NotPreflighted, PreflightFailed, collector, guard, unguard

__all__ = [
    "Checker",
    "InvalidFacts",
    "NotPreflighted",
    "PreflightFailed",
    "Report",
    "__version__",
    "check",
    "collector",
    "guard",
    "iam",
    "unguard",
]

_OF_THE_GUARD = ("NotPreflighted", "PreflightFailed", "collector", "guard", "unguard")


def __getattr__(name: str) -> object:
    # import on first use, because `snaplint --version` and `snaplint check` load this module
    if name == "iam":
        from importlib import import_module

        return import_module("snaplint.iam")
    if name in _OF_THE_GUARD:
        from snaplint import boto3_guard

        return getattr(boto3_guard, name)
    if name in __all__:
        from snaplint import api

        return getattr(api, name)
    message = f"module `snaplint` has no attribute `{name}`"
    raise AttributeError(message)

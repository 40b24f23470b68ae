"""Snaplint: a policy and preflight linter for exports of cache snapshots to S3.

- `check(request, facts, caller)` checks every condition of one request, and returns a `Report`.
- `Checker(facts, caller)` checks many requests against the same facts.
- `check_files(paths)` checks preflight files, and returns a `FilesReport`.
- `guard(client, collector())` runs the check before the calls of a boto3 client, and `unguard` removes it. A call that
  would fail raises `PreflightFailed`.
- `iam` is the policy engine by itself.

A report is true if nothing failed and nothing is undetermined that AWS documents. It has `outcome`, `failed`,
`undetermined` and `causes`, and `render()` returns it as text.
"""

from __future__ import annotations

from snaplint.base.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint import iam
    from snaplint.api import (
        Checker,
        FilesReport,
        InvalidArgument,
        InvalidFacts,
        Outcome,
        Report,
        Verdict,
        check,
        check_files,
    )
    from snaplint.boto3_guard import NotPreflighted, PreflightFailed, collector, guard, unguard

__all__ = [
    "Checker",
    "FilesReport",
    "InvalidArgument",
    "InvalidFacts",
    "NotPreflighted",
    "Outcome",
    "PreflightFailed",
    "Report",
    "Verdict",
    "__version__",
    "check",
    "check_files",
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


def __dir__() -> list[str]:
    # the public names, which are imported on first use, and what every module has
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})

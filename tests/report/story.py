"""The story that the golden files tell: the preflight files of tests/report/project/, checked by the linter.

Every rule is a built-in rule, so that a golden file shows the solution, documentation and certainty that a user sees.
RULES is a selection, so that a new rule does not change the golden files.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from snaplint.findings.result import results_and_faults
from snaplint.lint.linter import check_paths
from snaplint.lint.rulebook import builtin_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from snaplint.base.source import Fault
    from snaplint.findings.result import Result

PROJECT = Path(__file__).parent / "project"

_IDS = {
    "bucket-does-not-exist",
    "bucket-outside-region",
    "caller-cannot-list-buckets",
    "caller-not-permitted",
    "grant-too-wide",
    "object-key-exists",
    "service-lacks-write",
    "snapshot-name-exists",
    "snapshot-not-available",
    "target-name-invalid",
    "wrong-service-principal",
}
RULES = tuple(rule for rule in builtin_rules() if rule.id in _IDS)

COLLIDING = "snapshot-name-exists"
"""The rule that the last request of `collision` breaks."""

with contextlib.chdir(PROJECT):  # so that the paths in the golden files are relative to the project
    RESULTS, FAULTS = results_and_faults(
        check_paths(["exports.snaplint.yaml", "copies.snaplint.yaml", "carts.snaplint.yaml"], RULES)
    )

FAILING, CLEAN, UNDETERMINED = RESULTS
"""An export with failures, a plain copy that passes every rule, and an export about which little is known."""


def collision(render: Callable[[list[Result | Fault]], str]) -> str:
    """Return a report on two files, the second with a copy to the name that the first one creates.

    It is made in the folder of the project, because the first file is read again for the place of its request.
    """
    rules = tuple(rule for rule in RULES if rule.id == COLLIDING)
    with contextlib.chdir(PROJECT):
        results, faults = results_and_faults(check_paths(["copies.snaplint.yaml", "again.snaplint.yaml"], rules))
        return render([*results, *faults])

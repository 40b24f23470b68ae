"""Runs a workload of which no request has policies that were seen before: the part that drivers in Python share.

Drivers run as modules from the root of the repository, so that those in an environment of their own find it too.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def serve_changing(workload: dict[str, Any], decide: Callable[[dict[str, Any]], list[str]]) -> None:
    """Prepare and decide each request, with new names in every round; `decide` returns the decisions of a workload."""
    text, part = json.dumps(workload), workload["changing"]
    print(json.dumps({"decisions": decide(workload)}), flush=True)
    rounds = 0
    for line in sys.stdin:
        taken = 0.0
        for _ in range(int(line)):
            rounds += 1
            fresh = json.loads(text.replace(part, f"round-{rounds}-"))
            gc.collect()
            gc.freeze()  # what the round is made of is not garbage
            before = time.process_time()
            decide(fresh)
            taken += time.process_time() - before
            gc.unfreeze()
        print(taken, flush=True)

"""`make fuzz N=200000`: many inputs in two processes. Each finding is printed and kept, made smaller, in `.fuzz/`.

    python -m tests.fuzz.run N [SEED] [--processes 2]

The input number i has the seed SEED + i, so `make fuzz N=1 SEED=...` repeats one. The exit code is 1 if there are
findings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.fuzz.case import Case, to_json
from tests.fuzz.families import case
from tests.fuzz.harness import Run, Sandbox
from tests.fuzz.minimise import minimised
from tests.fuzz.relations import Finding, findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import Queue

    Message = tuple[str, int, str, str]

FOLDER = os.path.join(ROOT, ".fuzz")
_STUCK = 300
"""Seconds after which the kernel ends a process whose input does not end."""


def try_seed(seed: int, sandbox: Sandbox, *, every: bool = False) -> tuple[Case, list[Finding]]:
    """Make the input of a seed and try it."""
    made = case(seed)
    return made, findings(made, sandbox.run, every=every)


def has(signature: str, run: Callable[[Case], Run]) -> Callable[[Case], bool]:
    """Return the test whether an input still has a finding of a kind."""

    def is_found(smaller: Case) -> bool:
        try:
            return any(each.signature == signature for each in findings(smaller, run))
        except Exception:  # noqa: BLE001  # the input is no longer one that the relation can change
            return False

    return is_found


def _work(first: int, step: int, last: int, queue: Queue[Message]) -> None:
    sandbox, seen = Sandbox(), set[str]()
    try:
        for number, seed in enumerate(range(first, last, step)):
            signal.alarm(_STUCK)
            queue.put(("at", seed, "", "")) if number % 250 == 0 else None
            made, found = try_seed(seed, sandbox)
            for each in found:
                queue.put(("count", seed, each.signature, ""))
                if each.signature in seen:
                    continue
                seen.add(each.signature)
                smaller = minimised(made, has(each.signature, sandbox.run))
                queue.put(("found", seed, each.signature, _kept(smaller, each)))
    finally:
        queue.put(("end", first, "", ""))
        sandbox.close()


def _kept(smaller: Case, found: Finding) -> str:
    """Write a finding to the folder, and return the path."""
    os.makedirs(FOLDER, exist_ok=True)
    name = hashlib.sha256(found.signature.encode("utf-8", "replace")).hexdigest()[:12]
    path = os.path.join(FOLDER, f"{name}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"finding": found.signature, "detail": found.detail[-6_000:], **to_json(smaller)}, file, indent=1)
    return path


def main() -> int:
    """Try the inputs, print the findings, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    counts = _tried(options.seed, options.count, max(1, min(options.processes, options.count)))
    for signature, number in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{number:6}  {signature}")
    print(f"{options.count:,} inputs, {len(counts)} kinds of findings" + (f", kept in {FOLDER}" if counts else ""))
    return 1 if counts else 0


def _tried(seed: int, count: int, processes: int) -> dict[str, int]:
    queue: Queue[Message] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_work, args=(seed + number, processes, seed + count, queue), daemon=True)
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    begun, said, counts, done = time.monotonic(), 0.0, dict[str, int](), 0
    while done < processes:
        kind, at, signature, path = queue.get()
        done += kind == "end"
        if kind == "count":
            counts[signature] = counts.get(signature, 0) + 1
        elif kind == "found":
            print(f"seed {at}: {signature}\n    {path}", flush=True)
        elif kind == "at" and time.monotonic() - said > 30:
            said = time.monotonic()
            rate = (at - seed) / max(said - begun, 1)
            print(f"... {at - seed:,} of {count:,} inputs, {rate:.0f} a second", file=sys.stderr, flush=True)
    for worker in workers:
        worker.join()
    return counts


if __name__ == "__main__":
    sys.exit(main())

"""Runs a workload with snaplint's engine; `bench.engine` describes the input and output."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.drivers.changing import serve_changing

from snaplint.iam import Policy, Simulator


def main() -> None:
    """Run the workload once, then as often as each line of standard input says."""
    with open(sys.argv[1], encoding="utf-8") as file:
        workload = json.load(file)
    if isinstance(workload, list):
        serve_compiling(workload)
    elif workload.get("changing"):
        serve_changing(workload, decided)
    else:
        serve_deciding(workload)


def serve_compiling(documents: list[Any]) -> None:
    """Compile all policies, as often as each line says."""
    faults = sum(bool(Policy.compile(document, "identity").faults) for document in documents)
    print(json.dumps({"faulty": faults}), flush=True)
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            for document in documents:
                Policy.compile(document, "identity")
        print(time.process_time() - before, flush=True)


def serve_deciding(workload: dict[str, Any]) -> None:
    """Decide all requests, from plain values to a decision with its reasons, as often as each line says."""
    setups = workload["setups"]
    principals = [setup.pop("principal") for setup in setups]
    simulators = [Simulator(**setup) for setup in setups]
    questions = [
        (
            simulators[request["setup"]].decide,
            principals[request["setup"]],
            request["action"],
            request["resource"],
            request["resource_account"],
            request["context"],
        )
        for request in workload["requests"]
    ]
    answers = [
        str(decide(principal=who, action=action, resource=resource, resource_account=owner, context=context).decision)
        for decide, who, action, resource, owner, context in questions
    ]
    print(json.dumps({"decisions": answers}), flush=True)
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            for decide, who, action, resource, owner, context in questions:
                decide(principal=who, action=action, resource=resource, resource_account=owner, context=context)
        print(time.process_time() - before, flush=True)


def decided(workload: dict[str, Any]) -> list[str]:
    """Return the decision of each request, by a simulator of its own.

    As in `snaplint simulate`, the policies are parsed JSON that does not change afterwards.
    """
    found = []
    for request in workload["requests"]:
        setup = workload["setups"][request["setup"]]
        simulator = Simulator(
            identity_policies=setup["identity_policies"],
            resource_policy=setup["resource_policy"],
            scps=setup["scps"],
            owned=True,
        )
        decision = simulator.decide(
            principal=setup["principal"],
            action=request["action"],
            resource=request["resource"],
            resource_account=request["resource_account"],
            context=request["context"],
        )
        found.append(str(decision.decision))
    return found


if __name__ == "__main__":
    main()

"""Runs a workload with PMapper, in its own virtual environment; `bench.engine` describes the input and output."""

from __future__ import annotations

import collections
import collections.abc
import importlib
import json
import sys
import time
from typing import Any

from bench.drivers.changing import serve_changing


def library(name: str) -> Any:
    """Return a module of PMapper, which needs the abstract classes that older Pythons had in `collections`."""
    for moved in ("Mapping", "MutableMapping"):
        setattr(collections, moved, getattr(collections.abc, moved))
    return importlib.import_module(f"principalmapper.{name}")


def main() -> None:
    """Run the workload once, then as often as each line of standard input says."""
    with open(sys.argv[1], encoding="utf-8") as file:
        workload = json.load(file)
    if workload.get("changing"):
        serve_changing(workload, lambda fresh: decided(prepared(fresh)))
        return
    questions = prepared(workload)
    print(json.dumps({"decisions": decided(questions)}), flush=True)
    check = library("querying.query_interface").local_check_authorization_full
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            for question in questions:
                check(*question)
        print(time.process_time() - before, flush=True)


def decided(questions: list[tuple[Any, ...]]) -> list[str]:
    """Return the decision of each request."""
    check = library("querying.query_interface").local_check_authorization_full
    return ["Allowed" if check(*question) else "Denied" for question in questions]


def prepared(workload: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the arguments for each request; what requests share is created once."""
    policy_class = library("common.policies").Policy
    nodes, scps = [], []
    for setup in workload["setups"]:
        nodes.append(node(setup["principal"], setup["identity_policies"]))
        scps.append(
            [
                [policy_class(f"arn:aws:organizations::aws:policy/p-{number}", "scp", each) for each in level]
                for number, level in enumerate(setup["scps"])
            ]
        )
    return [
        (
            nodes[request["setup"]],
            request["action"],
            request["resource"],
            request["context"],
            workload["setups"][request["setup"]]["resource_policy"],
            request["resource_account"],
            scps[request["setup"]],
        )
        for request in workload["requests"]
    ]


def node(principal: str, documents: list[Any]) -> Any:
    """Return a user or role with its policies."""
    policy_class = library("common.policies").Policy
    policies = [policy_class(principal, f"policy-{number}", each) for number, each in enumerate(documents)]
    is_user = ":user/" in principal
    kind: tuple[Any, ...] = ("AIDAX", None, None) if is_user else ("AROAX", {"Version": "2012-10-17"}, [])
    unique_id, trust, profile = kind
    return library("common.nodes").Node(
        principal, unique_id, policies, [], trust, profile, 0, False, False, None, False, {}
    )


if __name__ == "__main__":
    main()

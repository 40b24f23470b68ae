"""The policy engine compared with others on the same requests: `python -m bench.engine`, also part of `make bench`.

Each engine is a warm process that reads the same workload (`bench.workloads`), compiles or loads what its interface
allows beforehand, and measures only its loop over the requests. Every engine runs once per round, so that a slow
moment of the machine affects all of them, and the measure is processor time, so that waiting for a busy machine does
not count. Ratios are computed within a round; the table shows their median and range. If an engine answers a request
wrongly, the table shows the wrong answer, and the ratio of that engine is not counted.

A driver prints a line of JSON with its decisions when it is ready. Then, for each number on its standard input, it runs
the workload that many times and prints the seconds of processor time.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from bench.peers import DRIVERS, Driver, npm, venv
from bench.workloads import changing, managed, mixed, single

ROUNDS = 15
SHARE = 0.2
"""The approximate number of seconds that an engine runs in each round."""

PMAPPER = "principalmapper==1.1.5"
IAM_SIMULATE = "@cloud-copilot/iam-simulate@0.1.173"
OURS = "snaplint"


class Measured(NamedTuple):
    """The microseconds per request (or policy) of an engine, one value per round; `wrong` lists its wrong answers."""

    name: str
    wrong: list[str]
    taken: list[float]


def main() -> None:
    """Print the tables."""
    programs = venv("pmapper", PMAPPER)
    modules = npm("iam-simulate", IAM_SIMULATE)
    one, many, policies = single(), mixed(), managed()
    print("\nthe engine: one request, 10 identity statements, 8 bucket statements, two SCP levels, with conditions\n")
    compare(measure(one, deciders(programs, modules)))
    print(f"\nthe engine: {len(many['requests']):,} mixed requests, four users and roles of two accounts\n")
    compare(measure(many, deciders(programs, modules)))
    print("\nthe engine: other policies in every request, of the size of those for one request\n")
    compare(measure(changing(), deciders(programs, None)))
    print("\nthe engine: the same, with two managed policies of 1 to 6 KB before them\n")
    compare(measure(changing(attached=2), deciders(programs, None)))
    kilobytes = sum(len(json.dumps(each)) for each in policies) / 1000
    print(f"\nthe engine: compiling {len(policies):,} policies, {kilobytes:,.0f} KB, checked and ready to evaluate\n")
    compare(measure(policies, compilers(modules)))


def deciders(programs: Path | None, modules: Path | None) -> dict[str, list[str]]:
    """Return the commands of the engines that decide requests; `{}` is replaced by the path of the workload."""
    found = {OURS: [sys.executable, "-m", "bench.drivers.snaplint_driver", "{}"]}
    if programs is not None:
        found["PMapper"] = [str(programs / "python"), "-m", "bench.drivers.pmapper_driver", "{}"]
    if modules is not None:
        node = ["node", str(DRIVERS / "iam_simulate.mjs"), "{}", str(modules)]
        found["iam-simulate authorize()"] = [*node, "core"]
        found["iam-simulate runSimulation()"] = [*node, "run"]
    return found


def compilers(modules: Path | None) -> dict[str, list[str]]:
    """Return the commands of the engines that compile policies: PMapper does not, and iam-simulate only validates."""
    found = {OURS: [sys.executable, "-m", "bench.drivers.snaplint_driver", "{}"]}
    if modules is not None:
        command = ["node", str(DRIVERS / "iam_simulate.mjs"), "{}", str(modules), "core"]
        found["iam-simulate, validation alone"] = command
    return found


def measure(workload: Any, commands: dict[str, list[str]]) -> list[Measured]:
    """Run the workload with every engine, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workload.json"
        path.write_text(json.dumps(workload))
        drivers = [Driver(name, [part.replace("{}", str(path)) for part in made]) for name, made in commands.items()]
        try:
            return _rounds(drivers, workload)
        finally:
            for driver in drivers:
                driver.stop()


def _rounds(drivers: list[Driver], workload: Any) -> list[Measured]:
    size = len(workload) if isinstance(workload, list) else len(workload["requests"])
    ready: list[tuple[Driver, int]] = []
    found: dict[str, Measured] = {}
    for driver in drivers:
        said = driver.started()
        if said is None:
            print(f"{driver.name}: skipped, because its driver failed")
            continue
        driver.seconds(1)  # node compiles code after a few runs
        times = max(1, round(SHARE / max(driver.seconds(1), 1e-6)))
        driver.seconds(times)
        ready.append((driver, times))
        found[driver.name] = Measured(driver.name, wrong(said, workload), [])
    for _ in range(ROUNDS):
        for driver, times in ready:
            found[driver.name].taken.append(driver.seconds(times) / times / size * 1e6)
    return list(found.values())


def wrong(said: dict[str, Any], workload: Any) -> list[str]:
    """Return the wrong answers of an engine, each kind once with its count."""
    if isinstance(workload, list):
        return [f"{said['faulty']} policies reported as invalid"] if said["faulty"] else []
    mistakes: Counter[str] = Counter()
    for request, decision in zip(workload["requests"], said["decisions"], strict=True):
        if (decision == "Allowed") is not request["allowed"]:
            who = workload["setups"][request["setup"]]["principal"].rpartition(":")[2]
            place = request["resource"].rpartition("/")[0] or request["resource"]
            mistakes[f"{who} {request['action']} {place}: {decision}"] += 1
    return [f"{count} x {mistake}" for mistake, count in mistakes.items()]


def compare(found: list[Measured]) -> None:
    """Print one table: the time per request, and its ratio to snaplint's time as median and range."""
    ours = next((each for each in found if each.name == OURS), None)
    if ours is None:
        return
    print(f"{'':40}{'µs each':>10}{'times snaplint':>16}{'range':>16}")
    for each in found:
        ratios = sorted(taken / base for taken, base in zip(each.taken, ours.taken, strict=True))
        ratio = f"{statistics.median(ratios):.3g}" if not each.wrong else "not counted"
        print(
            f"{each.name:40}{statistics.median(each.taken):>10.1f}{ratio:>16}{f'{ratios[0]:.3g}-{ratios[-1]:.3g}':>16}"
        )
    for each in found:
        for mistake in each.wrong:
            print(f"    {each.name} is wrong: {mistake}")


if __name__ == "__main__":
    main()

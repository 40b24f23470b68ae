"""`make bench`: the speed of snaplint, as ratios measured in one run on one machine.

This is not a test: the numbers depend on the machine, so nothing is asserted.

1. Cold start: wall time and peak memory of `snaplint check` on one preflight file, compared with a bare interpreter and
   with parliament and cfn-lint on inputs of their own kind. They run in turn, so that a slow moment affects all of
   them, and the table shows the median of the paired ratios.
2. Many requests: 1,000 and 2,000 requests against 50 buckets in one file, in requests per second after start.
3. Unknown facts: a policy that denies by pairs of 8 keys of which nothing is known, for 100 requests.
4. The same 1,000 requests from Python, through one `snaplint.Checker`, relative to the time for one file.
5. The policy engine compared with others: see `bench.engine`.

The other tools are installed in folders below .bench/.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

from bench import engine
from bench.peers import ROOT, venv

# parliament needs pkg_resources, which setuptools dropped in release 81
PEER_PACKAGES = ("parliament==1.6.4", "cfn-lint", "setuptools<81")
RUNS = 15
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Print the tables."""
    peers = venv("linters", *PEER_PACKAGES)
    with tempfile.TemporaryDirectory() as folder:
        cold_start(Path(folder), peers)
        many_requests(Path(folder))
        unknown_keys(Path(folder))
        one_checker(Path(folder))
    engine.main()


def cold_start(folder: Path, peers: Path | None) -> None:
    """Measure whole commands, as a shell runs them."""
    template = folder / "bucket.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {Bucket: {Type: AWS::S3::Bucket}}\n")
    policy = ROOT / "examples/ready/policies/exporter.json"
    snaplint = Path(sys.executable).with_name("snaplint")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "snaplint check (YAML, 10 files)": [str(snaplint), "check", str(ROOT / "examples/ready/orders.snaplint.yaml")],
        "snaplint check (JSON, 1 file)": [str(snaplint), "check", str(as_json(folder))],
    }
    if peers is not None:
        commands["parliament (1 policy)"] = [str(peers / "parliament"), "--file", str(policy)]
        commands["cfn-lint (1 template)"] = [str(peers / "cfn-lint"), str(template)]
    for command in commands.values():
        measured(command)  # the first run writes the bytecode caches
    times: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, float] = {}
    for _ in range(RUNS):
        for name, command in commands.items():
            seconds, peak = measured(command)
            times[name].append(seconds)
            memory[name] = max(memory.get(name, 0), peak)
    bare = times["python -c pass"]
    print(f"cold start, {RUNS} paired runs, wall time\n")
    print(f"{'':32}{'ratio':>8}{'median ms':>12}{'peak MB':>10}")
    for name, taken in times.items():
        ratio = statistics.median(each / base for each, base in zip(taken, bare, strict=True))
        print(f"{name:32}{ratio:>8.1f}{statistics.median(taken) * 1000:>12.0f}{memory[name]:>10.1f}")


def as_json(folder: Path) -> Path:
    """Write a preflight file in JSON that refers to no other file, and return its path."""
    from snaplint.syntax.document import parse

    starter = ROOT / "src/snaplint/starter.snaplint.yaml"
    path = folder / "orders.snaplint.json"
    path.write_text(json.dumps(parse(str(starter), starter.read_bytes()).data, indent=2))
    return path


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command, and return its wall time in seconds and its peak resident memory in MB."""
    before = time.perf_counter()
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=ROOT, env=ENVIRONMENT)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - before, usage.ru_maxrss / 1024


def many_requests(folder: Path) -> None:
    """Measure one file with many requests, without the time for one request."""
    print("\nmany requests against 50 buckets, one file, after start\n")
    print(f"{'':32}{'requests/s':>12}{'peak MB':>10}")
    for options in (["--quiet"], ["--format", "text"], ["--format", "json"]):
        one = measured(check(written(folder, 1), *options))[0]
        for count in (1000, 2000):
            seconds, peak = min(measured(check(written(folder, count), *options)) for _ in range(3))
            name = f"{count:,} requests, {' '.join(options)}"
            print(f"{name:32}{count / (seconds - one):>12,.0f}{peak:>10.1f}")


def unknown_keys(folder: Path) -> None:
    """Measure files whose bucket policy denies by pairs of keys that nothing is known of."""
    print("\ndenials by pairs of 8 unknown keys, 100 requests, after start\n")
    print(f"{'':32}{'seconds':>12}{'peak MB':>10}")
    one = measured(check(written(folder, 1)))[0]
    for buckets in (1, 10):
        seconds, peak = min(measured(check(of_pairs(folder, buckets))) for _ in range(3))
        print(f"{f'{buckets} buckets':32}{seconds - one:>12.2f}{peak:>10.1f}")


def of_pairs(folder: Path, buckets: int) -> Path:
    """Write a file with 100 requests over so many buckets, and return its path."""
    data = json.loads(written(folder, 100).read_text())
    names = (
        "acl",
        "storage-class",
        "grant-read",
        "grant-write",
        "grant-read-acp",
        "grant-write-acp",
        "metadata-directive",
    )
    keys = [*(f"s3:x-amz-{name}" for name in names), "s3:TlsVersion"]
    denies = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringEquals": {a: "x", b: "y"}},
        }
        for a, b in combinations(keys, 2)
    ]
    for facts in data["buckets"].values():
        facts["policy"]["Statement"] += denies
    for number, request in enumerate(data["requests"]):
        request["TargetBucket"] = f"exports-{number % buckets}"
    path = folder / f"pairs-{buckets}.snaplint.json"
    path.write_text(json.dumps(data))
    return path


def one_checker(folder: Path) -> None:
    """Compare one file with one Checker in this process: both use the same facts and give the same verdicts."""
    import snaplint
    from snaplint.lint.linter import check_paths
    from snaplint.lint.rulebook import builtin_rules

    path = written(folder, 1000)
    data = json.loads(path.read_text())
    facts = {name: value for name, value in data.items() if name not in ("version", "requests", "caller")}

    def in_one_file() -> float:
        before = time.perf_counter()
        for _ in check_paths([str(path)], builtin_rules()):
            pass
        return time.perf_counter() - before

    def through_a_checker() -> float:
        before = time.perf_counter()
        checker = snaplint.Checker(facts, data["caller"])
        for request in data["requests"]:
            checker.check(request)
        return time.perf_counter() - before

    pairs = [(through_a_checker(), in_one_file()) for _ in range(5)]
    ratio = statistics.median(checked / read for checked, read in pairs)
    print("\n1,000 requests from Python, 5 paired runs\n")
    print(f"{'through one Checker':32}{ratio:>8.2f} x one file, {1000 / min(pairs)[0]:,.0f} requests/s")


def check(path: Path, *options: str) -> list[str]:
    """Return the command that checks one file."""
    return [str(Path(sys.executable).with_name("snaplint")), "check", *options, str(path)]


def written(folder: Path, count: int) -> Path:
    """Write a file with `count` requests over 50 buckets, every tenth in the wrong Region, and return its path."""
    from snaplint.syntax.document import parse

    starter = ROOT / "src/snaplint/starter.snaplint.yaml"
    data = parse(str(starter), starter.read_bytes()).data
    text = json.dumps(data["buckets"]["acme-redis-exports"])
    buckets = {
        f"exports-{number}": json.loads(text.replace("acme-redis-exports", f"exports-{number}")) for number in range(50)
    }
    for number in range(0, 50, 10):
        buckets[f"exports-{number}"]["region"] = "eu-west-1"
    policies = [json.loads(json.dumps(data["caller"]["policies"][0]).replace("acme-redis-exports", "exports-*"))]
    request = data["requests"][0]
    requests = [
        {**request, "TargetSnapshotName": f"run-{number}", "TargetBucket": f"exports-{number % 50}"}
        for number in range(count)
    ]
    caller = {**data["caller"], "policies": policies}
    path = folder / f"many-{count}.snaplint.json"
    path.write_text(json.dumps({**data, "buckets": buckets, "requests": requests, "caller": caller}, indent=1))
    return path


if __name__ == "__main__":
    main()

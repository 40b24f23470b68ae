"""The import graph: no upward import, no cycle, no impure module in the core, no slow module in a check."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.layers import LAYERS, POLICY_ENGINE, Layer, table

from snaplint.read.registry import READERS
from snaplint.report.registry import REPORTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "snaplint"

WORLDLY = frozenset(
    [
        "asyncio",
        "builtins",
        "concurrent",
        "ctypes",
        "getpass",
        "glob",
        "http",
        "importlib",
        "io",
        "locale",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "platform",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "site",
        "socket",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
        "webbrowser",
    ]
)
"""Modules through which a function could read or change state outside its arguments."""

PURE = (
    "snaplint.base",
    "snaplint.iam",
    "snaplint.operations",
    "snaplint.findings",
    "snaplint.facts",
    "snaplint.checks",
    "snaplint.lint.engine",
    "snaplint.report",
)


class Import(NamedTuple):
    """One import: the importing module, the imported one, the line, and whether only type checkers follow it."""

    module: str
    imported: str
    line: int
    typing_only: bool


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = ["snaplint", *path.relative_to(SOURCE).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(module: str, tree: ast.AST, known: Mapping[str, object]) -> Iterator[Import]:
    """Yield every import of a module, also inside functions."""

    def visit(node: ast.AST, *, typing_only: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno, typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno} imports by a relative name"
            base = node.module or ""
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(module, inner if inner in known else base, node.lineno, typing_only)
        for child in ast.iter_child_nodes(node):
            inside = for_type_checkers(node) and isinstance(node, ast.If) and child in node.body
            yield from visit(child, typing_only=typing_only or inside)

    yield from visit(tree, typing_only=False)


EVERY = [each for name, tree in TREES.items() for each in imports(name, tree, MODULES)]
OWN = [each for each in EVERY if each.imported.partition(".")[0] == "snaplint"]


def layer(module: str, layers: tuple[Layer, ...] = LAYERS, package: str = "snaplint") -> int:
    """Return the number of the layer, from 0, of a module of a package."""
    name = module.removeprefix(package).lstrip(".").partition(".")[0]
    numbers = [number for number, each in enumerate(layers) if name in each.names]
    assert len(numbers) == 1, f"{module} belongs to {len(numbers)} layers"
    return numbers[0]


def upward(found: list[Import], layers: tuple[Layer, ...] = LAYERS, package: str = "snaplint") -> list[str]:
    """Return the imports inside a package that lead to a higher layer."""
    return [
        f"{each.module}:{each.line} imports {each.imported}"
        for each in found
        if inside(each.module, package)
        and inside(each.imported, package)
        and layer(each.imported, layers, package) > layer(each.module, layers, package)
    ]


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def circle(edges: Mapping[str, set[str]]) -> list[str]:
    """Return a cycle of imports; [] if there is none."""
    done: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        found = next((found for each in sorted(edges.get(node, ())) if (found := walk(each, [*way, node]))), [])
        done.add(node)
        return found

    return next((found for node in sorted(edges) if (found := walk(node, []))), [])


def graph(found: list[Import]) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for each in found:
        if each.module != each.imported:
            edges.setdefault(each.module, set()).add(each.imported)
    return edges


def test_the_graph_is_not_empty() -> None:
    names = {(each.module, each.imported, each.typing_only) for each in OWN}
    assert ("snaplint.lint.engine", "snaplint.checks.registry", False) in names
    assert ("snaplint.lint.engine", "snaplint.checks.export.proposal", True) in names
    assert ("snaplint.cli.aws.second_opinion", "snaplint.report.title", False) in names  # inside a function


def test_every_own_import_names_a_module() -> None:
    assert [each for each in OWN if each.imported not in MODULES] == []


@pytest.mark.parametrize("name", sorted(MODULES))
def test_module_belongs_to_a_layer(name: str) -> None:
    assert layer(name) in range(len(LAYERS))


def test_every_name_of_a_layer_is_there() -> None:
    named = {name for each in LAYERS for name in each.names}
    assert named == {name.partition(".")[2].partition(".")[0] for name in MODULES}


def test_every_package_of_the_policy_engine_belongs_to_a_layer() -> None:
    named = {name for each in POLICY_ENGINE for name in each.names}
    below = {name.removeprefix("snaplint.iam").lstrip(".") for name in MODULES if inside(name, "snaplint.iam")}
    assert named == {name.partition(".")[0] for name in below}


def test_imports_run_downward() -> None:
    assert upward(OWN) == []


def test_imports_run_downward_in_the_policy_engine() -> None:
    assert upward(OWN, POLICY_ENGINE, "snaplint.iam") == []


def test_contributing_prints_the_layers() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert table() in text, f"CONTRIBUTING.md does not hold the table of tests/layers.py:\n{table()}"


def test_no_circle() -> None:
    assert circle(graph([each for each in OWN if not each.typing_only])) == []


def test_no_circle_even_for_type_checkers() -> None:
    assert circle(graph(OWN)) == []


def test_a_circle_and_an_upward_edge_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []
    assert upward([Import("snaplint.iam.terms.arn", "snaplint.checks", 3, typing_only=True)]) == [
        "snaplint.iam.terms.arn:3 imports snaplint.checks"
    ]


GENERATED = ("snaplint.lint.builtin_rules", "snaplint.iam.catalog")
"""Modules that scripts/ write, or lists like them: tables, which a longer list of rules or actions makes longer."""
LONGEST = 400


@pytest.mark.parametrize("name", sorted(name for name in MODULES if not name.startswith(GENERATED)))
def test_no_module_is_longer_than_one_responsibility_takes(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_policy_engine_stands_alone() -> None:
    own = [each for each in OWN if each.module.startswith("snaplint.iam")]
    others = {each.imported for each in own if not inside(each.imported, "snaplint.iam")}
    assert [name for name in sorted(others) if not inside(name, "snaplint.base")] == []


def test_only_collect_speaks_to_aws() -> None:
    clients = [each for each in EVERY if each.imported.partition(".")[0] in ("boto3", "botocore")]
    assert [each for each in clients if not each.module.startswith("snaplint.collect")] == []


FORMATS = sorted(name for name in MODULES if inside(name, "snaplint.read.formats"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_knows_nothing_of_facts_policies_and_checks(name: str) -> None:
    allowed = ("snaplint.base", "snaplint.syntax", "snaplint.read.reader", "snaplint.read.recognise")
    own = [each for each in OWN if each.module == name]
    assert [each for each in own if not any(inside(each.imported, package) for package in allowed)] == []


RECOGNITION = sorted(name for name in MODULES if inside(name, "snaplint.read.recognise"))


@pytest.mark.parametrize("name", RECOGNITION)
def test_recognition_can_be_used_by_every_reader(name: str) -> None:
    allowed = ("snaplint.base", "snaplint.operations", "snaplint.read.recognise")
    own = [each for each in OWN if each.module == name]
    assert [each for each in own if not any(inside(each.imported, package) for package in allowed)] == []
    assert list(worldly(name, TREES[name])) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_reader_looks_at_its_document_only(name: str) -> None:
    assert list(worldly(name, TREES[name])) == []


def test_the_engine_and_checks_touch_no_file() -> None:
    """Facts are arguments: pure modules import neither the readers nor the settings."""
    impure = (
        "snaplint.read",
        "snaplint.syntax",
        "snaplint.config",
        "snaplint.lint.rulebook",
        "snaplint.schemas",
        "snaplint.cli",
    )
    assert [each for each in OWN if pure(each.module) and each.imported.startswith(impure)] == []


# -- purity
# ------------------------------------------------------------------------------------------------------------------


OF_THE_PROGRAM = frozenset({"snaplint.base.tables", "snaplint.base.resources"})
"""Lists the modules of a package and reads its data files: the only disk access that the core may have."""


def pure(module: str) -> bool:
    return module not in OF_THE_PROGRAM and any(module == name or module.startswith(f"{name}.") for name in PURE)


DOES_SOMETHING = frozenset(("print", "input", "open", "exit", "quit", "breakpoint", "eval", "exec", "__import__"))
NOW = frozenset(("now", "utcnow", "today", "time_ns", "monotonic", "perf_counter", "getenv", "environb", "urandom"))


def worldly(module: str, tree: ast.AST) -> Iterator[str]:
    """Return the statements of a module that read or change state outside its arguments."""
    for each in imports(module, tree, MODULES):
        if not each.typing_only and each.imported.partition(".")[0] in WORLDLY:
            yield f"{module}:{each.line} imports {each.imported}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in DOES_SOMETHING:
            yield f"{module}:{node.lineno} uses {node.id}"
        if isinstance(node, ast.Name) and node.id == "SystemExit":
            yield f"{module}:{node.lineno} raises SystemExit"
        if isinstance(node, ast.Attribute) and node.attr in NOW:
            yield f"{module}:{node.lineno} asks for {node.attr}"


@pytest.mark.parametrize("name", sorted(name for name in MODULES if pure(name)))
def test_module_is_pure(name: str) -> None:
    assert list(worldly(name, TREES[name])) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print('x')", "uses print"),
        ("def f():\n    import os\n    return os.environ", "imports os"),
        ("from time import time", "imports time"),
        ("import socket", "imports socket"),
        ("raise SystemExit(1)", "raises SystemExit"),
        ("from datetime import datetime\ndatetime.now()", "asks for now"),
        ("exit(3)", "uses exit"),
    ],
)
def test_impurity_would_be_found(text: str, said: str) -> None:
    assert any(said in each for each in worldly("some.module", ast.parse(text)))


@pytest.mark.parametrize("name", sorted(name for name in MODULES if not name.startswith("snaplint.cli")))
def test_only_the_command_line_prints_and_exits(name: str) -> None:
    calls = [node.func for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    methods = {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute)}
    assert names.isdisjoint({"print", "input", "exit", "quit"})
    assert methods.isdisjoint({"sys.exit", "os._exit", "sys.stdout.write", "sys.stderr.write", "os.abort"})


# -- one stream
# ------------------------------------------------------------------------------------------------------------------


def filled(module: str, tree: ast.AST) -> Iterator[str]:
    """Return the parameters in a module that are lists of faults, which a function could append to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            for each in every:
                said = ast.unparse(each.annotation) if each.annotation else ""
                if "list[Fault]" in said or (each.arg == "faults" and "list" in said.lower()):
                    yield f"{module}:{each.lineno} {each.arg}: {said}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_function_fills_a_list_of_faults(name: str) -> None:
    assert list(filled(name, TREES[name])) == []


def test_a_list_to_be_filled_would_be_found() -> None:
    text = "def f(path: str, faults: list[Fault]) -> None: ...\ndef g(*, told: 'list[Fault] | None') -> None: ..."
    assert list(filled("m", ast.parse(text))) == ["m:1 faults: list[Fault]", "m:2 told: 'list[Fault] | None'"]


# -- what a check loads
# ------------------------------------------------------------------------------------------------------------------

HEAVY = (
    *("boto3", "botocore", "jsonschema", "dataclasses", "pathlib", "logging", "argparse", "inspect", "difflib"),
    *("typing", "rich", "moto", "importlib", "random", "tempfile", "tomllib"),
)

UNUSUAL = (
    "importlib.metadata",
    "snaplint.base.schema_faults",
    "snaplint.checks.collisions",
    "snaplint.checks.export.backups",
    "snaplint.checks.export.tag_keys",
    "snaplint.iam.asked.roles",
    "snaplint.iam.decision.choices",
    "snaplint.iam.decision.identities",
    "snaplint.iam.decision.worlds",
    "snaplint.iam.document.typed_comparisons",
    "snaplint.iam.terms.ends",
    "snaplint.iam.terms.foreign",
    "snaplint.lint.pages",
    "snaplint.read.listings",
    "snaplint.read.policy_forms",
    "snaplint.read.tags",
    "snaplint.syntax.yaml_fault",
)
"""Modules that only unusual input needs: copies, requests that meet, tags, sessions, listings, open answers, …"""

PREFLIGHT = """\
version: 1
account: "111122223333"
region: us-east-1
caller: {arn: "arn:aws:iam::111122223333:role/exporter", policies: [p.json]}
requests: [{SourceSnapshotName: nightly, TargetSnapshotName: orders, TargetBucket: exports}]
buckets: {exports: {region: us-east-1, policy: p.json}}
"""

LOADED = """\
import sys
before = set(sys.modules)
from snaplint.cli import main
code = main(["check", "a.snaplint.yaml"])
print("LOADED", *sorted(set(sys.modules) - before))
print("CODE", code)
"""


def test_a_check_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "a.snaplint.yaml").write_text(PREFLIGHT, encoding="utf-8")
    (tmp_path / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    loaded = set(next(line for line in done.stdout.splitlines() if line.startswith("LOADED")).split()[1:])
    assert "CODE 1" in done.stdout  # the file was checked, and a condition fails
    assert {"snaplint.lint.engine", "yaml", "snaplint.checks.service"} <= loaded
    assert loaded.isdisjoint(HEAVY)
    others = [f"snaplint.read.formats.{name}" for name in READERS if name != "preflight"]
    others += [f"snaplint.report.formats.{name}" for name in REPORTERS if name != "text"]
    unneeded = (*others, "snaplint.api", "snaplint.cli.rules", "snaplint.cli.aws.live", "snaplint.collect", *UNUSUAL)
    assert [name for name in loaded if name.startswith(unneeded)] == []

"""The set of rules: the built-in ones, and those of a user's own folders.

The built-in rules come from a module that `make rules` writes from rules/*/rule.yaml, so that a check opens no rule
file; the folder is opened for pages only, and for a user's own rules.
"""

from __future__ import annotations

import os

from snaplint.base.schema import accepts, explain
from snaplint.base.source import Fault, Unreadable
from snaplint.checks import CHECKS
from snaplint.findings.rule import Rule, rule_from
from snaplint.operations.registry import operations
from snaplint.syntax.document import MAX_BYTES, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from snaplint.syntax.document import Document

RULE_FILE, PAGE_FILE = "rule.yaml", "README.md"


def builtin_rules() -> tuple[Rule, ...]:
    """The rules that snaplint brings, in the order of their ids."""
    from snaplint.lint.builtin_rules import RULES

    return tuple(rule_from(data) for data in RULES)


def rules_dir() -> str:
    """The folder of the built-in rules: inside the package in a wheel, at the top of the project in a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shipped = os.path.join(here, "rules")
    return shipped if os.path.isdir(shipped) else os.path.join(os.path.dirname(os.path.dirname(here)), "rules")


def page(rule: Rule) -> str:
    """The manual page of a rule.

    Raises OSError where it has none.
    """
    folder = rule.folder or os.path.join(rules_dir(), rule.id)
    with open(os.path.join(folder, PAGE_FILE), encoding="utf-8") as file:
        return file.read()


def has_page(rule: Rule) -> bool:
    """Whether the rule has a manual page at all."""
    return os.path.isfile(os.path.join(rule.folder or os.path.join(rules_dir(), rule.id), PAGE_FILE))


def load(folders: Iterable[str]) -> Iterator[Rule | Fault]:
    """Return the built-in rules and those below the given folders, and a fault for each rule of the user's that cannot
    be used."""
    builtin = builtin_rules()
    yield from builtin
    taken = {rule.id for rule in builtin}
    for folder in folders:
        for each in load_folder(folder):
            if isinstance(each, Fault):
                yield each
            elif each.id in taken:
                yield Fault(os.path.join(each.folder, RULE_FILE), 1, 1, f"there is a rule `{each.id}` already")
            else:
                taken.add(each.id)
                yield each


def load_folder(folder: str) -> Iterator[Rule | Fault]:
    """Return the rules of a folder, those in its sub-folders or the one that it holds itself, and what is wrong with
    them."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield Fault(folder, 1, 1, f"cannot read the rules: {(error.strerror or str(error)).lower()}")
        return
    except ValueError:  # a NUL in the name
        yield Fault(folder, 1, 1, "cannot read the rules: it is not a possible path")
        return
    found = [folder] if RULE_FILE in names else [os.path.join(folder, name) for name in names]
    found = [each for each in found if os.path.isfile(os.path.join(each, RULE_FILE))]
    if not found:
        yield Fault(folder, 1, 1, f"no rules here: a rule is a folder with a {RULE_FILE}")
    for each in found:
        yield from _load(each)


def _load(folder: str) -> Iterator[Rule | Fault]:
    """Return the rule of one folder, or what is wrong with it."""
    path = os.path.join(folder, RULE_FILE)
    try:
        with open(path, "rb") as file:
            document = parse(path, file.read(MAX_BYTES + 1))
    except Unreadable as error:
        yield Fault(path, error.line, error.column, error.message)
        return
    except OSError as error:
        yield Fault(path, 1, 1, (error.strerror or str(error)).lower())
        return
    problems = list(rule_faults(document, os.path.basename(os.path.abspath(folder))))
    yield from problems or (rule_from(document.data, folder),)


def rule_schema() -> dict[str, Any]:
    """The JSON Schema of rule.yaml."""
    import json

    with open(os.path.join(rules_dir(), "schema.json"), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    # the file says it for editors; a new operation is one new module
    schema["properties"]["operations"]["items"]["enum"] = list(operations())
    return schema


def rule_faults(document: Document, folder: str) -> Iterator[Fault]:
    """What is wrong with a rule.yaml: its form, its id, its check, the check's parameters."""
    data, schema = document.data, rule_schema()
    if not accepts(schema)(data):
        for route, message in explain(schema, data, "the rule"):
            yield Fault(document.path, *document.span(route)[:2], message)
        return
    if data["id"] != folder:
        yield Fault(document.path, *document.span(("id",))[:2], f"the id is `{data['id']}`, the folder is `{folder}`")
    if data["check"] not in CHECKS:
        for problem in register_plugins():
            yield Fault(document.path, *document.span(("check",))[:2], problem)
    check = CHECKS.get(data["check"])
    if check is None:
        known = ", ".join(sorted(CHECKS))
        yield Fault(
            document.path, *document.span(("check",))[:2], f"there is no check `{data['check']}`; there are {known}"
        )
    elif not accepts(check.params)(data.get("with", {})):
        for route, message in explain(check.params, data.get("with", {}), f"`with` of check `{check.name}`"):
            yield Fault(document.path, *document.span(("with", *route))[:2], message)


PLUGIN_GROUP = "snaplint.checks"


def register_plugins() -> Iterator[str]:
    """Import the modules that installed packages offer under the entry point group `snaplint.checks`: they register
    checks. Yields what is wrong with those that cannot be imported.

    Only called where a rule names a check that is not built in, because looking for entry points costs more than a
    whole check.
    """
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=PLUGIN_GROUP):
        try:
            entry_point.load()
        except Exception as error:  # noqa: BLE001  # whatever a stranger's module does, it is not snaplint that broke
            yield f"the plug-in `{entry_point.name}` cannot be loaded: {type(error).__name__}: {error}"

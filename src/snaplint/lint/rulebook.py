"""The rules: the built-in ones, and those in folders of the user's own.

The built-in rules are in a module that `make rules` generates from rules/*/rule.yaml, so that a check opens no rule
file. Rule folders are read for manual pages and for the user's own rules only.
"""

from __future__ import annotations

import os
import sys

from snaplint.base import resources
from snaplint.base.schema import accepts
from snaplint.base.source import Fault, PathFault, Unreadable
from snaplint.base.wording import os_reason
from snaplint.checks import CHECKS
from snaplint.findings.rule import Rule, rule_from
from snaplint.operations.registry import operations
from snaplint.syntax.document import parse
from snaplint.syntax.project import is_inside, outside, project_root
from snaplint.syntax.reading import whole
from snaplint.syntax.text import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from snaplint.syntax.document import Document

RULE_FILE, PAGE_FILE, CAUSES_FILE = "rule.yaml", "README.md", "CAUSES.md"

MOST = 1 << 20
"""The largest rule.yaml and the largest page, in bytes: twenty times the largest built-in page."""


def builtin_rules() -> tuple[Rule, ...]:
    """Return the built-in rules, sorted by id."""
    from snaplint.lint.builtin_rules import RULES

    return tuple(rule_from(data) for data in RULES)


def rules_dir() -> str:
    """Return the folder of the built-in rules: in the package in a wheel, at the top of the project in a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shipped = os.path.join(here, "rules")
    return shipped if os.path.isdir(shipped) else os.path.join(os.path.dirname(os.path.dirname(here)), "rules")


def page(rule: Rule) -> str:
    """Return the manual page of a rule. Raises Unreadable if there is none that can be read."""
    if rule.folder:
        return decode(whole(os.path.join(rule.folder, PAGE_FILE), MOST)).replace("\r\n", "\n")
    try:
        return _builtin(rule.id, PAGE_FILE)
    except OSError as error:
        raise Unreadable(os_reason(error)) from error


def causes_page() -> str:
    """Return the page on the kinds of causes, which has a section for each."""
    return _builtin(CAUSES_FILE)


def schema_text() -> str:
    """Return the JSON Schema of rule.yaml as it is in its file."""
    return _builtin("schema.json")


def _builtin(*parts: str) -> str:
    """Return the text of a file of the built-in rules, which may be in a zip archive with the package."""
    try:
        return resources.text("rules", *parts)
    except OSError:  # a checkout
        with open(os.path.join(rules_dir(), *parts), encoding="utf-8") as file:
            return file.read()


def has_page(rule: Rule) -> bool:
    """Return True if the rule has a manual page, perhaps one that cannot be read."""
    return os.path.lexists(os.path.join(rule.folder or os.path.join(rules_dir(), rule.id), PAGE_FILE))


def load(folders: Iterable[str], found: Iterable[str] = ()) -> Iterator[Rule | Fault]:
    """Yield the built-in rules and those in the given folders, and a fault for each rule that cannot be used.

    `found` holds the folders that settings of the checked project name. Their rules may not use plug-ins.
    """
    builtin = builtin_rules()
    yield from builtin
    ids = {rule.id for rule in builtin}
    for folder, is_found in (*((each, True) for each in found), *((each, False) for each in folders)):
        for each in load_folder(folder, plugins=not is_found):
            if isinstance(each, Fault):
                yield each
            elif each.id in ids:
                yield Fault(os.path.join(each.folder, RULE_FILE), 1, 1, f"there is already a rule `{each.id}`")
            else:
                ids.add(each.id)
                yield each


def load_folder(folder: str, *, plugins: bool = True) -> Iterator[Rule | Fault]:
    """Yield the rule in a folder, or the rules in its sub-folders, and a fault for each that cannot be used."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        from snaplint.syntax.near_path import did_you_mean_path  # only if the folder cannot be read

        yield PathFault.of(folder, f"cannot read the rules: {os_reason(error)}{did_you_mean_path(folder)}")
        return
    except ValueError:  # a NUL in the name
        yield PathFault.of(folder, "cannot read the rules: it is not a possible path")
        return
    rule_folders = [folder] if RULE_FILE in names else [os.path.join(folder, name) for name in names]
    rule_folders = [each for each in rule_folders if os.path.lexists(os.path.join(each, RULE_FILE))]
    if not rule_folders:
        yield PathFault.of(folder, f"the folder has no rules: a rule is a folder with a {RULE_FILE}")
    for each in rule_folders:
        pretence = _link_outside(each, folder)
        yield from (pretence,) if pretence else _load(each, plugins=plugins)


def _link_outside(rule_folder: str, folder: str) -> Fault | None:
    """Return a fault if a file of a rule is a link that leads outside the project of the folder of rules."""
    root = project_root(folder)
    for name in (RULE_FILE, PAGE_FILE):
        path = os.path.join(rule_folder, name)
        if not is_inside(os.path.realpath(path), root):
            return PathFault.of(path, f"the link leads {outside(root)}")
    return None


def _load(folder: str, *, plugins: bool) -> Iterator[Rule | Fault]:
    """Yield the rule in one folder, or its faults."""
    path = os.path.join(folder, RULE_FILE)
    try:
        document = parse(path, whole(path, MOST))
    except Unreadable as error:
        yield error.fault(path)
        return
    problems = list(rule_faults(document, os.path.basename(os.path.abspath(folder)), plugins=plugins))
    yield from problems or (rule_from(document.data, folder),)


def rule_schema() -> dict[str, Any]:
    """Return the JSON Schema of rule.yaml."""
    import json

    schema: dict[str, Any] = json.loads(schema_text())
    # the file lists them for editors; here a new module of operations/ suffices
    schema["properties"]["operations"]["items"]["enum"] = list(operations())
    return schema


_BUILT_IN = frozenset(CHECKS)


def rule_faults(document: Document, folder: str, *, plugins: bool = True) -> Iterator[Fault]:
    """Yield the faults of a rule.yaml: in its form, its id, its check, and the parameters of the check.

    Without `plugins`, the check must be built in, and no plug-in is imported.
    """
    from snaplint.base.schema_faults import explain  # the built-in rules are not checked

    data, schema = document.data, rule_schema()
    if not accepts(schema)(data):
        for route, message in explain(schema, data, "the rule"):
            yield Fault(document.path, *document.span(route)[:2], message)
        return
    if data["id"] != folder:
        yield Fault(
            document.path, *document.span(("id",))[:2], f"the id is `{data['id']}`, but the folder is `{folder}`"
        )
    if not plugins and data["check"] not in _BUILT_IN:
        message = (
            f"there is no built-in check `{data['check']}`; checks of plug-ins need --rules DIR or --config FILE, "
            "because the checked project may not import them"
        )
        yield Fault(document.path, *document.span(("check",))[:2], message)
        return
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
    """Import the modules of the entry point group `snaplint.checks`, which register checks.

    Yield a message for each module that cannot be imported. This is called only if a rule names a check that is not
    built in, because looking for entry points takes longer than a whole run.
    """
    from importlib.metadata import distributions

    # `python -m snaplint` puts the working directory, which may be the checked project, first
    before, here = list(sys.path), os.path.realpath(os.curdir)
    sys.path[:] = [each for each in before if os.path.realpath(each or os.curdir) != here]
    try:
        points = {each for found in distributions(path=sys.path) for each in found.entry_points}
        for entry_point in sorted(each for each in points if each.group == PLUGIN_GROUP):
            try:
                entry_point.load()
            except (Exception, SystemExit) as error:  # noqa: BLE001  # an error in a plug-in is not an internal error of snaplint
                yield f"the plug-in `{entry_point.name}` cannot be loaded: {type(error).__name__}: {error}"
    finally:
        sys.path[:] = before

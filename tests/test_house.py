"""The words of the house: one name for one class, and no phrase that a reader has to translate."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "snaplint"
PAGES = [
    *SOURCE.rglob("*.py"),
    *SOURCE.rglob("*.json"),
    *SOURCE.rglob("*.yaml"),
    *(ROOT / "rules").rglob("*.*"),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]
DIALECT = re.compile(
    r"\b(nobody|somebody|anybody|whoever|whom|hang(s|ing)? on|hung in|play(s|ed)? no part|cannot be told|untold|aloud"
    r"|nought|of late)\b".replace(" ", r"\s+"),
    re.IGNORECASE,
)


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(SOURCE)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_text_names_the_actor_and_says_what_a_verdict_depends_on() -> None:
    phrases = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, phrase.start()) + 1}: {phrase[0]}"
        for path in PAGES
        for text in [path.read_text(encoding="utf-8")]
        for phrase in DIALECT.finditer(text)
    ]
    assert phrases == []

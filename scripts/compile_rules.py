"""Write src/snaplint/lint/builtin_rules.py from rules/*/rule.yaml: `make rules`.

With `--check`, only say whether it is up to date.
"""

from __future__ import annotations

import pprint
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "snaplint" / "lint" / "builtin_rules.py"
sys.path.insert(0, str(ROOT / "src"))

from snaplint.lint.rulebook import rule_faults  # noqa: E402
from snaplint.syntax.document import parse  # noqa: E402  (the path must be set first)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Fault

HEAD = '''"""The built-in rules as data. Written by `make rules` from rules/*/rule.yaml: change those instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# fmt: off
RULES: tuple[dict[str, Any], ...] = (
'''


def compiled() -> str:
    """The text of the module.

    Exits with the faults where a rule is not of the form.
    """
    entries: list[str] = []
    faults: list[Fault] = []
    for path in sorted(ROOT.glob("rules/*/rule.yaml")):
        document = parse(str(path.relative_to(ROOT)), path.read_bytes())
        faults += rule_faults(document, path.parent.name)
        entries.append(pprint.pformat(document.data, width=116, sort_dicts=False))
    if faults:
        sys.exit("\n".join(map(str, faults)))
    return HEAD + "".join(f"{entry},\n" for entry in entries) + ")\n"


def main() -> int:
    """Write the module, or compare."""
    text = compiled()
    if "--check" in sys.argv:
        current = TARGET.read_text() if TARGET.exists() else ""
        return 0 if current == text else 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`snaplint schema NAME`: print a JSON Schema, for editors and for programs that read reports."""

from __future__ import annotations

from snaplint import schemas
from snaplint.cli.parser import Parser
from snaplint.lint import rulebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Print the schema file unchanged."""
    parser = Parser("snaplint schema", description="Print a JSON Schema (draft-07).")
    parser.add_argument("name", metavar="NAME", choices=schemas.NAMES, help=", ".join(schemas.NAMES))
    name = parser.parse_args(arguments).name
    if name == "rule":
        print(rulebook.schema_text(), end="")
    else:
        print(schemas.text(name), end="")
    return 0

"""The layers of src/snaplint, lowest first: imports run downward only.

test_imports.py compares the code and the table in CONTRIBUTING.md with this list; `python -m tests.layers` prints the
table.
"""

from __future__ import annotations

from typing import NamedTuple


class Layer(NamedTuple):
    """Packages and modules that may import one another (without a circle) and everything on lower layers."""

    names: tuple[str, ...]
    holds: str


LAYERS = (
    Layer(("base", "schemas"), "records, routes and places, unknown facts, JSON Schemas and the check against one"),
    Layer(
        ("syntax", "iam", "operations", "findings", "config"),
        "`syntax`: bytes to plain data with places; `iam`: the policy engine, which imports nothing but `base`; "
        "`operations`: what can be proposed, as data; `findings`: rules, verdicts and results, as records; "
        "`config`: the settings",
    ),
    Layer(("facts", "report"), "`facts`: what is known of the world; `report`: results to text and JSON"),
    Layer(("read", "checks"), "`read`: files to requests and facts; `checks`: the named checks that rules call"),
    Layer(
        ("collect", "lint"),
        "`collect`: AWS's answers to a facts file, by read-only calls, and the only package that imports boto3; "
        "`lint`: rules from folders, findings to verdicts, files to results",
    ),
    Layer(("api", "demo"), "`snaplint.check` for Python; the story that `snaplint demo` tells"),
    Layer(("boto3_guard", ""), "`snaplint.guard`; the package itself, which re-exports what Python programs use"),
    Layer(("cli", "__main__"), "the command line: the only package that prints and decides exit codes"),
)
"""Names below `snaplint.`; the empty name is the package itself."""

POLICY_ENGINE = (
    Layer(("terms",), "truth values, patterns, ARNs, typed values"),
    Layer(("catalog", "asked"), "what AWS has to name; the principal, the request, differences of services"),
    Layer(("document",), "a policy document, compiled"),
    Layer(("decision", "lint"), "from policies to a decision; policies judged as documents"),
    Layer(("explain",), "decisions in words"),
    Layer(("",), "the package itself"),
)
"""The same for the packages of `snaplint.iam`."""


def table() -> str:
    """Return the layers as a Markdown table, lowest first."""
    rows = [f"| {number} | {_names(layer)} | {layer.holds} |" for number, layer in enumerate(LAYERS, 1)]
    return "\n".join(("| layer | packages and modules | what they hold |", "|---|---|---|", *rows)) + "\n"


def _names(layer: Layer) -> str:
    return ", ".join(f"`{name or 'snaplint'}`" for name in layer.names)


if __name__ == "__main__":
    print(table(), end="")

"""Results made by hand, for tests of one detail at a time: fake rules, files in memory, and places found by their text.

What a whole report looks like is shown with real rules and files: see tests/report/story.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from snaplint.base.source import Place, Span
from snaplint.findings.result import Result, Tally
from snaplint.findings.rule import Rule
from snaplint.findings.verdict import Verdict
from snaplint.report.registry import reporter
from snaplint.report.run import Run
from snaplint.report.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snaplint.base.source import Fault, Route
    from snaplint.findings.rule import Certainty, Severity
    from snaplint.findings.verdict import Blame, Outcome

DOCS = "https://docs.aws.amazon.com/a-page.html#a-section"
SOLUTION = "Do what the solution says."


class Files:
    """A source with files in memory and one place for each route."""

    def __init__(self, texts: Mapping[str, str], places: Mapping[Route, Place]) -> None:
        self.texts = texts
        self.places = places

    def place(self, route: Route) -> Place | None:
        return self.places.get(route)

    def lines(self, path: str, first: int, last: int) -> list[str]:
        return self.texts[path].split("\n")[first - 1 : last] if path in self.texts else []


def place_of(path: str, text: str, start: str, end: str | None = None) -> Place:
    """Return the place of the first `start` in a text, or of the text from there to the end of the next `end`."""
    low = text.index(start)
    high = low + len(start) if end is None else text.index(end, low + len(start)) + len(end)
    return Place(path, Span(*_position(text, low), *_position(text, high)))


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def rule(
    name: str, *, severity: Severity = "error", certainty: Certainty = "documented", docs: tuple[str, ...] = (DOCS,)
) -> Rule:
    return Rule(
        id=name,
        title=f"the title of {name}",
        operations=("elasticache:CopySnapshot",),
        applies="export",
        severity=severity,
        certainty=certainty,
        check="some.check",
        params={},
        message=None,
        code=None,
        solution=SOLUTION,
        docs=docs,
        since="0.1.0",
    )


def verdict(
    name: str,
    word: str,
    message: str = "",
    *,
    route: Route = (),
    severity: Severity = "error",
    certainty: Certainty = "documented",
    predicts: str | None = None,
    code: str | None = None,
    because: tuple[Blame, ...] = (),
    assumes: tuple[str, ...] = (),
    depends_on: tuple[str, ...] = (),
) -> Verdict:
    made = rule(name, severity=severity, certainty=certainty)
    return Verdict(
        made, cast("Outcome", word), severity, certainty, route, message, predicts, code, because, assumes, depends_on
    )


def request(*verdicts: Verdict, source: Files | None = None, **members: object) -> Result:
    """An export of `orders-2026-11`, unless the members say otherwise."""
    given: dict[str, object] = {
        "operation": "elasticache:CopySnapshot",
        "SourceSnapshotName": "automatic.orders-2026-11-01-03-00",
        "TargetSnapshotName": "orders-2026-11",
        "TargetBucket": "acme-redis-exports",
    }
    return Result({**given, **members}, ("requests", 0), verdicts, source)


def pieces(
    name: str,
    stream: Iterable[Result | Fault],
    style: Style = Style(),  # noqa: B008  # a record that does not change
    *,
    verbose: bool = False,
    quiet: bool = False,
    strict: bool = False,
    rules: tuple[Rule, ...] = (),
) -> Iterator[str]:
    """Yield the report in a format, piece by piece; the stream is counted as the command line counts it."""
    tally = Tally()
    run = Run("0.1.0", rules, style, verbose, quiet, strict, tally)
    return reporter(name).chunks(tally.counting(stream), run)

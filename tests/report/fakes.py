"""Results made by hand, for tests of one detail at a time: fake rules, files in memory, and places found by their text.

What a whole report looks like is shown with real rules and files: see tests/report/story.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from snaplint.base.source import Place, Span
from snaplint.findings.cause import MISSING_FACT, SETTING, Cause
from snaplint.findings.result import Result, Tally
from snaplint.findings.rule import Rule
from snaplint.findings.verdict import Verdict
from snaplint.report.registry import reporter
from snaplint.report.run import Run
from snaplint.report.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snaplint.base.source import Route
    from snaplint.findings.result import Reported
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
    causes: tuple[Cause, ...] | None = None,
    follows: bool = False,
) -> Verdict:
    """Return a verdict. One that fails or is undetermined is its own cause, unless it is given others."""
    made = rule(name, severity=severity, certainty=certainty)
    if causes is None:
        own = {
            "fails": Cause(SETTING, message, route, name=name),
            "cannot-tell": Cause(MISSING_FACT, message, route, name=" ".join(depends_on) or message),
        }
        causes = (own[word],) if word in own else ()
    outcome = cast("Outcome", word)
    return Verdict(
        made,
        outcome,
        severity,
        certainty,
        route,
        message,
        predicts,
        code,
        because,
        assumes,
        depends_on,
        causes,
        follows,
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
    stream: Iterable[Reported],
    style: Style = Style(),  # noqa: B008  # a record that does not change
    *,
    verbose: bool = False,
    quiet: bool = False,
    strict: bool = False,
    rules: tuple[Rule, ...] = (),
    fail_on: str = "error",
) -> Iterator[str]:
    """Yield the report in a format, piece by piece; the stream is counted as the command line counts it."""
    tally = Tally()
    run = Run("0.1.0", rules, style, verbose, quiet, strict, tally, fail_on)
    return reporter(name).chunks(tally.counting(stream), run)

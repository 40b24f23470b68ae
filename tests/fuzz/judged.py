"""A report in JSON, as the relations look at it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from snaplint.base.schema import accepts
from snaplint.schemas import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fuzz.harness import Run

    Json = dict[str, Any]
    Words = dict[str, str]

AMONG_REQUESTS = frozenset(
    ("object-key-exists", "snapshot-name-exists", "snapshot-does-not-exist", "snapshot-not-available")
)
"""Rules whose verdict on a request depends on the requests before it."""
_LINE = re.compile(r"\bline \d+|\bcolumn \d+|:\d+(?::\d+)?")


class Report:
    """A report: its results, its errors and its notes."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.whole: Json = json.loads(run.out)
        self.results: list[Json] = self.whole["results"]
        self.errors: list[Json] = self.whole["errors"]

    def words(self, *, apart: bool = False) -> list[Words]:
        """Return the verdict of each rule on each request; with `apart`, without rules that compare requests."""
        return [words(result, apart=apart) for result in self.results]

    def told(self) -> list[list[Any]]:
        """Return all that the report says of each request, without places and names of files."""
        return [[_told(verdict) for verdict in result["verdicts"]] for result in self.results]

    def faults(self) -> list[str]:
        """Return the messages of the input errors, without places and names of files."""
        return [without_places(error["message"]) for error in self.errors]

    def places(self) -> Iterator[tuple[str, Json]]:
        """Yield every place in the report, with what has it."""
        for result in self.results:
            if result["request"]["location"]:
                yield "request", result["request"]["location"]
            for verdict in result["verdicts"]:
                if verdict.get("location"):
                    yield verdict["rule"], verdict["location"]
                because = verdict.get("because", ())
                yield from ((f"{verdict['rule']} because", each) for each in because if each["path"] is not None)
        yield from (("error", each) for each in self.errors)
        yield from ((each["rule"], each) for each in self.whole["notes"])


def words(result: Json, *, apart: bool = False) -> Words:
    """Return the verdict of each rule in a result."""
    return {
        verdict["rule"]: verdict["verdict"]
        for verdict in result["verdicts"]
        if not (apart and verdict["rule"] in AMONG_REQUESTS)
    }


def _told(verdict: Json) -> Any:
    because = [
        [each["layer"], each["sid"], each["effect"], without_places(each["text"])]
        for each in verdict.get("because", ())
    ]
    names = ("rule", "verdict", "severity", "certainty", "predicts", "assumes", "depends_on")
    return [*(verdict.get(name) for name in names), without_places(verdict["message"]), because]


def without_places(text: str) -> str:
    """Return a message without the lines in it and the names of the file that has it."""
    return _LINE.sub("", text.replace(".snaplint.yaml", ".snaplint.json"))


@cache
def is_report() -> Any:
    """Return the test whether data matches the schema of reports; `jsonschema` would take longer than a run."""
    return accepts(_plain(schema("report")))


def _plain(form: Any) -> Any:
    """Return a schema without the keywords that the quick check lacks: its `oneOf` have exclusive choices."""
    if isinstance(form, list):
        return [_plain(each) for each in form]
    if not isinstance(form, dict):
        return form
    plain = {"anyOf" if name == "oneOf" else name: _plain(each) for name, each in form.items() if name != "allOf"}
    for each in form.get("allOf", ()):
        plain |= _plain(each)
    return plain

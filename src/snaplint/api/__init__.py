"""The Python API: `check` for one request, `Checker` for many with the same facts, `check_files` for files."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from snaplint.api.arguments import InvalidArgument, require_flag, require_mapping, rules_of, texts_of
from snaplint.api.report import FilesReport, Report
from snaplint.base.source import Fault, Unreadable, parted
from snaplint.findings.verdict import OUTCOMES, Verdict
from snaplint.lint.checker import RequestChecker
from snaplint.lint.notes import notes
from snaplint.lint.rulebook import builtin_rules
from snaplint.operations.proposed import ProposedRequest
from snaplint.operations.registry import DEFAULT
from snaplint.read.preflight import read_preflight
from snaplint.syntax.document import parse
from snaplint.syntax.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from typing import Any

    from snaplint.findings.result import Note
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Outcome
    from snaplint.read.preflight import Preflight
    from snaplint.syntax.document import Document
else:
    from typing import Literal

    Outcome = Literal[OUTCOMES]

__all__ = [
    "Checker",
    "FilesReport",
    "InvalidArgument",
    "InvalidFacts",
    "Outcome",
    "Report",
    "Verdict",
    "check",
    "check_files",
]

_MOST_NOTED = 1024
"""How many requests a checker remembers the notes of."""

_REQUEST = f'{{"{DEFAULT.member_name("source")}": "nightly"}}'
_FACTS = '{"account": "111122223333"}'
_CALLER = '{"arn": "arn:aws:iam::111122223333:role/exporter"}'


class InvalidFacts(ValueError):
    """The facts or the caller do not have the form of a preflight file; `faults` lists each error."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the messages of all faults."""
        return "; ".join(fault.message for fault in self.faults)


class Checker:
    """Checks requests against the same facts, which are read and compiled once.

    `facts` has the members `account` and `region`, and may have `organization`, `snapshots` and `buckets`; `caller` has
    `arn`, `policies` and so on. Both have the form of a preflight file: a missing member is unknown, and None is known
    not to exist. Paths in them are relative to the working directory, and the files are read when the checker is
    created. `rules` replaces the built-in rules. With `strict`, nothing is assumed. Raises InvalidFacts if facts or
    caller do not have that form, and InvalidArgument for an argument of the wrong type. Several threads may use one
    checker; their calls run one at a time.
    """

    def __init__(
        self,
        facts: Mapping[str, Any],
        caller: Mapping[str, Any] | None = None,
        rules: Iterable[Rule] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        require_mapping("facts", facts, _FACTS)
        require_mapping("caller", caller, _CALLER, or_none=True)
        require_flag("strict", strict)
        judged_by = builtin_rules() if rules is None else rules_of(rules)
        preflight = _preflight(facts, caller)
        self._checker = RequestChecker(preflight.facts, preflight.caller, judged_by, strict=strict)
        self._strict = strict
        self._preflight = preflight._replace(named={})  # facts of a program are not there for one request
        self._notes: dict[tuple[object, ...], tuple[Note, ...]] = {}
        self._lock = Lock()

    def check(self, request: Mapping[str, Any]) -> Report:
        """Check every condition of one proposed request, and return the report.

        `request` has the members of the call, and `operation` if it is not the default one. Errors in the request are
        verdicts, not exceptions, and so are those of snaplint in a check: `Report.broken`. Raises InvalidArgument if
        `request` is no mapping.
        """
        require_mapping("request", request, _REQUEST)
        proposed = ProposedRequest(request)
        with self._lock:
            verdicts = self._checker.check(proposed)
            noted = self._noted(proposed)
        return Report({"operation": proposed.operation.name, **request}, verdicts, noted, self._strict)

    def _noted(self, proposed: ProposedRequest) -> tuple[Note, ...]:
        """Return the notes on one request; requests that use the same names share them."""
        names = (proposed.operation.name, proposed.source, proposed.target, proposed.bucket)
        if names not in self._notes:
            if len(self._notes) >= _MOST_NOTED:
                self._notes.clear()
            self._notes[names] = tuple(notes(self._preflight._replace(requests=(proposed,))))
        return self._notes[names]


def check(
    request: Mapping[str, Any],
    facts: Mapping[str, Any],
    caller: Mapping[str, Any] | None = None,
    *,
    rules: Iterable[Rule] | None = None,
    strict: bool = False,
) -> Report:
    """Check every condition of one proposed request: `Checker(facts, caller, rules, strict=strict).check(request)`.

    For several requests with the same facts, a `Checker` is much faster.
    """
    return Checker(facts, caller, rules, strict=strict).check(request)


def check_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    rules: Iterable[Rule] | None = None,
    strict: bool = False,
    exclude: str | Iterable[str] = (),
    allow_outside: bool = False,
) -> FilesReport:
    """Check every condition of the requests in preflight files, as `snaplint check PATH …` does, and return the report.

    `paths` are files, and folders that are searched for files with the suffixes `.snaplint.yaml`, `.snaplint.yml` and
    `.snaplint.json`; `-` is standard input. What cannot be read is in `FilesReport.faults`. `exclude` holds patterns of
    paths to skip in folders, and `allow_outside` lets files refer to files outside their project. `rules` and `strict`
    are as in `Checker`. Settings files are not read. Raises InvalidArgument for an argument of the wrong type.
    """
    from snaplint.lint.linter import check_paths
    from snaplint.read.discover import discover

    require_flag("strict", strict)
    require_flag("allow_outside", allow_outside)
    named = texts_of("paths", paths, "a path")
    skipped = texts_of("exclude", exclude, "a pattern")
    judged_by = builtin_rules() if rules is None else rules_of(rules)
    files, faults = parted(discover(named, skipped, allow_outside=allow_outside))
    checked = check_paths(files, judged_by, strict=strict, allow_outside=allow_outside, named=named)
    return FilesReport((*faults, *checked), judged_by, strict=strict)


def _preflight(facts: Mapping[str, Any], caller: Mapping[str, Any] | None) -> Preflight:
    """Return facts and caller, read as a preflight file with an unused request. Raise InvalidFacts."""
    data = {"version": 1, **facts, "requests": [{}], **({} if caller is None else {"caller": caller})}
    found, faults = parted(read_preflight(_document(data), Files(), form="python"))
    if faults:
        raise InvalidFacts(faults)
    (preflight,) = found
    return preflight


def _document(data: object) -> Document:
    """Return values from Python as a document; dates, which answers of boto3 contain, become text.

    Raise InvalidFacts for values that JSON cannot represent.
    """
    import json

    try:
        return parse("<python>", json.dumps(data, indent=1, default=_plain).encode())
    except Unreadable as error:
        raise InvalidFacts([error.fault("<python>")]) from None
    except (TypeError, ValueError, RecursionError) as error:  # a key that is not text, or a value that contains itself
        raise InvalidFacts([Fault("<python>", 1, 1, str(error).lower())]) from None


def _plain(value: object) -> object:
    """Return a value that `json` does not know as one that it does: a mapping as a dict, everything else as text."""
    return dict(value) if isinstance(value, Mapping) else str(value)

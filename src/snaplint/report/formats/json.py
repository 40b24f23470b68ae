"""`--format json`, version 1, which is frozen: no key is renamed, moved or removed; another shape is a new version.

schemas/report-v1.schema.json describes the form. Most verdicts pass or do not apply, and these have only the members
that have a use without a finding. The text is ASCII: every other character is escaped, so that no lone surrogate,
control character or terminal escape of an input gets through. Each result is on one line.
"""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.findings.fingerprint import Fingerprints
from snaplint.findings.result import Note
from snaplint.findings.verdict import NOT_APPLICABLE, PASSES, worst
from snaplint.operations.proposed import ProposedRequest
from snaplint.report.causes import Causes
from snaplint.report.whole import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from snaplint.base.source import Place, Route
    from snaplint.findings.locator import Locator
    from snaplint.findings.result import Reported, Result, Tally
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Blame, Verdict
    from snaplint.report.causes import CauseEntry
    from snaplint.report.run import Run

    Json = dict[str, object]
    Encode = Callable[[object], str]

FOR = "for programs"
SCHEMA_VERSION = 1
_SETTLED = (PASSES, NOT_APPLICABLE)
DEEPEST = 100
"""How deep the members of a request are followed. Files of that depth are rejected; values from Python are not."""

_AT_ONCE = 4096


def chunks(stream: Iterable[Reported], run: Run) -> Iterator[str]:
    """Yield the report as pieces of text, in order: one per result, then one with the rest."""
    from json.encoder import JSONEncoder, encode_basestring_ascii

    encode = JSONEncoder(allow_nan=False, check_circular=False).encode
    fingerprints, causes = Fingerprints(), Causes()
    write = _Writer(encode, encode_basestring_ascii)
    errors: list[Json] = []
    notes: list[Json] = []
    yield f'{{"schema_version": {SCHEMA_VERSION}, "snaplint": {encode(run.version)},\n "results": ['
    between = "\n"
    for each in stream:
        if isinstance(each, Fault):
            causes.add_fault(_masked(each))
            errors.append(_masked(each)._asdict())
            continue
        if isinstance(each, Note):
            notes.append(each._asdict())
            continue
        of_rule = causes.add(each)
        text, fault = written(each, run, lambda result: write.result(result, fingerprints, of_rule))  # noqa: B023
        if fault is not None:
            causes.add_fault(_masked(fault))
            errors.append(_masked(fault)._asdict())
        if text:
            yield between + text
            between = ",\n"
    found = ",\n".join(_cause(entry, encode) for entry in causes.entries())
    yield f'],\n "causes": [{found}],\n "errors": {encode(errors)},\n "notes": {encode(notes)},\n'
    policy, opinion = (None, None) if run.audit is None else (run.audit.reading_policy, run.audit.second_opinion())
    yield f' "reading_policy": {encode(policy)}, "second_opinion": {encode(opinion)},\n'
    yield f' "summary": {encode(_summary(run.tally))}}}\n'


class _Writer:
    """Writes results as JSON. The constant texts of a rule, which are most of the report, are encoded once."""

    def __init__(self, encode: Encode, quoted: Callable[[str], str]) -> None:
        self.encode = encode
        self.quoted = quoted
        self._constant: dict[str, tuple[str, str]] = {}

    def result(self, result: Result, fingerprints: Fingerprints, causes: Mapping[str, list[CauseEntry]]) -> str:
        place = result.source.place(result.route) if result.source else None
        fingerprint = fingerprints.of(result, place.path if place else None)
        verdicts = ", ".join(
            [
                self.settled(verdict)
                if verdict.verdict in _SETTLED
                else self.verdict(verdict, result.source, fingerprint(verdict.rule.id), causes.get(verdict.rule.id, ()))
                for verdict in result.verdicts
            ]
        )
        request = self.encode(_request(result, place))
        note = self.encode(ProposedRequest(result.request).effect)
        return (
            f'{{"request": {request}, "note": {note}, "outcome": "{worst(result.verdicts)}", "verdicts": [{verdicts}]}}'
        )

    def settled(self, verdict: Verdict) -> str:
        """Return a verdict that passes or does not apply."""
        name, _ = self.constant(verdict.rule)
        assumes = f', "assumes": {self.encode(verdict.assumes)}' if verdict.assumes else ""
        return (
            f'{{"rule": {name}, "verdict": "{verdict.verdict}", "severity": "{verdict.severity}", '
            f'"certainty": "{verdict.certainty}", "message": {self.quoted(verdict.message)}{assumes}}}'
        )

    def verdict(self, verdict: Verdict, source: Locator | None, fingerprint: str, causes: Sequence[CauseEntry]) -> str:
        name, constant = self.constant(verdict.rule)
        because = [_because(blame, source) for blame in verdict.because]
        return (
            f'{{"rule": {name}, "verdict": "{verdict.verdict}", "severity": "{verdict.severity}", '
            f'"certainty": "{verdict.certainty}", "message": {self.quoted(verdict.message)}, '
            f'"predicts": {self.small(_predicts(verdict), "null")}, {constant}, "fingerprint": "{fingerprint}", '
            f'"location": {self.location(source, verdict.route)}, "assumes": {self.small(verdict.assumes)}, '
            f'"because": {self.small(because)}, "depends_on": {self.small(verdict.depends_on)}, '
            f'"causes": {self.small([entry.id for entry in causes])}, '
            f'"repair": {self.small(_repair(verdict), "null")}}}'
        )

    def small(self, value: object, nothing: str = "[]") -> str:
        """Encode a value that is usually empty."""
        return self.encode(value) if value else nothing

    def location(self, source: Locator | None, route: Route) -> str:
        place = source.place(route) if source else None
        if place is None:
            return "null"
        line, column, end_line, end_column = place.span
        return (
            f'{{"path": {self.quoted(place.path)}, "line": {line}, "column": {column}, '
            f'"end_line": {end_line}, "end_column": {end_column}}}'
        )

    def constant(self, rule: Rule) -> tuple[str, str]:
        """Return the rule's id, and its solution and docs, encoded."""
        known = self._constant.get(rule.id)
        if known is None:
            texts = f'"solution": {self.encode(rule.solution)}, "docs": {self.encode(rule.docs)}'
            known = self._constant[rule.id] = (self.encode(rule.id), texts)
        return known


def _masked(fault: Fault) -> Fault:
    """Return an input error. Its path may be a URL with a password that was given in place of a path."""
    if "://" in fault.path:
        from snaplint.base.secrets import masked_argument, masked_urls

        return fault._replace(path=masked_argument(fault.path), message=masked_urls(fault.message))
    return fault


def _request(result: Result, place: Place | None) -> Json:
    """Return the operation, the members as given, and the location, which replaces a member of that name."""
    members: Json = {"operation": result.request.get("operation")}
    for name, value in result.request.items():
        members[name] = _plain(value)
    members.pop("location", None)
    members["location"] = {"path": place.path, "line": place.span.line, "column": place.span.column} if place else None
    return members


def _predicts(verdict: Verdict) -> Json | None:
    """Return AWS's predicted answer for a verdict that fails or is undetermined; None if none is known."""
    if verdict.predicts is None and verdict.code is None:
        return None
    return (
        {"message": verdict.predicts} if verdict.code is None else {"message": verdict.predicts, "code": verdict.code}
    )


def _because(blame: Blame, source: Locator | None) -> Json:
    place = blame.place(source)
    return {
        "path": place.path if place else None,
        "line": place.span.line if place else None,
        "column": place.span.column if place else None,
        "layer": blame.layer,
        "sid": blame.sid,
        "effect": blame.effect,
        "text": blame.text,
    }


def _cause(entry: CauseEntry, encode: Encode) -> str:
    cause, place = entry.cause, entry.place
    head: Json = {
        "id": entry.id,
        "kind": cause.kind,
        "verdict": entry.verdict,
        "severity": entry.severity,
        "message": entry.message,
        "location": {"path": place.path, **place.span._asdict()} if place else None,
        "layer": cause.layer or None,
        "sid": cause.sid,
        "effect": cause.effect,
        "rules": list(entry.rules),
    }
    rest: Json = {
        "advises": list(entry.advises),
        "repair": entry.repair,
        "settle": list(cause.settle),
    }
    return f'{encode(head)[:-1]}, "requests": [{_numbers(entry.requests)}], {encode(rest)[1:]}'


def _numbers(numbers: Sequence[int]) -> str:
    """Return numbers with commas between them, a few at a time: there may be millions."""
    some = range(0, len(numbers), _AT_ONCE)
    return ", ".join(", ".join(map(str, numbers[first : first + _AT_ONCE])) for first in some)


def _repair(verdict: Verdict) -> str | None:
    """Return what to change first."""
    return next((str(cause.repair) for cause in verdict.causes if cause.repair), None)


def _summary(tally: Tally) -> Json:
    return {
        "requests": tally.requests,
        "fails": tally.fails,
        "passes": tally.passes,
        "cannot-tell": tally.cannot_tell,
        "cannot-tell-documented": tally.documented_undetermined,
        "not-applicable": tally.not_applicable,
    }


def _plain(value: object, inside: tuple[int, ...] = ()) -> object:
    """Return a member of the request as JSON can represent it; a value without a JSON form becomes text.

    `inside` has the ids of the containers around the value. A container that contains itself, or is too deep, becomes
    "…".
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < 4096 else hex(value)  # Python refuses to write longer ones in decimal
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # JSON has neither infinities nor NaN
    if not isinstance(value, (dict, list, tuple)):
        return str(value)
    if id(value) in inside or len(inside) >= DEEPEST:
        return "…"
    inside = (*inside, id(value))
    if isinstance(value, dict):
        return {str(name): _plain(item, inside) for name, item in value.items()}
    return [_plain(item, inside) for item in value]

"""`--format text`, for people: every failure with its frame, the undetermined conditions, and a summary line."""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.findings.result import Note, Tally
from snaplint.findings.verdict import CANNOT_TELL, FAILS, NOT_APPLICABLE, PASSES
from snaplint.operations.proposed import ProposedRequest
from snaplint.report.summary import other_counts, summary
from snaplint.report.terminal import sanitise, shown, told, usable_width, wrap
from snaplint.report.whole import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.findings.result import Reported, Result
    from snaplint.findings.verdict import Verdict
    from snaplint.report.run import Run
    from snaplint.report.terminal import Style

FOR = "for people"
_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def chunks(stream: Iterable[Reported], run: Run) -> Iterator[str]:
    """Yield the report as pieces of text that end with a line end: one per result, and one for the rest.

    The rest is the notes and the input errors, each in the order of the stream, and the summary, which is always the
    last line. With `quiet` there are no notes of severity `info`.
    """
    style = run.style._replace(width=usable_width(run.style.width))
    faults: list[str] = []
    noted: list[str] = []
    for each in stream:
        if isinstance(each, Fault):
            faults.append(fault_line(each, style))
            continue
        if isinstance(each, Note):
            noted += [note_line(each, style)] if not run.quiet or each.severity != "info" else []
            continue
        text, fault = written(each, run, lambda result: _joined(_result(result, run, style)))
        faults += [] if fault is None else [fault_line(fault, style)]
        if text:
            yield text
    yield _joined([*noted, *faults, *_summary(run, style, after=bool(noted or faults))])


def _result(result: Result, run: Run, style: Style) -> list[str]:
    return _quiet(result, style) if run.quiet else [*_request(result, style, run.verbose), ""]


def _summary(run: Run, style: Style, *, after: bool) -> list[str]:
    """Return the lines of the summary, with an empty line before it if it is `after` notes or input errors."""
    role, text = summary(run.tally, quiet=run.quiet)
    if run.quiet:
        return [style.paint(role, text)]
    return [""] * after + [style.paint(role, line) for line in wrap(text, style.width)]


def fault_line(fault: Fault, style: Style) -> str:
    """Return an input error with its place in one line, without a line end."""
    place = style.paint("strong", f"{shown(fault.path)}:{fault.line}:{fault.column}:")
    return f"{place} {told(fault.message)}"


def note_line(note: Note, style: Style) -> str:
    """Return a note with its place in one line, without a line end."""
    place = style.paint("strong", f"{sanitise(note.path)}:{note.line}:{note.column}:")
    return f"{place} {style.paint(note.severity, f'note[{note.rule}]')}: {sanitise(note.message)}"


def title(result: Result) -> str:
    """Return a request in few words: what is copied, and where to."""
    request = ProposedRequest(result.request)
    source, target, bucket = (_name(request.value(role)) for role in ("source", "target", "bucket"))
    if request.is_export:
        return f"{target} -> {bucket if '://' in bucket else 's3://' + bucket}"
    return f"{source} -> {target}"


def _name(value: object) -> str:
    """Return a member of the request as it appears in a title; `?` if it is missing or not text."""
    if value is None:
        return "?"
    return sanitise(value) or '""' if isinstance(value, str) else "?"


def _request(result: Result, style: Style, verbose: bool) -> list[str]:
    """Return all lines about one request, below its heading."""
    lines = [*_heading(result, style), *_effect(result, style)]
    begun = len(lines)
    failures, doubtful = _failures(result), _of(result, CANNOT_TELL)
    if failures:  # a request without failures, the usual case in a hook, does not load the code that draws frames
        from snaplint.report.diagnostic import diagnostic

        lines += [line for verdict in failures for line in ("", *diagnostic(verdict, result.source, style))]
    if doubtful:
        from snaplint.report.undetermined import undetermined

        lines += ["", *undetermined(doubtful, result.source, style)]
    rest = _rest(result, style, verbose)
    return [*lines, *([""] if rest and len(lines) > begun + 1 else []), *rest]


def _effect(result: Result, style: Style) -> list[str]:
    """Return what the call does, if that may not be what the user wants: the first line below the heading."""
    effect = ProposedRequest(result.request).effect
    return [style.paint("warning", line) for line in wrap(f"note: {effect}", style.width, indent=2)] if effect else []


def _heading(result: Result, style: Style) -> list[str]:
    place = result.source.place(result.route) if result.source else None
    where = f"{sanitise(place.path)}:{place.span.line}" if place else ""
    first, *rest = wrap(title(result), style.width, indent=2, used=len(where) + 2 if where else 0)
    head = (
        f"{style.paint('gutter', where)}  {style.paint('strong', first)}".rstrip()
        if where
        else style.paint("strong", first)
    )
    return [head, *(style.paint("strong", line) for line in rest)]


def _rest(result: Result, style: Style, verbose: bool) -> list[str]:
    """Return the conditions that pass or do not apply, counted or listed, and the assumptions behind the passes."""
    tally = Tally()
    tally.add(result)
    lines: list[str] = []
    if verbose:
        for verdict in _of(result, PASSES):
            lines += _listed("ok", "ok", verdict, "", style)
        for verdict in _of(result, NOT_APPLICABLE):
            lines += _listed("faint", "--", verdict, " does not apply", style)
    elif other_counts(tally):
        lines += wrap(", ".join(other_counts(tally)), style.width)
    assumed = dict.fromkeys(name for verdict in _of(result, PASSES) for name in verdict.assumes)
    if assumed:
        names = ", ".join(map(sanitise, assumed))
        text = f"not provided and assumed to have no effect: {names} (--strict assumes nothing)"
        lines += [style.paint("warning", line) for line in wrap(text, style.width, indent=2)]
    return lines


def _listed(role: str, mark: str, verdict: Verdict, claim: str, style: Style) -> list[str]:
    text = sanitise(verdict.rule.id) + claim
    if verdict.message:
        text += f": {sanitise(verdict.message)}"
    first, *rest = wrap(text, style.width, indent=3, used=3)
    return [f"{style.paint(role, mark)} {first}", *rest]


def _quiet(result: Result, style: Style) -> list[str]:
    """Return one line per failure, in the form that editors parse; without a file it begins with the title."""
    from snaplint.report.diagnostic import location

    lines = []
    for verdict in _failures(result):
        place = result.source.place(verdict.route) if result.source else None
        tag = style.paint(verdict.severity, f"{verdict.severity}[{sanitise(verdict.rule.id)}]")
        lines.append(f"{location(place) if place else title(result)}: {tag} {sanitise(verdict.message)}")
    return lines


def _failures(result: Result) -> list[Verdict]:
    """Return the failures, the most severe first; among equals, those in the request itself first."""
    return sorted(_of(result, FAILS), key=_rank)


def _rank(verdict: Verdict) -> tuple[int, bool]:
    return _GRAVITY.get(verdict.severity, len(_GRAVITY)), not verdict.rule.check.startswith("request.")


def _of(result: Result, word: str) -> list[Verdict]:
    return [verdict for verdict in result.verdicts if verdict.verdict == word]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""

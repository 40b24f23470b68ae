"""`--format text`, for people: one block for each cause in causal order, what is undetermined, and a summary line."""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.base.wording import counted
from snaplint.findings.cause import INPUT
from snaplint.findings.result import Note
from snaplint.findings.verdict import PASSES
from snaplint.operations.proposed import ProposedRequest
from snaplint.report.summary import summary
from snaplint.report.terminal import sanitise, shown, told, usable_width, wrap
from snaplint.report.title import MOST_PLACES, lines_of, title
from snaplint.report.whole import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from snaplint.base.source import Place
    from snaplint.findings.result import Reported, Result
    from snaplint.report.causes import Causes
    from snaplint.report.run import Run
    from snaplint.report.terminal import Style

FOR = "for people"
MOST_CAUSES = 10_000
"""How many causes are kept to be listed."""


def chunks(stream: Iterable[Reported], run: Run) -> Iterator[str]:
    """Yield the report as pieces of text that end with a line end; the summary is the last line.

    Causes are known when the stream has ended, so there is one piece, and before it one for each request if the report
    is verbose.
    """
    report = _Report(run._replace(style=run.style._replace(width=usable_width(run.style.width))))
    for each in stream:
        if isinstance(each, Fault):
            report.causes.add_fault(each)
        elif isinstance(each, Note):
            report.notes.append(each)
        else:
            text, fault = written(each, run, report.add)
            if fault is not None:
                report.causes.add_fault(fault)
            if text:
                yield text
    yield _joined(report.lines())


class _Report:
    """What the report remembers of the stream: the causes, the notes, and what requests have in common."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.style = run.style
        self.notes: list[Note] = []
        self._causes: Causes | None = None
        self._number = 0
        self._heading: list[str] = []
        self._assumed: dict[str, None] = {}
        self._effects: dict[str, tuple[int, tuple[Place | None, ...]]] = {}

    @property
    def causes(self) -> Causes:
        """The causes; a run in which everything passes does not load the code for them."""
        if self._causes is None:
            from snaplint.report.causes import Causes

            self._causes = Causes(self._number, MOST_CAUSES)
        return self._causes

    def add(self, result: Result) -> str:
        """Remember a result. Return the list of its verdicts if the report is verbose, else "".

        What may raise an exception comes first, so that nothing is counted twice when a result is added again.
        """
        text = self._listed(result) if self.run.verbose and not self.run.quiet else ""
        effect = ProposedRequest(result.request).effect
        place = result.source.place(result.route) if effect and result.source is not None else None
        if not self._number:
            self._heading = _heading(result, self.style)
        if self._causes is not None or any(verdict.causes for verdict in result.verdicts):
            self.causes.add(result)
        for verdict in result.verdicts:
            if verdict.assumes and verdict.verdict == PASSES:
                self._assumed.update(dict.fromkeys(verdict.assumes))
        if effect:
            number, places = self._effects.get(effect, (0, ()))
            self._effects[effect] = (number + 1, places if number >= MOST_PLACES else (*places, place))
        self._number += 1
        return text

    def _listed(self, result: Result) -> str:
        from snaplint.report.listing import listing

        return _joined([*_heading(result, self.style), *listing(result, self.style), ""])

    def lines(self) -> list[str]:
        """Return the lines of the report, or the rest of a verbose one."""
        run, style, alone = self.run, self.style, self._number == 1
        entries = [] if self._causes is None else self._causes.entries()
        if not entries:
            sections = [self._opening(), self._noted(), self._assumptions()]
            return _report(sections, run, 0)
        from snaplint.report import sections as made

        failing = [entry for entry in entries if not made.is_open(entry)]
        open_ = [entry for entry in entries if made.is_open(entry)]
        number = sum(entry.cause.kind != INPUT and _counts(entry.severity, run) for entry in failing)
        number += sum(_counts(note.severity, run) for note in self.notes)
        if run.quiet:
            return _report([[*made.quiet_lines(entries, run), *self._noted()]], run, number)
        sections = [self._opening(), *made.blocks(failing, run, alone=alone), self._noted()]
        sections += [made.about_undetermined(open_, run, alone=alone), self._assumptions()]
        sections.append(made.about_commands(open_, style))
        return _report([*sections, made.pointer(entries, run) if alone else []], run, number)

    def _opening(self) -> list[str]:
        """Return the title of the only request, and what calls do if that may not be what the user wants."""
        lines = self._heading if self._number == 1 and not self.run.verbose else []
        for effect, (number, places) in self._effects.items():
            where = lines_of(places, number)
            if self._number > 1:
                effect += f" ({counted(number, 'request')}{': ' if where else ''}{where})"
            lines += [self.style.paint("warning", line) for line in wrap(f"note: {effect}", self.style.width, indent=2)]
        return lines if not self.run.quiet else []

    def _noted(self) -> list[str]:
        notes = [note for note in self.notes if not self.run.quiet or note.severity != "info"]
        return [note_line(note, self.style) for note in notes]

    def _assumptions(self) -> list[str]:
        if not self._assumed or self.run.quiet:
            return []
        names = ", ".join(map(sanitise, self._assumed))
        text = f"not provided and assumed to have no effect: {names} (--strict assumes nothing)"
        return [self.style.paint("warning", line) for line in wrap(text, self.style.width, indent=2)]


def _report(sections: list[list[str]], run: Run, number: int) -> list[str]:
    """Return sections, with an empty line after each, and the summary; a quiet report has no empty lines."""
    is_blank = run.audit is not None and run.audit.is_blank
    role, text = summary(run.tally, number, fail_on=run.fail_on, quiet=run.quiet, is_blank=is_blank)
    if run.quiet:
        return [*(line for section in sections for line in section), run.style.paint(role, text)]
    beside = [] if run.audit is None else run.audit.text(run.style).splitlines()
    body = [line for section in (*sections, beside) if section for line in (*section, "")]
    return [*body, run.style.paint(role, text)]  # one line, however narrow the terminal is: programs look for it


def fault_line(fault: Fault, style: Style) -> str:
    """Return an input error with its place in one line, without a line end."""
    place = style.paint("strong", f"{shown(fault.path)}{fault.position}:")
    return f"{place} {told(fault.message)}"


def _counts(severity: str, run: Run) -> bool:
    """Return True if the summary counts a severity as a failure: an `info` is a note, unless the run fails on it."""
    return severity != "info" or run.fail_on == "info"


def note_line(note: Note, style: Style) -> str:
    """Return a note with its place in one line, without a line end."""
    place = style.paint("strong", f"{sanitise(note.path)}:{note.line}:{note.column}:")
    tag = f"{'warning' if note.severity == 'warning' else 'note'}[{sanitise(note.rule)}]"
    return f"{place} {style.paint(note.severity, tag)}: {sanitise(note.message)}"


def _heading(result: Result, style: Style) -> list[str]:
    place = result.source.place(result.route) if result.source else None
    where = f"{sanitise(place.path)}:{place.span.line}" if place else ""
    first, *rest = wrap(title(result.request), style.width, indent=2, used=len(where) + 2 if where else 0)
    head = (
        f"{style.paint('gutter', where)}  {style.paint('strong', first)}".rstrip()
        if where
        else style.paint("strong", first)
    )
    return [head, *(style.paint("strong", line) for line in rest)]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""

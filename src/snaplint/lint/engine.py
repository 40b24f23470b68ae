"""The rule engine: it gives one verdict per rule and request.

A check yields findings, and the engine reduces them to the verdict of the rule. It is pure: the same request, facts and
rules give the same verdicts.
"""

from __future__ import annotations

from snaplint.base.breakage import described, error_of_check, lacks_memory
from snaplint.checks.registry import CHECKS, READS
from snaplint.findings.cause import INPUT, Cause
from snaplint.findings.rule import SEVERITIES
from snaplint.findings.verdict import (
    CANNOT_TELL,
    FAILS,
    NOT_APPLICABLE,
    PASSES,
    Blame,
    BrokenVerdict,
    CannotTell,
    Fails,
    NotApplicable,
    Passes,
    Verdict,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snaplint.base.source import Route
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import Finding, Outcome
    from snaplint.lint.kept import SameName


def judge(
    rules: Iterable[Rule], proposal: Proposal, *, strict: bool = False, kept: Mapping[str, SameName] | None = None
) -> tuple[Verdict, ...]:
    """Return one verdict per rule, in the order of the rules.

    If `strict` is True, a condition that passes only on an assumption is undetermined. A check that raises leaves its
    own rule undetermined: the other rules do not rest on it. A lack of memory is no error of a check and is raised.
    `kept` has the verdicts of other requests, by what their checks read.
    """
    kept = kept or {}
    verdicts = [_kept(rule, proposal, strict, kept.get(READS.get(rule.check, ""))) for rule in rules]
    if any(verdict.causes for verdict in verdicts):
        from snaplint.lint.causes import with_consequences  # only if something fails or is undetermined

        return with_consequences(verdicts)
    return tuple(verdicts)


def broken(rule: Rule, route: Route, error: Exception) -> BrokenVerdict:
    """Return the verdict of a rule whose check raised an exception for the request at `route`."""
    message = f"snaplint broke while it checked this: {described(error)}"
    causes = (Cause(INPUT, message, route, name=rule.id),)
    verdict = BrokenVerdict(
        rule, CANNOT_TELL, rule.severity, rule.certainty, route, message, code=rule.code, causes=causes
    )
    verdict.error = error
    return verdict


def _kept(rule: Rule, proposal: Proposal, strict: bool, kept: SameName | None) -> Verdict:
    """Return the verdict that was kept of another request, or judge the rule and keep the verdict."""
    if kept is None:
        return _unbroken(rule, proposal, strict)
    verdict = kept.get(rule.id, proposal)
    if verdict is None:
        verdict = _unbroken(rule, proposal, strict)
        kept.keep(verdict, proposal)
    return verdict


def _unbroken(rule: Rule, proposal: Proposal, strict: bool) -> Verdict:
    try:
        return _judge(rule, proposal, strict)
    except BaseException as raised:
        error = error_of_check(raised)
        if error is None or lacks_memory(error):
            raise
        return broken(rule, proposal.request.route, error)


def _judge(rule: Rule, proposal: Proposal, strict: bool) -> Verdict:
    reason = _not_applicable_reason(rule, proposal)
    if reason:
        return Verdict(rule, NOT_APPLICABLE, rule.severity, rule.certainty, proposal.request.route, reason)
    findings = _findings(rule, proposal)
    if len(findings) == 1 and isinstance(findings[0], Passes):  # the usual case
        return _passes(rule, proposal, findings[0], strict)
    if strict:
        findings = tuple(_under_strict(finding) for finding in findings)
    fails = [finding for finding in findings if isinstance(finding, Fails)]
    if fails:
        return _failing(rule, proposal, fails)
    for finding in findings:
        if isinstance(finding, CannotTell):
            return _undetermined(rule, proposal, _without_assumptions(finding) if strict else finding)
    for finding in findings:
        if isinstance(finding, NotApplicable):
            return _verdict(rule, NOT_APPLICABLE, finding)
    passes = (
        findings[0]
        if findings and isinstance(findings[0], Passes)
        else Passes(proposal.request.route, "no problem was found")
    )
    return _passes(rule, proposal, passes, strict)


def _findings(rule: Rule, proposal: Proposal) -> tuple[Finding, ...]:
    return tuple(CHECKS[rule.check].run(proposal, rule.params))


def _passes(rule: Rule, proposal: Proposal, passes: Passes, strict: bool) -> Verdict:
    if strict and passes.assumes:
        return _undetermined_pass(rule, proposal, passes)
    return Verdict(
        rule,
        PASSES,
        rule.severity,
        passes.certainty or rule.certainty,
        passes.route,
        passes.text,
        because=passes.because,
        assumes=passes.assumes,
    )


def _not_applicable_reason(rule: Rule, proposal: Proposal) -> str | None:
    """Return why the rule does not apply to this request, or None if it does."""
    request = proposal.request
    operation = request.operation
    if operation.name not in rule.operations:
        return f"the rule does not apply to {operation.name}"
    if rule.applies in ("always", request.mode.name):
        return None
    return operation.not_in_mode(rule.applies)


def _failing(rule: Rule, proposal: Proposal, fails: Sequence[Fails]) -> Verdict:
    """Return one verdict for all failures of a check: the first of the most severe gives severity and message."""
    from snaplint.lint.causes import causes_of_failure  # only if something fails

    first = min(fails, key=lambda finding: SEVERITIES.index(finding.severity or rule.severity))
    rest = [finding for finding in fails if finding is not first]
    because = tuple(dict.fromkeys((*first.because, *_places(rest))))
    text = first.text + (f" (and {len(rest)} more)" if rest else "")
    finding = first._replace(text=text, because=because)
    verdict = _verdict(rule, FAILS, finding, _predicted(rule, proposal, first.values))
    return verdict._replace(causes=causes_of_failure(rule, (first, *rest)))


def _places(fails: Iterable[Fails]) -> Iterator[Blame]:
    for finding in fails:
        yield from finding.because or (Blame(finding.route, "request", finding.text),)


def _undetermined(rule: Rule, proposal: Proposal, finding: CannotTell) -> Verdict:
    from snaplint.lint.causes import causes_of_doubt  # only if something is undetermined

    causes = causes_of_doubt(proposal, finding)
    reasons = proposal.facts.reasons
    if reasons:
        found = dict.fromkeys(reasons[need] for need in finding.needs if need in reasons)
        why = "; ".join(reason for reason in found if reason not in finding.text)
        finding = finding._replace(text=f"{finding.text} ({why})") if why else finding
    predicted = _predicted(rule, proposal, finding.values)
    return _verdict(rule, CANNOT_TELL, finding, predicted, finding.needs)._replace(causes=causes)


def _under_strict(finding: Finding) -> Finding:
    """Return the finding; undetermined if it is a failure that rests on an assumption."""
    if not isinstance(finding, Fails) or not finding.assumes:
        return finding
    text = f"{finding.text}, if the settings that are not provided have no effect"
    return CannotTell(
        finding.route, text, finding.assumes, finding.because, finding.values, certainty=finding.certainty
    )


def _without_assumptions(finding: CannotTell) -> CannotTell:
    """Return the finding with its assumptions turned into facts that it depends on."""
    return finding._replace(needs=(*finding.needs, *finding.assumes), assumes=())


def _undetermined_pass(rule: Rule, proposal: Proposal, passes: Passes) -> Verdict:
    text = (
        f"{passes.text}, if the policies that are not provided have no effect"
        if passes.text
        else "the condition passes if the policies that are not provided have no effect"
    )
    return _undetermined(
        rule, proposal, CannotTell(passes.route, text, passes.assumes, passes.because, certainty=passes.certainty)
    )


def _predicted(rule: Rule, proposal: Proposal, values: tuple[str, ...]) -> str | None:
    """Return AWS's message with each `%s` filled in, in order, from the finding's values, else with the bucket's name.

    A `%s` whose value is not known stays.
    """
    if rule.message is None:
        return None
    bucket = proposal.request.bucket
    if not values and isinstance(bucket, str):
        values = (bucket,)
    head, *rest = rule.message.split("%s")
    filled = (*values[: len(rest)], *("%s",) * (len(rest) - len(values)))
    return head + "".join(value + part for value, part in zip(filled, rest, strict=True))


def _verdict(
    rule: Rule, word: Outcome, finding: Finding, predicts: str | None = None, depends_on: tuple[str, ...] = ()
) -> Verdict:
    return Verdict(
        rule,
        word,
        getattr(finding, "severity", None) or rule.severity,
        getattr(finding, "certainty", None) or rule.certainty,
        finding.route,
        finding.text,
        predicts,
        rule.code if word in (FAILS, CANNOT_TELL) else None,
        getattr(finding, "because", ()),
        getattr(finding, "assumes", ()),
        depends_on,
    )

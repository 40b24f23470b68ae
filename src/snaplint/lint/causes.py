"""The causes of a verdict: those that its check names, or else those that follow from the finding itself."""

from __future__ import annotations

from snaplint.checks.export.answers import is_condition_key
from snaplint.checks.registry import CHECKS, REPLACED, USED
from snaplint.findings.cause import INPUT, MISSING_FACT, UNDOCUMENTED, Cause
from snaplint.findings.verdict import CANNOT_TELL, FAILS, BrokenVerdict
from snaplint.lint.elements import name_of_element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from snaplint.base.source import Fault
    from snaplint.checks.export.proposal import Proposal
    from snaplint.findings.rule import Rule
    from snaplint.findings.verdict import CannotTell, Fails, Verdict


def causes_of_failure(rule: Rule, findings: Iterable[Fails]) -> tuple[Cause, ...]:
    """Return what to change so that none of the failures of a check remains, each cause once."""
    causes: list[Cause] = []
    for finding in findings:
        causes += [cause for cause in finding.causes or (_itself(rule, finding),) if cause not in causes]
    return tuple(causes)


def _itself(rule: Rule, finding: Fails) -> Cause:
    """Return a failure as its own cause: at the statement or setting that it blames first, or at its own place."""
    kind = CHECKS[rule.check].blames
    if kind == "request" or not finding.because:
        compared = (*finding.because, *finding.compared)
        return Cause(kind, finding.text, finding.route, repair=finding.repair, compared=compared)
    blame, *others = finding.because
    return Cause(
        kind,
        finding.text,
        blame.route,
        blame.layer,
        blame.sid,
        blame.effect,
        blame.source,
        repair=finding.repair,
        label=blame.text,
        compared=(*others, *finding.compared),
    )


def causes_of_doubt(proposal: Proposal, finding: CannotTell) -> tuple[Cause, ...]:
    """Return what would settle an undetermined finding: facts, input that cannot be read, or undocumented behaviour."""
    if finding.causes:
        return finding.causes
    causes = list(_open(proposal, finding))
    causes += [_undocumented(text, finding) for text in finding.undocumented]
    return tuple(dict.fromkeys(causes)) or (_undocumented(finding.text, finding),)


def _undocumented(text: str, finding: CannotTell) -> Cause:
    """Return the cause of what AWS does not document and no fact would settle."""
    return Cause(UNDOCUMENTED, text, finding.route, name=text)


def _open(proposal: Proposal, finding: CannotTell) -> Iterator[Cause]:
    """Yield a cause for each fact and condition key that a finding depends on."""
    facts = proposal.facts
    for need in finding.needs:
        if need.lower() == "aws:principalarn" and "caller.role_arn" in finding.needs:
            continue  # it follows from the ARN of the role
        fault = input_error(facts.broken, need)
        if fault is not None:
            yield Cause(INPUT, fault.message, fault=fault)
        elif need in finding.undocumented_keys:
            text = f"AWS does not document the value of `{need}` in the requests of {proposal.writer.name}"
            yield Cause(UNDOCUMENTED, text, finding.route, name=need, compared=finding.because)
        else:
            from snaplint.lint.facts_in_words import missing_fact  # only if a fact is missing

            fact = missing_fact(need, proposal)
            compared = finding.because if is_condition_key(need) else ()
            yield Cause(MISSING_FACT, fact.text, finding.route, name=fact.name, settle=fact.commands, compared=compared)


def input_error(broken: Mapping[str, Fault], need: str) -> Fault | None:
    """Return the input error because of which a fact is not known; None if there is none.

    It is the error of the fact itself, of something that holds it, or of the whole file of facts, whose name is "".
    """
    name = need if broken else ""
    while name:
        if name in broken:
            return broken[name]
        name = name.rpartition(".")[0]
    return None if is_condition_key(need) else broken.get("")


def with_consequences(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return the verdicts of one request, with those that only follow from another one.

    A verdict about a bucket that must be replaced has that for its only cause: whether the policy of a bucket in
    another Region grants enough does not matter. What depends on an element of a policy that AWS would refuse has the
    error in this element for its cause.
    """
    return _about_replaced_buckets(_about_refused_elements(verdicts))


def _about_refused_elements(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    refused = [
        (name, cause)
        for verdict in verdicts
        if verdict.verdict == FAILS and verdict.rule.check == "policy.well-formed"
        for cause in verdict.causes
        if (name := name_of_element(cause.route))
    ]
    return tuple([_with_errors(each, refused) if each.verdict == CANNOT_TELL else each for each in verdicts])


def _with_errors(verdict: Verdict, refused: Sequence[tuple[str, Cause]]) -> Verdict:
    """Return an undetermined verdict with the errors of the elements that it depends on in place of the elements."""
    causes: list[Cause] = []
    replaced = 0
    for cause in verdict.causes:
        errors = [error for name, error in refused if cause.kind == MISSING_FACT and _overlap(name, cause.name)]
        replaced += bool(errors)
        causes += errors or [cause]
    if not replaced:
        return verdict
    return verdict._replace(causes=tuple(dict.fromkeys(causes)), follows=replaced == len(verdict.causes))


def _overlap(name: str, other: str) -> bool:
    """Return True if two names under `depends_on` are the same, or one is a part of the other."""
    return f"{name}.".startswith(f"{other}.") or f"{other}.".startswith(f"{name}.")


def _about_replaced_buckets(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    roots = [
        cause
        for verdict in verdicts
        if verdict.verdict == FAILS and verdict.severity == "error" and CHECKS[verdict.rule.check].bucket == REPLACED
        for cause in verdict.causes
    ]
    if not roots:
        return verdicts
    causes = tuple(dict.fromkeys(roots))
    return tuple([_with_roots(each, causes) for each in verdicts])


def _with_roots(verdict: Verdict, roots: tuple[Cause, ...]) -> Verdict:
    """Return a verdict with the bucket that must be replaced in place of the causes that concern that bucket."""
    if _follows(verdict):
        return verdict._replace(causes=roots, follows=True)
    others = tuple(cause for cause in verdict.causes if not cause.of_bucket)
    if len(others) == len(verdict.causes):
        return verdict
    return verdict._replace(causes=(*others, *roots), follows=not others)


def _follows(verdict: Verdict) -> bool:
    uses = CHECKS[verdict.rule.check].bucket == USED
    is_broken = isinstance(verdict, BrokenVerdict)  # its cause is the exception
    return uses and verdict.verdict in (FAILS, CANNOT_TELL) and not is_broken

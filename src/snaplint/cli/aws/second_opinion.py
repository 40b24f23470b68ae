"""`--second-opinion`: IAM's policy simulator is asked what snaplint decides of the caller, and the two are compared."""

from __future__ import annotations

from snaplint.base.source import Fault
from snaplint.checks.caller import wanted
from snaplint.findings.verdict import NOT_APPLICABLE
from snaplint.operations.proposed import ProposedRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from snaplint.collect import Connection, Refused
    from snaplint.collect.second_opinion import SimulatedAction
    from snaplint.findings.result import Result
    from snaplint.findings.rule import Rule
    from snaplint.report.second_opinion import ComparedVerdict
    from snaplint.report.terminal import Style

CHECK = "caller.allowed"
"""The check that decides what the caller may do; its rules say which actions they are about."""


class SecondOpinion:
    """Asks for all requests of some facts at once, then listens to the verdicts as they go by."""

    def __init__(self, rules: Sequence[Rule], facts: Mapping[str, Any], connection: Connection) -> None:
        from snaplint.collect.second_opinion import actions_to_simulate, second_opinion

        about_caller = [rule for rule in rules if rule.check == CHECK]
        self._asked = [
            {
                rule.id: actions_to_simulate(wanted(rule.params, request.operation), request, facts)
                for rule in about_caller
            }
            for request in map(ProposedRequest, facts["requests"])
        ]
        every = (question for by_rule in self._asked for asked in by_rule.values() for question in asked)
        self._opinion = second_opinion(connection, facts["caller"], every)
        self._compared: list[ComparedVerdict] = []

    @property
    def about(self) -> list[str]:
        """Whom IAM was asked about, and why it gave no answer: what may hold account numbers."""
        return [self._opinion.about, self._opinion.why]

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusal of the question."""
        return () if self._opinion.refused is None else (self._opinion.refused,)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the asking."""
        return self._opinion.why == "interrupted"

    def hearing(self, stream: Iterable[Result | Fault]) -> Iterator[Result | Fault]:
        """Return the same stream; the verdicts on the caller are noted as they go by."""
        asked = iter(self._asked)
        for each in stream:
            if not isinstance(each, Fault):
                self._note(each, next(asked))
            yield each

    def _note(self, result: Result, asked: Mapping[str, Sequence[SimulatedAction]]) -> None:
        """Note the verdicts on the caller of one request; `asked` holds what IAM was asked about it, by rule."""
        from snaplint.report.formats.text import title
        from snaplint.report.second_opinion import ComparedVerdict

        decisions = self._opinion.decisions
        for verdict in result.verdicts:
            if verdict.rule.id in asked and verdict.verdict != NOT_APPLICABLE:
                about = asked[verdict.rule.id]
                answered = bool(about) and all(question in decisions for question in about)
                denied = dict.fromkeys(each.action for each in about if decisions.get(each) != "allowed")
                known = list(denied) if answered else None
                self._compared.append(ComparedVerdict(title(result), verdict.rule.id, verdict.verdict, known))

    def text(self, about: object, style: Style) -> str:
        """The section of the report; `about` as it may be shown."""
        from snaplint.report.second_opinion import second_opinion_text

        whom, why = about if isinstance(about, list) else ("", "")
        return second_opinion_text(whom, self._compared, why, style)

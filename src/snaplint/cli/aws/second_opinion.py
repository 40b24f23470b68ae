"""`--second-opinion`: compare what snaplint decides about the caller with the answers of IAM's policy simulator."""

from __future__ import annotations

from snaplint.checks.caller import wanted
from snaplint.findings.result import Result
from snaplint.findings.verdict import NOT_APPLICABLE
from snaplint.operations.proposed import ProposedRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from snaplint.collect import Connection, Deadline, Refused
    from snaplint.collect.second_opinion import SimulatedAction
    from snaplint.findings.result import Reported
    from snaplint.findings.rule import Rule
    from snaplint.report.second_opinion import ComparedVerdict
    from snaplint.report.terminal import Style

CHECK = "caller.allowed"
"""The check that decides what the caller may do; the parameters of its rules name the actions."""


class SecondOpinion:
    """Asks the simulator about all requests of the facts at once, then compares the verdicts as they pass."""

    def __init__(
        self, rules: Sequence[Rule], facts: Mapping[str, Any], connection: Connection, deadline: Deadline
    ) -> None:
        from snaplint.collect.second_opinion import actions_to_simulate, second_opinion

        about_caller = [rule for rule in rules if rule.check == CHECK]
        self._actions = [
            {
                rule.id: actions_to_simulate(wanted(rule.params, request.operation), request, facts)
                for rule in about_caller
            }
            for request in map(ProposedRequest, facts["requests"])
        ]
        every = (action for by_rule in self._actions for actions in by_rule.values() for action in actions)
        self._opinion = second_opinion(connection, facts["caller"], every, deadline)
        self._compared: list[ComparedVerdict] = []
        self._drained = False

    @property
    def about(self) -> list[str]:
        """The ARN that IAM was asked about, and why there is no answer: both may hold account IDs."""
        return [self._opinion.about, self._opinion.why]

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusal, if IAM refused to answer."""
        return () if self._opinion.refused is None else (self._opinion.refused,)

    @property
    def interrupted(self) -> bool:
        """True if Ctrl-C ended the calls to the simulator."""
        return self._opinion.why == "interrupted"

    def watching(self, stream: Iterable[Reported]) -> Iterator[Reported]:
        """Yield the same stream, and note the verdicts on the caller as they pass: `text` needs it drained."""
        actions = enumerate(self._actions)
        for each in stream:
            if isinstance(each, Result):
                self._note(each, *next(actions))
            yield each
        self._drained = True

    def _note(self, result: Result, number: int, by_rule: Mapping[str, Sequence[SimulatedAction]]) -> None:
        """Note the verdicts on the caller of one request; `by_rule` holds the actions that IAM was asked about."""
        from snaplint.report.second_opinion import ComparedVerdict
        from snaplint.report.title import title

        decisions = self._opinion.decisions
        for verdict in result.verdicts:
            if verdict.rule.id in by_rule and verdict.verdict != NOT_APPLICABLE:
                actions = by_rule[verdict.rule.id]
                is_answered = bool(actions) and all(action in decisions for action in actions)
                denied = [*dict.fromkeys(each.action for each in actions if decisions.get(each) != "allowed")]
                answer = denied if is_answered else None
                self._compared.append(
                    ComparedVerdict(title(result.request), verdict.rule.id, verdict.verdict, answer, number)
                )

    def text(self, about: object, style: Style) -> str:
        """Return the section of the report, once the stream of `watching` is drained; `about` as it may be shown."""
        from snaplint.report.second_opinion import second_opinion_text

        arn, why = self._shown(about)
        return second_opinion_text(arn, self._compared, why, style)

    def data(self, about: object) -> dict[str, object]:
        """Return the same as it is in a JSON report."""
        from snaplint.report.second_opinion import second_opinion_data

        arn, why = self._shown(about)
        return second_opinion_data(arn, self._compared, why)

    def _shown(self, about: object) -> tuple[str, str]:
        assert self._drained, "the stream is not drained: verdicts may be missing"  # noqa: S101
        arn, why = about if isinstance(about, list) else ("", "")
        return arn, why

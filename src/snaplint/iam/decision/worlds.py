"""Requests whose outcome depends on what is unknown: decide every world, that is every combination that can occur.

Statements are correlated: an Allow that requires a header to be X and a Deny unless it is X depend on the same unknown
key. So each unknown key is tried with a sample of every kind of value that the statements distinguish (`domains`), what
cannot be read counts as true and as false (`choices`), and all combinations are decided at once (`diagram`). If all
worlds agree, that is the answer.

Otherwise `depends_on` names exactly what makes a difference: with these names known, whatever their values, the request
is allowed or denied, and no name is needless. A name is needless if two worlds that differ in it alone always agree.

If every world denies, the same is asked again: does a Deny match in every world, in none, or does it depend?

Samples are exact for texts, patterns, ARNs, addresses, numbers, dates, booleans and sets of values, for variables that
are compared with a known text, and for keys compared with each other as they are. Two things are tried as if they were
independent: the answers that one key gives to different kinds of tests (a pattern and a number), and the answer of an
unknown text to a template with other text around an unknown variable. That may turn an answer into `Depends` or name a
key too many, but never decides what is not certain.

The work is bounded, for a request and for all requests of a file together (`budget`). Beyond the bounds the answer is
`Depends` on everything in question, and says that it was cut short.
"""

from __future__ import annotations

from snaplint.iam.asked.services import OWNER_KEYS
from snaplint.iam.decision.answer import ALLOWED, DEPENDS, EXPLICITLY_DENIED, IMPLICITLY_DENIED, Decision, in_order
from snaplint.iam.decision.budget import TooMuch
from snaplint.iam.decision.clauses import Clauses, relevant_hits
from snaplint.iam.decision.decide import OWNER, differing, tally
from snaplint.iam.decision.diagram import ALWAYS, NEVER, Diagram, Exploration
from snaplint.iam.decision.witnesses import all_matter
from snaplint.iam.document.acl import BLOCK_PUBLIC_ACCESS_FACT
from snaplint.iam.terms.channels import DENY
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from snaplint.iam.decision.answer import Reason
    from snaplint.iam.decision.budget import Budget
    from snaplint.iam.decision.choices import Choice
    from snaplint.iam.decision.decide import Hit, Question
    from snaplint.iam.decision.diagram import Node


def explore(questions: Sequence[Question], budget: Budget) -> Decision:
    """Decide a request that `settle` answers with `Depends`; the steps that this takes are taken from the budget.

    It is one question, or several if the owner of the resource or the identity of the principal is not known.
    """
    wanted, channels = zip(*map(relevant_hits, questions), strict=True)
    try:
        clauses = Clauses(questions, wanted, channels, budget)
        diagram = Diagram(clauses.choices, clauses.by_question, budget)
        explorations = [
            Exploration(diagram, question.plan, _answers(question, relevant), found)
            for question, relevant, found in zip(questions, channels, clauses.by_question, strict=True)
        ]
        if len(questions) == 1 and all_matter(clauses.choices, explorations[0]):
            return _on_all(clauses, questions, wanted)
        roots = [each.root() for each in explorations]
        live = [[hit for hit in hits if id(hit) in clauses.live] for hits in wanted]
        if set(roots) == {ALWAYS}:
            return Decision(ALLOWED, _granting(questions, explorations, live))
        if set(roots) == {NEVER}:
            blocked = dict.fromkeys(name for each in explorations for name in each.blocked_by())
            allows = [[hit for hit in hits if hit.channel != DENY] for hits in live]
            return denial(questions, budget, tuple(blocked), allows)
        because = _reasons(questions, live)
        return Decision(DEPENDS, because, (), in_order(_needs(questions, diagram, roots)))
    except TooMuch:
        return _everything(questions, wanted, channels)


def denial(
    questions: Sequence[Question], budget: Budget, blocked_by: tuple[str, ...], allows: Sequence[Sequence[Hit]] = ()
) -> Decision:
    """Decide a request that no world allows: whether a Deny denies it explicitly in every world, in none, or in some.

    `blocked_by` names the layers whose missing Allow denies where no Deny matches. `allows` are the Allows of each
    question that would match in some world, in which a Deny then matches as well.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    denies = [[hit for hit in question.hits if hit.channel == DENY and hit.truth != NO] for question in questions]
    matching = [[hit for hit in hits if hit.truth == YES] for hits in denies]
    if all(matching):
        return Decision(EXPLICITLY_DENIED, _reasons(questions, matching))
    wanted = [[] if sure else hits for hits, sure in zip(denies, matching, strict=True)]
    channels = [{DENY}] * len(questions)
    try:
        clauses = Clauses(questions, wanted, channels, budget)
        diagram = Diagram(clauses.choices, clauses.by_question, budget)
        explorations = [
            Exploration(diagram, question.plan, _of_denies(question, sure=bool(sure)), found, explicit=True)
            for question, sure, found in zip(questions, matching, clauses.by_question, strict=True)
        ]
        if len(questions) == 1 and all_matter(clauses.choices, explorations[0]):
            found = _on_all(clauses, questions, wanted)
        else:
            roots = [each.root() for each in explorations]
            live = [[hit for hit in hits if hit.truth == YES or id(hit) in clauses.live] for hits in denies]
            if set(roots) == {ALWAYS}:
                return Decision(EXPLICITLY_DENIED, _reasons(questions, live))
            if set(roots) == {NEVER}:
                return Decision(IMPLICITLY_DENIED, (), blocked_by)
            found = Decision(DEPENDS, _reasons(questions, live), (), in_order(_needs(questions, diagram, roots)))
    except TooMuch:
        found = _everything(questions, wanted, channels)
    because = dict.fromkeys((*_reasons(questions, allows), *found.because))
    return found._replace(because=tuple(because), blocked_by=blocked_by, denied=True)


def _of_denies(question: Question, *, sure: bool) -> list[int]:
    """Return the answers of the channels if only Denies count; `sure` says that one matches in every world."""
    return [YES if sure and channel == DENY else NO for channel in range(len(question.plan.start))]


def _answers(question: Question, relevant: set[int]) -> list[int]:
    """Return the answers of the channels without the undetermined hits; those that make no difference stay UNKNOWN."""
    slots = tally(question.plan, question.hits)
    certain = tally(question.plan, [hit for hit in question.hits if hit.truth == YES])
    return [
        (NO if sure == UNKNOWN else sure) if channel in relevant else answer
        for channel, (answer, sure) in enumerate(zip(slots.by_channel, certain.by_channel, strict=True))
    ]


def _granting(
    questions: Sequence[Question], explorations: Sequence[Exploration], live: list[list[Hit]]
) -> tuple[Reason, ...]:
    granting: list[list[Hit]] = []
    for question, exploration, hits in zip(questions, explorations, live, strict=True):
        matching = {id(hit) for hit in hits}
        tried = [hit for hit in question.hits if hit.truth == YES or id(hit) in matching]
        found = exploration.granting(tried)
        granting.append([hit for hit in tried if id(hit) in found])
    return _reasons(questions, granting)


def _reasons(questions: Sequence[Question], hits: Sequence[Sequence[Hit]]) -> tuple[Reason, ...]:
    request = questions[-1].request
    return tuple(dict.fromkeys(hit.reason(request) for found in hits for hit in found))


def _on_all(clauses: Clauses, questions: Sequence[Question], wanted: Sequence[Sequence[Hit]]) -> Decision:
    """Return the answer if every choice that a clause needs makes a difference."""
    needed = {index for found in clauses.by_question for clause in found for index in clause.need}
    live = [[hit for hit in hits if id(hit) in clauses.live] for hits in wanted]
    names = {name for index in needed for name in clauses.choices[index].names}
    return Decision(DEPENDS, _reasons(questions, live), (), in_order(_owner_for_its_keys(names, questions)))


def _everything(
    questions: Sequence[Question], wanted: Sequence[Sequence[Hit]], channels: Sequence[set[int]]
) -> Decision:
    """Return the answer if not everything can be tried: it depends on all that is undetermined."""
    needs: set[str] = set()
    for question, hits, relevant in zip(questions, wanted, channels, strict=True):
        for hit in hits:
            needs.update(hit.statement.needs(question.request))
        if question.plan.public in relevant:
            needs.add(BLOCK_PUBLIC_ACCESS_FACT)
    needs.update(differing(questions, range(len(questions))))
    names = in_order(_owner_for_its_keys(needs, questions))
    return Decision(DEPENDS, _reasons(questions, wanted), (), names, cut_short=True)


def _needs(questions: Sequence[Question], diagram: Diagram, roots: Sequence[int]) -> set[str]:
    """Return the names of the choices that make a difference."""
    found: set[str] = set()
    for index, nodes in diagram.tested(roots).items():
        if len(diagram.choices[index].keys) > 1:
            diagram.spend(len(diagram.choices[index].options) * len(nodes))
        found.update(_names(diagram.choices[index], diagram.kinds[index], nodes))
    found.update(differing(questions, roots))
    return _owner_for_its_keys(found, questions)


def _owner_for_its_keys(names: set[str], questions: Sequence[Question]) -> set[str]:
    """Return the names, with the owner of the resource in place of the keys that hold it if it is not known."""
    owned = {name for name in names if name.lower() in OWNER_KEYS}
    if owned and (questions[0].request.account is None or questions[0].parts[-1] != questions[-1].parts[-1]):
        return names - owned | {OWNER}
    return names


def _names(choice: Choice, kinds: Sequence[int], nodes: Sequence[Node]) -> Iterator[str]:
    """Yield the names of a choice; of several keys, as few as decide it."""
    if len(choice.keys) < 2:
        yield from choice.names
        return
    kept = list(range(len(choice.keys)))
    for place in range(len(choice.keys)):
        without = [other for other in kept if other != place]
        if all(_decides(without, choice, kinds, node) for node in nodes):
            kept = without
    yield from (choice.names[place] for place in kept)


def _decides(places: Sequence[int], choice: Choice, kinds: Sequence[int], node: Node) -> bool:
    """Return True if the keys at these places determine which node follows."""
    follows: dict[tuple[object, ...], int] = {}
    for number, option in enumerate(choice.options):
        child = next(child for kind, child in zip(kinds, node.children, strict=True) if kind >> number & 1)
        if follows.setdefault(tuple(option[place] for place in places), child) != child:
            return False
    return True

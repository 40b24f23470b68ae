"""The relations of lines of `snaplint simulate`."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fuzz.mutate import copied
from tests.fuzz.relations import Finding, _doubled, _shuffled_lists, _shuffled_members, sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.fuzz.case import Case
    from tests.fuzz.harness import Run
    from tests.fuzz.relations import Relation, Runner

LINES = "lines.jsonl"
_WHO = frozenset(("aws:principalarn",))
"""Keys whose value follows from other parts of a line if it is unknown: a policy that names a role says its path."""
_DECISIONS = ("Allowed", "ImplicitlyDenied", "ExplicitlyDenied", "Depends")


def _answers(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.out.splitlines()]


def answered(case: Case, base: Run, _run: Runner, _rng: Random) -> Iterator[Finding]:
    """Each line that is not blank has one answer, in order, and the exit code says whether one is an error."""
    answers = _answers(base)
    lines = case.files[LINES]
    assert isinstance(lines, list)
    expected = [line for line in lines if not isinstance(line, str) or line.strip(" \t\r\n")]
    if len(answers) != len(expected):
        yield Finding("lines", "number of answers", f"{len(answers)} of {len(expected)}")
    for answer in answers:
        if "error" not in answer and answer["decision"] not in _DECISIONS:
            yield Finding("lines", "decision", str(answer))
        if answer.get("decision") == "Depends" and not answer["depends_on"]:
            yield Finding("lines", "depends on nothing", str(answer))
        if "denied" in answer and answer["decision"] != "Depends":
            yield Finding("lines", "denied twice", str(answer))
    if base.code != (2 if any("error" in answer for answer in answers) else 0):
        yield Finding("lines", f"exit code {base.code}", base.out[:2_000])


def alone(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A line has the same answer alone and among others."""
    lines, answers = case.files[LINES], _answers(base)
    assert isinstance(lines, list)
    if len(answers) != len(lines):
        return
    index = rng.randrange(len(lines))
    (other,) = _answers(run(case.with_file(LINES, [lines[index]])))
    if {**answers[index], "line": 0} != {**other, "line": 0}:
        yield Finding("lines", "alone", f"{answers[index]}\n{other}")


def _changed(
    relation: str, case: Case, base: Run, run: Runner, change: Callable[[Any], Any]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the answers to lines before and after a change, where both have a decision."""
    lines, answers = case.files[LINES], _answers(base)
    assert isinstance(lines, list)
    others = _answers(run(case.with_file(LINES, [change(copied(line)) for line in lines])))
    for before, after in zip(answers, others, strict=False):
        if "error" not in before and "error" not in after:
            yield before, after


def _needs(answer: dict[str, Any]) -> list[str]:
    """Return what an answer depends on, without the numbers of statements."""
    return sorted({re.sub(r"\.[0-9]+", "", each) for each in answer["depends_on"]})


def _decision(answer: dict[str, Any]) -> tuple[str, bool]:
    return answer["decision"], "denied" in answer


def _denies(answer: dict[str, Any]) -> bool:
    return "denied" in answer or answer["decision"] in ("ImplicitlyDenied", "ExplicitlyDenied")


def order_of_members(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The order of the members of mappings does not matter."""
    for before, after in _changed("members", case, base, run, lambda line: _shuffled_members(rng, line)):
        if _decision(before) != _decision(after) or _needs(before) != _needs(after):
            yield Finding("order of members", f"{before['decision']} {after['decision']}", f"{before}\n{after}")


def order_of_lists(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """The order of statements, policies, actions and resources does not matter."""
    for before, after in _changed("lists", case, base, run, lambda line: _shuffled_lists(rng, line)):
        if _decision(before) != _decision(after) or _needs(before) != _needs(after):
            yield Finding("order of statements", f"{before['decision']} {after['decision']}", f"{before}\n{after}")


def said_twice(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """A statement that a policy has twice means what it means once."""
    for before, after in _changed("twice", case, base, run, lambda line: _doubled(rng, line)):
        if _decision(before) != _decision(after):
            yield Finding("twice", f"{before['decision']} {after['decision']}", f"{before}\n{after}")


def unrelated(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """What else is known or unknown of the request does not matter, if no policy asks for it."""

    def more(line: Any) -> Any:
        if isinstance(line, dict) and "zz:" not in json.dumps(line):
            name = rng.choice(("unknown", "foreign"))
            line[name] = (
                [*(line.get(name) or []), "zz:unrelated"] if isinstance(line.get(name) or [], list) else line[name]
            )
        return line

    for before, after in _changed("unrelated", case, base, run, more):
        if {**before, "line": 0} != {**after, "line": 0}:
            yield Finding("unrelated", f"{before['decision']} {after['decision']}", f"{before}\n{after}")


def one_value_less(case: Case, base: Run, run: Runner, rng: Random) -> Iterator[Finding]:
    """Where a condition key is unknown, the decision is the one with its value, or depends.

    It is denied in any case only if it is denied with its value.
    """

    def less(line: Any) -> Any:
        request = line.get("request") if isinstance(line, dict) else None
        context = request.get("context") if isinstance(request, dict) else None
        if not isinstance(context, dict):
            return line
        keys = list(context)
        spelled = Counter(key.lower() for key in keys)
        # two spellings of one key may contradict each other, and one of them does not
        keys = [key for key in keys if key.lower() not in _WHO and spelled[key.lower()] == 1]
        # AWS does not document what several values mean without a quantifier; an unknown key has at most one then
        keys = [key for key in keys if not isinstance(context[key], list) or len(context[key]) == 1]
        if keys and isinstance(line.get("unknown") or [], list):
            key = rng.choice(keys)
            del context[key]
            line["unknown"] = [*(line.get("unknown") or []), key]
        return line

    for before, after in _changed("less", case, base, run, less):
        kinds = [answer["decision"] for answer in (before, after)]
        if kinds[1] not in (kinds[0], "Depends") or ("denied" in after and not _denies(before)):
            yield Finding("one value less", f"{before['decision']} {after['decision']}", f"{before}\n{after}")


def explained(case: Case, base: Run, run: Runner, _rng: Random) -> Iterator[Finding]:
    """The explanation in text has the same exit code, and is safe to print."""
    other = run(replace(case, argv=("simulate", "--explain", LINES)))
    yield from sound(other)
    if other.code != base.code:
        yield Finding("exit code", f"explain {other.code} json {base.code}", other.out[:2_000])


RELATIONS: tuple[tuple[Relation, int], ...] = (
    (answered, 2),
    (alone, 2),
    (order_of_members, 2),
    (order_of_lists, 2),
    (said_twice, 1),
    (unrelated, 1),
    (one_value_less, 4),
    (explained, 3),
)
"""The relations of lines, with how often each is tried."""

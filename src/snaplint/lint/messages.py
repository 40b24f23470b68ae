"""Errors of AWS as text, and the rules that predict them, by the message and the code in rule.yaml."""

from __future__ import annotations

import re

from snaplint.base.record import NamedTuple
from snaplint.checks.caller import wanted
from snaplint.operations.registry import operation_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from snaplint.findings.rule import Rule

LONGEST = 1 << 16
"""How many characters of an error are looked at."""
_NAME = r"\s*(\S{0,1100}?)\s*"
"""What stands for a `%s` of a message: a name, perhaps an empty one. The longest object key has 1,024 bytes."""
_GENERAL = ("InvalidParameterValue", "InvalidParameterCombination")
"""Codes that AWS uses for many different errors: see the errors on the API page of an operation (`docs.api`)."""
_REFUSED = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)", re.IGNORECASE)
_MOST_NEAR = 3
_ALIKE = 0.6
"""How many of the words of a message an error must have to be like it."""


class Predicted(NamedTuple):
    """A rule that predicts an error, and the names in the error, in the order of the `%s` of the message."""

    rule: Rule
    values: tuple[str, ...] = ()


def predicted(error: str, rules: Sequence[Rule]) -> list[Predicted]:
    """Return the rules that predict an error: by its message or, if no message matches, by its code.

    `error` may have anything around the message, such as what the AWS CLI prints. A code that AWS uses for many errors
    is enough only if it is all there is.
    """
    text = _even(error)
    known = [rule for rule in rules if rule.message or rule.code]
    matches = ((rule, _pattern(rule.message).search(text)) for rule in known if rule.message)
    found = [Predicted(rule, tuple(match.groups())) for rule, match in matches if match]
    found = found or _of_refused_action(text, rules)
    if found:
        return found
    return [
        Predicted(rule) for rule in known if _has_code(text, rule) and (rule.code not in _GENERAL or text == rule.code)
    ]


def _of_refused_action(text: str, rules: Iterable[Rule]) -> list[Predicted]:
    """Return the rules about the rights of a caller, if the error is IAM's refusal of an action that they require.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    refused = _REFUSED.search(text)
    found = [rule for rule in rules if refused is not None and _requires(rule, refused[1].lower())]
    gravest = [rule for rule in found if rule.severity == "error"] or found
    return [Predicted(rule) for rule in gravest]


def _requires(rule: Rule, action: str) -> bool:
    """Return True if a rule is about the rights of a caller, and this one, in lower case, is among them."""
    if rule.check != "caller.allowed":
        return False
    needs = (need for name in rule.operations for need in wanted(rule.params, operation_named(name)))
    return any(need.action.lower() == action for need in needs)


def near(error: str, rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules whose message or code is like an error, the most alike first, each message once."""
    text = _even(error)
    words = set(_words(text))
    alike: list[tuple[float, Rule]] = []
    for rule in rules:
        own = set(_words((rule.message or "").replace("%s", " ")))
        share = len(own & words) / len(own) if own else 0.0
        if share >= _ALIKE:
            alike.append((share, rule))
        elif rule.message is None and _has_code(text, rule):
            alike.append((0.0, rule))
    ordered = [rule for _, rule in sorted(alike, key=lambda each: -each[0])]
    return ordered[:_MOST_NEAR]


def is_error(text: str, rules: Iterable[Rule]) -> bool:
    """Return True if a text is meant as an error of AWS and not as the name of a rule: words, or a code."""
    return len(text.split()) > 1 or any(rule.code and _has_code(_even(text), rule) for rule in rules)


def _even(text: str) -> str:
    """Return a text as one line: a terminal breaks long errors."""
    return " ".join(text[:LONGEST].split())


def _pattern(message: str) -> re.Pattern[str]:
    """Return the pattern of a message: in any case, with any names, with or without the full stop at the end."""
    parts = [re.escape(" ".join(part.split())) for part in message.rstrip(".").split("%s")]
    if not parts[-1]:  # a name at the end reaches to the end of the sentence
        return re.compile(_NAME.join(parts[:-1]) + r"\s*(\S{0,1100})", re.IGNORECASE)
    return re.compile(_NAME.join(parts), re.IGNORECASE)


def _has_code(text: str, rule: Rule) -> bool:
    """Return True if a text has the code of a rule, in the form of the API or in that of a class of an SDK."""
    if rule.code is None:
        return False
    code = re.escape(rule.code.removesuffix("Fault"))
    return re.search(rf"\b{code}(Fault|FaultException|Exception)?\b", text) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z_]+", text.lower())

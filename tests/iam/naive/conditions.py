"""The `Condition` of a statement, in a world where every key is known or absent.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
from decimal import Decimal
from typing import Any

from tests.iam.naive.text import Token, Values, matches, scalar, several, substituted

_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}


def holds(condition: dict[str, Any], values: Values, version: str | None) -> bool:
    """Return True if every operator is true for every one of its keys.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    return all(
        _test(operator, values.get(key.lower()), several(wanted), values, version)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _test(operator: str, held: list[str] | None, wanted: list[Any], values: Values, version: str | None) -> bool:
    if operator == "Null":
        return _null(held, wanted)
    quantifier, _, rest = operator.rpartition(":")
    if rest.endswith("IfExists"):
        rest = rest.removesuffix("IfExists")
        if held is None:
            return True  # #Conditions_IfExists: a key that is not there makes the condition true
    if quantifier:
        return _of_a_set(quantifier, rest, held, wanted, values, version)
    if held is None:
        return rest in _NEGATED  # the table of each section: positive operators false, negated ones true
    return _one(rest, held[0], wanted, values, version)


def _null(held: list[str] | None, wanted: list[Any]) -> bool:
    """`Null`: `true` is met if the key is absent or null, `false` if it is present and not null.

    An empty text or an empty set is null.
    .../reference_policies_elements_condition_operators.html#Conditions_Null
    """
    null = held is None or held in ([], [""])
    return any((scalar(value).lower() == "true") == null for value in wanted)


def _of_a_set(
    quantifier: str, operator: str, held: list[str] | None, wanted: list[Any], values: Values, version: str | None
) -> bool:
    """`ForAllValues`, `ForAnyValue`: the quantifier applies to the values of the request.

    .../reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    if held in (None, [], [""]):
        return quantifier == "ForAllValues"  # also of a negated operator: "no matching key or a null data set"
    answers = [_one(operator, one, wanted, values, version) for one in held or ()]
    return all(answers) if quantifier == "ForAllValues" else any(answers)


def _one(operator: str, held: str, wanted: list[Any], values: Values, version: str | None) -> bool:
    """One value of a request against the values of a policy: OR for positive operators, NOR for negated ones.

    .../reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    positive = _NEGATED.get(operator)
    if positive:
        return not _one(positive, held, wanted, values, version)
    return any(_compare(operator, held, scalar(value), values, version) for value in wanted)


def _compare(operator: str, held: str, wanted: str, values: Values, version: str | None) -> bool:
    if operator.startswith(("String", "Arn")):
        like = operator not in ("StringEquals", "StringEqualsIgnoreCase")
        return _text(operator, held, substituted(wanted, version, values, wildcards=like))
    if operator.startswith("Numeric"):
        return _ordered(operator.removeprefix("Numeric"), Decimal(held), Decimal(wanted))
    if operator.startswith("Date"):
        return _ordered(operator.removeprefix("Date"), instant(held), instant(wanted))
    if operator == "IpAddress":
        return _inside(held, wanted)
    if operator == "BinaryEquals":
        return base64.b64decode(held) == base64.b64decode(wanted)
    assert operator == "Bool", operator
    return held.lower() == wanted.lower()


def _text(operator: str, held: str, wanted: list[Token]) -> bool:
    """#Conditions_String, #Conditions_ARN."""
    if operator == "StringEqualsIgnoreCase":
        return matches(
            [(kind, letter.lower()) if kind == "text" else (kind, letter) for kind, letter in wanted], held.lower()
        )
    if operator.startswith("Arn"):
        return _arn(held, wanted)
    return matches(wanted, held)


def _arn(held: str, wanted: list[Token]) -> bool:
    """Six parts, each matched separately. Colons in the policy's text and in values of variables separate parts.

    .../reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    parts: list[list[Token]] = [[]]
    for token in wanted:
        if token == ("text", ":") and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(token)
    segments = held.split(":", 5)
    if len(segments) != 6 or len(parts) != 6 or segments[0] != "arn":
        return False
    return all(matches(part, segment) for part, segment in zip(parts, segments, strict=True))


def _ordered(operator: str, held: Any, wanted: Any) -> bool:
    """#Conditions_Numeric, #Conditions_Date."""
    answers: dict[str, bool] = {
        "Equals": held == wanted,
        "LessThan": held < wanted,
        "LessThanEquals": held <= wanted,
        "GreaterThan": held > wanted,
        "GreaterThanEquals": held >= wanted,
    }
    return answers[operator]


def instant(text: str) -> Decimal:
    """Seconds since 1970 of an ISO 8601 date, or of epoch time, which AWS accepts in its place.

    .../reference_policies_elements_condition_operators.html#Conditions_Date
    """
    if text.lstrip("-").replace(".", "", 1).isdigit() and len(text) > 4:
        return Decimal(text)
    if len(text) in (4, 7):
        text += "-01" * ((10 - len(text)) // 3)
    found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.UTC)
    return Decimal(str(found.timestamp()))


def _inside(held: str, wanted: str) -> bool:
    """An address in a range of its own family; a range without a prefix is one address.

    .../reference_policies_elements_condition_operators.html#Conditions_IPAddress
    """
    address, network = ipaddress.ip_address(held), ipaddress.ip_network(wanted, strict=False)
    return address.version == network.version and address in network

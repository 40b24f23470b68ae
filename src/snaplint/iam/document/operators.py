"""The condition operators: ONE table, from name to what it compares; `IfExists` and the quantifiers wrap any of them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.document.comparisons import TEXTS, comparison
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.values import Malformed, Variable, binary, boolean, instant, network, number, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.document.comparisons import Test, Value
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.values import Template


class Operator(NamedTuple):
    """One row of the table: the family of comparison, what it is given, and whether the answer is turned round."""

    family: str
    relation: str = ""
    negated: bool = False


_RELATIONS = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
}

OPERATORS: dict[str, Operator] = {
    "StringEquals": Operator("equals"),
    "StringNotEquals": Operator("equals", negated=True),
    "StringEqualsIgnoreCase": Operator("fold"),
    "StringNotEqualsIgnoreCase": Operator("fold", negated=True),
    "StringLike": Operator("like"),
    "StringNotLike": Operator("like", negated=True),
    "ArnEquals": Operator("arn"),
    "ArnLike": Operator("arn"),
    "ArnNotEquals": Operator("arn", negated=True),
    "ArnNotLike": Operator("arn", negated=True),
    **{f"Numeric{name}": Operator("number", relation) for name, relation in _RELATIONS.items()},
    "NumericNotEquals": Operator("number", "=", negated=True),
    **{f"Date{name}": Operator("date", relation) for name, relation in _RELATIONS.items()},
    "DateNotEquals": Operator("date", "=", negated=True),
    "IpAddress": Operator("ip"),
    "NotIpAddress": Operator("ip", negated=True),
    "BinaryEquals": Operator("bytes"),
    "Bool": Operator("bool"),
    "Null": Operator("null"),
}
"""Every operator without its quantifier and `IfExists`."""

QUANTIFIERS = ("ForAllValues", "ForAnyValue")
IF_EXISTS = "IfExists"

_PARSERS: dict[str, tuple[Callable[[str], object], str]] = {
    "number": (number, "number"),
    "date": (instant, "date (ISO 8601 with its zone, or epoch seconds)"),
    "ip": (network, "IP address or CIDR range"),
    "bytes": (binary, "base64 text"),
    "bool": (boolean, "`true` or `false`"),
    "null": (boolean, "`true` or `false`"),
}


class ParsedOperator(NamedTuple):
    """An operator's name taken apart."""

    operator: Operator
    quantifier: str
    if_exists: bool


def parse_operator(name: str) -> ParsedOperator | None:
    """The operator that a name spells, or None; `NullIfExists` and a quantified `Null` do not exist."""
    quantifier, colon, base = name.rpartition(":")
    if colon and quantifier not in QUANTIFIERS:
        return None
    if_exists = base.endswith(IF_EXISTS)
    operator = OPERATORS.get(base.removesuffix(IF_EXISTS) if if_exists else base)
    if operator is None or (operator.family == "null" and (if_exists or colon)):
        return None
    return ParsedOperator(operator, quantifier, if_exists)


def value_fault(operator: Operator, text: str, *, variables: bool) -> str | None:
    """Why AWS would refuse this value under this operator, or None."""
    if operator.family in _PARSERS:
        parse, noun = _PARSERS[operator.family]
        return None if parse(text) is not None or vague(operator, text, variables=variables) else f"is no {noun}"
    try:
        parts = template(text, variables=variables, wildcards=operator.family in ("like", "arn"))
    except Malformed as error:
        return f"is malformed: {error}"
    if operator.family == "arn" and ArnPattern(_without_variables(parts), crossing=False).short:
        return "is no ARN: it has fewer than six parts"
    return None


def vague(operator: Operator, text: str, *, variables: bool) -> bool:
    """A variable under Bool: one page of the guide allows it, another does not."""
    return operator.family == "bool" and variables and text.startswith("${")


def _without_variables(parts: Template) -> list[Token]:
    return ["-" if isinstance(part, Variable) else part for part in parts]


def compile_test(operator: Operator, values: Sequence[str], *, variables: bool) -> Test:
    """The test that an operator makes of its values; a value that cannot be read leaves it `broken`."""
    family = operator.family
    if family not in TEXTS:
        return comparison(family, operator.relation, [(text, None) for text in values])
    wildcards = family in ("like", "arn")
    parsed: list[Value] = []
    for text in values:
        try:
            parsed.append((text, template(text, variables=variables, wildcards=wildcards)))
        except Malformed:
            parsed.append((text, None))
    return comparison(family, operator.relation, parsed)

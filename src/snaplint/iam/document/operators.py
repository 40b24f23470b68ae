"""The table of condition operators, from the name to what is compared. `IfExists` and quantifiers apply to any of them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.iam.document.comparisons import TEXTS
from snaplint.iam.terms.arn import ArnPattern
from snaplint.iam.terms.values import MalformedVariable, Variable, binary, boolean, instant, network, number, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from snaplint.iam.document.comparisons import Test, Value
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.values import Template


class Operator(NamedTuple):
    """One row of the table: the family of comparisons, the relation of numbers and dates, and whether it is negated."""

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
"""Every operator, without quantifier and `IfExists`."""

QUANTIFIERS = ("ForAllValues", "ForAnyValue")
IF_EXISTS = "IfExists"

_PARSERS: dict[str, tuple[Callable[[str], object], str]] = {
    "number": (number, "a number"),
    "date": (instant, "a date (ISO 8601 with its time zone, or epoch seconds)"),
    "ip": (network, "an IP address or CIDR range"),
    "bytes": (binary, "base64 text"),
    "bool": (boolean, "`true` or `false`"),
    "null": (boolean, "`true` or `false`"),
}


class ParsedOperator(NamedTuple):
    """The parts of an operator's name."""

    operator: Operator
    quantifier: str
    if_exists: bool


def parse_operator(name: str) -> ParsedOperator | None:
    """Parse the name of an operator; None if it is unknown, as are `NullIfExists` and `Null` with a quantifier."""
    quantifier, colon, base = name.rpartition(":")
    if colon and quantifier not in QUANTIFIERS:
        return None
    if_exists = base.endswith(IF_EXISTS)
    operator = OPERATORS.get(base.removesuffix(IF_EXISTS) if if_exists else base)
    if operator is None or (operator.family == "null" and (if_exists or colon)):
        return None
    return ParsedOperator(operator, quantifier, if_exists)


def value_fault(operator: Operator, text: str, *, variables: bool) -> str | None:
    """Return why AWS would refuse the value with this operator, or None."""
    if operator.family in _PARSERS:
        parse, expected = _PARSERS[operator.family]
        return None if parse(text) is not None or vague(operator, text, variables=variables) else f"is not {expected}"
    try:
        parts = template(text, variables=variables, wildcards=operator.family in ("like", "arn"))
    except MalformedVariable as error:
        return f"is malformed: {error}"
    if operator.family == "arn" and ArnPattern(_without_variables(parts), crossing=False).short:
        return "is not an ARN: it has fewer than six parts"
    return None


def vague(operator: Operator, text: str, *, variables: bool) -> bool:
    """Return True for a variable in a Bool condition: one page of the IAM guide allows it, another does not."""
    return operator.family == "bool" and variables and text.startswith("${")


def _without_variables(parts: Template) -> list[Token]:
    return ["-" if isinstance(part, Variable) else part for part in parts]


def compile_test(operator: Operator, values: Sequence[str], *, variables: bool) -> Test:
    """Compile the values of an operator into a test, which is `broken` if one of them cannot be read."""
    family = operator.family
    if family not in TEXTS:
        from snaplint.iam.document.typed_comparisons import comparison  # only for values that are not text

        return comparison(family, operator.relation, [(text, None) for text in values])
    wildcards = family in ("like", "arn")
    parsed: list[Value] = []
    for text in values:
        try:
            parsed.append((text, template(text, variables=variables, wildcards=wildcards)))
        except MalformedVariable:
            parsed.append((text, None))
    found = TEXTS[family](parsed)
    found.family = family
    return found

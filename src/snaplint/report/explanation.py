"""A decision of the policy engine for people: in words, then layer by layer, with the compared values."""

from __future__ import annotations

from snaplint.base.wording import clipped, counted, listed
from snaplint.iam.decision.answer import Outcome
from snaplint.iam.decision.compared import ABSENT, FOREIGN
from snaplint.iam.decision.relation import CROSS_ACCOUNT, NO_ACCOUNT, RESOURCE_MUST_ALLOW, SAME_ACCOUNT
from snaplint.iam.terms.truth import NO, UNKNOWN, YES
from snaplint.report.terminal import sanitise, usable_width, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.iam.decision.answer import Decision, Reason
    from snaplint.iam.decision.compared import Comparison, RequestValue
    from snaplint.iam.explain.explain import Element, ExplainedLayer, ExplainedStatement, Explanation
    from snaplint.report.terminal import Style

MOST_VALUES = 5
LONGEST_VALUE = 200
"""How many values of a list are shown, and how many characters of each; a policy may contain thousands."""


def text(id_: object, action: str, explanation: Explanation, style: Style) -> str:
    """Return one answer as text that ends with an empty line. `action` is spelled as in the request."""
    style = style._replace(width=usable_width(style.width))
    name = "" if id_ is None else f"{_clipped(str(id_))}: "
    lines = _painted("strong", f"{name}{sanitise(action)} on {sanitise(explanation.resource)}", style, 2)
    lines += wrap(f"  by {_principal_words(explanation)}", style.width, 5)
    lines += ["", *_decision(explanation, style), ""]
    for layer in explanation.layers:
        lines += _layer(layer, style)
    lines += _decision_notes(explanation.decision, style)
    return "\n".join([*lines, *([""] if lines[-1] else []), ""])


def line_error(path: str, number: int, message: str, style: Style) -> str:
    """Return the text that replaces an answer if the line at `path:number` cannot be read."""
    place = style.paint("strong", f"{sanitise(path)}:{number}:")
    return f"{place} {style.paint('error', 'error:')} {sanitise(message)}\n\n"


def _principal_words(explanation: Explanation) -> str:
    name = "* (anonymous)" if explanation.principal == "*" else sanitise(explanation.principal)
    if explanation.relation is None:
        return f"{name}; the account that owns the resource is not provided"
    return f"{name}, {_RELATIONS[explanation.relation]}"


_RELATIONS = {
    SAME_ACCOUNT: "in the account that owns the resource",
    RESOURCE_MUST_ALLOW: "in the account that owns the resource; the resource policy must also allow the request",
    CROSS_ACCOUNT: "in an account other than the one that owns the resource",
    NO_ACCOUNT: "which is in no account",
}

_LAYERS = {
    "identity": "identity policies",
    "resource": "resource policy",
    "boundary": "permissions boundary",
    "session": "session policy",
    "endpoint": "VPC endpoint policies",
    "scp": "SCPs",
    "rcp": "RCPs",
    "acl": "bucket ACL",
    "block_public_access": "Block Public Access",
}


# -- the decision
# ------------------------------------------------------------------------------------------------------------------

_ROLES = {
    Outcome.Allowed: "success",
    Outcome.ExplicitlyDenied: "error",
    Outcome.ImplicitlyDenied: "error",
    Outcome.Depends: "unknown",
}


def _decision(explanation: Explanation, style: Style) -> list[str]:
    decision = explanation.decision
    role = "error" if decision.denied else _ROLES[decision.decision]
    head = style.paint(role, str(decision.decision))
    first, *rest = wrap(_why(explanation), style.width, indent=4, used=4 + len(decision.decision))
    return [f"  {head}: {first}".rstrip(), *rest]


def _why(explanation: Explanation) -> str:
    decision = explanation.decision
    reasons = listed([_reason(each) for each in decision.because], most=MOST_VALUES)
    if decision.decision is Outcome.Allowed:
        return f"by {reasons}" if reasons else "the account's root user is allowed everything that is not denied"
    if decision.decision is Outcome.ExplicitlyDenied:
        return f"by {reasons}; a matching Deny overrides every Allow"
    if decision.decision is Outcome.Depends:
        needs = listed(_ticked(decision.depends_on), most=MOST_VALUES)
        if decision.denied:
            kind = f"denied in any case; whether a Deny applies or only an Allow is missing depends on {needs}"
            return kind + (f"; may apply: {reasons}" if reasons else "")
        return f"the decision depends on {needs}" + (f"; may apply: {reasons}" if reasons else "")
    if not decision.blocked_by:
        return f"denied whatever the unknown values are: {reasons}"
    labels = {_label(layer.name, layer.level) for layer in explanation.layers}
    return "; ".join(_missing(label, is_given=label in labels) for label in decision.blocked_by)


def _missing(label: str, *, is_given: bool) -> str:
    name, _, level = label.partition("[")
    if name == "block_public_access":
        return "Block Public Access (RestrictPublicBuckets) blocks access from outside through a public policy"
    words = layer_words(name, int(level.rstrip("]")) if level else None)
    return f"no matching Allow in the {words}" if is_given else f"no {words} provided"


def _reason(reason: Reason) -> str:
    layer = layer_words(reason.layer, reason.level)
    return f"{layer}, {statement_words(reason.layer, reason.policy, reason.statement, reason.sid, reason.effect)}"


def _decision_notes(decision: Decision, style: Style) -> list[str]:
    lines: list[str] = []
    for label, names in (("blocked by", decision.blocked_by), ("depends on", decision.depends_on)):
        if names:
            first, *rest = wrap(sanitise(", ".join(names)), style.width, indent=6, used=len(label) + 6)
            lines += [f"  {style.paint('gutter', '=')} {style.paint('strong', label + ':')} {first}", *rest]
    return lines


# -- the layers
# ------------------------------------------------------------------------------------------------------------------


def _label(name: str, level: int | None) -> str:
    return name if level is None else f"{name}[{level}]"


def layer_words(name: str, level: int | None) -> str:
    """Return a layer in words: `SCPs at level 0 (root)`."""
    words = _LAYERS.get(name, name)
    return words if level is None else f"{words} at level {level}{'' if level else ' (root)'}"


def _layer(layer: ExplainedLayer, style: Style) -> list[str]:
    role, words = layer_summary(layer)
    name = f"{layer_words(layer.name, layer.level)}:"
    first, *rest = wrap(words, style.width, indent=4, used=3 + len(name))
    lines = [f"  {style.paint('strong', name)} {style.paint(role, first)}".rstrip()]
    lines += [f"    {style.paint(role, line[4:])}" for line in rest]
    for statement in layer.statements:
        lines += _statement_lines(layer.name, statement, style)
    if layer.applies and layer.others:
        what = ("other " if layer.statements else "") + ("grant" if layer.name == "acl" else "statement")
        lines += _painted("faint", f"    {counted(layer.others, what)} not shown", style, 6)
    return [*lines, ""]


def layer_summary(layer: ExplainedLayer) -> tuple[str, str]:
    """Return the colour and the text that sum up a layer."""
    if not layer.applies:
        why = " (Object Ownership is BucketOwnerEnforced)" if layer.name == "acl" else ""
        return "faint", f"not applicable to this request{why}"
    if layer.deny == YES:
        return "error", "a Deny matches"
    allow = {YES: "an Allow matches", UNKNOWN: "an Allow may match", NO: "no Allow matches"}[layer.allow]
    if layer.name == "rcp" and layer.allow == YES and not _allows(layer):
        allow = "RCPFullAWSAccess allows"  # every level has it, whether it is listed or not
    if layer.deny == UNKNOWN:
        return "unknown", f"{allow}, and a Deny may match"
    return {YES: "ok", UNKNOWN: "unknown", NO: "warning"}[layer.allow], allow


def _allows(layer: ExplainedLayer) -> bool:
    return any(statement.truth == YES and statement.effect == "Allow" for statement in layer.statements)


def _statement_lines(layer: str, statement: ExplainedStatement, style: Style) -> list[str]:
    words = {YES: "matches", UNKNOWN: "may match", NO: "does not match"}[statement.truth]
    mark = {YES: "+", UNKNOWN: "?", NO: "-"}[statement.truth]
    good = "error" if statement.effect == "Deny" else "ok"
    role = {YES: good, UNKNOWN: "unknown", NO: "faint"}[statement.truth]
    head = f"{statement_words(layer, statement.policy, statement.statement, statement.sid, statement.effect)} {words}"
    first, *rest = wrap(head, style.width, indent=6, used=6)
    lines = [f"    {style.paint(role, mark)} {first}", *rest]
    for element in statement.elements:
        if element.truth != YES or element.name == "Grant":
            lines += _note(element_words(element), style)
    for condition in statement.conditions:
        lines += _note(condition_words(condition), style)
    if statement.doubts:
        lines += _note(f"undetermined: {listed(_ticked(statement.doubts), most=MOST_VALUES)}", style)
    return lines


def statement_words(layer: str, policy: int, index: int, sid: str | None, effect: str | None) -> str:
    """Return a statement in words, counted from 1: `policy 1 statement 2 "Export" (Allow)`."""
    if index < 0:
        return "a part that could not be read"
    if layer == "acl":
        return f"grant {index + 1}"
    number = f"statement {index + 1}" if layer == "resource" else f"policy {policy + 1} statement {index + 1}"
    name = f' "{_clipped(sid)}"' if sid else ""
    return f"{number}{name} ({effect or 'neither Allow nor Deny'})"


_FAILS = {
    "Action": "Action does not match",
    "NotAction": "NotAction excludes it",
    "Principal": "Principal does not match the principal of the request",
    "NotPrincipal": "NotPrincipal excludes the principal of the request",
    "Resource": "Resource does not match",
    "NotResource": "NotResource excludes it",
}


def element_words(element: Element) -> str:
    """Return why an element lets a statement not match, or only maybe."""
    if element.name == "Grant":
        return listed(_ticked(element.values), most=MOST_VALUES)
    head = _FAILS[element.name] if element.truth == NO else f"{element.name} may match"
    return f"{head}: {listed(_ticked(element.values), most=MOST_VALUES) or 'no readable value'}"


def condition_words(comparison: Comparison) -> str:
    """Return a condition with the values of the policy and of the request."""
    truth = {YES: "is met", UNKNOWN: "may be met", NO: "is not met"}[comparison.truth]
    key = f"`{_clipped(comparison.key)}`"
    values = listed(_ticked(comparison.values), "or", most=MOST_VALUES) or "no value"
    words = (
        f"Condition {truth}: {_clipped(comparison.operator)} {key} {values}; {_request_value(comparison.request_value)}"
    )
    return words + "".join(
        f"; `${{{_clipped(name)}}}` {_variable_value(value)}" for name, value in comparison.variables
    )


def _request_value(value: RequestValue) -> str:
    if not isinstance(value, str):
        return f"the request has {listed(_ticked(value), most=MOST_VALUES)}"
    if value == ABSENT:
        return "the request has no value"
    if value == FOREIGN:
        return f"the request has no value or a value that is not yours ({FOREIGN})"
    return "the value in the request is unknown"


def _variable_value(value: RequestValue) -> str:
    return f"is {value}" if isinstance(value, str) else f"is {listed(_ticked(value), most=MOST_VALUES)}"


# -- words
# ------------------------------------------------------------------------------------------------------------------


def _note(words: str, style: Style) -> list[str]:
    first, *rest = wrap(words, style.width, indent=10, used=8)
    return [f"        {first}", *rest]


def _painted(role: str, words: str, style: Style, indent: int) -> list[str]:
    return [style.paint(role, line) for line in wrap(words, style.width, indent)]


def _ticked(values: Iterable[str]) -> list[str]:
    return [f"`{_clipped(value)}`" for value in values]


def _clipped(value: str) -> str:
    return sanitise(clipped(value, LONGEST_VALUE))

"""Compile the elements of a statement, and collect what AWS would refuse in them.

The pages are those of `policy.py`. A fault that rests on another page cites it where it is added.
"""

from __future__ import annotations

from snaplint.base.wording import clipped, noun
from snaplint.iam.catalog import is_action
from snaplint.iam.document.condition_element import ConditionCompiler
from snaplint.iam.document.notes import Notes
from snaplint.iam.document.principal_element import WITH_PRINCIPAL, compile_principal
from snaplint.iam.document.statement import ALLOW, DENY, Actions, Resources, Statement
from snaplint.iam.terms.arn import ArnPattern, split_parts
from snaplint.iam.terms.pattern import Glob, glob
from snaplint.iam.terms.truth import NO, UNKNOWN
from snaplint.iam.terms.values import MalformedVariable, Variable, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from snaplint.base.source import Route
    from snaplint.iam.terms.pattern import Token
    from snaplint.iam.terms.values import Template

ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


class StatementCompiler(Notes):
    """Compiles the statements of one document and collects its faults."""

    __slots__ = ("_conditions", "_globs", "_patterns", "_sids", "document_doubts")

    def __init__(self, kind: str, route: Route, where: str) -> None:
        super().__init__(kind, route, where)
        self.document_doubts: tuple[str, ...] = ()
        """The places that make every statement of the document doubtful, as named in `depends_on`."""
        self._conditions = ConditionCompiler(self)
        self._sids: set[str] = set()
        self._globs: dict[str, Glob] = {}
        self._patterns: dict[str, ArnPattern | Template | None] = {}

    def opaque(self, route: Route) -> Statement:
        """Return a statement in place of something that cannot be read: it may allow or deny any request."""
        statement = Statement(-1, route)
        statement.cap = UNKNOWN
        statement.doubts = (".".join((self.where, *map(str, route[len(self.route) :]))),)
        return statement

    def statement(self, found: object, index: int, tail: Route) -> Statement:
        """Compile one statement."""
        if not isinstance(found, dict):
            self.fault(tail, f"a statement must be an object, not {noun(found)}")
            return self.opaque((*self.route, *tail))
        statement = Statement(index, (*self.route, *tail))
        before = len(self.doubtful)
        self.check_names(found, ELEMENTS, tail)
        statement.sid = self._sid(found, tail)
        statement.effect = self._effect(found, tail)
        actions = self._actions(statement, found, tail)
        resources = self._resources(statement, found, tail)
        compile_principal(self, statement, found, tail)
        tests = self._conditions.compile(statement, found, tail)
        if self.kind == "rcp":
            self._check_rcp(statement, tail)
        if self.kind in _LATIN and not _is_latin("".join(_sources(statement))):
            place, character = next(_foreign(found, tail), (tail, ""))
            self.fault(place, f"the statement contains a character that IAM does not accept: {_code(character)}")
        # AWS refuses an element with a fault, so it was never in effect as written and cannot match with certainty.
        elements = dict.fromkeys(place[: len(tail) + 1] for place in self.doubtful[before:])
        statement.doubts = (*self.document_doubts, *map(self.place_of, elements))
        if statement.doubts:
            statement.cap = UNKNOWN
        statement.set_elements(actions, resources, tests)
        return statement

    def _sid(self, found: Mapping[str, object], tail: Route) -> str | None:
        sid = found.get("Sid")
        if sid is None and "Sid" not in found:
            return None
        if not isinstance(sid, str):
            self.fault((*tail, "Sid"), f"`Sid` must be text, not {noun(sid)}", harmless=True)
            return None
        # Services may have their own rules for resource-based policies.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
        if self.kind not in WITH_PRINCIPAL:
            if sid and not (sid.isascii() and sid.isalnum()):
                self.fault(
                    (*tail, "Sid"),
                    f"the `Sid` `{clipped(sid)}` has characters other than letters and digits",
                    harmless=True,
                )
            if sid and sid in self._sids:
                self.fault((*tail, "Sid"), f"two statements have the `Sid` `{clipped(sid)}`", harmless=True)
            self._sids.add(sid)
        return sid

    def _effect(self, found: Mapping[str, object], tail: Route) -> str | None:
        if "Effect" not in found:
            self.fault(tail, "the statement has no `Effect`")
            return None
        effect = found["Effect"]
        if effect in (ALLOW, DENY):
            return ALLOW if effect == ALLOW else DENY
        if isinstance(effect, str):
            near = self.near(effect, (ALLOW, DENY))
            self.fault((*tail, "Effect"), f"`Effect` must be `Allow` or `Deny`, not `{clipped(effect)}`{near}")
        else:
            self.fault((*tail, "Effect"), f"`Effect` must be `Allow` or `Deny`, not {noun(effect)}")
        return None

    def _actions(self, statement: Statement, found: Mapping[str, object], tail: Route) -> Actions | None:
        element = self.either(found, "Action", tail, needed=True)
        if element is None:
            return None
        texts, good = self.texts(found[element], (*tail, element), element)
        sources = tuple(text for text, _ in texts)
        if element == "Action":
            statement.actions = sources
        else:
            statement.not_actions = sources
        globs: list[Glob] = []
        vague: list[Glob] = []
        for text, place in texts:
            fault = _action_fault(text) or (self._no_action(text) if self.kind == "resource" else "")
            if fault:
                self.fault(place, f"`{clipped(text)}` {fault}")
                good = False
            else:
                # AWS documents no wildcard in the service prefix except a bare `*`.
                prefix = text.partition(":")[0]
                unclear = text != "*" and ("*" in prefix or "?" in prefix)
                (vague if unclear else globs).append(self._glob(text.lower()))
        named = "" if good and not vague else self.place_of((*tail, element))
        return Actions(tuple(globs), tuple(vague), excluded=element == "NotAction", unreadable=not good, place=named)

    def _no_action(self, text: str) -> str:
        """Return why S3 would refuse the action, or "": it refuses bucket policies with actions that it does not have.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
        """
        if text[:3].lower() != "s3:" or "*" in text or "?" in text or is_action(text) != NO:
            return ""
        from snaplint.iam.document.hints import instead_of_action

        return instead_of_action(self, text)

    def _glob(self, text: str) -> Glob:
        found = self._globs.get(text)
        if found is None:
            found = self._globs[text] = glob(text)
        return found

    def _resources(self, statement: Statement, found: Mapping[str, object], tail: Route) -> Resources | None:
        # A role trust policy has no resource: the resource is the role.
        trust = (
            self.kind == "resource"
            and bool(statement.actions)
            and all(action.lower().startswith("sts:") for action in statement.actions)
        )
        element = self.either(found, "Resource", tail, needed=not trust)
        if element is None:
            return None
        texts, good = self.texts(found[element], (*tail, element), element)
        sources = tuple(text for text, _ in texts)
        if element == "Resource":
            statement.resources = sources
        else:
            statement.not_resources = sources
        patterns: list[ArnPattern] = []
        templates: list[Template] = []
        for text, place in texts:
            compiled = self._resource(text, place)
            if compiled is None:
                good = False
            elif isinstance(compiled, ArnPattern):
                good = good and not (compiled.short and not text.startswith("arn:"))
                patterns.append(compiled)
            else:
                templates.append(compiled)
        if good and element == "Resource" and "*" in sources:
            return None  # it matches everything, whatever else is listed
        settled = good and not templates and all(pattern.plain for pattern in patterns)
        where = "" if settled else self.place_of((*tail, element))
        return Resources(
            tuple(patterns), tuple(templates), excluded=element == "NotResource", unreadable=not good, place=where
        )

    def _resource(self, text: str, place: Route) -> ArnPattern | Template | None:
        """Return a resource as a pattern, as a template if it has variables, or None if it cannot be read."""
        if text in self._patterns:
            return self._patterns[text]
        fault, compiled = _compile_resource(text, variables=self.variables)
        if fault:
            self.fault(place, f"`{clipped(text)}` {fault}", refused=fault != _EARLY_VARIABLE)
        else:
            self._patterns[text] = compiled
        return compiled

    def _check_rcp(self, statement: Statement, tail: Route) -> None:
        if statement.principals and any(value != "*" for _, value in statement.principals):
            self.fault((*tail, "Principal"), "the `Principal` of an RCP must be `*`")
        for element, values in (("NotPrincipal", statement.not_principals), ("NotAction", statement.not_actions)):
            if values:
                self.fault((*tail, element), f"`{element}` is not allowed in an RCP")
        if statement.effect == ALLOW and (statement.actions, statement.resources) != (("*",), ("*",)):
            self.fault(
                (*tail, "Effect"),
                "only the policy `RCPFullAWSAccess` may allow; your own RCPs can only deny",
                harmless=True,
            )


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html (PolicyDocument)
_LATIN = frozenset({"identity", "boundary", "session"})


def _is_latin(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or all(
        character in "\t\n\r" or " " <= character <= "\xff" for character in text
    )


def _foreign(found: object, place: Route) -> Iterator[tuple[Route, str]]:
    """Yield the characters in the texts of a statement that IAM does not accept, each with the route of its text."""
    if isinstance(found, str):
        yield from ((place, character) for character in found if not _is_latin(character))
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from _foreign(name, (*place, name))
            yield from _foreign(value, (*place, name))
    elif isinstance(found, (list, tuple)):
        for number, item in enumerate(found):
            yield from _foreign(item, (*place, number))


def _code(character: str) -> str:
    return f"U+{ord(character):04X}" if character else "it is outside U+0020 to U+00FF"


def _sources(statement: Statement) -> Iterator[str]:
    """Yield every text of a statement."""
    yield statement.sid or ""
    yield from statement.actions + statement.not_actions + statement.resources + statement.not_resources
    for operator, key, values in statement.conditions:
        yield from (operator, key, *values)


def _action_fault(text: str) -> str:
    if text == "*":
        return ""
    prefix, colon, name = text.partition(":")
    if not colon:
        return "is not an action: expected `service:Action`"
    if not prefix or not name or ":" in name:
        return "is not an action: expected `service:Action`"
    if text.split() != [text]:
        return "is not an action: it contains a space"
    return ""


_EARLY_VARIABLE = "has a variable before its fifth colon"
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html rules it out, but an AWS managed
policy has one (AmazonTimestreamInfluxDBServiceRolePolicy, `arn:*:kms:*:${aws:PrincipalAccount}:key/*`): AWS saves it,
but does not document what it means."""


def _compile_resource(text: str, *, variables: bool) -> tuple[str, ArnPattern | Template | None]:
    """Return what AWS would refuse in a resource, or "", and its compiled form if there is one."""
    try:
        parts = template(text, variables=variables, wildcards=True)
    except MalformedVariable as error:
        return f"is malformed: {error}", None
    plain: list[Token] = [part if not isinstance(part, Variable) else "${}" for part in parts]
    if not text.startswith("arn:") and (not text or text.strip("*")):
        return "is neither an ARN nor `*`", None
    pattern = ArnPattern(plain, crossing=True)
    if pattern.short:
        return "is not an ARN: it has fewer than six parts", pattern
    if any(isinstance(part, Variable) for part in parts):
        head = split_parts(plain)[:5]
        if any(isinstance(token, str) and "${}" in token for part in head for token in part):
            return _EARLY_VARIABLE, None
        return "", parts
    return "", pattern

"""Compile the elements of a statement, and collect what AWS would refuse in them.

The pages are those of `policy.py`. A fault that rests on another page cites it where it is added.
"""

from __future__ import annotations

from snaplint.base.wording import clipped, noun
from snaplint.iam.catalog import is_action
from snaplint.iam.document.action_element import LONGEST_ACTION, MOST_ACTIONS, Actions, service_of
from snaplint.iam.document.condition_element import compile_conditions
from snaplint.iam.document.kept import Memo, text_of
from snaplint.iam.document.notes import Notes
from snaplint.iam.document.principal_element import WITH_PRINCIPAL, compile_principal
from snaplint.iam.document.resource_element import Resources, is_simple
from snaplint.iam.document.statement import ALLOW, DENY, Statement, StatementPlace
from snaplint.iam.terms.arn import ArnPattern, split_parts
from snaplint.iam.terms.pattern import glob, is_wild
from snaplint.iam.terms.truth import NO, YES
from snaplint.iam.terms.values import MalformedVariable, Variable, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, TypeVar

    from snaplint.base.source import Route
    from snaplint.iam.document.condition import Condition
    from snaplint.iam.document.resource_element import Compiled
    from snaplint.iam.terms.pattern import Glob, Token

    Part = TypeVar("Part")

_ELEMENTS = dict.fromkeys(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)


class StatementCompiler(Notes):
    """Compiles statements of one document.

    A statement is compiled without its place: `Statement.placed` adds it. `doubtful` and `flawed` are about the last
    statement, and the faults are collected of all.
    """

    __slots__ = ("_sids",)

    def __init__(self, kind: str, *, variables: bool = False, quiet: bool = False) -> None:
        super().__init__(kind, variables=variables, quiet=quiet)
        self._sids: set[str] = set()

    def statement(self, found: object) -> Statement:
        """Compile one statement."""
        self.flawed = False
        self.doubtful.clear()
        if not isinstance(found, dict):
            self.fault((), f"a statement must be an object, not {noun(found)}")
            return opaque()
        statement = Statement(0)
        self.check_names(found, _ELEMENTS)
        statement.sid = self._sid(found)
        statement.effect = self._effect(found)
        named = self.either(found, "Action", needed=True)
        if named is not None:
            statement.action_element = self._part(named, found[named], self.actions)
        statement.resource_element = self._resources(statement, found)
        self._principal(statement, found)
        if "Condition" in found:
            statement.set_tests(self._part("Condition", found["Condition"], self._conditions, self.variables))
        if self.kind == "rcp":
            self._check_rcp(statement)
        if self.kind in _LATIN and not _is_latin("".join(_sources(statement))):
            place, character = next(_foreign(found, ()), ((), ""))
            self.fault(place, f"the statement contains a character that IAM does not accept: {_code(character)}")
        # AWS refuses an element with a fault, so it was never in effect as written and cannot match with certainty.
        if self.flawed:
            statement.flawed = True
            statement.doubtful = tuple(dict.fromkeys(place[:1] for place in self.doubtful))
        return statement

    def put_resource(self, statement: Statement, found: Mapping[str, object]) -> bool:
        """Give a statement that has no faults the `Resource` of another; return False if that makes a fault."""
        self.flawed = False
        statement.resource_element = self._resources(statement, found)
        if self.kind == "rcp":
            self._check_rcp(statement)
        return not self.flawed and (self.kind not in _LATIN or _is_latin("".join(statement.resources)))

    def actions(self, found: object, element: str = "Action") -> Actions:
        """Compile an `Action` or `NotAction` element."""
        texts, good = self.texts(found, (element,), element)
        globs: list[Glob] = []
        vague: list[Glob] = []
        well_formed = _well_formed[self.kind == "resource"]
        for text, place in texts:
            known = well_formed.get(text)
            if known is not None:
                globs.append(known)
                continue
            fault = _action_fault(text) or (self._no_action(text) if self.kind == "resource" else "")
            if fault:
                self.fault(place, f"`{clipped(text)}` {fault}")
                service = service_of(text)
                good = good and bool(service)
                if service:
                    vague.append(glob(f"{service}:*"))
            else:
                # AWS documents no wildcard in the service prefix except a bare `*`.
                pattern = glob(text.lower())
                if text != "*" and not service_of(text):
                    vague.append(pattern)
                else:
                    globs.append(pattern)
                    if len(text) <= LONGEST_ACTION and len(well_formed) < MOST_ACTIONS:
                        well_formed[text] = pattern
        sources = tuple([text for text, _ in texts])
        return Actions(sources, tuple(globs), tuple(vague), excluded=element == "NotAction", unreadable=not good)

    def _part(self, name: str, found: object, compiled: Callable[[object, str], Part], variant: object = None) -> Part:
        """Return an element compiled, from `_parts` if an equal one without faults was compiled before.

        `variant` is what the element depends on in the rest of the statement.
        """
        text = text_of(found)
        key = (name, self.kind, variant, text)
        known: Part | None = _parts.get(key)
        if known is not None and text is not None:
            return known
        before, self.flawed = self.flawed, False
        part = compiled(found, name)
        if text is not None and not self.flawed:
            _parts.keep(key, text, part)
        self.flawed = self.flawed or before
        return part

    def has_met(self, sid: str | None) -> bool:
        """Return True if an earlier statement has this `Sid` and each needs its own.

        Services may have their own rules for resource-based policies.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
        """
        return bool(sid) and sid in self._sids and self.kind not in WITH_PRINCIPAL

    def meet(self, sid: str | None) -> None:
        """Note the `Sid` of a statement, for the messages about others."""
        if sid and not self.quiet:
            self._sids.add(sid)

    def _sid(self, found: Mapping[str, object]) -> str | None:
        sid = found.get("Sid")
        if sid is None and "Sid" not in found:
            return None
        if not isinstance(sid, str):
            self.fault(("Sid",), f"`Sid` must be text, not {noun(sid)}", harmless=True)
            return None
        if self.kind not in WITH_PRINCIPAL and sid and not (sid.isascii() and sid.isalnum()):
            self.fault(
                ("Sid",),
                f"the `Sid` `{clipped(sid)}` has characters other than letters and digits",
                harmless=True,
            )
        if self.has_met(sid):
            self.fault(("Sid",), f"two statements have the `Sid` `{clipped(sid)}`", harmless=True)
        self.meet(sid)
        return sid

    def _effect(self, found: Mapping[str, object]) -> str | None:
        if "Effect" not in found:
            self.fault((), "the statement has no `Effect`")
            return None
        effect = found["Effect"]
        if effect in (ALLOW, DENY):
            return ALLOW if effect == ALLOW else DENY
        if isinstance(effect, str):
            near = self.near(effect, (ALLOW, DENY))
            self.fault(("Effect",), f"`Effect` must be `Allow` or `Deny`, not `{clipped(effect)}`{near}")
        else:
            self.fault(("Effect",), f"`Effect` must be `Allow` or `Deny`, not {noun(effect)}")
        return None

    def _no_action(self, text: str) -> str:
        """Return why S3 would refuse the action, or "": it refuses bucket policies with actions that it does not have.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
        """
        if text[:3].lower() != "s3:" or is_wild(text) or is_action(text) != NO:
            return ""
        from snaplint.iam.document.hints import instead_of_action

        return instead_of_action(self, text)

    def _resources(self, statement: Statement, found: Mapping[str, object]) -> Resources | None:
        is_trust = "Resource" not in found and self.kind == "resource" and _is_trust(statement)
        element = self.either(found, "Resource", needed=not is_trust)
        if element is None:
            return None
        named = found[element]
        entries: Sequence[Compiled]
        sources: tuple[str, ...]
        if isinstance(named, str) and (is_simple(named) or (named == "*" and element == "Resource")):
            # Most statements have one resource, or all.
            entries = sources = (named,)
            good = True
        else:
            texts, good = self.texts(named, (element,), element)
            sources = tuple([text for text, _ in texts])
            compiled = [self._resource(text, place) for text, place in texts]
            entries = [entry for entry in compiled if entry is not None]
            good = good and len(entries) == len(texts)
        if element == "Resource":
            statement.resources = sources
            if good and "*" in sources:
                return None  # it matches everything, whatever else is listed
        else:
            statement.not_resources = sources
        return Resources(entries, excluded=element == "NotResource", unreadable=not good)

    def _resource(self, text: str, place: Route) -> Compiled | None:
        """Return a resource as an entry of `Resources`, or None if it cannot be read."""
        fault, compiled = _compile_resource(text, variables=self.variables)
        if fault:
            self.fault(place, f"`{clipped(text)}` {fault}", refused=fault != _EARLY_VARIABLE)
        return compiled

    def _principal(self, statement: Statement, found: Mapping[str, object]) -> None:
        named = [name for name in ("Principal", "NotPrincipal") if name in found]
        if len(named) != 1 or self.kind not in WITH_PRINCIPAL:
            if named or self.kind in WITH_PRINCIPAL:
                compile_principal(self, statement, found)
            return

        def compiled(_found: object, _name: str) -> tuple[Any, ...]:
            compile_principal(self, statement, found)
            return statement.principal_element, statement.principals, statement.not_principals

        parts = self._part(named[0], found[named[0]], compiled, statement.effect)
        statement.principal_element, statement.principals, statement.not_principals = parts

    def _conditions(self, found: object, element: str) -> tuple[Condition, ...]:
        return compile_conditions(self, found, (element,))

    def _check_rcp(self, statement: Statement) -> None:
        if statement.principals and any(value != "*" for _, value in statement.principals):
            self.fault(("Principal",), "the `Principal` of an RCP must be `*`")
        for element, values in (("NotPrincipal", statement.not_principals), ("NotAction", statement.not_actions)):
            if values:
                self.fault((element,), f"`{element}` is not allowed in an RCP")
        if statement.effect == ALLOW and (statement.actions, statement.resources) != (("*",), ("*",)):
            self.fault(
                ("Effect",),
                "only the policy `RCPFullAWSAccess` may allow; your own RCPs can only deny",
                harmless=True,
            )


_well_formed: tuple[dict[str, Glob], dict[str, Glob]] = ({}, {})
"""The patterns of actions without faults, by their text; the second is for bucket policies."""
_statements = Memo()
_parts = Memo()


def entry_truth(text: str, kind: str, action: str) -> int:
    """Return whether an `Action` with only this entry matches an action, which is in lower case."""
    known = _well_formed[kind == "resource"].get(text)
    if known is not None:
        return YES if known.matches(action) else NO
    return StatementCompiler(kind, quiet=True).actions(text).truth(action)


def compile_statement(found: object, place: StatementPlace, compiler: StatementCompiler) -> Statement:
    """Compile one statement, or copy one that was compiled before and differs at most in its `Resource`.

    Streams of policies repeat statements, and most of these with the names of other resources.
    """
    own = found if isinstance(found, dict) and "Resource" in found else None
    text = text_of(found if own is None else {name: value for name, value in own.items() if name != "Resource"})
    key = (compiler.kind, compiler.variables, own is None, text)
    known: Statement | None = _statements.get(key)
    if known is not None and text is not None:
        statement = known.placed(place)
        if own is None or compiler.put_resource(statement, own):
            return statement
    statement = compiler.statement(found)
    if text is not None and not statement.flawed and _statements.keep(key, text, statement):
        return statement.placed(place)  # what is kept has no place
    statement.put(place)
    return statement


def opaque() -> Statement:
    """Return a statement in place of something that cannot be read: it may allow or deny any request."""
    statement = Statement(-1)
    statement.doubtful = ((),)
    statement.flawed = True
    return statement


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


def _is_trust(statement: Statement) -> bool:
    """Return True for a statement of a role trust policy, which has no resource: the resource is the role."""
    return bool(statement.actions) and all(action.lower().startswith("sts:") for action in statement.actions)


def _sources(statement: Statement) -> list[str]:
    """Return every text of a statement."""
    texts = [statement.sid or "", *statement.actions, *statement.not_actions]
    texts += (*statement.resources, *statement.not_resources)
    for test in statement.tests:
        texts += (test.operator, test.name, *test.values)
    return texts


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


def _compile_resource(text: str, *, variables: bool) -> tuple[str, Compiled | None]:
    """Return what AWS would refuse in a resource, or "", and its compiled form if there is one."""
    if is_simple(text):
        return "", text
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

"""Reads the elements of one statement, and notes what AWS would refuse in them.

The pages are those of `policy`; a fault that rests on another page names it where it is made.
"""

from __future__ import annotations

from typing import NamedTuple

from snaplint.iam.arn import ArnPattern, split_parts
from snaplint.iam.condition import Condition
from snaplint.iam.operators import IF_EXISTS, OPERATORS, QUANTIFIERS, Test, compile_test, spelled, value_fault
from snaplint.iam.pattern import Glob, glob
from snaplint.iam.principal import Entry, Principal, Who, is_canonical, is_service
from snaplint.iam.request import text_of
from snaplint.iam.statement import ALLOW, DENY, Actions, Resources, Route, Statement
from snaplint.iam.truth import UNKNOWN
from snaplint.iam.values import Malformed, Variable, template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snaplint.iam.operators import Spelled
    from snaplint.iam.pattern import Token
    from snaplint.iam.values import Template

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
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
WITH_PRINCIPAL = frozenset({"resource", "rcp", "endpoint"})

_SUGGESTIONS = 100
_LONGEST_NAME = 64
_SHOWN = 80


class PolicyFault(NamedTuple):
    """Something that AWS would refuse, and where it stands."""

    route: Route
    message: str


class Reader:
    """Compiles the statements of one document and gathers its faults."""

    __slots__ = (
        "_doubted",
        "_faults",
        "_globs",
        "_patterns",
        "_sids",
        "_suggested",
        "_tests",
        "kind",
        "route",
        "spoilt",
        "variables",
        "where",
    )

    def __init__(self, kind: str, route: Route, where: str) -> None:
        self.kind = kind
        self.route = route
        self.where = where
        """What the policy is called in lists of what is needed."""
        self.variables = False
        """Whether `${...}` is a variable here."""
        self.spoilt: tuple[str, ...] = ()
        """What makes every statement of the document doubtful."""
        self._faults: list[PolicyFault] = []
        self._doubted: list[Route] = []
        self._suggested = 0
        self._sids: set[str] = set()
        self._globs: dict[str, Glob] = {}
        self._patterns: dict[str, ArnPattern | Template | None] = {}
        self._tests: dict[tuple[str, tuple[str, ...]], Test] = {}

    def taken(self) -> tuple[PolicyFault, ...]:
        """The faults, in the order in which they were met."""
        return tuple(self._faults)

    def fault(self, tail: Route, message: str, *, harmless: bool = False) -> None:
        """Note a fault at `tail`, counted from the document; a `harmless` one leaves no doubt about what is meant."""
        self._faults.append(PolicyFault((*self.route, *tail), message))
        if not harmless:
            self._doubted.append(tail)

    def doubt(self, tail: Route) -> str:
        """What to call a place in lists of what is needed."""
        return ".".join((self.where, *map(str, tail)))

    @staticmethod
    def noun(value: object) -> str:
        """A JSON value by its type."""
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "a boolean"
        if isinstance(value, (int, float)):
            return "a number"
        if isinstance(value, str):
            return "text"
        return "a list" if isinstance(value, (list, tuple)) else "an object"

    @staticmethod
    def clip(text: str) -> str:
        """At most a line's worth of somebody's text."""
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def near(self, name: str, names: Iterable[str]) -> str:
        """A "did you mean" for a name nobody knows, or nothing."""
        candidates = list(names)
        folded = {candidate.lower(): candidate for candidate in candidates}
        guess = folded.get(name.lower())
        # Looking for near names is slow, and a hostile document can hold any number of wrong ones.
        if guess is None and len(name) <= _LONGEST_NAME and self._suggested < _SUGGESTIONS:
            from difflib import get_close_matches

            self._suggested += 1
            guess = next(iter(get_close_matches(name, candidates, 1, 0.75)), None)
        return f"; did you mean `{guess}`?" if guess else ""

    def check_names(self, found: Mapping[object, object], allowed: tuple[str, ...], tail: Route) -> bool:
        """Note every member that does not belong; whether there was none."""
        good = True
        for name in found:
            if not isinstance(name, str) or name not in allowed:
                shown = self.clip(name) if isinstance(name, str) else self.noun(name)
                near = self.near(name, allowed) if isinstance(name, str) else ""
                self.fault((*tail, shown), f"unknown element `{shown}`{near}")
                good = False
        return good

    def opaque(self, route: Route) -> Statement:
        """What stands in for something that cannot be read: it may allow or deny whatever is asked."""
        statement = Statement(-1, route)
        statement.cap = UNKNOWN
        statement.doubts = (".".join((self.where, *map(str, route[len(self.route) :]))),)
        return statement

    def statement(self, found: object, index: int, tail: Route) -> Statement:
        """Compile one statement."""
        if not isinstance(found, dict):
            self.fault(tail, f"a statement is an object, this is {self.noun(found)}")
            return self.opaque((*self.route, *tail))
        statement = Statement(index, (*self.route, *tail))
        before = len(self._doubted)
        self.check_names(found, ELEMENTS, tail)
        statement.sid = self._sid(found, tail)
        statement.effect = self._effect(found, tail)
        actions = self._actions(statement, found, tail)
        resources = self._resources(statement, found, tail)
        self._principal(statement, found, tail)
        tests = self._conditions(statement, found, tail)
        if self.kind == "rcp":
            self._check_rcp(statement, tail)
        if self.kind in _LATIN and not all(map(_is_latin, _sources(statement))):
            self.fault(tail, "the statement holds a character that IAM does not take")
        # What AWS refuses was never in force as it stands: an element with a fault cannot certainly match.
        elements = dict.fromkeys(place[: len(tail) + 1] for place in self._doubted[before:])
        statement.doubts = (*self.spoilt, *map(self.doubt, elements))
        if statement.doubts:
            statement.cap = UNKNOWN
        statement.take(actions, resources, tests)
        return statement

    def _sid(self, found: Mapping[str, object], tail: Route) -> str | None:
        sid = found.get("Sid")
        if sid is None and "Sid" not in found:
            return None
        if not isinstance(sid, str):
            self.fault((*tail, "Sid"), f"`Sid` is text, this is {self.noun(sid)}", harmless=True)
            return None
        # Services may have rules of their own for the policies of resources.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
        if self.kind not in WITH_PRINCIPAL:
            if sid and not (sid.isascii() and sid.isalnum()):
                self.fault(
                    (*tail, "Sid"), f"`Sid` holds letters and digits only, this is `{self.clip(sid)}`", harmless=True
                )
            if sid and sid in self._sids:
                self.fault((*tail, "Sid"), f"two statements have the `Sid` `{self.clip(sid)}`", harmless=True)
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
            self.fault((*tail, "Effect"), f"`Effect` is `Allow` or `Deny`, this is `{self.clip(effect)}`{near}")
        else:
            self.fault((*tail, "Effect"), f"`Effect` is `Allow` or `Deny`, this is {self.noun(effect)}")
        return None

    def _either(self, found: Mapping[str, object], name: str, tail: Route, *, needed: bool) -> str | None:
        """Which of `name` and `Not<name>` the statement has; None where it has neither, or both."""
        present = [element for element in (name, f"Not{name}") if element in found]
        if len(present) == 2:
            self.fault(tail, f"the statement has both `{name}` and `Not{name}`")
        if not present and needed:
            self.fault(tail, f"the statement has neither `{name}` nor `Not{name}`")
        return present[0] if len(present) == 1 else None

    def _texts(self, found: object, tail: Route, element: str) -> tuple[list[tuple[str, Route]], bool]:
        """The texts of an element that is one or a list of them, each with its place; and whether that is all of it."""
        if isinstance(found, str):
            return [(found, tail)], True
        if not isinstance(found, (list, tuple)):
            self.fault(tail, f"`{element}` is text or a list of texts, this is {self.noun(found)}")
            return [], False
        if not found:
            self.fault(tail, f"`{element}` is empty")
        texts = [(item, (*tail, number)) for number, item in enumerate(found) if isinstance(item, str)]
        for number, item in enumerate(found):
            if not isinstance(item, str):
                self.fault((*tail, number), f"`{element}` is text or a list of texts, this is {self.noun(item)}")
        return texts, bool(found) and len(texts) == len(found)

    def _actions(self, statement: Statement, found: Mapping[str, object], tail: Route) -> Actions | None:
        element = self._either(found, "Action", tail, needed=True)
        if element is None:
            return None
        texts, good = self._texts(found[element], (*tail, element), element)
        sources = tuple(text for text, _ in texts)
        if element == "Action":
            statement.actions = sources
        else:
            statement.not_actions = sources
        globs: list[Glob] = []
        vague: list[Glob] = []
        for text, place in texts:
            fault = _action_fault(text)
            if fault:
                self.fault(place, f"`{self.clip(text)}` {fault}")
                good = False
            else:
                # Of a wildcard in the service prefix only the bare `*` is documented.
                prefix = text.partition(":")[0]
                unclear = text != "*" and ("*" in prefix or "?" in prefix)
                (vague if unclear else globs).append(self._glob(text.lower()))
        doubt = "" if good else self.doubt((*tail, element))
        return Actions(tuple(globs), tuple(vague), excluded=element == "NotAction", doubt=doubt)

    def _glob(self, text: str) -> Glob:
        found = self._globs.get(text)
        if found is None:
            found = self._globs[text] = glob(text)
        return found

    def _resources(self, statement: Statement, found: Mapping[str, object], tail: Route) -> Resources | None:
        # A role's trust policy says whom it trusts; the resource is the role.
        trust = (
            self.kind == "resource"
            and bool(statement.actions)
            and all(action.lower().startswith("sts:") for action in statement.actions)
        )
        element = self._either(found, "Resource", tail, needed=not trust)
        if element is None:
            return None
        texts, good = self._texts(found[element], (*tail, element), element)
        sources = tuple(text for text, _ in texts)
        if element == "Resource":
            statement.resources = sources
        else:
            statement.not_resources = sources
        patterns: list[ArnPattern] = []
        open_: list[Template] = []
        for text, place in texts:
            compiled = self._resource(text, place)
            if compiled is None:
                good = False
            elif isinstance(compiled, ArnPattern):
                good = good and not (compiled.short and not text.startswith("arn:"))
                patterns.append(compiled)
            else:
                open_.append(compiled)
        doubt = "" if good else self.doubt((*tail, element))
        return Resources(tuple(patterns), tuple(open_), excluded=element == "NotResource", doubt=doubt)

    def _resource(self, text: str, place: Route) -> ArnPattern | Template | None:
        """One resource: a pattern, a template with variables, or None for what cannot be read."""
        if text in self._patterns:
            return self._patterns[text]
        fault, compiled = _compile_resource(text, variables=self.variables)
        if fault:
            self.fault(place, f"`{self.clip(text)}` {fault}")
        else:
            self._patterns[text] = compiled
        return compiled

    def _principal(self, statement: Statement, found: Mapping[str, object], tail: Route) -> None:
        if self.kind not in WITH_PRINCIPAL:
            for name in ("Principal", "NotPrincipal"):
                if name in found:
                    self.fault((*tail, name), f"`{name}` has no place in {_KINDS.get(self.kind, self.kind)}")
            return
        allows = statement.effect != DENY
        element = self._either(found, "Principal", tail, needed=True)
        if element is None:
            statement.who = Who((), allows=allows, doubt=self.doubt((*tail, "Principal")), faulty=True)
            return
        entries = self._entries(found[element], (*tail, element), element)
        sources = tuple((entry.type, entry.value) for entry in entries)
        if element == "Principal":
            statement.principals = sources
        else:
            statement.not_principals = sources
        broken = not entries or any(entry.broken for entry in entries)
        statement.who = Who(
            entries,
            excluded=element == "NotPrincipal",
            allows=allows,
            doubt=self.doubt((*tail, element)) if broken else "",
            faulty=not entries,
        )

    def _entries(self, found: object, tail: Route, element: str) -> tuple[Entry, ...]:
        """The principals that an element names; none where it cannot be read."""
        if isinstance(found, str):
            if found == "*":
                return (Entry("*", "*"),)
            self.fault(tail, f'`{element}` is `*` or an object such as {{"AWS": …}}, this is `{self.clip(found)}`')
            return ()
        if not isinstance(found, dict) or not found:
            what = "an empty object" if isinstance(found, dict) else self.noun(found)
            self.fault(tail, f'`{element}` is `*` or an object such as {{"AWS": …}}, this is {what}')
            return ()
        entries: list[Entry] = []
        for kind, values in found.items():
            if not isinstance(kind, str) or kind not in PRINCIPAL_TYPES:
                shown = self.clip(kind) if isinstance(kind, str) else self.noun(kind)
                near = self.near(kind, PRINCIPAL_TYPES) if isinstance(kind, str) else ""
                self.fault((*tail, shown), f"unknown type of principal `{shown}`{near}")
                entries.append(Entry("?", shown, broken=True))
                continue
            texts, good = self._texts(values, (*tail, kind), kind)
            for text, place in texts:
                fault = _principal_fault(kind, text)
                if fault:
                    self.fault(place, f"`{self.clip(text)}` {fault}")
                entries.append(Entry(kind, text, broken=bool(fault)))
            if not good:
                entries.append(Entry(kind, "", broken=True))
        return tuple(entries)

    def _check_rcp(self, statement: Statement, tail: Route) -> None:
        if statement.principals and any(value != "*" for _, value in statement.principals):
            self.fault((*tail, "Principal"), "the `Principal` of an RCP is `*`")
        for element, values in (("NotPrincipal", statement.not_principals), ("NotAction", statement.not_actions)):
            if values:
                self.fault((*tail, element), f"`{element}` has no place in an RCP")
        if statement.effect == ALLOW and (statement.actions, statement.resources) != (("*",), ("*",)):
            self.fault(
                (*tail, "Effect"),
                "only the policy `RCPFullAWSAccess` may allow; an RCP of your own denies",
                harmless=True,
            )

    def _conditions(self, statement: Statement, found: Mapping[str, object], tail: Route) -> tuple[Condition, ...]:
        if "Condition" not in found:
            return ()
        blocks, tail = found["Condition"], (*tail, "Condition")
        if not isinstance(blocks, dict):
            self.fault(tail, f"`Condition` is an object, this is {self.noun(blocks)}")
            return ()
        tests: list[Condition] = []
        for operator, block in blocks.items():
            name = operator if isinstance(operator, str) else self.noun(operator)
            known = spelled(name)
            if known is None:
                self.fault((*tail, name), f"unknown condition operator `{self.clip(name)}`{self._near_operator(name)}")
            if not isinstance(block, dict):
                self.fault((*tail, name), f"`{self.clip(name)}` holds an object of keys, this is {self.noun(block)}")
                continue
            tests.extend(self._block(name, known, block, (*tail, name)))
        statement.conditions = tuple((test.operator, test.name, test.values) for test in tests)
        return tuple(tests)

    def _near_operator(self, name: str) -> str:
        """The suggestion keeps the quantifier and the `IfExists` that were written."""
        quantifier, colon, base = name.rpartition(":")
        if colon and quantifier not in QUANTIFIERS:
            return self.near(quantifier, QUANTIFIERS)
        suffix = IF_EXISTS if base.endswith(IF_EXISTS) else ""
        names = {
            f"{quantifier}{colon}{known}{suffix}": known for known in OPERATORS if known != "Null" or not colon + suffix
        }
        return self.near(name, names)

    def _block(
        self, operator: str, found: Spelled | None, block: Mapping[object, object], tail: Route
    ) -> Iterable[Condition]:
        seen: set[str] = set()
        for key, values in block.items():
            name = key if isinstance(key, str) else self.noun(key)
            place = (*tail, name)
            good = isinstance(key, str) and _is_key(name)
            if not good:
                self.fault(place, f"`{self.clip(name)}` is no condition key: `service:name`")
            elif name.lower() in seen:
                self.fault(place, f"the key `{self.clip(name)}` stands twice, in different case")
            seen.add(name.lower())
            texts, complete = self._values(values, place)
            test = None
            if good and found is not None:
                test = self._test(operator, found, texts, values, place)
                if not complete:
                    # Not the shared one: something of this condition is missing.
                    test = compile_test(found.operator, texts, variables=self.variables)
                    test.broken = True
            yield Condition(operator, name, texts, found, test, self.doubt(tail[:-1]))

    def _values(self, found: object, place: Route) -> tuple[tuple[str, ...], bool]:
        """The values of a condition as text, and whether that is all of them."""
        given = found if isinstance(found, (list, tuple)) else [found]
        if not given:
            self.fault(place, "the condition has no values")
        texts: list[str] = []
        for number, value in enumerate(given):
            text = text_of(value)
            if text is None:
                at = (*place, number) if given is found else place
                self.fault(at, f"a condition's value is text, a number or a boolean, this is {self.noun(value)}")
            else:
                texts.append(text)
        return tuple(texts), bool(given) and len(texts) == len(given)

    def _test(self, operator: str, found: Spelled, texts: tuple[str, ...], values: object, place: Route) -> Test:
        test = self._tests.get((operator, texts))
        if test is not None:
            return test
        faulty = False
        for number, text in enumerate(texts):
            fault = value_fault(found.operator, text, variables=self.variables)
            if fault:
                at = (*place, number) if isinstance(values, (list, tuple)) else place
                self.fault(at, f"`{self.clip(text)}` {fault}")
                faulty = True
        test = compile_test(found.operator, texts, variables=self.variables)
        if not faulty:
            self._tests[operator, texts] = test
        return test


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html (PolicyDocument)
_LATIN = frozenset({"identity", "boundary", "session"})


def _is_latin(text: str) -> bool:
    return (text.isascii() and text.isprintable()) or all(
        character in "\t\n\r" or " " <= character <= "\xff" for character in text
    )


def _sources(statement: Statement) -> Iterator[str]:
    """Every text of a statement."""
    yield statement.sid or ""
    yield from statement.actions + statement.not_actions + statement.resources + statement.not_resources
    for operator, key, values in statement.conditions:
        yield from (operator, key, *values)


_KINDS = {
    "identity": "an identity policy",
    "scp": "an SCP",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}


def _action_fault(text: str) -> str:
    if text == "*":
        return ""
    prefix, colon, name = text.partition(":")
    if not colon:
        return "is no action: `service:Action`"
    if not prefix or not name or ":" in name:
        return "is no action: `service:Action`"
    if text.split() != [text]:
        return "is no action: it holds a space"
    return ""


def _compile_resource(text: str, *, variables: bool) -> tuple[str, ArnPattern | Template | None]:
    """What AWS would refuse in one resource, and the compiled form as far as there is one."""
    try:
        parts = template(text, variables=variables, wildcards=True)
    except Malformed as error:
        return f"is malformed: {error}", None
    plain: list[Token] = [part if not isinstance(part, Variable) else "${}" for part in parts]
    if not text.startswith("arn:") and (not text or text.strip("*")):
        return "is no ARN, nor `*`", None
    pattern = ArnPattern(plain, crossing=True)
    if pattern.short:
        return "is no ARN: it has fewer than six parts", pattern
    if any(isinstance(part, Variable) for part in parts):
        head = split_parts(plain)[:5]
        if any(isinstance(token, str) and "${}" in token for part in head for token in part):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
            return "has a variable before its fifth colon", None
        return "", parts
    return "", pattern


def _principal_fault(kind: str, text: str) -> str:
    if kind == "AWS":
        return _aws_fault(text)
    if kind == "Service":
        return "" if is_service(text) else "is no service principal: `service.amazonaws.com`"
    if kind == "CanonicalUser":
        return "" if is_canonical(text) else "is no canonical user ID: 64 hexadecimal digits"
    return "" if text else "names nobody"


def _aws_fault(text: str) -> str:
    if text == "*":
        return ""
    if "*" in text or "?" in text:
        return "is no principal: a wildcard stands alone"
    if ":group/" in text:
        return "is no principal: groups cannot be principals"
    # A deleted user or role leaves its unique ID behind, and CloudFront's origin access identities have no account.
    if text.startswith("arn:") and text.split(":")[4:5] == ["cloudfront"]:
        return ""
    if 16 <= len(text) <= 128 and text.isascii() and text.isalnum() and text.isupper() and text[0] == "A":
        return ""
    try:
        found = Principal.parse(text)
    except ValueError:
        return "is no principal: an account, or the ARN of a user, a role or a session"
    return (
        ""
        if found.account is not None
        else "is no AWS principal: an account, or the ARN of a user, a role or a session"
    )


def _is_key(name: str) -> bool:
    prefix, colon, rest = name.partition(":")
    return bool(prefix and colon and rest) and prefix.split() == [prefix]

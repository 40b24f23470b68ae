"""A policy document: its statements, compiled when they are needed, and everything that AWS would refuse to save.

Compiling never raises, whatever the document. An element with a fault answers UNKNOWN. The messages of the faults are
worked out only when they are read.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (the errors)
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from functools import lru_cache

from snaplint.base.wording import clipped, noun
from snaplint.iam.document.action_filter import filter_for
from snaplint.iam.document.elements import StatementCompiler, compile_statement, opaque
from snaplint.iam.document.kept import Memo, copied, text_of
from snaplint.iam.document.notes import PolicyFault
from snaplint.iam.document.statement import ALLOW, Home, Statement, StatementPlace, dotted
from snaplint.iam.terms.truth import NO, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from snaplint.base.source import Route

__all__ = ["Policy", "PolicyFault", "Statement"]

_MEMO_SIZE = 4096

VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = dict.fromkeys(("Version", "Id", "Statement"))

PARAMETER_NAMES: dict[str, str] = {
    "identity": "identity_policies",
    "resource": "resource_policy",
    "saved": "resource_policy",
    "scp": "scps",
    "rcp": "rcps",
    "boundary": "permission_boundaries",
    "session": "session_policy",
    "endpoint": "vpc_endpoint_policies",
}
"""The parameter of `Simulator` for each kind: the name in `depends_on` of a policy without a route."""


_ATTACHED_TO_MANY = frozenset({"scp", "rcp", "boundary", "endpoint"})
"""The kinds of policies that many principals share, so that a stream of requests repeats them whole."""
_policies = Memo()


class Policy:
    """A policy, made by `Policy.compile` or `Policy.unknown`.

    A statement is compiled when a request first asks for an action of its service. Equal statements are compiled once,
    whichever policies they are in.
    """

    __slots__ = (
        "_compiled",
        "_document",
        "_faults",
        "_home",
        "_listed",
        "_memo",
        "_raw",
        "_variables",
        "kind",
        "version",
    )

    def __init__(self, kind: str, home: Home, document: object = None) -> None:
        self.kind = kind
        self.version: str | None = None
        self._home = home
        self._document = document
        self._variables = False
        self._raw: list[object] = []
        """The statements as written; `_listed` says that they are a list in the document."""
        self._listed = True
        self._compiled: list[Statement | None] = []
        """The compiled statements; None for those that no request has asked for."""
        self._faults: tuple[PolicyFault, ...] | None = None
        self._memo: dict[str, tuple[tuple[Statement, int], ...]] = {}

    @classmethod
    def compile(
        cls, document: object, kind: str, route: Route = (), *, steps: tuple[int, ...] = (), owned: bool = False
    ) -> Policy:
        """Compile a policy document (parsed JSON). Never raises; what AWS would refuse is in `faults`.

        `kind` is `identity`, `resource`, `saved`, `scp`, `rcp`, `boundary`, `session` or `endpoint`; `saved` is a
        resource policy that AWS has accepted, so that the actions and condition keys in it exist. `route` is the route
        of the document, from which the routes of statements and faults continue. `steps` are the indexes that lead to a
        document without a route in the parameter of its kind, for `depends_on`. Statements are compiled later, from a
        copy of the document; with `owned`, from the document itself, which must then stay as it is.
        """
        home = Home(route, dotted(route)) if route else _home_in_parameter(kind, steps)
        text = text_of(document) if kind in _ATTACHED_TO_MANY else None
        key = (kind, home, text)
        known: Policy | None = _policies.get(key)
        if known is not None and text is not None:
            return known
        copy = document if owned else copied(document)
        policy = cls(kind, home, document if copy is None else copy)
        policy._read()
        if copy is None and document is not None:
            policy._faults = policy._found_faults()  # compiles all statements, because there is no copy
        if text is not None:
            _policies.keep(key, text, policy)
        return policy

    @classmethod
    def unknown(cls, needs: tuple[str, ...], kind: str = "identity") -> Policy:
        """Return a policy that was not read: it may allow, deny or neither, whatever the request.

        `needs` are the names of what would determine it, such as `caller.policies`, for `depends_on`.
        """
        policy = cls(kind, Home())
        policy._faults = ()
        statement = Statement(-1)
        statement.cap = UNKNOWN
        statement.doubts = needs
        policy._compiled = [statement]
        return policy

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of what would determine a policy that was not read; empty for every other."""
        first = self._compiled[0] if self._compiled else None
        return first.doubts if first is not None and first.index < 0 else ()

    def doubting(self, places: Iterable[Route]) -> Policy:
        """Return the same policy, in which the statements with these places answer at most UNKNOWN.

        The places are routes in the document of what AWS would refuse for a reason that depends on where it is saved.
        """
        policy = Policy(self.kind, self._home, self._document)
        policy.version, policy._variables, policy._faults = self.version, self._variables, self.faults
        policy._raw, policy._listed, policy._compiled = self._raw, self._listed, list(self._compiled)
        depth = len(self._tail(0))
        for place in places:
            number = place[1] if self._listed else 0
            assert isinstance(number, int), "the place of a statement in a list has its number"  # noqa: S101
            doubtful = policy.statements[number].placed(StatementPlace(self._home, self._tail(number), number))
            doubtful.doubtful = tuple(dict.fromkeys((*doubtful.doubtful, place[depth : depth + 1])))
            doubtful.put(StatementPlace(self._home, self._tail(number), number))
            policy._compiled[number] = doubtful
        return policy

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, compiled."""
        compiler = self._compiler()
        return tuple([each or self._statement(number, compiler) for number, each in enumerate(self._compiled)])

    @property
    def faults(self) -> tuple[PolicyFault, ...]:
        """Everything in the document that AWS would refuse."""
        if self._faults is None:
            self._faults = self._found_faults()
        return self._faults

    @property
    def has_allow(self) -> bool:
        """Return True if the effect of a statement is `Allow`."""
        return any(
            (statement.effect if statement else isinstance(raw, dict) and raw.get("Effect")) == ALLOW
            for statement, raw in zip(self._compiled, self._raw, strict=False)
        )

    def candidates(self, action: str) -> tuple[tuple[Statement, int], ...]:
        """Return the statements that match an action (in lower case) or may match it, each with YES or UNKNOWN."""
        found = self._memo.get(action)
        if found is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            named = [(each, each.matches_action(action)) for each in self._concerning(action)]
            found = self._memo[action] = tuple([pair for pair in named if pair[1] != NO])
        return found

    def _concerning(self, action: str) -> Iterator[Statement]:
        """Yield the statements that may match an action, among them those that were compiled before."""
        excludes = filter_for(self.kind, action).excludes
        compiler: StatementCompiler | None = None
        for number, statement in enumerate(self._compiled):
            if statement is not None:
                yield statement
            elif not excludes(self._raw[number]):
                compiler = compiler or self._compiler()
                yield self._statement(number, compiler)

    def _compiler(self) -> StatementCompiler:
        return StatementCompiler(self.kind, variables=self._variables, quiet=True)

    def _statement(self, number: int, compiler: StatementCompiler) -> Statement:
        """Compile a statement."""
        place = StatementPlace(self._home, self._tail(number), number)
        statement = self._compiled[number] = compile_statement(self._raw[number], place, compiler)
        return statement

    def _tail(self, number: int) -> Route:
        return ("Statement", number) if self._listed else ("Statement",)

    def _read(self) -> None:
        """Read what the meaning of the statements depends on."""
        document = self._document
        if not isinstance(document, dict):
            self._compiled = [opaque().placed(StatementPlace(self._home))]
            return
        version = document.get("Version")
        if isinstance(version, str) and version in VERSIONS:
            self.version = version
            self._variables = version == VERSIONS[0]
        elif "Version" in document:
            # Whether `${...}` is a variable is undetermined, and so is whether the rest was ever in effect.
            self._variables = True
            self._home = self._home._replace(doubts=(f"{self._home.where}.Version",))
        statements = document.get("Statement")
        if isinstance(statements, (list, tuple)):
            self._raw = list(statements)
        elif isinstance(statements, dict):
            self._raw, self._listed = [statements], False
        else:
            self._compiled = [
                opaque().placed(StatementPlace(self._home, ("Statement",) if "Statement" in document else ()))
            ]
            return
        self._compiled = [None] * len(self._raw)

    def _found_faults(self) -> tuple[PolicyFault, ...]:
        """Return the faults of the document, then those of its statements.

        A statement without faults is not compiled again. It is only compared with the others: each needs its own `Sid`.
        """
        compiler = StatementCompiler(self.kind, variables=self._variables)
        compiler.route = self._home.route
        if not isinstance(self._document, dict):
            compiler.fault((), f"a policy must be a JSON object, not {noun(self._document)}")
        else:
            _check_document(self._document, compiler)
        for number, (raw, statement) in enumerate(zip(self._raw, self.statements, strict=False)):
            if statement.flawed or compiler.has_met(statement.sid):
                compiler.route = (*self._home.route, *self._tail(number))
                compiler.statement(raw)
            else:
                compiler.meet(statement.sid)
        return compiler.faults()


@lru_cache(1024)
def _home_in_parameter(kind: str, steps: tuple[int, ...]) -> Home:
    """Return the home of a policy without a route, which `depends_on` calls `identity_policies.0`."""
    return Home((), dotted((PARAMETER_NAMES.get(kind, kind), *steps)))


def _check_document(document: Mapping[object, object], compiler: StatementCompiler) -> None:
    """Add the faults outside the statements."""
    compiler.check_names(document, _TOP)
    if "Version" not in document:
        if compiler.kind == "rcp":
            compiler.fault((), "an RCP must have `Version` 2012-10-17")
    elif not isinstance(version := document["Version"], str) or version not in VERSIONS:
        shown = f"`{clipped(version)}`" if isinstance(version, str) else noun(version)
        compiler.fault(("Version",), f"`Version` must be `2012-10-17` or `2008-10-17`, not {shown}")
    if "Id" in document and not isinstance(document["Id"], str):
        compiler.fault(("Id",), f"`Id` must be text, not {noun(document['Id'])}")
    if "Statement" not in document:
        compiler.fault((), "the policy has no `Statement`")
        return
    found = document["Statement"]
    if not isinstance(found, (dict, list, tuple)):
        compiler.fault(("Statement",), f"`Statement` must be an object or a list of objects, not {noun(found)}")
    elif found == [] or found == ():
        compiler.fault(("Statement",), "`Statement` is empty")

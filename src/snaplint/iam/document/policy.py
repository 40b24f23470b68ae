"""A compiled policy document: its statements, and everything in it that AWS would refuse to save.

Compiling never raises, whatever the document. An element with a fault answers UNKNOWN.

- https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html (the errors)
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
- https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from snaplint.base.wording import clipped, noun
from snaplint.iam.document.elements import StatementCompiler
from snaplint.iam.document.notes import PolicyFault
from snaplint.iam.document.statement import Statement, dotted
from snaplint.iam.terms.truth import NO, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from snaplint.base.source import Route

__all__ = ["Policy", "PolicyFault", "Statement"]

_MEMO_SIZE = 4096

VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")

PARAMETER_NAMES: dict[str, str] = {
    "identity": "identity_policies",
    "resource": "resource_policy",
    "scp": "scps",
    "rcp": "rcps",
    "boundary": "permission_boundaries",
    "session": "session_policy",
    "endpoint": "vpc_endpoint_policies",
}
"""The parameter of `Simulator` for each kind: the name in `depends_on` of a policy without a route."""


class Policy:
    """A compiled policy, made by `Policy.compile` or `Policy.unknown`."""

    __slots__ = ("_memo", "faults", "kind", "needs", "route", "statements", "version")

    def __init__(
        self,
        kind: str,
        route: Route,
        statements: tuple[Statement, ...],
        faults: tuple[PolicyFault, ...] = (),
        needs: tuple[str, ...] = (),
        version: str | None = None,
    ) -> None:
        self.kind = kind
        self.route = route
        self.statements = statements
        self.faults = faults
        self.needs = needs
        """For a policy that was not read, the names of what would determine it; else empty."""
        self.version = version
        self._memo: dict[str, tuple[tuple[Statement, int], ...]] = {}

    @classmethod
    def compile(cls, document: object, kind: str, route: Route = (), *, called: str = "") -> Policy:
        """Compile a policy document (parsed JSON). Never raises; what AWS would refuse is in `faults`.

        `kind` is `identity`, `resource`, `scp`, `rcp`, `boundary`, `session` or `endpoint`. `route` is the route of the
        document, from which the routes of statements and faults continue. `called` is the name in `depends_on` of a
        document without a route: `identity_policies.0`.
        """
        compiler = StatementCompiler(kind, route, dotted(route) or called or PARAMETER_NAMES.get(kind, kind))
        if not isinstance(document, dict):
            compiler.fault((), f"a policy must be a JSON object, not {noun(document)}")
            return cls(kind, route, (compiler.opaque(route),), compiler.faults(), version=None)
        compiler.check_names(document, _TOP, ())
        version = _version(document, compiler)
        if "Id" in document and not isinstance(document["Id"], str):
            compiler.fault(("Id",), f"`Id` must be text, not {noun(document['Id'])}")
        statements = _statements(document, compiler)
        return cls(kind, route, statements, compiler.faults(), version=version)

    @classmethod
    def unknown(cls, needs: tuple[str, ...], kind: str = "identity") -> Policy:
        """Return a policy that was not read: it may allow, deny or neither, whatever the request.

        `needs` are the names of what would determine it, such as `caller.policies`, for `depends_on`.
        """
        statement = Statement(-1, ())
        statement.cap = UNKNOWN
        statement.doubts = needs
        return cls(kind, (), (statement,), needs=needs)

    def candidates(self, action: str) -> tuple[tuple[Statement, int], ...]:
        """Return the statements that match an action (in lower case) or may match it, each with YES or UNKNOWN."""
        found = self._memo.get(action)
        if found is None:
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            named = ((statement, statement.matches_action(action)) for statement in self.statements)
            found = self._memo[action] = tuple(pair for pair in named if pair[1] != NO)
        return found


def _version(document: Mapping[object, object], compiler: StatementCompiler) -> str | None:
    if "Version" not in document:
        if compiler.kind == "rcp":
            compiler.fault((), "an RCP must have `Version` 2012-10-17")
        return None
    version = document["Version"]
    if isinstance(version, str) and version in VERSIONS:
        compiler.variables = version == VERSIONS[0]
        return version
    shown = f"`{clipped(version)}`" if isinstance(version, str) else noun(version)
    compiler.fault(("Version",), f"`Version` must be `2012-10-17` or `2008-10-17`, not {shown}")
    # Whether `${...}` is a variable is undetermined, and so is whether the rest was ever in effect.
    compiler.variables = True
    compiler.document_doubts = (f"{compiler.where}.Version",)
    return None


def _statements(document: Mapping[object, object], compiler: StatementCompiler) -> tuple[Statement, ...]:
    if "Statement" not in document:
        compiler.fault((), "the policy has no `Statement`")
        return (compiler.opaque(compiler.route),)
    found = document["Statement"]
    if isinstance(found, dict):
        return (compiler.statement(found, 0, ("Statement",)),)
    if not isinstance(found, (list, tuple)):
        compiler.fault(("Statement",), f"`Statement` must be an object or a list of objects, not {noun(found)}")
        return (compiler.opaque((*compiler.route, "Statement")),)
    if not found:
        compiler.fault(("Statement",), "`Statement` is empty")
    return tuple(compiler.statement(item, index, ("Statement", index)) for index, item in enumerate(found))

"""A policy document, compiled: its statements, and everything in it that AWS would refuse to save.

Nothing here raises, whatever is handed in. A fault makes that element of its statement `UNKNOWN`.

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
"""What to call a policy that was given no route, in lists of what is needed."""


class Policy:
    """A compiled policy: make one with `Policy.compile` or `Policy.unknown`."""

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
        """For a policy nobody has read: what would settle it. Empty for any other."""
        self.version = version
        self._memo: dict[str, tuple[tuple[Statement, int], ...]] = {}

    @classmethod
    def compile(cls, document: object, kind: str, route: Route = (), *, called: str = "") -> Policy:
        """Compile a policy document (parsed JSON). Never raises; what AWS would refuse is in `faults`.

        `kind` is `identity`, `resource`, `scp`, `rcp`, `boundary`, `session` or `endpoint`; `route` is where the
        document stands, and the routes of statements and faults go on from it. `called` is what lists of what is
        needed call a document without a route: `identity_policies.0`.
        """
        compiler = StatementCompiler(kind, route, dotted(route) or called or PARAMETER_NAMES.get(kind, kind))
        if not isinstance(document, dict):
            compiler.fault((), f"a policy is a JSON object, this is {noun(document)}")
            return cls(kind, route, (compiler.opaque(route),), compiler.taken(), version=None)
        compiler.check_names(document, _TOP, ())
        version = _version(document, compiler)
        if "Id" in document and not isinstance(document["Id"], str):
            compiler.fault(("Id",), f"`Id` is text, this is {noun(document['Id'])}")
        statements = _statements(document, compiler)
        return cls(kind, route, statements, compiler.taken(), version=version)

    @classmethod
    def unknown(cls, needs: tuple[str, ...], kind: str = "identity") -> Policy:
        """A policy nobody has read: whatever is asked, it may allow, deny or neither.

        `needs` names what would settle it, such as `caller.policies`; a decision lists it under `depends_on`.
        """
        statement = Statement(-1, ())
        statement.cap = UNKNOWN
        statement.doubts = needs
        return cls(kind, (), (statement,), needs=needs)

    def candidates(self, action: str) -> tuple[tuple[Statement, int], ...]:
        """The statements that are, or may be, about an action (in lower case), each with which of the two."""
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
            compiler.fault((), "an RCP needs `Version` 2012-10-17")
        return None
    version = document["Version"]
    if isinstance(version, str) and version in VERSIONS:
        compiler.variables = version == VERSIONS[0]
        return version
    shown = f"`{clipped(version)}`" if isinstance(version, str) else noun(version)
    compiler.fault(("Version",), f"`Version` is `2012-10-17` or `2008-10-17`, this is {shown}")
    # Whether `${...}` is a variable here, nobody can say, nor whether the rest was ever in force.
    compiler.variables = True
    compiler.spoilt = (f"{compiler.where}.Version",)
    return None


def _statements(document: Mapping[object, object], compiler: StatementCompiler) -> tuple[Statement, ...]:
    if "Statement" not in document:
        compiler.fault((), "the policy has no `Statement`")
        return (compiler.opaque(compiler.route),)
    found = document["Statement"]
    if isinstance(found, dict):
        return (compiler.statement(found, 0, ("Statement",)),)
    if not isinstance(found, (list, tuple)):
        compiler.fault(("Statement",), f"`Statement` is an object or a list of them, this is {noun(found)}")
        return (compiler.opaque((*compiler.route, "Statement")),)
    if not found:
        compiler.fault(("Statement",), "`Statement` is empty")
    return tuple(compiler.statement(item, index, ("Statement", index)) for index, item in enumerate(found))

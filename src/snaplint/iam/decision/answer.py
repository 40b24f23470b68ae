"""What the engine answers: an outcome, and the statements, layers and facts that explain it."""

from __future__ import annotations

from enum import StrEnum

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from snaplint.base.source import Route
    from snaplint.iam.asked.request import Request
    from snaplint.iam.decision.compared import Comparison
    from snaplint.iam.decision.layers import Layer
    from snaplint.iam.document.statement import Statement


class Outcome(StrEnum):
    """The four outcomes of a decision."""

    Allowed = "Allowed"
    ImplicitlyDenied = "ImplicitlyDenied"
    ExplicitlyDenied = "ExplicitlyDenied"
    Depends = "Depends"


# For the hot path: in Python 3.11 looking up a member of an enum takes as long as matching a statement.
ALLOWED, IMPLICITLY_DENIED, EXPLICITLY_DENIED, DEPENDS = Outcome


class Reason:
    """One statement that decided, or that the decision hangs on: what a report may say of it, and `as_json`.

    It looks things up when asked, so that deciding costs nothing that nobody reads. Reasons are equal if they name the
    same statement, whatever was asked.
    """

    __slots__ = ("_layer", "_request", "_statement", "policy")

    def __init__(self, layer: Layer, policy: int, statement: Statement, request: Request) -> None:
        self._layer = layer
        self.policy = policy
        """The place of its policy in its layer or, of SCPs and RCPs, in its level."""
        self._statement = statement
        self._request = request

    @property
    def layer(self) -> str:
        """`identity`, `resource`, `acl`, `boundary`, `session`, `endpoint`, `scp` or `rcp`."""
        return self._layer.name

    @property
    def level(self) -> int | None:
        """The level of an SCP or RCP, counted from the root."""
        return self._layer.level

    @property
    def statement(self) -> int:
        """Its index in its policy, or that of an ACL's grant; -1 for a policy nobody has read."""
        return self._statement.index

    @property
    def sid(self) -> str | None:
        """Its `Sid`."""
        return self._statement.sid

    @property
    def effect(self) -> str | None:
        """`Allow` or `Deny`; None where that cannot be read."""
        return self._statement.effect

    @property
    def route(self) -> Route:
        """Where it stands in its document."""
        return self._statement.route

    @property
    def tested(self) -> tuple[tuple[str, str], ...]:
        """The operator and key of each of its conditions, as the policy wrote them."""
        return tuple((test.operator, test.name) for test in self._statement.tests)

    @property
    def conditions(self) -> tuple[Comparison, ...]:
        """Its conditions, each with the values compared and the result."""
        from snaplint.iam.decision.compared import comparisons  # only explanations ask

        return comparisons(self._statement, self._request)

    def asked(self, request: Request) -> Reason:
        """The same reason beside another request."""
        return Reason(self._layer, self.policy, self._statement, request)

    def as_json(self) -> dict[str, object]:
        """The form in which `snaplint simulate` prints it; `conditions` only where the statement has some."""
        found: dict[str, object] = {"layer": self.layer}
        if self.level is not None:
            found["level"] = self.level
        found |= {
            "policy": self.policy,
            "statement": self.statement if self.statement >= 0 else None,
            "sid": self.sid,
            "effect": self.effect,
        }
        if self._statement.tests:
            found["conditions"] = [each.as_json() for each in self.conditions]
        return found

    def _same(self) -> tuple[object, ...]:
        return self.layer, self.level, self.policy, self.statement, self.sid, self.effect, self.route

    def __eq__(self, other: object) -> bool:
        return self._same() == other._same() if isinstance(other, Reason) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._layer.name, self._layer.level, self.policy, self._statement.index))

    def __repr__(self) -> str:
        return f"<Reason {self._layer.label} {self.policy}.{self.statement} {self.effect} {self.sid!r}>"


class Decision(NamedTuple):
    """What the engine answers.

    `because`: the statements that allowed, or that denied, or that a `Depends` hangs on. `blocked_by`: the layers
    whose missing Allow denied (`identity`, `resource`, `boundary`, `session`, `endpoint`, `scp[1]`, `rcp[0]`,
    `block_public_access`). `depends_on`: the context keys and other facts that would settle it, sorted.
    """

    decision: Outcome
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The form in which `snaplint simulate` prints it, but for the id."""
        return {
            "decision": str(self.decision),
            "because": [each.as_json() for each in self.because],
            "blocked_by": list(self.blocked_by),
            "depends_on": list(self.depends_on),
        }


def in_order(needs: Iterable[str]) -> tuple[str, ...]:
    """Return the names as `depends_on` lists them: sorted, and a key that policies write in two cases only once."""
    return tuple(sorted({need.lower(): need for need in sorted(needs)}.values()))

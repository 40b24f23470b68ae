"""What the engine answers: an outcome, and the statements, layers and facts that explain it."""

from __future__ import annotations

from enum import StrEnum

from snaplint.base.record import NamedTuple
from snaplint.iam.terms.truth import NO, UNKNOWN, YES

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


# The members as global names: in Python 3.11 they are slow to look up on the class.
ALLOWED, IMPLICITLY_DENIED, EXPLICITLY_DENIED, DEPENDS = Outcome


class Reason:
    """A statement that decided, or on which the decision depends.

    Its properties are worked out on access, so that decisions whose reasons are not read cost nothing extra. Reasons
    are equal if they name the same statement, whatever the request.
    """

    __slots__ = ("_layer", "_request", "_statement", "policy")

    def __init__(self, layer: Layer, policy: int, statement: Statement, request: Request) -> None:
        self._layer = layer
        self.policy = policy
        """The index of its policy in the layer; for SCPs and RCPs, in the level."""
        self._statement = statement
        self._request = request

    @property
    def layer(self) -> str:
        """The name of its layer: `identity`, `resource`, `acl`, `boundary`, `session`, `endpoint`, `scp` or `rcp`."""
        return self._layer.name

    @property
    def level(self) -> int | None:
        """The level of an SCP or RCP, counted from the root; None in other layers."""
        return self._layer.level

    @property
    def statement(self) -> int:
        """Its index in the policy, or that of the grant in an ACL; -1 for a policy that was not read."""
        return self._statement.index

    @property
    def sid(self) -> str | None:
        """Its `Sid`."""
        return self._statement.sid

    @property
    def effect(self) -> str | None:
        """`Allow` or `Deny`; None if it cannot be read."""
        return self._statement.effect

    @property
    def route(self) -> Route:
        """Its route in the document."""
        return self._statement.route

    @property
    def tested(self) -> tuple[tuple[str, str], ...]:
        """The operator and key of each of its conditions, as written in the policy."""
        return tuple((test.operator, test.name) for test in self._statement.tests)

    @property
    def conditions(self) -> tuple[Comparison, ...]:
        """Its conditions, each compared with the request."""
        from snaplint.iam.decision.compared import comparisons  # only explanations need it

        return comparisons(self._statement, self._request)

    def for_request(self, request: Request) -> Reason:
        """Return the same reason for another request."""
        return Reason(self._layer, self.policy, self._statement, request)

    def as_json(self) -> dict[str, object]:
        """Return the object that `snaplint simulate` prints; `conditions` is present only if the statement has any."""
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
    """The engine's answer to one request.

    `because`: the statements that allow or deny or, if the outcome is `Depends`, on which it depends. `blocked_by`: the
    layers whose missing Allow denies (`identity`, `resource`, `boundary`, `session`, `endpoint`, `scp[1]`, `rcp[0]`,
    `block_public_access`), and `root_user` for an action that AWS refuses to root users. `depends_on`: the context keys
    and other facts that would determine whether the request is allowed, sorted. `cut_short`: True if there was too much
    to try all of it; then `depends_on` may have names that make no difference. `denied`: True if the outcome is
    `Depends` and the request is denied in any case: then `depends_on` would determine whether a Deny denies it
    explicitly, and `blocked_by` names the layers whose missing Allow denies it otherwise.
    """

    decision: Outcome
    because: tuple[Reason, ...] = ()
    blocked_by: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    cut_short: bool = False
    denied: bool = False

    @property
    def truth(self) -> int:
        """Whether the request is allowed: YES, NO or UNKNOWN."""
        return NO if self.denied else _TRUTHS[self.decision]

    def as_json(self) -> dict[str, object]:
        """Return the object that `snaplint simulate` prints, without the `id`.

        `denied` and `cut_short` are present only if True.
        """
        found: dict[str, object] = {
            "decision": str(self.decision),
            "because": [each.as_json() for each in self.because],
            "blocked_by": list(self.blocked_by),
            "depends_on": list(self.depends_on),
        }
        if self.denied:
            found["denied"] = True
        if self.cut_short:
            found["cut_short"] = True
        return found


_TRUTHS = {ALLOWED: YES, IMPLICITLY_DENIED: NO, EXPLICITLY_DENIED: NO, DEPENDS: UNKNOWN}


def in_order(needs: Iterable[str]) -> tuple[str, ...]:
    """Return the names as `depends_on` lists them: sorted, and a key that policies write in two cases only once."""
    return tuple(sorted({need.lower(): need for need in sorted(needs)}.values()))

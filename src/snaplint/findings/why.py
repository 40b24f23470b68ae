"""Why a request has its verdicts: for the caller and for the service, each right with the layers that decided it."""

from __future__ import annotations

from snaplint.base.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from snaplint.base.source import Route
    from snaplint.findings.result import Result
    from snaplint.findings.verdict import Blame, Verdict
    from snaplint.iam.explain.explain import ExplainedLayer


class Seen(NamedTuple):
    """A layer of policies as one answer saw it; `routes` leads to each of its statements, in their order."""

    layer: ExplainedLayer
    routes: tuple[Route, ...]


class Way(NamedTuple):
    """One principal that is asked for a right, and whether it has it: YES, NO or UNKNOWN.

    `name` says how the right is granted; it is empty if there is one way. `text` says why there is nothing to decide.
    `grants` are those of the bucket ACL. `absent` has the layers that limit nothing, each with the reason. `depends_on`
    is what an UNKNOWN depends on, in words, and `assumes` names the facts that are assumed to have no effect.
    """

    name: str
    truth: int
    layers: tuple[Seen, ...] = ()
    grants: tuple[Blame, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    text: str = ""
    depends_on: str = ""
    assumes: tuple[str, ...] = ()


class Right(NamedTuple):
    """A right that rules require: its action, the resource in words, and the ways in which it can be granted."""

    action: str
    place: str
    truth: int
    rules: tuple[str, ...]
    ways: tuple[Way, ...]


class Branch(NamedTuple):
    """One of the two that need rights: the caller, or the service that writes. `verdicts` are about its rights."""

    name: str
    verdicts: tuple[Verdict, ...]
    rights: tuple[Right, ...]


class Why(NamedTuple):
    """The tree for one request. `others` are the verdicts about anything but rights."""

    result: Result
    branches: tuple[Branch, ...]
    others: tuple[Verdict, ...]

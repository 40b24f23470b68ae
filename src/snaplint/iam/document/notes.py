"""The faults of a policy document: what AWS would refuse in it, collected while it is compiled."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped, did_you_mean, nearest, noun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.base.source import Route

_SUGGESTIONS = 100


class PolicyFault(NamedTuple):
    """Something in a policy that AWS would refuse, with its route.

    `refused` is False for what AWS's documentation rules out but AWS saves: AWS does not document what it then means.
    """

    route: Route
    message: str
    refused: bool = True


class Notes:
    """The faults of one document, and what the compilers of its parts need to know.

    `kind` is what the policy is used as. `variables` says that `${...}` is a variable in this document. With `quiet`
    the messages are not worked out: only that there is a fault, and which elements it makes doubtful.
    """

    __slots__ = ("_faults", "_suggested", "doubtful", "flawed", "kind", "quiet", "route", "variables")

    def __init__(self, kind: str, *, variables: bool = False, quiet: bool = False) -> None:
        self.kind = kind
        self.variables = variables
        self.quiet = quiet
        self.route: Route = ()
        """The route of what is compiled: a document or a statement. The routes below continue it."""
        self.doubtful: list[Route] = []
        """The routes of faults that leave the meaning undetermined."""
        self.flawed = False
        """There is a fault, which may be harmless."""
        self._faults: list[PolicyFault] = []
        self._suggested = 0

    def faults(self) -> tuple[PolicyFault, ...]:
        """Return the faults in the order in which they were found."""
        return tuple(self._faults)

    def fault(self, tail: Route, message: str, *, harmless: bool = False, refused: bool = True) -> None:
        """Add a fault at `tail`, a route in what is compiled; if it is `harmless`, the meaning is determined."""
        self.flawed = True
        if not self.quiet:
            self._faults.append(PolicyFault((*self.route, *tail), message, refused))
        if not harmless:
            self.doubtful.append(tail)

    def near(self, name: str, names: Iterable[str], *, lead: str = "", trail: str = "", cutoff: float = 0.75) -> str:
        """Return a suggestion for an unknown name, or ""; `lead` and `trail` are shown around the suggested name."""
        if self.quiet or self._suggested >= _SUGGESTIONS:
            return ""
        # The search for similar names is slow, and a hostile document can have any number of wrong ones.
        self._suggested += 1
        guess = nearest(name, names, cutoff)
        return did_you_mean(f"{lead}{guess}{clipped(trail)}") if guess else ""

    def check_names(self, found: Mapping[object, object], allowed: dict[str, None]) -> None:
        """Add a fault for every member that is not allowed."""
        if allowed.keys() >= found.keys():
            return
        for name in found:
            if not isinstance(name, str) or name not in allowed:
                shown = clipped(name) if isinstance(name, str) else noun(name)
                near = self.near(name, allowed) if isinstance(name, str) else ""
                self.fault((shown,), f"unknown element `{shown}`{near}")

    def either(self, found: Mapping[str, object], name: str, *, needed: bool) -> str | None:
        """Return which of `name` and `Not<name>` the statement has; None if it has neither or both."""
        negated = f"Not{name}"
        if name in found:
            if negated not in found:
                return name
            self.fault((), f"the statement has both `{name}` and `{negated}`")
            return None
        if negated in found:
            return negated
        if needed:
            self.fault((), f"the statement has neither `{name}` nor `{negated}`")
        return None

    def texts(self, found: object, tail: Route, element: str) -> tuple[list[tuple[str, Route]], bool]:
        """Return the texts of an element (text or a list of texts), each with its route, and whether these are all."""
        if isinstance(found, str):
            return [(found, tail)], True
        if not isinstance(found, (list, tuple)):
            self.fault(tail, f"`{element}` must be text or a list of texts, not {noun(found)}")
            return [], False
        if not found:
            self.fault(tail, f"`{element}` is empty")
        texts = [(item, (*tail, number)) for number, item in enumerate(found) if isinstance(item, str)]
        for number, item in enumerate(found):
            if not isinstance(item, str):
                self.fault((*tail, number), f"`{element}` must be text or a list of texts, not {noun(item)}")
        return texts, bool(found) and len(texts) == len(found)

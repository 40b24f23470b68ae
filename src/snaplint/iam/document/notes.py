"""What AWS would refuse in a policy, gathered while it is read: faults with their places, and the words for them."""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.wording import clipped, did_you_mean, nearest, noun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from snaplint.base.source import Route

_SUGGESTIONS = 100


class PolicyFault(NamedTuple):
    """Something that AWS would refuse, and where it stands.

    `refused` is False for what AWS's pages rule out and AWS nevertheless saves: nobody documents what it then means.
    """

    route: Route
    message: str
    refused: bool = True


class Notes:
    """The faults of one document, and what everything that reads a part of it needs to know.

    `kind` is what the policy is used as, `route` where it stands, `where` what it is called in lists of what is needed.
    """

    __slots__ = ("_faults", "_suggested", "doubted", "kind", "route", "variables", "where")

    def __init__(self, kind: str, route: Route, where: str) -> None:
        self.kind = kind
        self.route = route
        self.where = where
        self.variables = False
        """Whether `${...}` is a variable here."""
        self.doubted: list[Route] = []
        """The places whose faults leave open what is meant."""
        self._faults: list[PolicyFault] = []
        self._suggested = 0

    def taken(self) -> tuple[PolicyFault, ...]:
        """The faults, in the order in which they were met."""
        return tuple(self._faults)

    def fault(self, tail: Route, message: str, *, harmless: bool = False, refused: bool = True) -> None:
        """Note a fault at `tail`, counted from the document; a `harmless` one leaves no doubt about what is meant."""
        self._faults.append(PolicyFault((*self.route, *tail), message, refused))
        if not harmless:
            self.doubted.append(tail)

    def doubt(self, tail: Route) -> str:
        """What to call a place in lists of what is needed."""
        return ".".join((self.where, *map(str, tail)))

    def near(self, name: str, names: Iterable[str], *, lead: str = "", trail: str = "", cutoff: float = 0.75) -> str:
        """Return a suggestion for an unknown name, or ""; `lead` and `trail` are shown around the suggested name."""
        if self._suggested >= _SUGGESTIONS:
            return ""
        # The search for near names is slow, and a hostile document can hold any number of wrong ones.
        self._suggested += 1
        guess = nearest(name, names, cutoff)
        return did_you_mean(f"{lead}{guess}{clipped(trail)}") if guess else ""

    def check_names(self, found: Mapping[object, object], allowed: tuple[str, ...], tail: Route) -> bool:
        """Note every member that does not belong; whether there was none."""
        good = True
        for name in found:
            if not isinstance(name, str) or name not in allowed:
                shown = clipped(name) if isinstance(name, str) else noun(name)
                near = self.near(name, allowed) if isinstance(name, str) else ""
                self.fault((*tail, shown), f"unknown element `{shown}`{near}")
                good = False
        return good

    def either(self, found: Mapping[str, object], name: str, tail: Route, *, needed: bool) -> str | None:
        """Which of `name` and `Not<name>` the statement has; None where it has neither, or both."""
        present = [element for element in (name, f"Not{name}") if element in found]
        if len(present) == 2:
            self.fault(tail, f"the statement has both `{name}` and `Not{name}`")
        if not present and needed:
            self.fault(tail, f"the statement has neither `{name}` nor `Not{name}`")
        return present[0] if len(present) == 1 else None

    def texts(self, found: object, tail: Route, element: str) -> tuple[list[tuple[str, Route]], bool]:
        """The texts of an element that is one or a list of them, each with its place; and whether that is all of it."""
        if isinstance(found, str):
            return [(found, tail)], True
        if not isinstance(found, (list, tuple)):
            self.fault(tail, f"`{element}` is text or a list of texts, this is {noun(found)}")
            return [], False
        if not found:
            self.fault(tail, f"`{element}` is empty")
        texts = [(item, (*tail, number)) for number, item in enumerate(found) if isinstance(item, str)]
        for number, item in enumerate(found):
            if not isinstance(item, str):
                self.fault((*tail, number), f"`{element}` is text or a list of texts, this is {noun(item)}")
        return texts, bool(found) and len(texts) == len(found)

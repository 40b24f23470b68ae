"""Values that may stand in another file, or inside what the AWS CLI printed: followed, unwrapped, hung in place.

Routes are those of the preflight file throughout, wherever a value really stands.
"""

from __future__ import annotations

from snaplint.base.schema import MOST_FAULTS
from snaplint.base.source import Fault, Unreadable
from snaplint.base.unknown import Unknown
from snaplint.base.wording import clipped
from snaplint.facts import PolicyDocument
from snaplint.read import aws_answers
from snaplint.read.aws_answers import Unfit
from snaplint.syntax.document import embedded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.read.source_map import SourceMap
    from snaplint.syntax.document import Document
    from snaplint.syntax.files import Files

MISSING = object()
"""Stands for a value that is not given at all."""

_LONGEST_REASON = 1_000
"""Characters: a reason is repeated by every verdict that needs the fact."""


class Includes:
    """One preflight file as the root of a tree of documents. `faults` holds what could not be read on the way."""

    def __init__(self, source: SourceMap, files: Files) -> None:
        self.source = source
        self.files = files
        self.faults: list[Fault] = []
        self.reasons: dict[str, str] = {}
        """Why facts are unknown, where the file says so itself: by the name that a report gives the fact."""
        self._policies: dict[tuple[int, Route], PolicyDocument] = {}
        self._escapes: dict[tuple[int, Route], Document | None] = {}

    def report(self, fault: Fault) -> None:
        """Report a fault once. A file with very many of them is of another kind, or meant to drown its reader."""
        if fault not in self.files.reported and len(self.faults) < MOST_FAULTS:
            self.files.reported.add(fault)
            self.faults.append(fault)

    def fault(self, route: Route, message: str) -> None:
        """Report a fault of the value at a route."""
        self.report(self.source.fault(route, message))

    def included(self, name: str, route: Route, base: str) -> Document | None:
        """The document that stands in the file `name`; a fault is reported where it cannot be had."""
        try:
            document = self.files.named(name, base)
        except Unreadable as error:
            self.fault(route, error.message)
            return None
        if isinstance(document, Fault):
            self.report(document)
            return None
        return document

    def resolve(self, value: object, route: Route, *, is_path: Callable[[str], bool]) -> object:
        """The value itself, or what stands in the file that it names, which is then hung in at `route`; Unknown where
        that fails."""
        if not isinstance(value, str) or not is_path(value):
            return value
        document = self.included(value, route, self.source.find(route)[0].path)
        if document is None:
            return unreadable(route, value)
        self.source.mount(route, document)
        return document.data

    def misfit(self, route: Route, error: Unfit) -> Unknown:
        """Report that a value is not the answer that belongs at a route."""
        self.fault((*route, *error.route), f"`{dotted(route)}` must be {error.expected}")
        return unreadable(route)

    def answer(
        self,
        value: object,
        route: Route,
        read: Callable[[Any], Any],
        *,
        is_path: Callable[[str], bool] = lambda _text: True,
    ) -> Any:
        """A fact that `read` takes from the value, or from the file it names; None for null, Unknown for what is left
        out or unfit."""
        if value is MISSING:
            return Unknown(f"`{dotted(route)}` is not provided", (dotted(route),))
        if value is None:
            return None
        resolved = self.declared(value, route) or self.resolve(value, route, is_path=is_path)
        if isinstance(resolved, Unknown):
            return resolved
        try:
            return read(resolved)
        except Unfit as error:
            return self.misfit(route, error)

    def declared(self, value: Any, route: Route) -> Unknown | None:
        """The Unknown that `{"unknown": "why"}` stands for; None for every other value."""
        return self.unknown(value["unknown"], route) if is_declared_unknown(value) else None

    def unknown(self, why: str, route: Route) -> Unknown:
        """A fact of which the file says that it is unknown, and why."""
        fact = dotted(route)
        why = clipped(why.strip(), _LONGEST_REASON) or "no reason is given"
        self.reasons[fact] = why
        return Unknown(why, (fact,), unreadable=True)

    def part(self, route: Route, locate: Callable[[Mapping[str, Any]], Route]) -> Callable[[object], object]:
        """A reader that goes to the part of an answer that matters, and hangs that part in at `route`."""

        def read(value: object) -> object:
            if not isinstance(value, dict):
                raise Unfit("an object")
            inner = locate(value)
            self.mount_part(route, inner)
            found: Any = value
            for step in inner:
                found = found[step]
            return found

        return read

    def mount_part(self, route: Route, inner: Route) -> None:
        """Hang the part `inner` of what stands at a route in at that route itself."""
        if inner:
            self.source.mount(route, *self.source.find((*route, *inner)))

    def policy(self, value: object, route: Route) -> PolicyDocument | Unknown | None:
        """A policy in any of its three forms, read once however often it is named."""
        policy: PolicyDocument | Unknown | None = self.answer(
            value, route, lambda answer: self._unwrapped(answer, route)
        )
        return policy

    def _unwrapped(self, answer: object, route: Route) -> PolicyDocument | Unknown:
        inner = aws_answers.policy_route(answer)
        self.mount_part(route, inner)
        document, place = self.source.find(route)
        data: Any = answer
        for step in inner:
            data = data[step]
        if inner and isinstance(data, str):
            held = self._escaped(document, place)
            if held is None:
                return unreadable(route)
            self.source.mount(route, held)
            document, place, data = held, (), held.data
        known = self._policies.get((id(document), place))
        if known is None:
            known = self._policies[id(document), place] = PolicyDocument(data, saved=bool(inner))
        return known

    def _escaped(self, document: Document, place: Route) -> Document | None:
        """The policy in a string, as get-bucket-policy prints it, read once however many buckets name it."""
        key = (id(document), place)
        if key not in self._escapes:
            try:
                self._escapes[key] = embedded(document, place)
            except Unreadable as error:
                self._escapes[key] = None
                self.report(Fault(document.path, error.line, error.column, error.message))
        return self._escapes[key]

    def policy_list(self, values: object, route: Route) -> tuple[PolicyDocument | Unknown, ...] | Unknown:
        """A list of policies; null is none."""
        unknown = self.declared(values, route)
        if unknown is not None:
            return unknown
        listed = values if isinstance(values, list) else []
        found = (self.policy(value, (*route, index)) for index, value in enumerate(listed))
        return tuple(policy for policy in found if policy is not None)


def is_declared_unknown(value: object) -> bool:
    """Whether a value says of itself that it is unknown: `{"unknown": "why"}`."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("unknown"), str)


def looks_like_a_path(text: str) -> bool:
    """Whether a text in a place that also takes a plain word is a path: no Region and no setting holds a slash or ends
    so."""
    return "/" in text or text.endswith((".json", ".yaml", ".yml"))


def dotted(route: Route) -> str:
    """A route as a report names a fact: `buckets.exports.policy`."""
    return ".".join(str(step) for step in route)


def unreadable(route: Route, path: str | None = None) -> Unknown:
    """What takes the place of a value that was given and could not be read."""
    what = f"`{path}`" if path is not None else f"`{dotted(route)}`"
    return Unknown(f"{what} could not be read", (dotted(route),), unreadable=True)

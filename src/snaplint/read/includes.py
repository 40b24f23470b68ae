"""Values in another file, or inside the output of the AWS CLI: read, unwrapped and mounted at their routes.

Every route is one of the preflight file, even if the value is in another file.
"""

from __future__ import annotations

from snaplint.base.source import MOST_FAULTS, Fault, Unreadable
from snaplint.base.unknown import Unknown
from snaplint.base.wording import clipped
from snaplint.facts import PolicyDocument
from snaplint.read import aws_answers
from snaplint.read.aws_answers import UnexpectedAnswer
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
"""Marks a value that the input does not provide. (null is a value.)"""

COLLECTED_BY = "snaplint"
"""The member of a collected file that says which version of snaplint read its facts from AWS."""

_LONGEST_REASON = 1_000
"""In characters: every verdict that depends on the fact repeats the reason."""


class Includes:
    """One preflight file and the documents that it names. `faults` holds the input errors found so far."""

    def __init__(self, source: SourceMap, files: Files) -> None:
        self.source = source
        self.files = files
        self.faults: list[Fault] = []
        self.reasons: dict[str, str] = {}
        """The reasons for unknown facts that the file itself gives, by the name of the fact in reports."""
        self.answers: set[int] = set()
        """The documents, by id, that hold answers of AWS."""
        self._policies: dict[tuple[int, Route], PolicyDocument] = {}
        self._escapes: dict[tuple[int, Route], Document | None] = {}

    def report(self, fault: Fault) -> None:
        """Add a fault, unless it is known already or the file has `MOST_FAULTS` of them."""
        if fault not in self.files.reported and len(self.faults) < MOST_FAULTS:
            self.files.reported.add(fault)
            self.faults.append(fault)

    def fault(self, route: Route, message: str) -> None:
        """Add a fault of the value at a route."""
        self.report(self.source.fault(route, message))

    def included(self, name: str, route: Route, base: str) -> Document | None:
        """Return the document in the file `name`; None, with a fault, if it cannot be read."""
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
        """Return the value, or the content of the file that it names, mounted at `route`; Unknown if that fails.

        `is_path` returns True for text that is a path.
        """
        if not isinstance(value, str) or not is_path(value):
            return value
        document = self.included(value, route, self.source.find(route)[0].path)
        if document is None:
            return unreadable(route, value)
        self.source.mount(route, document)
        return document.data

    def misfit(self, route: Route, error: UnexpectedAnswer) -> Unknown:
        """Add the fault that the value at a route is not the expected answer, and return it as Unknown."""
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
        """Return the fact that `read` takes from the value, or from the file that the value names.

        None if the value is null, Unknown if it is missing or not the answer that `read` expects.
        """
        if value is MISSING:
            return Unknown(f"`{dotted(route)}` is not provided", (dotted(route),))
        if value is None:
            return None
        resolved = self.declared(value, route) or self.resolve(value, route, is_path=is_path)
        if isinstance(resolved, Unknown):
            return resolved
        try:
            return read(resolved)
        except UnexpectedAnswer as error:
            return self.misfit(route, error)

    def declared(self, value: Any, route: Route) -> Unknown | None:
        """Return the Unknown that `{"unknown": "why"}` means; None for any other value."""
        return self.unknown(value["unknown"], route) if is_declared_unknown(value) else None

    def unknown(self, why: str, route: Route) -> Unknown:
        """Return a fact that the file declares unknown, with the reason that it gives."""
        fact = dotted(route)
        why = clipped(why.strip(), _LONGEST_REASON) or "no reason is provided"
        self.reasons[fact] = why
        return Unknown(why, (fact,), unreadable=True)

    def part(self, route: Route, locate: Callable[[Mapping[str, Any]], Route | None]) -> Callable[[object], object]:
        """Return a reader of the part of an answer at the route that `locate` returns; it mounts it at `route`.

        The reader returns None if `locate` does.
        """

        def read(value: object) -> object:
            if not isinstance(value, dict):
                raise UnexpectedAnswer("an object")
            inner = locate(value)
            if inner is None:
                return None
            self.mount_part(route, inner)
            found: Any = value
            for step in inner:
                found = found[step]
            return found

        return read

    def mount_part(self, route: Route, inner: Route) -> None:
        """Mount the part at `inner` of the value at a route at the route itself."""
        if inner:
            self.source.mount(route, *self.source.find((*route, *inner)))

    def policy(self, value: object, route: Route) -> PolicyDocument | Unknown | None:
        """Return a policy, read once however often it is named: inline, from a file, or from an answer of AWS."""
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
            known = self._policies[id(document), place] = PolicyDocument(
                data, saved=bool(inner) or self._is_answer(document)
            )
        return known

    def _is_answer(self, document: Document) -> bool:
        """Return True for a file of facts that were read from AWS."""
        return id(document) in self.answers or (isinstance(document.data, dict) and COLLECTED_BY in document.data)

    def _escaped(self, document: Document, place: Route) -> Document | None:
        """Return the policy in a string, as in the output of get-bucket-policy. Each is read once."""
        key = (id(document), place)
        if key not in self._escapes:
            try:
                self._escapes[key] = embedded(document, place)
            except Unreadable as error:
                self._escapes[key] = None
                self.report(Fault(document.path, error.line, error.column, error.message))
        return self._escapes[key]

    def policy_list(self, values: object, route: Route) -> tuple[PolicyDocument | Unknown, ...] | Unknown:
        """Return a list of policies; null is an empty list."""
        unknown = self.declared(values, route)
        if unknown is not None:
            return unknown
        listed = values if isinstance(values, list) else []
        found = (self.policy(value, (*route, index)) for index, value in enumerate(listed))
        return tuple(policy for policy in found if policy is not None)


def is_declared_unknown(value: object) -> bool:
    """Return True for `{"unknown": "why"}`: a fact that the file declares unknown."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("unknown"), str)


def looks_like_a_path(text: str) -> bool:
    """Return True if a text is a path rather than a Region or a setting, which have no slash and no full stop."""
    return "/" in text or "." in text


def dotted(route: Route) -> str:
    """Return a route as the name of a fact: `buckets.exports.policy`."""
    return ".".join(str(step) for step in route)


def unreadable(route: Route, path: str | None = None) -> Unknown:
    """Return the Unknown for a value that is provided and could not be read."""
    what = f"`{path}`" if path is not None else f"`{dotted(route)}`"
    return Unknown(f"{what} could not be read", (dotted(route),), unreadable=True)

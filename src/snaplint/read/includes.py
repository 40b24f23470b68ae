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
from snaplint.read.usual import is_answer, is_plain_answer, is_plain_path, is_plain_policy, is_plain_setting
from snaplint.syntax.document import embedded
from snaplint.syntax.files import BrokenFile

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
        self.broken: dict[str, Fault] = {}
        """The input error of each fact that is provided and could not be read, by the name of the fact in reports."""
        self.answers: set[int] = set()
        """The documents, by id, that hold answers of AWS."""
        self.absent_buckets: set[Any] = set()
        """The names of buckets for which AWS answered that they do not exist."""
        self._policies: dict[tuple[int, Route], PolicyDocument] = {}
        self._escapes: dict[tuple[int, Route], Document | Fault] = {}
        self._latest: Fault | None = None

    def report(self, fault: Fault) -> None:
        """Add a fault, unless it is known already or the file has `MOST_FAULTS` of them."""
        self._latest = fault
        if fault not in self.files.reported and len(self.faults) < MOST_FAULTS:
            self.files.reported.add(fault)
            self.faults.append(fault)

    def fault(self, route: Route, message: str) -> None:
        """Add a fault of the value at a route."""
        self.report(self.source.fault(route, message))

    def unreadable(self, route: Route, path: str | None = None) -> Unknown:
        """Return the Unknown for a value that is provided and cannot be read; its fault is the latest one."""
        if self._latest is not None:
            self.broken[dotted(route)] = self._latest
        what = f"`{path}`" if path is not None else f"`{dotted(route)}`"
        return Unknown(f"{what} could not be read", (dotted(route),), unreadable=True)

    def included(self, name: str, route: Route, base: str) -> Document | None:
        """Return the document in the file `name`; None, with a fault, if it cannot be read."""
        document = self._opened(name, route, base)
        if isinstance(document, BrokenFile):
            self.report(document.fault)
            return None
        return document

    def _opened(self, name: str, route: Route, base: str) -> Document | BrokenFile | None:
        """Return the file `name`; None, with a fault, if it may not or cannot be opened."""
        try:
            return self.files.named(name, base)
        except Unreadable as error:
            from snaplint.read import notations  # only for an unusual input

            self.fault(route, error.message + notations.hint(name, route))
            return None

    def resolve(self, value: object, route: Route, *, is_path: Callable[[str], bool]) -> object:
        """Return what a value of the input means.

        That is, for text, the content of the file that it names, mounted at `route`, or the data of the JSON in it;
        None if it means that there is none; Unknown, with a fault, if it cannot be read. `is_path` returns True for
        text that is a path.
        """
        if not isinstance(value, str):
            return self._without_error(value, route)
        if not (is_plain_path(value) if is_path(value) else is_plain_setting(value)):
            from snaplint.read import notations  # only for an unusual input

            meaning = notations.meaning(value, route)
            if meaning != notations.NO_NOTATION:
                return self._meant(meaning, route)
            value = notations.path(value)
        return self._content(value, route) if is_path(value) else value

    def _content(self, name: str, route: Route) -> object:
        """Return the content of a file, mounted at a route."""
        document = self._opened(name, route, self.source.find(route)[0].path)
        if document is None:
            return self.unreadable(route, name)
        if isinstance(document, BrokenFile):
            from snaplint.read import notations  # only for an unusual input

            meaning = notations.of_broken_file(document.head, route)
            if meaning == notations.NO_NOTATION:
                self.report(document.fault)
                return self.unreadable(route, name)
            return self._meant(meaning, route, document.fault._replace(line=1, column=1))
        self.source.mount(route, document)
        if not isinstance(document.data, str):
            return self._without_error(document.data, route)
        from snaplint.read import notations  # only for an unusual input

        meaning = notations.meaning(document.data, route)
        return document.data if meaning == notations.NO_NOTATION else self._meant(meaning, route)

    def _meant(self, meaning: Any, route: Route, place: Fault | None = None) -> object:
        """Return what a notation (of `notations`) at a route means. `place` is the place of a broken file."""
        if meaning is None:
            return None
        from snaplint.read import notations  # only for an unusual input

        if isinstance(meaning, notations.NoAnswer):
            if meaning.is_absent_bucket:
                self.absent_buckets.add(route[1])
            message = f"`{dotted(route)}` must be {meaning.expected}"
            self.report(self.source.fault(route, message) if place is None else place._replace(message=message))
            return self.unreadable(route)
        held = self.embedded(*self.source.find(route), meaning.decoded)
        if held is None:
            return self.unreadable(route)
        self.source.mount(route, held)
        return self._without_error(held.data, route)

    def _without_error(self, value: Any, route: Route) -> object:
        """Return the value; None or Unknown if it is an error of AWS in place of an answer."""
        if isinstance(value, dict) and (
            "Code" in value or "Error" in value or any(name.startswith(("An error", "aws: [ERROR]")) for name in value)
        ):
            from snaplint.read import notations  # only for an unusual input

            meaning = notations.of_object(value, route)
            return value if meaning == notations.NO_NOTATION else self._meant(meaning, route)
        return value

    def misfit(self, route: Route, error: UnexpectedAnswer, value: object = None) -> Unknown:
        """Add the fault that the value at a route is not the expected answer, and return it as Unknown."""
        from snaplint.read import notations  # only for an unusual input

        expected, inner = notations.with_name(error, value, route)
        self.fault((*route, *inner), f"`{dotted(route)}` must be {expected}")
        return self.unreadable(route)

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
        if isinstance(resolved, Unknown) or (resolved is None and is_nullable(route)):
            return resolved
        try:
            return read(resolved)
        except UnexpectedAnswer as error:
            return self.misfit(route, error, resolved)

    def whole(
        self,
        value: object,
        route: Route,
        read: Callable[[Any], Any],
        *,
        is_path: Callable[[str], bool] = lambda _text: True,
    ) -> Any:
        """Return the fact that `read` takes from the value, as `answer` does; Unknown if any part of it is unknown."""

        def checked(resolved: object) -> Any:
            part = _unknown_part(resolved)
            return read(resolved) if part is None else self.unknown(part["unknown"], route)

        return self.answer(value, route, checked, is_path=is_path)

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
            held = self.embedded(document, place, _percent_decoded(data))
            if held is None:
                return self.unreadable(route)
            self.source.mount(route, held)
            document, place, data = held, (), held.data
        if not (is_plain_answer(answer, inner, route) and is_plain_policy(data)):
            from snaplint.read import policy_forms  # only for an unusual input

            policy_forms.require_policy(answer, inner, data, route)
        known = self._policies.get((id(document), place))
        if known is None:
            saved = is_answer(answer, inner) or self._is_in_answers(document)
            known = self._policies[id(document), place] = PolicyDocument(data, saved=saved)
        return known

    def _is_in_answers(self, document: Document) -> bool:
        """Return True for a file of facts that were read from AWS."""
        return id(document) in self.answers or (isinstance(document.data, dict) and COLLECTED_BY in document.data)

    def embedded(self, document: Document, place: Route, decoded: str | None = None) -> Document | None:
        """Return the JSON in a string, as in the output of get-bucket-policy; None, with a fault, if it has none.

        Each is read once. `decoded` is the JSON text if the string has it in another encoding.
        """
        key = (id(document), place)
        if key not in self._escapes:
            try:
                self._escapes[key] = embedded(document, place, decoded)
            except Unreadable as error:
                self._escapes[key] = error.fault(document.path)
        held = self._escapes[key]
        if isinstance(held, Fault):
            self.report(held)
            return None
        return held

    def policy_list(self, values: object, route: Route) -> tuple[PolicyDocument | Unknown, ...] | Unknown:
        """Return a list of policies; null is an empty list, and an item that is a list of policies gives all of them.

        Each policy is mounted at its index in the result.
        """
        unknown = self.declared(values, route)
        if unknown is not None:
            return unknown
        found: list[tuple[PolicyDocument | Unknown, Route]] = []
        for index, value in enumerate(values if isinstance(values, list) else []):
            found += self._one_or_more(value, (*route, index))
        if [place for _, place in found] != [(*route, index) for index in range(len(found))]:
            places = [self.source.find(place) for _, place in found]
            for index, place in enumerate(places):
                self.source.mount((*route, index), *place)
        return tuple(policy for policy, _ in found)

    def _one_or_more(self, value: object, route: Route) -> list[tuple[PolicyDocument | Unknown, Route]]:
        """Return the policies of one item of a list with their routes."""

        def read(answer: object) -> object:
            if not isinstance(answer, list):
                return self._unwrapped(answer, route)
            from snaplint.read import policy_forms  # only for an unusual input

            policy_forms.require_policies(answer, route)
            return [(self._unwrapped(each, (*route, index)), (*route, index)) for index, each in enumerate(answer)]

        policies = self.answer(value, route, read)
        return policies if isinstance(policies, list) else [(policies, route)]


def _percent_decoded(text: str) -> str | None:
    """Return the text that percent-encoded text means; None for text that is not encoded.

    IAM's API encodes policies; the AWS CLI and boto3 decode them.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
    """
    if not text.startswith("%"):
        return None
    from snaplint.read import notations  # only for an unusual input

    return notations.percent_decoded(text)


def is_declared_unknown(value: object) -> bool:
    """Return True for `{"unknown": "why"}`: a fact that the file declares unknown."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("unknown"), str)


def _unknown_part(value: object) -> Any:
    """Return the first part of a value that is declared unknown, at any depth; None if there is none."""
    waiting = [value]
    for each in waiting:
        if isinstance(each, (dict, list)):
            if is_declared_unknown(each):
                return each
            waiting.extend(each.values() if isinstance(each, dict) else each)
    return None


def is_nullable(route: Route) -> bool:
    """Return True if null is allowed at a route, and means that there is none."""
    from snaplint.read.slots import slot  # only for an unusual input

    return slot(route).is_nullable


def dotted(route: Route) -> str:
    """Return a route as the name of a fact: `buckets.exports.policy`."""
    return ".".join(str(step) for step in route)

"""The preflight file, version 1: from a document and the files it names to requests and facts.

Three states everywhere: left out is unknown, null is known not to exist, a value is known. Every fault becomes a
`Fault` with a place; what it made unreadable is unknown to the rules, and the rest goes on.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from snaplint.copy_snapshot import CopySnapshot
from snaplint.facts import Bucket, Caller, Facts, ObjectKeys, Organization, PolicyDocument, Snapshot
from snaplint.read import aws_answers
from snaplint.read.aws_answers import Unfit
from snaplint.read.document import embedded
from snaplint.read.files import BrokenFile
from snaplint.read.source_map import SourceMap
from snaplint.schema import accepts, explain
from snaplint.schemas import schema
from snaplint.source import Fault, Unreadable
from snaplint.unknown import Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from snaplint.facts.model import Levels
    from snaplint.read.document import Document
    from snaplint.read.files import Files
    from snaplint.schema import Test
    from snaplint.source import Route


class Preflight(NamedTuple):
    """One preflight file: its requests, all that it says of the world, and the way back to places."""

    source: SourceMap
    requests: tuple[CopySnapshot, ...]
    facts: Facts
    caller: Caller


def read_preflight(
    document: Document, files: Files, faults: list[Fault], *, form: str = "preflight"
) -> Preflight | None:
    """Read a preflight file; faults are appended to `faults`.

    None where the file is not of the form at all.     `form` is `preflight`, or `python` for facts from a program,
    which may leave out the account and the Region.
    """
    problems = _form_faults(document, form)
    if problems:
        faults.extend(problems)
        return None
    return _Reader(document, files, faults).preflight()


def _form_faults(document: Document, form: str) -> list[Fault]:
    """The places where a document departs from the JSON Schema; none for the usual case, which costs one quick
    check."""
    if _quick(form)(document.data):
        return []
    found = (
        Fault(document.path, *document.span(route)[:2], message)
        for route, message in explain(_schema(form), document.data)
    )
    return list(dict.fromkeys(found))


@cache
def _schema(form: str) -> dict[str, Any]:
    whole = schema("preflight")
    if form == "facts":
        return {"definitions": whole["definitions"], **whole["definitions"]["facts"]}
    return {**whole, "required": ["version", "requests"]} if form == "python" else whole


@cache
def _quick(form: str) -> Test:
    return accepts(_schema(form))


_LEFT_OUT = object()


class _Whole(dict[str, "Any"]):
    """The fields of an item that AWS itself answered: what is not among them is known to be absent."""


class _Reader:
    """Reads one preflight file.

    Routes are those of the preflight file throughout, wherever a value really stands.
    """

    def __init__(self, document: Document, files: Files, faults: list[Fault]) -> None:
        self.data: Mapping[str, Any] = document.data
        self.source = SourceMap(document)
        self.files = files
        self.faults = faults
        self.policies: dict[tuple[int, Route], PolicyDocument] = {}
        self.escaped: dict[tuple[int, Route], Document | None] = {}

    def preflight(self) -> Preflight:
        world = self._collected()
        requests = tuple(
            CopySnapshot(members, ("requests", index)) for index, members in enumerate(self.data["requests"])
        )
        facts = Facts(
            account=self._stated("account"),
            region=self._stated("region"),
            organization=self._organization(),
            snapshots=self._snapshots(world),
            buckets=self._buckets(world),
        )
        return Preflight(self.source, requests, facts, self._caller())

    def _stated(self, name: str) -> str | Unknown:
        return self.data[name] if name in self.data else Unknown(f"`{name}` is not given", (name,))

    # -- faults and files
    # ------------------------------------------------------------------------------------------------

    def _fault(self, route: Route, message: str) -> None:
        place = self.source.place(route)
        fault = Fault(place.path, place.span.line, place.span.column, message)
        if fault not in self.faults:
            self.faults.append(fault)

    def _included(self, name: str, route: Route, base: str) -> Document | None:
        """The document that stands in the file `name`; a fault is reported where it cannot be had."""
        try:
            return self.files.named(name, base)
        except BrokenFile as broken:
            if broken.fault not in self.faults:
                self.faults.append(broken.fault)
        except Unreadable as error:
            self._fault(route, error.message)
        return None

    def _resolve(self, value: object, route: Route, *, is_path: Callable[[str], bool]) -> object:
        """The value itself, or what stands in the file that it names, which is then hung in at `route`; Unknown where
        that fails."""
        if not isinstance(value, str) or not is_path(value):
            return value
        document = self._included(value, route, self.source.find(route)[0].path)
        if document is None:
            return _unreadable(route, value)
        self.source.mount(route, document)
        return document.data

    def _misfit(self, route: Route, error: Unfit) -> Unknown:
        self._fault((*route, *error.route), f"`{_dotted(route)}` must be {error.expected}")
        return _unreadable(route)

    def _answer(
        self,
        value: object,
        route: Route,
        read: Callable[[Any], Any],
        *,
        is_path: Callable[[str], bool] = lambda _text: True,
    ) -> Any:
        """A fact that `read` takes from the value, or from the file it names; None for null, Unknown for what is left
        out or unfit."""
        if value is _LEFT_OUT:
            return Unknown(f"`{_dotted(route)}` is not given", (_dotted(route),))
        if value is None:
            return None
        resolved = self._resolve(value, route, is_path=is_path)
        if isinstance(resolved, Unknown):
            return resolved
        try:
            return read(resolved)
        except Unfit as error:
            return self._misfit(route, error)

    def _part(self, route: Route, locate: Callable[[Mapping[str, Any]], Route]) -> Callable[[object], object]:
        """A reader that goes to the part of an answer that matters, and hangs that part in at `route`."""

        def read(value: object) -> object:
            if not isinstance(value, dict):
                raise Unfit("an object")
            inner = locate(value)
            self._hang(route, inner)
            found: Any = value
            for step in inner:
                found = found[step]
            return found

        return read

    def _hang(self, route: Route, inner: Route) -> None:
        if inner:
            document, base = self.source.find(route)
            self.source.mount(route, document, (*base, *inner))

    # -- policies
    # --------------------------------------------------------------------------------------------------------

    def _policy(self, value: object, route: Route) -> PolicyDocument | Unknown | None:
        policy: PolicyDocument | Unknown | None = self._answer(
            value, route, lambda answer: self._unwrapped(answer, route)
        )
        return policy

    def _unwrapped(self, answer: object, route: Route) -> PolicyDocument | Unknown:
        inner = aws_answers.policy_route(answer)
        self._hang(route, inner)
        document, place = self.source.find(route)
        data: Any = answer
        for step in inner:
            data = data[step]
        if inner and isinstance(data, str):
            held = self._escaped(document, place)
            if held is None:
                return _unreadable(route)
            self.source.mount(route, held)
            document, place, data = held, (), held.data
        known = self.policies.get((id(document), place))
        if known is None:
            known = self.policies[id(document), place] = PolicyDocument(data)
        return known

    def _escaped(self, document: Document, place: Route) -> Document | None:
        """The policy in a string, as get-bucket-policy prints it, read once however many buckets name it."""
        key = (id(document), place)
        if key not in self.escaped:
            try:
                self.escaped[key] = embedded(document, place)
            except Unreadable as error:
                self.escaped[key] = None
                self.faults.append(Fault(document.path, error.line, error.column, error.message))
        return self.escaped[key]

    def _policy_list(self, values: object, route: Route) -> tuple[PolicyDocument | Unknown, ...]:
        listed = values if isinstance(values, list) else []
        found = (self._policy(value, (*route, index)) for index, value in enumerate(listed))
        return tuple(policy for policy in found if policy is not None)

    # -- who calls
    # -------------------------------------------------------------------------------------------------------

    def _caller(self) -> Caller:
        given: Mapping[str, Any] = self.data.get("caller", {})
        assumes = tuple(f"caller.{name}" for name in ("boundary", "session_policies") if name not in given)
        return Caller(
            arn=given["arn"] if "arn" in given else Unknown("`caller.arn` is not given", ("caller.arn",)),
            policies=self._policy_list(given["policies"], ("caller", "policies"))
            if "policies" in given
            else Unknown("`caller.policies` is not given", ("caller.policies",)),
            boundary=self._policy(given.get("boundary"), ("caller", "boundary")),
            session_policies=self._policy_list(given.get("session_policies"), ("caller", "session_policies")),
            context=given.get("context", {}),
            assumes=assumes,
        )

    def _organization(self) -> Organization:
        given = self.data.get("organization", _LEFT_OUT)
        if given is None:
            return Organization(member=False)
        layers: Mapping[str, Any] = given if isinstance(given, dict) else {}
        assumes = tuple(f"organization.{name}" for name in ("scps", "rcps") if name not in layers)
        return Organization(
            self._levels(layers, "scps"), self._levels(layers, "rcps"), None if given is _LEFT_OUT else True, assumes
        )

    def _levels(self, layers: Mapping[str, Any], name: str) -> Levels:
        levels = layers.get(name) or []
        return tuple(self._policy_list(level, ("organization", name, index)) for index, level in enumerate(levels))

    # -- the world
    # -------------------------------------------------------------------------------------------------------

    def _collected(self) -> Mapping[str, Any]:
        """The facts file, if the preflight file names one."""
        name = self.data.get("facts")
        if name is None:
            return {}
        document = self._included(name, ("facts",), self.source.root.path)
        if document is None:
            return {}
        problems = _form_faults(document, "facts")
        self.faults.extend(problems)
        if problems:
            return {}
        self.source.mount(("facts",), document)
        return document.data  # type: ignore[no-any-return]  # the schema has seen to it

    def _merged(self, world: Mapping[str, Any], section: str) -> dict[str, Any]:
        """A section of the preflight file laid over the same section of the facts file, whose values are hung in at
        their routes."""
        merged = dict(self._section(self.data, section, (section,)))
        collected = self._section(world, section, ("facts", section)) if section in world else {}
        for name, item in collected.items():
            there: Route = ("facts", section, name)
            own = merged.get(name, _LEFT_OUT)
            if own is _LEFT_OUT:
                self._graft((section, name), there)
                merged[name] = item
            elif isinstance(own, dict) and isinstance(item, dict) and not isinstance(own, _Whole):
                for field in item:
                    if field not in own:
                        self._graft((section, name, field), (*there, field))
                merged[name] = type(item)({**item, **own})
        return merged

    def _graft(self, route: Route, there: Route) -> None:
        """Hang what stands at one route in at another."""
        self.source.mount(route, *self.source.find(there))

    def _section(self, data: Mapping[str, Any], section: str, route: Route) -> Mapping[str, Any]:
        """Items by name.

        `snapshots` may also be the path of what describe-snapshots printed, or that output itself.
        """
        value = self._resolve(data.get(section, {}), route, is_path=lambda _text: True)
        if isinstance(value, Unknown):
            return {}
        if not isinstance(value, dict):
            self._fault(route, f"`{section}` must be an object")
            return {}
        if section != "snapshots":
            return value
        named = {
            name: self._described(name, item, (*route, name))
            for name, item in value.items()
            if name not in aws_answers.DESCRIBE_SNAPSHOTS
        }
        return {**self._listed(value.get("Snapshots", []), route), **named}

    def _listed(self, items: object, route: Route) -> dict[str, Any]:
        """The snapshots of a whole describe-snapshots answer, by name."""
        named: dict[str, Any] = {}
        document, base = self.source.find(route)
        if not isinstance(items, list):
            self._fault((*route, "Snapshots"), "`Snapshots` must be a list, as describe-snapshots prints it")
            return named
        for index, item in enumerate(items):
            name = item.get("SnapshotName") if isinstance(item, dict) else None
            if not isinstance(name, str):
                self._fault((*route, "Snapshots", index), "a snapshot of describe-snapshots needs a `SnapshotName`")
                continue
            named[name] = _Whole(item)
            self.source.mount((*route, name), document, (*base, "Snapshots", index))
        return named

    def _described(self, name: str, value: object, route: Route) -> Mapping[str, Any] | Unknown | None:
        """The fields of one snapshot: `_Whole` where they are from what describe-snapshots printed."""
        if value is None:
            return None
        resolved = self._resolve(value, route, is_path=lambda _text: True)
        if isinstance(resolved, Unknown):
            return resolved
        try:
            if not isinstance(resolved, dict):
                raise Unfit("an item of describe-snapshots")
            inner = aws_answers.snapshot_route(resolved, name)
        except Unfit as error:
            return self._misfit(route, error)
        if inner is None:
            return Unknown(f"describe-snapshots does not list `{name}`", (f"snapshots.{name}",))
        if not inner:
            return resolved
        self._hang(route, inner)
        return _Whole(resolved["Snapshots"][inner[1]])

    def _snapshots(self, world: Mapping[str, Any]) -> dict[str, Snapshot | Unknown | None]:
        merged = self._merged(world, "snapshots")
        return {name: self._snapshot(name, item) for name, item in merged.items()}

    def _snapshot(self, name: str, fields: Mapping[str, Any] | Unknown | None) -> Snapshot | Unknown | None:
        if fields is None or isinstance(fields, Unknown):
            return fields
        if not fields:
            return Unknown(f"nothing is known of snapshot `{name}`", (f"snapshots.{name}",))
        return Snapshot(name, ("snapshots", name), fields, complete=isinstance(fields, _Whole))

    def _buckets(self, world: Mapping[str, Any]) -> dict[str, Bucket | Unknown | None]:
        merged = self._merged(world, "buckets")
        return {name: None if fields is None else self._bucket(name, fields) for name, fields in merged.items()}

    def _bucket(self, name: str, fields: Mapping[str, Any]) -> Bucket:
        route: Route = ("buckets", name)

        def known(field: str, read: Callable[[Any], Any], is_path: Callable[[str], bool] = lambda _text: True) -> Any:
            return self._answer(fields.get(field, _LEFT_OUT), (*route, field), read, is_path=is_path)

        keys = known("keys", aws_answers.keys)
        return Bucket(
            name,
            route,
            region=known("region", aws_answers.region, is_path=_looks_like_a_path),
            account=known("account", lambda text: text, is_path=lambda _text: False),
            policy=self._policy(fields.get("policy", _LEFT_OUT), (*route, "policy")),
            acl=known("acl", _mapping(aws_answers.acl)),
            ownership=known("ownership", aws_answers.ownership, is_path=_looks_like_a_path),
            encryption=known("encryption", self._part((*route, "encryption"), aws_answers.encryption_route)),
            public_access_block=known(
                "public_access_block",
                self._part((*route, "public_access_block"), aws_answers.public_access_block_route),
            ),
            keys=ObjectKeys({}) if keys is None else keys,
            exists=bool(fields),
        )


def _mapping(read: Callable[[Mapping[str, Any]], Any]) -> Callable[[object], Any]:
    def checked(value: object) -> Any:
        if not isinstance(value, dict):
            raise Unfit("an object, as the AWS CLI prints it")
        return read(value)

    return checked


def _looks_like_a_path(text: str) -> bool:
    """Whether a text in a place that also takes a plain word is a path: no Region and no setting holds a slash or ends
    so."""
    return "/" in text or text.endswith((".json", ".yaml", ".yml"))


def _dotted(route: Route) -> str:
    return ".".join(str(step) for step in route)


def _unreadable(route: Route, path: str | None = None) -> Unknown:
    what = f"`{path}`" if path is not None else f"`{_dotted(route)}`"
    return Unknown(f"{what} could not be read", (_dotted(route),), unreadable=True)

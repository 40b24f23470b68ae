"""The preflight file, version 1: from the data of a reader, and the files that it names, to requests and facts.

Every fact has one of three states: missing is unknown, null is known not to exist, a value is known. An input error
becomes a `Fault` with a place, and the fact that it concerns is unknown; all other facts are used.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.facts import Caller, Facts, Organization
from snaplint.iam import Principal
from snaplint.operations.proposed import ProposedRequest
from snaplint.read import aws_answers
from snaplint.read.consistency import contradictions
from snaplint.read.form import form_faults
from snaplint.read.includes import MISSING, Includes
from snaplint.read.source_map import SourceMap
from snaplint.read.usual import looks_like_a_path
from snaplint.read.world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Fault, Route
    from snaplint.facts import PolicyDocument
    from snaplint.facts.model import Levels
    from snaplint.read.reader import Draft
    from snaplint.syntax.document import Document
    from snaplint.syntax.files import Files


class Preflight(NamedTuple):
    """One preflight file: its requests, its facts, its caller, and the places of all of them.

    `named` has, for each section, the snapshots or buckets that the file itself names.
    """

    source: SourceMap
    requests: tuple[ProposedRequest, ...]
    facts: Facts
    caller: Caller
    named: Mapping[str, tuple[str, ...]] = {}


def read_preflight(
    document: Document, files: Files, draft: Draft | None = None, *, form: str = "preflight"
) -> Iterator[Preflight | Fault]:
    """Yield the faults of a preflight file and then the `Preflight`.

    If it does not match the schema, or contradicts itself about the call, only its faults are yielded.

    `draft` is the translation of the document by a reader; without it the document is a preflight file itself. `form`
    is `preflight`, or `python` for facts from a program, where the account and the Region are optional.
    """
    data, mounts = (document.data, {}) if draft is None else draft
    source = SourceMap(document)
    for route, (holder, inner) in mounts.items():
        source.mount(route, holder, inner)
    problems = form_faults(data, source, form)
    if problems:
        yield from problems
        return
    includes = Includes(source, files)
    data = _with_region(data, includes)
    if includes.faults:
        yield from includes.faults
        return
    conflicts = [source.fault(route, message) for route, message in contradictions(data)]
    if conflicts:
        yield from conflicts
        return
    preflight = _Preflight(data, includes).preflight()
    yield from includes.faults
    yield preflight


def _with_region(data: Mapping[str, Any], includes: Includes) -> Mapping[str, Any]:
    """Return the data with the Region of the call, of which it may have the path, as of other facts."""
    given = data.get("region")
    if not isinstance(given, str) or not looks_like_a_path(given):
        return data
    return {**data, "region": includes.answer(given, ("region",), aws_answers.region)}


class _Preflight:
    """Reads data that matches the schema."""

    def __init__(self, data: Mapping[str, Any], includes: Includes) -> None:
        self.data = data
        self.includes = includes

    def preflight(self) -> Preflight:
        world = World(self.data, self.includes)
        members = enumerate(self.data["requests"])
        requests = tuple(ProposedRequest(each, ("requests", index)) for index, each in members)
        facts = Facts(
            account=self._stated("account"),
            region=self._stated("region"),
            organization=self._organization(),
            snapshots=world.snapshots(),
            buckets=world.buckets(),
            opt_in=world.opt_in(),
            reasons=self.includes.reasons,
            broken=self.includes.broken,
        )
        named = {section: world.named(section) for section in ("snapshots", "buckets")}
        return Preflight(self.includes.source, requests, facts, self._caller(), named)

    def _stated(self, name: str) -> str | Unknown:
        return self.includes.answer(self.data.get(name, MISSING), (name,), str, is_path=lambda _text: False)  # type: ignore[no-any-return]  # `str` reads it

    def _caller(self) -> Caller:
        given: Mapping[str, Any] = self.data.get("caller", {})
        assumes = tuple(f"caller.{name}" for name in ("boundary", "session_policies") if name not in given)
        return Caller(
            arn=self._arn(given),
            policies=self.includes.policy_list(given["policies"], ("caller", "policies"))
            if "policies" in given
            else Unknown("`caller.policies` is not provided", ("caller.policies",)),
            boundary=self.includes.policy(given.get("boundary"), ("caller", "boundary")),
            session_policies=self.includes.policy_list(given.get("session_policies"), ("caller", "session_policies")),
            context=given.get("context", {}),
            role_arn=self._role_arn(given),
            assumes=assumes,
        )

    def _role_arn(self, given: Mapping[str, Any]) -> str | None:
        """Return the ARN of the role of a session; None if it is unknown."""
        if "role_arn" not in given or self.includes.declared(given["role_arn"], ("caller", "role_arn")) is not None:
            return None
        role_arn: str = given["role_arn"]
        return role_arn

    def _organization(self) -> Organization:
        given = self.data.get("organization", MISSING)
        if given is None:
            return Organization(member=False)
        layers: Mapping[str, Any] = given if isinstance(given, dict) else {}
        assumes = tuple(f"organization.{name}" for name in ("scps", "rcps") if name not in layers)
        return Organization(
            self._levels(layers, "scps"), self._levels(layers, "rcps"), None if given is MISSING else True, assumes
        )

    def _levels(self, layers: Mapping[str, Any], name: str) -> Levels | Unknown:
        levels = layers.get(name) or []
        unknown = self.includes.declared(levels, ("organization", name))
        if unknown is not None:
            return unknown
        return tuple(self._level(level, ("organization", name, index)) for index, level in enumerate(levels))

    def _level(self, level: object, route: Route) -> tuple[PolicyDocument | Unknown, ...]:
        policies = self.includes.policy_list(level, route)
        return (policies,) if isinstance(policies, Unknown) else policies

    def _arn(self, given: Mapping[str, Any]) -> str | Unknown:
        """Return the ARN of the caller, which must be a principal that can make a call."""
        if "arn" not in given:
            return Unknown("`caller.arn` is not provided", ("caller.arn",))
        unknown = self.includes.declared(given["arn"], ("caller", "arn"))
        if unknown is not None:
            return unknown
        arn: str = given["arn"]
        try:
            Principal.parse(arn)
        except ValueError as error:
            self.includes.fault(("caller", "arn"), str(error))
            return self.includes.unreadable(("caller", "arn"))
        return arn

"""The notes on one preflight file: names that nearly match, facts about something else, and facts that are not used."""

from __future__ import annotations

from snaplint.base.source import Key
from snaplint.base.unknown import Unknown
from snaplint.base.wording import clipped, listed, nearest
from snaplint.facts import Bucket, PolicyDocument
from snaplint.findings.result import Note
from snaplint.iam.lint.review import statements_of, texts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from snaplint.base.source import Route
    from snaplint.findings.rule import Severity
    from snaplint.operations.proposed import ProposedRequest
    from snaplint.read.preflight import Preflight

NEARLY_MATCHES = "name-nearly-matches"
OF_ANOTHER_NAME = "fact-of-another-name"
UNUSED = "fact-unused"

MOST_UNUSED = 10
"""How many unused names of a section have a note each; one more note counts the rest."""

_ALIKE = 0.8
_MOST_COMPARED = 100_000
"""How many pairs of names are compared for the notes on a file."""
_S3 = ":s3:::"


def notes(preflight: Preflight) -> Iterator[Note]:
    """Yield the notes on one preflight file."""
    yield from _Notes(preflight).notes()


class _Notes:
    """The notes on one preflight file, and the names that its requests use."""

    def __init__(self, preflight: Preflight) -> None:
        self._preflight = preflight
        self._facts = preflight.facts
        self._snapshots: dict[str, None] = {}
        self._buckets: dict[str, None] = {}
        self._created: set[str] = set()
        self._found: dict[tuple[str, str], str | None] = {}
        self._compared = 0
        for request in preflight.requests:
            self._use(request)

    def _use(self, request: ProposedRequest) -> None:
        source, target, bucket = request.source, request.target, request.bucket
        if isinstance(source, str):
            self._snapshots[source.lower()] = None
        if request.is_export:
            if isinstance(bucket, str):
                self._buckets[bucket] = None
        elif isinstance(target, str):
            self._snapshots[target.lower()] = None
            self._created.add(target.lower())

    def notes(self) -> Iterator[Note]:
        for request in self._preflight.requests:
            yield from self._near_names(request)
        yield from self._other_names()
        yield from self._near_resources()
        yield from self._unused()

    def _note(self, rule: str, severity: Severity, route: Route, message: str) -> Note:
        place = self._preflight.source.place(route)
        return Note(rule, severity, place.path, place.span.line, place.span.column, message)

    # -- names in requests

    def _near_names(self, request: ProposedRequest) -> Iterator[Note]:
        """Yield a note for a name in a request of which nothing is known, if it is like one in the facts."""
        source, bucket = request.source, request.bucket
        stored = source.lower() if isinstance(source, str) else ""
        if stored and stored not in self._facts.snapshots and stored not in self._created:
            near = self._near(stored, "snapshots", self._facts.snapshots, self._snapshots)
            yield from self._asked(request, "source", str(source), near, "snapshots")
        if request.is_export and isinstance(bucket, str) and bucket not in self._facts.buckets:
            near = self._near(bucket, "buckets", self._facts.buckets, self._buckets)
            yield from self._asked(request, "bucket", bucket, near, "buckets")

    def _asked(self, request: ProposedRequest, role: str, name: str, near: str | None, section: str) -> Iterator[Note]:
        member = request.operation.member(role)
        if near is not None and member is not None:
            text = f"`{section}` has no `{clipped(name)}`, which `{member.name}` names; did you mean `{clipped(near)}`?"
            yield self._note(NEARLY_MATCHES, "warning", request.at(role), text)

    def _near(self, name: str, section: str, names: Collection[str], used: Collection[str]) -> str | None:
        """Return the one of `names` that a name is like; names that requests use may differ in digits on purpose.

        Thousands of requests may name what thousands of facts are not about, so the names compared in a file are
        bounded.
        """
        if (section, name) not in self._found:
            near = nearest(name, names, _ALIKE) if self._compared < _MOST_COMPARED else None
            self._compared += len(names)
            on_purpose = near is not None and near in used and _unnumbered(near) == _unnumbered(name)
            self._found[section, name] = None if on_purpose else near
        return self._found[section, name]

    # -- facts about something else

    def _other_names(self) -> Iterator[Note]:
        """Yield a note for each fact about a snapshot or bucket of a request that says that it is about another one."""
        for name in self._snapshots:
            fact = self._facts.snapshots.get(name)
            if isinstance(fact, Unknown) and fact.route:
                yield self._note(OF_ANOTHER_NAME, "warning", fact.route, fact.why)
        for name in self._buckets:
            bucket = self._facts.buckets.get(name)
            if not isinstance(bucket, Bucket) or isinstance(bucket.keys, Unknown):
                continue
            for other, route in bucket.keys.of_others.items():
                text = f"a key listing of bucket `{name}` is of bucket `{clipped(other)}`, and is ignored"
                yield self._note(OF_ANOTHER_NAME, "warning", ("buckets", name, "keys", *route), text)

    # -- resources in policies

    def _near_resources(self) -> Iterator[Note]:
        """Yield a note for a policy in which no resource is a bucket of a request, but one is nearly such a bucket."""
        if self._buckets:
            for route, document in self._policies():
                yield from self._near_resource(route, document)

    def _policies(self) -> Iterator[tuple[Route, PolicyDocument]]:
        caller = self._preflight.caller
        for name, policies in (("policies", caller.policies), ("session_policies", caller.session_policies)):
            for index, policy in enumerate(() if isinstance(policies, Unknown) else policies):
                if isinstance(policy, PolicyDocument):
                    yield ("caller", name, index), policy
        if isinstance(caller.boundary, PolicyDocument):
            yield ("caller", "boundary"), caller.boundary
        for name in self._buckets:
            bucket = self._facts.buckets.get(name)
            if isinstance(bucket, Bucket) and isinstance(bucket.policy, PolicyDocument):
                yield (*bucket.route, "policy"), bucket.policy

    def _near_resource(self, route: Route, document: PolicyDocument) -> Iterator[Note]:
        named: dict[str, Route] = {}
        for inner, resource in _resources(document.data):
            bucket = resource.partition(_S3)[2].partition("/")[0]
            if "*" in (bucket or resource) or "?" in bucket or bucket in self._buckets:
                return
            if bucket and "$" not in bucket and bucket not in self._facts.buckets:
                named.setdefault(bucket, inner)
        for bucket, inner in named.items():
            near = self._near(bucket, "requests", self._buckets, ())
            if near is not None:
                text = f"the policy names bucket `{clipped(bucket)}`, which no request uses; did you mean `{near}`?"
                yield self._note(NEARLY_MATCHES, "warning", (*route, *inner), text)
                return

    # -- facts that are not used

    def _unused(self) -> Iterator[Note]:
        """Yield a note for each snapshot and bucket that the file itself names and no request uses."""
        for section, kind, used in (("snapshots", "snapshot", self._snapshots), ("buckets", "bucket", self._buckets)):
            own = self._preflight.named.get(section, ())
            unused = [name for name in own if (name.lower() if kind == "snapshot" else name) not in used]
            for name in unused[:MOST_UNUSED]:
                text = f"no request uses {kind} `{clipped(name)}`"
                yield self._note(UNUSED, "info", (section, Key(name)), text)
            rest = len(unused) - MOST_UNUSED
            if rest > 0:
                text = f"no request uses {rest:,} more {kind}s: {listed(map(clipped, unused[MOST_UNUSED:]), most=3)}"
                yield self._note(UNUSED, "info", (section, Key(unused[MOST_UNUSED])), text)


def _unnumbered(name: str) -> str:
    """Return a name without digits and without the parts between its signs that are a single letter."""
    letters = "".join(sign if sign.isalpha() else " " * (not sign.isdigit()) for sign in name.lower())
    return " ".join(part for part in letters.split(" ") if len(part) != 1)


def _resources(policy: object) -> Iterator[tuple[Route, str]]:
    """Yield the texts under Resource and NotResource in a policy, with their routes."""
    for statement, at in statements_of(policy):
        for name in ("Resource", "NotResource"):
            for text, place in texts_of(statement.get(name), (*at, name)):
                yield place, text

"""Snapshots as a preflight file may hold them: by name, one item, a list of items, or an answer of AWS.

Whatever the form, an item that says that it is another snapshot than the one that the call will find is not used: the
call finds a snapshot of the caller's account in the Region of the call.
"""

from __future__ import annotations

from snaplint.base.record import NamedTuple
from snaplint.base.unknown import Unknown
from snaplint.base.wording import clipped, listed
from snaplint.operations.partitions import partition
from snaplint.read.aws_answers import UnexpectedAnswer
from snaplint.read.includes import dotted
from snaplint.read.spelling import misspelt, snapshot_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from snaplint.base.source import Route
    from snaplint.operations.operation import Source
    from snaplint.read.includes import Includes

ANSWER_MEMBERS = ("Marker", "ResponseMetadata")
"""Members of an answer, from the AWS CLI or boto3, beside those that hold snapshots."""

TAGS = "tags"
"""The member with the tags of a snapshot, which answers about snapshots do not contain."""

_ONE = "an item of describe-snapshots"


class Item(NamedTuple):
    """What is known about one snapshot or bucket.

    `complete` is True for an answer of AWS: a field that is not in it is known to be absent.
    """

    fields: Mapping[str, Any]
    complete: bool = False


class Call(NamedTuple):
    """Where the call looks for a snapshot; None for what is not known."""

    region: str | None
    account: str | None


class _Found(NamedTuple):
    """One item in a value: its route there, its fields, and whether it is from an answer of AWS."""

    inner: Route
    fields: Any
    complete: bool


def section_names(value: object, source: Source) -> tuple[str, ...]:
    """Return the names under which a section holds snapshots; none if it is one item, a list or an answer of AWS."""
    if not isinstance(value, dict) or isinstance(value.get(source.name), str):
        return ()
    return tuple(name for name in value if name not in source.answers and name not in ANSWER_MEMBERS)


class SnapshotItems:
    """Reads the items of a section of a preflight file or facts file."""

    def __init__(self, includes: Includes, source: Source, call: Call) -> None:
        self._includes = includes
        self._source = source
        self._call = call
        self._names = frozenset((TAGS, *source.fields))

    def section(self, value: Mapping[str, Any] | list[Any], route: Route) -> dict[str, Item | Unknown | None]:
        """Return the snapshots of a section by name."""
        if isinstance(value, list) or isinstance(value.get(self._source.name), str):
            return self._listed(value, route) if value else {}
        answers = {name: value[name] for name in self._source.answers if name in value}
        if not answers and any(isinstance(each, list) for each in value.values()):
            from snaplint.read.recognise.forms import recognised  # only for an unusual input

            if (form := recognised(value)) is not None and form.members:
                self._includes.misfit(route, UnexpectedAnswer("the output of describe-snapshots"), value)
                return {}
        names = section_names(value, self._source)
        named = {name: self._named(name, value[name], (*route, name)) for name in names}
        return {**(self._listed(answers, route) if answers else {}), **named}

    def _listed(self, value: object, route: Route) -> dict[str, Item | Unknown | None]:
        """Return the snapshots of an answer or a list by the names that they have there."""
        named: dict[str, Item | Unknown | None] = {}
        document, base = self._includes.source.find(route)
        try:
            for entry in self._entries(value, (), complete=False):
                name = entry.fields.get(self._source.name) if isinstance(entry.fields, dict) else None
                if not isinstance(name, str) or not name:
                    place = (*route, *entry.inner)
                    self._includes.fault(place, f"a snapshot of describe-snapshots has no `{self._source.name}`")
                elif name not in named or isinstance(named[name], Unknown):
                    # of two items with one name, in lists of several Regions, the one that the call finds counts
                    self._includes.source.mount((*route, name), document, (*base, *entry.inner))
                    named[name] = self._item(name, entry, (*route, name))
        except UnexpectedAnswer as error:
            self._includes.misfit(route, error, value)
        return named

    def _named(self, name: str, value: object, route: Route) -> Item | Unknown | None:
        """Return the snapshot that the section has under a name."""
        if value is None:
            return None
        resolved = self._includes.declared(value, route) or self._includes.resolve(
            value, route, is_path=lambda _text: True
        )
        if resolved is None or isinstance(resolved, Unknown):
            return resolved
        try:
            entries = list(self._entries(resolved, (), complete=False))
            for each in entries:
                if not isinstance(each.fields, dict):
                    raise UnexpectedAnswer("a snapshot of describe-snapshots", each.inner)
        except UnexpectedAnswer as error:
            return self._includes.misfit(route, error, resolved)
        if entries and not any(isinstance(step, int) for step in entries[0].inner):  # one item, not a list
            return self._chosen(name, entries[0], route, resolved)
        stored = self._source.stored(name)
        matching = [
            each for each in entries if self._source.stored(str(each.fields.get(self._source.name, ""))) == stored
        ]
        if not matching:
            return Unknown(f"describe-snapshots does not list `{name}`", (dotted(route),))
        entry = next((each for each in matching if self._mismatch(name, each.fields) is None), matching[0])
        return self._chosen(name, entry, route, resolved)

    def _chosen(self, name: str, entry: _Found, route: Route, value: Any) -> Item | Unknown:
        """Return the item that the value under a name has, with the tags that the value has beside an answer."""
        if entry.inner and isinstance(value, dict) and TAGS in value:
            at = (*route, TAGS)
            self._includes.source.mount(at, *self._includes.source.find(at))
            entry = entry._replace(fields={**entry.fields, TAGS: value[TAGS]})
        self._includes.mount_part(route, entry.inner)
        return self._item(name, entry, route)

    def _entries(self, value: Any, inner: Route, *, complete: bool) -> Iterator[_Found]:
        """Yield each item in a value: the value itself, the items of a list, or those of an answer of AWS."""
        if isinstance(value, list) and value:
            for index, each in enumerate(value):
                yield from self._entries(each, (*inner, index), complete=complete)
            return
        held = [name for name in self._source.answers if name in value] if isinstance(value, dict) else []
        if not held and (complete or isinstance(value, dict)):
            yield _Found(inner, value, complete)
        elif not held:
            raise UnexpectedAnswer(_ONE, inner)
        for name in held:
            if name == self._source.items:
                if not isinstance(value[name], list):
                    raise UnexpectedAnswer("a list, as describe-snapshots prints it", (*inner, name))
                for index, each in enumerate(value[name]):
                    yield _Found((*inner, name, index), each, True)
            else:
                yield _Found((*inner, name), value[name], True)

    def _item(self, name: str, entry: _Found, route: Route) -> Item | Unknown:
        """Return an item in AWS's spelling; Unknown if it is no item, or not the snapshot that the call finds."""
        if entry.fields and self._names.isdisjoint(entry.fields):
            error = UnexpectedAnswer("a snapshot of describe-snapshots")
            return self._includes.misfit(route, error, entry.fields)
        mismatch = self._mismatch(name, entry.fields)
        if mismatch is not None:
            field, what = mismatch
            why = f"the facts provided for snapshot `{name}` are about another one: {what}"
            return Unknown(why, (dotted(route),), route=(*route, field))
        fields = snapshot_fields(entry.fields, self._source)
        if not entry.complete:
            for field, problem in misspelt(fields, self._source).items():
                self._includes.fault((*route, field), problem)
                fields[field] = self._includes.unreadable((*route, field))
        return Item(fields, entry.complete)

    def _mismatch(self, name: str, fields: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return the field which shows that an item is not the snapshot that the call finds, and what it says."""
        stored = self._source.stored
        called, arn = fields.get(self._source.name), fields.get("ARN")
        if isinstance(called, str) and called and stored(called) != stored(name):
            return self._source.name, f"its `{self._source.name}` is `{clipped(called)}`"
        if arn is None or arn == "":
            return None
        difference = self._difference(str(arn), stored(name))
        return ("ARN", difference) if difference else None

    def _difference(self, arn: str, name: str) -> str:
        """Return how an ARN differs from that of the snapshot that the call finds; "" if it does not."""
        region, account = self._call
        parts = arn.split(":", 6)
        if len(parts) != 7 or parts[0] != "arn":
            return f"its ARN `{clipped(arn)}` is not the ARN of a snapshot"
        expected = self._source.arn.split(":", 6)
        wanted = {
            1: ("partition", partition(region) if region else None),
            2: ("service", expected[2]),
            3: ("Region", region),
            4: ("account", account),
            5: ("kind", expected[5]),
            6: ("name", name),
        }
        parts[6] = self._source.stored(parts[6])
        differing = [
            f"the {what} `{clipped(parts[index])}` instead of `{value}`"
            for index, (what, value) in wanted.items()
            if value is not None and parts[index] != value
        ]
        return f"its ARN has {listed(differing)}" if differing else ""

"""YAML: values by the rules of JSON, built from the events of libyaml. Imported only for YAML, as PyYAML is.

The events are processed with our own stack, so that depth, aliases and their expansion are counted before anything is
built. libyaml decides only whether a text is valid. Its messages and places differ from one version to the next, so
those of a fault come from our own parser (`yaml_fault`, `yaml_events`), which also reads the text if PyYAML was
installed without libyaml.
"""

from __future__ import annotations

import re
from itertools import islice

from snaplint.syntax.pyyaml import yaml
from snaplint.syntax.text import MAX_DEPTH, MAX_DIGITS, Malformed, integer, quoted, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Tag = Callable[[str, Any], Any]
    """From the name of a tag (`!Ref`) and the value after it (text, a list or a mapping) to the value that both mean.

    It raises LookupError for an unknown tag."""

MAX_EXPANDED = 200_000
"""How many values all aliases of one document may expand to."""

MAX_READ_AGAIN = 1 << 16
"""The longest text, in characters, that is read again from its beginning to find its fault. A longer one is read again
only after the last value that libyaml has read."""

MAX_TAG_DIRECTIVES = 20
"""A limit, because libyaml compares each `%TAG` with all before it, and does so before the first event."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_PLAIN_VALUES = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ACCOUNT_DIGITS = 12


def load(text: str, tag: Tag | None = None) -> Any:
    """Return the value of a YAML text.

    Plain `null`, `~` and nothing are None, `true` and `false` are booleans, and the numbers of JSON are numbers, except
    for an integer of exactly twelve digits: it is an AWS account and stays text, as does everything else (dates, `on`,
    octal numbers). Aliases share the object that they refer to. For a value with a tag, `tag` returns the value; for a
    scalar it gets the text. Without `tag`, every tag but `!!str` is refused.
    Raises `Malformed` at the first fault: what libyaml refuses, a key twice, a key that is not text, a merge key, an
    unknown tag, an unknown alias or one inside the value that it names, aliases that expand to more than `MAX_EXPANDED`
    values, numbers that are too long or too large, nesting over `MAX_DEPTH`, more than one document, or none.
    """
    builder = _Builder(text, tag)
    try:
        builder.take_all(events(text))
    except _Refused as refused:
        raise _fault(text, builder, refused) from None
    except Malformed as fault:
        from snaplint.syntax.yaml_fault import forbidden_character

        raise forbidden_character(text) or fault from None
    return builder.root


def _fault(text: str, builder: _Builder, refused: _Refused) -> Malformed:
    """Return the first fault of a text that libyaml has refused, as our own parser reports it."""
    from snaplint.syntax.yaml_fault import forbidden_character, rest, second_look

    if (forbidden := forbidden_character(text)) is not None:
        return forbidden
    try:
        if len(text) <= MAX_READ_AGAIN or refused.earlier is None:
            builder.afresh().take_all(second_look(text))
        elif builder.has_key():
            builder.take_all(islice(rest(text, builder.opened(), refused.earlier), 1, None))
        else:
            builder.take_all(rest(text, builder.opened(), refused.last))
    except Malformed as fault:
        return fault
    return refused


class _Anchored:
    """A value with an anchor: how many values it expands to, and how deep it is nested."""

    __slots__ = ("height", "is_open", "size", "value")

    def __init__(self, value: Any, *, is_open: bool) -> None:
        self.value = value
        self.size = 1
        self.height = 0
        self.is_open = is_open


class _Frame:
    """A list or mapping that is being read."""

    __slots__ = ("anchored", "height", "holder", "key", "keys", "size", "start")

    def __init__(self, holder: dict[str, Any] | list[Any], anchored: _Anchored | None, start: Any) -> None:
        self.holder = holder
        self.start = start  # the event that began it
        self.anchored = anchored
        self.size = 1
        self.height = 1
        self.keys: dict[str, int] = {}
        self.key: Any = None  # text, from when it is read until its value is


class _Builder:
    """Builds plain data from events."""

    __slots__ = ("_anchors", "_documents", "_expanded", "_stack", "_tag", "_text", "root")

    def __init__(self, text: str, tag: Tag | None = None) -> None:
        self.root: Any = None
        self._text = text
        self._tag = tag
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._expanded = 0
        self._documents = 0

    def take_all(self, events: Iterable[Any]) -> None:
        """Process the events of a text up to its end. Raises `Malformed` at the first fault."""
        take = self._take
        for event in events:
            take(event)
        if not self._documents:
            raise Malformed("empty file", 0)

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._open(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, [])
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise Malformed("expected one document, found the beginning of a second", _at(event))

    def afresh(self) -> _Builder:
        """Return a builder for the same text that has processed nothing yet."""
        return _Builder(self._text, self._tag)

    def has_key(self) -> bool:
        """Return True if the last event was a key."""
        return bool(self._stack) and self._stack[-1].key is not None

    def opened(self) -> list[Any]:
        """Return the events that began the lists and mappings that are open now, the outermost first."""
        return [frame.start for frame in self._stack]

    def _scalar(self, event: Any) -> None:
        is_tagged = event.tag is not None and event.tag != _TEXT_TAG
        if is_tagged and self._tag is None:
            raise _tagged(event)
        text: str = event.value
        stack = self._stack
        if stack and stack[-1].key is None and type(stack[-1].holder) is dict:
            if is_tagged:
                raise _tagged(event)
            self._key(event, text, stack[-1])
            return
        value = text if event.tag is not None or event.style else _plain(text, event)
        if is_tagged:
            value = self._meant(event, text)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, is_open=False)
        if stack:
            self._put(stack[-1], value, 1 + is_tagged, int(is_tagged))
        elif value is None and not text:
            raise Malformed("empty file", 0)
        else:
            self.root = value

    def _key(self, event: Any, key: str, frame: _Frame) -> None:
        if not key:
            self._empty_key(event, frame.start)
        if key in frame.keys:
            raise Malformed(
                f"the key {quoted(key)} is given twice", _at(event), ("the first is on line", frame.keys[key])
            )
        if key == "<<" and not event.style:
            raise Malformed("merge keys (`<<`) are not supported; write out the members", _at(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(key, is_open=False)
        frame.keys[key] = _at(event)
        frame.key = key

    def _empty_key(self, event: Any, start: Any) -> None:
        """Refuse `? ` without a key in a list in brackets, without braces: libyaml 0.2.5 skips what comes next."""
        has_key = event.style or event.anchor is not None or event.tag is not None
        if not has_key and start.flow_style and self._text[start.start_mark.index] == "?":
            raise Malformed("expected a key after `?`", _at(start))

    def _open(self, event: Any, holder: dict[str, Any] | list[Any]) -> None:
        if event.tag is not None and self._tag is None:
            raise _tagged(event)
        stack = self._stack
        if len(stack) == MAX_DEPTH:
            raise Malformed(f"nested more than {MAX_DEPTH} deep", _at(event))
        self._no_key(event, "a list or a mapping")
        anchored = None
        if event.anchor is not None:
            anchored = self._anchors[event.anchor] = _Anchored(holder, is_open=True)
        stack.append(_Frame(holder, anchored, event))

    def _close(self) -> None:
        frame = self._stack.pop()
        value: Any = frame.holder
        if frame.start.tag is not None:
            value = self._meant(frame.start, frame.holder)
            frame.size += 1
            frame.height += 1
            if len(self._stack) + frame.height > MAX_DEPTH:
                raise Malformed(f"nested more than {MAX_DEPTH} deep", _at(frame.start))
        if frame.anchored is not None:
            frame.anchored.value = value
            frame.anchored.size = frame.size
            frame.anchored.height = frame.height
            frame.anchored.is_open = False
        if self._stack:
            self._put(self._stack[-1], value, frame.size, frame.height)
        else:
            self.root = value

    def _meant(self, event: Any, value: Any) -> Any:
        """Return what a tagged value means; most tags of CloudFormation are one more mapping around the value."""
        assert self._tag is not None  # noqa: S101  # without it, every tag is refused before
        try:
            return self._tag(_tag_name(event), value)
        except LookupError:
            raise _tagged(event) from None

    def _alias(self, event: Any) -> None:
        self._no_key(event, "an alias")
        shown = quoted("*" + event.anchor)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise Malformed(
                f"the alias {shown} names no anchor above it; put text that begins with `*` in quotes", _at(event)
            )
        if anchored.is_open:
            raise Malformed(f"the alias {shown} is inside the value that it names", _at(event))
        self._expanded += anchored.size
        if self._expanded > MAX_EXPANDED:
            raise Malformed(f"with the alias {shown} the aliases expand to more than {MAX_EXPANDED} values", _at(event))
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise Malformed(f"with the alias {shown} nested more than {MAX_DEPTH} deep", _at(event))
        self._put(self._stack[-1], anchored.value, anchored.size, anchored.height)

    def _no_key(self, event: Any, found: str) -> None:
        stack = self._stack
        if stack and stack[-1].key is None and type(stack[-1].holder) is dict:
            raise Malformed(f"expected text for a key, found {found}", _at(event))

    @staticmethod
    def _put(frame: _Frame, value: Any, size: int, height: int) -> None:
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        holder = frame.holder
        if type(holder) is list:
            holder.append(value)
        else:
            holder[frame.key] = value
            frame.key = None


def _plain(text: str, event: Any) -> Any:
    """Return the value of a plain scalar, by the rules of JSON."""
    if text in _PLAIN_VALUES:
        return _PLAIN_VALUES[text]
    if text[0] not in "-0123456789":
        return text
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    try:
        if number.group(1) or number.group(2):
            return real(text)
        return text if len(text) == _ACCOUNT_DIGITS and text[0] != "-" else integer(text)
    except ValueError:
        if len(text) > MAX_DIGITS:
            message = f"a number of {len(text)} characters; the limit is {MAX_DIGITS}"
        else:
            message = f"the number {quoted(text)} is too large; put text in quotes"
        raise Malformed(message, _at(event)) from None


def _tagged(event: Any) -> Malformed:
    return Malformed(f"the tag {quoted(_tag_name(event))} is not supported", _at(event))


def _tag_name(event: Any) -> str:
    """Return a tag as it is written: `!Ref`, `!!binary`."""
    tag: str = event.tag
    return "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag


def _at(event: Any) -> int:
    return int(event.start_mark.index)


# Events


class _Refused(Malformed):
    """libyaml has refused a text, at an offset; `last` is the event before, and `earlier` the one before that.

    The message of libyaml is not kept, because it differs from one version to the next.
    """

    def __init__(self, at: int, earlier: Any, last: Any) -> None:
        super().__init__("not YAML that snaplint reads", at)
        self.earlier = earlier
        self.last = last


def events(text: str) -> Iterator[Any]:
    """Return the events of a text.

    Raises `Malformed`: `_Refused` where libyaml refuses the text; without libyaml, the first fault.
    """
    _few_directives(text)
    if text.startswith("\ufeff"):
        # libyaml would drop it and count all places from there
        raise Malformed("a second byte order mark; a file has one at most", 0)
    return _events_of_libyaml(text) if hasattr(yaml, "CSafeLoader") else _own_events(text)


def _own_events(text: str) -> Iterator[Any]:
    from snaplint.syntax.yaml_fault import forbidden_character, second_look

    if (forbidden := forbidden_character(text)) is not None:
        raise forbidden
    return second_look(text)


def _events_of_libyaml(text: str) -> Iterator[Any]:
    loader: Any = None
    earlier = last = None
    at = 0
    try:
        loader = yaml.CSafeLoader(text)
        while loader.check_event():
            event = loader.get_event()
            earlier, last = last, event
            yield event
        return
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark is not None else 0
    except (yaml.YAMLError, ValueError, OverflowError):
        # a character that YAML does not allow, or an escape without a character
        at = last.end_mark.index if last is not None else 0
    finally:
        if loader is not None:
            loader.dispose()
    raise _Refused(at, earlier, last)


def _few_directives(text: str) -> None:
    if text.count("%TAG") <= MAX_TAG_DIRECTIVES:
        return
    directives = list(re.finditer(r"(?:^|[\n\r\x85\u2028\u2029])(%TAG)", text))
    if len(directives) > MAX_TAG_DIRECTIVES:
        raise Malformed("too many `%TAG` directives", directives[MAX_TAG_DIRECTIVES].start(1))

"""YAML: values by the JSON rules from the events of libyaml.

Imported only for YAML, as PyYAML is. The events are driven with a stack of our own, so
that depth, aliases and what they expand to are counted before anything is built.
"""

from __future__ import annotations

import re

import yaml

from snaplint.syntax.text import MAX_DEPTH, MAX_DIGITS, MisreadError, integer, quoted, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Tag = Callable[[str, Any], Any]
    """From a tag's name (`!Ref`) and the value behind it (text, a list or a mapping) to the value that both stand for.

    It raises LookupError for a tag that it does not know."""

MAX_EXPANDED = 200_000
"""How many values the aliases of one document may stand for, all together."""

MAX_TAG_DIRECTIVES = 20
"""libyaml compares each `%TAG` with all before it, and does so before the first event."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_PLAIN_VALUES = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ACCOUNT_DIGITS = 12
_SURROGATE = re.compile("[\ud800-\udfff]")


def load(text: str, tag: Tag | None = None) -> Any:
    """Return the value that a YAML text holds.

    Plain `null`, `~` and nothing are None, `true` and `false` are booleans, the numbers of JSON are numbers; an
    integer of exactly twelve digits is an AWS account and stays text, as does everything else (dates, `on`, octals).
    Aliases share the object that they name. A value with a tag is what `tag` makes of it (of a scalar it gets the
    text). Tags that it does not know are refused, as all are where no `tag` is given.
    Raises `MisreadError` at the first fault: what libyaml refuses, a key twice, a key that is no text, a merge key, any
    tag but `!!str`, an unknown alias or one that stands inside what it names, aliases that expand to more than
    `MAX_EXPANDED` values, numbers without bounds, nesting over `MAX_DEPTH`, more than one document, and none.
    """
    builder = _Builder(text, tag)
    for event in events(text):
        builder.take(event)
    return builder.root


class _Anchored:
    """A value that an anchor names: how many values it stands for, and how deep it is nested."""

    __slots__ = ("height", "is_open", "size", "value")

    def __init__(self, value: Any, *, is_open: bool) -> None:
        self.value = value
        self.size = 1
        self.height = 0
        self.is_open = is_open


class _Frame:
    """A list or mapping that is being read."""

    __slots__ = ("anchored", "height", "holder", "key", "keys", "size", "tagged")

    def __init__(self, holder: dict[str, Any] | list[Any], anchored: _Anchored | None) -> None:
        self.holder = holder
        self.tagged: Any = None  # the event that began it, if it has a tag
        self.anchored = anchored
        self.size = 1
        self.height = 1
        self.keys: dict[str, int] = {}
        self.key: Any = None  # text, once it is read and until its value is


class _Builder:
    """Makes plain data of events."""

    __slots__ = ("_anchors", "_expanded", "_stack", "_tag", "_text", "root")

    def __init__(self, text: str, tag: Tag | None = None) -> None:
        self.root: Any = None
        self._text = text
        self._tag = tag
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._expanded = 0

    def take(self, event: Any) -> None:
        """One event of the document's content."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._open(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, [])
        elif kind is yaml.AliasEvent:
            self._alias(event)
        else:
            self._close()

    def _scalar(self, event: Any) -> None:
        is_tagged = event.tag is not None and event.tag != _TEXT_TAG
        if is_tagged and self._tag is None:
            raise _tagged(event)
        text: str = event.value
        if (lone := _SURROGATE.search(text)) is not None:  # PyYAML's own scanner lets them pass
            raise MisreadError(f"{quoted(lone.group())} is half of a surrogate pair, which is no character", _at(event))
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
            raise MisreadError("empty file", 0)
        else:
            self.root = value

    def _key(self, event: Any, key: str, frame: _Frame) -> None:
        if key in frame.keys:
            raise MisreadError(
                f"the key {quoted(key)} is given twice", _at(event), ("the first is on line", frame.keys[key])
            )
        if key == "<<" and not event.style:
            raise MisreadError("merge keys (`<<`) are not read; write the members out", _at(event))
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(key, is_open=False)
        frame.keys[key] = _at(event)
        frame.key = key

    def _open(self, event: Any, holder: dict[str, Any] | list[Any]) -> None:
        if event.tag is not None and self._tag is None:
            raise _tagged(event)
        stack = self._stack
        if len(stack) == MAX_DEPTH:
            raise MisreadError(f"nested more than {MAX_DEPTH} deep", _at(event))
        self._no_key(event, "a list or a mapping")
        anchored = None
        if event.anchor is not None:
            anchored = self._anchors[event.anchor] = _Anchored(holder, is_open=True)
        stack.append(_Frame(holder, anchored))
        if event.tag is not None:
            stack[-1].tagged = event

    def _close(self) -> None:
        frame = self._stack.pop()
        value: Any = frame.holder
        if frame.tagged is not None:
            value = self._meant(frame.tagged, frame.holder)
            frame.size += 1
            frame.height += 1
            if len(self._stack) + frame.height > MAX_DEPTH:
                raise MisreadError(f"nested more than {MAX_DEPTH} deep", _at(frame.tagged))
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
        """Return what a tagged value stands for; most tags of CloudFormation are one more mapping around the value."""
        assert self._tag is not None  # noqa: S101  # without it every tag has been refused
        try:
            return self._tag(_tag_name(event), value)
        except LookupError:
            raise _tagged(event) from None

    def _alias(self, event: Any) -> None:
        self._no_key(event, "an alias")
        shown = quoted("*" + event.anchor)
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise MisreadError(
                f"the alias {shown} names no anchor above it; text that begins with `*` takes quotes", _at(event)
            )
        if anchored.is_open:
            raise MisreadError(f"the alias {shown} stands inside what it names", _at(event))
        self._expanded += anchored.size
        if self._expanded > MAX_EXPANDED:
            raise MisreadError(
                f"with the alias {shown} the aliases stand for more than {MAX_EXPANDED} values", _at(event)
            )
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise MisreadError(f"with the alias {shown} nested more than {MAX_DEPTH} deep", _at(event))
        self._put(self._stack[-1], anchored.value, anchored.size, anchored.height)

    def _no_key(self, event: Any, found: str) -> None:
        stack = self._stack
        if stack and stack[-1].key is None and type(stack[-1].holder) is dict:
            raise MisreadError(f"expected text for a key, found {found}", _at(event))

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
    """The value of a plain scalar, by the rules of JSON."""
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
            message = f"a number of {len(text)} characters; at most {MAX_DIGITS} are read"
        else:
            message = f"the number {quoted(text)} is too large; text takes quotes"
        raise MisreadError(message, _at(event)) from None


def _tagged(event: Any) -> MisreadError:
    return MisreadError(f"the tag {quoted(_tag_name(event))} is not read", _at(event))


def _tag_name(event: Any) -> str:
    """Return a tag as it is written: `!Ref`, `!!binary`."""
    tag: str = event.tag
    return "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag


def _at(event: Any) -> int:
    return int(event.start_mark.index)


# Events


def events(text: str) -> Iterator[Any]:
    """The events of the one document that a text holds, without those of the stream around it.

    Raises `MisreadError` where libyaml refuses the text, and for no document or more than one.
    """
    _few_directives(text)
    loader: Any = None
    last = 0
    documents = 0
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        while loader.check_event():
            event = loader.get_event()
            last = event.end_mark.index
            if type(event) is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise MisreadError("expected one document, found the beginning of a second", _at(event))
            elif type(event) not in _AROUND:
                yield event
    except yaml.YAMLError as error:
        raise _refusal(error, text) from None
    except (ValueError, OverflowError):
        # An escape or a tag that stands for no character; neither loader says where.
        raise MisreadError("not YAML: something here stands for no character", last) from None
    finally:
        if loader is not None:
            loader.dispose()
    if documents == 0:
        raise MisreadError("empty file", 0)


_AROUND = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


def _few_directives(text: str) -> None:
    if text.count("%TAG") <= MAX_TAG_DIRECTIVES:
        return
    directives = list(re.finditer(r"(?:^|[\n\r\x85\u2028\u2029])(%TAG)", text))
    if len(directives) > MAX_TAG_DIRECTIVES:
        raise MisreadError("too many `%TAG` directives", directives[MAX_TAG_DIRECTIVES].start(1))


# Words for what libyaml and PyYAML's own parser refuse


_WORDING = (
    (
        "mapping values are not allowed",
        "a mapping cannot begin here; does text with `: ` want quotes, or a line its indentation?",
    ),
    ("block sequence entries are not allowed", "a list item cannot begin here; it takes a line of its own"),
    ("block collections are not allowed", "a list or mapping cannot begin here; it takes a line of its own"),
    ("sequence entries are not allowed", "a list item cannot begin here; it takes a line of its own"),
    ("mapping keys are not allowed", "a key cannot begin here; it takes a line of its own"),
    ("could not find expected ':'", "expected `:` after the key"),
    (
        "did not find expected '-' indicator",
        "expected a list item (`-`) or the end of the list; is the indentation right?",
    ),
    ("expected <block end>, but found", "expected a key or the end of the block; is the indentation right?"),
    ("did not find expected key", "expected a key or the end of the mapping; is the indentation right?"),
    ("',' or ']'", "expected `,` or `]`"),
    ("',' or '}'", "expected `,` or `}`"),
    ("expected node content", "expected a value"),
    ("expected the node content", "expected a value"),
    ("unexpected end of stream", "the quoted text is never closed"),
    ("unexpected document ", "the quoted text is not closed where a document ends"),
    (
        "alphabetic or numeric character",
        'expected a name after `*` or `&`; text that begins so takes quotes, as in `"*"`',
    ),
    ("unknown escape character", "this is not an escape of YAML; a backslash in double quotes is written `\\\\`"),
    (
        "invalid Unicode character escape",
        "half of a surrogate pair, or no character at all; write the character itself",
    ),
    ("hexdecimal number", "the escape takes more hexadecimal digits"),
    ("hexadecimal number", "the escape takes more hexadecimal digits"),
    ("expected <document start>", "expected the end of the document; is the indentation right?"),
    ("expected '<document start>'", "expected the end of the document; is the indentation right?"),
    ("tab character", "a tab cannot indent YAML; use spaces"),
    ("undefined tag handle", "the tag is not read"),
    ("tag handle", "the tag is not read"),
)
"""What their messages say, and what ours do; the first that fits."""


def _refusal(error: Any, text: str) -> MisreadError:
    if isinstance(error, yaml.reader.ReaderError):
        return _unprintable(error, text)
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark is not None else 0
    problem = str(error.problem or "not YAML")
    if "cannot start any token" in problem:
        return _odd_character(text, at)
    message = next((ours for theirs, ours in _WORDING if theirs in problem), f"not YAML: {problem}")
    context = error.context_mark
    earlier = context is not None and re.search(r"[\r\n]", text[context.index : at])
    see = ("it begins on line", context.index) if earlier else None
    return MisreadError(message, at, see)


def _odd_character(text: str, at: int) -> MisreadError:
    found = text[at : at + 1]
    if found == "\t":
        return MisreadError("a tab cannot indent YAML; use spaces", at)
    return MisreadError(f"{quoted(found)} cannot begin a value; text that begins so takes quotes", at)


def _unprintable(error: Any, text: str) -> MisreadError:
    at = error.position
    if error.encoding != "unicode":  # libyaml counts bytes
        at = len(text.encode()[:at].decode(errors="ignore"))
    found = text[at : at + 1]
    shown = f"U+{ord(found):04X} " if found else ""
    return MisreadError(f"control character {shown}in the text; in double quotes it is written as an escape", at)

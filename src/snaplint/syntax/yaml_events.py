"""The events of a YAML text from a parser in Python: those of libyaml for a valid text, with faults in our own words.

It is used for a text that libyaml has refused, and if PyYAML was installed without libyaml. PyYAML has a parser in
Python too, which is not used: it accepts other texts than libyaml, and reports other places.
"""

from __future__ import annotations

from yaml import events

from snaplint.base.record import NamedTuple
from snaplint.syntax.yaml_tags import NO_UTF_8
from snaplint.syntax.yaml_tokens import Tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from snaplint.syntax.text import Malformed
    from snaplint.syntax.yaml_tokens import Token

    State = Callable[[], Any]

_HANDLES = {"!": b"!", "!!": b"tag:yaml.org,2002:"}
_MOST_MINOR = 2
_NO_END = "expected the end of the document; is the indentation right?"
_NO_ITEM = "expected a list item (`-`) or the end of the list; is the indentation right?"
_NO_KEY = "expected a key or the end of the mapping; is the indentation right?"


class _Mark:
    """A place, as in the events of PyYAML."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


_mark: Any = _Mark  # for type checkers, which expect a mark of PyYAML


class Level(NamedTuple):
    """An open list or mapping: its kind, and the offset of its beginning if a fault may refer to that.

    The kinds are "[", "{", "block sequence", "block mapping", "-" for a list with the same indentation as the mapping
    around it, and "pair" for a mapping without braces in a list.
    """

    kind: str
    begun: int | None


class Events:
    """Iterator over the events of a text.

    Raises `Malformed` at the first fault.
    """

    def __init__(self, text: str) -> None:
        self._tokens = Tokens(text)
        self._state: State | None = self._first_document
        # the state after the innermost list or mapping, or its value, has ended, and where each of them began
        self._outer: list[State] = []
        self._begun: list[int] = []
        self._handles = _HANDLES

    def __iter__(self) -> Iterator[Any]:
        while self._state is not None:
            event = self._state()
            if event is not None:
                yield event

    def start_inside(self, tokens: Tokens, levels: Sequence[Level], *, is_new: bool) -> None:
        """Continue with tokens that start inside lists and mappings of a document; `levels` has the outermost first.

        The innermost of them has just begun (`is_new`), or a value in it or the value of the document has ended.
        """
        self._tokens = tokens
        following, first = self._states()
        self._begun = [level.begun for level in levels if level.begun is not None]
        self._outer = [self._end_document]
        for level in levels:
            if level.kind == "pair":  # the state after a mapping without braces is in the mapping
                self._outer.pop()
            self._outer.append(following[level.kind])
        behind = self._outer.pop()
        self._state = first.get(levels[-1].kind, behind) if is_new else behind

    def _states(self) -> tuple[dict[str, State], dict[str, State]]:
        """Return the state after a value in each kind of level, and the state at its beginning if that is another."""
        following: dict[str, State] = {
            "[": self._flow_item,
            "{": self._flow_key,
            "pair": self._pair_end,
            "block sequence": self._block_item,
            "block mapping": self._block_key,
            "-": self._indentless_item,
        }
        return following, {"[": self._first_flow_item, "{": self._first_flow_key, "pair": self._first_pair_key}

    # Documents

    def _first_document(self) -> Any:
        token = self._tokens.peek()
        if token.kind in ("YAML", "TAG", "---", "end"):
            return self._document()
        return self._begin_document(token.start, token.start, self._node_of_document)

    def _document(self) -> Any:
        while self._tokens.peek().kind == "...":
            self._tokens.take()
        start = self._tokens.peek()
        if start.kind == "end":
            self._state = None
            return None
        self._directives()
        token = self._tokens.peek()
        if token.kind != "---":
            raise self._fault(_NO_END, token.start)
        self._tokens.take()
        return self._begin_document(start.start, token.end, self._content)

    def _begin_document(self, start: int, end: int, state: State) -> Any:
        self._outer.append(self._end_document)
        self._state = state
        return events.DocumentStartEvent(_mark(start), _mark(end))

    def _end_document(self) -> Any:
        token = self._tokens.peek()
        end = self._tokens.take().end if token.kind == "..." else token.start
        self._handles = _HANDLES
        self._state = self._document
        return events.DocumentEndEvent(_mark(token.start), _mark(end))

    def _directives(self) -> None:
        handles: dict[str, bytes] = {}
        versions = 0
        while (token := self._tokens.peek()).kind in ("YAML", "TAG"):
            if token.kind == "YAML":
                versions += 1
                self._version(token, versions)
            else:
                handle, prefix = token.value
                if handle in handles:
                    raise self._fault("the handle of this `%TAG` is given twice", token.start)
                handles[handle] = prefix
            self._tokens.take()
        self._handles = {**_HANDLES, **handles}

    def _version(self, token: Token, count: int) -> None:
        major, minor = token.value
        if count > 1:
            raise self._fault("the `%YAML` directive is given twice", token.start)
        if major != 1 or not 1 <= minor <= _MOST_MINOR:
            raise self._fault("the version of the `%YAML` directive must be 1.1 or 1.2", token.start)

    # Nodes

    def _content(self) -> Any:
        token = self._tokens.peek()
        if token.kind in ("YAML", "TAG", "---", "...", "end"):
            return self._ended(_empty(token.start))
        return self._node(block=True)

    def _node_of_document(self) -> Any:
        return self._node(block=True)

    def _value(self, following: State, *, block: bool, indentless: bool = False) -> Any:
        """Return the first event of a value, after which comes another state."""
        self._outer.append(following)
        return self._node(block=block, indentless=indentless)

    def _nothing(self, following: State, at: int) -> Any:
        """Return the event of a value that is missing."""
        self._state = following
        return _empty(at)

    def _ended(self, event: Any) -> Any:
        """Return an event that ends its value, and go on with the state after that."""
        self._state = self._outer.pop()
        return event

    def _node(self, *, block: bool, indentless: bool = False) -> Any:
        token = self._tokens.peek()
        start = token.start
        if token.kind == "*":
            self._tokens.take()
            return self._ended(events.AliasEvent(token.value, _mark(start), _mark(token.end)))
        anchor, tag, end = self._properties(start)
        token = self._tokens.peek()
        marks = (_mark(start), _mark(token.end))
        if indentless and token.kind == "-":
            self._state = self._indentless_item
            return events.SequenceStartEvent(anchor, tag, False, *marks, flow_style=False)
        if token.kind == "scalar":
            self._tokens.take()
            return self._ended(events.ScalarEvent(anchor, tag, (False, False), token.value, *marks, style=token.style))
        if token.kind in ("[", "{") or (block and token.kind in ("block sequence", "block mapping")):
            return self._begin(anchor, tag, *marks)
        if anchor is None and tag is None:
            raise self._fault("expected a value", token.start, start)
        return self._ended(events.ScalarEvent(anchor, tag, (False, False), "", _mark(start), _mark(end)))

    def _begin(self, anchor: str | None, tag: str | None, start: Any, end: Any) -> Any:
        token = self._tokens.take()
        self._begun.append(token.start)
        if token.kind in ("[", "block sequence"):
            self._state = self._first_flow_item if token.kind == "[" else self._block_item
            return events.SequenceStartEvent(anchor, tag, False, start, end, flow_style=token.kind == "[")
        self._state = self._first_flow_key if token.kind == "{" else self._block_key
        return events.MappingStartEvent(anchor, tag, False, start, end, flow_style=token.kind == "{")

    def _end(self, event: Any) -> Any:
        """Return the end of the innermost list or mapping, of which the next token is the last."""
        token = self._tokens.take()
        self._begun.pop()
        return self._ended(event(_mark(token.start), _mark(token.end)))

    def _properties(self, start: int) -> tuple[str | None, str | None, int]:
        """Read the anchor and the tag before a value, in either order, and return them and the offset after them."""
        found: dict[str, Token] = {}
        end = start
        while (token := self._tokens.peek()).kind in ("&", "!") and token.kind not in found:
            found[token.kind] = self._tokens.take()
            end = token.end
        self._tokens.peek()
        anchor = found["&"].value if "&" in found else None
        return anchor, self._tag(found["!"], start) if "!" in found else None, end

    def _tag(self, token: Token, start: int) -> str:
        handle, suffix = token.value
        if handle and handle not in self._handles:
            raise self._fault("the tag is not supported", token.start, start)
        prefix = self._handles[handle] if handle else b""
        try:
            # in libyaml either part ends at its first NUL
            return b"".join(part.partition(b"\0")[0] for part in (prefix, suffix)).decode()
        except UnicodeDecodeError:
            raise self._fault(NO_UTF_8, token.start) from None

    # Blocks

    def _block_item(self) -> Any:
        token = self._tokens.peek()
        if token.kind == "block end":
            return self._end(events.SequenceEndEvent)
        if token.kind != "-":
            raise self._fault(_NO_ITEM, token.start, self._begun[-1])
        self._tokens.take()
        if self._tokens.peek().kind in ("-", "block end"):
            return self._nothing(self._block_item, token.end)
        return self._value(self._block_item, block=True)

    def _indentless_item(self) -> Any:
        """Return an item of a list with the indentation of the mapping around it; no token marks the list's end."""
        token = self._tokens.peek()
        if token.kind != "-":
            return self._ended(events.SequenceEndEvent(_mark(token.start), _mark(token.start)))
        self._tokens.take()
        if self._tokens.peek().kind in ("-", "?", ":", "block end"):
            return self._nothing(self._indentless_item, token.end)
        return self._value(self._indentless_item, block=True)

    def _block_key(self) -> Any:
        token = self._tokens.peek()
        if token.kind == "block end":
            return self._end(events.MappingEndEvent)
        if token.kind != "?":
            raise self._fault(_NO_KEY, token.start, self._begun[-1])
        self._tokens.take()
        return self._of_block(self._block_value, token.end)

    def _block_value(self) -> Any:
        token = self._tokens.peek()
        if token.kind != ":":
            return self._nothing(self._block_key, token.start)
        self._tokens.take()
        return self._of_block(self._block_key, token.end)

    def _of_block(self, following: State, end: int) -> Any:
        """Return the key or the value of a block mapping, after its sign."""
        if self._tokens.peek().kind in ("?", ":", "block end"):
            return self._nothing(following, end)
        return self._value(following, block=True, indentless=True)

    # Brackets

    def _flow_item(self) -> Any:
        token = self._tokens.peek()
        if token.kind not in (",", "]"):
            raise self._fault("expected `,` or `]`", token.start, self._begun[-1])
        if token.kind == ",":
            self._tokens.take()
        return self._first_flow_item()

    def _first_flow_item(self) -> Any:
        token = self._tokens.peek()
        if token.kind == "]":
            return self._end(events.SequenceEndEvent)
        if token.kind == "?":
            self._tokens.take()
            self._state = self._pair_key
            return events.MappingStartEvent(None, None, True, _mark(token.start), _mark(token.end), flow_style=True)
        return self._value(self._flow_item, block=False)

    def _first_pair_key(self) -> Any:
        """Return the key of a pair whose beginning was read without its sign."""
        if self._tokens.peek().kind == "?":
            self._tokens.take()
        return self._pair_key()

    def _pair_key(self) -> Any:
        """Return the key of a mapping without braces in a list."""
        token = self._tokens.peek()
        if token.kind not in (":", ",", "]"):
            return self._value(self._pair_value, block=False)
        return self._nothing(self._pair_value, token.start)

    def _pair_value(self) -> Any:
        return self._of_brackets(":", ("]", ","), self._pair_end)

    def _pair_end(self) -> Any:
        at = self._tokens.peek().start
        self._state = self._flow_item
        return events.MappingEndEvent(_mark(at), _mark(at))

    def _flow_key(self) -> Any:
        token = self._tokens.peek()
        if token.kind not in (",", "}"):
            raise self._fault("expected `,` or `}`", token.start, self._begun[-1])
        if token.kind == ",":
            self._tokens.take()
        return self._first_flow_key()

    def _first_flow_key(self) -> Any:
        token = self._tokens.peek()
        if token.kind == "}":
            return self._end(events.MappingEndEvent)
        if token.kind != "?":
            return self._value(self._no_flow_value, block=False)
        return self._of_brackets("?", (":", ",", "}"), self._flow_value)

    def _flow_value(self) -> Any:
        return self._of_brackets(":", (",", "}"), self._flow_key)

    def _no_flow_value(self) -> Any:
        return self._nothing(self._flow_key, self._tokens.peek().start)

    def _of_brackets(self, sign: str, ends: tuple[str, ...], following: State) -> Any:
        """Return the key or the value after a sign, or an empty one if that or the sign is missing."""
        token = self._tokens.peek()
        if token.kind == sign:
            self._tokens.take()
            token = self._tokens.peek()
            if token.kind not in ends:
                return self._value(following, block=False)
        return self._nothing(following, token.start)

    def _fault(self, message: str, at: int, begun: int | None = None) -> Malformed:
        return self._tokens.cursor.fault(message, at, begun)


def _empty(at: int) -> Any:
    return events.ScalarEvent(None, None, (True, False), "", _mark(at), _mark(at))

"""The places of the values of a YAML text, from a second pass over its events when something is reported.

PyYAML is already imported then, by the pass that has read the values.
"""

from __future__ import annotations

from snaplint.base.source import Key
from snaplint.syntax.pyyaml import yaml
from snaplint.syntax.yaml_text import events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from snaplint.base.source import Route


class _Node:
    """The offsets of a value, and its parts: the nodes of a list, or the keys and nodes of a mapping."""

    __slots__ = ("end", "items", "keys", "members", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.items: list[_Node] | None = None
        self.members: dict[str, _Node] | None = None
        self.keys: dict[str, _Node] = {}


class YamlPlaces:
    """The places of the values of a YAML text, which `load` must have accepted.

    The place of an alias is that of the alias itself; the places of its parts are those at its anchor.
    """

    __slots__ = ("_root", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._root = _index(text)

    def extent(self, route: Route) -> tuple[int, int]:
        """Return the offset of the first character of the value at `route`, and of the one after the value.

        Those of the key if the last step is a `Key`; those of the last value on the way if the route leaves the data.
        """
        node = self._root
        for step in route:
            if node.members is not None and isinstance(step, str) and step in node.members:
                node = node.members[step]
            elif isinstance(step, Key) and step.name in node.keys:
                node = node.keys[step.name]
            elif node.items is not None and isinstance(step, int) and 0 <= step < len(node.items):
                node = node.items[step]
            else:
                break
        return node.start, node.end

    def within(self, route: Route, value: str) -> Callable[[int], int] | None:
        """Return a function from offsets in the string at `route` to offsets in the text, if that has it verbatim."""
        start, end = self.extent(route)
        written = self.text[start:end]
        if written == value:
            return lambda offset: start + offset
        if written[:1] in ("'", '"') and written[1:-1] == value:
            return lambda offset: start + 1 + offset
        return None


class _Level:
    """A list or mapping whose nodes are being collected; `last` is the node that ended last."""

    __slots__ = ("in_brackets", "key", "last", "node")

    def __init__(self, node: _Node, *, in_brackets: bool) -> None:
        self.node = node
        self.in_brackets = in_brackets
        self.key: tuple[str, _Node] | None = None
        self.last = node


def _index(text: str) -> _Node:
    """Return the tree of places of a valid text."""
    root: _Node | None = None
    stack: list[_Level] = []
    anchors: dict[str, _Node] = {}
    for event in events(text):
        kind = type(event)
        if kind in _ENDS:
            _close_level(stack.pop(), event)
        if kind not in _NODES:
            continue
        node = _node(text, event, anchors)
        if stack:
            _hold(stack[-1], node, event)
        else:
            root = node
        if kind in _STARTS:
            stack.append(_Level(node, in_brackets=bool(event.flow_style)))
    assert root is not None  # noqa: S101  # a valid text has a root
    return root


_NODES = (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.AliasEvent)
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def _node(text: str, event: Any, anchors: dict[str, _Node]) -> _Node:
    node = _Node(event.start_mark.index, event.end_mark.index)
    kind = type(event)
    if kind is yaml.AliasEvent:
        named = anchors[event.anchor]
        node.items, node.members, node.keys = named.items, named.members, named.keys
        return node
    if event.anchor is not None:
        anchors[event.anchor] = node
    if kind is yaml.MappingStartEvent:
        node.members = {}
    elif kind is yaml.SequenceStartEvent:
        node.items = []
    elif event.style in ("|", ">"):
        # the event of a block scalar includes the empty lines up to the next token
        node.end = node.start + len(text[node.start : node.end].rstrip())
    return node


def _hold(level: _Level, node: _Node, event: Any) -> None:
    holder = level.node
    if holder.items is not None:
        holder.items.append(node)
    elif level.key is None:
        level.key = (event.value, node)
    else:
        key, key_node = level.key
        assert holder.members is not None  # noqa: S101  # otherwise it is a list
        holder.members[key] = node
        holder.keys[key] = key_node
        level.key = None
    level.last = node


def _close_level(level: _Level, event: Any) -> None:
    """Set the end of a list or mapping: its bracket, or its last value, as the end event of a block is too late."""
    level.node.end = event.end_mark.index if level.in_brackets else level.last.end

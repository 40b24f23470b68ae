"""What is wrong in a YAML text that libyaml has refused, and where; imported only for such a text.

A long text is not read again from its beginning. What libyaml has read up to its last event is valid, so our own parser
starts after that event, inside the lists and mappings that are open there.
"""

from __future__ import annotations

from snaplint.syntax.pyyaml import FORBIDDEN, yaml
from snaplint.syntax.text import Malformed
from snaplint.syntax.yaml_events import Events, Level
from snaplint.syntax.yaml_tokens import Tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_BLOCKS = ("block sequence", "block mapping")


def forbidden_character(text: str) -> Malformed | None:
    """Return the fault of the first character that YAML does not allow, or None. It precedes every other fault."""
    found = FORBIDDEN.search(text)
    if found is None:
        return None
    shown = f"U+{ord(found.group()):04X}"
    message = f"control character {shown} in the text; in double quotes, write it as an escape"
    return Malformed(message, found.start())


def second_look(text: str) -> Iterator[Any]:
    """Return the events of a text. Raises `Malformed` at the first fault."""
    return iter(Events(text))


def rest(text: str, opened: Sequence[Any], last: Any) -> Iterator[Any]:
    """Return the events after `last`, the one that libyaml has read last. Raises `Malformed` at the first fault.

    `opened` are the events that began the lists and mappings that are open there. `last` must not be a key: whether a
    key has a `?` is visible only in front of it.
    """
    events = Events(text)
    # the directives before the document define tags
    next(event for event in events if type(event) is yaml.DocumentStartEvent)
    if type(last) is not yaml.DocumentStartEvent:
        _put_behind(events, text, opened, last)
    return iter(events)


def _put_behind(events: Events, text: str, opened: Sequence[Any], last: Any) -> None:
    levels = [_level(text, start) for start in opened]
    is_new = type(last) in _STARTS
    at = last.end_mark.index
    if is_new and (levels[-1].kind == "-" or (levels[-1].kind == "pair" and text[at - 1] == "?")):
        at -= 1  # the event includes a sign that its first value needs
    tokens = Tokens(text)
    tokens.start_inside(
        at,
        [start.end_mark.column for start, level in zip(opened, levels, strict=True) if level.kind in _BLOCKS],
        sum(level.kind in ("[", "{") for level in levels),
        is_new=is_new,
        is_behind_plain=type(last) is yaml.ScalarEvent and bool(last.value) and not last.style,
    )
    events.start_inside(tokens, levels, is_new=is_new)


def _level(text: str, start: Any) -> Level:
    """Return the list or mapping that an event began; the event ends after the bracket or where a block begins."""
    at = start.end_mark.index
    before = text[at - 1 : at]
    if type(start) is yaml.SequenceStartEvent:
        if start.flow_style:
            return Level("[", at - 1)
        return Level("-", None) if before == "-" else Level("block sequence", at)
    if start.flow_style:
        return Level("{", at - 1) if before == "{" else Level("pair", None)
    return Level("block mapping", at)

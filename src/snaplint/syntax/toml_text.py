"""TOML text, for settings: what tomllib would take too long for, or could not finish, is refused before it is parsed.

https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib

from snaplint.base.source import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_LEVELS = 32
"""How deep a value may be: the parts of the table's name and of dotted keys, inline tables and arrays count.

Settings have 4 levels, other tools' tables in a pyproject.toml about 8. tomllib looks at each level again for each
key: 1 MiB of keys takes it 0.5 s to 1.2 s at 32 levels and 3.7 s at 128; 900 keys of 900 parts (1.6 MB) take 5 s. It
also recurses into arrays and inline tables, and ends with a RecursionError at about 490 levels.
"""


def load(text: str) -> dict[str, Any]:
    """Return the data of a text. Raises Unreadable at the first fault, and if a value is too deep."""
    # each level but the first needs one of these characters, so that most files are not searched
    if text.count(".") + text.count("[") + text.count("{") >= MOST_LEVELS:
        require_shallow(text, MOST_LEVELS)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rstrip(")").partition(" (at ")
        line, _, column = place.removeprefix("line ").partition(", column ")
        if line.isdecimal() and column.isdecimal():
            raise Unreadable(message.lower(), int(line), int(column)) from None
        raise Unreadable(str(error).lower(), text.count("\n") + 1) from None  # at the end of the document
    except ValueError:  # https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
        raise Unreadable("a number has too many digits") from None


_MARKS = r"""
    \#[^\n]*                                          # a comment
    | \"{3} (?: [^"\\]++ | \\. | "(?!"") )*+ \"{0,5}  # a string of several lines, which may end in quotes of its own
    | '{3} (?: [^']++ | '(?!'') )*+ '{0,5}
    | " (?: [^"\\\n]++ | \\[^\n] )*+ "?
    | ' [^'\n]*+ '?
    | [.=,\[\]{}\n]
"""
"""What has to be told apart to know which dots separate the parts of a key."""


def require_shallow(text: str, most: int) -> None:
    """Raise Unreadable at the first value that is more than `most` levels deep.

    In a text that is not TOML, the levels are right up to the first fault, where tomllib ends.
    """
    table, depth, is_key, is_header = 0, 1, True, False
    outer: list[tuple[str, int]] = []  # the brackets around a value, each with the depth of what is around it
    for match in re.finditer(_MARKS, text, re.VERBOSE | re.DOTALL):
        mark = match[0]
        if mark == "\n" and not outer:
            table = depth if is_header else table
            depth, is_key, is_header = table + 1, True, False
        elif mark == "." and is_key:
            depth += 1
        elif mark == "=":
            is_key = False
        elif mark == "[" and is_key and not outer:
            is_header, depth = True, 1
        elif mark in "[{":
            outer.append((mark, depth))
            depth += 1
            is_key = mark == "{"
        elif mark == "," and outer:
            bracket, around = outer[-1]
            depth, is_key = around + 1, bracket == "{"
        elif mark in "]}" and outer:
            depth, is_key = outer.pop()[1], False
        if depth > most and mark in ".=[{":  # not only room for a key that may not follow
            line = text.count("\n", 0, match.start()) + 1
            raise Unreadable(f"nested more than {most} deep, counting the parts of dotted keys", line)

"""TOML for settings: how deep it may be, whatever strings, comments and keys it holds."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snaplint.base.source import Unreadable
from snaplint.syntax import toml_text

DOTS = "." * 100

SHALLOW = {
    "url": "x = 'https://a.b.c.d.e.f.g.h/" + "x.y/" * 40 + "'",
    "ellipsis": f'x = "{DOTS}"',
    "comment": f"x = 1 # a.b {DOTS} = 1 [[[ {{",
    "whole-comment": f"# {DOTS} = 1\n# [{'a.' * 50}b]",
    "escaped-quote": f'x = "a \\" {DOTS} = 1"',
    "literal-backslash": f"x = 'a\\' # {DOTS} = 1",
    "lines": f'x = """\n{DOTS} = 1\n[{DOTS}]\n"""\n',
    "literal-lines": f"x = '''\n{DOTS} = 1\n\\'''\n",
    "quote-in-lines": f'x = """a "" {DOTS} "\n{"[" * 50}"""\n',
    "escape-in-lines": f'x = """a \\""" {DOTS} = 1 """\n',
    "quotes-at-the-end": f'x = """a"""""\ny = "{DOTS}"',
    "apostrophes-at-the-end": f"x = '''a'''''\ny = '{DOTS}'",
    "empty-strings": f'x = ""\ny = \'\'\nz = """"""\nw = "{DOTS}"',
    "key-with-dots": f'"{DOTS}" = 1\n[a."{DOTS}"]\nb = 2',
    "key-with-a-hash": f'"#" = 1 # {DOTS} = 1',
    "numbers": "x = [" + "1.5, " * 100 + "]",
    "many-keys": "\n".join(f"a.b.c.x{number} = 1.5" for number in range(100)),
    "many-tables": "\n".join(f"[a.b.x{number}]\nc.d = 1" for number in range(100)),
    "array-of-tables": "[[a.b]]\nc.d = [[1.5]]\n" * 50,
    "inline": "x = [" + "{a.b = 1.5, c.d = 2.5}, " * 100 + "]",
    "lines-of-an-array": "x = [\n" + "  [1.5, {a.b = 1}], # c.d\n" * 100 + "]",
    "crlf": "[a.b]\r\nc.d = 1.5\r\n" + "".join(f"e.f{number} = 1.5\r\n" for number in range(100)),
    "at-the-limit": ".".join("a" * 16) + " = 1\n[" + ".".join("b" * 16) + "]\n" + ".".join("c" * 16) + " = 1",
    "table-at-the-limit": "[" + ".".join("a" * 32) + "]\n# a comment\n",
    "arrays-at-the-limit": "x = " + "[" * 31 + "]" * 31,
}


@pytest.mark.parametrize("text", SHALLOW.values(), ids=SHALLOW)
def test_dots_and_brackets_that_are_no_levels_do_not_count(text: str) -> None:
    assert toml_text.load(text) == tomllib.loads(text)


DEEP = {
    "key": (".".join("a" * 33) + " = 1", 1),
    "key-after-a-table": ("[" + ".".join("b" * 16) + "]\n" + ".".join("c" * 17) + " = 1", 2),
    "key-after-an-array-of-tables": ("[[" + ".".join("b" * 16) + "]]\n" + ".".join("c" * 17) + " = 1", 2),
    "spaces-and-quotes": ('"a" . \'b\' . "c\\".d" . ' * 11 + "e = 1", 1),
    "empty-parts": (".".join(['""', "''"] * 17) + " = 1", 1),
    "after-strings": ('x = """a\\""""""\ny = \'\'\'b\'\'\'\'\nz = "\\\\"\n' + ".".join("a" * 33) + " = 1", 4),
    "after-a-comment": ("x = 1 # ''' \"\"\"\n" + ".".join("a" * 33) + " = 1", 2),
    "arrays": ("x = " + "[" * 32 + "]" * 32, 1),
    "arrays-on-lines": ("x = " + "[\n" * 32 + "]\n" * 32, 32),
    "inline-tables": ("x = " + "{a = " * 32 + "1" + "}" * 32, 1),
    "second-in-an-inline-table": ("x = {a.b = 1, " + ".".join("c" * 32) + " = 1}", 1),
    "key-of-a-table-in-an-array": ("x = [{}, [], {" + ".".join("c" * 31) + " = 1}]", 1),
    "second-line": ("x = [1.5]\ny.z = {a.b = 1}\n[" + ".".join("a" * 33) + "]", 3),
}


@pytest.mark.parametrize(("text", "line"), DEEP.values(), ids=DEEP)
def test_level_too_many_is_refused_at_its_line(text: str, line: int) -> None:
    tomllib.loads(text)  # it is TOML
    with pytest.raises(Unreadable, match="nested more than 32 deep") as caught:
        toml_text.load(text)
    assert caught.value.line == line


def depth(value: Any) -> int:
    """Return how many tables and arrays are inside one another."""
    if isinstance(value, dict | list):
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
    return 0


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        ".",
        " = ",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ", ",
        "\n",
        "1",
        "1.5",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "# ",
        "a.b.c",
        '"."',
        "'.'",
        '"\\""',
        "x = [",
        "= {a = ",
        "= [[[]]]",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_what_is_let_through_is_shallow(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    try:
        toml_text.require_shallow(text, 3)
    except Unreadable:
        return
    # [[a.b.c]] has an array between each two parts, and the document is a table
    assert depth(data) <= 1 + 2 * 3


WORDS = st.text("ab.=#[]{},'\"\\ \n", max_size=6)
"""The content of strings and comments: all that has a meaning elsewhere."""


def basic(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


STRINGS = st.one_of(
    WORDS.map(basic),
    WORDS.map(lambda text: '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'),
    WORDS.map(lambda text: "'" + text.replace("'", "").replace("\n", "") + "'"),
    WORDS.map(lambda text: "'''" + text.replace("'", "") + "'''"),
)
PARTS = st.one_of(st.sampled_from(["a", "b-c", "1"]), WORDS.map(basic))
COMMENTS = WORDS.map(lambda text: " # " + text.replace("\n", " "))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, int]:
    """Return a text, and how deep its deepest value is as levels are counted."""
    text, deepest, table = "", 0, 0
    for number in range(draw(st.integers(1, 6))):
        parts = [draw(PARTS) for _ in range(draw(st.integers(0, 3)))] + [f"x{number}"]
        if draw(st.booleans()):
            table = len(parts)
            text += "[" + draw(st.sampled_from([".", " . "])).join(parts) + "]"
        else:
            value, levels = draw(values())
            text += ".".join(parts) + " = " + value
            deepest = max(deepest, table + len(parts) + levels)
        deepest = max(deepest, table)
        text += draw(st.one_of(st.just(""), COMMENTS)) + "\n"
    return text, deepest


@st.composite
def values(draw: st.DrawFn, most: int = 3) -> tuple[str, int]:
    """Return a value, and how many levels it has below its own key."""
    kind = draw(st.sampled_from(["string", "number", *(("array", "table") if most else ())]))
    if kind in ("string", "number"):
        return (draw(STRINGS) if kind == "string" else draw(st.sampled_from(["1", "1.5", "1979-05-27T07:32:00.5"]))), 0
    inner = [draw(values(most=most - 1)) for _ in range(draw(st.integers(0, 3)))]
    if kind == "array":
        return "[" + draw(st.sampled_from([", ", ",\n"])).join(text for text, _ in inner) + "]", 1 + max(
            (levels for _, levels in inner), default=0
        )
    extra = [draw(st.integers(0, 2)) for _ in inner]
    keys = [f"k{number}" + ".x" * more for number, more in enumerate(extra)]
    text = ", ".join(f"{key} = {value}" for key, (value, _) in zip(keys, inner, strict=True))
    return f"{{{text}}}", 1 + max((more + levels for more, (_, levels) in zip(extra, inner, strict=True)), default=0)


@given(documents())
def test_levels_are_counted_exactly(document: tuple[str, int]) -> None:
    text, deepest = document
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a table or a key is given twice in different forms
    toml_text.require_shallow(text, deepest)
    with pytest.raises(Unreadable):
        toml_text.require_shallow(text, deepest - 1)

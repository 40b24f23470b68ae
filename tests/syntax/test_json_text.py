"""JSON: values, faults, and the places of both."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.base.source import Key, Route, Span, Unreadable
from snaplint.syntax import json_text
from snaplint.syntax.document import MAX_DEPTH, parse
from snaplint.syntax.json_fault import first_fault
from snaplint.syntax.text import MAX_DIGITS, Malformed

UNTIMED = settings(deadline=None)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)
INDENTS = st.sampled_from([None, 0, 1, 4, "\t"])


def routes(data: Any, route: Route = ()) -> list[Route]:
    """Return the routes of all values, containers before their parts."""
    found = [route]
    if isinstance(data, dict):
        for key, value in data.items():
            found += routes(value, (*route, key))
    if isinstance(data, list):
        for index, value in enumerate(data):
            found += routes(value, (*route, index))
    return found


def value_at(data: Any, route: Route) -> Any:
    for step in route:
        data = data[step]
    return data


def cut(text: str, span: Span) -> str:
    """Return the text of a span, for texts whose lines end in LF."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1
    end = sum(len(line) + 1 for line in lines[: span.end_line - 1]) + span.end_column - 1
    return text[start:end]


def fault_of(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse("a.json", text.encode())
    return caught.value


# What is read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (' \t\r\n{"a": [1, -0.5e3, true]}\n', {"a": [1, -500.0, True]}),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\uD83D\uDE00\\ud800"', "😀\\ud800"),
        (r'["\u0000\u001b\/"]', ["\0\x1b/"]),
        ("111122223333", 111122223333),
        ("9" * MAX_DIGITS, int("9" * MAX_DIGITS)),
        ('{"": {"": 0}}', {"": {"": 0}}),
        ('"\x7f\u2028\ufeff"', "\x7f\u2028\ufeff"),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
        ("[" + "[1]," * MAX_DEPTH + "2]", [*([[1]] * MAX_DEPTH), 2]),
    ],
)
def test_what_is_read(text: str, value: Any) -> None:
    assert parse("a.json", text.encode()).data == value


@UNTIMED
@given(VALUES, INDENTS, st.booleans())
def test_values_come_back(value: Any, indent: int | str | None, ensure_ascii: bool) -> None:
    try:
        raw = json.dumps(value, indent=indent, ensure_ascii=ensure_ascii).encode()
    except UnicodeEncodeError:
        return  # a lone surrogate cannot be written as UTF-8
    if has_surrogate(value):
        with pytest.raises(Unreadable, match="surrogate pair"):
            parse("a.json", raw)
    else:
        assert parse("a.json", raw).data == json.loads(raw)


def has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(has_surrogate(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(has_surrogate(part) for part in value)


# Faults


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        pytest.param("", 1, 1, "empty file", id="empty"),
        pytest.param(" \n\t\r\n", 1, 1, "empty file", id="only space"),
        pytest.param(
            '{"a": 1,\n "b": 2,\n}', 2, 8, "expected a key after `,`; remove the trailing comma", id="comma }"
        ),
        pytest.param("[1, 2,]", 1, 6, "expected a value after `,`; remove the trailing comma", id="comma ]"),
        pytest.param("[1,,2]", 1, 4, "expected a value, found `,`", id="two commas"),
        pytest.param('{"a": 1,,}', 1, 9, "expected a key in double quotes, found `,`", id="two commas in an object"),
        pytest.param('{"a": 1\n "b": 2}', 2, 2, 'expected `,` or `}`, found `"`; is a comma missing?', id="no comma"),
        pytest.param("[1 2]", 1, 4, "expected `,` or `]`, found `2`; is a comma missing?", id="no comma in a list"),
        pytest.param('{"a" 1}', 1, 6, "expected `:` after the key `a`, found `1`", id="no colon"),
        pytest.param('{"a": }', 1, 7, "expected a value after `:`, found `}`", id="no value"),
        pytest.param('{"a": [1, {"b": 2}', 1, 7, "the `[` is never closed", id="unclosed list"),
        pytest.param('\n {"a": [1]', 2, 2, "the `{` is never closed", id="unclosed object"),
        pytest.param('{"a"', 1, 1, "the `{` is never closed", id="unclosed behind a key"),
        pytest.param('{"a":', 1, 1, "the `{` is never closed", id="unclosed behind a colon"),
        pytest.param("[1,", 1, 1, "the `[` is never closed", id="unclosed behind a comma"),
        pytest.param('["a', 1, 2, "the string is never closed", id="unclosed string"),
        pytest.param('["a\\', 1, 2, "the string is never closed", id="unclosed behind a backslash"),
        pytest.param("[1,\n 2}", 2, 3, "expected `,` or `]`, found `}` (the `[` is on line 1)", id="the other bracket"),
        pytest.param('{"a": 1} {"b": 2}', 1, 10, "text after the end of the document: `{`", id="two documents"),
        pytest.param("[]]", 1, 3, "text after the end of the document: `]`", id="one bracket more"),
        pytest.param("{'a': 1}", 1, 2, "expected a key in double quotes, found `'`", id="single quotes, key"),
        pytest.param("['a']", 1, 2, "strings need double quotes, found `'`", id="single quotes"),
        pytest.param("[“a”]", 1, 2, "strings need double quotes, found `“`", id="typographic quotes"),
        pytest.param("{a: 1}", 1, 2, "expected a key in double quotes, found `a`", id="bare key"),
        pytest.param("[abc]", 1, 2, "expected a value, found `abc`; put text in double quotes", id="bare word"),
        pytest.param("[1 // one\n]", 1, 4, "JSON has no comments", id="comment //"),
        pytest.param("/* one */ [1]", 1, 1, "JSON has no comments", id="comment /*"),
        pytest.param("[\n# one\n1]", 2, 1, "JSON has no comments", id="comment #"),
        pytest.param('{"a": 1, // one\n}', 1, 10, "JSON has no comments", id="comment for a key"),
        pytest.param("{} // one", 1, 4, "JSON has no comments", id="comment at the end"),
        pytest.param("[NaN]", 1, 2, "`NaN` is not a number of JSON", id="NaN"),
        pytest.param("[-Infinity]", 1, 2, "`-Infinity` is not a number of JSON", id="-Infinity"),
        pytest.param("[True]", 1, 2, "`True` is not a value of JSON; write `true`", id="True"),
        pytest.param('{"a": None}', 1, 7, "`None` is not a value of JSON; write `null`", id="None"),
        pytest.param("[012]", 1, 2, "`012` is not a number of JSON; put text in double quotes", id="leading zero"),
        pytest.param("[1.]", 1, 2, "`1.` is not a number of JSON; put text in double quotes", id="no fraction"),
        pytest.param(
            "[2012-10-17]", 1, 2, "`2012-10-17` is not a number of JSON; put text in double quotes", id="date"
        ),
        pytest.param("[1e999]", 1, 2, "the number `1e999` is too large", id="beyond floats"),
        pytest.param("[" + "9" * 5000 + "]", 1, 2, "a number of 5000 characters; the limit is 500", id="digits"),
        pytest.param("[-0." + "9" * 5000 + "]", 1, 2, "a number of 5003 characters; the limit is 500", id="float"),
        pytest.param(
            '["a\nb"]',
            1,
            4,
            "the string is not closed at the end of its line; write a line break as `\\n`",
            id="line break",
        ),
        pytest.param('["a\tb"]', 1, 4, "control character U+0009 in a string; write it as `\\t`", id="tab"),
        pytest.param('["\x1b"]', 1, 3, "control character U+001B in a string; write it as `\\u001b`", id="escape"),
        pytest.param(r'["a\x41"]', 1, 4, r"`\x` is not an escape of JSON; write a backslash as `\\`", id="no escape"),
        pytest.param(r'["\u12g4"]', 1, 3, r"`\u` needs four hexadecimal digits", id="bad digits"),
        pytest.param(r'["\ud800"]', 1, 3, r"`\ud800` is half of a surrogate pair, which is not a character", id="high"),
        pytest.param(
            r'["a\uDC00b"]', 1, 4, r"`\uDC00` is half of a surrogate pair, which is not a character", id="low"
        ),
        pytest.param(
            r'["\ud83d\ud83d\ude00"]',
            1,
            3,
            r"`\ud83d` is half of a surrogate pair, which is not a character",
            id="three",
        ),
        pytest.param(
            r'{"\ud83d": 1}', 1, 3, r"`\ud83d` is half of a surrogate pair, which is not a character", id="in a key"
        ),
        pytest.param(
            '{"Sid": 1,\n "b": [],\n "Sid": 2}', 3, 2, "the key `Sid` is given twice (the first is on line 1)", id="key"
        ),
        pytest.param(
            '[{"a": {"b": 1}},\n {"a": {"b": 1, "\\u0062": 2}}]',
            2,
            17,
            "the key `b` is given twice (the first is on line 2)",
            id="key in an escape",
        ),
        pytest.param("[\ufeff1]", 1, 2, "expected a value, found", id="byte order mark inside"),
        pytest.param("[1,\u00a02]", 1, 4, "expected a value, found", id="no-break space"),
        pytest.param("[" * 101 + "]" * 101, 1, 101, "nested more than 100 deep", id="101 deep"),
        pytest.param("[" * 10_000 + "]" * 10_000, 1, 101, "nested more than 100 deep", id="10,000 deep"),
        pytest.param("[" * 1_000_000, 1, 101, "nested more than 100 deep", id="1,000,000 deep, unclosed"),
        pytest.param('{"a":' * 1_000_000, 1, 501, "nested more than 100 deep", id="1,000,000 objects"),
        pytest.param("[0,\n" + "[" * 100 + "]" * 100 + "]", 2, 100, "nested more than 100 deep", id="deep in a list"),
        pytest.param('[{"a": 1, "a": 2}, [' * 200, 1, 11, "the key `a` is given twice", id="the first of two faults"),
    ],
)
def test_each_fault_has_its_place_and_words(text: str, line: int, column: int, message: str) -> None:
    fault = fault_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert fault.message.startswith(message)


def test_columns_are_characters_and_cr_ends_a_line() -> None:
    fault = fault_of('{"é😀": 1,\r"b": 2,\r\n"😀😀" 3}')
    assert (fault.line, fault.column) == (3, 6)


@UNTIMED
@given(VALUES, INDENTS, st.data())
def test_a_mutated_text_is_read_or_refused(value: Any, indent: int | str | None, data: st.DataObject) -> None:
    text = json.dumps(value, indent=indent)
    at = data.draw(st.integers(0, len(text)))
    dropped = data.draw(st.integers(0, 3))
    put = data.draw(st.text(alphabet='{}[]",:\\u0d8e+-.1x \n\t', max_size=3))
    agrees_with_the_standard_library(text[:at] + put + text[at + dropped :])


@UNTIMED
@given(st.text(alphabet='{}[]",:\\ud8c01eE+-.tfnrulase \n\t', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    agrees_with_the_standard_library(text)


def agrees_with_the_standard_library(text: str) -> None:
    """Both ways to validate a text agree, and the standard library reads the same values from a valid one."""
    fault = first_fault(text)
    try:
        value = json_text.load(text)
    except Malformed as error:
        assert fault is not None
        assert (error.at, error.message) == (fault.at, fault.message)
        assert 0 <= error.at <= len(text)
        assert is_refused_for_our_reasons(text) or not is_json(text)
    else:
        assert fault is None
        assert value == json.loads(text)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def is_refused_for_our_reasons(text: str) -> bool:
    """Return True for what only the standard library accepts: a key twice, half a pair, a number that is not finite."""
    odd = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal odd
        odd = odd or len(dict(found)) != len(found) or has_surrogate(dict(found))
        return dict(found)

    def real(token: str) -> float:
        nonlocal odd
        odd = odd or math.isinf(float(token))
        return float(token)

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_float=real, parse_constant=lambda _: "\ud800")
    except ValueError:
        return False
    return odd or has_surrogate(value)


# Places


def test_places_of_values_and_keys() -> None:
    text = '{\n\t"a": [1, {"b" :  "x\\"]"} ],\n\t"\\u0063": {}\n}\n'
    document = parse("a.json", text.encode())
    assert document.span(()) == Span(1, 1, 4, 2)
    assert document.span(("a",)) == Span(2, 7, 2, 28)
    assert document.span((Key("a"),)) == Span(2, 2, 2, 5)
    assert document.span(("a", 0)) == Span(2, 8, 2, 9)
    assert document.span(("a", 1, "b")) == Span(2, 19, 2, 25)
    assert document.span(("a", 1, Key("b"))) == Span(2, 12, 2, 15)
    assert document.span(("c",)) == Span(3, 12, 3, 14)
    assert document.span((Key("c"),)) == Span(3, 2, 3, 10)


@pytest.mark.parametrize(
    ("route", "nearest"),
    [
        (("z",), ()),
        (("a", 2), ("a",)),
        (("a", -1), ("a",)),
        (("a", "0"), ("a",)),
        (("a", 0, "b", "c"), ("a", 0)),
        ((0,), ()),
        (("b", Key("z")), ("b",)),
        ((Key("a"), 1), (Key("a"),)),
    ],
)
def test_a_route_that_leaves_the_document_is_where_it_was_last(route: Route, nearest: Route) -> None:
    document = parse("a.json", b'{"a": [1, 2], "b": {}}')
    assert document.span(route) == document.span(nearest)


@UNTIMED
@given(VALUES, INDENTS, st.booleans(), st.sampled_from(["", "\n ", "\t"]))
def test_the_text_at_each_span_is_the_value(value: Any, indent: Any, ensure_ascii: bool, around: str) -> None:
    if has_surrogate(value):
        return
    text = around + json.dumps(value, indent=indent, ensure_ascii=ensure_ascii) + around
    document = parse("a.json", text.encode())
    for route in routes(value):
        assert json.loads(cut(text, document.span(route))) == value_at(value, route)
        if route and isinstance(route[-1], str):
            assert json.loads(cut(text, document.span((*route[:-1], Key(str(route[-1])))))) == route[-1]


def test_each_container_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [{"TargetBucket": f"b{number}", "n": [number]} for number in range(1000)]
    text = json.dumps({"requests": requests, "other": list(range(100_000))})
    scanned = 0
    skip = json_text._skip

    def counting(source: str, at: int) -> tuple[Any, int]:
        nonlocal scanned
        scanned += 1
        return skip(source, at)

    monkeypatch.setattr(json_text, "_skip", counting)
    places = json_text.JsonPlaces(text)
    for number in range(1000):
        start, end = places.extent(("requests", number, "TargetBucket"))
        assert text[start:end] == f'"b{number}"'
    # the members of the root and of the list, then two keys and values of each request, then the value itself
    assert scanned <= 4 + 1000 + 1000 * 4 + 1000

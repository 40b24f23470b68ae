"""Documents: the syntax of a file, embedded texts, and the modules that reading imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from snaplint.base.source import Key, Route, Span, Unreadable
from snaplint.syntax import yaml_places
from snaplint.syntax.document import MAX_BYTES, Document, embedded, parse

UNTIMED = settings(deadline=None)
SOURCES = os.path.join(os.path.dirname(__file__), "..", "..", "src")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def routes(data: Any, route: Route = ()) -> list[Route]:
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


def offsets(document: Document, span: Span) -> str:
    """Return the text of a span."""
    if span.line == span.end_line:
        return document.line(span.line)[span.column - 1 : span.end_column - 1]
    first = document.line(span.line)[span.column - 1 :]
    between = [document.line(number) for number in range(span.line + 1, span.end_line)]
    return "\n".join([first, *between, document.line(span.end_line)[: span.end_column - 1]])


# Which syntax


@pytest.mark.parametrize(
    ("path", "text", "syntax", "data"),
    [
        ("a.json", '{"a": 1}', "json", {"a": 1}),
        ("a.JSON", "1", "json", 1),
        ("a.yaml", "a: 1", "yaml", {"a": 1}),
        ("a.YML", "a: 1", "yaml", {"a": 1}),
        ("a.yaml", '{\n\t"a": "\\ud83d\\ude00"\n}', "json", {"a": "😀"}),
        ("a.yaml", '\n  ["a"]', "json", ["a"]),
        ("a.yaml", "{a: on}", "yaml", {"a": "on"}),
        ("a.yml", "[a, b] # two", "yaml", ["a", "b"]),
        ("-", "a: 1", "yaml", {"a": 1}),
        ("<stdin>", ' {"a": 1}', "json", {"a": 1}),
        ("policy", "[1]", "json", [1]),
        ("policy.txt", "- 1", "yaml", [1]),
        ("\ufeff.yaml", "\ufeff{}", "json", {}),
    ],
)
def test_the_syntax_of_a_file(path: str, text: str, syntax: str, data: Any) -> None:
    document = parse(path, text.encode())
    assert (document.path, document.syntax, document.data) == (path, syntax, data)
    assert document.text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("path", "text", "line", "column", "message"),
    [
        pytest.param("a.json", "a: 1", 1, 1, "expected a value, found `a`", id="YAML in .json"),
        pytest.param("a.yaml", "{a: 1, a: 2}", 1, 8, "the key `a` is given twice", id="flow YAML, its own fault"),
        pytest.param("a.yaml", '{"a": 1, "a": 2}', 1, 10, "the key `a` is given twice", id="JSON with a key twice"),
        pytest.param("a.yaml", '{\n\t"a": 1,\n\t"b": [}\n}', 3, 8, "expected a value", id="broken JSON, as YAML"),
        pytest.param("-", "{a: 1}", 1, 2, "expected a key in double quotes", id="flow YAML without a name"),
        pytest.param("a.yaml", "", 1, 1, "empty file", id="empty YAML"),
        pytest.param("a.json", "\ufeff", 1, 1, "empty file", id="nothing but a mark"),
        pytest.param("-", " \n", 1, 1, "empty file", id="empty standard input"),
    ],
)
def test_faults_are_those_of_the_syntax(path: str, text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(path, text.encode())
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message.startswith(message)


def test_lines_have_no_ends() -> None:
    document = parse("a.yaml", b"a: 1\r\nb: 2\rc: 3\n")
    assert [document.line(number) for number in range(6)] == ["", "a: 1", "b: 2", "c: 3", "", ""]


@UNTIMED
@given(st.binary(max_size=60), st.sampled_from(["a.json", "a.yaml", "-"]))
def test_any_bytes_are_read_or_refused(raw: bytes, path: str) -> None:
    read_or_refused(path, raw)


@UNTIMED
@given(VALUES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.data())
def test_mutated_bytes_are_read_or_refused(value: Any, encoding: str, data: st.DataObject) -> None:
    written = data.draw(st.sampled_from([json.dumps(value), yaml.safe_dump(value)]))
    raw = written.encode(encoding)
    at = data.draw(st.integers(0, len(raw)))
    raw = raw[:at] + data.draw(st.binary(max_size=3)) + raw[at + data.draw(st.integers(0, 2)) :]
    read_or_refused(data.draw(st.sampled_from(["a.json", "a.yaml", "-"])), raw)


def read_or_refused(path: str, raw: bytes) -> None:
    try:
        document = parse(path, raw)
    except Unreadable as fault:
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.message.startswith("`") or not fault.message.split()[0].istitle()
        assert not fault.message.endswith(".")
        assert fault.message.isprintable()
    else:
        span = document.span(())
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("path", ["a.json", "a.yaml"])
def test_spans_count_characters_in_every_encoding(path: str, encoding: str) -> None:
    document = parse(path, '{"é": "😀",\r\n "b": 1}'.encode(encoding))
    assert document.span(("é",)) == Span(1, 7, 1, 10)
    assert document.span(("b",)) == Span(2, 7, 2, 8)


# Embedded


def test_a_policy_in_the_output_of_the_aws_cli() -> None:
    policy = {"Statement": [{"Sid": 'a"b', "Effect": "Allow"}]}
    text = json.dumps({"Policy": json.dumps(policy)}, indent=4)
    document = embedded(parse("policy.json", text.encode()), ("Policy",))
    assert document.data == policy
    assert (document.path, document.text, document.syntax) == ("policy.json", text, "json")
    assert document.line(2).startswith('    "Policy": "{\\"Statement\\"')
    assert offsets(document, document.span(("Statement", 0, "Effect"))) == '\\"Allow\\"'
    assert offsets(document, document.span(("Statement", 0, Key("Sid")))) == '\\"Sid\\"'
    assert offsets(document, document.span(("Statement", 0, "Sid"))) == '\\"a\\\\\\"b\\"'
    assert document.span(("Statement", 0, "Sid")) == Span(2, 43, 2, 53)
    assert document.span(("Statement", 7)) == document.span(("Statement",))
    assert offsets(document, document.span(())) == json.dumps(json.dumps(policy))[1:-1]


@UNTIMED
@given(VALUES, st.booleans(), st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_places_in_an_embedded_text_are_exact(value: Any, inner: bool, outer: bool, indent: Any) -> None:
    text = json.dumps({"é": [json.dumps(value, ensure_ascii=inner, indent=indent)]}, ensure_ascii=outer, indent=2)
    document = embedded(parse("a.json", text.encode()), ("é", 0))
    assert document.data == value
    for route in routes(value):
        piece = offsets(document, document.span(route))
        assert json.loads(json.loads(f'"{piece}"')) == value_at(value, route)


def test_embedded_twice() -> None:
    text = json.dumps({"a": json.dumps({"b": json.dumps({"c": [1, "x"]})})})
    document = embedded(embedded(parse("a.json", text.encode()), ("a",)), ("b",))
    assert document.data == {"c": [1, "x"]}
    assert offsets(document, document.span(("c",))) == '[1, \\\\\\"x\\\\\\"]'


def test_many_escapes_are_counted_in_strides() -> None:
    policy = {f"k{number}": "é\\n😀" for number in range(500)}
    document = embedded(parse("a.json", json.dumps([json.dumps(policy)]).encode()), (0,))
    for key in ("k0", "k63", "k64", "k499"):
        assert json.loads(json.loads(f'"{offsets(document, document.span((Key(key),)))}"')) == key


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("'  [1, 23, \"x\"]'", [1, 23, "x"], id="single quotes"),
        pytest.param('"[1, 23]"', [1, 23], id="double quotes"),
        pytest.param("!!str 23", 23, id="one place"),
    ],
)
def test_a_yaml_string_that_stands_as_it_reads_has_exact_places(written: str, value: Any) -> None:
    document = embedded(parse("a.yaml", f"a: 1\nPolicy: {written}\n".encode()), ("Policy",))
    assert document.data == value
    if isinstance(value, list):
        assert offsets(document, document.span((1,))) == "23"
    else:
        assert document.span((1,)) == Span(2, 9, 2, 17)


def test_what_is_no_string_holds_no_text() -> None:
    parent = parse("a.yaml", b"a: true\nb: 12\n")
    with pytest.raises(Unreadable) as caught:
        embedded(parent, ("b",))
    assert (caught.value.line, caught.value.column) == (2, 4)
    assert caught.value.message == "expected a JSON text in a string"


def test_a_folded_yaml_string_has_one_place() -> None:
    document = embedded(parse("a.yaml", b'Policy: "{\\"a\\":\n  [1]}"\nb: 1\n'), ("Policy",))
    assert document.data == {"a": [1]}
    assert document.span(("a", 0)) == Span(1, 9, 2, 8)
    assert document.span(()) == Span(1, 9, 2, 8)


@pytest.mark.parametrize(
    ("path", "text", "line", "column", "message"),
    [
        pytest.param("a.json", '{"a":\n "{\\"b\\": 1,}"}', 2, 12, "expected a key after `,`", id="trailing comma"),
        pytest.param(
            "a.json",
            '{"a":\n "{\\"b\\": 1,\\n\\"b\\": 2}"}',
            2,
            15,
            "the key `b` is given twice (the first is on line 2)",
            id="key",
        ),
        pytest.param("a.json", '{"a": ""}', 1, 8, "empty file", id="empty"),
        pytest.param("a.json", '{"a": "[\\"\\\\ud800\\"]"}', 1, 11, "`\\ud800` is half of a surrogate pair", id="half"),
        pytest.param("a.json", '{"a": "' + "[" * 5000 + '"}', 1, 108, "nested more than 100 deep", id="deep"),
        pytest.param("a.json", '{"a": [1]}', 1, 7, "expected a JSON text in a string", id="no string"),
        pytest.param("a.json", '{"b": "{}"}', 1, 1, "expected a JSON text in a string", id="nothing there"),
        pytest.param("a.yaml", "a: '[1, 2'\n", 1, 5, "the `[` is never closed", id="as it reads"),
        pytest.param("a.yaml", 'b: 1\na: "[1,\\\n  2"\n', 2, 4, "the `[` is never closed", id="folded"),
    ],
)
def test_faults_inside_have_a_place_in_the_parent(path: str, text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        embedded(parse(path, text.encode()), ("a",))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message.startswith(message)


# Cost


def test_what_is_embedded_costs_no_places_until_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = parse("a.yaml", b"Policy: '{\"a\": 1}'\n")

    def refuse(text: str) -> None:
        raise AssertionError(f"places of {text!r} were looked up")

    with monkeypatch.context() as patch:
        patch.setattr(yaml_places, "YamlPlaces", refuse)
        document = embedded(parent, ("Policy",))
    assert document.data == {"a": 1}
    assert document.span(("a",)) == Span(1, 16, 1, 17)


LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
from snaplint.syntax.document import parse
document = parse(sys.argv[2], sys.argv[3].encode())
document.span((0,))
print(*sorted(sys.modules))
"""


def loaded(path: str, text: str) -> set[str]:
    """Return the modules of a fresh interpreter after it has read a file and looked up a place."""
    arguments = [sys.executable, "-I", "-S", "-c", LOADED, SOURCES, path, text]
    return set(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split())


def test_json_is_read_without_yaml_and_without_the_words_for_its_faults() -> None:
    for path in ("a.json", "a.yaml", "-"):
        modules = loaded(path, '[{"a": 1}]')
        assert "snaplint.syntax.json_text" in modules
        assert not modules & {"yaml", "snaplint.syntax.yaml_text", "snaplint.syntax.json_fault"}
        assert not modules & {"dataclasses", "pathlib", "logging", "textwrap", "difflib", "boto3"}


def test_a_large_file_is_read_and_one_byte_more_is_not() -> None:
    text = b'["' + b"a" * (MAX_BYTES - 4) + b'"]'
    assert parse("a.json", text).span((0,)) == Span(1, 2, 1, MAX_BYTES)
    with pytest.raises(Unreadable, match="larger than 16 MiB"):
        parse("a.json", text + b"\n")

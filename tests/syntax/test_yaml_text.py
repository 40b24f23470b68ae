"""YAML: values by the rules of JSON, hostile texts, and places of values, with libyaml and without it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import environment

from snaplint.base.source import Key, Route, Span, Unreadable
from snaplint.syntax import yaml_places, yaml_text
from snaplint.syntax.document import MAX_DEPTH, parse
from snaplint.syntax.text import MAX_DIGITS

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"))
VALUES: st.SearchStrategy[Any] = st.recursive(
    PRINTABLE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4), max_leaves=15
)


@pytest.fixture(params=["libyaml", "no libyaml"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with libyaml, and with our own parser instead of it."""
    if request.param == "no libyaml":
        monkeypatch.delattr(yaml, "CSafeLoader")
    return str(request.param)


def data_of(text: str) -> Any:
    return parse("a.yaml", text.encode()).data


def fault_of(text: str) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        parse("a.yaml", text.encode())
    return caught.value


# What is read


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("-1e3", -1000.0),
        ("11112222333", 11112222333),
        ("1111222233334", 1111222233334),
        ("-111122223333", -111122223333),
        ("111122223333", "111122223333"),
        ("012345670123", "012345670123"),
        ("2012-10-17", "2012-10-17"),
        ("2012-10-17T00:00:00Z", "2012-10-17T00:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("1:30", "1:30"),
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("y", "y"),
        ("True", "True"),
        ("NULL", "NULL"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("NaN", "NaN"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("017", "017"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("1.", "1."),
        (".5", ".5"),
        ("1e5x", "1e5x"),
        ("=", "="),
        ("-a", "-a"),
        ("s3:*", "s3:*"),
        ("a  # comment", "a"),
        ("'null'", "null"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("!!str", ""),
        ("!!str true", "true"),
        ("|\n  12", "12\n"),
        (">-\n  true", "true"),
        ("9" * MAX_DIGITS, int("9" * MAX_DIGITS)),
        ('"\\U0001f600\\x41"', "😀A"),
    ],
)
def test_scalars_follow_the_rules_of_json(scalar: str, value: Any, parser: str) -> None:
    found = data_of(f"a: {scalar}\n")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on: 1\n12: 2\nnull: 3\n~: 4\n1.0: 5\n", {"on": 1, "12": 2, "null": 3, "~": 4, "1.0": 5}),
        ("? \n: 1\n", {"": 1}),
        ("'<<': 1\n? b\n", {"<<": 1, "b": None}),
        ("111122223333: {a: b}", {"111122223333": {"a": "b"}}),
        ("!!str a: 1", {"a": 1}),
        ("- - 1\n  - [a, {b: }]\n-\n", [[1, ["a", {"b": None}]], None]),
        ("[a: b]", [{"a": "b"}]),
        ("null", None),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("a: 1\r\nb: 2\rc: 3\n", {"a": 1, "b": 2, "c": 3}),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("a: &x\nb: *x\n", {"a": None, "b": None}),
        ("&a [&a [1], *a]", [[1], [1]]),
        ("a: '%TAG'\n" + "b: |\n" + "  %TAG\n" * 50, {"a": "%TAG", "b": "%TAG\n" * 50}),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)),
    ],
)
def test_documents(text: str, value: Any, parser: str) -> None:
    assert data_of(text) == value


def test_aliases_share_their_object(parser: str) -> None:
    data = data_of("a: &x [1]\nb: *x\n")
    assert data["a"] is data["b"]


@UNTIMED
@given(VALUES)
def test_values_come_back(value: Any) -> None:
    # nested as deep as the length of a line allows: a key of more than 1,024 characters needs another form
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**6)
    assert parse("a.yaml", text.encode()).data == value


# Faults


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        pytest.param("", 1, 1, "empty file", id="empty"),
        pytest.param("# one\n\n# two\n", 1, 1, "empty file", id="only comments"),
        pytest.param("---\n", 1, 1, "empty file", id="only a mark"),
        pytest.param("%YAML 1.1\n---\n...\n", 1, 1, "empty file", id="only a directive"),
        pytest.param("a: 1\n---\nb: 2\n", 2, 1, "expected one document, found the beginning of a second", id="two"),
        pytest.param("a: 1\nb: 2\n'a': 3\n", 3, 1, "the key `a` is given twice (the first is on line 1)", id="key"),
        pytest.param(
            "- {a: 1}\n- {b: 1,\n   b: 2}\n", 3, 4, "the key `b` is given twice (the first is on line 2)", id="{}"
        ),
        pytest.param("1: a\n'1': b\n", 2, 1, "the key `1` is given twice (the first is on line 1)", id="1 and '1'"),
        pytest.param("a: &x [1, *x]\n", 1, 11, "the alias `*x` is inside the value that it names", id="holds itself"),
        pytest.param(
            "&x\na: {b: [*x]}\n", 2, 9, "the alias `*x` is inside the value that it names", id="root in itself"
        ),
        pytest.param("a: *x\n", 1, 4, "the alias `*x` names no anchor above it", id="no anchor"),
        pytest.param("a: *x\nb: &x 1\n", 1, 4, "the alias `*x` names no anchor above it", id="anchor below"),
        pytest.param(
            "Action: *\n",
            1,
            10,
            "expected a name after `*` or `&`; put text that begins with one of them in quotes",
            id="*",
        ),
        pytest.param("a: !Ref b\n", 1, 4, "the tag `!Ref` is not supported", id="tag"),
        pytest.param("a: !!int 3\n", 1, 4, "the tag `!!int` is not supported", id="tag of YAML"),
        pytest.param("a: !!python/object/apply:os.system [id]\n", 1, 4, "the tag `!!python/object/apply:os", id="code"),
        pytest.param("a: !!map {}\n", 1, 4, "the tag `!!map` is not supported", id="tag of a mapping"),
        pytest.param("a: ! b\n", 1, 4, "the tag `!` is not supported", id="no tag"),
        pytest.param("a: !x!y b\n", 1, 4, "the tag is not supported", id="unknown handle"),
        pytest.param("!a b: 1\n", 1, 1, "the tag `!a` is not supported", id="tag of a key"),
        pytest.param("? [a]\n: b\n", 1, 3, "expected text for a key, found a list or a mapping", id="list as key"),
        pytest.param("{{a: 1}: 2}", 1, 2, "expected text for a key, found a list or a mapping", id="mapping as key"),
        pytest.param("a: &x b\n*x : c\n", 2, 1, "expected text for a key, found an alias", id="alias as key"),
        pytest.param("a: &x {}\nb:\n  <<: *x\n", 3, 3, "merge keys (`<<`) are not supported", id="merge key"),
        pytest.param("a:\n\t- b\n", 2, 1, "a tab cannot indent YAML; use spaces", id="tab"),
        pytest.param("a: @b\n", 1, 4, "`@` cannot begin a value; put text that begins with it in quotes", id="@"),
        pytest.param("a: %b\n", 1, 4, "`%` cannot begin a value; put text that begins with it in quotes", id="%"),
        pytest.param("a: b: c\n", 1, 5, "a mapping cannot begin here; does text with `: ` need quotes", id="b: c"),
        pytest.param("a: 1\n  b: 2\n", 2, 4, "a mapping cannot begin here", id="indented too far"),
        pytest.param("a: - b\n", 1, 4, "a list item cannot begin here; put it on its own line", id="a: - b"),
        pytest.param("- a\nb: 1\n", 2, 1, "expected a ", id="list, then a key"),
        pytest.param("a: 'b' c\n", 1, 8, "expected a key or the end of", id="text behind quotes"),
        pytest.param("  a: 1\n b: 2\n", 2, 2, "expected the end of the document", id="indented too little"),
        pytest.param("a: 1\nbc\n", 3, 1, "expected `:` after the key (it begins on line 2)", id="no colon"),
        pytest.param("a: [1,\n 2\n", 3, 1, "expected `,` or `]` (it begins on line 1)", id="unclosed ["),
        pytest.param("a: {b: 1\n", 2, 1, "expected `,` or `}` (it begins on line 1)", id="unclosed {"),
        pytest.param("a: [1 }\n", 1, 7, "expected `,` or `]`", id="the other bracket"),
        pytest.param("a: ]\n", 1, 4, "expected a ", id="bracket out of nowhere"),
        pytest.param("a: 'b\n\n", 3, 1, "the quoted text is never closed (it begins on line 1)", id="unclosed '"),
        pytest.param(
            'a: "b\n--- c\n', 2, 1, "the quoted text is not closed before the document ends", id="mark in quotes"
        ),
        pytest.param('a: "\\ud800"\n', 1, 7, "half of a surrogate pair", id="half a pair"),
        pytest.param('a: "\\ud83d\\ude00"\n', 1, 7, "half of a surrogate pair", id="a pair"),
        pytest.param('"\\udc00": 1\n', 1, 4, "half of a surrogate pair", id="half a pair as a key"),
        pytest.param('a: "\\q"\n', 1, 5, "this is not an escape of YAML", id="no escape"),
        pytest.param('a: "\\x4"\n', 1, 7, "the escape needs more hexadecimal digits", id="too few digits"),
        pytest.param('a: "\\UFFFFFFFF"\n', 1, 7, "half of a surrogate pair, or not a character", id="no character"),
        pytest.param("a: !<tag:%ff> b\n", 1, 10, "the escapes in the tag", id="tag of broken UTF-8"),
        pytest.param("é: \x01\n", 1, 4, "control character U+0001 in the text", id="control"),
        pytest.param("😀\n😀: \x7f\n", 2, 4, "control character U+007F in the text", id="DEL"),
        pytest.param("a: 1e999\n", 1, 4, "the number `1e999` is too large; put text in quotes", id="beyond floats"),
        pytest.param("a: " + "9" * 5000, 1, 4, "a number of 5000 characters; the limit is 500", id="digits"),
        pytest.param("x" * 2000 + ": 1", 1, 2001, "a mapping cannot begin here", id="key of 2,000 characters"),
        pytest.param(
            "%YAML 9.0\n---\na: 1\n", 1, 1, "the version of the `%YAML` directive must be 1.1 or 1.2", id="YAML 9"
        ),
    ],
)
def test_each_fault_has_its_place_and_words(text: str, line: int, column: int, message: str, parser: str) -> None:
    fault = fault_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert fault.message.startswith(message)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "[{a: "])
@pytest.mark.parametrize("times", [101, 10_000, 1_000_000])
def test_deep_nesting_is_refused_where_it_gets_too_deep(opening: str, times: int, parser: str) -> None:
    fault = fault_of(opening * times)
    assert fault.message == "nested more than 100 deep"
    brackets = opening.count("[") + opening.count("{") + opening.count("-")
    assert fault.column == 1 + len(opening) * (MAX_DEPTH // brackets)


def test_an_alias_may_not_nest_too_deep(parser: str) -> None:
    half = "[" * 60 + "]" * 60
    assert data_of(f"a: &x {half}\nb: " + "[" * 39 + "*x" + "]" * 39)["b"][0] is not None
    fault = fault_of(f"a: &x {half}\nb: " + "[" * 40 + "*x" + "]" * 40)
    assert (fault.line, fault.column) == (2, 44)
    assert fault.message == "with the alias `*x` nested more than 100 deep"


def test_a_chain_of_aliases_may_not_nest_too_deep(parser: str) -> None:
    lines = ["a0: &a0 [1]"] + [f"a{number}: &a{number} [*a{number - 1}]" for number in range(1, 200)]
    fault = fault_of("\n".join(lines))
    assert (fault.line, fault.column) == (100, 12)
    assert fault.message == "with the alias `*a98` nested more than 100 deep"


def test_a_bomb_of_aliases_is_refused(parser: str) -> None:
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        lines.append(f"{name}: &{name} [" + ", ".join([f"*{before}"] * 9) + "]")
    fault = fault_of("\n".join(lines))
    # e expands to 66,430 values, the aliases below it to 74,700, so the second `*e` exceeds the limit
    assert (fault.line, fault.column) == (6, 12)
    assert fault.message == "with the alias `*e` the aliases expand to more than 200000 values"


def test_many_plain_values_are_no_bomb() -> None:
    assert len(data_of("[&a b, *a, " + "c, " * (yaml_text.MAX_EXPANDED + 10) + "]")) == yaml_text.MAX_EXPANDED + 12


def test_tag_directives_are_few(parser: str) -> None:
    text = "".join(f"%TAG !t{number}! tag:x\n" for number in range(100_000)) + "---\na: 1\n"
    fault = fault_of(text)
    assert (fault.line, fault.column) == (21, 1)
    assert fault.message == "too many `%TAG` directives"


@UNTIMED
@given(st.text(alphabet="ab01:-?[]{}&*!|>'\"%@`#,<~.\\ux \n\t\r\x85\ufeff😀", max_size=40))
def test_any_text_is_read_or_refused(parser: str, text: str) -> None:
    read_or_refused("a.yaml", text.encode())


@UNTIMED
@given(VALUES, st.booleans(), st.data())
def test_a_mutated_text_is_read_or_refused(parser: str, value: Any, flow: bool, data: st.DataObject) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    at = data.draw(st.integers(0, len(text)))
    dropped = data.draw(st.integers(0, 3))
    put = data.draw(st.text(alphabet="ab1:-?[]{}&*!|>'\"%,\\ \n\t", max_size=3))
    read_or_refused("a.yaml", (text[:at] + put + text[at + dropped :]).encode())


def read_or_refused(path: str, raw: bytes) -> None:
    """Only `Unreadable` is raised, its place is in the text, and so are the spans of all values."""
    text = raw.decode()
    try:
        document = parse(path, raw)
    except Unreadable as fault:
        assert fault.line <= 1 + text.count("\n") + text.count("\r")
        assert fault.column <= len(text) + 1
        return
    end = document.lines().place(len(text))
    for route in some_routes(document.data):
        span = document.span(route)
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column) <= end


def some_routes(data: Any, route: Route = ()) -> list[Route]:
    found = [route]
    if isinstance(data, dict):
        for key, value in data.items():
            found += [(*route, Key(key)), *some_routes(value, (*route, key))]
    if isinstance(data, list):
        for index, value in enumerate(data):
            found += some_routes(value, (*route, index))
    return found


# Places


def test_places_of_values_and_keys(parser: str) -> None:
    text = (
        "# a comment\n"
        "a: 1\n"
        "b:\n"
        "  - x y\n"
        "\n"
        "  # between\n"
        "  - {c: 'd', e: [1,\n"
        "      2]}\n"
        "\n"
        "# behind\n"
        "f: |\n"
        "  text\n"
        "\n"
        "g: &g [1]\n"
        "h: *g\n"
        "i:\n"
    )
    document = parse("a.yaml", text.encode())
    assert document.span(()) == Span(2, 1, 16, 3)
    assert document.span(("a",)) == Span(2, 4, 2, 5)
    assert document.span((Key("a"),)) == Span(2, 1, 2, 2)
    assert document.span(("b",)) == Span(4, 3, 8, 10)
    assert document.span(("b", 0)) == Span(4, 5, 4, 8)
    assert document.span(("b", 1)) == Span(7, 5, 8, 10)
    assert document.span(("b", 1, "c")) == Span(7, 9, 7, 12)
    assert document.span(("b", 1, Key("e"))) == Span(7, 14, 7, 15)
    assert document.span(("b", 1, "e")) == Span(7, 17, 8, 9)
    assert document.span(("f",)) == Span(11, 4, 12, 7)
    assert document.span(("g",)) == Span(14, 4, 14, 10)
    assert document.span(("h",)) == Span(15, 4, 15, 6)
    assert document.span(("h", 0)) == Span(14, 8, 14, 9)
    assert document.span(("i",)) == Span(16, 3, 16, 3)


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
    document = parse("a.yaml", b"a: [1, 2]\nb: {}\n")
    assert document.span(route) == document.span(nearest)


@UNTIMED
@given(VALUES, st.booleans())
def test_the_text_at_each_span_is_the_value(parser: str, value: Any, flow: bool) -> None:
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**6, default_flow_style=flow)
    document = parse("a.yaml", text.encode())
    start_of = line_starts(text)
    for route in some_routes(document.data):
        span = document.span(route)
        start = start_of[span.line - 1] + span.column - 1
        end = start_of[span.end_line - 1] + span.end_column - 1
        # a block keeps its indentation if its first line gets back what precedes it
        piece = " " * (span.column - 1) + text[start:end]
        expected = route[-1].name if route and isinstance(route[-1], Key) else value_at(value, route)
        assert parse("piece.yaml", piece.encode()).data == expected


def line_starts(text: str) -> list[int]:
    starts = [0]
    for index, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    return starts


def value_at(data: Any, route: Route) -> Any:
    for step in route:
        data = data[step]
    return data


def test_the_second_pass_is_made_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = 0
    events = yaml_text.events

    def counting(text: str) -> Any:
        nonlocal passes
        passes += 1
        return events(text)

    monkeypatch.setattr(yaml_text, "events", counting)
    monkeypatch.setattr(yaml_places, "events", counting)
    document = parse("a.yaml", b"a: [1, 2]\n")
    assert passes == 1
    document.span(("a", 0))
    document.span(("a", 1))
    assert passes == 2


LOADED = """
import sys
from snaplint.syntax.document import parse
try:
    parse("a.yaml", sys.argv[1].encode()).span(("a",))
except Exception:
    pass
print(*sorted(sys.modules))
"""


@pytest.mark.parametrize(("text", "is_broken"), [("a: {b: [c]}\n", False), ("a: {b: [c}\n", True)])
def test_our_own_parser_is_loaded_for_a_broken_file_only(text: str, is_broken: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, text], env=environment(), check=True, capture_output=True, text=True
    )
    modules = set(done.stdout.split())
    assert "snaplint.syntax.yaml_text" in modules
    names = ("fault", "events", "tokens", "scalars", "tags", "cursor")
    assert [f"snaplint.syntax.yaml_{name}" in modules for name in names] == [is_broken] * len(names)


def test_what_libyaml_alone_refuses_is_a_fault_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A future version may refuse more texts."""

    def refuse(text: str) -> Any:
        raise yaml_text._Refused(3, None, None)

    monkeypatch.setattr(yaml_text, "events", refuse)
    fault = fault_of("a: b\n")
    assert (fault.message, fault.line, fault.column) == ("not YAML that snaplint reads", 1, 4)
